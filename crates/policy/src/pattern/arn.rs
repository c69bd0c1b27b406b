//! Patterns of ARNs, matched part by part.

use super::{Memo, Pattern, Piece, Reading, Variable, pieces};
use crate::literal::is_arn;
use crate::request::Context;
use crate::text::Subject;

/// A pattern with the six parts of an ARN. Wildcards stay within their part; the sixth may hold colons.
#[derive(Debug)]
pub(crate) enum ArnPattern {
    /// The parts.
    Parts {
        /// The parts before the first with a wildcard or a variable, with their colons.
        head: Box<str>,
        /// The other parts but those that are a bare `*`, by their places from zero.
        parts: Box<[(usize, Pattern)]>,
    },
    /// One variable that stands for all of it.
    Whole(Variable),
}

impl ArnPattern {
    /// Reads a pattern. `None` if it doesn't have six parts; colons that come out of a variable make no
    /// parts (seen at AWS).
    pub(crate) fn parse(text: &str, has_variables: bool) -> Option<Self> {
        let reading = Reading {
            has_wildcards: true,
            has_variables,
        };
        let mut all = pieces(text, reading);
        if let [Piece::Variable(_)] = all.as_slice() {
            return match all.pop() {
                Some(Piece::Variable(variable)) => Some(Self::Whole(variable)),
                Some(Piece::Text(_) | Piece::Star | Piece::One) | None => None,
            };
        }
        let parts = split(all)?;
        let is_literal =
            |part: &Vec<Piece>| part.iter().all(|piece| matches!(piece, Piece::Text(_)));
        // The sixth part stays a pattern, so that an end is looked for.
        let literal = parts
            .iter()
            .take(5)
            .take_while(|part| is_literal(part))
            .count();
        let mut head = String::new();
        for piece in parts.iter().take(literal).map(Vec::as_slice) {
            if let [Piece::Text(text)] = piece {
                head.push_str(text);
            }
            head.push(':');
        }
        Some(Self::Parts {
            head: head.into(),
            parts: (parts.into_iter().enumerate().skip(literal))
                .filter(|(_, part)| !matches!(part.as_slice(), [Piece::Star]))
                .map(|(place, part)| (place, Pattern::new(part)))
                .collect(),
        })
    }

    /// The text with which every ARN that matches begins.
    fn literal_prefix(&self) -> String {
        match self {
            Self::Parts { head, parts } => {
                let behind_head = head.matches(':').count();
                let next = (parts.first())
                    .filter(|(place, _)| *place == behind_head)
                    .map(|(_, part)| part.literal_prefix())
                    .unwrap_or_default();
                format!("{head}{next}")
            }
            Self::Whole(_) => String::new(),
        }
    }

    /// Whether an ARN matches. One variable alone matches any text that is its value.
    pub(crate) fn matches<'a>(
        &'a self,
        arn: Subject<'a>,
        context: &'a Context,
        memo: &mut Memo<'a>,
    ) -> bool {
        match self {
            Self::Parts { head, parts } => {
                arn.has_six_parts()
                    && arn.text.starts_with(&**head)
                    && parts.iter().all(|(place, part)| {
                        arn.part(*place)
                            .is_some_and(|text| part.matches(text, context, memo))
                    })
            }
            Self::Whole(variable) => variable
                .value(context)
                .is_some_and(|value| value.text() == arn.text),
        }
    }

    /// Whether it is one variable, of which the value is no ARN.
    pub(crate) fn is_filled_with_no_arn(&self, context: &Context) -> bool {
        match self {
            Self::Parts { .. } => false,
            Self::Whole(variable) => variable
                .value(context)
                .is_some_and(|value| !is_arn(value.text())),
        }
    }

    /// The variables in it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        let (parts, whole) = match self {
            Self::Parts { parts, .. } => (&**parts, None),
            Self::Whole(variable) => (&[][..], Some(variable)),
        };
        let of_parts = parts.iter().flat_map(|(_, part)| part.variables());
        of_parts.chain(whole)
    }
}

/// Splits at the first five colons of the text. `None` if there are fewer.
fn split(all: Vec<Piece>) -> Option<Vec<Vec<Piece>>> {
    let mut parts = vec![Vec::new()];
    for piece in all {
        let mut rest = match piece {
            Piece::Text(text) => text,
            piece @ (Piece::Star | Piece::One | Piece::Variable(_)) => {
                parts.last_mut()?.push(piece);
                continue;
            }
        };
        while parts.len() < 6
            && let Some((before, after)) = rest.split_once(':')
        {
            if !before.is_empty() {
                parts.last_mut()?.push(Piece::Text(before.to_owned()));
            }
            parts.push(Vec::new());
            rest = after.to_owned();
        }
        if !rest.is_empty() {
            parts.last_mut()?.push(Piece::Text(rest));
        }
    }
    (parts.len() == 6).then_some(parts)
}

/// A pattern of a `Resource` element.
#[derive(Debug)]
pub(crate) enum ResourcePattern {
    /// `*`.
    Everything,
    /// One of ARNs.
    Arn(ArnPattern),
    /// Any other, which can match only what is no ARN either, such as the `*` of an action that knows no
    /// resources.
    Plain(Pattern),
}

impl ResourcePattern {
    pub(crate) fn parse(text: &str, has_variables: bool) -> Self {
        if text == "*" {
            return Self::Everything;
        }
        match Self::parse_arn(text, has_variables) {
            Some(arn) => Self::Arn(arn),
            None => {
                let reading = Reading {
                    has_wildcards: true,
                    has_variables,
                };
                Self::Plain(Pattern::new(pieces(text, reading)))
            }
        }
    }

