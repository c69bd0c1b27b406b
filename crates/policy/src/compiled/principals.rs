//! Whom a statement is about.

use crate::Effect;
use crate::document::{NamedPrincipals, Principals, Text};
use crate::literal::{arn_parts, is_account_id};
use crate::request::Principal;

/// By which of its names a principal was named, which decides what else must allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Grants {
    /// By its account.
    pub(crate) account: bool,
    /// As one of everyone.
    pub(crate) everyone: bool,
    /// As a session of its role.
    pub(crate) role: bool,
    /// By itself.
    pub(crate) direct: bool,
}

impl Grants {
    /// Of a statement that names nobody.
    pub(crate) const UNNAMED: Self = Self {
        account: false,
        everyone: false,
        role: false,
        direct: false,
    };

    pub(crate) fn is_any(self) -> bool {
        self.account || self.everyone || self.role || self.direct
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            account: self.account || other.account,
            everyone: self.everyone || other.everyone,
            role: self.role || other.role,
            direct: self.direct || other.direct,
        }
    }
}

/// `Principal` or `NotPrincipal`, made ready.
#[derive(Debug, Default)]
pub(super) struct PrincipalTest {
    is_negated: bool,
    everyone: bool,
    /// Their ids.
    accounts: Box<[Box<str>]>,
    /// ARNs of users, roles and sessions, and unique ids.
    names: Box<[Box<str>]>,
    providers: Box<[Box<str>]>,
    services: Box<[Box<str>]>,
}

impl PrincipalTest {
    pub(super) fn new(principals: &Principals) -> Self {
        let mut test = Self {
            is_negated: principals.is_negated,
            ..Self::default()
        };
        let kinds = match &principals.named {
            NamedPrincipals::Bare(text) => {
                test.everyone = &*text.text == "*";
                return test;
            }
            NamedPrincipals::ByKind(kinds) => kinds,
        };
        let texts = |texts: &[Text]| texts.iter().map(|text| text.text.clone()).collect();
        for (kind, values) in kinds {
            match &*kind.text {
                "AWS" => {
                    let account = |text: &Text| account_of(&text.text);
                    test.everyone = values.iter().any(|text| &*text.text == "*");
                    test.accounts = values.iter().filter_map(account).collect();
                    test.names = texts(values);
                }
                "Federated" => test.providers = texts(values),
                "Service" => test.services = texts(values),
                // Users by their canonical id, and kinds that don't exist, are nobody here.
                _ => {}
            }
        }
        test
    }

    /// Whether a statement with this element is about a principal, and by which names.
    /// `is_bounded` says whether the principal has a permissions boundary.
    pub(super) fn grants(
        &self,
        effect: Effect,
        principal: &Principal<'_>,
        is_bounded: bool,
    ) -> Option<Grants> {
        if self.is_negated {
            // All but some may be denied, never allowed. Who has a permissions boundary is denied
            // whoever is named (documented).
            let applies = effect == Effect::Deny && (is_bounded || !self.is_exempt(principal));
            return applies.then_some(Grants::UNNAMED);
        }
        let grants = Grants {
            account: principal
                .account()
                .is_some_and(|account| self.has_account(account)),
            everyone: self.everyone && may_be_anyone(effect, principal),
            role: self.has_role(principal),
            direct: self.has_itself(principal),
        };
        grants.is_any().then_some(grants)
    }

    /// Whether `NotPrincipal` leaves a principal out: all of its names must be there (documented).
    fn is_exempt(&self, principal: &Principal<'_>) -> bool {
        let account_too = |account| self.has_account(account);
        let itself = self.has_itself(principal);
        self.everyone
            || match *principal {
                Principal::Anonymous => false,
                Principal::Root { account } => account_too(account),
                Principal::User { account, .. } | Principal::FederatedUser { account, .. } => {
                    itself && account_too(account)
                }
                Principal::RoleSession { account, .. } => {
                    itself && self.has_role(principal) && account_too(account)
                }
                Principal::Federated { .. } | Principal::Service { .. } => itself,
            }
    }

    fn has_account(&self, account: &str) -> bool {
        self.accounts.iter().any(|named| **named == *account)
    }

    fn has_role(&self, principal: &Principal<'_>) -> bool {
        match *principal {
            Principal::RoleSession {
                role_arn, role_id, ..
            } => has(&self.names, role_arn) || has(&self.names, role_id),
            Principal::Anonymous
            | Principal::Root { .. }
            | Principal::User { .. }
            | Principal::FederatedUser { .. }
            | Principal::Federated { .. }
            | Principal::Service { .. } => false,
        }
    }

    fn has_itself(&self, principal: &Principal<'_>) -> bool {
        match *principal {
            Principal::Anonymous | Principal::Root { .. } => false,
            Principal::User { arn, id, .. } => has(&self.names, arn) || has(&self.names, id),
            Principal::RoleSession { session_arn, .. } => has(&self.names, session_arn),
            Principal::FederatedUser { arn, .. } => has(&self.names, arn),
            Principal::Federated { provider } => has(&self.providers, provider),
            Principal::Service { name } => has(&self.services, name) || has(&self.services, "*"),
        }
    }
}

/// `*` admits nobody whom only a provider vouches for (seen at AWS).
fn may_be_anyone(effect: Effect, principal: &Principal<'_>) -> bool {
    effect == Effect::Deny || !matches!(principal, Principal::Federated { .. })
}

fn has(names: &[Box<str>], name: &str) -> bool {
    !name.is_empty() && names.iter().any(|named| **named == *name)
}

/// The account that a name stands for: its id, or the ARN of its root user.
fn account_of(text: &str) -> Option<Box<str>> {
    let account = match arn_parts(text) {
        Some(["arn", _, "iam", "", account, "root"]) => account,
        Some(_) => return None,
        None => text,
    };
    is_account_id(account).then(|| account.into())
}
