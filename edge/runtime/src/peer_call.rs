//! Calling a peer: our token, our signature over the very bytes, and what its answer means for a delivery.

use crate::hosted::{Hosted, Identity, Unsigned};
use crate::keys::fresh_uuid;
use crate::kind::Kind;
use crate::outbox::Try;
use crate::peer_state::HasIt;
use crate::{Fault, Runtime};
use chapar_client::{Incoming, Outgoing, SendFault};
use chapar_evidence::{Direction, Form, KeptHeaders, RawMessage, ResolvedKey};
use chapar_exchange::Answer;
use chapar_store::OutboxRow;
use chapar_terms::{Instant, ParticipantId, limits};
use chapar_trust::Proof;
use chapar_trust::development;
use chapar_trust::did::DidDocument;
use chapar_trust::signature::{MessageParts, Stamp, claimed_key, sign_request, verify_response};
use chapar_trust::token::{self, OwnClaims};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for one answer: a peer that hangs must not hold its case for longer.
const CALL_LIMIT: Duration = Duration::from_secs(10);
/// Life of our tokens, in milliseconds: one delivery.
const TOKEN_MS: i64 = 2 * 60 * 1000;
/// How long after an effect's making a 404 means "not yet": a peer may answer us before it has stored the case.
const NOT_YET_MS: i64 = 5_000;

/// The code by which a node of our kind says that it knows no such key of ours.
const KEY_UNKNOWN: &str = "key-unknown";

/// A peer's answer to a call of ours.
pub(crate) struct Called {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// What went out and what came back, for evidence.
    pub raw: [RawMessage; 2],
}

/// A call to be made.
pub(crate) struct Call<'a> {
    pub peer: &'a ParticipantId,
    pub method: Method,
    pub url: &'a str,
    pub body: Vec<u8>,
    /// The effect's id, signed along, so that a resend is known for one.
    pub effect: Option<&'a str>,
    pub max_response_bytes: u64,
    /// Codings of the answer that the caller undoes, as `Accept-Encoding` names them.
    pub takes: Option<&'static str>,
}

/// Why a call brought no answer.
pub(crate) enum CallFault {
    /// No answer. What went out, where it may have reached the peer.
    Send(SendFault, Option<Box<RawMessage>>),
    Own(Fault),
    /// The answer is not the peer's, or not signed where we insist on it. What went out.
    Unproven(String, Box<RawMessage>),
}

impl From<Fault> for CallFault {
    fn from(fault: Fault) -> Self {
        Self::Own(fault)
    }
}

impl Runtime {
    /// Sends one effect and says what came of it, with the messages for evidence.
    pub(crate) async fn send_row<K: Kind>(&self, row: &OutboxRow) -> Result<(Try, Vec<RawMessage>), Fault> {
        let hosted = self.inner.house.find(&row.participant).ok_or(Fault::NotFound)?;
        let loaded = self.recall::<K>(&row.participant, &row.case_id).await?;
        let case = loaded.ok_or(Fault::NotFound)?.case;
        let call = Call {
            peer: &case.head().peer,
            method: Method::POST,
            url: &row.target,
            body: row.body.clone(),
            effect: Some(&row.effect_id),
            max_response_bytes: limits::MESSAGE_BYTES as u64,
            takes: None,
        };
        match self.call(&hosted, call).await {
            Ok(called) => {
                let Some(HasIt { ack, called: told }) =
                    self.has_it_all_the_same(&hosted, &case, &row.effect_id, &called).await
                else {
                    let verdict = self.read_answer::<K>(row, &called);
                    return Ok((verdict, called.raw.into()));
                };
                let proof = Proof::Asserted;
                let verdict = Try::Answered(Answer::Taken { ack: Some(ack), proof });
                Ok((verdict, called.raw.into_iter().chain(told.raw).collect()))
            }
            Err(CallFault::Send(fault, sent)) => {
                let sent = sent.into_iter().map(|sent| *sent).collect();
                let why = fault.to_string();
                let verdict = if fault.is_retryable() {
                    Try::Again { after_ms: None, why }
                } else {
                    Try::Answered(Answer::Lapsed(why))
                };
                Ok((verdict, sent))
            }
            Err(CallFault::Unproven(why, sent)) => Ok((Try::Again { after_ms: None, why }, vec![*sent])),
            Err(CallFault::Own(fault)) => Err(fault),
        }
    }

