//! The management API described in OpenAPI 3.1: what its routes say of themselves, each version with its own manner, and what
//! holds for all of them.
//!
//! Refuses to render it for people (`chapar_openapi`) and to serve it (the node).

use crate::shapes::ApiError;
use crate::version::Version;
use crate::{BASE, observability, published};
use chapar_runtime::{KeyRole, Runtime};
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

/// The words before everything else.
const INTRODUCTION: &str = "\
The API that clients of Eclipse EDC speak, versions 3 and 4 and what this node has of 5, so that they need only another address \
and another key.\n\
\n\
**Keys.** Every request shows an API key as `X-Api-Key: <key>`. A key belongs to one participant and has a role: a `viewer` reads, \
an `editor` works, an `admin` keeps secrets as well; each may do what those before it may. The key of the node's `operator` belongs \
to no participant: it names one by the path and then acts as its admin.\n\
\n\
**Requests** are JSON of at most 256 KiB. In version 3 any legal JSON-LD is taken; what is shown is the form that EDC itself writes. \
Contexts are never fetched: EDC's, ODRL's and the protocol's are built in, and others are refused. In version 4 requests keep to the \
published JSON schemas.\n\
\n\
**Answers** carry their context in themselves in version 3, so that no client has to fetch one; in version 4 they name the published \
one. In compact JSON-LD a single value is no list. Times are milliseconds of the Unix epoch unless it is said otherwise.\n\
\n\
**Errors** are a list of `ApiError`, always JSON. Programs go by `type`. What belongs to another participant is not there: 404.\n\
\n\
**Queries** take the eleven operators of EDC on short and full names, in every list alike.";

/// The nouns in the order in which they are shown, each with its sentence.
const NOUNS: [(&str, &str); 13] = [
    (
        "Assets",
        "What can be offered: properties for those who see it, private ones, and where its data is.",
    ),
    (
        "Policies",
        "ODRL Sets: conditions under which something may be seen or had.",
    ),
    (
        "Contract definitions",
        "Which assets are offered, to whom and under which policy.",
    ),
    ("Catalogues", "What peers offer to us, and what we offer."),
    ("Contract negotiations", "How two sides come to an agreement, or not."),
    ("Contract agreements", "What was agreed."),
    (
        "Transfer processes",
        "Data under an agreement: opened, suspended, closed.",
    ),
    (
        "Endpoint data references",
        "Where data may be fetched now, and with what.",
    ),
    ("Secrets", "Texts that assets and callbacks refer to."),
    (
        "Data planes",
        "Who hands over the bytes: the node itself. Others cannot register yet.",
    ),
    (
        "Discovery",
        "Finding out about a peer before anything is said to it, as Tractus-X has it.",
    ),
    ("Participants", "Whom this node serves: the operator's noun."),
    (
        "Health and version",
        "Without a key. They tell nothing of any participant.",
    ),
];

/// A part of the API: routes that stand in one place and have one manner.
struct Part {
    /// Where they stand, below the servers' addresses.
    prefix: &'static str,
    /// How the names of its chapters and operations end.
    ending: &'static str,
    version: Version,
    routes: fn() -> OpenApiRouter<Runtime>,
    /// The one address that they have, where it is not as for most.
    server: Option<&'static str>,
}

const PARTS: [Part; 6] = [
    part("/v3", "v3", Version::V3, crate::third, None),
    part("/v4", "v4", Version::V4, crate::fourth, None),
    part("/v4alpha", "v4alpha", Version::V3, crate::discovery, None),
    part("/v1alpha", "v1alpha", Version::V3, crate::of_old, None),
    part("/v5beta", "v5beta", Version::V4, crate::fifth, Some(BASE)),
    part("", "", Version::V4, observability::described, Some("/api")),
];

const fn part(
    prefix: &'static str,
    ending: &'static str,
    version: Version,
    routes: fn() -> OpenApiRouter<Runtime>,
    server: Option<&'static str>,
) -> Part {
    Part {
        prefix,
        ending,
        version,
        routes,
        server,
    }
}

