//! What pages tell to someone who is refused.

use keyward_names::Age;

use super::words;
use crate::Refusal;

/// A field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The account's id or alias.
    Account,
    /// The user's name.
    UserName,
    /// The password to sign in with.
    Password,
    /// The old password.
    OldPassword,
    /// The new password.
    NewPassword,
    /// The new password again.
    ConfirmPassword,
}

impl Refusal {
    /// What is told first.
    pub(super) fn text(&self) -> String {
        let text = match self {
            Self::Incorrect => "Your authentication information is incorrect. Please try again.",
            Self::HeldBack(wait) => return held_back(*wait),
            Self::OldHeldBack => "Too many tries. Wait a while, then try again.",
            Self::ExpiredForGood => {
                "Your password has expired. Only an administrator can set a new one: ask for \
                 iam:UpdateLoginProfile to be called for you."
            }
            Self::FormExpired => {
                "This form was open too long, or cookies are off. Please try again."
            }
            Self::Busy => "Too many people are signing in just now. Please try again in a moment.",
            Self::Unavailable(_) => {
                "Signing in is not possible just now. Please try again in a moment."
            }
            Self::NotAllowed => {
                "You may not change your password: ask your administrator for iam:ChangePassword."
            }
            Self::OldIncorrect => "The old password is incorrect.",
            Self::SameAsOld => "The new password must differ from the old one.",
            Self::Different => "The two new passwords differ.",
            Self::TooLong | Self::Unfit | Self::Breaks(_) | Self::UsedBefore(_) => {
                "The new password breaks these rules of your account:"
            }
        };
        text.to_owned()
    }

    /// The rules that are listed after it.
    pub(super) fn sentences(&self) -> Vec<String> {
        match self {
            Self::TooLong => vec!["It can have at most 128 characters.".to_owned()],
            Self::Unfit => {
                vec!["It can only have characters of Latin-1 that can be typed.".to_owned()]
            }
            Self::Breaks(rules) => rules.iter().map(words::broken_rule).collect(),
            Self::UsedBefore(remembered) => vec![words::reuse_rule(*remembered)],
            Self::Incorrect
            | Self::HeldBack(_)
            | Self::OldHeldBack
            | Self::ExpiredForGood
            | Self::FormExpired
            | Self::Busy
            | Self::Unavailable(_)
            | Self::NotAllowed
            | Self::OldIncorrect
            | Self::SameAsOld
            | Self::Different => Vec::new(),
        }
    }

    /// The field at fault. Which of those of the sign-in form it is, is not told.
    pub(super) fn field(&self) -> Option<Field> {
        match self {
            Self::OldIncorrect => Some(Field::OldPassword),
            Self::Different => Some(Field::ConfirmPassword),
            Self::SameAsOld
            | Self::TooLong
            | Self::Unfit
            | Self::Breaks(_)
            | Self::UsedBefore(_) => Some(Field::NewPassword),
            Self::Incorrect
            | Self::HeldBack(_)
            | Self::OldHeldBack
            | Self::ExpiredForGood
            | Self::FormExpired
            | Self::Busy
            | Self::Unavailable(_)
            | Self::NotAllowed => None,
        }
    }
}

fn held_back(wait: Age) -> String {
    let seconds = words::counted(wait.as_seconds(), "second");
    format!("Too many tries. Wait {seconds}, then try again.")
}
