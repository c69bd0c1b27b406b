//! The last requests that policies refused, for the operator who asks why.
//!
//! They are kept in this node's memory alone, at most [`MOST_BYTES`] of them and a quarter of that for one
//! account, so that one tenant does not push out what others ask about.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use keyward_faults::fault::{DeniedRequest, JudgedPolicy};
use keyward_faults::{Fault, Reason};
use keyward_names::{AccountId, Timestamp};
use keyward_policy::Kind;
use keyward_wire::{JsonObject, write_json_text};
use tokio::sync::broadcast;

/// How many bytes all together have at most, nearly.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// How many bytes those of one account have at most, nearly.
const MOST_BYTES_OF_ONE: usize = MOST_BYTES / 4;
/// How many refusals may wait for who listens; of more, the oldest are lost to it.
const LISTENED: usize = 64;

/// A request that policies refused.
#[derive(Debug)]
pub struct RefusedRequest {
    /// The id that the caller was told.
    pub request_id: String,
    /// When.
    pub time: Timestamp,
    /// What the caller was told.
    pub message: String,
    /// What it was judged by.
    pub denied: DeniedRequest,
}

impl RefusedRequest {
    /// The request and all that it was judged by as a question of `keyward policy evaluate`, in JSON, with the
    /// names of the policies.
    #[must_use]
    pub fn question(&self) -> String {
        let denied = &self.denied;
        let of_kind = |kind| {
            denied
                .policies
                .iter()
                .filter(move |policy| policy.kind == kind)
        };
        let mut json = String::new();
        JsonObject::write(&mut json, |question| {
            match &denied.principal {
                Some(principal) => question.text("principal", principal),
                None => question.object("principal", |object| object.text("type", "Anonymous")),
            }
            question.text("action", denied.action);
            question.text("resource", &denied.resource_arn);
            question.text("resourceAccount", &denied.resource_account);
            question.object("context", |context| {
                for entry in &denied.context {
                    match (entry.has_several, &*entry.values) {
                        (false, [value]) => context.text(&entry.key, value),
                        (_, values) => context.member(&entry.key, |json| {
                            write_list(json, values, |json, value| write_json_text(json, value));
                        }),
                    }
                }
            });
            for (kind, key) in KEYS {
                let policies: Vec<_> = of_kind(kind).collect();
                if !policies.is_empty() {
                    question.member(key, |json| {
                        write_list(json, &policies, |json, policy| json.push_str(&policy.text));
                    });
                }
            }
            if let Some(policy) = of_kind(Kind::Resource).next() {
                question.member("resourcePolicy", |json| json.push_str(&policy.text));
            }
            question.object("names", |names| {
                for (kind, key) in KEYS.into_iter().chain([(Kind::Resource, "resourcePolicy")]) {
                    let policies: Vec<_> = of_kind(kind).collect();
                    if !policies.is_empty() {
                        names.member(key, |json| {
                            write_list(json, &policies, |json, policy| {
                                write_json_text(json, &label(policy));
                            });
                        });
                    }
                }
            });
        });
        json
    }
}

/// The kinds of policies that come in lists, as questions call them.
const KEYS: [(Kind, &str); 3] = [
    (Kind::Identity, "identityPolicies"),
    (Kind::Boundary, "permissionsBoundaries"),
    (Kind::Session, "sessionPolicies"),
];

/// What a policy is called: its name, or ARN, and whose it is.
fn label(policy: &JudgedPolicy) -> String {
    let name = policy.arn.as_deref().unwrap_or(&policy.name);
    format!("{name} of {}", policy.holder)
}

fn write_list<T>(json: &mut String, elements: &[T], write: impl Fn(&mut String, &T)) {
    json.push('[');
    for (place, element) in elements.iter().enumerate() {
        if place > 0 {
            json.push(',');
        }
        write(json, element);
    }
    json.push(']');
}

/// The last requests that policies refused.
#[derive(Debug)]
pub struct Refusals {
    kept: Mutex<Kept>,
    told: broadcast::Sender<Arc<RefusedRequest>>,
}

#[derive(Debug, Default)]
struct Kept {
    next: u64,
    bytes: usize,
    all: BTreeMap<u64, Arc<RefusedRequest>>,
    by_account: HashMap<AccountId, OfAccount>,
}

#[derive(Debug, Default)]
struct OfAccount {
    bytes: usize,
    /// Their numbers, the oldest first.
    numbers: VecDeque<u64>,
}

impl Default for Refusals {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            told: broadcast::Sender::new(LISTENED),
        }
    }
}

impl Refusals {
    /// Keeps a fault that says what policies refused; others are passed over.
    pub(crate) fn keep(&self, request_id: &str, time: Timestamp, fault: &Fault) {
        let Some(Reason::NotAllowed(denied)) = fault.reason() else {
            return;
        };
        let refused = Arc::new(RefusedRequest {
            request_id: request_id.to_owned(),
            time,
            message: fault.message().unwrap_or_default().to_owned(),
            denied: (**denied).clone(),
        });
        self.kept().add(Arc::clone(&refused));
        // Nobody need listen.
        let _ = self.told.send(refused);
    }

    /// Forgets those of an account, which has ended.
    pub(crate) fn forget(&self, account: AccountId) {
        self.kept().forget_account(account);
    }

    /// Those that are kept, the newest first.
    #[must_use]
    pub fn newest_first(&self) -> Vec<Arc<RefusedRequest>> {
        self.kept().all.values().rev().cloned().collect()
    }

    /// The one of a request.
    #[must_use]
    pub fn of_request(&self, request_id: &str) -> Option<Arc<RefusedRequest>> {
        let kept = self.kept();
        let mut all = kept.all.values().rev();
        all.find(|refused| refused.request_id == request_id)
            .cloned()
    }

