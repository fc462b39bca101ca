//! Left operands: the way from an object to a value in it.

use crate::malformed::{Malformed, quote};
use chapar_terms::limits;
use serde_json::Value;

/// Terms of this namespace are kept by their short names.
const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";

/// The way to a value, as it was written and as it is walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    text: String,
    /// The whole text as one name.
    whole: String,
    /// Empty when the text can only be one name as it stands.
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Item(usize),
}

/// What stands at the end of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found<'a> {
    One(&'a Value),
    /// One of each item of a list on the way.
    Many(Vec<&'a Value>),
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// It is empty or longer than any identifier; the error carries `code`.
    pub fn parse(text: &str, code: &'static str) -> Result<Self, Malformed> {
        if text.trim().is_empty() {
            return Err(Malformed::new(code, "the name of a member is missing"));
        }
        if text.len() > limits::ID_BYTES {
            let why = format!("{} has more than {} bytes", quote(text), limits::ID_BYTES);
            return Err(Malformed::new(code, why));
        }
        let whole = short(text);
        let whole = if whole == "@id" { "id" } else { whole };
        let mut steps = read(text).unwrap_or_default();
        if let [Step::Name(only)] = steps.as_mut_slice()
            && only == "@id"
        {
            "id".clone_into(only);
        }
        Ok(Self {
            text: text.to_owned(),
            whole: whole.to_owned(),
            steps,
        })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The one member that it names, when it is no longer way than that.
    pub fn name(&self) -> Option<&str> {
        match self.steps.as_slice() {
            [] => Some(&self.whole),
            [Step::Name(name)] => Some(name),
            _ => None,
        }
    }

    /// The member with which it begins.
    pub fn root(&self) -> &str {
        match self.steps.first() {
            Some(Step::Name(name)) => name,
            Some(Step::Item(_)) | None => &self.whole,
        }
    }

    /// The same below the member `parent`: of `parent.name`, the name.
    pub fn name_in(&self, parent: &str) -> Option<&str> {
        match self.steps.as_slice() {
            [Step::Name(first), Step::Name(name)] if first == parent => Some(name),
            _ => None,
        }
    }

    /// What it leads to in the first of `places` that has it.
    pub(crate) fn find<'a>(&self, places: &[&'a Value]) -> Option<Found<'a>> {
        places.iter().find_map(|place| {
            if let Some(name) = self.name() {
                return present(place.get(name)?).map(Found::One);
            }
            self.walk(place)
                .or_else(|| present(place.get(&self.whole)?).map(Found::One))
        })
    }

    fn walk<'a>(&self, place: &'a Value) -> Option<Found<'a>> {
        let mut at = Found::One(place);
        for step in &self.steps {
            at = match (step, at) {
                (Step::Name(name), at) => member(name, at)?,
                (Step::Item(number), Found::One(Value::Array(items))) => Found::One(items.get(*number)?),
                (Step::Item(0), at @ Found::One(_)) => at,
                (Step::Item(_), Found::One(_)) => return None,
                (Step::Item(number), Found::Many(items)) => Found::One(items.get(*number)?),
            };
        }
        match at {
            Found::One(value) => present(value).map(Found::One),
            Found::Many(items) => (!items.is_empty()).then_some(Found::Many(items)),
        }
    }
}

/// The member of each value.
fn member<'a>(name: &str, at: Found<'a>) -> Option<Found<'a>> {
    let items: Vec<&Value> = match at {
        Found::One(Value::Array(items)) => items.iter().collect(),
        Found::One(Value::Object(members)) => return members.get(name).map(Found::One),
        // A plain value is the short form of one that says `@value`.
        Found::One(value) => return (name == "@value").then_some(Found::One(value)),
        Found::Many(items) => items,
    };
    let of_items = items.into_iter().filter_map(|item| match item {
        Value::Object(members) => members.get(name),
        Value::Array(_) => None,
        plain => (name == "@value").then_some(plain),
    });
    Some(Found::Many(of_items.collect()))
}

fn present(value: &Value) -> Option<&Value> {
    (!value.is_null()).then_some(value)
}

fn short(name: &str) -> &str {
    name.strip_prefix(EDC).filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// The steps of a text; none when it can only be one name, since a quote stays open or a part is empty.
fn read(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    loop {
        let (name, items, behind) = part(rest)?;
        steps.push(Step::Name(short(&name).to_owned()));
        steps.extend(items.map(Step::Item));
        match behind {
            Some(behind) => rest = behind,
            None => return Some(steps),
        }
    }
}

/// One part: its name, the item asked for, and what follows the dot.
fn part(text: &str) -> Option<(String, Option<usize>, Option<&str>)> {
    let (mut name, mut quoted, mut behind) = (String::new(), false, None);
    // Where the name has plain text at its end, which may be the number of an item.
    let mut plain_from = 0;
    let iri = begins_iri(text);
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => {
                quoted = !quoted;
                plain_from = name.len();
            }
            '.' if !quoted && !iri => {
                behind = text.get(at + 1..);
                break;
            }
            _ => name.push(letter),
        }
    }
    if quoted {
        return None;
    }
    let item = item_at_end(name.get(plain_from..)?);
    if let Some((bytes, _)) = item {
        name.truncate(name.len() - bytes);
    }
    (!name.is_empty()).then_some((name, item.map(|(_, number)| number), behind))
}

