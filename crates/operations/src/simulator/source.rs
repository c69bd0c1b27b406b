//! The policies of a simulation, and the positions of their statements.

use std::sync::Arc;

use keyward_api::iam::{self, OrderedOrganizationPolicyType};
use keyward_faults::{Fault, fault};
use keyward_policy::{Compiled, Document, PolicyKind, PolicySet, check, context_keys, position};

use super::{POLICY_BYTES, Scenario};

/// Policies that are evaluated as one set, with what answers show of them.
#[derive(Debug)]
pub(super) struct Sources {
    set: PolicySet,
    sources: Vec<Source>,
}

/// One policy.
#[derive(Debug)]
struct Source {
    id: String,
    /// Where its statements begin and end, in the simulator's form.
    positions: Vec<(iam::Position, iam::Position)>,
    context_keys: Vec<String>,
    bytes: usize,
    compiled: Arc<Compiled>,
}

/// Refuses policies that are too large together, before any is parsed.
pub(super) fn check_size(scenario: &Scenario<'_>) -> Result<(), Fault> {
    let own = scenario.own_policies.iter().chain(&scenario.own_boundary);
    let bytes = size(scenario.policies)
        + size(scenario.boundaries)
        + organization_size(scenario.organization)
        + own.map(|(_, text)| text.len()).sum::<usize>()
        + scenario.resource_policy.map_or(0, str::len);
    if bytes > POLICY_BYTES {
        return Err(fault::simulation_too_large());
    }
    Ok(())
}

/// How many bytes the policies of the organization have.
pub(super) fn organization_size(levels: &[OrderedOrganizationPolicyType]) -> usize {
    let lists = levels.iter();
    let lists = lists.filter_map(|level| level.service_control_policy_input_list.as_deref());
    lists.map(size).sum()
}

fn size(texts: &[String]) -> usize {
    texts.iter().map(String::len).sum()
}

/// The context keys that these documents name.
pub(crate) async fn context_keys_of(documents: &[String]) -> Result<Vec<String>, Fault> {
    let mut keys = Vec::new();
    for (index, text) in documents.iter().enumerate() {
        let document = read(text).ok_or_else(|| fault::invalid_policy_input(index + 1))?;
        keys.extend(context_keys(&document));
        // Parsing may take a while, and there may be many documents.
        tokio::task::yield_now().await;
    }
    Ok(keys)
}

/// The context keys that stored documents name: none of them is refused for its content.
pub(crate) async fn context_keys_of_own(
    documents: impl Iterator<Item = &str>,
) -> Result<Vec<String>, Fault> {
    let mut keys = Vec::new();
    for text in documents {
        let document = Document::parse(text).map_err(Fault::internal)?;
        keys.extend(context_keys(&document));
        tokio::task::yield_now().await;
    }
    Ok(keys)
}

/// Parses a policy of any kind; `None` if it is not valid.
fn read(text: &str) -> Option<Document> {
    check(PolicyKind::Simulated, text).ok()
}

impl Sources {
    /// The principal's policies and those of `PolicyInputList`.
    pub(super) async fn identity(scenario: &Scenario<'_>) -> Result<Self, Fault> {
        let mut sources = Vec::new();
        for (id, text) in &scenario.own_policies {
            sources.push(Source::own(id.clone(), text)?);
            tokio::task::yield_now().await;
        }
        for (index, text) in scenario.policies.iter().enumerate() {
            let number = index + 1;
            let source = Source::new(format!("PolicyInputList.{number}"), text);
            sources.push(source.ok_or_else(|| fault::invalid_policy_input(number))?);
            tokio::task::yield_now().await;
        }
        Ok(Self::new(sources))
    }

    /// The permissions boundary of the request, or else that of the principal.
    pub(super) fn boundary(scenario: &Scenario<'_>) -> Result<Option<Self>, Fault> {
        let source = match (scenario.boundaries, &scenario.own_boundary) {
            ([], None) => return Ok(None),
            ([], Some((id, text))) => Source::own(id.clone(), text)?,
            ([only], _) => Source::new("PermissionsBoundaryPolicyInputList.1".to_owned(), only)
                .ok_or_else(fault::invalid_simulated_boundary)?,
            ([_, _, ..], _) => return Err(fault::too_many_simulated_boundaries()),
        };
        Ok(Some(Self::new(vec![source])))
    }

    /// The resource policy, with its document.
    pub(super) fn resource(text: &str) -> Result<(Self, Document), Fault> {
        let document = read(text).ok_or_else(fault::invalid_simulated_resource_policy)?;
        let source = Source::of_document("ResourcePolicy".to_owned(), text, &document);
        Ok((Self::new(vec![source]), document))
    }

    fn new(sources: Vec<Source>) -> Self {
        let compiled = sources.iter().map(|source| Arc::clone(&source.compiled));
        Self {
            set: PolicySet::new(compiled),
            sources,
        }
    }

    /// All policies, compiled.
    pub(super) fn set(&self) -> &PolicySet {
        &self.set
    }

    /// The context keys that the policies name.
    pub(super) fn context_keys(&self) -> impl Iterator<Item = &str> {
        let keys = self.sources.iter().flat_map(|source| &source.context_keys);
        keys.map(String::as_str)
    }

