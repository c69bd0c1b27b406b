//! How much an account may have.

use std::collections::HashMap;

use keyward_names::AccountId;
use keyward_policy::{
    GROUP_INLINE_CHARACTERS, MANAGED_POLICY_CHARACTERS, ROLE_INLINE_CHARACTERS,
    TRUST_POLICY_CHARACTERS, USER_INLINE_CHARACTERS, stored_policy_size,
};

/// Makes `Quotas`, and `QuotaChanges`, in which each quota may be left unset.
/// `quotas! { /// What it bounds. users_per_account = 5_000, }`
macro_rules! quotas {
    ($($(#[$meaning:meta])* $quota:ident = $default:expr,)*) => {
        /// The quotas of one account. The defaults are AWS's; the operator may set others in the
        /// configuration.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Quotas {
            $($(#[$meaning])* pub $quota: usize,)*
        }

        impl Default for Quotas {
            fn default() -> Self {
                Self { $($quota: $default,)* }
            }
        }

        /// Changes to quotas, for the configuration. A name that is not a quota is an error.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct QuotaChanges {
            $($(#[$meaning])* pub $quota: Option<usize>,)*
        }

        impl Quotas {
            /// These quotas, with the changes applied.
            #[must_use]
            pub fn with(self, changes: &QuotaChanges) -> Self {
                Self { $($quota: changes.$quota.unwrap_or(self.$quota),)* }
            }
        }
    };
}

quotas! {
    /// `UsersPerAccount`.
    users_per_account = 5_000,
    /// `GroupsPerAccount`.
    groups_per_account = 300,
    /// `RolesPerAccount`.
    roles_per_account = 1_000,
    /// `PoliciesPerAccount`: managed policies of the account's own. The name is (unsure).
    policies_per_account = 1_500,
    /// `InstanceProfilesPerAccount`.
    instance_profiles_per_account = 1_000,
    /// `OpenIdConnectProvidersPerAccount`. The name is (unsure).
    oidc_providers_per_account = 100,
    /// `SAMLProvidersPerAccount`. The name is (unsure).
    saml_providers_per_account = 100,
    /// `ClientIdsPerOpenIdConnectProvider`.
    client_ids_per_oidc_provider = 100,
    /// `PolicyVersionsInUseQuota`: how many managed policies are in use at once. The account's
    /// summary shows it, but it is not enforced.
    policy_versions_in_use = 10_000,
    /// `AccessKeysPerUser`, also of the root user.
    access_keys_per_user = 2,
    /// `GroupsPerUser`.
    groups_per_user = 10,
    /// `PoliciesPerUser`: managed policies attached to one user.
    policies_per_user = 10,
    /// `PoliciesPerGroup`.
    policies_per_group = 10,
    /// `PoliciesPerRole`; AWS raises it to 25 at most.
    policies_per_role = 20,
    /// How many versions one managed policy has.
    versions_per_policy = 5,
    /// `PolicySize`: how many characters a version of a managed policy has, white space not counted.
    managed_policy_characters = MANAGED_POLICY_CHARACTERS,
    /// `ACLSizePerRole`: how many characters a trust policy has, white space not counted. AWS raises
    /// it to 8,192 at most.
    trust_policy_characters = TRUST_POLICY_CHARACTERS,
    /// How many characters all inline policies of a user may have together, white space not counted.
    user_inline_policy_characters = USER_INLINE_CHARACTERS,
    /// How many characters all inline policies of a group may have together, white space not
    /// counted.
    group_inline_policy_characters = GROUP_INLINE_CHARACTERS,
    /// How many characters all inline policies of a role may have together, white space not
    /// counted.
    role_inline_policy_characters = ROLE_INLINE_CHARACTERS,
}

/// The quotas of all accounts of an installation.
#[derive(Debug, Clone, Default)]
pub struct AccountQuotas {
    /// The quotas of every account that has none of its own.
    pub usual: Quotas,
    /// The accounts that have quotas of their own.
    pub others: HashMap<AccountId, Quotas>,
}

impl AccountQuotas {
    /// The same quotas for every account.
    #[must_use]
    pub fn all(usual: Quotas) -> Self {
        Self {
            usual,
            others: HashMap::new(),
        }
    }

    /// The quotas of one account.
    #[must_use]
    pub fn of(&self, account: AccountId) -> Quotas {
        self.others.get(&account).copied().unwrap_or(self.usual)
    }
}

/// How many tags one resource has at most. Not a quota that AWS raises.
pub const TAGS_PER_RESOURCE: usize = 50;

/// White space does not count towards a quota but takes room. So a text may have at most this many
/// times the quota in bytes, white space included (unsure: nobody knows where AWS stops).
const TEXT_PER_COUNTED: usize = 8;

/// Whether texts together have more characters than a quota allows, white space not counted, or are
/// too large because of their white space.
#[must_use]
pub fn are_too_large<'a>(texts: impl Iterator<Item = &'a str>, quota: usize) -> bool {
    let (mut counted, mut bytes) = (0, 0);
    for text in texts {
        counted += stored_policy_size(text);
        bytes += text.len();
    }
    counted > quota || bytes > quota.saturating_mul(TEXT_PER_COUNTED)
}
