//! SAML metadata: never a panic whatever comes, every issuer has a name, and a message of a provider is
//! accepted only by metadata that hold the key that signed it.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_saml::{Metadata, MetadataError, Response};
use libfuzzer_sys::fuzz_target;

/// Five seconds after the message was signed.
const NOW: i64 = 1_796_083_205;
const SIGNED: &str = include_str!("../../crates/saml/tests/fixtures/response.b64");
const CERTIFICATE: &str = include_str!("../../crates/saml/tests/fixtures/rsa.crt");

/// The modulus of the key that signed the message: 256 bytes after their tag, length and sign.
static MODULUS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let der = keyward_fuzz::der(CERTIFICATE);
    let begin = [0x02, 0x82, 0x01, 0x01, 0x00];
    let mut windows = der.windows(begin.len());
    let at = windows.position(|window| window == begin);
    let at = at.expect("the key is there") + begin.len();
    der[at..at + 256].to_vec()
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let metadata = match Metadata::parse(text) {
        Ok(metadata) => metadata,
        Err(MetadataError::Unreadable | MetadataError::NoIssuer) => return,
    };
    let mut issuers = 0;
    for issuer in metadata.issuers() {
        assert!(!issuer.is_empty() && issuer.trim() == issuer);
        issuers += 1;
    }
    assert_ne!(issuers, 0);
    let response = Response::read(SIGNED).expect("the message is a response");
    if response.verify(&metadata, NOW).is_ok() {
        assert!(holds_key(text), "accepted without the key: {text}");
    }
});

/// Whether some text between two tags is base64 of something that has the modulus in it.
fn holds_key(text: &str) -> bool {
    // What stands between tags is not always what is read then.
    let document = text.strip_prefix("<?xml").unwrap_or(text);
    if ["&", "<!", "<?"].iter().any(|mark| document.contains(mark)) {
        return true;
    }
    text.split(['<', '>']).any(|piece| {
        let packed: String = piece.split_whitespace().collect();
        let bytes = STANDARD.decode(packed).unwrap_or_default();
        let mut windows = bytes.windows(MODULUS.len());
        windows.any(|window| window == MODULUS.as_slice())
    })
}
