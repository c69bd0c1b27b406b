//! One statement, and a document of them.

use super::condition::ConditionTest;
use super::principals::{Grants, PrincipalTest};
use crate::Effect;
use crate::document::{Document, Patterns, Statement};
use crate::pattern::arn::ResourcePattern;
use crate::pattern::{Memo, Pattern};
use crate::request::{Key, Request};

/// One document, made ready. Whatever in it can't be understood never allows anything.
#[derive(Debug)]
pub struct Compiled {
    pub(super) statements: Box<[CompiledStatement]>,
}

/// A statement, made ready.
#[derive(Debug)]
pub(crate) struct CompiledStatement {
    /// `None` never applies.
    pub(super) effect: Option<Effect>,
    principals: Option<PrincipalTest>,
    pub(super) actions: Actions,
    /// `None` in policies of resources, which speak of their resource.
    pub(super) resources: Option<Resources>,
    conditions: Box<[ConditionTest]>,
}

/// The actions that a statement is about, or all others.
#[derive(Debug)]
pub(super) struct Actions {
    pub(super) is_negated: bool,
    /// In lower case.
    pub(super) patterns: Box<[Pattern]>,
}

/// The resources that a statement is about, or all others.
#[derive(Debug)]
pub(super) struct Resources {
    pub(super) is_negated: bool,
    pub(super) patterns: Box<[ResourcePattern]>,
}

/// What is left to see about a candidate's action.
#[derive(Debug, Clone, Copy)]
pub(super) enum Check {
    /// Nothing: it is about this action.
    Done,
    /// Whether one of the patterns in these places matches.
    Patterns(usize, usize),
    /// Whether none of the patterns matches.
    Negated,
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

    pub(super) fn is_about_action(&self, check: Check, request: &Request<'_>) -> bool {
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
    /// `is_bounded` says whether the principal has a permissions boundary.
    pub(crate) fn applies(
        &self,
        effect: Effect,
        request: &Request<'_>,
        is_bounded: bool,
    ) -> Option<Grants> {
        let grants = match &self.principals {
            None => Grants::UNNAMED,
            Some(test) => test.grants(effect, &request.principal, is_bounded)?,
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
        // Of `NotResource` with a variable that has no value, nobody knows what it leaves out: it
        // allows nothing.
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
        if is_named.is_some_and(|test| test.grants(effect, &request.principal, false).is_none()) {
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

/// The service with its colon, where a pattern begins with one.
pub(super) fn service_of(pattern: &Pattern) -> String {
    let mut prefix = pattern.literal_prefix();
    let length = prefix.find(':').map_or(0, |colon| colon + 1);
    prefix.truncate(length);
    prefix
}
