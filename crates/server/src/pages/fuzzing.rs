//! For fuzz targets only: the readers of what browsers and proxies send, without a connection.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{COOKIE, HOST, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method};
use keyward_authorization::RequestContext;
use keyward_names::Network;

use super::cookies::{Cookies, Kind};
use super::forms::{self, Form};
use crate::guard;
use crate::origin::Origin;

/// The head of a request.
pub struct Head(Parts);

impl Head {
    /// A head of these parts, if HTTP knows such a one.
    pub fn new(method: &str, target: &str, headers: &[(&[u8], &[u8])]) -> Option<Self> {
        let mut request = hyper::Request::new(());
        *request.method_mut() = Method::from_bytes(method.as_bytes()).ok()?;
        *request.uri_mut() = target.parse().ok()?;
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name).ok()?;
            let value = HeaderValue::from_bytes(value).ok()?;
            request.headers_mut().append(name, value);
        }
        Some(Self(request.into_parts().0))
    }

    /// The query.
    pub fn query(&self) -> Option<&str> {
        self.0.uri.query()
    }

    /// The values of a header.
    pub fn values(&self, name: &str) -> Vec<&[u8]> {
        let values = self.0.headers.get_all(name);
        values.iter().map(HeaderValue::as_bytes).collect()
    }

    /// A field of the form that comes with this head, if a form comes.
    pub fn form_field(&self, body: &[u8], field: &str) -> Option<String> {
        let form = Form::of(&self.0.headers, body)?;
        Some(form.text(field).to_owned())
    }

    /// Where a request with this head comes from, and what policies may ask about it.
    pub fn origin(&self, peer: SocketAddr, trusted: &[Network]) -> (IpAddr, RequestContext) {
        let origin = Origin::new(peer, &self.0.headers, trusted, false);
        (origin.source, origin.request_context)
    }

    /// Why `dev` refuses the request, if it does.
    pub fn refusal_of_dev(&self, address: IpAddr, allowed_hosts: &[String]) -> Option<&str> {
        guard::refusal(&self.0, address, allowed_hosts)
    }

    /// Whether a page of another site sent it, as far as its browser says.
    pub fn is_from_elsewhere(&self) -> bool {
        super::is_from_elsewhere(&self.0)
    }
}

/// The account that a query names.
pub fn account_of(query: Option<&str>) -> String {
    forms::account_of(query)
}

/// Whether a query has a field.
pub fn says(query: Option<&str>, field: &str) -> bool {
    forms::says(query, field)
}

/// Where someone signs in to an account.
pub fn sign_in_location(account: &str) -> String {
    forms::sign_in_location(account)
}

/// The values of the cookies that came by `Cookie` headers: of sessions, browsers and visits. `None`
/// where HTTP knows no such header.
pub fn received_cookies(host: &[u8], sent: &[&[u8]], is_tls: bool) -> Option<[Vec<String>; 3]> {
    let head = head_with_cookies(host, sent)?;
    let cookies = Cookies::of(&head, is_tls);
    let kinds = [Kind::Session, Kind::Browser, Kind::Visit];
    Some(kinds.map(|kind| cookies.received(kind).map(str::to_owned).collect()))
}

/// The name that the server gives to a cookie of a kind: as it would set it.
pub fn cookie_name(host: &[u8], is_tls: bool, kind: &str) -> String {
    let kind = match kind {
        "session" => Kind::Session,
        "browser" => Kind::Browser,
        _ => Kind::Visit,
    };
    let mut headers = HeaderMap::new();
    if let Some(head) = head_with_cookies(host, &[]) {
        let mut cookies = Cookies::of(&head, is_tls);
        cookies.clear(kind);
        cookies.put_into(&mut headers);
    }
    let told = headers.get("set-cookie").map(HeaderValue::as_bytes);
    let told = String::from_utf8_lossy(told.unwrap_or_default());
    told.split('=').next().unwrap_or_default().to_owned()
}

fn head_with_cookies(host: &[u8], sent: &[&[u8]]) -> Option<Parts> {
    let host = [(HOST.as_str().as_bytes(), host)];
    let cookies = sent
        .iter()
        .map(|value| (COOKIE.as_str().as_bytes(), *value));
    let headers: Vec<_> = host.into_iter().chain(cookies).collect();
    Some(Head::new("GET", "/", &headers)?.0)
}
