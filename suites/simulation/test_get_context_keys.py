"""`GetContextKeysForCustomPolicy`: which context keys policies name."""

import json

from support.expect import provokes, refused


def test_keys_and_variables_are_named_for_each_document(iam):
    document = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "s3:*",
                "Resource": "arn:aws:s3:::home/${aws:username}/*",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            },
        }
    )
    response = iam.get_context_keys_for_custom_policy(PolicyInputList=[document, document])
    assert response["ContextKeyNames"] == ["aws:username", "aws:SecureTransport"] * 2
    response = iam.get_context_keys_for_custom_policy(PolicyInputList=["{}"])
    assert response["ContextKeyNames"] == []


@provokes("GetContextKeysForCustomPolicy", "InvalidInput")
def test_what_is_no_policy_is_refused(iam):
    refused(
        "InvalidInput",
        "Policy input list item 2 has invalid content",
        iam.get_context_keys_for_custom_policy,
        PolicyInputList=["{}", '{"Statement": {"Effect": "Allow", "Sorry": 1}}'],
    )
