//! SAML responses: never a panic whatever comes; what is accepted says to the letter what an assertion
//! says that the provider signed; it is refused once its time has passed, and never accepted with the
//! keys of another provider of the same name.
//!
//! An input is the XML of a response. Besides changing bytes, the fuzzer moves whole elements about, of
//! the input itself and of messages that are signed: this is how signatures are wrapped.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_saml::{Assertion, AssertionError, Metadata, Response};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

/// Five seconds after the messages were signed.
const NOW: i64 = 1_796_083_205;

/// Messages that xmlsec1 signed with the keys of `metadata.xml`.
const SIGNED: [&str; 6] = [
    include_str!("../../crates/saml/tests/fixtures/response.b64"),
    include_str!("../../crates/saml/tests/fixtures/rsa-sha384.b64"),
    include_str!("../../crates/saml/tests/fixtures/rsa-sha512.b64"),
    include_str!("../../crates/saml/tests/fixtures/p256-sha256.b64"),
    include_str!("../../crates/saml/tests/fixtures/p384-sha384.b64"),
    include_str!("../../crates/saml/tests/fixtures/p521-sha512.b64"),
];

struct Known {
    provider: Metadata,
    /// Of the same name, with a key that signed nothing.
    attacker: Metadata,
    /// What the provider signed: as XML, and what it says.
    signed: Vec<(String, Assertion)>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let provider = include_str!("../../crates/saml/tests/fixtures/metadata.xml");
    let provider = Metadata::parse(provider).expect("the metadata can be read");
    let issuer = provider.issuers().next().expect("there is an issuer");
    let attacker = include_str!("../../crates/saml/tests/fixtures/attacker.crt");
    let attacker = STANDARD.encode(keyward_fuzz::der(attacker));
    let attacker = format!(
        r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}"><IDPSSODescriptor><KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{attacker}</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>"#
    );
    let signed = SIGNED.map(|packed| {
        let assertion = Response::read(packed).and_then(|read| read.verify(&provider, NOW));
        let packed: String = packed.split_whitespace().collect();
        let xml = STANDARD.decode(packed).expect("the message is base64");
        let xml = String::from_utf8(xml).expect("the message is text");
        (xml, assertion.expect("the message is signed"))
    });
    Known {
        attacker: Metadata::parse(&attacker).expect("the metadata can be read"),
        signed: signed.into(),
        provider,
    }
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Response::read(text);
    }
    let response = match Response::read(&STANDARD.encode(bytes)) {
        Ok(response) => response,
        Err(refused) => return check_refusal(refused),
    };
    assert!(response.verify(&KNOWN.attacker, NOW).is_err());
    let assertion = match response.verify(&KNOWN.provider, NOW) {
        Ok(assertion) => assertion,
        Err(refused) => return check_refusal(refused),
    };
    let mut signed = KNOWN.signed.iter();
    assert!(signed.any(|(_, known)| *known == assertion));
    let too_late = response.verify(&KNOWN.provider, assertion.expires_at);
    assert_eq!(too_late, Err(AssertionError::Expired));
});

fn check_refusal(refused: AssertionError) {
    assert!(!refused.message("request").is_empty());
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Random(u64::from(seed) | 1 << 32);
    let moved = (random.below(3) == 0).then(|| with_element_moved(&data[..size], &mut random));
    match moved.flatten() {
        Some(text) if text.len() <= max_size => {
            data[..text.len()].copy_from_slice(&text);
            text.len()
        }
        Some(_) | None => fuzzer_mutate(data, size, max_size),
    }
});

/// A message with an element more, less or in the place of another.
fn with_element_moved(text: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let other = &KNOWN.signed[random.below(KNOWN.signed.len())].0;
    let from = if random.below(3) == 0 {
        other.as_bytes()
    } else {
        text
    };
    let taken = random.one_of(&elements(from))?;
    let element = match random.below(4) {
        0 => &[][..],
        _ => &from[taken.0..taken.1],
    };
    let own = random.one_of(&elements(text))?;
    // In the place of an element, before it, after it, at the beginning of it, or around what is in it.
    let (start, end) = match random.below(5) {
        0 => own,
        1 => (own.0, own.0),
        2 => (own.1, own.1),
        _ => {
            let tag = text[own.0..].iter().position(|byte| *byte == b'>')?;
            let inner = own.0 + tag + 1;
            (inner, inner)
        }
    };
    Some([&text[..start], element, &text[end..]].concat())
}

/// Where elements begin and end, as far as the tags of a text fit together.
fn elements(text: &[u8]) -> Vec<(usize, usize)> {
    let (mut open, mut found, mut at) = (Vec::new(), Vec::new(), 0);
    while let Some(start) = position(text, b'<', at) {
        let Some(last) = position(text, b'>', start) else {
            break;
        };
        at = last + 1;
        match text[start + 1] {
            b'/' => found.extend(open.pop().map(|start| (start, at))),
            b'?' | b'!' => {}
            _ if text[last - 1] == b'/' => found.push((start, at)),
            _ => open.push(start),
        }
    }
    found
}

fn position(text: &[u8], byte: u8, from: usize) -> Option<usize> {
    let found = text[from..].iter().position(|other| *other == byte)?;
    Some(from + found)
}

/// Numbers that follow from the fuzzer's seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        (!all.is_empty()).then(|| all[self.below(all.len())])
    }
}
