//! What holds after any sequence of operations.

use keyward_account::Account;
use keyward_store::{Changes, Store as _, Version};
use keyward_testkit::{World, form};
use proptest::prelude::*;

/// An operation and its form, over few names so that they meet.
#[derive(Debug, Clone)]
struct Step {
    action: &'static str,
    form: String,
}

fn step(action: &'static str, form: String) -> Step {
    Step { action, form }
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("Bob"),
        Just("bob"),
        Just("Alice"),
        Just("al"),
        Just("x".repeat(64).leak() as &str)
    ]
}

fn password() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("Right-Password-1"),
        Just("Right-Password-2"),
        Just("short"),
        Just("lowercaseonly")
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (name(), prop_oneof![Just(""), Just("&Path=/a/"), Just("&Tags.member.1.Key=k&Tags.member.1.Value=")])
            .prop_map(|(name, more)| step("CreateUser", format!("UserName={name}{more}"))),
        2 => name().prop_map(|name| step("DeleteUser", format!("UserName={name}"))),
        3 => (name(), name()).prop_map(|(from, to)| step("UpdateUser", format!("UserName={from}&NewUserName={to}"))),
        1 => name().prop_map(|name| step("UpdateUser", format!("UserName={name}&NewPath=/b/c/"))),
        2 => (name(), 0..3_u8).prop_map(|(name, key)| step("TagUser", format!("UserName={name}&Tags.member.1.Key=K{key}&Tags.member.1.Value=v"))),
        1 => (name(), 0..3_u8).prop_map(|(name, key)| step("UntagUser", format!("UserName={name}&TagKeys.member.1=k{key}"))),
        3 => (name(), password()).prop_map(|(name, password)| step("CreateLoginProfile", format!("UserName={name}&Password={password}"))),
        3 => (name(), password()).prop_map(|(name, password)| step("UpdateLoginProfile", format!("UserName={name}&Password={password}"))),
        1 => (name(), any::<bool>()).prop_map(|(name, flag)| step("UpdateLoginProfile", format!("UserName={name}&PasswordResetRequired={flag}"))),
        2 => name().prop_map(|name| step("DeleteLoginProfile", format!("UserName={name}"))),
        2 => name().prop_map(|name| step("CreateAccessKey", format!("UserName={name}"))),
        1 => Just(step("CreateAccessKey", String::new())),
        1 => (0..3_u8).prop_map(|reuse| step("UpdateAccountPasswordPolicy", if reuse == 0 { "MinimumPasswordLength=20".into() } else { format!("PasswordReusePrevention={reuse}") })),
        1 => Just(step("DeleteAccountPasswordPolicy", String::new())),
        1 => prop_oneof![Just("corp"), Just("corp2"), Just("-bad")].prop_map(|alias| step("CreateAccountAlias", format!("AccountAlias={alias}"))),
        3 => (name(), 0..3_u8, 0..4_u8).prop_map(|(name, policy, size)| step("PutUserPolicy", put_policy(name, policy, size))),
        2 => (name(), 0..3_u8).prop_map(|(name, policy)| step("DeleteUserPolicy", format!("UserName={name}&PolicyName=P{policy}"))),
        1 => Just(step("DeleteAccountAlias", "AccountAlias=corp".to_owned())),
        1 => (899..902_u32).prop_map(|seconds| step("GetSessionToken", format!("DurationSeconds={seconds}"))),
        1 => (0..3_u8, 0..4_u8).prop_map(|(key, size)| step("GetFederationToken", format!("Name=ann&{}&{}", tag(key), document(size).trim_start_matches("PolicyDocument=").replacen('{', "Policy={", 1)))),
    ]
}

/// Documents of which some fit together and some don't.
fn put_policy(user: &str, policy: u8, size: u8) -> String {
    format!("UserName={user}&{}", inline(policy, size))
}

fn inline(policy: u8, size: u8) -> String {
    format!("PolicyName=p{policy}&{}", document(size))
}

fn document(size: u8) -> String {
    let action = "x".repeat(usize::from(size) * 500);
    format!(
        r#"PolicyDocument={{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:{action}", "Resource": "*"}}}}"#
    )
}

