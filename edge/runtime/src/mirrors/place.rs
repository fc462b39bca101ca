//! A place where a log may be had, asked for one resource at a time: its own address, a mirror's, or a folder that somebody carried here.
//!
//! Every answer is bounded in length and in time before it is read. Refuses to judge what comes (`judge`, `take`).

use super::holders::MIRRORED_AT;
use super::obstacle::{Evidence, Obstacle};
use crate::peer_call::retry_after_ms;
use chapar_client::{Client, Outgoing};
use chapar_register::{SUCCESSOR_BYTES, read_successor_document};
use chapar_terms::Instant;
use chapar_tlog::{
    HASH_BYTES, NOTE_BYTES, Resource, SignedCheckpoint, TILE_WIDTH, TileId, TileSource, Unprovable, decode_hashes,
};
use http::header::{ETAG, HeaderValue, IF_NONE_MATCH};
use http::{HeaderMap, Method, StatusCode};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Longest time for one answer. The largest bundle has tens of megabytes: a slow line may take as long.
const DEADLINE: Duration = Duration::from_secs(120);
/// Says how old the checkpoint of a mirror is.
pub(crate) const CHECKED_AT: &str = "chapar-checked-at";

/// Says of a log that has ended where it goes on; what is signed of that is asked for then.
pub(crate) const SUCCESSOR: &str = "chapar-successor";

/// How a place is reached.
#[derive(Clone, Copy)]
pub(crate) enum Way<'a> {
    /// Over the network.
    Net(&'a Client),
    /// A folder on a disk of this machine, into which the log was carried.
    Folder,
}

/// Where a log is asked for.
pub(crate) struct Place<'a> {
    pub way: Way<'a>,
    /// The address, or the folder.
    pub address: &'a str,
    /// Whether the log itself is published there.
    pub is_own: bool,
    /// Where we serve our mirror of the log; the log itself is told.
    pub mirrored_at: Option<&'a str>,
}

/// The answer for a checkpoint.
pub(crate) enum Newest {
    /// The one that was known.
    Same,
    /// A note.
    Note {
        bytes: Vec<u8>,
        /// To ask with next time.
        tag: Option<String>,
        /// When the place had it from the log, where the place is a mirror that says so.
        checked_at: Option<Instant>,
    },
}

/// What a place says when it is asked for the newest checkpoint.
pub(crate) struct Answer {
    pub newest: Result<Newest, Obstacle>,
    /// Whether it says that the log has ended.
    pub has_ended: bool,
}

impl Place<'_> {
    /// The newest checkpoint, unless it is still the one with this tag.
    pub(crate) async fn checkpoint(&self, known: Option<&str>) -> Result<Answer, Obstacle> {
        let mut headers = HeaderMap::new();
        if let Some(tag) = known.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            headers.insert(IF_NONE_MATCH, tag);
        }
        let told = self.mirrored_at.filter(|_| self.is_own);
        if let Some(at) = told.and_then(|at| HeaderValue::from_str(at).ok()) {
            headers.insert(MIRRORED_AT, at);
        }
        let (status, headers, bytes) = self.ask(Resource::Checkpoint, headers, NOTE_BYTES).await?;
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        let newest = match status {
            StatusCode::NOT_MODIFIED if known.is_some() => Ok(Newest::Same),
            StatusCode::OK => Ok(Newest::Note {
                bytes,
                tag: text(ETAG.as_str()),
                checked_at: text(CHECKED_AT).and_then(|at| Instant::parse_rfc3339(&at).ok()),
            }),
            StatusCode::NOT_FOUND => Err(self.obstacle("checkpoint-missing", "has no checkpoint of this log")),
            other => Err(self.unfit(other, &headers)),
        };
        let has_ended = match self.way {
            Way::Net(_) => headers.contains_key(SUCCESSOR),
            // A folder has no headers: what would be asked for next lies there, or does not.
            Way::Folder => self.resource(Resource::Successor, SUCCESSOR_BYTES).await?.is_some(),
        };
        Ok(Answer { newest, has_ended })
    }

    /// The record by which a log ended: its leaf and its body.
    pub(crate) async fn successor(&self) -> Result<(Vec<u8>, Vec<u8>), Obstacle> {
        let bytes = self.resource(Resource::Successor, SUCCESSOR_BYTES).await?;
        let document = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let document = document.ok_or_else(|| self.unproven("does not show what ended it"))?;
        read_successor_document(&document).map_err(|why| self.unproven(&why.to_string()))
    }

    pub(crate) fn unproven(&self, why: &str) -> Obstacle {
        self.obstacle(
            "successor-unproven",
            &format!("says that the log has ended, and that is not proven: {why}"),
        )
    }

    /// A tile or a bundle; the full one in the place of a partial one that is there no more. None where it is not to be had.
    pub(super) async fn tile(&self, id: TileId, limit: usize) -> Result<Option<Vec<u8>>, Obstacle> {
        match self.resource(Resource::Tile(id), limit).await? {
            None if !id.is_full() => self.resource(Resource::Tile(id.full()), limit).await,
            found => Ok(found),
        }
    }

    /// Any resource that never changes; none where it is not to be had.
    pub(super) async fn resource(&self, resource: Resource, limit: usize) -> Result<Option<Vec<u8>>, Obstacle> {
        let (status, headers, bytes) = self.ask(resource, HeaderMap::new(), limit).await?;
        match status {
            StatusCode::OK => Ok(Some(bytes)),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            other => Err(self.unfit(other, &headers)),
        }
    }

    async fn ask(
        &self,
        resource: Resource,
        headers: HeaderMap,
        limit: usize,
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), Obstacle> {
        let Way::Net(client) = self.way else {
            return self.ask_folder(resource, limit).await;
        };
        let outgoing = Outgoing {
            method: Method::GET,
            url: format!("{}/{}", self.address, resource.path()),
            headers,
            body: bytes::Bytes::new(),
            deadline: DEADLINE,
            max_response_bytes: u64::try_from(limit).unwrap_or(u64::MAX),
        };
        let answer = client.send(outgoing).await?;
        Ok((answer.status, answer.headers, answer.body.to_vec()))
    }

    async fn ask_folder(&self, resource: Resource, limit: usize) -> Result<(StatusCode, HeaderMap, Vec<u8>), Obstacle> {
        let place = Path::new(self.address).join(resource.path());
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        match chapar_store::read_carried(&place, limit).await {
            Ok(Some(bytes)) => Ok((StatusCode::OK, HeaderMap::new(), bytes)),
            Ok(None) => Ok((StatusCode::NOT_FOUND, HeaderMap::new(), Vec::new())),
            Err(fault) => Err(Obstacle::new("file-unreadable", fault.to_string())),
        }
    }

    pub(super) fn obstacle(&self, code: &'static str, why: &str) -> Obstacle {
        Obstacle::new(code, format!("`{}` {why}", self.address))
    }

    fn unfit(&self, status: StatusCode, headers: &HeaderMap) -> Obstacle {
        let code = match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => "place-busy",
            _ => "place-status",
        };
        Obstacle {
            retry_after_ms: retry_after_ms(headers),
            ..self.obstacle(code, &format!("answers {}", status.as_u16()))
        }
    }
}

