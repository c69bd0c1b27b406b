//! Why somebody is refused, at the door and behind it.

use keyward_api::FaultCode;
use keyward_credentials::BrokenRule;
use keyward_faults::{Fault, Reason};
use keyward_names::Age;

use crate::Unavailable;

/// Why something was not done, at the door and behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The account, the name or the password is wrong.
    Incorrect,
    /// There were too many tries. So long the wait is.
    HeldBack(Age),
    /// There were too many tries with a wrong old password.
    OldHeldBack,
    /// The password was right but expired, and only an administrator can set another.
    ExpiredForGood,
    /// The form is none that this browser got lately.
    FormExpired,
    /// Too many people are signing in.
    Busy,
    /// The store is away, or something else without which nobody is let in.
    Unavailable(Unavailable),
    /// The user may not change the own password.
    NotAllowed,
    /// The old password is wrong.
    OldIncorrect,
    /// The new password is the old one.
    SameAsOld,
    /// The new password was not typed twice.
    Different,
    /// The new password has too many characters.
    TooLong,
    /// The new password has characters that none may have.
    Unfit,
    /// The new password breaks these rules of the account.
    Breaks(Vec<BrokenRule>),
    /// The new password is one of the last so many.
    UsedBefore(u8),
}

impl Refusal {
    /// Why a password is not changed.
    pub(crate) fn of_password_change(fault: &Fault) -> Self {
        match fault.reason() {
            Some(Reason::OldPasswordIncorrect) => Self::OldIncorrect,
            Some(Reason::TooManyWrongOldPasswords) => Self::OldHeldBack,
            Some(Reason::NewPasswordIsTheOld) => Self::SameAsOld,
            Some(Reason::PasswordBreaks(rules)) => Self::Breaks(rules.clone()),
            Some(Reason::PasswordUsedBefore(remembered)) => Self::UsedBefore(*remembered),
            Some(Reason::NotAllowed(_)) => Self::NotAllowed,
            Some(Reason::Constraints { members }) => {
                if members.iter().any(|member| member == NEW_PASSWORD) {
                    Self::Unfit
                } else {
                    // What can be no password is not the right one.
                    Self::OldIncorrect
                }
            }
            None if BUSY.contains(&fault.code()) => Self::Busy,
            None => Self::Unavailable(Unavailable::because(fault)),
        }
    }

    /// How long to wait, where that is known.
    #[must_use]
    pub fn wait(&self) -> Option<Age> {
        if let Self::HeldBack(wait) = self {
            Some(*wait)
        } else {
            None
        }
    }

    /// The refusal in the log.
    pub(crate) fn logged(&self) -> &'static str {
        match self {
            Self::Incorrect => "incorrect",
            Self::ExpiredForGood => "expired",
            Self::HeldBack(_) | Self::OldHeldBack => "held back",
            Self::FormExpired => "the form expired",
            Self::Busy => "busy",
            Self::Unavailable(_) => "failed",
            Self::NotAllowed => "not allowed",
            Self::OldIncorrect => "the old password is incorrect",
            Self::SameAsOld
            | Self::Different
            | Self::TooLong
            | Self::Unfit
            | Self::Breaks(_)
            | Self::UsedBefore(_) => "the new password does not fit",
        }
    }
}

/// Others are changing the same, or too many passwords wait to be hashed.
const BUSY: [FaultCode; 2] = [
    FaultCode::Throttling,
    FaultCode::EntityTemporarilyUnmodifiable,
];
/// The new password among the members of `ChangePassword`.
const NEW_PASSWORD: &str = "newPassword";
