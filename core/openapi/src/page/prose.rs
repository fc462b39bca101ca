//! The little of Markdown that descriptions are written in: paragraphs, lists with `-`, **bold** and `code`. Anything else is
//! plain text, whatever it looks like.

use crate::schema::Schemas;
use maud::{Markup, html};

/// Paragraphs and lists.
pub fn paragraphs(schemas: Schemas<'_>, text: &str) -> Markup {
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    html! {
        @for block in blocks {
            @if block.starts_with("- ") {
                ul {
                    @for item in block.split("\n- ") {
                        li { (words(schemas, item.trim_start_matches("- "))) }
                    }
                }
            } @else {
                p { (words(schemas, block)) }
            }
        }
    }
}

/// Words in one line. Code that is the name of a schema leads there.
pub fn words(schemas: Schemas<'_>, text: &str) -> Markup {
    html! {
        @for (place, piece) in text.split('`').enumerate() {
            @if place % 2 == 1 {
                @if schemas.has(piece) {
                    a href={ "#shape-" (piece) } { code { (piece) } }
                } @else {
                    code { (piece) }
                }
            } @else {
                (emphasis(piece))
            }
        }
    }
}

fn emphasis(text: &str) -> Markup {
    html! {
        @for (place, piece) in text.split("**").enumerate() {
            @if place % 2 == 1 { strong { (piece) } } @else { (piece) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_little_that_is_understood() {
        let document = json!({ "components": { "schemas": { "Offer": {} } } });
        let schemas = Schemas::of(&document);
        let shown = paragraphs(schemas, "**Who:** `a<b`\nor `Offer`.\n\n- one\n- two").into_string();
        let expected = "<p><strong>Who:</strong> <code>a&lt;b</code>\nor <a href=\"#shape-Offer\"><code>Offer</code></a>.</p>\
            <ul><li>one</li><li>two</li></ul>";
        assert_eq!(shown, expected);
    }

    #[test]
    fn hostile_text_stays_text() {
        let document = json!({});
        let shown = paragraphs(
            Schemas::of(&document),
            "<script>x</script> [a](javascript:x) ![b](c) `<b>` **<i>**",
        );
        let shown = shown.into_string();
        assert!(
            shown.contains("&lt;script&gt;")
                && !shown.contains("<script")
                && !shown.contains("<i>")
                && !shown.contains("<b>"),
            "{shown}"
        );
        assert!(!shown.contains("href") && !shown.contains("<img"), "{shown}");
    }
}
