//! A page of a document for people: what each operation is for, who may, what goes in and comes out, and a line to try it.
//!
//! Everything that comes from the document is escaped. Links lead to places on the page and to the document itself, and nowhere
//! else.

mod curl;
mod members;
mod operation;
mod prose;
mod shapes;

use crate::schema::{Schemas, list, object, text};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use operation::Operation;
use serde_json::Value;

/// The style of the page, which stands in it whole. A server that forbids everything else allows it by its digest.
pub const STYLE: &str = include_str!("page/style.css");

/// The whole page, HTML 5. `source` is the address of the document itself, as a link from the page.
pub fn page(document: &Value, source: &str) -> String {
    let info = document.get("info").unwrap_or(&Value::Null);
    let title = text(info, "title").unwrap_or("Description");
    let chapters = chapters(document);
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // No picture, so that no browser asks for one.
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "To the content" }
                header {
                    div {
                        h1 { (title) }
                        @if let Some(summary) = text(info, "summary") { p.summary { (summary) } }
                    }
                    p.source {
                        @if let Some(version) = text(info, "version") { span { "Version " (version) } }
                        a href=(source) { "OpenAPI document" }
                    }
                }
                div.columns {
                    nav aria-label="Contents" { (contents(&chapters)) }
                    main id="content" { (content(document, &chapters)) }
                }
            }
        }
    };
    whole.into_string()
}

/// Operations under one tag.
struct Chapter<'a> {
    name: &'a str,
    place: String,
    description: Option<&'a str>,
    operations: Vec<Operation<'a>>,
}

/// The chapters in the order of the tags; what has no tag that is told of comes last.
fn chapters(document: &Value) -> Vec<Chapter<'_>> {
    let mut left = operation::all(document);
    let mut chapters = Vec::new();
    for tag in list(document, "tags") {
        let name = text(tag, "name").unwrap_or_default();
        let (own, others) = left.into_iter().partition(|operation| operation.is_under(name));
        left = others;
        chapters.push((name, text(tag, "description"), own));
    }
    chapters.push(("Other", None, left));
    let told = chapters.into_iter().filter(|(_, _, operations)| !operations.is_empty());
    let told = told
        .enumerate()
        .map(|(number, (name, description, operations))| Chapter {
            name,
            place: format!("chapter-{}", number + 1),
            description,
            operations,
        });
    told.collect()
}

