//! Messages that xmlsec1 signed; see the fixtures' README.

use keyward_saml::{Assertion, AssertionError, Metadata, Response};

use crate::identity_provider::{ISSUED, packed};

fn judged(base64: &str) -> Result<Assertion, AssertionError> {
    let metadata = Metadata::parse(include_str!("../fixtures/metadata.xml")).unwrap();
    Response::read(base64)?.verify(&metadata, ISSUED + 5)
}

#[test]
fn signatures_of_every_algorithm_hold() {
    for base64 in [
        include_str!("../fixtures/response.b64"),
        include_str!("../fixtures/rsa-sha384.b64"),
        include_str!("../fixtures/rsa-sha512.b64"),
        include_str!("../fixtures/p256-sha256.b64"),
        include_str!("../fixtures/p384-sha384.b64"),
        include_str!("../fixtures/p521-sha512.b64"),
    ] {
        let read = judged(base64).unwrap();
        assert_eq!(read.subject, "alice");
        assert_eq!(read.session_duration, Some(1800));
        assert_eq!(read.session_not_on_or_after, Some(ISSUED + 3_600));
        assert_eq!(read.source_identity.as_deref(), Some("alice"));
        let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            read.principal_tags,
            [tag("Team", "blue & green"), tag("Cost", "7")]
        );
        assert_eq!(read.transitive_tag_keys, ["Team"]);
        assert_eq!(read.context_keys[0].name, "saml:eduPersonAffiliation");
        assert_eq!(read.context_keys[0].values, ["staff", "member"]);
    }
}

#[test]
fn sha_1_is_refused() {
    let refused = judged(include_str!("../fixtures/rsa-sha1.b64"));
    assert_eq!(refused, Err(AssertionError::SignatureInvalid));
}

/// What the fuzzer begins with. `suites/sts_federation` asks xmlsec1 about those that are accepted.
#[test]
fn seeds_of_the_fuzzer_are_judged_as_they_are_named() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/saml");
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap();
        let name = file.file_name().into_string().unwrap();
        let read = judged(&packed(&std::fs::read_to_string(file.path()).unwrap()));
        let is_accepted = name.starts_with("accepted_");
        assert_eq!(read.is_ok(), is_accepted, "{name}: {read:?}");
        assert!(is_accepted || name.starts_with("refused_"), "{name}");
        seeds += 1;
    }
    assert_ne!(seeds, 0);
}
