//! Trust policies: who can assume a role. The users and roles that they name are kept by unique id,
//! so that a new entity with the name of a deleted one is not trusted.

use std::borrow::Cow;

use keyward_policy::{Document, NamedPrincipals};
use serde::{Deserialize, Serialize};

use crate::{PolicyDocument, PrincipalId};

/// The trust policy of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
// INVARIANT: at each `at` of `principals`, the text has that principal's id; upheld by `new`.
pub struct TrustPolicy {
    /// The text, with unique ids in the place of the ARNs of users and roles.
    document: PolicyDocument,
    /// The ids in the text, in their order.
    #[serde(default, skip_serializing_if = "<[TrustedPrincipal]>::is_empty")]
    principals: Box<[TrustedPrincipal]>,
}

/// A user or role that a trust policy names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TrustedPrincipal {
    /// Where its id begins in the text, in bytes.
    at: usize,
    /// The id.
    id: PrincipalId,
    /// The ARN by which it was named, if it is of another account: that account is not asked for
    /// the present ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arn: Option<Box<str>>,
}

/// The user or role that an ARN in a trust policy names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedPrincipal {
    /// A user or role of the role's own account.
    Own(PrincipalId),
    /// A user or role of another account.
    Elsewhere(PrincipalId),
}

impl TrustPolicy {
    /// A trust policy from a text that was checked and parsed. `resolve` finds the user or role
    /// with an ARN; an ARN that it does not know stays in the text.
    #[must_use]
    pub fn new(
        text: &str,
        document: &Document,
        resolve: &dyn Fn(&str) -> Option<NamedPrincipal>,
    ) -> Self {
        let mut named: Vec<_> = document
            .statements
            .iter()
            .filter_map(|statement| statement.principals.as_ref())
            .filter_map(|principals| match &principals.named {
                NamedPrincipals::ByKind(kinds) => Some(kinds),
                NamedPrincipals::Bare(_) => None,
            })
            .flatten()
            .filter(|(kind, _)| &*kind.text == "AWS")
            .flat_map(|(_, names)| names)
            .filter_map(|name| Some((name, resolve(&name.text)?)))
            .collect();
        named.sort_by_key(|(name, _)| name.span.start);
        let (mut kept, mut principals, mut done) = (String::new(), Vec::new(), 0);
        for (name, who) in named {
            kept.push_str(text.get(done..name.span.start).unwrap_or_default());
            kept.push('"');
            let (id, arn) = match who {
                NamedPrincipal::Own(id) => (id, None),
                NamedPrincipal::Elsewhere(id) => (id, Some(name.text.clone())),
            };
            let at = kept.len();
            principals.push(TrustedPrincipal { at, id, arn });
            kept.push_str(id.as_str());
            kept.push('"');
            done = name.span.end;
        }
        kept.push_str(text.get(done..).unwrap_or_default());
        Self {
            document: PolicyDocument::new(&kept),
            principals: principals.into(),
        }
    }

    /// The policy with the unique ids of users and roles, which is the form that is evaluated.
    #[must_use]
    pub fn document(&self) -> &PolicyDocument {
        &self.document
    }

    /// The text to show: with the ARNs that users and roles have now, or the unique ids of those
    /// that were deleted. `arn_of` gives the ARN of a user or role of the role's own account.
    #[must_use]
    pub fn shown(&self, arn_of: &dyn Fn(PrincipalId) -> Option<String>) -> String {
        let text = self.document.text();
        let (mut shown, mut done) = (String::with_capacity(text.len()), 0);
        for TrustedPrincipal { at, id, arn } in &self.principals {
            shown.push_str(text.get(done..*at).unwrap_or_default());
            let arn_now = || arn_of(*id).map(Cow::Owned);
            match arn.as_deref().map(Cow::Borrowed).or_else(arn_now) {
                Some(arn) => push_escaped(&mut shown, &arn),
                None => shown.push_str(id.as_str()),
            }
            done = at + id.as_str().len();
        }
        shown.push_str(text.get(done..).unwrap_or_default());
        shown
    }

    /// Shares the compiled document if it did not change.
    pub(crate) fn share_document_with(&mut self, before: &Self) {
        self.document.share_with(&before.document);
    }
}

/// Appends a text as it must be within quotes in JSON, since paths may contain quotes.
fn push_escaped(json: &mut String, text: &str) {
    let quoted = serde_json::Value::from(text).to_string();
    json.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyward_names::{AccountId, UserId};

    const TEXT: &str = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::123456789012:user/bob", "*"]},
         "Action": "sts:AssumeRole", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:user/bob"}}},
        {"Effect": "Allow", "Action": "sts:AssumeRole",
         "Principal": {"Service": "ec2.amazonaws.com", "AWS": "arn:aws:iam::210987654321:user/eve"}}]}"#;

    fn user(account: &str) -> UserId {
        UserId::mint(AccountId::parse(account).unwrap(), 1)
    }

    #[test]
    fn principals_are_kept_by_id_and_told_by_the_arn_they_have_now() {
        let (bob, eve) = (user("123456789012"), user("210987654321"));
        let document = Document::parse(TEXT).unwrap();
        let trust = TrustPolicy::new(TEXT, &document, &|arn| match arn {
            "arn:aws:iam::123456789012:user/bob" => {
                Some(NamedPrincipal::Own(PrincipalId::User(bob)))
            }
            "arn:aws:iam::210987654321:user/eve" => {
                Some(NamedPrincipal::Elsewhere(PrincipalId::User(eve)))
            }
            _ => None,
        });
        let kept = trust.document().text();
        assert_eq!(kept.matches(bob.as_str()).count(), 1);
        assert_eq!(kept.matches(eve.as_str()).count(), 1);
        assert_eq!(kept.matches("arn:aws:iam").count(), 1);

        let shown = |bobs_arn: Option<&str>| {
            trust.shown(&|id| {
                let is_bob = id == PrincipalId::User(bob);
                bobs_arn.filter(|_| is_bob).map(str::to_owned)
            })
        };
        assert_eq!(shown(Some("arn:aws:iam::123456789012:user/bob")), TEXT);
        let told = TEXT.replacen("user/bob", r#"user/a\"b/rob"#, 1);
        assert_eq!(
            shown(Some(r#"arn:aws:iam::123456789012:user/a"b/rob"#)),
            told
        );
        let of_nobody = shown(None);
        assert!(
            of_nobody.contains(&format!("[\"{bob}\", \"*\"]")),
            "{of_nobody}"
        );

        let text = serde_json::to_string(&trust).unwrap();
        assert_eq!(serde_json::from_str::<TrustPolicy>(&text).unwrap(), trust);
    }
}
