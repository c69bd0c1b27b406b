//! A principal with ten statements, beside Cedar and the floor.

use std::hint::black_box;
use std::time::Duration;

use anyhow::ensure;
use keyward_policy::{Context, Decision, PolicySet};

use crate::figures::{Bound, ROUNDS, median, nanoseconds};
use crate::work::{POLICIES, REQUESTS, context};
use crate::{cedar, engine, floor};

/// Nanoseconds for a request of the mix.
pub(crate) fn time_engine(set: &PolicySet, context: &Context) -> f64 {
    let all = nanoseconds(Duration::from_millis(10), || {
        for (action, resource) in REQUESTS {
            black_box(engine::decide(
                set,
                black_box(action),
                black_box(resource),
                context,
            ));
        }
    });
    all / REQUESTS.len() as f64
}

pub(crate) fn run() -> anyhow::Result<bool> {
    let (set, context) = (engine::set(&POLICIES)?, context());
    let cedar = cedar::Cedar::new()?;
    let floor = floor::Floor::new(&POLICIES)?;
    let mut counts = [0; 3];
    for asked in REQUESTS {
        let (action, resource) = asked;
        let ours = match engine::decide(&set, action, resource, &context) {
            Decision::Allowed => "allowed",
            Decision::ImplicitDeny(_) => "implicit deny",
            Decision::ExplicitDeny(_) => "explicit deny",
        };
        let all = [ours, cedar.decide(asked)?, floor.decide(action, resource)];
        ensure!(all.iter().all(|one| *one == ours), "{asked:?}: {all:?}");
        let kind = ["allowed", "implicit deny", "explicit deny"]
            .iter()
            .position(|kind| *kind == ours);
        if let Some(count) = kind.and_then(|kind| counts.get_mut(kind)) {
            *count += 1;
        }
    }
    ensure!(
        counts == [4, 4, 4],
        "the mix is not what it should be: {counts:?}"
    );

    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let figures = (
            time_engine(&set, &context),
            cedar.time()?,
            floor.time(&REQUESTS),
        );
        // The first round warms all up.
        if round > 0 {
            rounds.push(figures);
        }
    }
    println!("A decision with 10 statements, nanoseconds, medians of {ROUNDS} rounds");
    println!("  the engine  {:>9.0}", median(rounds.iter().map(|r| r.0)));
    println!("  Cedar       {:>9.0}", median(rounds.iter().map(|r| r.1)));
    println!("  the floor   {:>9.0}", median(rounds.iter().map(|r| r.2)));
    let to_cedar = Bound {
        figure: median(rounds.iter().map(|r| r.0 / r.1)),
        must: Some(1.0 / 20.0),
        aim: Some(1.0 / 40.0),
    };
    // What must be reached is said of Cedar; of the floor there is an aim alone.
    let to_floor = Bound {
        figure: median(rounds.iter().map(|r| r.0 / r.2)),
        must: None,
        aim: Some(3.0),
    };
    let reached = to_cedar.report("the engine to Cedar", "times");
    to_floor.report("the engine to the floor", "times");
    Ok(reached)
}