    fn read_answer<K: Kind>(&self, row: &OutboxRow, called: &Called) -> Try {
        let young = !begins_a_case(&row.target) && self.now().unix_ms().saturating_sub(row.created_at) < NOT_YET_MS;
        let [_, received] = &called.raw;
        let proof = match &received.key {
            Some(key) => Proof::Proven {
                key_id: key.key_id.clone(),
            },
            None => Proof::Asserted,
        };
        match called.status {
            200..=299 => Try::Answered(Answer::Taken {
                ack: K::ack(&called.body),
                proof,
            }),
            408 | 409 | 425 | 429 | 500..=599 => self.again(called),
            404 if young => self.again(called),
            // We rotated our keys, and the peer read our document just before: it looks again soon.
            401 if is_key_unknown(called) => self.again(called),
            status => Try::Answered(Answer::Refused {
                status,
                error: chapar_dsp::parse_error(&called.body),
                proof,
            }),
        }
    }

    fn again(&self, called: &Called) -> Try {
        let error = chapar_dsp::parse_error(&called.body);
        let code = error.code.unwrap_or_default();
        Try::Again {
            after_ms: retry_after_ms(&called.headers),
            why: format!("status {} {code} {}", called.status, error.reason.join("; ")),
        }
    }

    /// Makes a call in the name of `hosted`.
    pub(crate) async fn call(&self, hosted: &Hosted, call: Call<'_>) -> Result<Called, CallFault> {
        let now = self.now();
        let request = self.dress(hosted, &call, now)?;
        let outgoing = Outgoing {
            method: call.method.clone(),
            url: call.url.to_owned(),
            headers: header_map(&request.headers)?,
            body: call.body.clone().into(),
            deadline: CALL_LIMIT,
            max_response_bytes: call.max_response_bytes,
        };
        let sent = RawMessage {
            direction: Direction::Sent,
            form: Form::Request,
            method: call.method.to_string(),
            target_uri: call.url.to_owned(),
            headers: KeptHeaders::of(
                request
                    .headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            ),
            body: call.body,
            key: hosted.signing_key().map(|(key, _)| ResolvedKey {
                key_id: key.key_id.clone(),
                key: key.public.clone(),
            }),
        };
        let incoming = match self.inner.client.send(outgoing).await {
            Ok(incoming) => incoming,
            Err(fault) => {
                let sent = may_have_arrived(&fault).then(|| Box::new(sent));
                return Err(CallFault::Send(fault, sent));
            }
        };
        let received = match self.undress(hosted, call.peer, &request, &sent, &incoming).await {
            Ok(received) => received,
            Err(why) => return Err(CallFault::Unproven(why, Box::new(sent))),
        };
        Ok(Called {
            status: incoming.status.as_u16(),
            headers: incoming.headers,
            body: incoming.body.to_vec(),
            raw: [sent, received],
        })
    }

    /// The request with token and signature.
    fn dress(&self, hosted: &Hosted, call: &Call<'_>, now: Instant) -> Result<MessageParts, Fault> {
        let mut request = MessageParts::request(call.method.as_str(), call.url, &[]);
        let mut put = |name: &str, value: String| request.headers.push((name.to_owned(), value));
        put("accept", "application/json".to_owned());
        if let Some(codings) = call.takes {
            put("accept-encoding", codings.to_owned());
        }
        if !call.body.is_empty() {
            put("content-type", "application/json".to_owned());
        }
        if let Some(effect) = call.effect {
            put("idempotency-key", format!("\"{effect}\""));
        }
        if let Identity::Development { form, .. } = &hosted.identity {
            put(
                "authorization",
                development::authorization(&hosted.me.id, call.peer, *form),
            );
            return Ok(request);
        }
        let Some((key, signer)) = hosted.signing_key() else {
            return Err(Fault::Internal(format!("`{}` has no signing key", hosted.slug)));
        };
        let jti = fresh_uuid();
        let claims = OwnClaims {
            issuer: &hosted.me.id,
            audience: call.peer,
            jti: &jti,
            issued_at: now,
            expires_at: now.plus_ms(TOKEN_MS),
        };
        put(
            "authorization",
            format!("Bearer {}", token::sign(&claims, &key.key_id, signer.as_ref())?),
        );
        let nonce = fresh_uuid();
        let stamp = Stamp {
            key_id: &key.key_id,
            created: now,
            expires: now.plus_ms(TOKEN_MS),
            nonce: &nonce,
        };
        let signed = sign_request(&request, &call.body, &stamp, signer.as_ref())
            .map_err(|why| Fault::Internal(format!("a request cannot be signed: {why:?}")))?;
        request.add(&signed);
        Ok(request)
    }

