//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use keyward_names::{AccountId, Network, Timestamp};

/// The longest name of a session.
pub(crate) const SESSION_NAME_LENGTH: usize = 64;

/// Identity and access management for AWS clients, run by yourself.
#[derive(Debug, Parser)]
#[command(name = "keyward", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve for tests and development: nothing to set up, convenient about who calls.
    ///
    /// With --enforce, the root user's key is taken from KEYWARD_ROOT_ACCESS_KEY_ID and
    /// KEYWARD_ROOT_SECRET_ACCESS_KEY, or else made and printed. The root user signs in on the page with the
    /// password of KEYWARD_ROOT_PASSWORD, or, without --enforce, with one that is made and printed.
    Dev(DevArguments),
    /// Make an installation: its store, its master key and its first account.
    Init(InitArguments),
    /// Serve an installation: everything is verified and authorised.
    Serve(ServeArguments),
    /// Hand temporary credentials of a role to programs of this machine, as AWS SDKs ask for them.
    ///
    /// The role is assumed with the credentials of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
    /// AWS_SESSION_TOKEN, or of --credentials-file. The token that programs must know is that of
    /// AWS_CONTAINER_AUTHORIZATION_TOKEN, or else made. What to set for them is printed.
    CredentialsAgent(CredentialsAgentArguments),
    /// Administer accounts.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Administer root users.
    #[command(subcommand)]
    Root(RootCommand),
    /// Say why policies refused a request: which ones were judged, and what of them did not fit.
    ///
    /// Asks the server that runs on the folder. Without a request id its last refusals are listed, the newest
    /// first: time, request id, caller, action and resource.
    Why {
        #[command(flatten)]
        place: InstallationArguments,
        /// The request id, as clients and the log tell it.
        request_id: Option<String>,
    },
    /// Read audit records, whether or not a server runs.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Check request signatures.
    #[command(subcommand)]
    Sigv4(Sigv4Command),
    /// Check policies, and ask what they allow.
    #[command(subcommand)]
    Policy(PolicyCommand),
}

#[derive(Debug, Args)]
pub(crate) struct DevArguments {
    /// Where to listen; port 0 picks a free port.
    #[arg(long, default_value = "127.0.0.1:4566")]
    pub(crate) listen: SocketAddr,
    /// Tell no refusals at the terminal.
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Keep everything in this folder instead of in memory.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The account of callers who do not say another, 12 digits.
    #[arg(long, value_name = "N", default_value = "000000000000", value_parser = account_id)]
    pub(crate) account: AccountId,
    /// Refuse keys that Keyward did not issue.
    #[arg(long)]
    pub(crate) enforce: bool,
    /// Allow to listen on an address that other machines can reach.
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// A name by which the server may be called, beside addresses, `localhost` and AWS's names.
    #[arg(long = "host", value_name = "NAME")]
    pub(crate) hosts: Vec<String>,
    /// Quotas, limits and audit.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where audit records go: `stdout`, `none` or a folder; `none` if not given.
    #[arg(long, value_name = "WHERE")]
    pub(crate) audit: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The folder of the installation's store; made if it does not exist.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Where the master key is written; beside the data folder if not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) master_key_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) account: NewAccountArguments,
}

#[derive(Debug, Args)]
pub(crate) struct NewAccountArguments {
    /// The account's id, 12 digits; random if not given.
    #[arg(long, value_name = "N", value_parser = account_id)]
    pub(crate) account_id: Option<AccountId>,
    /// The account's name.
    #[arg(long, value_name = "NAME")]
    pub(crate) account_name: Option<String>,
    /// The e-mail address that the root user signs in with.
    #[arg(long, value_name = "E")]
    pub(crate) root_email: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) place: InstallationArguments,
    /// Serve a folder that `keyward dev` made, although anybody who reached it then was root.
    #[arg(long)]
    pub(crate) adopt: bool,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4566")]
    pub(crate) listen: SocketAddr,
    /// The certificate chain, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Serve plain HTTP to other machines: a proxy in front does TLS.
    #[arg(long)]
    pub(crate) insecure_http: bool,
    /// A proxy whose X-Forwarded-For is believed.
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    pub(crate) trusted_proxies: Vec<Network>,
    /// Quotas, limits and audit.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where audit records go: `stdout`, `none` or a folder; `audit` in the data folder if not given.
    #[arg(long, value_name = "WHERE")]
    pub(crate) audit: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CredentialsAgentArguments {
    /// The role.
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: String,
    /// Where to listen, on a loopback address; port 0 picks a free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9911")]
    pub(crate) listen: SocketAddr,
    /// The endpoint of STS: https, or http on this machine; that of AWS_ENDPOINT_URL_STS or
    /// AWS_ENDPOINT_URL if not given.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Authorities, PEM, that are trusted beside those of the operating system.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The name of the role's sessions; `keyward-agent-` and the host's name if not given.
    #[arg(long, value_name = "NAME", value_parser = parse_session_name)]
    pub(crate) role_session_name: Option<String>,
    /// How long a session lasts; an hour if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(900..=43_200))]
    pub(crate) duration_seconds: Option<u32>,
    /// The region; that of AWS_REGION, AWS_DEFAULT_REGION or us-east-1 if not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) region: Option<String>,
    /// A file with credentials like ~/.aws/credentials; it is read anew for each session.
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials_file: Option<PathBuf>,
    /// The profile in that file.
    #[arg(
        long,
        value_name = "NAME",
        requires = "credentials_file",
        default_value = "default"
    )]
    pub(crate) profile: String,
    /// Write the token to this file, readable for its owner alone, instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}

