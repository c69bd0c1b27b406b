//! The entities of one kind that an account has, whether they are kept in one value, a map by key,
//! or a directory.

use std::sync::Arc;

use imbl::OrdMap;

use crate::{Directory, Entity};

/// The entities of one kind.
pub(crate) trait Collection {
    /// The key that distinguishes them; `()` where there is at most one.
    type Key: PartialEq;

    /// The type of the entities.
    type Entity;

    /// How many there are.
    fn count(&self) -> usize;

    /// All of them with their keys, in the order of the keys.
    fn iter(&self) -> impl Iterator<Item = (Self::Key, &Self::Entity)>;

    /// Adds an entity, replacing the one that has its key.
    fn put(&mut self, key: Self::Key, entity: Self::Entity);

    /// Removes the one with this key, if there is one.
    fn remove(&mut self, key: &Self::Key);

    /// What is inconsistent, one sentence each; always nothing. `own_key` gives the key in an
    /// entity.
    fn broken(&self, kind: &str, own_key: impl Fn(&Self::Entity) -> Self::Key) -> Vec<String> {
        let misplaced = self.iter().filter(|(key, entity)| *key != own_key(entity));
        let count = misplaced.count();
        (count > 0)
            .then(|| format!("{count} of kind `{kind}` are not kept under their keys"))
            .into_iter()
            .collect()
    }
}

impl<E> Collection for Option<Arc<E>> {
    type Key = ();
    type Entity = E;

    fn count(&self) -> usize {
        usize::from(self.is_some())
    }

    fn iter(&self) -> impl Iterator<Item = ((), &E)> {
        self.as_deref().into_iter().map(|entity| ((), entity))
    }

    fn put(&mut self, _: (), entity: E) {
        *self = Some(Arc::new(entity));
    }

    fn remove(&mut self, _: &()) {
        *self = None;
    }
}

impl<K: Ord + Clone, E> Collection for OrdMap<K, Arc<E>> {
    type Key = K;
    type Entity = E;

    fn count(&self) -> usize {
        self.len()
    }

    fn iter(&self) -> impl Iterator<Item = (K, &E)> {
        OrdMap::iter(self).map(|(key, entity)| (key.clone(), &**entity))
    }

    fn put(&mut self, key: K, entity: E) {
        self.insert(key, Arc::new(entity));
    }

    fn remove(&mut self, key: &K) {
        OrdMap::remove(self, key);
    }
}

impl<E: Entity> Collection for Directory<E> {
    type Key = E::Id;
    type Entity = E;

    fn count(&self) -> usize {
        self.len()
    }

    fn iter(&self) -> impl Iterator<Item = (E::Id, &E)> {
        self.iter().map(|entity| (entity.id(), entity))
    }

    fn put(&mut self, _: E::Id, entity: E) {
        self.insert(entity);
    }

    fn remove(&mut self, id: &E::Id) {
        self.remove(*id);
    }

    fn broken(&self, kind: &str, _: impl Fn(&E) -> E::Id) -> Vec<String> {
        self.broken(kind)
    }
}
