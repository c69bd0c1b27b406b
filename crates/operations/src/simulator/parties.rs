//! The simulated caller, and the owner of the resources.

use keyward_faults::{Fault, fault};
use keyward_names::{AccountId, Arn, account_part};
use keyward_policy::Principal;

use super::Resources;
use super::source::Sources;

/// `aws:userid` if no caller is simulated (seen at AWS).
const NOBODY: &str = "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR";
/// The beginning of the path of service-linked roles.
const SERVICE_LINKED: &str = "aws-service-role/";

/// The caller and the account that owns the resources.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parties<'i> {
    caller: Option<Caller<'i>>,
    owner_account: Option<&'i str>,
}

#[derive(Debug, Clone, Copy)]
struct Caller<'i> {
    arn: &'i str,
    account: &'i str,
    kind: CallerKind,
}

/// The kind of caller, as far as policies distinguish it.
#[derive(Debug, Clone, Copy)]
enum CallerKind {
    /// A user or a group.
    User,
    Role {
        /// Whether it is service-linked, by its path.
        is_service_linked: bool,
    },
}

impl<'i> Parties<'i> {
    pub(super) fn new(
        caller_arn: Option<&'i str>,
        resource_owner: Option<&'i str>,
    ) -> Result<Self, Fault> {
        let caller = caller_arn.map(|arn| Caller::parse(arn).ok_or_else(fault::invalid_caller));
        let owner = resource_owner.map(|arn| {
            let account = iam_parts(arn).map(|(account, _)| account);
            account.ok_or_else(|| fault::invalid_resource_owner(arn))
        });
        Ok(Self {
            caller: caller.transpose()?,
            owner_account: owner.transpose()?,
        })
    }

    /// The value of `aws:userid`, unless a context entry sets it.
    pub(super) fn user_id(&self) -> &'i str {
        self.caller.map_or(NOBODY, |caller| caller.arn)
    }

    /// The principal that resource policies are evaluated for.
    pub(super) fn principal(&self) -> Principal<'i> {
        match self.caller {
            Some(Caller {
                arn,
                account,
                kind: CallerKind::Role { is_service_linked },
            }) => Principal::RoleSession {
                account,
                role_arn: arn,
                role_id: "",
                session_arn: "",
                is_service_linked,
            },
            Some(Caller {
                arn,
                account,
                kind: CallerKind::User,
            }) => Principal::User {
                account,
                arn,
                id: "",
            },
            None => Principal::User {
                account: "",
                arn: "",
                id: "",
            },
        }
    }

    /// Whether a resource belongs to another account than the caller. If its ARN names no account,
    /// it belongs to `ResourceOwner`; without that it counts as the caller's.
    pub(super) fn are_apart(&self, resource: &str) -> bool {
        let named = account_part(resource).filter(|account| !account.is_empty());
        match (self.caller, named.or(self.owner_account)) {
            (Some(caller), Some(owner)) => caller.account != owner,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }
}

impl<'i> Caller<'i> {
    fn parse(arn: &'i str) -> Option<Self> {
        let (account, resource) = iam_parts(arn)?;
        let (kind, name) = resource.split_once('/')?;
        if name.is_empty() {
            return None;
        }
        let kind = match kind {
            "user" | "group" => CallerKind::User,
            "role" => CallerKind::Role {
                is_service_linked: name.starts_with(SERVICE_LINKED),
            },
            _ => return None,
        };
        Some(Self { arn, account, kind })
    }
}

/// Checks and parses the resource policy: its resources must be ARNs, and there must be a caller.
pub(super) fn resource_policy(
    text: &str,
    parties: &Parties<'_>,
    resources: Resources<'_>,
) -> Result<Sources, Fault> {
    if parties.caller.is_none() {
        return Err(fault::simulation_without_caller());
    }
    if matches!(resources, Resources::Any) {
        return Err(fault::unclear_entity_arn("*"));
    }
    let (sources, document) = Sources::resource(text)?;
    let patterns = document
        .statements
        .iter()
        .filter_map(|statement| statement.resources.as_ref());
    let mut patterns = patterns.flat_map(|patterns| &patterns.items);
    match patterns.find(|pattern| !is_whole_arn(&pattern.text)) {
        Some(pattern) => Err(fault::simulated_resource_is_no_arn(&pattern.text)),
        None => Ok(sources),
    }
}

/// Whether a text is an ARN with all its parts. Region and account may be empty.
pub(super) fn is_whole_arn(text: &str) -> bool {
    Arn::parse(text).is_ok_and(|arn| {
        let parts = [arn.partition, arn.service, arn.resource];
        parts.iter().all(|part| !part.is_empty())
    })
}

/// The account and the resource of an ARN of IAM.
fn iam_parts(arn: &str) -> Option<(&str, &str)> {
    let arn = Arn::parse(arn).ok()?;
    let is_whole = !arn.partition.is_empty() && !arn.resource.is_empty();
    let is_in_account = AccountId::parse(arn.account).is_ok();
    (arn.is_of_iam() && is_whole && is_in_account).then_some((arn.account, arn.resource))
}
