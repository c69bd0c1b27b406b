//! Lists the account's alias, if it has one.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListAccountAliases`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListAccountAliasesRequest, ListAccountAliasesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_names::AccountAlias;

use crate::pages;

pub(crate) async fn list_account_aliases(
    call: Call<ListAccountAliasesRequest>,
) -> Outcome<ListAccountAliasesResponse> {
    let input = call.input();
    let permit = call.authorize(Resource::any())?;
    let page = pages::page_of_few(
        call.account().alias().cloned().into_iter().collect(),
        input.marker.as_deref(),
        input.max_items,
        AccountAlias::as_str,
    )?;
    permit.answer(ListAccountAliasesResponse {
        is_truncated: Some(page.is_truncated()),
        account_aliases: page.items,
        marker: page.marker,
    })
}
