//! The `userIdentity` of audit records: who made a call.

use keyward_account::Account;
use keyward_audit::{
    Identity, IdentityType, SessionAttributes, SessionContext, SessionIssuer, WebIdFederationData,
};
use keyward_authorization::sessions::{FederatedBy, Holder, Recorded, RoleSession, Session};
use keyward_authorization::{Caller, Principal};
use keyward_names::Timestamp;

/// A caller, as the records of its own account show it.
pub(crate) fn identity<'a>(
    account: &'a Account,
    caller: &'a Caller,
    signed_in: Option<Timestamp>,
) -> Identity<'a> {
    let session = caller.session();
    let (kind, user_name) = match (caller, caller.principal()) {
        (_, Some(principal)) => kind_and_name(account, principal),
        (Caller::Session(session), None) => match &session.holder {
            Holder::Federated(_) => (IdentityType::FederatedUser, None),
            Holder::Role(_) | Holder::Own(_) => (IdentityType::AssumedRole, None),
        },
        (Caller::Federated(vouched), None) => return identity_of_vouched(&vouched.recorded),
        (Caller::Own { .. } | Caller::Unsigned, None) => (IdentityType::AwsAccount, None),
    };
    let context = |since, mfa| SessionContext {
        session_issuer: session.and_then(|session| issuer(account, session)),
        web_id_federation_data: session.and_then(|session| web_identity(session.role_session()?)),
        attributes: SessionAttributes {
            creation_date: since,
            mfa_authenticated: mfa,
        },
        source_identity: session
            .and_then(|session| session.role_session()?.source_identity.as_deref()),
    };
    let since = session
        .map(|session| (session.issued, session.mfa.is_some()))
        .or(signed_in.map(|since| (since, false)));
    Identity {
        kind,
        principal_id: Some(caller.user_id(account)),
        arn: Some(caller.arn(account)),
        account_id: Some(account.id()),
        access_key_id: caller.access_key().map(|id| id.to_string()),
        user_name,
        session_context: since.map(|(since, mfa)| context(since, mfa)),
        identity_provider: None,
        invoked_by: None,
    }
}

/// A caller, as the records of another account show it.
pub(crate) fn identity_elsewhere<'a>(account: &Account, caller: &Caller) -> Identity<'a> {
    Identity {
        kind: IdentityType::AwsAccount,
        principal_id: Some(caller.user_id(account)),
        arn: None,
        account_id: Some(account.id()),
        access_key_id: None,
        user_name: None,
        session_context: None,
        identity_provider: None,
        invoked_by: None,
    }
}

/// An identity that a provider vouches for. It has no account and no ARN.
fn identity_of_vouched(recorded: &Recorded) -> Identity<'_> {
    Identity {
        kind: match recorded.by {
            FederatedBy::WebIdentity => IdentityType::WebIdentityUser,
            FederatedBy::Saml => IdentityType::SamlUser,
        },
        principal_id: Some(recorded.principal_id.to_string()),
        arn: None,
        account_id: None,
        access_key_id: None,
        user_name: Some(&recorded.subject),
        session_context: None,
        identity_provider: Some(&recorded.provider),
        invoked_by: None,
    }
}

/// Somebody who signs in: a user or root user without an access key and, as yet, without a session.
#[must_use]
pub fn identity_at_door(account: &Account, principal: Principal) -> Identity<'_> {
    let (kind, user_name) = kind_and_name(account, principal);
    Identity {
        kind,
        principal_id: Some(principal.user_id(account)),
        arn: Some(principal.arn(account)),
        account_id: Some(account.id()),
        access_key_id: None,
        user_name,
        session_context: None,
        identity_provider: None,
        invoked_by: None,
    }
}

fn kind_and_name(account: &Account, principal: Principal) -> (IdentityType, Option<&str>) {
    match principal {
        Principal::Root => (IdentityType::Root, None),
        Principal::User(id) => {
            let user = account.user_by_id(id);
            (IdentityType::IamUser, user.map(|user| user.name.as_str()))
        }
    }
}

/// Whose rights a session has, where that is not the user or root user who got the session.
fn issuer<'a>(account: &'a Account, session: &Session) -> Option<SessionIssuer<'a>> {
    let account_id = account.id();
    match &session.holder {
        Holder::Own(_) => None,
        Holder::Role(held) => {
            let role = account.roles().get(held.role)?;
            Some(SessionIssuer {
                kind: IdentityType::Role,
                principal_id: held.role.to_string(),
                arn: role.arn(account_id),
                account_id,
                user_name: Some(role.name.as_str()),
            })
        }
        Holder::Federated(user) => {
            let (kind, name) = kind_and_name(account, user.by);
            Some(SessionIssuer {
                kind,
                principal_id: user.by.user_id(account),
                arn: user.by.arn(account),
                account_id,
                user_name: name,
            })
        }
    }
}

/// The claims of an OpenID Connect provider, where it vouched for the session.
fn web_identity(session: &RoleSession) -> Option<WebIdFederationData<'_>> {
    let provider = session.provider.as_deref()?;
    provider.contains(":oidc-provider/").then(|| {
        let keys = session.keys.iter();
        WebIdFederationData {
            federated_provider: provider,
            attributes: keys
                .filter_map(|(key, values)| Some((&**key, &**values.first()?)))
                .collect(),
        }
    })
}
