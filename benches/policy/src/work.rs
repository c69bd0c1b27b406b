//! What is decided: the policies of a principal, with ten statements, and what is asked of them.

use keyward_policy::Context;

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
