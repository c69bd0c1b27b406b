//! Reading the members of inputs, which generated code calls member by member.
//!
//! Each function returns `None` where the member is absent or wrong. What is wrong is noted, so that
//! all violations of a request are told together; only what can't be read at all ends the reading.

use std::fmt::Write;

use keyward_names::{
    AccountAlias, GroupName, InstanceProfileName, Path, PolicyName, RoleName, Secret, UserName,
};
use keyward_wire::{Indexes, Parameters, parse_boolean, parse_integer};

use crate::constraints::{self, Choice, List, NOT_NULL, Number, Refusal, Text};
use crate::violations::Violations;
use crate::{InputError, Service};

/// Where reading stands in a request.
pub(crate) struct Reader<'a, 'p> {
    parameters: &'a Parameters<'p>,
    service: Service,
    /// What the names of the members now read begin with: nothing, or `Tags.member.1.`.
    prefix: String,
    /// The same in the words of violations: nothing, or `tags.1.member.`.
    location: String,
    violations: Violations,
}

/// A member's name.
#[derive(Clone, Copy)]
pub(crate) struct Name {
    /// In requests: `UserName`.
    wire: &'static str,
    /// In violations: `userName`.
    field: &'static str,
}

impl Name {
    /// A name in both its forms.
    pub(crate) const fn new(wire: &'static str, field: &'static str) -> Self {
        Self { wire, field }
    }
}

/// What an absent member means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// A violation.
    Required,
    /// Nothing.
    Optional,
    /// Nothing, and an empty one counts as absent.
    OptionalNonEmpty,
}

/// A type that a text becomes once it satisfies the model's constraints.
pub(crate) trait FromText: Sized {
    /// The value, unless the text is not of the type's form.
    fn from_text(text: &str) -> Option<Self>;
}

/// What reading a structure gives: `None` where a required member is absent or wrong.
pub(crate) type Read<T> = Result<Option<T>, InputError>;

