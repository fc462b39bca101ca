//! The named schemas, each with its members, where links from elsewhere on the page lead.

use super::members::{self, Way};
use super::prose;
use crate::schema::{Schemas, kind, text};
use maud::{Markup, html};
use serde_json::Value;

/// The chapter of all of them; nothing when there are none.
pub fn render(schemas: Schemas<'_>) -> Markup {
    html! {
        @if schemas.named().next().is_some() {
            section aria-labelledby="shapes" {
                h2 id="shapes" { "Shapes" }
                div.lead { p { "What goes in and comes out, by name." } }
                @for (name, schema) in schemas.named() { (shape(schemas, name, schema)) }
            }
        }
    }
}

fn shape(schemas: Schemas<'_>, name: &str, schema: &Value) -> Markup {
    html! {
        article.shape aria-labelledby={ "shape-" (name) } {
            h3 id={ "shape-" (name) } { (name) }
            @if let Some(description) = text(schema, "description") { (prose::paragraphs(schemas, description)) }
            @if !schemas.has_members(schema) { p.kind { span { (members::kind(schemas, &kind(schemas, schema))) } } }
            (members::table(schemas, schema, Way::In))
        }
    }
}
