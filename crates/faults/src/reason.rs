//! Why a fault is due, as data.

use keyward_credentials::BrokenRule;
use keyward_policy::Kind;

/// Why a request is refused, for those who act on more than the code: who shows it to people in other words,
/// or asks for something else next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No policy allows what was asked, or one denies it.
    NotAllowed(Denial),
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
