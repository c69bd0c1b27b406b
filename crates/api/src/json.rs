//! How answers are written as JSON: members as the model calls them, secrets included, times as seconds
//! since 1970.

use keyward_names::{
    AccountAlias, GroupName, InstanceProfileName, Path, PolicyName, PreciseTimestamp, RoleName,
    Secret, Timestamp, UserName,
};
use keyward_wire::percent::{self, Keep};
use keyward_wire::{JsonObject, write_json_base64, write_json_plain, write_json_text};

use crate::SecretBlob;

/// A structure of which the members can be written into an object.
pub trait JsonMembers {
    /// Writes the members that are there.
    fn write_members(&self, object: &mut JsonObject<'_>);
}

/// Nothing.
impl JsonMembers for () {
    fn write_members(&self, _: &mut JsonObject<'_>) {}
}

/// A value that an answer can hold.
pub(crate) trait JsonValue {
    /// Writes the value.
    fn write_value(&self, json: &mut String);

    /// Writes the value as a member, unless it is absent.
    fn write_member(&self, name: &str, object: &mut JsonObject<'_>) {
        object.member(name, |json| self.write_value(json));
    }
}

impl<T: JsonMembers> JsonValue for T {
    fn write_value(&self, json: &mut String) {
        JsonObject::write(json, |object| self.write_members(object));
    }
}

impl JsonValue for String {
    fn write_value(&self, json: &mut String) {
        write_json_text(json, self);
    }
}

impl JsonValue for Secret {
    fn write_value(&self, json: &mut String) {
        write_json_text(json, self.expose());
    }
}

/// Words are texts.
///
/// ```text
/// words! { UserName, Path }
/// ```
macro_rules! words {
    ($($word:ty),*) => {
        $(impl JsonValue for $word {
            fn write_value(&self, json: &mut String) {
                write_json_text(json, self.as_str());
            }
        })*
    };
}

words! {
    AccountAlias, GroupName, InstanceProfileName, Path, PolicyName, RoleName, UserName
}

/// Seen at STS in what its clients read; at IAM (unsure).
impl JsonValue for Timestamp {
    fn write_value(&self, json: &mut String) {
        write_json_plain(json, self.unix_seconds());
    }
}

impl JsonValue for PreciseTimestamp {
    fn write_value(&self, json: &mut String) {
        self.whole_seconds().write_value(json);
    }
}

impl JsonValue for bool {
    fn write_value(&self, json: &mut String) {
        write_json_plain(json, self);
    }
}

impl JsonValue for i32 {
    fn write_value(&self, json: &mut String) {
        write_json_plain(json, self);
    }
}

impl JsonValue for Vec<u8> {
    fn write_value(&self, json: &mut String) {
        write_json_base64(json, self);
    }
}

impl JsonValue for SecretBlob {
    fn write_value(&self, json: &mut String) {
        write_json_base64(json, self.expose());
    }
}

/// Writes a text of which every byte but `A-Z a-z 0-9 - _ . ~` is percent-encoded, as documents are.
pub(crate) fn write_percent_encoded(name: &str, value: &str, object: &mut JsonObject<'_>) {
    let encoded: String = percent::encode(value.as_bytes(), Keep::Unreserved).collect();
    object.text(name, &encoded);
}

/// A list.
impl<T: JsonValue> JsonValue for Vec<T> {
    fn write_value(&self, json: &mut String) {
        json.push('[');
        for (place, element) in self.iter().enumerate() {
            if place > 0 {
                json.push(',');
            }
            element.write_value(json);
        }
        json.push(']');
    }
}

/// A map.
impl<T: JsonValue> JsonValue for Vec<(String, T)> {
    fn write_value(&self, json: &mut String) {
        JsonObject::write(json, |object| {
            for (key, value) in self {
                value.write_member(key, object);
            }
        });
    }
}

impl<T: JsonValue> JsonValue for Option<T> {
    fn write_value(&self, json: &mut String) {
        match self {
            Some(value) => value.write_value(json),
            None => json.push_str("null"),
        }
    }

    fn write_member(&self, name: &str, object: &mut JsonObject<'_>) {
        if let Some(value) = self {
            value.write_member(name, object);
        }
    }
}
