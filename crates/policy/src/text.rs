//! Texts made ready to be matched.

pub(crate) mod lanes;
mod needle;
mod units;

pub(crate) use needle::Needle;
pub(crate) use units::{Unit, Units, are_same};

/// What is worked out about a text once, so that no match has to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prepared {
    /// The text in UTF-16, unless it is ASCII.
    wide: Option<Box<[u16]>>,
    /// Where the units of the first five colons are, if there are so many.
    colons: Option<[usize; 5]>,
}

/// A text and what was worked out about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) text: &'a str,
    pub(crate) prepared: &'a Prepared,
}

impl Prepared {
    pub(crate) fn new(text: &str) -> Self {
        let wide: Option<Box<[u16]>> = (!text.is_ascii()).then(|| text.encode_utf16().collect());
        let colons = match &wide {
            None => first_five(text.bytes().map(|byte| byte == b':')),
            Some(wide) => first_five(wide.iter().map(|unit| *unit == u16::from(b':'))),
        };
        Self { wide, colons }
    }

    /// The units of the text from which this was made.
    pub(crate) fn units<'a>(&'a self, text: &'a str) -> Units<'a> {
        match &self.wide {
            None => Units::Ascii(text.as_bytes()),
            Some(wide) => Units::Wide(wide),
        }
    }
}

impl<'a> Subject<'a> {
    pub(crate) fn units(self) -> Units<'a> {
        self.prepared.units(self.text)
    }

    /// Whether there are the six parts of an ARN.
    pub(crate) fn has_six_parts(self) -> bool {
        self.prepared.colons.is_some()
    }

    /// One of the six parts, counted from zero.
    pub(crate) fn part(self, index: usize) -> Option<Units<'a>> {
        let colons = self.prepared.colons.as_ref()?;
        let start = match index.checked_sub(1) {
            None => 0,
            Some(before) => colons.get(before)? + 1,
        };
        let end = colons.get(index).copied();
        match self.units() {
            Units::Ascii(bytes) => {
                Some(Units::Ascii(bytes.get(start..end.unwrap_or(bytes.len()))?))
            }
            Units::Wide(units) => Some(Units::Wide(units.get(start..end.unwrap_or(units.len()))?)),
        }
    }
}

fn first_five(is_colon: impl Iterator<Item = bool>) -> Option<[usize; 5]> {
    let mut places = is_colon
        .enumerate()
        .filter(|(_, is_colon)| *is_colon)
        .map(|(at, _)| at);
    let colons = [
        places.next()?,
        places.next()?,
        places.next()?,
        places.next()?,
        places.next()?,
    ];
    Some(colons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_knows_its_six_parts() {
        for (text, expected) in [
            ("arn:aws:s3:::b:c/d", ["arn", "aws", "s3", "", "", "b:c/d"]),
            ("arn:äws:s3::𐍈:b:é", ["arn", "äws", "s3", "", "𐍈", "b:é"]),
        ] {
            let prepared = Prepared::new(text);
            let subject = Subject {
                text,
                prepared: &prepared,
            };
            for (index, part) in expected.iter().enumerate() {
                let units = match subject.part(index).unwrap() {
                    Units::Ascii(bytes) => bytes.iter().map(|byte| u16::from(*byte)).collect(),
                    Units::Wide(units) => units.to_vec(),
                };
                assert_eq!(units, part.encode_utf16().collect::<Vec<_>>());
            }
            assert_eq!(subject.part(6), None);
        }
        let prepared = Prepared::new("a:b:c:d:e");
        let subject = Subject {
            text: "a:b:c:d:e",
            prepared: &prepared,
        };
        assert!(!subject.has_six_parts());
        assert_eq!(subject.part(0), None);
    }
}
