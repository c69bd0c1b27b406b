use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::request::Context;
use crate::{Compiled, Document, explain};

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const BUCKET: &str = "arn:aws:s3:::bucket/key";

const USER: Principal<'_> = Principal::User {
    account: ACCOUNT,
    arn: "arn:aws:iam::111122223333:user/alice",
    id: "AIDAEXAMPLE",
};
const ROLE: Principal<'_> = Principal::RoleSession {
    account: ACCOUNT,
    role_arn: "arn:aws:iam::111122223333:role/app/worker",
    role_id: "AROAEXAMPLE",
    session_arn: "arn:aws:sts::111122223333:assumed-role/worker/one",
    is_service_linked: false,
};
const SERVICE_ROLE: Principal<'_> = Principal::RoleSession {
    account: ACCOUNT,
    role_arn: "arn:aws:iam::111122223333:role/app/worker",
    role_id: "AROAEXAMPLE",
    session_arn: "arn:aws:sts::111122223333:assumed-role/worker/one",
    is_service_linked: true,
};
const FEDERATED_USER: Principal<'_> = Principal::FederatedUser {
    account: ACCOUNT,
    arn: "arn:aws:sts::111122223333:federated-user/alice",
};
const ROOT: Principal<'_> = Principal::Root { account: ACCOUNT };
const PROVIDER: Principal<'_> = Principal::Federated {
    provider: "accounts.google.com",
};
const SERVICE: Principal<'_> = Principal::Service {
    name: "ec2.amazonaws.com",
};

/// Statements in short: `allow`, `deny` or the JSON of statements.
fn set(text: &str) -> PolicySet {
    let statements = match text {
        "allow" => r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        "deny" => r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#,
        "nothing" => r#"{"Effect": "Allow", "Action": "other:*", "Resource": "*"}"#,
        statements => statements,
    };
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    PolicySet::new([Arc::new(Compiled::new(&Document::parse(&text).unwrap()))])
}

/// A resource's policy that allows to principals, or denies.
fn of_resource(principals: &str) -> PolicySet {
    set(&match principals.strip_prefix("deny ") {
        Some(principals) => format!(
            r#"{{"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": {principals}}}"#
        ),
        None => format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": {principals}}}"#
        ),
    })
}

/// What applies to a request; each in the short form of [`set`], none if empty.
#[derive(Default, Clone, Copy)]
struct Given {
    identity: &'static str,
    boundary: &'static str,
    session: &'static str,
    /// The principals that the resource's policy names.
    resource: &'static str,
    must: bool,
    service_control: &'static [&'static str],
    resource_control: &'static [&'static str],
    endpoint: &'static str,
    /// The resource's account, if not the principal's.
    owner: &'static str,
}

const NONE: Given = Given {
    identity: "",
    boundary: "",
    session: "",
    resource: "",
    must: false,
    service_control: &[],
    resource_control: &[],
    endpoint: "",
    owner: "",
};

fn judge(principal: Principal<'_>, given: Given) -> Decision {
    let some = |text: &str| (!text.is_empty()).then(|| set(text));
    let identity = some(given.identity);
    let boundary = some(given.boundary);
    let session = some(given.session);
    let endpoint = some(given.endpoint);
    let resource = (!given.resource.is_empty()).then(|| of_resource(given.resource));
    let service_control: Vec<_> = given.service_control.iter().map(|text| set(text)).collect();
    let resource_control: Vec<_> = given
        .resource_control
        .iter()
        .map(|text| set(text))
        .collect();
    let context = Context::default();
    let mut request = Request::new(principal, "s3:GetObject", BUCKET, &context);
    if !given.owner.is_empty() {
        request = request.on_resource_of(given.owner);
    }
    let policies = Policies {
        identity: identity.as_ref(),
        boundary: boundary.as_ref(),
        session: session.as_ref(),
        resource: resource.as_ref(),
        resource_must_allow: given.must,
        service_control: &service_control.iter().collect::<Vec<_>>(),
        resource_control: &resource_control.iter().collect::<Vec<_>>(),
        endpoint: endpoint.as_ref(),
    };
    let decision = evaluate(&request, &policies);
    assert_eq!(
        explain(&request, &policies).decision,
        decision,
        "told as it was decided"
    );
    decision
}

