//! ARNs: the one reader of them, and the ARNs of IAM's entities.

use std::fmt;

use crate::{AccountId, ParseError, Path};

/// An ARN in its parts: `arn:partition:service:region:account:resource`.
///
/// Only the form is judged: six parts, of which the first is `arn`. Each of the others may be empty, as
/// region and account often are; what they must be is for the reader of the ARN to say.
///
/// ```
/// use keyward_names::Arn;
///
/// let arn = Arn::parse("arn:aws:sns:us-east-1:123456789012:topic:one").unwrap();
/// assert_eq!((arn.service, arn.resource), ("sns", "topic:one"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, ..
    pub partition: &'a str,
    /// `iam`, `sts`, ..
    pub service: &'a str,
    /// Empty for IAM, which is the same in all regions.
    pub region: &'a str,
    /// The account's id, or `aws` for what belongs to AWS.
    pub account: &'a str,
    /// All the rest, which may have colons and slashes.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads an ARN.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        Self::parts(text).ok_or(ParseError::new("an ARN of six parts"))
    }

    fn parts(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// Whether it is of IAM, in whatever partition.
    #[must_use]
    pub fn is_of_iam(&self) -> bool {
        self.service == "iam" && self.region.is_empty()
    }

    /// What stands before the first slash of the resource, and what follows it; nothing follows where
    /// there is no slash.
    #[must_use]
    pub fn kind_and_rest(&self) -> (&'a str, &'a str) {
        self.resource.split_once('/').unwrap_or((self.resource, ""))
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            service,
            region,
            account,
            resource,
        } = self;
        write!(
            formatter,
            "arn:{partition}:{service}:{region}:{account}:{resource}"
        )
    }
}

/// The ARN of something in an account that IAM knows by a kind and a name:
/// `arn:aws:iam::123456789012:user/division/bob`. The root user is no such thing.
///
/// What kinds there are, and what their names must be, is for the reader of the ARN to say.
///
/// ```
/// use keyward_names::IamArn;
///
/// let arn = IamArn::parse("arn:aws:iam::123456789012:user/division/bob").unwrap();
/// assert_eq!((arn.kind, arn.path(), arn.name()), ("user", "/division/", "bob"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// INVARIANT: `path_and_name` begins with a slash; upheld by `in_any_partition`.
pub struct IamArn<'a> {
    /// Whose it is.
    pub account: AccountId,
    /// What it is: `user`, `saml-provider`, ..
    pub kind: &'a str,
    path_and_name: &'a str,
}

impl<'a> IamArn<'a> {
    /// Reads the ARN of something in the partition `aws`, which is the only one here.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let arn = Arn::parse(text).ok().filter(|arn| arn.partition == "aws");
        arn.and_then(Self::in_any_partition).ok_or(ParseError::new(
            "an ARN of IAM with an account, a kind and a name",
        ))
    }

    /// Reads an ARN in whatever partition it is. `None` for what is no ARN of this form.
    #[must_use]
    pub fn in_any_partition(arn: Arn<'a>) -> Option<Self> {
        let (kind, path_and_name) = arn.resource.split_at_checked(arn.resource.find('/')?)?;
        let account = AccountId::parse(arn.account).ok()?;
        arn.is_of_iam().then_some(Self {
            account,
            kind,
            path_and_name,
        })
    }

    /// Where it lies, if it is of a kind that has paths: up to the last slash.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.path_and_name
            .strip_suffix(self.name())
            .unwrap_or_default()
    }

    /// Its name, if it is of a kind that has paths: what follows the last slash. It may be empty.
    #[must_use]
    pub fn name(&self) -> &'a str {
        let (_, name) = self.path_and_name.rsplit_once('/').unwrap_or_default();
        name
    }

    /// Its name, if it is of a kind that has no paths: all that follows the kind. It may be empty.
    #[must_use]
    pub fn whole_name(&self) -> &'a str {
        self.path_and_name.strip_prefix('/').unwrap_or_default()
    }
}

