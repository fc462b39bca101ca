//! How results are shown: aligned tables for people, JSON for programs.

use crate::own_api::text;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

/// Prints JSON, indented.
pub fn json(value: &Value) {
    outln!("{value:#}");
}

/// Prints one row per item with the named members as columns; `{empty}` when there is none.
pub fn table(items: &[Value], columns: &[&str], empty: &str) {
    if items.is_empty() {
        outln!("{empty}");
        return;
    }
    let head: Vec<String> = columns.iter().map(|name| heading(name)).collect();
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|item| columns.iter().map(|name| cell(item, name)).collect())
        .collect();
    for line in aligned(std::iter::once(&head).chain(&rows)) {
        outln!("{line}");
    }
}

/// A bar for bytes on their way, on a terminal alone; `length` is how many there will be, if that is known yet.
pub fn progress_bar(length: Option<u64>) -> ProgressBar {
    let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
    // A template that does not parse leaves the usual one.
    if let Ok(style) =
        ProgressStyle::with_template("{bytes:>12} of {total_bytes}  {binary_bytes_per_sec}  {eta} left  {wide_bar}")
    {
        bar.set_style(style);
    }
    bar
}

/// A bar for entries of a log, on a terminal alone.
pub fn entries_bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{human_pos:>12} of {human_len} entries  {eta} left  {wide_bar}") {
        bar.set_style(style);
    }
    bar
}

/// Moves a bar to `done` of `size`.
pub fn advance(bar: &ProgressBar, done: u64, size: u64) {
    bar.set_length(size);
    bar.set_position(done);
}

/// Prints members of one thing below each other.
pub fn card(value: &Value, members: &[&str]) {
    let shown: Vec<(&str, String)> = members
        .iter()
        .map(|name| (*name, cell(value, name)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, text) in shown {
        outln!("{name:<width$}  {text}");
    }
}

fn heading(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_uppercase()
}

/// A member as text; `a.b` is member `b` of member `a`.
pub fn cell(item: &Value, name: &str) -> String {
    let (outer, inner) = name.split_once('.').unwrap_or((name, ""));
    if !inner.is_empty() {
        return item.get(outer).map_or_else(String::new, |value| cell(value, inner));
    }
    match item.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(_)) => text(item, name).to_owned(),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            words.join(" ")
        }
        Some(other) => other.to_string(),
    }
}

/// Rows as lines with columns of equal width.
pub fn aligned<'a>(rows: impl Iterator<Item = &'a Vec<String>> + Clone) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows.clone() {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &'a Vec<String>| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_aligned_by_letters() {
        let rows = [
            vec!["a".to_owned(), "b".to_owned()],
            vec!["длинно".to_owned(), "c".to_owned()],
        ];
        assert_eq!(aligned(rows.iter()), ["a       b", "длинно  c"]);
    }

    #[test]
    fn a_cell_is_a_member_or_a_member_of_one() {
        let item =
            json!({ "id": "x", "size": 5, "error": { "code": "no" }, "none": null, "words": ["x", "y"], "list": [1] });
        let cells: Vec<_> = ["id", "size", "error.code", "none", "a.b", "words", "list"]
            .iter()
            .map(|name| cell(&item, name))
            .collect();
        assert_eq!(cells, ["x", "5", "no", "", "", "x y", "[1]"]);
    }
}
