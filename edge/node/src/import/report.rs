//! What came of an import, thing by thing.

use serde_json::{Value, json};

/// What came of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not here, and now is.
    Created,
    /// It is not here; a dry run writes nothing.
    Missing,
    /// It was here, the same.
    Unchanged,
    /// Something else is here under its id, and stays.
    Differs,
    /// The connector goes by it no more, so neither does the node.
    Retired,
    /// The node does not take it, in its words.
    Refused(String),
    /// It would not take it; a dry run does not ask.
    WouldRefuse(String),
}

impl Outcome {
    /// The stable word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Missing => "would be created",
            Self::Unchanged => "unchanged",
            Self::Differs => "differs",
            Self::Retired => "retired there",
            Self::Refused(_) => "refused",
            Self::WouldRefuse(_) => "would be refused",
        }
    }
}

/// One thing.
#[derive(Clone, Debug)]
pub struct Row {
    /// Of which kind, for people.
    pub kind: &'static str,
    /// Its id, the same at both.
    pub id: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What a person must still see to.
    pub notes: Vec<String>,
}

impl Row {
    fn json(&self) -> Value {
        let why = match &self.outcome {
            Outcome::Refused(why) | Outcome::WouldRefuse(why) => Some(why.as_str()),
            Outcome::Differs => Some("something else stands here under this id, and stays"),
            _ => None,
        };
        let notes: Vec<&str> = why.into_iter().chain(self.notes.iter().map(String::as_str)).collect();
        json!({ "kind": self.kind, "id": self.id, "outcome": self.outcome.as_str(), "notes": notes })
    }
}

/// Everything that came of an import.
#[derive(Clone, Debug, Default)]
pub struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Adds what came of one thing.
    pub fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Every thing: `kind`, `id`, `outcome` and `notes`, in the order in which they were taken.
    pub fn rows(&self) -> Vec<Value> {
        self.rows.iter().map(Row::json).collect()
    }

    /// How many things came to each outcome, in the order of the first of each: `12 created, 1 refused`.
    pub fn sum(&self) -> String {
        let mut sums: Vec<(&str, usize)> = Vec::new();
        for row in &self.rows {
            let word = row.outcome.as_str();
            match sums.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => sums.push((word, 1)),
            }
        }
        let sums: Vec<String> = sums.iter().map(|(word, count)| format!("{count} {word}")).collect();
        sums.join(", ")
    }

    /// How many things are not here as they are at the connector, or will not be, though they were to be.
    pub fn left_out(&self) -> usize {
        let left_out = |row: &&Row| {
            let outcome = &row.outcome;
            matches!(
                outcome,
                Outcome::Differs | Outcome::Refused(_) | Outcome::WouldRefuse(_)
            )
        };
        self.rows.iter().filter(left_out).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_many_and_what_is_left_out() {
        let mut report = Report::default();
        for outcome in [
            Outcome::Created,
            Outcome::Refused("400".to_owned()),
            Outcome::Created,
            Outcome::Differs,
        ] {
            report.add(Row {
                kind: "asset",
                id: "a".to_owned(),
                outcome,
                notes: vec!["look".to_owned()],
            });
        }
        assert_eq!(
            (report.sum().as_str(), report.left_out()),
            ("2 created, 1 refused, 1 differs", 2)
        );
        assert_eq!(
            report.rows()[1],
            json!({ "kind": "asset", "id": "a", "outcome": "refused", "notes": ["400", "look"] })
        );
    }
}
