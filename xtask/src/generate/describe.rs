//! The limits of a shape in words, for docs and facts blocks.

use anyhow::Result;

use super::service::Service;
use crate::model::Shape;

/// What a value of a shape must be: `text of 1 to 64 characters, [\w+=,.@-]+`.
pub(crate) fn describe(service: &Service<'_>, shape: &str) -> Result<String> {
    Ok(match service.model.shape(shape)? {
        Shape::Structure { members, .. } => {
            let names: Vec<&str> = members.iter().map(|(name, _)| name).collect();
            format!("structure of {}", list(&names))
        }
        Shape::List { member, min, max } => {
            let of = describe(service, member)?;
            format!("list{} of: {of}", counted(*min, *max, "element"))
        }
        Shape::Map { key, value, max } => {
            let (key, value) = (describe(service, key)?, describe(service, value)?);
            format!(
                "map{} from: {key} to: {value}",
                counted(None, *max, "entry")
            )
        }
        Shape::String {
            min,
            max,
            values,
            sensitive,
            ..
        } => {
            let kind = if *sensitive { "secret text" } else { "text" };
            if !values.is_empty() {
                return Ok(format!("one of {}", list(values)));
            }
            let length = counted(*min, *max, "character");
            match service.pattern(shape)? {
                Some(pattern) => format!("{kind}{length}, `{pattern}`"),
                None => format!("{kind}{length}"),
            }
        }
        Shape::Integer { min, max, .. } => match (min, max) {
            (Some(min), Some(max)) => format!("number from {min} to {max}"),
            (Some(min), None) => format!("number from {min}"),
            (None, Some(max)) => format!("number up to {max}"),
            (None, None) => "number".to_owned(),
        },
        Shape::Boolean { .. } => "boolean".to_owned(),
        Shape::Timestamp {} => "time".to_owned(),
        Shape::Blob { .. } => "bytes".to_owned(),
    })
}

fn counted(min: Option<usize>, max: Option<usize>, noun: &str) -> String {
    let plural = match noun {
        "entry" => "entries".to_owned(),
        noun => format!("{noun}s"),
    };
    let many = |count: usize| if count == 1 { noun } else { &plural };
    match (min, max) {
        (Some(min), Some(max)) if min == max => format!(" of {min} {}", many(min)),
        (Some(min), Some(max)) => format!(" of {min} to {max} {plural}"),
        (Some(min), None) => format!(" of at least {min} {}", many(min)),
        (None, Some(max)) => format!(" of at most {max} {}", many(max)),
        (None, None) => String::new(),
    }
}

fn list<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(|n| format!("`{}`", n.as_ref())).collect();
    names.join(", ")
}
