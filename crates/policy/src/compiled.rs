//! Policies made ready to be judged: texts parsed, patterns taken apart, statements found by action.

mod condition;
mod index;
mod principals;
mod statement;

use std::ops::ControlFlow;
use std::sync::Arc;

pub(crate) use self::index::Place;
use self::index::{Candidate, Index};
pub(crate) use self::principals::Grants;
pub use self::statement::Compiled;
pub(crate) use self::statement::CompiledStatement;
use crate::Effect;
use crate::request::Request;

/// Documents that count as one: those of a principal, of a level of an organization, or a single one.
///
/// Making a set takes time in proportion to its statements, and judging by it hardly does: make it
/// when a policy changes, and keep it.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Box<[Arc<Compiled>]>,
    denies: Index,
    allows: Index,
}

impl PolicySet {
    /// Puts documents together.
    #[must_use]
    pub fn new(policies: impl IntoIterator<Item = Arc<Compiled>>) -> Self {
        let policies: Box<[Arc<Compiled>]> = policies.into_iter().collect();
        Self {
            denies: Index::new(&policies, Effect::Deny),
            allows: Index::new(&policies, Effect::Allow),
            policies,
        }
    }

    /// Visits the statements of an effect that are about the request's action, each three times at most.
    pub(crate) fn about<B>(
        &self,
        effect: Effect,
        request: &Request<'_>,
        mut visit: impl FnMut(Place, &CompiledStatement) -> ControlFlow<B>,
    ) -> Option<B> {
        let index = match effect {
            Effect::Allow => &self.allows,
            Effect::Deny => &self.denies,
        };
        let action = request.action_bytes();
        let resource = request.resource().text.as_bytes();
        let visit = &mut |candidate: &Candidate| {
            let Place { policy, statement } = candidate.place;
            let policy = self.policies.get(policy);
            match policy.and_then(|policy| policy.statements.get(statement)) {
                Some(found) if found.is_about_action(candidate.check, request) => {
                    visit(candidate.place, found)
                }
                Some(_) | None => ControlFlow::Continue(()),
            }
        };
        index.visit(action, resource, visit).break_value()
    }
}

#[cfg(test)]
mod tests;
