//! How principals are written.

use crate::check::PolicyFault;
use crate::check::resource_names::PARTITIONS;
use crate::literal::{arn_parts, is_account_id};
use crate::{NamedPrincipals, Statement, Text};

/// The kinds of principals, as policies name them.
pub(super) const AWS: &str = "AWS";
pub(super) const FEDERATED: &str = "Federated";
pub(super) const SERVICE: &str = "Service";
pub(super) const CANONICAL_USER: &str = "CanonicalUser";

/// How names of services end (unsure: AWS has a list of the services themselves).
const SERVICE_ENDINGS: [&str; 5] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazon.com",
    ".aws.com",
    ".aws.internal",
];

/// What is said about a principal that is none, or does not exist.
pub(super) fn invalid(kind: &str, name: &Text) -> PolicyFault {
    let message = format!("Invalid principal in policy: \"{kind}\":\"{}\"", name.text);
    let reason = format!("there is no such principal: `{}`", name.text);
    PolicyFault::new(message, &name.span, reason)
}

/// What is said about a kind of principal that does not exist.
pub(super) fn unknown_kind(kind: &Text) -> PolicyFault {
    let message = format!("Invalid principal in policy: \"{}\"", kind.text);
    let reason = format!("there is no kind of principal `{}`", kind.text);
    PolicyFault::new(message, &kind.span, reason)
}

/// Kinds and names of the principals of a statement.
pub(super) fn named_principals(statement: &Statement) -> Vec<(&Text, &Text)> {
    match statement
        .principals
        .as_ref()
        .map(|principals| &principals.named)
    {
        Some(NamedPrincipals::ByKind(kinds)) => kinds
            .iter()
            .flat_map(|(kind, names)| names.iter().map(move |name| (kind, name)))
            .collect(),
        Some(NamedPrincipals::Bare(_)) | None => Vec::new(),
    }
}

/// Refuses a name that no principal of its kind has.
pub(super) fn check_name(kind: &Text, name: &Text) -> Result<(), PolicyFault> {
    match &*kind.text {
        AWS if !is_account_principal(&name.text) => Err(invalid(AWS, name)),
        FEDERATED if !is_domain(&name.text) && !is_provider(&name.text) => {
            Err(invalid("FEDERATED", name))
        }
        SERVICE if !is_service(&name.text) => Err(invalid("SERVICE", name)),
        CANONICAL_USER if name.text.is_empty() => Err(invalid("CANONICALUSER", name)),
        AWS | FEDERATED | SERVICE | CANONICAL_USER => Ok(()),
        _ => Err(unknown_kind(kind)),
    }
}

/// Everyone, an account, or someone in one: wildcards stand alone (seen at AWS).
fn is_account_principal(name: &str) -> bool {
    if name == "*" || is_account_id(name) || is_unique_id(name) {
        return true;
    }
    let Some(["arn", partition, service, "", account, who]) = arn_parts(name) else {
        return false;
    };
    // An origin access identity of CloudFront is a user of no account.
    let is_owned = is_account_id(account) || (account == "cloudfront" && who.starts_with("user/"));
    PARTITIONS.contains(&partition) && is_owned && is_account_member(service, who)
}

fn is_account_member(service: &str, who: &str) -> bool {
    if who.contains(['*', '?']) {
        return false;
    }
    match (service, who.split_once('/')) {
        ("iam", None) => who == "root",
        ("iam", Some(("user" | "role", name))) => is_path(name),
        ("sts", Some(("assumed-role", names))) => is_path(names) && names.split('/').count() == 2,
        ("sts", Some(("federated-user", name))) => is_path(name),
        (_, _) => false,
    }
}

fn is_path(names: &str) -> bool {
    names.split('/').all(|name| !name.is_empty())
}

/// The id of a user or a role, which stands where its ARN stood when it was stored.
fn is_unique_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (text.starts_with("AIDA") || text.starts_with("AROA"))
        && (16..=128).contains(&text.len())
        && text.bytes().all(is_plain)
}

/// A name in the domain name system, of at least two parts.
fn is_domain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.contains('.')
        && text
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(is_plain))
}

/// The ARN of an identity provider.
fn is_provider(text: &str) -> bool {
    let Some(["arn", partition, "iam", "", account, what]) = arn_parts(text) else {
        return false;
    };
    let has_name = |name: &str| !name.is_empty() && !name.contains(['*', '?']);
    PARTITIONS.contains(&partition)
        && is_account_id(account)
        && matches!(what.split_once('/'), Some(("saml-provider" | "oidc-provider", name)) if has_name(name))
}

fn is_service(text: &str) -> bool {
    text == "*" || (is_domain(text) && SERVICE_ENDINGS.iter().any(|ending| text.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(kind: &str, name: &str) -> bool {
        let text = |text: &str| Text {
            text: text.into(),
            span: 0..0,
        };
        check_name(&text(kind), &text(name)).is_ok()
    }

    #[test]
    fn principals_of_accounts_are_whole() {
        for name in [
            "*",
            "111122223333",
            "AIDACKCEVSQ6C2EXAMPLE",
            "AROACKCEVSQ6C2EXAMPLE",
            "arn:aws:iam::111122223333:root",
            "arn:aws-cn:iam::111122223333:user/a/b/c",
            "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/y",
            "arn:aws:sts::111122223333:assumed-role/role/session",
            "arn:aws:sts::111122223333:federated-user/name",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
        ] {
            assert!(accepts("AWS", name), "{name}");
        }
        for name in [
            "",
            "**",
            "11112222333",
            "1111222233334",
            "alice",
            "AKIAIOSFODNN7EXAMPLE",
            "arn:aws:iam::111122223333:user/*",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:user",
            "arn:aws:iam::111122223333:*",
            "arn:aws:iam::*:root",
            "arn:aws:iam::cloudfront:root",
            "arn:aws:iam:us-east-1:111122223333:root",
            "arn:mars:iam::111122223333:root",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:iam::111122223333:assumed-role/a/b",
            "arn:aws:sts::111122223333:assumed-role/role",
            "arn:aws:sts::111122223333:assumed-role/path/role/session",
            "arn:aws:sts::111122223333:assumed-role/role/*",
            "arn:aws:sts::111122223333:root",
        ] {
            assert!(!accepts("AWS", name), "{name}");
        }
    }

    #[test]
    fn other_principals_have_forms_of_their_own() {
        for (kind, name, is_accepted) in [
            ("Federated", "cognito-identity.amazonaws.com", true),
            (
                "Federated",
                "arn:aws:iam::111122223333:saml-provider/a",
                true,
            ),
            (
                "Federated",
                "arn:aws:iam::111122223333:oidc-provider/a.example/b",
                true,
            ),
            ("Federated", "arn:aws:iam::111122223333:user/a", false),
            (
                "Federated",
                "arn:aws:iam::111122223333:oidc-provider/*",
                false,
            ),
            (
                "Federated",
                "arn:aws:iam::111122223333:oidc-provider/",
                false,
            ),
            ("Federated", "localhost", false),
            ("Federated", "a..b", false),
            ("Federated", "*.example.com", false),
            ("Federated", "", false),
            ("Service", "ec2.amazonaws.com", true),
            ("Service", "*", true),
            ("Service", "ec2", false),
            ("Service", "ec2.example.com", false),
            ("Service", "*.amazonaws.com", false),
            (
                "CanonicalUser",
                "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
                true,
            ),
            ("CanonicalUser", "", false),
            ("Foo", "x", false),
            ("aws", "*", false),
        ] {
            assert_eq!(accepts(kind, name), is_accepted, "{kind} {name}");
        }
    }
}