/// Whose policies a step is about.
#[derive(Debug, Clone, Copy)]
enum Owner {
    User(&'static str),
    Group(&'static str),
    Role(&'static str),
}

fn owner() -> impl Strategy<Value = Owner> {
    prop_oneof![
        name().prop_map(Owner::User),
        group().prop_map(Owner::Group),
        role().prop_map(Owner::Role),
    ]
}

fn group() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("Admins"), Just("admins"), Just("Ops")]
}

fn role() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("Server"),
        Just("server"),
        Just("Helper"),
        Just("AWSServiceRoleForBatch")
    ]
}

fn profile() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("Web"), Just("web"), Just("Db")]
}

fn policy() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("123456789012:policy/Own"),
        Just("123456789012:policy/own"),
        Just("123456789012:policy/Other"),
        Just("aws:policy/ReadOnlyAccess"),
        Just("aws:policy/aws-service-role/BatchServiceRolePolicy"),
    ]
}

fn trusted() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just(r#"{"Service":"ec2.amazonaws.com"}"#),
        Just(r#"{"AWS":"arn:aws:iam::123456789012:user/Bob"}"#),
        Just(
            r#"{"AWS":["arn:aws:iam::123456789012:role/Server","arn:aws:iam::123456789012:user/Alice"]}"#
        ),
        Just(r#"{"AWS":"*"}"#),
    ]
}

fn trust(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}}}"#
    )
}

fn tag(key: u8) -> String {
    format!(
        "Tags.member.1.Key=K{key}&Tags.member.1.Value=v&Tags.member.2.Key=k{}&Tags.member.2.Value=",
        key + 1
    )
}

fn group_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => group().prop_map(|group| step("CreateGroup", format!("GroupName={group}"))),
        2 => (group(), group()).prop_map(|(from, to)| step("UpdateGroup", format!("GroupName={from}&NewGroupName={to}"))),
        1 => group().prop_map(|group| step("UpdateGroup", format!("GroupName={group}&NewPath=/g/"))),
        2 => group().prop_map(|group| step("DeleteGroup", format!("GroupName={group}"))),
        5 => (group(), name()).prop_map(|(group, user)| step("AddUserToGroup", format!("GroupName={group}&UserName={user}"))),
        3 => (group(), name()).prop_map(|(group, user)| step("RemoveUserFromGroup", format!("GroupName={group}&UserName={user}"))),
    ]
}

fn role_step() -> impl Strategy<Value = Step> {
    let batch = "AWSServiceName=batch.amazonaws.com";
    prop_oneof![
        3 => (role(), trusted()).prop_map(|(role, who)| step("CreateRole", format!("RoleName={role}&AssumeRolePolicyDocument={}", trust(who)))),
        1 => (role(), policy(), 0..3_u8).prop_map(|(role, policy, key)| step("CreateRole", format!("RoleName={role}&AssumeRolePolicyDocument={}&PermissionsBoundary=arn:aws:iam::{policy}&{}", trust("{\"AWS\":\"*\"}"), tag(key)))),
        2 => (role(), trusted()).prop_map(|(role, who)| step("UpdateAssumeRolePolicy", format!("RoleName={role}&PolicyDocument={}", trust(who)))),
        1 => (role(), 3_599..3_602_u32).prop_map(|(role, seconds)| step("UpdateRole", format!("RoleName={role}&MaxSessionDuration={seconds}"))),
        1 => role().prop_map(|role| step("UpdateRoleDescription", format!("RoleName={role}&Description=d"))),
        2 => role().prop_map(|role| step("DeleteRole", format!("RoleName={role}"))),
        1 => (role(), 0..3_u8).prop_map(|(role, key)| step("TagRole", format!("RoleName={role}&{}", tag(key)))),
        1 => (role(), 0..3_u8).prop_map(|(role, key)| step("UntagRole", format!("RoleName={role}&TagKeys.member.1=k{key}"))),
        2 => Just(step("CreateServiceLinkedRole", batch.to_owned())),
        2 => role().prop_map(|role| step("DeleteServiceLinkedRole", format!("RoleName={role}"))),
        2 => profile().prop_map(|profile| step("CreateInstanceProfile", format!("InstanceProfileName={profile}&Path=/i/"))),
        1 => profile().prop_map(|profile| step("DeleteInstanceProfile", format!("InstanceProfileName={profile}"))),
        3 => (profile(), role()).prop_map(|(profile, role)| step("AddRoleToInstanceProfile", format!("InstanceProfileName={profile}&RoleName={role}"))),
        2 => (profile(), role()).prop_map(|(profile, role)| step("RemoveRoleFromInstanceProfile", format!("InstanceProfileName={profile}&RoleName={role}"))),
        1 => (profile(), 0..3_u8).prop_map(|(profile, key)| step("TagInstanceProfile", format!("InstanceProfileName={profile}&{}", tag(key)))),
        1 => (profile(), 0..3_u8).prop_map(|(profile, key)| step("UntagInstanceProfile", format!("InstanceProfileName={profile}&TagKeys.member.1=k{key}"))),
        1 => (1..3_u8).prop_map(|version| step("SetSecurityTokenServicePreferences", format!("GlobalEndpointTokenVersion=v{version}Token"))),
    ]
}

