//! Selectors: which documents a contract definition offers.
//!
//! A selector is a list of criteria, all of which must hold; an empty one picks every document. The left operand is `id`
//! (the document's id) or the name of a member of its properties, taken literally. Operators:
//!
//! | operator | holds when the left side |
//! | --- | --- |
//! | `=` | equals the right operand, as JSON |
//! | `!=` | is absent, or does not equal it |
//! | `in` | equals one item of the right operand, an array |
//! | `like` | is a text that fits the pattern: `%` stands for any run of characters, `_` for one; case counts |
//!
//! An absent member satisfies `!=` alone. There is no other logic here: who may see an offer is the access policy's.

use super::invalid;
use crate::Fault;
use serde_json::{Map, Value, json};

/// Most criteria of one selector.
const CRITERIA: usize = 32;
/// Most items of an `in`.
const ITEMS: usize = 1000;
/// Longest operand text, in bytes; it also bounds the work of `like`.
const OPERAND_BYTES: usize = 2048;
/// Names under which the document's id is meant; the last is what connectors of the EDC family write.
const ID_NAMES: [&str; 3] = ["id", "@id", "https://w3id.org/edc/v0.0.1/ns/id"];

/// Which documents are meant: those that satisfy every criterion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selector(Vec<Criterion>);

/// One condition on a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    left: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Equal(Value),
    Unequal(Value),
    In(Vec<Value>),
    Like(String),
}

impl Criterion {
    /// Reads one criterion.
    ///
    /// # Errors
    /// [`Fault::Invalid`] names the operator or operand that is not understood.
    pub fn parse(left: &str, operator: &str, right: Value) -> Result<Self, Fault> {
        if left.is_empty() || left.len() > OPERAND_BYTES {
            return Err(wrong(format!("`operandLeft` has 1 to {OPERAND_BYTES} bytes")));
        }
        let test = match (operator, right) {
            ("=", right) => Test::Equal(plain(right)?),
            ("!=", right) => Test::Unequal(plain(right)?),
            ("in", Value::Array(items)) if items.len() <= ITEMS => {
                Test::In(items.into_iter().map(plain).collect::<Result<_, _>>()?)
            }
            ("in", _) => {
                return Err(wrong(format!(
                    "`operandRight` of `in` is an array of at most {ITEMS} items"
                )));
            }
            ("like", Value::String(pattern)) if pattern.len() <= OPERAND_BYTES => Test::Like(pattern),
            ("like", _) => {
                return Err(wrong(format!(
                    "`operandRight` of `like` is a text of at most {OPERAND_BYTES} bytes"
                )));
            }
            (other, _) => return Err(wrong(format!("operator `{other}` is none of `=`, `!=`, `in`, `like`"))),
        };
        let left = if ID_NAMES.contains(&left) { "id" } else { left };
        Ok(Self {
            left: left.to_owned(),
            test,
        })
    }

    fn holds(&self, id: &str, properties: &Map<String, Value>) -> bool {
        let own = Value::String(id.to_owned());
        let value = if self.left == "id" {
            Some(&own)
        } else {
            properties.get(&self.left)
        };
        match (&self.test, value) {
            (Test::Unequal(right), value) => value != Some(right),
            (_, None) => false,
            (Test::Equal(right), Some(value)) => value == right,
            (Test::In(items), Some(value)) => items.contains(value),
            (Test::Like(pattern), Some(Value::String(text))) => like(text, pattern),
            (Test::Like(_), Some(_)) => false,
        }
    }

    fn to_json(&self) -> Value {
        let (operator, right) = match &self.test {
            Test::Equal(right) => ("=", right.clone()),
            Test::Unequal(right) => ("!=", right.clone()),
            Test::In(items) => ("in", Value::Array(items.clone())),
            Test::Like(pattern) => ("like", json!(pattern)),
        };
        json!({ "operandLeft": self.left, "operator": operator, "operandRight": right })
    }
}

impl Selector {
    /// Joins criteria.
    ///
    /// # Errors
    /// There are too many.
    pub fn new(criteria: Vec<Criterion>) -> Result<Self, Fault> {
        if criteria.len() > CRITERIA {
            return Err(wrong(format!("a selector has at most {CRITERIA} criteria")));
        }
        Ok(Self(criteria))
    }

    /// Whether it picks the document.
    pub fn picks(&self, id: &str, properties: &Map<String, Value>) -> bool {
        self.0.iter().all(|criterion| criterion.holds(id, properties))
    }

    /// The only ids that it can pick, when it names them: spares looking at all documents.
    pub(super) fn named_ids(&self) -> Option<Vec<&str>> {
        self.0
            .iter()
            .filter(|criterion| criterion.left == "id")
            .find_map(|criterion| match &criterion.test {
                Test::Equal(id) => Some(id.as_str().into_iter().collect()),
                Test::In(ids) => Some(ids.iter().filter_map(Value::as_str).collect()),
                Test::Unequal(_) | Test::Like(_) => None,
            })
    }

    /// As people see it and as it is stored.
    pub fn to_json(&self) -> Value {
        Value::Array(self.0.iter().map(Criterion::to_json).collect())
    }

