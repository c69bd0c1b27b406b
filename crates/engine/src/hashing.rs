//! Password hashing on a pool of threads of its own.
//!
//! A hash takes one core for about 20 ms, so it must not run where requests are served. There is one
//! thread for each core, at a lower priority: hashing may use every idle core, and gives way to
//! requests. There are two bounded queues, served in turn while both have work, so that strangers
//! at the sign-in page can't hold up authenticated calls.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use keyward_credentials::{Digest, Pepper, Recipe, VerifierError, WorkArea};
use keyward_names::Secret;
use tokio::sync::oneshot;

/// Added to the threads' nice value. Measured with two cores and 16 clients of each kind
/// (`cargo xtask bench password`): at 15 reads keep 83 % of their rate and sets get 22 % of theirs; at
/// 10 it was 79 % and 29 %.
const NICE: i32 = 15;
/// How many passwords wait in one queue at most: about 5 s of work for one core.
const QUEUE_BOUND: usize = 256;

/// Who asks for a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashQueue {
    /// Someone who has not signed in.
    SignIn,
    /// An authenticated call.
    Authenticated,
}

/// Why a password was not hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The queue is full.
    #[error("too many passwords are waiting to be hashed")]
    QueueFull,
    /// The recipe names another pepper, or parameters that Argon2 does not accept.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
    /// The hashing threads are gone.
    #[error("the hashing threads have ended")]
    Ended,
}

/// The threads and their queues. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct HashPool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    pepper: Pepper,
    queues: Mutex<Queues>,
    work_came: Condvar,
}

#[derive(Debug, Default)]
struct Queues {
    sign_in: VecDeque<Job>,
    authenticated: VecDeque<Job>,
    last_was_sign_in: bool,
    ended: bool,
}

#[derive(Debug)]
struct Job {
    password: Secret,
    recipe: Recipe,
    answer: oneshot::Sender<Result<Digest, VerifierError>>,
}

impl HashPool {
    /// Starts one thread for each core.
    #[must_use]
    pub(crate) fn start(pepper: Pepper) -> Self {
        let shared = Arc::new(Shared {
            pepper,
            queues: Mutex::default(),
            work_came: Condvar::new(),
        });
        let threads = thread::available_parallelism().map_or(1, usize::from);
        for number in 0..threads {
            let shared = Arc::clone(&shared);
            let spawned = thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || hash_until_ended(&shared));
            if let Err(error) = spawned {
                tracing::error!(%error, "a hashing thread could not be started");
            }
        }
        Self(shared)
    }

    /// Hashes a password as the recipe says.
    pub(crate) async fn digest(
        &self,
        queue: HashQueue,
        password: Secret,
        recipe: Recipe,
    ) -> Result<Digest, HashError> {
        let (answer, answered) = oneshot::channel();
        {
            let mut queues = self.0.lock();
            let waiting = match queue {
                HashQueue::SignIn => &mut queues.sign_in,
                HashQueue::Authenticated => &mut queues.authenticated,
            };
            if waiting.len() >= QUEUE_BOUND {
                return Err(HashError::QueueFull);
            }
            waiting.push_back(Job {
                password,
                recipe,
                answer,
            });
        }
        self.0.work_came.notify_one();
        Ok(answered.await.map_err(|_| HashError::Ended)??)
    }
}

impl Drop for HashPool {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.work_came.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queues> {
        // No change to the queues can stop half-way, so a poisoned lock is safe to use.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_job(&self) -> Option<Job> {
        let mut queues = self.lock();
        loop {
            if queues.ended {
                return None;
            }
            if let Some(job) = queues.take() {
                return Some(job);
            }
            queues = self
                .work_came
                .wait(queues)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Queues {
    fn take(&mut self) -> Option<Job> {
        let sign_in_next = match (self.sign_in.is_empty(), self.authenticated.is_empty()) {
            (false, false) => !self.last_was_sign_in,
            (sign_in_is_empty, _) => !sign_in_is_empty,
        };
        self.last_was_sign_in = sign_in_next;
        if sign_in_next {
            self.sign_in.pop_front()
        } else {
            self.authenticated.pop_front()
        }
    }
}

fn hash_until_ended(shared: &Shared) {
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::warn!(%error, "hashing runs at the priority of everything else");
    }
    let mut area = WorkArea::default();
    while let Some(job) = shared.next_job() {
        // The caller may have gone away meanwhile.
        if !job.answer.is_closed() {
            let digest = job.recipe.digest(&job.password, &shared.pepper, &mut area);
            let _ = job.answer.send(digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyward_credentials::{HashParameters, PepperId, Salt};

    fn job(queue: &mut VecDeque<Job>) {
        let recipe = Recipe {
            salt: Salt([0; 16]),
            parameters: HashParameters::default(),
            pepper: PepperId(1),
        };
        queue.push_back(Job {
            password: Secret::new("x"),
            recipe,
            answer: oneshot::channel().0,
        });
    }

    #[test]
    fn the_two_queues_are_served_in_turn_while_both_have_work() {
        let mut queues = Queues::default();
        for _ in 0..2 {
            job(&mut queues.authenticated);
        }
        for _ in 0..4 {
            job(&mut queues.sign_in);
        }
        let mut order = Vec::new();
        while queues.take().is_some() {
            order.push(queues.last_was_sign_in);
        }
        assert_eq!(order, [true, false, true, false, true, true]);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_the_other_is_unaffected() {
        let pool = HashPool(Arc::new(Shared {
            pepper: Pepper::new(PepperId(1), [0; 32]),
            queues: Mutex::default(),
            work_came: Condvar::new(),
        }));
        for _ in 0..QUEUE_BOUND {
            job(&mut pool.0.lock().sign_in);
        }
        let recipe = Recipe {
            salt: Salt([0; 16]),
            parameters: HashParameters::default(),
            pepper: PepperId(1),
        };
        let refused = pool
            .digest(HashQueue::SignIn, Secret::new("x"), recipe)
            .await;
        assert_eq!(refused, Err(HashError::QueueFull));
        let waiting = pool.digest(HashQueue::Authenticated, Secret::new("x"), recipe);
        let waited = tokio::time::timeout(std::time::Duration::from_millis(10), waiting).await;
        assert!(waited.is_err(), "it was taken into the queue");
    }
}
