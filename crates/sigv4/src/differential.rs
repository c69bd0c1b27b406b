//! What `aws-sigv4` signs is accepted, and refused once anything of it was changed.

use keyward_wire::percent::{self, Keep};
use proptest::{collection::vec, option, prelude::*};

use crate::{
    Expected, PresignedLifetime, Regions, SigningKey, present,
    testing::{KEY_ID, NOW, OwnedRequest, REGION, SECRET, SERVICE, Signing},
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn signatures_of_another_signer_are_accepted_and_tampered_ones_refused(
        request in requests(),
        signing in signings(),
        bit in 0_u8..8,
        digit in 0_usize..64,
        seconds in 1_i64..86_400,
    ) {
        let signed = request.signed(&signing);
        prop_assert!(accepts(&signed, &signing), "not accepted: {signed:#?}");
        for (what, tampered) in tampered(&signed, &signing, bit, digit, seconds) {
            prop_assert!(!accepts(&tampered, &signing), "{what}: {tampered:#?}");
        }
    }
}

/// Whether a server that knows one key with one session token lets the request in.
fn accepts(request: &OwnedRequest, signing: &Signing) -> bool {
    request.with(|request| {
        let Ok(presented) = present(request) else {
            return false;
        };
        let known = presented.access_key_id() == KEY_ID
            && presented.session_token() == signing.token.as_deref();
        let key = SigningKey::derive(SECRET, presented.scope());
        let expected = Expected {
            service: SERVICE,
            regions: Regions::Only(&[REGION]),
            normalize_path: signing.normalize_path,
            presigned: PresignedLifetime::AsAsked,
        };
        known && presented.check(&key, &expected, NOW).is_ok()
    })
}

/// The request with one thing changed, for each thing there is.
fn tampered(
    signed: &OwnedRequest,
    signing: &Signing,
    bit: u8,
    digit: usize,
    seconds: i64,
) -> Vec<(String, OwnedRequest)> {
    let mut all = Vec::new();
    let mut add = |what: &str, change: &dyn Fn(&mut OwnedRequest)| {
        let mut request = signed.clone();
        change(&mut request);
        all.push((what.to_owned(), request));
    };
    add("method", &|request| request.method.push('X'));
    add("path", &|request| request.path.push('x'));
    add("query", &|request| request.append_query("x", "y"));
    add("body", &|request| request.body.push(b'x'));
    add("key id", &|request| request.replace(KEY_ID, "AKIDEXAMPLF"));
    add("region", &|request| request.replace(REGION, "us-east-2"));
    add("terminator", &|request| {
        request.replace("aws4_request", "aws5_request");
    });
    add("signature", &|request| flip(request, bit, digit));
    add("date", &|request| move_date(request, signing.time, seconds));
    if let Some(token) = &signing.token {
        add("token", &|request| {
            let token = format!("{token}x");
            if signing.presigned.is_some() {
                request.append_query("X-Amz-Security-Token", &token);
            } else {
                request.set("x-amz-security-token", &token);
            }
        });
        add("token removed", &|request| {
            request.remove("x-amz-security-token");
            request.replace("X-Amz-Security-Token", "X");
        });
    }
    if signing.presigned.is_some() {
        add("expiry", &|request| {
            request.replace("X-Amz-Expires=", "X-Amz-Expires=1");
        });
    }
    for name in signed_headers(signed) {
        let change = |request: &mut OwnedRequest| {
            let headers = &mut request.headers;
            let header = headers
                .iter_mut()
                .find(|(given, _)| given.eq_ignore_ascii_case(&name));
            header.unwrap().1.push(b'x');
        };
        add(&format!("header {name} changed"), &change);
        add(&format!("header {name} removed"), &|request| {
            request.remove(&name);
        });
        add(&format!("header {name} repeated"), &|request| {
            request.headers.push((name.clone(), b"x".into()));
        });
    }
    all
}

