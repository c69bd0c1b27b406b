//! Who a verified token speaks of.

use std::collections::BTreeMap;

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIdentity {
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `sub`, a number as its text. It may be empty and has no limit but the token's.
    pub subject: String,
    /// Who asked for the token: `azp` where it is there, else `aud`. It is a registered client id.
    pub audience: String,
    /// The claim `aud`, or the first text in it. It is missing only where `azp` stands in for it,
    /// as `aud` may then be anything.
    pub aud_claim: Option<String>,
    /// The claim `azp`.
    pub azp: Option<String>,
    /// The texts of the claim `amr`: how the person was authenticated.
    pub amr: Vec<String>,
    /// The source identity that the session is to have.
    pub source_identity: Option<String>,
    /// The tags that the session is to have, in the token's words: keys and values are not checked,
    /// and a key may be there twice.
    pub principal_tags: Vec<(String, String)>,
    /// Which of the tags go on to further sessions, not checked either.
    pub transitive_tag_keys: Vec<String>,
    /// Whether the token names the role in a list of roles; `false` where it has no list.
    pub is_role_authorized: bool,
    /// All claims that are neither used above nor AWS's own, and that have a form that a condition
    /// can ask for. None is left out to save room: a condition that asks for a missing claim may be
    /// true, and the limit of the token bounds them all.
    pub claims: BTreeMap<String, ClaimValue>,
}

/// A claim that a condition can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimValue {
    /// A text; a number or a truth value as its text.
    One(String),
    /// A list of texts.
    Several(Vec<String>),
}
