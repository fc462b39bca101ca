//! Opening the logs of the house: each participant with keys has its two, from its first day or, in a house that is older than its
//! logs, from the next start on.

use super::asking::ask_witnesses;
use super::book::{OwnLog, Standing};
use super::sequencer::Sequencer;
use super::serve::published;
use super::{EVIDENCE, REGISTER};
use crate::hosted::{Hosted, Identity};
use crate::mirrors::stored_as;
use crate::recovery::{Held, Order};
use crate::succession::Successor;
use crate::timestamps::{TimeStanding, stamp};
use crate::witness::without_scheme;
use crate::{Fault, Runtime};
use chapar_store::{LogRow, LogSource, LogState};
use chapar_tlog::Origin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::{Mutex, Notify, watch};

/// How long a log waits before others are asked about it again, when a fault of ours came between.
const PAUSE: Duration = Duration::from_secs(5);

impl Runtime {
    /// Opens every log of the house. One that cannot be opened is told of and left alone: the others, and everything else, go on.
    pub(crate) async fn open_logs(&self) -> Result<(), Fault> {
        for hosted in self.everyone() {
            if let Err(fault) = self.open_logs_of(&hosted).await {
                tracing::error!(participant = hosted.slug.as_str(), %fault, "a log of this participant is not opened");
            }
        }
        // What somebody wrote down who was taken out of the house is still read, and what was not published by then is.
        for row in self.inner.store.list_logs().await? {
            let left = row.participant.as_deref().filter(|slug| self.hosted(slug).is_none());
            let (Some(slug), Some(name)) = (left.map(str::to_owned), name_of(&row)) else {
                continue;
            };
            if let Err(fault) = self.open_log(&slug, name, row).await {
                tracing::error!(participant = slug, %fault, "a log of a removed participant is not opened");
            }
        }
        Ok(())
    }

    /// Opens the logs of a participant, which are made where there are none. One without keys has nothing to sign with.
    pub(crate) async fn open_logs_of(&self, hosted: &Hosted) -> Result<(), Fault> {
        let Identity::Did(_) = &hosted.identity else {
            return Ok(());
        };
        let slug = hosted.slug.as_str();
        for row in self.inner.store.list_logs().await? {
            let is_ended = row.state == LogState::Closed && row.participant.as_deref() == Some(slug);
            if let Some(name) = name_of(&row).filter(|_| is_ended) {
                self.open_log(slug, name, row).await?;
            }
        }
        for name in [EVIDENCE, REGISTER] {
            let row = match self.inner.store.own_log(slug, name).await? {
                Some(row) => row,
                None => self.make_log(hosted, name).await?,
            };
            self.open_log(slug, name, row).await?;
        }
        let turn = self.records_turn(slug).await;
        self.tell_keys(hosted).await?;
        drop(turn);
        self.watch_evidence(slug);
        self.inner.alarms.ring();
        Ok(())
    }

    async fn open_log(&self, slug: &str, name: &'static str, row: LogRow) -> Result<(), Fault> {
        let (log, sequencer) = self.load_log(slug, name, &row).await?;
        match row.state {
            LogState::Open if name == REGISTER && self.is_to_be_asked_about(&log) => {
                log.standing.send_replace(Standing::Asking);
                tokio::spawn(self.clone().ask_then_begin(log, sequencer));
            }
            LogState::Open => self.begin_log(log, sequencer),
            LogState::Held => {
                tokio::spawn(self.clone().keep_held(log));
            }
            LogState::Closed | LogState::Caught => {
                tracing::info!(log = row.origin, "this log has ended: nothing is added to it");
            }
        }
        Ok(())
    }

    /// A held log goes on with what is stored of it now.
    pub(crate) async fn go_on(&self, held: &OwnLog) -> Result<(), Fault> {
        let row = self
            .inner
            .store
            .log(held.origin.as_str())
            .await?
            .ok_or(Fault::NotFound)?;
        let (log, sequencer) = self.load_log(&held.participant, held.name, &row).await?;
        self.begin_log(Arc::clone(&log), sequencer);
        held.standing.send_replace(Standing::Open);
        self.inner.folds.wake(held.origin.as_str());
        self.tell_keys_of(&log).await
    }

    /// A log that was held has ended, and its successor begins.
    pub(crate) async fn begin_successor(&self, hosted: &Hosted, held: &OwnLog) -> Result<(), Fault> {
        let (slug, origin) = (hosted.slug.as_str(), held.origin.as_str());
        let ended = self.inner.store.log(origin).await?.ok_or(Fault::NotFound)?;
        let (ended, _) = self.load_log(slug, held.name, &ended).await?;
        let row = self
            .inner
            .store
            .own_log(slug, held.name)
            .await?
            .ok_or(Fault::NotFound)?;
        let (log, sequencer) = self.load_log(slug, held.name, &row).await?;
        if let Some(successor) = ended.successor() {
            held.standing.send_replace(Standing::Closed(successor));
        }
        held.bell.notify_one();
        tracing::warn!(
            log = origin,
            successor = row.origin,
            "a log has ended, and another goes on in its place"
        );
        self.begin_log(log, sequencer);
        self.inner.folds.wake(origin);
        Ok(())
    }

