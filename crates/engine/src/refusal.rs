//! Why a change is not made.

use keyward_faults::{Fault, fault};

/// Why a change was not made.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// The caller is told.
    Fault(Fault),
    /// What was done before — slow work, a question of rights, a random id — does not fit the account
    /// as it is now: the operation must begin again. Where it stays so, this is what the caller is
    /// told.
    Stale(Fault),
}

impl Refusal {
    /// What the caller is told where nothing can begin again.
    pub fn into_fault(self) -> Fault {
        match self {
            Self::Fault(fault) | Self::Stale(fault) => fault,
        }
    }

    /// Stale, by reason of many changes at once.
    pub fn stale() -> Self {
        Self::Stale(fault::service_unavailable())
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