fn oidc_url() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("a.example"), Just("a.example/x"), Just("A.example")]
}

fn saml_name() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("Corp"), Just("corp")]
}

fn oidc_arn(url: &str) -> String {
    format!("OpenIDConnectProviderArn=arn:aws:iam::123456789012:oidc-provider/{url}")
}

fn saml_arn(name: &str) -> String {
    format!("SAMLProviderArn=arn:aws:iam::123456789012:saml-provider/{name}")
}

fn metadata() -> String {
    let padding = "x".repeat(1_000);
    format!(
        "SAMLMetadataDocument=<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='a'><!--{padding}--><IDPSSODescriptor/></EntityDescriptor>"
    )
}

/// More of a request about a SAML provider: a mode, a private key, both or neither.
fn encryption() -> impl Strategy<Value = String> {
    let pem = include_str!("../../../saml/tests/fixtures/p256.key");
    let key = format!("&{}", form(&[("AddPrivateKey", pem)]));
    let mode = prop_oneof![
        Just(""),
        Just("&AssertionEncryptionMode=Required"),
        Just("&AssertionEncryptionMode=Allowed")
    ];
    (mode, any::<bool>())
        .prop_map(move |(mode, adds)| format!("{mode}{}", if adds { &*key } else { "" }))
}

fn provider_step() -> impl Strategy<Value = Step> {
    let thumbprint = "A".repeat(40);
    let thumbprints = move |count: u8| -> String {
        let one = |place| format!("&ThumbprintList.member.{place}={thumbprint}");
        (1..=count).map(one).collect()
    };
    let more_thumbprints = thumbprints.clone();
    prop_oneof![
        4 => (oidc_url(), any::<bool>(), 0..3_u8).prop_map(move |(url, has_port, key)| step("CreateOpenIDConnectProvider", format!("Url=https://{}&ClientIDList.member.1=c1&ClientIDList.member.2=c1&{}{}", if has_port { url.replacen("example", "example:443", 1) } else { url.to_owned() }, tag(key), thumbprints(1)))),
        2 => (oidc_url(), 0..7_u8).prop_map(move |(url, count)| step("UpdateOpenIDConnectProviderThumbprint", format!("{}&ThumbprintList={}", oidc_arn(url), more_thumbprints(count)))),
        2 => (oidc_url(), 0..3_u8).prop_map(|(url, client)| step("AddClientIDToOpenIDConnectProvider", format!("{}&ClientID=c{client}", oidc_arn(url)))),
        2 => (oidc_url(), 0..3_u8).prop_map(|(url, client)| step("RemoveClientIDFromOpenIDConnectProvider", format!("{}&ClientID=c{client}", oidc_arn(url)))),
        1 => (oidc_url(), 0..3_u8).prop_map(|(url, key)| step("TagOpenIDConnectProvider", format!("{}&{}", oidc_arn(url), tag(key)))),
        1 => (oidc_url(), 0..3_u8).prop_map(|(url, key)| step("UntagOpenIDConnectProvider", format!("{}&TagKeys.member.1=K{key}", oidc_arn(url)))),
        2 => oidc_url().prop_map(|url| step("DeleteOpenIDConnectProvider", oidc_arn(url))),
        4 => (saml_name(), encryption()).prop_map(|(name, more)| step("CreateSAMLProvider", format!("Name={name}&{}{more}", metadata()))),
        4 => (saml_name(), encryption(), any::<bool>()).prop_map(|(name, more, renews)| step("UpdateSAMLProvider", format!("{}{more}{}", saml_arn(name), if renews { format!("&{}", metadata()) } else { String::new() }))),
        1 => (saml_name(), 0..3_u8).prop_map(|(name, key)| step("TagSAMLProvider", format!("{}&{}", saml_arn(name), tag(key)))),
        1 => (saml_name(), 0..3_u8).prop_map(|(name, key)| step("UntagSAMLProvider", format!("{}&TagKeys.member.1=K{key}", saml_arn(name)))),
        2 => saml_name().prop_map(|name| step("DeleteSAMLProvider", saml_arn(name))),
        1 => Just(step("EnableOutboundWebIdentityFederation", String::new())),
        1 => Just(step("DisableOutboundWebIdentityFederation", String::new())),
    ]
}

