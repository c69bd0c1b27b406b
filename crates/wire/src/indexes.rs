//! Which elements of a list or map a request gives.

use crate::Parameters;

/// How far an index may lie above the one before it.
const LARGEST_STEP: u128 = 10;

/// The elements of a list or map that a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexes {
    /// The given indexes, ascending, from 1. Those between that are missing are missing elements.
    pub given: Vec<u64>,
}

/// A list whose elements can't be told. The texts are the service's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// The index is zero.
    #[error("0 is not a valid index")]
    Zero,
    /// The index begins with a minus.
    #[error("Key {0} may not have a leading '-'")]
    Negative(String),
    /// One number directly follows another: `.1.0`.
    #[error("Two index elements may not occur back to back")]
    BackToBack,
    /// The index lies more than ten above the one before it.
    #[error("Excessively sparse input would skip {0} list elements")]
    Sparse(u128),
    /// A scalar's place holds a deeper name.
    #[error("Start of list found where not expected")]
    NotAnIndex,
}

impl Indexes {
    /// Finds the elements below `prefix`, which ends in `.member.` or `.entry.`. Where elements are
    /// structures (`of_structures`), an index that is no number stands for the first element; among
    /// scalars it is an error.
    pub fn read(
        parameters: &Parameters<'_>,
        prefix: &str,
        of_structures: bool,
    ) -> Result<Self, ListError> {
        let mut given: Vec<u128> = Vec::new();
        for name in parameters.names_under(prefix) {
            let rest = name.strip_prefix(prefix).unwrap_or_default();
            let index = read_index(rest, of_structures)?;
            if given.last() != Some(&index) {
                given.push(index);
            }
        }
        given.sort_unstable();
        given.dedup();
        let mut previous = 1;
        for index in &given {
            let step = index - previous;
            if step > LARGEST_STEP {
                return Err(ListError::Sparse(step));
            }
            previous = *index;
        }
        Ok(Self {
            given: given
                .into_iter()
                .filter_map(|index| u64::try_from(index).ok())
                .collect(),
        })
    }

    /// Every place of the list in order: its index and whether the request gives it.
    pub fn places(&self) -> impl Iterator<Item = (u64, bool)> + '_ {
        let mut next = 1;
        self.given.iter().flat_map(move |index| {
            let gap = next..*index;
            next = index.saturating_add(1);
            gap.map(|missing| (missing, false))
                .chain(std::iter::once((*index, true)))
        })
    }
}

/// Reads the index at the beginning of what follows `Name.member.`.
fn read_index(rest: &str, of_structures: bool) -> Result<u128, ListError> {
    let (index, after) = rest.split_once('.').unwrap_or((rest, ""));
    if index.starts_with('-') {
        // Cut, so that the answer does not grow with the request.
        return Err(ListError::Negative(index.chars().take(40).collect()));
    }
    if index.is_empty() || !index.bytes().all(|byte| byte.is_ascii_digit()) {
        return if of_structures {
            Ok(1)
        } else {
            Err(ListError::NotAnIndex)
        };
    }
    if after
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit())
    {
        return Err(ListError::BackToBack);
    }
    match index.parse() {
        Ok(0) => Err(ListError::Zero),
        Ok(number) => Ok(number),
        // Digits only, so what fails is the size.
        Err(_) => Ok(u128::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&str], of_structures: bool) -> Result<Vec<u64>, String> {
        let body = names.join("&");
        let parameters = Parameters::parse(None, body.as_bytes()).unwrap();
        Indexes::read(&parameters, "T.member.", of_structures)
            .map(|indexes| indexes.given)
            .map_err(|error| error.to_string())
    }

    #[track_caller]
    fn check(indexes: &[&str], expected: Result<&[u64], &str>) {
        let names: Vec<String> = indexes.iter().map(|i| format!("T.member.{i}=x")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(
            read(&names, false),
            expected.map(<[u64]>::to_vec).map_err(str::to_owned),
            "{indexes:?}"
        );
    }

    #[test]
    fn elements_are_taken_in_ascending_order() {
        check(&["3", "1", "2"], Ok(&[1, 2, 3]));
        check(&["10", "9", "1", "2"], Ok(&[1, 2, 9, 10]));
        check(&["01", "1"], Ok(&[1]));
        check(&[], Ok(&[]));
    }

    #[test]
    fn what_is_no_index_is_refused_in_the_service_s_words() {
        check(&["0"], Err("0 is not a valid index"));
        check(&["00"], Err("0 is not a valid index"));
        check(&["-1"], Err("Key -1 may not have a leading '-'"));
        check(
            &["1.0"],
            Err("Two index elements may not occur back to back"),
        );
        check(&["one"], Err("Start of list found where not expected"));
        check(&["%2B1"], Err("Start of list found where not expected"));
    }

    #[test]
    fn a_list_may_skip_a_few_elements_only() {
        let sparse =
            |skipped| format!("Excessively sparse input would skip {skipped} list elements");
        check(&["11"], Ok(&[11]));
        check(&["12"], Err(&sparse("11")));
        check(&["49"], Err(&sparse("48")));
        check(&["1", "8", "15"], Ok(&[1, 8, 15]));
        let mut indexes = vec!["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
        indexes.push("21");
        check(&indexes, Err(&sparse("11")));
        check(&["50", "30"], Err(&sparse("29")));
        check(
            &["340282366920938463463374607431768211456"],
            Err(&sparse("340282366920938463463374607431768211454")),
        );
    }

    #[test]
    fn a_word_for_an_index_makes_a_first_structure() {
        assert_eq!(read(&["T.member.one.Key=a"], true), Ok(vec![1]));
        assert_eq!(
            read(
                &["T.member.1.Key=a", "T.member.1.Value=b", "T.member.3.Key=c"],
                true
            ),
            Ok(vec![1, 3])
        );
    }

    #[test]
    fn gaps_are_places_without_an_element() {
        let indexes = Indexes {
            given: vec![2, 3, 5],
        };
        assert_eq!(
            indexes.places().collect::<Vec<_>>(),
            [(1, false), (2, true), (3, true), (4, false), (5, true)]
        );
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "how long it takes is what is tested"
    )]
    fn a_hundred_thousand_elements_are_read_at_once() {
        let body: String = (1..=100_000).map(|i| format!("T.member.{i}=x&")).collect();
        let parameters = Parameters::parse(None, body.as_bytes()).unwrap();
        let started = std::time::Instant::now();
        let indexes = Indexes::read(&parameters, "T.member.", false).unwrap();
        assert_eq!(indexes.given.len(), 100_000);
        // A quadratic search would take minutes.
        assert!(started.elapsed().as_secs() < 5);
    }
}
