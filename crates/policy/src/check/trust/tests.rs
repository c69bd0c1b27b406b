//! Each text and each rule of trust policies, as seen at AWS.

use super::*;

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

fn message(text: &str) -> Option<String> {
    let fault = check_trust_policy(text, &|name| name == ALICE).err()?;
    assert!(text.get(fault.span).is_some());
    Some(fault.message.into_owned())
}

/// What is said about one statement.
fn message_of(statement: &str) -> Option<String> {
    message(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#
    ))
}

/// What is said about a statement with this principal.
fn message_of_principal(principal: &str) -> Option<String> {
    message_of(&format!(
        r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}"#
    ))
}

const EC2: &str = r#""Principal":{"Service":"ec2.amazonaws.com"}"#;

#[test]
fn whole_policies_are_accepted_in_either_version() {
    let statement = format!(r#"{{"Effect":"Allow",{EC2},"Action":"sts:AssumeRole"}}"#);
    for version in [
        "",
        r#""Version":"2008-10-17","#,
        r#""Version":"2012-10-17","#,
    ] {
        let text = format!(r#"{{{version}"Statement":{statement}}}"#);
        assert_eq!(message(&text), None, "{version}");
    }
    for action in ACTIONS {
        let statement = format!(r#"{{"Sid":"","Effect":"Deny",{EC2},"Action":["{action}"]}}"#);
        assert_eq!(message_of(&statement), None, "{action}");
    }
}

#[test]
fn texts_of_whole_documents() {
    let statement = format!(r#"{{"Effect":"Allow",{EC2},"Action":"sts:AssumeRole"}}"#);
    for (text, expected) in [
        ("no json".to_owned(), "This policy contains invalid Json"),
        (String::new(), "This policy contains invalid Json"),
        ("[]".to_owned(), "Syntax error in policy."),
        (r#"{"Extra":1}"#.to_owned(), "Unknown field Extra"),
        (
            r#"{"Version":"2012-10-17","Note":"x","More":1,"Statement":[]}"#.to_owned(),
            "Unknown field Note",
        ),
        (
            format!("\n{{\"Statement\":{statement}}}"),
            "JSON strings must not have leading spaces",
        ),
        (
            r#"{"Version":5}"#.to_owned(),
            "Syntax error at position (1,13)",
        ),
        (
            r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
            "Could not parse the policy: Statement is empty!",
        ),
        (
            r#"{"Version":"2012-10-17"}"#.to_owned(),
            "Could not parse the policy: Statement is empty!",
        ),
        (
            format!(r#"{{"Version":"2012-10-18","Statement":{statement}}}"#),
            "The policy must contain a valid version string",
        ),
        (
            r#"{"Statement":[
                {"Sid":"a","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},
                {"Sid":"a","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:TagSession"}]}"#
                .to_owned(),
            "The Statement Ids in the policy are not unique",
        ),
    ] {
        assert_eq!(message(&text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn texts_of_statements() {
    let not_sts = "AssumeRole policy may only specify STS AssumeRole actions.";
    for (elements, expected) in [
        (
            r#""Action":"sts:AssumeRole""#,
            "Missing required field Effect",
        ),
        (
            r#""Effect":"allow","Action":"sts:AssumeRole""#,
            "Invalid effect: allow",
        ),
        (
            r#""Effect":"Perhaps","Action":"sts:AssumeRole""#,
            "Invalid effect: Perhaps",
        ),
        (r#""Effect":"Allow""#, "Missing required field Action"),
        (
            r#""Effect":"Allow","Action":[]"#,
            "Missing required field Action",
        ),
        (r#""Effect":"Allow","Action":"*""#, not_sts),
        (r#""Effect":"Allow","Action":"sts:*""#, not_sts),
        (r#""Effect":"Allow","Action":"sts:AssumeRole*""#, not_sts),
        (
            r#""Effect":"Allow","Action":"STS:assumerolewithwebidentity""#,
            not_sts,
        ),
        (
            r#""Effect":"Allow","Action":["sts:AssumeRole","s3:GetObject"]"#,
            not_sts,
        ),
        (r#""Effect":"Allow","NotAction":"sts:AssumeRole""#, not_sts),
        (
            r#""Effect":"Allow","Action":"sts:AssumeRole","NotAction":"s3:*""#,
            "Syntax error in policy.",
        ),
        (
            r#""Effect":"Allow","Action":"sts:AssumeRole","Resource":"*""#,
            "Has prohibited field Resource",
        ),
        (
            r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#,
            "Has prohibited field Resource",
        ),
        (
            r#""Effect":"Allow","Action":"sts:AssumeRole","NotResource":"*""#,
            "AssumeRole policy must not contain resources.",
        ),
        (
            r#""Effect":"Allow","Action":"sts:AssumeRole","Condition":{"Equals":{"a":"b"}}"#,
            "Syntax error in policy.",
        ),
        (
            r#""Effect":"Allow","Action":"sts:AssumeRole","Condition":{"NumericEquals":{"a":"b"}}"#,
            "Syntax error in policy.",
        ),
    ] {
        let message = message_of(&format!("{{{elements},{EC2}}}"));
        assert_eq!(message.as_deref(), Some(expected), "{elements}");
    }
}

#[test]
fn an_identity_policy_is_told_of_its_resources() {
    let statement = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#;
    assert_eq!(message_of(statement).as_deref(), Some(RESOURCE));
}

#[test]
fn texts_of_principals() {
    for (principal, expected) in [
        (
            r#""*""#,
            r#"AssumeRolepolicy contained an invalid principal: "STAR":"*"."#,
        ),
        (r#""111122223333""#, "Principal must be a JSON object."),
        ("{}", "Missing required field Principal cannot be empty!"),
        (
            r#"{"AWS":[]}"#,
            "Missing required field Principal cannot be empty!",
        ),
        (r#"{"Foo":"bar"}"#, r#"Invalid principal in policy: "Foo""#),
        (
            r#"{"CanonicalUser":"79a5"}"#,
            r#"Invalid principal in policy: "CanonicalUser""#,
        ),
        (
            r#"{"AWS":"arn:aws:iam::123456789012:user/ghost"}"#,
            r#"Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/ghost""#,
        ),
        (
            r#"{"AWS":["arn:aws:iam::111122223333:user/alice","arn:aws:iam::123456789012:user/*"]}"#,
            r#"Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/*""#,
        ),
        (
            r#"{"Service":"ec2"}"#,
            r#"Invalid principal in policy: "SERVICE":"ec2""#,
        ),
        (
            r#"{"Federated":"nobody"}"#,
            r#"Invalid principal in policy: "FEDERATED":"nobody""#,
        ),
        (
            r#"{"Federated":"*"}"#,
            "Federated principals must be valid domain names or SAML metadata ARNs",
        ),
        ("[]", "Syntax error at position (1,70)"),
    ] {
        let message = message_of_principal(principal);
        assert_eq!(message.as_deref(), Some(expected), "{principal}");
    }
    for principal in [
        r#"{"AWS":"*"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:user/alice","Service":["ec2.amazonaws.com"]}"#,
        r#"{"Federated":"arn:aws:iam::111122223333:saml-provider/none"}"#,
    ] {
        assert_eq!(message_of_principal(principal), None, "{principal}");
    }
}

#[test]
fn texts_of_missing_and_negated_principals() {
    for (elements, expected) in [
        (r#""Effect":"Allow""#, "Missing required field Principal"),
        (
            r#""Effect":"Allow","NotPrincipal":{"AWS":"*"}"#,
            "Allow with NotPrincipal is not allowed.",
        ),
        (
            r#""Effect":"Deny","NotPrincipal":{"AWS":"*"}"#,
            "AssumeRole policy must not contain NotPrincipal field.",
        ),
    ] {
        let message = message_of(&format!(r#"{{{elements},"Action":"sts:AssumeRole"}}"#));
        assert_eq!(message.as_deref(), Some(expected), "{elements}");
    }
    let twice = r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Principal":{"AWS":"*"},
        "Action":"sts:AssumeRole"}"#;
    assert_eq!(message_of(twice).as_deref(), Some(SYNTAX));
}

#[test]
fn who_exists_is_asked_about_each_account_principal_once() {
    let text = r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":
        {"AWS":["*","111122223333","AIDACKCEVSQ6C2EXAMPLE"],"Service":"ec2.amazonaws.com"}}]}"#;
    let asked = std::cell::RefCell::new(Vec::new());
    let exists = |name: &str| {
        asked.borrow_mut().push(name.to_owned());
        true
    };
    assert!(check_trust_policy(text, &exists).is_ok());
    assert_eq!(*asked.borrow(), ["111122223333", "AIDACKCEVSQ6C2EXAMPLE"]);
}

/// What is said about a provider that is trusted under conditions.
fn trusted(provider: &str, conditions: Option<&str>) -> Option<String> {
    let condition = conditions.map_or_else(String::new, |text| format!(r#","Condition":{text}"#));
    message_of(&format!(
        r#"{{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},
            "Action":"sts:AssumeRoleWithWebIdentity"{condition}}}"#
    ))
}

fn provider(issuer: &str) -> String {
    format!("arn:aws:iam::111122223333:oidc-provider/{issuer}")
}

fn tenant_text(principal: &str, keys: &str) -> String {
    format!(
        "Trust policy with trusted principal {principal} must evaluate, using StringEquals, \
         StringLike or StringEqualsIgnoreCase, {keys} which is not scoped to all."
    )
}

#[test]
fn cognito_needs_its_pool() {
    let cognito = "cognito-identity.amazonaws.com";
    assert_eq!(
        trusted(cognito, None).as_deref(),
        Some("A condition block must be present for the Cognito provider"),
    );
    let text = tenant_text(cognito, "cognito-identity.amazonaws.com:aud");
    let other = r#"{"StringEquals":{"cognito-identity.amazonaws.com:sub":"x"}}"#;
    assert_eq!(trusted(cognito, Some(other)), Some(text));
    let good = r#"{"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:x"}}"#;
    assert_eq!(trusted(cognito, Some(good)), None);
}

#[test]
fn listed_issuers_need_their_tenant() {
    let gitlab = provider("gitlab.com");
    let text = tenant_text("gitlab.com", "gitlab.com:sub");
    for condition in [
        None,
        Some("{}"),
        Some(r#"{"StringLike":{"gitlab.com:sub":"*"}}"#),
        Some(r#"{"StringLike":{"gitlab.com:sub":["project:a","*"]}}"#),
        Some(r#"{"StringEquals":{"gitlab.com:aud":"x"}}"#),
        Some(r#"{"StringNotEquals":{"gitlab.com:sub":"x"}}"#),
        Some(r#"{"StringEqualsIfExists":{"gitlab.com:sub":"x"}}"#),
        Some(r#"{"Null":{"gitlab.com:sub":"false"}}"#),
        Some(r#"{"Bool":{"gitlab.com:sub":"true"}}"#),
        Some(r#"{"NumericEquals":{"gitlab.com:sub":"1"}}"#),
    ] {
        assert_eq!(
            trusted(&gitlab, condition).as_ref(),
            Some(&text),
            "{condition:?}"
        );
    }
    for condition in [
        r#"{"StringLike":{"gitlab.com:sub":"project:a/*"}}"#,
        r#"{"StringEqualsIgnoreCase":{"GITLAB.COM:Sub":"x"}}"#,
        r#"{"ForAnyValue:StringEquals":{"gitlab.com:sub":"x"}}"#,
        r#"{"ForAllValues:StringLike":{"gitlab.com:sub":"x"}}"#,
        r#"{"StringLike":{"gitlab.com:sub":"?"}}"#,
        r#"{"StringLike":{"gitlab.com:sub":"**"}}"#,
        r#"{"StringLike":{"gitlab.com:sub":"*?"}}"#,
        r#"{"StringLike":{"gitlab.com:sub":""}}"#,
        r#"{"StringLike":{"gitlab.com:sub":[]}}"#,
        r#"{"StringLike":{"gitlab.com:sub":"*"},"StringEquals":{"gitlab.com:sub":"x"}}"#,
    ] {
        assert_eq!(trusted(&gitlab, Some(condition)), None, "{condition}");
    }
}

#[test]
fn each_listed_issuer_has_its_key() {
    for (issuer, key) in [
        ("api.pulumi.com/oidc", "api.pulumi.com/oidc:aud"),
        ("oidc.vercel.com", "oidc.vercel.com:aud"),
        ("studio.datachain.ai/api", "studio.datachain.ai/api:sub"),
        (
            "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
            "sts:RoleSessionName",
        ),
        (
            "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
            "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb:sub",
        ),
    ] {
        let provider = provider(issuer);
        assert_eq!(trusted(&provider, None), Some(tenant_text(issuer, key)));
        let good = format!(r#"{{"StringEquals":{{"{key}":"x"}}}}"#);
        assert_eq!(trusted(&provider, Some(&good)), None, "{issuer}");
    }
}

#[test]
fn private_issuers_need_nothing() {
    for issuer in [
        "idp.example.com",
        "api.pulumi.com",
        "gitlab.com/private",
        "oidc.vercel.com/team",
    ] {
        assert_eq!(trusted(&provider(issuer), None), None, "{issuer}");
    }
}

#[test]
fn github_needs_a_repository_or_a_workflow() {
    let issuer = "token.actions.githubusercontent.com";
    let github = provider(issuer);
    let keys = format!("{issuer}:sub or {issuer}:job_workflow_ref");
    let with = |values: &str| {
        let values = values.replace("SUB", &format!("{issuer}:sub"));
        trusted(
            &github,
            Some(&values.replace("REF", &format!("{issuer}:JOB_workflow_ref"))),
        )
    };
    let text = tenant_text(&github, &keys);
    assert_eq!(trusted(&github, None).as_ref(), Some(&text));
    for condition in [
        r#"{"StringLike":{"SUB":"*"}}"#,
        r#"{"StringLike":{"SUB":"*:a"}}"#,
        r#"{"StringLike":{"SUB":""}}"#,
        r#"{"StringLike":{"SUB":"  "}}"#,
        r#"{"StringLike":{"SUB":["repo:a/b:*","*"]}}"#,
        r#"{"StringLike":{"SUB":"repo:a/b:*","REF":"*"}}"#,
        r#"{"StringLike":{"token.actions.githubusercontent.com:aud":"x"}}"#,
    ] {
        assert_eq!(with(condition).as_ref(), Some(&text), "{condition}");
    }
    for condition in [
        r#"{"StringLike":{"SUB":"repo:a/b:*"}}"#,
        r#"{"StringLike":{"REF":"a/b"}}"#,
        r#"{"StringLike":{"SUB":"?"}}"#,
        r#"{"StringLike":{"SUB":"?*"}}"#,
        r#"{"StringLike":{"SUB":"${a:b}"}}"#,
        r#"{"StringLike":{"SUB":[]}}"#,
        r#"{"StringLike":{"SUB":"*"},"StringEquals":{"REF":"a/b"}}"#,
    ] {
        assert_eq!(with(condition), None, "{condition}");
    }
}

#[test]
fn a_private_issuer_of_github_needs_the_same() {
    let issuer = "token.actions.githubusercontent.com/private";
    let github = provider(issuer);
    let keys = format!("{issuer}:sub or {issuer}:job_workflow_ref");
    assert_eq!(trusted(&github, None), Some(tenant_text(&github, &keys)));
    let good = format!(r#"{{"StringEquals":{{"{issuer}:sub":"repo:a/b"}}}}"#);
    assert_eq!(trusted(&github, Some(&good)), None);
}

#[test]
fn applications_are_named_exactly() {
    for (issuer, claims) in APPLICATIONS {
        let text = format!(
            "Policy trusting {issuer} requires a StringEquals condition on an application id"
        );
        assert_eq!(trusted(issuer, None).as_ref(), Some(&text));
        for claim in claims {
            let with = |operator: &str, claim: &str, value: &str| {
                let condition = format!(r#"{{"{operator}":{{"{issuer}:{claim}":{value}}}}}"#);
                trusted(issuer, Some(&condition))
            };
            for value in [r#""x""#, r#""*""#, r#""""#, "[]"] {
                assert_eq!(
                    with("StringEquals", claim, value),
                    None,
                    "{issuer} {claim} {value}"
                );
            }
            assert_eq!(with("ForAnyValue:StringEquals", claim, r#""x""#), None);
            assert_eq!(with("StringLike", claim, r#""x""#).as_ref(), Some(&text));
            assert_eq!(
                with("StringNotEquals", claim, r#""x""#).as_ref(),
                Some(&text)
            );
            let upper = claim.to_uppercase();
            assert_eq!(with("StringEquals", &upper, r#""x""#).as_ref(), Some(&text));
        }
    }
}

const APPLICATIONS: [(&str, &[&str]); 3] = [
    ("accounts.google.com", &["aud", "oaud", "sub"]),
    ("www.amazon.com", &["app_id", "sub"]),
    ("graph.facebook.com", &["app_id", "sub"]),
];

#[test]
fn each_statement_that_lets_tokens_in_is_judged_alone() {
    let statement = |effect: &str, action: &str, condition: &str| {
        format!(
            r#"{{"Effect":"{effect}","Principal":{{"Federated":"{}"}},"Action":{action}{condition}}}"#,
            provider("gitlab.com"),
        )
    };
    let tokens = r#""sts:AssumeRoleWithWebIdentity""#;
    let good = statement(
        "Allow",
        tokens,
        r#","Condition":{"StringEquals":{"gitlab.com:sub":"x"}}"#,
    );
    let bad = statement(
        "Allow",
        r#"["sts:TagSession","sts:AssumeRoleWithWebIdentity"]"#,
        "",
    );
    assert_eq!(message_of(&good), None);
    let text = Some(tenant_text("gitlab.com", "gitlab.com:sub"));
    assert_eq!(message_of(&bad), text);
    assert_eq!(message_of(&format!("{good},{bad}")), text);
    assert_eq!(message_of(&statement("Deny", tokens, "")), None);
    assert_eq!(
        message_of(&statement("Allow", r#""sts:TagSession""#, "")),
        None
    );
}

#[test]
fn each_provider_of_a_statement_is_judged() {
    let with = |key: &str| {
        message_of(&format!(
            r#"{{"Effect":"Allow","Principal":{{"Federated":["{}","accounts.google.com"]}},
                "Action":"sts:AssumeRoleWithWebIdentity",
                "Condition":{{"StringEquals":{{"{key}":"x","accounts.google.com:aud":"x"}}}}}}"#,
            provider("gitlab.com"),
        ))
    };
    assert_eq!(with("gitlab.com:sub"), None);
    let text = tenant_text("gitlab.com", "gitlab.com:sub");
    assert_eq!(with("gitlab.com:aud"), Some(text));
}

#[test]
fn a_kind_of_principal_in_another_case_is_told_by_the_position_of_its_value() {
    let text = "{\"Version\": \"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\": \
        {\"service\": \"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}";
    let quote = text.find("\"ec2").unwrap();
    assert_eq!(quote, 81);
    let expected = "Syntax error at position (1,83)";
    assert_eq!(message(text).as_deref(), Some(expected));
    let on_two_lines = text.replacen(',', ",\n", 1);
    let column = quote - text.find(',').unwrap() + 1;
    let expected = format!("Syntax error at position (2,{column})");
    assert_eq!(message(&on_two_lines), Some(expected));
    let in_a_list = text.replace("\"ec2.amazonaws.com\"", "[\"ec2.amazonaws.com\"]");
    let expected = format!("Syntax error at position (1,{})", quote + 22);
    assert_eq!(message(&in_a_list), Some(expected));
}
