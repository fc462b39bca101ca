//! The only loop: an input is authenticated, its case and facts are loaded, `exchange` steps, the store commits, the answer
//! goes out, and only then the effects run; their results come back as inputs.
//!
//! Holds the order of things and nothing else. Refuses to decide (`exchange`), to know HTTP (`api`), SQL (`store`) or
//! sockets (`client`). It wakes on events and never polls: a case with work has a task, a case without has none.
//!
//! Doors are handed [`Runtime`] and see three kinds of handle in it: protocol inputs (`negotiation_message`,
//! `transfer_message`), reads (`catalog`, `did_document`, ...) and, for the people of one participant, a [`Desk`].

mod access;
mod after;
mod alarms;
mod authenticate;
mod callbacks;
mod callers;
mod catalog;
mod catalog_places;
mod catalog_query;
mod catalog_rows;
mod closed;
mod commit;
mod couriers;
mod decide;
pub mod desk;
mod did_document;
mod events;
mod fault;
mod federation;
mod flows;
mod folds;
mod follow_on;
mod hands;
mod hosted;
mod http;
mod http_data;
mod keys;
mod kind;
mod links;
mod live;
mod logs;
mod mirrors;
mod named;
mod negotiations;
mod notes;
mod obstacles;
mod offer_id;
mod offered;
mod outbox;
mod pace;
mod paging;
mod peer_call;
mod peer_catalog;
mod peer_offer;
mod peer_part;
mod peer_places;
mod peer_question;
mod peer_state;
mod peer_version;
mod policy_cache;
mod push;
mod quota;
mod reasons;
mod receive;
mod records;
mod recovery;
mod register;
mod removal;
mod render;
mod renewals;
mod retirements;
mod rights;
mod states;
mod succession;
mod timers;
mod timestamps;
mod transfers;
mod witness;

pub use after::After;
pub use callers::{Caller, KeyRole};
pub use desk::Desk;
pub use events::{CaseEvent, EventFeed};
pub use fault::Fault;
pub use federation::NewProposal;
pub use flows::{Flow, FlowRefusal, Opened, Pieces, SourceFlow, Wish};
pub use hosted::{Hosted, HostedKey, Identity, NewIdentity, NewParticipant, Unsigned};
pub use http::{Inbound, Outbound};
pub use keys::Keys;
pub use logs::{LogName, LogRotation, Published, REASON, cosigning_reason};
pub use mirrors::{HINTS, MIRRORED_AT, MIRRORS, MirrorFigures, WantedMirror};
pub use paging::PARAMETER as CONTINUATION_TOKEN;
pub use peer_catalog::PeerCatalog;
pub use quota::{Buckets, Quota};
pub use recovery::{Chest, ChestKey};
pub use register::{AGE, Judged, Pointer, REGISTER_PAGE, RegisterPart, RegisterQuery, facet_names};
pub use rights::NoDesk;
pub use states::CaseKind;
pub use succession::Succession;
pub use timestamps::{TIME_PATH, TimeAuthority, TimeFigures, TimeSettings};
pub use witness::{Cosigning, WITNESS_PATH};

pub use chapar_timestamp::{Anchors, QUERY_BYTES, QUERY_TYPE, REPLY_TYPE};

use chapar_client::{Client, Clock, DidResolver};
use chapar_store::Store;
use chapar_terms::{Instant, Suite};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What the operator sets.
#[derive(Clone, Debug)]
pub struct Config {
    /// The node's public address without a trailing slash; part of every `did:web` id it hosts.
    pub public_url: String,
    /// Whether development identities may exist. Only a node bound to loopback may say so.
    pub development: bool,
    /// Base of the delay between two tries of a delivery, in milliseconds; it doubles up to a minute.
    pub retry_base_ms: u64,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// How much one known peer may ask of one participant.
    pub peer_quota: Quota,
    /// Cases of one kind that one peer may have open with one participant; the next one is refused.
    pub open_cases: i64,
    /// How logs are kept.
    pub logs: LogPace,
    /// How others' logs are mirrored.
    pub mirrors: MirrorSettings,
    /// Who stamps what our logs publish.
    pub time: TimeSettings,
    /// Whether what is offered to everybody stands in the register.
    pub announce_offers: bool,
}

/// How others' logs are mirrored, and who is told when ours grow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorSettings {
    /// How often a mirrored log is looked at when nobody says that it grew, in milliseconds.
    pub every_ms: u64,
    /// Public addresses of the nodes that are told when a log of ours grew.
    pub hint: Vec<String>,
    /// Slug of the participant in whose register it is told that a log lied; the first one with a register, with none.
    pub alarm_as: Option<String>,
}

impl Default for MirrorSettings {
    /// A minute: what a hint that got lost costs.
    fn default() -> Self {
        Self {
            every_ms: 60_000,
            hint: Vec::new(),
            alarm_as: None,
        }
    }
}

