//! Policies made ready to be judged: texts parsed, patterns taken apart, statements found by action.

mod condition;
mod index;
mod principals;

use std::ops::ControlFlow;
use std::sync::Arc;

pub(crate) use principals::Grants;

use self::condition::ConditionTest;
use self::index::{Candidate, Check, Index, service_of};
use self::principals::PrincipalTest;
use crate::document::{Document, Patterns, Statement};
use crate::pattern::{Memo, Pattern, ResourcePattern};
use crate::request::{Key, Request};

/// What a statement does when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
}

/// One document, made ready. Whatever in it can't be understood never allows anything.
#[derive(Debug)]
pub struct Compiled {
    statements: Box<[CompiledStatement]>,
}

/// Documents that count as one: those of a principal, of a level of an organization, or a single one.
///
/// Making a set takes time in proportion to its statements, judging by it hardly: make it when a policy
/// changes, and keep it.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Box<[Arc<Compiled>]>,
    denies: Index,
    allows: Index,
}

/// A statement, made ready.
#[derive(Debug)]
pub(crate) struct CompiledStatement {
    /// `None` never applies.
    effect: Option<Effect>,
    principals: Option<PrincipalTest>,
    actions: Actions,
    /// `None` in policies of resources, which speak of their resource.
    resources: Option<Resources>,
    conditions: Box<[ConditionTest]>,
}

/// Where a statement is: in which document of a set, and in which place of it, both counted from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) policy: usize,
    pub(crate) statement: usize,
}

#[derive(Debug)]
struct Actions {
    is_negated: bool,
    /// In lower case.
    patterns: Box<[Pattern]>,
}

#[derive(Debug)]
struct Resources {
    is_negated: bool,
    patterns: Box<[ResourcePattern]>,
}

impl Compiled {
    /// Makes a document ready.
    #[must_use]
    pub fn new(document: &Document) -> Self {
        let version = document.version.as_ref().map(|version| &*version.text);
        let has_variables = version == Some("2012-10-17");
        let statement = |statement| CompiledStatement::new(statement, has_variables);
        Self {
            statements: document.statements.iter().map(statement).collect(),
        }
    }
}

impl PolicySet {
    /// Puts documents together.
    #[must_use]
    pub fn new(policies: impl IntoIterator<Item = Arc<Compiled>>) -> Self {
        let policies: Box<[Arc<Compiled>]> = policies.into_iter().collect();
        Self {
            denies: Index::new(&policies, Effect::Deny),
            allows: Index::new(&policies, Effect::Allow),
            policies,
        }
    }

    /// Visits the statements of an effect that are about the request's action, each three times at most.
    pub(crate) fn about<B>(
        &self,
        effect: Effect,
        request: &Request<'_>,
        mut visit: impl FnMut(Place, &CompiledStatement) -> ControlFlow<B>,
    ) -> Option<B> {
        let index = match effect {
            Effect::Allow => &self.allows,
            Effect::Deny => &self.denies,
        };
        let action = request.action_bytes();
        let resource = request.resource().text.as_bytes();
        let visit = &mut |candidate: &Candidate| {
            let Place { policy, statement } = candidate.place;
            let policy = self.policies.get(policy);
            match policy.and_then(|policy| policy.statements.get(statement)) {
                Some(found) if found.is_about_action(candidate.check, request) => {
                    visit(candidate.place, found)
                }
                Some(_) | None => ControlFlow::Continue(()),
            }
        };
        index.visit(action, resource, visit).break_value()
    }
}

impl CompiledStatement {
    fn new(statement: &Statement, has_variables: bool) -> Self {
        let effect = statement
            .effect
            .as_ref()
            .and_then(|effect| match &*effect.text {
                "Allow" => Some(Effect::Allow),
                // A deny that is misspelt in its case alone still is one.
                text if text.eq_ignore_ascii_case("Deny") => Some(Effect::Deny),
                _ => None,
            });
        // An element that is missing or says nothing makes a statement that is about nothing.
        let says_nothing = |patterns: &Patterns| patterns.items.is_empty();
        let is_whole = statement
            .actions
            .as_ref()
            .is_some_and(|actions| !says_nothing(actions))
            && !statement.resources.as_ref().is_some_and(says_nothing)
            && (statement.resources.is_some() || statement.principals.is_some());
        let condition = |condition| ConditionTest::new(condition, has_variables);
        Self {
            effect: effect.filter(|_| is_whole),
            principals: statement.principals.as_ref().map(PrincipalTest::new),
            actions: Actions::new(statement.actions.as_ref()),
            resources: (statement.resources.as_ref())
                .map(|resources| Resources::new(resources, has_variables)),
            conditions: statement.conditions.iter().map(condition).collect(),
        }
    }

