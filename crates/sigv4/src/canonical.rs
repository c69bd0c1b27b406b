//! The canonical request: the one text that signer and verifier must agree on.
//!
//! Signers in use do not agree on all of it. Where two of them read the rules differently, each
//! reading that means the same request is tried ([`Readings`]); an ordinary request has but one.

use keyward_wire::percent::{self, Keep, Plus};
use sha2::{Digest, Sha256};

use crate::{
    Request,
    encoding::{decode_query_text, lower_hex},
    form::{ALGORITHM, Claim, SIGNATURE_PARAMETER, TOKEN_PARAMETER, header, pairs},
    key::{Scope, TERMINATOR},
};

/// Every reading of a request that a signer may have signed.
pub(crate) struct Readings<'a> {
    method: &'a str,
    paths: [Option<Vec<u8>>; 2],
    queries: [Option<Vec<u8>>; 3],
    headers: [Option<Vec<u8>>; 2],
    signed_headers: &'a str,
    payload: [u8; 64],
}

impl<'a> Readings<'a> {
    /// Reads a request. `None` when no signer can have signed it: its signed headers are not there
    /// or not in their canonical order and case, or the body is not the one that the signed
    /// `x-amz-content-sha256` tells.
    pub(crate) fn of(
        request: &Request<'a>,
        claim: &'a Claim<'a>,
        service: &str,
        normalize_path: bool,
    ) -> Option<Self> {
        let signed_headers: &str = &claim.signed_headers;
        let payload = payload_hash(request, signed_headers)?;
        Some(Self {
            method: request.method,
            paths: paths(request.path, service, normalize_path),
            queries: queries(request.query, claim.expires.is_some()),
            headers: headers(request, signed_headers)?,
            signed_headers,
            payload,
        })
    }

    /// Whether any reading's string to sign satisfies `check`; `time` is in the basic form.
    pub(crate) fn any(&self, scope: Scope<'_>, time: &str, check: impl Fn(&[u8]) -> bool) -> bool {
        self.paths.iter().flatten().any(|path| {
            self.queries.iter().flatten().any(|query| {
                self.headers.iter().flatten().any(|headers| {
                    check(&string_to_sign(
                        scope,
                        time,
                        self.hash(path, query, headers),
                    ))
                })
            })
        })
    }

    /// The string to sign of the first reading, the one that the rules give.
    pub(crate) fn first(&self, scope: Scope<'_>, time: &str) -> Option<Vec<u8>> {
        let [path, _] = &self.paths;
        let [query, _, _] = &self.queries;
        let [headers, _] = &self.headers;
        let hash = self.hash(path.as_deref()?, query.as_deref()?, headers.as_deref()?);
        Some(string_to_sign(scope, time, hash))
    }

    /// The hash of one reading's canonical request.
    fn hash(&self, path: &[u8], query: &[u8], headers: &[u8]) -> [u8; 64] {
        let mut hash = Sha256::new();
        let signed_headers = self.signed_headers.as_bytes();
        let lines = [self.method.as_bytes(), path, query, headers, signed_headers];
        for line in lines {
            hash.update(line);
            hash.update(b"\n");
        }
        hash.update(self.payload);
        lower_hex(&hash.finalize().into())
    }
}

fn string_to_sign(scope: Scope<'_>, time: &str, request_hash: [u8; 64]) -> Vec<u8> {
    let Scope {
        date,
        region,
        service,
    } = scope;
    let mut text = Vec::with_capacity(192);
    let scope = [date, "/", region, "/", service, "/", TERMINATOR, "\n"];
    for part in [ALGORITHM, "\n", time, "\n"].into_iter().chain(scope) {
        text.extend_from_slice(part.as_bytes());
    }
    text.extend_from_slice(&request_hash);
    text
}

/// The path: normalised, then encoded once more than it came. For S3 it is encoded only once.
///
/// After a last segment of `.` or `..` some signers leave a slash, as RFC 3986 has it, and some
/// leave none: both are given.
fn paths(path: &str, service: &str, normalize_path: bool) -> [Option<Vec<u8>>; 2] {
    let encoded = |path: &[u8]| {
        let mut decoded = Vec::new();
        let path = if service == "s3" {
            percent::decode(path, Plus::Plus, &mut decoded);
            &decoded
        } else {
            path
        };
        bytes_of(percent::encode(path, Keep::Slash), path.len())
    };
    if !normalize_path || path == "/" {
        let path = if path.is_empty() { "/" } else { path };
        return [Some(encoded(path.as_bytes())), None];
    }
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let bare = format!("/{}", kept.join("/"));
    let slashed = if kept.is_empty() {
        None
    } else {
        Some(format!("{bare}/"))
    };
    let encoded = |path: String| encoded(path.as_bytes());
    if path.ends_with('/') {
        [Some(encoded(slashed.unwrap_or(bare))), None]
    } else if path.ends_with("/.") || path.ends_with("/..") {
        [Some(encoded(bare)), slashed.map(encoded)]
    } else {
        [Some(encoded(bare)), None]
    }
}

