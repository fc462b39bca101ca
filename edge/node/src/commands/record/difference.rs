//! What differs between two bodies, member by member, in the order of their places.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt;

/// One place that differs.
pub struct Change {
    /// A JSON Pointer.
    place: String,
    before: Option<Value>,
    after: Option<Value>,
}

impl Change {
    /// As a member of a list.
    pub fn to_json(&self) -> Value {
        json!({ "place": self.place, "before": self.before, "after": self.after })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if let Some(before) = &self.before {
            write!(f, "\n- {before}")?;
        }
        if let Some(after) = &self.after {
            write!(f, "\n+ {after}")?;
        }
        Ok(())
    }
}

/// Every place at which the values differ. Lists are compared item by item.
pub fn of(before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut changes);
    changes
}

fn compare(place: String, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<Change>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for name in names {
                let step = name.replace('~', "~0").replace('/', "~1");
                compare(format!("{place}/{step}"), one.get(name), other.get(name), changes);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for number in 0..one.len().max(other.len()) {
                compare(format!("{place}/{number}"), one.get(number), other.get(number), changes);
            }
        }
        (before, after) => changes.push(Change {
            place,
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_differ_are_named() {
        let before = json!({ "a": 1, "b": { "c/d": [1, 2], "e": "x" }, "g": true });
        let after = json!({ "a": 1, "b": { "c/d": [1, 3, 4], "f": "x" }, "g": { "h": 1 } });
        let told: Vec<String> = of(&before, &after).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "/b/c~1d/1\n- 2\n+ 3",
                "/b/c~1d/2\n+ 4",
                "/b/e\n- \"x\"",
                "/b/f\n+ \"x\"",
                "/g\n- true\n+ {\"h\":1}"
            ]
        );
        assert!(of(&before, &before).is_empty());
    }
}
