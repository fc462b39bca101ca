//! One operation: its words, its parameters, what goes in, what comes out, and what it refuses.

use super::curl::{self, Sent};
use super::members::{self, Way};
use super::{base, prose};
use crate::schema::{Row, Schemas, example, kind, list, object, rows, text};
use maud::{Markup, html};
use serde_json::Value;

/// Methods in the order in which they are shown.
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// An operation with its place in the document.
pub struct Operation<'a> {
    document: &'a Value,
    method: &'static str,
    path: &'a str,
    item: &'a Value,
    body: &'a Value,
}

/// Every operation, by path.
pub fn all(document: &Value) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item) in object(document, "paths").into_iter().flatten() {
        let own = METHODS.into_iter().filter_map(|method| {
            Some(Operation {
                document,
                method,
                path,
                item,
                body: item.get(method)?,
            })
        });
        found.extend(own);
    }
    found
}

impl<'a> Operation<'a> {
    /// Whether its first tag is this one.
    pub fn is_under(&self, tag: &str) -> bool {
        list(self.body, "tags").next().is_some_and(|first| first == tag)
    }

    /// Where it stands on the page.
    pub fn place(&self) -> String {
        match text(self.body, "operationId") {
            Some(id) => format!("operation-{id}"),
            None => format!(
                "operation-{}-{}",
                self.method,
                self.path.replace(|letter: char| !letter.is_alphanumeric(), "-")
            ),
        }
    }

