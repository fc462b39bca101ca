//! The members of a body in rows, those of its parts among them, so that nobody has to jump from table to table.

use super::{Schemas, list, name_of, text, types};
use serde_json::Value;

/// Deepest part of a part that is shown; below it the name of its schema must do.
const DEPTH: usize = 4;
/// Most rows of one table.
const ROWS: usize = 400;

/// One member.
pub struct Row<'a> {
    /// What stands before its name: `selector[].`, say.
    pub within: String,
    /// Its name.
    pub name: &'a str,
    /// Whether it must be there.
    pub required: bool,
    /// What it is, in words.
    pub kind: Vec<Word<'a>>,
    /// What it means.
    pub meaning: Option<&'a str>,
    /// Values or bounds that it keeps to.
    pub bounds: Vec<String>,
}

impl<'a> Row<'a> {
    /// The row of something called `name` that fits `schema`; where nothing is said of its meaning, the schema says it.
    pub fn of(
        schemas: Schemas<'a>,
        name: &'a str,
        required: bool,
        meaning: Option<&'a str>,
        schema: &'a Value,
    ) -> Self {
        let whole = schemas.resolve(schema);
        let told = || text(schema, "description").or_else(|| text(whole, "description"));
        Self {
            within: String::new(),
            name,
            required,
            kind: kind(schemas, schema),
            meaning: meaning.or_else(told),
            bounds: bounds(whole),
        }
    }
}

/// A piece of the words for a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// Plain words.
    Plain(String),
    /// A value.
    Value(String),
    /// The name of a schema.
    Named(&'a str),
}

/// The rows of a schema; none when it has no members.
pub fn rows<'a>(schemas: Schemas<'a>, schema: &'a Value) -> Vec<Row<'a>> {
    let mut walk = Walk {
        schemas,
        names: Vec::new(),
        rows: Vec::new(),
    };
    walk.walk("", schema);
    walk.rows
}

struct Walk<'a> {
    schemas: Schemas<'a>,
    /// Names of the schemas that we are inside of.
    names: Vec<&'a str>,
    rows: Vec<Row<'a>>,
}

impl<'a> Walk<'a> {
    /// Adds the members below `within`: of an object, of the items of a list, or of the one choice that has any.
    fn walk(&mut self, within: &str, schema: &'a Value) {
        let name = name_of(schema);
        if self.names.len() > DEPTH || name.is_some_and(|name| self.names.contains(&name)) {
            return;
        }
        self.names.push(name.unwrap_or_default());
        let whole = self.schemas.resolve(schema);
        if let Some(items) = whole.get("items") {
            self.walk(&format!("{within}[]"), items);
        }
        let choices: Vec<_> = list(whole, "oneOf").chain(list(whole, "anyOf")).collect();
        let mut with_members = choices.into_iter().filter(|choice| self.schemas.has_members(choice));
        if let (Some(only), None) = (with_members.next(), with_members.next()) {
            self.walk(within, only);
        }
        self.members(within, schema);
        self.names.pop();
    }

    fn members(&mut self, within: &str, schema: &'a Value) {
        let members = self.schemas.members(schema);
        let (mut first, rest): (Vec<_>, Vec<_>) = members
            .properties
            .iter()
            .partition(|(name, _)| members.required.contains(&name.as_str()));
        first.extend(rest);
        for (name, member) in first {
            if self.rows.len() >= ROWS {
                return;
            }
            let required = members.required.contains(&name.as_str());
            let mut row = Row::of(self.schemas, name, required, None, member);
            if !within.is_empty() {
                row.within = format!("{within}.");
            }
            self.rows.push(row);
            let below = if within.is_empty() {
                (*name).clone()
            } else {
                format!("{within}.{name}")
            };
            self.walk(&below, member);
        }
    }
}

/// What a schema asks for, in words.
pub fn kind<'a>(schemas: Schemas<'a>, schema: &'a Value) -> Vec<Word<'a>> {
    describe(schemas, schema, 0)
}

fn describe<'a>(schemas: Schemas<'a>, schema: &'a Value, depth: usize) -> Vec<Word<'a>> {
    let plain = |words: &str| vec![Word::Plain(words.to_owned())];
    if depth > DEPTH {
        return plain("more");
    }
    let whole = schemas.resolve(schema);
    if let Some(only) = whole.get("const") {
        return vec![Word::Value(only.to_string())];
    }
    let values: Vec<_> = list(whole, "enum")
        .map(|value| vec![Word::Value(value.to_string())])
        .collect();
    if !values.is_empty() {
        return joined(values);
    }
    // Beside members, choices only say which of these go together.
    let choices = list(whole, "oneOf")
        .chain(list(whole, "anyOf"))
        .filter(|_| !schemas.has_members(whole));
    let choices: Vec<_> = choices.map(|choice| describe(schemas, choice, depth + 1)).collect();
    if !choices.is_empty() {
        return joined(choices);
    }
    let named = types(whole);
    let each = named
        .iter()
        .map(|one| match (*one, whole.get("items"), name_of(schema)) {
            ("array", Some(items), _) => {
                let mut words = plain("list of ");
                words.extend(describe(schemas, items, depth + 1));
                words
            }
            ("object", _, Some(name)) => vec![Word::Named(name)],
            (one, _, _) => plain(&plainly(one, text(whole, "format"))),
        });
    let words = joined(each.collect());
    match name_of(schema) {
        _ if !words.is_empty() => words,
        Some(name) => vec![Word::Named(name)],
        None if whole.get("properties").is_some() || whole.get("allOf").is_some() => plain("object"),
        None => plain("any JSON"),
    }
}

