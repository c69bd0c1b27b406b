//! From a request's bytes to a typed input: never a panic, whatever comes, for any operation.

#![no_main]

use keyward_api::OperationId;
use keyward_wire::Parameters;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, Option<String>, &[u8])| {
    let (operation, query, body) = input;
    let Ok(parameters) = Parameters::parse(query.as_deref(), body) else { return };
    let all = OperationId::ALL;
    if let Some(operation) = all.get(usize::from(operation) % all.len()) {
        if let Err(error) = operation.check(&parameters) {
            assert!(!error.message().is_empty());
        }
    }
});
