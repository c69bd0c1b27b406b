//! What the model demands of values, and the words for it.

use std::fmt::Write;

use crate::patterns::Pattern;

/// What a text must be.
pub(crate) struct Text {
    /// The fewest characters.
    pub(crate) min: Option<usize>,
    /// The most characters.
    pub(crate) max: Option<usize>,
    /// What the whole text must match.
    pub(crate) pattern: Option<&'static Pattern>,
    /// What is said when it does not.
    pub(crate) refusal: Refusal,
    /// Whether the text must not be repeated to the caller.
    pub(crate) sensitive: bool,
}

/// How a text that does not satisfy its constraints is refused. `{field}` in a text stands for the
/// member.
pub(crate) enum Refusal {
    /// By the sentence that all constraints have.
    Generic,
    /// By this text where the pattern is not matched; otherwise by the usual sentence.
    Pattern(&'static str),
    /// By this text whatever is wrong.
    Any(&'static str),
}

/// What a number must be.
pub(crate) struct Number {
    /// The least.
    pub(crate) min: Option<i32>,
    /// The greatest.
    pub(crate) max: Option<i32>,
}

/// What a list or a map must be.
pub(crate) struct List {
    /// The fewest elements.
    pub(crate) min: Option<usize>,
    /// The most elements.
    pub(crate) max: Option<usize>,
    /// Whether the sentence about a wrong element also says that none may be missing.
    pub(crate) names_null: bool,
}

/// A text of which the model lists all values.
pub(crate) trait Choice: Sized {
    /// The values as the service lists them: `[SSH, PEM]`.
    const VALUES: &'static str;

    /// The value that `text` spells.
    fn from_text(text: &str) -> Option<Self>;
}

/// `Member must not be null`.
pub(crate) const NOT_NULL: &str = "Member must not be null";

/// The sentence about a bound: `quantity` is `length` or `value`, `relation` `less` or `greater`.
pub(crate) fn bound(quantity: &str, relation: &str, limit: impl std::fmt::Display) -> String {
    format!("Member must have {quantity} {relation} than or equal to {limit}")
}

/// The sentence about a pattern.
pub(crate) fn pattern(pattern: &Pattern) -> String {
    format!(
        "Member must satisfy regular expression pattern: {}",
        pattern.text
    )
}

/// The sentence about a text of which all values are listed.
pub(crate) fn choice<T: Choice>() -> String {
    format!("Member must satisfy enum value set: {}", T::VALUES)
}

impl Text {
    /// The number of characters that breaks a bound, and the sentence about that bound.
    pub(crate) fn broken_length(&self, text: &str) -> Option<String> {
        let characters = if text.is_ascii() {
            text.len()
        } else {
            text.chars().count()
        };
        broken_size(characters, self.min, self.max)
    }

    /// Whether the pattern is satisfied.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.pattern.is_none_or(|pattern| pattern.matches(text))
    }

    /// All that is demanded, as the sentence about a wrong element of a list enumerates it.
    pub(crate) fn demands(&self) -> Vec<String> {
        let mut demands = Vec::new();
        demands.extend(self.max.map(|max| bound("length", "less", max)));
        demands.extend(self.min.map(|min| bound("length", "greater", min)));
        demands.extend(self.pattern.map(pattern));
        demands
    }
}

impl List {
    /// The sentence about the bound that a number of elements breaks.
    pub(crate) fn broken_length(&self, elements: usize) -> Option<String> {
        broken_size(elements, self.min, self.max)
    }
}

impl Number {
    /// The sentence about the bound that a number breaks.
    pub(crate) fn broken_bound(&self, number: i32) -> Option<String> {
        if let Some(max) = self.max.filter(|max| number > *max) {
            return Some(bound("value", "less", max));
        }
        let min = self.min.filter(|min| number < *min)?;
        Some(bound("value", "greater", min))
    }
}

fn broken_size(size: usize, min: Option<usize>, max: Option<usize>) -> Option<String> {
    if let Some(max) = max.filter(|max| size > *max) {
        return Some(bound("length", "less", max));
    }
    let min = min.filter(|min| size < *min)?;
    Some(bound("length", "greater", min))
}

/// `subject must satisfy constraint: [..]`, which tells all demands on an element of a list or map
/// when one of them is not met.
pub(crate) fn enumerated(subject: &str, demands: &[String]) -> String {
    let mut sentence = format!("{subject} must satisfy constraint: [");
    for (position, demand) in demands.iter().enumerate() {
        let separator = if position == 0 { "" } else { ", " };
        // Writing to a string does not fail.
        let _ = write!(sentence, "{separator}{demand}");
    }
    sentence.push(']');
    sentence
}
