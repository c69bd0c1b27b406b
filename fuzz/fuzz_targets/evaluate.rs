//! Decisions: the crate and the second opinion agree on small policies and requests out of a grammar,
//! and the explanation decides as the decision does.

#![no_main]

#[path = "../../crates/policy/tests/question/mod.rs"]
mod question;
#[path = "../../crates/policy/tests/reference/mod.rs"]
mod reference;

use arbitrary::{Result, Unstructured};
use keyward_policy::{evaluate, explain};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

const PRINCIPALS: &[&str] = &[
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "arn:aws:sts::111122223333:federated-user/fred",
    "arn:aws:iam::111122223333:root",
    "444455556666",
    "arn:aws:iam::444455556666:user/alice",
    "arn:aws:iam::111122223333:oidc-provider/idp.example",
    "cognito-identity.amazonaws.com",
    "ec2.amazonaws.com",
];

const NAMED: &[&str] = &[
    "*",
    OWN,
    OTHER,
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::444455556666:user/alice",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:sts::111122223333:federated-user/fred",
    "arn:aws:iam::111122223333:oidc-provider/idp.example",
    "cognito-identity.amazonaws.com",
    "ec2.amazonaws.com",
];

const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// All but the last have one value.
const KEYS: &[&str] = &[
    "aws:username",
    "aws:PrincipalArn",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:MultiFactorAuthAge",
    "s3:prefix",
    "aws:Missing",
    "aws:TagKeys",
];

const VALUES: &[&str] = &[
    "alice",
    "Alice",
    "",
    "ſ",
    "300",
    "+0300.0",
    "-1",
    "3000000000000000000001",
    "2026-11-25",
    "2026-11-25T01:00:00+01:00",
    "1795564800",
    "true",
    "TRUE",
    "203.0.113.7",
    "203.0.113.0/24",
    "2001:db8::1",
    "2001:db8::/32",
    "::ffff:203.0.113.7",
    "aGk=",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:s3:::bucket/€𝄞",
];

/// What patterns are put together from.
const PIECES: &[&str] = &[
    "*",
    "?",
    ":",
    "/",
    "a",
    "alice",
    "arn:aws:s3:::",
    "arn:aws:iam::111122223333:",
    "bucket",
    "user/",
    "€",
    "𝄞",
    "${aws:username}",
    "${aws:Missing}",
    "${aws:Missing, 'a*'}",
    "${aws:TagKeys}",
    "${s3:prefix}",
    "${*}",
    "${?}",
    "${$}",
    "$",
];

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "S3:getobject",
    "iam:GetUser",
    "sts:AssumeRole",
];
const ACTION_PATTERNS: &[&str] = &[
    "*",
    "s3:*",
    "S3:GET*",
    "s3:Get?bject",
    "s3:GetObject",
    "iam:*User",
    "sts:AssumeRole",
    "s3:**t",
    "?3:*",
    "*:*",
];

fuzz_target!(|bytes: &[u8]| {
    let Ok(question) = Grammar(Unstructured::new(bytes)).question() else {
        return;
    };
    let by_crate = question::decide(&question);
    assert_eq!(
        by_crate,
        reference::decide(&question),
        "crate against reference: {question}"
    );
    question::ask(&question, |request, policies| {
        let explanation = explain(request, policies);
        assert_eq!(
            explanation.decision,
            evaluate(request, policies),
            "{question}"
        );
        assert!(
            explanation
                .deciding()
                .all(|matched| explanation.matched.contains(matched))
        );
    });
});

struct Grammar<'b>(Unstructured<'b>);

