//! A question: who wants to do what, and under which policies.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use keyward_names::AccountId;
use keyward_policy::{
    Compiled, Context, Document, Kind, Policies, PolicyFault, PolicyKind, PolicySet, Request,
    check, opens_only_by_its_policy, position,
};
use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::principal::QuestionPrincipal;

/// More levels than any organization has.
const MOST_LEVELS: usize = 100;

/// The keys that have several values, also where a question gives one.
const KEYS_OF_SEVERAL: [&str; 10] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
    "sts:identitytokenaudience",
    "sts:requestcontextproviders",
    "sts:transitivetagkeys",
];

/// A question, ready to be asked.
#[derive(Debug)]
pub(super) struct Question<'l> {
    pub(super) who: QuestionPrincipal,
    pub(super) action: String,
    pub(super) resource: String,
    resource_account: Option<String>,
    context: Context,
    layers: Vec<Layer<'l>>,
    /// What policies are called, by key, in their order.
    names: HashMap<String, Vec<String>>,
}

/// The policies of a kind.
#[derive(Debug)]
pub(super) struct Layer<'l> {
    pub(super) kind: Kind,
    /// One, but for organizations.
    pub(super) levels: Vec<Level<'l>>,
}

/// Policies that count as one.
#[derive(Debug)]
pub(super) struct Level<'l> {
    pub(super) policies: Vec<Source<'l>>,
    set: PolicySet,
}

/// A policy and the text that it was read from.
#[derive(Debug)]
pub(super) struct Source<'l> {
    pub(super) text: &'l str,
    pub(super) document: Document,
}

/// A line, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "an object")]
struct Line<'l> {
    #[serde(borrow)]
    principal: &'l RawValue,
    action: String,
    resource: String,
    resource_account: Option<String>,
    #[serde(borrow)]
    context: Option<Entries<'l>>,
    #[serde(borrow)]
    identity_policies: Option<Vec<&'l RawValue>>,
    #[serde(borrow)]
    permissions_boundaries: Option<Vec<&'l RawValue>>,
    #[serde(borrow)]
    session_policies: Option<Vec<&'l RawValue>>,
    #[serde(borrow)]
    endpoint_policies: Option<Vec<&'l RawValue>>,
    #[serde(borrow)]
    resource_policy: Option<&'l RawValue>,
    #[serde(borrow)]
    service_control_policies: Option<Vec<Vec<&'l RawValue>>>,
    #[serde(borrow)]
    resource_control_policies: Option<Vec<Vec<&'l RawValue>>>,
    names: Option<HashMap<String, Vec<String>>>,
}

