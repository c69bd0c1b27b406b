//! The policy engine, as whoever embeds it calls it.

use std::sync::Arc;

use anyhow::Context as _;
use keyward_policy::{
    Compiled, Context, Decision, Document, Policies, PolicySet, Principal, Request, evaluate,
};

pub(crate) const ACCOUNT: &str = "111122223333";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// Makes documents ready as the policies of a principal.
pub(crate) fn set(texts: &[impl AsRef<str>]) -> anyhow::Result<PolicySet> {
    let compile = |text: &str| {
        let document = Document::parse(text).with_context(|| text.to_owned())?;
        Ok(Arc::new(Compiled::new(&document)))
    };
    let compiled = texts.iter().map(|text| compile(text.as_ref()));
    Ok(PolicySet::new(
        compiled.collect::<anyhow::Result<Vec<_>>>()?,
    ))
}

/// Decides about a request of a user with these policies, from the texts on.
pub(crate) fn decide(
    identity: &PolicySet,
    action: &str,
    resource: &str,
    context: &Context,
) -> Decision {
    let alice = Principal::User {
        account: ACCOUNT,
        arn: ALICE,
        id: "AIDAQ7Y3XJ4NVR6KEXAMPLE",
    };
    let policies = Policies {
        identity: Some(identity),
        ..Policies::default()
    };
    evaluate(&Request::new(alice, action, resource, context), &policies)
}
