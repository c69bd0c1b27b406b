//! Login profiles, passwords and access keys.

use keyward_api::FaultCode;
use keyward_credentials::{BrokenRule, CharacterClass};
use keyward_names::AccountId;

use super::Fault;
use crate::reason::Reason;

/// The user has no login profile.
#[must_use]
pub fn no_such_login_profile(user_name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Login Profile for User {user_name} cannot be found."),
    )
}

/// The user has a login profile already.
#[must_use]
pub fn login_profile_already_exists(user_name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Login Profile for user {user_name} already exists."),
    )
}

/// The login profile, or what it is judged by, changes again and again while a password is hashed
/// for it. Clients that know this fault retry. AWS's text says "created" whatever changes.
#[must_use]
pub fn login_profile_temporarily_unmodifiable(user_name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityTemporarilyUnmodifiable,
        format!(
            "Login Profile for User {user_name} cannot be modified while login profile is being \
             created."
        ),
    )
}

/// The duration of sign-in sessions is set and reset by one request. The text is (unsure).
#[must_use]
pub fn signin_session_duration_set_and_reset() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "MaxSigninSessionDuration cannot be specified when ResetMaxSigninSessionDuration is true.",
    )
}

/// A login profile can't be made without a password.
#[must_use]
pub fn password_required() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "1 validation error detected: Value at 'password' failed to satisfy constraint: Member \
         must not be null",
    )
}

/// The account root has no login profile of its own to name.
#[must_use]
pub fn user_name_required() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member \
         must not be null",
    )
}

/// The password breaks rules of the account's password policy. The wording for length and classes
/// of the default policy is AWS's; the rest is (unsure).
#[must_use]
pub fn password_breaks_policy(broken: &[BrokenRule]) -> Fault {
    let reasons: Vec<_> = broken.iter().map(broken_rule).collect();
    Fault::new(FaultCode::PasswordPolicyViolation, reasons.join(", "))
        .because(Reason::PasswordBreaks(broken.to_vec()))
}

/// The password is one of the last that the policy remembers (unsure).
#[must_use]
pub fn password_used_before(remembered: u8) -> Fault {
    Fault::new(
        FaultCode::PasswordPolicyViolation,
        format!("Password should not be one of the last {remembered} passwords used"),
    )
    .because(Reason::PasswordUsedBefore(remembered))
}

fn broken_rule(rule: &BrokenRule) -> String {
    match rule {
        BrokenRule::TooShort { minimum } => {
            format!("Password should have a minimum length of {minimum}")
        }
        BrokenRule::Lacks(class) => lacks(*class).to_owned(),
        BrokenRule::TooFewClasses { more, missing } => {
            let missing: Vec<_> = missing.iter().copied().map(lacks).collect();
            format!(
                "Password should meet {more} more of the following requirements: {}",
                missing.join(", ")
            )
        }
        BrokenRule::IsAccountName => "Password should not be the name of the account".to_owned(),
        BrokenRule::IsRootEmail => {
            "Password should not be the email address of the account".to_owned()
        }
    }
}

fn lacks(class: CharacterClass) -> &'static str {
    match class {
        CharacterClass::Uppercase => "Password should have at least one uppercase letter",
        CharacterClass::Lowercase => "Password should have at least one lowercase letter",
        CharacterClass::Number => "Password should have at least one number",
        CharacterClass::Symbol => "Password should have at least one symbol",
    }
}

/// Only users have a password of their own to change (unsure).
#[must_use]
pub fn only_users_change_their_password() -> Fault {
    Fault::new(
        FaultCode::InvalidUserType,
        "Only IAM Users can change their own password.",
    )
}

/// The old password is not right. The code was seen, the text is (unsure).
#[must_use]
pub fn old_password_incorrect() -> Fault {
    Fault::new(FaultCode::AccessDenied, "The old password was incorrect.")
        .because(Reason::OldPasswordIncorrect)
}

/// The old password was guessed wrong too often of late. The code is of the model, the text (unsure).
#[must_use]
pub fn too_many_wrong_old_passwords() -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        "Too many attempts with an incorrect old password. Try again later.",
    )
    .because(Reason::TooManyWrongOldPasswords)
}

/// The new password is the old one. The code was seen, the text is (unsure).
#[must_use]
pub fn new_password_is_the_old() -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        "The new password must differ from the old password.",
    )
    .because(Reason::NewPasswordIsTheOld)
}

/// The account has no password policy of its own: what `GetAccountPasswordPolicy` says.
#[must_use]
pub fn no_password_policy_to_get(account: AccountId) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The Password Policy with domain name {account} cannot be found."),
    )
}

/// The account has no password policy of its own: what `DeleteAccountPasswordPolicy` says.
#[must_use]
pub fn no_password_policy_to_delete() -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        "The account policy with name PasswordPolicy cannot be found.",
    )
}

/// The owner has no such access key.
#[must_use]
pub fn no_such_access_key(id: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The Access Key with id {id} cannot be found."),
    )
}

/// `Expired` is a status that keys have and nobody sets.
#[must_use]
pub fn status_cannot_be_set(status: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("Operation does not support status {status}"),
    )
}

/// Of a key that is not the account's nobody learns anything, administrators included.
#[must_use]
pub fn access_key_of_another(caller_arn: &str, id: &str) -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        format!(
            "User: {caller_arn} is not authorized to perform iam:GetAccessKeyLastUsed on \
             resource: access key {id}"
        ),
    )
}

/// An access key id in which no account is written (unsure).
#[must_use]
pub fn access_key_id_without_account() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "The access key id does not belong to an account.",
    )
}
