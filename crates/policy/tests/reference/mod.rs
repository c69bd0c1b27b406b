//! A second opinion: a slow evaluator that reads the rules as literally as it can.
//!
//! It shares no code with the crate: it takes a question as JSON (the form that `keyward policy
//! evaluate` reads), walks over the documents as JSON values, and answers with a decision. Where it
//! and the crate differ, one of them is wrong, and the question enters the corpus.

mod conditions;
mod patterns;
mod variables;

use serde_json::Value;

pub(crate) use conditions::Context;

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Allowed,
    ImplicitDeny,
    ExplicitDeny,
}

/// Who asks, by what a name says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    Anonymous,
    Service(String),
    /// An identity provider, by ARN or host.
    Provider(String),
    Root {
        account: String,
    },
    User {
        account: String,
        arn: String,
    },
    Session {
        account: String,
        arn: String,
        role_arn: String,
    },
    Federated {
        account: String,
        arn: String,
    },
}

/// Decides a question.
pub(crate) fn decide(question: &Value) -> Decision {
    let who = who(&question["principal"], &question["context"]);
    let context = Context::of(&question["context"]);
    let set = |name: &str| -> Vec<&Value> { documents(&question[name]) };
    let action = question["action"].as_str().unwrap_or_default();
    if action.eq_ignore_ascii_case("sts:GetCallerIdentity") && account_of(&who).is_some() {
        return Decision::Allowed;
    }
    let levels = |name: &str| -> Vec<Vec<&Value>> {
        let levels = question[name].as_array();
        levels.into_iter().flatten().map(documents).collect()
    };

    let has_identity = matches!(
        who,
        Who::User { .. } | Who::Session { .. } | Who::Federated { .. }
    );
    let identity = if has_identity {
        set("identityPolicies")
    } else {
        vec![]
    };
    let boundary = if has_identity {
        set("permissionsBoundaries")
    } else {
        vec![]
    };
    let asked = Asked {
        action,
        resource: question["resource"].as_str().unwrap_or_default(),
        who: &who,
        context: &context,
        is_bounded: !boundary.is_empty(),
    };
    // A session of the root user can have been given less than everything.
    let has_session = has_identity || matches!(who, Who::Root { .. });
    let session = if has_session {
        set("sessionPolicies")
    } else {
        vec![]
    };
    let endpoint = set("endpointPolicies");
    let resource: Vec<&Value> = match &question["resourcePolicy"] {
        Value::Null => vec![],
        policy => vec![policy],
    };
    // Service-linked roles are exempt, and callers without an account have no organization.
    let is_controlled = account_of(&who).is_some() && !is_service_linked(&who);
    let service_control = if is_controlled {
        levels("serviceControlPolicies")
    } else {
        vec![]
    };
    let resource_control = if is_service_linked(&who) {
        vec![]
    } else {
        levels("resourceControlPolicies")
    };

    let denies = |policies: &[&Value]| {
        policies
            .iter()
            .any(|policy| asked.says(policy, "Deny", true))
    };
    let is_denied = denies(&identity)
        || denies(&boundary)
        || denies(&session)
        || denies(&resource)
        || denies(&endpoint)
        || service_control.iter().any(|level| denies(level))
        || resource_control.iter().any(|level| denies(level));
    if is_denied {
        return Decision::ExplicitDeny;
    }

    let allows = |policies: &[&Value]| {
        policies
            .iter()
            .any(|policy| asked.says(policy, "Allow", true))
    };
    // A statement that doesn't say which resources it is about allows nothing where none is implied.
    let allows_whole = |policies: &[&Value]| {
        policies.iter().any(|policy| {
            let mut policy = (*policy).clone();
            let mut statements = statements(&policy)
                .into_iter()
                .cloned()
                .collect::<Vec<Value>>();
            statements.retain(|statement| {
                !(statement["Resource"].is_null() && statement["NotResource"].is_null())
            });
            policy["Statement"] = statements.into();
            allows(&[&policy])
        })
    };
    let all_levels_allow = service_control.iter().all(|level| allows_whole(level));
    let endpoint_allows = endpoint.is_empty() || allows(&endpoint);
    if !all_levels_allow || !endpoint_allows {
        return Decision::ImplicitDeny;
    }

    let boundary_allows = boundary.is_empty() || allows_whole(&boundary);
    // A federated user has no rights of its own but those that were passed on.
    let session_allows = match who {
        Who::Federated { .. } => allows_whole(&session),
        _ => session.is_empty() || allows_whole(&session),
    };
    let identity_allows = match who {
        Who::Root { .. } => session_allows,
        _ => allows_whole(&identity) && boundary_allows && session_allows,
    };
    let grants: Vec<Grant> = resource
        .iter()
        .flat_map(|policy| asked.grants(policy))
        .collect();
    let is_allowed = match account_of(&who) {
        None => !grants.is_empty(),
        Some(account) if is_same_account(question, account) => {
            let by_grant = grants.iter().any(|grant| match grant {
                Grant::User => session_allows,
                Grant::Role => boundary_allows && session_allows,
                Grant::Session => true,
                Grant::Account => false,
            });
            let must_be_granted = is_about_trust(question) || is_about_key(question);
            (!must_be_granted || !grants.is_empty()) && (by_grant || identity_allows)
        }
        Some(_) => identity_allows && !grants.is_empty(),
    };
    if is_allowed {
        Decision::Allowed
    } else {
        Decision::ImplicitDeny
    }
}

