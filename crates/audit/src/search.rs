//! Finding records again, in the files and among the records of changes that a store kept.

use std::collections::{HashMap, HashSet};
use std::io;

use keyward_names::{AccountId, Timestamp};
use serde::Deserialize;

use crate::Files;

/// Which records are wanted. What is `None` does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The operation's name.
    pub event_name: Option<String>,
    /// The caller's user name.
    pub user_name: Option<String>,
    /// The key that signed.
    pub access_key_id: Option<String>,
    /// The service, such as `iam.amazonaws.com`.
    pub event_source: Option<String>,
    /// The account whose trail the record belongs to.
    pub account: Option<AccountId>,
    /// Not before this.
    pub since: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// Whether it changes nothing.
    pub read_only: Option<bool>,
    /// The code of the error.
    pub error_code: Option<String>,
    /// The one event.
    pub event_id: Option<String>,
    /// The most records to be found.
    pub limit: usize,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            event_name: None,
            user_name: None,
            access_key_id: None,
            event_source: None,
            account: None,
            since: None,
            until: None,
            read_only: None,
            error_code: None,
            event_id: None,
            limit: 100,
        }
    }
}

/// A search under way. Changes come first, then files, each oldest first.
///
/// Both may have a record of one event. The copy in the files is shown, as it may also tell the answer;
/// unless it tells an error, which says that the caller was not told of a change that was made.
#[derive(Debug)]
pub struct Search<'q> {
    query: &'q Query,
    changes: HashSet<Box<str>>,
    found: HashMap<Box<str>, Found>,
    taken: usize,
}

#[derive(Debug)]
struct Found {
    time: Box<str>,
    place: usize,
    record: String,
}

/// The parts of a record that are asked about.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parts<'a> {
    #[serde(rename = "eventID", borrow)]
    event_id: Text<'a>,
    #[serde(default, borrow)]
    event_time: Text<'a>,
    #[serde(default, borrow)]
    event_name: Text<'a>,
    #[serde(default, borrow)]
    event_source: Text<'a>,
    #[serde(default, borrow)]
    error_code: Option<Text<'a>>,
    #[serde(default, borrow)]
    recipient_account_id: Text<'a>,
    #[serde(default)]
    read_only: bool,
    #[serde(default, borrow)]
    user_identity: IdentityParts<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct IdentityParts<'a> {
    #[serde(default, borrow)]
    user_name: Option<Text<'a>>,
    #[serde(default, borrow)]
    access_key_id: Option<Text<'a>>,
}

type Text<'a> = std::borrow::Cow<'a, str>;

impl<'q> Search<'q> {
    /// Nothing was found yet.
    #[must_use]
    pub fn new(query: &'q Query) -> Self {
        Self {
            query,
            changes: HashSet::new(),
            found: HashMap::new(),
            taken: 0,
        }
    }

    /// Takes in a record that a store kept with its change.
    pub fn take_change(&mut self, record: &str) {
        if let Ok(parts) = serde_json::from_str::<Parts<'_>>(record) {
            self.changes.insert(parts.event_id.as_ref().into());
            self.keep(&parts, record);
        }
    }

    /// Takes in all lines of the files.
    pub fn take_files(&mut self, files: &Files) -> io::Result<()> {
        files.for_each_line(|line| self.take_line(line))
    }

    /// What was found, newest first.
    #[must_use]
    pub fn finish(self) -> Vec<String> {
        let mut found: Vec<Found> = self.found.into_values().collect();
        found.sort_unstable_by(|one, other| other.order().cmp(&one.order()));
        found.truncate(self.query.limit);
        found.into_iter().map(|found| found.record).collect()
    }

    fn take_line(&mut self, line: &str) {
        // A line that can't be read is no record: it tells of losses, or was cut off.
        let Ok(parts) = serde_json::from_str::<Parts<'_>>(line) else {
            return;
        };
        if parts.error_code.is_some() && self.changes.contains(parts.event_id.as_ref()) {
            return;
        }
        self.keep(&parts, line);
    }

    fn keep(&mut self, parts: &Parts<'_>, record: &str) {
        if !self.query.wants(parts) {
            return;
        }
        self.taken += 1;
        let found = Found {
            time: parts.event_time.as_ref().into(),
            place: self.taken,
            record: record.to_owned(),
        };
        self.found.insert(parts.event_id.as_ref().into(), found);
        self.let_go_of_the_oldest();
    }

    /// Keeps no more in memory than twice what is asked for.
    fn let_go_of_the_oldest(&mut self) {
        let limit = self.query.limit.max(1);
        if self.found.len() < limit.saturating_mul(2).max(64) {
            return;
        }
        let mut orders: Vec<_> = self.found.values().map(Found::order).collect();
        let (_, oldest_kept, _) = {
            let place = orders.len() - limit;
            orders.select_nth_unstable(place)
        };
        let (time, place) = (Box::<str>::from(oldest_kept.0), oldest_kept.1);
        self.found
            .retain(|_, found| found.order() >= (&*time, place));
    }
}

impl Found {
    fn order(&self) -> (&str, usize) {
        (&self.time, self.place)
    }
}

