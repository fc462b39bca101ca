//! Criteria: one condition on an object.

use crate::compare::{bare, equal, order};
use crate::index::{self, Reach, value_key};
use crate::like::like;
use crate::malformed::{Malformed, code, quote};
use crate::path::{Found, Path};
use chapar_terms::limits;
use serde_json::{Value, json};
use std::cmp::Ordering;

/// Most items of an `in`.
const ITEMS: usize = 1000;
/// Longest operand text, in bytes: an identifier fits. It also bounds the work of `like`.
const OPERAND_BYTES: usize = limits::ID_BYTES;
/// The operators, for the asker who used another.
const OPERATORS: &str = "`=`, `!=`, `in`, `not in`, `like`, `ilike`, `contains`, `<`, `<=`, `>`, `>=`";

/// One condition on an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    left: Path,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Equal(Value),
    Unequal(Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
    Like(String),
    /// The pattern as it was written.
    LikeInAnyCase(String),
    Contains(Value),
    Compare(Comparison, Value),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Criterion {
    /// Reads one criterion.
    ///
    /// # Errors
    /// Names the operator or operand that is not understood.
    pub fn parse(left: &str, operator: &str, right: Value) -> Result<Self, Malformed> {
        let left = Path::parse(left, code::WRONG_OPERAND_LEFT)?;
        let test = match operator.to_lowercase().as_str() {
            "=" => Test::Equal(plain(right)?),
            "!=" => Test::Unequal(plain(right)?),
            "in" => Test::In(items(right)?),
            "not in" => Test::NotIn(items(right)?),
            "like" => Test::Like(pattern(right)?),
            "ilike" => Test::LikeInAnyCase(pattern(right)?),
            "contains" => Test::Contains(plain(right)?),
            "<" => Test::Compare(Comparison::Less, comparable(right)?),
            "<=" => Test::Compare(Comparison::LessOrEqual, comparable(right)?),
            ">" => Test::Compare(Comparison::Greater, comparable(right)?),
            ">=" => Test::Compare(Comparison::GreaterOrEqual, comparable(right)?),
            _ => {
                let why = format!("operator {} is none of {OPERATORS}", quote(operator));
                return Err(Malformed::new(code::WRONG_OPERATOR, why));
            }
        };
        Ok(Self { left, test })
    }

    /// Reads the JSON form. As JSON-LD has it, one value and an array of one are the same; members with other names are
    /// left alone.
    ///
    /// # Errors
    /// As for [`Self::parse`].
    pub fn from_json(value: &Value) -> Result<Self, Malformed> {
        let text = |name: &str, code| {
            let one = value.get(name).map(single).and_then(Value::as_str);
            one.ok_or_else(|| Malformed::new(code, format!("a criterion has `{name}`, a text")))
        };
        let left = text("operandLeft", code::WRONG_OPERAND_LEFT)?;
        let operator = text("operator", code::WRONG_OPERATOR)?;
        let Some(right) = value.get("operandRight") else {
            return Err(wrong("a criterion has `operandRight`".to_owned()));
        };
        let takes_array = ["in", "not in"].contains(&operator.to_lowercase().as_str());
        let right = match right {
            Value::Array(_) if takes_array => right.clone(),
            one if takes_array => json!([one]),
            one => single(one).clone(),
        };
        Self::parse(left, operator, right)
    }

    /// Whether it holds for an object, which lies in `places`: the first that has the left operand counts.
    pub fn holds(&self, places: &[&Value]) -> bool {
        let found = self.left.find(places);
        match &self.test {
            Test::Unequal(right) => !found.is_some_and(|found| is(&found, right)),
            Test::NotIn(items) => !found.is_some_and(|found| is_one_of(&found, items)),
            test => found.is_some_and(|found| satisfies(test, &found)),
        }
    }

    /// The left operand.
    pub fn left(&self) -> &Path {
        &self.left
    }

    /// What an index that holds the left operand is to be asked for; none when it would find nearly all.
    pub fn reach(&self) -> Option<Reach> {
        match &self.test {
            Test::Equal(right) | Test::Contains(right) => Some(Reach::OneOf(vec![value_key(right)?])),
            Test::In(items) => Some(Reach::OneOf(items.iter().filter_map(value_key).collect())),
            Test::Compare(Comparison::Less | Comparison::LessOrEqual, right) => index::to(right),
            Test::Compare(Comparison::Greater | Comparison::GreaterOrEqual, right) => index::from(right),
            Test::Unequal(_) | Test::NotIn(_) | Test::Like(_) | Test::LikeInAnyCase(_) => None,
        }
    }

    /// The only texts that the left operand can have, when it must be one of some.
    pub fn texts(&self) -> Option<Vec<&str>> {
        match &self.test {
            Test::Equal(right) => Some(right.as_str().into_iter().collect()),
            Test::In(items) => Some(items.iter().filter_map(Value::as_str).collect()),
            _ => None,
        }
    }

    /// As people see it and as it is stored.
    pub fn to_json(&self) -> Value {
        let (operator, right) = match &self.test {
            Test::Equal(right) => ("=", right.clone()),
            Test::Unequal(right) => ("!=", right.clone()),
            Test::In(items) => ("in", json!(items)),
            Test::NotIn(items) => ("not in", json!(items)),
            Test::Like(pattern) => ("like", json!(pattern)),
            Test::LikeInAnyCase(pattern) => ("ilike", json!(pattern)),
            Test::Contains(right) => ("contains", right.clone()),
            Test::Compare(Comparison::Less, right) => ("<", right.clone()),
            Test::Compare(Comparison::LessOrEqual, right) => ("<=", right.clone()),
            Test::Compare(Comparison::Greater, right) => (">", right.clone()),
            Test::Compare(Comparison::GreaterOrEqual, right) => (">=", right.clone()),
        };
        json!({ "operandLeft": self.left.as_str(), "operator": operator, "operandRight": right })
    }
}

/// The tests that an absent value never satisfies.
fn satisfies(test: &Test, found: &Found<'_>) -> bool {
    match test {
        Test::Equal(right) => is(found, right),
        Test::In(items) => is_one_of(found, items),
        Test::Contains(right) => list(found).is_some_and(|items| items.iter().any(|item| equal(item, right))),
        Test::Like(pattern) => text(found).is_some_and(|text| like(text, pattern)),
        Test::LikeInAnyCase(pattern) => {
            text(found).is_some_and(|text| like(&text.to_lowercase(), &pattern.to_lowercase()))
        }
        Test::Compare(comparison, right) => match found {
            Found::One(value) => order(value, right).is_some_and(|order| comparison.fits(order)),
            Found::Many(_) => false,
        },
        Test::Unequal(_) | Test::NotIn(_) => false,
    }
}

impl Comparison {
    fn fits(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

fn is(found: &Found<'_>, right: &Value) -> bool {
    match (list(found), found) {
        (Some(items), _) => items.iter().any(|item| equal(item, right)),
        (None, Found::One(value)) => equal(value, right),
        (None, Found::Many(_)) => false,
    }
}

/// Lists are in no list: EDC compares the left side as a whole.
fn is_one_of(found: &Found<'_>, items: &[Value]) -> bool {
    match found {
        Found::One(value) => items.iter().any(|item| equal(value, item)),
        Found::Many(_) => false,
    }
}

fn list<'a>(found: &Found<'a>) -> Option<Vec<&'a Value>> {
    match found {
        Found::Many(items) => Some(items.clone()),
        Found::One(value) => Some(bare(value).as_array()?.iter().collect()),
    }
}

fn text<'a>(found: &Found<'a>) -> Option<&'a str> {
    match found {
        Found::One(value) => bare(value).as_str(),
        Found::Many(_) => None,
    }
}

