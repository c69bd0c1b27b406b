//! Temporary credentials, and what the operations that give them out share.

pub(crate) mod assume_role;
pub(crate) mod assume_role_with_saml;
pub(crate) mod assume_role_with_web_identity;
pub(crate) mod get_federation_token;
pub(crate) mod get_session_token;

use std::collections::HashSet;

use keyward_account::{Account, Role};
use keyward_api::OperationId;
use keyward_api::sts::{self, AssumedRoleUser};
use keyward_authorization::Resource;
use keyward_authorization::sessions::{
    FederatedBy, FederatedIdentity, Holder, RoleSession, SessionTag, session_arn,
};
use keyward_authorization::{AccessRequest, AccessRequests, Action};
use keyward_authorization::{Caller, Principal};
use keyward_engine::{AuditFacts, Call, Permit};
use keyward_engine::{random, uuid};
use keyward_faults::{Fault, fault};
use keyward_names::{AccountId, Age, FoldedTagKey, IamArn, RoleName};
use keyward_web_identity::Unverified;
use keyward_wire::Parameters;

use crate::sts::shared::given_policies::GivenPolicies;
use crate::sts::shared::issue::{Issued, NewSession, issue};

/// How many tags a session has at most, including those it inherits.
const SESSION_TAGS: usize = 50;
/// How long a session of a root user lasts at most; if a longer one is requested, it lasts this
/// long (documented).
const ROOT_SESSION: Age = Age::seconds(3_600);
/// How long a session of a user lasts if the request does not say.
const USER_SESSION: Age = Age::seconds(43_200);

/// How long a session of `GetSessionToken` or `GetFederationToken` lasts.
fn lasts(principal: Principal, asked: Option<i32>) -> Age {
    let asked = asked.map(|seconds| Age::seconds(i64::from(seconds)));
    match principal {
        Principal::Root => asked.map_or(ROOT_SESSION, |asked| asked.min(ROOT_SESSION)),
        Principal::User(_) => asked.unwrap_or(USER_SESSION),
    }
}

/// The user or root user, if its request is not made in a session. A session can't get another
/// session by these operations.
fn with_own_key(caller: &Caller) -> Option<Principal> {
    match caller {
        Caller::Own { principal, .. } => Some(*principal),
        Caller::Session(_) | Caller::Unsigned | Caller::Federated(_) => None,
    }
}

/// The parts of a role's ARN.
struct RoleArn<'a> {
    account: AccountId,
    whole: &'a str,
    name: RoleName,
}

impl<'a> RoleArn<'a> {
    fn parse(arn: &'a str) -> Result<Self, Fault> {
        Self::parts(arn).ok_or_else(|| fault::invalid_role_arn(arn))
    }

    fn parts(arn: &'a str) -> Option<Self> {
        let parts = IamArn::parse(arn).ok().filter(|arn| arn.kind == "role")?;
        Some(Self {
            account: parts.account,
            whole: arn,
            name: RoleName::parse(parts.name()).ok()?,
        })
    }

    /// The role with exactly this ARN, including its path and case.
    fn role<'r>(&self, account: &'r Account) -> Option<&'r Role> {
        let role = account.roles().find(self.name.as_str())?;
        (role.arn(account.id()) == self.whole).then_some(role)
    }
}

/// The account in a role's ARN.
#[must_use]
pub fn account_of_role(arn: &str) -> Option<AccountId> {
    RoleArn::parts(arn).map(|arn| arn.account)
}

/// The refusal of an unsigned request for a role whose account does not exist, or whose ARN is not
/// one of a role. It is the same as for an account without identity providers, so that it does not
/// show whether the account exists.
#[must_use]
pub fn no_such_role(operation: OperationId, parameters: &Parameters<'_>) -> Fault {
    if let Err(error) = operation.check(parameters) {
        return error.into();
    }
    let given = |name| parameters.get(name).unwrap_or_default();
    if let Err(fault) = RoleArn::parse(given("RoleArn")) {
        return fault;
    }
    if operation == OperationId::StsAssumeRoleWithWebIdentity {
        return no_provider(given("WebIdentityToken"), parameters.get("ProviderId"));
    }
    match random() {
        Ok(random) => fault::no_provider_of_assertion(&uuid(random)),
        Err(error) => error.into(),
    }
}

