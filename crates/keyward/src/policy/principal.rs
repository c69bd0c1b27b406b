//! QuestionPrincipal asks, read from a question.

use keyward_names::{AccountId, Arn};
use keyward_policy::Principal;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The identity providers that are named by their host; all others are named by ARN.
const PROVIDER_HOSTS: [&str; 4] = [
    "cognito-identity.amazonaws.com",
    "www.amazon.com",
    "graph.facebook.com",
    "accounts.google.com",
];

/// QuestionPrincipal asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum QuestionPrincipal {
    Anonymous,
    Root {
        account: String,
    },
    User {
        account: String,
        arn: String,
    },
    RoleSession {
        account: String,
        role_arn: String,
        session_arn: String,
    },
    FederatedUser {
        account: String,
        arn: String,
    },
    Federated {
        provider: String,
    },
    Service {
        name: String,
    },
}

/// The form of a principal that has no name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unnamed {
    r#type: String,
}

impl QuestionPrincipal {
    /// Reads a principal. The role of a session has a path that its ARN doesn't tell, so the context may
    /// say which role it is, as `aws:PrincipalArn` does in requests.
    pub(super) fn read(value: &RawValue, principal_arn: Option<&str>) -> Result<Self, String> {
        if let Ok(name) = serde_json::from_str::<String>(value.get()) {
            return Self::named(&name, principal_arn).ok_or_else(|| {
                format!("`{name}` is no principal: expected an ARN, an account or a service's name")
            });
        }
        let is_object = value.get().starts_with('{');
        match serde_json::from_str::<Unnamed>(value.get()) {
            Ok(unnamed) if is_object && unnamed.r#type == "Anonymous" => Ok(Self::Anonymous),
            Ok(_) | Err(_) => {
                Err(r#"`principal` must be a text or `{"type":"Anonymous"}`"#.to_owned())
            }
        }
    }

    fn named(name: &str, principal_arn: Option<&str>) -> Option<Self> {
        if PROVIDER_HOSTS.contains(&name) {
            let provider = name.to_owned();
            return Some(Self::Federated { provider });
        }
        if AccountId::parse(name).is_ok() {
            let account = name.to_owned();
            return Some(Self::Root { account });
        }
        match arn_in_account(name) {
            Some(arn) => who(name, arn, principal_arn),
            None => is_host(name).then(|| Self::Service {
                name: name.to_owned(),
            }),
        }
    }

    /// The same for the policy engine.
    pub(super) fn principal(&self) -> Principal<'_> {
        match self {
            Self::Anonymous => Principal::Anonymous,
            Self::Root { account } => Principal::Root { account },
            Self::User { account, arn } => Principal::User {
                account,
                arn,
                id: "",
            },
            Self::RoleSession {
                account,
                role_arn,
                session_arn,
            } => Principal::RoleSession {
                account,
                role_arn,
                role_id: "",
                session_arn,
                is_service_linked: role_arn.contains(":role/aws-service-role/"),
            },
            Self::FederatedUser { account, arn } => Principal::FederatedUser { account, arn },
            Self::Federated { provider } => Principal::Federated { provider },
            Self::Service { name } => Principal::Service { name },
        }
    }
}

/// An ARN of something in an account that is in no region, as all of IAM and STS is.
fn arn_in_account(text: &str) -> Option<Arn<'_>> {
    let arn = Arn::parse(text).ok()?;
    let is_whole =
        !arn.partition.is_empty() && arn.region.is_empty() && AccountId::parse(arn.account).is_ok();
    is_whole.then_some(arn)
}

/// QuestionPrincipal has an ARN, which is `text`.
fn who(text: &str, arn: Arn<'_>, principal_arn: Option<&str>) -> Option<QuestionPrincipal> {
    let account = arn.account.to_owned();
    let (kind, name) = arn.kind_and_rest();
    let has_name = !name.is_empty() && !name.ends_with('/');
    let text = text.to_owned();
    match (arn.service, kind) {
        ("iam", "root") if !text.ends_with('/') => Some(QuestionPrincipal::Root { account }),
        ("iam", "user") if has_name => Some(QuestionPrincipal::User { account, arn: text }),
        // A role acts in sessions. Which one is not known, so no policy can name it.
        ("iam", "role") if has_name => Some(QuestionPrincipal::RoleSession {
            session_arn: format!(
                "arn:{}:sts::{account}:assumed-role/{}/",
                arn.partition,
                last_name(arn)
            ),
            account,
            role_arn: text,
        }),
        ("iam", "oidc-provider" | "saml-provider") if has_name => {
            Some(QuestionPrincipal::Federated { provider: text })
        }
        ("sts", "assumed-role") => {
            let (role, session) = name.split_once('/')?;
            let has_names = !role.is_empty() && !session.is_empty() && !session.contains('/');
            has_names.then(|| QuestionPrincipal::RoleSession {
                role_arn: role_of_session(arn, role, principal_arn),
                account,
                session_arn: text,
            })
        }
        ("sts", "federated-user") if has_name => {
            Some(QuestionPrincipal::FederatedUser { account, arn: text })
        }
        _ => None,
    }
}

/// What follows the path.
fn last_name(arn: Arn<'_>) -> &str {
    let (_, name) = arn.kind_and_rest();
    name.rsplit_once('/').map_or(name, |(_, name)| name)
}