impl<'a, 'p> Reader<'a, 'p> {
    /// Reads a whole input.
    pub(crate) fn decode<T>(
        parameters: &'a Parameters<'p>,
        service: Service,
        read: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Result<T, InputError> {
        let mut reader = Self {
            parameters,
            service,
            prefix: String::new(),
            location: String::new(),
            violations: Violations::default(),
        };
        match read(&mut reader)? {
            Some(input) if reader.violations.is_empty() => Ok(input),
            _ => Err(reader.violations.into_error()),
        }
    }

    /// Reads a text.
    pub(crate) fn text<T: FromText>(
        &mut self,
        name: Name,
        presence: Presence,
        shape: &Text,
    ) -> Option<T> {
        let value = self.scalar(name, presence)?;
        let mut is_right = true;
        if let Some(broken) = shape.broken_length(value) {
            is_right = false;
            match shape.refusal {
                Refusal::Any(text) => self.single_out(text, name),
                Refusal::Generic | Refusal::Pattern(_) => {
                    self.violate(name, &self.echo(value, shape), &broken);
                }
            }
        }
        let matches = shape.matches(value);
        let read = if is_right && matches {
            T::from_text(value)
        } else {
            None
        };
        if !matches || (is_right && read.is_none()) {
            match (&shape.refusal, shape.pattern) {
                (Refusal::Pattern(text) | Refusal::Any(text), _) => self.single_out(text, name),
                (Refusal::Generic, Some(pattern)) => {
                    self.violate(
                        name,
                        &self.echo(value, shape),
                        &constraints::pattern(pattern),
                    );
                }
                (Refusal::Generic, None) => {
                    self.violate(name, &self.echo(value, shape), "Member must be of its type");
                }
            }
        }
        read
    }

    /// Reads a text of which all values are listed.
    pub(crate) fn choice<T: Choice>(&mut self, name: Name, presence: Presence) -> Option<T> {
        let value = self.scalar(name, presence)?;
        let read = T::from_text(value);
        if read.is_none() {
            self.violate(name, &self.quoted(value), &constraints::choice::<T>());
        }
        read
    }

    /// Reads a number.
    pub(crate) fn integer(&mut self, name: Name, presence: Presence, shape: &Number) -> Read<i32> {
        let Some(value) = self.scalar(name, presence) else {
            return Ok(None);
        };
        let number = parse_integer(value).map_err(|error| self.malformed(name, error))?;
        if let Some(broken) = shape.broken_bound(number) {
            self.violate(name, &self.quoted(&number.to_string()), &broken);
            return Ok(None);
        }
        Ok(Some(number))
    }

    /// Reads a boolean.
    pub(crate) fn boolean(&mut self, name: Name, presence: Presence) -> Read<bool> {
        let Some(value) = self.scalar(name, presence) else {
            return Ok(None);
        };
        let value = parse_boolean(value).map_err(|error| self.malformed(name, error))?;
        Ok(Some(value))
    }

    /// Reads a structure.
    pub(crate) fn structure<T>(
        &mut self,
        name: Name,
        presence: Presence,
        read: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        self.within(&[name.wire, "."], &[name.field, "."], |reader| {
            if reader.parameters.any_under(&reader.prefix) {
                return read(reader).map(Some);
            }
            Ok(None)
        })
        .map(|read| {
            if read.is_none() && presence == Presence::Required {
                self.violate(name, self.null(), NOT_NULL);
            }
            read.flatten()
        })
    }

    /// Reads a list of texts.
    pub(crate) fn text_list<T: FromText>(
        &mut self,
        name: Name,
        presence: Presence,
        list: &List,
        element: &Text,
    ) -> Read<Vec<T>> {
        let read = |text: &str| {
            let is_right = element.broken_length(text).is_none() && element.matches(text);
            is_right.then(|| T::from_text(text)).flatten()
        };
        self.scalar_list(name, presence, list, read, || element.demands())
    }

    /// Reads a list of texts of which all values are listed.
    pub(crate) fn choice_list<T: Choice>(
        &mut self,
        name: Name,
        presence: Presence,
        list: &List,
    ) -> Read<Vec<T>> {
        let demands = || vec![constraints::choice::<T>()];
        self.scalar_list(name, presence, list, T::from_text, demands)
    }

    /// Reads a list of structures.
    pub(crate) fn structure_list<T>(
        &mut self,
        name: Name,
        presence: Presence,
        list: &List,
        read: impl Fn(&mut Self) -> Read<T>,
    ) -> Read<Vec<T>> {
        let Some(indexes) = self.indexes(name, presence, "member", true)? else {
            return Ok(None);
        };
        let mut is_right = self.judge_size(name, list, &indexes, None);
        let mut elements = Vec::new();
        for (index, is_given) in indexes.places() {
            let index = index.to_string();
            // An element that is not given is told by each of its members that may not be missing.
            let element = self.within(
                &[name.wire, ".member.", &index, "."],
                &[name.field, ".", &index, ".member."],
                &read,
            )?;
            if !is_given && element.is_some() {
                let location =
                    [self.location.as_str(), name.field, ".", &index, ".member"].concat();
                self.violations.count(self.null(), &location, NOT_NULL);
                is_right = false;
                continue;
            }
            is_right &= element.is_some();
            elements.extend(element);
        }
        Ok(is_right.then_some(elements))
    }

    /// Reads a map from texts to whatever `read` reads under the name it is given.
    pub(crate) fn map<T>(
        &mut self,
        name: Name,
        presence: Presence,
        list: &List,
        key: &Text,
        read: impl Fn(&mut Self, Name) -> Read<T>,
    ) -> Read<Vec<(String, T)>> {
        const KEY: Name = Name::new("key", "key");
        const VALUE: Name = Name::new("value", "value");
        let Some(indexes) = self.indexes(name, presence, "entry", true)? else {
            return Ok(None);
        };
        if indexes.given.is_empty() && presence == Presence::Required {
            self.violate(name, self.null(), NOT_NULL);
            return Ok(None);
        }
        let mut is_right = self.judge_size(name, list, &indexes, None);
        let mut entries = Vec::new();
        for index in &indexes.given {
            let index = index.to_string();
            let entry = self.within(
                &[name.wire, ".entry.", &index, "."],
                &[name.field, ".", &index, ".entry."],
                |reader| {
                    let key = reader.text(KEY, Presence::Required, key);
                    Ok::<_, InputError>(key.zip(read(reader, VALUE)?))
                },
            )?;
            is_right &= entry.is_some();
            entries.extend(entry);
        }
        Ok(is_right.then_some(entries))
    }

    /// Reads a list of scalars. `demands` tells everything that is demanded of an element.
    fn scalar_list<T>(
        &mut self,
        name: Name,
        presence: Presence,
        list: &List,
        read: impl Fn(&str) -> Option<T>,
        demands: impl Fn() -> Vec<String>,
    ) -> Read<Vec<T>> {
        let Some(indexes) = self.indexes(name, presence, "member", false)? else {
            return Ok(None);
        };
        let texts: Vec<Option<&'a str>> = indexes
            .places()
            .map(|(index, _)| {
                self.within(&[name.wire, ".member."], &[], |reader| {
                    // Writing to a string does not fail.
                    let _ = write!(reader.prefix, "{index}");
                    reader.parameters.get(&reader.prefix)
                })
            })
            .collect();
        let mut is_right = self.judge_size(name, list, &indexes, Some(&texts));
        let elements: Option<Vec<T>> = texts.iter().map(|text| text.and_then(&read)).collect();
        if elements.is_none() {
            let mut demands = demands();
            if list.names_null || demands.is_empty() {
                demands.push(NOT_NULL.to_owned());
            }
            let sentence = constraints::enumerated("Member", &demands);
            self.violate(name, &self.listed(&texts), &sentence);
            is_right = false;
        }
        Ok(elements.filter(|_| is_right))
    }

    /// The value of a scalar member; its absence is noted if it is required.
    fn scalar(&mut self, name: Name, presence: Presence) -> Option<&'a str> {
        let value = self.get(name.wire);
        match presence {
            Presence::Required => {
                if value.is_none() {
                    self.violate(name, self.null(), NOT_NULL);
                }
                value
            }
            Presence::Optional => value,
            Presence::OptionalNonEmpty => value.filter(|value| !value.is_empty()),
        }
    }

