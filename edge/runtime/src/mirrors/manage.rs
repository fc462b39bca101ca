//! What the operator does with mirrors: adds, looks at, hurries and removes them.

use super::book::{Carried, Mirror, NewMirror, Standing};
use super::obstacle::Obstacle;
use super::watch::Keeper;
use crate::desk::{invalid, joinable_address, through, written};
use crate::logs::{REGISTER, published};
use crate::succession::Successor;
use crate::{Fault, Runtime};
use chapar_register::LogState;
use chapar_store::{LogRow, LogState as Row, MirrorRow};
use chapar_terms::{Digest, Instant, ParticipantId};
use chapar_tlog::{Origin, SignatureType, SignedCheckpoint, VerifierKey};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::oneshot;

/// Mirrors of one node: each has a task that looks every minute.
const MOST: usize = 1024;
/// Other places of one log.
const MOST_PLACES: usize = 8;
/// How long a look is waited for; a long one goes on alone.
const LOOK: Duration = Duration::from_secs(20);
/// Rejects that are shown with a mirror.
const SHOWN_REJECTS: i64 = 100;

/// A log that is to be mirrored.
#[derive(Clone, Debug)]
pub struct WantedMirror {
    /// Where it is published.
    pub address: String,
    /// Its first key, or the one that signs now, as a verifier key of C2SP signed-note; its name is the origin.
    pub vkey: String,
    /// Participant id of its owner.
    pub owner: String,
    /// Where else it may be had.
    pub places: Vec<String>,
}

/// How a mirror stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorFigures {
    /// The log.
    pub origin: String,
    /// Entries that are served.
    pub size: u64,
    /// Entries of the newest checkpoint seen that are not here yet.
    pub lag: u64,
    /// Since when the log has not said that it has nothing newer; none when it never did.
    pub age_seconds: Option<i64>,
    /// Whether something was in the way at the last look.
    pub is_obstructed: bool,
    /// Whether it was caught.
    pub is_caught: bool,
}

impl Runtime {
    /// Takes up every mirror that an earlier run kept.
    pub(crate) async fn open_mirrors(&self) -> Result<(), Fault> {
        for log in self.inner.store.list_logs().await? {
            if log.participant.is_none()
                && let Some(row) = self.inner.store.mirror(&log.origin).await?
            {
                self.open_mirror(&log, &row).await?;
            }
        }
        self.keep_holders().await?;
        self.send_hints();
        Ok(())
    }

    async fn open_mirror(&self, log: &LogRow, row: &MirrorRow) -> Result<Arc<Mirror>, Fault> {
        let seen = row.seen.as_deref().map(SignedCheckpoint::parse).transpose()?;
        let published = published(log)?;
        let held = published.as_ref().map_or(0, |published| published.size);
        let caught = row.caught.as_deref().map(serde_json::from_str::<Value>).transpose();
        let standing = Standing {
            checked_at: row.checked_at.map(Instant::from_unix_ms),
            seen: seen.map_or(held, |seen| seen.checkpoint().size),
            log: LogState::decode(&row.state).ok().and_then(|state| state.log()),
            obstacle: None,
            caught: caught.map_err(|_| Fault::Internal("what proves a lie was stored otherwise".to_owned()))?,
            ended: Successor::read(&log.config).filter(|_| log.state == Row::Closed),
        };
        let places = serde_json::from_str(&row.places);
        let mirror = Arc::new(Mirror::new(NewMirror {
            origin: Origin::parse(&log.origin)?,
            owner: log.owner.clone(),
            pinned: VerifierKey::parse(&log.vkey)?,
            address: row.address.clone(),
            places: places.map_err(|_| Fault::Internal("the places of a mirror were stored otherwise".to_owned()))?,
            published,
            standing,
        }));
        self.inner.mirrors.put(Arc::clone(&mirror));
        if mirror.standing().is_over() {
            return Ok(mirror);
        }
        match Keeper::load(self, Arc::clone(&mirror), log, row).await {
            Ok(keeper) => {
                tokio::spawn(keeper.run());
            }
            Err(fault) => {
                tracing::error!(log = log.origin, %fault, "a mirror is not kept up");
                let obstacle = Obstacle::new("store-damaged", fault.to_string());
                mirror.standing().obstacle = Some((String::new(), obstacle, self.now()));
            }
        }
        Ok(mirror)
    }

