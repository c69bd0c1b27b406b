use super::*;
use crate::{
    Change, EntityPolicies, Group, InlinePolicy, ManagedPolicy, Memberships, PolicyDocument,
    PolicyVersion, Record, RecordKey, User,
};
use keyward_names::{AccountId, GroupId, GroupName, Path, PolicyName, Timestamp, UserId, UserName};
use keyward_policy::{Context, Decision, Kind, Policies, Principal, Request, evaluate};

const NOTHING: &FindAwsPolicy<'_> = &|_| None;

fn text(effect: &str, action: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", "Action": "{action}", "Resource": "*"}}}}"#
    )
}

fn path() -> Path {
    Path::default()
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(0)
}

struct World {
    account: Account,
    user: UserId,
    group: GroupId,
    policy: PolicyId,
}

impl World {
    fn new() -> Self {
        let id = AccountId::parse("123456789012").unwrap();
        let mut account = Account::empty(id);
        let (user, group) = (UserId::mint(id, 1), GroupId::mint(id, 2));
        let policy = PolicyId::mint(id, 3);
        account.put(Record::User(User {
            id: user,
            name: UserName::parse("bob").unwrap(),
            path: path(),
            created: now(),
            tags: Box::default(),
        }));
        account.put(Record::Group(Group {
            id: group,
            name: GroupName::parse("staff").unwrap(),
            path: path(),
            created: now(),
        }));
        let mut world = Self {
            account,
            user,
            group,
            policy,
        };
        world.put_policy("s3:Get*");
        world
    }

    fn put_policy(&mut self, action: &str) {
        self.account.put(Record::ManagedPolicy(ManagedPolicy {
            id: self.policy,
            name: PolicyName::parse("managed").unwrap(),
            path: path(),
            created: now(),
            updated: now(),
            description: None,
            tags: Box::default(),
            versions: Box::new([PolicyVersion {
                number: 1,
                created: now(),
                document: PolicyDocument::new(&text("Allow", action)),
            }]),
            default_version: 1,
            next_version: 2,
        }));
    }

    fn put(&mut self, entity: PolicyEntity, inline: &[&str], attached: bool, boundary: bool) {
        let policies = EntityPolicies {
            entity,
            inline: inline
                .iter()
                .enumerate()
                .map(|(number, text)| InlinePolicy {
                    name: PolicyName::parse(&number.to_string()).unwrap(),
                    document: PolicyDocument::new(text),
                })
                .collect(),
            attached: attached.then_some(self.policy).into_iter().collect(),
            boundary: boundary.then_some(self.policy),
        };
        self.account.put(Record::Policies(policies));
    }

    fn join(&mut self) {
        self.account.put(Record::Memberships(Memberships {
            user: self.user,
            groups: Box::new([self.group]),
        }));
    }

    fn rights(&self) -> Option<Arc<Rights>> {
        let of = PrincipalId::User(self.user);
        self.account.rights(of, NOTHING).unwrap()
    }

    fn decide(&self, action: &str) -> Decision {
        assert_eq!(self.account.broken_invariants(), Vec::<String>::new());
        let Some(rights) = self.rights() else {
            return Decision::ImplicitDeny(Kind::Identity);
        };
        let context = Context::default();
        let arn = "arn:aws:iam::123456789012:user/bob";
        let bob = Principal::User {
            account: "123456789012",
            arn,
            id: self.user.as_str(),
        };
        let policies = Policies {
            identity: rights.identity.as_ref(),
            boundary: rights.boundary.as_ref(),
            ..Policies::default()
        };
        evaluate(&Request::new(bob, action, "*", &context), &policies)
    }
}

const NO: Decision = Decision::ImplicitDeny(Kind::Identity);
const YES: Decision = Decision::Allowed;

