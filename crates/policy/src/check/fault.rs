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

    pub(super) fn syntax(message: &'static str, error: &SyntaxError) -> Self {
        Self::new(message, &error.span, error.to_string())
    }
}
