//! The policy simulator: what policies would allow, and which context keys they use.

pub(crate) mod get_context_keys_for_custom_policy;
pub(crate) mod get_context_keys_for_principal_policy;
pub(crate) mod simulate_custom_policy;
pub(crate) mod simulate_principal_policy;

/// A list that may be left out.
fn or_empty<T>(list: Option<&Vec<T>>) -> &[T] {
    list.map_or(&[], Vec::as_slice)
}
