//! Hashed passwords.
//!
//! A password is kept as an Argon2id digest. What the digest was made with — salt, parameters,
//! pepper — is its [`Recipe`]. All remembered passwords of one login profile share their salt, so a
//! new password is hashed once and compared with all of them.

use std::fmt;
use std::str::FromStr;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use keyward_names::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The random part of a recipe, one for each login profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 16]);

/// What a digest costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashParameters {
    /// Work area in KiB.
    pub memory_kib: u32,
    /// Passes over the work area.
    pub passes: u32,
    /// Lanes, computed one after the other here.
    pub lanes: u32,
}

impl Default for HashParameters {
    /// 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
        }
    }
}

/// Names one of the installation's peppers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PepperId(pub u32);

/// 32 random bytes that take part in every digest and are kept away from them, sealed by the master
/// key: a copy of the records alone allows no guessing.
#[derive(Clone)]
pub struct Pepper {
    /// What verifiers call it.
    pub id: PepperId,
    bytes: Zeroizing<[u8; 32]>,
}

impl Pepper {
    /// A pepper from its bytes.
    #[must_use]
    pub fn new(id: PepperId, bytes: [u8; 32]) -> Self {
        Self {
            id,
            bytes: Zeroizing::new(bytes),
        }
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Pepper({})", self.id.0)
    }
}

/// All that decides a digest apart from the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// The salt.
    pub salt: Salt,
    /// The cost.
    pub parameters: HashParameters,
    /// Which pepper.
    pub pepper: PepperId,
}

/// The work area of one hashing thread, to be used again and again: to allocate it anew costs more
/// than a tenth of a hash.
#[derive(Default)]
pub struct WorkArea(Vec<Block>);

/// What a password comes to under a recipe. Compares in constant time.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Digest {}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Digest(…)")
    }
}

/// Why a text is no verifier or a digest could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// The text is not a PHC string of Argon2id with a key id, a 16-byte salt and a 32-byte digest.
    #[error("not a password verifier")]
    Malformed,
    /// The recipe names another pepper than the one given.
    #[error("the pepper is not the one of the recipe")]
    OtherPepper,
    /// Argon2 does not accept the parameters.
    #[error("the parameters of the hash are out of range")]
    Parameters,
}

impl Recipe {
    /// Hashes a password. Takes about 20 ms with the default parameters: never on a thread that
    /// serves requests.
    pub fn digest(
        &self,
        password: &Secret,
        pepper: &Pepper,
        area: &mut WorkArea,
    ) -> Result<Digest, VerifierError> {
        if pepper.id != self.pepper {
            return Err(VerifierError::OtherPepper);
        }
        let HashParameters {
            memory_kib,
            passes,
            lanes,
        } = self.parameters;
        let parameters = Params::new(memory_kib, passes, lanes, Some(32))
            .map_err(|_| VerifierError::Parameters)?;
        if area.0.len() < parameters.block_count() {
            area.0.resize(parameters.block_count(), Block::new());
        }
        let argon2 = Argon2::new_with_secret(
            pepper.bytes.as_slice(),
            Algorithm::Argon2id,
            Version::V0x13,
            parameters,
        )
        .map_err(|_| VerifierError::Parameters)?;
        let mut digest = [0; 32];
        argon2
            .hash_password_into_with_memory(
                password.expose().as_bytes(),
                &self.salt.0,
                &mut digest,
                &mut area.0,
            )
            .map_err(|_| VerifierError::Parameters)?;
        Ok(Digest(digest))
    }
}

/// A kept password. As text it is a PHC string,
/// `$argon2id$v=19$m=19456,t=2,p=1,keyid=1$<salt>$<digest>`, whose key id names the pepper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verifier {
    /// What the digest was made with.
    pub recipe: Recipe,
    /// The digest.
    pub digest: Digest,
}

impl fmt::Display for Verifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Recipe {
            salt,
            parameters,
            pepper,
        } = self.recipe;
        write!(
            formatter,
            "$argon2id$v=19$m={},t={},p={},keyid={}${}${}",
            parameters.memory_kib,
            parameters.passes,
            parameters.lanes,
            pepper.0,
            STANDARD_NO_PAD.encode(salt.0),
            STANDARD_NO_PAD.encode(self.digest.0),
        )
    }
}

impl FromStr for Verifier {
    type Err = VerifierError;

    fn from_str(text: &str) -> Result<Self, VerifierError> {
        read_phc(text).ok_or(VerifierError::Malformed)
    }
}

