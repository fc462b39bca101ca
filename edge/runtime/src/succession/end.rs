//! The act: what is to be had of a held log is taken back once more, the log is closed, and another begins in its place.
//!
//! Refused where the log can go on, and where it has a successor already. Said beforehand, on demand, what it would come to.

use super::reissue::{Copies, Reissued};
use super::shown::Successor;
use crate::desk::{invalid, through};
use crate::hosted::Hosted;
use crate::logs::{OwnLog, REGISTER, Standing};
use crate::mirrors::stored_as;
use crate::recovery::{Held, Said, places};
use crate::{Fault, Runtime};
use chapar_register::{Ending, KindName, Kinds, LOG_DISCONTINUED};
use chapar_store::{LogKeyRow, LogPolicyRow, LogRow, LogState, Put, Succession as Row};
use chapar_tlog::{Origin, SignedCheckpoint, VerifierKey};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long somebody waits for the records to be issued anew; what takes longer goes on alone.
const REISSUED: Duration = Duration::from_secs(20);

/// How a held log is to be ended.
#[derive(Clone, Debug, Default)]
pub struct Succession {
    /// Public addresses of nodes that may mirror it.
    pub from: Vec<String>,
    /// Why, in words, by language; words of our own where nothing is said.
    pub reason: Option<Value>,
    /// Whether it is only said what it would come to.
    pub is_dry_run: bool,
}

/// A log that is about to end.
struct Last {
    row: LogRow,
    /// The largest tree that anybody knows.
    known: u64,
    /// What was taken back, where that is more than is here.
    had: Option<SignedCheckpoint>,
    held: Held,
}

impl Runtime {
    /// Ends a held register and begins another in its place; answered with what it came to, or would come to.
    ///
    /// # Errors
    /// [`Fault::Conflict`] where it is not held, can go on, or has a successor already; [`Fault::Invalid`] for what is no address or no reason.
    pub(crate) async fn succeed_register(&self, hosted: &Arc<Hosted>, order: Succession) -> Result<Value, Fault> {
        let log = self.register_of(hosted)?;
        if !matches!(*log.standing.borrow(), Standing::Held(_)) {
            return Err(Fault::Conflict(format!(
                "the log `{}` is not held: it goes on",
                log.origin
            )));
        }
        self.recover_log(Arc::clone(&log), &order.from, false).await?;
        let (runtime, hosted) = (self.clone(), Arc::clone(hosted));
        through(async move {
            let _turn = log.recovering.lock().await;
            runtime.succeed(&hosted, &log, order).await
        })
        .await
    }

    async fn succeed(&self, hosted: &Arc<Hosted>, log: &Arc<OwnLog>, order: Succession) -> Result<Value, Fault> {
        let last = self.last_of(log).await?;
        let (ending, key) = self.ending(hosted, log, &last)?;
        let mut view = json!({
            "dryRun": order.is_dry_run,
            "ended": { "origin": log.origin.as_str(), "size": last.size(log), "known": last.known },
            "successor": { "origin": ending.successor.name().as_str(), "address": ending.address },
        });
        let Some(members) = view.as_object_mut() else {
            return Ok(view);
        };
        if order.is_dry_run {
            let copies = self.copies(log.origin.as_str()).await?;
            members.extend(copies.foretell(self).await?.view());
            return Ok(view);
        }
        let record = record_of_the_end(log, &ending, order.reason, self)?;
        self.close(log, &last, (&ending, key), record).await?;
        self.begin_successor(hosted, log).await?;
        let reissued = self.wait_for_reissue(log.origin.as_str()).await?;
        members.extend(reissued.view());
        members.insert("successor".to_owned(), successor_view(&ending));
        Ok(view)
    }

    /// What is known of the log now, after everybody was asked once more and what they have was taken.
    async fn last_of(&self, log: &Arc<OwnLog>) -> Result<Last, Fault> {
        let origin = log.origin.as_str();
        let row = self.inner.store.log(origin).await?.ok_or(Fault::NotFound)?;
        let held = match &*log.standing.borrow() {
            Standing::Held(held) if row.state == LogState::Held => held.clone(),
            _ => {
                let why = format!("the log `{origin}` goes on: all that was published of it is here");
                return Err(Fault::Conflict(why));
            }
        };
        let mut known = log.size();
        for heard in &held.heard {
            match &heard.said {
                Said::Knows(note) => known = known.max(note.checkpoint().size),
                Said::Ended(ending) => {
                    return Err(Fault::Conflict(format!(
                        "the log `{origin}` has ended already, and `{}` goes on in its place: restore the newest backup, or a key chest that \
                         was packed since",
                        ending.address
                    )));
                }
                Said::Unknown | Said::Silent(_) => {}
            }
        }
        // As much as there is.
        self.retrieve(&row, &places(&held.heard), u64::MAX).await?;
        let taken = self.inner.store.log(&stored_as(origin)).await?;
        let note = taken.and_then(|taken| taken.checkpoint);
        let had = note.map(|note| SignedCheckpoint::parse(&note)).transpose()?;
        Ok(Last {
            row,
            known,
            had: had.filter(|had| had.checkpoint().size > log.size()),
            held,
        })
    }

