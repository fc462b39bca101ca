//! The token of a pull: who may fetch what, until when, in a form that only this node can make.
//!
//! `base64url(claims) "." base64url(code)`: the claims are canonical JSON, the code is this node's own authentication code
//! over the participant's slug and the encoded claims, so that a token of one participant is nothing at another. It is bound to the
//! transfer, to one opening of it, to its agreement and to its consumer. Refuses to know whether that opening is still
//! open (`flows`) and what HTTP answers (`dataplane`).

use crate::Runtime;
use crate::flows::FlowRefusal;
use crate::hosted::Hosted;
use crate::keys::{Keys, same};
use crate::renewals::{END, PLACE};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chapar_dsp::DataAddress;
use chapar_exchange::transfer::Transfer;
use chapar_exchange::{Access, join};
use chapar_terms::{Instant, canonical_json, limits};
use serde_json::{Map, Value, json};

/// How long a token begins requests, in milliseconds: long enough for a consumer that fetches later or in parts, short enough
/// that a leaked one is soon worthless. What was begun in time goes on. A new opening (suspend, start) brings a fresh one.
pub(crate) const TOKEN_MS: i64 = 60 * 60 * 1000;
/// Keeps these codes apart from every other use of the node's own key.
const DOMAIN: &[u8] = b"chapar data access token 1\0";
/// The kind of place as connectors of this world name it (IDSA, HTTP).
const ENDPOINT_TYPE: &str = "https://w3id.org/idsa/v4.1/HTTP";
/// Where connectors of the EDC family look for the properties of an address, the place itself among them; they pass over plain
/// names and over the member `endpoint`.
pub(crate) const EDC_NAMES: &str = "https://w3id.org/edc/v0.0.1/ns/";

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    pub transfer: String,
    pub agreement: String,
    pub consumer: String,
    /// Which opening of the transfer; every start has a number of its own.
    pub opening: u64,
    /// In whole seconds of the Unix epoch: from then on it begins nothing.
    pub expires_s: i64,
}

impl Claims {
    pub const fn expires_at(&self) -> Instant {
        Instant::from_unix_s(self.expires_s)
    }

    fn to_json(&self) -> Value {
        json!({
            "transfer": self.transfer,
            "agreement": self.agreement,
            "consumer": self.consumer,
            "opening": self.opening,
            "exp": self.expires_s,
        })
    }

    fn of_json(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            transfer: text("transfer")?,
            agreement: text("agreement")?,
            consumer: text("consumer")?,
            opening: value.get("opening")?.as_u64()?,
            expires_s: value.get("exp")?.as_i64()?,
        })
    }
}

/// Makes addresses for the pulls from one participant.
pub(crate) struct TransferAccess<'a> {
    public_url: &'a str,
    slug: &'a str,
    keys: &'a dyn Keys,
}

impl Access for TransferAccess<'_> {
    fn grant(&self, transfer: &Transfer, opening: u64, now: Instant, until: Option<Instant>) -> DataAddress {
        let expires = now.plus_ms(TOKEN_MS);
        let id = transfer.head.id.as_str();
        let claims = Claims {
            transfer: id.to_owned(),
            agreement: transfer.agreement.as_str().to_owned(),
            consumer: transfer.head.peer.as_str().to_owned(),
            opening,
            expires_s: until.map_or(expires, |until| until.min(expires)).unix_s(),
        };
        let endpoint = join(self.public_url, &[self.slug, "data", id]);
        // Not below the data: what lies there is the source's to name.
        let renewal = join(self.public_url, &[self.slug, "access", id]);
        let token = seal(self.keys, self.slug, &claims);
        address((&endpoint, &token), &renewal, claims.expires_at())
    }
}

/// The address of `endpoint` with its token, said twice: as the protocol has it, and as the EDC family reads it. Until when the
/// token begins requests and where to ask for the next one are words of our own.
fn address((endpoint, token): (&str, &str), renewal: &str, expires_at: Instant) -> DataAddress {
    let plain = [("authorization", token), ("authType", "bearer")];
    let spelled_out = [("endpoint", endpoint), ("endpointType", ENDPOINT_TYPE)]
        .into_iter()
        .chain(plain);
    let spelled_out = spelled_out.map(|(name, value)| (format!("{EDC_NAMES}{name}"), value.to_owned()));
    let plain = plain.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let own = [
        (END.to_owned(), expires_at.rfc3339()),
        (PLACE.to_owned(), renewal.to_owned()),
    ];
    DataAddress {
        endpoint_type: ENDPOINT_TYPE.to_owned(),
        endpoint: Some(endpoint.to_owned()),
        properties: plain.into_iter().chain(spelled_out).chain(own).collect(),
        members: Map::new(),
    }
}

impl Runtime {
    /// What makes the addresses of a participant's pulls.
    pub(crate) fn access<'a>(&'a self, hosted: &'a Hosted) -> TransferAccess<'a> {
        TransferAccess {
            public_url: &self.inner.config.public_url,
            slug: hosted.slug.as_str(),
            keys: self.inner.keys.as_ref(),
        }
    }
}