    fn is_about_action(&self, check: Check, request: &Request<'_>) -> bool {
        let matches = |pattern: &Pattern| {
            pattern.matches(request.action(), request.context, &mut Memo::default())
        };
        match check {
            Check::Done => true,
            Check::Patterns(start, end) => {
                let patterns = self.actions.patterns.get(start..end);
                patterns.is_some_and(|patterns| patterns.iter().any(matches))
            }
            Check::Negated => !self.actions.patterns.iter().any(matches),
        }
    }

    /// Whether it says which resources it is about.
    pub(crate) fn names_resources(&self) -> bool {
        self.resources.is_some()
    }

    /// Whether everything but the action fits the request. What an allowing statement that names
    /// principals grants to whom is in the result; of any other, the result says only whether it applies.
    pub(crate) fn applies(&self, effect: Effect, request: &Request<'_>) -> Option<Grants> {
        let grants = match &self.principals {
            None => Grants::UNNAMED,
            Some(test) => test.grants(effect, &request.principal)?,
        };
        let applies = self.is_about_resource(effect, request)
            && (self.conditions.iter()).all(|test| test.holds(effect, request.context));
        applies.then_some(grants)
    }

    fn is_about_resource(&self, effect: Effect, request: &Request<'_>) -> bool {
        let Some(resources) = &self.resources else {
            return true;
        };
        let mut patterns = resources.patterns.iter();
        let mut memo = Memo::default();
        if patterns.any(|pattern| pattern.matches(request.resource(), request.context, &mut memo)) {
            return !resources.is_negated;
        }
        // What is left out by a variable without a value is unknown, and nothing is allowed by that.
        resources.is_negated && (effect == Effect::Deny || resources.variables_have_values(request))
    }

    /// The context keys that the request doesn't have and by which the statement might apply or not.
    pub(crate) fn missing_keys(
        &self,
        effect: Effect,
        request: &Request<'_>,
        mut note: impl FnMut(&Key),
    ) {
        let is_named = self.principals.as_ref();
        if is_named.is_some_and(|test| test.grants(effect, &request.principal).is_none()) {
            return;
        }
        let mut is_open = self.is_about_resource(effect, request);
        let resources = self
            .resources
            .iter()
            .flat_map(|resources| &resources.patterns);
        for variable in resources.flat_map(ResourcePattern::variables) {
            if variable.is_missing(request.context) {
                note(&variable.key);
                is_open = true;
            }
        }
        if is_open {
            for test in &self.conditions {
                test.missing_keys(request.context, &mut note);
            }
        }
    }
}

impl Actions {
    fn new(patterns: Option<&Patterns>) -> Self {
        let items = patterns
            .map(|patterns| patterns.items.as_slice())
            .unwrap_or_default();
        let mut patterns_in_order: Vec<Pattern> = items
            .iter()
            .map(|item| Pattern::lower_case(&item.text))
            .collect();
        // The index files those of one service together.
        patterns_in_order.sort_by_cached_key(|pattern| {
            let is_regular = pattern.is_literal() || pattern.is_prefix();
            (is_regular, service_of(pattern))
        });
        Self {
            is_negated: patterns.is_some_and(|patterns| patterns.is_negated),
            patterns: patterns_in_order.into(),
        }
    }
}

impl Resources {
    fn new(patterns: &Patterns, has_variables: bool) -> Self {
        let parse = |text: &str| ResourcePattern::parse(text, has_variables);
        Self {
            is_negated: patterns.is_negated,
            patterns: patterns
                .items
                .iter()
                .map(|item| parse(&item.text))
                .collect(),
        }
    }

    fn variables_have_values(&self, request: &Request<'_>) -> bool {
        let mut variables = self.patterns.iter().flat_map(ResourcePattern::variables);
        variables.all(|variable| variable.value(request.context).is_some())
    }
}

#[cfg(test)]
mod tests;
