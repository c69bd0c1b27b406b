"""Service-linked roles: made, protected and deleted by tasks."""

import re
import uuid

import pytest

from support.documents import allow, arn, policy, tags, trust
from support.expect import only_metadata, provokes, refused, without_metadata

BATCH = "batch.amazonaws.com"
ROLE = "AWSServiceRoleForBatch"
PROTECTED = f"Cannot perform the operation on the protected role '{ROLE}' - this role is only modifiable by AWS"


@pytest.fixture
def batch(iam):
    iam.create_service_linked_role(AWSServiceName=BATCH)
    return iam


def deletion(iam, task):
    return without_metadata(iam.get_service_linked_role_deletion_status(DeletionTaskId=task))


def test_a_role_of_a_service_is_made_as_the_service_wants_it(iam):
    made = without_metadata(iam.create_service_linked_role(AWSServiceName=BATCH, Description="Why"))["Role"]
    assert made.keys() == {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
    assert (made["RoleName"], made["Path"]) == (ROLE, f"/aws-service-role/{BATCH}/")
    assert made["Arn"] == arn("role", f"aws-service-role/{BATCH}/{ROLE}")
    [statement] = made["AssumeRolePolicyDocument"]["Statement"]
    assert statement == {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": [BATCH]}}
    shown = iam.get_role(RoleName=ROLE)["Role"]
    assert (shown["Description"], shown["MaxSessionDuration"]) == ("Why", 3600)
    [statement] = shown["AssumeRolePolicyDocument"]["Statement"]
    assert statement == {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": BATCH}}
    [attached] = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    assert attached["PolicyArn"].startswith("arn:aws:iam::aws:policy/aws-service-role/")
    assert iam.list_role_policies(RoleName=ROLE)["PolicyNames"] == []


def test_a_role_with_a_suffix(iam):
    made = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="blue")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForAutoScaling_blue"


@provokes("CreateServiceLinkedRole", "InvalidInput")
def test_what_is_refused(iam, batch):
    make = batch.create_service_linked_role
    message = f"Service role name {ROLE} has been taken in this account, please try a different suffix."
    refused("InvalidInput", message, make, AWSServiceName=BATCH)
    message = f"Custom suffix is not allowed for {BATCH}"
    refused("InvalidInput", message, make, AWSServiceName=BATCH, CustomSuffix="x")
    # The text is not known of AWS.
    refused("InvalidInput", None, make, AWSServiceName="nothing.amazonaws.com")
    assert len(iam.list_roles()["Roles"]) == 1


@provokes("UpdateRole", "UnmodifiableEntity")
@provokes("UpdateAssumeRolePolicy", "UnmodifiableEntity")
@provokes("DeleteRole", "UnmodifiableEntity")
@provokes("PutRolePermissionsBoundary", "UnmodifiableEntity")
@provokes("DeleteRolePermissionsBoundary", "UnmodifiableEntity")
@provokes("PutRolePolicy", "UnmodifiableEntity")
@provokes("DeleteRolePolicy", "UnmodifiableEntity")
@provokes("AttachRolePolicy", "UnmodifiableEntity")
@provokes("DetachRolePolicy", "UnmodifiableEntity")
@provokes("AddRoleToInstanceProfile", "UnmodifiableEntity")
@provokes("RemoveRoleFromInstanceProfile", "UnmodifiableEntity")
def test_the_role_is_protected(batch):
    attached = batch.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"][0]["PolicyArn"]
    own = batch.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:x")))["Policy"]["Arn"]
    batch.create_instance_profile(InstanceProfileName="Box")
    role, box = {"RoleName": ROLE}, {"InstanceProfileName": "Box"}
    put = {"PolicyName": "p", "PolicyDocument": policy(allow("s3:x"))}
    for call, members in (
        (batch.update_assume_role_policy, {"PolicyDocument": trust()}),
        (batch.delete_role, {}),
        (batch.put_role_permissions_boundary, {"PermissionsBoundary": own}),
        (batch.delete_role_permissions_boundary, {}),
        (batch.put_role_policy, put),
        (batch.delete_role_policy, {"PolicyName": "p"}),
        (batch.attach_role_policy, {"PolicyArn": own}),
        (batch.detach_role_policy, {"PolicyArn": attached}),
        (batch.add_role_to_instance_profile, box),
        (batch.remove_role_from_instance_profile, box),
    ):
        refused("UnmodifiableEntity", PROTECTED, call, **role, **members)
    message = f"{ROLE} is an AWS service linked role, max session duration cannot be changed."
    refused("UnmodifiableEntity", message, batch.update_role, **role, MaxSessionDuration=7200)
    only_metadata(batch.tag_role(**role, Tags=tags(("a", "b"))))
    batch.update_role(**role, Description="One")
    assert batch.update_role_description(**role, Description="Two")["Role"]["Description"] == "Two"


@provokes("DeleteServiceLinkedRole", "NoSuchEntity")
def test_what_is_no_role_of_a_service(iam):
    delete = iam.delete_service_linked_role
    refused("NoSuchEntity", "The role with name Work cannot be found.", delete, RoleName="Work")
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust())
    refused("NoSuchEntity", "Work exists but is not a service role.", delete, RoleName="Work")


def test_the_role_is_deleted_by_a_task(batch):
    task = batch.delete_service_linked_role(RoleName=ROLE)["DeletionTaskId"]
    assert re.fullmatch(rf"task/aws-service-role/{re.escape(BATCH)}/{ROLE}/[0-9a-f-]{{36}}", task)
    assert deletion(batch, task) == {"Status": "SUCCEEDED"}
    refused("NoSuchEntity", f"The role with name {ROLE} cannot be found.", batch.get_role, RoleName=ROLE)
    batch.create_service_linked_role(AWSServiceName=BATCH)
    assert deletion(batch, task) == {"Status": "SUCCEEDED"}
    batch.get_role(RoleName=ROLE)


@provokes("GetServiceLinkedRoleDeletionStatus", "NoSuchEntity", "InvalidInput")
def test_a_task_that_is_not_known(iam):
    status = iam.get_service_linked_role_deletion_status
    unknown = f"task/aws-service-role/{BATCH}/{ROLE}/{uuid.uuid4()}"
    refused("NoSuchEntity", "Cannot find deletion status for given id.", status, DeletionTaskId=unknown)
    refused("InvalidInput", "Invalid task id", status, DeletionTaskId="nonsense")


@pytest.mark.parametrize(
    ("service", "name", "policy"),
    [
        ("spot", "AWSServiceRoleForEC2Spot", "AWSEC2SpotServiceRolePolicy"),
        (
            "ecs.application-autoscaling",
            "AWSServiceRoleForApplicationAutoScaling_ECSService",
            "AWSApplicationAutoscalingECSServicePolicy",
        ),
        ("guardduty", "AWSServiceRoleForAmazonGuardDuty", "AmazonGuardDutyServiceRolePolicy"),
        ("es", "AWSServiceRoleForAmazonElasticsearchService", "AmazonElasticsearchServiceRolePolicy"),
    ],
)
def test_roles_of_the_services_that_people_use_most(iam, service, name, policy):
    principal = f"{service}.amazonaws.com"
    role = iam.create_service_linked_role(AWSServiceName=principal)["Role"]
    assert (role["RoleName"], role["Path"]) == (name, f"/aws-service-role/{principal}/")
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [entry["PolicyName"] for entry in attached] == [policy]
    message = f"Service role name {name} has been taken in this account, please try a different suffix."
    refused("InvalidInput", message, iam.create_service_linked_role, AWSServiceName=principal)


@pytest.mark.parametrize("path", ["/aws-service-role/shop.amazonaws.com/", "/aws-reserved/sso.amazonaws.com/"])
def test_paths_that_aws_keeps_for_itself(iam, path):
    refused("InvalidInput", None, iam.create_role, RoleName="r", Path=path, AssumeRolePolicyDocument=trust())
