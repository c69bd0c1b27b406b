use super::*;
use keyward_names::{Timestamp, UserName};

fn account() -> Account {
    Account::empty(AccountId::parse("123456789012").unwrap())
}

fn user(account: &Account, number: u64, name: &str) -> User {
    User {
        id: UserId::mint(account.id(), number),
        name: UserName::parse(name).unwrap(),
        path: Path::default(),
        created: Timestamp::from_unix_seconds(0),
        tags: Box::default(),
    }
}

#[test]
fn users_are_found_and_listed_without_regard_to_case() {
    let mut account = account();
    for (number, name) in [(1, "bob"), (2, "Alice"), (3, "Carol")] {
        account.put(Record::User(user(&account, number, name)));
    }
    assert_eq!(account.user("ALICE").unwrap().name.as_str(), "Alice");
    let names = |after: Option<&str>| -> Vec<String> {
        let after = after.map(FoldedName::fold);
        account
            .users()
            .after(after.as_ref())
            .map(|(_, _, user)| user.name.to_string())
            .collect()
    };
    assert_eq!(names(None), ["Alice", "bob", "Carol"]);
    assert_eq!(names(Some("ALICE")), ["bob", "Carol"]);
    assert_eq!(names(Some("b")), ["bob", "Carol"]);
}

#[test]
fn a_renamed_user_leaves_the_old_name_free() {
    let mut account = account();
    account.put(Record::User(user(&account, 1, "bob")));
    account.put(Record::User(user(&account, 1, "rob")));
    assert!(account.user("bob").is_none());
    assert_eq!(
        account.user("Rob").unwrap().id,
        UserId::mint(account.id(), 1)
    );
    assert_eq!(account.broken_invariants(), Vec::<String>::new());
}

#[test]
fn a_snapshot_does_not_see_later_changes() {
    let mut account = account();
    let before = account.clone();
    account.put(Record::User(user(&account, 1, "bob")));
    assert!(before.user("bob").is_none());
    assert!(account.user("bob").is_some());
}

fn bob() -> User {
    User {
        id: UserId::mint(AccountId::parse("123456789012").unwrap(), 7),
        name: UserName::parse("Bob").unwrap(),
        path: Path::parse("/a/").unwrap(),
        created: Timestamp::from_unix_seconds(1_700_000_000),
        tags: Box::new([Tag {
            key: "k".into(),
            value: "ü\"".into(),
        }]),
    }
}

#[test]
fn a_record_reads_back_from_its_row() {
    let record = Record::User(bob());
    let row = record.to_row();
    let body = row.body.unwrap();
    assert_eq!(Record::from_row(row.kind, &row.key, &body), Ok(record));
}

#[test]
fn a_row_of_version_1_has_this_text_and_stays_readable() {
    let text = r#"{"version":1,"record":{"id":"AIDARZPUZDIKAAAAAAAAH","name":"Bob","path":"/a/","created":"2023-11-14T22:13:20Z","tags":[{"key":"k","value":"ü\""}]}}"#;
    assert_eq!(Record::User(bob()).to_row().body.unwrap(), text);
    assert_eq!(
        Record::from_row("user", "AIDARZPUZDIKAAAAAAAAH", text),
        Ok(Record::User(bob()))
    );
}

#[test]
fn rows_of_identity_providers_have_these_texts_and_stay_readable() {
    for (kind, key, text) in [
        (
            "oidc_provider",
            "a.example/x",
            r#"{"version":1,"record":{"url":"a.example/x","client_ids":["c"],"thumbprints":["00"],"created":"2026-09-11T10:06:17.701Z","tags":[{"key":"k","value":"v"}]}}"#,
        ),
        (
            "oidc_provider",
            "a.example",
            r#"{"version":1,"record":{"url":"a.example","created":"2026-09-11T10:06:17.701Z"}}"#,
        ),
        (
            "saml_provider",
            "Corp",
            r#"{"version":1,"record":{"id":"SAMLSPAAAAAAAAAAAAAAAA","name":"Corp","metadata":"<x/>","created":"2026-09-11T10:06:17.701Z","valid_until":"2126-09-11T10:06:17.701Z","encryption":"required","private_keys":[{"id":"SAMLPKAAAAAAAAAAAAAAAA","added":"2026-09-11T10:06:17.701Z","pem":"v1.AA=="}]}}"#,
        ),
        (
            "outbound_federation",
            "",
            r#"{"version":1,"record":{"issuer_label":"l","is_enabled":true,"signing_keys":"v1.AA==","key_set":"{}"}}"#,
        ),
    ] {
        let record = Record::from_row(kind, key, text).unwrap();
        assert_eq!(record.to_row().body.unwrap(), text);
        assert_eq!((record.to_row().kind, &*record.to_row().key), (kind, key));
    }
    assert!(RecordKey::from_row("outbound_federation", "x").is_err());
}

#[test]
fn rows_that_cannot_be_understood_are_named() {
    let error = |kind, key, body| Record::from_row(kind, key, body).unwrap_err().to_string();
    assert_eq!(
        error("nonsense", "", "{}"),
        "unknown kind of record `nonsense`"
    );
    assert_eq!(error("user", "x", "{}"), "record `user` `x` is malformed");
    assert_eq!(
        error("account_alias", "", "{}"),
        "record `account_alias` `` is malformed"
    );
    assert_eq!(
        error("account_alias", "", r#"{"version":2,"record":{"new":1}}"#),
        "record `account_alias` `` has version 2, which is newer than this program"
    );
    let of_another = Record::User(bob()).to_row().body.unwrap();
    let other = UserId::mint(AccountId::parse("123456789012").unwrap(), 8);
    assert!(error("user", other.as_str(), &of_another).ends_with("is malformed"));
}

#[test]
fn policies_are_kept_under_the_kind_of_whose_they_are() {
    let account = AccountId::parse("123456789012").unwrap();
    let user = UserId::mint(account, 7);
    let key = RecordKey::Policies(PolicyEntity::User(user));
    assert_eq!(
        RecordKey::from_row("user_policies", user.as_str()),
        Ok(key.clone())
    );
    assert_eq!(key.to_row().kind, "user_policies");
    assert_eq!(
        RecordKey::from_row("group_policies", user.as_str())
            .unwrap_err()
            .to_string(),
        format!("record `group_policies` `{user}` is malformed")
    );
}

#[test]
fn records_are_counted_and_named_until_the_account_is_empty() {
    let mut account = account();
    account.put(Record::User(user(&account, 1, "bob")));
    account.put(Record::Alias(AccountAlias::parse("corp").unwrap()));
    let keys: Vec<RecordKey> = account.record_keys().collect();
    let bob = RecordKey::User(UserId::mint(account.id(), 1));
    assert_eq!(keys, [RecordKey::Alias, bob]);
    assert_eq!(account.record_count(), 2);
    for key in &keys {
        account.delete(key);
    }
    assert_eq!(account, self::account());
}
