//! Lists the service-specific credentials of a user, or of all users. Nobody can have one here yet, so the list is empty.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `ServiceName` |  | text |
//! | `AllUsers` |  | boolean |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListServiceSpecificCredentials`.
//! Faults: `NoSuchEntity` (404), `NotSupportedService` (404).
//!
//! <!-- end of facts -->

use keyward_api::iam::{
    ListServiceSpecificCredentialsRequest, ListServiceSpecificCredentialsResponse,
};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use crate::iam::shared::subject::Subject;
use crate::pages;

pub(crate) async fn list_service_specific_credentials(
    call: Call<ListServiceSpecificCredentialsRequest>,
) -> Outcome<ListServiceSpecificCredentialsResponse> {
    let input = call.input();
    let account = call.account();
    let permit = if input.all_users == Some(true) {
        call.authorize(Resource::all(account.id(), "user", Some("/*")))?
    } else {
        let subject = Subject::named_or_caller(account, call.caller(), input.user_name.as_ref())?;
        let permit = call.authorize(subject.resource(account))?;
        subject.exists()?;
        permit
    };
    pages::key_of(input.marker.as_deref())?;
    permit.answer(ListServiceSpecificCredentialsResponse {
        service_specific_credentials: Some(Vec::new()),
        is_truncated: Some(false),
        marker: None,
    })
}
