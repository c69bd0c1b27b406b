//! What STS says about sessions: those that are asked for, and those that ask.

use keyward_api::{FaultCode, OperationId};

use super::{DeniedRequest, Fault};
use crate::reason::Reason;

/// The session has ended.
#[must_use]
pub fn expired_token() -> Fault {
    Fault::new(
        FaultCode::ExpiredToken,
        "The security token included in the request is expired",
    )
}

/// What should be the ARN of a role is none.
#[must_use]
pub fn invalid_role_arn(given: &str) -> Fault {
    Fault::new(FaultCode::ValidationError, format!("{given} is invalid"))
}

/// A role may not be assumed by whom asks. It is the same for a role that does not exist. `denied` is
/// what was judged, if there was something to judge.
#[must_use]
pub fn may_not_assume(
    caller_arn: &str,
    action: &str,
    role_arn: &str,
    denied: Option<DeniedRequest>,
) -> Fault {
    let fault = Fault::new(
        FaultCode::AccessDenied,
        format!(
            "User: {caller_arn} is not authorized to perform: {action} on resource: {role_arn}"
        ),
    );
    match denied {
        Some(denied) => fault.because(Reason::NotAllowed(Box::new(denied))),
        None => fault,
    }
}

/// Root users take on no roles.
#[must_use]
pub fn root_may_not_assume() -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        "Roles may not be assumed by root accounts.",
    )
}

/// The operation is for those who sign with a key of their own. For operations but
/// `GetSessionToken` and `GetFederationToken` the text is (unsure).
#[must_use]
pub fn not_with_session_credentials(operation: OperationId) -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        format!("Cannot call {} with session credentials", operation.name()),
    )
}

/// A session of the role would last longer than the role allows.
#[must_use]
pub fn longer_than_role_allows() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
}

/// A session of a role may not make one that lasts for more than an hour.
#[must_use]
pub fn longer_than_chained_role_allows() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role \
         chaining.",
    )
}

/// The same key of a session's tag is there twice, in whatever case.
#[must_use]
pub fn duplicate_session_tags() -> Fault {
    Fault::new(
        FaultCode::InvalidParameterValue,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )
}

/// A tag's key is in the namespace of the service (unsure for sessions).
#[must_use]
pub fn reserved_session_tag() -> Fault {
    Fault::new(
        FaultCode::InvalidParameterValue,
        "Tag keys beginning with aws: are reserved for system use.",
    )
}

/// A key is to be inherited that no tag has.
#[must_use]
pub fn transitive_key_without_tag() -> Fault {
    Fault::new(
        FaultCode::InvalidParameterValue,
        "The specified transitive tag key must be included in the requested tags.",
    )
}

/// A tag that the calling session hands on can't be replaced.
#[must_use]
pub fn transitive_tag_conflict() -> Fault {
    Fault::new(
        FaultCode::InvalidParameterValue,
        "One of the specified transitive tag keys can't be set because it conflicts with a \
         transitive tag key from the calling session.",
    )
}

/// More tags than a session may have, with those it inherits (unsure).
#[must_use]
pub fn too_many_session_tags(limit: usize) -> Fault {
    Fault::new(
        FaultCode::InvalidParameterValue,
        format!("A session can't have more than {limit} tags."),
    )
}

/// More managed policies than a session takes (unsure).
#[must_use]
pub fn too_many_session_policies(limit: usize) -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        format!("A session can't have more than {limit} managed policies."),
    )
}

/// A managed policy that is passed for a session does not exist in its account (unsure).
#[must_use]
pub fn no_such_session_policy(arn: &str) -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        format!("Policy {arn} does not exist or is not attachable."),
    )
}

/// The policies and tags of a session take more room than it has (unsure).
#[must_use]
pub fn packed_policy_too_large(percent: usize) -> Fault {
    Fault::new(
        FaultCode::PackedPolicyTooLarge,
        format!("Packed policy consumes {percent}% of allotted space, please use smaller policy."),
    )
}

/// STS: the code is wrong, or no device of the caller has this serial number.
#[must_use]
pub fn mfa_code_not_valid() -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA \
         serial number is valid and associated with this user.",
    )
}

/// A serial number without a code, or a code without a serial number (unsure).
#[must_use]
pub fn half_an_mfa_code() -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass \
         code.",
    )
}

/// Nobody here vouches for contexts (unsure).
#[must_use]
pub fn no_such_context_provider(arn: &str) -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        format!("The context provider {arn} is not supported."),
    )
}

/// An encoded message that was not made here.
#[must_use]
pub fn invalid_authorization_message() -> Fault {
    Fault::new(
        FaultCode::InvalidAuthorizationMessageException,
        "Message is not valid",
    )
}
