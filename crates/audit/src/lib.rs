//! Audit records: their form, which is CloudTrail's, the sink that takes them away from requests, and
//! reading them back.
//!
//! A [`Record`] says who asked for what, from where, and what came of it. It knows no secret: whoever
//! makes one hands in parameters that were rendered without. A [`Sink`] takes finished records by a
//! bounded queue, never makes anyone wait, and counts what it could not take. A [`Search`] finds
//! records again, and a [`Follower`] reads on.
//!
//! What an operation does is not known here, and neither is the store: it keeps the records of
//! changes by itself, as texts.
//!
//! ```
//! use keyward_audit::{Destination, Files, Query, Search, Sink, SinkOptions};
//!
//! let folder = tempfile::tempdir().unwrap();
//! let to = Destination::Files(folder.path().to_owned());
//! let sink = Sink::start(SinkOptions::new(to)).unwrap();
//! sink.send(r#"{"eventID":"1","eventName":"GetUser","readOnly":true}"#.to_owned());
//! sink.close();
//!
//! let query = Query { read_only: Some(true), ..Query::default() };
//! let mut search = Search::new(&query);
//! search.take_files(&Files::new(folder.path())).unwrap();
//! assert_eq!(search.finish().len(), 1);
//! ```

mod event_id;
mod files;
mod follow;
mod output;
mod record;
mod rotation;
mod search;
mod sink;

pub use event_id::EventId;
pub use files::Files;
pub use follow::Follower;
pub use record::{
    EventType, Identity, IdentityType, Record, RecordResource, SessionAttributes, SessionContext,
    SessionIssuer, TlsDetails, WebIdFederationData,
};
pub use search::{Query, Search, event_id_of};
pub use sink::{Destination, Sink, SinkError, SinkOptions};
