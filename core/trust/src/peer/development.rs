//! The development identity: names without proof, for a bench of test kits and mock connectors.
//!
//! The one file that believes a sender. Which profile may use it, and that the profile refuses to start on an address that
//! is not loopback, is said in `edge/node`. The JSON form is the one that EDC's `iam-mock` reads and writes.

use super::{Peer, Proof, Verified};
use crate::{Refusal, bounded};
use chapar_terms::{ParticipantId, limits};
use serde_json::{Map, Value};

/// Whom to believe the sender to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevelopmentIdentity {
    /// The participant that any token means which does not name one itself.
    pub peer: ParticipantId,
}

/// How an outgoing `Authorization` value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `Bearer <own id>`: for a peer that takes any token.
    Plain,
    /// The JSON object of EDC's `iam-mock`.
    EdcMock,
}

impl DevelopmentIdentity {
    /// Takes an `Authorization` value at its word: the `clientId` of the `iam-mock` form, otherwise the configured peer.
    /// The result is always [`Proof::Asserted`].
    ///
    /// # Errors
    /// `token-missing`, `token-too-large`, `token-malformed` (a `clientId` that is no participant id): answer 401.
    pub fn verify(&self, authorization: Option<&str>) -> Result<Verified<Peer>, Refusal> {
        let text = authorization.map(str::trim).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| Refusal::new("token-missing", "no `Authorization`"))?;
        if text.len() > limits::AUTH_HEADER_BYTES {
            return Err(Refusal::new(
                "token-too-large",
                format!("longer than {} bytes", limits::AUTH_HEADER_BYTES),
            ));
        }
        let token = crate::token::without_scheme(text);
        let named = bounded::object("token", token.as_bytes(), limits::AUTH_HEADER_BYTES)
            .ok()
            .and_then(|members| {
                members
                    .get("clientId")
                    .and_then(Value::as_str)
                    .map(ParticipantId::parse)
            });
        let id = match named {
            Some(id) => id.map_err(|invalid| Refusal::new("token-malformed", invalid.to_string()))?,
            None => self.peer.clone(),
        };
        Ok(Verified::attest(Peer {
            id,
            proof: Proof::Asserted,
        }))
    }
}

/// What `iam-mock` says of itself where nobody told it otherwise; it cannot read a token without a region.
const REGION: &str = "eu";

/// Our own `Authorization` value towards `audience`.
pub fn authorization(own: &ParticipantId, audience: &ParticipantId, form: Form) -> String {
    match form {
        Form::Plain => format!("Bearer {own}"),
        Form::EdcMock => {
            let mut members = Map::new();
            members.insert("clientId".to_owned(), Value::from(own.as_str()));
            members.insert("audience".to_owned(), Value::from(audience.as_str()));
            members.insert("region".to_owned(), Value::from(REGION));
            Value::Object(members).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ParticipantId {
        ParticipantId::parse(text).unwrap()
    }

    #[test]
    fn any_token_means_the_configured_peer_and_the_mock_form_names_its_own() {
        let identity = DevelopmentIdentity { peer: id("kit") };
        let table = [
            (Some("x"), Ok("kit")),
            (Some("Bearer abc"), Ok("kit")),
            (Some("{\"a\":1}"), Ok("kit")),
            (Some("{\"clientId\":\"consumer\",\"region\":\"eu\"}"), Ok("consumer")),
            (Some("bearer {\"clientId\":\"consumer\"}"), Ok("consumer")),
            (Some("{\"clientId\":\"\"}"), Err("token-malformed")),
            (Some("  "), Err("token-missing")),
            (None, Err("token-missing")),
        ];
        for (header, expected) in table {
            let seen = identity.verify(header);
            let seen = seen
                .as_ref()
                .map(|peer| peer.value().id.as_str())
                .map_err(|refusal| refusal.code);
            assert_eq!(seen, expected, "{header:?}");
        }
        let proof = identity.verify(Some("x")).unwrap().into_value().proof;
        assert_eq!(proof, Proof::Asserted);
    }

    #[test]
    fn what_we_write_reads_back_as_us() {
        let identity = DevelopmentIdentity { peer: id("kit") };
        let mock = authorization(&id("us"), &id("them"), Form::EdcMock);
        assert_eq!(identity.verify(Some(&mock)).unwrap().value().id, id("us"));
        assert!(mock.is_ascii() && !mock.contains('\n'));
        let read: Value = serde_json::from_str(&mock).unwrap();
        for member in ["clientId", "audience", "region"] {
            assert!(
                read[member].is_string(),
                "`iam-mock` reads `{member}`, and {mock} has none"
            );
        }
        assert_eq!(authorization(&id("us"), &id("them"), Form::Plain), "Bearer us");
    }
}
