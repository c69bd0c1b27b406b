//! For fuzz targets only: cookies and fields as the pages read them.

use hyper::HeaderMap;

use super::cookies::{Cookies, Kind};
use super::forms;

/// Reads the cookies of a request, and has the browser keep what came.
pub(crate) fn cookies(headers: HeaderMap, is_tls: bool, answer: &mut HeaderMap) {
    let (mut head, ()) = hyper::Request::new(()).into_parts();
    head.headers = headers;
    let mut cookies = Cookies::of(&head, is_tls);
    let came: Vec<String> = [Kind::Session, Kind::Browser, Kind::Visit]
        .into_iter()
        .flat_map(|kind| {
            cookies
                .received(kind)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(came.iter().all(|value| !value.contains(';')));
    cookies.clear(Kind::Session);
    cookies.set(Kind::Visit, "visit".to_owned(), None);
    cookies.put_into(answer);
}

/// Reads a query and a form, and gives where the account of the query signs in.
pub(crate) fn fields(query: &str, body: &[u8]) -> String {
    let _ = forms::says(Some(query), "signed-out");
    let _ = keyward_wire::Parameters::parse(None, body);
    forms::sign_in_location(&forms::account_of(Some(query)))
}
