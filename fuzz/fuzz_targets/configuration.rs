//! The configuration file: never a panic whatever comes; a name that is not known is an error; what is
//! set is what is used, and what is not set is as it is by default.

#![no_main]

// The program has no library: its reader is compiled in.
#[expect(dead_code, reason = "no file is read here")]
#[path = "../../crates/keyward/src/configuration.rs"]
mod configuration;

use configuration::Configuration;
use keyward_audit::{Destination, SinkOptions};
use keyward_names::AccountId;
use keyward_server::Limits;
use libfuzzer_sys::fuzz_target;
use toml::{Table, Value};

const TABLES: [&str; 7] = [
    "quotas",
    "accounts",
    "limits",
    "audit",
    "outbound",
    "token_issuer_base",
    "aws_managed_policies",
];

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let configuration: Configuration = match Configuration::parse(text) {
        Ok(configuration) => configuration,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let table: Table = text.parse().expect("what was read is TOML");
    for name in table.keys() {
        assert!(TABLES.contains(&&**name), "`{name}` is not known");
    }
    check_limits(&configuration, &table);
    check_audit(&configuration, &table);
    check_quotas(&configuration, &table);
    check_issuer_base(&configuration, &table);
    check_outbound(&configuration, &table);
});

fn number(table: &Table, path: [&str; 2]) -> Option<u64> {
    let number = table.get(path[0])?.get(path[1])?.as_integer()?;
    Some(u64::try_from(number).expect("no number is negative"))
}

fn check_limits(configuration: &Configuration, table: &Table) {
    let (limits, usual) = (configuration.limits(), Limits::default());
    let is = |name, value: usize, usual: usize| {
        let set = number(table, ["limits", name]);
        assert_eq!(value as u64, set.unwrap_or(usual as u64), "{name}");
    };
    is("connections", limits.connections, usual.connections);
    is(
        "large_bodies_bytes",
        limits.large_bodies_bytes,
        usual.large_bodies_bytes,
    );
}

fn check_audit(configuration: &Configuration, table: &Table) {
    let days = number(table, ["audit", "keep_changes_days"]).unwrap_or(90);
    let kept = configuration.audit().kept_for().map(|age| age.as_seconds());
    let days = i64::try_from(days).expect("it is a number of 32 bits");
    assert_eq!(kept, (days > 0).then_some(days * 86_400));
    let usual = SinkOptions::new(Destination::StandardOutput);
    let files = usual.files as u64;
    let options = configuration.audit().sink_options(usual);
    assert_eq!(
        options.files as u64,
        number(table, ["audit", "files"]).unwrap_or(files)
    );
    let output = table.get("audit").and_then(|audit| audit.get("output"));
    assert_eq!(
        configuration.audit().output.as_deref(),
        output.and_then(Value::as_str)
    );
}

fn check_quotas(configuration: &Configuration, table: &Table) {
    let quotas = configuration.quotas();
    let accounts = table.get("accounts").and_then(Value::as_table);
    let accounts = accounts.into_iter().flatten();
    for (account, _) in accounts {
        let id = AccountId::parse(account).expect("an account has an id");
        assert!(quotas.others.contains_key(&id));
    }
}

fn check_issuer_base(configuration: &Configuration, table: &Table) {
    let set = table.get("token_issuer_base").and_then(Value::as_str);
    match configuration.token_issuer_base() {
        Ok(base) => {
            assert_eq!(base.as_deref(), set);
            let is_good = |base: &str| {
                let is_local = ["http://localhost", "http://127.0.0.1"]
                    .iter()
                    .any(|start| {
                        let rest = base.strip_prefix(start);
                        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
                    });
                (base.starts_with("https://") || is_local)
                    && !base.contains(['?', '#', '@', ' ', '"', '\n'])
            };
            assert!(base.as_deref().is_none_or(is_good), "{base:?}");
        }
        Err(error) => assert!(error.to_string().starts_with("`token_issuer_base`")),
    }
}

/// The way out, where no file must be read for it.
fn check_outbound(configuration: &Configuration, table: &Table) {
    let Some(outbound) = table.get("outbound").and_then(Value::as_table) else {
        return;
    };
    let is_pinned = outbound.get("pinned_keys").and_then(Value::as_array);
    if outbound.contains_key("certificate_authorities")
        || is_pinned.is_some_and(|all| !all.is_empty())
    {
        return;
    }
    if let Err(error) = configuration.identity_providers() {
        assert!(
            error.to_string().starts_with("`outbound.allow`: `"),
            "{error}"
        );
    }
}
