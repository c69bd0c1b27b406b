use super::*;
use crate::{
    Regions,
    testing::{NOW, OwnedRequest, SECRET, Signing},
};

const MISMATCH: &str = "The request signature we calculated does not match the signature you \
    provided. Check your AWS Secret Access Key and signing method. Consult the service \
    documentation for details.";

fn header() -> OwnedRequest {
    OwnedRequest::get_user().signed(&Signing::header())
}

fn presigned() -> OwnedRequest {
    let mut request = OwnedRequest::get_user();
    request.method = "GET".into();
    request.query = "Action=GetUser&Version=2010-05-08".into();
    request.headers.retain(|(name, _)| name == "Host");
    request.body.clear();
    request.signed(&Signing::presigned(3600))
}

/// Checks a request and compares its error word by word.
fn refused(request: &OwnedRequest, now: i64, status: u16, code: &str, message: &str) {
    let error = request.check(now).unwrap_err();
    let found = (error.status(), error.code(), error.to_string());
    assert_eq!(found, (status, code, message.to_owned()));
}

fn changed(mut request: OwnedRequest, change: impl FnOnce(&mut OwnedRequest)) -> OwnedRequest {
    change(&mut request);
    request
}

#[test]
fn what_is_signed_right_is_accepted() {
    header().check(NOW).unwrap();
    presigned().check(NOW).unwrap();
    header().with(|request| assert!(!present(request).unwrap().is_presigned()));
    presigned().with(|request| {
        let presented = present(request).unwrap();
        assert!(presented.is_presigned());
        assert_eq!(presented.access_key_id(), "AKIDEXAMPLE");
        assert_eq!(presented.session_token(), None);
        let scope = Scope {
            date: "20200101",
            region: "us-east-1",
            service: "iam",
        };
        assert_eq!(presented.scope(), scope);
        assert_eq!(presented.time(), UnixTime(NOW));
    });
}

#[test]
fn no_signature() {
    let message = "Request is missing Authentication Token";
    let code = "MissingAuthenticationToken";
    refused(&OwnedRequest::get_user(), NOW, 403, code, message);
    for other in [
        "Bearer x",
        "Basic Og==",
        "",
        "AWS4-HMAC-SHA256x Credential=a",
    ] {
        let request = changed(header(), |request| request.set("Authorization", other));
        refused(&request, NOW, 403, code, message);
    }
}

#[test]
fn an_unknown_algorithm() {
    for algorithm in ["X-Amz-Algorithm=AWS4-HMAC-SHA1", "X-Amz-Algorithm=", "a=b"] {
        let request = changed(presigned(), |request| {
            request.replace("X-Amz-Algorithm=AWS4-HMAC-SHA256", algorithm);
        });
        refused(
            &request,
            NOW,
            403,
            "MissingAuthenticationToken",
            "Missing Authentication Token",
        );
    }
}

#[test]
fn a_missing_part_of_the_header() {
    let cases = [
        (
            "AWS4-HMAC-SHA256",
            "Authorization header requires 'Credential' parameter. (Hashed with SHA-256 and \
             encoded with Base64) Authorization=YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0=",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=host",
            "Authorization header requires 'Signature' parameter. (Hashed with SHA-256 and \
             encoded with Base64) Authorization=OquLTSBz2Qq1h+xoN9wsw6GSgxa5gUhdwCOYfu9jfrM=",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=0, SignedHeaders=",
            "Authorization header requires 'SignedHeaders' parameter. (Hashed with SHA-256 and \
             encoded with Base64) Authorization=q1LefvUstPg1z9+tfzurJVcb5LleIQlO9h978hOgIxg=",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a, Credential=a, Signature=0, SignedHeaders=host",
            "Authorization header requires 'Credential' parameter. (Hashed with SHA-256 and \
             encoded with Base64) Authorization=GxT1vKemZQdoeVDl2/YJ0JkQjDmB69KxGgFHl9NmZRA=",
        ),
    ];
    for (authorization, message) in cases {
        let request = changed(header(), |request| {
            request.set("Authorization", authorization);
        });
        refused(&request, NOW, 400, "IncompleteSignature", message);
    }
}

#[test]
fn an_authorization_header_given_twice() {
    let request = changed(header(), |request| {
        let again = request.text("authorization").as_bytes().to_vec();
        request.headers.push(("AUTHORIZATION".into(), again));
    });
    let error = request.check(NOW).unwrap_err();
    assert!(matches!(
        error,
        SignatureError::MissingPart {
            part: "Signature",
            ..
        }
    ));
}

