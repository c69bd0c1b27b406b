//! `keyward credentials-agent`: hands temporary credentials of a role to programs of this machine.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use keyward_agent::{
    Agent, AgentOptions, AuthorizationToken, Endpoint, KeyPair, Role, Source, Stopped,
};
use keyward_engine::{Clock, random};
use keyward_names::Secret;

use crate::arguments::{CredentialsAgentArguments, SESSION_NAME_LENGTH, is_of_session_names};
use crate::output::say;
use crate::stop;

const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

/// Hands credentials out until told to stop.
pub(crate) async fn run(arguments: CredentialsAgentArguments) -> anyhow::Result<()> {
    let listen = arguments.listen;
    let token_file = arguments.token_file.clone();
    let (token, is_made) = token()?;
    let role = role(arguments)?;
    // What can't work at all shows now rather than when somebody asks.
    role.source.read()?;
    let options = AgentOptions {
        role,
        token: token.clone(),
        clock: Box::new(Clock::real_now),
    };
    let agent = Agent::bind(listen, options)
        .await
        .with_context(|| format!("can't listen on {listen}"))?;
    let signals = stop::Signals::listen()?;
    let url = agent.url();
    say(&format!("export {URI}={url}"));
    if let Some(file) = token_file {
        let file = std::path::absolute(&file)?;
        write(&file, &token)
            .with_context(|| format!("the token could not be written to `{}`", file.display()))?;
        say(&format!("export {TOKEN_FILE}={}", quoted(&file)));
    } else if is_made {
        say(&format!("export {TOKEN}={}", token.expose()));
    }
    say(&format!("keyward credentials-agent ready on {url}"));
    match agent.run(signals.told()).await {
        Stopped::Drained => tracing::info!("stopped: every request was answered"),
        Stopped::CutOff => tracing::warn!("stopped: some requests were cut off"),
    }
    Ok(())
}

fn role(arguments: CredentialsAgentArguments) -> anyhow::Result<Role> {
    let source = match arguments.credentials_file {
        Some(path) => Source::File {
            path,
            profile: arguments.profile,
        },
        None => Source::Given(keys_of_environment()?),
    };
    let url = arguments
        .endpoint
        .or_else(|| variable("AWS_ENDPOINT_URL_STS"))
        .or_else(|| variable("AWS_ENDPOINT_URL"))
        .ok_or_else(|| anyhow!("no endpoint: give --endpoint, or set AWS_ENDPOINT_URL_STS"))?;
    let authorities = match &arguments.ca {
        Some(file) => {
            let read = std::fs::read(file);
            Some(read.with_context(|| format!("`{}` can't be read", file.display()))?)
        }
        None => None,
    };
    let endpoint = Endpoint::new(&url, authorities.as_deref())
        .with_context(|| format!("the endpoint `{url}` can't be used"))?;
    let region = arguments
        .region
        .or_else(|| variable("AWS_REGION"))
        .or_else(|| variable("AWS_DEFAULT_REGION"));
    let own_name = || session_name(&rustix::system::uname().nodename().to_string_lossy());
    Ok(Role {
        endpoint,
        region: region.unwrap_or_else(|| "us-east-1".to_owned()),
        arn: arguments.role_arn,
        session_name: arguments.role_session_name.unwrap_or_else(own_name),
        duration_seconds: arguments.duration_seconds,
        source,
    })
}

fn keys_of_environment() -> anyhow::Result<KeyPair> {
    let keys = (
        variable("AWS_ACCESS_KEY_ID"),
        variable("AWS_SECRET_ACCESS_KEY"),
    );
    match keys {
        (Some(access_key_id), Some(secret)) => Ok(KeyPair {
            access_key_id,
            secret_access_key: Secret::new(secret),
            session_token: variable("AWS_SESSION_TOKEN").map(Secret::new),
        }),
        (Some(_), None) | (None, Some(_)) | (None, None) => bail!(
            "no credentials to assume the role with: set AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY, or give --credentials-file"
        ),
    }
}

/// The token, and whether it was made, as the environment gives none.
fn token() -> anyhow::Result<(AuthorizationToken, bool)> {
    let given = variable(TOKEN);
    let is_made = given.is_none();
    let text = match given {
        Some(text) => text,
        None => random::<32>()?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    };
    let token = AuthorizationToken::parse(Secret::new(text)).context(TOKEN)?;
    Ok((token, is_made))
}

/// The name of this machine's sessions.
fn session_name(host: &str) -> String {
    let cleaned = host.chars().map(|letter| {
        if is_of_session_names(letter) {
            letter
        } else {
            '-'
        }
    });
    "keyward-agent-"
        .chars()
        .chain(cleaned)
        .take(SESSION_NAME_LENGTH)
        .collect()
}

/// Writes the token's file anew, for its owner alone. SDKs take what it holds as it is: no line ends it.
/// Who reads meanwhile finds the old token or the new one.
fn write(file: &Path, token: &AuthorizationToken) -> anyhow::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(format!(".{:016x}", u64::from_le_bytes(random()?)));
    let beside = PathBuf::from(beside);
    let written = fill(&beside, token).and_then(|()| std::fs::rename(&beside, file));
    if written.is_err() {
        // It is no use, and may not be there at all.
        let _ = std::fs::remove_file(&beside);
    }
    Ok(written?)
}

fn fill(file: &Path, token: &AuthorizationToken) -> std::io::Result<()> {
    let mut opened: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    opened.write_all(token.expose().as_bytes())
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    if text.chars().all(is_plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::arguments::parse_session_name;

    #[test]
    fn a_session_is_named_after_the_host() {
        for (host, name) in [
            ("web-1.example", "keyward-agent-web-1.example"),
            ("a b/é", "keyward-agent-a-b--"),
            ("", "keyward-agent-"),
        ] {
            assert_eq!(session_name(host), name);
            assert!(parse_session_name(&session_name(host)).is_ok());
        }
        assert_eq!(session_name(&"x".repeat(100)).len(), 64);
        for name in ["", "x", "a b", "a/b", "é!", &"x".repeat(65)] {
            assert!(parse_session_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn the_token_is_written_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let token = AuthorizationToken::parse(Secret::new("0123456789abcdef")).unwrap();
        write(&file, &token).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), token.expose());
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write(&folder.path().join("none/token"), &token).is_err());
    }

    #[test]
    fn paths_are_quoted_where_a_shell_would_split_them() {
        assert_eq!(
            quoted(Path::new("/run/keyward.token")),
            "/run/keyward.token"
        );
        assert_eq!(quoted(Path::new("/it's $here")), r"'/it'\''s $here'");
    }
}
