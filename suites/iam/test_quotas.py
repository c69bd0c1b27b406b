"""Quotas that the operator sets in the configuration."""

import pytest

from expect import refused
from program import run


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


@pytest.mark.parametrize("text", ["[quotas]\nusers_per_acount = 3\n", "[quota]\n", "users", "[quotas]\nusers_per_account = -1\n"])
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