/// The ARN of the role of a session: the one that the context tells, if it can be of that role.
fn role_of_session(session: Arn<'_>, role: &str, principal_arn: Option<&str>) -> String {
    let Arn {
        partition, account, ..
    } = session;
    let is_it = |told: &&str| {
        arn_in_account(told).is_some_and(|told| {
            told.service == "iam"
                && told.kind_and_rest().0 == "role"
                && (told.partition, told.account) == (partition, account)
                && last_name(told) == role
        })
    };
    principal_arn.filter(is_it).map_or_else(
        || format!("arn:{partition}:iam::{account}:role/{role}"),
        str::to_owned,
    )
}

/// Whether a text is the name of a host with a domain.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, principal_arn: Option<&str>) -> Result<QuestionPrincipal, String> {
        QuestionPrincipal::read(
            &RawValue::from_string(text.to_owned()).unwrap(),
            principal_arn,
        )
    }

    fn named(name: &str) -> QuestionPrincipal {
        read(&format!("\"{name}\""), None).unwrap()
    }

    #[test]
    fn principals_are_known_by_their_names() {
        let account = || "111122223333".to_owned();
        let own = |text: &str| text.to_owned();
        assert_eq!(
            named("111122223333"),
            QuestionPrincipal::Root { account: account() }
        );
        for root in [
            "arn:aws-us-gov:iam::111122223333:root",
            "arn:aws:iam::111122223333:root/x",
        ] {
            assert_eq!(named(root), QuestionPrincipal::Root { account: account() });
        }
        for arn in [
            "arn:aws:iam::111122223333:user/alice",
            "arn:aws-cn:iam::111122223333:user/team/alice",
            "arn:aws:iam::111122223333:user//a:b",
        ] {
            let user = QuestionPrincipal::User {
                account: account(),
                arn: own(arn),
            };
            assert_eq!(named(arn), user);
        }
        let arn = "arn:aws:sts::111122223333:federated-user/fred";
        let federated = QuestionPrincipal::FederatedUser {
            account: account(),
            arn: own(arn),
        };
        assert_eq!(named(arn), federated);
        for provider in [
            "cognito-identity.amazonaws.com",
            "accounts.google.com",
            "arn:aws:iam::111122223333:oidc-provider/idp.example/path",
            "arn:aws:iam::111122223333:saml-provider/corp",
        ] {
            let provider = own(provider);
            assert_eq!(named(&provider), QuestionPrincipal::Federated { provider });
        }
        for name in ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"] {
            let name = own(name);
            assert_eq!(named(&name), QuestionPrincipal::Service { name });
        }
        assert_eq!(
            read(r#"{"type":"Anonymous"}"#, None),
            Ok(QuestionPrincipal::Anonymous)
        );
    }

    #[test]
    fn a_session_has_the_role_that_the_context_tells_if_that_can_be() {
        let session = r#""arn:aws-cn:sts::111122223333:assumed-role/app/one""#;
        let role = |told: Option<&str>| {
            let Ok(QuestionPrincipal::RoleSession { role_arn, .. }) = read(session, told) else {
                panic!("{session} is no session of a role");
            };
            role_arn
        };
        let plain = "arn:aws-cn:iam::111122223333:role/app";
        let with_path = "arn:aws-cn:iam::111122223333:role/team/app";
        assert_eq!(role(None), plain);
        assert_eq!(role(Some(with_path)), with_path);
        for other in [
            "arn:aws-cn:iam::111122223333:role/team/other",
            "arn:aws-cn:iam::444455556666:role/team/app",
            "arn:aws:iam::111122223333:role/team/app",
            "arn:aws-cn:iam::111122223333:user/team/app",
            "arn:aws-cn:sts::111122223333:role/app",
            "arn:aws-cn:iam:cn-north-1:111122223333:role/app",
            "arn:aws-cn:iam::111122223333:role/team/app/",
            "app",
        ] {
            assert_eq!(role(Some(other)), plain, "{other}");
        }
    }

    #[test]
    fn a_role_asks_by_a_session_that_no_policy_can_name() {
        let role_arn = "arn:aws:iam::111122223333:role/team/app".to_owned();
        let expected = QuestionPrincipal::RoleSession {
            account: "111122223333".to_owned(),
            session_arn: "arn:aws:sts::111122223333:assumed-role/app/".to_owned(),
            role_arn: role_arn.clone(),
        };
        assert_eq!(named(&role_arn), expected);
    }

    #[test]
    fn anything_else_is_no_principal() {
        for text in [
            r#""""#,
            r#""*""#,
            r#""alice""#,
            r#""11112222333""#,
            r#""arn:aws:iam::111122223333:group/admins""#,
            r#""arn:aws:iam::111122223333:user/""#,
            r#""arn:aws:iam::aws:user/alice""#,
            r#""arn:aws:iam:us-east-1:111122223333:user/alice""#,
            r#""arn:aws:sts::111122223333:assumed-role/app""#,
            r#""arn:aws:sts::111122223333:assumed-role/app/one/two""#,
            r#""arn:aws:iam::111122223333:root/""#,
            r#""arn::iam::111122223333:user/alice""#,
            r#""urn:aws:iam::111122223333:user/alice""#,
            r#""arn:aws:iam::111122223333:user/alice/""#,
            r#""arn:aws:iam::111122223333""#,
            r#""arn:aws:sts::111122223333:federated-user""#,
            r#""arn:aws:s3:::bucket""#,
            r#""ec2..amazonaws.com""#,
            "null",
            "5",
            "[]",
            r#"["Anonymous"]"#,
            "{}",
            r#"{"type":"Somebody"}"#,
            r#"{"type":"Anonymous","arn":"a"}"#,
        ] {
            assert!(read(text, None).is_err(), "{text}");
        }
    }
}