fn code(keys: &dyn Keys, slug: &str, encoded: &str) -> [u8; 32] {
    // Encoded claims hold no zero byte, so the last one always ends the slug.
    keys.mac(&[DOMAIN, slug.as_bytes(), b"\0", encoded.as_bytes()].concat())
}

/// The token of `claims` at the participant `slug`.
pub(crate) fn seal(keys: &dyn Keys, slug: &str, claims: &Claims) -> String {
    let encoded = URL_SAFE_NO_PAD.encode(canonical_json(&claims.to_json()));
    let code = URL_SAFE_NO_PAD.encode(code(keys, slug, &encoded));
    format!("{encoded}.{code}")
}

/// Reads the value of an `Authorization` field, the token bare or behind `Bearer `, and believes it only if this node made
/// it for `slug`. Costs the same whether `slug` exists or not.
///
/// # Errors
/// Answer 401; nothing is said about what exists here.
pub(crate) fn open(
    keys: &dyn Keys,
    slug: &str,
    authorization: Option<&str>,
    now: Instant,
) -> Result<Claims, FlowRefusal> {
    let authorization = authorization.map(str::trim).filter(|value| !value.is_empty());
    let value = authorization.ok_or(FlowRefusal::TokenMissing)?;
    if value.len() > limits::AUTH_HEADER_BYTES {
        return Err(FlowRefusal::TokenMalformed);
    }
    let (encoded, given) = bare(value).split_once('.').ok_or(FlowRefusal::TokenMalformed)?;
    let given = URL_SAFE_NO_PAD.decode(given).ok();
    let given = given
        .and_then(|given| <[u8; 32]>::try_from(given).ok())
        .ok_or(FlowRefusal::TokenMalformed)?;
    if !same(&code(keys, slug, encoded), &given) && !chapar_terms::sabotaged("unchecked-data-token") {
        return Err(FlowRefusal::TokenWrong);
    }
    let claims = URL_SAFE_NO_PAD
        .decode(encoded)
        .ok()
        .and_then(|bytes| Claims::of_json(&bytes));
    let claims = claims.ok_or(FlowRefusal::TokenMalformed)?;
    if now >= claims.expires_at() && !chapar_terms::sabotaged("skip-data-token-expiry") {
        return Err(FlowRefusal::TokenExpired);
    }
    Ok(claims)
}

