//! The words of IAM: account, ARN, access key id, unique id, path, entity name, tag, time, [`Secret`].
//!
//! Each word is a type with one parse function, so that what was checked once stays checked. This
//! crate does no I/O, reads no clock and holds no rule that needs to know other things of an
//! account.
//!
//! ```
//! use keyward_names::{AccessKeyId, AccountId};
//!
//! let key = AccessKeyId::parse("ASIAY34FZKBOKMUTVV7A").unwrap();
//! assert_eq!(key.embedded_account(), Some(AccountId::parse("609629065308").unwrap()));
//! ```

mod access_key_id;
mod account_alias;
mod account_id;
mod arn;
mod entity_name;
mod network;
mod path;
mod saml_id;
mod secret;
mod tag;
mod timestamp;
mod unique_id;

pub use access_key_id::{AccessKeyId, AccessKeyKind};
pub use account_alias::AccountAlias;
pub use account_id::AccountId;
pub use arn::{Arn, IamArn, account_part, iam_arn, is_owned_by_aws, root_arn, user_arn};
pub use entity_name::{FoldedName, GroupName, InstanceProfileName, PolicyName, RoleName, UserName};
pub use network::Network;
pub use path::Path;
pub use saml_id::{SamlPrivateKeyId, SamlProviderId};
pub use secret::Secret;
pub use tag::{FoldedTagKey, Tag};
pub use timestamp::{Age, PreciseTimestamp, Timestamp};
pub use unique_id::{EntityKind, GroupId, InstanceProfileId, PolicyId, RoleId, UserId};

/// A text that is not the word it was taken for. It carries what was expected, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct ParseError {
    /// What the text should have been, with its article: `an account id of 12 digits`.
    pub expected: &'static str,
}

impl ParseError {
    const fn new(expected: &'static str) -> Self {
        Self { expected }
    }
}

/// Serialises a word as its text and reads it back through its parse function.
macro_rules! text_serde {
    ($word:ty) => {
        impl serde::Serialize for $word {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $word {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text =
                    <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                <$word>::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
use text_serde;
