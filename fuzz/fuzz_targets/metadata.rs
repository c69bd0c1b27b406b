//! Metadata of SAML providers: never a panic whatever comes, and the same text is read the same again.

#![no_main]

use keyward_saml::Metadata;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let read = Metadata::parse(text);
    let again = Metadata::parse(text);
    assert_eq!(format!("{read:?}"), format!("{again:?}"));
});
