//! What the administration socket reads: never a panic whatever comes, and a request that is read is written
//! the same again.

#![no_main]
#![allow(dead_code, reason = "the program uses the rest")]

#[path = "../../crates/keyward/src/admin_request.rs"]
mod admin_request;

use admin_request::{Request, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &str| {
    match Request::read(line) {
        Ok(request) => {
            let written = serde_json::to_string(&request).unwrap();
            let again = Request::read(&written).unwrap();
            assert_eq!(format!("{again:?}"), format!("{request:?}"));
        }
        Err(error) => assert!(!error.is_empty()),
    }
    if let Ok(response) = serde_json::from_str::<Response>(line) {
        assert!(serde_json::to_string(&response).is_ok());
    }
});
