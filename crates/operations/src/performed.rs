//! The operations that have a function here.

use keyward_api::Operation;
use keyward_engine::{Call, Outcome};

/// An operation that has a function here.
pub trait Performed: Operation {
    /// The operation's function.
    fn run(call: Call<Self::Input>) -> impl Future<Output = Outcome<Self::Output>> + Send;
}
