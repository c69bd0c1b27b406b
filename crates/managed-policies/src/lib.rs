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
mod error;
mod index;
mod policy;
mod service_linked_roles;
mod table;

pub use error::DataError;
pub use policy::{AWS_ACCOUNT, ManagedPolicy, PolicyVersion, id_of_arn};
pub use service_linked_roles::{ServiceLinkedRole, service_linked_role, service_linked_roles};
pub use table::ManagedPolicies;