    /// Reads a pattern of ARNs. A star at the end reaches over the colons that are not there: AWS documents
    /// that the last star of a part may, and accepts `arn:aws:sns:*`, so that a denial of it must count.
    fn parse_arn(text: &str, has_variables: bool) -> Option<ArnPattern> {
        let mut whole = text.to_owned();
        let missing = if text.starts_with("arn:") && text.ends_with('*') {
            4
        } else {
            0
        };
        for _ in 0..missing {
            if let Some(arn) = ArnPattern::parse(&whole, has_variables) {
                return Some(arn);
            }
            whole.push_str(":*");
        }
        ArnPattern::parse(&whole, has_variables)
    }

    pub(crate) fn matches<'a>(
        &'a self,
        resource: Subject<'a>,
        context: &'a Context,
        memo: &mut Memo<'a>,
    ) -> bool {
        match self {
            Self::Everything => true,
            Self::Arn(pattern) => pattern.matches(resource, context, memo),
            Self::Plain(pattern) => {
                !resource.has_six_parts() && pattern.matches(resource.units(), context, memo)
            }
        }
    }

    /// The text with which every resource that matches begins.
    pub(crate) fn literal_prefix(&self) -> String {
        match self {
            Self::Everything => String::new(),
            Self::Arn(pattern) => pattern.literal_prefix(),
            Self::Plain(pattern) => pattern.literal_prefix(),
        }
    }

    /// The variables in it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        let (arn, plain) = match self {
            Self::Everything => (None, None),
            Self::Arn(pattern) => (Some(pattern), None),
            Self::Plain(pattern) => (None, Some(pattern)),
        };
        let of_plain = plain.into_iter().flat_map(Pattern::variables);
        arn.into_iter()
            .flat_map(ArnPattern::variables)
            .chain(of_plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Prepared;

    fn check(pattern: &str, resource: &str, context: &Context, expected: bool) {
        let prepared = Prepared::new(resource);
        let subject = Subject {
            text: resource,
            prepared: &prepared,
        };
        let read = ResourcePattern::parse(pattern, true);
        assert_eq!(
            read.matches(subject, context, &mut Memo::default()),
            expected,
            "{pattern} {resource}"
        );
    }

    #[test]
    fn arns_match_part_by_part() {
        let context = Context::default();
        for (pattern, resource, expected) in [
            ("*", "*", true),
            ("*", "arn:aws:s3:::b", true),
            ("arn:aws:s3:::b", "arn:aws:s3:::b", true),
            ("arn:aws:s3:::b", "arn:aws:s3:::B", false),
            ("arn:aws:s3:::b", "arn:aws:s3:::b/c", false),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/c/d:e:f", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
            (
                "arn:aws:sns:*:111122223333:t",
                "arn:aws:sns:us-east-1:111122223333:t",
                true,
            ),
            (
                "arn:aws:sns:*:t",
                "arn:aws:sns:us-east-1:111122223333:t",
                false,
            ),
            (
                "arn:aws:*:111122223333:t",
                "arn:aws:sns:us-east-1:111122223333:t",
                false,
            ),
            (
                "arn:*:*:*:*:*",
                "arn:aws:sns:us-east-1:111122223333:t:u",
                true,
            ),
            (
                "arn:aws:iam::*:user/?",
                "arn:aws:iam::111122223333:user/a",
                true,
            ),
            (
                "arn:aws:iam::*:user/?",
                "arn:aws:iam::111122223333:user/",
                false,
            ),
            // An account that is left out is none.
            (
                "arn:aws:iam:::user/a",
                "arn:aws:iam::111122223333:user/a",
                false,
            ),
            ("arn:aws:s3:::a*c", "arn:aws:s3:::a:b:c", true),
            // An action that knows no resources.
            ("arn:aws:s3:::b", "*", false),
            ("?", "*", true),
            ("**", "*", true),
            ("**", "arn:aws:s3:::b", false),
            ("arn:*", "arn:aws:s3:::b", true),
            ("arn:aws:s3:*", "arn:aws:s3:::b", true),
            (
                "arn:aws:sns:us-*",
                "arn:aws:sns:us-east-1:111122223333:t",
                true,
            ),
            (
                "arn:aws:sns:us-*",
                "arn:aws:sns:eu-west-1:111122223333:t",
                false,
            ),
            ("arn:aws:s3::b", "arn:aws:s3:::b", false),
            ("bucket", "bucket", true),
        ] {
            check(pattern, resource, &context, expected);
        }
    }

    #[test]
    fn a_variable_stands_for_one_part_or_for_all() {
        let mut context = Context::default();
        context.set("arn", "arn:aws:s3:::b");
        context.set("all", "*");
        context.set("rest", "s3:::b");
        context.set("partition", "aws");
        context.set("name", "a:*");
        for (pattern, resource, expected) in [
            ("${arn}", "arn:aws:s3:::b", true),
            ("${arn}", "arn:aws:s3:::c", false),
            ("${all}", "*", true),
            ("${all}", "arn:aws:s3:::b", false),
            ("${missing}", "arn:aws:s3:::b", false),
            ("arn:aws:${rest}", "arn:aws:s3:::b", false),
            ("arn:${partition}:s3:::b", "arn:aws:s3:::b", true),
            ("arn:aws:s3:::${name}", "arn:aws:s3:::a:*", true),
            ("arn:aws:s3:::${name}", "arn:aws:s3:::a:b", false),
            ("arn:aws:s3:::${missing, 'b'}", "arn:aws:s3:::b", true),
            ("arn:aws:s3:::${missing}", "arn:aws:s3:::b", false),
            ("arn:aws:s3:::${*}", "arn:aws:s3:::*", true),
            ("arn:aws:s3:::${*}", "arn:aws:s3:::b", false),
        ] {
            check(pattern, resource, &context, expected);
        }
    }
}
