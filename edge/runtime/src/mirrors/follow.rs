//! A mirrored log that has ended: what its owner stands by is taken, its successor is mirrored from then on, and it is kept and served.
//!
//! Believed only with both signatures (`chapar_register::Ending`): a place that merely says so is told of, and nothing ends by it.

use super::manage::WantedMirror;
use super::obstacle::{Halt, Obstacle};
use super::place::{Newest, Place};
use super::watch::Keeper;
use crate::succession::Successor;
use crate::{Fault, Runtime};
use chapar_register::{Ending, successor_document};
use chapar_terms::Digest;
use chapar_tlog::SignedCheckpoint;
use serde_json::{Value, json};
use std::pin::Pin;

/// An end that is proven.
struct Proven {
    ending: Ending,
    leaf: Vec<u8>,
    body: Vec<u8>,
}

impl Keeper {
    /// Whether others' logs end here: an own log that is taken back does not.
    pub(super) fn is_followed(&self) -> bool {
        !self.mirror.address.is_empty()
    }

    /// Looks at a place that says that the log has ended. An older tree than the one that is held is no shrunken one there: it is what its
    /// owner has left.
    pub(super) async fn look_at_end(
        &mut self,
        place: &Place<'_>,
        newest: Result<Newest, Obstacle>,
    ) -> Result<Option<chapar_terms::Instant>, Halt> {
        let proven = self.proven_end(place).await?;
        let said = match newest {
            Ok(newest) if self.has_more(&newest) => self.take_newest(place, newest).await?,
            _ => None,
        };
        self.end(proven).await?;
        Ok(said)
    }

    async fn proven_end(&self, place: &Place<'_>) -> Result<Proven, Obstacle> {
        let (leaf, body) = place.successor().await?;
        let suite = self.runtime.inner.suite.as_ref();
        let ending = Ending::check(suite, &self.held.state, &leaf, &body);
        let ending = ending.map_err(|why| place.unproven(&why.to_string()))?;
        Ok(Proven { ending, leaf, body })
    }

    fn has_more(&self, newest: &Newest) -> bool {
        let Newest::Note { bytes, .. } = newest else {
            return false;
        };
        SignedCheckpoint::parse(bytes).is_ok_and(|note| note.checkpoint().size > self.size())
    }

    /// Its successor is mirrored first: a crash in between follows once more.
    async fn end(&self, proven: Proven) -> Result<(), Halt> {
        let (ending, origin) = (&proven.ending, self.mirror.origin.as_str());
        self.begin_successor(ending).await?;
        let successor = Successor {
            origin: ending.successor.name().as_str().to_owned(),
            vkey: ending.successor.render(),
            address: ending.address.clone(),
            more: json!({ "record": successor_document(&proven.leaf, &proven.body) }),
        };
        let (store, config) = (&self.runtime.inner.store, successor.render());
        if !store.end_mirror(origin, config).await.map_err(Fault::from)? {
            return Err(Fault::Unavailable("somebody else keeps this mirror".to_owned()).into());
        }
        tracing::warn!(
            log = origin,
            successor = successor.origin,
            "a mirrored log has ended; its successor is mirrored from now on"
        );
        let mut standing = self.mirror.standing();
        standing.obstacle = None;
        standing.ended = Some(successor);
        Ok(())
    }

    async fn begin_successor(&self, ending: &Ending) -> Result<(), Halt> {
        let wanted = WantedMirror {
            address: ending.address.clone(),
            vkey: ending.successor.render(),
            owner: self.mirror.owner.clone(),
            places: self.places_of(ending.successor.name().as_str()),
        };
        let Err(fault) = added(self.runtime.clone(), wanted).await else {
            return Ok(());
        };
        let known = self.runtime.inner.store.log(ending.successor.name().as_str()).await;
        match known.map_err(Fault::from)? {
            Some(log) if log.vkey == ending.successor.render() && log.owner == self.mirror.owner => Ok(()),
            _ => match fault {
                Fault::Conflict(why) | Fault::Invalid { reason: why, .. } => Err(Obstacle::new(
                    "successor-refused",
                    format!("the log has ended, and its successor is not mirrored: {why}"),
                )
                .into()),
                fault => Err(fault.into()),
            },
        }
    }

    /// Where the successor may be had besides: where this log was, as mirrors call it.
    fn places_of(&self, successor: &str) -> Vec<String> {
        let (before, now) = (self.mirror.id().hex(), Digest::of(successor.as_bytes()).hex());
        let places = self.mirror.places.iter();
        let renamed = places.filter_map(|place| Some(format!("{}{now}", place.strip_suffix(&before)?)));
        renamed.collect()
    }
}

/// As a type without a name, for a mirror that begins another one would have to be of its own type.
fn added(runtime: Runtime, wanted: WantedMirror) -> Pin<Box<dyn Future<Output = Result<Value, Fault>> + Send>> {
    Box::pin(async move { runtime.add_mirror(wanted).await })
}
