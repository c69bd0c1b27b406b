//! Texts that nobody meant.

use keyward_saml::{Metadata, PrivateKey, Response};
use proptest::prelude::*;

use crate::identity_provider::{
    ISSUED, RSA_KEY, assertion, descriptor, document, packed, provider, response, signed_response,
};

/// A text with a piece of it replaced, left out or doubled.
fn mangled(text: &str, from: usize, length: usize, new: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let from = from % letters.len();
    let to = (from + length).min(letters.len());
    let (before, rest) = letters.split_at(from);
    let after = rest.iter().skip(to - from);
    let mut mangled: String = before.iter().collect();
    mangled.push_str(new);
    mangled.extend(after);
    mangled
}

/// Pieces that mean something where they stand.
const PIECES: &str = "[<>&;#\"'=/! a-zA-Z_:\\PC]{0,12}|<a>|</saml:Assertion>|<!--|-->|<!\\[CDATA\\[|\\]\\]>|&#0;|xmlns=\"\"|ID=\"_assertion\"|<\\?a \\?>|http://www.w3.org/2000/09/xmldsig#";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_has_an_answer(text in "\\PC{0,200}") {
        let _ = Response::read(&text);
        let _ = Response::read(&packed(&text)).map(|read| read.verify(&provider(), ISSUED));
        let _ = Response::read(&packed(&response(&text))).map(|read| read.verify(&provider(), ISSUED));
        let _ = Metadata::parse(&text);
        let _ = Metadata::parse(&document(&text));
        let _ = Metadata::parse(&document(&descriptor("", &text)));
        let _ = PrivateKey::parse(&text);
    }

    #[test]
    fn a_mangled_message_is_read_as_it_was_or_refused(
        is_twice in any::<bool>(),
        from in 0_usize..8_000,
        length in 0_usize..80,
        new in PIECES,
    ) {
        let signed = assertion(&[]);
        let xml = if is_twice {
            signed_response(RSA_KEY, &signed)
        } else {
            response(&signed)
        };
        let meant = Response::read(&packed(&xml)).unwrap().verify(&provider(), ISSUED).unwrap();
        let read = Response::read(&packed(&mangled(&xml, from, length, &new)));
        if let Ok(read) = read.and_then(|read| read.verify(&provider(), ISSUED)) {
            prop_assert_eq!(read, meant);
        }
    }

    #[test]
    fn a_mangled_document_or_key_has_an_answer(
        from in 0_usize..2_000,
        length in 0_usize..80,
        new in PIECES,
    ) {
        let text = document(&descriptor("", crate::identity_provider::RSA_CERTIFICATE));
        let _ = Metadata::parse(&mangled(&text, from, length, &new));
        let _ = PrivateKey::parse(&mangled(RSA_KEY, from, length, &new));
    }
}
