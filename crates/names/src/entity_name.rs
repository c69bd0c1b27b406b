//! Names of entities, and how they are compared.

use std::fmt;

use compact_str::CompactString;

use crate::{ParseError, text_serde};

/// Makes the type of a kind of names. `entity_name! { /// What it names. UserName }` is a text of 1 to
/// 128 characters that keeps its spelling and is compared by its folded form.
macro_rules! entity_name {
    ($(#[$meaning:meta])* $name:ident) => {
        $(#[$meaning])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        // INVARIANT: 1 to 128 characters of `[A-Za-z0-9_+=,.@-]`; upheld by `parse`. That a new name
        // may have fewer is a rule of the operations that create one.
        pub struct $name(CompactString);

        impl $name {
            /// Reads a name.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                read(text).map(Self)
            }

            /// The name as it was spelled.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The name as it is compared and ordered.
            #[must_use]
            pub fn folded(&self) -> FoldedName {
                FoldedName::fold(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        text_serde!($name);
    };
}

entity_name! {
    /// The name of a user, spelled as its creator did. Names are looked up and unique without regard
    /// to case, which [`UserName::folded`] stands for.
    UserName
}

entity_name! {
    /// The name of a group, spelled as its creator did; compared as [`GroupName::folded`].
    GroupName
}

entity_name! {
    /// The name of a role, spelled as its creator did; compared as [`RoleName::folded`].
    RoleName
}

entity_name! {
    /// The name of an instance profile, spelled as its creator did; compared as
    /// [`InstanceProfileName::folded`].
    InstanceProfileName
}

entity_name! {
    /// The name of a policy, spelled as its creator did. Those of one kind and owner are looked up and
    /// unique without regard to case, which [`PolicyName::folded`] stands for.
    PolicyName
}

fn read(text: &str) -> Result<CompactString, ParseError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if text.is_empty() || text.len() > 128 || !text.bytes().all(allowed) {
        return Err(ParseError::new(
            "a name of 1 to 128 characters of A-Z a-z 0-9 _+=,.@-",
        ));
    }
    Ok(CompactString::new(text))
}

/// A name without its case: the key of name look-ups and of the order that lists come in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoldedName(CompactString);

impl FoldedName {
    /// Folds any text, also one that is no name and will therefore not be found.
    #[must_use]
    pub fn fold(text: &str) -> Self {
        let mut folded = CompactString::new(text);
        folded.make_ascii_lowercase();
        Self(folded)
    }

    /// The folded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FoldedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_spelling_and_compare_without_case() {
        let name = UserName::parse("Bob.Smith+x=1,@a_-").unwrap();
        assert_eq!(name.as_str(), "Bob.Smith+x=1,@a_-");
        assert_eq!(
            name.folded(),
            UserName::parse("bOB.sMITH+X=1,@A_-").unwrap().folded()
        );
        for text in ["", "a b", "a/b", "é", "a\n", &"x".repeat(129)] {
            assert!(UserName::parse(text).is_err(), "{text}");
        }
    }
}
