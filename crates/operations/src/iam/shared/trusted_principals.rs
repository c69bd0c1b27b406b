//! Trust policies in requests: finding the principals that they name, and checking that these
//! exist.

use std::collections::HashMap;
use std::sync::Arc;

use keyward_account::{Account, NamedPrincipal, PrincipalId, TrustPolicy};
use keyward_engine::Call;
use keyward_engine::are_too_large;
use keyward_faults::{Fault, fault};
use keyward_names::{AccountId, Arn, RoleId, UserId};
use keyward_policy::{Document, NamedPrincipals, check_trust_policy};

/// The trust policy of a request, and the other accounts that it names.
pub(crate) struct GivenTrust {
    text: String,
    /// How many characters it may have.
    quota: usize,
    /// The accounts of this installation, except the role's own, whose users and roles it names.
    others: HashMap<AccountId, Arc<Account>>,
}

/// A name that a trust policy may have under `AWS`.
enum Name<'a> {
    /// A user or role, by its ARN.
    Arn { account: AccountId, member: &'a str },
    /// A session of a role.
    Session { account: AccountId, role: &'a str },
    /// A user or role, by its unique id.
    Id(PrincipalId),
    /// Everyone, an account, or another principal that no account has a record of.
    AsWritten,
    /// A name that no principal can have.
    Nobody,
}

/// What a name stands for.
enum Found {
    /// A user or role, to be kept by unique id.
    Principal(NamedPrincipal),
    /// A name that stays as it is written.
    AsWritten,
    /// A principal that does not exist.
    Nobody,
}

impl GivenTrust {
    /// Takes the text of a trust policy, and loads the other accounts that it names.
    pub(crate) async fn read<I>(call: &Call<I>, text: &str) -> Result<Self, Fault> {
        let quota = call.quotas().trust_policy_characters;
        let own = call.account().id();
        let mut others = HashMap::new();
        // A text that is too large could name too many accounts.
        if !are_too_large([text].into_iter(), quota) {
            for id in named_accounts(text) {
                if id != own
                    && !others.contains_key(&id)
                    && let Some(account) = call.other_account(id).await?
                {
                    others.insert(id, account);
                }
            }
        }
        Ok(Self {
            text: text.to_owned(),
            quota,
            others,
        })
    }

    /// The policy in the form that a role of an account keeps, if it is valid and all principals
    /// exist.
    pub(crate) fn checked(&self, account: &Account) -> Result<TrustPolicy, Fault> {
        let exists = |name: &str| !matches!(self.find(account, name), Found::Nobody);
        let document = check_trust_policy(&self.text, &exists)
            .map_err(|found| fault::malformed_policy_document(found.message))?;
        if are_too_large([&*self.text].into_iter(), self.quota) {
            return Err(fault::quota_exceeded("ACLSizePerRole", self.quota));
        }
        let resolve = |name: &str| match self.find(account, name) {
            Found::Principal(principal) => Some(principal),
            Found::AsWritten | Found::Nobody => None,
        };
        Ok(TrustPolicy::new(&self.text, &document, &resolve))
    }

    fn find(&self, own: &Account, name: &str) -> Found {
        match Name::parse(name) {
            Name::Arn { account, member } if account == own.id() => {
                let id = principal(own, name, member).map(NamedPrincipal::Own);
                id.map_or(Found::Nobody, Found::Principal)
            }
            Name::Arn { account, member } => match self.others.get(&account) {
                Some(other) => {
                    let id = principal(other, name, member).map(NamedPrincipal::Elsewhere);
                    id.map_or(Found::Nobody, Found::Principal)
                }
                // The account is not of this installation, so it is not known whether the principal
                // exists (unsure).
                None => Found::AsWritten,
            },
            Name::Session { account, role } => {
                let other = self.others.get(&account).map(|other| &**other);
                let holder = if account == own.id() {
                    Some(own)
                } else {
                    other
                };
                let is_there = |holder: &Account| {
                    let found = holder.roles().find(role);
                    found.is_some_and(|found| found.name.as_str() == role)
                };
                if holder.is_none_or(is_there) {
                    Found::AsWritten
                } else {
                    Found::Nobody
                }
            }
            Name::Id(id) if own.principal_arn(id).is_some() => {
                Found::Principal(NamedPrincipal::Own(id))
            }
            Name::Id(id) => {
                let other = account_in(id).and_then(|account| self.others.get(&account));
                match other.and_then(|other| other.principal_arn(id)) {
                    Some(_) => Found::AsWritten,
                    None => Found::Nobody,
                }
            }
            Name::AsWritten => Found::AsWritten,
            Name::Nobody => Found::Nobody,
        }
    }
}

impl<'a> Name<'a> {
    /// Parses a name by its form.
    fn parse(name: &'a str) -> Self {
        if name.starts_with("AIDA") || name.starts_with("AROA") {
            let user = UserId::parse(name).map(PrincipalId::User);
            let id = user.or_else(|_| RoleId::parse(name).map(PrincipalId::Role));
            return id.map_or(Self::Nobody, Self::Id);
        }
        let Some(arn) = Arn::parse(name).ok().filter(|arn| arn.region.is_empty()) else {
            return Self::AsWritten;
        };
        let member = arn.resource;
        // A role can't trust principals of another partition.
        if arn.partition != "aws" {
            return Self::Nobody;
        }
        let Ok(account) = AccountId::parse(arn.account) else {
            return Self::AsWritten;
        };
        match (arn.service, member.split_once('/')) {
            ("iam", Some(("user" | "role", _))) => Self::Arn { account, member },
            ("sts", Some(("assumed-role", session))) => {
                let (role, _) = session.split_once('/').unwrap_or((session, ""));
                Self::Session { account, role }
            }
            (_, _) => Self::AsWritten,
        }
    }

    /// The account that must be loaded to check the name.
    fn account(&self) -> Option<AccountId> {
        match self {
            Self::Arn { account, .. } | Self::Session { account, .. } => Some(*account),
            Self::Id(id) => account_in(*id),
            Self::AsWritten | Self::Nobody => None,
        }
    }
}

/// The accounts whose users and roles a text names.
fn named_accounts(text: &str) -> Vec<AccountId> {
    // A text that is not a policy is refused later.
    let Ok(document) = Document::parse(text) else {
        return Vec::new();
    };
    let mut accounts = Vec::new();
    for statement in &document.statements {
        let named = statement.principals.as_ref();
        let Some(NamedPrincipals::ByKind(kinds)) = named.map(|principals| &principals.named) else {
            continue;
        };
        let names = kinds.iter().flat_map(|(_, names)| names);
        accounts.extend(names.filter_map(|name| Name::parse(&name.text).account()));
    }
    accounts
}

/// The user or role with exactly this ARN, whose last part is `member`.
fn principal(account: &Account, arn: &str, member: &str) -> Option<PrincipalId> {
    let (kind, _) = member.split_once('/')?;
    let (_, name) = member.rsplit_once('/')?;
    let id = if kind == "user" {
        PrincipalId::User(account.users().find(name)?.id)
    } else {
        PrincipalId::Role(account.roles().find(name)?.id)
    };
    (account.principal_arn(id)? == arn).then_some(id)
}

fn account_in(id: PrincipalId) -> Option<AccountId> {
    match id {
        PrincipalId::User(id) => id.embedded_account(),
        PrincipalId::Role(id) => id.embedded_account(),
    }
}
