//! What STS says to those for whom an identity provider vouches.

use keyward_api::FaultCode;
use keyward_saml::{AssertionError, AssertionErrorKind};
use keyward_web_identity::{TokenError, TokenErrorKind};

use super::{DeniedRequest, Fault};
use crate::reason::Reason;

/// A role may not be assumed by whoever is vouched for. It is the same for a role that does not exist.
#[must_use]
pub fn federated_may_not_assume(action: &str, denied: Option<DeniedRequest>) -> Fault {
    let fault = Fault::new(
        FaultCode::AccessDenied,
        format!("Not authorized to perform {action}"),
    );
    match denied {
        Some(denied) => fault.because(Reason::NotAllowed(Box::new(denied))),
        None => fault,
    }
}

/// No provider of the account has issued the token.
#[must_use]
pub fn no_provider_of_issuer(issuer: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidIdentityToken,
        format!("No OpenIDConnect provider found in your account for {issuer}"),
    )
}

/// A token is refused.
#[must_use]
pub fn token_refused(error: &TokenError) -> Fault {
    let code = match error.kind() {
        TokenErrorKind::InvalidIdentityToken => FaultCode::InvalidIdentityToken,
        TokenErrorKind::ExpiredToken => FaultCode::ExpiredTokenException,
        TokenErrorKind::InternalFailure => FaultCode::InternalFailure,
    };
    Fault::new(code, error.to_string())
}

/// A token of the kind that is asked for is no signed token with claims.
#[must_use]
pub fn not_a_login_with_amazon_token() -> Fault {
    Fault::new(
        FaultCode::InvalidIdentityToken,
        "Provided Token is not a Login With Amazon token",
    )
}

/// The same, as another provider says it.
#[must_use]
pub fn rejected_by_facebook() -> Fault {
    Fault::new(
        FaultCode::IDPRejectedClaim,
        "graph.facebook.com rejected OAuth token with response \"Bad signature\" and code 190",
    )
}

/// Someone is to be behind a session under a name that is none (unsure for tokens).
#[must_use]
pub fn unfit_source_identity() -> Fault {
    Fault::new(
        FaultCode::InvalidIdentityToken,
        "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"",
    )
}

/// Signed tokens say themselves who issued them.
#[must_use]
pub fn unrecognized_oauth_provider() -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        "Unrecognized OAuth provider. Do not include a provider parameter when submitting \
         OpenIDConnect ID tokens",
    )
}

/// The operation is only there where there is a region.
#[must_use]
pub fn not_at_global_endpoint() -> Fault {
    Fault::new(
        FaultCode::InvalidAction,
        "Operation not supported on STS global endpoint",
    )
}

/// The account signs tokens in other ways.
#[must_use]
pub fn unsupported_signing_algorithm() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for \
         supported algorithms",
    )
}

/// An account does not vouch for those for whom its users vouch.
#[must_use]
pub fn not_for_federated_users() -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        "GetWebIdentityToken does not support federated user sessions",
    )
}

/// A token would be good for longer than the session that asks for it.
#[must_use]
pub fn longer_than_session() -> Fault {
    Fault::new(
        FaultCode::SessionDurationEscalationException,
        "Requested token expiry time must be before the original session's expiry time.",
    )
}

/// A token is to tell on whose behalf the session acts, and the session does not know. The text is
/// (unsure).
#[must_use]
pub fn no_origin_identity() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "The trusted identity propagation context of the calling session does not contain the \
         required aws:OriginIdentity keys.",
    )
}

/// A token with scopes is to be about the caller (documented; the text is (unsure)).
#[must_use]
pub fn scope_without_origin_identity() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "Scope can only be specified when SubjectMode is OriginIdentity.",
    )
}

/// The account vouches for nobody to others.
#[must_use]
pub fn web_identity_federation_disabled() -> Fault {
    Fault::new(
        FaultCode::OutboundWebIdentityFederationDisabledException,
        "OutboundWebIdentityFederation is disabled.",
    )
}

/// A token would say more than it may (unsure).
#[must_use]
pub fn web_identity_payload_too_large(limit: usize) -> Fault {
    Fault::new(
        FaultCode::JWTPayloadSizeExceededException,
        format!("The payload of the token exceeds the limit of {limit} bytes."),
    )
}

/// A role is asked for by way of a SAML provider that is not there (documented; (unsure) under which
/// code).
#[must_use]
pub fn no_provider_of_assertion(request_id: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidIdentityToken,
        format!(
            "Specified provider doesn't exist (Service: AWSOpenIdDiscoveryService; Status Code: \
             400; Error Code: AuthSamlManifestNotFoundException; Request ID: {request_id}; Proxy: \
             null)"
        ),
    )
}

/// An assertion is refused. `request_id` is a UUID.
#[must_use]
pub fn assertion_refused(error: AssertionError, request_id: &str) -> Fault {
    let code = match error.kind() {
        AssertionErrorKind::InvalidIdentityToken => FaultCode::InvalidIdentityToken,
        AssertionErrorKind::ExpiredToken => FaultCode::ExpiredTokenException,
        AssertionErrorKind::IdpRejectedClaim => FaultCode::IDPRejectedClaim,
        AssertionErrorKind::NotImplemented => FaultCode::NotImplemented,
    };
    Fault::new(code, error.message(request_id))
}

/// An assertion was used for the role before. AWS was seen to take it again while it is valid; here whoever
/// saw one pass by can do nothing with it (unsure).
#[must_use]
pub fn assertion_used_before() -> Fault {
    Fault::new(
        FaultCode::InvalidIdentityToken,
        "The SAML assertion has already been used for this role",
    )
}
