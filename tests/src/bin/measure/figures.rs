//! The figures as they are handed to `cargo xtask bench`.

use anyhow::Result;
use serde::Serialize;

/// All that was measured, in the order of the table.
#[derive(Default, Serialize)]
pub(super) struct Figures(Vec<Figure>);

#[derive(Serialize)]
struct Figure {
    what: String,
    unit: &'static str,
    dinghy: f64,
    bare: Option<f64>,
    nagstamon: Option<f64>,
    /// Dinghy's figure should be no larger.
    goal: Option<f64>,
}

/// What Dinghy's figure stands beside.
#[derive(Default, Clone, Copy)]
pub(super) struct Beside {
    pub(super) bare: Option<f64>,
    pub(super) nagstamon: Option<f64>,
    pub(super) goal: Option<f64>,
}

impl Figures {
    pub(super) fn add(&mut self, what: &str, unit: &'static str, dinghy: f64, beside: Beside) {
        let Beside { bare, nagstamon, goal } = beside;
        eprintln!("  {what}: {dinghy:.2} {unit}");
        self.0.push(Figure { what: what.to_owned(), unit, dinghy, bare, nagstamon, goal });
    }

    pub(super) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }
}

/// The value below which this part of the values lies (nearest rank); 0 without values.
pub(super) fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// The middle value.
pub(super) fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measured_values() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(median(&values), 100.0);
        assert_eq!(percentile(&values, 0.99), 198.0);
        assert_eq!(percentile(&values, 1.0), 200.0);
        assert_eq!(percentile(&[7.0], 0.99), 7.0);
        assert_eq!(percentile(&[], 0.99), 0.0);
    }
}
