//! Why a statement does not apply: each of its parts is put to the engine by itself.

use std::sync::Arc;

use keyward_policy::{
    Compiled, Condition, Document, Patterns, Policies, PolicySet, Request, Statement, Text, explain,
};

/// What of a statement does not fit a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// It is about other actions.
    Action,
    /// These parts do not fit.
    Parts(Vec<Part>),
}

/// A part of a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    Principal,
    Resource,
    /// One line of a condition block.
    Condition {
        operator: String,
        key: String,
        wanted: Vec<String>,
    },
}

/// The parts of a statement that keep it from applying to a request.
pub(super) fn mismatch(
    document: &Document,
    statement: &Statement,
    request: &Request<'_>,
) -> Mismatch {
    let fits = |part: Statement| {
        let document = Document {
            version: document.version.clone(),
            id: None,
            statements: vec![part],
        };
        let set = PolicySet::new([Arc::new(Compiled::new(&document))]);
        let policies = Policies {
            resource: Some(&set),
            ..Policies::default()
        };
        !explain(request, &policies).matched.is_empty()
    };
    let open = open(statement);
    let action = Statement {
        actions: statement.actions.clone(),
        ..open.clone()
    };
    if !fits(action) {
        return Mismatch::Action;
    }
    let mut parts = Vec::new();
    let principals = Statement {
        principals: statement.principals.clone(),
        ..open.clone()
    };
    if !fits(principals) {
        parts.push(Part::Principal);
    }
    let resources = Statement {
        resources: statement.resources.clone(),
        ..open.clone()
    };
    if statement.resources.is_some() && !fits(resources) {
        parts.push(Part::Resource);
    }
    for condition in &statement.conditions {
        let part = Statement {
            conditions: vec![condition.clone()],
            ..open.clone()
        };
        if !fits(part) {
            parts.push(told(condition));
        }
    }
    Mismatch::Parts(parts)
}

/// A statement of the same effect about everything.
fn open(statement: &Statement) -> Statement {
    let everything = || Patterns {
        is_negated: false,
        items: vec![text("*")],
        span: 0..0,
    };
    Statement {
        sid: None,
        effect: statement.effect.clone(),
        principals: None,
        actions: Some(everything()),
        resources: Some(everything()),
        conditions: Vec::new(),
        span: 0..0,
        told_start: 0,
    }
}

fn text(text: &str) -> Text {
    Text {
        text: text.into(),
        span: 0..0,
    }
}

fn told(condition: &Condition) -> Part {
    let wanted = condition.values.as_slice().iter();
    Part::Condition {
        operator: condition.operator_text.text.to_string(),
        key: condition.key.text.to_string(),
        wanted: wanted.map(|value| value.text.to_string()).collect(),
    }
}