/// The pieces as one text, for which there is room for `length` bytes from the start.
fn bytes_of<'a>(pieces: impl Iterator<Item = &'a str>, length: usize) -> Vec<u8> {
    let mut text = String::with_capacity(length);
    text.extend(pieces);
    text.into_bytes()
}

/// The query without the signature, sorted by name and value.
///
/// First with every name and value decoded and encoded anew. Some signers sign the text as it
/// stands, which differs when it is not encoded to the letter. That is safe to accept: such a text
/// is no other query's encoded form. And a presigned request's session token may have been added
/// after signing.
fn queries(query: &str, presigned: bool) -> [Option<Vec<u8>>; 3] {
    if query.is_empty() {
        return [Some(Vec::new()), None, None];
    }
    let signed = |name: &str| !presigned || decode_query_text(name) != SIGNATURE_PARAMETER;
    let encoded = |text: &str| {
        let mut decoded = Vec::with_capacity(text.len());
        percent::decode(text.as_bytes(), Plus::Space, &mut decoded);
        bytes_of(percent::encode(&decoded, Keep::Unreserved), text.len())
    };
    let canonical: Vec<_> = pairs(query)
        .filter(|(name, _)| signed(name))
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    let as_it_stands: Vec<_> = query
        .split('&')
        .map(|piece| piece.split_once('=').unwrap_or((piece, "")))
        .filter(|(name, _)| signed(name))
        .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()))
        .collect();
    let without_token: Vec<_> = canonical
        .iter()
        .filter(|(name, _)| !presigned || name != TOKEN_PARAMETER.as_bytes())
        .cloned()
        .collect();
    let fewer = without_token.len() < canonical.len();

    let canonical = sorted(canonical);
    let as_it_stands = Some(sorted(as_it_stands)).filter(|text| *text != canonical);
    let without_token = fewer.then(|| sorted(without_token));
    [Some(canonical), as_it_stands, without_token]
}

fn sorted(mut pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<u8> {
    pairs.sort_unstable();
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(name, value)| [name, value].join(&b'='))
        .collect();
    pairs.join(&b'&')
}

/// The signed headers, one line each. `None` when their names are not in lower case, in order and
/// without repetition, or when one of them did not come.
///
/// A tab inside a value is a blank like any other to some signers, and not to others.
fn headers(request: &Request<'_>, signed_headers: &str) -> Option<[Option<Vec<u8>>; 2]> {
    let mut lines = Vec::with_capacity(256);
    let mut tabless = None;
    let mut previous = "";
    for name in signed_headers.split(';') {
        if name <= previous || name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        previous = name;
        write_header(request, name, Tab::Itself, &mut lines)?;
    }
    if lines.contains(&b'\t') {
        let lines = tabless.insert(Vec::with_capacity(lines.len()));
        for name in signed_headers.split(';') {
            write_header(request, name, Tab::Space, lines)?;
        }
    }
    Some([Some(lines), tabless])
}

/// What a tab inside a header's value stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Itself,
    Space,
}

/// Appends one header's line: its values joined by commas, trimmed, each run of spaces made one.
fn write_header(request: &Request<'_>, name: &str, tab: Tab, lines: &mut Vec<u8>) -> Option<()> {
    let mut values = request
        .headers
        .iter()
        .filter(|(given, _)| given.eq_ignore_ascii_case(name))
        .map(|(_, value)| *value);
    let first = values.next()?;
    lines.extend_from_slice(name.as_bytes());
    lines.push(b':');
    write_value(first, tab, lines);
    for value in values {
        lines.push(b',');
        write_value(value, tab, lines);
    }
    lines.push(b'\n');
    Some(())
}

fn write_value(value: &[u8], tab: Tab, lines: &mut Vec<u8>) {
    let mut after_space = false;
    for &byte in value.trim_ascii() {
        let byte = if byte == b'\t' && tab == Tab::Space {
            b' '
        } else {
            byte
        };
        if byte != b' ' || !after_space {
            lines.push(byte);
        }
        after_space = byte == b' ';
    }
}

