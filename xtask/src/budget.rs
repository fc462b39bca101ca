//! `ci-budget.toml`: each stage's minutes. Holds the reading and the arithmetic; the stages are in `test`.

use crate::house::House;
use std::collections::BTreeMap;

const FILE: &str = "ci-budget.toml";

/// The minutes of every stage.
pub struct Budget {
    minutes: BTreeMap<String, f64>,
}

impl Budget {
    /// Reads the file and checks that its stages are exactly `stages` and their minutes add up to its total.
    ///
    /// # Errors
    /// The message says which line is missing, unused or wrong.
    pub fn load(house: &House, stages: &[&str]) -> Result<Self, String> {
        Self::parse(&house.read_toml(FILE)?, stages).map_err(|why| format!("`{FILE}`: {why}"))
    }

    /// The minutes of one stage; 0 for a stage that has no line, which `load` does not let happen.
    pub fn minutes(&self, stage: &str) -> f64 {
        self.minutes.get(stage).copied().unwrap_or(0.0)
    }

    fn parse(table: &toml::Table, stages: &[&str]) -> Result<Self, String> {
        let total = table
            .get("total_minutes")
            .and_then(number)
            .ok_or("`total_minutes` is no number")?;
        let lines = table
            .get("stage")
            .and_then(toml::Value::as_table)
            .ok_or("no table `stage`")?;
        let mut minutes = BTreeMap::new();
        for (stage, value) in lines {
            if !stages.contains(&stage.as_str()) {
                return Err(format!("`{stage}` is no stage"));
            }
            let value = number(value).filter(|value| *value > 0.0);
            minutes.insert(
                stage.clone(),
                value.ok_or_else(|| format!("`{stage}` has no positive minutes"))?,
            );
        }
        if let Some(stage) = stages.iter().find(|stage| !minutes.contains_key(**stage)) {
            return Err(format!("stage `{stage}` has no line"));
        }
        let sum: f64 = minutes.values().sum();
        if (sum - total).abs() > 0.001 {
            return Err(format!(
                "the stages add up to {sum} minutes, `total_minutes` says {total}"
            ));
        }
        Ok(Self { minutes })
    }
}

fn number(value: &toml::Value) -> Option<f64> {
    value.as_float().or_else(|| {
        value
            .as_integer()
            .and_then(|whole| i32::try_from(whole).ok())
            .map(f64::from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Budget, String> {
        Budget::parse(&toml::from_str(text).unwrap(), &["a", "b"])
    }

    #[test]
    fn stages_and_sum_must_agree() {
        assert!(parse("total_minutes = 3\n[stage]\na = 1\nb = 2.0").is_ok_and(|budget| budget.minutes("b") > 1.9));
        assert!(parse("total_minutes = 4\n[stage]\na = 1\nb = 2").is_err_and(|why| why.contains("add up")));
        assert!(parse("total_minutes = 1\n[stage]\na = 1").is_err_and(|why| why.contains("no line")));
        assert!(parse("total_minutes = 1\n[stage]\na = 1\nc = 1").is_err_and(|why| why.contains("no stage")));
        assert!(parse("total_minutes = 1\n[stage]\na = 0\nb = 1").is_err_and(|why| why.contains("positive")));
    }
}
