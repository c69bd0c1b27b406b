//! The accounts that this node holds in memory.
//!
//! An account is loaded when it is first needed, and only once when many requests need it together.
//! An id that is not in the store's directory is refused without a load, and that is remembered for
//! a moment. When the held accounts have more records than the budget allows, the least recently
//! used ones are dropped from memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use keyward_account::{Account, Changes};
use keyward_credentials::{MasterKey, SealingKey};
use keyward_names::AccountId;
use keyward_store::{Store, StoreError};
use tokio::sync::OnceCell;

use crate::clock::Clock;
use crate::refusal::Refusal;
use crate::rows::{ACCOUNT_ID_KIND, data_key_context, load};
use crate::writer::Writer;

/// How long an id is remembered as that of no account.
const MISS_REMEMBERED: Duration = Duration::from_secs(2);
/// How many such ids are remembered.
const MISSES_BOUND: usize = 10_000;
/// How many records all held accounts may have together: about 2 GiB.
const RECORDS_BUDGET: usize = 8_000_000;

/// An account that is held: its newest state, its writer, and the key that opens its secrets.
pub struct AccountHandle {
    pub(crate) writer: Writer,
    pub(crate) data_key: SealingKey,
    last_touch: AtomicU64,
}

impl AccountHandle {
    /// The newest durable state.
    #[must_use]
    pub fn account(&self) -> Arc<Account> {
        self.writer.account()
    }

    /// How many changes wait for the one that is being made durable, not counting that one. At most
    /// 1,024; beyond that, callers wait to be queued.
    #[must_use]
    pub fn queued_changes(&self) -> usize {
        self.writer.queued()
    }

    /// Changes the account without a permit: for administration and for the door, which check by
    /// themselves that the change is allowed. An operation never holds a handle.
    pub async fn commit<T, F>(&self, change: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&Account) -> Result<(Changes, T), Refusal> + Send + 'static,
    {
        self.writer.commit(change).await
    }

    /// Like [`AccountHandle::commit`]; its audit record becomes durable together with the change.
    pub async fn commit_audited<T, F>(&self, change: F, audit: Option<String>) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&Account) -> Result<(Changes, T), Refusal> + Send + 'static,
    {
        self.writer.commit_audited(change, audit).await
    }

    /// The key that opens what is sealed for this account.
    #[must_use]
    pub fn data_key(&self) -> &SealingKey {
        &self.data_key
    }
}

/// The accounts of this node.
pub(crate) struct Accounts {
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
    master_key: MasterKey,
    held: Mutex<HeldAccounts>,
    touches: AtomicU64,
}

type Slot = Arc<OnceCell<Arc<AccountHandle>>>;

#[derive(Default)]
struct HeldAccounts {
    accounts: HashMap<AccountId, Slot>,
    misses: HashMap<AccountId, Instant>,
    /// Counts the accounts that were made or ended so far. When it rises during a look-up that
    /// finds nothing, that result may be out of date, and the look-up is repeated.
    made: u64,
    /// How many accounts were loaded since the budget was last looked at.
    loaded: usize,
}

impl HeldAccounts {
    fn is_missed(&self, id: AccountId) -> bool {
        self.misses
            .get(&id)
            .is_some_and(|since| since.elapsed() < MISS_REMEMBERED)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "misses are remembered for real seconds, whatever the clock is told"
    )]
    fn remember_miss(&mut self, id: AccountId) {
        if self.misses.len() >= MISSES_BOUND {
            self.misses.clear();
        }
        self.misses.insert(id, Instant::now());
    }

    /// Removes a slot whose load failed, unless it was replaced meanwhile.
    fn let_go(&mut self, id: AccountId, slot: &Slot) {
        if self
            .accounts
            .get(&id)
            .is_some_and(|held| Arc::ptr_eq(held, slot))
        {
            self.accounts.remove(&id);
        }
    }
}

