"""What an answer must be, in one place."""

import pytest
from botocore.exceptions import ClientError

# `@provokes("CreateGroup", "LimitExceeded")` says that the test makes an operation answer this. The test
# fails where it does not, and docs/coverage.md shows what is marked.
provokes = pytest.mark.provokes
# What `refused` has seen in the test that runs: operations and codes.
refusals = set()

STATUS = {
    "AccessDenied": 403,
    "DeleteConflict": 409,
    "EntityAlreadyExists": 409,
    "ExpiredToken": 403,
    "ExpiredTokenException": 400,
    "FeatureDisabled": 404,
    "FeatureEnabled": 409,
    "IDPRejectedClaim": 403,
    "IncompleteSignature": 400,
    "InternalFailure": 500,
    "InvalidAuthorizationMessageException": 400,
    "InvalidClientTokenId": 403,
    "InvalidIdentityToken": 400,
    "InvalidInput": 400,
    "InvalidParameterValue": 400,
    "InvalidUserType": 400,
    "JWTPayloadSizeExceededException": 400,
    "LimitExceeded": 409,
    "MalformedInput": 400,
    "MalformedPolicyDocument": 400,
    "MissingAuthenticationToken": 403,
    "NoSuchEntity": 404,
    "NotImplemented": 501,
    "OpenIdIdpCommunicationError": 400,
    "OutboundWebIdentityFederationDisabledException": 403,
    "PackedPolicyTooLarge": 400,
    "PasswordPolicyViolation": 400,
    "PolicyNotAttachable": 400,
    "ServiceUnavailable": 503,
    "SessionDurationEscalationException": 403,
    "SignatureDoesNotMatch": 403,
    "UnmodifiableEntity": 400,
    "ValidationError": 400,
}
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details."
)
INVALID_TOKEN = "The security token included in the request is invalid."
PASSWORD_PATTERN = r"[\u0009\u000A\u000D\u0020-\u00FF]+"
TAG_KEY_PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"
TAG_VALUE_PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"
NAME_TEXT = (
    "The specified value for {} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
)


def refused(code, message, function, /, **members):
    """Calls and expects a fault to the letter: code, message, HTTP status and sender. `None` as the
    message means that its text is not known of AWS."""
    with pytest.raises(ClientError) as raised:
        function(**members)
    response = raised.value.response
    error = response["Error"]
    assert error["Code"] == code, error
    if message is not None:
        assert error["Message"] == message, error["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == STATUS[code]
    expected_type = "Receiver" if STATUS[code] >= 500 else "Sender"
    assert error["Type"] == expected_type
    refusals.add((raised.value.operation_name, code))
    return error


def violations(*entries):
    """The sentence that tells what is wrong with a request."""
    plural = "" if len(entries) == 1 else "s"
    return f"{len(entries)} validation error{plural} detected: " + "; ".join(entries)


def violation(field, constraint):
    return f"Value at '{field}' failed to satisfy constraint: {constraint}"


def at_most(field, limit, quantity="length"):
    return violation(field, f"Member must have {quantity} less than or equal to {limit}")


def at_least(field, limit, quantity="length"):
    return violation(field, f"Member must have {quantity} greater than or equal to {limit}")


def not_null(field):
    return violation(field, "Member must not be null")


def pattern(field, expression):
    return violation(field, f"Member must satisfy regular expression pattern: {expression}")


def only_metadata(response):
    """The answer of an operation that has nothing to tell."""
    assert set(response) == {"ResponseMetadata"}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert response["ResponseMetadata"]["RequestId"]


def without_metadata(response):
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}