/// The refusal of a web identity token in an account without providers.
fn no_provider(token: &str, provider_id: Option<&str>) -> Fault {
    if let Err(fault) = check_provider_id(provider_id) {
        return fault;
    }
    match Unverified::read(token) {
        Ok(token) => fault::no_provider_of_issuer(token.issuer()),
        Err(error) => fault::token_refused(&error),
    }
}

/// Refuses `ProviderId`, which is only for OAuth tokens without a signature. No such token can be
/// verified here.
fn check_provider_id(provider_id: Option<&str>) -> Result<(), Fault> {
    match provider_id {
        None => Ok(()),
        Some("www.amazon.com") => Err(fault::not_a_login_with_amazon_token()),
        Some("graph.facebook.com") => Err(fault::rejected_by_facebook()),
        Some(_) => Err(fault::unrecognized_oauth_provider()),
    }
}

/// What the caller wants for the session of a role.
struct RoleSessionRequest<'a> {
    session_name: &'a str,
    tags: &'a [sts::Tag],
    transitive_keys: &'a [String],
    source_identity: Option<&'a str>,
}

impl RoleSessionRequest<'_> {
    /// The role as the resource, with the context keys of what the caller wants.
    fn resource(&self, role: Resource) -> Resource {
        let resource = role
            .given_session_tags(self.tags)
            .with_key("sts:RoleSessionName", self.session_name)
            .with_list("sts:TransitiveTagKeys", self.transitive_keys.to_vec());
        match self.source_identity {
            Some(source_identity) => resource.with_key("sts:SourceIdentity", source_identity),
            None => resource,
        }
    }

    /// All questions that must be allowed, beginning with the operation.
    fn access_requests(
        &self,
        operation: OperationId,
        resource: &Resource,
        inherits_tags: bool,
    ) -> AccessRequests {
        let access_request = |action| AccessRequest {
            action,
            resource: resource.clone(),
        };
        let mut access_requests = AccessRequests::new(access_request(Action::Operation(operation)));
        if !self.tags.is_empty() || inherits_tags {
            access_requests = access_requests.and(access_request(Action::TagSession));
        }
        if self.source_identity.is_some() {
            access_requests = access_requests.and(access_request(Action::SetSourceIdentity));
        }
        access_requests
    }
}

/// A session of a role that is to be given out.
struct NewRoleSession<'a> {
    name: &'a str,
    source_identity: Option<&'a str>,
    /// The identity that a provider vouches for, if there is one.
    vouched: Option<&'a FederatedIdentity>,
    lasts: Age,
    tags: Box<[SessionTag]>,
    policies: GivenPolicies,
    token_size: Option<i32>,
}

/// A session of a role that was given out.
struct IssuedRoleSession {
    issued: Issued,
    /// The assumed role, as answers show it.
    user: AssumedRoleUser,
    /// What the audit record says in addition to the request.
    facts: AuditFacts,
}

/// Gives out a session of a role.
fn issue_role_session<I>(
    call: &Call<I>,
    permit: &Permit,
    account: &Account,
    role: &Role,
    new: NewRoleSession<'_>,
) -> Result<IssuedRoleSession, Fault> {
    let by_saml = new
        .vouched
        .filter(|vouched| vouched.recorded.by == FederatedBy::Saml);
    let saml_provider = by_saml.map(|vouched| &*vouched.provider_arn);
    let facts = AuditFacts::assumed(account.id(), role, saml_provider);
    let issued = issue(
        call,
        permit,
        account,
        NewSession {
            holder: Holder::Role(RoleSession {
                role: role.id,
                name: new.name.into(),
                source_identity: new.source_identity.map(Into::into),
                provider: new.vouched.map(|vouched| vouched.provider_arn.clone()),
                keys: new
                    .vouched
                    .map(FederatedIdentity::kept_keys)
                    .unwrap_or_default(),
            }),
            lasts: new.lasts,
            mfa: None,
            tags: new.tags,
            policies: new.policies,
            token_size: new.token_size,
        },
    )?;
    let user = AssumedRoleUser {
        assumed_role_id: format!("{}:{}", role.id, new.name),
        arn: session_arn(account, role.name.as_str(), new.name),
    };
    Ok(IssuedRoleSession {
        issued,
        user,
        facts,
    })
}

