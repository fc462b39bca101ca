//! The own API described in OpenAPI 3.1: what its routes say of themselves, with what holds for all of them.
//!
//! Refuses to render it for people (`chapar_reference`) and to serve it (the node).

use super::views::{EventReset, Problem};
use super::{BASE, own_routes};
use chapar_runtime::KeyRole;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// The words before everything else.
const INTRODUCTION: &str = "\
The API of one participant's people and programs: what they offer, to whom, and what became of it.\n\
\n\
**Keys.** Every request shows an API key, as `Authorization: Bearer <key>` or as `X-Api-Key: <key>`. A key belongs to one \
participant and has a role: a `viewer` reads, an `editor` works, an `admin` keeps keys, peers and identity as well; each may do \
what those before it may. The key of the node's `operator` belongs to no participant: it names one by the header \
`Chapar-Participant` and then acts as its admin.\n\
\n\
**Bodies** are JSON, UTF-8, of at most 256 KiB; only the contents of documents are taken as they are, of any length. A member \
that is not known is refused by name. A member that is not there has nothing to say; it is left out rather than null.\n\
\n\
**Errors** are problem details (RFC 9457). Programs go by `code`, which keeps its meaning. What belongs to another participant \
is not there: 404.\n\
\n\
**Lists** answer `items`, and `next` when there are more: give it back as `after`.\n\
\n\
**Times** are UTC, RFC 3339 with milliseconds. **Ids** in paths are percent-encoded.";

/// Who may what needs no right.
const WHOEVER: &str = "**Who may:** whoever has a good key.";

/// The nouns in the order in which they are shown, each with its sentence.
const TAGS: [(&str, &str); 15] = [
    (
        "Identity",
        "Whom the key stands for, and the participant's signing key.",
    ),
    (
        "Documents",
        "What can be offered: contents that this node keeps, with their properties.",
    ),
    (
        "Policies",
        "ODRL Sets: conditions under which something may be seen or had.",
    ),
    (
        "Offers",
        "Contract definitions: which documents are offered, to whom and under which policy.",
    ),
    (
        "Peers",
        "Other participants, where they are reached, and what they offer.",
    ),
    ("Negotiations", "How two sides come to an agreement, or not."),
    (
        "Agreements",
        "What was agreed. Agreements are made by negotiations and never changed.",
    ),
    (
        "Transfers",
        "Data under an agreement: opened, suspended, closed, and who fetched what.",
    ),
    (
        "Records",
        "What the participant says in public: signed records in its own tamper-evident log, which everybody can read and check.",
    ),
    ("Events", "What happens, as it happens."),
    ("Keys", "Keys to this API."),
    ("Participants", "Whom this node serves: the operator's noun."),
    (
        "Mirrors",
        "Logs of others that this node verifies, keeps and serves: the operator's noun.",
    ),
    (
        "Federations",
        "Circles of participants whose members decide for themselves who is one: pinned by the operator, decided by the members' records.",
    ),
    (
        "Witness",
        "Logs of other nodes whose checkpoints this one cosigns: the operator's noun.",
    ),
];

/// The document, ready to be given out.
pub fn description() -> Value {
    let mut document = serde_json::to_value(own_routes().into_openapi()).unwrap_or_default();
    if let Some(members) = document.as_object_mut() {
        members.extend(common());
    }
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.insert("securitySchemes".to_owned(), keys());
    }
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        // The rows of refusals, and what is told of events, name these without their types.
        schemas.extend([named::<Problem>(), named::<EventReset>()]);
    }
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let operations = paths.into_iter().flat_map(|paths| paths.values_mut());
    let operations = operations
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.values_mut());
    operations.filter_map(Value::as_object_mut).for_each(complete);
    chapar_openapi::mend(&mut document);
    document
}

/// The schema of a problem, which the rows of refusals name without its type.
pub(crate) fn problem_schema() -> Value {
    named::<Problem>().1
}

fn named<T: ToSchema>() -> (String, Value) {
    (
        T::name().into_owned(),
        serde_json::to_value(T::schema()).unwrap_or_default(),
    )
}

/// Adds to an operation what follows from the role that it asks for.
fn complete(operation: &mut Map<String, Value>) {
    let role = operation
        .get("security")
        .and_then(|security| security.pointer("/0/bearer/0"))
        .and_then(Value::as_str)
        .map(str::to_owned);
    let roles: Vec<&str> = role.as_deref().into_iter().collect();
    // Either way of showing the key will do.
    let either = json!([{ "bearer": roles }, { "apiKey": roles }]);
    operation.insert("security".to_owned(), either);
    let may = role
        .as_deref()
        .and_then(KeyRole::parse)
        .map_or(WHOEVER, KeyRole::who_may);
    let said = operation.get("description").and_then(Value::as_str);
    let description = said.map_or_else(|| may.to_owned(), |said| format!("{said}\n\n{may}"));
    operation.insert("description".to_owned(), json!(description));
    if role.as_deref() != Some("operator")
        && let Value::Array(parameters) = operation.entry("parameters").or_insert_with(|| json!([]))
    {
        parameters.push(json!({
            "name": "Chapar-Participant",
            "in": "header",
            "description": "The slug of the participant that the operator acts for. Other keys have no use for it.",
            "required": false,
            "schema": { "type": "string" },
        }));
    }
}

/// The two ways of showing a key.
fn keys() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key, as `Authorization: Bearer <key>`. It counts more than the other way.",
        },
        "apiKey": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Api-Key",
            "description": "An API key, as `X-Api-Key: <key>`.",
        },
    })
}

/// What holds for all operations.
fn common() -> Map<String, Value> {
    let tags: Vec<_> = TAGS
        .iter()
        .map(|(name, sentence)| json!({ "name": name, "description": sentence }))
        .collect();
    Map::from_iter([
        (
            "info".to_owned(),
            json!({
                "title": "Chapar: the own API",
                "version": env!("CARGO_PKG_VERSION"),
                "summary": "For the people and programs of one participant, on the private listener.",
                "description": INTRODUCTION,
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            }),
        ),
        (
            "servers".to_owned(),
            json!([{ "url": BASE, "description": "This node" }]),
        ),
        ("tags".to_owned(), Value::Array(tags)),
    ])
}
