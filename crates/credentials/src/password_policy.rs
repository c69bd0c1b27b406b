//! What a password must be like.

use keyward_names::{Age, Secret};
use serde::{Deserialize, Serialize};

/// The most characters that a password may have.
pub const LONGEST_PASSWORD: usize = 128;

/// The symbols that count as such; other punctuation satisfies no class.
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";

/// The password policy that an account chose. It replaces the default policy whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordPolicy {
    /// Least number of characters, 6 to 128.
    pub minimum_password_length: u8,
    /// At least one symbol is needed.
    pub require_symbols: bool,
    /// At least one digit is needed.
    pub require_numbers: bool,
    /// At least one of A to Z is needed.
    pub require_uppercase_characters: bool,
    /// At least one of a to z is needed.
    pub require_lowercase_characters: bool,
    /// Every user may change their own password, whatever policies are attached to them.
    pub allow_users_to_change_password: bool,
    /// Days after which a password expires, 1 to 1095; `None`: never.
    pub max_password_age: Option<u16>,
    /// How many of the last passwords, the present one included, may not be set again, 1 to 24;
    /// `None`: the rule is off.
    pub password_reuse_prevention: Option<u8>,
    /// Whether an expired password can only be replaced by an administrator. `None` when it was
    /// not said, which means no.
    pub hard_expiry: Option<bool>,
}

impl PasswordPolicy {
    /// How old a password may become.
    #[must_use]
    pub fn maximum_age(&self) -> Option<Age> {
        self.max_password_age.map(|days| Age::days(days.into()))
    }
}

/// Whose password it is: what the default policy compares it with.
#[derive(Debug, Clone, Copy)]
pub struct PasswordOwner<'a> {
    /// The name of the account.
    pub account_name: &'a str,
    /// The e-mail address of the account's root user.
    pub root_email: &'a str,
}

/// A kind of character that a policy can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CharacterClass {
    /// A to Z.
    Uppercase,
    /// a to z.
    Lowercase,
    /// 0 to 9.
    Number,
    /// One of the symbols that count.
    Symbol,
}

impl CharacterClass {
    const ALL: [Self; 4] = [Self::Uppercase, Self::Lowercase, Self::Number, Self::Symbol];

    fn is_in(self, password: &str) -> bool {
        password.chars().any(|character| match self {
            Self::Uppercase => character.is_ascii_uppercase(),
            Self::Lowercase => character.is_ascii_lowercase(),
            Self::Number => character.is_ascii_digit(),
            Self::Symbol => SYMBOLS.contains(character),
        })
    }
}

/// A rule that a password breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokenRule {
    /// It has fewer characters than this.
    TooShort {
        /// The least number of characters.
        minimum: u8,
    },
    /// It lacks a class that a custom policy asks for.
    Lacks(CharacterClass),
    /// It has too few of the four classes for the default policy.
    TooFewClasses {
        /// How many more classes it needs.
        more: usize,
        /// The classes that it lacks.
        missing: Vec<CharacterClass>,
    },
    /// It is the name of the account.
    IsAccountName,
    /// It is the e-mail address of the account's root user.
    IsRootEmail,
}

/// Which rules a password breaks: those of the custom policy alone where there is one, else those
/// of the default policy (8 characters, three of four classes, not the account's name or e-mail
/// address). The order is that of the facts: length, upper case, lower case, number, symbol.
///
/// Reuse is not judged here: it takes hashes.
#[must_use]
pub fn judge(
    password: &Secret,
    policy: Option<&PasswordPolicy>,
    owner: &PasswordOwner<'_>,
) -> Vec<BrokenRule> {
    match policy {
        Some(policy) => judge_by_custom_policy(password.expose(), policy),
        None => judge_by_default_policy(password.expose(), owner),
    }
}

fn judge_by_custom_policy(password: &str, policy: &PasswordPolicy) -> Vec<BrokenRule> {
    let mut broken = Vec::new();
    broken.extend(too_short(password, policy.minimum_password_length));
    for class in CharacterClass::ALL {
        let required = match class {
            CharacterClass::Uppercase => policy.require_uppercase_characters,
            CharacterClass::Lowercase => policy.require_lowercase_characters,
            CharacterClass::Number => policy.require_numbers,
            CharacterClass::Symbol => policy.require_symbols,
        };
        if required && !class.is_in(password) {
            broken.push(BrokenRule::Lacks(class));
        }
    }
    broken
}

