//! The worst that a principal's policies can ask of one decision: what ten managed policies and an inline
//! one of a user hold, against an ARN and values of 2,048 characters.

use std::hint::black_box;
use std::time::Duration;

use keyward_policy::{Decision, PolicySet, stored_policy_size};

use crate::engine;
use crate::figures::{Bound, median, nanoseconds};
use crate::worst_forms::{Form, Layout, forms, several_values};

/// Sizes of ten managed policies and one inline policy of a user.
const SIZES: [usize; 11] = [
    6_144, 6_144, 6_144, 6_144, 6_144, 6_144, 6_144, 6_144, 6_144, 6_144, 2_048,
];

pub(crate) fn run() -> anyhow::Result<bool> {
    println!(
        "\nThe worst patterns of 10 managed policies and an inline one, milliseconds a decision"
    );
    let reached = slowest("one text", forms(), Some(5.0), Some(1.0))?;
    // What is bound is the time for one text; that for fifty is told for what it is.
    slowest("fifty values of a key", several_values(), None, None)?;
    Ok(reached)
}

/// Reports the slowest forms: a quick look at all, and a longer one at those.
fn slowest(
    what: &str,
    forms: Vec<Form>,
    must: Option<f64>,
    aim: Option<f64>,
) -> anyhow::Result<bool> {
    let mut figures = Vec::new();
    let count = forms.len();
    for form in forms {
        let set = engine::set(&documents(&form))?;
        // Where a pattern matches, the rest is not looked at.
        if matches!(decide(&form, &set), Decision::ExplicitDeny(_)) {
            continue;
        }
        let quick = nanoseconds(Duration::from_millis(1), || {
            black_box(decide(&form, &set));
        });
        figures.push((quick, form, set));
    }
    figures.sort_by(|one, other| other.0.total_cmp(&one.0));
    println!("The slowest of {count} forms with {what}");
    let mut reached = true;
    for (_, form, set) in figures.iter().take(10) {
        let rounds = (0..9).map(|_| {
            nanoseconds(Duration::from_millis(10), || {
                black_box(decide(form, set));
            })
        });
        let bound = Bound {
            figure: median(rounds) / 1e6,
            must,
            aim,
        };
        reached &= bound.report(&form.name, "ms");
    }
    Ok(reached)
}

fn decide(form: &Form, set: &PolicySet) -> Decision {
    engine::decide(set, "s3:GetObject", &form.resource, &form.context)
}

/// As many different patterns of a form as fit.
fn documents(form: &Form) -> Vec<String> {
    let mut next = 0;
    SIZES
        .iter()
        .map(|size| document(form, *size, &mut next))
        .collect()
}

fn document(form: &Form, size: usize, next: &mut usize) -> String {
    let (head, separator, tail) = match form.layout {
        Layout::Resources => (
            r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":["#.to_owned(),
            ",",
            "]},".to_owned(),
        ),
        Layout::Statements => (r#"{"Statement":["#.to_owned(), ",", "],".to_owned()),
        Layout::Actions => (
            format!(
                r#"{{"Statement":{{"Effect":"Deny","Resource":"arn:aws:s3:::{}b","Action":["#,
                "*a?a".repeat(size / 8)
            ),
            ",",
            "]},".to_owned(),
        ),
        Layout::Values(operator, key) => (
            format!(
                r#"{{"Statement":{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"{operator}":{{"{key}":["#
            ),
            ",",
            "]}}},".to_owned(),
        ),
    };
    let tail = format!(r#"{tail}"Version":"2012-10-17"}}"#);
    let mut text = head;
    let mut used = stored_policy_size(&text) + stored_policy_size(&tail);
    let mut is_first = true;
    loop {
        let pattern = (form.pattern)(*next);
        let item = match form.layout {
            Layout::Resources | Layout::Values(..) | Layout::Actions => format!(r#""{pattern}""#),
            Layout::Statements => {
                format!(r#"{{"Effect":"Deny","Action":"*","Resource":"{pattern}"}}"#)
            }
        };
        let more = stored_policy_size(&item) + usize::from(!is_first);
        if used + more > size {
            break;
        }
        if !is_first {
            text.push_str(separator);
        }
        text.push_str(&item);
        (used, is_first, *next) = (used + more, false, *next + 1);
    }
    text + &tail
}
