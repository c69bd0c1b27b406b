//! Paths of entities.

use std::fmt;

use crate::{ParseError, text_serde};

/// Where an entity lies in the account's tree: `/` or `/division/team/`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
// INVARIANT: `None` is `/`, so that the usual path takes no memory; upheld by `parse`.
pub struct Path(Option<Box<str>>);

impl Path {
    /// Reads a path: a slash, or printable ASCII between slashes, at most 512 characters.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let expected = ParseError::new("a path that begins and ends with /");
        if text == "/" {
            return Ok(Self(None));
        }
        let inner = text
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'))
            .ok_or(expected)?;
        if inner.is_empty()
            || text.len() > 512
            || !inner.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(expected);
        }
        Ok(Self(Some(text.into())))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or("/")
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

text_serde!(Path);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_and_ends_with_a_slash() {
        for text in ["/", "/a/", "/a//b/", "/~!/"] {
            assert_eq!(Path::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "//",
            "/x",
            "x/",
            "/ /",
            "/\u{7f}/",
            "/a\n/",
            "/é/",
            &format!("/{}/", "x".repeat(511)),
        ] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}
