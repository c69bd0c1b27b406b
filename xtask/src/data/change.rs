//! Writing a document as a change of another one. What a change is, `change.rs` of the crate that reads
//! them says.

use std::collections::HashMap;

/// A copy of fewer bytes than this is not worth telling.
const FEWEST: usize = 8;
/// How many places of the other document are tried for each.
const MOST_PLACES: usize = 64;

/// What makes `document` of `other`: not the shortest change that there is, but a short one.
pub(super) fn change(other: &str, document: &str) -> Vec<u8> {
    let old = pieces(other);
    let new = pieces(document);
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, piece) in old.iter().enumerate() {
        places.entry(piece.text).or_default().push(index);
    }
    let mut change = Vec::new();
    let mut added = String::new();
    let mut last = 0;
    let mut rest = new.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let same = |&index: &usize| {
            let old = old.get(index..).unwrap_or_default();
            let same = old
                .iter()
                .zip(rest)
                .take_while(|(old, new)| old.text == new.text);
            let length: usize = same.clone().map(|(old, _)| old.text.len()).sum();
            let start = old.first().map_or(0, |piece| piece.start);
            // Of equally long ones, the nearest is told in the fewest bytes.
            (
                length,
                std::cmp::Reverse(start.abs_diff(last)),
                start,
                same.count(),
            )
        };
        let known = places
            .get(first.text)
            .map(Vec::as_slice)
            .unwrap_or_default();
        match known.iter().take(MOST_PLACES).map(same).max() {
            Some((length, _, start, count)) if length >= FEWEST => {
                write_step(&mut change, &added, last, start, length);
                added.clear();
                last = start + length;
                rest = rest.get(count..).unwrap_or_default();
            }
            _ => {
                added.push_str(first.text);
                rest = after;
            }
        }
    }
    if !added.is_empty() || change.is_empty() {
        write_step(&mut change, &added, last, last, 0);
    }
    change
}

struct Piece<'a> {
    text: &'a str,
    start: usize,
}

/// The pieces of a document, up to each comma.
fn pieces(document: &str) -> Vec<Piece<'_>> {
    let mut start = 0;
    let pieces = document.split_inclusive(',').map(|text| {
        let piece = Piece { text, start };
        start += text.len();
        piece
    });
    pieces.collect()
}

/// Writes the text that was added and then a stretch that was taken over: from where, counted from the
/// end of the last one, and how long.
fn write_step(change: &mut Vec<u8>, added: &str, last: usize, start: usize, length: usize) {
    write_number(change, added.len());
    change.extend_from_slice(added.as_bytes());
    let distance = match start.checked_sub(last) {
        Some(forwards) => forwards * 2,
        None => (last - start) * 2 - 1,
    };
    write_number(change, distance);
    write_number(change, length);
}

fn write_number(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_copied_and_what_is_new_is_told() {
        let other = "[first-one,second-one,third-one]";
        assert_eq!(change(other, other), b"\x00\x00\x20");
        assert_eq!(
            change(other, "[first-one,another,second-one,third-one]"),
            b"\x00\x00\x0b\x08another,\x00\x15"
        );
        // Backwards by 22, which is told as 43.
        assert_eq!(
            change(other, "third-one]second-one,[first-one,x"),
            b"\x15third-one]second-one,\x00\x0b\x01x\x00\x00"
        );
        assert_eq!(
            change(other, "second-one,[first-one,"),
            b"\x00\x16\x0b\x00\x2b\x0b"
        );
        assert_eq!(change(other, ""), b"\x00\x00\x00");
        assert_eq!(change("", "x"), b"\x01x\x00\x00");
    }

    #[test]
    fn of_places_that_are_as_good_the_nearest_is_told() {
        let other = "same-same,x-1-long,y-2-long,same-same,";
        assert_eq!(
            change(other, "same-same,new,"),
            b"\x00\x00\x0a\x04new,\x00\x00"
        );
    }

    #[test]
    fn long_numbers_take_several_bytes() {
        let other = "x".repeat(300);
        assert_eq!(change(&other, &other), b"\x00\x00\xac\x02");
    }
}
