//! The attributes of an assertion that the service gives a meaning.

use crate::AssertionError;
use crate::context_keys::{self, Attribute, ContextKey};
use crate::xml::{Element, saml};

/// What the names of the service's own attributes begin with.
const PREFIX: &str = "https://aws.amazon.com/SAML/Attributes/";

/// A role that may be assumed, and the provider through which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePair {
    /// The ARN of the role.
    pub role_arn: String,
    /// The ARN of the SAML provider.
    pub provider_arn: String,
}

/// What the attributes say.
pub(crate) struct ReadAttributes {
    pub(crate) roles: Vec<RolePair>,
    pub(crate) role_session_name: String,
    pub(crate) session_duration: Option<i64>,
    pub(crate) source_identity: Option<String>,
    pub(crate) principal_tags: Vec<(String, String)>,
    pub(crate) transitive_tag_keys: Vec<String>,
    pub(crate) context_keys: Vec<ContextKey>,
}

/// Reads all attributes. Names are told apart by case, as the service does.
pub(crate) fn read(assertion: Element<'_>) -> Result<ReadAttributes, AssertionError> {
    let all = collect(assertion);
    let own = |name: &str| {
        let found = all
            .iter()
            .find(|attribute| attribute.name.strip_prefix(PREFIX) == Some(name));
        found.map_or(&[][..], |attribute| attribute.values.as_slice())
    };
    let trimmed = |values: &[String]| -> Vec<String> {
        values.iter().map(|value| value.trim().to_owned()).collect()
    };
    Ok(ReadAttributes {
        roles: own("Role").iter().filter_map(|value| pair(value)).collect(),
        role_session_name: role_session_name(own("RoleSessionName"))?,
        session_duration: session_duration(own("SessionDuration"))?,
        source_identity: source_identity(own("SourceIdentity"))?,
        principal_tags: principal_tags(&all)?,
        transitive_tag_keys: trimmed(own("TransitiveTagKeys")),
        context_keys: context_keys::from_attributes(&all),
    })
}

/// The attributes in their order. One that is told twice has the values of both.
fn collect(assertion: Element<'_>) -> Vec<Attribute<'_>> {
    let mut all: Vec<Attribute<'_>> = Vec::new();
    for attribute in assertion
        .children_named(saml("AttributeStatement"))
        .flat_map(|statement| statement.children_named(saml("Attribute")))
    {
        let Some(name) = attribute.attribute("Name") else {
            continue;
        };
        let values = attribute
            .children_named(saml("AttributeValue"))
            .filter_map(value);
        match all.iter_mut().find(|known| known.name == name) {
            Some(known) => known.values.extend(values),
            None => all.push(Attribute {
                name,
                values: values.collect(),
            }),
        }
    }
    all
}

/// The text of a value, or of the one name id that is in it: `eduPersonTargetedID` has that form.
/// A value of any other form is passed over.
fn value(value: Element<'_>) -> Option<String> {
    value
        .text()
        .or_else(|| value.only_child(saml("NameID"))?.text())
}

/// The two ARNs of a value, in either order. The comma between them is the one that an ARN follows:
/// names may have commas, and have no colons.
fn pair(value: &str) -> Option<RolePair> {
    let commas = value.match_indices(',');
    let mut halves = commas.filter_map(|(place, comma)| {
        let (first, second) = value.split_at_checked(place)?;
        Some((first.trim(), second.strip_prefix(comma)?.trim()))
    });
    let (first, second) = halves.find(|(_, second)| second.starts_with("arn:"))?;
    let is_provider = |arn: &str| arn.contains(":saml-provider/");
    let (role_arn, provider_arn) = match (is_provider(first), is_provider(second)) {
        (false, true) => (first, second),
        (true, false) => (second, first),
        (true, true) | (false, false) => return None,
    };
    Some(RolePair {
        role_arn: role_arn.to_owned(),
        provider_arn: provider_arn.to_owned(),
    })
}

fn role_session_name(values: &[String]) -> Result<String, AssertionError> {
    match values {
        [] => Err(AssertionError::RoleSessionNameMissing),
        [name] if is_session_word(name.trim()) => Ok(name.trim().to_owned()),
        _ => Err(AssertionError::RoleSessionNameForm),
    }
}

fn source_identity(values: &[String]) -> Result<Option<String>, AssertionError> {
    match values {
        [] => Ok(None),
        [name] if is_session_word(name.trim()) => Ok(Some(name.trim().to_owned())),
        _ => Err(AssertionError::SourceIdentityForm),
    }
}

/// Two to 64 characters of those that names of sessions have. No colon is among them, so that none
/// can begin with `aws:`.
fn is_session_word(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'+' | b'=' | b',' | b'.' | b'@' | b'-')
        })
}