impl Accounts {
    /// Begins with no account in memory.
    #[must_use]
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<Clock>, master_key: MasterKey) -> Self {
        Self {
            store,
            clock,
            master_key,
            held: Mutex::default(),
            touches: AtomicU64::new(0),
        }
    }

    /// The account with this id, if there is one.
    pub(crate) async fn get(
        &self,
        id: AccountId,
    ) -> Result<Option<Arc<AccountHandle>>, StoreError> {
        loop {
            let (slot, made) = {
                let mut held = self.lock();
                if let Some(slot) = held.accounts.get(&id) {
                    if let Some(handle) = slot.get() {
                        self.touch(handle);
                        return Ok(Some(Arc::clone(handle)));
                    }
                    (Arc::clone(slot), held.made)
                } else if held.is_missed(id) {
                    return Ok(None);
                } else {
                    (Arc::clone(held.accounts.entry(id).or_default()), held.made)
                }
            };
            match slot.get_or_try_init(|| self.load_known(id)).await {
                Ok(handle) => {
                    self.touch(handle);
                    self.let_go_beyond_budget(id);
                    return Ok(Some(Arc::clone(handle)));
                }
                Err(LoadError::Unknown) => {
                    let mut held = self.lock();
                    held.let_go(id, &slot);
                    if held.made == made {
                        held.remember_miss(id);
                        return Ok(None);
                    }
                    // An account was made or ended meanwhile, so the result may be out of date.
                }
                Err(LoadError::Store(error)) => {
                    self.lock().let_go(id, &slot);
                    return Err(error);
                }
            }
        }
    }

    /// A writer for an account that is yet to be made, or was ended and may be made again.
    pub(crate) async fn unmade(&self, id: AccountId) -> Result<Writer, StoreError> {
        let account = load(&*self.store, id).await?;
        Ok(Writer::start(
            Arc::clone(&self.store),
            Arc::clone(&self.clock),
            account,
        ))
    }

    /// Drops what is held of an account that was just made or ended, also that its id was unknown.
    pub(crate) fn forget(&self, id: AccountId) {
        let mut held = self.lock();
        held.accounts.remove(&id);
        held.misses.remove(&id);
        held.made = held.made.wrapping_add(1);
    }

    async fn load_known(&self, id: AccountId) -> Result<Arc<AccountHandle>, LoadError> {
        self.store
            .directory(ACCOUNT_ID_KIND, &id.to_string())
            .await?
            .ok_or(LoadError::Unknown)?;
        let account = load(&*self.store, id).await?;
        let settings = account.settings().ok_or(LoadError::Unknown)?;
        let data_key = self
            .master_key
            .sealing_key()
            .open_key(&data_key_context(id), &settings.data_key)
            .map_err(|_| {
                StoreError::Corrupt(format!("the data key of account {id} is not ours"))
            })?;
        Ok(Arc::new(AccountHandle {
            writer: Writer::start(Arc::clone(&self.store), Arc::clone(&self.clock), account),
            data_key: SealingKey::new(data_key),
            last_touch: AtomicU64::new(0),
        }))
    }

    fn touch(&self, handle: &AccountHandle) {
        let now = self.touches.fetch_add(1, Ordering::Relaxed);
        handle.last_touch.store(now, Ordering::Relaxed);
    }

    /// Drops the least recently used accounts until the rest fits the budget. Requests that are
    /// being served keep their account; if they change it while a newer writer does, the store
    /// reports a conflict, and the writers resolve it.
    fn let_go_beyond_budget(&self, just_loaded: AccountId) {
        let mut held = self.lock();
        // Not done at every load, since it visits every held account.
        held.loaded += 1;
        if held.loaded < 1 + held.accounts.len() / 16 {
            return;
        }
        held.loaded = 0;
        let mut sizes: Vec<(u64, AccountId, usize)> = held
            .accounts
            .iter()
            .filter_map(|(id, slot)| {
                let handle = slot.get()?;
                let touched = handle.last_touch.load(Ordering::Relaxed);
                Some((touched, *id, handle.account().record_count()))
            })
            .collect();
        let mut total: usize = sizes.iter().map(|(_, _, size)| size).sum();
        sizes.sort_unstable();
        for (_, id, size) in sizes {
            if total <= RECORDS_BUDGET {
                return;
            }
            if id != just_loaded {
                held.accounts.remove(&id);
                total -= size;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HeldAccounts> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum LoadError {
    Unknown,
    Store(StoreError),
}

impl From<StoreError> for LoadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
