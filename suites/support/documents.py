"""Policies as tests write them, and the sentences of a refusal."""

import json

from support.program import DEFAULT_ACCOUNT

PREFIX = f"arn:aws:iam::{DEFAULT_ACCOUNT}"
TRUSTED = "ec2.amazonaws.com"


def policy(*statements, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


def allow(action="*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


def trust(principal=None, **more):
    """A trust policy with one statement."""
    principal = principal or {"Service": TRUSTED}
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def sized(characters):
    """A policy of so many characters that count: white space does not."""
    document = policy(allow("s3:x")).replace(" ", "")
    document = document.replace("s3:x", "s3:" + "x" * (characters - len(document) + 1))
    assert len(document) == characters
    return document + "\n" * 200


def arn(kind, name):
    return f"{PREFIX}:{kind}/{name}"


def nothing_allows(action, resource, caller="user/Bob", kind="identity-based policy"):
    return (
        f"User: {PREFIX}:{caller} is not authorized to perform: {action} on resource: {resource} "
        f"because no {kind} allows the {action} action"
    )


def denied(action, resource, caller="user/Bob", kind="an identity-based policy", by=None):
    """The refusal where a policy denies: `by` is the ARN of a managed one."""
    named = f": {by}" if by else ""
    return (
        f"User: {PREFIX}:{caller} is not authorized to perform: {action} on resource: {resource} "
        f"with an explicit deny in {kind}{named}"
    )


def tags(*pairs, **more):
    return [{"Key": key, "Value": value} for key, value in [*pairs, *more.items()]]
