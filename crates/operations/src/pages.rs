//! Lists in pages.
//!
//! A marker holds the key of the last entry that a page looked at, not a position: when entries are
//! added or deleted between two pages, no other is shown twice or skipped.

use std::fmt::Display;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keyward_faults::{Fault, fault};

/// How many entries a page has if the request does not say.
const DEFAULT_ITEMS: usize = 100;
/// How many entries a page looks at. Pages of AWS are full where enough matches, so a filter that few
/// entries pass looks far; the bound keeps that to some milliseconds in an account of a million users, where
/// a page may be short.
const LOOKED_AT: usize = 100_000;
/// A page ends when its entries have so many bytes, as pages of AWS may.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// The beginning of a marker's content: the version of its form.
const FORM: &str = "1:";

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The entries that it shows.
    pub(crate) items: Vec<T>,
    /// The marker of the next page; `None` on the last.
    pub(crate) marker: Option<String>,
}

impl<T> Page<T> {
    /// Whether more pages follow.
    pub(crate) fn is_truncated(&self) -> bool {
        self.marker.is_some()
    }

    /// The page with each entry converted.
    pub(crate) fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(show).collect(),
            marker: self.marker,
        }
    }
}

/// The key after which a page with this marker begins.
pub(crate) fn key_of(marker: Option<&str>) -> Result<Option<String>, Fault> {
    marker.map(read_marker).transpose()
}

/// Takes a page from the entries after the marker. `show` gives an entry's key and, if the entry
/// passes the filter, what is shown of it.
pub(crate) fn page<E, K: Display, T>(
    entries: impl Iterator<Item = E>,
    max_items: Option<i32>,
    mut show: impl FnMut(E) -> (K, Option<T>),
) -> Page<T> {
    page_by_weight(entries, max_items, |entry| {
        let (key, shown) = show(entry);
        (key, shown.map(|shown| (shown, 0)))
    })
}

/// Like [`page`], for entries that may be large: `show` also gives how many bytes an entry has.
pub(crate) fn page_by_weight<E, K: Display, T>(
    entries: impl Iterator<Item = E>,
    max_items: Option<i32>,
    mut show: impl FnMut(E) -> (K, Option<(T, usize)>),
) -> Page<T> {
    let wanted = max_items
        .and_then(|items| usize::try_from(items).ok())
        .unwrap_or(DEFAULT_ITEMS);
    let mut items = Vec::new();
    // Of a full page, the key of what it shows last, so that the next page begins behind it.
    let (mut last_key, mut bytes) = (None, 0);
    for (looked_at, entry) in entries.enumerate() {
        let is_full = items.len() == wanted || bytes >= PAGE_BYTES;
        let ends_here = |last_key: Option<K>| last_key.map(write_marker);
        if looked_at >= LOOKED_AT {
            return Page {
                items,
                marker: ends_here(last_key),
            };
        }
        match show(entry) {
            // There is more to show, so the page says so.
            (_, Some(_)) if is_full => {
                return Page {
                    items,
                    marker: ends_here(last_key),
                };
            }
            (key, Some((shown, weight))) => {
                items.push(shown);
                bytes += weight;
                last_key = Some(key);
            }
            (key, None) if !is_full => last_key = Some(key),
            (_, None) => {}
        }
    }
    Page {
        items,
        marker: None,
    }
}

/// Takes a page from a short list that is not in the order of its keys. A marker then has a hash of
/// the last key, since a tag key alone may be longer than a marker, and the position, in case that
/// entry was deleted.
pub(crate) fn page_of_few<T>(
    entries: Vec<T>,
    marker: Option<&str>,
    max_items: Option<i32>,
    key: impl Fn(&T) -> &str,
) -> Result<Page<T>, Fault> {
    let begin = match key_of(marker)? {
        None => 0,
        Some(last) => {
            let (position, last) = last.split_once(':').ok_or_else(fault::invalid_marker)?;
            let position: usize = position.parse().map_err(|_| fault::invalid_marker())?;
            let found = entries.iter().position(|entry| hash(key(entry)) == last);
            found.map_or(position, |found| found + 1)
        }
    };
    let keyed = entries.into_iter().enumerate().skip(begin);
    Ok(page(keyed, max_items, |(position, entry)| {
        (format!("{position}:{}", hash(key(&entry))), Some(entry))
    }))
}

fn hash(key: &str) -> String {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn write_marker(key: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{FORM}{key}"))
}

fn read_marker(marker: &str) -> Result<String, Fault> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(marker).ok()?;
        String::from_utf8(bytes)
            .ok()?
            .strip_prefix(FORM)
            .map(str::to_owned)
    };
    read().ok_or_else(fault::invalid_marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(max_items: i32, passes: fn(u32) -> bool) -> (Vec<u32>, usize) {
        let (mut shown, mut pages, mut marker) = (Vec::new(), 0, None);
        loop {
            let after: Option<u32> = key_of(marker.as_deref())
                .unwrap()
                .map(|key| key.parse().unwrap());
            let entries = after.map_or(0, |key| key + 1)..2_500;
            let page = page(entries, Some(max_items), |entry| {
                (entry.to_string(), passes(entry).then_some(entry))
            });
            shown.extend(page.items);
            pages += 1;
            marker = page.marker;
            if marker.is_none() {
                return (shown, pages);
            }
        }
    }

    #[test]
    fn pages_show_everything_once() {
        let (shown, pages) = all(1_000, |_| true);
        assert_eq!((shown, pages), ((0..2_500).collect(), 3));
        assert_eq!(all(500, |_| true).1, 5);
    }

    #[test]
    fn a_page_of_large_entries_ends_early() {
        let large = page_by_weight(0..10, None, |entry| (entry, Some((entry, PAGE_BYTES / 2))));
        assert_eq!(large.items, [0, 1]);
        assert!(large.is_truncated());
        let larger = page_by_weight(0..1, None, |entry| (entry, Some((entry, PAGE_BYTES * 2))));
        assert_eq!((larger.items.len(), larger.is_truncated()), (1, false));
    }

    #[test]
    fn a_filter_that_passes_few_fills_its_pages() {
        assert_eq!(all(100, |entry| entry == 2_400), (vec![2_400], 1));
        let last_ones = |entry| entry >= 2_400;
        assert_eq!(all(100, last_ones), ((2_400..2_500).collect(), 1));
        assert_eq!(all(99, last_ones), ((2_400..2_500).collect(), 2));
    }

    #[test]
    fn a_filter_that_passes_hardly_any_of_very_many_makes_short_pages() {
        let last = 3 * LOOKED_AT - 1;
        let (mut begin, mut pages) = (0, 0);
        loop {
            let page = page(begin..=last, None, |entry| {
                (entry, (entry == last).then_some(entry))
            });
            pages += 1;
            match page.marker {
                Some(marker) => {
                    assert!(page.items.is_empty());
                    begin = key_of(Some(&marker))
                        .unwrap()
                        .unwrap()
                        .parse::<usize>()
                        .unwrap()
                        + 1;
                }
                None => break assert_eq!(page.items, [last]),
            }
        }
        assert_eq!(pages, 3);
    }

    #[test]
    fn a_marker_that_no_page_gave_is_refused() {
        for marker in ["x", "////", "MTpi=", "é"] {
            assert_eq!(
                key_of(Some(marker)).unwrap_err().message(),
                Some("Invalid Marker.")
            );
        }
    }
}
