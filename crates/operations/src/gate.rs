//! The authorization gate: whether a caller may do something to a resource.
//!
//! Until the policy engine decides here, the account root may do everything, and a user only what
//! the account's password policy grants to every user. Everything else is refused: the gate fails
//! closed.

use keyward_account::Account;
use keyward_api::OperationId;

use crate::caller::{Caller, Principal};
use crate::fault::{self, Fault};
use crate::resource::{Resource, arn_of};

/// Judges one action on one resource by the account as it stands.
pub(crate) fn judge(
    account: &Account,
    caller: &Caller,
    operation: OperationId,
    resource: &Resource,
) -> Result<(), Fault> {
    if !caller.is_known(account) {
        return Err(fault::invalid_client_token_id());
    }
    let allowed = match caller.principal {
        Principal::Root => true,
        Principal::User(id) => account.user_by_id(id).is_some_and(|user| {
            granted_to_every_user(account, operation, resource, &arn_of(account, user))
        }),
    };
    if allowed {
        Ok(())
    } else {
        Err(fault::access_denied(
            &caller.arn(account),
            operation.action(),
            resource.arn(),
        ))
    }
}

/// `AllowUsersToChangePassword` lets every user change their own password and read the policy it is
/// judged by.
fn granted_to_every_user(
    account: &Account,
    operation: OperationId,
    resource: &Resource,
    own_arn: &str,
) -> bool {
    let granted = account
        .password_policy()
        .is_some_and(|policy| policy.allow_users_to_change_password);
    granted
        && (operation == OperationId::IamGetAccountPasswordPolicy
            || (operation == OperationId::IamChangePassword && resource.arn() == own_arn))
}
