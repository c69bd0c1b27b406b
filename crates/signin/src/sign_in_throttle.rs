//! By what an attempt to sign in is counted, and who waits for that.

use std::net::{IpAddr, Ipv6Addr};

use keyward_engine::{Begun, HashQueue, Tries, TryRules};
use keyward_names::{Age, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::attempt::Attempt;
use crate::who::{Found, principal_of_log};

/// For one name at one account: never a wait above 30 seconds, so nobody is locked out.
const NAME_TRIES: TryRules = TryRules {
    free: 5,
    longest_wait: Age::seconds(30),
};
/// For one source, whatever names it tries. An office behind one address has some wrong tries in it.
/// The wait becomes much longer than that of a name: so a single source that keeps trying one name
/// leaves the door open for its owner most of the time.
const SOURCE_TRIES: TryRules = TryRules {
    free: 50,
    longest_wait: Age::seconds(300),
};
/// For one site: whoever has one IPv6 network may have tens of thousands of them.
const SITE_TRIES: TryRules = TryRules {
    free: 500,
    longest_wait: Age::seconds(300),
};
/// For a browser that its user signed in from before.
const BROWSER_TRIES: TryRules = TryRules {
    free: 20,
    longest_wait: Age::seconds(30),
};

/// The wrong tries at one door, counted by name, source, site and browser.
pub(crate) struct SignInThrottle {
    by_name: Tries<Fingerprint>,
    by_source: Tries<Fingerprint>,
    by_site: Tries<Fingerprint>,
    by_browser: Tries<Fingerprint>,
}

/// A hash of what tries are counted by, as it takes little memory.
pub(crate) type Fingerprint = [u8; 16];

/// By what an attempt is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CountedBy {
    Name,
    Source,
    Site,
    /// A browser from which the principal signed in before. Its tries are counted by nothing else.
    Browser,
}

/// A try that is counted.
pub(crate) struct CountedTry {
    by: CountedBy,
    subject: Fingerprint,
    begun: Begun,
}

impl SignInThrottle {
    /// Nobody has tried yet.
    pub(crate) fn new() -> Self {
        Self {
            by_name: Tries::new(NAME_TRIES),
            by_source: Tries::new(SOURCE_TRIES),
            by_site: Tries::new(SITE_TRIES),
            by_browser: Tries::new(BROWSER_TRIES),
        }
    }

    /// Forgets all wrong tries.
    pub(crate) fn forget_all(&self) {
        for by in [
            CountedBy::Name,
            CountedBy::Source,
            CountedBy::Site,
            CountedBy::Browser,
        ] {
            self.table(by).forget_all();
        }
    }

    /// How long a source is held back, whatever it tries. A browser that someone signed in from
    /// before is not held back for its source: that person may be the one who tries.
    pub(crate) fn wait_of_source(&self, attempt: &Attempt<'_>, now: Timestamp) -> Option<Age> {
        if attempt.browser.is_known() {
            return None;
        }
        self.by_source.wait(source_of(attempt), now)
    }

    fn table(&self, by: CountedBy) -> &Tries<Fingerprint> {
        match by {
            CountedBy::Name => &self.by_name,
            CountedBy::Source => &self.by_source,
            CountedBy::Site => &self.by_site,
            CountedBy::Browser => &self.by_browser,
        }
    }

    /// Begins a try that is counted by all of these, or by none of them.
    pub(crate) fn begin(
        &self,
        subjects: &[(CountedBy, Fingerprint)],
        now: Timestamp,
    ) -> Result<Vec<CountedTry>, Age> {
        let mut counted = Vec::with_capacity(subjects.len());
        for (by, subject) in subjects.iter().copied() {
            match self.table(by).begin(subject, now) {
                Ok(begun) => counted.push(CountedTry { by, subject, begun }),
                Err(wait) => {
                    self.was_none(counted);
                    return Err(wait);
                }
            }
        }
        Ok(counted)
    }

    pub(crate) fn was_right(&self, counted: Vec<CountedTry>) {
        for one in counted {
            let table = self.table(one.by);
            match one.by {
                CountedBy::Name | CountedBy::Browser => table.was_right(one.subject),
                // Only this try is taken back: otherwise whoever has one password could guess
                // others without end.
                CountedBy::Source | CountedBy::Site => table.was_none(one.subject, one.begun),
            }
        }
    }

    pub(crate) fn was_none(&self, counted: Vec<CountedTry>) {
        for one in counted {
            self.table(one.by).was_none(one.subject, one.begun);
        }
    }
}

/// By what an attempt is counted, and among whom its password waits to be hashed: who signed in
/// from this browser before does not wait behind strangers.
pub(crate) fn subjects(
    found: &Found,
    attempt: &Attempt<'_>,
    now: Timestamp,
) -> (Vec<(CountedBy, Fingerprint)>, HashQueue) {
    if let Found::Someone { handle, principal } = found
        && attempt.browser.knows(&handle.account(), *principal, now)
    {
        let (id, principal) = (handle.account().id(), principal_of_log(*principal));
        let browser = fingerprint([&attempt.browser.id, &id.to_string(), &principal]);
        return (
            vec![(CountedBy::Browser, browser)],
            HashQueue::Authenticated,
        );
    }
    let (typed, name) = (attempt.account.trim(), attempt.name.trim());
    let account = match found {
        // Whether an address is that of the account's root user is not to be learnt from which
        // tries are counted together.
        Found::Someone { .. } | Found::Nobody(_) if typed.is_empty() => String::new(),
        Found::Someone { handle, .. } => handle.account().id().to_string(),
        Found::Nobody(id) => id.to_string(),
        // An account that does not exist is counted by what was typed, so that its tries are held
        // back as those of any other.
        Found::Nowhere => typed.to_ascii_lowercase(),
    };
    let name = fingerprint([&account, &name.to_ascii_lowercase()]);
    let mut subjects = vec![
        (CountedBy::Source, source_of(attempt)),
        (CountedBy::Name, name),
    ];
    if let IpAddr::V6(address) = attempt.source.to_canonical() {
        let site = fingerprint([&network_of(address, 48).to_string()]);
        subjects.insert(0, (CountedBy::Site, site));
    }
    (subjects, HashQueue::SignIn)
}

/// A source as it is counted. Who has one IPv6 address has its whole network of 64 bits.
fn source_of(attempt: &Attempt<'_>) -> Fingerprint {
    let network = match attempt.source.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(network_of(address, 64)),
    };
    fingerprint([&network.to_string()])
}

fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a String>) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let (first, _) = digest.split_first_chunk().unwrap_or((&[0; 16], &[]));
    *first
}

fn network_of(address: Ipv6Addr, prefix: u32) -> Ipv6Addr {
    let host_bits = 128 - prefix;
    Ipv6Addr::from_bits(address.to_bits() >> host_bits << host_bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_names_do_not_run_together() {
        let of = |parts: [&str; 2]| fingerprint(&parts.map(str::to_owned));
        assert_ne!(of(["a", "bc"]), of(["ab", "c"]));
        assert_eq!(of(["a", "bc"]), of(["a", "bc"]));
    }

    #[test]
    fn a_site_is_counted_as_a_whole_too() {
        let address: Ipv6Addr = "2001:db8:1:2:3:4:5:6".parse().unwrap();
        assert_eq!(network_of(address, 64).to_string(), "2001:db8:1:2::");
        assert_eq!(network_of(address, 48).to_string(), "2001:db8:1::");
    }
}
