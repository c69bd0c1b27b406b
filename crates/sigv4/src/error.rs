//! Every way a signature can fail, with the service's code, status and words.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::time::{SKEW_MINUTES, UnixTime};

/// Why a request is not authenticated. It prints as the message on the wire, word for word.
///
/// Texts come from the caller's own request; nothing of a secret or of a computed signature is
/// ever in one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The request carries no signature at all, or one of another scheme.
    #[error("Request is missing Authentication Token")]
    NotSigned,
    /// A presigned request whose `X-Amz-Algorithm` is absent or not `AWS4-HMAC-SHA256`.
    #[error("Missing Authentication Token")]
    UnknownAlgorithm,
    /// The Authorization header lacks this part, has it empty or has it twice.
    #[error("Authorization header requires '{part}' parameter. {header}")]
    MissingPart {
        /// `Credential`, `Signature` or `SignedHeaders`.
        part: &'static str,
        /// Stands for the header as it came.
        header: HeaderHash,
    },
    /// Neither `X-Amz-Date` nor `Date` came with an Authorization header.
    #[error(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
         {header}"
    )]
    MissingDate {
        /// Stands for the header as it came.
        header: HeaderHash,
    },
    /// A presigned request lacks this parameter, has it twice, or with a value out of its range.
    #[error(
        "AWS query-string parameters must include '{parameter}'. Re-examine the query-string \
         parameters."
    )]
    MissingParameter {
        /// The parameter's name, such as `X-Amz-Credential`.
        parameter: &'static str,
    },
    /// The credential is not of five elements.
    #[error(
        "Credential must have exactly 5 slash-delimited elements, e.g. \
         keyid/date/region/service/term, got '{credential}'"
    )]
    MalformedCredential {
        /// The credential as it came.
        credential: String,
    },
    /// The date cannot be read.
    #[error(
        "Date must be in ISO-8601 'basic format'. Got '{date}'. See \
         http://en.wikipedia.org/wiki/ISO_8601"
    )]
    MalformedDate {
        /// The date as it came.
        date: String,
    },
    /// `host` is not among the signed headers.
    #[error("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    HostNotSigned,
    /// The scope does not end in `aws4_request`.
    #[error("Credential should be scoped with a valid terminator: 'aws4_request'.")]
    WrongTerminator,
    /// The scope names another service.
    #[error("Credential should be scoped to correct service: '{service}'.")]
    WrongService {
        /// The service it should name.
        service: String,
    },
    /// The scope names a region that is not served. The message ends in a space.
    #[error("Credential should be scoped to a valid region. ")]
    WrongRegion,
    /// The scope's day is not the day of the request's time.
    #[error(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
         HTTP: '{scope_date}' != '{request_date}', from '{time}'."
    )]
    WrongDay {
        /// The day in the scope, as it came.
        scope_date: String,
        /// The day of the request's time.
        request_date: String,
        /// The request's time.
        time: UnixTime,
    },
    /// The request was signed too long ago.
    #[error(
        "Signature expired: {time} is now earlier than {earliest} ({now} - {SKEW_MINUTES} min.)"
    )]
    TooOld {
        /// When it was signed.
        time: UnixTime,
        /// The earliest time that is still accepted.
        earliest: UnixTime,
        /// The server's time.
        now: UnixTime,
    },
    /// The request is signed with a time too far ahead.
    #[error(
        "Signature not yet current: {time} is still later than {latest} ({now} + {SKEW_MINUTES} \
         min.)"
    )]
    NotYetCurrent {
        /// When it claims to have been signed.
        time: UnixTime,
        /// The latest time that is already accepted.
        latest: UnixTime,
        /// The server's time.
        now: UnixTime,
    },
    /// A presigned request is past its `X-Amz-Expires`.
    #[error("Request has expired.")]
    PresignedExpired,
    /// The request is signed with the asymmetric scheme (SigV4a).
    // The service takes it at STS; the words are ours.
    #[error("AWS4-ECDSA-P256-SHA256 (SigV4a) is not supported here: sign with AWS4-HMAC-SHA256.")]
    Asymmetric,
    /// The signature is not that of this request with this key.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details."
    )]
    Mismatch,
}

impl SignatureError {
    /// The code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSigned | Self::UnknownAlgorithm => "MissingAuthenticationToken",
            Self::MissingPart { .. }
            | Self::MissingDate { .. }
            | Self::MissingParameter { .. }
            | Self::MalformedCredential { .. }
            | Self::MalformedDate { .. }
            | Self::Asymmetric => "IncompleteSignature",
            Self::PresignedExpired => "RequestExpired",
            Self::HostNotSigned
            | Self::WrongTerminator
            | Self::WrongService { .. }
            | Self::WrongRegion
            | Self::WrongDay { .. }
            | Self::TooOld { .. }
            | Self::NotYetCurrent { .. }
            | Self::Mismatch => "SignatureDoesNotMatch",
        }
    }

    /// The HTTP status on the wire.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::MissingPart { .. }
            | Self::MissingDate { .. }
            | Self::MissingParameter { .. }
            | Self::MalformedCredential { .. }
            | Self::MalformedDate { .. }
            | Self::PresignedExpired
            | Self::Asymmetric => 400,
            Self::NotSigned
            | Self::UnknownAlgorithm
            | Self::HostNotSigned
            | Self::WrongTerminator
            | Self::WrongService { .. }
            | Self::WrongRegion
            | Self::WrongDay { .. }
            | Self::TooOld { .. }
            | Self::NotYetCurrent { .. }
            | Self::Mismatch => 403,
        }
    }
}

/// Stands for an Authorization header in a message, so that the header itself is not repeated in
/// logs: its SHA-256 in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderHash(String);

impl HeaderHash {
    pub(crate) fn of(header: &[u8]) -> Self {
        Self(STANDARD.encode(Sha256::digest(header)))
    }
}

impl fmt::Display for HeaderHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = &self.0;
        write!(
            formatter,
            "(Hashed with SHA-256 and encoded with Base64) Authorization={hash}"
        )
    }
}