/// How a statement of a resource policy names the caller.
enum Grant {
    /// As a user, or as everyone while the caller is a root user.
    User,
    /// As a role.
    Role,
    /// As this very session, or as everyone.
    Session,
    /// As anyone of the account.
    Account,
}

struct Asked<'a> {
    action: &'a str,
    resource: &'a str,
    who: &'a Who,
    context: &'a Context,
    /// Whether the caller has a permissions boundary.
    is_bounded: bool,
}

impl Asked<'_> {
    /// Whether a statement of this effect is about what is asked. Its principals count where it has
    /// some.
    fn says(&self, policy: &Value, effect: &str, with_principals: bool) -> bool {
        let is_2012 = policy["Version"] == "2012-10-17";
        statements(policy).into_iter().any(|statement| {
            has_effect(statement, effect)
                && (!with_principals || self.is_named(statement))
                && self.is_about(statement, is_2012, effect)
        })
    }

    fn grants(&self, policy: &Value) -> Vec<Grant> {
        let is_2012 = policy["Version"] == "2012-10-17";
        let mut grants = Vec::new();
        for statement in statements(policy) {
            if has_effect(statement, "Allow") && self.is_about(statement, is_2012, "Allow") {
                grants.extend(self.grant_of(statement));
            }
        }
        grants
    }

    fn is_about(&self, statement: &Value, is_2012: bool, effect: &str) -> bool {
        self.has_action(statement)
            && self.has_resource(statement, is_2012, effect == "Deny")
            && self
                .context
                .meets(&statement["Condition"], is_2012, effect == "Deny")
    }

    fn has_action(&self, statement: &Value) -> bool {
        let matches = |list: &Value| {
            texts(list)
                .iter()
                .any(|pattern| patterns::matches_action(pattern, self.action))
        };
        match (&statement["Action"], &statement["NotAction"]) {
            (Value::Null, Value::Null) => false,
            (Value::Null, not) => !texts(not).is_empty() && !matches(not),
            (action, _) => matches(action),
        }
    }

    fn has_resource(&self, statement: &Value, is_2012: bool, is_deny: bool) -> bool {
        let context = is_2012.then_some(self.context);
        let matches = |list: &Value| {
            texts(list)
                .iter()
                .any(|pattern| patterns::matches_resource(pattern, self.resource, context))
        };
        match (&statement["Resource"], &statement["NotResource"]) {
            // Trust policies have none: they are about the role that they belong to.
            (Value::Null, Value::Null) => {
                statement["Principal"] != Value::Null || statement["NotPrincipal"] != Value::Null
            }
            (Value::Null, not) => {
                // All but what can't be told: that must not allow anything.
                let list = texts(not);
                let all_are_known = list.iter().all(|text| variables::has_values(text, context));
                !list.is_empty() && !matches(not) && (is_deny || all_are_known)
            }
            (resource, _) => matches(resource),
        }
    }

    /// Whether a statement's principals, if it has any, include the caller.
    fn is_named(&self, statement: &Value) -> bool {
        let is_deny = has_effect(statement, "Deny");
        match (&statement["Principal"], &statement["NotPrincipal"]) {
            (Value::Null, Value::Null) => true,
            (Value::Null, not) => is_deny && (self.is_bounded || !self.is_excepted(not)),
            (principals, _) => {
                let is_everyone =
                    principals == "*" || texts(&principals["AWS"]).contains(&"*".to_owned());
                (is_deny && is_everyone) || self.named_by(principals).is_some()
            }
        }
    }

    /// How an allowing statement names the caller. One that names all but some allows nothing.
    fn grant_of(&self, statement: &Value) -> Option<Grant> {
        match &statement["Principal"] {
            Value::Null => None,
            principals => self.named_by(principals),
        }
    }

    /// The strongest way in which principals name the caller.
    fn named_by(&self, principals: &Value) -> Option<Grant> {
        let aws = if principals == "*" {
            vec!["*".to_owned()]
        } else {
            texts(&principals["AWS"])
        };
        let has = |name: &str| aws.iter().any(|found| found == name);
        let everyone = has("*");
        match self.who {
            Who::Anonymous => everyone.then_some(Grant::Account),
            Who::Service(name) => {
                let named = texts(&principals["Service"]);
                let is_named = named.iter().any(|found| found == name || found == "*");
                (everyone || is_named).then_some(Grant::Account)
            }
            Who::Provider(name) => {
                let named = texts(&principals["Federated"]);
                named.contains(name).then_some(Grant::Account)
            }
            Who::Root { account } => {
                (everyone || has(account) || has(&root(account))).then_some(Grant::User)
            }
            Who::User { account, arn } => {
                if everyone {
                    Some(Grant::Session)
                } else if has(arn) {
                    Some(Grant::User)
                } else {
                    (has(account) || has(&root(account))).then_some(Grant::Account)
                }
            }
            Who::Session {
                account,
                arn,
                role_arn,
            } => {
                if has(arn) || everyone {
                    Some(Grant::Session)
                } else if has(role_arn) {
                    Some(Grant::Role)
                } else {
                    (has(account) || has(&root(account))).then_some(Grant::Account)
                }
            }
            Who::Federated { account, arn } => {
                if has(arn) || everyone {
                    Some(Grant::Session)
                } else {
                    (has(account) || has(&root(account))).then_some(Grant::Account)
                }
            }
        }
    }

    /// Whether a `NotPrincipal` leaves the caller out: by its account together with its own names.
    fn is_excepted(&self, not: &Value) -> bool {
        let aws = if not == "*" {
            vec!["*".to_owned()]
        } else {
            texts(&not["AWS"])
        };
        let has = |name: &str| aws.iter().any(|found| found == name);
        if has("*") {
            return true;
        }
        let has_account = |account: &str| has(account) || has(&root(account));
        match self.who {
            Who::Anonymous => false,
            Who::Service(name) => {
                let named = texts(&not["Service"]);
                named.iter().any(|found| found == name || found == "*")
            }
            Who::Provider(name) => texts(&not["Federated"]).contains(name),
            Who::Root { account } => has_account(account),
            Who::User { account, arn } => has_account(account) && has(arn),
            Who::Session {
                account,
                arn,
                role_arn,
            } => has_account(account) && has(arn) && has(role_arn),
            Who::Federated { account, arn } => has_account(account) && has(arn),
        }
    }
}