    /// How many bytes the policies have together.
    pub(super) fn bytes(&self) -> usize {
        self.sources.iter().map(|source| source.bytes).sum()
    }

    /// How many statements the policies have.
    pub(super) fn statements(&self) -> usize {
        let statements = self.sources.iter().map(|source| source.positions.len());
        statements.sum()
    }

    /// A statement of one of the policies, in the form of the answer.
    pub(super) fn told(
        &self,
        policy: usize,
        statement: usize,
        kind: &str,
    ) -> Option<iam::Statement> {
        let source = self.sources.get(policy)?;
        let (start, end) = source.positions.get(statement)?;
        Some(iam::Statement {
            source_policy_id: Some(source.id.clone()),
            source_policy_type: Some(kind.to_owned()),
            start_position: Some(start.clone()),
            end_position: Some(end.clone()),
        })
    }
}

impl Source {
    fn new(id: String, text: &str) -> Option<Self> {
        Some(Self::of_document(id, text, &read(text)?))
    }

    /// A policy that the principal has. A stored policy can be parsed; if not, it is an internal
    /// fault, since nobody can tell what the policy denies.
    fn own(id: String, text: &str) -> Result<Self, Fault> {
        let document = check(PolicyKind::Simulated, text).map_err(Fault::internal)?;
        Ok(Self::of_document(id, text, &document))
    }

    fn of_document(id: String, text: &str, document: &Document) -> Self {
        let mut ruler = Ruler::new(text);
        let statements = document.statements.iter();
        Self {
            id,
            positions: statements
                .map(|statement| (ruler.at(statement.told_start), ruler.at(statement.span.end)))
                .collect(),
            context_keys: context_keys(document),
            bytes: text.len(),
            compiled: Arc::new(Compiled::new(document)),
        }
    }
}

/// Finds lines and columns of ascending offsets, each from the one before, since a long document
/// has many.
struct Ruler<'t> {
    text: &'t str,
    offset: usize,
    line: usize,
    column: usize,
}

impl<'t> Ruler<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            line: 1,
            column: 1,
        }
    }

    fn at(&mut self, offset: usize) -> iam::Position {
        // Statements begin and end at brackets, so no line break is split.
        let rest = self.text.get(self.offset..offset).unwrap_or_default();
        let moved = position(rest, rest.len());
        self.column = match moved.line {
            1 => self.column + moved.column - 1,
            _ => moved.column,
        };
        self.line += moved.line - 1;
        self.offset = self.offset.max(offset);
        let told = |number: usize| Some(i32::try_from(number).unwrap_or(i32::MAX));
        iam::Position {
            line: told(self.line),
            column: told(self.column),
        }
    }
}

/// Parses the policies of the organization, level by level from the root down.
pub(super) async fn organization(
    levels: &[OrderedOrganizationPolicyType],
) -> Result<Vec<PolicySet>, Fault> {
    let mut sets = Vec::new();
    for (index, level) in levels.iter().enumerate() {
        let number = index + 1;
        let texts = level.service_control_policy_input_list.as_deref();
        let texts = texts.unwrap_or_default();
        if texts.is_empty() {
            return Err(fault::organization_level_without_policies(number));
        }
        let mut compiled = Vec::new();
        for text in texts {
            let document = read(text).ok_or_else(|| fault::invalid_organization_policy(number))?;
            compiled.push(Arc::new(Compiled::new(&document)));
            tokio::task::yield_now().await;
        }
        sets.push(PolicySet::new(compiled));
    }
    Ok(sets)
}

#[cfg(test)]
mod tests {
    use keyward_api::FaultCode;

    use super::*;

    #[tokio::test]
    async fn a_policy_of_the_principal_that_can_not_be_read_is_our_failure() {
        let unreadable = || ("name".to_owned(), "{");
        let scenario = Scenario {
            own_policies: vec![unreadable()],
            own_boundary: Some(unreadable()),
            ..Scenario::default()
        };
        let faults = [
            Sources::identity(&scenario).await.unwrap_err(),
            Sources::boundary(&scenario).unwrap_err(),
        ];
        for fault in faults {
            assert_eq!(fault.code(), FaultCode::InternalFailure);
            assert_eq!(fault.message(), None);
        }
    }

    #[test]
    fn positions_are_counted_as_if_each_were_counted_from_the_begin() {
        let text = "{\"Statement\": [\r\n {\"Effect\": \"Allow\"},{\"Effect\":\r\"Deny\"}\n,\r\n\n\t{ \"Sid\": \"é\",\
                    \"Effect\": \"Allow\" } ]}";
        let document = read(text).unwrap();
        let source = Source::of_document(String::new(), text, &document);
        assert_eq!(source.positions.len(), 3);
        let told = |offset| {
            let position = position(text, offset);
            (Some(position.line as i32), Some(position.column as i32))
        };
        for (statement, (start, end)) in document.statements.iter().zip(&source.positions) {
            assert_eq!((start.line, start.column), told(statement.told_start));
            assert_eq!((end.line, end.column), told(statement.span.end));
        }
    }
}
