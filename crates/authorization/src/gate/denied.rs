//! What a denied request was judged by, for the operator.

use std::sync::Arc;

use keyward_account::{Account, PolicyEntity, PrincipalId, RightsSource};
use keyward_faults::fault::{ContextEntry, Denial, DeniedRequest, JudgedPolicy};
use keyward_names::{PolicyId, root_arn};
use keyward_policy::{Effect, Explanation, Kind, explain};

use super::{EVERYTHING_TEXT, Evaluation};
use crate::access_request::AccessRequest;
use crate::caller::Caller;
use crate::managed::Managed;
use crate::principal::Principal;
use crate::sessions::Holder;

/// A policy that allows nothing, for one that is judged as such although there is no text of it.
const NOTHING_TEXT: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

impl Evaluation<'_> {
    /// Everything about a question that was denied in this reading of the tags.
    pub(super) fn denied(
        &self,
        access_request: &AccessRequest,
        reading: usize,
        denial: Denial,
    ) -> DeniedRequest {
        let account = self.in_force.account;
        let explanation = self.ask(access_request, reading, |request, policies| {
            explain(request, policies)
        });
        let context = self.context(access_request, reading);
        let context = context.entries().map(|entry| ContextEntry {
            key: entry.key.to_owned(),
            has_several: entry.has_several,
            values: entry.values().map(str::to_owned).collect(),
        });
        let resource = &access_request.resource;
        DeniedRequest {
            denial,
            account: account.id(),
            caller_arn: self.caller.arn(account),
            principal: self.principal_text(),
            action: access_request.action.name(),
            resource_arn: resource.arn().to_owned(),
            resource_account: resource.account(account.id()),
            context: context.collect(),
            policies: self.judged_policies(&explanation),
        }
    }

    fn principal_text(&self) -> Option<String> {
        match self.caller {
            Caller::Unsigned => None,
            Caller::Federated(vouched) => Some(vouched.provider_arn.to_string()),
            Caller::Own { .. } | Caller::Session(_) => Some(self.caller.arn(self.in_force.account)),
        }
    }

    /// The policies, each kind in the order of its set, so that places in the explanation are places in
    /// it.
    fn judged_policies(&self, explanation: &Explanation) -> Vec<JudgedPolicy> {
        let mut policies = Vec::new();
        for (kind, of_kind) in [
            (Kind::Resource, self.of_resource()),
            (Kind::Boundary, self.boundary()),
            (Kind::Session, self.session()),
            (Kind::Identity, self.identity()),
        ] {
            for (place, mut policy) in of_kind.into_iter().enumerate() {
                policy.kind = kind;
                policy.denies = explanation.matched.iter().any(|matched| {
                    (matched.kind, matched.policy, matched.effect) == (kind, place, Effect::Deny)
                });
                policies.push(policy);
            }
        }
        policies
    }

    fn of_resource(&self) -> Vec<JudgedPolicy> {
        let account = self.in_force.of_resource();
        let policy = self.of_resource.map(|policy| match policy.of {
            Some(role) => {
                let text = role.trust_policy.shown(&|id| account.principal_arn(id));
                unmanaged(role.arn(account.id()), "trust policy", &text)
            }
            None => unmanaged(
                "a role that is not there or was not looked at".to_owned(),
                "trust policy",
                NOTHING_TEXT,
            ),
        });
        policy.into_iter().collect()
    }

    fn boundary(&self) -> Vec<JudgedPolicy> {
        let Some((_, Some(boundary))) = self.rights_sources() else {
            return Vec::new();
        };
        let holder = self.rights_of.map(PolicyEntity::from);
        let policy = holder.and_then(|holder| self.managed(entity_arn(self, holder), boundary));
        policy.into_iter().collect()
    }

    fn session(&self) -> Vec<JudgedPolicy> {
        let Some(session) = self.caller.session() else {
            return Vec::new();
        };
        let holder = || "session".to_owned();
        let managed = session.policies.managed().iter();
        let managed: Option<Vec<_>> = managed.map(|id| self.managed(holder(), *id)).collect();
        let Some(managed) = managed else {
            // Nobody can tell any more what it denies, so nothing is allowed.
            let deleted = unmanaged(holder(), "a managed policy that was deleted", NOTHING_TEXT);
            return vec![deleted];
        };
        let inline = session.policies.inline_text();
        let inline = inline.map(|text| unmanaged(holder(), "session policy", text));
        inline.into_iter().chain(managed).collect()
    }

    fn identity(&self) -> Vec<JudgedPolicy> {
        let account = self.in_force.account;
        let is_vouched_by_root = self.caller.session().is_some_and(|session| {
            matches!(&session.holder, Holder::Federated(user) if user.by == Principal::Root)
        });
        if is_vouched_by_root || self.caller.principal() == Some(Principal::Root) {
            let holder = root_arn(account.id());
            return vec![unmanaged(holder, "all rights of root", EVERYTHING_TEXT)];
        }
        let (sources, _) = self.rights_sources().unwrap_or_default();
        // All are found, or there would have been no rights to judge by.
        let policies = sources.into_iter().filter_map(|source| match source {
            RightsSource::Inline(entity, policy) => Some(unmanaged(
                entity_arn(self, entity),
                policy.name.as_str(),
                policy.document.text(),
            )),
            RightsSource::Managed(entity, id) => self.managed(entity_arn(self, entity), id),
        });
        policies.collect()
    }

    fn rights_sources(&self) -> Option<(Vec<RightsSource<'_>>, Option<PolicyId>)> {
        let of = self.rights_of?;
        let managed = self.in_force.managed;
        let sources = self
            .in_force
            .account
            .rights_sources(of, &|id| managed.compiled(id));
        sources.ok()
    }

    fn managed(&self, holder: String, id: PolicyId) -> Option<JudgedPolicy> {
        let account = self.in_force.account;
        let managed: Managed<'_> = self.in_force.managed;
        let policy = managed.by_id(account, id)?;
        let text = policy.default_text().ok()?;
        Some(JudgedPolicy {
            arn: Some(policy.arn(account.id())),
            ..unmanaged(holder, policy.name().as_str(), text)
        })
    }
}

fn unmanaged(holder: String, name: &str, text: &str) -> JudgedPolicy {
    JudgedPolicy {
        kind: Kind::Identity,
        holder,
        name: name.to_owned(),
        arn: None,
        text: Arc::from(text),
        denies: false,
    }
}

fn entity_arn(evaluation: &Evaluation<'_>, entity: PolicyEntity) -> String {
    let account: &Account = evaluation.in_force.account;
    let arn = match entity {
        PolicyEntity::User(id) => account.principal_arn(PrincipalId::User(id)),
        PolicyEntity::Role(id) => account.principal_arn(PrincipalId::Role(id)),
        PolicyEntity::Group(id) => {
            let group = account.groups().get(id);
            group.map(|group| group.arn(account.id()))
        }
    };
    arn.unwrap_or_default()
}
