//! Private keys in their forms.

use keyward_saml::{PrivateKey, PrivateKeyError};

const SHORT_RSA: &str = include_str!("../fixtures/rsa1024.pkcs1");

#[test]
fn keys_are_taken_in_every_form_of_the_service() {
    for pem in [
        SHORT_RSA,
        include_str!("../fixtures/rsa1024.pkcs8"),
        include_str!("../fixtures/rsa2048.pkcs1"),
        include_str!("../fixtures/rsa.key"),
        include_str!("../fixtures/p256.key"),
        include_str!("../fixtures/p256.sec1"),
        include_str!("../fixtures/p384.key"),
        include_str!("../fixtures/p521.key"),
    ] {
        let key = PrivateKey::parse(pem).unwrap();
        assert_eq!(key.pem().expose(), pem);
        assert_eq!(format!("{key:?}"), "…");
    }
}

#[test]
fn what_is_no_usable_key_is_refused() {
    for pem in [
        "",
        "key",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n",
        include_str!("../fixtures/rsa512.pkcs1"),
        include_str!("../fixtures/encrypted.pkcs8"),
        include_str!("../fixtures/ed25519.pkcs8"),
        include_str!("../fixtures/rsa.crt"),
    ] {
        assert_eq!(PrivateKey::parse(pem), Err(PrivateKeyError), "{pem}");
    }
    assert_eq!(PrivateKeyError.to_string(), "Invalid private key.");
}

#[test]
fn a_key_in_another_keys_clothes_is_refused() {
    for (from, to) in [
        ("RSA PRIVATE KEY", "PRIVATE KEY"),
        ("RSA PRIVATE KEY", "EC PRIVATE KEY"),
    ] {
        assert_eq!(
            PrivateKey::parse(&SHORT_RSA.replace(from, to)),
            Err(PrivateKeyError)
        );
    }
}

/// A changed byte makes numbers that do not belong together, or no key at all. The last numbers
/// only make decrypting quicker and follow from the others.
#[test]
fn the_numbers_of_a_short_key_must_fit() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let bare = crate::identity_provider::bare(SHORT_RSA);
    let der = STANDARD.decode(bare).unwrap();
    let pem = |der: &[u8]| {
        let inner = STANDARD.encode(der);
        format!("-----BEGIN RSA PRIVATE KEY-----\n{inner}\n-----END RSA PRIVATE KEY-----\n")
    };
    assert!(PrivateKey::parse(&pem(&der)).is_ok());
    // The modulus begins at the eleventh byte and the second prime ends before the 420th.
    for place in (12..400).step_by(7) {
        let mut changed = der.clone();
        changed[place] ^= 0x10;
        assert_eq!(
            PrivateKey::parse(&pem(&changed)),
            Err(PrivateKeyError),
            "{place}"
        );
    }
    for length in 0..400 {
        assert_eq!(
            PrivateKey::parse(&pem(&der[..length])),
            Err(PrivateKeyError),
            "{length}"
        );
    }
}