/// The one item of an array of one, or the value itself.
fn single(value: &Value) -> &Value {
    match value {
        Value::Array(items) => match items.as_slice() {
            [only] => only,
            _ => value,
        },
        _ => value,
    }
}

fn wrong(why: String) -> Malformed {
    Malformed::new(code::WRONG_OPERAND_RIGHT, why)
}

fn plain(value: Value) -> Result<Value, Malformed> {
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

fn items(value: Value) -> Result<Vec<Value>, Malformed> {
    match value {
        Value::Array(items) if items.len() <= ITEMS => items.into_iter().map(plain).collect(),
        _ => Err(wrong(format!(
            "`operandRight` of `in` and `not in` is an array of at most {ITEMS} items"
        ))),
    }
}

fn pattern(value: Value) -> Result<String, Malformed> {
    match value {
        Value::String(pattern) if pattern.len() <= OPERAND_BYTES => Ok(pattern),
        _ => Err(wrong(format!(
            "`operandRight` of `like` and `ilike` is a text of at most {OPERAND_BYTES} bytes"
        ))),
    }
}

fn comparable(value: Value) -> Result<Value, Malformed> {
    if value.is_boolean() {
        return Err(wrong("truth values have no order".to_owned()));
    }
    plain(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_as_the_table_says() {
        let object = json!({
            "id": "doc-1", "kind": "certificate", "year": 2026, "open": true, "tags": ["a", "b"], "none": null,
            "typed": { "@value": "2026", "@type": "t" }, "listed": { "@list": ["c"] },
        });
        let rows = [
            ("id", "=", json!("doc-1"), true),
            ("id", "=", json!("doc-2"), false),
            ("@id", "in", json!(["x", "doc-1"]), true),
            ("https://w3id.org/edc/v0.0.1/ns/id", "like", json!("doc-%"), true),
            ("id", "!=", json!("doc-1"), false),
            ("kind", "=", json!("certificate"), true),
            ("kind", "!=", json!("permit"), true),
            ("kind", "in", json!(["permit"]), false),
            ("kind", "IN", json!(["permit", "certificate"]), true),
            ("kind", "not in", json!(["permit"]), true),
            ("kind", "NOT IN", json!(["permit", "certificate"]), false),
            ("kind", "like", json!("cert%cate"), true),
            ("kind", "like", json!("CERT%"), false),
            ("kind", "ilike", json!("CERT%"), true),
            ("kind", "ilike", json!("permit%"), false),
            ("kind", "contains", json!("cert"), false),
            ("kind", "contains", json!("certificate"), false),
            ("kind", "<", json!("d"), true),
            ("kind", "<", json!("certificate"), false),
            ("kind", "<=", json!("certificate"), true),
            ("kind", ">", json!(1), false),
            ("year", "=", json!(2026), true),
            ("year", "=", json!(2026.0), true),
            ("year", "=", json!("2026"), false),
            ("year", "like", json!("2%"), false),
            ("year", "<", json!(2026.5), true),
            ("year", ">", json!(2026), false),
            ("year", ">=", json!(2026), true),
            ("year", ">", json!(9), true),
            ("year", "in", json!([1, 2026]), true),
            ("open", "=", json!(true), true),
            ("tags", "=", json!("b"), true),
            ("tags", "!=", json!("b"), false),
            ("tags", "contains", json!("b"), true),
            ("tags", "contains", json!("c"), false),
            ("tags", "in", json!(["b"]), false),
            ("tags", "<", json!("z"), false),
            ("typed", "=", json!("2026"), true),
            ("typed", "<", json!("2027"), true),
            ("typed", "like", json!("20%"), true),
            ("listed", "contains", json!("c"), true),
            ("absent", "=", json!("x"), false),
            ("absent", "!=", json!("x"), true),
            ("absent", "in", json!(["x"]), false),
            ("absent", "not in", json!(["x"]), true),
            ("absent", "like", json!("%"), false),
            ("absent", "ilike", json!("%"), false),
            ("absent", "contains", json!("x"), false),
            ("absent", "<", json!(1), false),
            ("none", "!=", json!("x"), true),
            ("none", "=", json!("x"), false),
        ];
        for (left, operator, right, expected) in rows {
            let holds = Criterion::parse(left, operator, right.clone())
                .unwrap()
                .holds(&[&object]);
            assert_eq!(holds, expected, "{left} {operator} {right}");
        }
    }

    #[test]
    fn wrong_ones_are_refused_with_their_code() {
        let long = json!("x".repeat(OPERAND_BYTES + 1));
        for (left, operator, right, code) in [
            ("id", "==", json!("x"), code::WRONG_OPERATOR),
            ("id", "in", json!("x"), code::WRONG_OPERAND_RIGHT),
            ("id", "not in", json!("x"), code::WRONG_OPERAND_RIGHT),
            ("id", "in", json!(vec!["x"; ITEMS + 1]), code::WRONG_OPERAND_RIGHT),
            ("id", "like", json!(1), code::WRONG_OPERAND_RIGHT),
            ("id", "ilike", long.clone(), code::WRONG_OPERAND_RIGHT),
            ("id", "=", json!(["x"]), code::WRONG_OPERAND_RIGHT),
            ("id", "=", long, code::WRONG_OPERAND_RIGHT),
            ("id", "in", json!([["x"]]), code::WRONG_OPERAND_RIGHT),
            ("id", "<", json!(true), code::WRONG_OPERAND_RIGHT),
            ("", "=", json!("x"), code::WRONG_OPERAND_LEFT),
        ] {
            let refused = Criterion::parse(left, operator, right.clone()).map_err(|malformed| malformed.code);
            assert_eq!(refused, Err(code), "{left} {operator} {right}");
        }
    }

    #[test]
    fn one_value_and_an_array_of_one_are_the_same_in_json() {
        let read = |operator: &str, right: Value| {
            Criterion::from_json(
                &json!({ "@type": "Criterion", "operandLeft": ["id"], "operator": operator, "operandRight": right }),
            )
        };
        assert_eq!(read("in", json!("x")), Criterion::parse("id", "in", json!(["x"])));
        assert_eq!(read("=", json!(["x"])), Criterion::parse("id", "=", json!("x")));
        assert!(read("=", json!(["x", "y"])).is_err());
        for part in [
            json!({ "operandLeft": "a", "operator": "=" }),
            json!("x"),
            json!({ "operator": "=" }),
        ] {
            assert!(Criterion::from_json(&part).is_err(), "{part}");
        }
    }
}
