//! Participants of the node, as EDC calls them: participant contexts. The operator's noun; version 5 has it.

use crate::access::Operator;
use crate::body::{Id, Json, Wanted};
use crate::node::Node;
use crate::problem::Problem;
use crate::render::{Out, all, done, one};
use crate::version::{EDC, Version};
use crate::{refusals, shapes};
use axum::extract::State;
use axum::response::Response;
use chapar_runtime::{Hosted, NewParticipant, Runtime, Unsigned};
use chapar_terms::{ParticipantId, Slug};
use serde_json::{Value, json};

const NAME: &str = "ParticipantContext";

/// A participant to be hosted.
pub struct ParticipantContext {
    slug: Slug,
    identity: ParticipantId,
    properties: Value,
}

impl Wanted for ParticipantContext {
    const SCHEMA: &'static str = "participant-context-schema.json";

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let slug = node.needed_id().and_then(|id| node.parsed("@id", id, Slug::parse));
        let identity = node.needed_text("identity");
        let identity = identity.and_then(|id| node.parsed("identity", &id, ParticipantId::parse));
        // The context has them as plain JSON.
        let properties = node.values("properties").first().and_then(|value| value.get("@value"));
        Some(Self {
            slug: slug?,
            identity: identity?,
            properties: properties.cloned().unwrap_or_default(),
        })
    }
}

/// `GET /participants`
#[utoipa::path(
    get, path = "/participants", tag = "Participants", operation_id = "listParticipants",
    summary = "List participants",
    security(("apiKey" = ["operator"])),
    responses((status = 200, description = "Every participant of this node.", body = Vec<shapes::ParticipantContext>), refusals::Operated),
)]
pub async fn list(_: Operator, State(runtime): State<Runtime>, version: Version) -> Result<Response, Problem> {
    all(
        version,
        runtime.everyone().iter().map(|hosted| rendered(hosted)).collect(),
    )
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
    let identity = runtime.identity_for(&new.slug, new.identity.clone(), said("peer"), said("form"))?;
    let (hosted, key) = runtime
        .admit(NewParticipant {
            slug: new.slug.clone(),
            identity,
            unsigned_peers: Unsigned::Accept,
        })
        .await?;
    let made = Out::new("IdResponse")
        .id(hosted.slug.as_str())
        .value("createdAt", runtime.now().unix_ms())
        .value("apiKey", key.text);
    one(version, made)
}

/// `DELETE /participants/{id}`
#[utoipa::path(
    delete, path = "/participants/{id}", tag = "Participants", operation_id = "deleteParticipant",
    summary = "Remove a participant",
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
    let properties = json!({ "@type": "@json", "@value": { "dsp": hosted.me.dsp_address } });
    Out::new(NAME)
        .id(hosted.slug.as_str())
        .value("identity", hosted.me.id.as_str())
        .node("properties", properties)
        .node("state", json!({ "@id": format!("{EDC}ACTIVATED") }))
        .into()
}