fn signed_headers(request: &OwnedRequest) -> Vec<String> {
    request.with(|request| {
        let names = &present(request).unwrap().claim.signed_headers;
        names.split(';').map(str::to_owned).collect()
    })
}

/// Flips one bit of one digit of the signature, which may make it no digit at all.
fn flip(request: &mut OwnedRequest, bit: u8, digit: usize) {
    let signature = request.with(|request| present(request).unwrap().claim.signature.to_string());
    let mut flipped = signature.clone().into_bytes();
    flipped[digit] ^= 1 << bit;
    let flipped = String::from_utf8_lossy(&flipped).into_owned();
    request.replace(&signature, &flipped);
}

fn move_date(request: &mut OwnedRequest, time: i64, seconds: i64) {
    let date = crate::UnixTime(time).to_string();
    let moved = crate::UnixTime(time + seconds).to_string();
    request.query = request.query.replace(&date, &moved);
    if request.headers.iter().any(|(name, _)| name == "x-amz-date") {
        request.set("x-amz-date", &moved);
    }
}

fn signings() -> impl Strategy<Value = Signing> {
    let presigned = option::of(1000_u32..604_801);
    let token = option::of("[a-zA-Z0-9+/=]{1,60}");
    let age = -900_i64..901;
    (age, token, presigned, any::<bool>(), any::<bool>()).prop_map(
        |(age, token, presigned, normalize_path, sign_token)| Signing {
            time: NOW + age,
            token,
            presigned,
            normalize_path,
            sign_token,
        },
    )
}

fn requests() -> impl Strategy<Value = OwnedRequest> {
    let method = prop_oneof!["GET", "POST", "PUT", "DELETE", "[A-Z]{1,8}"];
    let segment = prop_oneof![
        Just(String::new()),
        Just(".".to_owned()),
        Just("..".to_owned()),
        "([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2}){1,8}",
    ];
    let path = vec(segment, 0..6).prop_map(|segments| format!("/{}", segments.join("/")));
    (method, path, queries(), headers(), vec(any::<u8>(), 0..40)).prop_map(
        |(method, path, query, headers, body)| OwnedRequest {
            method,
            path,
            query,
            headers,
            body,
        },
    )
}

/// Parameters in any of the ways to write them, with repeated names.
fn queries() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[a-c]{1,2}",
        "[a-zA-Z0-9._~!$'()*+,;:@/?-]{0,6}",
        ".{0,4}"
            .prop_map(|text| { percent::encode(text.as_bytes(), Keep::Unreserved).to_string() }),
        "(%[2-7][0-9a-fA-F]){1,3}",
    ];
    let pair = (text.clone(), option::of(text)).prop_map(|(name, value)| match value {
        Some(value) => format!("{name}={value}"),
        None => name,
    });
    vec(pair, 0..6).prop_map(|pairs| pairs.join("&"))
}

fn headers() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let name = prop_oneof![
        "[Xx]-[a-cA-C]",
        "[xX]-[a-zA-Z0-9-]{1,8}",
        "[Xx]-[Aa]mz-[a-z]{1,4}"
    ];
    let value = prop_oneof![
        "[ -~]{0,12}",
        "[a-z \t]{0,10}",
        "[ a\u{e9}\u{4e00}\u{1f600}]{0,8}"
    ]
    .prop_map(|value: String| {
        // HTTP takes tabs around a value away before any server sees them.
        let value = value.trim_matches([' ', '\t']);
        format!("  {value} ").into_bytes()
    });
    let others = vec((name, value), 0..5);
    let host = prop_oneof![
        "iam\\.amazonaws\\.com",
        "[a-z]{1,8}",
        "127\\.0\\.0\\.1:[1-9][0-9]{2}"
    ];
    (host, others, any::<bool>()).prop_map(|(host, mut others, first)| {
        let host = ("Host".to_owned(), host.into_bytes());
        others.insert(if first { 0 } else { others.len() }, host);
        others
    })
}
