//! Tags of principals, as conditions see them.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't be set up must fail with its reason"
)]

use std::sync::Arc;

use keyward_account::{
    Account, EntityPolicies, InlinePolicy, PolicyDocument, PolicyEntity, Record,
};
use keyward_api::OperationId;
use keyward_authorization::sessions::{Holder, Session, SessionPolicies, SessionTag};
use keyward_authorization::{
    AccessRequest, Action, AwsPolicies, Caller, Managed, PoliciesInForce, Principal,
    RequestContext, Resource, gate,
};
use keyward_names::{AccessKeyId, AccountId, PolicyName, Timestamp, UserId};

const SETTINGS: &str =
    r#"{"version":1,"record":{"name":"x","created":"2026-09-11T10:06:17Z","data_key":"v1.AA=="}}"#;

/// An account in which Bob, of the team `user`, may do everything if his team is this one.
fn account(id: AccountId, bob: UserId, team: &str) -> Account {
    let mut account = Account::empty(id);
    let user = format!(
        r#"{{"version":1,"record":{{"id":"{bob}","name":"Bob","path":"/","created":"2026-09-11T10:06:17Z","tags":[{{"key":"Team","value":"user"}}]}}}}"#
    );
    account.put(Record::from_row("account", "", SETTINGS).unwrap());
    account.put(Record::from_row("user", bob.as_str(), &user).unwrap());
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:PrincipalTag/team":"{team}"}}}}}}}}"#
    );
    let inline = InlinePolicy {
        name: PolicyName::parse("p").unwrap(),
        document: PolicyDocument::new(&policy),
    };
    account.put(Record::Policies(EntityPolicies {
        inline: Box::new([inline]),
        ..EntityPolicies::none(PolicyEntity::User(bob))
    }));
    account
}

#[test]
fn a_tag_of_the_session_replaces_that_of_the_user_whatever_its_case() {
    let id = AccountId::parse("123456789012").unwrap();
    let bob = UserId::mint(id, 1);
    let aws_policies = AwsPolicies::default();
    let now = Timestamp::parse("2026-09-11T11:00:00Z").unwrap();
    let is_allowed = |caller: &Caller, team: &str| {
        let account = account(id, bob, team);
        let in_force = PoliciesInForce::within(&account, Managed::new(&aws_policies));
        let request = AccessRequest {
            action: Action::Operation(OperationId::IamListUsers),
            resource: Resource::any(),
        };
        gate::judge(in_force, caller, &RequestContext::default(), now, &request).is_ok()
    };
    let session = |tags: Box<[SessionTag]>| {
        Caller::Session(Arc::new(Session {
            access_key: AccessKeyId::LOWEST,
            issued: now,
            expires: now,
            account_made: Timestamp::parse("2026-09-11T10:06:17Z").unwrap(),
            holder: Holder::Own(Principal::User(bob)),
            mfa: None,
            tags,
            policies: SessionPolicies::default(),
        }))
    };
    let tag = SessionTag {
        key: "TEAM".into(),
        value: "session".into(),
        is_transitive: false,
    };
    for (caller, team) in [
        (Caller::without_key(Principal::User(bob)), "user"),
        (session(Box::default()), "user"),
        (session(Box::new([tag])), "session"),
    ] {
        assert!(is_allowed(&caller, team), "{team}");
        let other = if team == "user" { "session" } else { "user" };
        assert!(!is_allowed(&caller, other), "{other}");
    }
}