fn check(cases: &[(&str, Principal<'_>, Given, Decision)]) {
    for (why, principal, given, expected) in cases {
        assert_eq!(judge(*principal, *given), *expected, "{why}");
    }
}

use Decision::{Allowed, ExplicitDeny, ImplicitDeny};

const USER_NAMED: &str = r#"{"AWS": "arn:aws:iam::111122223333:user/alice"}"#;
const ROLE_NAMED: &str = r#"{"AWS": "arn:aws:iam::111122223333:role/app/worker"}"#;
const SESSION_NAMED: &str = r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/worker/one"}"#;
const FEDERATED_NAMED: &str = r#"{"AWS": "arn:aws:sts::111122223333:federated-user/alice"}"#;
const ACCOUNT_NAMED: &str = r#"{"AWS": "111122223333"}"#;
const ROOT_NAMED: &str = r#"{"AWS": "arn:aws:iam::111122223333:root"}"#;
const EVERYONE: &str = r#""*""#;

#[test]
fn within_an_account_identity_boundary_and_session_must_allow() {
    for principal in [USER, ROLE, FEDERATED_USER] {
        let all = Given {
            identity: "allow",
            boundary: "allow",
            session: "allow",
            ..NONE
        };
        check(&[
            ("all allow", principal, all, Allowed),
            (
                "no boundary",
                principal,
                Given {
                    boundary: "",
                    ..all
                },
                Allowed,
            ),
            (
                "nothing",
                principal,
                NONE,
                // A federated user may do only what was passed on to it.
                ImplicitDeny(if principal == FEDERATED_USER {
                    Kind::Session
                } else {
                    Kind::Identity
                }),
            ),
            (
                "no identity policy allows",
                principal,
                Given {
                    identity: "nothing",
                    ..all
                },
                ImplicitDeny(Kind::Identity),
            ),
            (
                "a boundary grants nothing",
                principal,
                Given {
                    identity: "",
                    ..all
                },
                ImplicitDeny(Kind::Identity),
            ),
            (
                "the boundary doesn't allow",
                principal,
                Given {
                    boundary: "nothing",
                    ..all
                },
                ImplicitDeny(Kind::Boundary),
            ),
            (
                "the session policies don't allow",
                principal,
                Given {
                    session: "nothing",
                    ..all
                },
                ImplicitDeny(Kind::Session),
            ),
            (
                "denied",
                principal,
                Given {
                    identity: "deny",
                    ..all
                },
                ExplicitDeny(Kind::Identity),
            ),
            (
                "denied",
                principal,
                Given {
                    boundary: "deny",
                    ..all
                },
                ExplicitDeny(Kind::Boundary),
            ),
            (
                "denied",
                principal,
                Given {
                    session: "deny",
                    ..all
                },
                ExplicitDeny(Kind::Session),
            ),
        ]);
    }
    let alone = Given {
        identity: "allow",
        ..NONE
    };
    check(&[
        ("a user needs no session policy", USER, alone, Allowed),
        ("a role neither", ROLE, alone, Allowed),
        (
            "a federated user does",
            FEDERATED_USER,
            alone,
            ImplicitDeny(Kind::Session),
        ),
    ]);
}

#[test]
fn a_deny_in_any_policy_wins() {
    let all = Given {
        identity: "allow",
        boundary: "allow",
        session: "allow",
        resource: r#""*""#,
        service_control: &["allow", "allow"],
        resource_control: &["allow"],
        endpoint: r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#,
        ..NONE
    };
    for principal in [USER, ROLE, FEDERATED_USER] {
        for (given, kind) in [
            (
                Given {
                    identity: "deny",
                    ..all
                },
                Kind::Identity,
            ),
            (
                Given {
                    boundary: "deny",
                    ..all
                },
                Kind::Boundary,
            ),
            (
                Given {
                    session: "deny",
                    ..all
                },
                Kind::Session,
            ),
            (
                Given {
                    resource: r#"deny "*""#,
                    ..all
                },
                Kind::Resource,
            ),
            (
                Given {
                    service_control: &["allow", "deny"],
                    ..all
                },
                Kind::ServiceControl,
            ),
            (
                Given {
                    resource_control: &["allow", "deny"],
                    ..all
                },
                Kind::ResourceControl,
            ),
            (
                Given {
                    endpoint: "deny",
                    ..all
                },
                Kind::Endpoint,
            ),
        ] {
            check(&[
                ("", principal, given, ExplicitDeny(kind)),
                ("", principal, all, Allowed),
            ]);
            let cross = Given {
                owner: OTHER,
                ..given
            };
            check(&[("across accounts", principal, cross, ExplicitDeny(kind))]);
        }
    }
}

#[test]
fn a_resource_policy_grants_as_it_names() {
    let limited = Given {
        identity: "nothing",
        boundary: "nothing",
        session: "nothing",
        ..NONE
    };
    let no_session = Given {
        session: "",
        ..limited
    };
    let bounded = Given {
        boundary: "allow",
        session: "allow",
        ..limited
    };
    let named = |given: Given, resource| Given { resource, ..given };
    check(&[
        (
            "a user's ARN is enough",
            USER,
            named(no_session, USER_NAMED),
            Allowed,
        ),
        (
            "so is its id",
            USER,
            named(no_session, r#"{"AWS": "AIDAEXAMPLE"}"#),
            Allowed,
        ),
        (
            "but not for its session",
            USER,
            named(limited, USER_NAMED),
            ImplicitDeny(Kind::Session),
        ),
        (
            "everyone is the user too",
            USER,
            named(no_session, EVERYONE),
            Allowed,
        ),
        (
            "also this way",
            USER,
            named(no_session, r#"{"AWS": "*"}"#),
            Allowed,
        ),
        (
            "an account delegates",
            USER,
            named(no_session, ACCOUNT_NAMED),
            ImplicitDeny(Kind::Boundary),
        ),
        (
            "also by its root",
            USER,
            named(no_session, ROOT_NAMED),
            ImplicitDeny(Kind::Boundary),
        ),
        (
            "a role needs no identity policy",
            ROLE,
            named(bounded, ROLE_NAMED),
            Allowed,
        ),
        (
            "by its id neither",
            ROLE,
            named(bounded, r#"{"AWS": ["AROAEXAMPLE"]}"#),
            Allowed,
        ),
        (
            "a role is bounded",
            ROLE,
            named(limited, ROLE_NAMED),
            ImplicitDeny(Kind::Boundary),
        ),
        (
            "and its session limited",
            ROLE,
            named(
                Given {
                    boundary: "",
                    ..limited
                },
                ROLE_NAMED,
            ),
            ImplicitDeny(Kind::Session),
        ),
        (
            "a session by itself is not",
            ROLE,
            named(limited, SESSION_NAMED),
            Allowed,
        ),
        (
            "an account delegates to its roles",
            ROLE,
            named(bounded, ACCOUNT_NAMED),
            ImplicitDeny(Kind::Identity),
        ),
        (
            "a federated user by itself",
            FEDERATED_USER,
            named(no_session, FEDERATED_NAMED),
            Allowed,
        ),
        (
            "its maker is another",
            FEDERATED_USER,
            named(no_session, USER_NAMED),
            ImplicitDeny(Kind::Boundary),
        ),
        (
            "another user",
            USER,
            named(
                no_session,
                r#"{"AWS": "arn:aws:iam::111122223333:user/bob"}"#,
            ),
            ImplicitDeny(Kind::Boundary),
        ),
        (
            "no wildcards in names",
            USER,
            named(no_session, r#"{"AWS": "arn:aws:iam::111122223333:user/*"}"#),
            ImplicitDeny(Kind::Boundary),
        ),
        (
            "an identity policy is enough",
            USER,
            Given {
                identity: "allow",
                resource: r#"{"Service": "x"}"#,
                ..NONE
            },
            Allowed,
        ),
    ]);
}

#[test]
fn a_role_s_trust_policy_must_allow_also_within_the_account() {
    let trust = Given { must: true, ..NONE };
    check(&[
        (
            "nobody is trusted",
            USER,
            Given {
                identity: "allow",
                ..trust
            },
            ImplicitDeny(Kind::Resource),
        ),
        (
            "another is trusted",
            USER,
            Given {
                identity: "allow",
                resource: ROLE_NAMED,
                ..trust
            },
            ImplicitDeny(Kind::Resource),
        ),
        (
            "the user is",
            USER,
            Given {
                resource: USER_NAMED,
                ..trust
            },
            Allowed,
        ),
        (
            "its account is, but not the user",
            USER,
            Given {
                resource: ROOT_NAMED,
                ..trust
            },
            ImplicitDeny(Kind::Identity),
        ),
        (
            "its account and the user",
            USER,
            Given {
                resource: ROOT_NAMED,
                identity: "allow",
                ..trust
            },
            Allowed,
        ),
        (
            "a role that assumes itself",
            ROLE,
            Given {
                identity: "allow",
                ..trust
            },
            ImplicitDeny(Kind::Resource),
        ),
    ]);
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let cross = Given {
        owner: OTHER,
        ..NONE
    };
    for principal in [USER, ROLE, FEDERATED_USER] {
        for resource in [
            USER_NAMED,
            ROLE_NAMED,
            SESSION_NAMED,
            FEDERATED_NAMED,
            ACCOUNT_NAMED,
            EVERYONE,
        ] {
            let both = Given {
                identity: "allow",
                session: "allow",
                resource,
                ..cross
            };
            let names_it = match principal {
                Principal::User { .. } => resource == USER_NAMED,
                Principal::RoleSession { .. } => {
                    resource == ROLE_NAMED || resource == SESSION_NAMED
                }
                Principal::FederatedUser { .. } => resource == FEDERATED_NAMED,
                Principal::Anonymous
                | Principal::Root { .. }
                | Principal::Federated { .. }
                | Principal::Service { .. } => false,
            } || resource == ACCOUNT_NAMED
                || resource == EVERYONE;
            if !names_it {
                check(&[(
                    "another is named",
                    principal,
                    both,
                    ImplicitDeny(Kind::Resource),
                )]);
                continue;
            }
            check(&[
                ("both", principal, both, Allowed),
                (
                    "not its own",
                    principal,
                    Given {
                        identity: "nothing",
                        ..both
                    },
                    ImplicitDeny(Kind::Identity),
                ),
                (
                    "its boundary counts",
                    principal,
                    Given {
                        boundary: "nothing",
                        ..both
                    },
                    ImplicitDeny(Kind::Boundary),
                ),
                (
                    "its session counts",
                    principal,
                    Given {
                        session: "nothing",
                        ..both
                    },
                    ImplicitDeny(Kind::Session),
                ),
            ]);
        }
        check(&[(
            "not the other's",
            principal,
            Given {
                identity: "allow",
                session: "allow",
                ..cross
            },
            ImplicitDeny(Kind::Resource),
        )]);
    }
}

#[test]
fn the_resource_s_account_is_told_or_in_its_arn_or_the_principal_s() {
    let context = Context::default();
    let identity = set("allow");
    let policies = Policies {
        identity: Some(&identity),
        ..Policies::default()
    };
    for (resource, owner, expected) in [
        ("arn:aws:sqs:us-east-1:111122223333:q", None, Allowed),
        (
            "arn:aws:sqs:us-east-1:444455556666:q",
            None,
            ImplicitDeny(Kind::Resource),
        ),
        (
            "arn:aws:sqs:us-east-1:444455556666:q",
            Some(ACCOUNT),
            Allowed,
        ),
        (BUCKET, None, Allowed),
        (BUCKET, Some(OTHER), ImplicitDeny(Kind::Resource)),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", None, Allowed),
        ("*", None, Allowed),
    ] {
        let mut request = Request::new(USER, "sqs:SendMessage", resource, &context);
        if let Some(owner) = owner {
            request = request.on_resource_of(owner);
        }
        assert_eq!(
            evaluate(&request, &policies),
            expected,
            "{resource} {owner:?}"
        );
    }
}

#[test]
fn the_root_user_is_bound_by_organizations_and_resources_alone() {
    check(&[
        ("within the account", ROOT, NONE, Allowed),
        (
            "no identity policy",
            ROOT,
            Given {
                identity: "deny",
                boundary: "deny",
                ..NONE
            },
            Allowed,
        ),
        (
            "its account's organization",
            ROOT,
            Given {
                service_control: &["allow", "nothing"],
                ..NONE
            },
            ImplicitDeny(Kind::ServiceControl),
        ),
        (
            "its account's organization denies",
            ROOT,
            Given {
                service_control: &["deny"],
                ..NONE
            },
            ExplicitDeny(Kind::ServiceControl),
        ),
        (
            "the resource denies",
            ROOT,
            Given {
                resource: r#"deny {"AWS": "111122223333"}"#,
                ..NONE
            },
            ExplicitDeny(Kind::Resource),
        ),
        (
            "another account's resource",
            ROOT,
            Given {
                owner: OTHER,
                ..NONE
            },
            ImplicitDeny(Kind::Resource),
        ),
        (
            "another account's resource allows",
            ROOT,
            Given {
                owner: OTHER,
                resource: ACCOUNT_NAMED,
                ..NONE
            },
            Allowed,
        ),
    ]);
}

#[test]
fn who_has_no_account_needs_the_resource_s_policy() {
    let named = |resource| Given { resource, ..NONE };
    let no = ImplicitDeny(Kind::Resource);
    check(&[
        ("nobody", Principal::Anonymous, NONE, no),
        (
            "nobody has identity policies",
            Principal::Anonymous,
            Given {
                identity: "allow",
                ..NONE
            },
            no,
        ),
        ("everyone", Principal::Anonymous, named(EVERYONE), Allowed),
        (
            "everyone",
            Principal::Anonymous,
            named(r#"{"AWS": "*"}"#),
            Allowed,
        ),
        ("an account", Principal::Anonymous, named(ACCOUNT_NAMED), no),
        (
            "a service",
            SERVICE,
            named(r#"{"Service": "ec2.amazonaws.com"}"#),
            Allowed,
        ),
        (
            "another service",
            SERVICE,
            named(r#"{"Service": "s3.amazonaws.com"}"#),
            no,
        ),
        (
            "any service",
            SERVICE,
            named(r#"{"Service": "*"}"#),
            Allowed,
        ),
        ("everyone", SERVICE, named(EVERYONE), Allowed),
        (
            "a name of the wrong kind",
            SERVICE,
            named(r#"{"AWS": "ec2.amazonaws.com"}"#),
            no,
        ),
        (
            "a provider",
            PROVIDER,
            named(r#"{"Federated": ["x", "accounts.google.com"]}"#),
            Allowed,
        ),
        (
            "another provider",
            PROVIDER,
            named(r#"{"Federated": "www.amazon.com"}"#),
            no,
        ),
        (
            "everyone is nobody of a provider",
            PROVIDER,
            named(r#"{"AWS": "*"}"#),
            no,
        ),
        (
            "but may be denied",
            PROVIDER,
            named(r#"deny {"AWS": "*"}"#),
            ExplicitDeny(Kind::Resource),
        ),
        (
            "service control binds accounts alone",
            SERVICE,
            Given {
                service_control: &["deny"],
                ..named(EVERYONE)
            },
            Allowed,
        ),
        (
            "resource control binds all",
            SERVICE,
            Given {
                resource_control: &["deny"],
                ..named(EVERYONE)
            },
            ExplicitDeny(Kind::ResourceControl),
        ),
    ]);
}

#[test]
fn organizations_and_endpoints_limit() {
    let own = Given {
        identity: "allow",
        ..NONE
    };
    check(&[
        (
            "every level must allow",
            USER,
            Given {
                service_control: &["allow", "nothing", "allow"],
                ..own
            },
            ImplicitDeny(Kind::ServiceControl),
        ),
        (
            "they grant nothing",
            USER,
            Given {
                service_control: &["allow"],
                ..NONE
            },
            ImplicitDeny(Kind::Identity),
        ),
        (
            "not even a grant by name passes them",
            USER,
            Given {
                service_control: &["nothing"],
                resource: USER_NAMED,
                ..own
            },
            ImplicitDeny(Kind::ServiceControl),
        ),
        (
            "a role that a service owns is free",
            SERVICE_ROLE,
            Given {
                service_control: &["deny"],
                resource_control: &["deny"],
                ..own
            },
            Allowed,
        ),
        (
            "resource control allows by itself",
            USER,
            Given {
                resource_control: &["nothing"],
                ..own
            },
            Allowed,
        ),
        (
            "an endpoint must allow",
            USER,
            Given {
                endpoint: "nothing",
                ..own
            },
            ImplicitDeny(Kind::Endpoint),
        ),
    ]);
}

#[test]
fn not_principal_denies_all_whose_names_are_not_all_there() {
    let statement = |effect: &str, names: &str| {
        set(&format!(
            r#"{{"Effect": "{effect}", "Action": "*", "Resource": "*", "NotPrincipal": {names}}}"#
        ))
    };
    let user = "arn:aws:iam::111122223333:user/alice";
    let role = "arn:aws:iam::111122223333:role/app/worker";
    let session = "arn:aws:sts::111122223333:assumed-role/worker/one";
    let aws = |names: &[&str]| format!(r#"{{"AWS": {names:?}}}"#);
    let identity = set("allow");
    let context = Context::default();
    for (principal, names, is_denied) in [
        (USER, aws(&[user, ACCOUNT]), false),
        (USER, aws(&[user]), true),
        (USER, aws(&[ACCOUNT]), true),
        (ROLE, aws(&[session, role, ACCOUNT]), false),
        (ROLE, aws(&[role, ACCOUNT]), true),
        (ROLE, aws(&[session, ACCOUNT]), true),
        (ROLE, aws(&[session, role]), true),
        (ROOT, aws(&[ACCOUNT]), false),
        (ROOT, aws(&[user]), true),
        (USER, r#""*""#.to_owned(), false),
        (Principal::Anonymous, aws(&[ACCOUNT]), true),
        (
            SERVICE,
            r#"{"Service": "ec2.amazonaws.com"}"#.to_owned(),
            false,
        ),
        (SERVICE, aws(&["ec2.amazonaws.com"]), true),
    ] {
        let request = Request::new(principal, "s3:GetObject", BUCKET, &context);
        let resource = statement("Deny", &names);
        let policies = Policies {
            identity: Some(&identity),
            resource: Some(&resource),
            ..Policies::default()
        };
        let denied = evaluate(&request, &policies) == ExplicitDeny(Kind::Resource);
        assert_eq!(denied, is_denied, "{principal:?} {names}");
        let resource = statement("Allow", &names);
        let policies = Policies {
            resource: Some(&resource),
            ..Policies::default()
        };
        assert_eq!(
            evaluate(&request, &policies) == Allowed,
            principal == ROOT,
            "never allows"
        );
    }
}

/// A statement of any effect that may or may not be about the request of these tests.
fn any_statement() -> impl Strategy<Value = String> {
    (
        proptest::sample::select(vec!["Allow", "Deny"]),
        proptest::sample::select(vec![
            r#""Action": "s3:Get*""#,
            r#""Action": ["s3:GetObject", "*"]"#,
            r#""Action": "s3:Put*""#,
            r#""NotAction": "iam:*""#,
        ]),
        proptest::sample::select(vec![
            r#""Resource": "arn:aws:s3:::bucket/*""#,
            r#""Resource": ["arn:aws:s3:::other/*", "*"]"#,
            r#""Resource": "arn:aws:s3:::other/*""#,
            r#""NotResource": "arn:aws:s3:::bucket/*""#,
        ]),
        proptest::sample::select(vec![
            "{}",
            r#"{"Null": {"aws:username": "true"}}"#,
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
        ]),
    )
        .prop_map(|(effect, action, resource, conditions)| {
            format!(r#"{{"Effect": "{effect}", {action}, {resource}, "Condition": {conditions}}}"#)
        })
}

fn judge_statements(statements: &[String], per_document: usize) -> Decision {
    let documents = statements.chunks(per_document).map(|statements| {
        let statements = statements.join(",");
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        Arc::new(Compiled::new(&Document::parse(&text).unwrap()))
    });
    let identity = PolicySet::new(documents);
    let context = Context::default();
    let request = Request::new(USER, "s3:GetObject", BUCKET, &context);
    let policies = Policies {
        identity: Some(&identity),
        ..Policies::default()
    };
    evaluate(&request, &policies)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn order_does_not_matter_and_one_more_deny_never_allows(
        statements in proptest::collection::vec(any_statement(), 1..8),
        rotation in 0_usize..8,
        per_document in 1_usize..4,
        more in any_statement(),
    ) {
        let decision = judge_statements(&statements, 1);
        let mut others = statements.clone();
        others.rotate_left(rotation % statements.len());
        prop_assert_eq!(judge_statements(&others, per_document), decision);
        others.push(more.replace("Allow", "Deny"));
        let denied_more = judge_statements(&others, per_document);
        prop_assert!(denied_more == decision || denied_more == ExplicitDeny(Kind::Identity));
    }
}
