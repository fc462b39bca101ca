//! Who sent this: the token against its issuer's document, then the message's own signature, then whether the token was
//! used for something else. What fails here writes nothing and is answered 401 (503 when the document cannot be had now, 429
//! when the sender asks too often).

use crate::Runtime;
use crate::hosted::{Hosted, Identity, Unsigned};
use crate::http::{Inbound, Outbound};
use chapar_client::DidFault;
use chapar_evidence::{Direction, Form, KeptHeaders, RawMessage, ResolvedKey};
use chapar_store::ReplayRow;
use chapar_terms::{Digest, Instant, PublicKey};
use chapar_trust::did::DidDocument;
use chapar_trust::signature::{MessageSignature, sign_response, verify_request, wants_signed_response};
use chapar_trust::token::{self, Claims};
use chapar_trust::{Peer, Proof, Refusal, Verified};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Tokens remembered in memory at most; beyond it those that expire first go first.
const READ_TOKENS: usize = 65_536;

/// A sender whom we know, with what it signed.
pub(crate) struct Authenticated {
    pub peer: Verified<Peer>,
    claims: Option<Verified<Claims>>,
    key: Option<(String, PublicKey)>,
    /// The digest of what the token was used for.
    request: Digest,
}

/// A sender whom we do not know.
#[derive(Debug)]
pub(crate) struct Unauthenticated {
    pub status: u16,
    pub code: String,
    pub why: String,
    /// After how many seconds asking again makes sense; none where it does not.
    pub retry_after_s: Option<u64>,
}

impl From<Refusal> for Unauthenticated {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: 401,
            code: refusal.code.to_owned(),
            why: refusal.why,
            retry_after_s: None,
        }
    }
}

impl From<DidFault> for Unauthenticated {
    fn from(fault: DidFault) -> Self {
        let status = if fault.is_retryable() { 503 } else { 401 };
        Self {
            status,
            code: fault.code().to_owned(),
            why: fault.to_string(),
            retry_after_s: fault.is_retryable().then_some(2),
        }
    }
}

/// What a token was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// A request that changes nothing.
    Read,
    /// A message; whether it is a copy of an earlier one is the store's to say.
    Write,
}

/// Issuer and `jti`, digested and cut: what a table of all tokens of the last minutes has room for.
type TokenKey = [u8; 16];

/// Tokens used lately: in memory, bounded, forgotten when they expire. It is the only memory of tokens that reads used; a
/// message's token is also stored with its step, so this only keeps it from being used for a read as well, and the reverse.
#[derive(Default)]
pub(crate) struct ReadTokens(Mutex<UsedTokens>);

#[derive(Default)]
struct UsedTokens {
    used: BTreeMap<TokenKey, (TokenKey, Use)>,
    /// The same by the time from which they are refused for their age alone.
    ends: BTreeSet<(Instant, TokenKey)>,
}

impl ReadTokens {
    /// Lets an admitted token be used for this one request only.
    fn spend(&self, claims: &Claims, request: Digest) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = tokens.used.get_mut(&name(claims)) {
            *entry = (cut(request), Use::Read);
        }
    }

    /// False when the token was used for another request.
    fn admit(&self, claims: &Claims, request: Digest, use_now: Use, now: Instant) -> bool {
        let key = name(claims);
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, use_before)) = tokens
            .used
            .get(&key)
            .filter(|_| !chapar_terms::sabotaged("forget-read-token"))
        {
            return *before == cut(request) || (*use_before, use_now) == (Use::Write, Use::Write);
        }
        tokens.forget(now);
        tokens.ends.insert((claims.forget_at(), key));
        tokens.used.insert(key, (cut(request), use_now));
        true
    }
}

impl Runtime {
    /// The message was told to come back later, and no store remembers its token: it is good for that message only.
    pub(crate) fn spend_token(&self, authenticated: &Authenticated) {
        if let Some(claims) = &authenticated.claims {
            self.inner.read_tokens.spend(claims.value(), authenticated.request);
        }
    }
}

fn name(claims: &Claims) -> TokenKey {
    cut(Digest::of_parts(&[
        claims.issuer.as_str().as_bytes(),
        b"\n",
        claims.jti.as_bytes(),
    ]))
}

