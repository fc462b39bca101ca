//! Participants of the node: the operator's noun.

use super::access::Operator;
use super::input::{Json, answer};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_runtime::desk::{NewKey, describe};
use chapar_runtime::{NewIdentity, NewParticipant, Runtime, Unsigned};
use chapar_terms::{Algorithm, ParticipantId, Slug};
use chapar_trust::development::Form;
use serde::Deserialize;
use serde_json::{Value, json};

/// A participant as it is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    slug: String,
    identity: Option<String>,
    algorithm: Option<String>,
    id: Option<String>,
    peer: Option<String>,
    form: Option<String>,
    unsigned_peers: Option<String>,
}

/// `GET /participants`
pub async fn list(_: Operator, State(runtime): State<Runtime>) -> Response {
    let items: Vec<Value> = runtime.everyone().iter().map(|hosted| describe(hosted)).collect();
    answer(StatusCode::OK, &json!({ "items": items }))
}

/// `POST /participants`: with an admin key for it, shown this once.
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
            let algorithm = match body.algorithm.as_deref() {
                None => Algorithm::Ed25519,
                Some(name) => {
                    Algorithm::from_jose(name).ok_or_else(|| wrong("algorithm", name, "`EdDSA` or `ES256`"))?
                }
            };
            NewIdentity::Did(algorithm)
        }
        "development" => {
            only_for("did", &[("algorithm", &body.algorithm)])?;
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
    })
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
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
