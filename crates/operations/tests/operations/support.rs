//! What the tests of several resources share.

use keyward_testkit::{Asker, form};

/// Asks for all of these, an action and its form each. All must succeed.
pub(crate) async fn must_all(asker: &Asker, asked: &[(&str, &str)]) {
    for (action, form) in asked {
        asker.must(action, form).await;
    }
}

/// Asks for all of these, an action, its form and what is answered each: `200`, or the refusal.
pub(crate) async fn check_answers(asker: &Asker, asked: &[(&str, &str, &str)]) {
    for (action, form, expected) in asked {
        let answered = asker.ask(action, form).await.fault();
        assert_eq!(answered, *expected, "{action} {form}");
    }
}

/// Gives a user the inline policy `p` of these statements, which are JSON, in place of the one before.
pub(crate) async fn allow(root: &Asker, user: &str, statements: &str) {
    let document = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let put = form(&[
        ("UserName", user),
        ("PolicyName", "p"),
        ("PolicyDocument", &document),
    ]);
    root.must("PutUserPolicy", &put).await;
}
