//! What Keyward costs, as ratios to a reference that runs in the same go: `cargo xtask bench NAME`.
//!
//! The machine decides absolute figures; a ratio says what is ours. Each bench runs reference and
//! Keyward in turn, several rounds, and reports medians.
#![expect(clippy::disallowed_methods, reason = "to measure is to read a clock")]
#![expect(
    clippy::print_stdout,
    reason = "printing figures is what a bench is for"
)]

mod children;
mod figures;
mod full;
mod http;
mod installed;
mod load;
mod million;
mod password;
mod references;
mod sign_in;
mod signing;
mod start;
mod sts;
mod visit;

use anyhow::bail;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["http"] => http::run(),
        ["password"] => password::run(),
        ["sign-in"] => sign_in::run(),
        ["million"] => million::run(),
        ["full"] => full::run(),
        ["start"] => start::run(),
        ["sts"] => sts::run(),
        // The references, run as processes of their own.
        ["bare-server", body_bytes] => references::bare_server(body_bytes.parse()?),
        ["floor-server", log] => references::floor_server(log),
        ["raw-hash", seconds] => references::raw_hash(seconds.parse()?),
        _ => {
            bail!("usage: keyward-benches http | password | sign-in | million | full | start | sts")
        }
    }
}
