//! Lists the MFA devices of a user or of the root user. Nobody can have one here yet, so the list is empty.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListMFADevices`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListMFADevicesRequest, ListMFADevicesResponse};
use keyward_engine::{Call, Outcome};

use crate::iam::shared::subject::Subject;
use crate::pages;

pub(crate) async fn list_mfa_devices(
    call: Call<ListMFADevicesRequest>,
) -> Outcome<ListMFADevicesResponse> {
    let input = call.input();
    let account = call.account();
    let subject = Subject::named_or_caller(account, call.caller(), input.user_name.as_ref())?;
    let permit = call.authorize(subject.resource(account))?;
    subject.exists()?;
    pages::key_of(input.marker.as_deref())?;
    permit.answer(ListMFADevicesResponse {
        mfa_devices: Vec::new(),
        is_truncated: Some(false),
        marker: None,
    })
}
