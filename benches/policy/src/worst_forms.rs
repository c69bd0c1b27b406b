//! Patterns and texts made to take long.

use keyward_policy::Context;

/// How many characters an ARN and a value may have.
const LONG: usize = 2_048;
const HEAD: &str = "arn:aws:s3:::";
/// Matches the head of an ARN in the fewest characters.
const ANY_HEAD: &str = "arn:*:*:*:*:";

/// One way to be slow: a request and the patterns it meets.
pub(crate) struct Form {
    pub(crate) name: String,
    pub(crate) resource: String,
    pub(crate) context: Context,
    pub(crate) layout: Layout,
    /// The pattern of each number.
    pub(crate) pattern: Box<dyn Fn(usize) -> String>,
}

/// Where the patterns stand.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// In the resources of one statement.
    Resources,
    /// Each in a statement of its own.
    Statements,
    /// In the values of one condition, by operator and key.
    Values(&'static str, &'static str),
    /// In the actions of one statement, whose resource is as bad as half of the room for it can be.
    Actions,
}

pub(crate) fn forms() -> Vec<Form> {
    let mut forms = Vec::new();
    chunks(&mut forms);
    stars(&mut forms);
    variables(&mut forms);
    values_with_long_neighbours(&mut forms);
    whole_values(&mut forms);
    actions(&mut forms);
    forms
}

/// Statements that name the action over and over, each time a reason to look at the resource.
fn actions(forms: &mut Vec<Form>) {
    for pattern in [
        "*",
        "s3:*",
        "s3:GetObject",
        "s3:Get*ct",
        "*:*",
        "?3:*Object",
    ] {
        forms.push(Form {
            name: format!("actions: {pattern} over and over"),
            resource: format!("{HEAD}{}", "a".repeat(LONG - HEAD.len())),
            context: Context::default(),
            layout: Layout::Actions,
            pattern: Box::new(move |_| pattern.to_owned()),
        });
    }
}

/// A text that is the same over and over, with what is looked for only where it can't be found.
fn monotonous(kind: &str, length: usize) -> String {
    let period: &str = match kind {
        "a" => "a",
        "ab" => "ab",
        "period 16" => "0123456789abcdef",
        "period 37" => "0123456789abcdefghijklmnopqrstuvwyz-_",
        // With rare marks, so that marks alone tell nothing.
        _ => "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaax",
    };
    let text = format!("x{}", period.repeat(length / period.len() + 1));
    text.chars().take(length).collect()
}

/// One literal between two stars that is like the text but for one place.
fn chunks(forms: &mut Vec<Form>) {
    for kind in ["a", "ab", "period 37", "marks"] {
        for length in [
            1, 2, 3, 4, 8, 16, 24, 32, 48, 64, 95, 96, 128, 256, 512, 1_024, 1_536,
        ] {
            let places = [0, 15, 31, 63, length / 2, length - 1, length];
            let places = places
                .into_iter()
                .filter(|place| *place < length || (*place == length && kind != "a"));
            for place in places {
                for with_gaps in [false, true] {
                    let chunk = flawed(kind, length, place, with_gaps);
                    let name = format!("{kind}, {length} long, flaw at {place}, gaps: {with_gaps}");
                    add(forms, &name, monotonous(kind, LONG), chunk);
                }
            }
        }
    }
}

/// A part of a monotonous text with an `x` where there is none.
fn flawed(kind: &str, length: usize, place: usize, with_gaps: bool) -> String {
    let text = monotonous(kind, length + 1);
    let unit = |(at, unit): (usize, char)| match () {
        () if at == place => 'x',
        () if with_gaps && at % 2 == 1 => '?',
        () => unit,
    };
    text.chars().skip(1).enumerate().map(unit).collect()
}

