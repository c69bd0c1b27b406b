//! The wire model of IAM and STS: every operation with its input, its output, its constraints and
//! its faults.
//!
//! What the services' models say is generated into `generated/`; the modules beside it hold the
//! logic that generated code calls. Nothing here knows any state: a request is judged by its own
//! words alone. What an operation does is said in the crate `operations`.
//!
//! ```
//! use keyward_api::{Input, OperationId, Service, iam};
//! use keyward_wire::Parameters;
//!
//! let operation = OperationId::find(Service::Iam, "GetUser");
//! assert_eq!(operation, Some(OperationId::IamGetUser));
//!
//! let request = Parameters::parse(None, b"UserName=bob").unwrap();
//! let input = iam::GetUserRequest::decode(&request).unwrap();
//! assert_eq!(input.user_name.unwrap().as_str(), "bob");
//!
//! let request = Parameters::parse(None, b"MaxItems=1001").unwrap();
//! assert_eq!(
//!     iam::ListUsersRequest::decode(&request).unwrap_err().message(),
//!     "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: \
//!      Member must have value less than or equal to 1000"
//! );
//! ```

mod constraints;
mod element;
mod fields;
mod generated;
mod input;
mod json;
mod operation;
mod patterns;
mod reader;
mod recorded;
mod secret_blob;
mod service;
mod violations;

pub use fields::{AsFields, Fields};
pub use generated::faults::FaultCode;
pub use generated::operations::OperationId;
pub use generated::{iam, sts};
pub use input::{Input, InputError};
pub use json::JsonMembers;
pub use operation::{Operation, Output};
pub use recorded::{Members, Recorded, recorded};
pub use secret_blob::SecretBlob;
pub use service::Service;