#[test]
fn a_missing_date() {
    let request = changed(header(), |request| {
        request.remove("x-amz-date");
        let parts = "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0";
        request.set("Authorization", parts);
    });
    let message = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
        header. (Hashed with SHA-256 and encoded with Base64) \
        Authorization=4z2krKc4PRFNseyzSAfQUMVAJAzN3MGdp9O6fL5HMhU=";
    refused(&request, NOW, 400, "IncompleteSignature", message);
}

#[test]
fn a_missing_parameter_of_a_presigned_request() {
    let parameters = [
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
    ];
    for parameter in parameters {
        let message = format!(
            "AWS query-string parameters must include '{parameter}'. Re-examine the query-string \
             parameters."
        );
        let gone = changed(presigned(), |request| request.replace(parameter, "Other"));
        refused(&gone, NOW, 400, "IncompleteSignature", &message);
        let twice = changed(presigned(), |request| {
            request.append_query(parameter, "again");
        });
        refused(&twice, NOW, 400, "IncompleteSignature", &message);
    }
}

#[test]
fn an_expiry_out_of_its_range() {
    let message = "AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the \
        query-string parameters.";
    for expires in ["0", "604801", "-1", "%2B60", "1.5", "x", "99999999999", ""] {
        let request = changed(presigned(), |request| {
            let wrong = format!("X-Amz-Expires={expires}");
            request.replace("X-Amz-Expires=3600", &wrong);
        });
        let error = request.check(NOW).unwrap_err();
        if expires.is_empty() {
            // An empty value was not given: fifteen minutes, which nobody signed.
            assert_eq!(error, SignatureError::Mismatch);
        } else {
            refused(&request, NOW, 400, "IncompleteSignature", message);
        }
    }
    for seconds in [1, 604_800] {
        OwnedRequest::get_user()
            .signed(&Signing::presigned(seconds))
            .check(NOW)
            .unwrap();
    }
}

#[test]
fn a_malformed_credential() {
    for credential in ["AKIDEXAMPLE/20200101/us-east-1/iam", "a", "a/b/c/d/e/f"] {
        let message = format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got '{credential}'"
        );
        let right = "AKIDEXAMPLE/20200101/us-east-1/iam/aws4_request";
        let request = changed(header(), |request| request.replace(right, credential));
        refused(&request, NOW, 400, "IncompleteSignature", &message);
        let (right, wrong) = (right.replace('/', "%2F"), credential.replace('/', "%2F"));
        let request = changed(presigned(), |request| request.replace(&right, &wrong));
        refused(&request, NOW, 400, "IncompleteSignature", &message);
    }
}

#[test]
fn a_malformed_date() {
    let message = "Date must be in ISO-8601 'basic format'. Got '2020-01-01'. See \
        http://en.wikipedia.org/wiki/ISO_8601";
    let request = changed(header(), |request| request.set("X-Amz-Date", "2020-01-01"));
    refused(&request, NOW, 400, "IncompleteSignature", message);
    let request = changed(header(), |request| {
        request.remove("X-Amz-Date");
        request.set("Date", "2020-01-01");
    });
    refused(&request, NOW, 400, "IncompleteSignature", message);
    let request = changed(presigned(), |request| {
        request.replace("20200101T000000Z", "2020-01-01");
    });
    refused(&request, NOW, 400, "IncompleteSignature", message);
}

#[test]
fn a_date_header_serves_where_no_x_amz_date_is() {
    let request = changed(header(), |request| {
        request.remove("X-Amz-Date");
        request.set("Date", "Wed, 01 Jan 2020 00:00:00 GMT");
    });
    request.with(|request| assert_eq!(present(request).unwrap().time(), UnixTime(NOW)));
    let both = changed(header(), |request| request.set("Date", "nonsense"));
    both.check(NOW).unwrap();
}

#[test]
fn a_host_that_is_not_signed() {
    let message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    let request = changed(header(), |request| request.replace(";host", ""));
    refused(&request, NOW, 403, "SignatureDoesNotMatch", message);
    let request = changed(presigned(), |request| {
        request.replace("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=accept");
    });
    refused(&request, NOW, 403, "SignatureDoesNotMatch", message);
}

#[test]
fn a_wrong_scope() {
    let cases = [
        (
            "/us-east-1/",
            "/eu-west-1/",
            "Credential should be scoped to a valid region. ",
        ),
        (
            "/iam/",
            "/sts/",
            "Credential should be scoped to correct service: 'iam'.",
        ),
        (
            "/aws4_request",
            "/aws4",
            "Credential should be scoped with a valid terminator: 'aws4_request'.",
        ),
        (
            "/20200101/",
            "/20200102/",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '20200102' != '20200101', from '20200101T000000Z'.",
        ),
    ];
    for (right, wrong, message) in cases {
        let request = changed(header(), |request| request.replace(right, wrong));
        refused(&request, NOW, 403, "SignatureDoesNotMatch", message);
        let (right, wrong) = (right.replace('/', "%2F"), wrong.replace('/', "%2F"));
        let request = changed(presigned(), |request| request.replace(&right, &wrong));
        refused(&request, NOW, 403, "SignatureDoesNotMatch", message);
    }
}

