//! What `cargo xtask gen` writes, and under which names it is reached.

pub(crate) mod faults;
mod iam_entities;
mod iam_enums;
mod iam_inputs;
mod iam_operations;
mod iam_outputs;
mod iam_shapes;
pub(crate) mod operations;
pub(crate) mod patterns;
mod sts_entities;
mod sts_enums;
mod sts_inputs;
mod sts_operations;
mod sts_outputs;
mod sts_shapes;

/// Identity and Access Management, API version 2010-05-08.
pub mod iam {
    pub use super::iam_entities::*;
    pub use super::iam_enums::*;
    pub use super::iam_inputs::*;
    pub use super::iam_outputs::*;

    /// One type for each operation, named like it.
    pub mod operations {
        pub use super::super::iam_operations::*;
    }
}

/// The Security Token Service, API version 2011-06-15.
pub mod sts {
    pub use super::sts_entities::*;
    pub use super::sts_enums::*;
    pub use super::sts_inputs::*;
    pub use super::sts_outputs::*;

    /// One type for each operation, named like it.
    pub mod operations {
        pub use super::super::sts_operations::*;
    }
}
