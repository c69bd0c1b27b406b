//! The configuration file: never a panic whatever stands in it, and a text that is refused has a reason.

#![no_main]
#![allow(dead_code, reason = "the program uses the rest")]

#[path = "../../crates/keyward/src/configuration.rs"]
mod configuration;

use configuration::Configuration;
use keyward_audit::{Destination, SinkOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Configuration::parse(text) {
        Ok(configuration) => {
            let _ = configuration.quotas();
            let _ = configuration
                .audit()
                .sink_options(SinkOptions::new(Destination::StandardOutput));
            let _ = configuration.audit().kept_for();
        }
        Err(error) => assert!(!format!("{error:#}").is_empty()),
    }
});
