//! The managed policies of AWS, and its service-linked roles: data, and finding in it.
//!
//! The data of the policies is a file that `cargo xtask data` writes, of which one is part of the program.
//! Its index is read when it is opened, its documents when they are first asked for. What accounts do with
//! these policies is no matter of this crate.
//!
//! ```
//! use keyward_managed_policies::ManagedPolicies;
//!
//! let policies = ManagedPolicies::built_in();
//! let policy = policies.by_arn("arn:aws:iam::aws:policy/AdministratorAccess").unwrap();
//! assert_eq!(policy.created.to_string(), "2015-02-06T18:39:46Z");
//! assert_eq!(
//!     policy.default_document(),
//!     Ok(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#)
//! );
//! ```

mod blocks;
mod change;
mod index;
mod policy;
mod service_linked_roles;
mod table;

pub use policy::{AWS_ACCOUNT, ManagedPolicy, PolicyVersion, id_of_arn};
pub use service_linked_roles::{ServiceLinkedRole, service_linked_role, service_linked_roles};
pub use table::ManagedPolicies;

/// What is wrong with a file of managed policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// It is something else, or of a form that this program does not know.
    #[error("not a file of managed policies, or one of a newer form")]
    NotThisForm,
    /// The packed index can't be unpacked.
    #[error("the index is damaged")]
    Index,
    /// A line of the index, counted from 1.
    #[error("line {line} of the index does not have {expected}")]
    Line {
        /// Which line.
        line: usize,
        /// What it lacks.
        expected: &'static str,
    },
    /// A packed block, counted from 0 over all blocks of the file, can't be unpacked.
    #[error("block {0} is damaged")]
    Block(usize),
    /// What the index says and the length of the blocks differ.
    #[error("the blocks do not hold what the index says")]
    Blocks,
    /// A document can't be made from the next newer one.
    #[error("version v{number} of the policy with line {line} of the index can't be made")]
    Version {
        /// The line of the policy.
        line: usize,
        /// The version.
        number: u32,
    },
    /// A document is no policy.
    #[error("version v{number} of the policy with line {line} of the index is no policy")]
    NoPolicy {
        /// The line of the policy.
        line: usize,
        /// The version.
        number: u32,
    },
    /// A policy is not in its place by name, or two have the same name or id.
    #[error("the policies are not in the order of their names, or two have the same name or id")]
    Order,
    /// It holds more than this program takes.
    #[error("more than {0}")]
    TooMuch(&'static str),
}
