//! Dates, ages and the rules for passwords, in words for people.

use keyward_credentials::{BrokenRule, CharacterClass, PasswordOwner, PasswordPolicy, judge};
use keyward_names::{Age, Secret, Timestamp};

/// From so long before its end a password's owner is warned.
const WARNED_BEFORE: Age = Age::days(15);
const DAY: i64 = Age::days(1).as_seconds();

/// `2026-11-24 21:14 UTC`
pub(super) fn date_and_time(at: Timestamp) -> String {
    let text = at.to_string();
    let (date, time) = text.split_once('T').unwrap_or((&text, ""));
    let minutes = time.get(..5).unwrap_or(time);
    format!("{date} {minutes} UTC")
}

/// `2026-11-24 21:14 UTC (12 days ago)`
pub(super) fn moment(at: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", date_and_time(at), days_ago(at, now))
}

/// `set 12 days ago, on 2026-11-24`
pub(super) fn password_age(changed: Timestamp, now: Timestamp) -> String {
    let text = changed.to_string();
    let date = text.split_once('T').map_or(text.as_str(), |(date, _)| date);
    format!("set {}, on {date}", days_ago(changed, now))
}

/// In whole days of 24 hours, as the age of passwords is measured.
fn days_ago(at: Timestamp, now: Timestamp) -> String {
    match now.since(at).as_seconds().div_euclid(DAY) {
        ..=0 => "today".to_owned(),
        days => format!("{} ago", counted(days, "day")),
    }
}

/// Warns of a password's end, where it is near.
pub(super) fn expiry_warning(expires: Timestamp, now: Timestamp) -> Option<String> {
    let left = expires.since(now);
    if left > WARNED_BEFORE {
        return None;
    }
    Some(match left.as_seconds() {
        ..=0 => "Your password has expired.".to_owned(),
        1..DAY => "Your password expires in less than a day.".to_owned(),
        left => {
            let days = (left + DAY - 1).div_euclid(DAY);
            format!("Your password expires in {}.", counted(days, "day"))
        }
    })
}

/// `1 day`, `2 days`
pub(super) fn counted(count: i64, thing: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{ending}")
}

/// All rules that a new password must meet: those of a policy, or the default ones.
pub(super) fn rules(policy: Option<&PasswordPolicy>) -> Vec<String> {
    // The empty password breaks every rule of length and kinds.
    let nobody = PasswordOwner {
        account_name: "nobody",
        root_email: "nobody",
    };
    let broken = judge(&Secret::new(""), policy, &nobody);
    let mut rules: Vec<String> = broken.iter().map(rule).collect();
    let Some(policy) = policy else {
        let of_owner = [BrokenRule::IsAccountName, BrokenRule::IsRootEmail];
        rules.extend(of_owner.iter().map(rule));
        rules.push(DIFFERS.to_owned());
        return rules;
    };
    rules.push(
        policy
            .password_reuse_prevention
            .map_or_else(|| DIFFERS.to_owned(), reuse_rule),
    );
    if let Some(days) = policy.max_password_age {
        let ending = if policy.hard_expiry == Some(true) {
            " Then only an administrator can set a new one."
        } else {
            ""
        };
        let days = counted(days.into(), "day");
        rules.push(format!("It expires after {days}.{ending}"));
    }
    rules
}

const DIFFERS: &str = "It must differ from the old one.";

/// A rule as it stands, before any password was tried.
fn rule(rule: &BrokenRule) -> String {
    match rule {
        BrokenRule::TooFewClasses { more, missing } => {
            let kinds = among(missing);
            format!("It needs at least {more} kinds of characters among: {kinds}.")
        }
        BrokenRule::TooShort { .. }
        | BrokenRule::Lacks(_)
        | BrokenRule::IsAccountName
        | BrokenRule::IsRootEmail => broken_rule(rule),
    }
}

/// A rule that a password breaks.
pub(super) fn broken_rule(rule: &BrokenRule) -> String {
    match rule {
        BrokenRule::TooShort { minimum } => format!("It needs at least {minimum} characters."),
        BrokenRule::Lacks(class) => format!("It needs {}.", one_of(*class)),
        BrokenRule::TooFewClasses { more, missing } => {
            let ending = if *more == 1 { "" } else { "s" };
            let kinds = among(missing);
            format!("It needs {more} more kind{ending} of characters among: {kinds}.")
        }
        BrokenRule::IsAccountName => "It must not be the name of the account.".to_owned(),
        BrokenRule::IsRootEmail => "It must not be the e-mail address of the account.".to_owned(),
    }
}

/// The rule that passwords may not come back.
pub(super) fn reuse_rule(remembered: u8) -> String {
    match remembered {
        1 => "It must not be your present password.".to_owned(),
        remembered => format!("It must not be one of your last {remembered} passwords."),
    }
}

fn one_of(class: CharacterClass) -> &'static str {
    match class {
        CharacterClass::Uppercase => "an upper-case letter (A-Z)",
        CharacterClass::Lowercase => "a lower-case letter (a-z)",
        CharacterClass::Number => "a digit (0-9)",
        CharacterClass::Symbol => "a symbol (! @ # $ % ^ & * ( ) _ + - = [ ] { } | ')",
    }
}

