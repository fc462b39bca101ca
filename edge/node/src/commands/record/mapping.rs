//! From the rows of a table to drafts: a mapping says, in TOML, which column becomes which member of the body.

use crate::Failure;
use serde::Deserialize;
use serde_json::{Map, Number, Value, json};
use std::collections::BTreeMap;

/// How rows become drafts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The kind of all of them.
    kind: String,
    /// The name of each: a text with columns in braces.
    name: Option<String>,
    /// The languages that bind.
    #[serde(default)]
    authentic: Vec<String>,
    /// The members of the body by JSON Pointer.
    body: BTreeMap<String, Member>,
}

/// Where a member comes from.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Member {
    /// A text with columns in braces; a member whose text comes out empty is left out.
    Text(String),
    /// A column with a manner.
    Column(Column),
    /// The same list for every row.
    List(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    column: String,
    /// Cut into a list at this text.
    split: Option<String>,
    /// Read as a number.
    #[serde(default)]
    number: bool,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// It is none; the text says what to write.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mapping: Self = toml::from_str(text).map_err(|error| {
            Failure::new(format!("the mapping cannot be read: {error}"))
                .remedy("chapar record publish-all --help shows one")
        })?;
        match mapping.body.keys().find(|pointer| !pointer.starts_with('/')) {
            Some(pointer) => Err(Failure::new(format!("`{pointer}` is no JSON Pointer")).remedy("e.g. \"/title/ru\"")),
            None => Ok(mapping),
        }
    }

    /// The draft of one row.
    ///
    /// # Errors
    /// A column is missing, or what should be a number is none; the text says which.
    pub fn draft(&self, row: &BTreeMap<String, String>) -> Result<Value, String> {
        let mut body = Value::Object(Map::new());
        for (pointer, member) in &self.body {
            if let Some(value) = member.value(row)? {
                put(&mut body, pointer, value)?;
            }
        }
        let mut draft = json!({ "kind": self.kind, "authentic": self.authentic, "body": body });
        if let (Some(name), Some(members)) = (&self.name, draft.as_object_mut()) {
            members.insert("name".to_owned(), filled(name, row)?.into());
        }
        Ok(draft)
    }
}

impl Member {
    fn value(&self, row: &BTreeMap<String, String>) -> Result<Option<Value>, String> {
        let column = match self {
            Self::List(list) => return Ok(Some(json!(list))),
            Self::Text(text) => {
                let text = filled(text, row)?;
                return Ok((!text.is_empty()).then(|| text.into()));
            }
            Self::Column(column) => column,
        };
        let cell = cell(&column.column, row)?;
        if cell.is_empty() {
            return Ok(None);
        }
        let Some(split) = &column.split else {
            return column.one(cell).map(Some);
        };
        let parts = cell
            .split(split.as_str())
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts
            .map(|part| column.one(part))
            .collect::<Result<Vec<_>, _>>()
            .map(|list| Some(list.into()))
    }
}

impl Column {
    fn one(&self, text: &str) -> Result<Value, String> {
        if !self.number {
            return Ok(text.into());
        }
        let number: Option<Number> = serde_json::from_str(text).ok();
        number
            .map(Value::Number)
            .ok_or_else(|| format!("column `{}` holds `{text}`, which is no number", self.column))
    }
}

fn cell<'a>(column: &str, row: &'a BTreeMap<String, String>) -> Result<&'a str, String> {
    let cell = row
        .get(column)
        .ok_or_else(|| format!("there is no column `{column}`"))?;
    Ok(cell.trim())
}

/// A text with its columns filled in; `{{` is a brace.
fn filled(text: &str, row: &BTreeMap<String, String>) -> Result<String, String> {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        if let Some(after) = after.strip_prefix('{') {
            filled.push('{');
            rest = after;
            continue;
        }
        let (column, after) = after
            .split_once('}')
            .ok_or_else(|| format!("`{text}` has a brace that is not closed"))?;
        filled.push_str(cell(column, row)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Puts a value under a pointer, with the objects above it.
fn put(body: &mut Value, pointer: &str, value: Value) -> Result<(), String> {
    let mut place = body;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let members = place
            .as_object_mut()
            .ok_or_else(|| format!("`{pointer}` leads through what is no object"))?;
        place = members.entry(step).or_insert_with(|| Value::Object(Map::new()));
    }
    *place = value;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPPING: &str = r#"
        kind = "dataset"
        name = "ds-{id}"
        authentic = ["ru"]
        [body]
        "/title/ru" = "{title} (пример)"
        "/title/en" = "{title_en}"
        "/spatial" = ["UZ"]
        "/keyword/ru" = { column = "words", split = ";" }
        "/size" = { column = "bytes", number = true }
        "/note" = "{{id}"
    "#;

    fn row(cells: &[(&str, &str)]) -> BTreeMap<String, String> {
        cells
            .iter()
            .map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned()))
            .collect()
    }

    #[test]
    fn a_row_becomes_a_draft() {
        let mapping = Mapping::parse(MAPPING).unwrap();
        let row = row(&[
            ("id", "7"),
            ("title", "Вода"),
            ("title_en", ""),
            ("words", "вода; сеть;"),
            ("bytes", "12"),
        ]);
        let draft = mapping.draft(&row).unwrap();
        assert_eq!(
            draft,
            json!({
                "kind": "dataset", "name": "ds-7", "authentic": ["ru"],
                "body": {
                    "title": { "ru": "Вода (пример)" }, "spatial": ["UZ"], "keyword": { "ru": ["вода", "сеть"] },
                    "size": 12, "note": "{id}"
                }
            })
        );
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let mapping = Mapping::parse(MAPPING).unwrap();
        let told = |cells: &[(&str, &str)]| mapping.draft(&row(cells)).unwrap_err();
        assert_eq!(told(&[("title", "x")]), "there is no column `words`");
        let all = [
            ("id", "7"),
            ("title", "a"),
            ("title_en", ""),
            ("words", ""),
            ("bytes", "many"),
        ];
        assert_eq!(told(&all), "column `bytes` holds `many`, which is no number");
        for wrong in [
            "kind = 1",
            "kind = \"x\"\n[body]\ntitle = \"a\"",
            "kind = \"x\"\nbdy = 1\n[body]",
        ] {
            assert!(Mapping::parse(wrong).is_err(), "{wrong}");
        }
        let open = Mapping::parse("kind = \"x\"\n[body]\n\"/a\" = \"{id\"").unwrap();
        assert_eq!(
            open.draft(&row(&[])).unwrap_err(),
            "`{id` has a brace that is not closed"
        );
        let through = Mapping::parse("kind = \"x\"\n[body]\n\"/a\" = \"x\"\n\"/a/b\" = \"y\"").unwrap();
        assert_eq!(
            through.draft(&row(&[])).unwrap_err(),
            "`/a/b` leads through what is no object"
        );
    }
}
