//! Where something stands, as people and IAM count.

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1. `\n`, `\r\n` and a lone `\r` (unsure) end one.
    pub line: usize,
    /// The column, from 1, in characters (unsure: IAM may count UTF-16 units or bytes beyond ASCII).
    pub column: usize,
}

/// The position of a byte of a text; an offset beyond the text is its end.
///
/// ```
/// let position = keyward_policy::position("{\n  \"é\": 1}", 7);
/// assert_eq!((position.line, position.column), (2, 5));
/// ```
#[must_use]
pub fn position(text: &str, offset: usize) -> Position {
    let mut position = Position { line: 1, column: 1 };
    let mut last = ' ';
    for (_, character) in text.char_indices().take_while(|(at, _)| *at < offset) {
        match character {
            // The second half of an end that was counted.
            '\n' if last == '\r' => position.column = 1,
            '\n' | '\r' => {
                position.line += 1;
                position.column = 1;
            }
            _ => position.column += 1,
        }
        last = character;
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = "a\nbé\r\nc\rd";
        for (offset, line, column) in [
            (0, 1, 1),
            (1, 1, 2),
            (2, 2, 1),
            (3, 2, 2),
            (5, 2, 3),
            (7, 3, 1),
            (9, 4, 1),
            (10, 4, 2),
            (99, 4, 2),
        ] {
            assert_eq!(
                position(text, offset),
                Position { line, column },
                "{offset}"
            );
        }
    }
}
