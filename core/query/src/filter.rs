//! Filters: criteria that must all hold. As the selector of a contract definition they say which assets it offers.

use crate::criterion::Criterion;
use crate::malformed::{Malformed, code};
use serde_json::Value;

/// Most criteria of one filter.
const CRITERIA: usize = 32;

/// Which objects are meant: those that satisfy every criterion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter(Vec<Criterion>);

impl Filter {
    /// Joins criteria.
    ///
    /// # Errors
    /// There are too many.
    pub fn new(criteria: Vec<Criterion>) -> Result<Self, Malformed> {
        few(criteria.len())?;
        Ok(Self(criteria))
    }

    /// Reads the JSON form: a criterion, or an array of them.
    ///
    /// # Errors
    /// As for [`Criterion::parse`] and [`Self::new`].
    pub fn from_json(value: &Value) -> Result<Self, Malformed> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one @ Value::Object(_) => std::slice::from_ref(one),
            _ => return Err(Malformed::new(code::WRONG_QUERY, "criteria are a list of objects")),
        };
        // Measured before any is read.
        few(items.len())?;
        items
            .iter()
            .map(Criterion::from_json)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether every criterion holds for an object, which lies in `places`.
    pub fn holds(&self, places: &[&Value]) -> bool {
        self.0.iter().all(|criterion| criterion.holds(places))
    }

    /// Its criteria.
    pub fn criteria(&self) -> &[Criterion] {
        &self.0
    }

    /// The only texts that the member `name` can have, when a criterion says so: spares looking at all objects.
    pub fn pinned(&self, name: &str) -> Option<Vec<&str>> {
        let mut of_name = self.0.iter().filter(|criterion| criterion.left().name() == Some(name));
        of_name.find_map(Criterion::texts)
    }

    /// As people see it and as it is stored.
    pub fn to_json(&self) -> Value {
        Value::Array(self.0.iter().map(Criterion::to_json).collect())
    }
}

fn few(criteria: usize) -> Result<(), Malformed> {
    if criteria > CRITERIA {
        let why = format!("there are at most {CRITERIA} criteria");
        return Err(Malformed::new(code::TOO_MANY_CRITERIA, why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filter(criteria: &[(&str, &str, Value)]) -> Filter {
        let criteria = criteria
            .iter()
            .map(|(left, operator, right)| Criterion::parse(left, operator, right.clone()).unwrap());
        Filter::new(criteria.collect()).unwrap()
    }

    #[test]
    fn all_must_hold_and_none_picks_all() {
        let object = json!({ "open": true, "year": 2026 });
        assert!(filter(&[]).holds(&[&object]));
        assert!(!filter(&[("open", "=", json!(true)), ("year", "=", json!(2025))]).holds(&[&object]));
    }

    #[test]
    fn too_many_are_refused() {
        let one = Criterion::parse("id", "=", json!("x")).unwrap();
        assert!(Filter::new(vec![one.clone(); CRITERIA]).is_ok());
        assert!(Filter::new(vec![one.clone(); CRITERIA + 1]).is_err());
        assert!(Filter::from_json(&json!(vec![one.to_json(); CRITERIA + 1])).is_err());
        assert!(Filter::from_json(&json!("x")).is_err());
    }

    #[test]
    fn stored_form_reads_back() {
        let criteria = filter(&[
            ("id", "in", json!(["x", "y"])),
            ("year", "!=", json!(2025)),
            ("kind", "like", json!("c%")),
            ("open", "=", json!(true)),
            ("kind", "NOT IN", json!(["a"])),
            ("kind", "ilike", json!("C%")),
            ("tags", "contains", json!("t")),
            ("year", "<", json!(1)),
            ("year", "<=", json!(1)),
            ("year", ">", json!(1)),
            ("'https://example.org/a'.b", ">=", json!(1)),
        ]);
        assert_eq!(Filter::from_json(&criteria.to_json()).unwrap(), criteria);
        assert_eq!(criteria.pinned("id"), Some(vec!["x", "y"]));
        assert_eq!(criteria.pinned("kind"), None);
        assert_eq!(filter(&[("@id", "=", json!("c"))]).pinned("id"), Some(vec!["c"]));
    }
}
