//! Conditions, their literals read.
//!
//! A literal that can't be read equals nothing, so that a negated operator holds. ARNs are taken in their
//! order: the first that matches ends the comparison, and so does one that is no ARN, be it only once its
//! variable is filled; the condition then holds in a statement that denies and not in one that allows,
//! negated or not (seen at AWS).

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
}

/// The literals of a line that can be read; `None` for those that can't, where the order counts.
#[derive(Debug)]
enum Literals {
    Strings(Box<[Pattern]>),
    IgnoreCase(Box<[CaselessText]>),
    Numbers(Order, Box<[NumberText]>),
    Dates(Order, Box<[Moment]>),
    Bools(Box<[bool]>),
    Binaries(Box<[Binary]>),
    Networks(Box<[Option<Network>]>),
    Arns(Box<[Option<ArnPattern>]>),
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
    /// A literal is no ARN, and none before it matches.
    NoArn,
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
            Test::IpAddress => {
                let read = |text: &Text| Network::parse(&text.text);
                Literals::Networks(texts.iter().map(read).collect())
            }
            Test::Arn => {
                let read = |text: &Text| ArnPattern::parse(&text.text, has_variables);
                Literals::Arns(texts.iter().map(read).collect())
            }
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
            literals,
        }
    }

    /// Whether it holds in a statement of this effect.
    pub(super) fn holds(&self, effect: Effect, context: &Context) -> bool {
        let found = context.find(&self.key);
        if let Literals::Absent(wanted) = &self.literals {
            return wanted.contains(&matches!(found, Found::Absent));
        }
        // What an ARN that is none would have excluded is unknown (unsure where there is no value).
        let is_doubtful = effect == Effect::Allow && self.literals.have_what_is_no_arn();
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
            Match::NoArn => effect == Effect::Deny,
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
    /// Whether one of them is written as what is no ARN, and should be one.
    fn have_what_is_no_arn(&self) -> bool {
        matches!(self, Self::Arns(literals) if literals.iter().any(Option::is_none))
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
                    return if context.is_simulated() {
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
                // The simulator stops at the first that can't be read (seen at AWS).
                let looked_at = literals
                    .iter()
                    .take_while(|network| network.is_some() || !context.is_simulated());
                looked_at.flatten().any(|network| network.contains(address))
            }
            Self::Arns(literals) => {
                if !literal::is_arn(text) {
                    return Match::Unreadable;
                }
                return compare_arns(literals, value, context);
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
            Self::Arns(literals) => {
                Box::new(literals.iter().flatten().flat_map(ArnPattern::variables))
            }
            Self::Numbers(..)
            | Self::Dates(..)
            | Self::Bools(_)
            | Self::Binaries(_)
            | Self::Networks(_)
            | Self::Absent(_) => Box::new(std::iter::empty()),
        }
    }
}

/// Takes the patterns in their order.
fn compare_arns<'a>(
    literals: &'a [Option<ArnPattern>],
    value: &'a Value,
    context: &'a Context,
) -> Match {
    let mut memo = Memo::default();
    for literal in literals {
        let Some(pattern) = literal else {
            return Match::NoArn;
        };
        if pattern.matches(value.subject(), context, &mut memo) {
            return Match::Hit;
        }
        if pattern.is_filled_with_no_arn(context) {
            return Match::NoArn;
        }
    }
    Match::Miss
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
