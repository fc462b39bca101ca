//! Participants of the node: the operator's noun.

use super::access::Operator;
use super::input::{Id, Json, answer};
use super::refusals;
use super::views::{AddedParticipant, KeyChest, Participant, Whole};
use super::words::{IdentityKind, SigningAlgorithm, TokenForm, UnsignedPeers};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_runtime::desk::{NewKey, describe};
use chapar_runtime::{Chest, ChestKey, NewIdentity, NewParticipant, Runtime, Unsigned};
use chapar_terms::{Algorithm, ParticipantId, Slug};
use chapar_trust::development::Form;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A participant as it is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewParticipant)]
pub struct Body {
    /// Its name within this node and in its addresses. Some words are the node's own.
    #[schema(pattern = "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", example = "uz-plant")]
    slug: String,
    /// What proves who it is; `did` when nothing is said.
    #[schema(value_type = Option<IdentityKind>)]
    identity: Option<String>,
    /// Algorithm of its signing key, for a `did`; `EdDSA` when nothing is said.
    #[schema(value_type = Option<SigningAlgorithm>)]
    algorithm: Option<String>,
    /// Its participant id, for `development`; the slug when nothing is said.
    id: Option<String>,
    /// Whom an unnamed peer's token means, for `development`; `peer` when nothing is said.
    peer: Option<String>,
    /// What its tokens look like, for `development`; `plain` when nothing is said.
    #[schema(value_type = Option<TokenForm>)]
    form: Option<String>,
    /// The key chest of a participant whose node is gone, for a `did`: it comes back with its keys, and its register is taken back from those
    /// who mirror it.
    chest: Option<Map<String, Value>>,
    /// The key of that chest, 64 hexadecimal digits.
    chest_key: Option<String>,
    /// Whether peers that sign no message are heard; `accept` when nothing is said.
    #[schema(value_type = Option<UnsignedPeers>)]
    unsigned_peers: Option<String>,
}

/// `GET /participants`
#[utoipa::path(
    get, path = "/participants", tag = "Participants", operation_id = "listParticipants",
    summary = "List participants",
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "Every participant of this node.", body = Whole<Participant>), refusals::ListParticipants),
)]
pub async fn list(_: Operator, State(runtime): State<Runtime>) -> Response {
    let items: Vec<Value> = runtime.everyone().iter().map(|hosted| describe(hosted)).collect();
    answer(StatusCode::OK, &json!({ "items": items }))
}

/// `POST /participants`: with an admin key for it, shown this once.
#[utoipa::path(
    post, path = "/participants", tag = "Participants", operation_id = "addParticipant",
    summary = "Add a participant",
    request_body(content = Body),
    security(("bearer" = ["operator"])),
    responses((status = 201, description = "The participant, with an admin's key for it that is shown this once.", body = AddedParticipant), refusals::AddParticipant),
)]
pub async fn add(_: Operator, State(runtime): State<Runtime>, Json(body): Json<Body>) -> Result<Response, Problem> {
    let (hosted, NewKey { text, .. }) = runtime.admit(new_participant(&body)?).await?;
    let mut view = describe(&hosted);
    if let Some(members) = view.as_object_mut() {
        members.insert("apiKey".to_owned(), json!(text));
    }
    Ok(answer(StatusCode::CREATED, &view))
}

fn new_participant(body: &Body) -> Result<NewParticipant, Problem> {
    let unsigned_peers = one_of(
        "unsignedPeers",
        body.unsigned_peers.as_deref(),
        &[("accept", Unsigned::Accept), ("refuse", Unsigned::Refuse)],
    )?;
    let identity = match body.identity.as_deref().unwrap_or("did") {
        "did" => {
            only_for(
                "development",
                &[("id", &body.id), ("peer", &body.peer), ("form", &body.form)],
            )?;
            did(body)?
        }
        "development" => {
            only_for("did", &[("algorithm", &body.algorithm), ("chestKey", &body.chest_key)])?;
            let form = one_of(
                "form",
                body.form.as_deref(),
                &[("plain", Form::Plain), ("edc-mock", Form::EdcMock)],
            )?;
            let id = ParticipantId::parse(body.id.as_deref().unwrap_or(&body.slug))?;
            let peer = ParticipantId::parse(body.peer.as_deref().unwrap_or("peer"))?;
            NewIdentity::Development { id, peer, form }
        }
        other => return Err(wrong("identity", other, "`did` or `development`")),
    };
    Ok(NewParticipant {
        slug: Slug::parse(&body.slug)?,
        identity,
        unsigned_peers,
        properties: serde_json::Map::new(),
    })
}

