//! Refusals that tests of several resources expect.

/// The user that most tests ask as.
pub(crate) const BOB: &str = "arn:aws:iam::123456789012:user/Bob";

/// That a caller may not do something, with the reason why.
pub(crate) fn denied(caller: &str, action: &str, resource: &str, why: &str) -> String {
    format!(
        "403 AccessDenied: User: {caller} is not authorized to perform: {action} on resource: {resource} {why}"
    )
}

/// That no policy of the caller allows it.
pub(crate) fn not_allowed(caller: &str, action: &str, resource: &str) -> String {
    let why = format!("because no identity-based policy allows the {action} action");
    denied(caller, action, resource, &why)
}
