//! The circles of files that are there.

/// A circle, and why it may be.
pub(crate) struct Known {
    /// The folder of the package.
    pub(crate) package: &'static str,
    /// All files of the circle, by their places below `src`.
    pub(crate) files: &'static [&'static str],
    pub(crate) reason: &'static str,
}

/// Circles that do no harm. One that is gone must go from here too.
pub(crate) const HARMLESS: &[Known] = &[
    Known {
        package: "crates/keyward",
        files: &["policy/check.rs", "policy/evaluate.rs", "policy.rs"],
        reason: "both commands answer with the `Verdict` of their parent, which runs them",
    },
    Known {
        package: "crates/agent",
        files: &["agent.rs", "guard.rs"],
        reason: "the guard compares with the one path that the agent answers",
    },
    Known {
        package: "crates/api",
        files: &[
            "generated/faults.rs",
            "generated/iam_entities.rs",
            "generated/iam_enums.rs",
            "generated/iam_inputs.rs",
            "generated/operations.rs",
            "generated/sts_entities.rs",
            "generated/sts_inputs.rs",
            "operation.rs",
            "reader.rs",
            "recorded.rs",
        ],
        reason: "what is generated names `Service` and `Input`, and an operation names what is generated",
    },
    Known {
        package: "crates/audit",
        files: &["rotation.rs", "sink.rs"],
        reason: "rotation is one of the sink's outputs",
    },
    Known {
        package: "crates/managed-policies",
        files: &["index.rs", "policy.rs"],
        reason: "a policy is made from its entry in the index, and the index knows its versions",
    },
    Known {
        package: "crates/operations",
        files: &[
            "simulator/answer.rs",
            "simulator/judge.rs",
            "simulator/parties.rs",
            "simulator/source.rs",
            "simulator.rs",
        ],
        reason: "the parts of a simulation name the simulation and its resources",
    },
    Known {
        package: "crates/policy",
        files: &[
            "check/elements.rs",
            "check/identity.rs",
            "check/literals.rs",
            "check/organizations.rs",
            "check/principals.rs",
            "check/resource.rs",
            "check/resource_names.rs",
            "check/simulated.rs",
            "check/trust/shared_issuers.rs",
            "check/trust.rs",
            "check.rs",
        ],
        reason: "all parts of the check name its fault, `PolicyFault`",
    },
    Known {
        package: "crates/policy",
        files: &[
            "compiled/condition.rs",
            "compiled/index.rs",
            "compiled/principals.rs",
            "compiled.rs",
        ],
        reason: "the parts of a compiled policy name its `Effect`",
    },
    Known {
        package: "crates/saml",
        files: &["attributes.rs", "context_keys.rs"],
        reason: "context keys are read from attributes, which keep them",
    },
    Known {
        package: "crates/sigv4",
        files: &["canonical.rs", "error.rs", "form.rs", "presented.rs"],
        reason: "an error names two constants of the form and of the times",
    },
    Known {
        package: "crates/store",
        files: &[
            "contract/audit.rs",
            "contract/commits.rs",
            "contract/loads.rs",
            "contract/logs.rs",
            "contract/names.rs",
            "contract/uses.rs",
            "contract.rs",
        ],
        reason: "the parts of the suite name the words of their parent, which runs them",
    },
    Known {
        package: "crates/web-identity",
        files: &["certificate.rs", "key_set.rs"],
        reason: "a key set asks whether a certificate is for one of its keys",
    },
    Known {
        package: "crates/web-identity",
        files: &["claims.rs", "token.rs"],
        reason: "a token has its claims judged by what its caller expects, `Expected`",
    },
];

/// Circles that are to be opened. Whoever opens one deletes its entry; none is added.
pub(crate) const NOT_OPENED_YET: &[Known] = &[
    Known {
        package: "crates/keyward",
        files: &[
            "administration.rs",
            "arguments.rs",
            "credentials_agent.rs",
            "init.rs",
            "stop.rs",
        ],
        reason: "not opened yet",
    },
    Known {
        package: "crates/account",
        files: &[
            "account.rs",
            "directory.rs",
            "entities.rs",
            "rights.rs",
            "trust_policy.rs",
        ],
        reason: "not opened yet",
    },
    Known {
        package: "crates/operations",
        files: &["accounts.rs", "writer.rs"],
        reason: "not opened yet",
    },
    Known {
        package: "crates/operations",
        files: &[
            "audit.rs",
            "call.rs",
            "caller.rs",
            "context_keys.rs",
            "gate.rs",
            "installation.rs",
            "keys.rs",
            "resource.rs",
            "sessions/keys.rs",
            "sessions/policies.rs",
            "sessions/session.rs",
            "sessions/token.rs",
            "uses.rs",
        ],
        reason: "not opened yet",
    },
    Known {
        package: "crates/operations",
        files: &["dispatch.rs", "generated/table.rs"],
        reason: "not opened yet",
    },
    Known {
        package: "crates/policy",
        files: &[
            "pattern/chunk.rs",
            "pattern/lanes.rs",
            "pattern/memo.rs",
            "pattern/needle.rs",
            "pattern/template.rs",
            "pattern.rs",
            "request/context.rs",
        ],
        reason: "not opened yet",
    },
    Known {
        package: "crates/server",
        files: &[
            "guard.rs",
            "issuer.rs",
            "pages/cookies.rs",
            "pages.rs",
            "route.rs",
        ],
        reason: "not opened yet",
    },
    Known {
        package: "crates/signin",
        files: &[
            "audit.rs",
            "browsers.rs",
            "door.rs",
            "lanes.rs",
            "sessions.rs",
        ],
        reason: "not opened yet",
    },
    Known {
        package: "crates/store-sqlite",
        files: &["apply.rs", "pending.rs"],
        reason: "not opened yet",
    },
    Known {
        package: "crates/store-sqlite",
        files: &[
            "checkpoint.rs",
            "database.rs",
            "lib.rs",
            "lookups.rs",
            "reader.rs",
            "writer.rs",
        ],
        reason: "not opened yet",
    },
];
