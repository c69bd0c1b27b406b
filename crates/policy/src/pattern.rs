//! Patterns with `*`, `?` and policy variables.
//!
//! A pattern is taken apart once, into *chunks* between its stars. A match puts the first chunk at the
//! text's beginning, the last at its end, and each one between as far left as it goes; there is nothing
//! to try again. Nothing is allocated.
//!
//! **Bound.** Looking for a chunk of `k` units in `n` units of text compares each unit of the chunk with
//! 64 places of the text at once, and what was searched for one chunk is not searched again for the
//! next. So a pattern of `m` units (variables count as their values) takes at most `m · (n / 64 + 64)`
//! steps of a few instructions each, whatever its form.
//!
//! `?` is one UTF-16 unit, as at AWS: a character above U+FFFF needs two. Texts of ASCII are matched as
//! bytes, others as UTF-16.

mod arn;
mod template;

use std::ops::Range;

pub(crate) use arn::{ArnPattern, ResourcePattern};
pub(crate) use template::{Piece, Reading, Variable, pieces};

use crate::request::{Context, Units};

/// A pattern, or a text with variables.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// The units of all the literal texts.
    literals: Literals,
    atoms: Box<[Atom]>,
    // INVARIANT: there is at least one; stars stand between them.
    chunks: Box<[ChunkPlan]>,
}

#[derive(Debug)]
struct ChunkPlan {
    atoms: Range<usize>,
    /// How to look for it: all of its units. None of a chunk with variables, whose units aren't known.
    steps: Box<[Step]>,
}

/// A unit of a chunk and how far behind the chunk's beginning it is.
#[derive(Debug, Clone, Copy)]
struct Step {
    offset: usize,
    unit: u16,
}

#[derive(Debug)]
enum Literals {
    /// All of them below U+0100, as most are.
    Narrow(Box<[u8]>),
    Wide(Box<[u16]>),
}

#[derive(Debug)]
enum Atom {
    /// A part of the literals.
    Text(Range<usize>),
    /// So many units, whichever they are.
    Any(usize),
    Variable(Variable),
}

impl Pattern {
    /// Reads a pattern without variables that is compared with a lower-case text.
    pub(crate) fn lower_case(text: &str) -> Self {
        Self::new(pieces(&text.to_ascii_lowercase(), Reading::PATTERN))
    }

    /// Puts a pattern together.
    pub(crate) fn new(pieces: Vec<Piece>) -> Self {
        let mut units: Vec<u16> = Vec::new();
        let mut atoms = Vec::new();
        let mut chunks = Vec::new();
        let mut first = 0;
        for piece in pieces {
            match piece {
                Piece::Text(text) => {
                    let start = units.len();
                    units.extend(text.encode_utf16());
                    atoms.push(Atom::Text(start..units.len()));
                }
                Piece::One => {
                    let is_inside = first < atoms.len();
                    match atoms.last_mut() {
                        Some(Atom::Any(count)) if is_inside => *count += 1,
                        Some(_) | None => atoms.push(Atom::Any(1)),
                    }
                }
                Piece::Star => {
                    // Several stars in a row are one.
                    if chunks.is_empty() || first < atoms.len() {
                        chunks.push(first..atoms.len());
                    }
                    first = atoms.len();
                }
                Piece::Variable(variable) => atoms.push(Atom::Variable(variable)),
            }
        }
        chunks.push(first..atoms.len());
        // Only chunks between two stars are looked for.
        let last = chunks.len().saturating_sub(1);
        let chunks = chunks
            .into_iter()
            .enumerate()
            .map(|(place, chunk)| ChunkPlan {
                steps: if place == 0 || place == last {
                    Box::default()
                } else {
                    steps(atoms.get(chunk.clone()).unwrap_or_default(), &units)
                },
                atoms: chunk,
            });
        let chunks = chunks.collect();
        let narrow = units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
        Self {
            literals: match narrow {
                Some(narrow) => Literals::Narrow(narrow),
                None => Literals::Wide(units.into()),
            },
            atoms: atoms.into(),
            chunks,
        }
    }

    /// Whether a text matches. A variable without a value matches nothing.
    pub(crate) fn matches(&self, text: Units<'_>, context: &Context) -> bool {
        match text {
            Units::Ascii(bytes) => self.matches_units(bytes, context).is_some(),
            Units::Wide(units) => self.matches_units(units, context).is_some(),
        }
    }

