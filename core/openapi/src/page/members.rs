//! Members side by side with their meanings. A list of terms and not a table: on a narrow screen they lie one below the other.

use super::prose;
use crate::schema::{Row, Schemas, Word, rows};
use maud::{Markup, html};
use serde_json::Value;

/// From where a reader looks at members.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It sends them: what must be there is worth a word.
    In,
    /// It gets them: what may be missing is.
    Out,
}

/// The members of a schema, each with its meaning; nothing when it has none.
pub fn table(schemas: Schemas<'_>, schema: &Value, way: Way) -> Markup {
    let rows = rows(schemas, schema);
    html! {
        @if !rows.is_empty() {
            dl.members { @for row in &rows { (line(schemas, row, way)) } }
        }
    }
}

fn line(schemas: Schemas<'_>, row: &Row<'_>, way: Way) -> Markup {
    html! {
        div {
            dt {
                code {
                    @if !row.within.is_empty() { span.within { (row.within) } wbr; }
                    (row.name)
                }
            }
            dd { (told(schemas, row, way)) }
        }
    }
}

/// What is told of a member or a parameter.
pub fn told(schemas: Schemas<'_>, row: &Row<'_>, way: Way) -> Markup {
    html! {
        p.kind {
            span { (kind(schemas, &row.kind)) }
            @for bound in &row.bounds { span { (bound) } }
            @match (way, row.required) {
                (Way::In, true) => span.required { "required" },
                (Way::Out, false) => span { "may be missing" },
                _ => {}
            }
        }
        @if let Some(meaning) = row.meaning { (prose::paragraphs(schemas, meaning)) }
    }
}

/// Words for a type; names lead to their schemas.
pub fn kind(schemas: Schemas<'_>, words: &[Word<'_>]) -> Markup {
    html! {
        @for word in words {
            @match word {
                Word::Plain(words) => (words),
                Word::Value(value) => code { (value.trim_matches('"')) },
                Word::Named(name) => {
                    @if schemas.has(name) { a href={ "#shape-" (name) } { (name) } } @else { (name) }
                }
            }
        }
    }
}
