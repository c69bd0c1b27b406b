//! What the gate judges a question by.

use keyward_account::Account;

use crate::managed::Managed;

/// What a question is judged by: an account, and the policies of AWS.
#[derive(Debug, Clone, Copy)]
pub struct PoliciesInForce<'a> {
    /// The caller's account.
    pub account: &'a Account,
    /// Where managed policies are found.
    pub managed: Managed<'a>,
    /// The account of the resource, if that is another one.
    pub elsewhere: Option<&'a Account>,
}

impl<'a> PoliciesInForce<'a> {
    /// For questions about resources of the caller's account.
    pub fn within(account: &'a Account, managed: Managed<'a>) -> Self {
        Self {
            account,
            managed,
            elsewhere: None,
        }
    }

    /// The account of the resource.
    pub fn of_resource(&self) -> &'a Account {
        self.elsewhere.unwrap_or(self.account)
    }
}