fn session_duration(values: &[String]) -> Result<Option<i64>, AssertionError> {
    let read = match values {
        [] => return Ok(None),
        [seconds] => seconds.trim().parse().ok(),
        _ => None,
    };
    read.filter(|seconds| (900..=43_200).contains(seconds))
        .map(Some)
        .ok_or(AssertionError::SessionDurationForm)
}

fn principal_tags(all: &[Attribute<'_>]) -> Result<Vec<(String, String)>, AssertionError> {
    let keyed = all.iter().filter_map(|attribute| {
        let own = attribute.name.strip_prefix(PREFIX)?;
        Some((own.strip_prefix("PrincipalTag:")?, &attribute.values))
    });
    keyed
        .map(|(key, values)| match values.as_slice() {
            [value] => Ok((key.to_owned(), value.clone())),
            _ => Err(AssertionError::PrincipalTagForm),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::123456789012:role/team/dev";
    const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/idp";

    #[track_caller]
    fn check_pair(value: &str, is_pair: bool) {
        let expected = is_pair.then(|| RolePair {
            role_arn: ROLE.to_owned(),
            provider_arn: PROVIDER.to_owned(),
        });
        assert_eq!(pair(value), expected, "{value}");
    }

    #[test]
    fn a_role_and_its_provider_stand_in_either_order() {
        check_pair(&format!("{ROLE},{PROVIDER}"), true);
        check_pair(&format!("{PROVIDER},{ROLE}"), true);
        check_pair(&format!("\n  {PROVIDER} ,\t{ROLE}\n"), true);
        let named = RolePair {
            role_arn: format!("{ROLE},a,"),
            provider_arn: PROVIDER.to_owned(),
        };
        assert_eq!(pair(&format!("{ROLE},a,,{PROVIDER}")), Some(named.clone()));
        assert_eq!(pair(&format!("{PROVIDER},{ROLE},a,")), Some(named));
        check_pair(ROLE, false);
        check_pair("", false);
        check_pair(&format!("{ROLE},{ROLE}"), false);
        check_pair(&format!("{PROVIDER},{PROVIDER}"), false);
    }

    #[test]
    fn names_of_sessions_have_their_form() {
        let long = "a".repeat(64);
        for name in ["ab", "a_+=,.@-9", long.as_str(), " alice@example.com\n"] {
            assert!(role_session_name(&[name.to_owned()]).is_ok(), "{name}");
        }
        let longer = "a".repeat(65);
        for name in ["", "a", "a b", "aws:x", "é́é", longer.as_str()] {
            let names = [name.to_owned()];
            let refused = role_session_name(&names);
            assert_eq!(refused, Err(AssertionError::RoleSessionNameForm), "{name}");
            let refused = source_identity(&names);
            assert_eq!(refused, Err(AssertionError::SourceIdentityForm), "{name}");
        }
        let missing = role_session_name(&[]);
        assert_eq!(missing, Err(AssertionError::RoleSessionNameMissing));
        let two = ["alice".to_owned(), "bob".to_owned()];
        let refused = role_session_name(&two);
        assert_eq!(refused, Err(AssertionError::RoleSessionNameForm));
        assert_eq!(source_identity(&[]), Ok(None));
    }

    #[test]
    fn durations_are_numbers_within_bounds() {
        let read = |text: &str| session_duration(&[text.to_owned()]);
        assert_eq!(session_duration(&[]), Ok(None));
        assert_eq!(read("900"), Ok(Some(900)));
        assert_eq!(read(" 43200 "), Ok(Some(43_200)));
        for text in ["899", "43201", "", "1e3", "3600.0", "99999999999999999999"] {
            let refused = Err(AssertionError::SessionDurationForm);
            assert_eq!(read(text), refused, "{text}");
        }
    }
}
