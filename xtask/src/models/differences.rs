//! What differs between two models, told for people.

use std::collections::BTreeSet;

use serde_json::Value;

/// A line for each fact that only one of two models has, or that they have with other values: its
/// path, such as `shapes.tagListType.max`, and the values.
pub(crate) fn between(kept: &Value, newest: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    compare("", kept, newest, &mut lines);
    lines
}

fn compare(path: &str, kept: &Value, newest: &Value, lines: &mut Vec<String>) {
    match (kept, newest) {
        (Value::Object(kept), Value::Object(newest)) => {
            let names: BTreeSet<&String> = kept.keys().chain(newest.keys()).collect();
            for name in names {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                match (kept.get(name), newest.get(name)) {
                    (Some(kept), Some(newest)) => compare(&path, kept, newest, lines),
                    (Some(_), None) => lines.push(format!("{path} is gone")),
                    (None, Some(newest)) => lines.push(format!("{path} is new: {newest}")),
                    (None, None) => {}
                }
            }
        }
        // Lists in models are sets of names.
        (Value::Array(kept), Value::Array(newest)) => {
            for gone in kept.iter().filter(|value| !newest.contains(value)) {
                lines.push(format!("{path} has no {gone} any more"));
            }
            for new in newest.iter().filter(|value| !kept.contains(value)) {
                lines.push(format!("{path} has {new} now"));
            }
        }
        (kept, newest) if kept != newest => lines.push(format!("{path} was {kept}, is {newest}")),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_difference_is_told_with_its_path() {
        let kept = json!({"operations": {"A": {"errors": ["X", "Y"]}, "B": {}}, "max": 1});
        let newest =
            json!({"operations": {"A": {"errors": ["Y", "Z"]}, "C": {"input": "I"}}, "max": 2});
        assert_eq!(
            between(&kept, &newest),
            [
                "max was 1, is 2",
                r#"operations.A.errors has no "X" any more"#,
                r#"operations.A.errors has "Z" now"#,
                "operations.B is gone",
                r#"operations.C is new: {"input":"I"}"#,
            ]
        );
        assert!(between(&kept, &kept).is_empty());
    }
}
