//! An attempt to sign in.

use std::net::IpAddr;

use keyward_authorization::RequestContext;
use keyward_names::Secret;

use crate::browser::Browser;

/// Someone tries to sign in.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// The account's id or alias, as typed; empty for a root user by e-mail address.
    pub account: &'a str,
    /// The user's name or the root user's e-mail address, as typed.
    pub name: &'a str,
    /// The password, as typed.
    pub password: Secret,
    /// Where the request comes from.
    pub source: IpAddr,
    /// The browser, as far as it is known.
    pub browser: &'a Browser,
    /// What else is known of the request.
    pub request_context: &'a RequestContext,
}
