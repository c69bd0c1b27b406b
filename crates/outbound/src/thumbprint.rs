//! Thumbprints: the SHA-1 of a certificate in hexadecimal digits, as the service has them.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// The 40 lower-case digits of a certificate in DER. SHA-1 is the service's choice; what rests on it
/// here is that nobody finds a second certificate to a given thumbprint.
pub(crate) fn thumbprint(certificate: &[u8]) -> String {
    base16ct::lower::encode_string(digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_sha_1_in_digits() {
        assert_eq!(
            thumbprint(b"abc"),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }
}
