//! Times, medians and bounds.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How often each work is timed; the median counts.
pub(crate) const ROUNDS: usize = 31;

/// Nanoseconds of a processor that one run of some work takes, when it is repeated for about so long.
///
/// Nothing that is measured here waits, so what others do on the machine in between is left out.
pub(crate) fn nanoseconds(time: Duration, mut work: impl FnMut()) -> f64 {
    let begun = processor_time();
    let mut runs = 0_u32;
    loop {
        work();
        runs += 1;
        let elapsed = processor_time().saturating_sub(begun);
        if elapsed >= time {
            return elapsed.as_secs_f64() * 1e9 / f64::from(runs);
        }
    }
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// The median of some figures; 0 of none.
pub(crate) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = figures.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// A figure and what it must reach and aims at, all of the same unit.
pub(crate) struct Bound {
    pub(crate) figure: f64,
    /// `None` where a figure is told for what it is.
    pub(crate) must: Option<f64>,
    pub(crate) aim: Option<f64>,
}

impl Bound {
    /// Prints a line about it and tells whether what must be is reached.
    pub(crate) fn report(&self, what: &str, unit: &str) -> bool {
        let Self { figure, must, aim } = *self;
        let is_within = |bound: &f64| figure <= *bound;
        let (is_must_reached, is_aim_reached) =
            (must.as_ref().map(is_within), aim.as_ref().map(is_within));
        let verdict = match (is_must_reached, is_aim_reached) {
            (None, None) => "no bound",
            (Some(false), _) => "MISSED",
            (_, Some(true)) => "aim reached",
            (Some(true), _) => "must reached",
            (None, Some(false)) => "aim missed",
        };
        let shown = |name: &str, bound: Option<f64>| match bound {
            Some(bound) => format!("{name} {bound:<5}"),
            None => " ".repeat(name.len() + 6),
        };
        let (must, aim) = (shown("must", must), shown("aim", aim));
        println!("{what:<66} {figure:>8.3} {unit:<10} {must} {aim} {verdict}");
        is_must_reached != Some(false)
    }
}
