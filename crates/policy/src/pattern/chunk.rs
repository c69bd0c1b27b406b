//! Looking for what stands between two stars.

use std::ops::Range;

use super::atom::{Atom, Literals, Run};
use super::memo::{MAPPED, Memo, Places};
use crate::request::Context;
use crate::text::lanes::{LANES, bits, close, close_by_run, is_any_open};
use crate::text::{Needle, Unit, are_same};

/// A chunk of a pattern and how to look for it.
#[derive(Debug)]
pub(super) struct ChunkPlan {
    pub(super) atoms: Range<usize>,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// It isn't looked for: it stands at an end of the pattern.
    Anchored,
    /// By its units, each at many places at once.
    Steps(Box<[Step]>),
    /// As one long text.
    Needle(Needle),
    /// Its units aren't known: it has variables.
    Variables,
}

/// A unit of a chunk and how far behind the chunk's beginning it is.
#[derive(Debug, Clone, Copy)]
struct Step {
    offset: usize,
    unit: u16,
}

impl ChunkPlan {
    pub(super) fn new(all: &[Atom], atoms: Range<usize>, units: &[u16], is_searched: bool) -> Self {
        let own = all.get(atoms.clone()).unwrap_or_default();
        let needle = match own {
            [Atom::Text(range)] => Needle::new(units.get(range.clone()).unwrap_or_default()),
            _ => None,
        };
        let has_variables = own.iter().any(|atom| matches!(atom, Atom::Variable(_)));
        let way = match needle {
            _ if !is_searched => Way::Anchored,
            Some(needle) => Way::Needle(needle),
            None if has_variables => Way::Variables,
            None => Way::Steps(steps(own, units)),
        };
        Self { atoms, way }
    }
}

/// What stands between two stars, or between a star and an end.
pub(super) struct Chunk<'p> {
    pub(super) literals: &'p Literals,
    pub(super) atoms: &'p [Atom],
    pub(super) plan: &'p ChunkPlan,
    pub(super) context: &'p Context,
    /// In units.
    pub(super) length: usize,
}

/// Up to so long texts are looked at without a map of them.
const SHORT: usize = 2 * LANES;

/// The lengths of so many parts of a chunk are kept: to look a variable up takes as long as many a search.
const KEPT: usize = 4;

/// So many places are looked at one after the other.
const FEW_PLACES: usize = 8;

