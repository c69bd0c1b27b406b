//! Conditions, their literals read.
//!
//! A literal that can't be read matches nothing. In a statement that allows, a condition with such a
//! literal holds only where another of its literals matches the request's value. In a statement that
//! denies, an ARN that is none counts as a match of any ARN, also for the negated operators (seen at AWS).

use std::cmp::Ordering;
use std::net::IpAddr;

use crate::Effect;
use crate::document::{Condition, Text};
use crate::literal::{self, Binary, Moment, Network, Number, NumberText};
use crate::pattern::arn::ArnPattern;
use crate::pattern::{Memo, Pattern, Piece, Reading, Variable, pieces};
use crate::request::{Context, Found, Key, Value};
use crate::{Operator, Order, Quantifier, Test};

/// One line of a condition block, made ready.
#[derive(Debug)]
pub(super) struct ConditionTest {
    key: Key,
    operator: Operator,
    literals: Literals,
    /// Whether a literal can't be read.
    has_broken: bool,
}

/// The literals of a line that can be read.
#[derive(Debug)]
enum Literals {
    Strings(Box<[Pattern]>),
    IgnoreCase(Box<[CaselessText]>),
    Numbers(Order, Box<[NumberText]>),
    Dates(Order, Box<[Moment]>),
    Bools(Box<[bool]>),
    Binaries(Box<[Binary]>),
    Networks(Box<[Network]>),
    Arns(Box<[ArnPattern]>),
    /// Whether the key must be absent.
    Absent(Box<[bool]>),
}

/// How a value of the request stands to the literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    /// One of them matches.
    Hit,
    /// None does.
    Miss,
    /// The value is none of the operator's type, and its negation doesn't hold either.
    Unreadable,
}

impl ConditionTest {
    pub(super) fn new(condition: &Condition, has_variables: bool) -> Self {
        let texts = condition.values.as_slice();
        let reading = |has_wildcards| Reading {
            has_wildcards,
            has_variables,
        };
        let literals = match condition.operator.test {
            Test::String => Literals::Strings(strings(texts, reading(false))),
            Test::StringLike => Literals::Strings(strings(texts, reading(true))),
            Test::StringIgnoreCase => {
                let new = |text: &Text| CaselessText::new(&text.text, reading(false));
                Literals::IgnoreCase(texts.iter().map(new).collect())
            }
            Test::Numeric(order) => Literals::Numbers(order, readable(texts, NumberText::parse)),
            Test::Date(order) => Literals::Dates(order, readable(texts, Moment::parse)),
            Test::Bool => Literals::Bools(
                texts
                    .iter()
                    .map(|text| literal::is_true(&text.text))
                    .collect(),
            ),
            Test::Binary => Literals::Binaries(readable(texts, Binary::parse)),
            Test::IpAddress => Literals::Networks(readable(texts, Network::parse)),
            Test::Arn => Literals::Arns(readable(texts, |text| {
                ArnPattern::parse(text, has_variables)
            })),
            Test::Null => Literals::Absent(
                texts
                    .iter()
                    .map(|text| literal::is_true(&text.text))
                    .collect(),
            ),
        };
        Self {
            key: Key::new(&condition.key.text),
            operator: condition.operator,
            has_broken: literals.count() < texts.len(),
            literals,
        }
    }

    /// Whether it holds in a statement of this effect.
    pub(super) fn holds(&self, effect: Effect, context: &Context) -> bool {
        let found = context.find(&self.key);
        if let Literals::Absent(wanted) = &self.literals {
            return wanted.contains(&matches!(found, Found::Absent));
        }
        // What a literal that can't be read would have excluded is unknown.
        let is_doubtful = effect == Effect::Allow && self.has_broken;
        let Operator {
            quantifier,
            is_negated,
            if_exists,
            ..
        } = self.operator;
        let matches = |value: &Value| self.matches(effect, value, context);
        match (found, quantifier) {
            (Found::Absent, Some(Quantifier::ForAllValues)) => !is_doubtful,
            (Found::Absent, Some(Quantifier::ForAnyValue)) => if_exists && !is_doubtful,
            (Found::Absent, None) => (if_exists || is_negated) && !is_doubtful,
            (Found::One(value), _) => matches(value),
            // A key of several values matches no operator for one, whatever it is (seen at AWS).
            (Found::Many(_), None) => false,
            (Found::Many([]), Some(Quantifier::ForAllValues)) => !is_doubtful,
            (Found::Many(values), Some(Quantifier::ForAllValues)) => values.iter().all(matches),
            (Found::Many(values), Some(Quantifier::ForAnyValue)) => values.iter().any(matches),
        }
    }

    fn matches(&self, effect: Effect, value: &Value, context: &Context) -> bool {
        let is_negated = self.operator.is_negated;
        match self.literals.compare(value, context) {
            Match::Unreadable => false,
            Match::Hit | Match::Miss
                if self.has_broken && effect == Effect::Allow && is_negated =>
            {
                false
            }
            Match::Hit | Match::Miss
                if self.has_broken
                    && effect == Effect::Deny
                    && matches!(self.literals, Literals::Arns(_)) =>
            {
                true
            }
            Match::Hit => !is_negated,
            Match::Miss => is_negated,
        }
    }

    /// The keys that it asks for and the request doesn't have.
    pub(super) fn missing_keys(&self, context: &Context, note: &mut impl FnMut(&Key)) {
        if matches!(context.find(&self.key), Found::Absent) {
            note(&self.key);
        }
        for variable in self.literals.variables() {
            if variable.is_missing(context) {
                note(&variable.key);
            }
        }
    }
}

