//! The desk of one participant: everything that its people and programs may do, whichever door they come through.
//!
//! One file per noun. A desk is made for one participant and every call stays within it, so an id of another participant is
//! unknown here. Inputs are typed; views are JSON, the same for every door. Refuses to hold who may sit at it (`callers` and
//! the door) and what a move means (`chapar_exchange`).

mod accesses;
mod adoptions;
mod agreements;
mod assets;
mod callbacks;
mod cases;
mod catalog;
mod closed;
mod discovery;
mod documents;
mod edrs;
mod fetched;
mod find;
mod from_record;
mod keys;
mod known;
mod offers;
mod openings;
mod peers;
mod plans;
mod policies;
mod records;
mod retirements;
mod secrets;
mod witnesses;

pub use crate::callers::NewKey;
pub use crate::events::EVENTS_KEPT;
pub use crate::reasons::bare_reason;
pub use adoptions::NewAgreement;
pub(crate) use agreements::agreement_view;
pub use assets::NewAsset;
pub(crate) use assets::{properties_text, stored_object};
pub use cases::{CaseQuery, NewNegotiation, NewTransfer};
pub use chapar_exchange::negotiation::Decision as NegotiationDecision;
pub use chapar_exchange::transfer::Decision as TransferDecision;
pub use chapar_exchange::{Actor, CallbackAddress, Mode, RefusalKind};
pub use chapar_query::{Criterion, Filter, QuerySpec};
pub use documents::{Content, Upload};
pub use edrs::NewEdr;
pub(crate) use find::Narrowed;
pub use from_record::NegotiationOfRecord;
pub(crate) use from_record::{InExchange, in_exchange};
pub use offers::NewOffer;
pub(crate) use peers::dsp_address as joinable_address;
pub use peers::{CatalogQuery, NewPeer};
pub use policies::{PolicySet, not_judged};
pub use records::{NewRecord, RECORDS_MOST, Withdrawal};

use crate::hosted::{Hosted, Identity};
use crate::{Fault, Runtime};
use chapar_exchange::{Refusal, RefusalKind as Kind};
use chapar_store::{Deleted, Put};
use chapar_terms::Instant;
use serde_json::{Value, json};
use std::future::Future;
use std::sync::Arc;
use tracing::Instrument;

/// Items on a page when the asker does not say.
const PAGE_USUAL: usize = 50;
/// Most items on a page: enough to be quick, few enough to hold in memory.
pub const PAGE_MOST: usize = 200;

/// The desk of one participant, with somebody at it.
#[derive(Clone)]
pub struct Desk {
    pub(crate) runtime: Runtime,
    pub(crate) hosted: Arc<Hosted>,
    pub(crate) actor: Actor,
}

impl Runtime {
    /// The desk of the participant `slug` for `actor`; none when it is not hosted here.
    pub fn desk(&self, slug: &str, actor: Actor) -> Option<Desk> {
        self.hosted(slug).map(|hosted| Desk {
            runtime: self.clone(),
            hosted,
            actor,
        })
    }
}

impl Desk {
    /// Whose desk it is.
    pub fn hosted(&self) -> &Hosted {
        &self.hosted
    }

    /// The participant as its own people see it: `participant`, `slug`, `dsp`, and `did` where it has one.
    pub fn describe(&self) -> Value {
        describe(&self.hosted)
    }

    fn slug(&self) -> &str {
        self.hosted.slug.as_str()
    }

    fn now_ms(&self) -> i64 {
        self.runtime.now().unix_ms()
    }

    /// Says who changed what. Acts in a case are written into the evidence instead.
    fn note(&self, act: &'static str, what: &'static str, id: &str) {
        tracing::info!(
            participant = self.slug(),
            actor = self.actor.name(),
            act,
            what,
            id,
            "changed"
        );
    }
}

/// A participant as its own people and the operator see it.
pub fn describe(hosted: &Hosted) -> Value {
    let mut view = json!({
        "participant": hosted.me.id.as_str(),
        "slug": hosted.slug.as_str(),
        "dsp": hosted.me.dsp_address,
    });
    if let (Some(members), Identity::Did(_)) = (view.as_object_mut(), &hosted.identity) {
        members.insert("did".to_owned(), json!(hosted.me.id.as_str()));
    }
    view
}

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct Page {
    after: Option<String>,
    limit: usize,
}

