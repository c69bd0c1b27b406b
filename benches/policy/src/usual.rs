//! A principal with ten statements, beside Cedar and the floor.

use std::hint::black_box;
use std::time::Duration;

use anyhow::ensure;
use keyward_policy::{Context, Decision, PolicySet};

use crate::figures::{Bound, ROUNDS, median, nanoseconds};
use crate::{cedar, engine, floor};

/// What is asked: an action and a resource.
pub(crate) type Asked = (&'static str, &'static str);

/// A managed policy and an inline one: ten statements, two of which deny and two have conditions.
pub(crate) const POLICIES: [&str; 2] = [
    r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"],
            "Resource": ["arn:aws:s3:::photos", "arn:aws:s3:::photos/*"]},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::photos/*"},
        {"Effect": "Allow", "Action": "dynamodb:*Item",
            "Resource": "arn:aws:dynamodb:*:111122223333:table/orders*"},
        {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"],
            "Resource": "arn:aws:sqs:us-east-1:111122223333:jobs-*"},
        {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["ec2:StartInstances", "ec2:StopInstances"],
            "Resource": "arn:aws:ec2:*:111122223333:instance/*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": "storage"}}},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::photos/private/*"}]}"#,
    r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:log-group:/app/*"},
        {"Effect": "Allow", "Action": "kms:Decrypt",
            "Resource": "arn:aws:kms:us-east-1:111122223333:key/0b5a1c3e-7f0d-4c55-9a39-5d5d8c6f0001"},
        {"Effect": "Deny", "Action": "dynamodb:Delete*", "Resource": "*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}"#,
];

/// Allowed, denied by nothing that allows, and denied by a statement, four of each.
pub(crate) const REQUESTS: [Asked; 12] = [
    ("s3:GetObject", "arn:aws:s3:::photos/2026/05/beach.jpg"),
    (
        "ec2:StartInstances",
        "arn:aws:ec2:us-east-1:111122223333:instance/i-0abcd1234ef567890",
    ),
    (
        "dynamodb:PutItem",
        "arn:aws:dynamodb:us-east-1:111122223333:table/orders-2026",
    ),
    (
        "kms:Decrypt",
        "arn:aws:kms:us-east-1:111122223333:key/0b5a1c3e-7f0d-4c55-9a39-5d5d8c6f0001",
    ),
    ("s3:DeleteObject", "arn:aws:s3:::photos/2026/05/beach.jpg"),
    (
        "sqs:SendMessage",
        "arn:aws:sqs:us-east-1:111122223333:mail-out",
    ),
    ("iam:GetUser", "arn:aws:iam::111122223333:user/alice"),
    ("s3:GetObject", "arn:aws:s3:::movies/2026/05/beach.mp4"),
    ("s3:GetObject", "arn:aws:s3:::photos/private/passport.jpg"),
    ("s3:PutObject", "arn:aws:s3:::photos/private/2026/card.jpg"),
    (
        "dynamodb:DeleteItem",
        "arn:aws:dynamodb:us-east-1:111122223333:table/orders-2026",
    ),
    (
        "dynamodb:DeleteTable",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/other",
    ),
];

/// What the request carries, for all.
pub(crate) const KEYS: [(&str, &str); 10] = [
    ("aws:username", "alice"),
    ("aws:userid", "AIDAQ7Y3XJ4NVR6KEXAMPLE"),
    ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice"),
    ("aws:PrincipalAccount", "111122223333"),
    ("aws:PrincipalType", "User"),
    ("aws:PrincipalTag/team", "storage"),
    ("aws:SourceIp", "198.51.100.7"),
    ("aws:SecureTransport", "true"),
    ("aws:CurrentTime", "2026-05-17T10:30:15Z"),
    ("aws:UserAgent", "Boto3/1.44.5 md/Botocore#1.44.5 os/linux"),
];

pub(crate) fn context() -> Context {
    let mut context = Context::default();
    for (key, value) in KEYS {
        context.set(key, value);
    }
    context
}

/// Nanoseconds for a request of the mix.
pub(crate) fn time_engine(set: &PolicySet, context: &Context) -> f64 {
    let all = nanoseconds(Duration::from_millis(10), || {
        for (action, resource) in REQUESTS {
            black_box(engine::decide(
                set,
                black_box(action),
                black_box(resource),
                context,
            ));
        }
    });
    all / REQUESTS.len() as f64
}

pub(crate) fn run() -> anyhow::Result<bool> {
    let (set, context) = (engine::set(&POLICIES)?, context());
    let cedar = cedar::Cedar::new()?;
    let floor = floor::Floor::new(&POLICIES)?;
    let mut counts = [0; 3];
    for asked in REQUESTS {
        let (action, resource) = asked;
        let ours = match engine::decide(&set, action, resource, &context) {
            Decision::Allowed => "allowed",
            Decision::ImplicitDeny(_) => "implicit deny",
            Decision::ExplicitDeny(_) => "explicit deny",
        };
        let all = [ours, cedar.decide(asked)?, floor.decide(action, resource)];
        ensure!(all.iter().all(|one| *one == ours), "{asked:?}: {all:?}");
        let kind = ["allowed", "implicit deny", "explicit deny"]
            .iter()
            .position(|kind| *kind == ours);
        if let Some(count) = kind.and_then(|kind| counts.get_mut(kind)) {
            *count += 1;
        }
    }
    ensure!(
        counts == [4, 4, 4],
        "the mix is not what it should be: {counts:?}"
    );

    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let figures = (
            time_engine(&set, &context),
            cedar.time()?,
            floor.time(&REQUESTS),
        );
        // The first round warms all up.
        if round > 0 {
            rounds.push(figures);
        }
    }
    println!("A decision with 10 statements, nanoseconds, medians of {ROUNDS} rounds");
    println!("  the engine  {:>9.0}", median(rounds.iter().map(|r| r.0)));
    println!("  Cedar       {:>9.0}", median(rounds.iter().map(|r| r.1)));
    println!("  the floor   {:>9.0}", median(rounds.iter().map(|r| r.2)));
    let to_cedar = Bound {
        figure: median(rounds.iter().map(|r| r.0 / r.1)),
        must: Some(1.0 / 20.0),
        aim: Some(1.0 / 40.0),
    };
    // What must be reached is said of Cedar; of the floor there is an aim alone.
    let to_floor = Bound {
        figure: median(rounds.iter().map(|r| r.0 / r.2)),
        must: None,
        aim: Some(3.0),
    };
    let reached = to_cedar.report("the engine to Cedar", "times");
    to_floor.report("the engine to the floor", "times");
    Ok(reached)
}