fn judge_by_default_policy(password: &str, owner: &PasswordOwner<'_>) -> Vec<BrokenRule> {
    const NEEDED: usize = 3;
    let mut broken = Vec::new();
    broken.extend(too_short(password, 8));
    let missing: Vec<_> = CharacterClass::ALL
        .into_iter()
        .filter(|class| !class.is_in(password))
        .collect();
    let present = CharacterClass::ALL.len() - missing.len();
    if present < NEEDED {
        broken.push(BrokenRule::TooFewClasses {
            more: NEEDED - present,
            missing,
        });
    }
    if password == owner.account_name {
        broken.push(BrokenRule::IsAccountName);
    }
    if password == owner.root_email {
        broken.push(BrokenRule::IsRootEmail);
    }
    broken
}

fn too_short(password: &str, minimum: u8) -> Option<BrokenRule> {
    (password.chars().count() < usize::from(minimum)).then_some(BrokenRule::TooShort { minimum })
}

#[cfg(test)]
mod tests {
    use super::*;
    use CharacterClass::{Lowercase, Number, Symbol, Uppercase};

    fn by_default(password: &str) -> Vec<BrokenRule> {
        let owner = PasswordOwner {
            account_name: "Example-Corp-1",
            root_email: "Root1@example.com",
        };
        judge(&Secret::new(password), None, &owner)
    }

    #[test]
    fn the_default_policy_wants_eight_characters_and_three_classes() {
        assert_eq!(by_default("Abcdefg1"), vec![]);
        assert_eq!(by_default("abcdef1!"), vec![]);
        assert_eq!(
            by_default("Abcde1!"),
            vec![BrokenRule::TooShort { minimum: 8 }]
        );
        assert_eq!(
            by_default("abcdefgh1"),
            vec![BrokenRule::TooFewClasses {
                more: 1,
                missing: vec![Uppercase, Symbol]
            }]
        );
        assert_eq!(
            by_default("aaaa"),
            vec![
                BrokenRule::TooShort { minimum: 8 },
                BrokenRule::TooFewClasses {
                    more: 2,
                    missing: vec![Uppercase, Number, Symbol]
                }
            ]
        );
    }

    #[test]
    fn the_default_policy_refuses_the_account_name_and_the_root_email() {
        assert_eq!(
            by_default("Example-Corp-1"),
            vec![BrokenRule::IsAccountName]
        );
        assert_eq!(
            by_default("Root1@example.com"),
            vec![BrokenRule::IsRootEmail]
        );
    }

    #[test]
    fn only_the_listed_symbols_count() {
        for symbol in SYMBOLS.chars() {
            assert_eq!(by_default(&format!("abcdefg1{symbol}")), vec![], "{symbol}");
        }
        for other in [
            ' ', '~', '"', ',', '.', '/', ':', ';', '<', '>', '?', '\\', '`', 'é', 'É', '²',
        ] {
            assert_eq!(by_default(&format!("abcdefg1{other}")).len(), 1, "{other}");
        }
    }

    #[test]
    fn a_custom_policy_asks_for_what_it_names_and_nothing_else() {
        let mut policy = PasswordPolicy {
            minimum_password_length: 6,
            require_symbols: false,
            require_numbers: false,
            require_uppercase_characters: false,
            require_lowercase_characters: false,
            allow_users_to_change_password: false,
            max_password_age: None,
            password_reuse_prevention: None,
            hard_expiry: None,
        };
        let owner = PasswordOwner {
            account_name: "aaaaaa",
            root_email: "r",
        };
        let judge = |password: &str, policy: &PasswordPolicy| {
            judge(&Secret::new(password), Some(policy), &owner)
        };
        assert_eq!(judge("aaaaaa", &policy), vec![]);
        assert_eq!(
            judge("ÿÿÿÿÿ", &policy),
            vec![BrokenRule::TooShort { minimum: 6 }]
        );
        policy.require_symbols = true;
        policy.require_numbers = true;
        policy.require_uppercase_characters = true;
        policy.require_lowercase_characters = true;
        assert_eq!(
            judge("éééééé", &policy),
            [Uppercase, Lowercase, Number, Symbol]
                .map(BrokenRule::Lacks)
                .to_vec()
        );
        assert_eq!(judge("aA1!zz", &policy), vec![]);
    }
}