/// `Allow` is meant only as it is written, and any spelling of `Deny` denies.
fn has_effect(statement: &Value, effect: &str) -> bool {
    match statement["Effect"].as_str() {
        Some(found) if effect == "Deny" => found.eq_ignore_ascii_case("Deny"),
        Some(found) => found == effect,
        None => false,
    }
}

/// The identity providers that are named by their host; all others are named by ARN.
const PROVIDER_HOSTS: [&str; 4] = [
    "cognito-identity.amazonaws.com",
    "www.amazon.com",
    "graph.facebook.com",
    "accounts.google.com",
];

/// Reads a principal.
pub(crate) fn who(principal: &Value, context: &Value) -> Who {
    let Some(name) = principal.as_str() else {
        return Who::Anonymous;
    };
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let [_, partition, service, _, account, rest] = parts.as_slice() else {
        let name = name.to_owned();
        let is_account = name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit());
        return if is_account {
            Who::Root { account: name }
        } else if PROVIDER_HOSTS.contains(&name.as_str()) {
            Who::Provider(name)
        } else {
            Who::Service(name)
        };
    };
    let (account, arn) = ((*account).to_owned(), name.to_owned());
    match (*service, *rest) {
        ("iam", "root") => Who::Root { account },
        ("iam", rest) if rest.starts_with("user/") => Who::User { account, arn },
        // A role acts in sessions. Which one is not known, so no policy names it.
        ("iam", rest) if rest.starts_with("role/") => Who::Session {
            arn: format!(
                "arn:{partition}:sts::{account}:assumed-role/{}/",
                rest.rsplit('/').next().unwrap_or_default()
            ),
            account,
            role_arn: arn,
        },
        ("sts", rest) if rest.starts_with("assumed-role/") => {
            let role = rest.split('/').nth(1).unwrap_or_default();
            let told = context.as_object().into_iter().flatten();
            let told = told
                .filter(|(key, _)| key.eq_ignore_ascii_case("aws:PrincipalArn"))
                .find_map(|(_, value)| value.as_str());
            let role_arn = told.map_or_else(
                || format!("arn:{partition}:iam::{account}:role/{role}"),
                str::to_owned,
            );
            Who::Session {
                account,
                arn,
                role_arn,
            }
        }
        ("sts", rest) if rest.starts_with("federated-user/") => Who::Federated { account, arn },
        _ => Who::Provider(arn),
    }
}

