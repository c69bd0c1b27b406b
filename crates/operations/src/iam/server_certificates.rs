//! Server certificates, of which no account can have one yet.

pub(crate) mod list_server_certificates;