/// How many bytes `[number]` takes at the end, and the number.
fn item_at_end(text: &str) -> Option<(usize, usize)> {
    let inside = text.strip_suffix(']')?;
    let open = inside.rfind('[')?;
    let digits = inside.get(open + 1..)?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| digits.parse().ok()).flatten()?;
    Some((text.len() - open, number))
}

/// `scheme://` or `urn:` at the beginning.
fn begins_iri(text: &str) -> bool {
    let scheme = |scheme: &str| !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.starts_with("urn:") || text.split_once("://").is_some_and(|(before, _)| scheme(before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::malformed::code;
    use serde_json::json;

    fn path(text: &str) -> Path {
        Path::parse(text, code::WRONG_OPERAND_LEFT).unwrap()
    }

    fn steps(text: &str) -> Vec<String> {
        path(text)
            .steps
            .iter()
            .map(|step| match step {
                Step::Name(name) => name.clone(),
                Step::Item(number) => format!("#{number}"),
            })
            .collect()
    }

    #[test]
    fn texts_and_their_steps() {
        for (text, expected) in [
            ("name", vec!["name"]),
            ("@id", vec!["id"]),
            ("contractAgreement.assetId", vec!["contractAgreement", "assetId"]),
            ("'test.test'.data.'path.path'", vec!["test.test", "data", "path.path"]),
            ("https://w3id.org/edc/v0.0.1/ns/id", vec!["id"]),
            ("'https://w3id.org/edc/v0.0.1/ns/id'", vec!["id"]),
            ("https://w3id.org/edc/v0.0.1/ns/a.b", vec!["a.b"]),
            ("https://example.org/ns/a.b", vec!["https://example.org/ns/a.b"]),
            ("urn:example:a.b", vec!["urn:example:a.b"]),
            (
                "properties.https://example.org/a.b",
                vec!["properties", "https://example.org/a.b"],
            ),
            (
                "properties.'https://example.org/a.b'.c",
                vec!["properties", "https://example.org/a.b", "c"],
            ),
            ("list[12].x", vec!["list", "#12", "x"]),
            (
                "'https://example.org/p'[0].@value",
                vec!["https://example.org/p", "#0", "@value"],
            ),
            ("'x[0]'", vec!["x[0]"]),
            ("x[y]", vec!["x[y]"]),
            ("nested.@id", vec!["nested", "@id"]),
            ("o'neil", vec![]),
            ("a..b", vec![]),
            (".a", vec![]),
            ("a.", vec![]),
        ] {
            assert_eq!(steps(text), expected, "{text}");
        }
    }

    #[test]
    fn values_at_the_end() {
        let object = json!({
            "a": { "b": 1, "c": null }, "a.c": 2, "o'neil": 3, "one": "x",
            "list": [{ "n": 1 }, { "n": 2 }, { "m": 3 }],
            "https://example.org/ns/a.b": { "@value": "v" },
        });
        let one = |text: &str| match path(text).find(&[&object]) {
            Some(Found::One(value)) => value.clone(),
            Some(Found::Many(values)) => json!(values),
            None => Value::Null,
        };
        for (text, expected) in [
            ("a.b", json!(1)),
            ("a.c", json!(2)),
            ("o'neil", json!(3)),
            ("list.n", json!([1, 2])),
            ("list[1].n", json!(2)),
            ("list[7].n", Value::Null),
            ("list.x", Value::Null),
            ("one[0]", json!("x")),
            ("one[1]", Value::Null),
            ("one.@value", json!("x")),
            ("one.x", Value::Null),
            ("https://example.org/ns/a.b", json!({ "@value": "v" })),
            ("'https://example.org/ns/a.b'[0].@value", json!("v")),
            ("absent", Value::Null),
        ] {
            assert_eq!(one(text), expected, "{text}");
        }
    }

    #[test]
    fn the_first_place_that_has_it_counts() {
        let (first, second) = (json!({ "a": 1 }), json!({ "a": 2, "b": 3 }));
        let places = [&first, &second];
        assert_eq!(path("a").find(&places), Some(Found::One(&json!(1))));
        assert_eq!(path("b").find(&places), Some(Found::One(&json!(3))));
    }

    #[test]
    fn names_that_an_index_can_take() {
        assert_eq!(path("a").name(), Some("a"));
        assert_eq!(path("o'neil").name(), Some("o'neil"));
        assert_eq!(path("a.b").name(), None);
        assert_eq!(path("a[0]").name(), None);
        assert_eq!(path("properties.a").name_in("properties"), Some("a"));
        assert_eq!(path("other.a").name_in("properties"), None);
    }

    #[test]
    fn empty_and_endless_ones_are_refused() {
        for text in [String::new(), " ".to_owned(), "a".repeat(limits::ID_BYTES + 1)] {
            assert!(Path::parse(&text, code::WRONG_SORT_FIELD).is_err());
        }
    }
}
