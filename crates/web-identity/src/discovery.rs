//! The document by which others find the keys of our tokens.

use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    issuer: &'a str,
    jwks_uri: String,
    id_token_signing_alg_values_supported: [&'a str; 2],
    response_types_supported: [&'a str; 1],
    subject_types_supported: [&'a str; 1],
    claims_supported: [&'a str; 7],
}

/// What is served below an issuer at `/.well-known/openid-configuration`. The keys are told to be at
/// `/.well-known/jwks.json`.
#[must_use]
pub fn discovery_document(issuer: &str) -> String {
    let document = Document {
        issuer,
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        id_token_signing_alg_values_supported: ["RS256", "ES384"],
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        claims_supported: [
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "jti",
            "https://sts.amazonaws.com/",
        ],
    };
    // Texts and lists of texts always have a JSON form.
    serde_json::to_string(&document).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_issuer_and_keys() {
        let document: serde_json::Value =
            serde_json::from_str(&discovery_document("https://id.example.com/x")).unwrap();
        let expected = serde_json::json!({
            "issuer": "https://id.example.com/x",
            "jwks_uri": "https://id.example.com/x/.well-known/jwks.json",
            "id_token_signing_alg_values_supported": ["RS256", "ES384"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "claims_supported":
                ["sub", "iss", "aud", "exp", "iat", "jti", "https://sts.amazonaws.com/"],
        });
        assert_eq!(document, expected);
    }
}
