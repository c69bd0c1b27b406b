//! The awsQuery protocol: form parameters in, XML or JSON and the error envelope out.
//!
//! This crate knows how members, lists, maps and documents are written on the wire, and no word of
//! IAM: which members an operation has is said by its callers. It does no I/O.
//!
//! ```
//! use keyward_wire::{Parameters, success};
//!
//! let request = Parameters::parse(None, b"Action=Greet&Name=Ann+Lee").unwrap();
//! assert_eq!(request.get("Name"), Some("Ann Lee"));
//!
//! let answer = success("Greet", "https://example.com/", true, "r-1", |xml| {
//!     xml.text("Greeting", "hello");
//! });
//! assert_eq!(
//!     answer,
//!     "<GreetResponse xmlns=\"https://example.com/\"><GreetResult><Greeting>hello</Greeting>\
//!      </GreetResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GreetResponse>"
//! );
//! ```

mod envelope;
mod indexes;
mod json;
mod parameters;
pub mod percent;
mod scalars;
mod xml;

pub use envelope::{error, error_as_json, success, success_as_json};
pub use indexes::{Indexes, ListError};
pub use json::{JsonObject, write_json_base64, write_json_plain, write_json_text};
pub use parameters::{MAX_PARAMETERS, Parameters, ParametersError};
pub use scalars::{ScalarError, parse_boolean, parse_integer};
pub use xml::XmlWriter;
