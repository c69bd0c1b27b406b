//! From text to document.

use std::ops::Range;

use super::{
    Condition, Document, NamedPrincipals, Patterns, Principals, Problem, Statement, SyntaxError,
    Text,
};
use crate::Operator;
use crate::json::{self, Member, Node, Value};

const TEXT: &str = "a text";
const TEXTS: &str = "a text or a list of texts";
const OBJECT: &str = "an object";

impl Document {
    /// Reads a document. Elements may be missing; of those that are there, the shape must be right.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let node = json::read(text).map_err(|error| SyntaxError {
            problem: Problem::NotJson(error.expected),
            span: error.offset..error.offset,
        })?;
        let mut document = Self {
            version: None,
            id: None,
            statements: Vec::new(),
        };
        for Member {
            key,
            key_span,
            node: value,
        } in members("the policy", &node)?
        {
            match &**key {
                "Version" => document.version = Some(text_of(key, value)?),
                "Id" => document.id = Some(text_of(key, value)?),
                "Statement" => document.statements = statements(value)?,
                _ => return Err(unknown(key, key_span)),
            }
        }
        Ok(document)
    }
}

fn statements(node: &Node) -> Result<Vec<Statement>, SyntaxError> {
    let Value::List(items) = &node.value else {
        return Ok(vec![statement(node, node.span.start + 1)?]);
    };
    let mut told_start = node.span.start + 1;
    let mut statements = Vec::with_capacity(items.len());
    for item in items {
        statements.push(statement(item, told_start)?);
        told_start = item.span.end;
    }
    Ok(statements)
}

fn statement(node: &Node, told_start: usize) -> Result<Statement, SyntaxError> {
    let mut statement = Statement {
        sid: None,
        effect: None,
        principals: None,
        actions: None,
        resources: None,
        conditions: Vec::new(),
        span: node.span.clone(),
        told_start,
    };
    for Member {
        key,
        key_span,
        node: value,
    } in members("Statement", node)?
    {
        let both = |name| error(Problem::BothSides(name), key_span);
        match &**key {
            "Sid" => statement.sid = Some(text_of(key, value)?),
            "Effect" => statement.effect = Some(text_of(key, value)?),
            "Principal" | "NotPrincipal" => {
                let principals = Some(principals(key, value)?);
                if std::mem::replace(&mut statement.principals, principals).is_some() {
                    return Err(both("Principal"));
                }
            }
            "Action" | "NotAction" => {
                let actions = Some(patterns(key, value)?);
                if std::mem::replace(&mut statement.actions, actions).is_some() {
                    return Err(both("Action"));
                }
            }
            "Resource" | "NotResource" => {
                let resources = Some(patterns(key, value)?);
                if std::mem::replace(&mut statement.resources, resources).is_some() {
                    return Err(both("Resource"));
                }
            }
            "Condition" => statement.conditions = conditions(value)?,
            _ => return Err(unknown(key, key_span)),
        }
    }
    Ok(statement)
}

fn patterns(key: &str, node: &Node) -> Result<Patterns, SyntaxError> {
    Ok(Patterns {
        is_negated: key.starts_with("Not"),
        items: texts_of(key, node)?,
        span: node.span.clone(),
    })
}

fn principals(key: &str, node: &Node) -> Result<Principals, SyntaxError> {
    let named = if let Value::String(_) = node.value {
        NamedPrincipals::Bare(text_of(key, node)?)
    } else {
        let mut kinds = Vec::new();
        for kind in members(key, node)? {
            let name = Text {
                text: kind.key.clone(),
                span: kind.key_span.clone(),
            };
            kinds.push((name, texts_of(&kind.key, &kind.node)?));
        }
        NamedPrincipals::ByKind(kinds)
    };
    Ok(Principals {
        is_negated: key.starts_with("Not"),
        named,
        span: node.span.clone(),
    })
}

fn conditions(node: &Node) -> Result<Vec<Condition>, SyntaxError> {
    let mut conditions = Vec::new();
    for block in members("Condition", node)? {
        let operator_text = Text {
            text: block.key.clone(),
            span: block.key_span.clone(),
        };
        for line in members(&block.key, &block.node)? {
            // An operator that says nothing may have any name (seen at AWS).
            let operator = Operator::parse(&block.key).ok_or_else(|| {
                let problem = Problem::UnknownOperator(block.key.clone());
                error(problem, &block.key_span)
            })?;
            conditions.push(Condition {
                operator,
                operator_text: operator_text.clone(),
                key: Text {
                    text: line.key.clone(),
                    span: line.key_span.clone(),
                },
                values: values(&line.key, &line.node)?,
            });
        }
    }
    Ok(conditions)
}

fn values(key: &str, node: &Node) -> Result<Vec<Text>, SyntaxError> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            std::slice::from_ref(node)
        }
    };
    let value = |item: &Node| {
        let text: &str = match &item.value {
            Value::String(text) | Value::Number(text) => text,
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            Value::Null | Value::List(_) | Value::Object(_) => {
                return Err(wrong_type(
                    key,
                    "a text, a number, a boolean or a list of them",
                    item,
                ));
            }
        };
        Ok(Text {
            text: text.into(),
            span: item.span.clone(),
        })
    };
    items.iter().map(value).collect()
}

/// The members of an object, each of which is there once.
fn members<'n>(element: &str, node: &'n Node) -> Result<&'n [Member], SyntaxError> {
    let Value::Object(members) = &node.value else {
        return Err(wrong_type(element, OBJECT, node));
    };
    let mut names: Vec<(&str, &Range<usize>)> = members
        .iter()
        .map(|member| (&*member.key, &member.key_span))
        .collect();
    names.sort_unstable_by_key(|(name, span)| (*name, span.start));
    for pair in names.windows(2) {
        if let [(one, _), (other, span)] = pair
            && one == other
        {
            return Err(error(Problem::Repeated((*other).into()), span));
        }
    }
    Ok(members)
}

fn text_of(key: &str, node: &Node) -> Result<Text, SyntaxError> {
    match &node.value {
        Value::String(text) => Ok(Text {
            text: text.clone(),
            span: node.span.clone(),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Object(_) => {
            Err(wrong_type(key, TEXT, node))
        }
    }
}

fn texts_of(key: &str, node: &Node) -> Result<Vec<Text>, SyntaxError> {
    match &node.value {
        Value::String(_) => Ok(vec![text_of(key, node)?]),
        Value::List(items) => items
            .iter()
            .map(|item| text_of(key, item).map_err(|_| wrong_type(key, TEXTS, item)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            Err(wrong_type(key, TEXTS, node))
        }
    }
}

fn unknown(key: &str, span: &Range<usize>) -> SyntaxError {
    error(Problem::UnknownElement(key.into()), span)
}

fn wrong_type(element: &str, expected: &'static str, node: &Node) -> SyntaxError {
    let element = element.into();
    error(Problem::WrongType { element, expected }, &node.span)
}

fn error(problem: Problem, span: &Range<usize>) -> SyntaxError {
    let span = span.clone();
    SyntaxError { problem, span }
}