/// A step of one of three operations, by whose policies it is about.
fn for_owner([of_user, of_group, of_role]: [&'static str; 3], owner: Owner, more: &str) -> Step {
    match owner {
        Owner::User(name) => step(of_user, format!("UserName={name}&{more}")),
        Owner::Group(name) => step(of_group, format!("GroupName={name}&{more}")),
        Owner::Role(name) => step(of_role, format!("RoleName={name}&{more}")),
    }
}

fn policy_step() -> impl Strategy<Value = Step> {
    const ATTACH: [&str; 3] = ["AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy"];
    const DETACH: [&str; 3] = ["DetachUserPolicy", "DetachGroupPolicy", "DetachRolePolicy"];
    const PUT: [&str; 3] = ["PutUserPolicy", "PutGroupPolicy", "PutRolePolicy"];
    const DELETE: [&str; 3] = ["DeleteUserPolicy", "DeleteGroupPolicy", "DeleteRolePolicy"];
    const BOUND: [&str; 3] = [
        "PutUserPermissionsBoundary",
        "ListGroups",
        "PutRolePermissionsBoundary",
    ];
    const UNBOUND: [&str; 3] = [
        "DeleteUserPermissionsBoundary",
        "ListGroups",
        "DeleteRolePermissionsBoundary",
    ];
    let arn = |policy| format!("PolicyArn=arn:aws:iam::{policy}");
    // Policies of AWS can't be changed: that is refused by a right nobody has.
    let own = || policy().prop_filter("it is of the account", |policy| policy.starts_with('1'));
    prop_oneof![
        5 => (owner(), policy()).prop_map(move |(owner, policy)| for_owner(ATTACH, owner, &arn(policy))),
        3 => (owner(), policy()).prop_map(move |(owner, policy)| for_owner(DETACH, owner, &arn(policy))),
        3 => (owner(), 0..3_u8, 0..4_u8).prop_map(|(owner, policy, size)| for_owner(PUT, owner, &inline(policy, size))),
        2 => (owner(), 0..3_u8).prop_map(|(owner, policy)| for_owner(DELETE, owner, &format!("PolicyName=P{policy}"))),
        3 => (owner(), policy()).prop_map(|(owner, policy)| for_owner(BOUND, owner, &format!("PermissionsBoundary=arn:aws:iam::{policy}"))),
        2 => owner().prop_map(|owner| for_owner(UNBOUND, owner, "")),
        2 => any::<bool>().prop_map(|is_own| step("CreatePolicy", format!("PolicyName={}&{}", if is_own { "own" } else { "Other" }, document(1)))),
        2 => own().prop_map(move |policy| step("DeletePolicy", arn(policy))),
        3 => (own(), any::<bool>(), 0..16_u8).prop_map(move |(policy, is_default, size)| step("CreatePolicyVersion", format!("{}&SetAsDefault={is_default}&{}", arn(policy), document(size)))),
        2 => (own(), 1..6_u8).prop_map(move |(policy, version)| step("SetDefaultPolicyVersion", format!("{}&VersionId=v{version}", arn(policy)))),
        2 => (own(), 1..6_u8).prop_map(move |(policy, version)| step("DeletePolicyVersion", format!("{}&VersionId=v{version}", arn(policy)))),
        1 => (own(), 0..3_u8).prop_map(move |(policy, key)| step("TagPolicy", format!("{}&{}", arn(policy), tag(key)))),
        1 => (own(), 0..3_u8).prop_map(move |(policy, key)| step("UntagPolicy", format!("{}&TagKeys.member.1=K{key}", arn(policy)))),
    ]
}

fn any_entity_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => group_step(),
        3 => role_step(),
        4 => policy_step(),
        1 => name().prop_map(|name| step("CreateUser", format!("UserName={name}"))),
        1 => name().prop_map(|name| step("DeleteUser", format!("UserName={name}"))),
        1 => (name(), name()).prop_map(|(from, to)| step("UpdateUser", format!("UserName={from}&NewUserName={to}"))),
    ]
}