    /// Begins to mirror a log.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no log or no address, [`Fault::Conflict`] when it is here already.
    pub async fn add_mirror(&self, wanted: WantedMirror) -> Result<Value, Fault> {
        if self.inner.mirrors.all().len() >= MOST {
            return Err(Fault::Conflict(format!("a node keeps at most {MOST} mirrors")));
        }
        let key = VerifierKey::parse(&wanted.vkey).map_err(|why| invalid("wrong-key", why.to_string()))?;
        if key.kind() != SignatureType::ED25519 {
            return Err(invalid("wrong-key", "the log's key is no Ed25519 key for notes"));
        }
        let origin = Origin::parse(key.name().as_str())?;
        let owner = ParticipantId::parse(&wanted.owner)?;
        if wanted.places.len() > MOST_PLACES {
            let why = format!("a log is asked for at {MOST_PLACES} other places at most");
            return Err(invalid("wrong-address", why));
        }
        let places = wanted.places.iter().map(|place| joinable_address(place, "places"));
        let places: Vec<String> = places.collect::<Result<_, _>>()?;
        let row = MirrorRow {
            origin: origin.as_str().to_owned(),
            address: joinable_address(&wanted.address, "address")?,
            places: json!(places).to_string(),
            state: LogState::pinned(owner.clone(), key.clone()).encode(),
            staged: None,
            seen: None,
            checked_at: None,
            caught: None,
        };
        let log = LogRow {
            origin: origin.as_str().to_owned(),
            participant: None,
            kind: REGISTER.to_owned(),
            owner: owner.as_str().to_owned(),
            vkey: key.render(),
            state: Row::Open,
            config: "{}".to_owned(),
            size: 0,
            folded: 0,
            checkpoint: None,
            published_at: None,
            created_at: self.now().unix_ms(),
        };
        let runtime = self.clone();
        through(async move {
            written(runtime.inner.store.add_mirror(log.clone(), row.clone()).await?)?;
            runtime.judge_told_of(&log.origin).await?;
            let mirror = runtime.open_mirror(&log, &row).await?;
            runtime.mirror_view(&mirror, false).await
        })
        .await
    }

