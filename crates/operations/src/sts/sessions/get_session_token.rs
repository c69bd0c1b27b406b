//! Gives out a session of the calling user or root user itself. Everyone who does not call in a
//! session already may ask for it, whatever policies say.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `DurationSeconds` |  | number from 900 to 129600 |
//! | `SerialNumber` |  | text of 9 to 256 characters, `[\w+=/:,.@-]*` |
//! | `TokenCode` |  | text of 6 characters, `[\d]*` |
//! | `MinimumSessionTokenSize` |  | number from 0 to 4096 |
//!
//! Permission: `sts:GetSessionToken`.
//! Faults: `RegionDisabledException` (403).
//!
//! <!-- end of facts -->

use keyward_api::OperationId;
use keyward_api::sts::{GetSessionTokenRequest, GetSessionTokenResponse};
use keyward_authorization::sessions::Holder;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::{check_mfa, lasts, with_own_key};
use crate::sts::shared::given_policies::GivenPolicies;
use crate::sts::shared::issue::{NewSession, issue};

pub(crate) async fn get_session_token(
    call: Call<GetSessionTokenRequest>,
) -> Outcome<GetSessionTokenResponse> {
    let input = call.input();
    let principal = with_own_key(call.caller())
        .ok_or_else(|| fault::not_with_session_credentials(OperationId::StsGetSessionToken))?;
    check_mfa(input.serial_number.as_deref(), input.token_code.as_deref())?;
    let permit = call.open_to_all();
    let issued = issue(
        &call,
        &permit,
        call.account(),
        NewSession {
            holder: Holder::Own(principal),
            lasts: lasts(principal, input.duration_seconds),
            mfa: None,
            tags: Box::default(),
            policies: GivenPolicies::default(),
            token_size: input.minimum_session_token_size,
        },
    )?;
    permit.answer(GetSessionTokenResponse {
        credentials: Some(issued.credentials),
        session_token_utilization: Some(issued.utilization),
        session_token_size: Some(issued.token_size),
    })
}
