//! Comparing a unit with many places of a text at once.

use super::units::Unit;

/// How many places of a text are compared at once.
pub(crate) const LANES: usize = 64;

/// Closes the lanes in which a unit isn't. It is of the text's own kind: sixteen bytes are compared by
/// one instruction, bytes as units of UTF-16 take twice as long in all.
pub(crate) fn close<T: Unit>(lanes: &mut [u8; LANES], window: &[T; LANES], wanted: T) {
    for (lane, unit) in lanes.iter_mut().zip(window) {
        *lane &= if *unit == wanted { u8::MAX } else { 0 };
    }
}

#[inline]
pub(crate) fn is_any_open(lanes: &[u8; LANES]) -> bool {
    lanes.iter().fold(0, |all, lane| all | lane) != 0
}

/// Closes the lanes in which a run of units isn't, and tells whether one is still open.
pub(crate) fn close_by_run<T: Unit, P: Unit>(
    lanes: &mut [u8; LANES],
    text: &[T],
    units: &[P],
) -> bool {
    let mut rest = text;
    units.chunks(8).all(|units| {
        // Of such a copy the compiler keeps the lanes in registers.
        let mut open = *lanes;
        for unit in units {
            let (Some(wanted), Some(window)) = (T::from_unit(unit.widen()), rest.first_chunk())
            else {
                return false;
            };
            close(&mut open, window, wanted);
            rest = rest.get(1..).unwrap_or_default();
        }
        *lanes = open;
        is_any_open(lanes)
    })
}

/// The lanes as bits, the first one lowest.
pub(crate) fn bits(lanes: &[u8; LANES]) -> u64 {
    let (eights, _) = lanes.as_chunks::<8>();
    eights.iter().enumerate().fold(0, |bits, (place, eight)| {
        // Of each byte a bit, moved together by one multiplication.
        let spread = u64::from_le_bytes(*eight) & 0x0101_0101_0101_0101;
        let byte = spread.wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits | byte << (place * 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_has_its_bit() {
        for place in 0..LANES {
            let mut lanes = [0; LANES];
            lanes[place] = u8::MAX;
            assert_eq!(bits(&lanes), 1 << place);
            lanes[LANES - 1] = u8::MAX;
            assert_eq!(bits(&lanes), 1 << place | 1 << (LANES - 1));
        }
        assert_eq!(bits(&[u8::MAX; LANES]), u64::MAX);
    }
}