#[test]
fn policies_count_by_every_way_they_come_and_no_longer_than_they_do() {
    let mut world = World::new();
    let (user, group) = (
        PolicyEntity::User(world.user),
        PolicyEntity::Group(world.group),
    );
    assert!(world.rights().is_none());
    world.put(user, &[&text("Allow", "iam:*")], false, false);
    assert_eq!(
        (world.decide("iam:GetUser"), world.decide("s3:GetObject")),
        (YES, NO)
    );
    world.put(group, &[], true, false);
    assert_eq!(world.decide("s3:GetObject"), NO);
    world.join();
    assert_eq!(world.decide("s3:GetObject"), YES);
    world.put_policy("s3:Put*");
    assert_eq!(
        (world.decide("s3:GetObject"), world.decide("s3:PutObject")),
        (NO, YES)
    );
    world.put(group, &[&text("Deny", "iam:Get*")], true, false);
    assert_eq!(
        world.decide("iam:GetUser"),
        Decision::ExplicitDeny(Kind::Identity)
    );
    let user_id = world.user;
    world
        .account
        .apply(&Change::Delete(RecordKey::Policies(user)));
    assert_eq!(world.decide("s3:PutObject"), YES);
    world
        .account
        .apply(&Change::Delete(RecordKey::Memberships(user_id)));
    assert!(world.rights().is_none());
    assert_eq!(world.account.broken_invariants(), Vec::<String>::new());
}

#[test]
fn a_boundary_bounds_and_follows_its_policy() {
    let mut world = World::new();
    let user = PolicyEntity::User(world.user);
    world.put(user, &[&text("Allow", "*")], false, true);
    assert_eq!(world.decide("s3:GetObject"), YES);
    assert_eq!(
        world.decide("iam:GetUser"),
        Decision::ImplicitDeny(Kind::Boundary)
    );
    world.put_policy("iam:*");
    assert_eq!(world.decide("iam:GetUser"), YES);
}

#[test]
fn rights_are_made_anew_only_where_a_document_changed() {
    let mut world = World::new();
    let user = PolicyEntity::User(world.user);
    let one = text("Allow", "iam:*");
    world.put(user, &[&one], true, false);
    let first = world.rights().unwrap();
    assert!(Arc::ptr_eq(&first, &world.rights().unwrap()));
    // Policies of others change, and the same record is written again.
    world.put(PolicyEntity::Group(world.group), &[&one], false, false);
    world.put(user, &[&one], true, false);
    world.put_policy("s3:Get*");
    assert!(Arc::ptr_eq(&first, &world.rights().unwrap()));
    let before = world.account.clone();
    world.put_policy("s3:Put*");
    let second = world.rights().unwrap();
    assert!(!Arc::ptr_eq(&first, &second));
    // A reader that still holds the older account is judged by that account.
    let of = PrincipalId::User(world.user);
    assert!(!Arc::ptr_eq(
        &second,
        &before.rights(of, NOTHING).unwrap().unwrap()
    ));
    assert_eq!(world.decide("s3:PutObject"), YES);
}

#[test]
fn one_policy_that_is_gone_or_unreadable_spoils_all() {
    let mut world = World::new();
    let user = PolicyEntity::User(world.user);
    let of = PrincipalId::User(world.user);
    let spoiled = Err(UnreadablePolicy { entity: user });
    let rights = |world: &World| world.account.rights(of, NOTHING).map(drop);
    world.put(user, &[&text("Allow", "*"), "{"], false, false);
    assert_eq!(rights(&world), spoiled);
    world.put(user, &[&text("Allow", "*")], true, false);
    assert_eq!(rights(&world), Ok(()));
    let policy = RecordKey::ManagedPolicy(world.policy);
    world.account.apply(&Change::Delete(policy));
    assert_eq!(rights(&world), spoiled);
    let document = PolicyDocument::new(&text("Allow", "*"));
    let compiled = document.compiled().unwrap();
    let of_aws: &FindAwsPolicy<'_> = &|_| Some(Arc::clone(compiled));
    assert_eq!(world.account.rights(of, of_aws).map(drop), Ok(()));
}

#[test]
fn records_of_user_policies_of_the_first_form_stay_readable() {
    let world = World::new();
    let body = format!(
        r#"{{"version":1,"record":{{"user":"{}","policies":[{{"name":"p","document":"{{}}"}}]}}}}"#,
        world.user
    );
    let read = Record::from_row("user_policies", world.user.as_str(), &body).unwrap();
    let Record::Policies(policies) = read else {
        panic!("another record");
    };
    assert_eq!(policies.entity, PolicyEntity::User(world.user));
    assert_eq!(policies.inline.len(), 1);
    let row = Record::Policies(policies.clone()).to_row();
    let again = Record::from_row(row.kind, &row.key, &row.body.unwrap());
    assert_eq!(again, Ok(Record::Policies(policies)));
}
