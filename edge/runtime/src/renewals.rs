//! A fresh token for access that goes on. The last address names where its consumer may ask for the next one, so that a long
//! transfer need not be suspended and started for it (`docs/formats/access-renewal.md`).
//!
//! What is given is no more than what was given before: the same opening, to the same consumer, until the same end. Whatever closes
//! access closes it for every token of the opening.

use crate::hosted::Hosted;
use crate::http::{Inbound, Outbound};
use crate::peer_question::{Question, at_origin, peer_refused};
use crate::render::Family;
use crate::{Fault, Runtime};
use chapar_dsp::{DataAddress, Role};
use chapar_exchange::transfer::{Decision, Opening, Transfer};
use chapar_exchange::{Access, Actor, Refusal, RefusalKind};
use chapar_terms::{Instant, ParticipantId};
use http::Method;

/// The property of an address that says where to ask for the next one.
pub(crate) const PLACE: &str = "refreshEndpoint";
/// The property that says until when the token begins requests.
pub(crate) const END: &str = "expiresAt";
/// How long before that an address is renewed before it is shown, in milliseconds: whoever reads it wants to use it yet.
const AHEAD_MS: i64 = 60_000;

impl Runtime {
    /// The address of `transfer` at the participant `slug`, our provider, with a fresh token, for the sender of `inbound`.
    pub async fn renew_access(&self, slug: &str, transfer: &str, inbound: Inbound) -> Outbound {
        let family = Family::Transfer;
        let Some(hosted) = self.hosted(slug) else {
            return Outbound::empty(404);
        };
        let peer = match self.authenticate_read(&hosted, &inbound).await {
            Ok(authenticated) => authenticated.peer.value().id.clone(),
            Err(failure) => return family.unauthenticated(&failure),
        };
        let answer = match self.granted_anew(&hosted, &peer, transfer).await {
            Ok(address) => Outbound::json(200, &address.render()).with_header("cache-control", "no-store"),
            Err(Fault::Refused(refusal)) => family.refusal(&refusal),
            Err(fault) => self.fault_answer(family, &fault),
        };
        self.sign_answer(&hosted, &inbound, answer)
    }

    async fn granted_anew(&self, hosted: &Hosted, peer: &ParticipantId, transfer: &str) -> Result<DataAddress, Fault> {
        let loaded = self.load::<Transfer>(hosted.slug.as_str(), transfer).await?;
        let case = loaded.map(|loaded| loaded.case);
        let case = case.filter(|case| case.head.role == Role::Provider && case.head.peer == *peer && case.is_pull());
        let case = case.ok_or(Fault::NotFound)?;
        let now = self.now();
        let bound = self.bound(hosted, case.agreement.as_str()).await?;
        let is_retired = bound.is_none_or(|(bound, _)| bound.retired.is_some());
        match case.opening {
            Opening::Open { number, until } if case.admits(number, now) && !is_retired => {
                Ok(self.access(hosted).grant(&case, number, now, until))
            }
            _ if chapar_terms::sabotaged("renew-what-is-closed") => {
                Ok(self.access(hosted).grant(&case, case.openings, now, None))
            }
            _ => Err(refused(
                RefusalKind::Denied,
                "access-closed",
                "access to the data is closed",
            )),
        }
    }

    /// Asks the provider of `transfer` at the participant `slug`, our consumer, for a fresh address, and keeps it.
    pub(crate) async fn renew(&self, slug: &str, transfer: &str, actor: &Actor) -> Result<DataAddress, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        let (case, old) = self.open_source(slug, transfer).await?;
        let place = place(&old).ok_or_else(|| {
            let why = "the provider says not where to renew the access; suspend and start the transfer for a fresh one";
            refused(RefusalKind::Conflict, "renewal-unsupported", why)
        })?;
        let url = at_origin(&case.head.peer_address, place)?;
        let question = Question {
            peer: &case.head.peer,
            method: Method::POST,
            url: &url,
            body: b"{}".to_vec(),
        };
        let (_, body) = self.ask_peer(&hosted, question).await?;
        let new = serde_json::from_slice(&body).map_err(|error| error.to_string());
        let new = new.and_then(|value| DataAddress::parse(&value).map_err(|malformed| malformed.why));
        let new = new.map_err(|why| peer_refused("answer-malformed", why))?;
        let decision = Decision::Renew { old, new: new.clone() };
        match self.decide::<Transfer>(slug, transfer, decision, actor).await {
            Ok(_) => Ok(new),
            // A start was quicker: what it brought is as fresh.
            Err(Fault::Refused(refusal)) if refusal.code == "address-changed" => {
                Ok(self.open_source(slug, transfer).await?.1)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Where our consumer may pull now. One whose time is almost over is renewed first, where its provider has a place for that.
    pub(crate) async fn source(&self, slug: &str, transfer: &str, actor: &Actor) -> Result<DataAddress, Fault> {
        let (_, source) = self.open_source(slug, transfer).await?;
        let end = end(&source).filter(|_| place(&source).is_some());
        let now = self.now();
        match end {
            Some(end) if end.since_ms(now) < AHEAD_MS => match self.renew(slug, transfer, actor).await {
                Err(fault) if now < end => {
                    tracing::info!(transfer, %fault, "an access could not be renewed yet");
                    Ok(source)
                }
                renewed => renewed,
            },
            _ => Ok(source),
        }
    }

    /// A transfer of our consumer with the address that it has.
    async fn open_source(&self, slug: &str, transfer: &str) -> Result<(Transfer, DataAddress), Fault> {
        let loaded = self.load::<Transfer>(slug, transfer).await?.ok_or(Fault::NotFound)?;
        let case = loaded.case;
        if case.head.role != Role::Consumer {
            return Err(Fault::Conflict("the address is the consumer's".to_owned()));
        }
        match case.source.clone() {
            Some(source) => Ok((case, source)),
            None => Err(Fault::Conflict("access is not open".to_owned())),
        }
    }
}

fn refused(kind: RefusalKind, code: &str, why: &str) -> Fault {
    Fault::Refused(Refusal::new(kind, code, why))
}

/// A property under its plain name: what others call so in namespaces of their own is asked for in ways of their own.
fn plain<'a>(address: &'a DataAddress, name: &str) -> Option<&'a str> {
    let found = address.properties.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

fn place(address: &DataAddress) -> Option<&str> {
    plain(address, PLACE)
}

fn end(address: &DataAddress) -> Option<Instant> {
    Instant::parse_rfc3339(plain(address, END)?).ok()
}
