//! The register in the terms of standards: documents of RDF for those who harvest catalogues, cut into parts, and one record.
//!
//! Only records that everybody may read whole are told: of the others there is no body here to tell. Refuses to know how RDF is written
//! (the doors).

use super::search::{RegisterQuery, mark};
use super::{REGISTER_PAGE, checked_limit};
use crate::{Fault, Runtime};
use chapar_rdf::{Catalog, Graph, Profile, Told, tell};
use chapar_register::{Kind, KindName, Kinds, Record};
use chapar_store::StoredRecord;
use serde_json::{Map, Value};

/// Records that are looked up at a time: a part may be longer than [`PART_BYTES`] by the bodies of so many.
const BATCH: usize = 10;
/// Times that a part looks: a question that finds little looks at much each time.
const LOOKUPS: usize = 2 * REGISTER_PAGE / BATCH;
/// Bytes of bodies after which a part ends: everybody may ask, and triples take some ten times the room of a body.
const PART_BYTES: usize = 1024 * 1024;

/// A part of a document.
#[derive(Debug)]
pub struct RegisterPart {
    /// What it says.
    pub graph: Graph,
    /// How to go on; none when it is the last.
    pub next: Option<String>,
}

/// A record with all that is needed to tell it.
struct Whole {
    kind: &'static Kind,
    record: Record,
    body: Map<String, Value>,
    bytes: usize,
}

impl Runtime {
    /// A part of the document of `profile` that `address` leads to, with what `query` finds, the newest first.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when the query is none.
    pub async fn export_register(
        &self,
        profile: Profile,
        address: &str,
        mut query: RegisterQuery,
    ) -> Result<RegisterPart, Fault> {
        let limit = checked_limit(query.limit)?;
        query.newest_first = true;
        query.facets.insert("kind".to_owned(), profile.kinds(Kinds::built_in()));
        let search = query.search()?;
        let mut catalog = Catalog::new(profile, address, self.public_url());
        let (mut order, mut count, mut bytes) = (Some(query.order()?), 0, 0);
        for _ in 0..LOOKUPS {
            let Some(from) = order.filter(|_| count < limit && bytes < PART_BYTES) else {
                break;
            };
            let found = self.inner.store.search(&search, from, BATCH.min(limit - count)).await?;
            count += found.records.len();
            order = found.next;
            for stored in &found.records {
                let Some(whole) = self.whole(stored).await? else {
                    continue;
                };
                bytes += whole.bytes;
                if let Err(untellable) = catalog.list(&told(stored, &whole)) {
                    tracing::warn!(record = stored.row.record_id, %untellable, "a record is left out of an export");
                }
            }
        }
        Ok(RegisterPart {
            graph: catalog.graph(),
            next: order.map(mark),
        })
    }

    /// One record as RDF: its newest version, or another.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when no log that is held here has it with a body that everybody may read, or it cannot be told in RDF.
    pub async fn register_record_rdf(&self, id: &str, version: Option<u32>) -> Result<Graph, Fault> {
        let stored = self.inner.store.record(id, version.map(i64::from)).await?;
        let stored = stored.ok_or(Fault::NotFound)?;
        let whole = self.whole(&stored).await?.ok_or(Fault::NotFound)?;
        let mut graph = Graph::default();
        match tell(&told(&stored, &whole), &mut graph) {
            Ok(_) => Ok(graph),
            Err(untellable) => {
                tracing::warn!(record = id, %untellable, "a record cannot be told in RDF");
                Err(Fault::NotFound)
            }
        }
    }

    /// Reads a record with its body; none where its kind is not known here or its body not open, or purged.
    async fn whole(&self, stored: &StoredRecord) -> Result<Option<Whole>, Fault> {
        let kind = KindName::parse(&stored.row.kind).ok();
        let Some(kind) = kind.and_then(|name| Kinds::built_in().find(&name)) else {
            return Ok(None);
        };
        let entry = self.entry_of(stored).await?;
        let Some(body) = self.open_body_of(stored, &entry).await? else {
            return Ok(None);
        };
        let record = Record::parse(&entry.leaf)
            .map_err(|invalid| Fault::Internal(format!("a stored record cannot be read: {invalid}")))?;
        Ok(Some(Whole {
            kind,
            bytes: usize::try_from(record.header().body_bytes).unwrap_or(usize::MAX),
            record,
            body,
        }))
    }
}

fn told<'a>(stored: &'a StoredRecord, whole: &'a Whole) -> Told<'a> {
    Told {
        kind: whole.kind,
        record: &whole.record,
        body: &whole.body,
        origin: &stored.row.origin,
        index: u64::try_from(stored.row.position.saturating_sub(1)).unwrap_or(0),
    }
}
