//! Turning the services' names into Rust's.

/// `SAMLMetadataDocument` as `saml_metadata_document`.
pub(crate) fn snake_case(name: &str) -> String {
    words(name)
        .iter()
        .map(|word| word.to_lowercase())
        .collect::<Vec<_>>()
        .join("_")
}

/// A field's or module's name: snake case, escaped where Rust keeps the word for itself.
pub(crate) fn field(name: &str) -> String {
    let name = snake_case(name);
    match name.as_str() {
        "type" | "match" | "move" | "ref" | "static" | "use" | "where" => format!("r#{name}"),
        _ => name,
    }
}

/// `userNameType` as `USER_NAME_TYPE`.
pub(crate) fn constant(name: &str) -> String {
    snake_case(name).to_uppercase()
}

/// A shape's name as a type's: `statusType` as `StatusType`.
pub(crate) fn type_name(name: &str) -> String {
    with_first(name, |first| first.to_ascii_uppercase())
}

/// A member's name as violations print it: its first letter lowered, `sAMLMetadataDocument`.
pub(crate) fn violation_field(name: &str) -> String {
    with_first(name, |first| first.to_ascii_lowercase())
}

/// A value of an enumeration as a variant: `SERVICE_LEVEL` as `ServiceLevel`, `aws-managed` as
/// `AwsManaged`.
pub(crate) fn variant(value: &str) -> String {
    value
        .split(|character: char| !character.is_ascii_alphanumeric())
        .map(|part| {
            let is_shouted = part.len() > 1 && !part.chars().any(|c| c.is_ascii_lowercase());
            let part = if is_shouted {
                part.to_lowercase()
            } else {
                part.to_owned()
            };
            type_name(&part)
        })
        .collect()
}

fn with_first(name: &str, change: impl Fn(char) -> char) -> String {
    let mut characters = name.chars();
    characters
        .next()
        .map(change)
        .into_iter()
        .chain(characters)
        .collect()
}

/// The words of a name in camel case; an abbreviation in capitals is one word.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut before = '_';
    for (position, character) in characters.iter().enumerate() {
        let next_is_lower = characters
            .get(position + 1)
            .is_some_and(char::is_ascii_lowercase);
        let begins = before == '_'
            || (character.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_lower));
        if *character == '_' || *character == '-' {
            before = '_';
            continue;
        }
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(*character);
        }
        before = *character;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_single_words() {
        for (name, snake) in [
            ("UserName", "user_name"),
            ("SAMLMetadataDocument", "saml_metadata_document"),
            ("OpenIDConnectProviderArn", "open_id_connect_provider_arn"),
            ("MFADevices", "mfa_devices"),
            ("SSHPublicKeyId", "ssh_public_key_id"),
            ("ClientIDList", "client_id_list"),
            ("QRCodePNG", "qr_code_png"),
            ("Base32StringSeed", "base32_string_seed"),
            ("AssumeRoleWithSAML", "assume_role_with_saml"),
            ("AWSServiceName", "aws_service_name"),
            ("SAMLProviderUUID", "saml_provider_uuid"),
            ("isTruncated", "is_truncated"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
        assert_eq!(field("Type"), "r#type");
    }

    #[test]
    fn violations_lower_the_first_letter_only() {
        assert_eq!(
            violation_field("SAMLMetadataDocument"),
            "sAMLMetadataDocument"
        );
        assert_eq!(violation_field("ClientIDList"), "clientIDList");
    }

    #[test]
    fn values_become_variants() {
        for (value, name) in [
            ("SERVICE_LEVEL", "ServiceLevel"),
            ("aws-managed", "AwsManaged"),
            ("AWSManagedPolicy", "AWSManagedPolicy"),
            ("SSH", "Ssh"),
            ("text/csv", "TextCsv"),
            ("v1Token", "V1Token"),
            ("Active", "Active"),
        ] {
            assert_eq!(variant(value), name);
        }
    }
}
