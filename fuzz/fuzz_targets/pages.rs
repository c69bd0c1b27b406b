//! What browsers and proxies send: forms, queries, cookies and headers. Never a panic whatever comes, and
//! what is written from them into a header is one.

#![no_main]

use arbitrary::Arbitrary;
use keyward_server::fuzzing;
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    query: &'a str,
    body: &'a [u8],
    headers: Vec<(u8, &'a [u8])>,
    peer: [u8; 4],
    is_tls: bool,
}

fuzz_target!(|input: Input<'_>| {
    let names = [
        "cookie",
        "host",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-host",
        "user-agent",
        "referer",
        "content-type",
        "origin",
        "sec-fetch-site",
    ];
    let headers: Vec<(&str, &[u8])> = input
        .headers
        .iter()
        .map(|(name, value)| (names[usize::from(*name) % names.len()], *value))
        .collect();
    fuzzing::head(&headers, input.peer, input.is_tls);
    fuzzing::fields(input.query, input.body);
});
