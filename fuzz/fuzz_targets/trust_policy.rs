//! Trust policies: users and roles are kept in them by unique id and shown by ARN. Never a panic whatever
//! comes; what is shown is what was put in, but for the form of the ARNs; what is kept is a policy too.

#![no_main]

use keyward_account::{NamedPrincipal, PrincipalId, TrustPolicy};
use keyward_names::{AccountId, UserId};
use keyward_policy::Document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(document) = Document::parse(text) else {
        return;
    };
    let account = AccountId::parse("123456789012").unwrap();
    let id = |number| PrincipalId::User(UserId::mint(account, number));
    // Who is named by an ARN is there; who has an `x` in it is of another account.
    let resolve = |arn: &str| {
        let who = id(arn.len() as u64);
        arn.starts_with("arn:").then(|| match arn.contains('x') {
            true => NamedPrincipal::Elsewhere(who),
            false => NamedPrincipal::Own(who),
        })
    };
    let trust = TrustPolicy::new(text, &document, &resolve);
    let kept = Document::parse(trust.document().text());
    assert!(kept.is_ok(), "{} is no policy", trust.document().text());

    // With the ARNs back in their places it says the same.
    let shown = trust.shown(&|_| Some("arn:aws:iam::123456789012:user/\"a\\".to_owned()));
    let shown_document = Document::parse(&shown);
    assert!(shown_document.is_ok(), "{shown} is no policy");
    let again = TrustPolicy::new(&shown, &shown_document.unwrap(), &|_| None);
    assert_eq!(again.document().text(), shown);
    if document_names_no_arn(text) {
        assert_eq!(shown, text);
    }

    // As it lies in a store.
    let row = serde_json::to_string(&trust).unwrap();
    let read: TrustPolicy = serde_json::from_str(&row).unwrap();
    assert!(read == trust);
});

fn document_names_no_arn(text: &str) -> bool {
    !text.contains("arn:") && !text.contains('\\')
}
