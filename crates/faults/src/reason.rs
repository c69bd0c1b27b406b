//! Why a fault is due, as data.

use std::sync::Arc;

use keyward_credentials::BrokenRule;
use keyward_names::AccountId;
use keyward_policy::Kind;

/// Why a request is refused, for those who act on more than the code: who shows it to people in other words,
/// or asks for something else next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No policy allows what was asked, or one denies it.
    NotAllowed(Box<DeniedRequest>),
    /// Values break constraints of the service's model.
    Constraints {
        /// Where they stand, as the message says it: `newPassword`, `tags.1.member.key`.
        members: Vec<String>,
    },
    /// The old password is not the password.
    OldPasswordIncorrect,
    /// The old password was guessed wrong too often of late.
    TooManyWrongOldPasswords,
    /// The new password is the old one.
    NewPasswordIsTheOld,
    /// The new password breaks these rules of the password policy.
    PasswordBreaks(Vec<BrokenRule>),
    /// The new password is one of the last so many.
    PasswordUsedBefore(u8),
}

/// Why a caller may not do what it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// No policy of this kind allows it.
    NothingAllows(Kind),
    /// A policy of this kind denies it.
    Denied(Kind),
}

impl Denial {
    /// The kind of policy.
    #[must_use]
    pub fn kind(self) -> Kind {
        let (Self::NothingAllows(kind) | Self::Denied(kind)) = self;
        kind
    }
}

/// A request that policies do not allow: who asked for what, and all that it was judged by. It is for the
/// operator: a caller is told the fault's message alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedRequest {
    /// Why.
    pub denial: Denial,
    /// The account of the caller.
    pub account: AccountId,
    /// The caller, in the form that refusals tell.
    pub caller_arn: String,
    /// The caller as a principal of policies; `None` where nobody signed.
    pub principal: Option<String>,
    /// The action, such as `iam:GetUser`.
    pub action: &'static str,
    /// The ARN that was judged, or `*`.
    pub resource_arn: String,
    /// The account of the resource.
    pub resource_account: String,
    /// The request's context.
    pub context: Vec<ContextEntry>,
    /// The policies, by kind, in the order in which they were judged.
    pub policies: Vec<JudgedPolicy>,
}

/// A key of the context of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextEntry {
    /// The key, in lower case.
    pub key: String,
    /// Whether it is one of several values, of which there may be one or none.
    pub has_several: bool,
    /// Its values.
    pub values: Vec<String>,
}

/// A policy by which a request was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedPolicy {
    /// Its kind.
    pub kind: Kind,
    /// Whose it is: the ARN of a user, group or role, or `session`.
    pub holder: String,
    /// Its name; of a policy without a name what it is.
    pub name: String,
    /// The ARN of a managed policy.
    pub arn: Option<String>,
    /// Its text.
    pub text: Arc<str>,
    /// Whether a statement of it denies the request.
    pub denies: bool,
}
