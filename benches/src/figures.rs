//! Medians and ratios.

/// The median of some figures; 0 of none.
pub(crate) fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted.get(length / 2).copied().unwrap_or_default(),
        length => {
            let upper = sorted.get(length / 2).copied().unwrap_or_default();
            let lower = sorted.get(length / 2 - 1).copied().unwrap_or_default();
            f64::midpoint(lower, upper)
        }
    }
}

/// Figures taken in turn, one pair a round.
#[derive(Default)]
pub(crate) struct Rounds {
    reference: Vec<f64>,
    ours: Vec<f64>,
}

impl Rounds {
    pub(crate) fn push(&mut self, reference: f64, ours: f64) {
        self.reference.push(reference);
        self.ours.push(ours);
    }

    /// The median over the rounds of ours to the reference.
    pub(crate) fn ratio(&self) -> f64 {
        let ratios: Vec<f64> = self
            .reference
            .iter()
            .zip(&self.ours)
            .map(|(reference, ours)| ours / reference)
            .collect();
        median(&ratios)
    }

    /// One line: what, both medians, the ratio, what it must reach and what it aims at.
    pub(crate) fn report(&self, what: &str, unit: &str, must: &str) {
        println!(
            "{what:<58} {:>10.1} {:>10.1} {unit:<5} {:>6.1} %   must {must}   ({} rounds)",
            median(&self.reference),
            median(&self.ours),
            self.ratio() * 100.0,
            self.ours.len(),
        );
    }
}

/// The heading over lines of [`Rounds::report`].
pub(crate) fn heading(title: &str) {
    println!(
        "\n{title}\n{:<58} {:>10} {:>10} {:<5} {:>8}",
        "", "reference", "ours", "", "ratio"
    );
}
