//! A request, as far as signatures see it.

/// A request as it came, borrowed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method, as on the request line.
    pub method: &'a str,
    /// The path, as on the request line: not decoded, not normalised.
    pub path: &'a str,
    /// The query, as on the request line, without the `?`; empty when there is none.
    pub query: &'a str,
    /// Every header in the order it came: names in any case, values as they are, a repeated header
    /// as repeated entries. The host must be among them (over HTTP/2: the authority, as `host`).
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The whole body, byte for byte.
    pub body: &'a [u8],
}
