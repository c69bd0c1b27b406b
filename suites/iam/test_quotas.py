"""Quotas that the operator sets in the configuration."""

import pytest

from support.documents import allow, policy, sized, trust
from support.expect import provokes, refused
from support.kinds import ALL
from support.program import run

DOCUMENT = policy(allow("s3:GetObject"))


@provokes("CreateUser", "EntityAlreadyExists")
def test_an_account_has_as_many_users_as_the_configuration_says(start, tmp_path):
    configuration = tmp_path / "keyward.toml"
    configuration.write_text("[quotas]\nusers_per_account = 3\naccess_keys_per_user = 1\n")
    iam = start("dev", "--listen", "127.0.0.1:0", "--config", configuration).client()
    for name in ["Anna", "Bob", "Carl"]:
        iam.create_user(UserName=name)
    refused("LimitExceeded", "Cannot exceed quota for UsersPerAccount: 3", iam.create_user, UserName="Dora")
    refused("EntityAlreadyExists", "User with name bob already exists.", iam.create_user, UserName="bob")
    iam.delete_user(UserName="Bob")
    iam.create_user(UserName="Dora")
    iam.create_access_key(UserName="Dora")
    message = "Cannot exceed quota for AccessKeysPerUser: 1"
    refused("LimitExceeded", message, iam.create_access_key, UserName="Dora")


@provokes("CreateUser", "LimitExceeded")
@provokes("CreateGroup", "LimitExceeded")
@provokes("CreateRole", "LimitExceeded")
@provokes("CreatePolicy", "LimitExceeded")
@provokes("CreateInstanceProfile", "LimitExceeded")
@provokes("CreateServiceLinkedRole", "LimitExceeded")
def test_every_quota_of_an_account_can_be_set(start, tmp_path):
    configuration = tmp_path / "keyward.toml"
    counted = ("users", "groups", "roles", "policies", "instance_profiles")
    lines = [f"{name}_per_account = 1" for name in counted]
    configuration.write_text("\n".join(["[quotas]", *lines]))
    iam = start("dev", "--listen", "127.0.0.1:0", "--config", configuration).client()
    for create, member, quota, more in (
        (iam.create_user, "UserName", "UsersPerAccount", {}),
        (iam.create_group, "GroupName", "GroupsPerAccount", {}),
        (iam.create_role, "RoleName", "RolesPerAccount", {"AssumeRolePolicyDocument": trust()}),
        (iam.create_policy, "PolicyName", "PoliciesPerAccount", {"PolicyDocument": DOCUMENT}),
        (iam.create_instance_profile, "InstanceProfileName", "InstanceProfilesPerAccount", {}),
    ):
        create(**{member: "one"}, **more)
        message = f"Cannot exceed quota for {quota}: 1"
        refused("LimitExceeded", message, create, **{member: "two"}, **more)
    message = "Cannot exceed quota for RolesPerAccount: 1"
    refused("LimitExceeded", message, iam.create_service_linked_role, AWSServiceName="batch.amazonaws.com")
    summary = iam.get_account_summary()["SummaryMap"]
    assert [summary[f"{name}Quota"] for name in ("Users", "Groups", "Roles", "Policies", "InstanceProfiles")] == [1] * 5


def test_quotas_of_what_one_thing_has_can_be_set(start, tmp_path):
    configuration = tmp_path / "keyward.toml"
    configuration.write_text(
        "[quotas]\ngroups_per_user = 1\npolicies_per_user = 1\npolicies_per_group = 1\npolicies_per_role = 1\n"
        "versions_per_policy = 2\nmanaged_policy_characters = 300\ntrust_policy_characters = 200\n"
        "user_inline_policy_characters = 150\ngroup_inline_policy_characters = 150\n"
        "role_inline_policy_characters = 150\n"
    )
    iam = start("dev", "--listen", "127.0.0.1:0", "--config", configuration).client()
    made = [iam.create_policy(PolicyName=f"p{n}", PolicyDocument=DOCUMENT)["Policy"]["Arn"] for n in range(2)]
    for kind in ALL:
        kind.make(iam)
        kind.call(iam, "attach_{kind}_policy", PolicyArn=made[0])
        message = f"Cannot exceed quota for PoliciesPer{kind.word.title()}: 1"
        attach = kind.method(iam, "attach_{kind}_policy")
        refused("LimitExceeded", message, attach, **kind.named(), PolicyArn=made[1])
        message = f"Maximum policy size of 150 bytes exceeded for {kind} Owner"
        put = kind.method(iam, "put_{kind}_policy")
        refused("LimitExceeded", message, put, **kind.named(), PolicyName="p", PolicyDocument=sized(151))
    iam.create_group(GroupName="Other")
    iam.add_user_to_group(GroupName="Owner", UserName="Owner")
    message = "Cannot exceed quota for GroupsPerUser: 1"
    refused("LimitExceeded", message, iam.add_user_to_group, GroupName="Other", UserName="Owner")
    iam.create_policy_version(PolicyArn=made[0], PolicyDocument=sized(300))
    add = iam.create_policy_version
    refused("LimitExceeded", None, add, PolicyArn=made[0], PolicyDocument=DOCUMENT)
    message = "Cannot exceed quota for PolicySize: 300"
    refused("LimitExceeded", message, add, PolicyArn=made[1], PolicyDocument=sized(301))
    message = "Cannot exceed quota for ACLSizePerRole: 200"
    long = trust(Sid="a" * 200)
    refused("LimitExceeded", message, iam.create_role, RoleName="Other", AssumeRolePolicyDocument=long)


def test_one_account_can_have_quotas_of_its_own(start, tmp_path):
    configuration = tmp_path / "keyward.toml"
    configuration.write_text(
        "[quotas]\ngroups_per_account = 1\n[accounts.000000000000.quotas]\ngroups_per_account = 2\n"
    )
    server = start("dev", "--listen", "127.0.0.1:0", "--config", configuration)
    made = server.dev("POST", "accounts")
    other = server.client("iam", made["access_key_id"], made["secret_access_key"])
    for client, most in ((server.client(), 2), (other, 1)):
        for number in range(most):
            client.create_group(GroupName=f"group-{number}")
        message = f"Cannot exceed quota for GroupsPerAccount: {most}"
        refused("LimitExceeded", message, client.create_group, GroupName="more")


@pytest.mark.parametrize(
    "text", ["[quotas]\nusers_per_acount = 3\n", "[quota]\n", "users", "[quotas]\nusers_per_account = -1\n"]
)
def test_a_configuration_with_a_mistake_is_refused(tmp_path, text):
    configuration = tmp_path / "keyward.toml"
    configuration.write_text(text)
    done = run("dev", "--listen", "127.0.0.1:0", "--config", configuration)
    assert done.returncode != 0
    assert str(configuration) in done.stderr


def test_a_configuration_that_is_not_there_is_refused(tmp_path):
    done = run("dev", "--listen", "127.0.0.1:0", "--config", tmp_path / "none.toml")
    assert done.returncode != 0
    assert "none.toml" in done.stderr
