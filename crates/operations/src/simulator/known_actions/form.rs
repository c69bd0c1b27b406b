//! The forms of ARNs, with placeholders for the parts that vary.

/// Whether an ARN has a form such as `arn:${Partition}:iam::${Account}:user/${UserNameWithPath}`.
///
/// A placeholder matches any text within its part of the ARN. In the last part, which may contain
/// further colons and slashes, it matches at least one character. Wildcards in the ARN are plain
/// characters.
pub(super) fn fits(form: &str, arn: &str) -> bool {
    let mut texts = arn.splitn(6, ':');
    let mut parts = form.splitn(6, ':');
    for _ in 0..5 {
        match (parts.next(), texts.next()) {
            (Some(part), Some(text)) if fits_part(part, text.as_bytes(), 0) => {}
            _ => return false,
        }
    }
    match (parts.next(), texts.next()) {
        (Some(part), Some(text)) => fits_part(part, text.as_bytes(), 1),
        _ => false,
    }
}

/// Whether a part of an ARN has a form, where each placeholder matches at least `least` bytes.
fn fits_part(part: &str, text: &[u8], least: usize) -> bool {
    // `*` in a form is treated as a placeholder.
    let mut plain = part
        .split("${")
        .enumerate()
        .map(|(index, piece)| match piece.split_once('}') {
            Some((_, plain)) if index > 0 => plain,
            Some(_) | None => piece,
        })
        .flat_map(|piece| piece.split('*'))
        .peekable();
    let Some(mut rest) = plain
        .next()
        .and_then(|head| text.strip_prefix(head.as_bytes()))
    else {
        return false;
    };
    if plain.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = plain.next() {
        let Some(behind) = rest.get(least..) else {
            return false;
        };
        if plain.peek().is_none() {
            return behind.ends_with(piece.as_bytes());
        }
        // The first match leaves the most text for the rest of the form, so no later one need be
        // tried.
        let Some(at) = find(behind, piece.as_bytes()) else {
            return false;
        };
        rest = behind.get(at + piece.len()..).unwrap_or_default();
    }
    true
}

fn find(text: &[u8], piece: &[u8]) -> Option<usize> {
    if piece.is_empty() {
        return Some(0);
    }
    text.windows(piece.len()).position(|window| window == piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_what_differs() {
        for (form, arn, expected) in [
            ("arn:${P}:s3:::${B}", "arn:aws:s3:::b", true),
            ("arn:${P}:s3:::${B}", "arn:aws:s3:::", false),
            ("arn:${P}:s3:::${B}", "arn:aws:s3:eu-west-1::b", false),
            ("arn:${P}:s3:::${B}", "arn:aws:s3::b", false),
            ("arn:${P}:a:${R}:${A}:x/${Y}", "arn:aws:a:::x/y", true),
            ("arn:${P}:a:${R}:${A}:x/${Y}", "arn:aws:a:r:1:x/y:z/é", true),
            ("arn:${P}:a:${R}:${A}:x/${Y}", "arn:aws:a:r:1:z/y", false),
            ("arn:${P}:a:::x/${Y}/z", "arn:aws:a:::x/y/z/z", true),
            ("arn:${P}:a:::x/${Y}/z", "arn:aws:a:::x//z", false),
            ("arn:${P}:a:::x/${Y}/z", "arn:aws:a:::x/z", false),
            ("arn:${P}:a:::${X}/${Y}/z/${Z}", "arn:aws:a:::x/y/z/é", true),
            (
                "arn:${P}:a:::${X}/${Y}/z/${Z}",
                "arn:aws:a:::x/y/é/z",
                false,
            ),
            ("arn:${P}:a:::${X}${Y}", "arn:aws:a:::xy", true),
            ("arn:${P}:a:::${X}${Y}", "arn:aws:a:::x", false),
            ("arn:${P}:a:*:*:*", "arn:aws:a:r::xy", true),
            ("arn:${P}:a:::x", "arn:aws:a:::x", true),
            ("arn:${P}:a:::x", "arn:aws:a:::xy", false),
        ] {
            assert_eq!(fits(form, arn), expected, "{form} {arn}");
        }
    }
}