impl<'l> Question<'l> {
    /// Reads a line, or says why it is no question.
    pub(super) fn read(line: &'l str) -> Result<Self, String> {
        // A list of the values would be taken for the object.
        if !line.trim_start().starts_with('{') {
            return Err("expected a JSON object".to_owned());
        }
        let line: Line<'_> = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let entries = line.context.unwrap_or_default();
        let principal_arn = entries.principal_arn();
        let who = QuestionPrincipal::read(line.principal, principal_arn.as_deref())?;
        if let Some(account) = &line.resource_account
            && AccountId::parse(account).is_err()
        {
            return Err("`resourceAccount` must be an account's 12 digits".to_owned());
        }
        let one = |documents: Option<Vec<&'l RawValue>>| match documents {
            Some(documents) if !documents.is_empty() => vec![documents],
            Some(_) | None => Vec::new(),
        };
        let all = [
            (
                Kind::ResourceControl,
                line.resource_control_policies.unwrap_or_default(),
            ),
            (
                Kind::ServiceControl,
                line.service_control_policies.unwrap_or_default(),
            ),
            (Kind::Endpoint, one(line.endpoint_policies)),
            (
                Kind::Resource,
                one(line.resource_policy.map(|document| vec![document])),
            ),
            (Kind::Identity, one(line.identity_policies)),
            (Kind::Boundary, one(line.permissions_boundaries)),
            (Kind::Session, one(line.session_policies)),
        ];
        let layers = all
            .into_iter()
            .map(|(kind, levels)| Layer::read(kind, &levels));
        Ok(Self {
            who,
            action: line.action,
            resource: line.resource,
            resource_account: line.resource_account,
            context: entries.context()?,
            layers: layers.collect::<Result<_, _>>()?,
            names: line.names.unwrap_or_default(),
        })
    }

    /// What the question calls a policy.
    pub(super) fn name(&self, kind: Kind, policy: usize) -> Option<&str> {
        let name = self.names.get(key(kind))?.get(policy)?;
        Some(name)
    }

    /// The values that the request has for a context key, in any case; `None` where it has none.
    pub(super) fn values(&self, key: &str) -> Option<Vec<&str>> {
        let key = key.to_lowercase();
        let entry = self.context.entries().find(|entry| entry.key == key)?;
        Some(entry.values().collect())
    }

    /// Puts the question to the engine.
    pub(super) fn ask<T>(&self, ask: impl FnOnce(&Request<'_>, &Policies<'_>) -> T) -> T {
        let levels = |kind| -> Vec<&PolicySet> {
            let layer = self.layer(kind);
            let levels = layer.iter().flat_map(|layer| &layer.levels);
            levels.map(|level| &level.set).collect()
        };
        let one = |kind| {
            let level = self.layer(kind)?.levels.first()?;
            Some(&level.set)
        };
        let resource = one(Kind::Resource);
        let policies = Policies {
            resource_must_allow: (resource.is_some() && self.is_about_trust())
                || opens_only_by_its_policy(&self.resource),
            identity: one(Kind::Identity),
            boundary: one(Kind::Boundary),
            session: one(Kind::Session),
            resource,
            endpoint: one(Kind::Endpoint),
            service_control: &levels(Kind::ServiceControl),
            resource_control: &levels(Kind::ResourceControl),
        };
        ask(&self.request(), &policies)
    }

    /// Whether the resource's policy is the trust policy of a role, without which nobody assumes it,
    /// whatever other policies say.
    fn is_about_trust(&self) -> bool {
        let service = self.action.split(':').next().unwrap_or_default();
        let mut parts = self.resource.splitn(6, ':').skip(2);
        let is_iam = parts.next() == Some("iam");
        let is_role = parts
            .nth(2)
            .is_some_and(|entity| entity.starts_with("role/"));
        service.eq_ignore_ascii_case("sts") && is_iam && is_role
    }

    /// What is asked, without the policies.
    pub(super) fn request(&self) -> Request<'_> {
        let principal = self.who.principal();
        let request = Request::new(principal, &self.action, &self.resource, &self.context);
        match &self.resource_account {
            Some(account) => request.on_resource_of(account),
            None => request,
        }
    }

    /// The policies of a kind.
    pub(super) fn layer(&self, kind: Kind) -> Option<&Layer<'l>> {
        self.layers.iter().find(|layer| layer.kind == kind)
    }

    /// One policy.
    pub(super) fn policy(&self, kind: Kind, level: usize, policy: usize) -> Option<&Source<'l>> {
        let level = self.layer(kind)?.levels.get(level)?;
        level.policies.get(policy)
    }
}

