//! Why an operation is refused or must begin again.

use keyward_faults::{Fault, fault};

use crate::audit_trail::AuditFacts;

/// Why an operation has no answer, or a change is not made.
#[derive(Debug, Clone)]
pub struct Refusal {
    fault: Fault,
    is_stale: bool,
    facts: Option<Box<AuditFacts>>,
}

impl Refusal {
    /// What was done before the change (slow work, judging rights, drawing a random id) does not
    /// fit the account as it is now, so the operation must begin again. The caller gets `fault` if
    /// it is stale each time.
    #[must_use]
    pub fn stale_as(fault: Fault) -> Self {
        Self {
            fault,
            is_stale: true,
            facts: None,
        }
    }

    /// Stale because of many changes at once.
    #[must_use]
    pub fn stale() -> Self {
        Self::stale_as(fault::service_unavailable())
    }

    /// Whether the operation must begin again.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// What the caller gets where the operation does not begin again.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// The fault alone.
    #[must_use]
    pub fn into_fault(self) -> Fault {
        self.fault
    }

    /// The refusal, with what its audit record says in addition to the request.
    #[must_use]
    pub(crate) fn noting(self, facts: AuditFacts) -> Self {
        let facts = match self.facts {
            Some(before) => before.and(facts),
            None => facts,
        };
        Self {
            facts: Some(Box::new(facts)),
            ..self
        }
    }

    /// The fault, and what its audit record says in addition to the request.
    pub(crate) fn into_parts(self) -> (Fault, AuditFacts) {
        (
            self.fault,
            self.facts.map(|facts| *facts).unwrap_or_default(),
        )
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            is_stale: false,
            facts: None,
        }
    }
}
