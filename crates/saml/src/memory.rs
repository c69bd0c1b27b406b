//! Metadata that was read before.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{Metadata, MetadataError};

/// How many documents are remembered, if nothing else is said.
const DOCUMENTS: usize = 64;

/// Remembers what documents were read to, the most recently used: a document may have ten million
/// characters, and anybody can send responses that name its provider.
///
/// A document is known by being the very same text in memory, as copies of a provider share it. What
/// is remembered keeps its text alive.
pub struct MetadataMemory {
    /// The most recently used last.
    known: Mutex<Vec<(Arc<str>, Arc<Metadata>)>>,
    bound: usize,
}

impl MetadataMemory {
    /// Remembers at most so many documents.
    #[must_use]
    pub const fn with_bound(bound: usize) -> Self {
        Self {
            known: Mutex::new(Vec::new()),
            bound,
        }
    }

    /// What a document says, read now or before. Reading a large one takes a good part of a second.
    pub fn read(&self, text: &Arc<str>) -> Result<Arc<Metadata>, MetadataError> {
        if let Some(metadata) = self.known(text) {
            return Ok(metadata);
        }
        // Read without holding the lock, so that nobody else waits; two threads may read the same
        // document at once.
        let metadata = Arc::new(Metadata::parse(text)?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(known, _)| !Arc::ptr_eq(known, text));
        known.push((Arc::clone(text), Arc::clone(&metadata)));
        let over = known.len().saturating_sub(self.bound);
        known.drain(..over);
        Ok(metadata)
    }

    fn known(&self, text: &Arc<str>) -> Option<Arc<Metadata>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known
            .iter()
            .position(|(known, _)| Arc::ptr_eq(known, text))?;
        let found = known.remove(place);
        let metadata = Arc::clone(&found.1);
        known.push(found);
        Some(metadata)
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

    #[test]
    fn a_document_is_read_once_while_it_is_used() {
        let document = || Arc::<str>::from(include_str!("../tests/fixtures/metadata.xml"));
        let memory = MetadataMemory::with_bound(2);
        let (one, two, three) = (document(), document(), document());
        let first = memory.read(&one).unwrap();
        memory.read(&two).unwrap();
        assert!(Arc::ptr_eq(&first, &memory.read(&one).unwrap()));
        memory.read(&three).unwrap();
        assert_eq!(Arc::strong_count(&two), 1, "it was let go");
        assert!(Arc::ptr_eq(&first, &memory.read(&one).unwrap()));
        assert!(memory.read(&Arc::from("<x/>")).is_err());
    }
}
