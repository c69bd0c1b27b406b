//! Signing a request in its headers: the same canonical request, from the other side.

use std::borrow::Cow;

use crate::{
    Request, Scope, SigningKey,
    canonical::Readings,
    encoding::lower_hex,
    form::{ALGORITHM, Claim, Date},
    key::TERMINATOR,
    time::UnixTime,
};

const DATE: &str = "x-amz-date";
const TOKEN: &str = "x-amz-security-token";

/// Who signs, and for what.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret access key.
    pub secret: &'a str,
    /// The session token of temporary credentials.
    pub session_token: Option<&'a str>,
    /// The region, such as `us-east-1`.
    pub region: &'a str,
    /// The service, such as `sts`.
    pub service: &'a str,
}

/// Signs a request for the moment `now`: gives the headers that are to be sent beside its own. Every
/// header that it has is signed, so give those that nobody on the way changes, `host` among them; it
/// must have no Authorization, date or token yet.
///
/// `None` when its headers can't be signed: there is no `host`.
#[must_use]
pub fn sign(
    request: &Request<'_>,
    signer: &Signer<'_>,
    now: i64,
) -> Option<Vec<(&'static str, String)>> {
    let stamp = UnixTime(now).to_string();
    let mut added = vec![(DATE, stamp.clone())];
    if let Some(token) = signer.session_token {
        added.push((TOKEN, token.to_owned()));
    }
    let mut headers = request.headers.to_vec();
    headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
    let signed_headers = names(&headers);
    if !signed_headers.split(';').any(|name| name == "host") {
        return None;
    }
    let scope = Scope {
        date: stamp.split('T').next().unwrap_or_default(),
        region: signer.region,
        service: signer.service,
    };
    let credential = [
        signer.access_key_id,
        scope.date,
        scope.region,
        scope.service,
        TERMINATOR,
    ]
    .join("/");
    let claim = Claim {
        credential: Cow::Borrowed(&credential),
        signed_headers: Cow::Borrowed(&signed_headers),
        signature: Cow::Borrowed(""),
        session_token: None,
        date: Date::Basic(Cow::Borrowed(&stamp)),
        expires: None,
    };
    let request = Request {
        headers: &headers,
        ..*request
    };
    let text = Readings::of(&request, &claim, signer.service, true)?.first(scope, &stamp)?;
    let signature = lower_hex(&SigningKey::derive(signer.secret, scope).sign(&text));
    let signature = String::from_utf8_lossy(&signature);
    let authorization = format!(
        "{ALGORITHM} Credential={credential}, SignedHeaders={signed_headers}, Signature={signature}"
    );
    added.push(("authorization", authorization));
    Some(added)
}

/// The names of headers in lower case, in order and each once.
fn names(headers: &[(&str, &[u8])]) -> String {
    let mut names: Vec<_> = headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(";")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{KEY_ID, NOW, OwnedRequest, REGION, SECRET, SERVICE, Signing};

    fn signer(session_token: Option<&str>) -> Signer<'_> {
        Signer {
            access_key_id: KEY_ID,
            secret: SECRET,
            session_token,
            region: REGION,
            service: SERVICE,
        }
    }

    fn signed_here(mut request: OwnedRequest, token: Option<&str>) -> OwnedRequest {
        let added = request.with(|request| sign(&request, &signer(token), NOW).unwrap());
        for (name, value) in added {
            request.set(name, &value);
        }
        request
    }

    /// A request without the headers that the independent signer does not sign.
    fn request(body: Vec<u8>) -> OwnedRequest {
        let mut request = OwnedRequest::get_user();
        request.remove("user-agent");
        request.body = body;
        request
    }

    #[test]
    fn a_request_without_a_host_is_not_signed() {
        let mut request = request(Vec::new());
        request.remove("host");
        assert!(request.with(|request| sign(&request, &signer(None), NOW).is_none()));
    }

    #[test]
    fn the_token_is_signed() {
        let mut request = signed_here(request(Vec::new()), Some("token"));
        assert!(request.check(NOW).is_ok());
        request.set(TOKEN, "other");
        assert!(request.check(NOW).is_err());
    }

    proptest! {
        #[test]
        fn an_independent_signer_signs_the_same(
            body: Vec<u8>,
            // Signers differ about dot segments.
            path in "(/[a-z~%]{0,3}){1,3}",
            value in "[ -~]{0,9}",
            token in proptest::option::of("[A-Za-z0-9+/=]{1,40}"),
        ) {
            let mut request = request(body);
            request.path = path;
            request.set("X-Value", &value);
            let theirs = Signing { token: token.clone(), ..Signing::header() };
            let theirs = request.clone().signed(&theirs);
            let ours = signed_here(request, token.as_deref());
            prop_assert_eq!(ours.check(NOW), Ok(()));
            prop_assert_eq!(ours.text("authorization"), theirs.text("authorization"));
        }
    }
}
