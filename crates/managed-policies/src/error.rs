//! What can be wrong with the data.

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