/// A chunk as resources, as statements of their own, and as values of a condition.
fn add(forms: &mut Vec<Form>, name: &str, text: String, chunk: String) {
    let resource: String = format!("{HEAD}{text}").chars().take(LONG).collect();
    for layout in [
        Layout::Resources,
        Layout::Statements,
        Layout::Values("StringLike", "a:b"),
    ] {
        let mut context = Context::default();
        context.set("a:b", text.as_str());
        let (place, head) = match layout {
            Layout::Resources => ("resources", ANY_HEAD),
            Layout::Statements => ("statements", ANY_HEAD),
            Layout::Values(..) | Layout::Actions => ("values", ""),
        };
        // The first unit of the text is the mark itself, which must not be found.
        let (head, chunk) = (head.to_owned(), chunk.clone());
        forms.push(Form {
            name: format!("{place}: {name}"),
            resource: resource.clone(),
            context,
            layout,
            pattern: Box::new(move |_| format!("{head}?*{chunk}*")),
        });
    }
}

/// As many stars as fit.
fn stars(forms: &mut Vec<Form>) {
    for (unit, end) in [
        ("a*", "x*"),
        ("?*", "x*"),
        ("a?*", "x*"),
        ("aa*", "x*"),
        ("a*", "xa"),
        ("aaaa*", "x*"),
    ] {
        for count in [1, 2, 10, 100, 1_000] {
            let chunk = format!("{}{end}", unit.repeat(count));
            let name = format!("{count} times `{unit}`, then `{end}`");
            add(forms, &name, monotonous("a", LONG), chunk);
        }
    }
}

/// Variables with long values.
fn variables(forms: &mut Vec<Form>) {
    let texts = ["a", "marks", "period 37"];
    for kind in texts {
        for length in [2, 8, 16, 33, 64, 128, 256, 512, 1_024, 1_536, 2_000] {
            for place in [0, length / 2, length - 1, length] {
                let value = flawed(kind, length, place, false);
                for chunk in [
                    "*${v:v}*",
                    "*${v:v}x*",
                    "*x${v:v}*",
                    "*a${v:v}a*",
                    "*x${v:v}x*",
                    "*?${v:v}*",
                    "*${v:v}${v:v}*",
                    "*${v:v}${v:w}*",
                    "*${v:w}${v:v}*",
                    "${v:v}*",
                    "*${v:v}",
                ] {
                    let name = format!("{kind}, {length} long, flaw at {place}, `{chunk}`");
                    add_variable(forms, kind, &name, chunk, &value);
                }
            }
        }
    }
    // Many variables in a pattern.
    for (length, count) in [
        (2, 100),
        (8, 100),
        (16, 60),
        (33, 30),
        (33, 60),
        (100, 19),
        (300, 6),
    ] {
        let value = monotonous("a", length + 1).replace('x', "");
        let names = ["v", "w", "u", "t"];
        let pattern: String = (0..count)
            .map(|number| format!("${{v:{}}}", names[number % names.len()]))
            .collect();
        for chunk in [format!("*{pattern}x*"), format!("*x{pattern}*")] {
            let name = format!("{count} variables of {length}");
            add_variable(forms, "a", &name, &chunk, &value);
        }
    }
}

fn add_variable(forms: &mut Vec<Form>, kind: &str, name: &str, chunk: &str, value: &str) {
    let text = monotonous(kind, LONG);
    let resource: String = format!("{HEAD}{text}").chars().take(LONG).collect();
    let mut context = Context::default();
    context.set("a:b", text.as_str());
    context.set("v:v", value);
    let other = monotonous(kind, value.len() + 1);
    for key in ["v:w", "v:u", "v:t"] {
        context.set(key, other.trim_start_matches('x'));
    }
    for layout in [Layout::Resources, Layout::Values("StringLike", "a:b")] {
        let (place, head) = match layout {
            Layout::Resources | Layout::Statements => ("resources", ANY_HEAD),
            Layout::Values(..) | Layout::Actions => ("values", ""),
        };
        let pattern = format!("{head}{chunk}");
        forms.push(Form {
            name: format!("{place}: {name}"),
            resource: resource.clone(),
            context: context.clone(),
            layout,
            pattern: Box::new(move |_| pattern.clone()),
        });
    }
}

/// A value that stands in some places, and behind it a text that differs only at its end.
fn values_with_long_neighbours(forms: &mut Vec<Form>) {
    for kind in ["a", "period 16", "period 37", "marks"] {
        let period = monotonous(kind, 200);
        for length in [4, 8, 16, 32, 64, 90] {
            let value: String = period.chars().skip(1).take(2).collect();
            let behind: String = period.chars().skip(3).take(length - 1).collect();
            let chunk = format!("*${{v:v}}{behind}x*");
            let name = format!("{kind}, a value and {length} behind it");
            add_variable(forms, kind, &name, &chunk, &value);
        }
    }
}

