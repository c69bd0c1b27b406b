//! ARNs of IAM's entities. Only the partition `aws` exists here.

use crate::{AccountId, Path};

/// The ARN of an entity that has a path: `arn:aws:iam::123456789012:user/division/bob`.
#[must_use]
pub fn iam_arn(account: AccountId, kind: &str, path: &Path, name: &str) -> String {
    const PREFIX: &str = "arn:aws:iam::";
    let path = path.as_str();
    let digits = account.digits();
    let account = std::str::from_utf8(&digits).unwrap_or_default();
    let parts = [PREFIX, account, ":", kind, path, name];
    let mut arn = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| arn.push_str(part));
    arn
}

/// The ARN of a user.
#[must_use]
pub fn user_arn(account: AccountId, path: &Path, name: &str) -> String {
    iam_arn(account, "user", path, name)
}

/// The ARN of an account's root user.
#[must_use]
pub fn root_arn(account: AccountId) -> String {
    format!("arn:aws:iam::{account}:root")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_part_of_a_user_arn() {
        let account = AccountId::parse("123456789012").unwrap();
        let path = Path::parse("/division/sub/").unwrap();
        assert_eq!(
            user_arn(account, &path, "bob"),
            "arn:aws:iam::123456789012:user/division/sub/bob"
        );
        assert_eq!(
            user_arn(account, &Path::default(), "bob"),
            "arn:aws:iam::123456789012:user/bob"
        );
        assert_eq!(root_arn(account), "arn:aws:iam::123456789012:root");
    }
}
