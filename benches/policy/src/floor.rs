//! The least that decides the same: globs compiled before, statements by service, and nothing else. No
//! variables, no parts of ARNs, only the two operators of the work, one kind of policy.

use std::collections::HashMap;
use std::hint::black_box;
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use keyward_policy::{Document, Patterns};

use crate::figures::nanoseconds;
use crate::work::{Asked, KEYS};

pub(crate) struct Floor {
    by_service: HashMap<String, Vec<Statement>>,
    context: HashMap<String, String>,
}

struct Statement {
    is_deny: bool,
    actions: Vec<Glob>,
    resources: Vec<Glob>,
    conditions: Vec<Condition>,
}

enum Condition {
    Equals {
        key: String,
        value: String,
    },
    NotInNetwork {
        key: String,
        network: u32,
        mask: u32,
    },
}

/// Literal texts with stars between them.
struct Glob(Vec<String>);

impl Floor {
    pub(crate) fn new(texts: &[&str]) -> anyhow::Result<Self> {
        let mut by_service: HashMap<String, Vec<Statement>> = HashMap::new();
        for text in texts {
            for statement in Document::parse(text)?.statements {
                let actions = statement.actions.context("no actions")?;
                let first = actions.items.first().context("no actions")?;
                let (service, _) = first.text.split_once(':').context("no service")?;
                let mut conditions = Vec::new();
                for condition in &statement.conditions {
                    let value = condition.values.first().context("no value")?;
                    conditions.push(compile(
                        &condition.operator_text.text,
                        &condition.key.text,
                        &value.text,
                    )?);
                }
                by_service
                    .entry(service.to_owned())
                    .or_default()
                    .push(Statement {
                        is_deny: statement
                            .effect
                            .is_some_and(|effect| &*effect.text == "Deny"),
                        actions: globs(&actions, true),
                        resources: globs(&statement.resources.context("no resources")?, false),
                        conditions,
                    });
            }
        }
        let context = KEYS
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Ok(Self {
            by_service,
            context: context.collect(),
        })
    }

    pub(crate) fn decide(&self, action: &str, resource: &str) -> &'static str {
        let mut lower = [0; 64];
        let Some(lower) = lower.get_mut(..action.len()) else {
            return "implicit deny";
        };
        lower.copy_from_slice(action.as_bytes());
        lower.make_ascii_lowercase();
        let Some(service) = action.split_once(':').map(|(service, _)| service) else {
            return "implicit deny";
        };
        let mut is_allowed = false;
        for statement in self.by_service.get(service).into_iter().flatten() {
            // What changes nothing more is not looked at.
            if is_allowed && !statement.is_deny {
                continue;
            }
            let applies = statement.actions.iter().any(|glob| glob.matches(lower))
                && (statement.resources.iter()).any(|glob| glob.matches(resource.as_bytes()))
                && (statement.conditions.iter())
                    .all(|condition| condition.holds(&self.context) == Some(true));
            if applies && statement.is_deny {
                return "explicit deny";
            }
            is_allowed |= applies;
        }
        if is_allowed {
            "allowed"
        } else {
            "implicit deny"
        }
    }

    /// Nanoseconds for a request of the mix.
    pub(crate) fn time(&self, requests: &[Asked]) -> f64 {
        let all = nanoseconds(Duration::from_millis(10), || {
            for (action, resource) in requests {
                black_box(self.decide(black_box(action), black_box(resource)));
            }
        });
        all / requests.len() as f64
    }
}

fn compile(operator: &str, key: &str, value: &str) -> anyhow::Result<Condition> {
    let key = key.to_owned();
    Ok(match operator {
        "StringEquals" => Condition::Equals {
            key,
            value: value.to_owned(),
        },
        "NotIpAddress" => {
            let (address, bits) = value.split_once('/').context("no network")?;
            let mask = u32::MAX << (32 - bits.parse::<u32>()?);
            let network = u32::from(address.parse::<Ipv4Addr>()?) & mask;
            Condition::NotInNetwork { key, network, mask }
        }
        _ => bail!("the floor knows no {operator}"),
    })
}

fn globs(patterns: &Patterns, is_action: bool) -> Vec<Glob> {
    let text = |text: &str| {
        if is_action {
            text.to_ascii_lowercase()
        } else {
            text.to_owned()
        }
    };
    let glob = |pattern: &str| Glob(text(pattern).split('*').map(str::to_owned).collect());
    patterns.items.iter().map(|item| glob(&item.text)).collect()
}

impl Condition {
    fn holds(&self, context: &HashMap<String, String>) -> Option<bool> {
        Some(match self {
            Self::Equals { key, value } => context.get(key)? == value,
            Self::NotInNetwork { key, network, mask } => {
                let address: Ipv4Addr = context.get(key)?.parse().ok()?;
                u32::from(address) & mask != *network
            }
        })
    }
}

impl Glob {
    fn matches(&self, text: &[u8]) -> bool {
        let Some((first, others)) = self.0.split_first() else {
            return false;
        };
        let Some(mut rest) = text.strip_prefix(first.as_bytes()) else {
            return false;
        };
        let Some((last, between)) = others.split_last() else {
            return rest.is_empty();
        };
        for literal in between.iter().map(|literal| literal.as_bytes()) {
            let place = rest
                .windows(literal.len().max(1))
                .position(|window| window == literal);
            match place.and_then(|place| rest.get(place + literal.len()..)) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last.as_bytes())
    }
}
