//! A record: what it says, in which languages, since when, and why one may believe that it is what its author said.
//!
//! Here it is asked for; the parts of the page are beside.

mod origin;
mod render;
mod translations;

pub use origin::{Proof, name_of, signers};
pub use render::render;
pub use translations::Translation;

use crate::mishap::Mishap;
use crate::parts::body_tree::{Change, changes, references};
use crate::read::{Federation, Found, Log, Names, Record, items};
use crate::visit::Visit;
use axum::body::Body;
use axum::extract::{Path, rejection::PathRejection};
use axum::http::Response;
use chapar_runtime::Pointer;
use chapar_terms::{Digest, Instant};
use std::collections::BTreeMap;

/// Versions in the time line.
const VERSIONS: usize = 50;
/// Of so many the difference is shown: each is a body to be read.
const COMPARED: usize = 5;
/// Translations that are read; more are listed by name.
const TRANSLATIONS: usize = 6;

/// What the page shows.
pub struct Data {
    /// The record.
    pub record: Record,
    /// Its versions, the newest first, each with what it changed where that is known.
    pub versions: Vec<(Found, Option<Vec<Change>>)>,
    /// Its translations.
    pub translations: Vec<Translation>,
    /// Records that it names and that are held here, by id.
    pub held: BTreeMap<String, Found>,
    /// Why one may believe it.
    pub proof: Option<Proof>,
    /// How one points at this version on paper.
    pub pointer: Pointer,
    /// The address of this node.
    pub public_url: String,
    /// What participants are called.
    pub names: Names,
    /// The time.
    pub now: Instant,
}

/// `GET /{language}/records/{id}`
pub async fn record(visit: Visit, id: Result<Path<String>, PathRejection>) -> Response<Body> {
    let outcome = match id {
        Ok(Path(id)) => read(&visit, &id).await,
        Err(_) => Err(Mishap::NotFound),
    };
    visit.show(outcome.map(|data| render(visit.words, &data)))
}

async fn read(visit: &Visit, id: &str) -> Result<Data, Mishap> {
    let (runtime, lang) = (visit.runtime(), visit.lang());
    let version = visit.query()?.number("version");
    let view = runtime.register_record(id, version, lang.as_ref()).await?;
    let record = Record::read(&view).ok_or(Mishap::Broken)?;
    let federations = runtime.list_federations().await?;
    let federations: Vec<Federation> = federations.iter().filter_map(Federation::read).collect();
    let mut named: Vec<String> = record.names.iter().map(|(_, target)| target.clone()).collect();
    named.extend(record.body.iter().flat_map(references));
    named.extend(record.replaced_by.clone());
    named.extend(
        record
            .found
            .withdrawn
            .iter()
            .filter_map(|withdrawn| withdrawn.replaced_by.clone()),
    );
    let held = runtime.register_items(&named, lang.as_ref()).await?;
    let held = held
        .iter()
        .filter_map(Found::read)
        .map(|found| (found.id.clone(), found));
    let logs: Vec<Log> = items(&runtime.register_logs().await?).filter_map(Log::read).collect();
    let log = logs.into_iter().find(|log| log.origin == record.found.log);
    Ok(Data {
        versions: versions(visit, &record).await?,
        translations: translations(visit, &record).await?,
        held: held.collect(),
        proof: match log {
            Some(log) => Some(origin::read(runtime, log, &record.found).await?),
            None => None,
        },
        names: Names::of(&federations),
        now: visit.now(),
        pointer: pointer_to(&record),
        public_url: runtime.public_url().to_owned(),
        record,
    })
}

/// This version of the record and no other.
fn pointer_to(record: &Record) -> Pointer {
    Pointer {
        record: record.found.id.clone(),
        version: u32::try_from(record.found.version).ok(),
        hash: Digest::from_hex(&record.found.leaf_hash).ok(),
        signature: record.signature.clone(),
    }
}

/// The newest versions, and what the newest of them changed.
async fn versions(visit: &Visit, record: &Record) -> Result<Vec<(Found, Option<Vec<Change>>)>, Mishap> {
    let (runtime, id) = (visit.runtime(), &record.found.id);
    let newest = runtime.register_record(id, None, None).await?;
    let newest = Record::read(&newest).map_or(record.found.version, |record| record.found.version);
    let limit = u64::try_from(VERSIONS).unwrap_or(u64::MAX);
    let after = newest.saturating_sub(limit).to_string();
    let history = runtime
        .register_history(id, Some(&after), Some(VERSIONS), visit.lang().as_ref())
        .await?;
    let mut all: Vec<Found> = items(&history).filter_map(Found::read).collect();
    all.reverse();
    let mut bodies = Vec::new();
    for version in all.iter().take(COMPARED + 1) {
        let number = u32::try_from(version.version).ok();
        let view = runtime.register_record(id, number, None).await?;
        bodies.push(Record::read(&view).and_then(|record| record.body));
    }
    let compared = |place: usize| {
        let (after, before) = (bodies.get(place)?.as_ref()?, bodies.get(place + 1)?.as_ref()?);
        Some(changes(visit.words, &record.found.kind, before, after))
    };
    let versions = all
        .iter()
        .enumerate()
        .map(|(place, version)| (version.clone(), compared(place)));
    Ok(versions.collect())
}

async fn translations(visit: &Visit, record: &Record) -> Result<Vec<Translation>, Mishap> {
    let of = record
        .named_by
        .iter()
        .filter(|found| found.kind == "translation" && found.withdrawn.is_none());
    let mut read = Vec::new();
    for found in of.take(TRANSLATIONS) {
        let view = visit.runtime().register_record(&found.id, None, None).await?;
        read.extend(Record::read(&view).and_then(|translation| Translation::read(&translation, &record.found)));
    }
    // The reader's own language first.
    read.sort_by_key(|translation| translation.tag != visit.language().code());
    Ok(read)
}
