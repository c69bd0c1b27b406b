//! `keyward policy check`: says whether files are policies, and where they are wrong.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use keyward_policy::{
    GROUP_INLINE_CHARACTERS, MANAGED_POLICY_CHARACTERS, PolicyKind,
    RESOURCE_CONTROL_POLICY_CHARACTERS, ROLE_INLINE_CHARACTERS, SERVICE_CONTROL_POLICY_CHARACTERS,
    SESSION_POLICY_CHARACTERS, TRUST_POLICY_CHARACTERS, USER_INLINE_CHARACTERS, check, position,
    session_policy_size, stored_policy_size,
};

use super::excerpt::{excerpt, showable};
use super::verdict::Verdict;
use crate::arguments::PolicyUse;
use crate::output;

/// The most bytes of a file, many times what any policy may have.
const LARGEST_FILE: usize = 8 * 1024 * 1024;

/// Checks all files and says of each how it is.
pub(super) fn run(files: &[PathBuf], kind: PolicyUse) -> Verdict {
    let mut verdict = Verdict::Fine;
    for file in files {
        let name = if is_standard_input(file) {
            "<stdin>".to_owned()
        } else {
            file.display().to_string()
        };
        match read(file) {
            Ok(text) => {
                let (found, report) = judge(&name, &text, kind);
                output::say(&report);
                verdict = verdict.max(found);
            }
            Err(reason) => {
                output::complain(&format!("keyward: `{name}` can't be read: {reason}"));
                verdict = Verdict::Unreadable;
            }
        }
    }
    verdict
}

/// Whether a text is a policy, and what to say about it.
fn judge(name: &str, text: &str, kind: PolicyUse) -> (Verdict, String) {
    if let Err(fault) = check(policy_kind(kind), text) {
        let at = position(text, fault.span.start);
        let report = format!(
            "{name}:{}:{}: {}\n{}\n  {}",
            at.line,
            at.column,
            showable(&fault.message),
            excerpt(text, &fault.span),
            showable(&fault.reason)
        );
        return (Verdict::Faulty, report);
    }
    let Some((size, limits)) = limits(text, kind) else {
        return (Verdict::Fine, format!("{name}: ok"));
    };
    let told: Vec<String> = limits
        .iter()
        .map(|(limit, of)| format!("{limit}{of}"))
        .collect();
    let told = told.join(", ");
    // What is too large for one use may be right for another.
    if limits.iter().all(|(limit, _)| size > *limit) {
        let report = format!("{name}: too large: {size} characters, at most {told}");
        return (Verdict::Faulty, report);
    }
    (
        Verdict::Fine,
        format!("{name}: ok ({size} characters, at most {told})"),
    )
}

/// A policy's size as it is counted for its kind, and the limits for it with what they are for.
fn limits(text: &str, kind: PolicyUse) -> Option<(usize, Vec<(usize, &'static str)>)> {
    let stored = stored_policy_size(text);
    Some(match kind {
        PolicyUse::Identity => (
            stored,
            vec![
                (MANAGED_POLICY_CHARACTERS, " managed"),
                (USER_INLINE_CHARACTERS, " inline in a user"),
                (GROUP_INLINE_CHARACTERS, " in a group"),
                (ROLE_INLINE_CHARACTERS, " in a role"),
            ],
        ),
        PolicyUse::Session => (
            session_policy_size(text),
            vec![(SESSION_POLICY_CHARACTERS, "")],
        ),
        PolicyUse::Trust => (stored, vec![(TRUST_POLICY_CHARACTERS, "")]),
        PolicyUse::ServiceControl => (stored, vec![(SERVICE_CONTROL_POLICY_CHARACTERS, "")]),
        PolicyUse::ResourceControl => (stored, vec![(RESOURCE_CONTROL_POLICY_CHARACTERS, "")]),
        PolicyUse::Resource | PolicyUse::Endpoint => return None,
    })
}

fn policy_kind(kind: PolicyUse) -> PolicyKind {
    match kind {
        PolicyUse::Identity => PolicyKind::Identity,
        PolicyUse::Session => PolicyKind::Session,
        PolicyUse::Trust => PolicyKind::Trust,
        PolicyUse::Resource => PolicyKind::Resource,
        PolicyUse::ServiceControl => PolicyKind::ServiceControl,
        PolicyUse::ResourceControl => PolicyKind::ResourceControl,
        PolicyUse::Endpoint => PolicyKind::Endpoint,
    }
}

fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn read(file: &Path) -> Result<String, String> {
    let read = |input: &mut dyn Read| -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let most = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX);
        input
            .take(most.saturating_add(1))
            .read_to_end(&mut bytes)
            .map(|_| bytes)
    };
    let bytes = if is_standard_input(file) {
        read(&mut io::stdin().lock())
    } else {
        File::open(file).and_then(|mut file| read(&mut file))
    };
    let bytes = bytes.map_err(|error| error.to_string())?;
    if bytes.len() > LARGEST_FILE {
        return Err(format!("it has more than {LARGEST_FILE} bytes"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("it is not UTF-8 from byte {at} on")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_does_not_reach_the_terminal_as_commands() {
        let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",
            "Resource": "\u001b]0;title\u0007\u202e"}}"#;
        let (verdict, report) = judge("a.json", text, PolicyUse::Identity);
        assert_eq!(verdict, Verdict::Faulty);
        assert!(report.contains("]0;title"), "{report}");
        let is_harmful = |character: char| {
            character != '\n' && (character.is_control() || character == '\u{202e}')
        };
        assert!(!report.contains(is_harmful), "{report:?}");
    }

    #[test]
    fn a_fault_is_told_with_its_place() {
        let text = "{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"Allow\", \
                    \"Action\": \"GetObject\", \"Resource\": \"*\"}}";
        let (verdict, report) = judge("a.json", text, PolicyUse::Identity);
        assert_eq!(verdict, Verdict::Faulty);
        let lines: Vec<&str> = report.lines().collect();
        assert_eq!(
            lines[0],
            "a.json:2:45: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        );
        let [shown, carets] = [lines[1], lines[2]];
        let at = shown.find("\"GetObject\"").unwrap();
        assert_eq!(carets.find('^'), Some(at));
        assert_eq!(carets.matches('^').count(), "\"GetObject\"".len());
        assert!(lines[3].len() > 2);
    }

    #[test]
    fn sizes_are_told_and_judged_by_the_kind() {
        let policy = |id: usize, principal: &str| {
            let id = "x".repeat(id);
            format!(
                r#"{{"Version":"2012-10-17","Id":"{id}","Statement":{{"Effect":"Allow",
                {principal}"Action":"sts:AssumeRole"}}}}"#
            )
        };
        let trust = policy(1000, r#""Principal":{"AWS":"111122223333"},"#);
        let (verdict, report) = judge("a", &trust, PolicyUse::Trust);
        assert_eq!(verdict, Verdict::Fine, "{report}");
        let size = stored_policy_size(&trust);
        assert_eq!(report, format!("a: ok ({size} characters, at most 2048)"));
        let trust = policy(2000, r#""Principal":{"AWS":"111122223333"},"#);
        assert_eq!(judge("a", &trust, PolicyUse::Trust).0, Verdict::Faulty);

        let identity = policy(8000, r#""Resource":"*","#);
        let (verdict, report) = judge("a", &identity, PolicyUse::Identity);
        assert_eq!(verdict, Verdict::Fine);
        assert!(report.contains("6144 managed"), "{report}");
        let identity = policy(11_000, r#""Resource":"*","#);
        assert_eq!(
            judge("a", &identity, PolicyUse::Identity).0,
            Verdict::Faulty
        );
    }
}
