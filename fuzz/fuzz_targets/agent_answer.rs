//! The answers of STS that the credentials agent reads: never a panic whatever comes, and nothing that the
//! endpoint says gives a secret of the agent away.

#![no_main]

use arbitrary::Arbitrary;
use keyward_agent::fuzzing;
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    is_success: bool,
    body: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let status = if input.is_success { 200 } else { 403 };
    let told = fuzzing::read_answer(status, input.body);
    assert!(!told.contains(fuzzing::SECRET), "{told}");
});