    /// The variables in it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.atoms.iter().filter_map(|atom| match atom {
            Atom::Variable(variable) => Some(variable),
            Atom::Text(_) | Atom::Any(_) => None,
        })
    }

    /// Whether it has neither wildcards nor variables.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(&*self.chunks, [_]) && self.is_one_text_or_none()
    }

    /// Whether it is a literal text and a star.
    pub(crate) fn is_prefix(&self) -> bool {
        let ends_free = matches!(&*self.chunks, [_, last] if last.atoms.is_empty());
        ends_free && self.is_one_text_or_none()
    }

    fn is_one_text_or_none(&self) -> bool {
        matches!(&*self.atoms, [] | [Atom::Text(_)])
    }

    /// The literal text with which it begins.
    pub(crate) fn literal_prefix(&self) -> String {
        let first = self
            .chunks
            .first()
            .and_then(|chunk| self.atoms.get(chunk.atoms.clone())?.first());
        let Some(Atom::Text(range)) = first else {
            return String::new();
        };
        let range = range.clone();
        match &self.literals {
            Literals::Narrow(units) => units
                .get(range)
                .unwrap_or_default()
                .iter()
                .copied()
                .map(char::from)
                .collect(),
            Literals::Wide(units) => String::from_utf16_lossy(units.get(range).unwrap_or_default()),
        }
    }

    fn matches_units<T: Unit>(&self, text: &[T], context: &Context) -> Option<()> {
        let (first, others) = self.chunks.split_first()?;
        let first = self.chunk(first, context)?;
        let (beginning, mut rest) = text.split_at_checked(first.length)?;
        if !first.is_at_start(beginning) {
            return None;
        }
        let Some((last, between)) = others.split_last() else {
            return rest.is_empty().then_some(());
        };
        let last = self.chunk(last, context)?;
        let (middle, end) = rest.split_at_checked(rest.len().checked_sub(last.length)?)?;
        if !last.is_at_start(end) {
            return None;
        }
        rest = middle;
        for chunk in between {
            let chunk = self.chunk(chunk, context)?;
            rest = rest.get(chunk.find(rest)? + chunk.length..)?;
        }
        Some(())
    }

    /// A chunk with its length; `None` if a variable has no value.
    fn chunk<'p>(&'p self, plan: &'p ChunkPlan, context: &'p Context) -> Option<Chunk<'p>> {
        let mut chunk = Chunk {
            literals: &self.literals,
            atoms: self.atoms.get(plan.atoms.clone())?,
            steps: &plan.steps,
            context,
            length: 0,
        };
        for atom in chunk.atoms {
            chunk.length += match atom {
                Atom::Text(range) => range.len(),
                Atom::Any(count) => *count,
                Atom::Variable(variable) => match variable.value(context)?.subject().units() {
                    Units::Ascii(bytes) => bytes.len(),
                    Units::Wide(units) => units.len(),
                },
            };
        }
        Some(chunk)
    }
}

/// What stands between two stars.
struct Chunk<'p> {
    literals: &'p Literals,
    atoms: &'p [Atom],
    steps: &'p [Step],
    context: &'p Context,
    /// In units.
    length: usize,
}

/// A run of units, or of places for any.
enum Run<'p> {
    Narrow(&'p [u8]),
    Wide(&'p [u16]),
    Any(usize),
}

/// How many places of a text are compared at once.
const LANES: usize = 64;

impl<'p> Chunk<'p> {
    fn runs(&self) -> impl DoubleEndedIterator<Item = Run<'p>> {
        let Self {
            literals,
            atoms,
            context,
            ..
        } = *self;
        atoms.iter().map(move |atom| match (atom, literals) {
            (Atom::Any(count), _) => Run::Any(*count),
            (Atom::Text(range), Literals::Narrow(units)) => {
                Run::Narrow(units.get(range.clone()).unwrap_or_default())
            }
            (Atom::Text(range), Literals::Wide(units)) => {
                Run::Wide(units.get(range.clone()).unwrap_or_default())
            }
            (Atom::Variable(variable), _) => {
                match variable.value(context).map(|value| value.subject().units()) {
                    Some(Units::Ascii(bytes)) => Run::Narrow(bytes),
                    Some(Units::Wide(units)) => Run::Wide(units),
                    // Such a chunk has no length, so that nobody comes here.
                    None => Run::Any(0),
                }
            }
        })
    }

    /// Whether a text begins with it.
    fn is_at_start<T: Unit>(&self, text: &[T]) -> bool {
        let mut rest = text;
        self.runs().all(|run| {
            let is_same = match run {
                Run::Narrow(units) => begins_with(rest, units),
                Run::Wide(units) => begins_with(rest, units),
                Run::Any(count) => rest.split_at_checked(count).map(|(_, after)| after),
            };
            is_same.map(|after| rest = after).is_some()
        })
    }

    /// The first place in a text where it is.
    fn find<T: Unit>(&self, text: &[T]) -> Option<usize> {
        let places = (text.len() + 1).checked_sub(self.length)?;
        let mut place = 0;
        while place < places {
            if place + LANES <= places {
                if let Some(lane) = self.find_in_lanes(text.get(place..)?) {
                    return Some(place + lane);
                }
                place += LANES;
            } else if places >= LANES {
                // What is left is less than all lanes: look at some places again.
                let place = places - LANES;
                return Some(place + self.find_in_lanes(text.get(place..)?)?);
            } else {
                if self.is_here(text.get(place..)?) {
                    return Some(place);
                }
                place += 1;
            }
        }
        None
    }

    /// Whether a text begins with it, by its steps if it has some.
    fn is_here<T: Unit>(&self, text: &[T]) -> bool {
        if self.steps.is_empty() {
            return self.is_at_start(text);
        }
        let is_same = |step: &Step| {
            text.get(step.offset)
                .is_some_and(|unit| unit.widen() == step.unit)
        };
        self.steps.iter().all(is_same)
    }

    /// The first of as many places as there are lanes where it is.
    fn find_in_lanes<T: Unit>(&self, text: &[T]) -> Option<usize> {
        let mut lanes = [u8::MAX; LANES];
        if self.steps.is_empty() {
            self.close_by_runs(&mut lanes, text)?;
        }
        for steps in self.steps.chunks(8) {
            for step in steps {
                close(
                    &mut lanes,
                    text.get(step.offset..)?.first_chunk()?,
                    step.unit,
                );
            }
            if !is_any_open(&lanes) {
                return None;
            }
        }
        lanes.iter().position(|lane| *lane != 0)
    }

    /// The same by the chunk's runs, the last one first: what follows a variable tells more than the
    /// variable where a pattern was written to take long.
    fn close_by_runs<T: Unit>(&self, lanes: &mut [u8; LANES], text: &[T]) -> Option<()> {
        let mut end = self.length;
        for run in self.runs().rev() {
            let (start, is_open) = match run {
                Run::Any(count) => (end.checked_sub(count)?, true),
                Run::Narrow(units) => {
                    let start = end.checked_sub(units.len())?;
                    (start, close_by_run(lanes, text.get(start..)?, units))
                }
                Run::Wide(units) => {
                    let start = end.checked_sub(units.len())?;
                    (start, close_by_run(lanes, text.get(start..)?, units))
                }
            };
            if !is_open {
                return None;
            }
            end = start;
        }
        Some(())
    }
}

