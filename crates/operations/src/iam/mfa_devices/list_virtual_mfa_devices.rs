//! Lists the virtual MFA devices of the account. Nobody can have one here yet, so the list is empty.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `AssignmentStatus` |  | one of `Assigned`, `Unassigned`, `Any` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListVirtualMFADevices`.
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListVirtualMFADevicesRequest, ListVirtualMFADevicesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use crate::pages;

pub(crate) async fn list_virtual_mfa_devices(
    call: Call<ListVirtualMFADevicesRequest>,
) -> Outcome<ListVirtualMFADevicesResponse> {
    let permit = call.authorize(Resource::any())?;
    pages::key_of(call.input().marker.as_deref())?;
    permit.answer(ListVirtualMFADevicesResponse {
        virtual_mfa_devices: Vec::new(),
        is_truncated: Some(false),
        marker: None,
    })
}
