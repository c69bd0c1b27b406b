//! How large policies may be, and how IAM counts.

/// The most characters of a managed policy, white space not counted.
pub const MANAGED_POLICY_CHARACTERS: usize = 6_144;
/// The most characters of all inline policies of one user together, white space not counted.
pub const USER_INLINE_CHARACTERS: usize = 2_048;
/// The most characters of all inline policies of one group together, white space not counted.
pub const GROUP_INLINE_CHARACTERS: usize = 5_120;
/// The most characters of all inline policies of one role together, white space not counted.
pub const ROLE_INLINE_CHARACTERS: usize = 10_240;
/// The most characters of a trust policy, white space not counted.
pub const TRUST_POLICY_CHARACTERS: usize = 2_048;
/// The most characters of the policy given for a session, white space counted.
pub const SESSION_POLICY_CHARACTERS: usize = 2_048;
/// The most characters of a service control policy (documented in 2026).
pub const SERVICE_CONTROL_POLICY_CHARACTERS: usize = 10_240;
/// The most characters of a resource control policy.
pub const RESOURCE_CONTROL_POLICY_CHARACTERS: usize = 5_120;

/// A document's size as quotas of stored policies count it: its characters but for blanks, tabs and
/// ends of lines, also those inside of texts (unsure).
#[must_use]
pub fn stored_policy_size(text: &str) -> usize {
    let counts = |character: &char| !matches!(character, ' ' | '\t' | '\n' | '\r');
    text.chars().filter(counts).count()
}

/// A document's size as the quota of a session's policy counts it: all its characters (unsure).
#[must_use]
pub fn session_policy_size(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_policies_are_counted_without_white_space() {
        let text = "{\r\n\t\"Id\": \"ä b\"\n}";
        assert_eq!(stored_policy_size(text), 11);
        assert_eq!(session_policy_size(text), 17);
        assert_eq!(stored_policy_size(""), 0);
        assert_eq!(stored_policy_size("\u{a0}"), 1);
    }
}
