//! An attempt to sign in, and what comes of it.

use std::net::IpAddr;

use keyward_authorization::Circumstances;
use keyward_names::{Age, Secret};

use crate::Unavailable;
use crate::browser::Browser;
use crate::session::Session;

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
    pub circumstances: &'a Circumstances,
}

/// What comes of an attempt.
#[derive(Debug)]
pub enum SignIn {
    /// The password is right. The session says whether a new one is due first.
    Admitted(Session),
    /// Wrong in any way, which is not told.
    Incorrect,
    /// The password was right, but it expired, and only an administrator can set another.
    ExpiredForGood,
    /// Not heard: there were too many tries. So long the wait is.
    HeldBack(Age),
    /// Not heard: too many people are signing in.
    Busy,
    /// Nobody can be let in now.
    Unavailable(Unavailable),
}
