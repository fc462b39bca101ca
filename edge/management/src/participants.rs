//! Participants of the node, as EDC calls them: participant contexts. The operator's noun; version 5 has it.

use crate::access::Operator;
use crate::body::{Id, Json, Wanted};
use crate::node::Node;
use crate::problem::{Detail, Problem};
use crate::query::Query;
use crate::render::{Out, done, many, one};
use crate::version::{EDC, Version};
use crate::{refusals, shapes};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use chapar_runtime::{Hosted, NewParticipant, Runtime, Unsigned};
use chapar_terms::{ParticipantId, Slug};
use serde_json::{Map, Value, json};

const NAME: &str = "ParticipantContext";

/// A participant as it is to be.
pub struct ParticipantContext {
    slug: Option<Slug>,
    identity: ParticipantId,
    properties: Map<String, Value>,
}

impl Wanted for ParticipantContext {
    const SCHEMA: &'static str = "participant-context-schema.json";

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let slug = node.id().and_then(|id| node.parsed("@id", id, Slug::parse));
        let identity = node.needed_text("identity");
        let identity = identity.and_then(|id| node.parsed("identity", &id, ParticipantId::parse));
        // The context has them as plain JSON.
        let properties = node.values("properties").first().and_then(|value| value.get("@value"));
        Some(Self {
            slug,
            identity: identity?,
            properties: properties.and_then(Value::as_object).cloned().unwrap_or_default(),
        })
    }
}

/// `GET /participants`
#[utoipa::path(
    get, path = "/participants", tag = "Participants", operation_id = "listParticipants",
    summary = "List participants",
    description = "By their slugs.",
    params(
        ("offset" = Option<u64>, Query, description = "How many are passed over; 0 when nothing is said."),
        ("limit" = Option<u64>, Query, minimum = 1, description = "How many there are at most; 50 when nothing is said."),
    ),
    security(("apiKey" = ["operator"])),
    responses((status = 200, description = "Participants of this node.", body = Vec<shapes::ParticipantContext>), refusals::Operated),
)]
pub async fn list(
    _: Operator,
    State(runtime): State<Runtime>,
    version: Version,
    RawQuery(words): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::of_address(words.as_deref().unwrap_or_default())?;
    let part = query.part(runtime.everyone());
    many(version, &query, part.iter().map(|hosted| rendered(hosted)).collect())
}

/// `GET /participants/{id}`
#[utoipa::path(
    get, path = "/participants/{id}", tag = "Participants", operation_id = "readParticipant",
    summary = "Read a participant",
    params(("id" = String, Path, description = "The participant's slug.")),
    security(("apiKey" = ["operator"])),
    responses((status = 200, description = "The participant.", body = shapes::ParticipantContext), refusals::Read),
)]
pub async fn show(
    _: Operator,
    State(runtime): State<Runtime>,
    version: Version,
    Id(id): Id,
) -> Result<Response, Problem> {
    let hosted = runtime.hosted(&id).ok_or_else(|| Problem::no_object(NAME, &id))?;
    one(version, rendered(&hosted))
}

/// `POST /participants`: with an admin key for it, shown this once.
#[utoipa::path(
    post, path = "/participants", tag = "Participants", operation_id = "createParticipant",
    summary = "Add a participant",
    description = "Without an `@id` it is called as its identity ends, or by a fresh name where that is no identity of this node.",
    request_body(content = shapes::ParticipantContext),
    security(("apiKey" = ["operator"])),
    responses((status = 200, description = "The participant is hosted; an admin's key for it is shown this once.", body = shapes::MadeParticipant), refusals::Made),
)]
pub async fn create(
    _: Operator,
    State(runtime): State<Runtime>,
    version: Version,
    Json(new): Json<ParticipantContext>,
) -> Result<Response, Problem> {
    let said = |name: &str| new.properties.get(name).and_then(Value::as_str);
    let slug = match new.slug {
        Some(slug) => slug,
        None => runtime.slug_for(&new.identity)?,
    };
    let identity = runtime.identity_for(&slug, new.identity, said("peer"), said("form"))?;
    let (hosted, key) = runtime
        .admit(NewParticipant {
            slug,
            identity,
            unsigned_peers: Unsigned::Accept,
            properties: new.properties,
        })
        .await?;
    let made = Out::new("IdResponse")
        .id(hosted.slug.as_str())
        .value("createdAt", runtime.now().unix_ms())
        .value("apiKey", key.text);
    one(version, made)
}

/// `PUT /participants/{id}`: its properties; who it is does not change.
#[utoipa::path(
    put, path = "/participants/{id}", tag = "Participants", operation_id = "updateParticipant",
    summary = "Replace a participant's properties",
    description = "Its identity must be the one that it has.",
    params(("id" = String, Path, description = "The participant's slug.")),
    request_body(content = shapes::ParticipantContext),
    security(("apiKey" = ["operator"])),
    responses((status = 204, description = "The properties are these."), refusals::Changed),
)]
pub async fn update(
    _: Operator,
    State(runtime): State<Runtime>,
    Id(id): Id,
    Json(new): Json<ParticipantContext>,
) -> Result<Response, Problem> {
    let hosted = runtime.hosted(&id).ok_or_else(|| Problem::no_object(NAME, &id))?;
    if let Some(slug) = new.slug.filter(|slug| *slug != hosted.slug) {
        let why = format!("the body is about `{slug}`, the path about `{id}`");
        return Err(Problem::invalid(vec![Detail::at("@id", why)]));
    }
    if new.identity != hosted.me.id {
        let (own, other) = (&hosted.me.id, &new.identity);
        return Err(Problem::conflict(format!(
            "the identity of `{id}` is `{own}` and does not become `{other}`"
        )));
    }
    runtime
        .note_properties(&id, new.properties)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// `DELETE /participants/{id}`
#[utoipa::path(
    delete, path = "/participants/{id}", tag = "Participants", operation_id = "deleteParticipant",
    summary = "Remove a participant",
    description = "Only one in whose name nothing is still to be done: no case is open, no message is under way, no callback address is \
                   still to be told.",
    params(("id" = String, Path, description = "The participant's slug.")),
    security(("apiKey" = ["operator"])),
    responses((status = 204, description = "The participant is gone."), refusals::Removed),
)]
pub async fn delete(_: Operator, State(runtime): State<Runtime>, Id(id): Id) -> Result<Response, Problem> {
    runtime
        .remove_participant(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

fn rendered(hosted: &Hosted) -> Value {
    let mut properties = hosted.properties.clone();
    properties.insert("dsp".to_owned(), json!(hosted.me.dsp_address));
    let properties = json!({ "@type": "@json", "@value": properties });
    Out::new(NAME)
        .id(hosted.slug.as_str())
        .value("identity", hosted.me.id.as_str())
        .node("properties", properties)
        .node("state", json!({ "@id": format!("{EDC}ACTIVATED") }))
        .into()
}
