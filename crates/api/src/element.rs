//! How values are written into answers.

use keyward_names::{
    AccountAlias, GroupName, InstanceProfileName, Path, PolicyName, PreciseTimestamp, RoleName,
    Secret, Timestamp, UserName,
};
use keyward_wire::XmlWriter;

use crate::SecretBlob;

/// A value that an answer can hold.
pub(crate) trait Element {
    /// Writes the value as an element called `name`.
    fn write(&self, name: &'static str, xml: &mut XmlWriter);
}

impl Element for String {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.text(name, self);
    }
}

impl Element for Secret {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.text(name, self.expose());
    }
}

impl Element for UserName {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.text(name, self.as_str());
    }
}

impl Element for GroupName {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.text(name, self.as_str());
    }
}

impl Element for RoleName {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.text(name, self.as_str());
    }
}

impl Element for InstanceProfileName {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.text(name, self.as_str());
    }
}

impl Element for PolicyName {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.text(name, self.as_str());
    }
}

impl Element for Path {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.text(name, self.as_str());
    }
}

impl Element for AccountAlias {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.text(name, self.as_str());
    }
}

impl Element for Timestamp {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.plain(name, self);
    }
}

impl Element for PreciseTimestamp {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.plain(name, self);
    }
}

impl Element for bool {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.boolean(name, *self);
    }
}

impl Element for i32 {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.plain(name, self);
    }
}

impl Element for Vec<u8> {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.base64(name, self);
    }
}

impl Element for SecretBlob {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.base64(name, self.expose());
    }
}

/// A list.
impl<T: Element> Element for Vec<T> {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.element(name, |xml| {
            for member in self {
                member.write("member", xml);
            }
        });
    }
}

/// A map.
impl<T: Element> Element for Vec<(String, T)> {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        xml.element(name, |xml| {
            for (key, value) in self {
                xml.element("entry", |xml| {
                    key.write("key", xml);
                    value.write("value", xml);
                });
            }
        });
    }
}

/// A member that may be absent: its element then is, too.
impl<T: Element> Element for Option<T> {
    #[inline]
    fn write(&self, name: &'static str, xml: &mut XmlWriter) {
        if let Some(value) = self {
            value.write(name, xml);
        }
    }
}