impl Page {
    /// The items behind the one named `after`, at most `limit`.
    ///
    /// # Errors
    /// The limit is 0 or above [`PAGE_MOST`]; ask for less.
    pub fn new(after: Option<String>, limit: Option<usize>) -> Result<Self, Fault> {
        let limit = limit.unwrap_or(PAGE_USUAL);
        if limit == 0 || limit > PAGE_MOST {
            return Err(invalid("wrong-limit", format!("`limit` is 1 to {PAGE_MOST}")));
        }
        Ok(Self { after, limit })
    }

    fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// One more than wanted, which says whether there are more.
    fn reach(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// `items`, and `next` when there are more: give it back as `after`.
    fn list<T>(
        &self,
        mut rows: Vec<T>,
        id: impl Fn(&T) -> String,
        view: impl Fn(&T) -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let items = rows.iter().map(view).collect::<Result<Vec<_>, _>>()?;
        Ok(match rows.last().filter(|_| more) {
            Some(last) => json!({ "items": items, "next": id(last) }),
            None => json!({ "items": items }),
        })
    }
}

/// What a write wants to find under its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Whatever is there is replaced.
    Anything,
    /// Nothing: it is a new one.
    Nothing,
    /// Something, which is replaced.
    Something,
}

impl Expect {
    /// Whether what was found will do.
    fn check(self, is_there: bool, what: &str, id: &str) -> Result<(), Fault> {
        match (self, is_there) {
            (Self::Nothing, true) => Err(Fault::Conflict(format!("there is a {what} `{id}` already"))),
            (Self::Something, false) => Err(Fault::NotFound),
            _ => Ok(()),
        }
    }
}

/// Runs `act` to its end even when whoever asked hangs up: an act whose write is durable but whose turn was given up, or
/// whose effects were never announced, would be half an act.
pub(crate) async fn through<T: Send + 'static>(
    act: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::spawn(act.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Fault::Internal(error.to_string())),
    }
}

/// A wish that does not fit, with a stable code.
pub(crate) fn invalid(code: &str, reason: impl Into<String>) -> Fault {
    Fault::Invalid {
        code: code.to_owned(),
        reason: reason.into(),
    }
}

/// A wish that does not fit for several reasons.
pub(crate) fn invalid_for(code: &str, reason: Vec<String>) -> Fault {
    Fault::Refused(Refusal {
        reason,
        ..Refusal::new(Kind::BadRequest, code, "")
    })
}

/// A write that must have been durable.
pub(crate) fn written(put: Put) -> Result<(), Fault> {
    match put {
        Put::Committed(_) => Ok(()),
        Put::Conflict(why) => Err(Fault::Conflict(why)),
    }
}

fn removed(deleted: Deleted) -> Result<(), Fault> {
    match deleted {
        Deleted::Committed(_) => Ok(()),
        Deleted::Absent => Err(Fault::NotFound),
        Deleted::InUse(why) => Err(Fault::Conflict(why)),
    }
}

fn time(ms: i64) -> String {
    Instant::from_unix_ms(ms).rfc3339()
}

/// JSON that we stored ourselves.
fn stored(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|error| Fault::Internal(format!("stored JSON is broken: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(page: &Page, rows: &[&'static str]) -> Value {
        page.list(rows.to_vec(), |row| row.to_string(), |row| Ok(json!(row)))
            .unwrap()
    }

    #[test]
    fn next_is_there_only_when_there_are_more() {
        let page = Page::new(None, Some(2)).unwrap();
        assert_eq!(page.reach(), 3);
        assert_eq!(view(&page, &["a", "b"]), json!({ "items": ["a", "b"] }));
        assert_eq!(
            view(&page, &["a", "b", "c"]),
            json!({ "items": ["a", "b"], "next": "b" })
        );
        assert_eq!(view(&page, &[]), json!({ "items": [] }));
    }

    #[test]
    fn limits_are_bounded() {
        assert!(Page::new(None, Some(0)).is_err());
        assert!(Page::new(None, Some(PAGE_MOST)).is_ok());
        assert!(Page::new(None, Some(PAGE_MOST + 1)).is_err());
    }
}
