//! Identity providers, and the account as an issuer of tokens.

use keyward_api::FaultCode;
use keyward_names::AccountId;

use super::Fault;

/// What should be the ARN of an identity provider has another form (unsure).
#[must_use]
pub fn invalid_provider_arn(arn: &str) -> Fault {
    Fault::new(FaultCode::InvalidInput, format!("ARN {arn} is not valid."))
}

/// No OpenID Connect provider has this ARN.
#[must_use]
pub fn no_such_oidc_provider(arn: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("OpenIDConnect Provider not found for arn {arn}"),
    )
}

/// The same where one is to be deleted.
#[must_use]
pub fn no_such_oidc_provider_to_delete(arn: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("OpenId connect Provider {arn} cannot be found."),
    )
}

/// There is an OpenID Connect provider at this URL.
#[must_use]
pub fn oidc_provider_already_exists(url: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Provider with url {url} already exists."),
    )
}

/// The URL is not that of an OpenID Connect provider.
#[must_use]
pub fn invalid_oidc_url() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "Invalid Open ID Connect Provider URL",
    )
}

/// The URL of an OpenID Connect provider has a query or a fragment. It was seen without a message.
#[must_use]
pub fn oidc_url_with_query() -> Fault {
    Fault {
        code: FaultCode::InvalidInput,
        message: None,
        reason: None,
        cause: None,
    }
}

/// More thumbprints than a provider may have. Five are accepted, whatever the text says.
#[must_use]
pub fn too_many_thumbprints() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Thumbprint list must contain fewer than 5 entries.",
    )
}

/// Thumbprints would be replaced by none.
#[must_use]
pub fn no_thumbprints() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Thumbprint list must contain at least one entry.",
    )
}

/// The provider could not be asked for its certificates (unsure).
#[must_use]
pub fn oidc_provider_unreachable(url: &str) -> Fault {
    Fault::new(
        FaultCode::OpenIdIdpCommunicationError,
        format!("Unable to communicate with the OpenID Connect provider at {url}."),
    )
}

/// No SAML provider has this ARN.
#[must_use]
pub fn no_such_saml_provider(arn: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Manifest not found for arn {arn}"),
    )
}

/// There is a SAML provider of this name (unsure).
#[must_use]
pub fn saml_provider_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Provider with name {name} already exists."),
    )
}

/// The metadata of a SAML provider is none.
#[must_use]
pub fn unreadable_metadata() -> Fault {
    Fault::new(FaultCode::InvalidInput, "Could not parse metadata")
}

/// The metadata is of someone who issues no assertions.
#[must_use]
pub fn metadata_without_issuer() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "SAML Providers must reference at least one SAML assertion issuer.",
    )
}

/// A private key can't be read (unsure). The key is not quoted.
#[must_use]
pub fn unreadable_private_key() -> Fault {
    Fault::new(FaultCode::InvalidInput, "Invalid private key.")
}

/// A third private key.
#[must_use]
pub fn too_many_private_keys(limit: usize) -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        format!("Private key limit of {limit} is reached."),
    )
}

/// Encryption can't be required: nothing would open the assertions.
#[must_use]
pub fn no_key_for_encryption() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Failed to set assertion encryption mode to Required because no private key is present.",
    )
}

/// A private key can't go: encryption is required and it is the last, or (unsure) it is not there.
#[must_use]
pub fn private_key_not_removed() -> Fault {
    Fault::new(FaultCode::InvalidInput, "Failed to remove private key.")
}

/// A SAML provider is to be updated, and nothing is said of what.
#[must_use]
pub fn nothing_to_update() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "Unable to update identity provider. No updates are defined for metadata or encryption \
         assertion.",
    )
}

/// One request adds a private key and removes one.
#[must_use]
pub fn private_key_added_and_removed() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "Unable to add and remove private keys in the same request. Set a value for only one of the \
         two parameters.",
    )
}

/// The account gives out tokens already.
#[must_use]
pub fn outbound_federation_already_enabled(account: AccountId) -> Fault {
    Fault::new(
        FaultCode::FeatureEnabled,
        format!("Outbound identity federation is already enabled for account {account}"),
    )
}

/// The account gives out no tokens, and is to give out none.
#[must_use]
pub fn outbound_federation_already_disabled(account: AccountId) -> Fault {
    Fault::new(
        FaultCode::FeatureDisabled,
        format!("Outbound identity federation is already disabled for account {account}"),
    )
}

/// The account gives out no tokens.
#[must_use]
pub fn outbound_federation_disabled(account: AccountId) -> Fault {
    Fault::new(
        FaultCode::FeatureDisabled,
        format!("Outbound identity federation is disabled for account {account}"),
    )
}
