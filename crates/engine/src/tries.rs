//! Counts wrong tries at a password and makes those who guess wait ever longer.
//!
//! After some wrong tries that have no consequence, each further one is followed by a wait, which
//! doubles from try to try up to a bound. A try within the wait is refused without being judged and
//! changes nothing, so nobody is locked out for good, however many others try. A subject without
//! tries for a while is forgotten.
//!
//! The table is bounded. When it is full, subjects due to be forgotten go first, then those that do
//! not have to wait. So an attacker who wants to push one count out must fill the table with
//! subjects that have to wait too.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use keyward_names::{Age, Timestamp};

/// How many subjects a table knows at most.
const SUBJECTS_BOUND: usize = 100_000;
/// A subject without tries for so long is forgotten.
const FORGOTTEN_AFTER: Age = Age::seconds(15 * 60);

/// After how many wrong tries the waits begin, and how long they get.
#[derive(Debug, Clone, Copy)]
pub struct TryRules {
    /// How many wrong tries have no consequence.
    pub free: u32,
    /// The longest wait.
    pub longest_wait: Age,
}

/// The wrong tries of many subjects.
#[derive(Debug)]
pub struct Tries<S> {
    rules: TryRules,
    counts: Mutex<HashMap<S, Count>>,
}

/// A try that has begun, for taking it back if it must not count.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Begun {
    at: Timestamp,
    last_before: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    wrong: u32,
    last: Timestamp,
}

impl<S: Eq + Hash + Copy> Tries<S> {
    /// Begins with an empty table.
    #[must_use]
    pub fn new(rules: TryRules) -> Self {
        Self {
            rules,
            counts: Mutex::default(),
        }
    }

    /// Begins a try. It counts as wrong until [`Tries::was_right`] or [`Tries::was_none`] says
    /// otherwise, so that tries made at the same time count too. Within a wait nothing is counted,
    /// and the error is the rest of the wait.
    pub fn begin(&self, subject: S, now: Timestamp) -> Result<Begun, Age> {
        let mut counts = self.lock();
        let before = counts.get(&subject).copied();
        if let Some(wait) = self.rules.wait_left(before.as_ref(), now) {
            return Err(wait);
        }
        if counts.len() >= SUBJECTS_BOUND && !counts.contains_key(&subject) {
            self.make_room(&mut counts, now);
        }
        let count = counts.entry(subject).or_insert(Count {
            wrong: 0,
            last: now,
        });
        if count.is_forgotten(now) {
            count.wrong = 0;
        }
        count.wrong = count.wrong.saturating_add(1);
        count.last = now;
        let last_before = before.map_or(now, |before| before.last);
        Ok(Begun {
            at: now,
            last_before,
        })
    }

    /// The rest of a subject's wait.
    pub fn wait(&self, subject: S, now: Timestamp) -> Option<Age> {
        self.rules.wait_left(self.lock().get(&subject), now)
    }

    /// A try was right: the subject's wrong tries are forgotten.
    pub fn was_right(&self, subject: S) {
        self.lock().remove(&subject);
    }

    /// A try that began could not be judged, or must not count for another reason. It is taken
    /// back, and the wait that it began with it.
    pub fn was_none(&self, subject: S, begun: Begun) {
        let mut counts = self.lock();
        if let Some(count) = counts.get_mut(&subject) {
            count.wrong = count.wrong.saturating_sub(1);
            // If another try began since, its time stays.
            if count.last == begun.at {
                count.last = begun.last_before;
            }
            if count.wrong == 0 {
                counts.remove(&subject);
            }
        }
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        self.lock().clear();
    }