fn cut(digest: Digest) -> TokenKey {
    let mut key = TokenKey::default();
    for (to, from) in key.iter_mut().zip(digest.as_bytes()) {
        *to = *from;
    }
    key
}

impl UsedTokens {
    /// Forgets what has expired, and makes room for one more.
    fn forget(&mut self, now: Instant) {
        while let Some((end, _)) = self.ends.first() {
            if *end > now && self.used.len() < READ_TOKENS {
                return;
            }
            if let Some((_, key)) = self.ends.pop_first() {
                self.used.remove(&key);
            }
        }
    }
}

impl Authenticated {
    /// The peer's own number of this move; believed only where the peer signed it.
    pub fn effect(&self, inbound: &Inbound) -> Option<u64> {
        match self.peer.value().proof {
            Proof::Proven { .. } => {
                let (_, number) = inbound.header("idempotency-key")?.trim_matches('"').rsplit_once('#')?;
                number.parse().ok()
            }
            Proof::Asserted => None,
        }
    }

    /// The message as it came, with the key that verified it, for later proof.
    pub fn raw(&self, inbound: &Inbound) -> RawMessage {
        RawMessage {
            direction: Direction::Received,
            form: Form::Request,
            method: inbound.method.clone(),
            target_uri: inbound.target_uri.clone(),
            headers: KeptHeaders::of(
                inbound
                    .headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            ),
            body: inbound.body.clone(),
            key: self.key.clone().map(|(key_id, key)| ResolvedKey { key_id, key }),
        }
    }

    /// The row that remembers the token together with the answer it gets.
    pub fn replay(&self, hosted: &Hosted, case: Option<&str>, answer: &Outbound) -> Option<ReplayRow> {
        let claims = self
            .claims
            .as_ref()
            .filter(|_| !chapar_terms::sabotaged("forget-token-replay"))?
            .value();
        Some(ReplayRow {
            participant: hosted.slug.as_str().to_owned(),
            issuer: claims.issuer.as_str().to_owned(),
            jti: claims.jti.clone(),
            digest: self.request.hex(),
            case_id: case.map(str::to_owned),
            status: i64::from(answer.status),
            answer: answer.body.clone(),
            expires_at: claims.forget_at().unix_ms(),
        })
    }

    /// The answer to a token that was used before: the same one for the same request, 401 for another.
    pub fn replayed(&self, row: &ReplayRow) -> Result<Outbound, Unauthenticated> {
        if row.digest != self.request.hex() {
            let why = "the token was used for another request".to_owned();
            return Err(Unauthenticated {
                status: 401,
                code: "token-replayed".to_owned(),
                why,
                retry_after_s: None,
            });
        }
        let mut answer = Outbound::empty(u16::try_from(row.status).unwrap_or(500));
        answer.body.clone_from(&row.answer);
        Ok(answer.with_header("content-type", "application/json"))
    }
}

impl Runtime {
    /// Authenticates the sender of a message; its token is remembered with the step that it causes.
    pub(crate) async fn authenticate(
        &self,
        hosted: &Hosted,
        inbound: &Inbound,
    ) -> Result<Authenticated, Unauthenticated> {
        self.authenticate_for(Use::Write, hosted, inbound).await
    }

    async fn authenticate_for(
        &self,
        used_for: Use,
        hosted: &Hosted,
        inbound: &Inbound,
    ) -> Result<Authenticated, Unauthenticated> {
        let authenticated = self.identify(hosted, inbound).await?;
        let asker = (
            hosted.slug.as_str().to_owned(),
            authenticated.peer.value().id.as_str().to_owned(),
        );
        if let Err(seconds) = self.inner.peers.take(asker, self.now()) {
            return Err(Unauthenticated {
                status: 429,
                code: "quota-exceeded".to_owned(),
                why: "you ask more often than this participant lets one peer ask".to_owned(),
                retry_after_s: Some(seconds),
            });
        }
        if let Some(claims) = &authenticated.claims
            && !self
                .inner
                .read_tokens
                .admit(claims.value(), authenticated.request, used_for, self.now())
        {
            let why = "the token was used for another request".to_owned();
            return Err(Unauthenticated {
                status: 401,
                code: "token-replayed".to_owned(),
                why,
                retry_after_s: None,
            });
        }
        Ok(authenticated)
    }