/// The hash of the body. A signed `x-amz-content-sha256` must say the same, so `UNSIGNED-PAYLOAD`
/// is no hash of any body.
fn payload_hash(request: &Request<'_>, signed_headers: &str) -> Option<[u8; 64]> {
    const CONTENT_HASH: &str = "x-amz-content-sha256";
    let hash = lower_hex(&Sha256::digest(request.body).into());
    let told = signed_headers
        .split(';')
        .any(|name| name == CONTENT_HASH)
        .then(|| header(request, CONTENT_HASH));
    match told {
        Some(told) => (*told? == hash).then_some(hash),
        None => Some(hash),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(readings: impl IntoIterator<Item = Option<Vec<u8>>>) -> Vec<String> {
        let texts = readings.into_iter().flatten();
        texts.map(|text| String::from_utf8(text).unwrap()).collect()
    }

    #[test]
    fn a_path_is_normalised_and_encoded_once_more() {
        let cases: &[(&str, &[&str])] = &[
            ("", &["/"]),
            ("/", &["/"]),
            ("/a b/%20", &["/a%20b/%2520"]),
            ("/\u{1234}", &["/%E1%88%B4"]),
            ("//a///b//", &["/a/b/"]),
            ("/a/./b/../c", &["/a/c"]),
            ("/../..", &["/"]),
            ("/a/b/..", &["/a", "/a/"]),
            ("/a/.", &["/a", "/a/"]),
            ("/a/./", &["/a/"]),
            ("/..a/.b./...", &["/..a/.b./..."]),
        ];
        for (path, expected) in cases {
            assert_eq!(texts(paths(path, "iam", true)), *expected, "{path}");
        }
    }

    #[test]
    fn a_path_may_be_kept_as_it_is() {
        for path in ["//a/./b/..", "/a/", "/"] {
            assert_eq!(texts(paths(path, "iam", false)), [path]);
        }
        assert_eq!(texts(paths("", "iam", false)), ["/"]);
    }

    #[test]
    fn a_path_of_s3_is_encoded_once() {
        assert_eq!(
            texts(paths("/a%20b+c/%7E//d", "s3", false)),
            ["/a%20b%2Bc/~//d"]
        );
    }

    #[test]
    fn a_query_is_encoded_anew_and_sorted() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[""]),
            ("b=2&a=1&a=0", &["a=0&a=1&b=2"]),
            ("a&b=", &["a=&b="]),
            ("a-b=1&a=2", &["a=2&a-b=1"]),
            ("a=b+c", &["a=b%20c", "a=b+c"]),
            ("%61=%7e&%2B=%2f", &["%2B=%2F&a=~", "%2B=%2f&%61=%7e"]),
            ("&&a=b=c", &["a=b%3Dc", "=&=&a=b=c"]),
        ];
        for (query, expected) in cases {
            assert_eq!(texts(queries(query, false)), *expected, "{query}");
        }
    }

    #[test]
    fn only_a_presigned_query_is_without_its_signature() {
        let query = "a=1&X-Amz-Signature=00";
        assert_eq!(texts(queries(query, true)), ["a=1"]);
        assert_eq!(texts(queries(query, false)), ["X-Amz-Signature=00&a=1"]);
    }

    #[test]
    fn a_presigned_token_may_be_outside_the_signature() {
        let query = "b=1&X-Amz-Security-Token=t";
        assert_eq!(
            texts(queries(query, true)),
            ["X-Amz-Security-Token=t&b=1", "b=1"]
        );
        assert_eq!(texts(queries(query, false)), ["X-Amz-Security-Token=t&b=1"]);
    }

    #[test]
    fn header_values_are_trimmed_joined_and_their_spaces_made_one() {
        let headers_given: &[(&str, &[u8])] = &[
            ("Host", b" example.com "),
            ("X-B", b"  a   b  \"c   d\"\t"),
            ("x-b", b""),
            ("X-b", b"z"),
            ("X-Tab", b"a\t\tb"),
        ];
        let request = Request {
            method: "GET",
            path: "/",
            query: "",
            headers: headers_given,
            body: b"",
        };
        let lines = |names| headers(&request, names).map(texts);
        assert_eq!(
            lines("host;x-b").unwrap(),
            ["host:example.com\nx-b:a b \"c d\",,z\n"]
        );
        assert_eq!(lines("x-tab").unwrap(), ["x-tab:a\t\tb\n", "x-tab:a b\n"]);
        for names in [
            "",
            "host;",
            ";host",
            "x-b;host",
            "host;host",
            "Host",
            "host;x-none",
        ] {
            assert_eq!(lines(names), None, "{names}");
        }
    }
}
