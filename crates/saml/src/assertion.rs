//! What a verified assertion says.

use crate::attributes::{self, RolePair};
use crate::context_keys::ContextKey;
use crate::xml::{Element, saml};
use crate::{AssertionError, times};

/// How long after its issue an assertion may be used, in seconds. The service documents it and no
/// recording tests it (unsure).
const MOST_SECONDS_SINCE_ISSUE: i64 = 300;

/// What the formats of SAML 2.0 begin with, which the answer leaves out.
const FORMAT_PREFIX: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// An assertion whose signature was verified, which is complete, and whose time has not passed.
/// Times are in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its id, which its issuer gives only once.
    pub id: String,
    /// When it was issued.
    pub issue_instant: i64,
    /// The entity id of the identity provider.
    pub issuer: String,
    /// The text of the name id.
    pub subject: String,
    /// The format of the name id as it stands there.
    pub name_id_format: String,
    /// The format of the name id as the answer tells it: `persistent`, or another's in full.
    pub subject_type: String,
    /// Whom it was sent to: the audience of the answer.
    pub recipient: String,
    /// Until when its subject may be confirmed.
    pub not_on_or_after: i64,
    /// Until when its conditions hold.
    pub conditions_not_on_or_after: Option<i64>,
    /// When the session at the identity provider ends; the earliest, if it tells of several.
    pub session_not_on_or_after: Option<i64>,
    /// The first second in which it is refused as expired. Whoever remembers used ids may forget
    /// this one then.
    pub expires_at: i64,
    /// The roles, each with the provider through which it may be assumed.
    pub roles: Vec<RolePair>,
    /// The name of the session.
    pub role_session_name: String,
    /// How long the session may last at most, in seconds: 900 to 43 200.
    pub session_duration: Option<i64>,
    /// The source identity of the session.
    pub source_identity: Option<String>,
    /// The keys and values of the session's tags, in their order, each key once.
    pub principal_tags: Vec<(String, String)>,
    /// Which of the tags are passed on when roles are chained.
    pub transitive_tag_keys: Vec<String>,
    /// What else it says about the subject that a trust policy may ask for.
    pub context_keys: Vec<ContextKey>,
}

impl Assertion {
    /// Reads an assertion that was verified.
    pub(crate) fn read(assertion: Element<'_>, now: i64) -> Result<Self, AssertionError> {
        let frame = Frame::read(assertion).ok_or(AssertionError::Malformed)?;
        if frame.expires_at <= now {
            return Err(AssertionError::Expired);
        }
        let attributes = attributes::read(assertion)?;
        let subject_type = frame.name_id_format.strip_prefix(FORMAT_PREFIX);
        Ok(Self {
            subject_type: subject_type.unwrap_or(&frame.name_id_format).to_owned(),
            id: frame.id,
            issue_instant: frame.issue_instant,
            issuer: frame.issuer,
            subject: frame.subject,
            name_id_format: frame.name_id_format,
            recipient: frame.recipient,
            not_on_or_after: frame.not_on_or_after,
            conditions_not_on_or_after: frame.conditions_not_on_or_after,
            session_not_on_or_after: frame.session_not_on_or_after,
            expires_at: frame.expires_at,
            roles: attributes.roles,
            role_session_name: attributes.role_session_name,
            session_duration: attributes.session_duration,
            source_identity: attributes.source_identity,
            principal_tags: attributes.principal_tags,
            transitive_tag_keys: attributes.transitive_tag_keys,
            context_keys: attributes.context_keys,
        })
    }

    /// Whether its issuer grants this role through this provider, both given as ARNs.
    pub fn grants(&self, role_arn: &str, provider_arn: &str) -> Result<(), AssertionError> {
        let is_pair =
            |pair: &RolePair| pair.role_arn == role_arn && pair.provider_arn == provider_arn;
        if self.roles.iter().any(is_pair) {
            return Ok(());
        }
        Err(AssertionError::RoleNotGranted)
    }
}

/// Everything but the attributes.
struct Frame {
    id: String,
    issue_instant: i64,
    issuer: String,
    subject: String,
    name_id_format: String,
    recipient: String,
    not_on_or_after: i64,
    conditions_not_on_or_after: Option<i64>,
    session_not_on_or_after: Option<i64>,
    expires_at: i64,
}

impl Frame {
    /// `None` where something that is required is not there, is there twice or can't be read.
    fn read(assertion: Element<'_>) -> Option<Self> {
        if assertion.attribute("Version") != Some("2.0") {
            return None;
        }
        let subject = assertion.only_child(saml("Subject"))?;
        let name_id = subject.only_child(saml("NameID"))?;
        let confirmation = subject
            .only_child(saml("SubjectConfirmation"))
            .filter(|confirmation| confirmation.attribute("Method") == Some(BEARER))?;
        let confirmed = confirmation.only_child(saml("SubjectConfirmationData"))?;
        let conditions = assertion.only_child(saml("Conditions"))?;
        // Both `NotBefore` need only be times: the service accepts an assertion that is not valid
        // yet.
        time(confirmed, "NotBefore")?;
        time(conditions, "NotBefore")?;
        let issue_instant = time(assertion, "IssueInstant")??;
        let not_on_or_after = time(confirmed, "NotOnOrAfter")??;
        let conditions_not_on_or_after = time(conditions, "NotOnOrAfter")?;
        let session_not_on_or_after = end_of_sessions(assertion)?;
        let expires_at = [conditions_not_on_or_after, session_not_on_or_after]
            .into_iter()
            .flatten()
            .chain([issue_instant.saturating_add(MOST_SECONDS_SINCE_ISSUE)])
            .fold(not_on_or_after, i64::min);
        Some(Self {
            id: assertion.attribute("ID")?.to_owned(),
            issuer: assertion
                .only_child(saml("Issuer"))?
                .text()?
                .trim()
                .to_owned(),
            subject: name_id.text()?,
            name_id_format: name_id.attribute("Format")?.to_owned(),
            recipient: confirmed.attribute("Recipient")?.to_owned(),
            issue_instant,
            not_on_or_after,
            conditions_not_on_or_after,
            session_not_on_or_after,
            expires_at,
        })
    }
}

/// The earliest end of a session that is told. There must be one statement at least.
fn end_of_sessions(assertion: Element<'_>) -> Option<Option<i64>> {
    let mut statements = assertion.children_named(saml("AuthnStatement")).peekable();
    statements.peek()?;
    let ends: Option<Vec<_>> = statements
        .map(|statement| time(statement, "SessionNotOnOrAfter"))
        .collect();
    Some(ends?.into_iter().flatten().min())
}

/// The time in an attribute: `Some(None)` where it is not there, `None` where it is not a time.
fn time(element: Element<'_>, attribute: &str) -> Option<Option<i64>> {
    match element.attribute(attribute) {
        None => Some(None),
        Some(text) => times::parse(text).map(Some),
    }
}
