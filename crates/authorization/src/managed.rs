//! Managed policies: the account's own and AWS's.

use std::sync::Arc;

use keyward_account::{Account, ManagedPolicy, PolicyDocument, PolicyUses};
use keyward_faults::Fault;
use keyward_managed_policies::{ManagedPolicies, ManagedPolicy as AwsPolicy};
use keyward_names::{AccountId, PolicyId, PolicyName, is_owned_by_aws};
use keyward_policy::Compiled;

/// The policies of AWS that an installation knows: those of a file, or else those of the program,
/// which are not read before one is needed.
#[derive(Debug, Clone, Default)]
pub struct AwsPolicies(Option<Arc<ManagedPolicies>>);

impl AwsPolicies {
    /// The policies of a file.
    #[must_use]
    pub fn of_file(policies: ManagedPolicies) -> Self {
        Self(Some(Arc::new(policies)))
    }

    /// The policies.
    #[must_use]
    pub fn get(&self) -> &ManagedPolicies {
        match &self.0 {
            Some(policies) => policies,
            None => ManagedPolicies::built_in(),
        }
    }
}

/// Finds managed policies: those of AWS, and those of an account that is passed to its functions.
#[derive(Debug, Clone, Copy)]
pub struct Managed<'a> {
    aws: &'a AwsPolicies,
}

/// A managed policy.
#[derive(Debug, Clone, Copy)]
pub enum Policy<'a> {
    /// The account's own.
    Own(&'a ManagedPolicy),
    /// AWS's, the same for every account.
    Aws(&'a AwsPolicy),
}

impl<'a> Managed<'a> {
    /// Finds the policies of AWS, and those of any account.
    pub fn new(aws: &'a AwsPolicies) -> Self {
        Self { aws }
    }

    /// The policies of AWS.
    pub fn aws(self) -> &'a ManagedPolicies {
        self.aws.get()
    }

    /// A policy of AWS, compiled, for making rights. The account's own are compiled with the
    /// account.
    pub fn compiled(self, id: PolicyId) -> Option<Arc<Compiled>> {
        self.aws().by_id(id)?.compiled().ok().cloned()
    }

    /// The policy with this id.
    pub fn by_id(self, account: &'a Account, id: PolicyId) -> Option<Policy<'a>> {
        let own = account.managed_policies().get(id);
        own.map(Policy::Own)
            .or_else(|| self.aws().by_id(id).map(Policy::Aws))
    }

    /// The policy that an entity refers to. If it is missing, that is an internal fault: the file
    /// of AWS's policies lacks it, so nobody can tell what it denies.
    pub fn known(self, account: &'a Account, id: PolicyId) -> Result<Policy<'a>, Fault> {
        let policy = self.by_id(account, id);
        policy.ok_or_else(|| Fault::internal(UnknownPolicy(id)))
    }

    /// The policy with this ARN, in which the letters of path and name may have another case (seen at AWS
    /// for attaching).
    pub fn find(self, account: &'a Account, arn: &str) -> Option<Policy<'a>> {
        if is_owned_by_aws(arn) {
            return self.aws().by_arn(arn).map(Policy::Aws);
        }
        let (_, name) = arn.rsplit_once('/')?;
        let own = account.managed_policies().find(name)?;
        is_same_arn(&own.arn(account.id()), arn).then_some(Policy::Own(own))
    }

    /// The ARN that a policy has, where a request names it in other letters; else the ARN as it is named.
    /// Conditions must be judged by this one, or a denial is got round by another spelling.
    pub fn stored_arn(self, account: &Account, arn: &str) -> String {
        self.find(account, arn)
            .map_or_else(|| arn.to_owned(), |policy| policy.arn(account.id()))
    }

    /// The ARN of a policy.
    pub fn arn(self, account: &Account, id: PolicyId) -> Option<String> {
        let policy = self.by_id(account, id)?;
        Some(policy.arn(account.id()))
    }
}

/// Whether two ARNs differ in nothing but the case of the last part.
fn is_same_arn(stored: &str, given: &str) -> bool {
    let last = |arn: &str| arn.match_indices(':').nth(4).map(|(at, _)| at);
    let Some(at) = last(stored) else {
        return false;
    };
    match (stored.split_at_checked(at), given.split_at_checked(at)) {
        (Some((head, rest)), Some((given_head, given_rest))) => {
            head == given_head && rest.eq_ignore_ascii_case(given_rest)
        }
        (_, _) => false,
    }
}

impl<'a> Policy<'a> {
    /// The text of its default version.
    pub fn default_text(self) -> Result<&'a str, Fault> {
        match self {
            Self::Own(policy) => {
                let document = policy.default_document();
                document
                    .map(PolicyDocument::text)
                    .ok_or_else(|| Fault::internal(NoDefaultVersion))
            }
            Self::Aws(policy) => policy.default_document().map_err(Fault::internal),
        }
    }

    /// Its id.
    pub fn id(self) -> PolicyId {
        match self {
            Self::Own(policy) => policy.id,
            Self::Aws(policy) => policy.id,
        }
    }

    /// Its id, if it is the account's own.
    pub fn own_id(self) -> Option<PolicyId> {
        match self {
            Self::Own(policy) => Some(policy.id),
            Self::Aws(_) => None,
        }
    }

    /// Its ARN.
    pub fn arn(self, account: AccountId) -> String {
        match self {
            Self::Own(policy) => policy.arn(account),
            Self::Aws(policy) => policy.arn().to_string(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &PolicyName {
        match self {
            Self::Own(policy) => &policy.name,
            Self::Aws(policy) => &policy.name,
        }
    }

    /// Its path.
    pub fn path(&self) -> &str {
        match self {
            Self::Own(policy) => policy.path.as_str(),
            Self::Aws(policy) => policy.path.as_str(),
        }
    }

    /// By how many entities the account uses it.
    pub fn uses(self, account: &Account) -> PolicyUses {
        account.policy_uses(self.id())
    }

    /// Whether AWS reserves it for service-linked roles, or for root sessions.
    pub fn is_reserved(self) -> bool {
        match self {
            Self::Own(_) => false,
            Self::Aws(policy) => policy.is_for_service_linked_roles() || policy.is_for_root_tasks(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the managed policy {0} is referred to and not known")]
struct UnknownPolicy(PolicyId);

#[derive(Debug, thiserror::Error)]
#[error("a managed policy has no default version")]
struct NoDefaultVersion;