impl<'l> Layer<'l> {
    fn read(kind: Kind, levels: &[Vec<&'l RawValue>]) -> Result<Self, String> {
        if levels.len() > MOST_LEVELS {
            return Err(format!(
                "`{}` has more than {MOST_LEVELS} levels",
                key(kind)
            ));
        }
        let read = |(level, documents): (usize, &Vec<&'l RawValue>)| {
            let read = |(index, document): (usize, &&'l RawValue)| {
                Source::read(document).map_err(|fault| {
                    let at = position(document.get(), fault.span.start);
                    format!(
                        "{}: {} (line {}, column {} of the document)",
                        place(kind, level, index),
                        fault.reason,
                        at.line,
                        at.column
                    )
                })
            };
            let policies: Vec<Source<'_>> = documents
                .iter()
                .enumerate()
                .map(read)
                .collect::<Result<_, _>>()?;
            let compile = |source: &Source<'_>| Arc::new(Compiled::new(&source.document));
            let set = PolicySet::new(policies.iter().map(compile));
            Ok(Level { policies, set })
        };
        let levels = levels.iter().enumerate().map(read);
        Ok(Self {
            kind,
            levels: levels.collect::<Result<_, String>>()?,
        })
    }
}

impl<'l> Source<'l> {
    fn read(document: &'l RawValue) -> Result<Self, PolicyFault> {
        let text = document.get();
        let document = check(PolicyKind::Simulated, text)?;
        Ok(Self { text, document })
    }
}

/// A question's key for a kind of policy.
pub(super) fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::ResourceControl => "resourceControlPolicies",
        Kind::ServiceControl => "serviceControlPolicies",
        Kind::Endpoint => "endpointPolicies",
        Kind::Resource => "resourcePolicy",
        Kind::Identity => "identityPolicies",
        Kind::Boundary => "permissionsBoundaries",
        Kind::Session => "sessionPolicies",
    }
}

/// Whether a kind comes in levels.
pub(super) fn has_levels(kind: Kind) -> bool {
    matches!(kind, Kind::ResourceControl | Kind::ServiceControl)
}

/// Where a policy stands in a question.
pub(super) fn place(kind: Kind, level: usize, policy: usize) -> String {
    let key = key(kind);
    match kind {
        Kind::ResourceControl | Kind::ServiceControl => format!("{key}[{level}][{policy}]"),
        Kind::Resource => key.to_owned(),
        Kind::Endpoint | Kind::Identity | Kind::Boundary | Kind::Session => {
            format!("{key}[{policy}]")
        }
    }
}

/// Context keys and their values as they are written.
#[derive(Default)]
struct Entries<'l>(Vec<(String, &'l RawValue)>);

impl<'de: 'l, 'l> Deserialize<'de> for Entries<'l> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of context keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
        let mut entries = Vec::new();
        let mut known = std::collections::HashSet::new();
        while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
            // Keys have no case.
            if !known.insert(key.to_lowercase()) {
                return Err(A::Error::custom(format_args!(
                    "context key `{key}` is there twice"
                )));
            }
            entries.push((key, value));
        }
        Ok(Entries(entries))
    }
}

impl Entries<'_> {
    fn principal_arn(&self) -> Option<String> {
        let is_it = |(key, _): &&(String, &RawValue)| key.eq_ignore_ascii_case("aws:PrincipalArn");
        let (_, value) = self.0.iter().find(is_it)?;
        serde_json::from_str(value.get()).ok()
    }

    fn context(&self) -> Result<Context, String> {
        let mut context = Context::default();
        for (key, value) in &self.0 {
            let wrong =
                || format!("context key `{key}` must have a text, number, boolean or list of them");
            if let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(value.get()) {
                let texts: Option<Vec<_>> = values.into_iter().map(scalar).collect();
                context.set_several(key, texts.ok_or_else(wrong)?);
                continue;
            }
            let text = scalar(value).ok_or_else(wrong)?;
            if KEYS_OF_SEVERAL.contains(&&*key.to_ascii_lowercase()) {
                context.set_several(key, [text]);
            } else {
                context.set(key, text);
            }
        }
        Ok(context)
    }
}

/// A text, or a number or boolean as it is written.
fn scalar(value: &RawValue) -> Option<String> {
    let text = value.get();
    if text.starts_with('"') {
        return serde_json::from_str(text).ok();
    }
    let is_compound = text.starts_with(['{', '[']);
    (!is_compound && text != "null").then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
