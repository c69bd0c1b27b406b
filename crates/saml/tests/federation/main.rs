//! An identity provider of the test, whose messages are judged.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accepted;
mod arbitrary;
mod attacks;
mod identity_provider;
mod independent;
mod metadata;
mod private_keys;
mod refused;