#[test]
fn any_region_may_be_served() {
    header().with(|request| {
        let presented = present(request).unwrap();
        let key = SigningKey::derive(SECRET, presented.scope());
        let expected = Expected {
            service: "iam",
            regions: Regions::Any,
            normalize_path: true,
            presigned: PresignedLifetime::AsAsked,
        };
        presented.check(&key, &expected, NOW).unwrap();
        let expected = Expected {
            regions: Regions::Only(&[]),
            ..expected
        };
        let refusal = presented.judge(&expected, NOW);
        assert_eq!(refusal, Err(SignatureError::WrongRegion));
    });
}

#[test]
fn a_signature_lives_fifteen_minutes_both_ways() {
    for near in [NOW - 900, NOW, NOW + 900] {
        header().check(near).unwrap();
    }
    let message = "Signature expired: 20200101T000000Z is now earlier than 20200101T001500Z \
        (20200101T003000Z - 15 min.)";
    refused(&header(), NOW + 1800, 403, "SignatureDoesNotMatch", message);
    let message = "Signature expired: 20200101T000000Z is now earlier than 20200101T000001Z \
        (20200101T001501Z - 15 min.)";
    refused(&header(), NOW + 901, 403, "SignatureDoesNotMatch", message);

    let ahead = Signing {
        time: NOW + 3600,
        ..Signing::header()
    };
    let message = "Signature not yet current: 20200101T010000Z is still later than \
        20200101T001500Z (20200101T000000Z + 15 min.)";
    refused(
        &OwnedRequest::get_user().signed(&ahead),
        NOW,
        403,
        "SignatureDoesNotMatch",
        message,
    );
}

#[test]
fn a_presigned_request_lives_as_long_as_it_says() {
    for near in [NOW - 900, NOW, NOW + 3600] {
        presigned().check(near).unwrap();
    }
    refused(
        &presigned(),
        NOW + 3601,
        400,
        "RequestExpired",
        "Request has expired.",
    );
    let message = "Signature not yet current: 20200101T000000Z is still later than \
        20191231T235959Z (20191231T234459Z + 15 min.)";
    refused(
        &presigned(),
        NOW - 901,
        403,
        "SignatureDoesNotMatch",
        message,
    );
}

#[test]
fn a_presigned_request_lives_like_others_where_its_expiry_is_not_heard() {
    let check = |request: &OwnedRequest, now| {
        request.with(|request| {
            let presented = present(request)?;
            let key = SigningKey::derive(SECRET, presented.scope());
            let expected = Expected {
                service: "iam",
                regions: Regions::Any,
                normalize_path: true,
                presigned: PresignedLifetime::LikeHeaders,
            };
            presented.check(&key, &expected, now)
        })
    };
    let too_old = "Signature expired: 20200101T000000Z is now earlier than 20200101T000001Z \
        (20200101T001501Z - 15 min.)";
    for seconds in [1, 60, 3600, 604_800] {
        let request = OwnedRequest::get_user().signed(&Signing::presigned(seconds));
        for now in [NOW - 900, NOW, NOW + 60, NOW + 900] {
            check(&request, now).unwrap();
        }
        let error = check(&request, NOW + 901).unwrap_err();
        assert_eq!(error.to_string(), too_old, "{seconds}");
        assert_eq!(error.code(), "SignatureDoesNotMatch");
    }
    // Whatever else stands there is covered by the signature, and not read.
    for expires in ["0", "604801", "x", ""] {
        let request = changed(presigned(), |request| {
            let other = format!("X-Amz-Expires={expires}");
            request.replace("X-Amz-Expires=3600", &other);
        });
        assert_eq!(check(&request, NOW).unwrap_err(), SignatureError::Mismatch);
    }
}

#[test]
fn the_asymmetric_scheme_is_refused_by_its_name() {
    let message =
        "AWS4-ECDSA-P256-SHA256 (SigV4a) is not supported here: sign with AWS4-HMAC-SHA256.";
    let scheme = |request: &mut OwnedRequest| {
        request.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256");
    };
    for request in [changed(header(), scheme), changed(presigned(), scheme)] {
        refused(&request, NOW, 400, "IncompleteSignature", message);
    }
}

