//! Attributes that trust policies may ask for.

/// An attribute with its values in their order.
pub(crate) struct Attribute<'d> {
    pub(crate) name: &'d str,
    pub(crate) values: Vec<String>,
}

/// A condition key with what the assertion says for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextKey {
    /// The key with its prefix, such as `saml:eduPersonAffiliation`.
    pub name: &'static str,
    /// Whether it has a list of values. If not, there is exactly one value.
    pub is_list: bool,
    /// The values, in their order; never none.
    pub values: Vec<String>,
}

/// Which attribute gives which key. The service maps one attribute to a key and does not say which,
/// if an assertion has several for it: here the first of this table (unsure).
const KEYS: &[(&str, &[&str], bool)] = &[
    (
        "saml:eduPersonAffiliation",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.1"],
        true,
    ),
    (
        "saml:eduPersonNickname",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.2"],
        true,
    ),
    (
        "saml:eduPersonOrgDN",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.3"],
        false,
    ),
    (
        "saml:eduPersonOrgUnitDN",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.4"],
        true,
    ),
    (
        "saml:eduPersonPrimaryAffiliation",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.5"],
        false,
    ),
    (
        "saml:eduPersonPrincipalName",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.6"],
        false,
    ),
    (
        "saml:eduPersonEntitlement",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.7"],
        true,
    ),
    (
        "saml:eduPersonPrimaryOrgUnitDN",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.8"],
        false,
    ),
    (
        "saml:eduPersonScopedAffiliation",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.9"],
        true,
    ),
    (
        "saml:eduPersonTargetedID",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.10"],
        true,
    ),
    (
        "saml:eduPersonAssurance",
        &["urn:oid:1.3.6.1.4.1.5923.1.1.1.11"],
        true,
    ),
    (
        "saml:eduOrgHomePageURI",
        &["urn:oid:1.3.6.1.4.1.5923.1.2.1.2"],
        true,
    ),
    (
        "saml:eduOrgIdentityAuthNPolicyURI",
        &["urn:oid:1.3.6.1.4.1.5923.1.2.1.3"],
        true,
    ),
    (
        "saml:eduOrgLegalName",
        &["urn:oid:1.3.6.1.4.1.5923.1.2.1.4"],
        true,
    ),
    (
        "saml:eduOrgSuperiorURI",
        &["urn:oid:1.3.6.1.4.1.5923.1.2.1.5"],
        true,
    ),
    (
        "saml:eduOrgWhitePagesURI",
        &["urn:oid:1.3.6.1.4.1.5923.1.2.1.6"],
        true,
    ),
    ("saml:cn", &["urn:oid:2.5.4.3"], true),
    (
        "saml:name",
        &["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"],
        false,
    ),
    (
        "saml:commonName",
        &["http://schemas.xmlsoap.org/claims/CommonName", "2.5.4.3"],
        false,
    ),
    // The service's list has two numbers with a slip of the pen, here and below. Both the number as
    // it is printed there and the right one are read.
    (
        "saml:givenName",
        &[
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
            "2.5.4.42",
            "2.4.5.42",
        ],
        false,
    ),
    (
        "saml:surname",
        &[
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
            "2.5.4.4",
        ],
        false,
    ),
    (
        "saml:mail",
        &[
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
            "0.9.2342.19200300.100.1.3",
            "0.9.2342.19200300100.1.3",
        ],
        false,
    ),
    (
        "saml:uid",
        &[
            "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",
            "0.9.2342.19200300.100.1.1",
            "0.9.2342.19200300100.1.1",
        ],
        false,
    ),
    ("saml:x500UniqueIdentifier", &["2.5.4.45"], false),
    (
        "saml:organizationStatus",
        &["0.9.2342.19200300.100.1.45"],
        false,
    ),
];

/// The keys that the attributes give, in the order of the table.
pub(crate) fn from_attributes(all: &[Attribute<'_>]) -> Vec<ContextKey> {
    let values_of = |name: &&str| {
        all.iter()
            .find(|attribute| attribute.name == *name && !attribute.values.is_empty())
            .map(|attribute| attribute.values.as_slice())
    };
    KEYS.iter()
        .filter_map(|(name, attributes, is_list)| {
            let values = attributes.iter().find_map(values_of)?;
            let most = if *is_list { values.len() } else { 1 };
            Some(ContextKey {
                name,
                is_list: *is_list,
                values: values.iter().take(most).cloned().collect(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(attributes: &[(&str, &[&str])], expected: &[(&str, &[&str])]) {
        let all: Vec<_> = attributes
            .iter()
            .map(|(name, values)| Attribute {
                name,
                values: values.iter().map(|value| (*value).to_owned()).collect(),
            })
            .collect();
        let found = from_attributes(&all);
        let found: Vec<_> = found
            .iter()
            .map(|key| (key.name, key.values.clone()))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, values)| (*name, values.iter().map(|v| (*v).to_owned()).collect()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn lists_keep_all_values_and_texts_the_first() {
        check(
            &[
                ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", &["staff", "member"]),
                ("urn:oid:1.3.6.1.4.1.5923.1.1.1.5", &["staff", "member"]),
                ("https://example.com/other", &["x"]),
                ("urn:oid:1.3.6.1.4.1.5923.1.1.1.7", &[]),
            ],
            &[
                ("saml:eduPersonAffiliation", &["staff", "member"]),
                ("saml:eduPersonPrimaryAffiliation", &["staff"]),
            ],
        );
    }

    #[test]
    fn the_common_name_depends_on_how_it_is_told() {
        check(
            &[("2.5.4.3", &["A"]), ("urn:oid:2.5.4.3", &["B", "C"])],
            &[("saml:cn", &["B", "C"]), ("saml:commonName", &["A"])],
        );
        check(
            &[("0.9.2342.19200300.100.1.1", &["alice"])],
            &[("saml:uid", &["alice"])],
        );
    }

    #[test]
    fn no_attribute_gives_two_keys() {
        let mut all: Vec<_> = KEYS.iter().flat_map(|(_, names, _)| *names).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