    /// The value of a member of the structure now read.
    fn get(&mut self, wire: &str) -> Option<&'a str> {
        if self.prefix.is_empty() {
            return self.parameters.get(wire);
        }
        self.within(&[wire], &[], |reader| reader.parameters.get(&reader.prefix))
    }

    /// Which elements a list or map has; `None` if it is absent. The bare name with an empty value
    /// is an empty list, which STS takes for an absent one.
    fn indexes(
        &mut self,
        name: Name,
        presence: Presence,
        element: &str,
        of_structures: bool,
    ) -> Read<Indexes> {
        let found = self.within(&[name.wire, ".", element, "."], &[], |reader| {
            Indexes::read(reader.parameters, &reader.prefix, of_structures)
        });
        let indexes = found.map_err(|error| InputError::Malformed(error.to_string()))?;
        let is_empty = match self.service {
            Service::Iam => self.get(name.wire).is_some(),
            Service::Sts => false,
        };
        if !indexes.given.is_empty() || is_empty {
            return Ok(Some(indexes));
        }
        if presence == Presence::Required {
            self.violate(name, self.null(), NOT_NULL);
        }
        Ok(None)
    }

    /// Judges how many elements a list has; `texts` are they, if they are scalars.
    fn judge_size(
        &mut self,
        name: Name,
        list: &List,
        indexes: &Indexes,
        texts: Option<&[Option<&str>]>,
    ) -> bool {
        let Some(broken) = list.broken_length(indexes.places().count()) else {
            return true;
        };
        let echo = texts.map(|texts| self.listed(texts)).unwrap_or_default();
        self.violate(name, &echo, &broken);
        false
    }

    /// Runs `read` further inside the request, at names and locations that begin with these parts.
    fn within<T>(
        &mut self,
        names: &[&str],
        locations: &[&str],
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let (prefix, location) = (self.prefix.len(), self.location.len());
        self.prefix.extend(names.iter().copied());
        self.location.extend(locations.iter().copied());
        let read = read(self);
        self.prefix.truncate(prefix);
        self.location.truncate(location);
        read
    }

    fn violate(&mut self, name: Name, echo: &str, constraint: &str) {
        let location = [self.location.as_str(), name.field].concat();
        self.violations.count(echo, &location, constraint);
    }

    fn single_out(&mut self, text: &str, name: Name) {
        let location = [self.location.as_str(), name.field].concat();
        self.violations.single_out(text, &location);
    }

    fn malformed(&self, name: Name, error: impl std::fmt::Display) -> InputError {
        InputError::Malformed(format!(
            "The value of {}{} is {error}",
            self.prefix, name.wire
        ))
    }

    /// What a sentence repeats of a text.
    fn echo(&self, value: &str, shape: &Text) -> String {
        if shape.sensitive {
            return String::new();
        }
        self.quoted(value)
    }

    /// What a sentence repeats of a value that may be seen: STS repeats it, IAM does not any more.
    fn quoted(&self, value: &str) -> String {
        match self.service {
            Service::Iam => String::new(),
            Service::Sts => format!(" '{value}'"),
        }
    }

    /// What a sentence repeats of a list.
    fn listed(&self, texts: &[Option<&str>]) -> String {
        let texts: Vec<&str> = texts.iter().map(|text| text.unwrap_or("null")).collect();
        self.quoted(&format!("[{}]", texts.join(", ")))
    }

    /// What a sentence says in the place of an absent value.
    fn null(&self) -> &'static str {
        match self.service {
            Service::Iam => "",
            Service::Sts => " null",
        }
    }
}

impl FromText for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl FromText for Secret {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self::new(text))
    }
}

impl FromText for UserName {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl FromText for GroupName {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl FromText for RoleName {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl FromText for InstanceProfileName {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl FromText for PolicyName {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl FromText for Path {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl FromText for AccountAlias {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}