/// Whether a name can be a source identity. It must have the form of the parameter even if it comes
/// from an identity provider.
fn is_source_identity(name: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    (2..=256).contains(&name.len()) && name.bytes().all(is_fit)
}

/// The most characters of the key and the value of a session tag.
const TAG_KEY: usize = 128;
const TAG_VALUE: usize = 256;

/// The session tags that an identity provider sets; `None` if a key is empty, or a key or value is
/// too long.
fn tags_of(pairs: &[(String, String)]) -> Option<Vec<sts::Tag>> {
    let tags = pairs.iter().map(|(key, value)| {
        let is_fit =
            (1..=TAG_KEY).contains(&key.chars().count()) && value.chars().count() <= TAG_VALUE;
        is_fit.then(|| sts::Tag {
            key: key.clone(),
            value: value.clone(),
        })
    });
    tags.collect()
}

/// How long a session of a role lasts.
fn role_session_lasts(asked: Option<i32>, role: &Role) -> Result<Age, Fault> {
    let default = i64::from(Role::DEFAULT_MAX_SESSION_DURATION);
    let asked = Age::seconds(asked.map_or(default, i64::from));
    if asked > Age::seconds(i64::from(role.max_session_duration)) {
        return Err(fault::longer_than_role_allows());
    }
    Ok(asked)
}

/// Checks the MFA device that a request names. There are no devices yet, so the caller does not
/// have it.
fn check_mfa(serial_number: Option<&str>, token_code: Option<&str>) -> Result<(), Fault> {
    match (serial_number, token_code) {
        (None, None) => Ok(()),
        (Some(_), Some(_)) => Err(fault::mfa_code_not_valid()),
        (Some(_), None) | (None, Some(_)) => Err(fault::half_an_mfa_code()),
    }
}

/// The ARNs of the managed policies in a request.
fn arns(policies: Option<&[sts::PolicyDescriptorType]>) -> Vec<&str> {
    let policies = policies.unwrap_or_default().iter();
    policies
        .filter_map(|policy| policy.arn.as_deref())
        .collect()
}

/// The tags of a new session: those it inherits, and those of the request.
fn session_tags(
    inherited: &[SessionTag],
    given: &[sts::Tag],
    transitive_keys: &[String],
) -> Result<Box<[SessionTag]>, Fault> {
    let mut keys = HashSet::new();
    for tag in given {
        let key = FoldedTagKey::fold(&tag.key);
        if !keys.insert(key) {
            return Err(fault::duplicate_session_tags());
        }
    }
    let is_reserved = |key: &str| {
        key.get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
    };
    if given.iter().any(|tag| is_reserved(&tag.key)) {
        return Err(fault::reserved_session_tag());
    }
    let transitive: HashSet<_> = transitive_keys
        .iter()
        .map(|key| FoldedTagKey::fold(key))
        .collect();
    if !transitive.is_subset(&keys) {
        return Err(fault::transitive_key_without_tag());
    }
    let is_inherited = |tag: &SessionTag| keys.contains(&FoldedTagKey::fold(&tag.key));
    if inherited.iter().any(is_inherited) {
        return Err(fault::transitive_tag_conflict());
    }
    if inherited.len() + given.len() > SESSION_TAGS {
        return Err(fault::too_many_session_tags(SESSION_TAGS));
    }
    let given = given.iter().map(|tag| SessionTag {
        key: tag.key.as_str().into(),
        value: tag.value.as_str().into(),
        is_transitive: transitive.contains(&FoldedTagKey::fold(&tag.key)),
    });
    Ok(inherited.iter().cloned().chain(given).collect())
}
