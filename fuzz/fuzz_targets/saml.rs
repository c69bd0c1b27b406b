//! SAML responses: never a panic whatever comes, and an assertion is accepted only if it is, in all that
//! counts, one that the provider signed.
//!
//! The text is XML, as a response is before base64. Seeds are responses that xmlsec1 signed.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_saml::{Assertion, Metadata, Response};
use libfuzzer_sys::fuzz_target;

/// Within the time of the fixtures' assertions.
const NOW: i64 = 1_796_083_205;

const METADATA: &str = include_str!("../../crates/saml/tests/fixtures/metadata.xml");
/// All that the keys of the metadata signed.
const SIGNED: [&str; 6] = [
    include_str!("../../crates/saml/tests/fixtures/response.b64"),
    include_str!("../../crates/saml/tests/fixtures/rsa-sha384.b64"),
    include_str!("../../crates/saml/tests/fixtures/rsa-sha512.b64"),
    include_str!("../../crates/saml/tests/fixtures/p256-sha256.b64"),
    include_str!("../../crates/saml/tests/fixtures/p384-sha384.b64"),
    include_str!("../../crates/saml/tests/fixtures/p521-sha512.b64"),
];

static PROVIDER: LazyLock<Metadata> = LazyLock::new(|| Metadata::parse(METADATA).unwrap());
static ASSERTIONS: LazyLock<Vec<Assertion>> = LazyLock::new(|| {
    let verified = SIGNED.map(|text| Response::read(text).unwrap().verify(&PROVIDER, NOW));
    let assertions: Vec<_> = verified.into_iter().filter_map(Result::ok).collect();
    assert!(!assertions.is_empty());
    assertions
});

fuzz_target!(|xml: &[u8]| {
    match Response::read(&STANDARD.encode(xml)).and_then(|read| read.verify(&PROVIDER, NOW)) {
        Ok(accepted) => assert!(ASSERTIONS.contains(&accepted), "{accepted:?}"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
