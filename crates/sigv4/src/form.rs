//! Finding what a request claims: in its Authorization header, or in its query (presigned).

use std::borrow::Cow;

use crate::{
    Request, SignatureError, encoding::decode_query_text, error::HeaderHash, time::UnixTime,
};

/// The one scheme that is understood.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The asymmetric scheme (SigV4a), which is refused by name.
const ASYMMETRIC: &str = "AWS4-ECDSA-P256-SHA256";
/// The parameter that carries a presigned request's signature, and is not covered by it.
pub(crate) const SIGNATURE_PARAMETER: &str = "X-Amz-Signature";
/// The parameter that carries a session token.
pub(crate) const TOKEN_PARAMETER: &str = "X-Amz-Security-Token";

/// The longest time a presigned request may ask for, in seconds: seven days.
const LONGEST_EXPIRES: u32 = 604_800;

/// What a request claims, in either form; nothing of it is checked but that it is there.
pub(crate) struct Claim<'a> {
    pub(crate) credential: Cow<'a, str>,
    pub(crate) signed_headers: Cow<'a, str>,
    pub(crate) signature: Cow<'a, str>,
    pub(crate) session_token: Option<Cow<'a, str>>,
    /// The time of signing, not read yet.
    pub(crate) date: Date<'a>,
    /// For a presigned request, how long it asks to be good for.
    pub(crate) expires: Option<Expires>,
}

/// What `X-Amz-Expires` says. Whether it is heard depends on the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expires {
    /// Nothing: it is absent or empty.
    Absent,
    /// This many seconds, which are within the bounds.
    Seconds(u32),
    /// No number within the bounds, or given twice.
    Invalid,
}

/// The text of the time of signing, by the rules it is to be read by.
pub(crate) enum Date<'a> {
    /// `X-Amz-Date`: the basic form of ISO 8601 only.
    Basic(Cow<'a, str>),
    /// `Date`: the form of HTTP too.
    Header(Cow<'a, str>),
}

impl<'a> Date<'a> {
    /// The time, and its text in the basic form: the one that is signed.
    pub(crate) fn read(&self) -> Result<(UnixTime, Cow<'a, str>), SignatureError> {
        let read = match self {
            // It is read so strictly that the text is already the one that the time prints.
            Self::Basic(text) => UnixTime::parse_basic(text).map(|time| (time, text.clone())),
            Self::Header(text) => {
                UnixTime::parse_date_header(text).map(|time| (time, Cow::Owned(time.to_string())))
            }
        };
        let (Self::Basic(text) | Self::Header(text)) = self;
        read.ok_or_else(|| SignatureError::MalformedDate {
            date: text.to_string(),
        })
    }
}

/// Finds the claim. A request with an Authorization header is judged by that header alone.
pub(crate) fn find<'a>(request: &Request<'a>) -> Result<Claim<'a>, SignatureError> {
    match header(request, "authorization") {
        Some(authorization) => in_header(request, authorization),
        None => in_query(request),
    }
}

fn in_header<'a>(
    request: &Request<'a>,
    authorization: Cow<'a, [u8]>,
) -> Result<Claim<'a>, SignatureError> {
    let hash = || HeaderHash::of(&authorization);
    // Only a header given twice, or one that is not UTF-8, has to be copied.
    let [credential, signature, signed_headers] = match text_of(authorization.clone()) {
        Cow::Borrowed(text) => parts_of(text, &hash)?.map(Cow::Borrowed),
        Cow::Owned(text) => parts_of(&text, &hash)?.map(|part| Cow::Owned(part.to_owned())),
    };
    let date = match header_text(request, "x-amz-date") {
        Some(date) => Date::Basic(date),
        None => header_text(request, "date")
            .map(Date::Header)
            .ok_or_else(|| SignatureError::MissingDate { header: hash() })?,
    };
    Ok(Claim {
        credential,
        signed_headers,
        signature,
        session_token: header_text(request, "x-amz-security-token")
            .or_else(|| query_token(request)),
        date,
        expires: None,
    })
}

/// The credential, the signature and the signed headers in an Authorization header.
fn parts_of<'a>(
    text: &'a str,
    hash: &impl Fn() -> HeaderHash,
) -> Result<[&'a str; 3], SignatureError> {
    let parts = after_scheme(text).ok_or_else(|| {
        if text.starts_with(ASYMMETRIC) {
            SignatureError::Asymmetric
        } else {
            SignatureError::NotSigned
        }
    })?;
    let mut credential = Found::default();
    let mut signature = Found::default();
    let mut signed_headers = Found::default();
    for (name, value) in parts
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
    {
        match name {
            "Credential" => credential.add(value),
            "Signature" => signature.add(value),
            "SignedHeaders" => signed_headers.add(value),
            _ => {}
        }
    }
    let missing = |part| SignatureError::MissingPart {
        part,
        header: hash(),
    };
    Ok([
        credential.once().ok_or_else(|| missing("Credential"))?,
        signature.once().ok_or_else(|| missing("Signature"))?,
        signed_headers
            .once()
            .ok_or_else(|| missing("SignedHeaders"))?,
    ])
}