    /// Frees at least a quarter of the table, so that this walk over all of it is rare.
    fn make_room(&self, counts: &mut HashMap<S, Count>, now: Timestamp) {
        const ENOUGH: usize = SUBJECTS_BOUND / 4 * 3;
        counts.retain(|_, count| !count.is_forgotten(now));
        if counts.len() > ENOUGH {
            counts.retain(|_, count| count.wrong > self.rules.free);
        }
        if counts.len() > ENOUGH {
            let mut last: Vec<Timestamp> = counts.values().map(|count| count.last).collect();
            let (_, middle, _) = last.select_nth_unstable(SUBJECTS_BOUND / 2);
            let middle = *middle;
            counts.retain(|_, count| count.last > middle);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<S, Count>> {
        // No change to the table can stop half-way, so a poisoned lock is safe to use.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TryRules {
    fn wait_left(&self, count: Option<&Count>, now: Timestamp) -> Option<Age> {
        let count = count.filter(|count| !count.is_forgotten(now))?;
        let doublings = count.wrong.checked_sub(self.free + 1)?;
        let wait = Age::seconds(1_i64 << doublings.min(32)).min(self.longest_wait);
        let left = wait.as_seconds() - now.since(count.last).as_seconds();
        (left > 0).then_some(Age::seconds(left))
    }
}

impl Count {
    /// A clock that was put back would prolong the waits, so that counts as forgotten too.
    fn is_forgotten(&self, now: Timestamp) -> bool {
        now.since(self.last) >= FORGOTTEN_AFTER || now < self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: TryRules = TryRules {
        free: 2,
        longest_wait: Age::seconds(30),
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + second)
    }

    /// The waits before each of the first tries, each of which is made as soon as it is allowed.
    fn waits(tries: &Tries<u32>, subject: u32, how_many: usize) -> Vec<i64> {
        let mut second = 0;
        let mut waits = Vec::new();
        for _ in 0..how_many {
            let wait = match tries.begin(subject, at(second)) {
                Ok(_) => 0,
                Err(wait) => wait.as_seconds(),
            };
            if wait > 0 {
                second += wait;
                assert!(tries.begin(subject, at(second)).is_ok());
            }
            waits.push(wait);
        }
        waits
    }

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let tries = Tries::new(RULES);
        assert_eq!(
            waits(&tries, 1, 10),
            [0, 0, 0, 1, 2, 4, 8, 16, 30, 30],
            "the first two are free, the third is followed by a wait"
        );
        assert!(tries.begin(2, at(0)).is_ok(), "another is not held back");
    }

    #[test]
    fn a_try_within_a_wait_makes_it_no_longer() {
        let tries = Tries::new(RULES);
        for _ in 0..3 {
            assert!(tries.begin(1, at(0)).is_ok());
        }
        for _ in 0..100 {
            assert_eq!(tries.begin(1, at(0)).err(), Some(Age::seconds(1)));
        }
        assert!(tries.begin(1, at(1)).is_ok());
    }

    #[test]
    fn what_was_right_or_quiet_for_long_or_before_the_clock_was_put_back_is_forgotten() {
        for forget in [
            |tries: &Tries<u32>| {
                tries.was_right(1);
                at(0)
            },
            |_: &Tries<u32>| at(15 * 60),
            |_: &Tries<u32>| at(-1),
            |tries: &Tries<u32>| {
                tries.forget_all();
                at(0)
            },
        ] {
            let tries = Tries::new(RULES);
            for _ in 0..3 {
                assert!(tries.begin(1, at(0)).is_ok());
            }
            assert!(tries.begin(1, at(0)).is_err());
            let now = forget(&tries);
            for _ in 0..3 {
                assert!(tries.begin(1, now).is_ok());
            }
            assert!(tries.begin(1, now).is_err());
        }
    }

    #[test]
    fn a_try_that_was_none_is_taken_back_and_begins_no_wait_anew() {
        let tries = Tries::new(RULES);
        for _ in 0..50 {
            let begun = tries.begin(1, at(0)).unwrap();
            tries.was_none(1, begun);
        }
        assert!(tries.lock().is_empty());
        assert_eq!(waits(&tries, 1, 9).last(), Some(&30));
        let last = tries.lock().get(&1).unwrap().last;
        let later = last.plus(Age::seconds(30));
        for _ in 0..3 {
            let begun = tries.begin(1, later).unwrap();
            assert_eq!(tries.wait(1, later), Some(Age::seconds(30)));
            tries.was_none(1, begun);
            assert_eq!(tries.wait(1, later), None);
        }
        // The wait of another try that began since stays.
        let begun = tries.begin(1, later).unwrap();
        let since = later.plus(Age::seconds(30));
        assert!(tries.begin(1, since).is_ok());
        tries.was_none(1, begun);
        assert_eq!(tries.wait(1, since), Some(Age::seconds(30)));
    }

    #[test]
    fn a_full_table_lets_go_of_those_who_are_not_held_back() {
        let tries = Tries::new(RULES);
        for _ in 0..3 {
            assert!(tries.begin(u32::MAX, at(0)).is_ok());
        }
        for subject in 0..SUBJECTS_BOUND as u32 + 5 {
            assert!(tries.begin(subject, at(0)).is_ok());
            assert!(tries.lock().len() <= SUBJECTS_BOUND);
        }
        assert!(tries.begin(u32::MAX, at(0)).is_err());
    }

    #[test]
    fn a_table_full_of_those_held_back_lets_the_oldest_go() {
        let tries = Tries::new(RULES);
        {
            let mut counts = tries.lock();
            for subject in 0..SUBJECTS_BOUND as u32 {
                let (wrong, last) = (3, at(i64::from(subject % 600)));
                counts.insert(subject, Count { wrong, last });
            }
        }
        assert!(tries.begin(u32::MAX, at(600)).is_ok());
        let left = tries.lock().len();
        assert!(left <= SUBJECTS_BOUND / 4 * 3, "{left}");
        assert!(tries.lock().contains_key(&599), "the newest are kept");
    }
}