    /// Who sent `inbound` to `hosted`.
    async fn identify(&self, hosted: &Hosted, inbound: &Inbound) -> Result<Authenticated, Unauthenticated> {
        let request = Digest::of_parts(&[
            inbound.method.as_bytes(),
            b"\n",
            inbound.target_uri.as_bytes(),
            b"\n",
            &inbound.body,
        ]);
        if let Identity::Development { trust, .. } = &hosted.identity {
            let peer = trust.verify(inbound.header("authorization"))?;
            return Ok(Authenticated {
                peer,
                claims: None,
                key: None,
                request,
            });
        }
        let token = token::parse_unverified(inbound.header("authorization"))?;
        let issuer = token.issuer.as_str().to_owned();
        let document = match &token.key_id {
            Some(key_id) => self.document_naming(&issuer, key_id).await?,
            None => self.document(&issuer).await?,
        };
        let claims = token::verify(&token, &document, &hosted.me.id, self.now(), self.inner.suite.as_ref())?;
        let peer = claims.peer();
        let signature = self.signature_of(inbound, &claims, &document)?;
        let (peer, key) = match &signature {
            Some(signature) => {
                let key = (signature.value().key_id.clone(), signature.value().key.clone());
                (peer.proven_by(signature)?, key)
            }
            None if hosted.unsigned_peers == Unsigned::Refuse && !chapar_terms::sabotaged("hear-unsigned-peers") => {
                let why = "this participant takes only signed messages".to_owned();
                return Err(Unauthenticated {
                    status: 401,
                    code: "signature-required".to_owned(),
                    why,
                    retry_after_s: None,
                });
            }
            None => (peer, (claims.value().key_id.clone(), claims.value().key.clone())),
        };
        Ok(Authenticated {
            peer,
            claims: Some(claims),
            key: Some(key),
            request,
        })
    }

    fn signature_of(
        &self,
        inbound: &Inbound,
        claims: &Verified<Claims>,
        document: &DidDocument,
    ) -> Result<Option<Verified<MessageSignature>>, Unauthenticated> {
        let issuer = &claims.value().issuer;
        let verified = verify_request(
            &inbound.parts(),
            &inbound.body,
            issuer,
            document,
            self.now(),
            self.inner.suite.as_ref(),
        );
        match verified {
            Ok(signature) => Ok(Some(signature)),
            Err(refusal) if refusal.code == "signature-missing" => Ok(None),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Authenticates the sender of a read and remembers its token in memory only.
    pub(crate) async fn authenticate_read(
        &self,
        hosted: &Hosted,
        inbound: &Inbound,
    ) -> Result<Authenticated, Unauthenticated> {
        self.authenticate_for(Use::Read, hosted, inbound).await
    }

    /// The document of a participant. One that lives here is asked for like any other, at the node's public address.
    pub(crate) async fn document(&self, did: &str) -> Result<Arc<DidDocument>, DidFault> {
        self.inner.resolver.document(did).await
    }

    pub(crate) async fn document_naming(&self, did: &str, key_id: &str) -> Result<Arc<DidDocument>, DidFault> {
        self.inner.resolver.document_naming(did, key_id).await
    }

    /// Signs the answer if the request was signed and asked for it.
    pub(crate) fn sign_answer(&self, hosted: &Hosted, inbound: &Inbound, mut answer: Outbound) -> Outbound {
        let request = inbound.parts();
        let Some((key, signer)) = hosted
            .signing_key()
            .filter(|_| wants_signed_response(&request) && !chapar_terms::sabotaged("leave-answers-unsigned"))
        else {
            return answer;
        };
        let headers: Vec<(&str, &str)> = answer
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let response = chapar_trust::signature::MessageParts::response(answer.status, &headers);
        match sign_response(
            &response,
            &answer.body,
            &request,
            &key.key_id,
            self.now(),
            signer.as_ref(),
        ) {
            Ok(signed) => {
                answer.headers.extend(
                    signed
                        .headers()
                        .map(|(name, value)| (name.to_owned(), value.to_owned())),
                );
            }
            Err(why) => tracing::error!(?why, "an answer goes out unsigned"),
        }
        answer
    }
}
