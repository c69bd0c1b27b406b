//! A policy as it is written.
//!
//! A [`Document`] says what a text says and where it says it, and judges nothing beyond the shape of
//! its elements: what is missing stays missing. Each kind of policy has rules of its own, in
//! [`crate::check`].

mod parse;
mod position;
mod print;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use position::{Position, position};

use crate::Operator;

/// A policy document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The version, as written.
    pub version: Option<Text>,
    /// The document's id.
    pub id: Option<Text>,
    /// The statements in their order; none also where there is no `Statement`.
    pub statements: Vec<Statement>,
}

impl Document {
    /// Whether `${…}` names a variable: from version 2012-10-17 on; before, it is plain text.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        let version = self.version.as_ref();
        version.is_some_and(|version| &*version.text == "2012-10-17")
    }
}

/// A piece of a document's text that means a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What it means.
    pub text: Box<str>,
    /// Where it stands, its quotes included.
    pub span: Range<usize>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its id.
    pub sid: Option<Text>,
    /// `Allow` or `Deny`, as written: in any case.
    pub effect: Option<Text>,
    /// Whom it is about, in policies of resources.
    pub principals: Option<Principals>,
    /// Which actions it is about.
    pub actions: Option<Patterns>,
    /// Which resources it is about.
    pub resources: Option<Patterns>,
    /// What must hold besides, all of it.
    pub conditions: Vec<Condition>,
    /// Where it stands, its braces included.
    pub span: Range<usize>,
    /// Where IAM's simulator says that it begins: of one that stands alone, just after its opening
    /// brace; of one in a list, just after what comes before it.
    pub told_start: usize,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns {
    /// Whether it is about all but these.
    pub is_negated: bool,
    /// The patterns.
    pub items: Vec<Text>,
    /// Where the value stands.
    pub span: Range<usize>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principals {
    /// Whether it is about all but these.
    pub is_negated: bool,
    /// Who.
    pub named: NamedPrincipals,
    /// Where the value stands.
    pub span: Range<usize>,
}

/// How principals are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedPrincipals {
    /// By a bare text, which can only be `*`.
    Bare(Text),
    /// By kind and name.
    ByKind(Vec<(Text, Vec<Text>)>),
}

/// One line of a condition block: an operator, a key and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The operator.
    pub operator: Operator,
    /// The operator as written.
    pub operator_text: Text,
    /// The key.
    pub key: Text,
    /// The values, of which one must match. Numbers and booleans mean their text.
    pub values: Vec<Text>,
}

/// Why a text is no policy document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SyntaxError {
    /// What is wrong.
    pub problem: Problem,
    /// Where.
    pub span: Range<usize>,
}

/// What is wrong with a document's shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is not JSON.
    #[error("not JSON: expected {0}")]
    NotJson(&'static str),
    /// An element that policies do not have.
    #[error("unknown element `{0}`")]
    UnknownElement(Box<str>),
    /// An element that is there twice.
    #[error("element `{0}` is there twice")]
    Repeated(Box<str>),
    /// Two elements of which a statement can have one.
    #[error("a statement can't have both `{0}` and `Not{0}`")]
    BothSides(&'static str),
    /// A value of the wrong type.
    #[error("`{element}` must be {expected}")]
    WrongType {
        /// Of which element.
        element: Box<str>,
        /// What it should be.
        expected: &'static str,
    },
    /// An operator that does not exist.
    #[error("unknown condition operator `{0}`")]
    UnknownOperator(Box<str>),
}