    /// What is to be said of the end, and the successor's key.
    fn ending(&self, hosted: &Hosted, log: &OwnLog, last: &Last) -> Result<(Ending, LogKeyRow), Fault> {
        let number = log.number().saturating_add(1);
        let origin = Origin::parse(&self.origin_of_number(hosted, number))?;
        let key = self.fresh_log_key(&origin, self.now().unix_ms())?;
        let published = log.published.borrow().clone();
        let here = published
            .map(|out| SignedCheckpoint::parse(&out.checkpoint))
            .transpose()?;
        let ending = Ending {
            ended: VerifierKey::parse(&log.vkey)?,
            last: last.had.clone().or(here),
            successor: VerifierKey::parse(&key.vkey)?,
            address: format!("{}/{}/{REGISTER}/{number}", self.public_url(), hosted.slug),
        };
        Ok((ending, key))
    }

    /// Closes the log and begins its successor, all or nothing. What was taken back becomes the log's own where it continues what is here;
    /// where the log has signed two histories, what is here stays what it is, and the other lies beside it until its records are issued.
    async fn close(
        &self,
        log: &OwnLog,
        last: &Last,
        (ending, key): (&Ending, LogKeyRow),
        record: Value,
    ) -> Result<(), Fault> {
        let (store, origin) = (&self.inner.store, log.origin.as_str());
        let successor = LogRow {
            origin: ending.successor.name().as_str().to_owned(),
            vkey: ending.successor.render(),
            state: LogState::Open,
            config: "{}".to_owned(),
            size: 0,
            folded: 0,
            checkpoint: None,
            published_at: None,
            created_at: key.created_at,
            ..last.row.clone()
        };
        let kept = Successor {
            origin: successor.origin.clone(),
            vkey: successor.vkey.clone(),
            address: ending.address.clone(),
            more: json!({ "record": record, "isDone": false }),
        };
        let policy = store.log_policy(origin).await?;
        let mut row = Row {
            origin: origin.to_owned(),
            participant: log.participant.clone(),
            config: kept.render(),
            retrieval: None,
            policy: policy.map(|policy| LogPolicyRow {
                origin: successor.origin.clone(),
                ..policy
            }),
            successor,
        };
        if let Some(had) = &last.had {
            row.retrieval = Some(self.retrieval(log, &last.row, had, &last.held.heard).await?);
        }
        match store.succeed_log(row.clone(), vec![key.clone()]).await? {
            Put::Committed(_) => {
                store.remove_mirror(&stored_as(origin)).await?;
                return Ok(());
            }
            Put::Conflict(why) if row.retrieval.is_none() => return Err(Fault::Conflict(why)),
            Put::Conflict(why) => {
                tracing::warn!(
                    log = origin,
                    why,
                    "what others have of a log that ends is another history"
                );
            }
        }
        row.retrieval = None;
        match store.succeed_log(row, vec![key]).await? {
            Put::Committed(_) => Ok(()),
            Put::Conflict(why) => Err(Fault::Conflict(why)),
        }
    }

    /// What becomes of the records, once they are issued anew, or as far as they are after a while.
    async fn wait_for_reissue(&self, origin: &str) -> Result<Reissued, Fault> {
        let log = self.inner.logs.ended(origin).ok_or(Fault::NotFound)?;
        let mut standing = log.standing.subscribe();
        let is_done = |standing: &Standing| match standing {
            Standing::Closed(successor) => Reissued::of(successor).is_done,
            _ => false,
        };
        // Whatever it is by then is shown.
        let _ = tokio::time::timeout(REISSUED, standing.wait_for(is_done)).await;
        let successor = log.successor().ok_or(Fault::NotFound)?;
        Ok(Reissued::of(&successor))
    }

    /// The entries that are here of a log, and those of another history of it.
    pub(super) async fn copies(&self, origin: &str) -> Result<Copies, Fault> {
        let away = stored_as(origin);
        let mut origins = vec![origin.to_owned()];
        if self.inner.store.mirror(&away).await?.is_some() {
            origins.push(away);
        }
        Ok(Copies { origins })
    }
}

impl Last {
    /// Entries that its owner stands by.
    fn size(&self, log: &OwnLog) -> u64 {
        self.had
            .as_ref()
            .map_or_else(|| log.size(), |had| had.checkpoint().size)
    }
}

fn successor_view(ending: &Ending) -> Value {
    json!({
        "origin": ending.successor.name().as_str(),
        "address": ending.address,
        "vkey": ending.successor.render(),
    })
}

/// The body of the record by which the log ends, signed by the first hand, and checked before anything is written.
fn record_of_the_end(log: &OwnLog, ending: &Ending, reason: Option<Value>, runtime: &Runtime) -> Result<Value, Fault> {
    let note = log.signed_note(ending.note_text(), runtime.now())?;
    let body = ending.body(&note, reason.unwrap_or_else(usual_reason));
    let kind = Kinds::built_in().find(&KindName::parse(LOG_DISCONTINUED)?);
    let found = kind.and_then(|kind| kind.check(&body).into_iter().next());
    match found {
        Some(finding) => Err(invalid("wrong-record", finding.to_string())),
        None => Ok(body),
    }
}

fn usual_reason() -> Value {
    json!({
        "ru": "Последние записи журнала утрачены, и его продолжение нельзя доказать",
        "en": "The last entries of the log are lost, and nobody can prove how it went on",
        "zh": "日志的最后条目已丢失，无法证明其后续内容",
    })
}