/// Where an installation is and how it is opened.
#[derive(Debug, Args)]
pub(crate) struct InstallationArguments {
    /// The folder of the installation's store.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The master key's file, if the key is not in KEYWARD_MASTER_KEY; beside the data folder if
    /// neither is given.
    #[arg(long, value_name = "FILE")]
    pub(crate) master_key_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account and print its root user's credentials.
    Create {
        #[command(flatten)]
        place: InstallationArguments,
        #[command(flatten)]
        account: NewAccountArguments,
    },
    /// List the accounts.
    List {
        #[command(flatten)]
        place: InstallationArguments,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RootCommand {
    /// Give an account's root user a new password and print it.
    ResetPassword {
        #[command(flatten)]
        place: InstallationArguments,
        /// The account's id.
        #[arg(long, value_name = "N", value_parser = account_id)]
        account_id: AccountId,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Print the newest records, oldest of them first, one JSON object a line.
    Tail {
        #[command(flatten)]
        place: AuditPlaces,
        /// How many records.
        #[arg(long, value_name = "N", default_value_t = 10)]
        lines: usize,
        /// Go on with those that come, until stopped.
        #[arg(long)]
        follow: bool,
    },
    /// Print the records that have all the given properties, newest first, one JSON object a line.
    Search {
        #[command(flatten)]
        place: AuditPlaces,
        #[command(flatten)]
        query: Box<AuditQuery>,
    },
}

/// Where audit records are.
#[derive(Debug, Args)]
pub(crate) struct AuditPlaces {
    /// The folder of the installation's store.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The folder of the audit files; `audit` in the data folder if not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) audit: Option<PathBuf>,
}

/// Which audit records are wanted.
#[derive(Debug, Args)]
pub(crate) struct AuditQuery {
    /// The operation, such as CreateUser.
    #[arg(long, value_name = "NAME")]
    pub(crate) event_name: Option<String>,
    /// The caller's user name.
    #[arg(long, value_name = "NAME")]
    pub(crate) user_name: Option<String>,
    /// The key that signed.
    #[arg(long, value_name = "ID")]
    pub(crate) access_key_id: Option<String>,
    /// The service, such as iam.amazonaws.com.
    #[arg(long, value_name = "HOST")]
    pub(crate) event_source: Option<String>,
    /// The account.
    #[arg(long, value_name = "N", value_parser = account_id)]
    pub(crate) account_id: Option<AccountId>,
    /// Not before this time, such as 2026-11-28T07:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub(crate) since: Option<Timestamp>,
    /// Before this time.
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub(crate) until: Option<Timestamp>,
    /// Whether it changes nothing.
    #[arg(long, value_name = "BOOL")]
    pub(crate) read_only: Option<bool>,
    /// The error, such as AccessDenied.
    #[arg(long, value_name = "CODE")]
    pub(crate) error_code: Option<String>,
    /// The one event.
    #[arg(long, value_name = "ID")]
    pub(crate) event_id: Option<String>,
    /// The most records.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Sigv4Command {
    /// Read one JSON object a line and answer one a line: whether the request's signature is right.
    Check {
        /// The file to read; standard input if not given.
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check policies as IAM does when it saves them, and show what is wrong with them.
    ///
    /// The exit code is 0 when all are fine, 1 when one is faulty, 2 when a file can't be read.
    Check {
        /// The policies; `-` is standard input.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// What the policies are for.
        #[arg(long, value_enum, default_value_t = PolicyUse::Identity)]
        kind: PolicyUse,
    },
    /// Read one question a line, as JSON, and answer one a line: what is allowed, and why.
    ///
    /// A question has `principal` (an ARN, an account, a service's name or {"type":"Anonymous"}),
    /// `action` and `resource`, and may have `resourceAccount`, `context` (each key with a value or a
    /// list of them), `identityPolicies`, `permissionsBoundaries`, `sessionPolicies` and
    /// `endpointPolicies` (lists of documents), `resourcePolicy` (a document),
    /// `serviceControlPolicies` and `resourceControlPolicies` (for each level from the root down a list
    /// of documents). A kind that is left out or empty has no say.
    ///
    /// An answer has `decision` (`allowed`, `implicitDeny` or `explicitDeny`), `decidedBy` (the key
    /// whose policies decided), `matchedStatements` (those that decided: `level`, `policy` and
    /// `statement` count from 0, `line` and `column` from 1, in the document as it is written in the
    /// question) and `missingContextKeys`; or `error`, if the line is no question.
    ///
    /// The exit code is 0 when all lines were answered, 1 when one had an error, 2 when the file can't
    /// be read.
    Evaluate {
        /// The file to read; standard input if not given.
        file: Option<PathBuf>,
        /// Answer with a tree for people: what each kind of policy says, and which statements apply.
        #[arg(long)]
        explain: bool,
    },
}

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyUse {
    /// A user, group or role, or a permissions boundary.
    Identity,
    /// A session.
    Session,
    /// Who may assume a role.
    Trust,
    /// A resource other than a role.
    Resource,
    /// The accounts of an organization.
    ServiceControl,
    /// The resources of an organization.
    ResourceControl,
    /// A VPC endpoint.
    Endpoint,
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| error.to_string())
}

fn account_id(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).map_err(|error| error.to_string())
}

/// Reads the name of sessions.
pub(crate) fn parse_session_name(text: &str) -> Result<String, String> {
    let is_right =
        (2..=SESSION_NAME_LENGTH).contains(&text.len()) && text.chars().all(is_of_session_names);
    if is_right {
        Ok(text.to_owned())
    } else {
        Err("not 2 to 64 letters, digits and characters of _+=,.@-".to_owned())
    }
}

/// Whether names of sessions may have a character.
pub(crate) fn is_of_session_names(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter)
}
