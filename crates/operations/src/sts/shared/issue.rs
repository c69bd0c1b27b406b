//! Giving out sessions.

use keyward_account::Account;
use keyward_api::sts;
use keyward_authorization::sessions::{
    Holder, SealTokenError, SessionContent, SessionTag, TOKEN_CHARACTERS, deflate,
};
use keyward_engine::{Call, Permit};
use keyward_faults::{Fault, fault};
use keyward_names::{AccessKeyId, AccessKeyKind, Age, Timestamp};

use super::given_policies::GivenPolicies;

/// How many bytes policies and tags have together at most, deflated. With this a token stays below
/// its bound, whatever else is in it. AWS's own limit is not known.
const PACKED_BYTES: usize = 2_048;

/// A session that is to be given out.
#[derive(Debug)]
pub(crate) struct NewSession {
    pub(crate) holder: Holder,
    pub(crate) lasts: Age,
    pub(crate) mfa: Option<Timestamp>,
    pub(crate) tags: Box<[SessionTag]>,
    pub(crate) policies: GivenPolicies,
    /// `MinimumSessionTokenSize`
    pub(crate) token_size: Option<i32>,
}

/// A session that was given out.
#[derive(Debug)]
pub(crate) struct Issued {
    /// The credentials in the answer.
    pub(crate) credentials: sts::Credentials,
    /// `SessionTokenSize`, in characters.
    pub(crate) token_size: i32,
    /// `SessionTokenUtilization`, in percent.
    pub(crate) utilization: i32,
    /// `PackedPolicySize`, in percent.
    pub(crate) packed_size: i32,
}

/// Gives out a session in an account.
pub(crate) fn issue<I>(
    call: &Call<I>,
    permit: &Permit,
    account: &Account,
    new: NewSession,
) -> Result<Issued, Fault> {
    let packed = packed_size(&new);
    if packed > 100 {
        return Err(fault::packed_policy_too_large(packed));
    }
    let now = call.now();
    let access_key = AccessKeyId::mint(
        AccessKeyKind::Temporary,
        account.id(),
        call.random_number()?,
    );
    let made = account.settings().map(|settings| settings.created);
    let content = SessionContent {
        issued: now,
        expires: now.plus(new.lasts),
        account_made: made.ok_or_else(fault::invalid_client_token_id)?,
        holder: new.holder,
        mfa: new.mfa,
        tags: new.tags,
        inline_policy: new.policies.inline,
        managed_policies: new.policies.managed,
    };
    let at_least = new.token_size.unwrap_or_default();
    let at_least = usize::try_from(at_least).unwrap_or_default();
    let sealed = call.seal_session(permit, access_key, &content, at_least)?;
    let (secret, session_token) = sealed.map_err(|error| match error {
        SealTokenError::TooLong => fault::packed_policy_too_large(packed.max(101)),
        SealTokenError::Seal => Fault::internal(error),
    })?;
    let size = session_token.len();
    Ok(Issued {
        credentials: sts::Credentials {
            access_key_id: access_key.to_string(),
            secret_access_key: secret,
            session_token,
            expiration: content.expires,
        },
        token_size: number(size),
        utilization: number((size * 100).div_ceil(TOKEN_CHARACTERS)),
        packed_size: number(packed),
    })
}

/// How much of [`PACKED_BYTES`] the policies, tags and identity provider's statements take, in
/// percent, rounded up; more than 100 if they do not fit.
fn packed_size(new: &NewSession) -> usize {
    let mut packed = String::new();
    packed.push_str(new.policies.inline.as_deref().unwrap_or_default());
    for id in &new.policies.managed {
        packed.push_str(id.as_str());
    }
    let mut push = |text: &str| {
        packed.push('\0');
        packed.push_str(text);
    };
    for tag in &new.tags {
        push(&tag.key);
        push(&tag.value);
    }
    if let Holder::Role(session) = &new.holder
        && let Some(provider) = &session.provider
    {
        push(provider);
        push(session.source_identity.as_deref().unwrap_or_default());
        for (key, values) in &session.keys {
            push(key);
            values.iter().for_each(|value| push(value));
        }
    }
    if packed.is_empty() {
        return 0;
    }
    let bytes = deflate(packed.as_bytes()).len();
    (bytes * 100).div_ceil(PACKED_BYTES)
}

fn number(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