    /// What it does, in a few words.
    pub fn summary(&self) -> &'a str {
        text(self.body, "summary").unwrap_or(self.path)
    }

    /// The operation as an article.
    pub fn render(&self, schemas: Schemas<'a>) -> Markup {
        let place = self.place();
        html! {
            article.operation aria-labelledby=(place) {
                h3 id=(place) { (self.summary()) }
                p.route {
                    span class={ "method " (self.method) } { (self.method.to_uppercase()) }
                    code { span.within { (base(self.document, self.item)) } (self.path) }
                }
                @if let Some(description) = text(self.body, "description") {
                    (prose::paragraphs(schemas, description))
                }
                (self.parameters(schemas))
                (self.request(schemas))
                (self.answers(schemas))
                h4 { "On the command line" }
                pre tabindex="0" role="region" aria-label={ "Command line: " (self.summary()) } {
                    code { (self.command(schemas)) }
                }
            }
        }
    }

    fn parameters(&self, schemas: Schemas<'a>) -> Markup {
        let own = list(self.item, "parameters").chain(list(self.body, "parameters"));
        let parameters: Vec<_> = own.map(|parameter| schemas.resolve(parameter)).collect();
        html! {
            @if !parameters.is_empty() {
                h4 { "Parameters" }
                dl.members { @for parameter in parameters { (parameter_line(schemas, parameter)) } }
            }
        }
    }

    fn request(&self, schemas: Schemas<'a>) -> Markup {
        let Some(request) = self.body.get("requestBody").map(|request| schemas.resolve(request)) else {
            return html! {};
        };
        html! {
            h4 { "Request body" }
            @if let Some(description) = text(request, "description") { (prose::paragraphs(schemas, description)) }
            @for (media_type, media) in object(request, "content").into_iter().flatten() {
                (heading(schemas, media_type, media))
                @if let Some(schema) = media.get("schema") { (members::table(schemas, schema, Way::In)) }
            }
        }
    }

    fn answers(&self, schemas: Schemas<'a>) -> Markup {
        let answers: Vec<_> = object(self.body, "responses")
            .into_iter()
            .flatten()
            .map(|(status, answer)| (status.as_str(), schemas.resolve(answer)))
            .collect();
        let (good, bad): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .partition(|(status, _)| status.starts_with(['1', '2', '3']));
        html! {
            @if !good.is_empty() { h4 { "Answer" } }
            @for (status, answer) in good { (self.answer(schemas, status, answer)) }
            @if !bad.is_empty() {
                h4 { "Refusals" }
                details {
                    summary {
                        @for (place, (status, _)) in bad.iter().enumerate() { @if place > 0 { ", " } (status) }
                    }
                    table {
                        thead { tr { th scope="col" { "Status" } th scope="col" { "Meaning" } } }
                        tbody {
                            @for (status, answer) in bad {
                                tr {
                                    th scope="row" { code { (status) } }
                                    td { (prose::paragraphs(schemas, text(answer, "description").unwrap_or_default())) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn answer(&self, schemas: Schemas<'a>, status: &str, answer: &'a Value) -> Markup {
        html! {
            p.status {
                span.good { (status) }
                " "
                (prose::words(schemas, text(answer, "description").unwrap_or_default()))
            }
            @for (name, header) in object(answer, "headers").into_iter().flatten() {
                p.header {
                    "Header " code { (name) }
                    @if let Some(description) = text(schemas.resolve(header), "description") {
                        ": " (prose::words(schemas, description))
                    }
                }
            }
            @for (media_type, media) in object(answer, "content").into_iter().flatten() {
                (heading(schemas, media_type, media))
                (unfolded(schemas, media_type, media))
            }
        }
    }

    fn command(&self, schemas: Schemas<'a>) -> String {
        let request = self.body.get("requestBody").map(|request| schemas.resolve(request));
        let first = request.and_then(|request| object(request, "content")?.iter().next());
        let sent = match first {
            None => Sent::Nothing,
            Some((media_type, media)) if media_type.ends_with("json") => {
                Sent::Json(media_type.clone(), example_of(schemas, media).unwrap_or_default())
            }
            Some(_) => Sent::Bytes,
        };
        let streams = object(self.body, "responses").into_iter().flatten().any(|(_, answer)| {
            object(schemas.resolve(answer), "content").is_some_and(|content| content.contains_key("text/event-stream"))
        });
        let address = format!("{}{}", base(self.document, self.item), self.path);
        curl::line(self.document, self.method, &address, self.body, &sent, streams)
    }
}

/// Under which media type, and what it is.
fn heading<'a>(schemas: Schemas<'a>, media_type: &str, media: &'a Value) -> Markup {
    html! {
        p.kind {
            span { code { (media_type) } }
            @if let Some(schema) = media.get("schema") { span { (members::kind(schemas, &kind(schemas, schema))) } }
        }
    }
}

/// Members and an example, which can be unfolded.
fn unfolded<'a>(schemas: Schemas<'a>, media_type: &str, media: &'a Value) -> Markup {
    let schema = media.get("schema").filter(|schema| !rows(schemas, schema).is_empty());
    let shown = example_of(schemas, media).filter(|value| media_type.ends_with("json") && !value.is_null());
    html! {
        @if let Some(schema) = schema {
            details {
                summary { "Members" }
                (members::table(schemas, schema, Way::Out))
            }
        }
        @if let Some(example) = shown {
            details {
                summary { "Example" }
                pre tabindex="0" { code { (format!("{example:#}")) } }
            }
        }
    }
}

fn example_of<'a>(schemas: Schemas<'a>, media: &'a Value) -> Option<Value> {
    let said = media.get("example").cloned();
    let named = || {
        let first = object(media, "examples")?.values().next()?;
        schemas.resolve(first).get("value").cloned()
    };
    said.or_else(named)
        .or_else(|| media.get("schema").map(|schema| example(schemas, schema)))
}

fn parameter_line<'a>(schemas: Schemas<'a>, parameter: &'a Value) -> Markup {
    let row = Row::of(
        schemas,
        text(parameter, "name").unwrap_or_default(),
        parameter.get("required") == Some(&Value::Bool(true)),
        text(parameter, "description"),
        parameter.get("schema").unwrap_or(&Value::Null),
    );
    html! {
        div {
            dt {
                code { (row.name) }
                " "
                span.place { "in the " (text(parameter, "in").unwrap_or_default()) }
            }
            dd { (members::told(schemas, &row, Way::In)) }
        }
    }
}