impl Query {
    fn wants(&self, parts: &Parts<'_>) -> bool {
        fn is(wanted: Option<&String>, found: Option<&str>) -> bool {
            wanted.is_none_or(|wanted| found == Some(wanted))
        }
        let identity = &parts.user_identity;
        // Times of records have one form, in which their order is that of their texts.
        let time = parts.event_time.as_ref();
        is(self.event_name.as_ref(), Some(&parts.event_name))
            && is(self.user_name.as_ref(), identity.user_name.as_deref())
            && is(
                self.access_key_id.as_ref(),
                identity.access_key_id.as_deref(),
            )
            && is(self.event_source.as_ref(), Some(&parts.event_source))
            && is(self.error_code.as_ref(), parts.error_code.as_deref())
            && is(self.event_id.as_ref(), Some(&parts.event_id))
            && self
                .read_only
                .is_none_or(|wanted| wanted == parts.read_only)
            && self
                .account
                .is_none_or(|wanted| wanted.to_string() == parts.recipient_account_id)
            && self.since.is_none_or(|since| *since.to_string() <= *time)
            && self.until.is_none_or(|until| *until.to_string() > *time)
    }
}

/// The id of a line's event; `None` where the line is no record.
#[must_use]
pub fn event_id_of(line: &str) -> Option<String> {
    let parts: Parts<'_> = serde_json::from_str(line).ok()?;
    Some(parts.event_id.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, second: u32, rest: &str) -> String {
        format!(
            r#"{{"userIdentity":{{"userName":"bob","accessKeyId":"AKIA1"}},"eventTime":"2026-08-01T13:42:{second:02}Z","eventSource":"iam.amazonaws.com","eventName":"GetUser","eventID":"{id}","readOnly":true,"recipientAccountId":"123456789012"{rest}}}"#
        )
    }

    /// The ids found, newest first.
    fn ids(changes: &[String], lines: &[String], query: &Query) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (number, line) in lines.iter().enumerate() {
            let path = crate::files::path(folder.path(), number as u64 + 1);
            std::fs::write(path, format!("{line}\n")).unwrap();
        }
        let mut search = Search::new(query);
        for change in changes {
            search.take_change(change);
        }
        search.take_files(&Files::new(folder.path())).unwrap();
        let found = search.finish();
        found
            .iter()
            .map(|line| event_id_of(line).unwrap())
            .collect()
    }

    #[test]
    fn records_are_found_by_each_of_their_parts() {
        let other = r#"{"userIdentity":{"userName":"eve","accessKeyId":"AKIA2"},"eventTime":"2026-08-02T00:00:00Z","eventSource":"sts.amazonaws.com","eventName":"GetCallerIdentity","eventID":"b","readOnly":false,"errorCode":"AccessDenied","recipientAccountId":"000000000001"}"#;
        let lines = [record("a", 1, ""), other.to_owned(), "half a li".to_owned()];
        let text = |text: &str| Some(text.to_owned());
        let all = Query::default;
        for (query, found) in [
            (all(), vec!["b", "a"]),
            (
                Query {
                    event_name: text("GetUser"),
                    ..all()
                },
                vec!["a"],
            ),
            (
                Query {
                    user_name: text("eve"),
                    ..all()
                },
                vec!["b"],
            ),
            (
                Query {
                    access_key_id: text("AKIA2"),
                    ..all()
                },
                vec!["b"],
            ),
            (
                Query {
                    event_source: text("iam.amazonaws.com"),
                    ..all()
                },
                vec!["a"],
            ),
            (
                Query {
                    error_code: text("AccessDenied"),
                    ..all()
                },
                vec!["b"],
            ),
            (
                Query {
                    event_id: text("a"),
                    ..all()
                },
                vec!["a"],
            ),
            (
                Query {
                    read_only: Some(true),
                    ..all()
                },
                vec!["a"],
            ),
            (
                Query {
                    account: AccountId::from_number(1),
                    ..all()
                },
                vec!["b"],
            ),
            (
                Query {
                    since: Timestamp::parse("2026-08-02T00:00:00Z").ok(),
                    ..all()
                },
                vec!["b"],
            ),
            (
                Query {
                    until: Timestamp::parse("2026-08-02T00:00:00Z").ok(),
                    ..all()
                },
                vec!["a"],
            ),
            (Query { limit: 1, ..all() }, vec!["b"]),
            (
                Query {
                    user_name: text("nobody"),
                    ..all()
                },
                vec![],
            ),
        ] {
            assert_eq!(ids(&[], &lines, &query), found, "{query:?}");
        }
    }

    #[test]
    fn of_two_copies_the_one_in_the_files_is_shown_unless_it_denies_the_change() {
        let told = r#","responseElements":{}"#;
        let changes = [record("a", 1, ""), record("b", 2, ""), record("c", 3, "")];
        let lines = [
            record("a", 1, told),
            record("b", 2, r#","errorCode":"ServiceUnavailableException""#),
        ];
        let query = Query::default();
        let mut search = Search::new(&query);
        changes.iter().for_each(|change| search.take_change(change));
        lines.iter().for_each(|line| search.take_line(line));
        let expected = [record("c", 3, ""), record("b", 2, ""), record("a", 1, told)];
        assert_eq!(search.finish(), expected);
    }

    #[test]
    fn of_many_records_the_newest_are_found() {
        let query = Query {
            limit: 3,
            ..Query::default()
        };
        let mut search = Search::new(&query);
        for number in 0..1_000_u32 {
            // In the order of the files, which is not quite that of time.
            let second = (number / 20).min(59) ^ 1;
            search.take_line(&record(&number.to_string(), second, ""));
        }
        let found = search.finish();
        let ids: Vec<_> = found.iter().filter_map(|line| event_id_of(line)).collect();
        assert_eq!(ids, ["979", "978", "977"]);
    }
}
