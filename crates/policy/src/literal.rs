//! The values that condition operators compare, read from text.
//!
//! Everything here borrows from the text that it reads: the values of a request are read where they
//! are compared, and nothing is allocated for them.

mod binary;
mod date;
mod network;
mod number;

pub(crate) use binary::Binary;
pub(crate) use date::Moment;
pub(crate) use network::{Network, address};
pub(crate) use number::{Number, NumberText};

/// Whether a text means true: it is `true` in any case. Every other text means false (seen at AWS).
pub(crate) fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// The six parts of an ARN: `arn`, partition, service, region, account and the rest, which may hold
/// further colons. `None` if there are fewer.
pub(crate) fn arn_parts(text: &str) -> Option<[&str; 6]> {
    let mut parts = text.splitn(6, ':');
    let parts = [
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    ];
    Some(parts)
}

/// Whether a text is the id of an account: 12 digits. The crate `names` says the same; what little of it
/// is needed here is not worth a dependency.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a request's text is an ARN as the operators for ARNs want it: six parts, `arn` first.
/// Whether empty parts are fine is unsure; they are here.
pub(crate) fn is_arn(text: &str) -> bool {
    arn_parts(text).is_some_and(|[first, ..]| first == "arn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_true_in_any_case_is_true() {
        for text in ["true", "TRUE", "tRue"] {
            assert!(is_true(text));
        }
        for text in ["false", "", "yes", "1", " true"] {
            assert!(!is_true(text));
        }
    }

    #[test]
    fn an_account_id_is_twelve_digits() {
        assert!(is_account_id("000000000007"));
        for text in ["", "7", "1234567890123", "12345678901x", "+12345678901"] {
            assert!(!is_account_id(text), "{text}");
        }
    }

    #[test]
    fn an_arn_has_six_parts_of_which_the_last_keeps_its_colons() {
        let parts = arn_parts("arn:aws:sns:us-east-1:111122223333:topic:one:two");
        let expected = [
            "arn",
            "aws",
            "sns",
            "us-east-1",
            "111122223333",
            "topic:one:two",
        ];
        assert_eq!(parts, Some(expected));
        assert_eq!(
            arn_parts("arn:aws:s3:::"),
            Some(["arn", "aws", "s3", "", "", ""])
        );
        for text in ["", "*", "arn:aws:s3::bucket"] {
            assert_eq!(arn_parts(text), None);
        }
        assert!(is_arn("arn:aws:s3:::bucket"));
        assert!(!is_arn("urn:aws:s3:::bucket"));
        assert!(!is_arn("arn:aws:s3::bucket"));
    }
}