    /// Those that come from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<RefusedRequest>> {
        self.told.subscribe()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn add(&mut self, refused: Arc<RefusedRequest>) {
        let (account, size) = (refused.denied.account, size(&refused));
        let number = self.next;
        self.next += 1;
        self.all.insert(number, refused);
        self.bytes += size;
        let of_account = self.by_account.entry(account).or_default();
        of_account.numbers.push_back(number);
        of_account.bytes += size;
        while self
            .by_account
            .get(&account)
            .is_some_and(|of| of.bytes > MOST_BYTES_OF_ONE)
        {
            let oldest = self
                .by_account
                .get(&account)
                .and_then(|of| of.numbers.front());
            let Some(oldest) = oldest.copied() else { break };
            self.forget(oldest);
        }
        while self.bytes > MOST_BYTES {
            let Some((oldest, _)) = self.all.first_key_value() else {
                break;
            };
            self.forget(*oldest);
        }
    }

    fn forget_account(&mut self, account: AccountId) {
        let Some(of_account) = self.by_account.remove(&account) else {
            return;
        };
        self.bytes = self.bytes.saturating_sub(of_account.bytes);
        for number in of_account.numbers {
            self.all.remove(&number);
        }
    }

    /// Forgets the oldest of all, or of an account: either is the oldest of its account.
    fn forget(&mut self, number: u64) {
        let Some(refused) = self.all.remove(&number) else {
            return;
        };
        let size = size(&refused);
        self.bytes = self.bytes.saturating_sub(size);
        let account = refused.denied.account;
        if let Some(of_account) = self.by_account.get_mut(&account) {
            of_account.bytes = of_account.bytes.saturating_sub(size);
            of_account.numbers.pop_front();
            if of_account.numbers.is_empty() {
                self.by_account.remove(&account);
            }
        }
    }
}

/// The bytes of its texts, nearly, and some for what is around them.
fn size(refused: &RefusedRequest) -> usize {
    const AROUND: usize = 64;
    let denied = &refused.denied;
    let context = denied.context.iter().map(|entry| {
        let values = entry.values.iter().map(|value| AROUND + value.len());
        AROUND + entry.key.len() + values.sum::<usize>()
    });
    let policies = denied
        .policies
        .iter()
        .map(|policy| AROUND * 2 + policy.holder.len() + policy.name.len() + policy.text.len());
    AROUND * 4
        + refused.message.len()
        + denied.caller_arn.len()
        + denied.resource_arn.len()
        + context.sum::<usize>()
        + policies.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use keyward_faults::fault::{self, Denial};

    use super::*;

    fn refusal(account: &str, text: usize) -> Fault {
        fault::access_denied(
            "*",
            DeniedRequest {
                denial: Denial::NothingAllows(Kind::Identity),
                account: AccountId::parse(account).unwrap(),
                caller_arn: String::new(),
                principal: None,
                action: "iam:GetUser",
                resource_arn: "*".to_owned(),
                resource_account: account.to_owned(),
                context: Vec::new(),
                policies: vec![JudgedPolicy {
                    kind: Kind::Identity,
                    holder: String::new(),
                    name: String::new(),
                    arn: None,
                    text: "x".repeat(text).into(),
                    denies: false,
                }],
            },
        )
    }

    #[test]
    fn one_account_pushes_out_its_own_and_all_together_the_oldest() {
        let refusals = Refusals::default();
        let now = Timestamp::from_unix_seconds(0);
        let keep = |id: &str, account: &str, text| refusals.keep(id, now, &refusal(account, text));
        let kept = || {
            let all = refusals.newest_first();
            let ids = all.iter().map(|refused| refused.request_id.clone());
            ids.collect::<Vec<_>>()
        };
        let third = MOST_BYTES_OF_ONE / 3 - 1_000;
        keep("quiet", "111111111111", 10);
        for number in 1..=5 {
            keep(&format!("loud-{number}"), "222222222222", third);
        }
        assert_eq!(kept(), ["loud-5", "loud-4", "loud-3", "quiet"]);
        assert!(refusals.of_request("quiet").is_some());
        assert!(refusals.of_request("loud-1").is_none());
        for account in 3..=6 {
            keep(
                "large",
                &format!("{account:012}"),
                MOST_BYTES_OF_ONE - 1_000,
            );
        }
        assert!(kept().len() <= 5, "{:?}", kept());
        assert!(refusals.of_request("quiet").is_none());
        let guard = refusals.kept();
        assert!(guard.bytes <= MOST_BYTES);
        let of_accounts: usize = guard.by_account.values().map(|of| of.bytes).sum();
        assert_eq!(of_accounts, guard.bytes);
    }

    #[test]
    fn those_of_an_account_are_forgotten() {
        let refusals = Refusals::default();
        let now = Timestamp::from_unix_seconds(0);
        for (id, account) in [
            ("a", "111111111111"),
            ("b", "222222222222"),
            ("c", "111111111111"),
        ] {
            refusals.keep(id, now, &refusal(account, 10));
        }
        refusals.forget(AccountId::parse("111111111111").unwrap());
        let all = refusals.newest_first();
        assert_eq!(all.len(), 1);
        assert_eq!(refusals.kept().bytes, size(&all[0]));
        assert!(refusals.of_request("b").is_some());
        refusals.forget(AccountId::parse("333333333333").unwrap());
        refusals.forget(AccountId::parse("222222222222").unwrap());
        assert_eq!(refusals.kept().bytes, 0);
    }

    #[test]
    fn other_faults_are_not_kept() {
        let refusals = Refusals::default();
        refusals.keep("r", Timestamp::from_unix_seconds(0), &fault::throttling());
        assert!(refusals.newest_first().is_empty());
    }
}
