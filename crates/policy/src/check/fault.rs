//! Why a text is no policy.

use std::borrow::Cow;
use std::ops::Range;

use crate::SyntaxError;

/// Why a text is not accepted as a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct PolicyFault {
    /// What IAM says, to the letter where it was seen. For
    /// [`PolicyKind::Simulated`](crate::PolicyKind::Simulated), operations have
    /// texts of their own that count documents.
    pub message: Cow<'static, str>,
    /// Where, in bytes of the text: what is wrong, or what lacks something.
    pub span: Range<usize>,
    /// The same for people: what is wrong or missing.
    pub reason: String,
}

impl PolicyFault {
    pub(super) fn new(
        message: impl Into<Cow<'static, str>>,
        span: &Range<usize>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            message: message.into(),
            span: span.clone(),
            reason: reason.into(),
        }
    }

    /// Of a text that is no JSON, what the service's reader of JSON says: it names the character that it
    /// stumbles over (seen at AWS; where the text ends too early, unsure).
    pub(super) fn not_json(text: &str, error: &SyntaxError) -> Self {
        let before = text.get(..error.span.start).unwrap_or_default();
        // Of a word that is none of JSON's, its beginning.
        let start = before
            .trim_end_matches(|character: char| character.is_ascii_alphanumeric())
            .len();
        let rest = text.get(start..).unwrap_or_default();
        let message = match rest.chars().next() {
            Some(character) => format!(
                "Unexpected character ('{character}' (code {})): expected a valid value (JSON String, \
                 Number, Array, Object or token 'null', 'true' or 'false')",
                u32::from(character)
            ),
            None => "Unexpected end-of-input".to_owned(),
        };
        Self::new(message, &error.span, error.to_string())
    }

    pub(super) fn syntax(message: &'static str, error: &SyntaxError) -> Self {
        Self::new(message, &error.span, error.to_string())
    }
}
