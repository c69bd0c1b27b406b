//! What a pattern consists of between its stars.

use std::ops::Range;

use super::template::Variable;
use crate::text::Units;

/// The units of all the literal texts of a pattern.
#[derive(Debug)]
pub(super) enum Literals {
    /// All of them below U+0100, as most are.
    Narrow(Box<[u8]>),
    Wide(Box<[u16]>),
}

/// A part of a pattern between its stars.
#[derive(Debug)]
pub(super) enum Atom {
    /// A part of the literals.
    Text(Range<usize>),
    /// So many units, whichever they are.
    Any(usize),
    Variable(Variable),
}

/// A run of units, or of places for any.
pub(super) enum Run<'p> {
    Narrow(&'p [u8]),
    Wide(&'p [u16]),
    Any(usize),
}

impl<'p> Run<'p> {
    pub(super) fn of(units: Units<'p>) -> Self {
        match units {
            Units::Ascii(bytes) => Self::Narrow(bytes),
            Units::Wide(units) => Self::Wide(units),
        }
    }

    pub(super) fn length(&self) -> usize {
        match self {
            Self::Narrow(units) => units.len(),
            Self::Wide(units) => units.len(),
            Self::Any(count) => *count,
        }
    }
}