fn account_of(who: &Who) -> Option<&str> {
    match who {
        Who::Anonymous | Who::Service(_) | Who::Provider(_) => None,
        Who::Root { account }
        | Who::User { account, .. }
        | Who::Session { account, .. }
        | Who::Federated { account, .. } => Some(account),
    }
}

fn is_service_linked(who: &Who) -> bool {
    matches!(who, Who::Session { role_arn, .. } if role_arn.contains(":role/aws-service-role/"))
}

/// Whether the resource's policy is a role's trust policy: what it does not allow, nobody may.
pub(crate) fn is_about_trust(question: &Value) -> bool {
    let text = |name: &str| question[name].as_str().unwrap_or_default();
    let resource: Vec<&str> = text("resource").splitn(6, ':').collect();
    !question["resourcePolicy"].is_null()
        && text("action").to_lowercase().starts_with("sts:")
        && resource.len() == 6
        && resource[2] == "iam"
        && resource[5].starts_with("role/")
}

/// Whether the resource is a key: what its policy does not allow, nobody may.
fn is_about_key(question: &Value) -> bool {
    let resource = question["resource"].as_str().unwrap_or_default();
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    parts.len() == 6 && parts[0] == "arn" && parts[2] == "kms" && parts[5].starts_with("key/")
}

/// The account of the resource: as told, else as its ARN says, else the caller's.
fn is_same_account(question: &Value, account: &str) -> bool {
    let told = question["resourceAccount"].as_str();
    let resource = question["resource"].as_str().unwrap_or_default();
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let in_arn = parts.get(4).copied().filter(|part| {
        parts.len() == 6 && part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit())
    });
    told.or(in_arn).is_none_or(|owner| owner == account)
}

fn root(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

fn documents(list: &Value) -> Vec<&Value> {
    list.as_array().into_iter().flatten().collect()
}

fn statements(policy: &Value) -> Vec<&Value> {
    match &policy["Statement"] {
        Value::Array(list) => list.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// A text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(value) => vec![value.to_string()],
        Value::Null | Value::Object(_) => Vec::new(),
    }
}
