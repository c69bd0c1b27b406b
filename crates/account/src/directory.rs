//! Entities of one kind, found by id and by name.

use std::ops::Bound;
use std::sync::Arc;

use imbl::OrdMap;
use keyward_names::{FoldedName, Path};

/// An entity with an id that never changes, a name and a path.
pub trait Entity: Clone {
    /// The type of its ids.
    type Id: Copy + Ord;

    /// Its id.
    fn id(&self) -> Self::Id;

    /// Its name in the form in which names are compared.
    fn folded_name(&self) -> FoldedName;

    /// Its path.
    fn path(&self) -> &Path;
}

/// All entities of one kind that an account has. Cloning is cheap.
#[derive(Debug, Clone, PartialEq)]
// INVARIANT: both maps hold the same entities; upheld by `insert` and `remove`, which alone write them.
pub struct Directory<E: Entity> {
    by_id: OrdMap<E::Id, Arc<E>>,
    by_name: OrdMap<FoldedName, Named<E>>,
}

/// An entity in the index of names. The path is here too, so that a list under a path need not read
/// every entity that it skips.
#[derive(Debug, Clone, PartialEq)]
struct Named<E> {
    path: Path,
    entity: Arc<E>,
}

impl<E: Entity> Default for Directory<E> {
    fn default() -> Self {
        Self {
            by_id: OrdMap::new(),
            by_name: OrdMap::new(),
        }
    }
}

impl<E: Entity> Directory<E> {
    /// The entity with this id.
    #[must_use]
    pub fn get(&self, id: E::Id) -> Option<&E> {
        self.by_id.get(&id).map(|entity| &**entity)
    }

    /// The entity with this name, in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&E> {
        self.find_folded(&FoldedName::fold(name))
    }

    /// The entity with this name.
    #[must_use]
    pub fn find_folded(&self, name: &FoldedName) -> Option<&E> {
        self.by_name.get(name).map(|named| &*named.entity)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The entities with name and path, in the order of their names, beginning after one of them.
    /// Only access to the entity itself costs much.
    pub fn after<'a>(
        &'a self,
        after: Option<&FoldedName>,
    ) -> impl Iterator<Item = (&'a FoldedName, &'a Path, &'a E)> + use<'a, E> {
        let from = after.cloned().map_or(Bound::Unbounded, Bound::Excluded);
        self.by_name
            .range((from, Bound::Unbounded))
            .map(|(name, named)| (name, &named.path, &*named.entity))
    }

    /// All ids, in their order.
    pub fn ids(&self) -> impl Iterator<Item = E::Id> {
        self.by_id.keys().copied()
    }

    /// Adds an entity. Returns the entity that it replaces, which has the same id.
    pub(crate) fn insert(&mut self, entity: E) -> Option<Arc<E>> {
        let (name, path) = (entity.folded_name(), entity.path().clone());
        let entity = Arc::new(entity);
        let before = self.by_id.insert(entity.id(), Arc::clone(&entity));
        if let Some(before) = &before {
            let name_before = before.folded_name();
            if name_before != name {
                self.by_name.remove(&name_before);
            }
        }
        self.by_name.insert(name, Named { path, entity });
        before
    }

    /// Removes an entity.
    pub(crate) fn remove(&mut self, id: E::Id) -> Option<Arc<E>> {
        let entity = self.by_id.remove(&id)?;
        self.by_name.remove(&entity.folded_name());
        Some(entity)
    }

    /// What is inconsistent between the two maps; always nothing.
    pub(crate) fn broken(&self, kind: &str) -> Vec<String> {
        let mut broken = Vec::new();
        if self.by_id.len() != self.by_name.len() {
            broken.push(format!("there are not as many names as {kind}s"));
        }
        for entity in self.by_id.values() {
            let named = self.by_name.get(&entity.folded_name());
            let is_named = named.is_some_and(|named| {
                Arc::ptr_eq(&named.entity, entity) && named.path == *entity.path()
            });
            if !is_named {
                let name = entity.folded_name();
                broken.push(format!("{kind} `{name}` is not found by its name"));
            }
        }
        broken
    }

    /// All entities, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &E> {
        self.by_id.values().map(|entity| &**entity)
    }
}
