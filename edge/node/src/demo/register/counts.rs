//! What a catalogue holds, by facet, as a person reads it.

use crate::own_api::text;
use serde_json::Value;

/// Widest line.
const WIDTH: usize = 116;
/// What stands before each line.
const MARGIN: &str = "             ";

/// The values of a facet with their numbers, the most frequent first.
pub fn pairs(counts: &Value, facet: &str) -> Vec<(String, u64)> {
    let values = counts.get("facets").and_then(|facets| facets.get(facet));
    let values = values.and_then(Value::as_array).into_iter().flatten();
    let pair = |value: &Value| Some((text(value, "value").to_owned(), value.get("count")?.as_u64()?));
    values.filter_map(pair).collect()
}

/// Lines that tell of clauses, kinds and languages.
pub fn lines(counts: &Value) -> Vec<String> {
    let mut clauses = pairs(counts, "clause");
    clauses.sort();
    [
        ("by clause", clauses),
        ("by kind", pairs(counts, "kind")),
        ("by language", pairs(counts, "language")),
    ]
    .into_iter()
    .flat_map(|(heading, pairs)| {
        let words = pairs.iter().map(|(value, count)| format!("{value}: {count}"));
        wrapped(heading, words.collect())
    })
    .collect()
}

fn wrapped(heading: &str, words: Vec<String>) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), format!("{MARGIN}{heading:<12}"));
    let indent = line.len();
    for word in words {
        if line.len() + word.len() > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        }
        line.push_str("  ");
        line.push_str(&word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counts_are_told_by_clause_kind_and_language_and_long_lines_are_broken() {
        let many: Vec<Value> = (0..20)
            .map(|number| json!({ "value": format!("kind-{number}"), "count": 20 - number }))
            .collect();
        let counts = json!({ "facets": {
            "clause": [{ "value": "2", "count": 9 }, { "value": "1", "count": 4 }],
            "kind": many, "language": [{ "value": "ru", "count": 12 }],
        }});
        let lines = lines(&counts);
        assert_eq!(lines.first().unwrap().trim(), "by clause     1: 4  2: 9");
        assert_eq!(lines.last().unwrap().trim(), "by language   ru: 12");
        assert_eq!(lines.len(), 5, "{lines:?}");
        assert!(lines.iter().all(|line| line.len() <= WIDTH + 4), "{lines:?}");
    }
}
