//! Metadata that was read before.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::{Metadata, MetadataError};

/// How many documents are remembered, if nothing else is said.
const DOCUMENTS: usize = 64;

/// Remembers what documents were read to, those that are used most: a document may have ten million
/// characters, and anybody can send responses that name its provider.
///
/// A document is known by being the very same text in memory, as copies of a provider share it. What
/// is remembered keeps its text alive.
pub struct MetadataMemory(Cache<SameText, Arc<Metadata>>);

/// A text that equals itself alone.
#[derive(Clone)]
struct SameText(Arc<str>);

impl PartialEq for SameText {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SameText {}

impl Hash for SameText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).cast::<u8>().hash(state);
    }
}

impl MetadataMemory {
    /// Remembers at most so many documents.
    #[must_use]
    pub fn with_bound(bound: usize) -> Self {
        Self(Cache::new(bound))
    }

    /// What a document says, read now or before. Reading a large one takes a good part of a second.
    pub fn read(&self, text: &Arc<str>) -> Result<Arc<Metadata>, MetadataError> {
        let place = SameText(Arc::clone(text));
        if let Some(metadata) = self.0.get(&place) {
            return Ok(metadata);
        }
        // Nobody waits for a document that another thread reads: two may read the same at once.
        let metadata = Arc::new(Metadata::parse(text)?);
        self.0.insert(place, Arc::clone(&metadata));
        Ok(metadata)
    }
}

impl Default for MetadataMemory {
    fn default() -> Self {
        Self::with_bound(DOCUMENTS)
    }
}

impl std::fmt::Debug for MetadataMemory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("MetadataMemory")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Arc<str> {
        Arc::from(include_str!("../tests/fixtures/metadata.xml"))
    }

    #[test]
    fn a_document_is_read_once_while_it_is_used() {
        let memory = MetadataMemory::with_bound(4);
        let used = document();
        let first = memory.read(&used).unwrap();
        let others: Vec<_> = (0..40).map(|_| document()).collect();
        for other in &others {
            memory.read(other).unwrap();
            assert!(Arc::ptr_eq(&first, &memory.read(&used).unwrap()));
        }
        let kept = others.iter().filter(|other| Arc::strong_count(other) > 1);
        assert!(kept.count() < 4, "the others were let go");
        assert!(memory.read(&Arc::from("<x/>")).is_err());
    }
}