/// How long what is committed to a log waits for more that shares its checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPace {
    /// In a register, in milliseconds: somebody waits to see what was published.
    pub publish_ms: u64,
    /// In evidence, in milliseconds: nobody waits for it, and each checkpoint costs some writes to the disk.
    pub evidence_ms: u64,
    /// How often a checkpoint of the evidence is written into the register, in seconds.
    pub evidence_checkpoint_s: u64,
}

impl LogPace {
    /// The bounds of `evidence_checkpoint_s`, as the kind `evidence-checkpoint` has them.
    pub const CHECKPOINT_S: std::ops::RangeInclusive<u64> = 60..=86_400;
}

impl Default for LogPace {
    fn default() -> Self {
        Self {
            publish_ms: 200,
            evidence_ms: 1000,
            evidence_checkpoint_s: 3600,
        }
    }
}

/// How long things may take that depend on others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// How long it is tried to tell a callback address of an event, in milliseconds.
    pub callback_ms: i64,
    /// How long a negotiation may stay in one state, in milliseconds; then it is terminated. For ever, with none.
    pub negotiation_ms: Option<i64>,
    /// How long a transfer that was asked for may take to start, in milliseconds; then it is terminated. For ever, with none.
    pub transfer_start_ms: Option<i64>,
    /// How long a transfer may stay suspended, in milliseconds; then it is terminated. For ever, with none.
    pub transfer_suspended_ms: Option<i64>,
}

impl Timeouts {
    /// Whether every case may hang for ever.
    pub(crate) fn end_nothing(&self) -> bool {
        let ends = [self.negotiation_ms, self.transfer_start_ms, self.transfer_suspended_ms];
        ends.iter().all(Option::is_none)
    }
}

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Default for Timeouts {
    /// A back end that is restarted or moved is there again within the hour. People who decide are back from any leave within a month,
    /// and nobody waits for data for longer than a week. Who suspended a transfer did so on purpose, for as long as that takes.
    fn default() -> Self {
        Self {
            callback_ms: 60 * 60 * 1000,
            negotiation_ms: Some(30 * DAY_MS),
            transfer_start_ms: Some(7 * DAY_MS),
            transfer_suspended_ms: None,
        }
    }
}

/// Refusals of one peer that are written down: enough for every honest mistake and for the proof of an attack, too few to fill a
/// disk. Beyond it a refusal is only answered.
const REFUSALS: Quota = Quota {
    per_second: 1,
    burst: 1000,
};

/// What the loop stands on; `node` brings it.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// The way out.
    pub client: Client,
    /// The way out to sources of data, which nobody but us names: networks may be open to it that are closed to what a peer names.
    pub source_client: Client,
    /// The same to callback addresses, which only our own people name.
    pub callback_client: Client,
    /// The same to logs that are mirrored: few requests at a time to one host, however many of its logs are kept here.
    pub mirror_client: Client,
    /// Whose documents are whose.
    pub resolver: DidResolver,
    /// Verifies signatures.
    pub suite: Arc<dyn Suite>,
    /// Makes keys and random bytes.
    pub keys: Arc<dyn Keys>,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
}

/// The handle that doors hold. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub config: Config,
    pub store: Store,
    pub client: Client,
    pub source_client: Client,
    pub callback_client: Client,
    pub mirror_client: Client,
    pub resolver: DidResolver,
    pub suite: Arc<dyn Suite>,
    pub keys: Arc<dyn Keys>,
    pub clock: Arc<dyn Clock>,
    pub house: hosted::House,
    pub locks: commit::Locks,
    /// Held by whoever commits to a case, all at once; alone by whoever takes a participant out of the house.
    pub doorway: tokio::sync::RwLock<()>,
    pub news: events::News,
    pub couriers: couriers::Couriers<(String, String)>,
    pub obstacles: obstacles::Obstacles,
    pub callbacks: callbacks::Callbacks,
    pub timers: timers::Timers,
    pub flows: flows::Flows,
    pub read_tokens: authenticate::ReadTokens,
    pub peer_versions: peer_version::PeerVersions,
    pub peer_places: peer_places::Places,
    pub catalog_places: catalog_places::CatalogPlaces,
    pub policies: policy_cache::PolicyCache,
    pub commits: AtomicU64,
    pub live: live::Live,
    pub logs: logs::Logs,
    pub folds: folds::Folds,
    pub hands: hands::Hands,
    pub offered: offered::Offered,
    pub circle: federation::Circle,
    pub mirrors: mirrors::Mirrors,
    pub hints: mirrors::Hints,
    pub holders: mirrors::Holders,
    pub alarms: alarms::Alarms,
    pub witness: witness::Witness,
    pub own_authority: Option<timestamps::OwnAuthority>,
    pub peers: Buckets<(String, String)>,
    pub refusals: Buckets<(String, String)>,
    pub stopping: AtomicBool,
}