/// Long values compared as a whole, by each operator.
fn whole_values(forms: &mut Vec<Form>) {
    let all_but_one = monotonous("a", LONG).replace('x', "");
    let digits = "1".repeat(LONG);
    let arn = format!("{HEAD}{all_but_one}");
    for (operator, value, literal) in [
        ("StringEquals", format!("{all_but_one}a"), "${v:v}x"),
        (
            "StringEqualsIgnoreCase",
            format!("{all_but_one}a"),
            "${v:v}x",
        ),
        (
            "StringEqualsIgnoreCase",
            format!("{all_but_one}é"),
            "${v:v}x",
        ),
        ("NumericEquals", digits.clone(), "1"),
        ("NumericLessThan", digits, "1"),
        ("BinaryEquals", "QUFB".repeat(LONG / 4), "QQ=="),
        ("ArnLike", arn.clone(), "arn:*:*:*:*:*aax*"),
        ("ArnLike", arn.clone(), "arn:*:*:*:*:*x${v:v}*"),
        ("ArnLike", arn, "${v:v}"),
        ("IpAddress", "2001:db8::1".to_owned(), "::/9"),
        ("DateEquals", "2026-05-17T10:30:15.123Z".to_owned(), "1"),
    ] {
        let mut context = Context::default();
        context.set("a:b", value);
        context.set("v:v", all_but_one.as_str());
        let literal = literal.to_owned();
        forms.push(Form {
            name: format!("{operator} {literal}"),
            resource: "arn:aws:s3:::b".to_owned(),
            context,
            layout: Layout::Values(operator, "a:b"),
            pattern: Box::new(move |_| literal.clone()),
        });
    }
}

/// Keys of several values: fifty, which together are as long as one value may be.
pub(crate) fn several_values() -> Vec<Form> {
    let mut forms = Vec::new();
    let values = |value: &str| -> Vec<String> { (0..50).map(|_| value.to_owned()).collect() };
    let forty = "a".repeat(40);
    let arn = format!("arn:::::{}", "a".repeat(32));
    for (operator, value, literal) in [
        ("ForAnyValue:StringEquals", forty.as_str(), "b"),
        ("ForAnyValue:StringEqualsIgnoreCase", &forty, "b"),
        ("ForAnyValue:StringEqualsIgnoreCase", &forty, "{40}b"),
        ("ForAnyValue:StringLike", &forty, "b"),
        ("ForAnyValue:StringLike", &forty, "*b"),
        ("ForAnyValue:StringLike", &forty, "*b*"),
        ("ForAnyValue:StringLike", &forty, "*ab*"),
        ("ForAnyValue:StringLike", &forty, "*a*b*"),
        ("ForAnyValue:StringLike", &forty, "*aaaaaaaabaaaaaaa*"),
        ("ForAnyValue:StringLike", &forty, "*${v:v}b*"),
        ("ForAnyValue:ArnLike", &arn, "arn:*:*:*:*:b"),
        ("ForAnyValue:ArnLike", &arn, "arn:*:*:*:*:*ab*"),
        ("ForAnyValue:NumericEquals", "1111111111111111111111", "2"),
        ("ForAnyValue:DateEquals", "2026-05-17T10:30:15Z", "2"),
        ("ForAnyValue:BinaryEquals", "QUFBQUFBQUFBQUFB", "QQ=="),
        ("ForAnyValue:IpAddress", "2001:db8::1", "::/9"),
    ] {
        let mut context = Context::default();
        context.set_several("a:b", values(value));
        context.set("v:v", "aa");
        let literal = literal.replace("{40}", &"a".repeat(39));
        forms.push(Form {
            name: format!("{operator} {literal}, 50 values"),
            resource: "arn:aws:s3:::b".to_owned(),
            context,
            layout: Layout::Values(operator, "a:b"),
            pattern: Box::new(move |_| literal.clone()),
        });
    }
    forms
}