impl<'p> Chunk<'p> {
    fn runs(&self) -> impl DoubleEndedIterator<Item = Run<'p>> {
        self.atoms.iter().map(|atom| self.run(atom))
    }

    fn run(&self, atom: &'p Atom) -> Run<'p> {
        match (atom, self.literals) {
            (Atom::Any(count), _) => Run::Any(*count),
            (Atom::Text(range), Literals::Narrow(units)) => {
                Run::Narrow(units.get(range.clone()).unwrap_or_default())
            }
            (Atom::Text(range), Literals::Wide(units)) => {
                Run::Wide(units.get(range.clone()).unwrap_or_default())
            }
            (Atom::Variable(variable), _) => match variable.value(self.context) {
                Some(value) => Run::of(value.subject().units()),
                // Such a chunk has no length, so that nobody comes here.
                None => Run::Any(0),
            },
        }
    }

    /// Whether a text begins with it.
    pub(super) fn is_at_start<T: Unit>(&self, text: &[T]) -> bool {
        let mut rest = text;
        self.runs().all(|run| {
            let Some((beginning, after)) = rest.split_at_checked(run.length()) else {
                return false;
            };
            rest = after;
            match run {
                Run::Narrow(units) => T::are_narrow(beginning, units),
                Run::Wide(units) => are_same(beginning, units),
                Run::Any(_) => true,
            }
        })
    }

    /// The first place in a range of a text where it is.
    pub(super) fn find<T: Unit>(
        &self,
        text: &'p [T],
        range: Range<usize>,
        memo: &mut Memo<'p>,
    ) -> Option<usize> {
        let start = range.start;
        let part = text.get(range.clone())?;
        let is_mapped = part.len() > SHORT && text.len() <= MAPPED;
        match &self.plan.way {
            Way::Variables if is_mapped => self.find_by_map(text, range, memo),
            Way::Needle(needle) if part.len() > SHORT => {
                Some(start + self.find_needle(needle, part)?)
            }
            Way::Anchored | Way::Steps(_) | Way::Needle(_) | Way::Variables => {
                Some(start + self.find_in(part)?)
            }
        }
    }

    fn find_needle<T: Unit>(&self, needle: &Needle, text: &[T]) -> Option<usize> {
        let mut found = None;
        let note = |place| {
            found = Some(place);
            false
        };
        match self.runs().next()? {
            Run::Narrow(units) => needle.find(units, text, note)?,
            Run::Wide(units) => needle.find(units, text, note)?,
            Run::Any(_) => {}
        }
        found
    }

    /// By what is known about where the variables' values are in the text. The values come first: most
    /// often they were looked for before.
    fn find_by_map<T: Unit>(
        &self,
        text: &'p [T],
        range: Range<usize>,
        memo: &mut Memo<'p>,
    ) -> Option<usize> {
        let end = (range.end + 1).checked_sub(self.length)?;
        let mut places = Places::range(range.start..end.max(range.start));
        let mut lengths = [0; KEPT];
        let mut offset = 0;
        for (place, atom) in self.atoms.iter().enumerate() {
            let length = match atom {
                Atom::Variable(variable) => {
                    let value = variable.value(self.context)?;
                    let length = Run::of(value.subject().units()).length();
                    if length > 0 {
                        places.close_before(memo.places(value, text)?, offset);
                        places.first()?;
                    }
                    length
                }
                Atom::Text(_) | Atom::Any(_) => self.run(atom).length(),
            };
            if let Some(kept) = lengths.get_mut(place) {
                *kept = length;
            }
            offset += length;
        }
        let mut offset = 0;
        for (place, atom) in self.atoms.iter().enumerate() {
            if !matches!(atom, Atom::Variable(_)) {
                places.close(text, offset, &self.run(atom));
            }
            offset += match lengths.get(place) {
                Some(length) => *length,
                None => self.run(atom).length(),
            };
        }
        places.first()
    }

    fn find_in<T: Unit>(&self, text: &[T]) -> Option<usize> {
        let places = (text.len() + 1).checked_sub(self.length)?;
        if places < LANES && places > FEW_PLACES && text.len() <= 2 * LANES {
            // With room behind it, so that all lanes have something to compare. Lanes behind the last
            // place may be open for nothing.
            let mut padded = [T::default(); 3 * LANES];
            padded.get_mut(..text.len())?.copy_from_slice(text);
            return self.find_in_lanes(&padded).filter(|lane| *lane < places);
        }
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
        let Way::Steps(steps) = &self.plan.way else {
            return self.is_at_start(text);
        };
        let is_same = |step: &Step| {
            text.get(step.offset)
                .is_some_and(|unit| unit.widen() == step.unit)
        };
        steps.iter().all(is_same)
    }

    /// The first of as many places as there are lanes where it is.
    fn find_in_lanes<T: Unit>(&self, text: &[T]) -> Option<usize> {
        let mut lanes = [u8::MAX; LANES];
        match &self.plan.way {
            Way::Steps(steps) => {
                for steps in steps.chunks(8) {
                    for step in steps {
                        let window = text.get(step.offset..)?.first_chunk()?;
                        close(&mut lanes, window, T::from_unit(step.unit)?);
                    }
                    if !is_any_open(&lanes) {
                        return None;
                    }
                }
            }
            Way::Anchored | Way::Needle(_) | Way::Variables => {
                self.close_by_runs(&mut lanes, text)?;
            }
        }
        let open = bits(&lanes);
        (open != 0).then_some(open.trailing_zeros() as usize)
    }

    /// The same by the chunk's runs, the last one first: what follows a variable tells more than the
    /// variable where a pattern was written to take long.
    fn close_by_runs<T: Unit>(&self, lanes: &mut [u8; LANES], text: &[T]) -> Option<()> {
        let mut end = self.length;
        for run in self.runs().rev() {
            end = end.checked_sub(run.length())?;
            let is_open = match run {
                Run::Any(_) => true,
                Run::Narrow(units) => close_by_run(lanes, text.get(end..)?, units),
                Run::Wide(units) => close_by_run(lanes, text.get(end..)?, units),
            };
            if !is_open {
                return None;
            }
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