/// The tiles of hashes of one tree as a place gives them, each asked for once.
pub(super) struct Tiles<'a> {
    pub place: &'a Place<'a>,
    /// The checkpoint of that tree.
    signed: &'a SignedCheckpoint,
    have: BTreeMap<TileId, Vec<u8>>,
}

impl<'a> Tiles<'a> {
    pub(super) const fn of(place: &'a Place<'a>, signed: &'a SignedCheckpoint) -> Self {
        Self {
            place,
            signed,
            have: BTreeMap::new(),
        }
    }

    /// What `question` makes of the tiles, which are fetched as it misses them.
    pub(super) async fn ask<T>(
        &mut self,
        question: impl Fn(&TileSource<'_>) -> Result<T, Unprovable>,
    ) -> Result<T, Obstacle> {
        loop {
            match question(&|id| self.have.get(&id).cloned()) {
                Ok(answer) => return Ok(answer),
                Err(Unprovable::Missing(id)) if !self.have.contains_key(&id) => {
                    let bytes = self.fetch(id).await?;
                    self.have.insert(id, bytes);
                }
                Err(why) => {
                    let why = format!("gives a wrong tile: {why}");
                    return Err(self.wrong(self.place.obstacle("wrong-tile", &why)));
                }
            }
        }
    }

    /// One tile, not kept.
    pub(super) async fn fetch(&self, id: TileId) -> Result<Vec<u8>, Obstacle> {
        let limit = usize::from(TILE_WIDTH) * HASH_BYTES;
        let bytes = self.place.tile(id, limit).await?;
        let bytes = bytes.ok_or_else(|| {
            let why = format!("has no `{}`", id.path());
            self.place.obstacle("tile-missing", &why)
        })?;
        match decode_hashes(id, &bytes) {
            Ok(_) => Ok(bytes),
            Err(why) => Err(self.wrong_tile(id, &bytes, &why.to_string())),
        }
    }

    /// Says so of a tile that was asked for, is among `files`, and has other bytes here.
    pub(super) fn differ_from(&self, files: &[(String, Vec<u8>)]) -> Option<Obstacle> {
        let differs = |id: &TileId, bytes: &Vec<u8>| {
            let path = id.path();
            let ours = files.iter().find(|(name, _)| *name == path);
            ours.is_some_and(|(_, ours)| !bytes.starts_with(ours))
        };
        let mut have = self.have.iter();
        let (id, bytes) = have.find(|(id, bytes)| differs(id, bytes))?;
        Some(self.wrong_tile(*id, bytes, &format!("`{}` is not of its entries", id.path())))
    }

    /// One of the tiles that were asked for is not of the signed tree; all of them together say no more. The first stands for them.
    pub(super) fn wrong(&self, obstacle: Obstacle) -> Obstacle {
        match self.have.first_key_value() {
            Some((id, bytes)) => obstacle.with(Evidence::wrong(*id, bytes, self.signed)),
            None => obstacle,
        }
    }

    pub(super) fn wrong_tile(&self, id: TileId, bytes: &[u8], why: &str) -> Obstacle {
        let obstacle = self.place.obstacle("wrong-tile", &format!("gives a wrong tile: {why}"));
        obstacle.with(Evidence::wrong(id, bytes, self.signed))
    }
}
