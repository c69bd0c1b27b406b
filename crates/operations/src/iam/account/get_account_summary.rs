//! Shows how many entities of each kind the account has, and its quotas.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `iam:GetAccountSummary`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, GlobalEndpointTokens, KeyOwner};
use keyward_api::iam::{GetAccountSummaryRequest, GetAccountSummaryResponse};
use keyward_authorization::Resource;
use keyward_engine::Quotas;
use keyward_engine::{Call, Outcome};

pub(crate) async fn get_account_summary(
    call: Call<GetAccountSummaryRequest>,
) -> Outcome<GetAccountSummaryResponse> {
    let permit = call.authorize(Resource::any())?;
    // A key of root counts also where it is given at start, or anything stands for it, and none is kept.
    let has_outside_key = call.root_has_outside_key();
    let mut entries = counts(call.account(), has_outside_key);
    entries.extend(quotas(call.quotas()));
    let shown =
        |(key, value): (&str, usize)| (key.to_owned(), i32::try_from(value).unwrap_or(i32::MAX));
    permit.answer(GetAccountSummaryResponse {
        summary_map: Some(entries.into_iter().map(shown).collect()),
    })
}

/// How many entities of each kind the account has.
fn counts(account: &Account, has_outside_key: bool) -> Vec<(&'static str, usize)> {
    let has_password = account
        .root_user()
        .is_some_and(|root| root.password.is_some());
    let has_keys = has_outside_key || account.access_keys_of(KeyOwner::Root).next().is_some();
    let tokens = account
        .settings()
        .map(|settings| settings.global_endpoint_tokens);
    let token_version = match tokens.unwrap_or_default() {
        GlobalEndpointTokens::Version1 => 1,
        GlobalEndpointTokens::Version2 => 2,
    };
    vec![
        ("Users", account.users().len()),
        ("Groups", account.groups().len()),
        ("Roles", account.roles().len()),
        ("Policies", account.managed_policies().len()),
        ("InstanceProfiles", account.instance_profiles().len()),
        ("PolicyVersionsInUse", account.used_policy_count()),
        ("AccountPasswordPresent", usize::from(has_password)),
        ("AccountAccessKeysPresent", usize::from(has_keys)),
        ("GlobalEndpointTokenVersion", token_version),
        (
            "Providers",
            account.oidc_providers().len() + account.saml_providers().len(),
        ),
        // These kinds do not exist here.
        ("ServerCertificates", 0),
        ("MFADevices", 0),
        ("MFADevicesInUse", 0),
        ("AccountMFAEnabled", 0),
        ("AccountSigningCertificatesPresent", 0),
    ]
}

/// The quotas of the account.
fn quotas(quotas: Quotas) -> Vec<(&'static str, usize)> {
    vec![
        ("UsersQuota", quotas.users_per_account),
        ("GroupsQuota", quotas.groups_per_account),
        ("RolesQuota", quotas.roles_per_account),
        ("PoliciesQuota", quotas.policies_per_account),
        (
            "InstanceProfilesQuota",
            quotas.instance_profiles_per_account,
        ),
        ("ServerCertificatesQuota", SERVER_CERTIFICATES),
        ("UserPolicySizeQuota", quotas.user_inline_policy_characters),
        (
            "GroupPolicySizeQuota",
            quotas.group_inline_policy_characters,
        ),
        ("RolePolicySizeQuota", quotas.role_inline_policy_characters),
        ("PolicySizeQuota", quotas.managed_policy_characters),
        ("AssumeRolePolicySizeQuota", quotas.trust_policy_characters),
        ("GroupsPerUserQuota", quotas.groups_per_user),
        ("AccessKeysPerUserQuota", quotas.access_keys_per_user),
        ("SigningCertificatesPerUserQuota", SIGNING_CERTIFICATES),
        ("VersionsPerPolicyQuota", quotas.versions_per_policy),
        ("PolicyVersionsInUseQuota", quotas.policy_versions_in_use),
        ("AttachedPoliciesPerUserQuota", quotas.policies_per_user),
        ("AttachedPoliciesPerGroupQuota", quotas.policies_per_group),
        ("AttachedPoliciesPerRoleQuota", quotas.policies_per_role),
    ]
}

/// AWS's quotas of kinds that do not exist here.
const SERVER_CERTIFICATES: usize = 20;
const SIGNING_CERTIFICATES: usize = 2;