/// The units of a chunk without variables. The last one comes first, then the first, then those in the
/// middle of what is between, and so on: patterns written to take long differ from the text at an end.
fn steps(atoms: &[Atom], units: &[u16]) -> Box<[Step]> {
    let mut steps = Vec::new();
    let mut offset = 0;
    for atom in atoms {
        match atom {
            Atom::Text(range) => {
                for unit in units.get(range.clone()).unwrap_or_default() {
                    steps.push(Step {
                        offset,
                        unit: *unit,
                    });
                    offset += 1;
                }
            }
            Atom::Any(count) => offset += count,
            Atom::Variable(_) => return Box::default(),
        }
    }
    let bits = usize::BITS - steps.len().leading_zeros();
    let reversed = |place: usize| place.reverse_bits().unbounded_shr(usize::BITS - bits);
    let count = 1_usize.unbounded_shl(bits);
    let last = steps.last().copied();
    let halving = (0..count)
        .map(reversed)
        .filter_map(|place| steps.get(place).copied());
    let others = halving.filter(|step| last.is_none_or(|last| last.offset != step.offset));
    last.into_iter().chain(others).collect()
}

/// Closes the lanes in which a unit isn't.
fn close<T: Unit>(lanes: &mut [u8; LANES], window: &[T; LANES], wanted: u16) {
    for (lane, unit) in lanes.iter_mut().zip(window) {
        *lane &= if unit.widen() == wanted { u8::MAX } else { 0 };
    }
}

fn is_any_open(lanes: &[u8; LANES]) -> bool {
    lanes.iter().fold(0, |all, lane| all | lane) != 0
}

/// Closes the lanes in which a run of units isn't, and tells whether one is still open.
fn close_by_run<T: Unit, P: Unit>(lanes: &mut [u8; LANES], text: &[T], units: &[P]) -> bool {
    let mut windows = text
        .windows(LANES)
        .filter_map(|window| window.first_chunk());
    units.chunks(8).all(|units| {
        for (unit, window) in units.iter().zip(&mut windows) {
            close(lanes, window, unit.widen());
        }
        is_any_open(lanes)
    })
}

fn begins_with<'t, T: Unit, P: Unit>(text: &'t [T], units: &[P]) -> Option<&'t [T]> {
    let (beginning, after) = text.split_at_checked(units.len())?;
    let is_same = beginning
        .iter()
        .zip(units)
        .all(|(one, other)| one.widen() == other.widen());
    is_same.then_some(after)
}

/// A byte below U+0100 or a unit of UTF-16.
trait Unit: Copy {
    fn widen(self) -> u16;
}

impl Unit for u8 {
    fn widen(self) -> u16 {
        u16::from(self)
    }
}

impl Unit for u16 {
    fn widen(self) -> u16 {
        self
    }
}

#[cfg(test)]
mod tests;