impl Runtime {
    /// Loads the house and takes up the deliveries that an earlier run left.
    ///
    /// # Errors
    /// A participant cannot be loaded (its `public_url` changed, a key is unusable): show it to the operator, do not start.
    pub async fn start(config: Config, parts: Parts) -> Result<Self, Fault> {
        let peers = Buckets::new(config.peer_quota);
        let peer_versions = peer_version::PeerVersions::new(parts.client.clone(), Arc::clone(&parts.clock));
        let witness = witness::Witness::open(&parts.store, parts.keys.as_ref(), &config.public_url).await?;
        let own_authority = match config.time.own_authority {
            true => Some(timestamps::OwnAuthority::open(&parts.store, parts.keys.as_ref(), parts.clock.now()).await?),
            false => None,
        };
        let inner = Inner {
            config,
            store: parts.store,
            client: parts.client,
            source_client: parts.source_client,
            callback_client: parts.callback_client,
            mirror_client: parts.mirror_client,
            resolver: parts.resolver,
            suite: parts.suite,
            keys: parts.keys,
            flows: flows::Flows::since(parts.clock.now()),
            clock: parts.clock,
            house: hosted::House::default(),
            locks: commit::Locks::default(),
            doorway: tokio::sync::RwLock::default(),
            news: events::News::default(),
            obstacles: obstacles::Obstacles::default(),
            couriers: couriers::Couriers::default(),
            callbacks: callbacks::Callbacks::default(),
            timers: timers::Timers::default(),
            read_tokens: authenticate::ReadTokens::default(),
            peer_versions,
            peer_places: peer_places::Places::default(),
            catalog_places: catalog_places::CatalogPlaces::default(),
            policies: policy_cache::PolicyCache::default(),
            commits: AtomicU64::new(0),
            live: live::Live::default(),
            logs: logs::Logs::default(),
            folds: folds::Folds::default(),
            hands: hands::Hands::default(),
            offered: offered::Offered::default(),
            circle: federation::Circle::default(),
            mirrors: mirrors::Mirrors::default(),
            hints: mirrors::Hints::default(),
            holders: mirrors::Holders::default(),
            alarms: alarms::Alarms::default(),
            witness,
            own_authority,
            peers,
            refusals: Buckets::new(REFUSALS),
            stopping: AtomicBool::new(false),
        };
        let runtime = Self { inner: Arc::new(inner) };
        for row in runtime.inner.store.list_participants().await? {
            if removal::is_hosted(&row) {
                let hosted = runtime.load_hosted(&row).await?;
                runtime.inner.house.put(hosted);
            }
        }
        runtime.take_up().await?;
        Ok(runtime)
    }

    /// Goes on with what an earlier run left: cases first, then logs and what is made of them.
    async fn take_up(&self) -> Result<(), Fault> {
        self.make_asset_keys().await?;
        for case in self.inner.store.outbox_cases().await? {
            if chapar_terms::sabotaged("lose-outbox-at-start") {
                continue;
            }
            self.wake_courier(&case.participant, &case.case_id);
        }
        self.take_up_callbacks().await?;
        self.take_up_retirements().await?;
        self.watch_the_clock().await?;
        self.open_logs().await?;
        self.open_federations().await?;
        self.watch_folds().await?;
        self.watch_offers();
        self.open_mirrors().await?;
        self.refold().await?;
        self.watch_alarms();
        Ok(())
    }

    /// Couriers end at their next fault instead of trying again: the store is about to close, and what they hold is in it.
    pub fn stop(&self) {
        self.inner.stopping.store(true, Ordering::Relaxed);
        self.stop_watching();
        self.inner.logs.ring_all();
        self.inner.folds.ring();
        self.inner.offered.ring();
        self.inner.mirrors.ring_all();
        self.inner.hints.ring();
        self.inner.holders.end();
        self.inner.alarms.ring();
    }

    /// The time.
    pub fn now(&self) -> Instant {
        self.inner.clock.now()
    }

    /// The node's public address.
    pub fn public_url(&self) -> &str {
        &self.inner.config.public_url
    }

    /// The participant `slug`, if hosted here.
    pub fn hosted(&self, slug: &str) -> Option<Arc<Hosted>> {
        self.inner.house.find(slug)
    }

    /// Everyone hosted here, by slug.
    pub fn everyone(&self) -> Vec<Arc<Hosted>> {
        self.inner.house.all()
    }

    /// Whether the store answers: what readiness means.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn ready(&self) -> Result<(), Fault> {
        self.inner.store.list_participants().await?;
        Ok(())
    }
}
