//! Tests that stand at the end of their file and belong into `thing/tests.rs`.

/// The most lines that they may have where they are.
const MOST_LINES: usize = 200;

/// Files with longer ones still.
pub(crate) const LISTED: &[(&str, usize)] = &[];

/// Whether the tests at the end of a file, after its lines of code, are too long.
pub(crate) fn are_too_long(text: &str, lines_of_code: usize) -> bool {
    text.lines().count() - lines_of_code > MOST_LINES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_lines_may_stand_at_the_end() {
        let tests = |lines: usize| format!("//! A thing.\n{}", "\n".repeat(lines));
        assert!(!are_too_long(&tests(200), 1));
        assert!(are_too_long(&tests(201), 1));
    }
}