fn read_phc(text: &str) -> Option<Verifier> {
    let mut fields = text.strip_prefix("$argon2id$v=19$")?.split('$');
    let (parameters, salt, digest) = (fields.next()?, fields.next()?, fields.next()?);
    if fields.next().is_some() {
        return None;
    }
    let mut parameters = parameters.split(',');
    let mut number = |name: &str| {
        parameters
            .next()?
            .strip_prefix(name)?
            .strip_prefix('=')?
            .parse::<u32>()
            .ok()
    };
    let parameters_of_hash = HashParameters {
        memory_kib: number("m")?,
        passes: number("t")?,
        lanes: number("p")?,
    };
    let pepper = PepperId(number("keyid")?);
    Some(Verifier {
        recipe: Recipe {
            salt: Salt(bytes(salt)?),
            parameters: parameters_of_hash,
            pepper,
        },
        digest: Digest(bytes(digest)?),
    })
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut buffer = [0; N];
    let read = STANDARD_NO_PAD.decode_slice(text, &mut buffer).ok()?;
    (read == N).then_some(buffer)
}

impl Serialize for Verifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Verifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: HashParameters = HashParameters {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };

    fn recipe(salt: u8, pepper: u32) -> Recipe {
        Recipe {
            salt: Salt([salt; 16]),
            parameters: CHEAP,
            pepper: PepperId(pepper),
        }
    }

    fn digest(recipe: Recipe, password: &str, pepper: u8) -> Digest {
        let pepper = Pepper::new(PepperId(1), [pepper; 32]);
        recipe
            .digest(&Secret::new(password), &pepper, &mut WorkArea::default())
            .unwrap()
    }

    #[test]
    fn password_salt_and_pepper_all_count() {
        let right = digest(recipe(1, 1), "secret", 1);
        assert_eq!(right, digest(recipe(1, 1), "secret", 1));
        assert_ne!(right, digest(recipe(1, 1), "Secret", 1));
        assert_ne!(right, digest(recipe(2, 1), "secret", 1));
        assert_ne!(right, digest(recipe(1, 1), "secret", 2));
    }

    #[test]
    fn a_larger_work_area_changes_nothing() {
        let pepper = Pepper::new(PepperId(1), [1; 32]);
        let mut area = WorkArea::default();
        let larger = Recipe {
            parameters: HashParameters {
                memory_kib: 64,
                ..CHEAP
            },
            ..recipe(1, 1)
        };
        larger
            .digest(&Secret::new("x"), &pepper, &mut area)
            .unwrap();
        let again = recipe(1, 1)
            .digest(&Secret::new("secret"), &pepper, &mut area)
            .unwrap();
        assert_eq!(again, digest(recipe(1, 1), "secret", 1));
    }

    #[test]
    fn a_digest_needs_the_pepper_that_its_recipe_names() {
        let pepper = Pepper::new(PepperId(2), [1; 32]);
        let made = recipe(1, 1).digest(&Secret::new("x"), &pepper, &mut WorkArea::default());
        assert_eq!(made, Err(VerifierError::OtherPepper));
    }

    #[test]
    fn a_verifier_reads_back_from_its_text() {
        let verifier = Verifier {
            recipe: recipe(7, 1),
            digest: digest(recipe(7, 1), "secret", 1),
        };
        let text = verifier.to_string();
        assert!(
            text.starts_with("$argon2id$v=19$m=8,t=1,p=1,keyid=1$"),
            "{text}"
        );
        assert_eq!(text.parse(), Ok(verifier));
        for broken in [
            "",
            "$argon2i$v=19$m=8,t=1,p=1,keyid=1$AA$AA",
            text.get(..text.len() - 1).unwrap(),
            &format!("{text}$"),
        ] {
            assert_eq!(
                broken.parse::<Verifier>(),
                Err(VerifierError::Malformed),
                "{broken}"
            );
        }
    }

    #[test]
    fn the_digest_is_plain_argon2id_of_the_reference_with_the_pepper_as_its_secret() {
        // Computed with the reference implementation's own test vector inputs would need its odd
        // lengths; so the library is called directly here, as an outsider would call it.
        let mut expected = [0; 32];
        Argon2::new_with_secret(
            &[3; 32],
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8, 1, 1, None).unwrap(),
        )
        .unwrap()
        .hash_password_into(b"secret", &[9; 16], &mut expected)
        .unwrap();
        assert_eq!(digest(recipe(9, 1), "secret", 3), Digest(expected));
    }
}
