//! Where the agent's own credentials come from.

use std::path::{Path, PathBuf};

use keyward_names::Secret;
use zeroize::Zeroizing;

use crate::KeyPair;

/// Where the agent's own credentials come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// They were given at start.
    Given(KeyPair),
    /// A profile of a file in the form of `~/.aws/credentials`. It is read whenever it is needed, so
    /// that keys may be replaced while the agent runs.
    File {
        /// The file.
        path: PathBuf,
        /// The profile's name.
        profile: String,
    },
}

/// Credentials that can't be had. No text of it tells one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The file can't be read, or is not text.
    #[error("the credentials file `{}` can't be read", .0.display())]
    Unreadable(PathBuf),
    /// There is no such profile in it.
    #[error("the credentials file has no profile `{0}`")]
    NoProfile(String),
    /// Something is missing in the profile.
    #[error("the profile `{profile}` of the credentials file has no `{name}`")]
    Missing {
        /// The profile.
        profile: String,
        /// What is missing.
        name: &'static str,
    },
}

impl Source {
    /// The credentials as they are now.
    pub fn read(&self) -> Result<KeyPair, SourceError> {
        match self {
            Self::Given(keys) => Ok(keys.clone()),
            Self::File { path, profile } => {
                let text = Zeroizing::new(read(path)?);
                find(&text, profile)
            }
        }
    }
}

fn read(path: &Path) -> Result<String, SourceError> {
    std::fs::read_to_string(path).map_err(|_| SourceError::Unreadable(path.to_owned()))
}

/// Finds a profile: a section in brackets with lines `name = value`. A line that begins with `#` or
/// `;` is a comment, and so is what follows such a sign after a blank.
fn find(text: &str, profile: &str) -> Result<KeyPair, SourceError> {
    let (mut is_there, mut is_in) = (false, false);
    let (mut id, mut secret, mut token) = (None, None, None);
    for line in text.lines() {
        let line = without_comment(line).trim();
        if let Some(section) = line.strip_prefix('[') {
            is_in = section.strip_suffix(']').map(str::trim) == Some(profile);
            is_there |= is_in;
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| is_in) else {
            continue;
        };
        let value = Some(value.trim()).filter(|value| !value.is_empty());
        match name.trim().to_ascii_lowercase().as_str() {
            "aws_access_key_id" => id = value,
            "aws_secret_access_key" => secret = value,
            "aws_session_token" => token = value,
            _ => {}
        }
    }
    if !is_there {
        return Err(SourceError::NoProfile(profile.to_owned()));
    }
    let missing = |name| SourceError::Missing {
        profile: profile.to_owned(),
        name,
    };
    Ok(KeyPair {
        access_key_id: id.ok_or_else(|| missing("aws_access_key_id"))?.to_owned(),
        secret_access_key: Secret::new(secret.ok_or_else(|| missing("aws_secret_access_key"))?),
        session_token: token.map(Secret::new),
    })
}

fn without_comment(line: &str) -> &str {
    let is_sign = |sign: char| matches!(sign, '#' | ';');
    if line.trim_start().starts_with(is_sign) {
        return "";
    }
    let ends = [" #", " ;", "\t#", "\t;"];
    let parts = ends.iter().filter_map(|end| line.split_once(end));
    parts
        .map(|(before, _)| before)
        .min_by_key(|before| before.len())
        .unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# the root of all
[default]
aws_access_key_id = AKIDDEFAULT
aws_secret_access_key=secret/with=signs+ ; old
region = eu-west-1

[ other ]
AWS_ACCESS_KEY_ID = AKIDOTHER # ours
aws_secret_access_key = other
;aws_session_token = old
aws_session_token = token==
[half]
aws_access_key_id = AKIDHALF
aws_secret_access_key =
";

    fn found(profile: &str) -> (String, String, Option<String>) {
        let keys = find(FILE, profile).unwrap();
        let token = keys.session_token.map(|token| token.expose().to_owned());
        let secret = keys.secret_access_key.expose().to_owned();
        (keys.access_key_id, secret, token)
    }

    #[test]
    fn a_profile_is_found() {
        let secret = "secret/with=signs+";
        assert_eq!(
            found("default"),
            ("AKIDDEFAULT".into(), secret.into(), None)
        );
        let token = Some("token==".to_owned());
        assert_eq!(found("other"), ("AKIDOTHER".into(), "other".into(), token));
    }

    #[test]
    fn what_is_missing_is_told_and_nothing_else() {
        let told = |profile| find(FILE, profile).unwrap_err().to_string();
        assert_eq!(told("none"), "the credentials file has no profile `none`");
        assert_eq!(
            told("half"),
            "the profile `half` of the credentials file has no `aws_secret_access_key`"
        );
    }

    #[test]
    fn a_file_is_read_anew_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        let source = Source::File {
            path: path.clone(),
            profile: "default".to_owned(),
        };
        assert_eq!(
            source.read().unwrap_err(),
            SourceError::Unreadable(path.clone())
        );
        for id in ["AKIDONE", "AKIDTWO"] {
            let text = format!("[default]\naws_access_key_id={id}\naws_secret_access_key=s\n");
            std::fs::write(&path, text).unwrap();
            assert_eq!(source.read().unwrap().access_key_id, id);
        }
    }
}
