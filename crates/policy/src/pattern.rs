//! Patterns with `*`, `?` and policy variables.
//!
//! A pattern is taken apart once, into *chunks* between its stars. A match puts the first chunk at the
//! text's beginning, the last at its end, and each one between as far left as it goes; there is nothing
//! to try again. Nothing is allocated.
//!
//! **Bound.** Looking for a chunk of `k` units in `n` units of text compares each unit of the chunk with
//! 64 places of the text at once, or is linear in `n` if the chunk is long; and what was searched for one
//! chunk is not searched again for the next. So a pattern of `m` units takes at most `m · (n / 64 + 64)`
//! steps of a few instructions each, whatever its form. A variable counts as a unit or two, however long
//! its value: where a value stands in a text is looked up once for all the patterns of a list. (That holds
//! for texts of up to 8,192 units; in longer ones a variable counts as its value.)
//!
//! `?` is one UTF-16 unit, as at AWS: a character above U+FFFF needs two. Texts of ASCII are matched as
//! bytes, others as UTF-16.

pub(crate) mod arn;
mod atom;
mod chunk;
mod memo;
mod template;

use atom::{Atom, Literals};
use chunk::{Chunk, ChunkPlan};
pub(crate) use memo::Memo;
pub(crate) use template::{Piece, Reading, Variable, pieces};

use crate::request::Context;
use crate::text::{Unit, Units};

/// A pattern, or a text with variables.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// The units of all the literal texts.
    literals: Literals,
    atoms: Box<[Atom]>,
    // INVARIANT: there is at least one; stars stand between them.
    chunks: Box<[ChunkPlan]>,
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
        let chunks = chunks.into_iter().enumerate().map(|(place, chunk)| {
            let is_searched = place != 0 && place != last;
            ChunkPlan::new(&atoms, chunk, &units, is_searched)
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

    /// Whether a text matches. A variable without a value matches nothing. A list of patterns that are
    /// compared with the same text shares a memo.
    pub(crate) fn matches<'a>(
        &'a self,
        text: Units<'a>,
        context: &'a Context,
        memo: &mut Memo<'a>,
    ) -> bool {
        match text {
            Units::Ascii(bytes) => self.matches_units(bytes, context, memo).is_some(),
            Units::Wide(units) => self.matches_units(units, context, memo).is_some(),
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

    fn matches_units<'a, T: Unit>(
        &'a self,
        text: &'a [T],
        context: &'a Context,
        memo: &mut Memo<'a>,
    ) -> Option<()> {
        let (first, others) = self.chunks.split_first()?;
        let first = self.chunk(first, context)?;
        if others.is_empty() && first.length != text.len() {
            return None;
        }
        if !first.is_at_start(text.get(..first.length)?) {
            return None;
        }
        let Some((last, between)) = others.split_last() else {
            return Some(());
        };
        let last = self.chunk(last, context)?;
        let mut place = first.length;
        let end = text.len().checked_sub(last.length)?;
        if end < place || !last.is_at_start(text.get(end..)?) {
            return None;
        }
        for chunk in between {
            let chunk = self.chunk(chunk, context)?;
            place = chunk.find(text, place..end, memo)? + chunk.length;
        }
        Some(())
    }

    /// A chunk with its length; `None` if a variable has no value.
    fn chunk<'p>(&'p self, plan: &'p ChunkPlan, context: &'p Context) -> Option<Chunk<'p>> {
        let mut chunk = Chunk {
            literals: &self.literals,
            atoms: self.atoms.get(plan.atoms.clone())?,
            plan,
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

#[cfg(test)]
mod tests;
