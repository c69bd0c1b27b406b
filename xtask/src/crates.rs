//! The map of crates: what each package of the workspace holds and what it is built from.
//!
//! `tidy` checks it against the manifests, and `gen` prints it into `ARCHITECTURE.md` and
//! `docs/conventions.md`, so there is one copy of it. To add a crate, add a row below all that it
//! uses and run `cargo xtask gen`.

/// A package of the workspace. `..Crate::ROW` fills in what most have not.
pub(crate) struct Crate {
    /// The name without what all packages' names begin with.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) holds: &'static str,
    /// What somebody might look for in it, and should not.
    pub(crate) not_in_it: Option<&'static str>,
    /// The packages of the workspace that it is built from. Tests may use more.
    pub(crate) uses: &'static [&'static str],
    /// Whether it does no input or output, reads no clock and is not async.
    pub(crate) is_pure: bool,
}

impl Crate {
    const ROW: Self = Self {
        name: "",
        holds: "",
        not_in_it: None,
        uses: &[],
        is_pure: false,
    };

    /// The row of a package.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        CRATES.iter().find(|row| row.name == name)
    }
}

/// All packages, each below those that it uses.
pub(crate) const CRATES: &[Crate] = &[
    Crate {
        name: "names",
        holds: "the words of IAM: account, ARN, unique id, path, entity name, tag, time, `Secret`; \
                one parse function each",
        not_in_it: Some("a rule that needs to know other things of an account"),
        is_pure: true,
        ..Crate::ROW
    },
    Crate {
        name: "wire",
        holds: "the awsQuery protocol: parameters, XML, the error envelope",
        not_in_it: Some("a word of IAM"),
        is_pure: true,
        ..Crate::ROW
    },
    Crate {
        name: "sigv4",
        holds: "request signatures: checking them, and signing",
        not_in_it: Some("keys and tokens, and whose they are"),
        uses: &["wire"],
        is_pure: true,
    },
    Crate {
        name: "web-identity",
        holds: "web identity tokens: reading and verifying those of others, signing our own",
        not_in_it: Some("providers and roles; fetching keys"),
        uses: &["names"],
        is_pure: true,
    },
    Crate {
        name: "saml",
        holds: "responses of SAML identity providers, read and verified; their metadata",
        not_in_it: Some("providers and roles; signing and decrypting"),
        uses: &["names"],
        is_pure: true,
    },
    Crate {
        name: "api",
        holds: "**generated**: operations, shapes, constraints, fault codes, permissions; decode \
                and encode",
        not_in_it: Some("what an operation does"),
        uses: &["names", "wire"],
        is_pure: true,
    },
    Crate {
        name: "policy",
        holds: "the policy language: parse, check, evaluate, explain; total",
        not_in_it: Some("accounts and operations"),
        is_pure: true,
        ..Crate::ROW
    },
    Crate {
        name: "managed-policies",
        holds: "AWS's managed policies and service-linked roles: data, and finding in it",
        not_in_it: Some("what accounts do with them"),
        uses: &["names", "policy"],
        is_pure: true,
    },
    Crate {
        name: "credentials",
        holds: "passwords and keys: judge, hash, verify, seal, mint",
        not_in_it: Some("a source of time or randomness; rules of accounts"),
        uses: &["names"],
        is_pure: true,
    },
    Crate {
        name: "account",
        holds: "one account: its entities, the immutable `Account` value, changes, records, \
                invariants",
        not_in_it: Some("who may change what"),
        uses: &["names", "policy", "credentials"],
        is_pure: true,
    },
    Crate {
        name: "audit",
        holds: "audit records in CloudTrail's form, and where they go: files, standard output, \
                search",
        not_in_it: Some("operations, and the store's copies of records"),
        uses: &["names"],
        ..Crate::ROW
    },
    Crate {
        name: "store",
        holds: "what a store must do: load, commit, changes, versions; `StoreError`; the suite \
                that every store passes",
        not_in_it: Some("a word of IAM"),
        uses: &["names"],
        ..Crate::ROW
    },
    Crate {
        name: "store-sqlite",
        holds: "the store of a single node: one SQLite file, or memory",
        uses: &["names", "store"],
        ..Crate::ROW
    },
    Crate {
        name: "faults",
        holds: "every refusal: its code, its reason and its text",
        not_in_it: Some("which refusal is due"),
        uses: &[
            "names",
            "web-identity",
            "saml",
            "api",
            "policy",
            "credentials",
            "account",
        ],
        is_pure: true,
    },
    Crate {
        name: "authorization",
        holds: "who asks, what for, under which policies, and the gate that decides; sessions and \
                their tokens",
        not_in_it: Some(
            "evaluating policies; which questions an operation asks; a store or a clock",
        ),
        uses: &[
            "names",
            "api",
            "policy",
            "managed-policies",
            "credentials",
            "account",
            "faults",
        ],
        is_pure: true,
    },
    Crate {
        name: "engine",
        holds: "what runs operations: calls, accounts in memory and their writers, password \
                hashing, the audit trail, last uses, the installation's keys, the clock, \
                the last refusals, who made the store",
        not_in_it: Some("what any operation does"),
        uses: &[
            "names",
            "wire",
            "web-identity",
            "saml",
            "api",
            "policy",
            "credentials",
            "account",
            "audit",
            "store",
            "faults",
            "authorization",
        ],
        ..Crate::ROW
    },
    Crate {
        name: "operations",
        holds: "what each operation does, one file each; the simulator; what the door changes",
        not_in_it: Some("HTTP and signatures; the store"),
        uses: &[
            "names",
            "wire",
            "web-identity",
            "saml",
            "api",
            "policy",
            "managed-policies",
            "credentials",
            "account",
            "faults",
            "authorization",
            "engine",
        ],
        ..Crate::ROW
    },
    Crate {
        name: "inbound",
        holds: "the one way to be called: HTTP connections, accepted within limits, served and \
                drained",
        not_in_it: Some("paths, callers and TLS"),
        ..Crate::ROW
    },
    Crate {
        name: "outbound",
        holds: "the one way to call out: address guard, limits, TLS trust, key sets of identity \
                providers, an endpoint that the operator names",
        not_in_it: Some("reading keys and tokens"),
        uses: &["names"],
        ..Crate::ROW
    },
    Crate {
        name: "agent",
        holds: "the credentials agent: assumes one role and hands its credentials to programs of \
                the machine",
        not_in_it: Some("anything of the server"),
        uses: &["names", "wire", "sigv4", "inbound", "outbound"],
        ..Crate::ROW
    },
    Crate {
        name: "signin",
        holds: "the door for people: sign-in, forced reset, sessions, waits, the pages",
        not_in_it: Some("HTTP: cookies, headers and redirects"),
        uses: &[
            "names",
            "api",
            "credentials",
            "account",
            "audit",
            "faults",
            "authorization",
            "engine",
            "operations",
        ],
        ..Crate::ROW
    },
    Crate {
        name: "server",
        holds: "HTTP, limits, who is calling, routing, cookies",
        not_in_it: Some("what an operation does; the choice of a store"),
        uses: &[
            "names",
            "wire",
            "sigv4",
            "api",
            "credentials",
            "account",
            "store",
            "faults",
            "authorization",
            "engine",
            "operations",
            "inbound",
            "outbound",
            "signin",
        ],
        ..Crate::ROW
    },
    Crate {
        name: "keyward",
        holds: "the program: configuration, choice of store, start, stop, admin and policy \
                commands",
        uses: &[
            "names",
            "sigv4",
            "policy",
            "managed-policies",
            "credentials",
            "audit",
            "store",
            "store-sqlite",
            "authorization",
            "engine",
            "operations",
            "agent",
            "server",
        ],
        ..Crate::ROW
    },
    Crate {
        name: "testkit",
        holds: "tests only: a whole installation in the process, a clock that is told the time, a \
                store that fails when told",
        uses: &[
            "names",
            "wire",
            "api",
            "credentials",
            "account",
            "store",
            "store-sqlite",
            "authorization",
            "engine",
            "operations",
        ],
        ..Crate::ROW
    },
    Crate {
        name: "benches",
        holds: "measurements of the program, run by `cargo xtask bench`",
        uses: &["names", "credentials", "account", "store", "store-sqlite"],
        ..Crate::ROW
    },
    Crate {
        name: "xtask",
        holds: "the project's chores: `cargo xtask`",
        ..Crate::ROW
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crate_stands_below_those_that_it_uses() {
        for (place, row) in CRATES.iter().enumerate() {
            let above = CRATES.get(..place).unwrap();
            for used in row.uses {
                let is_above = above.iter().any(|row| row.name == *used);
                assert!(is_above, "`{}` uses `{used}`", row.name);
            }
        }
    }

    #[test]
    fn pure_crates_use_pure_crates_only() {
        for row in CRATES.iter().filter(|row| row.is_pure) {
            for used in row.uses {
                let used = Crate::find(used).unwrap();
                assert!(used.is_pure, "`{}` uses `{}`", row.name, used.name);
            }
        }
    }
}
