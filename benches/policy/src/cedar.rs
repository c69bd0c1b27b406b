//! The same rules in Cedar, written as its guide advises: actions in groups, the parts of the request
//! that never change prepared as entities, conditions in `when`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use anyhow::Context as _;
use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};

use crate::figures::nanoseconds;
use crate::work::{Asked, REQUESTS};

const POLICIES: &str = r#"
permit(principal, action in [Action::"s3:Get*", Action::"s3:List*"], resource)
    when { resource.arn == "arn:aws:s3:::photos" || resource.arn like "arn:aws:s3:::photos/*" };
permit(principal, action == Action::"s3:PutObject", resource)
    when { resource.arn like "arn:aws:s3:::photos/*" };
permit(principal, action in Action::"dynamodb:*Item", resource)
    when { resource.arn like "arn:aws:dynamodb:*:111122223333:table/orders*" };
permit(principal, action in [Action::"sqs:SendMessage", Action::"sqs:ReceiveMessage"], resource)
    when { resource.arn like "arn:aws:sqs:us-east-1:111122223333:jobs-*" };
permit(principal, action in Action::"ec2:Describe*", resource);
permit(principal, action in [Action::"ec2:StartInstances", Action::"ec2:StopInstances"], resource)
    when { resource.arn like "arn:aws:ec2:*:111122223333:instance/*" && context.team == "storage" };
forbid(principal, action in Action::"s3:*", resource)
    when { resource.arn like "arn:aws:s3:::photos/private/*" };
permit(principal, action in Action::"logs:*", resource)
    when { resource.arn like "arn:aws:logs:*:*:log-group:/app/*" };
permit(principal, action == Action::"kms:Decrypt", resource)
    when { resource.arn ==
        "arn:aws:kms:us-east-1:111122223333:key/0b5a1c3e-7f0d-4c55-9a39-5d5d8c6f0001" };
forbid(principal, action in Action::"dynamodb:Delete*", resource)
    unless { context.source_ip.isInRange(ip("203.0.113.0/24")) };
"#;

const CONTEXT: &str = r#"{"team": "storage",
    "source_ip": {"__extn": {"fn": "ip", "arg": "198.51.100.7"}}}"#;

/// The groups of actions that the policies name.
const GROUPS: [&str; 7] = [
    "s3:*",
    "s3:Get*",
    "s3:List*",
    "dynamodb:*Item",
    "dynamodb:Delete*",
    "ec2:Describe*",
    "logs:*",
];

pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<(Asked, Request)>,
}

impl Cedar {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let request = |asked: Asked| {
            let (action, resource) = asked;
            let context = Context::from_json_str(CONTEXT, None)?;
            let uid = |kind: &str, id: &str| -> anyhow::Result<EntityUid> {
                Ok(format!("{kind}::{id:?}").parse()?)
            };
            let (alice, action, resource) = (
                uid("User", "alice")?,
                uid("Action", action)?,
                uid("Resource", resource)?,
            );
            anyhow::Ok((asked, Request::new(alice, action, resource, context, None)?))
        };
        Ok(Self {
            authorizer: Authorizer::new(),
            policies: POLICIES.parse()?,
            entities: Entities::from_json_str(&entities()?, None)?,
            requests: REQUESTS
                .into_iter()
                .map(request)
                .collect::<Result<_, _>>()?,
        })
    }

    /// Nanoseconds for a request of the mix.
    pub(crate) fn time(&self) -> anyhow::Result<f64> {
        let all = nanoseconds(Duration::from_millis(10), || {
            for (_, request) in &self.requests {
                black_box(self.authorizer.is_authorized(
                    black_box(request),
                    &self.policies,
                    &self.entities,
                ));
            }
        });
        Ok(all / self.requests.len() as f64)
    }

    pub(crate) fn decide(&self, asked: Asked) -> anyhow::Result<&'static str> {
        let (_, request) = (self.requests.iter().find(|(other, _)| *other == asked))
            .context("a request that was not prepared")?;
        let response = self
            .authorizer
            .is_authorized(request, &self.policies, &self.entities);
        let diagnostics = response.diagnostics();
        anyhow::ensure!(diagnostics.errors().next().is_none(), "{response:?}");
        Ok(match (response.decision(), diagnostics.reason().next()) {
            (Decision::Allow, _) => "allowed",
            (Decision::Deny, None) => "implicit deny",
            (Decision::Deny, Some(_)) => "explicit deny",
        })
    }
}

/// The user, the actions with their groups, and the resources with their ARNs.
fn entities() -> anyhow::Result<String> {
    let mut text =
        r#"[{"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": []}"#.to_owned();
    let mut done = Vec::new();
    for (action, resource) in REQUESTS {
        if !done.contains(&action) {
            done.push(action);
            let is_in = |group: &&&str| {
                let (before, after) = group.split_once('*').unwrap_or((group, ""));
                action.starts_with(before) && action.ends_with(after)
            };
            let parents: Vec<String> = (GROUPS.iter().filter(is_in))
                .map(|group| format!(r#"{{"type": "Action", "id": "{group}"}}"#))
                .collect();
            let parents = parents.join(", ");
            write!(
                text,
                r#", {{"uid": {{"type": "Action", "id": "{action}"}}, "attrs": {{}}, "parents": [{parents}]}}"#
            )?;
        }
        if !done.contains(&resource) {
            done.push(resource);
            write!(
                text,
                r#", {{"uid": {{"type": "Resource", "id": "{resource}"}}, "attrs": {{"arn": "{resource}"}}, "parents": []}}"#
            )?;
        }
    }
    text.push(']');
    Ok(text)
}