impl Literals {
    fn count(&self) -> usize {
        match self {
            Self::Strings(literals) => literals.len(),
            Self::IgnoreCase(literals) => literals.len(),
            Self::Numbers(_, literals) => literals.len(),
            Self::Dates(_, literals) => literals.len(),
            Self::Bools(literals) | Self::Absent(literals) => literals.len(),
            Self::Binaries(literals) => literals.len(),
            Self::Networks(literals) => literals.len(),
            Self::Arns(literals) => literals.len(),
        }
    }

    fn compare<'a>(&'a self, value: &'a Value, context: &'a Context) -> Match {
        let text = value.text();
        let mut memo = Memo::default();
        let is_hit = match self {
            Self::Strings(literals) => {
                let units = value.subject().units();
                literals
                    .iter()
                    .any(|literal| literal.matches(units, context, &mut memo))
            }
            Self::IgnoreCase(literals) => literals.iter().any(|literal| literal.is(value, context)),
            Self::Numbers(order, literals) => {
                let Some(number) = Number::parse(text) else {
                    let must_be = context.numbers_must_be();
                    return if must_be {
                        Match::Unreadable
                    } else {
                        Match::Miss
                    };
                };
                let compare = |literal: &NumberText| literal.compare_to(number);
                literals
                    .iter()
                    .filter_map(compare)
                    .any(|ordering| fits(*order, ordering))
            }
            Self::Dates(order, literals) => Moment::parse(text).is_some_and(|moment| {
                literals
                    .iter()
                    .any(|literal| fits(*order, moment.cmp(literal)))
            }),
            Self::Bools(literals) => literals.contains(&literal::is_true(text)),
            Self::Binaries(literals) => literals.iter().any(|literal| literal.is(text)),
            Self::Networks(literals) => {
                let Some(address): Option<IpAddr> = literal::address(text) else {
                    return Match::Unreadable;
                };
                literals.iter().any(|network| network.contains(address))
            }
            Self::Arns(literals) => {
                if !literal::is_arn(text) {
                    return Match::Unreadable;
                }
                literals
                    .iter()
                    .any(|literal| literal.matches(value.subject(), context, &mut memo))
            }
            // Whether there is a value was asked before.
            Self::Absent(literals) => literals.contains(&false),
        };
        if is_hit { Match::Hit } else { Match::Miss }
    }

    fn variables(&self) -> Box<dyn Iterator<Item = &Variable> + '_> {
        match self {
            Self::Strings(literals) => Box::new(literals.iter().flat_map(Pattern::variables)),
            Self::IgnoreCase(literals) => {
                Box::new(literals.iter().flat_map(CaselessText::variables))
            }
            Self::Arns(literals) => Box::new(literals.iter().flat_map(ArnPattern::variables)),
            Self::Numbers(..)
            | Self::Dates(..)
            | Self::Bools(_)
            | Self::Binaries(_)
            | Self::Networks(_)
            | Self::Absent(_) => Box::new(std::iter::empty()),
        }
    }
}

fn fits(order: Order, ordering: Ordering) -> bool {
    match order {
        Order::Equal => ordering.is_eq(),
        Order::Less => ordering.is_lt(),
        Order::LessOrEqual => ordering.is_le(),
        Order::Greater => ordering.is_gt(),
        Order::GreaterOrEqual => ordering.is_ge(),
    }
}

fn strings(texts: &[Text], reading: Reading) -> Box<[Pattern]> {
    texts
        .iter()
        .map(|text| Pattern::new(pieces(&text.text, reading)))
        .collect()
}

fn readable<T>(texts: &[Text], parse: impl Fn(&str) -> Option<T>) -> Box<[T]> {
    texts.iter().filter_map(|text| parse(&text.text)).collect()
}

/// A text with variables, to be compared without regard to case: in lower case, which is not the same as
/// case folding (seen at AWS).
#[derive(Debug)]
struct CaselessText(Box<[CaselessPiece]>);

#[derive(Debug)]
enum CaselessPiece {
    /// In lower case.
    Text(Box<str>),
    Variable(Variable),
}

impl CaselessText {
    fn new(text: &str, reading: Reading) -> Self {
        let piece = |piece| match piece {
            Piece::Text(text) => Some(CaselessPiece::Text(text.to_lowercase().into())),
            Piece::Variable(variable) => Some(CaselessPiece::Variable(variable)),
            // The reading has no wildcards.
            Piece::Star | Piece::One => None,
        };
        Self(
            pieces(text, reading)
                .into_iter()
                .filter_map(piece)
                .collect(),
        )
    }

    fn is(&self, value: &Value, context: &Context) -> bool {
        let mut rest = value.lower_but_ascii().as_bytes();
        for piece in &self.0 {
            let text = match piece {
                CaselessPiece::Text(text) => text,
                CaselessPiece::Variable(variable) => match variable.value(context) {
                    Some(value) => value.lower_but_ascii(),
                    None => return false,
                },
            };
            match rest.split_at_checked(text.len()) {
                Some((same, after)) if same.eq_ignore_ascii_case(text.as_bytes()) => rest = after,
                Some(_) | None => return false,
            }
        }
        rest.is_empty()
    }

    fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.0.iter().filter_map(|piece| match piece {
            CaselessPiece::Variable(variable) => Some(variable),
            CaselessPiece::Text(_) => None,
        })
    }
}

#[cfg(test)]
mod tests;
