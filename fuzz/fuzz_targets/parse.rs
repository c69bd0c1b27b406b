//! Reading policies: never a panic whatever comes, faults that point into the text, and a policy that
//! is printed and read again means the same.

#![no_main]

use keyward_policy::{
    Compiled, Document, PolicyKind, check, context_keys, position, session_policy_size,
    stored_policy_size,
};
use libfuzzer_sys::fuzz_target;

const KINDS: [PolicyKind; 8] = [
    PolicyKind::Identity,
    PolicyKind::Session,
    PolicyKind::Trust,
    PolicyKind::Resource,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::Endpoint,
    PolicyKind::Simulated,
];

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    assert!(stored_policy_size(text) <= session_policy_size(text));
    for kind in KINDS {
        match check(kind, text) {
            Ok(document) => {
                assert_eq!(Document::parse(text).as_ref(), Ok(&document));
                print_and_read_again(kind, text, &document);
            }
            Err(fault) => {
                assert!(!fault.message.is_empty() && !fault.reason.is_empty());
                assert!(text.get(fault.span.clone()).is_some(), "{:?}", fault.span);
                let (start, end) = (fault.span.start, fault.span.end);
                let (start, end) = (position(text, start), position(text, end));
                assert!(start <= end && start.line >= 1 && start.column >= 1);
            }
        }
    }
});

fn print_and_read_again(kind: PolicyKind, text: &str, document: &Document) {
    let printed = document.to_json();
    let again = check(kind, &printed);
    let again = again.unwrap_or_else(|fault| panic!("{fault}: {text} printed as {printed}"));
    // The same but for positions, which the printed form leaves out.
    assert_eq!(again.to_json(), printed);
    assert_eq!(context_keys(&again), context_keys(document));
    assert_eq!(again.statements.len(), document.statements.len());
    // Making it ready never fails either.
    let _ = Compiled::new(document);
    let mut before = 0;
    for statement in &document.statements {
        let span = statement.span.clone();
        assert!(span.start >= before && statement.told_start <= span.start + 1);
        let written = text.get(span.clone()).unwrap_or_default();
        assert!(written.starts_with('{') && written.ends_with('}'));
        before = span.end;
    }
}
