//! Documents as changes of other documents: the versions of a policy differ by little.
//!
//! A change is a row of steps: how many bytes are new, those bytes, where in the other document to copy
//! from, and how many bytes to copy. Numbers are written seven bits to a byte, low bits first, with the
//! high bit set in all bytes but the last. Where to copy from is told by the distance from where the last
//! copy ended: twice the distance forwards, one less than that backwards.

/// Makes a document of at most `most` bytes; `None` if the change does not fit the other document.
pub(crate) fn apply(other: &[u8], change: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut rest = change;
    let mut made = Vec::new();
    let mut place = 0_usize;
    while !rest.is_empty() {
        let count = take_number(&mut rest)?;
        let (new, after) = rest.split_at_checked(count)?;
        rest = after;
        let distance = take_number(&mut rest)?;
        place = if distance % 2 == 0 {
            place.checked_add(distance / 2)?
        } else {
            place.checked_sub(distance / 2 + 1)?
        };
        let end = place.checked_add(take_number(&mut rest)?)?;
        let copied = other.get(place..end)?;
        place = end;
        if made.len() + new.len() + copied.len() > most {
            return None;
        }
        made.extend_from_slice(new);
        made.extend_from_slice(copied);
    }
    Some(made)
}

/// Takes a number of at most 28 bits.
fn take_number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in [0, 7, 14, 21] {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_takes_from_anywhere_and_adds() {
        let other = b"one two three";
        // "x", then three from 4 on; then nothing new and three from 7 back to 0; then "yz".
        let change = b"\x01x\x08\x03\x00\x0d\x03\x02yz\x00\x00";
        assert_eq!(apply(other, change, 9).unwrap(), b"xtwooneyz");
        assert_eq!(apply(other, b"", 0).unwrap(), b"");
        assert_eq!(
            apply(&[b'a'; 300], b"\x00\x00\xac\x02", 300).unwrap(),
            [b'a'; 300]
        );
    }

    #[test]
    fn a_change_that_does_not_fit_makes_nothing() {
        let other = b"one two three";
        for change in [
            &b"\x01x\x08\x03\x00\x0d\x03\x03yz\x00\x00"[..],
            b"\x01",
            b"\x02x",
            b"\x00\x00",
            b"\x00\x01\x01",
            b"\x00\x00\x0e",
            b"\x00\x1c\x00",
            b"\x00\x80",
            b"\x00\x00\xff\xff\xff\xff\x7f",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        ] {
            assert_eq!(apply(other, change, 100), None, "{change:?}");
        }
        assert_eq!(apply(other, b"\x00\x00\x0d", 12), None);
    }
}
