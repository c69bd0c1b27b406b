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
];

/// Circles that are to be opened. Whoever opens one deletes its entry; none is added.
pub(crate) const NOT_OPENED_YET: &[Known] = &[];
