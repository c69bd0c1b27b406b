//! Where things are in a text, and what was found there before.

use std::ops::Range;

use super::chunk::{Run, Unit};
use super::lanes::{LANES, bits, close_by_run};
use crate::request::{Units, Value};

/// The longest text of which there is a map.
pub(super) const MAPPED: usize = 8_192;

const WORDS: usize = MAPPED / 64;
const SLOTS: usize = 4;

/// Where values of variables stand in texts: what a list of patterns found out so far.
#[derive(Debug, Default)]
pub(crate) struct Memo<'a> {
    slots: [Option<Slot<'a>>; SLOTS],
    /// The slot that is used next.
    next: usize,
}

#[derive(Debug)]
struct Slot<'a> {
    value: &'a Value,
    text: Units<'a>,
    places: Places,
}

impl<'a> Memo<'a> {
    /// The places in a text where a value begins.
    pub(super) fn places<T: Unit>(&mut self, value: &'a Value, text: &'a [T]) -> Option<&Places> {
        let units = T::units(text);
        let is_it = |slot: &Slot<'_>| std::ptr::eq(slot.value, value) && is_same(slot.text, units);
        let known = (self.slots.iter()).position(|slot| slot.as_ref().is_some_and(is_it));
        let place = match known {
            Some(place) => place,
            None => {
                let place = self.next;
                self.next = (self.next + 1) % SLOTS;
                *self.slots.get_mut(place)? = Some(Slot {
                    value,
                    text: units,
                    places: Places::of(value, text)?,
                });
                place
            }
        };
        self.slots.get(place)?.as_ref().map(|slot| &slot.places)
    }
}

/// Whether two texts are the same place in memory.
fn is_same(one: Units<'_>, other: Units<'_>) -> bool {
    match (one, other) {
        (Units::Ascii(one), Units::Ascii(other)) => std::ptr::eq(one, other),
        (Units::Wide(one), Units::Wide(other)) => std::ptr::eq(one, other),
        (Units::Ascii(_), Units::Wide(_)) | (Units::Wide(_), Units::Ascii(_)) => false,
    }
}

/// Places of a text: a bit for each.
#[derive(Debug)]
pub(super) struct Places {
    words: [u64; WORDS],
    /// How many of the words matter; the others are zero.
    used: usize,
}

impl Places {
    fn none(used: usize) -> Self {
        let words = [0; WORDS];
        Self { words, used }
    }

    /// Some places in a row.
    pub(super) fn range(range: Range<usize>) -> Self {
        let mut places = Self::none(range.end.div_ceil(64));
        let below = |end: usize, start: usize| match end.saturating_sub(start) {
            count @ 0..64 => (1_u64 << count) - 1,
            _ => u64::MAX,
        };
        for (word, start) in places.used_words().zip((0..).step_by(64)) {
            *word = below(range.end, start) & !below(range.start, start);
        }
        places
    }

    fn of<T: Unit>(value: &Value, text: &[T]) -> Option<Self> {
        let run = Run::of(value.subject().units());
        let count = (text.len() + 1).saturating_sub(run.length());
        let Some(needle) = value.needle() else {
            let mut places = Self::range(0..count);
            places.close(text, 0, &run);
            return Some(places);
        };
        let mut places = Self::none(count.div_ceil(64));
        let mut note = |place: usize| {
            if let Some(word) = places.words.get_mut(place / 64) {
                *word |= 1 << (place % 64);
            }
            true
        };
        match run {
            Run::Narrow(units) => needle.find(units, text, &mut note)?,
            Run::Wide(units) => needle.find(units, text, &mut note)?,
            Run::Any(_) => {}
        }
        Some(places)
    }

    fn used_words(&mut self) -> impl Iterator<Item = &mut u64> {
        self.words.iter_mut().take(self.used)
    }

    /// Closes the places behind which, so far, a run isn't.
    pub(super) fn close<T: Unit>(&mut self, text: &[T], offset: usize, run: &Run<'_>) {
        for (word, start) in self.used_words().zip((offset..).step_by(64)) {
            if *word == 0 {
                continue;
            }
            let rest = text.get(start..).unwrap_or_default();
            *word &= match run {
                Run::Narrow(units) => places_of(rest, units, *word),
                Run::Wide(units) => places_of(rest, units, *word),
                Run::Any(_) => u64::MAX,
            };
        }
    }

    /// Closes the places so far before which others are closed.
    pub(super) fn close_before(&mut self, other: &Self, offset: usize) {
        let words = offset / 64;
        let bits = u32::try_from(offset % 64).unwrap_or_default();
        let others = other.words.get(words..).unwrap_or_default();
        let next = others.iter().skip(1).chain(std::iter::once(&0));
        let mut shifted = others
            .iter()
            .zip(next)
            .map(|(low, high)| low >> bits | high.unbounded_shl(64 - bits));
        for word in self.used_words() {
            *word &= shifted.next().unwrap_or_default();
        }
    }

    pub(super) fn first(&self) -> Option<usize> {
        let (place, word) = self
            .words
            .iter()
            .take(self.used)
            .enumerate()
            .find(|(_, word)| **word != 0)?;
        Some(place * 64 + word.trailing_zeros() as usize)
    }
}

/// Which of the first 64 places of a text have a run, where it matters.
fn places_of<T: Unit, P: Unit>(text: &[T], units: &[P], mattering: u64) -> u64 {
    if text.len() + 1 >= units.len() + LANES {
        let mut lanes = [u8::MAX; LANES];
        return match close_by_run(&mut lanes, text, units) {
            true => bits(&lanes),
            false => 0,
        };
    }
    (0..64)
        .filter(|place| mattering >> place & 1 == 1)
        .filter(|place| {
            let window = text.get(*place..).unwrap_or_default();
            window.get(..units.len()).is_some_and(|window| {
                let mut pairs = window.iter().zip(units);
                pairs.all(|(one, other)| one.widen() == other.widen())
            })
        })
        .fold(0, |bits, place| bits | 1 << place)
}
