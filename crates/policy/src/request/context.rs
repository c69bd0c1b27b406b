//! The circumstances of a request.

use crate::text::{Needle, Prepared, Subject, Units};

/// The circumstances of a request: context keys and their values.
///
/// Keys have no case. Whether a key has one value or several is a property of the key, not of how many
/// it has in this request: `aws:TagKeys` has several also where only one tag is passed.
///
/// ```
/// # use keyward_policy::Context;
/// let mut context = Context::default();
/// context.set("aws:username", "alice");
/// context.set_several("aws:TagKeys", ["team", "cost"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    // INVARIANT: in the order of the keys, each there once; keys are in lower case.
    entries: Vec<(Box<str>, Values)>,
    /// Whether IAM's simulator asks.
    is_simulated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Values {
    One(Value),
    Several(Box<[Value]>),
}

/// A value of a context key: a text, whatever the type of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    text: Box<str>,
    prepared: Prepared,
    /// The text in lower case, unless it is ASCII.
    lower: Option<Box<str>>,
    /// How it is looked for in other texts, if it is long.
    needle: Option<Needle>,
}

/// A key of a context, with its values.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'c> {
    /// In lower case.
    pub key: &'c str,
    /// Whether the key is one of several values, of which there may be one or none.
    pub has_several: bool,
    values: &'c [Value],
}

impl<'c> Entry<'c> {
    /// The values.
    pub fn values(self) -> impl Iterator<Item = &'c str> {
        self.values.iter().map(|value| &*value.text)
    }
}

/// A context key as policies name it.
#[derive(Debug)]
pub(crate) struct Key {
    text: Box<str>,
    lower: Box<str>,
}

/// What the context has for a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'c> {
    Absent,
    One(&'c Value),
    /// Of a key of several values, which may be none.
    Many(&'c [Value]),
}

impl Context {
    /// Sets a key of one value.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.put(key, Values::One(value.into()));
    }

    /// Sets a key of several values, of which there may be one or none.
    pub fn set_several<V: Into<Value>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) {
        let values = values.into_iter().map(Into::into).collect();
        self.put(key, Values::Several(values));
    }

    /// Judges as IAM's simulator does where it differs (seen at AWS). A value that is no number fails
    /// `NumericNotEquals`; of several networks, what stands behind one that can't be read is not looked at;
    /// and what needs no permission, such as `sts:GetCallerIdentity`, needs one.
    pub fn judge_as_simulator(&mut self) {
        self.is_simulated = true;
    }

    /// All keys, in lower case and in order, with their values.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.entries.iter().map(|(key, values)| {
            let (has_several, values) = match values {
                Values::One(value) => (false, std::slice::from_ref(value)),
                Values::Several(values) => (true, &**values),
            };
            Entry {
                key,
                has_several,
                values,
            }
        })
    }

    pub(crate) fn is_simulated(&self) -> bool {
        self.is_simulated
    }

    fn put(&mut self, key: &str, values: Values) {
        let key = key.to_lowercase();
        match self
            .entries
            .binary_search_by(|(other, _)| (**other).cmp(&key))
        {
            Ok(index) => {
                if let Some((_, old)) = self.entries.get_mut(index) {
                    *old = values;
                }
            }
            Err(index) => self.entries.insert(index, (key.into(), values)),
        }
    }

    pub(crate) fn find(&self, key: &Key) -> Found<'_> {
        let lower = key.lower.as_bytes();
        let index = self
            .entries
            .binary_search_by(|(other, _)| other.as_bytes().cmp(lower));
        match index.ok().and_then(|index| self.entries.get(index)) {
            Some((_, Values::One(value))) => Found::One(value),
            Some((_, Values::Several(values))) => Found::Many(values),
            None => Found::Absent,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        let prepared = Prepared::new(text);
        Self {
            needle: match prepared.units(text) {
                Units::Ascii(bytes) => Needle::new(bytes),
                Units::Wide(units) => Needle::new(units),
            },
            prepared,
            lower: (!text.is_ascii()).then(|| text.to_lowercase().into()),
            text: text.into(),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl Value {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            text: &self.text,
            prepared: &self.prepared,
        }
    }

    pub(crate) fn needle(&self) -> Option<&Needle> {
        self.needle.as_ref()
    }

    /// The text in lower case, but for letters of ASCII.
    pub(crate) fn lower_but_ascii(&self) -> &str {
        self.lower.as_deref().unwrap_or(&self.text)
    }
}

impl Key {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            lower: text.to_lowercase().into(),
        }
    }

    /// The key as written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_no_case_and_the_last_value_stays() {
        let mut context = Context::default();
        for key in ["aws:UserName", "b", "A", "aws:ResourceTag/Ärger"] {
            context.set(key, "old");
            context.set(&key.to_uppercase(), "new");
            for spelling in [key.to_owned(), key.to_lowercase(), key.to_uppercase()] {
                match context.find(&Key::new(&spelling)) {
                    Found::One(value) => assert_eq!(value.text(), "new"),
                    found @ (Found::Absent | Found::Many(_)) => panic!("{spelling}: {found:?}"),
                }
            }
        }
        assert_eq!(context.entries.len(), 4);
        assert!(matches!(context.find(&Key::new("c")), Found::Absent));
    }

    #[test]
    fn a_key_of_several_values_may_have_one_or_none() {
        let mut context = Context::default();
        context.set_several("aws:TagKeys", ["one"]);
        context.set_several("aws:PrincipalOrgPaths", Vec::<Value>::new());
        let count = |key| match context.find(&Key::new(key)) {
            Found::Many(values) => Some(values.len()),
            Found::One(_) | Found::Absent => None,
        };
        assert_eq!(count("aws:tagkeys"), Some(1));
        assert_eq!(count("AWS:PrincipalOrgPaths"), Some(0));
    }
}
