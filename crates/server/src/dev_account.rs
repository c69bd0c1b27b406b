//! The accounts of `dev`, which are made without anyone asking.

use keyward_engine::{AdministrationError, Installation, NewAccount};
use keyward_names::AccountId;

/// The account that unknown keys act in while `dev` does not enforce, unless another one is chosen:
/// `000000000000`.
pub const DEV_ACCOUNT: &str = "000000000000";

/// The e-mail address of the root user of an account that `dev` made.
#[must_use]
pub fn dev_root_email(id: AccountId) -> String {
    format!("root@{id}.localhost")
}

/// Makes an account of `dev` unless it is there.
pub async fn make_dev_account(
    installation: &Installation,
    id: AccountId,
) -> Result<(), AdministrationError> {
    let new = NewAccount {
        id,
        name: format!("dev-{id}"),
        root_email: dev_root_email(id),
        with_root_credentials: false,
    };
    match installation.create_account(new).await {
        Ok(_) | Err(AdministrationError::AlreadyExists(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