    /// Every mirror, by origin.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn list_mirrors(&self) -> Result<Vec<Value>, Fault> {
        let mut shown = Vec::new();
        for mirror in self.inner.mirrors.all() {
            shown.push(self.mirror_view(&mirror, false).await?);
        }
        Ok(shown)
    }

    /// One mirror, with what was found in its entries.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; or the store does not answer.
    pub async fn show_mirror(&self, id: &str) -> Result<Value, Fault> {
        let mirror = self.mirror_of(id)?;
        self.mirror_view(&mirror, true).await
    }

    /// Looks at a log now, and shows what came of it. A look that takes longer goes on alone; a log that was caught or has ended is not looked
    /// at.
    ///
    /// # Errors
    /// As for [`Runtime::show_mirror`].
    pub async fn look_at_mirror(&self, id: &str) -> Result<Value, Fault> {
        let mirror = self.mirror_of(id)?;
        if mirror.standing().is_over() {
            return self.mirror_view(&mirror, true).await;
        }
        let mut looks = mirror.looks.subscribe();
        // One that is under way may have begun before what the asker waits for: the one after it is sure.
        let is_under_way = mirror.turn.try_lock().is_err();
        let wanted = *looks.borrow_and_update() + 1 + u64::from(is_under_way);
        mirror.ring(true);
        let looked = looks.wait_for(|looks| *looks >= wanted);
        // Whatever it is by then is shown.
        let _ = tokio::time::timeout(LOOK, looked).await;
        self.mirror_view(&mirror, true).await
    }

    /// Takes a copy of a log from a folder of this machine, as from any other place, and shows what came of it. What takes longer goes on
    /// alone; of a log that was caught or has ended nothing is taken.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] for a folder that is not named from the root on.
    pub async fn take_carried(&self, id: &str, folder: &str, checked_at: Option<Instant>) -> Result<Value, Fault> {
        let mirror = self.mirror_of(id)?;
        if !std::path::Path::new(folder).is_absolute() {
            return Err(invalid("wrong-folder", "the folder is named from the root on"));
        }
        if mirror.standing().is_over() {
            return self.mirror_view(&mirror, true).await;
        }
        let (done, outcome) = oneshot::channel();
        mirror.carry(Carried {
            folder: folder.to_owned(),
            checked_at,
            done,
        });
        let outcome = tokio::time::timeout(LOOK, outcome).await;
        let mut view = self.mirror_view(&mirror, true).await?;
        let members = view.as_object_mut();
        if let (Ok(Ok(Some(refused))), Some(members)) = (outcome, members) {
            let refused = json!({ "code": refused.code, "detail": refused.why });
            members.insert("refused".to_owned(), refused);
        }
        Ok(view)
    }

    /// Ends a mirror and removes all that was taken of the log.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; otherwise some of it may be left: remove it again.
    pub async fn remove_mirror(&self, id: &str) -> Result<(), Fault> {
        let (runtime, mirror) = (self.clone(), self.mirror_of(id)?);
        through(async move {
            mirror.gone.store(true, Ordering::Relaxed);
            mirror.ring(true);
            let _turn = mirror.turn.lock().await;
            runtime.inner.store.remove_mirror(mirror.origin.as_str()).await?;
            runtime.inner.folds.forget(mirror.origin.as_str());
            runtime.inner.mirrors.take(&mirror.id());
            runtime.inner.holders.forget(mirror.origin.as_str());
            tracing::info!(log = %mirror.origin, "a mirror was removed");
            Ok(())
        })
        .await
    }

    /// How the mirrors stand, in figures, by origin.
    pub fn mirror_figures(&self) -> Vec<MirrorFigures> {
        let now = self.now();
        let figures = |mirror: Arc<Mirror>| {
            let (size, standing) = (mirror.size(), mirror.standing().clone());
            MirrorFigures {
                origin: mirror.origin.as_str().to_owned(),
                size,
                lag: standing.seen.saturating_sub(size),
                age_seconds: standing.checked_at.map(|at| now.since_ms(at).max(0) / 1000),
                is_obstructed: standing.obstacle.is_some(),
                is_caught: standing.caught.is_some(),
            }
        };
        self.inner.mirrors.all().into_iter().map(figures).collect()
    }

    fn mirror_of(&self, id: &str) -> Result<Arc<Mirror>, Fault> {
        let id = Digest::from_hex(id).map_err(|_| Fault::NotFound)?;
        self.inner.mirrors.find(&id).ok_or(Fault::NotFound)
    }

    async fn mirror_view(&self, mirror: &Mirror, is_whole: bool) -> Result<Value, Fault> {
        let (size, now, id) = (mirror.size(), self.now(), mirror.id().hex());
        let standing = mirror.standing().clone();
        let store = &self.inner.store;
        let count = store.count_mirror_rejects(mirror.origin.as_str()).await?;
        let mut view = json!({
            "id": id,
            "origin": mirror.origin.as_str(),
            "owner": mirror.owner,
            "vkey": mirror.pinned.render(),
            "address": mirror.address,
            "places": mirror.places,
            "mirror": format!("{}{MIRRORS}/{id}", self.public_url()),
            "state": standing.word(),
            "size": size,
            "lag": standing.seen.saturating_sub(size),
            "rejects": count,
        });
        if let Some(members) = view.as_object_mut() {
            members.extend(told(mirror, standing, now)?);
        }
        if is_whole && let Some(members) = view.as_object_mut() {
            let rejects = store.mirror_rejects(mirror.origin.as_str(), 0, SHOWN_REJECTS).await?;
            let alarms = self.alarms_of(mirror.origin.as_str()).await?;
            members.insert("alarms".to_owned(), alarms.into());
            let rejects: Vec<Value> = rejects
                .iter()
                .map(|reject| json!({ "index": reject.position - 1, "code": reject.code, "detail": reject.why }))
                .collect();
            members.insert("rejected".to_owned(), rejects.into());
        }
        Ok(view)
    }
}

/// Where a node's mirrors are read, below its public address.
pub const MIRRORS: &str = "/chapar/v1/mirrors";

/// What is there only sometimes.
fn told(mirror: &Mirror, standing: Standing, now: Instant) -> Result<Map<String, Value>, Fault> {
    let mut members = Map::new();
    let mut tell = |name: &str, value: Value| members.insert(name.to_owned(), value);
    if let Some(published) = mirror.published.borrow().clone() {
        let root = SignedCheckpoint::parse(&published.checkpoint)?.checkpoint().root;
        tell("root", root.base64().into());
        tell("publishedAt", published.at.rfc3339().into());
    }
    if let Some(at) = standing.checked_at {
        tell("checkedAt", at.rfc3339().into());
        tell("ageSeconds", (now.since_ms(at).max(0) / 1000).into());
    }
    if let Some((place, obstacle, at)) = standing.obstacle {
        tell(
            "obstacle",
            json!({ "code": obstacle.code, "detail": obstacle.why, "place": place, "at": at.rfc3339() }),
        );
    }
    if let Some(caught) = standing.caught {
        tell("caught", caught);
    }
    if let Some(successor) = standing.ended {
        tell("successor", successor.view());
    }
    Ok(members)
}
