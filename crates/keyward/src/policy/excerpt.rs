//! The line of a text in which something is wrong, with the place underlined.

use std::ops::Range;

use keyward_policy::position;

/// Columns of a terminal that an excerpt takes, without its line number.
const WIDTH: usize = 96;
/// Columns that are kept before the place in a line that is too long.
const BEFORE: usize = 32;
const TAB: usize = 4;

/// Shows a place of a text in two lines: its line, or the part of it that fits, and carets below. Of a
/// place that goes over several lines, the first is shown; a place of no length gets one caret.
pub(super) fn excerpt(text: &str, span: &Range<usize>) -> String {
    let start = text.floor_char_boundary(span.start);
    let line_start = text
        .get(..start)
        .and_then(|before| before.rfind(['\n', '\r']))
        .map_or(0, |end| end + 1);
    let rest = text.get(line_start..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();

    // One cell for each column: what is shown in it, and whether it belongs to the place.
    let mut cells: Vec<(String, bool)> = Vec::new();
    let mut first = None;
    for (offset, character) in line.char_indices() {
        let is_meant = span.contains(&(line_start + offset));
        if line_start + offset >= start {
            first = first.or(Some(cells.len()));
        }
        match (character, width(character)) {
            ('\t', _) => {
                let next = (cells.len() / TAB + 1) * TAB;
                cells.resize(next, (" ".to_owned(), is_meant));
            }
            (_, 0) => match cells.last_mut() {
                Some((cell, _)) => cell.push(character),
                None => cells.push((format!(" {character}"), is_meant)),
            },
            (_, width) => {
                let shown = if is_showable(character) {
                    character
                } else {
                    char::REPLACEMENT_CHARACTER
                };
                cells.push((shown.to_string(), is_meant));
                cells.resize(cells.len() + width - 1, (String::new(), is_meant));
            }
        }
    }
    let first = first.unwrap_or(cells.len());
    // The caret of a place without length, or behind the line's end.
    if !cells.iter().any(|(_, is_meant)| *is_meant) {
        if first == cells.len() {
            cells.push((String::new(), true));
        } else if let Some((_, is_meant)) = cells.get_mut(first) {
            *is_meant = true;
        }
    }
    let number = position(text, start).line.to_string();
    draw(&cells, first, &number)
}

/// Puts the line and the carets below each other.
fn draw(cells: &[(String, bool)], first: usize, number: &str) -> String {
    let from = if cells.len() <= WIDTH {
        0
    } else {
        first.saturating_sub(BEFORE)
    };
    let shown = cells.get(from..).unwrap_or_default();
    let is_cut = shown.len() > WIDTH;
    let shown = shown.get(..WIDTH).unwrap_or(shown);
    let (cut_before, blank_before) = if from > 0 { ("…", " ") } else { ("", "") };
    let line: String = shown.iter().map(|(cell, _)| cell.as_str()).collect();
    let line = format!("{cut_before}{line}{}", if is_cut { "…" } else { "" });
    let caret = |(_, is_meant): &(String, bool)| if *is_meant { '^' } else { ' ' };
    let carets: String = shown.iter().map(caret).collect();
    let margin = " ".repeat(number.len());
    format!(
        "  {number} | {line}\n  {margin} | {blank_before}{}",
        carets.trim_end()
    )
}

/// A text whose control characters, and those that change the direction of text, are replaced: they
/// would change the terminal or the order of what it shows.
pub(super) fn showable(text: &str) -> String {
    let shown = |character| {
        if is_showable(character) {
            character
        } else {
            char::REPLACEMENT_CHARACTER
        }
    };
    text.chars().map(shown).collect()
}

/// Whether a terminal shows a character as it is.
pub(crate) fn is_showable(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How many columns a character takes in a terminal, for the scripts that matter.
fn width(character: char) -> usize {
    match character {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, span: Range<usize>, expected: &str) {
        assert_eq!(excerpt(text, &span), expected, "{text:?} {span:?}");
    }

    #[test]
    fn a_place_is_underlined_in_its_line() {
        check("ab\ncdef\ng", 4..6, "  2 | cdef\n    |  ^^");
        check("ab\r\ncdef\r\ng", 4..8, "  2 | cdef\n    | ^^^^");
        check("a", 0..1, "  1 | a\n    | ^");
    }

    #[test]
    fn a_place_over_several_lines_is_underlined_to_the_end_of_the_first() {
        check("{\"a\":\n1}", 0..8, "  1 | {\"a\":\n    | ^^^^^");
    }

    #[test]
    fn a_place_without_length_has_one_caret() {
        check("abc", 1..1, "  1 | abc\n    |  ^");
        check("abc", 3..3, "  1 | abc\n    |    ^");
        check("", 0..0, "  1 | \n    | ^");
        check("a\n", 2..2, "  2 | \n    | ^");
        check("abc", 99..100, "  1 | abc\n    |    ^");
    }

    #[test]
    fn carets_stand_below_what_they_mean_whatever_is_before_it() {
        check("\tab", 1..2, "  1 |     ab\n    |     ^");
        check("a\tb", 2..3, "  1 | a   b\n    |     ^");
        check("a\tb", 1..2, "  1 | a   b\n    |  ^^^");
        check("é名b", 2..5, "  1 | é名b\n    |  ^^");
        check("e\u{301}bc", 3..4, "  1 | e\u{301}bc\n    |  ^");
        check("\u{1b}[1mb", 4..5, "  1 | \u{fffd}[1mb\n    |     ^");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let text = format!("{}X{}", "a".repeat(200), "b".repeat(200));
        let shown = format!("  1 | …{}X{}…", "a".repeat(32), "b".repeat(63));
        let carets = format!("    | {}^", " ".repeat(33));
        check(&text, 200..201, &format!("{shown}\n{carets}"));
        let shown = format!("  1 | …{}", "b".repeat(32));
        check(
            &text,
            401..401,
            &format!("{shown}\n    | {}^", " ".repeat(33)),
        );
        let whole = excerpt(&text, &(0..401));
        let carets = whole.lines().nth(1).unwrap().matches('^').count();
        assert_eq!(carets, WIDTH);
    }
}