/// What follows the scheme's name and its blank; `None` for another scheme.
fn after_scheme(authorization: &str) -> Option<&str> {
    let rest = authorization.strip_prefix(ALGORITHM)?;
    (rest.is_empty() || rest.starts_with([' ', '\t', ','])).then_some(rest)
}

fn in_query<'a>(request: &Request<'a>) -> Result<Claim<'a>, SignatureError> {
    let mut algorithm = Found::default();
    let mut credential = Found::default();
    let mut date = Found::default();
    let mut expires = Found::default();
    let mut signed_headers = Found::default();
    let mut signature = Found::default();
    for (name, value) in pairs(request.query) {
        let found = match decode_query_text(name).as_ref() {
            "X-Amz-Algorithm" => &mut algorithm,
            "X-Amz-Credential" => &mut credential,
            "X-Amz-Date" => &mut date,
            "X-Amz-Expires" => &mut expires,
            "X-Amz-SignedHeaders" => &mut signed_headers,
            SIGNATURE_PARAMETER => &mut signature,
            _ => continue,
        };
        found.add(decode_query_text(value));
    }
    if algorithm.is_absent() && signature.is_absent() {
        return Err(SignatureError::NotSigned);
    }
    match algorithm.once().as_deref() {
        Some(ALGORITHM) => {}
        Some(ASYMMETRIC) => return Err(SignatureError::Asymmetric),
        _ => return Err(SignatureError::UnknownAlgorithm),
    }
    let missing = |parameter| SignatureError::MissingParameter { parameter };
    let credential = credential.once().ok_or(missing("X-Amz-Credential"))?;
    let date = date.once().ok_or(missing("X-Amz-Date"))?;
    let signed_headers = signed_headers
        .once()
        .ok_or(missing("X-Amz-SignedHeaders"))?;
    let signature = signature.once().ok_or(missing(SIGNATURE_PARAMETER))?;
    let expires = if expires.is_absent() {
        Expires::Absent
    } else {
        let given = expires.once().as_deref().and_then(parse_expires);
        given.map_or(Expires::Invalid, Expires::Seconds)
    };
    Ok(Claim {
        credential,
        signed_headers,
        signature,
        session_token: query_token(request)
            .or_else(|| header_text(request, "x-amz-security-token")),
        date: Date::Basic(date),
        expires: Some(expires),
    })
}

fn parse_expires(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| digits)?;
    (1..=LONGEST_EXPIRES).contains(&seconds).then_some(seconds)
}

/// The session token in the query. Given twice, both are joined like a repeated header, which is
/// then nobody's token.
fn query_token<'a>(request: &Request<'a>) -> Option<Cow<'a, str>> {
    pairs(request.query)
        .filter(|(name, _)| decode_query_text(name) == TOKEN_PARAMETER)
        .map(|(_, value)| decode_query_text(value))
        .reduce(|first, second| Cow::Owned(format!("{first},{second}")))
}

/// A header's value without blanks around it; repeated headers are joined by commas.
pub(crate) fn header<'a>(request: &Request<'a>, name: &str) -> Option<Cow<'a, [u8]>> {
    request
        .headers
        .iter()
        .filter(|(given, _)| given.eq_ignore_ascii_case(name))
        .map(|(_, value)| Cow::Borrowed(value.trim_ascii()))
        .reduce(|first, second| Cow::Owned([first, second].join(b",".as_slice())))
}

fn header_text<'a>(request: &Request<'a>, name: &str) -> Option<Cow<'a, str>> {
    header(request, name).map(text_of)
}

fn text_of(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// The names and values of a query as they are, not decoded. Empty pieces are no parameters.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| piece.split_once('=').unwrap_or((piece, "")))
}

/// A part that must come exactly once. An empty one counts as absent: nothing was given.
#[derive(Default)]
enum Found<T> {
    #[default]
    Never,
    Once(T),
    Again,
}

impl<T: AsRef<str>> Found<T> {
    fn add(&mut self, value: T) {
        *self = match self {
            Self::Never if value.as_ref().is_empty() => return,
            Self::Never => Self::Once(value),
            Self::Once(_) | Self::Again => Self::Again,
        };
    }

    fn is_absent(&self) -> bool {
        matches!(self, Self::Never)
    }

    fn once(self) -> Option<T> {
        match self {
            Self::Once(value) => Some(value),
            Self::Never | Self::Again => None,
        }
    }
}
