//! Looking for a long literal text in time that is linear in the text searched, without memory.
//!
//! This is the two-way search of Crochemore and Perrin: the needle is cut where its local period is its
//! whole period; the part behind the cut is compared forwards, then the part before it backwards. A
//! mismatch behind the cut moves the needle behind it, one before it by the needle's period.

use super::units::Unit;

/// Shorter ones are found as quickly by comparing each unit with many places at once.
const LONG: usize = 96;

/// How a long text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Needle {
    cut: usize,
    /// How far to move after a match, or a mismatch before the cut.
    shift: usize,
    /// How much of the needle is known to match after such a move.
    known: usize,
}

impl Needle {
    /// Cuts a text; `None` if it is short.
    pub(crate) fn new<P: Copy + Ord>(units: &[P]) -> Option<Self> {
        if units.len() < LONG {
            return None;
        }
        let rising = greatest_suffix(units, |one, other| one < other);
        let falling = greatest_suffix(units, |one, other| one > other);
        let (cut, period) = rising.max(falling);
        let (before, behind) = units.split_at_checked(cut)?;
        let again = units.get(period..)?;
        Some(if again.starts_with(before) {
            let shift = period;
            let known = units.len() - period;
            Self { cut, shift, known }
        } else {
            let shift = before.len().max(behind.len()) + 1;
            let known = 0;
            Self { cut, shift, known }
        })
    }

    /// Visits the places in a text where the needle with these units is, as long as it is told to go on.
    pub(crate) fn find<T: Unit, P: Unit>(
        &self,
        units: &[P],
        text: &[T],
        mut visit: impl FnMut(usize) -> bool,
    ) -> Option<()> {
        let is_same = |(one, other): (&P, &T)| one.widen() == other.widen();
        let (mut place, mut known) = (0, 0);
        while let Some(window) = text.get(place..place + units.len()) {
            let from = self.cut.max(known);
            let behind = units.get(from..)?.iter().zip(window.get(from..)?);
            if let Some(mismatch) = behind.clone().position(|pair| !is_same(pair)) {
                place += from - self.cut + mismatch + 1;
                known = 0;
                continue;
            }
            let before = known.min(self.cut)..self.cut;
            let mut before = units.get(before.clone())?.iter().zip(window.get(before)?);
            if before.rfind(|pair| !is_same(*pair)).is_none() && !visit(place) {
                break;
            }
            place += self.shift;
            known = self.known;
        }
        Some(())
    }
}

/// Where the greatest suffix by an order begins, and its period.
fn greatest_suffix<P: Copy + Eq>(units: &[P], is_before: impl Fn(P, P) -> bool) -> (usize, usize) {
    let (mut best, mut candidate, mut offset, mut period) = (0, 1, 0, 1);
    while let (Some(ours), Some(other)) = (units.get(best + offset), units.get(candidate + offset))
    {
        if is_before(*other, *ours) {
            candidate += offset + 1;
            offset = 0;
            period = candidate - best;
        } else if ours == other {
            if offset + 1 == period {
                candidate += period;
                offset = 0;
            } else {
                offset += 1;
            }
        } else {
            best = candidate;
            candidate += 1;
            offset = 0;
            period = 1;
        }
    }
    (best, period)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn it_finds_every_place(
            needle in "[ab]{96,110}|(aab){32,40}|a{0,100}b{0,3}a{96,120}|(a{40}b){3,5}",
            before in "[ab]{0,20}|a{0,200}|(a{40}b){0,4}|(aab){0,40}",
            cut in 0_usize..120,
            after in "[ab]{0,20}|a{0,200}|(a{40}b){0,4}|(aab){0,40}",
        ) {
            let part = needle.get(cut.min(needle.len())..).unwrap();
            let text = format!("{before}{needle}{part}{needle}{after}");
            let (units, text) = (needle.as_bytes(), text.as_bytes());
            let mut found = Vec::new();
            let two_way = Needle::new(units).unwrap();
            two_way.find(units, text, |place| {
                found.push(place);
                true
            });
            let windows = text.windows(units.len()).enumerate();
            let expected: Vec<usize> =
                windows.filter(|(_, window)| *window == units).map(|(place, _)| place).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