/// Whether an ARN is of something in IAM that belongs to AWS, as the policies that AWS manages are.
#[must_use]
pub fn is_owned_by_aws(arn: &str) -> bool {
    arn.starts_with("arn:aws:iam::aws:")
}

/// The part of an ARN that says the account: an id, `aws`, or nothing. `None` where the text has fewer
/// parts. It need not be an ARN otherwise: whoever asks has a text that policies may speak of.
#[must_use]
pub fn account_part(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

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
    fn an_arn_has_six_parts_of_which_the_last_keeps_its_colons() {
        let text = "arn:aws-cn:sns:cn-north-1:123456789012:topic:one/two";
        let arn = Arn::parse(text).unwrap();
        let expected = Arn {
            partition: "aws-cn",
            service: "sns",
            region: "cn-north-1",
            account: "123456789012",
            resource: "topic:one/two",
        };
        assert_eq!(arn, expected);
        assert_eq!(arn.to_string(), text);
        assert!(!arn.is_of_iam());
        for text in ["arn:::::", "arn:aws:s3:::", "arn:aws:iam::aws:policy/x"] {
            assert_eq!(Arn::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "*",
            "arn",
            "arn:aws:s3::bucket",
            "urn:aws:s3:::bucket",
            "ARN:aws:s3:::bucket",
            " arn:aws:s3:::bucket",
        ] {
            assert!(Arn::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_follows_the_kind_may_be_nothing() {
        let parts = |resource: &str| {
            let arn = format!("arn:aws:iam::123456789012:{resource}");
            let (kind, rest) = Arn::parse(&arn).unwrap().kind_and_rest();
            (kind.to_owned(), rest.to_owned())
        };
        let expected = |kind: &str, rest: &str| (kind.to_owned(), rest.to_owned());
        assert_eq!(parts("user/a/bob"), expected("user", "a/bob"));
        assert_eq!(parts("user/"), expected("user", ""));
        assert_eq!(parts("root"), expected("root", ""));
        assert_eq!(parts("/"), expected("", ""));
    }

    #[test]
    fn an_arn_of_iam_tells_account_kind_path_and_name() {
        let account = AccountId::parse("123456789012").unwrap();
        for (resource, kind, path, name, whole) in [
            ("user/bob", "user", "/", "bob", "bob"),
            ("role/a/b/Build", "role", "/a/b/", "Build", "a/b/Build"),
            ("role/a//b", "role", "/a//", "b", "a//b"),
            (
                "oidc-provider/a.example:8443/x/",
                "oidc-provider",
                "/a.example:8443/x/",
                "",
                "a.example:8443/x/",
            ),
            ("user/", "user", "/", "", ""),
            ("/", "", "/", "", ""),
        ] {
            let text = format!("arn:aws:iam::{account}:{resource}");
            let arn = IamArn::parse(&text).unwrap();
            assert_eq!((arn.account, arn.kind), (account, kind), "{text}");
            assert_eq!((arn.path(), arn.name()), (path, name), "{text}");
            assert_eq!(arn.whole_name(), whole, "{text}");
        }
    }

    #[test]
    fn other_arns_are_none_of_iam() {
        for text in [
            "",
            "arn:aws:iam::123456789012",
            "arn:aws:iam::123456789012:root",
            "arn:aws:iam::12345678901:user/bob",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::installation:user/bob",
            "arn:aws:iam:us-east-1:123456789012:user/bob",
            "arn:aws:sts::123456789012:assumed-role/Build/one",
            "arn:aws-cn:iam::123456789012:user/bob",
        ] {
            assert!(IamArn::parse(text).is_err(), "{text}");
        }
        let arn = Arn::parse("arn:aws-cn:iam::123456789012:user/bob").unwrap();
        assert_eq!(IamArn::in_any_partition(arn).unwrap().name(), "bob");
    }

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