fn joined(choices: Vec<Vec<Word<'_>>>) -> Vec<Word<'_>> {
    let last = choices.len().saturating_sub(1);
    let mut words = Vec::new();
    for (place, choice) in choices.into_iter().enumerate() {
        match place {
            0 => {}
            _ if place == last => words.push(Word::Plain(" or ".to_owned())),
            _ => words.push(Word::Plain(", ".to_owned())),
        }
        words.extend(choice);
    }
    words
}

fn plainly(one: &str, format: Option<&str>) -> String {
    let word = match (one, format) {
        ("string", Some("binary")) => "bytes",
        ("string", Some("date-time")) => "time",
        ("string", Some("uri")) => "address",
        ("string", _) => "text",
        ("integer", _) => "whole number",
        ("boolean", _) => "true or false",
        ("array", _) => "list",
        (other, _) => other,
    };
    word.to_owned()
}

/// Bounds and forms that a value keeps to, each in a few words.
fn bounds(schema: &Value) -> Vec<String> {
    let number = |name: &str| schema.get(name).and_then(Value::as_number);
    let mut said = Vec::new();
    for (least, most, what) in [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ] {
        said.extend(match (number(least), number(most)) {
            (Some(least), Some(most)) if least == most => Some(format!("exactly {most}{what}")),
            (Some(least), Some(most)) => Some(format!("{least} to {most}{what}")),
            (Some(least), None) => Some(format!("at least {least}{what}")),
            (None, Some(most)) => Some(format!("at most {most}{what}")),
            (None, None) => None,
        });
    }
    said.extend(text(schema, "pattern").map(|pattern| format!("of the form {pattern}")));
    said.extend(
        schema
            .get("default")
            .map(|usual| format!("{usual} when nothing is said")),
    );
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(document: &Value) -> Vec<String> {
        let rows = rows(Schemas::of(document), &document["schema"]);
        let line = |row: &Row<'_>| {
            let words: String = row.kind.iter().map(|word| format!("{word:?} ")).collect();
            format!("{}{} {} {words}{:?}", row.within, row.name, row.required, row.bounds)
        };
        rows.iter().map(line).collect()
    }

    #[test]
    fn parts_follow_their_whole_and_what_must_be_there_comes_first() {
        let document = json!({
            "schema": { "$ref": "#/components/schemas/Offer" },
            "components": { "schemas": {
                "Offer": {
                    "properties": {
                        "mode": { "oneOf": [{ "$ref": "#/components/schemas/Mode" }, { "type": "null" }] },
                        "selector": { "type": "array", "maxItems": 2, "items": { "$ref": "#/components/schemas/Criterion" } },
                    },
                    "required": ["selector"],
                },
                "Mode": { "type": "string", "enum": ["auto", "manual"] },
                "Criterion": { "type": "object", "allOf": [
                    { "properties": { "left": { "type": "string", "minLength": 1 } }, "required": ["left"] },
                    { "properties": { "left": { "type": ["string", "integer"] } } },
                ] },
            } },
        });
        assert_eq!(
            shown(&document),
            [
                r#"selector true Plain("list of ") Named("Criterion") ["at most 2 items"]"#,
                r#"selector[].left true Plain("text") Plain(" or ") Plain("whole number") []"#,
                r#"mode false Value("\"auto\"") Plain(" or ") Value("\"manual\"") Plain(" or ") Plain("null") []"#,
            ]
        );
    }

    #[test]
    fn circles_and_dead_ends_come_to_an_end() {
        let document = json!({
            "schema": { "$ref": "#/components/schemas/Tree" },
            "components": { "schemas": {
                "Tree": { "properties": {
                    "left": { "$ref": "#/components/schemas/Tree" },
                    "gone": { "$ref": "#/components/schemas/Gone" },
                } },
                "Itself": { "$ref": "#/components/schemas/Itself" },
                "Whole": { "allOf": [{ "$ref": "#/components/schemas/Whole" }] },
            } },
        });
        assert_eq!(shown(&document).len(), 2);
        for name in ["Itself", "Whole"] {
            let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
            let mut other = document.clone();
            other["schema"] = schema;
            assert!(shown(&other).is_empty());
        }
    }
}