    /// The peer's document, read afresh when it lacks the key that the answer claims: the peer may have rotated its keys since.
    async fn document_for(&self, peer: &ParticipantId, claimed: Option<String>) -> Result<Arc<DidDocument>, String> {
        let found = match claimed {
            Some(key_id) if !chapar_terms::sabotaged("answers-by-known-keys") => {
                self.document_naming(peer.as_str(), &key_id).await
            }
            _ => self.document(peer.as_str()).await,
        };
        found.map_err(|fault| fault.to_string())
    }

    /// The answer as evidence, its signature verified if it has one; otherwise why it is not taken for the peer's.
    async fn undress(
        &self,
        hosted: &Hosted,
        peer: &ParticipantId,
        request: &MessageParts,
        sent: &RawMessage,
        incoming: &Incoming,
    ) -> Result<RawMessage, String> {
        let headers: Vec<(&str, &str)> = incoming
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let response = MessageParts::response(incoming.status.as_u16(), &headers);
        let signed = incoming.headers.contains_key("signature") && matches!(hosted.identity, Identity::Did(_));
        let key = if signed {
            let document = self.document_for(peer, claimed_key(&response)).await?;
            let verified = verify_response(
                &response,
                &incoming.body,
                request,
                peer,
                &document,
                self.now(),
                self.inner.suite.as_ref(),
            );
            match verified {
                Ok(signature) => {
                    let signature = signature.into_value();
                    Some(ResolvedKey {
                        key_id: signature.key_id,
                        key: signature.key,
                    })
                }
                Err(refusal) => return Err(format!("{}: {}", refusal.code, refusal.why)),
            }
        } else if hosted.unsigned_peers == Unsigned::Refuse && matches!(hosted.identity, Identity::Did(_)) {
            return Err("the answer is not signed".to_owned());
        } else {
            None
        };
        Ok(RawMessage {
            direction: Direction::Received,
            form: Form::Response {
                status: incoming.status.as_u16(),
                request: sent.digest(),
            },
            method: sent.method.clone(),
            target_uri: sent.target_uri.clone(),
            headers: KeptHeaders::of(headers),
            body: incoming.body.to_vec(),
            key,
        })
    }
}

/// `Retry-After` in seconds, as milliseconds and bounded.
pub(crate) fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(http::header::RETRY_AFTER)?;
    let seconds: u64 = value.to_str().ok()?.trim().parse().ok()?;
    Some(seconds.min(60).saturating_mul(1000))
}

/// Whether a connection was made, so that the peer may have what was sent.
const fn may_have_arrived(fault: &SendFault) -> bool {
    !matches!(
        fault,
        SendFault::EgressRefused { .. } | SendFault::Resolve { .. } | SendFault::Connect { .. } | SendFault::Tls { .. }
    )
}

fn is_key_unknown(called: &Called) -> bool {
    let code = chapar_dsp::parse_error(&called.body).code;
    code.as_deref() == Some(KEY_UNKNOWN) && !chapar_terms::sabotaged("give-up-on-a-fresh-key")
}

/// A first message names no case that could be "not yet" there: its 404 is about the offer or the agreement.
fn begins_a_case(target: &str) -> bool {
    ["/negotiations/request", "/negotiations/offers", "/transfers/request"]
        .iter()
        .any(|path| target.ends_with(path))
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, Fault> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let unfit = || Fault::Internal(format!("header `{name}` cannot be sent"));
        let name = HeaderName::try_from(name.as_str()).map_err(|_| unfit())?;
        map.append(name, HeaderValue::try_from(value.as_str()).map_err(|_| unfit())?);
    }
    Ok(map)
}