impl Grammar<'_> {
    fn question(&mut self) -> Result<Value> {
        let principal = if self.one_in(12)? {
            json!({"type": "Anonymous"})
        } else {
            json!(self.0.choose(PRINCIPALS)?)
        };
        let mut question = json!({
            "principal": principal,
            "action": self.0.choose(ACTIONS)?,
            "resource": self.resource()?,
            "context": self.context()?,
        });
        if self.one_in(3)? {
            question["resourceAccount"] = json!(self.0.choose(&[OWN, OTHER])?);
        }
        for (name, has_principals) in [
            ("identityPolicies", false),
            ("permissionsBoundaries", false),
            ("sessionPolicies", false),
            ("endpointPolicies", true),
        ] {
            if self.0.arbitrary()? {
                question[name] = self.policies(has_principals)?;
            }
        }
        if self.0.arbitrary()? {
            question["resourcePolicy"] = self.policy(true)?;
        }
        for (name, has_principals) in [
            ("serviceControlPolicies", false),
            ("resourceControlPolicies", true),
        ] {
            if self.one_in(4)? {
                let count = self.0.int_in_range(0..=2)?;
                let levels = (0..count).map(|_| self.policies(has_principals));
                question[name] = levels.collect::<Result<_>>()?;
            }
        }
        Ok(question)
    }

    fn policies(&mut self, has_principals: bool) -> Result<Value> {
        let count = self.0.int_in_range(0..=2)?;
        (0..count).map(|_| self.policy(has_principals)).collect()
    }

    fn policy(&mut self, has_principals: bool) -> Result<Value> {
        let count = self.0.int_in_range(1..=3)?;
        let statements = (0..count).map(|_| self.statement(has_principals));
        let mut policy = json!({ "Statement": statements.collect::<Result<Value>>()? });
        if !self.one_in(8)? {
            let version = if self.one_in(8)? {
                "2008-10-17"
            } else {
                "2012-10-17"
            };
            policy["Version"] = json!(version);
        }
        Ok(policy)
    }

    fn statement(&mut self, has_principals: bool) -> Result<Value> {
        let effect = if self.one_in(3)? { "Deny" } else { "Allow" };
        let mut statement = json!({ "Effect": effect });
        let action =
            self.several(|grammar| Ok((*grammar.0.choose(ACTION_PATTERNS)?).to_owned()))?;
        let name = if self.one_in(6)? {
            "NotAction"
        } else {
            "Action"
        };
        statement[name] = action;
        if !has_principals || !self.one_in(8)? {
            let name = if self.one_in(6)? {
                "NotResource"
            } else {
                "Resource"
            };
            statement[name] = self.several(Self::pattern)?;
        }
        if has_principals && !self.one_in(8)? {
            let name = if self.one_in(6)? {
                "NotPrincipal"
            } else {
                "Principal"
            };
            statement[name] = self.principals()?;
        }
        let lines = self.0.int_in_range(0..=2)?;
        for _ in 0..lines {
            let operator = self.operator()?;
            let key = *self.0.choose(KEYS)?;
            statement["Condition"][operator][key] = self.several(Self::value)?;
        }
        Ok(statement)
    }

    fn principals(&mut self) -> Result<Value> {
        if self.one_in(8)? {
            return Ok(json!("*"));
        }
        let kind = match self.0.int_in_range(0..=5)? {
            0 => "Service",
            1 => "Federated",
            _ => "AWS",
        };
        let names = self.several(|grammar| Ok((*grammar.0.choose(NAMED)?).to_owned()))?;
        Ok(json!({ kind: names }))
    }

    fn operator(&mut self) -> Result<String> {
        let name = *self.0.choose(OPERATORS)?;
        let quantifier = match self.0.int_in_range(0..=5)? {
            0 => "ForAllValues:",
            1 => "ForAnyValue:",
            _ => "",
        };
        if name == "Null" {
            return Ok(name.to_owned());
        }
        let end = if self.one_in(5)? { "IfExists" } else { "" };
        Ok(format!("{quantifier}{name}{end}"))
    }

    fn value(&mut self) -> Result<String> {
        if self.0.arbitrary()? {
            return self.pattern();
        }
        Ok((*self.0.choose(VALUES)?).to_owned())
    }

    /// A text out of pieces that mean something, sometimes with others between them.
    fn pattern(&mut self) -> Result<String> {
        if self.one_in(4)? {
            return Ok("*".to_owned());
        }
        let mut pattern = String::new();
        for _ in 0..self.0.int_in_range(1..=5)? {
            pattern.push_str(self.0.choose(PIECES)?);
        }
        if self.one_in(6)? {
            pattern.push(self.0.arbitrary()?);
        }
        Ok(pattern)
    }

    fn resource(&mut self) -> Result<String> {
        let pattern = self.pattern()?;
        // What variables stand for is more likely to meet a pattern than their names.
        Ok(pattern
            .replace("${aws:username}", "alice")
            .replace("${*}", "*"))
    }

    fn context(&mut self) -> Result<Value> {
        let mut context = json!({});
        let Some((several, single)) = KEYS.split_last() else {
            return Ok(context);
        };
        for key in single {
            if *key != "aws:Missing" && self.0.arbitrary()? {
                context[*key] = json!(self.value()?);
            }
        }
        if self.0.arbitrary()? {
            let count = self.0.int_in_range(0..=2)?;
            let values = (0..count).map(|_| self.value());
            context[*several] = values.collect::<Result<Vec<_>>>()?.into();
        }
        Ok(context)
    }

    /// One text, or a list of some.
    fn several(&mut self, one: impl Fn(&mut Self) -> Result<String>) -> Result<Value> {
        if !self.one_in(4)? {
            return Ok(one(self)?.into());
        }
        let count = self.0.int_in_range(0..=2)?;
        let texts = (0..count).map(|_| one(self));
        Ok(texts.collect::<Result<Vec<_>>>()?.into())
    }

    fn one_in(&mut self, count: u8) -> Result<bool> {
        self.0.ratio(1, count)
    }
}
