//! Why a response is refused, in the words of the service.

/// A response that is refused. [`AssertionError::message`] is what the caller gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// It is not a response, or a part that is required is not there or can't be read. Whoever
    /// requires encryption answers a plain assertion with this too.
    #[error("Invalid base64 SAMLResponse")]
    Malformed,
    /// There is no assertion, or it bears no signature of its own.
    #[error(
        "Response (with optional signature) must contain an assertion with a mandatory signature"
    )]
    Unsigned,
    /// A signature is there that does not hold.
    #[error("Response signature invalid")]
    SignatureInvalid,
    /// The metadata describes no identity provider of the assertion's issuer. The service
    /// documents the text and no recording has it (unsure).
    #[error("Issuer not present in specified provider")]
    UnknownIssuer,
    /// Its time has passed.
    #[error("Response has expired")]
    Expired,
    /// The identity provider says that it did not authenticate the user. (unsure) in which words
    /// the service says so.
    #[error("The identity provider reported that authentication failed")]
    Rejected,
    /// The assertion is encrypted, which is left for later. The caller says so in its own words.
    #[error("Encrypted assertions are not supported")]
    Encrypted,
    /// No value of the role attribute is the pair that was asked for.
    #[error("SAML Assertion doesn't contain the requested Role and Metadata in the attributes")]
    RoleNotGranted,
    /// The session has no name.
    #[error("RoleSessionName is required in AuthnResponse")]
    RoleSessionNameMissing,
    /// The session's name has another form.
    #[error("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{{2,64}}")]
    RoleSessionNameForm,
    /// The source identity has another form.
    #[error("Source Identity must match [a-zA-Z_0-9+=,.@-]{{2,64}} and not begin with \"aws:\"")]
    SourceIdentityForm,
    /// The session's duration is not a number within its bounds. (unsure) in which words the
    /// service says so.
    #[error("SessionDuration in AuthnResponse must be an integer from 900 to 43200")]
    SessionDurationForm,
    /// A session tag has no value or several. (unsure) in which words the service says so.
    #[error("PrincipalTag in AuthnResponse must have exactly one value")]
    PrincipalTagForm,
}

/// The fault that a refusal is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertionErrorKind {
    /// `InvalidIdentityToken`.
    InvalidIdentityToken,
    /// `ExpiredTokenException`.
    ExpiredToken,
    /// `IDPRejectedClaim`.
    IdpRejectedClaim,
    /// `NotImplemented`, as long as nothing decrypts assertions.
    NotImplemented,
}

impl AssertionError {
    /// The fault to answer with.
    #[must_use]
    pub const fn kind(self) -> AssertionErrorKind {
        match self {
            Self::Malformed
            | Self::Unsigned
            | Self::SignatureInvalid
            | Self::UnknownIssuer
            | Self::RoleNotGranted
            | Self::RoleSessionNameMissing
            | Self::RoleSessionNameForm
            | Self::SourceIdentityForm
            | Self::SessionDurationForm
            | Self::PrincipalTagForm => AssertionErrorKind::InvalidIdentityToken,
            Self::Expired => AssertionErrorKind::ExpiredToken,
            Self::Rejected => AssertionErrorKind::IdpRejectedClaim,
            Self::Encrypted => AssertionErrorKind::NotImplemented,
        }
    }

    /// The text of the answer. Where the service lets the error of a service behind it through, the
    /// text carries `request_id`, a UUID.
    #[must_use]
    pub fn message(self, request_id: &str) -> String {
        match self {
            Self::Malformed | Self::Unsigned | Self::UnknownIssuer => format!(
                "{self} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: \
                 AuthSamlInvalidSamlResponseException; Request ID: {request_id}; Proxy: null)"
            ),
            Self::SignatureInvalid
            | Self::Expired
            | Self::Rejected
            | Self::Encrypted
            | Self::RoleNotGranted
            | Self::RoleSessionNameMissing
            | Self::RoleSessionNameForm
            | Self::SourceIdentityForm
            | Self::SessionDurationForm
            | Self::PrincipalTagForm => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_service_behind_carry_the_request_id() {
        assert_eq!(
            AssertionError::Malformed.message("d5c1"),
            "Invalid base64 SAMLResponse (Service: AWSOpenIdDiscoveryService; Status Code: 400; \
             Error Code: AuthSamlInvalidSamlResponseException; Request ID: d5c1; Proxy: null)"
        );
        assert_eq!(
            AssertionError::Unsigned.message("d5c1"),
            "Response (with optional signature) must contain an assertion with a mandatory \
             signature (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: \
             AuthSamlInvalidSamlResponseException; Request ID: d5c1; Proxy: null)"
        );
        assert_eq!(
            AssertionError::Expired.message("d5c1"),
            "Response has expired"
        );
        assert_eq!(
            AssertionError::RoleSessionNameForm.message("d5c1"),
            "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"
        );
    }
}