fn among(classes: &[CharacterClass]) -> String {
    let kinds: Vec<&str> = classes
        .iter()
        .map(|class| match class {
            CharacterClass::Uppercase => "upper-case letters (A-Z)",
            CharacterClass::Lowercase => "lower-case letters (a-z)",
            CharacterClass::Number => "digits (0-9)",
            CharacterClass::Symbol => "symbols (! @ # $ % ^ & * ( ) _ + - = [ ] { } | ')",
        })
        .collect();
    kinds.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn policy() -> PasswordPolicy {
        PasswordPolicy {
            minimum_password_length: 12,
            require_symbols: true,
            require_numbers: true,
            require_uppercase_characters: true,
            require_lowercase_characters: true,
            allow_users_to_change_password: true,
            max_password_age: Some(90),
            password_reuse_prevention: Some(3),
            hard_expiry: Some(true),
        }
    }

    #[test]
    fn dates_and_ages_are_told_as_people_tell_them() {
        let now = at("2026-11-25T00:41:59Z");
        assert_eq!(date_and_time(now), "2026-11-25 00:41 UTC");
        for (then, told) in [
            ("2026-11-25T00:41:59Z", "today"),
            ("2026-11-24T00:42:00Z", "today"),
            ("2026-11-24T00:41:59Z", "1 day ago"),
            ("2026-11-13T00:41:59Z", "12 days ago"),
            // The clock was put back.
            ("2026-11-26T00:00:00Z", "today"),
        ] {
            assert_eq!(days_ago(at(then), now), told, "{then}");
        }
        let told = password_age(at("2026-11-13T00:41:59Z"), now);
        assert_eq!(told, "set 12 days ago, on 2026-11-13");
        let told = moment(at("2026-11-24T00:41:59Z"), now);
        assert_eq!(told, "2026-11-24 00:41 UTC (1 day ago)");
    }

    #[test]
    fn from_fifteen_days_before_the_end_there_is_a_warning() {
        let now = at("2026-11-25T00:00:00Z");
        for (left, told) in [
            (15 * DAY + 1, None),
            (15 * DAY, Some("Your password expires in 15 days.")),
            (14 * DAY + 1, Some("Your password expires in 15 days.")),
            (14 * DAY, Some("Your password expires in 14 days.")),
            (DAY + 1, Some("Your password expires in 2 days.")),
            (DAY, Some("Your password expires in 1 day.")),
            (DAY - 1, Some("Your password expires in less than a day.")),
            (1, Some("Your password expires in less than a day.")),
            (0, Some("Your password has expired.")),
        ] {
            let warning = expiry_warning(now.plus(Age::seconds(left)), now);
            assert_eq!(warning.as_deref(), told, "{left}");
        }
    }

    #[test]
    fn the_rules_of_a_policy_are_told_one_sentence_each() {
        assert_eq!(
            rules(Some(&policy())),
            [
                "It needs at least 12 characters.",
                "It needs an upper-case letter (A-Z).",
                "It needs a lower-case letter (a-z).",
                "It needs a digit (0-9).",
                "It needs a symbol (! @ # $ % ^ & * ( ) _ + - = [ ] { } | ').",
                "It must not be one of your last 3 passwords.",
                "It expires after 90 days. Then only an administrator can set a new one.",
            ]
        );
        let lax = PasswordPolicy {
            minimum_password_length: 6,
            require_symbols: false,
            require_uppercase_characters: false,
            require_lowercase_characters: false,
            require_numbers: false,
            password_reuse_prevention: None,
            max_password_age: Some(1),
            hard_expiry: None,
            ..policy()
        };
        assert_eq!(
            rules(Some(&lax)),
            [
                "It needs at least 6 characters.",
                "It must differ from the old one.",
                "It expires after 1 day.",
            ]
        );
    }

    #[test]
    fn so_are_those_that_hold_without_one() {
        assert_eq!(
            rules(None),
            [
                "It needs at least 8 characters.",
                "It needs at least 3 kinds of characters among: upper-case letters (A-Z), \
                 lower-case letters (a-z), digits (0-9), \
                 symbols (! @ # $ % ^ & * ( ) _ + - = [ ] { } | ').",
                "It must not be the name of the account.",
                "It must not be the e-mail address of the account.",
                "It must differ from the old one.",
            ]
        );
    }

    #[test]
    fn what_is_broken_is_told_by_what_is_missing() {
        let missing = vec![CharacterClass::Uppercase, CharacterClass::Number];
        let broken = |more| {
            broken_rule(&BrokenRule::TooFewClasses {
                more,
                missing: missing.clone(),
            })
        };
        assert_eq!(
            broken(1),
            "It needs 1 more kind of characters among: upper-case letters (A-Z), digits (0-9)."
        );
        assert!(broken(2).starts_with("It needs 2 more kinds of characters among: "));
        assert_eq!(reuse_rule(1), "It must not be your present password.");
    }
}