#[test]
fn a_clock_at_the_end_of_time_does_not_overflow() {
    for now in [i64::MIN, i64::MAX] {
        header().check(now).unwrap_err().to_string();
        presigned().check(now).unwrap_err().to_string();
    }
}

#[test]
fn a_wrong_signature() {
    let requests = [
        changed(header(), |request| request.body.push(b'x')),
        changed(header(), |request| request.method = "PUT".into()),
        changed(header(), |request| request.remove("host")),
        changed(header(), |request| {
            request.replace("Signature=", "Signature=00");
        }),
        changed(presigned(), |request| {
            request.append_query("UserName", "Eve");
        }),
    ];
    for request in requests {
        refused(&request, NOW, 403, "SignatureDoesNotMatch", MISMATCH);
    }
    let shouted = changed(header(), |request| {
        let text = request.text("authorization").to_owned();
        let (head, signature) = text.rsplit_once('=').unwrap();
        request.set(
            "authorization",
            &format!("{head}={}", signature.to_uppercase()),
        );
    });
    refused(&shouted, NOW, 403, "SignatureDoesNotMatch", MISMATCH);
}

#[test]
fn another_secret_does_not_match() {
    header().with(|request| {
        let presented = present(request).unwrap();
        let expected = Expected {
            service: "iam",
            regions: Regions::Any,
            normalize_path: true,
            presigned: PresignedLifetime::AsAsked,
        };
        let key = SigningKey::derive("another", presented.scope());
        let error = presented.check(&key, &expected, NOW).unwrap_err();
        assert_eq!(error.to_string(), MISMATCH);
    });
}

#[test]
fn signed_headers_out_of_order_or_repeated_do_not_match() {
    for names in [
        "x-amz-date;host",
        "host;host;x-amz-date",
        "Host;host;x-amz-date",
        "host;",
    ] {
        let request = changed(header(), |request| {
            let text = request.text("authorization").to_owned();
            let (head, rest) = text.split_once("SignedHeaders=").unwrap();
            let (_, tail) = rest.split_once(',').unwrap();
            request.set(
                "authorization",
                &format!("{head}SignedHeaders={names},{tail}"),
            );
        });
        refused(&request, NOW, 403, "SignatureDoesNotMatch", MISMATCH);
    }
}

#[test]
fn a_signed_hash_must_be_the_bodys() {
    let with_hash = |value: &str| {
        let mut request = OwnedRequest::get_user();
        request.set("X-Amz-Content-Sha256", value);
        request.signed(&Signing::header())
    };
    with_hash("c5e9ad2dbf0a9f7a2b1c6b9c1f3d2a5b3e7e6d7c8a9b0c1d2e3f405162738495")
        .check(NOW)
        .unwrap_err();
    refused(
        &with_hash("UNSIGNED-PAYLOAD"),
        NOW,
        403,
        "SignatureDoesNotMatch",
        MISMATCH,
    );
    let hash = lower_hex(&{
        use sha2::Digest;
        sha2::Sha256::digest(OwnedRequest::get_user().body).into()
    });
    with_hash(std::str::from_utf8(&hash).unwrap())
        .check(NOW)
        .unwrap();

    // One that is not signed says nothing.
    let unsigned = changed(header(), |request| request.set("X-Amz-Content-Sha256", "x"));
    unsigned.check(NOW).unwrap();
}

#[test]
fn a_token_is_found_signed_or_not_in_header_or_query() {
    let token = Some("token/with+signs==".to_owned());
    for sign_token in [true, false] {
        for signing in [Signing::header(), Signing::presigned(60)] {
            let signing = Signing {
                token: token.clone(),
                sign_token,
                ..signing
            };
            let request = OwnedRequest::get_user().signed(&signing);
            request.check(NOW).unwrap();
            request.with(|request| {
                let presented = present(request).unwrap();
                assert_eq!(presented.session_token(), token.as_deref());
            });
        }
    }
}

#[test]
fn a_token_given_twice_is_nobodys() {
    let repeated = changed(header(), |request| {
        request
            .headers
            .push(("x-amz-security-token".into(), b"a".into()));
        request
            .headers
            .push(("X-Amz-Security-Token".into(), b" b ".into()));
    });
    repeated.with(|request| assert_eq!(present(request).unwrap().session_token(), Some("a,b")));
}

#[test]
fn what_is_presented_does_not_print_its_token_or_signature() {
    let signing = Signing {
        token: Some("hidden".into()),
        ..Signing::header()
    };
    OwnedRequest::get_user().signed(&signing).with(|request| {
        let printed = format!("{:?}", present(request).unwrap());
        assert!(printed.contains("AKIDEXAMPLE"), "{printed}");
        assert!(
            !printed.contains("hidden") && !printed.contains("ignature"),
            "{printed}"
        );
    });
}
