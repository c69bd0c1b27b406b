//! How much an account may have.

use keyward_policy::USER_INLINE_CHARACTERS;

/// The quotas of every account of an installation. The defaults are AWS's; the operator may set
/// others in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// `UsersPerAccount`.
    pub users_per_account: usize,
    /// `AccessKeysPerUser`, also of the root user.
    pub access_keys_per_user: usize,
    /// How many characters all inline policies of a user may have together, white space not counted.
    pub user_inline_policy_characters: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            users_per_account: 5_000,
            access_keys_per_user: 2,
            user_inline_policy_characters: USER_INLINE_CHARACTERS,
        }
    }
}

/// How many tags one resource has at most. Not a quota that AWS raises.
pub(crate) const TAGS_PER_RESOURCE: usize = 50;