/// The document, ready to be given out.
pub fn description() -> Value {
    let mut paths = Map::new();
    let mut shapes = Map::from_iter([(
        ApiError::name().into_owned(),
        serde_json::to_value(ApiError::schema()).unwrap_or_default(),
    )]);
    let mut tags = Vec::new();
    for part in &PARTS {
        let mut document = serde_json::to_value((part.routes)().into_openapi()).unwrap_or_default();
        if let Some(Value::Object(own)) = document.pointer_mut("/components/schemas").map(Value::take) {
            shapes.extend(own);
        }
        if let Some(Value::Object(own)) = document.get_mut("paths").map(Value::take) {
            tags.extend(tags_of(&own, part));
            paths.extend(
                own.into_iter()
                    .map(|(path, item)| (format!("{}{path}", part.prefix), placed(item, part))),
            );
        }
    }
    let mut document = whole(paths, tags, shapes);
    chapar_openapi::mend(&mut document);
    add_published(&mut document);
    document
}

fn whole(paths: Map<String, Value>, tags: Vec<Value>, shapes: Map<String, Value>) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Chapar: the management API",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "For clients of Eclipse EDC, on the private listener.",
            "description": INTRODUCTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [
            { "url": BASE, "description": "for the participant of the key" },
            {
                "url": format!("{BASE}/participants/{{participant}}"),
                "description": "for the participant that the path names, by its slug",
                "variables": { "participant": { "default": "office", "description": "The participant's slug." } },
            },
        ],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": shapes,
            "securitySchemes": {
                "apiKey": { "type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "An API key." },
            },
        },
    })
}

/// The chapters of a part that have an operation in it.
fn tags_of(paths: &Map<String, Value>, part: &Part) -> Vec<Value> {
    let has = |noun: &str| {
        let mut operations = paths.values().filter_map(Value::as_object).flat_map(Map::values);
        operations.any(|operation| operation.pointer("/tags/0").is_some_and(|tag| tag == noun))
    };
    let own = NOUNS.iter().filter(|(noun, _)| has(noun));
    own.map(|(noun, sentence)| json!({ "name": chapter(noun, part), "description": sentence }))
        .collect()
}

fn chapter(noun: &str, part: &Part) -> String {
    if part.ending.is_empty() {
        noun.to_owned()
    } else {
        format!("{noun} ({})", part.ending)
    }
}

/// A path's operations in the manner of their part.
fn placed(mut item: Value, part: &Part) -> Value {
    if let Value::Object(operations) = &mut item {
        operations
            .values_mut()
            .filter_map(Value::as_object_mut)
            .for_each(|operation| complete(operation, part));
        if let Some(server) = part.server {
            operations.insert("servers".to_owned(), json!([{ "url": server }]));
        }
    }
    if part.version == Version::V4 {
        as_published(&mut item);
    }
    item
}

/// Adds to an operation its names in the part, who may, and in version 3 that any JSON-LD will do.
fn complete(operation: &mut Map<String, Value>, part: &Part) {
    if let Some(Value::String(id)) = operation.get_mut("operationId") {
        id.push_str(&part.ending.replacen('v', "V", 1));
    }
    if let Some(Value::Array(tags)) = operation.get_mut("tags") {
        for tag in tags {
            *tag = json!(chapter(tag.as_str().unwrap_or_default(), part));
        }
    }
    let role = operation
        .get("security")
        .and_then(|security| security.pointer("/0/apiKey/0"));
    let may = role
        .and_then(Value::as_str)
        .and_then(KeyRole::parse)
        .map(KeyRole::who_may);
    match may {
        Some(may) => {
            let said = operation.get("description").and_then(Value::as_str);
            let description = said.map_or_else(|| may.to_owned(), |said| format!("{said}\n\n{may}"));
            operation.insert("description".to_owned(), json!(description));
        }
        None => {
            operation.insert("security".to_owned(), json!([]));
        }
    }
    if part.version == Version::V3
        && let Some(Value::Object(content)) = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"))
    {
        content.insert("application/ld+json".to_owned(), json!({ "schema": {} }));
    }
}

/// Puts the published schemas in the place of our shapes.
fn as_published(value: &mut Value) {
    const NAMED: &str = "#/components/schemas/";
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(published) = reference.strip_prefix(NAMED).and_then(published::stands_for)
            {
                *reference = format!("{NAMED}{published}");
            }
            members.values_mut().for_each(as_published);
        }
        Value::Array(items) => items.iter_mut().for_each(as_published),
        _ => {}
    }
}

fn add_published(document: &mut Value) {
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        let published = published::schemas(schemas);
        schemas.extend(published);
    }
}