/// A fresh identity, or the one of a chest.
fn did(body: &Body) -> Result<NewIdentity, Problem> {
    match (&body.chest, &body.chest_key, body.algorithm.as_deref()) {
        (Some(chest), Some(key), None) => Ok(NewIdentity::Kept(
            Value::Object(chest.clone()),
            ChestKey::new(key.clone()),
        )),
        (None, None, None) => Ok(NewIdentity::Did(Algorithm::Ed25519)),
        (None, None, Some(name)) => Algorithm::from_jose(name)
            .map(NewIdentity::Did)
            .ok_or_else(|| wrong("algorithm", name, "`EdDSA` or `ES256`")),
        _ => {
            let detail = "`chest` comes with `chestKey`, and without `algorithm`: its keys are in it";
            Err(Problem::bad_request("wrong-member", detail))
        }
    }
}

/// `POST /participants/{slug}/chest`
#[utoipa::path(
    post, path = "/participants/{slug}/chest", tag = "Participants", operation_id = "packChest",
    summary = "Pack a participant's keys into a chest",
    description = "A file that brings the participant back on another disk: its signing keys, the keys of its register, and whom that waits for. It is sealed under a key of its own, which is shown this once. Keep both elsewhere and apart from each other; whoever has both speaks as the participant. Pack again after keys were rotated.",
    params(("slug" = String, Path, description = "The participant's name within this node.")),
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "The chest and its key.", body = KeyChest), refusals::PackChest),
)]
pub async fn pack(_: Operator, State(runtime): State<Runtime>, Id(slug): Id) -> Result<Response, Problem> {
    let Chest { chest, key } = runtime.pack_chest(&slug).await?;
    Ok(answer(StatusCode::OK, &json!({ "chest": chest, "chestKey": key })))
}

/// Reads a word out of a list whose first one is meant when nothing is said.
fn one_of<T: Copy>(member: &str, given: Option<&str>, words: &[(&str, T); 2]) -> Result<T, Problem> {
    let [(usual, value), _] = words;
    let given = given.unwrap_or(usual);
    if given == *usual {
        return Ok(*value);
    }
    let found = words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let allowed: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        wrong(member, given, &allowed.join(" or "))
    })
}

fn only_for(identity: &str, members: &[(&str, &Option<String>)]) -> Result<(), Problem> {
    match members.iter().find(|(_, value)| value.is_some()) {
        Some((name, _)) => {
            let detail = format!("`{name}` says something only for the identity `{identity}`");
            Err(Problem::bad_request("wrong-member", detail))
        }
        None => Ok(()),
    }
}

fn wrong(member: &str, given: &str, allowed: &str) -> Problem {
    Problem::bad_request("wrong-member", format!("`{member}` is {allowed}, not `{given}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<NewParticipant, Problem> {
        new_participant(&serde_json::from_value(value).unwrap())
    }

    #[test]
    fn what_is_not_said_is_the_production_identity() {
        let new = read(json!({ "slug": "uz-plant" })).unwrap();
        assert!(matches!(new.identity, NewIdentity::Did(Algorithm::Ed25519)));
        assert_eq!(new.unsigned_peers, Unsigned::Accept);
        let new = read(json!({ "slug": "uz-plant", "algorithm": "ES256", "unsignedPeers": "refuse" })).unwrap();
        assert!(matches!(new.identity, NewIdentity::Did(Algorithm::Es256)));
        assert_eq!(new.unsigned_peers, Unsigned::Refuse);
    }

    #[test]
    fn a_development_identity_is_named() {
        let new = read(json!({ "slug": "a", "identity": "development", "peer": "TCK", "form": "edc-mock" })).unwrap();
        let NewIdentity::Development { id, peer, form } = new.identity else {
            panic!()
        };
        assert_eq!((id.as_str(), peer.as_str(), form), ("a", "TCK", Form::EdcMock));
    }

    #[test]
    fn members_at_odds_are_refused() {
        for bad in [
            json!({ "slug": "A" }),
            json!({ "slug": "a", "identity": "none" }),
            json!({ "slug": "a", "algorithm": "RS256" }),
            json!({ "slug": "a", "peer": "b" }),
            json!({ "slug": "a", "identity": "development", "algorithm": "EdDSA" }),
            json!({ "slug": "a", "identity": "development", "form": "jwt" }),
            json!({ "slug": "a", "unsignedPeers": "maybe" }),
            json!({ "slug": "a", "chest": {} }),
            json!({ "slug": "a", "chestKey": "00" }),
            json!({ "slug": "a", "chest": {}, "chestKey": "00", "algorithm": "EdDSA" }),
            json!({ "slug": "a", "identity": "development", "chest": {}, "chestKey": "00" }),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
