//! What a decision costs: `cargo xtask bench policy`.
//!
//! On one core and in turn, round by round: the policy engine, Cedar, and a floor that does no more than
//! it must. All three first decide every request of the work, and must agree.

mod cedar;
mod engine;
mod figures;
mod floor;
mod further;
mod usual;
mod work;
mod worst;
mod worst_forms;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<ExitCode> {
    let reached = [usual::run()?, further::run()?, worst::run()?];
    if reached.contains(&false) {
        println!("\nnot all bounds are reached");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
