//! Where things are in a text, and what was found there before.

use std::ops::Range;

use super::atom::Run;
use crate::request::Value;
use crate::text::lanes::{LANES, bits, close_by_run};
use crate::text::{Unit, Units};

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
    // One more than is used, so that each word has a next.
    words: [u64; WORDS + 1],
    /// The words that matter; the others are zero.
    used: Range<usize>,
}

impl Places {
    fn none(used: Range<usize>) -> Self {
        let words = [0; WORDS + 1];
        Self { words, used }
    }

    /// Some places in a row.
    pub(super) fn range(range: Range<usize>) -> Self {
        let mut places = Self::none(range.start / 64..range.end.div_ceil(64));
        places.used_words().fill(u64::MAX);
        if let Some(first) = places.used_words().first_mut() {
            *first &= u64::MAX << (range.start % 64);
        }
        if let Some(last) = places.used_words().last_mut() {
            *last &= u64::MAX >> (range.end.wrapping_neg() % 64);
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
        let mut places = Self::none(0..count.div_ceil(64));
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

    fn used_words(&mut self) -> &mut [u64] {
        self.words.get_mut(self.used.clone()).unwrap_or_default()
    }

    /// Closes the places behind which, so far, a run isn't.
    pub(super) fn close<T: Unit>(&mut self, text: &[T], offset: usize, run: &Run<'_>) {
        let starts = (self.used.start * 64 + offset..).step_by(64);
        for (word, start) in self.used_words().iter_mut().zip(starts) {
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
        let bits = u32::try_from(offset % 64).unwrap_or_default();
        let others = other.words.get(self.used.start + offset / 64..);
        let mut pairs = others.unwrap_or_default().array_windows();
        for word in self.used_words() {
            let shifted = |[low, high]: &[u64; 2]| low >> bits | high.unbounded_shl(64 - bits);
            *word &= pairs.next().map(shifted).unwrap_or_default();
        }
    }

    pub(super) fn first(&self) -> Option<usize> {
        let words = self.words.get(self.used.clone())?;
        let place = words.iter().position(|word| *word != 0)?;
        let word = words.get(place)?;
        Some((self.used.start + place) * 64 + word.trailing_zeros() as usize)
    }
}

/// Up to so many places are looked at one by one.
const FEW: u32 = 4;

/// Which of the first 64 places of a text have a run, where it matters.
fn places_of<T: Unit, P: Unit>(text: &[T], units: &[P], mattering: u64) -> u64 {
    let has_room = text.len() + 1 >= units.len() + LANES;
    if has_room && mattering.count_ones() > FEW {
        let mut lanes = [u8::MAX; LANES];
        return match close_by_run(&mut lanes, text, units) {
            true => bits(&lanes),
            false => 0,
        };
    }
    let mut open = mattering;
    let mut left = mattering;
    while left != 0 {
        let lowest = left & left.wrapping_neg();
        let window = text
            .get(left.trailing_zeros() as usize..)
            .unwrap_or_default();
        if !begins_with(window, units) {
            open ^= lowest;
        }
        left ^= lowest;
    }
    open
}

fn begins_with<T: Unit, P: Unit>(text: &[T], units: &[P]) -> bool {
    text.get(..units.len()).is_some_and(|text| {
        let mut pairs = text.iter().zip(units);
        pairs.all(|(one, other)| one.widen() == other.widen())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(places: &Places) -> Vec<usize> {
        let is_open = |place: &usize| places.words[place / 64] >> (place % 64) & 1 == 1;
        (0..places.words.len() * 64).filter(is_open).collect()
    }

    #[test]
    fn a_range_has_the_places_between_its_ends() {
        for start in [0, 1, 62, 63, 64, 65, 127, 128, 130, MAPPED - 1, MAPPED] {
            for length in [0, 1, 2, 62, 63, 64, 65, 127, 128, 129, 200] {
                let end = (start + length).min(MAPPED + 1);
                let places = Places::range(start..end);
                assert_eq!(all(&places), (start..end).collect::<Vec<_>>());
                assert_eq!(places.first(), (start..end).next());
            }
        }
    }

    #[test]
    fn what_is_closed_closes_what_is_so_far_before() {
        for (start, open) in [(0, 0..1), (70, 80..300), (128, 190..191), (300, 0..301)] {
            for offset in [0, 1, 63, 64, 65, 130] {
                let mut places = Places::range(start..512);
                places.close_before(&Places::range(open.clone()), offset);
                let expected = (start..512).filter(|place| open.contains(&(place + offset)));
                assert_eq!(all(&places), expected.collect::<Vec<_>>());
            }
        }
    }
}