fn contents(chapters: &[Chapter<'_>]) -> Markup {
    html! {
        ul {
            @for chapter in chapters {
                li {
                    a href={ "#" (chapter.place) } { (chapter.name) }
                    ul {
                        @for operation in &chapter.operations {
                            li { a href={ "#" (operation.place()) } { (operation.summary()) } }
                        }
                    }
                }
            }
            li { a href="#shapes" { "Shapes" } }
        }
    }
}

fn content(document: &Value, chapters: &[Chapter<'_>]) -> Markup {
    let schemas = Schemas::of(document);
    let introduction = document.pointer("/info/description").and_then(Value::as_str);
    html! {
        @if let Some(introduction) = introduction {
            section.introduction aria-label="Introduction" {
                (prose::paragraphs(schemas, introduction))
                (servers(document))
            }
        }
        @for chapter in chapters {
            section aria-labelledby=(chapter.place) {
                h2 id=(chapter.place) { (chapter.name) }
                @if let Some(description) = chapter.description {
                    div.lead { (prose::paragraphs(schemas, description)) }
                }
                @for operation in &chapter.operations { (operation.render(schemas)) }
            }
        }
        (shapes::render(schemas))
    }
}

/// Where the operations are, when there are several such places.
fn servers(document: &Value) -> Markup {
    let servers: Vec<_> = list(document, "servers")
        .filter_map(|server| Some((text(server, "url")?, server)))
        .collect();
    html! {
        @if servers.len() > 1 {
            p { "Every path is there below each of these:" }
            ul {
                @for (url, server) in servers {
                    li {
                        code { (url) }
                        @if let Some(description) = text(server, "description") { " " (description) }
                    }
                }
            }
        }
    }
}

/// The first place where the operations of a path are: its own, or the document's.
fn base<'a>(document: &'a Value, item: &'a Value) -> &'a str {
    let servers = list(item, "servers").chain(list(document, "servers"));
    let first = servers.filter_map(|server| text(server, "url")).next();
    first.unwrap_or_default().trim_end_matches('/')
}

/// A scheme of security by its name.
fn scheme<'a>(document: &'a Value, name: &str) -> Option<&'a Value> {
    object(document.get("components")?, "securitySchemes")?.get(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;

    /// What stands between `before` and the next quotation mark, at every place.
    fn quoted<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
        let found = page.split(before).skip(1).filter_map(|rest| rest.split('"').next());
        found.collect()
    }

    fn document() -> Value {
        let shape = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        json!({
            "info": { "title": "T", "summary": "S", "version": "1", "description": "See `Key`." },
            "servers": [{ "url": "/base" }, { "url": "/other", "description": "other" }],
            "tags": [{ "name": "Keys", "description": "d" }, { "name": "None" }],
            "paths": {
                "/well": {
                    "servers": [{ "url": "/elsewhere" }],
                    "get": { "summary": "Whether it is well", "responses": { "200": { "description": "It is." } } },
                },
                "/keys/{id}": {
                    "parameters": [{ "$ref": "#/components/parameters/Id" }],
                    "get": {
                        "operationId": "readKey", "summary": "Read a key", "tags": ["Keys"], "description": "**Who may:** all.",
                        "responses": {
                            "200": { "description": "A key.", "content": { "application/json": { "schema": shape("Key") } } },
                            "404": { "description": "Not there." },
                        },
                    },
                    "put": {
                        "summary": "Put a key", "requestBody": { "content": { "application/json": { "schema": shape("Key") } } },
                        "responses": { "204": { "description": "Done." } },
                    },
                },
            },
            "components": {
                "parameters": { "Id": {
                    "name": "id", "in": "path", "required": true, "description": "The id.", "schema": { "type": "string" },
                } },
                "schemas": {
                    "Key": {
                        "description": "A key.", "required": ["id"],
                        "properties": { "id": { "type": "string", "example": "k" }, "role": shape("Role") },
                    },
                    "Role": { "type": "string", "enum": ["viewer"] },
                },
            },
        })
    }

    #[test]
    fn everything_is_there_and_every_link_leads_somewhere() {
        let page = page(&document(), "openapi.json");
        for part in [
            "<html lang=\"en\">",
            "<h1>T</h1>",
            "<nav aria-label=\"Contents\">",
            "<main id=\"content\">",
            "Version 1",
            "href=\"openapi.json\"",
            "/other",
            "Read a key",
            "Other",
            "The id.",
            "Not there.",
            "<strong>Who may:</strong> all.",
            "<code>viewer</code>",
            "curl -X PUT",
            "$NODE/elsewhere/well",
            "$NODE/base/keys/ID",
            "may be missing",
            "required",
        ] {
            assert!(page.contains(part), "{part}");
        }
        assert!(!page.contains(">None<"), "a tag without operations");
        let places = quoted(&page, " id=\"");
        let once: BTreeSet<_> = places.iter().copied().collect();
        assert_eq!(places.len(), once.len(), "{places:?}");
        let links = quoted(&page, "href=\"#");
        assert!(links.len() > 5);
        for link in links {
            assert!(once.contains(link), "#{link}");
        }
    }

    #[test]
    fn hostile_text_stays_text_wherever_it_stands() {
        // Without a slash, so that references to what is named like this still lead there.
        const HOSTILE: &str = "\"'><b onclick=x>`\"'><b onclick=x>`**<b >**";
        fn poison(value: &Value) -> Value {
            match value {
                Value::String(text) => json!(format!("{text}{HOSTILE}")),
                Value::Array(items) => items.iter().map(poison).collect(),
                Value::Object(members) => {
                    let members = members.iter().map(|(name, value)| (name.clone(), poison(value)));
                    Value::Object(members.collect())
                }
                other => other.clone(),
            }
        }
        let mut hostile = poison(&document());
        // Names of schemas, members, statuses and media types are foreign text as well.
        let schemas = hostile["components"]["schemas"].as_object_mut().unwrap();
        let (key, role) = (schemas.remove("Key").unwrap(), schemas.remove("Role").unwrap());
        schemas.insert(format!("Key{HOSTILE}"), key);
        schemas[&format!("Key{HOSTILE}")]["properties"][HOSTILE] = json!({ "type": HOSTILE, "pattern": HOSTILE });
        schemas.insert(format!("Role{HOSTILE}"), role);
        let operation = &mut hostile["paths"]["/keys/{id}"]["get"];
        operation["responses"][&format!("2{HOSTILE}")] = json!({
            "description": HOSTILE, "headers": { HOSTILE: {} }, "content": { HOSTILE: { "schema": {} } },
        });
        hostile["paths"][HOSTILE] = hostile["paths"]["/keys/{id}"].clone();
        let shown = page(&hostile, "openapi.json").replace(STYLE, "");
        assert!(
            shown.contains("<code>id</code>"),
            "the members of a schema of such a name are still shown"
        );
        assert!(shown.contains("&lt;b onclick=x&gt;"));
        for raw in ["<b ", "\"'>", "'><"] {
            assert!(!shown.contains(raw), "{raw}");
        }
    }

    #[test]
    fn anything_at_all_gives_a_page() {
        for odd in [
            json!(null),
            json!({ "info": 1, "tags": {}, "servers": [1], "paths": { "/a": { "get": 7 }, "/b": [] }, "components": [] }),
            json!({ "paths": { "/a": { "get": { "parameters": [1, {}], "requestBody": { "$ref": "#/x" }, "responses": [] } } } }),
        ] {
            let page = page(&odd, "x");
            assert!(
                page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"),
                "{odd}"
            );
        }
    }

    #[test]
    fn the_style_asks_for_nothing_and_knows_no_left_or_right() {
        for word in ["url(", "@import", "left", "right", "http"] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }
}