    /// Reads what [`Self::to_json`] wrote.
    pub(super) fn from_stored(text: &str) -> Result<Self, Fault> {
        let broken = || Fault::Internal("a stored selector is broken".to_owned());
        let Value::Array(items) = super::stored(text)? else {
            return Err(broken());
        };
        let criterion = |item: &Value| {
            let left = item.get("operandLeft").and_then(Value::as_str).ok_or_else(broken)?;
            let operator = item.get("operator").and_then(Value::as_str).ok_or_else(broken)?;
            let right = item.get("operandRight").cloned().ok_or_else(broken)?;
            Criterion::parse(left, operator, right).map_err(|_| broken())
        };
        items.iter().map(criterion).collect::<Result<_, _>>().map(Self)
    }
}

fn wrong(reason: String) -> Fault {
    invalid("wrong-selector", reason)
}

fn plain(value: Value) -> Result<Value, Fault> {
    match value {
        Value::String(text) if text.len() > OPERAND_BYTES => {
            Err(wrong(format!("an operand has at most {OPERAND_BYTES} bytes")))
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(value),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(wrong("an operand is a text, a number or a boolean".to_owned()))
        }
    }
}

/// Matches greedily and comes back to the last `%` on a mismatch: at most length times length steps.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut place) = (0, 0);
    let mut last_run: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(at) {
        match pattern.get(place) {
            Some('%') => {
                last_run = Some((at, place));
                place += 1;
            }
            Some(wanted) if *wanted == '_' || wanted == letter => {
                at += 1;
                place += 1;
            }
            _ => match last_run {
                Some((start, run)) => {
                    last_run = Some((start + 1, run));
                    at = start + 1;
                    place = run + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(place..)
        .unwrap_or_default()
        .iter()
        .all(|letter| *letter == '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(criteria: &[(&str, &str, Value)]) -> Selector {
        let criteria = criteria
            .iter()
            .map(|(left, operator, right)| Criterion::parse(left, operator, right.clone()).unwrap());
        Selector::new(criteria.collect()).unwrap()
    }

    fn properties() -> Map<String, Value> {
        json!({ "kind": "certificate", "year": 2026, "open": true, "tags": ["a", "b"] })
            .as_object()
            .unwrap()
            .clone()
    }

    #[test]
    fn operators_as_the_table_says() {
        let rows = [
            ("id", "=", json!("doc-1"), true),
            ("id", "=", json!("doc-2"), false),
            ("@id", "in", json!(["x", "doc-1"]), true),
            ("https://w3id.org/edc/v0.0.1/ns/id", "like", json!("doc-%"), true),
            ("id", "!=", json!("doc-1"), false),
            ("kind", "=", json!("certificate"), true),
            ("kind", "!=", json!("permit"), true),
            ("kind", "in", json!(["permit"]), false),
            ("kind", "like", json!("cert%cate"), true),
            ("kind", "like", json!("CERT%"), false),
            ("year", "=", json!(2026), true),
            ("year", "=", json!("2026"), false),
            ("year", "like", json!("2%"), false),
            ("open", "=", json!(true), true),
            ("absent", "=", json!("x"), false),
            ("absent", "!=", json!("x"), true),
            ("absent", "in", json!(["x"]), false),
            ("absent", "like", json!("%"), false),
        ];
        for (left, operator, right, expected) in rows {
            let picked = selector(&[(left, operator, right.clone())]).picks("doc-1", &properties());
            assert_eq!(picked, expected, "{left} {operator} {right}");
        }
    }

    #[test]
    fn all_must_hold_and_none_picks_all() {
        assert!(selector(&[]).picks("doc-1", &properties()));
        assert!(!selector(&[("open", "=", json!(true)), ("year", "=", json!(2025))]).picks("doc-1", &properties()));
    }

    #[test]
    fn patterns() {
        for (text, pattern, fits) in [
            ("", "", true),
            ("", "%", true),
            ("a", "", false),
            ("abc", "a%", true),
            ("abc", "%c", true),
            ("abc", "a_c", true),
            ("abc", "a_", false),
            ("aXbXc", "a%X%c", true),
            ("aaab", "%ab", true),
            ("ab", "%a%b%c", false),
            ("йцу", "й_у", true),
        ] {
            assert_eq!(like(text, pattern), fits, "{text:?} {pattern:?}");
        }
        let (text, pattern) = ("a".repeat(2000), format!("{}b", "%a".repeat(900)));
        assert!(!like(&text, &pattern));
    }

    #[test]
    fn wrong_ones_are_refused() {
        for (left, operator, right) in [
            ("id", "==", json!("x")),
            ("id", "in", json!("x")),
            ("id", "like", json!(1)),
            ("id", "=", json!(["x"])),
            ("id", "in", json!([["x"]])),
            ("", "=", json!("x")),
        ] {
            assert!(
                Criterion::parse(left, operator, right.clone()).is_err(),
                "{left} {operator} {right}"
            );
        }
        let many = vec![Criterion::parse("id", "=", json!("x")).unwrap(); CRITERIA + 1];
        assert!(Selector::new(many).is_err());
    }

    #[test]
    fn stored_form_reads_back() {
        let criteria = selector(&[
            ("id", "in", json!(["x", "y"])),
            ("year", "!=", json!(2025)),
            ("kind", "like", json!("c%")),
            ("open", "=", json!(true)),
        ]);
        assert_eq!(
            Selector::from_stored(&criteria.to_json().to_string()).unwrap(),
            criteria
        );
        assert_eq!(criteria.named_ids(), Some(vec!["x", "y"]));
        assert_eq!(selector(&[("kind", "=", json!("c"))]).named_ids(), None);
    }
}
