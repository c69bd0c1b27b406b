//! Answers that are pages, and the headers that keep them from harm.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use hyper::{HeaderMap, Response, StatusCode};
use keyward_names::Age;
use keyward_signin::pages::STYLE_SHEET;

/// What every page is sent with: no script, nothing from elsewhere, in no frame, kept by nobody.
///
/// With a referrer policy stricter than `same-origin`, forms would be sent with a null `Origin`.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    (X_FRAME_OPTIONS, "DENY"),
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "same-origin"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Gives a response the headers of every page, where it doesn't say otherwise.
pub(crate) fn with_page_headers(
    mut response: Response<Full<Bytes>>,
    is_strict_transport: bool,
) -> Response<Full<Bytes>> {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if is_strict_transport {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// A page.
pub(super) fn html(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    typed(status, "text/html; charset=utf-8", Bytes::from(text))
}

/// Sends a browser on by `GET`.
pub(super) fn redirect(location: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// The style sheet. It tells nothing about anyone, so browsers may keep it for a while.
///
/// After signing out it also has the browser forget the pages that one could go back to: some
/// browsers keep them as they were shown, whatever `Cache-Control` says. The page that asks for the
/// sheet is there by then, and the one before has been put away.
pub(super) fn style_sheet(is_signed_out: bool) -> Response<Full<Bytes>> {
    let sheet = Bytes::from_static(STYLE_SHEET.as_bytes());
    let mut response = typed(StatusCode::OK, "text/css; charset=utf-8", sheet);
    let (name, value) = if is_signed_out {
        (HeaderName::from_static("clear-site-data"), "\"cache\"")
    } else {
        (CACHE_CONTROL, "max-age=300")
    };
    let value = HeaderValue::from_static(value);
    response.headers_mut().insert(name, value);
    response
}

/// Says how long to wait.
pub(super) fn retry_after(headers: &mut HeaderMap, wait: Age) {
    headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_seconds()));
}

fn typed(status: StatusCode, content_type: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_tls_is_spoken_for_good_browsers_are_held_to_it() {
        for (is_strict, told) in [(true, Some("max-age=31536000")), (false, None)] {
            let page = with_page_headers(html(StatusCode::OK, String::new()), is_strict);
            let header = page.headers().get(STRICT_TRANSPORT_SECURITY);
            let header = header.map(|value| value.to_str().unwrap());
            assert_eq!(header, told);
            assert_eq!(page.headers().len(), 8 + usize::from(is_strict));
        }
    }
}
