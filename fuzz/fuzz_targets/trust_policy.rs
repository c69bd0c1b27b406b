//! Trust policies as roles keep them, with unique ids in the place of ARNs: never a panic whatever comes;
//! the policy that is kept is the one that was given but for those names, the policy that is shown means
//! what was given, whatever ARNs its principals have by then, and both survive being stored.

#![no_main]

use std::cell::RefCell;
use std::collections::BTreeMap;

use keyward_account::{NamedPrincipal, PrincipalId, TrustPolicy};
use keyward_names::{AccountId, RoleId, UserId};
use keyward_policy::Document;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// The role's own account.
const OWN: &str = "123456789012";
/// Another one of the installation.
const OTHER: &str = "210987654321";

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(document) = Document::parse(text) else {
        return;
    };
    let directory = Directory::default();
    let trust = TrustPolicy::new(text, &document, &|arn| directory.find(arn));
    let known = directory.0.into_inner();

    // What is kept.
    let with_ids = |name: &str| known.get(name).map(|found| id_of(found).to_string());
    assert_eq!(
        read(trust.document().text()),
        replaced(&document, &with_ids)
    );
    assert!(trust.document().compiled().is_some());

    // What is shown, as long as nobody moves.
    let arn_of = |id: PrincipalId| {
        let mut own = known.iter().filter(|(_, found)| is_own(found));
        let found = own.find(|(_, found)| id_of(found) == id);
        found.map(|(arn, _)| arn.clone())
    };
    let shown = trust.shown(&arn_of);
    assert_eq!(read(&shown), parsed(&document));
    if !text.contains('\\') {
        assert_eq!(shown, text);
    }

    // When all of the own account were renamed, to names that JSON must escape.
    let renamed = |arn: &str| format!("{arn}\"\\\u{e9}\u{1}");
    let shown = trust.shown(&|id| arn_of(id).map(|arn| renamed(&arn)));
    let with_new_arns = |name: &str| {
        known
            .get(name)
            .filter(|found| is_own(found))
            .map(|_| renamed(name))
    };
    assert_eq!(read(&shown), replaced(&document, &with_new_arns));

    // When they are gone.
    let shown = trust.shown(&|_| None);
    let with_own_ids = |name: &str| {
        let found = known.get(name).filter(|found| is_own(found));
        found.map(|found| id_of(found).to_string())
    };
    assert_eq!(read(&shown), replaced(&document, &with_own_ids));

    let stored = serde_json::to_string(&trust).expect("it can be stored");
    let again: TrustPolicy = serde_json::from_str(&stored).expect("it can be read again");
    assert_eq!(again, trust);
    assert_eq!(again.shown(&arn_of), trust.shown(&arn_of));
});

/// Knows a user or role of every ARN of two accounts.
#[derive(Default)]
struct Directory(RefCell<BTreeMap<String, NamedPrincipal>>);

impl Directory {
    fn find(&self, arn: &str) -> Option<NamedPrincipal> {
        let (account, member) = arn.strip_prefix("arn:aws:iam::")?.split_once(':')?;
        let account = AccountId::parse(account).ok()?;
        let mut known = self.0.borrow_mut();
        let number = known.len() as u64 + 1;
        let id = match member.split_once('/')?.0 {
            "user" => PrincipalId::User(UserId::mint(account, number)),
            "role" => PrincipalId::Role(RoleId::mint(account, number)),
            _ => return None,
        };
        let found = match account.to_string().as_str() {
            OWN => NamedPrincipal::Own(id),
            OTHER => NamedPrincipal::Elsewhere(id),
            _ => return None,
        };
        Some(*known.entry(arn.to_owned()).or_insert(found))
    }
}

fn id_of(found: &NamedPrincipal) -> PrincipalId {
    match found {
        NamedPrincipal::Own(id) | NamedPrincipal::Elsewhere(id) => *id,
    }
}

fn is_own(found: &NamedPrincipal) -> bool {
    matches!(found, NamedPrincipal::Own(_))
}

/// A policy without positions.
fn read(text: &str) -> Value {
    let document = Document::parse(text);
    parsed(&document.unwrap_or_else(|error| panic!("{error}: {text}")))
}

fn parsed(document: &Document) -> Value {
    serde_json::from_str(&document.to_json()).expect("it is JSON")
}

/// A policy with other names under `AWS`.
fn replaced(document: &Document, name_of: &dyn Fn(&str) -> Option<String>) -> Value {
    let mut policy = parsed(document);
    let statements = match policy.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.as_mut_slice(),
        Some(statement) => std::slice::from_mut(statement),
        None => return policy,
    };
    for statement in statements {
        for names in ["/Principal/AWS", "/NotPrincipal/AWS"] {
            let names = match statement.pointer_mut(names) {
                Some(Value::Array(names)) => names.as_mut_slice(),
                Some(name) => std::slice::from_mut(name),
                None => continue,
            };
            for name in names {
                if let Some(other) = name.as_str().and_then(name_of) {
                    *name = other.into();
                }
            }
        }
    }
    policy
}
