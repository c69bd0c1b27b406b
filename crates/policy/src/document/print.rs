//! From document to text.

use super::{Condition, Document, NamedPrincipals, Patterns, Principals, Statement, Text};

impl Document {
    /// The document as JSON on one line. It means the same as the text that it was read from, and
    /// reading it gives the same document but for positions. Of lines of a condition block that have
    /// operator and key in common, which no text gives, readers accept at most one.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        object(&mut json, |members| {
            members.text("Version", self.version.as_ref());
            members.text("Id", self.id.as_ref());
            if !self.statements.is_empty() {
                let json = members.member("Statement");
                list(json, &self.statements, statement);
            }
        });
        json
    }
}

fn statement(json: &mut String, statement: &Statement) {
    object(json, |members| {
        members.text("Sid", statement.sid.as_ref());
        members.text("Effect", statement.effect.as_ref());
        if let Some(principals) = &statement.principals {
            let name = side(principals.is_negated, "Principal", "NotPrincipal");
            print_principals(members.member(name), principals);
        }
        members.patterns("Action", "NotAction", statement.actions.as_ref());
        members.patterns("Resource", "NotResource", statement.resources.as_ref());
        if !statement.conditions.is_empty() {
            conditions(members.member("Condition"), &statement.conditions);
        }
    });
}

fn print_principals(json: &mut String, principals: &Principals) {
    match &principals.named {
        NamedPrincipals::Bare(name) => string(json, &name.text),
        NamedPrincipals::ByKind(kinds) => object(json, |members| {
            for (kind, names) in kinds {
                texts(members.member(&kind.text), names);
            }
        }),
    }
}

/// The lines of one operator together, where its first one stands.
fn conditions(json: &mut String, conditions: &[Condition]) {
    let mut operators: Vec<&str> = Vec::new();
    object(json, |blocks| {
        for condition in conditions {
            let operator = &*condition.operator_text.text;
            if operators.contains(&operator) {
                continue;
            }
            operators.push(operator);
            object(blocks.member(operator), |lines| {
                let same = |other: &&Condition| &*other.operator_text.text == operator;
                for line in conditions.iter().filter(same) {
                    texts(lines.member(&line.key.text), &line.values);
                }
            });
        }
    });
}

fn side(is_negated: bool, plain: &'static str, negated: &'static str) -> &'static str {
    if is_negated { negated } else { plain }
}

/// One text stands alone, as people write it.
fn texts(json: &mut String, texts: &[Text]) {
    match texts {
        [text] => string(json, &text.text),
        texts => list(json, texts, |json, text| string(json, &text.text)),
    }
}

fn list<T>(json: &mut String, items: &[T], print: impl Fn(&mut String, &T)) {
    json.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        print(json, item);
    }
    json.push(']');
}

fn object(json: &mut String, print: impl FnOnce(&mut Members)) {
    json.push('{');
    print(&mut Members {
        json,
        is_empty: true,
    });
    json.push('}');
}

struct Members<'a> {
    json: &'a mut String,
    is_empty: bool,
}

impl Members<'_> {
    /// Begins a member; its value goes to what is returned.
    fn member(&mut self, name: &str) -> &mut String {
        if !self.is_empty {
            self.json.push(',');
        }
        self.is_empty = false;
        string(self.json, name);
        self.json.push(':');
        self.json
    }

    fn text(&mut self, name: &str, text: Option<&Text>) {
        if let Some(text) = text {
            string(self.member(name), &text.text);
        }
    }

    fn patterns(&mut self, plain: &'static str, negated: &'static str, of: Option<&Patterns>) {
        if let Some(patterns) = of {
            let json = self.member(side(patterns.is_negated, plain, negated));
            texts(json, &patterns.items);
        }
    }
}

fn string(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\0'..='\u{1f}' => json.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => json.push(character),
        }
    }
    json.push('"');
}
