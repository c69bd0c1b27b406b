//! Collecting what is wrong with a request.

use crate::InputError;

/// The service counts and prints this many violations and no more.
const MOST: usize = 10;

/// What was found wrong so far.
#[derive(Default)]
pub(crate) struct Violations {
    /// Entries of the sentence that counts them.
    counted: Vec<String>,
    /// The first of those that have a sentence of their own.
    special: Option<String>,
    /// Where they all stand.
    members: Vec<String>,
}

impl Violations {
    /// Notes a violated constraint. `value` is what the sentence repeats of the request: with its
    /// quotes, and empty or led by a blank.
    pub(crate) fn count(&mut self, value: &str, location: &str, constraint: &str) {
        self.members.push(location.to_owned());
        if self.counted.len() < MOST {
            self.counted.push(format!(
                "Value{value} at '{location}' failed to satisfy constraint: {constraint}"
            ));
        }
    }

    /// Notes a violation that has a sentence of its own.
    pub(crate) fn single_out(&mut self, text: &str, location: &str) {
        self.members.push(location.to_owned());
        self.special
            .get_or_insert_with(|| text.replace("{field}", location));
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.counted.is_empty() && self.special.is_none()
    }

    /// The error: the message for the caller, and where the violations stand. A special sentence is given only
    /// when nothing else is wrong.
    pub(crate) fn into_error(self) -> InputError {
        let message = match self.special {
            Some(special) if self.counted.is_empty() => special,
            _ => format!(
                "{} validation error{} detected: {}",
                self.counted.len(),
                if self.counted.len() == 1 { "" } else { "s" },
                self.counted.join("; ")
            ),
        };
        InputError::Constraint {
            message,
            members: self.members,
        }
    }
}
