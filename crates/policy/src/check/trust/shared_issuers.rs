//! Issuers of tokens that many organizations share: a role that trusts one of them must say which
//! tokens it means, or everybody's would do.
//!
//! Each statement that allows and each provider in it is judged alone. Statements that deny are not
//! looked at, nor are issuers that belong to one organization.

use crate::check::{PolicyFault, elements, principals};
use crate::{Condition, Operator, Statement, Test, Text};

/// The action that tokens are for.
pub(super) const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

const COGNITO: &str = "cognito-identity.amazonaws.com";
const COGNITO_BARE: &str = "A condition block must be present for the Cognito provider";
/// Issuers that begin so are GitHub's.
const GITHUB: &str = "token.actions.githubusercontent.com";
const GITHUB_CLAIMS: [&str; 2] = ["sub", "job_workflow_ref"];

/// Issuers and the claims of which one must be compared exactly.
const APPLICATION_ISSUERS: [(&str, &[&str]); 3] = [
    ("accounts.google.com", &["aud", "oaud", "sub"]),
    ("www.amazon.com", &["app_id", "sub"]),
    ("graph.facebook.com", &["app_id", "sub"]),
];

/// Issuers, as documented in September 2026, with the key that tells their tenants apart; a key that
/// begins with a colon follows the issuer.
const LISTED_ISSUERS: [(&str, &str); 21] = [
    (COGNITO, ":aud"),
    (
        "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
        "sts:RoleSessionName",
    ),
    ("agent.buildkite.com", ":sub"),
    ("oidc.codefresh.io", ":sub"),
    ("studio.datachain.ai/api", ":sub"),
    ("oidc-configuration.audit-log.githubusercontent.com", ":sub"),
    ("vstoken.actions.githubusercontent.com", ":sub"),
    ("gitlab.com", ":sub"),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
        ":sub",
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
        ":sub",
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
        ":sub",
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
        ":sub",
    ),
    (
        "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
        ":sub",
    ),
    (
        "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
        ":sub",
    ),
    ("api.pulumi.com/oidc", ":aud"),
    ("sandboxes.cloud", ":aud"),
    ("scalr.io", ":sub"),
    ("tokens.cloud.shisho.dev", ":sub"),
    ("app.terraform.io", ":sub"),
    ("proidc.upbound.io", ":sub"),
    ("oidc.vercel.com", ":aud"),
];

/// Refuses a statement that lets all tokens of a shared issuer in. All of it was seen at AWS.
pub(super) fn check(statement: &Statement) -> Result<(), PolicyFault> {
    let actions = statement.actions.iter().flat_map(|actions| &actions.items);
    if !elements::is_allow(statement) || !actions.into_iter().any(|action| &*action.text == ACTION)
    {
        return Ok(());
    }
    principals::named_principals(statement)
        .into_iter()
        .filter(|(kind, _)| &*kind.text == principals::FEDERATED)
        .try_for_each(|(_, provider)| check_provider(statement, provider))
}

fn check_provider(statement: &Statement, provider: &Text) -> Result<(), PolicyFault> {
    let issuer = issuer(&provider.text);
    let claims = |names: &[&str]| -> Vec<String> {
        names
            .iter()
            .map(|name| format!("{issuer}:{name}"))
            .collect()
    };
    if issuer.starts_with(GITHUB) {
        let keys = claims(&GITHUB_CLAIMS);
        let rule = Rule::Tenant {
            keys: &keys,
            is_good: is_good_for_github,
        };
        let message = tenant_message(&provider.text, &keys.join(" or "));
        return require(statement, provider, &rule, message);
    }
    if let Some((_, names)) = APPLICATION_ISSUERS
        .iter()
        .find(|(known, _)| *known == issuer)
    {
        let rule = Rule::Application {
            keys: &claims(names),
        };
        let message = format!(
            "Policy trusting {issuer} requires a StringEquals condition on an application id"
        );
        return require(statement, provider, &rule, message);
    }
    let Some((_, key)) = LISTED_ISSUERS.iter().find(|(known, _)| *known == issuer) else {
        return Ok(());
    };
    let key = if key.starts_with(':') {
        format!("{issuer}{key}")
    } else {
        (*key).to_owned()
    };
    let message = if issuer == COGNITO && statement.conditions.is_empty() {
        COGNITO_BARE.to_owned()
    } else {
        tenant_message(issuer, &key)
    };
    let rule = Rule::Tenant {
        keys: &[key],
        is_good: |value| value != "*",
    };
    require(statement, provider, &rule, message)
}

fn tenant_message(principal: &str, keys: &str) -> String {
    format!(
        "Trust policy with trusted principal {principal} must evaluate, using StringEquals, \
         StringLike or StringEqualsIgnoreCase, {keys} which is not scoped to all."
    )
}

/// The issuer that a principal names: its provider's, or the host itself.
fn issuer(principal: &str) -> &str {
    principal
        .split_once(":oidc-provider/")
        .map_or(principal, |(_, issuer)| issuer)
}

fn is_good_for_github(value: &str) -> bool {
    !value.starts_with('*') && !value.trim().is_empty()
}

/// What a block of conditions must hold to be good enough.
enum Rule<'a> {
    /// One of the keys, in any case, and none of those that are there with a value that is not good.
    /// A list without values is good.
    Tenant {
        keys: &'a [String],
        is_good: fn(&str) -> bool,
    },
    /// One of the keys, in this case, compared without wildcards, with any value.
    Application { keys: &'a [String] },
}

/// Requires one good block.
fn require(
    statement: &Statement,
    provider: &Text,
    rule: &Rule<'_>,
    message: String,
) -> Result<(), PolicyFault> {
    let lines = &statement.conditions;
    let mut blocks = lines.chunk_by(|line, next| line.operator == next.operator);
    if blocks.any(|block| is_good(block, rule)) {
        return Ok(());
    }
    let reason = format!(
        "many organizations have tokens of `{}`: a condition must say whose tokens are meant",
        issuer(&provider.text)
    );
    Err(PolicyFault::new(message, &provider.span, reason))
}

/// Whether a block, the lines of one operator, says which tokens are meant.
fn is_good(block: &[Condition], rule: &Rule<'_>) -> bool {
    if !block
        .first()
        .is_some_and(|line| counts(&line.operator, rule))
    {
        return false;
    }
    match rule {
        Rule::Tenant { keys, is_good } => {
            let is_keyed = |line: &&Condition| {
                let mut keys = keys.iter();
                keys.any(|key| key.eq_ignore_ascii_case(&line.key.text))
            };
            let mut keyed = block.iter().filter(is_keyed).peekable();
            let all_good = |line: &Condition| line.values.iter().all(|value| is_good(&value.text));
            keyed.peek().is_some() && keyed.all(all_good)
        }
        Rule::Application { keys } => {
            let mut lines = block.iter();
            lines.any(|line| keys.iter().any(|key| *key == *line.key.text))
        }
    }
}

/// Whether an operator says which tokens are meant, with any quantifier. That `StringEqualsIgnoreCase`
/// counts for an application is unsure.
fn counts(operator: &Operator, rule: &Rule<'_>) -> bool {
    let takes_wildcards = match rule {
        Rule::Tenant { .. } => true,
        Rule::Application { .. } => false,
    };
    let compares = match operator.test {
        Test::String | Test::StringIgnoreCase => true,
        Test::StringLike => takes_wildcards,
        Test::Numeric(_)
        | Test::Date(_)
        | Test::Bool
        | Test::Binary
        | Test::IpAddress
        | Test::Arn
        | Test::Null => false,
    };
    compares && !operator.is_negated && !operator.if_exists
}
