//! The kinds of records that this node knows: what can be said, and how.

use super::access::Anyone;
use super::input::{Id, answer};
use super::refusals;
use super::views::{Kind, KindInFull, Whole};
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_register::{KindName, Kinds};
use serde_json::{Map, Value, json};

/// `GET /kinds`
#[utoipa::path(
    get, path = "/kinds", tag = "Records", operation_id = "listKinds",
    summary = "List the kinds of records",
    security(("bearer" = [])),
    responses((status = 200, description = "Every kind, by name.", body = Whole<Kind>), refusals::Told),
)]
pub async fn list(_: Anyone) -> Response {
    let items: Vec<Value> = Kinds::built_in().iter().map(short).collect();
    answer(StatusCode::OK, &json!({ "items": items }))
}

/// `GET /kinds/{name}`
#[utoipa::path(
    get, path = "/kinds/{name}", tag = "Records", operation_id = "readKind",
    summary = "Read a kind",
    description = "With the JSON Schema of its bodies, what people call its members, and the JSON-LD context that they map to.",
    params(("name" = String, Path, description = "The kind's name.")),
    security(("bearer" = [])),
    responses((status = 200, description = "The kind.", body = KindInFull), refusals::ReadKind),
)]
pub async fn show(_: Anyone, Id(name): Id) -> Result<Response, Problem> {
    let name = KindName::parse(&name).map_err(|_| Problem::not_found())?;
    let kind = Kinds::built_in().find(&name).ok_or_else(Problem::not_found)?;
    let mut view = short(kind);
    if let Some(members) = view.as_object_mut() {
        members.insert("schema".to_owned(), kind.schema().clone());
        members.insert("context".to_owned(), kind.vocabulary().clone());
        members.insert("members".to_owned(), fields(kind));
        members.insert("example".to_owned(), kind.example().clone());
    }
    Ok(answer(StatusCode::OK, &view))
}

fn short(kind: &chapar_register::Kind) -> Value {
    let (standard, address) = kind.standard();
    let mut names = Map::new();
    for (lang, labels) in kind.labels() {
        names.insert(lang.as_str().to_owned(), labels.name.as_str().into());
    }
    json!({
        "name": kind.name().as_str(),
        "group": kind.group(),
        "clauses": kind.clauses(),
        "standard": standard,
        "standardAddress": address,
        "class": kind.class(),
        "isWrittenByNode": kind.is_system(),
        "labels": names,
    })
}

/// What people call each member, by its dotted path.
fn fields(kind: &chapar_register::Kind) -> Value {
    let mut fields = Map::new();
    for path in kind.members() {
        let mut said = Map::new();
        for (lang, labels) in kind.labels() {
            if let Some(field) = labels.fields.get(path) {
                said.insert(lang.as_str().to_owned(), field.label.as_str().into());
            }
        }
        fields.insert(path.clone(), Value::Object(said));
    }
    Value::Object(fields)
}