async fn replayed(world: &World) -> Account {
    let changes = world
        .store
        .changes(world.account_id, Version::NONE)
        .await
        .unwrap();
    let Changes::Entries(entries) = changes else {
        panic!("the log is not kept from its beginning")
    };
    let mut account = Account::empty(world.account_id);
    for entry in entries {
        for write in &entry.writes {
            let change = match &write.body {
                Some(body) => keyward_account::Change::Put(
                    keyward_account::Record::from_row(&write.kind, &write.key, body).unwrap(),
                ),
                None => keyward_account::Change::Delete(
                    keyward_account::RecordKey::from_row(&write.kind, &write.key).unwrap(),
                ),
            };
            account.apply(&change);
        }
        account.set_version(entry.version.number());
    }
    account
}

/// Most steps need someone to be about.
fn begin_with_users() -> Vec<Step> {
    vec![
        step("CreateUser", "UserName=Bob".to_owned()),
        step(
            "CreateLoginProfile",
            "UserName=Bob&Password=Right-Password-1".to_owned(),
        ),
        step("CreateUser", "UserName=Alice".to_owned()),
    ]
}

/// A group with a user, a role in an instance profile, and a policy.
fn begin_with_entities() -> Vec<Step> {
    let server = trust(r#"{"AWS":"arn:aws:iam::123456789012:user/Bob"}"#);
    let profile = "InstanceProfileName=Web&RoleName=Server";
    vec![
        step("CreateUser", "UserName=Bob".to_owned()),
        step("CreateUser", "UserName=Alice".to_owned()),
        step("CreateGroup", "GroupName=Admins".to_owned()),
        step("AddUserToGroup", "GroupName=Admins&UserName=Bob".to_owned()),
        step(
            "CreateRole",
            format!("RoleName=Server&AssumeRolePolicyDocument={server}"),
        ),
        step(
            "CreateInstanceProfile",
            "InstanceProfileName=Web".to_owned(),
        ),
        step("AddRoleToInstanceProfile", profile.to_owned()),
        step("CreatePolicy", format!("PolicyName=Own&{}", document(1))),
    ]
}

async fn check(begin: Vec<Step>, steps: Vec<Step>) {
    let world = World::new().await;
    let begun = begin.len();
    for (place, Step { action, form }) in begin.into_iter().chain(steps).enumerate() {
        let before = world.account().await;
        let heard = world.root().ask(action, &form).await;
        let after = world.account().await;
        assert_eq!(
            after.broken_invariants(),
            Vec::<String>::new(),
            "after {action} {form}"
        );
        assert!(place >= begun || heard.status == 200, "{}", heard.body);
        assert!(
            [200, 400, 404, 409].contains(&heard.status),
            "{action} {form}: {}",
            heard.body
        );
        if heard.status != 200 {
            assert!(
                before == after,
                "{action} {form} was refused and changed something"
            );
        }
    }
    let now = world.account().await;
    assert!(
        replayed(&world).await == *now,
        "the log does not lead to the account"
    );
    let loaded = world.other_node().await.account().await;
    assert!(loaded == now, "the records are not the account");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn invariants_hold_a_refusal_changes_nothing_and_the_log_replays(
        steps in proptest::collection::vec(any_step(), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(check(begin_with_users(), steps));
    }

    #[test]
    fn so_it_is_with_groups_roles_and_policies(
        steps in proptest::collection::vec(any_entity_step(), 1..60)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(check(begin_with_entities(), steps));
    }

    #[test]
    fn so_it_is_with_identity_providers(
        steps in proptest::collection::vec(provider_step(), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(check(Vec::new(), steps));
    }
}
