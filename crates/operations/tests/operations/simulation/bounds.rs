//! What is too much to be simulated at once.

use super::*;

const REFUSED: &str =
    "400 InvalidInput: The policies and resources are too large to be simulated at once.";

/// A policy with one condition.
fn conditional(operator: &str, literals: &[&str]) -> String {
    let literals = literals.join("\",\"");
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{{"test:key":["{literals}"]}}}}}}}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_take_too_long_is_refused_or_told_in_short_pages() {
    let world = World::new().await;
    let long = format!("{}{ALL}", " ".repeat(130_900));
    let nine = (0..9).fold(Asked::of(&["s3:GetObject"]), |asked, _| asked.policy(&long));
    assert_eq!(nine.ask_in(&world).await.fault(), REFUSED);

    let statements = vec![r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#; 2_000].join(",");
    let wide = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let of = |resources: usize| {
        let asked = Asked::of(&["s3:GetObject", "s3:PutObject", "s3:ListBucket"]).policy(&wide);
        (0..resources).fold(asked, |asked, _| asked.resource(BUCKET))
    };
    let short = of(12).ask_in(&world).await;
    assert_eq!(short.text("IsTruncated"), "true");
    assert_eq!(short.texts("EvalActionName").len(), 2);
    assert_eq!(of(100).ask_in(&world).await.fault(), REFUSED);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_the_context_are_work_by_number_and_by_length() {
    let world = World::new().await;
    let policy = conditional("ForAnyValue:NumericEquals", &["1"; 2_000]);
    for (values, expected) in [(20, "200"), (2_000, REFUSED)] {
        let values = vec!["2"; values];
        let key = ("test:key", "numericList");
        let asked = Asked::of(&["s3:GetObject"]);
        let own = asked
            .clone()
            .policy(&policy)
            .entry(1, key.0, key.1, &values);
        assert_eq!(own.ask_in(&world).await.fault(), expected);
        let level = asked
            .policy(ALL)
            .level(1, &policy)
            .entry(1, key.0, key.1, &values);
        assert_eq!(level.ask_in(&world).await.fault(), expected);
    }
    let policy = conditional("StringLike", &["*b*a"; 2_000]);
    for (length, expected) in [(1_000, "200"), (200_000, REFUSED)] {
        let value = "b".repeat(length);
        let asked = Asked::of(&["s3:GetObject"]).policy(&policy);
        let asked = asked.entry(1, "test:key", "string", &[&value]);
        assert_eq!(asked.ask_in(&world).await.fault(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_keys_are_told_for_each_resource_but_not_without_end() {
    let world = World::new().await;
    let keys: Vec<String> = (0..4_000).map(|key| format!("${{key{key}}}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let policy = conditional("StringEquals", &keys);
    let of = |resources: usize| {
        let asked = Asked::of(&["s3:GetObject", "s3:PutObject", "s3:ListBucket"]).policy(&policy);
        (0..resources).fold(asked, |asked, _| asked.resource(BUCKET))
    };
    let short = of(25).ask_in(&world).await;
    assert_eq!(short.texts("EvalActionName").len(), 2);
    assert_eq!(short.body.matches("<member>key3999</member>").count(), 50);
    assert_eq!(of(100).ask_in(&world).await.fault(), REFUSED);
}
