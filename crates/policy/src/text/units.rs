//! The units in which patterns count a text.

/// The units of a text, as patterns count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Units<'a> {
    /// A text of ASCII alone, where a byte is a unit.
    Ascii(&'a [u8]),
    /// Any other text, in UTF-16.
    Wide(&'a [u16]),
}

/// A byte below U+0100 or a unit of UTF-16.
pub(crate) trait Unit: Copy + Default + PartialEq {
    fn widen(self) -> u16;

    /// A unit of this kind; `None` if no text of this kind has it.
    fn from_unit(unit: u16) -> Option<Self>;

    /// A whole text of such units.
    fn units(text: &[Self]) -> Units<'_>;

    /// Whether a text is these units, of which there are as many.
    fn are_narrow(text: &[Self], units: &[u8]) -> bool;
}

impl Unit for u8 {
    fn widen(self) -> u16 {
        u16::from(self)
    }

    fn from_unit(unit: u16) -> Option<Self> {
        Self::try_from(unit).ok()
    }

    fn units(text: &[Self]) -> Units<'_> {
        Units::Ascii(text)
    }

    fn are_narrow(text: &[Self], units: &[u8]) -> bool {
        text == units
    }
}

impl Unit for u16 {
    fn widen(self) -> u16 {
        self
    }

    fn from_unit(unit: u16) -> Option<Self> {
        Some(unit)
    }

    fn units(text: &[Self]) -> Units<'_> {
        Units::Wide(text)
    }

    fn are_narrow(text: &[Self], units: &[u8]) -> bool {
        are_same(text, units)
    }
}

/// Whether a text begins with these units, as far as both go.
pub(crate) fn are_same<T: Unit, P: Unit>(text: &[T], units: &[P]) -> bool {
    let mut pairs = text.iter().zip(units);
    pairs.all(|(one, other)| one.widen() == other.widen())
}
