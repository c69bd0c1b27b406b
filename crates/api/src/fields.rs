//! Inputs that are made in the program, as the fields of a request: what a client would send, member by member,
//! without being encoded. So an input is judged in one way, wherever it comes from.

use std::borrow::Cow;

use keyward_names::{
    AccountAlias, GroupName, InstanceProfileName, Path, PolicyName, RoleName, Secret, UserName,
};
use keyward_wire::Parameters;

/// The fields that are there so far.
#[derive(Debug)]
pub struct Fields<'a> {
    entries: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// A structure of inputs.
pub trait AsFields {
    /// Adds the members that are there. The names of their fields begin with `prefix`.
    fn add_to<'a>(&'a self, prefix: &str, fields: &mut Fields<'a>);
}

/// What a member of an input may be.
pub(crate) trait Field {
    /// Adds the value under a name.
    fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>);
}

/// The fields of an input.
pub(crate) fn parameters(input: &impl AsFields) -> Parameters<'_> {
    let mut fields = Fields {
        entries: Vec::new(),
    };
    input.add_to("", &mut fields);
    Parameters::of_pairs(fields.entries)
}

impl<'a> Fields<'a> {
    /// Adds a member of a structure.
    pub(crate) fn member(&mut self, prefix: &str, name: &str, value: &'a impl Field) {
        value.add(&[prefix, name].concat(), self);
    }

    /// Adds a text of which all values are listed.
    pub(crate) fn text(&mut self, name: &str, value: &'static str) {
        self.push(name, value);
    }

    fn push(&mut self, name: &str, value: impl Into<Cow<'a, str>>) {
        self.entries.push((name.to_owned().into(), value.into()));
    }
}

impl<T: AsFields> Field for T {
    fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {
        self.add_to(&[name, "."].concat(), fields);
    }
}

impl Field for String {
    fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {
        fields.push(name, self.as_str());
    }
}

impl Field for Secret {
    fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {
        fields.push(name, self.expose());
    }
}

/// Words are their texts.
///
/// ```text
/// words! { UserName, Path }
/// ```
macro_rules! words {
    ($($word:ty),*) => {
        $(impl Field for $word {
            fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {
                fields.push(name, self.as_str());
            }
        })*
    };
}

words! {
    AccountAlias, GroupName, InstanceProfileName, Path, PolicyName, RoleName, UserName
}

impl Field for bool {
    fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {
        fields.push(name, if *self { "true" } else { "false" });
    }
}

impl Field for i32 {
    fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {
        fields.push(name, self.to_string());
    }
}

impl<T: Field> Field for Option<T> {
    fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {
        if let Some(value) = self {
            value.add(name, fields);
        }
    }
}

/// A list: its elements are counted from 1. An empty one is a field without a value.
impl<T: Field> Field for Vec<T> {
    fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {
        if self.is_empty() {
            fields.push(name, "");
        }
        for (place, element) in self.iter().enumerate() {
            element.add(&format!("{name}.member.{}", place + 1), fields);
        }
    }
}

/// A map.
impl<T: Field> Field for Vec<(String, T)> {
    fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {
        if self.is_empty() {
            fields.push(name, "");
        }
        for (place, (key, value)) in self.iter().enumerate() {
            let entry = format!("{name}.entry.{}", place + 1);
            key.add(&format!("{entry}.key"), fields);
            value.add(&format!("{entry}.value"), fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Input, iam};
    use keyward_names::Secret;
    use keyward_wire::Parameters;

    #[track_caller]
    fn check<I: Input + PartialEq + std::fmt::Debug>(form: &str) {
        let parameters = Parameters::parse(None, form.as_bytes()).unwrap();
        let input = I::decode(&parameters).unwrap();
        assert_eq!(input.checked().unwrap(), input, "{form}");
    }

    #[test]
    fn what_was_read_is_read_again_as_it_is() {
        check::<iam::CreateUserRequest>(
            "UserName=Bob&Path=/a/&Tags.member.1.Key=%C3%A4+b&Tags.member.1.Value=&Tags.member.2.Key=c\
             &Tags.member.2.Value=%3D+%2B",
        );
        check::<iam::CreateUserRequest>("UserName=Bob&Tags=");
        check::<iam::ChangePasswordRequest>("OldPassword=a%26b&NewPassword=+%2B");
        check::<iam::UpdateAccountPasswordPolicyRequest>(
            "MinimumPasswordLength=12&RequireSymbols=true&HardExpiry=false",
        );
        check::<iam::UpdateAccessKeyRequest>("AccessKeyId=AKIAIOSFODNN7EXAMPLE&Status=Inactive");
        check::<iam::ListUsersRequest>("");
        check::<iam::SimulateCustomPolicyRequest>(
            "PolicyInputList.member.1=%7B%7D&ActionNames.member.1=iam:GetUser\
             &ContextEntries.member.1.ContextKeyName=aws:x&ContextEntries.member.1.ContextKeyType=string\
             &ContextEntries.member.1.ContextKeyValues.member.1=v",
        );
    }

    #[test]
    fn an_input_of_the_program_meets_the_same_constraints() {
        let input = iam::ChangePasswordRequest {
            old_password: Secret::new(""),
            new_password: Secret::new("x".repeat(129)),
        };
        let form = format!("OldPassword=&NewPassword={}", "x".repeat(129));
        let parameters = Parameters::parse(None, form.as_bytes()).unwrap();
        let refused = iam::ChangePasswordRequest::decode(&parameters).unwrap_err();
        assert_eq!(input.checked().unwrap_err(), refused);
    }
}
