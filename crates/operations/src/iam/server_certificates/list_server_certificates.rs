//! Lists the server certificates of the account. Nobody can have one here yet, so the list is empty.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PathPrefix` |  | text of 1 to 512 characters, `\u002F[\u0021-\u007F]*` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListServerCertificates`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListServerCertificatesRequest, ListServerCertificatesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use crate::pages;

pub(crate) async fn list_server_certificates(
    call: Call<ListServerCertificatesRequest>,
) -> Outcome<ListServerCertificatesResponse> {
    let permit = call.authorize(Resource::any())?;
    pages::key_of(call.input().marker.as_deref())?;
    permit.answer(ListServerCertificatesResponse {
        server_certificate_metadata_list: Vec::new(),
        is_truncated: Some(false),
        marker: None,
    })
}
