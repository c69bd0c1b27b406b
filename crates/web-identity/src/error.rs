//! Why a token is refused, in the words of the service.

/// A token that is refused. The message is the one that the caller gets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It does not have the form of a signed token, or its header asks for an extension.
    #[error(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    )]
    NotAToken,
    /// No key fits it, or the keys could not be had. Whoever fetches keys answers with this too.
    // The service prints two spaces.
    #[error(
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
    )]
    NoVerificationKey,
    /// A wrong signature, a wrong audience, and whatever has no words of its own.
    #[error(
        "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements."
    )]
    NotValidated,
    /// One of the five required claims is not there.
    #[error("Missing a required claim: {0}")]
    MissingClaim(&'static str),
    /// The audience is an empty list.
    #[error("Claim is not allowed to be empty: aud")]
    EmptyAudience,
    /// The audience is a list, and nothing tells which of it asked for the token.
    #[error("Token audience contains more than one audience while authorized party is not present")]
    SeveralAudiences,
    /// A time that is neither an integer nor its digits.
    #[error("Invalid timestamp in token claims.")]
    Timestamp,
    /// It was valid once.
    #[error(
        "Token expired: current date/time {now} must be before the expiration date/time {expiration}"
    )]
    Expired {
        /// The time with the tolerance taken off, in seconds since 1970.
        now: i64,
        /// The claim `exp`.
        expiration: i64,
    },
    /// It is not valid yet.
    #[error(
        "Token not yet valid: current date/time {now} must be after or equal to the not-before date/time {not_before}"
    )]
    NotYetValid {
        /// The time with the tolerance added, in seconds since 1970.
        now: i64,
        /// The claim `nbf`.
        not_before: i64,
    },
    /// It says that it was issued at a time that has not come; the claim `iat`.
    #[error("Token issued in the future: {0}")]
    IssuedInTheFuture(i64),
    /// The subject is `null`.
    #[error("Unknown error validating third-party token")]
    NullSubject,
    /// The session tags do not have one of the two forms.
    #[error("principal_tags passed in claim is not in correct format.")]
    PrincipalTags,
    /// The keys of transitive tags are not a list of texts. (unsure) which words the service has for it.
    #[error("transitive_tag_keys passed in claim is not in correct format.")]
    TransitiveTagKeys,
    /// The token lists roles, and the one asked for is not among them.
    #[error("The target role ARN is not present in the roles claim of the identity token")]
    RoleNotListed,
    /// The token lists roles, and no entry is the ARN of one.
    #[error("The roles claim contains no valid role ARNs")]
    NoValidRole,
}

/// The fault that a refusal is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenErrorKind {
    /// `InvalidIdentityToken`.
    InvalidIdentityToken,
    /// `ExpiredTokenException`.
    ExpiredToken,
    /// `InternalFailure`, which the service answers where it stumbles over a token.
    InternalFailure,
}

impl TokenError {
    /// The fault to answer with.
    #[must_use]
    pub const fn kind(&self) -> TokenErrorKind {
        match self {
            Self::NotAToken
            | Self::NoVerificationKey
            | Self::NotValidated
            | Self::MissingClaim(_)
            | Self::EmptyAudience
            | Self::SeveralAudiences
            | Self::Timestamp
            | Self::NotYetValid { .. }
            | Self::IssuedInTheFuture(_)
            | Self::PrincipalTags
            | Self::TransitiveTagKeys
            | Self::RoleNotListed
            | Self::NoValidRole => TokenErrorKind::InvalidIdentityToken,
            Self::Expired { .. } => TokenErrorKind::ExpiredToken,
            Self::NullSubject => TokenErrorKind::InternalFailure,
        }
    }
}