/// Peers send the token as it stood in the address, or as RFC 6750 wants it; scheme names know no case.
fn bare(value: &str) -> &str {
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim_start(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;
    use chapar_dsp::Role;
    use chapar_exchange::track::Track;
    use chapar_exchange::transfer::Opening;
    use chapar_exchange::{Head, Mode};
    use chapar_terms::{AgreementId, Algorithm, AssetId, CaseId, Digest, ParticipantId, Signer};
    use std::sync::Arc;

    struct OneKey(u8);

    impl Keys for OneKey {
        fn generate(&self, _: Algorithm) -> Result<(Arc<dyn Signer>, Vec<u8>), Fault> {
            Err(Fault::NotFound)
        }
        fn load(&self, _: Algorithm, _: &[u8]) -> Result<Arc<dyn Signer>, Fault> {
            Err(Fault::NotFound)
        }
        fn random(&self) -> Result<[u8; 32], Fault> {
            Err(Fault::NotFound)
        }
        fn mac(&self, message: &[u8]) -> [u8; 32] {
            *Digest::of_parts(&[&[self.0], message]).as_bytes()
        }
    }

    const NOW: Instant = Instant::from_unix_s(1_800_000_000);

    fn claims() -> Claims {
        Claims {
            transfer: "urn:uuid:1".to_owned(),
            agreement: "urn:uuid:2".to_owned(),
            consumer: "did:web:kz.example".to_owned(),
            opening: 3,
            expires_s: NOW.unix_s() + 60,
        }
    }

    fn transfer(id: &str) -> Transfer {
        Transfer {
            head: Head {
                id: CaseId::parse(id).unwrap(),
                role: Role::Provider,
                mode: Mode::Auto,
                peer: ParticipantId::parse("did:web:kz.example").unwrap(),
                peer_address: "https://kz.example/dsp".to_owned(),
                peer_pid: None,
                created_at: NOW,
                updated_at: NOW,
                since: NOW,
                callbacks: Vec::new(),
            },
            track: Track::default(),
            agreement: AgreementId::parse("urn:uuid:2").unwrap(),
            asset: AssetId::parse("registry").unwrap(),
            format: "HttpData-PULL".to_owned(),
            destination: None,
            source: None,
            opening: Opening::Closed,
            openings: 0,
            held: false,
            start_due: false,
            suspended: None,
            ended: None,
            first: None,
            private_properties: serde_json::Map::new(),
        }
    }

    fn refusal(slug: &str, authorization: Option<&str>, now: Instant) -> &'static str {
        open(&OneKey(1), slug, authorization, now).map_or_else(|refusal| refusal.code(), |_| "taken")
    }

    #[test]
    fn a_token_is_read_bare_or_as_bearer() {
        let token = seal(&OneKey(1), "uz-plant", &claims());
        for value in [
            token.clone(),
            format!("Bearer {token}"),
            format!("bearer  {token}"),
            format!(" {token} "),
        ] {
            assert_eq!(open(&OneKey(1), "uz-plant", Some(&value), NOW).unwrap(), claims());
        }
    }

    #[test]
    fn a_token_is_good_at_its_own_participant_and_node_until_it_expires() {
        let token = seal(&OneKey(1), "uz-plant", &claims());
        assert_eq!(refusal("uz-plant", Some(&token), NOW), "taken");
        assert_eq!(refusal("uz-plan", Some(&token), NOW), "token-wrong");
        assert_eq!(
            refusal("uz-plant", Some(&seal(&OneKey(2), "uz-plant", &claims())), NOW),
            "token-wrong"
        );
        assert_eq!(refusal("uz-plant", Some(&token), NOW.plus_ms(59_999)), "taken");
        assert_eq!(refusal("uz-plant", Some(&token), NOW.plus_ms(60_000)), "token-expired");
    }

    #[test]
    fn what_is_no_token_is_refused_by_name() {
        let long = "a".repeat(limits::AUTH_HEADER_BYTES + 1);
        let code = URL_SAFE_NO_PAD.encode([7; 32]);
        let cases = [
            (None, "token-missing"),
            (Some("  "), "token-missing"),
            (Some("Bearer "), "token-malformed"),
            (Some("abc"), "token-malformed"),
            (Some("abc.def"), "token-malformed"),
            (Some("a.b.c"), "token-malformed"),
            (Some("Basic dTpw"), "token-malformed"),
            (Some(long.as_str()), "token-malformed"),
        ];
        for (value, code) in cases {
            assert_eq!(refusal("uz-plant", value, NOW), code, "{value:?}");
        }
        assert_eq!(refusal("uz-plant", Some(&format!("e30.{code}")), NOW), "token-wrong");
    }

    #[test]
    fn no_byte_of_a_token_can_be_changed() {
        let token = seal(&OneKey(1), "uz-plant", &claims());
        for place in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_ne!(refusal("uz-plant", Some(&altered), NOW), "taken", "byte {place}");
        }
    }

    #[test]
    fn an_address_holds_a_token_bound_to_the_transfer() {
        let access = TransferAccess {
            public_url: "https://host:8443",
            slug: "uz-plant",
            keys: &OneKey(1),
        };
        let address = access.grant(&transfer("urn:uuid:a/b"), 4, NOW, None);
        assert_eq!(
            address.endpoint.as_deref(),
            Some("https://host:8443/uz-plant/data/urn:uuid:a%2Fb")
        );
        assert_eq!(address.property("authType"), Some("bearer"));
        let edc = |name: &str| address.property(&format!("https://w3id.org/edc/v0.0.1/ns/{name}"));
        assert_eq!(edc("endpoint"), address.endpoint.as_deref());
        assert_eq!(edc("endpointType"), Some(address.endpoint_type.as_str()));
        assert_eq!(edc("authType"), Some("bearer"));
        assert_eq!(edc("authorization"), address.property("authorization"));
        assert_eq!(
            address.property("refreshEndpoint"),
            Some("https://host:8443/uz-plant/access/urn:uuid:a%2Fb")
        );
        assert_eq!(
            address.property("expiresAt"),
            Some(NOW.plus_ms(TOKEN_MS).rfc3339().as_str())
        );
        let claims = open(&OneKey(1), "uz-plant", address.property("authorization"), NOW).unwrap();
        assert_eq!((claims.transfer.as_str(), claims.opening), ("urn:uuid:a/b", 4));
        assert_eq!(
            (claims.agreement.as_str(), claims.consumer.as_str()),
            ("urn:uuid:2", "did:web:kz.example")
        );
        assert_eq!(claims.expires_at(), NOW.plus_ms(TOKEN_MS));
    }

    #[test]
    fn a_token_does_not_outlive_the_agreement() {
        let access = TransferAccess {
            public_url: "https://host",
            slug: "uz-plant",
            keys: &OneKey(1),
        };
        let expiry = |until| {
            let address = access.grant(&transfer("urn:uuid:1"), 1, NOW, until);
            open(&OneKey(1), "uz-plant", address.property("authorization"), NOW)
                .unwrap()
                .expires_at()
        };
        assert_eq!(expiry(Some(NOW.plus_ms(5_000))), NOW.plus_ms(5_000));
        assert_eq!(expiry(Some(NOW.plus_ms(TOKEN_MS + 1))), NOW.plus_ms(TOKEN_MS));
    }
}
