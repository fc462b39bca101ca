//! Agreements that another connector concluded and that we go by from now on. EDC has no such request: it is for moving from one.

use crate::access::Editor;
use crate::body::{Json, NO_SCHEMA, Wanted};
use crate::node::Node;
use crate::problem::Problem;
use crate::render::made;
use crate::version::{EDC, Version};
use crate::{odrl, refusals, shapes};
use axum::response::Response;
use chapar_dsp::{Agreement, Role};
use chapar_runtime::desk::{NewAgreement, not_judged};
use chapar_terms::{Instant, ParticipantId};
use serde_json::{Map, Value, json};

/// Our side, as EDC names it.
const SIDES: [(&str, Role); 2] = [("CONSUMER", Role::Consumer), ("PROVIDER", Role::Provider)];

/// An agreement as EDC shows it, with what its negotiation says of the other side.
pub struct Adopted(NewAgreement);

impl Wanted for Adopted {
    const SCHEMA: &'static str = NO_SCHEMA;

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let id = match node.text("agreementId") {
            Some(id) => id,
            None => node.needed_id()?.to_owned(),
        };
        let side = node.needed_text("type")?;
        let role = SIDES.iter().find(|(name, _)| *name == side).map(|(_, role)| *role);
        if role.is_none() {
            node.refuse("type", "must be CONSUMER or PROVIDER: our side");
        }
        let peer = node.needed_text("counterPartyId")?;
        let peer = node.parsed("counterPartyId", &peer, ParticipantId::parse);
        let terms = terms(node, &id)?;
        let agreement = Agreement::parse(&Value::Object(terms));
        let agreement = agreement
            .map_err(|malformed| node.refuse("policy", malformed.why))
            .ok()?;
        Some(Self(NewAgreement {
            agreement,
            role: role?,
            peer: peer?,
            peer_address: node.needed_text("counterPartyAddress")?,
            negotiation: node.text("negotiationId"),
        }))
    }
}

/// The agreement as the protocol writes it.
fn terms(node: Node<'_>, id: &str) -> Option<Map<String, Value>> {
    let policy = node.needed_node("policy")?;
    let read = odrl::read(policy.members(), "Agreement", &format!("{EDC}policy"));
    let mut terms = read.map_err(|detail| policy.note(detail)).ok()?;
    // EDC means everything by it, and transfers under it are judged by what it says.
    odrl::permit_where_nothing_is_said(&mut terms);
    let signed_at = node.values("contractSigningDate").first();
    let Some(seconds) = signed_at.and_then(|signed_at| signed_at.get("@value")?.as_i64()) else {
        node.refuse("contractSigningDate", "must be a number of seconds");
        return None;
    };
    let signed_at = Instant::from_unix_ms(seconds.saturating_mul(1000)).rfc3339();
    for (name, value) in [
        ("@id", id.to_owned()),
        ("target", node.needed_text("assetId")?),
        ("assigner", node.needed_text("providerId")?),
        ("assignee", node.needed_text("consumerId")?),
        ("timestamp", signed_at),
    ] {
        terms.insert(name.to_owned(), json!(value));
    }
    Some(terms)
}

/// What going by it would be told, whatever is there.
pub fn tried(Adopted(new): &Adopted) -> Vec<String> {
    not_judged(&new.agreement.members)
}

/// `POST /contractagreements`
#[utoipa::path(
    post, path = "/contractagreements", tag = "Contract agreements", operation_id = "adoptContractAgreement",
    summary = "Go by an agreement that another connector concluded",
    description = "For a participant that moves from another connector. The peer is not asked: it holds the agreement as it did. EDC has no such request.",
    request_body(content = shapes::AdoptedAgreement),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "It is in force here.", body = shapes::IdResponse), refusals::Made),
)]
pub async fn adopt(
    Editor(desk): Editor,
    version: Version,
    Json(Adopted(new)): Json<Adopted>,
) -> Result<Response, Problem> {
    let signed_at = new.agreement.timestamp.map_or(0, Instant::unix_ms);
    let id = new.agreement.id.as_str().to_owned();
    desk.adopt_agreement(new).await?;
    made(version, &id, signed_at)
}
