//! Wildcards, by a table of all prefixes of pattern and text.

use super::conditions::Context;
use super::variables::{Token, expand, is_one_variable, split};

/// Whether an action matches a pattern, without regard to case.
pub(crate) fn matches_action(pattern: &str, action: &str) -> bool {
    let pattern = expand(&pattern.to_ascii_lowercase(), None).unwrap_or_default();
    matches(&pattern, &action.to_ascii_lowercase())
}

/// Whether a resource matches a pattern, part by part.
pub(crate) fn matches_resource(pattern: &str, resource: &str, context: Option<&Context>) -> bool {
    if pattern == "*" {
        return true;
    }
    // A star at the end stands for the parts that are missing.
    let mut whole = pattern.to_owned();
    while whole.starts_with("arn:")
        && whole.ends_with('*')
        && split(&whole, context.is_some()).len() < 6
    {
        whole.push_str(":*");
    }
    let pattern = whole.as_str();
    if context.is_some() && is_one_variable(pattern) {
        return expand(pattern, context).is_some_and(|tokens| matches(&tokens, resource));
    }
    if split(resource, false).len() < 6 && split(pattern, context.is_some()).len() < 6 {
        return expand(pattern, context).is_some_and(|tokens| matches(&tokens, resource));
    }
    matches_arn(pattern, resource, context) == Some(true)
}

/// Whether an ARN matches a pattern of one; `None` where the pattern has too few parts.
pub(crate) fn matches_arn(pattern: &str, arn: &str, context: Option<&Context>) -> Option<bool> {
    let patterns = split(pattern, context.is_some());
    if patterns.len() < 6 {
        return None;
    }
    let parts = split(arn, false);
    let all = patterns.iter().zip(&parts).all(|(pattern, part)| {
        expand(pattern, context).is_some_and(|tokens| matches(&tokens, part))
    });
    Some(parts.len() == 6 && all)
}

/// Whether the whole text matches.
pub(crate) fn matches(pattern: &[Token], text: &str) -> bool {
    let text: Vec<u16> = text.encode_utf16().collect();
    // reached[n]: the pattern so far matches the first n units.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for token in pattern {
        let mut next = vec![false; text.len() + 1];
        match token {
            Token::Run => {
                let first = reached.iter().position(|is_reached| *is_reached);
                for is_reached in next.iter_mut().skip(first.unwrap_or(usize::MAX)) {
                    *is_reached = true;
                }
            }
            Token::One => next[1..].copy_from_slice(&reached[..text.len()]),
            Token::Unit(unit) => {
                for (position, found) in text.iter().enumerate() {
                    next[position + 1] = reached[position] && found == unit;
                }
            }
        }
        reached = next;
    }
    reached[text.len()]
}
