//! Whether a policy allows any use of a service, for reports on access.
//!
//! Conditions are ignored. An allow counts if one of its actions and one of its resources could be
//! the service's, whether they are known or not. A denial of the whole service without conditions
//! cancels everything that the same policy allows for it; narrower denials do not (seen at AWS).

use keyward_policy::{Document, Patterns, Statement};

use crate::simulator::known_actions::KnownService;

/// Whether a document allows any use of a service.
pub(crate) fn grants(document: &Document, service: &KnownService) -> bool {
    let statements = || document.statements.iter();
    let has_effect = |statement: &Statement, effect: &str| {
        let said = statement.effect.as_ref();
        said.is_some_and(|said| said.text.eq_ignore_ascii_case(effect))
    };
    let is_denied = statements()
        .filter(|statement| has_effect(statement, "Deny"))
        .any(|statement| denies_all(statement, service));
    !is_denied
        && statements()
            .filter(|statement| has_effect(statement, "Allow"))
            .any(|statement| {
                reaches_actions(statement.actions.as_ref(), service)
                    && reaches_resources(statement.resources.as_ref(), service)
            })
}

/// Whether a statement applies to all actions of the service and all resources, without conditions.
fn denies_all(statement: &Statement, service: &KnownService) -> bool {
    let has = |patterns: Option<&Patterns>, is_all: &dyn Fn(&str) -> bool| {
        patterns.is_some_and(|patterns| {
            !patterns.is_negated && patterns.items.iter().any(|item| is_all(&item.text))
        })
    };
    statement.conditions.is_empty()
        && has(statement.actions.as_ref(), &|action| {
            covers(action, service)
        })
        && has(statement.resources.as_ref(), &|resource| resource == "*")
}

/// Whether a pattern of actions matches all actions of a service.
fn covers(action: &str, service: &KnownService) -> bool {
    action == "*"
        || action
            .split_once(':')
            .is_some_and(|(prefix, name)| name == "*" && service.is_called(prefix))
}

fn reaches_actions(actions: Option<&Patterns>, service: &KnownService) -> bool {
    let Some(actions) = actions else {
        return false;
    };
    let items = || actions.items.iter().map(|item| &*item.text);
    if actions.is_negated {
        return !items().any(|action| covers(action, service));
    }
    items().any(|action| {
        action == "*"
            || action
                .split_once(':')
                .is_some_and(|(prefix, _)| service.is_called(prefix))
    })
}

fn reaches_resources(resources: Option<&Patterns>, service: &KnownService) -> bool {
    let Some(resources) = resources else {
        return false;
    };
    let items = || resources.items.iter().map(|item| &*item.text);
    if resources.is_negated {
        return !items().any(|resource| resource == "*");
    }
    items().any(|resource| {
        let vendor = resource.split(':').nth(2).unwrap_or("*");
        vendor.contains(['*', '?', '$']) || service.has_resources_of(vendor)
    })
}