    /// What is out is the newest, or nothing is: from now on it is sequenced.
    fn begin_log(&self, log: Arc<OwnLog>, sequencer: Sequencer) {
        let pace = match log.name {
            EVIDENCE => self.inner.config.logs.evidence_ms,
            _ => self.inner.config.logs.publish_ms,
        };
        log.standing.send_replace(Standing::Open);
        if log.name == REGISTER {
            self.inner.offered.wake(&log.participant);
        }
        for ended in self.inner.logs.ended_of(&log.participant) {
            let successor = ended
                .successor()
                .filter(|successor| successor.origin == log.origin.as_str());
            if successor.is_some_and(|successor| !successor.is_reissued()) {
                tokio::spawn(self.clone().reissue(ended));
            }
        }
        tokio::spawn(ask_witnesses(self.clone(), Arc::clone(&log)));
        tokio::spawn(stamp(self.clone(), log));
        tokio::spawn(sequencer.run(Duration::from_millis(pace)));
    }

    async fn ask_then_begin(self, log: Arc<OwnLog>, sequencer: Sequencer) {
        while !self.inner.stopping.load(Ordering::Relaxed) {
            match self.hold_if_behind(&log).await {
                Ok(true) => return self.keep_held(log).await,
                Ok(false) => {
                    self.begin_log(Arc::clone(&log), sequencer);
                    if let Err(fault) = self.tell_keys_of(&log).await {
                        tracing::error!(log = %log.origin, %fault, "the keys of this log could not be told; it is tried with the next record");
                    }
                    return;
                }
                Err(fault) => {
                    tracing::error!(log = %log.origin, %fault, "nobody could be asked about this log; it is tried again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn tell_keys_of(&self, log: &OwnLog) -> Result<(), Fault> {
        let Some(hosted) = self.hosted(&log.participant) else {
            return Ok(());
        };
        let _turn = self.records_turn(&log.participant).await;
        self.tell_keys(&hosted).await
    }

    async fn load_log(&self, slug: &str, name: &'static str, row: &LogRow) -> Result<(Arc<OwnLog>, Sequencer), Fault> {
        let store = &self.inner.store;
        let away = stored_as(&row.origin);
        if row.state == LogState::Open && store.mirror(&away).await?.is_some() {
            // It goes on, and a crash has left what was taken back.
            store.remove_mirror(&away).await?;
        }
        let source = match name {
            EVIDENCE => LogSource::Evidence(slug.to_owned()),
            _ => LogSource::Register(row.origin.clone()),
        };
        let origin = Origin::parse(&row.origin)?;
        let log = Arc::new(OwnLog {
            participant: slug.to_owned(),
            name,
            source,
            vkey: row.vkey.clone(),
            keys: RwLock::new(self.load_log_keys(&row.origin).await?),
            bell: Notify::new(),
            published: watch::channel(published(row)?).0,
            witnessing: watch::channel(self.stored_witnessing(&origin).await?.map(Arc::new)).0,
            candidate: watch::channel(None).0,
            cosigning: Mutex::default(),
            standing: watch::channel(standing(row)).0,
            recovering: Mutex::default(),
            time: TimeStanding::with(self.inner.store.newest_timestamp(&row.origin).await?.as_ref()),
            origin,
        });
        let sequencer = Sequencer::load(self, Arc::clone(&log), row).await?;
        match log.successor() {
            Some(_) => self.inner.logs.end(Arc::clone(&log)),
            None => self.inner.logs.put(Arc::clone(&log)),
        }
        Ok((log, sequencer))
    }

    async fn make_log(&self, hosted: &Hosted, name: &'static str) -> Result<LogRow, Fault> {
        let origin = Origin::parse(&self.origin_of(hosted, name))?;
        let now = self.now().unix_ms();
        let key = self.fresh_log_key(&origin, now)?;
        let row = LogRow {
            origin: origin.as_str().to_owned(),
            participant: Some(hosted.slug.as_str().to_owned()),
            kind: name.to_owned(),
            owner: hosted.me.id.as_str().to_owned(),
            vkey: key.vkey.clone(),
            state: LogState::Open,
            config: "{}".to_owned(),
            size: 0,
            folded: 0,
            checkpoint: None,
            published_at: None,
            created_at: now,
        };
        match self.inner.store.add_log(row.clone(), vec![key]).await? {
            chapar_store::Put::Committed(_) => Ok(row),
            chapar_store::Put::Conflict(why) => Err(Fault::Conflict(why)),
        }
    }

    /// The origin of a participant's public log with this number.
    pub(crate) fn origin_of_number(&self, hosted: &Hosted, number: u32) -> String {
        format!("{}/{number}", self.origin_of(hosted, REGISTER))
    }

    /// The address of a log without its scheme (C2SP tlog-tiles, "Parameters").
    fn origin_of(&self, hosted: &Hosted, name: &str) -> String {
        format!("{}/{}/{name}", without_scheme(self.public_url()), hosted.slug)
    }
}

/// How a log stands by what is stored of it.
fn standing(row: &LogRow) -> Standing {
    match row.state {
        LogState::Open => Standing::Open,
        LogState::Held => Standing::Held(Held {
            order: Order::read(&row.config),
            ..Held::default()
        }),
        LogState::Closed | LogState::Caught => Standing::Closed(Successor::read(&row.config).unwrap_or_default()),
    }
}

/// Which of a participant's logs it is.
fn name_of(row: &LogRow) -> Option<&'static str> {
    [EVIDENCE, REGISTER].into_iter().find(|name| row.kind == *name)
}
