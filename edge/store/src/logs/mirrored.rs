//! Taking entries of foreign logs: they are staged behind the size that is published, and count only once a checkpoint covers them.

use crate::logs::stands;
use crate::script::Script;
use crate::step::Prepared;
use crate::{Committed, MirrorReject, MirroredEntry, MirroredRecord, Publication, Staging, Store, StoreFault};

impl Store {
    /// The position of the last entry that is here, staged ones too.
    ///
    /// # Errors
    /// Try again later.
    pub async fn last_position(&self, origin: &str) -> Result<i64, StoreFault> {
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(position) FROM log_entries WHERE origin = $1")
            .bind(origin)
            .fetch_one(&mut *self.reader().await?)
            .await?;
        Ok(last.unwrap_or(0))
    }

    /// Stages entries behind the last one that is here, with what was found in them; all or nothing. A few bundles at a time: they are
    /// rows of one statement, and others wait meanwhile.
    ///
    /// # Errors
    /// [`StoreFault::Constraint`] when there are entries behind it already: read again. Otherwise as for [`Store::commit_step`].
    pub async fn stage_entries(&self, staging: Staging) -> Result<Committed, StoreFault> {
        let origin = staging.origin.clone();
        let bytes = staging
            .entries
            .iter()
            .map(|entry| entry.leaf.len() + entry.body.as_ref().map_or(0, Vec::len));
        let bytes = bytes.sum();
        let prepared = Prepared::plain(|script| {
            let origin = staging.origin.as_str();
            insert_entries(script, origin, staging.position, staging.entries, staging.at);
            insert_records(script, origin, staging.records);
            insert_rejects(script, origin, staging.rejects);
            script.statement("UPDATE mirrors SET staged = ");
            script.value(staging.state);
            script.text(" WHERE origin = ").value(origin.to_owned());
        });
        self.share(origin, prepared.of_bytes(bytes)).await?.committed()
    }

    /// Drops what is staged of a foreign log behind the published size, some rows at a time: it was not what a checkpoint covers. A crash in
    /// between leaves some of it, and nothing says that it is verified: drop it again.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn drop_staged(&self, origin: &str) -> Result<(), StoreFault> {
        let prepared = Prepared::plain(|script| {
            script.statement("UPDATE mirrors SET staged = NULL WHERE origin = ");
            script.value(origin.to_owned());
        });
        self.share(origin.to_owned(), prepared).await?.committed()?;
        match self.log(origin).await?.filter(|log| log.participant.is_none()) {
            Some(log) => self.remove_behind(origin, log.size).await,
            None => Ok(()),
        }
    }

    /// Publishes what is staged under a foreign log's own checkpoint, with what is verified of it then; false when another checkpoint
    /// than the expected one is out by now, or nothing more is taken of the log.
    ///
    /// # Errors
    /// As for [`Store::commit_step`].
    pub async fn publish_mirrored(&self, row: Publication, state: Vec<u8>) -> Result<bool, StoreFault> {
        let lane = row.origin.clone();
        let origin = row.origin.clone();
        let prepared = Prepared::swap(|script| {
            let place = super::book::publication(script, row);
            script.statement("UPDATE mirrors SET staged = NULL, seen = NULL, state = ");
            script.value(state);
            script.text(" WHERE origin = ").value(origin);
            place
        });
        self.share(lane, prepared).await.map(stands)
    }
}

fn insert_entries(script: &mut Script, origin: &str, position: i64, entries: Vec<MirroredEntry>, at: i64) {
    if entries.is_empty() {
        return;
    }
    script.statement("INSERT INTO log_entries (origin, position, leaf, body_hash, body, at) VALUES ");
    for (number, (entry, position)) in entries.into_iter().zip(position + 1..).enumerate() {
        script.row(number == 0, |to| {
            to.value(origin.to_owned())
                .value(position)
                .value(entry.leaf)
                .value(entry.body_hash)
                .value(entry.body)
                .value(at);
        });
    }
}

fn insert_records(script: &mut Script, origin: &str, records: Vec<MirroredRecord>) {
    if records.is_empty() {
        return;
    }
    script.statement(
        "INSERT INTO mirrored_records (origin, position, record_id, kind, version, leaf_hash, body_hash) VALUES ",
    );
    for (number, record) in records.into_iter().enumerate() {
        script.row(number == 0, |to| {
            to.value(origin.to_owned())
                .value(record.position)
                .value(record.record_id)
                .value(record.kind)
                .value(record.version)
                .value(record.leaf_hash)
                .value(record.body_hash);
        });
    }
}

fn insert_rejects(script: &mut Script, origin: &str, rejects: Vec<MirrorReject>) {
    if rejects.is_empty() {
        return;
    }
    script.statement("INSERT INTO mirror_rejects (origin, position, code, why) VALUES ");
    for (number, reject) in rejects.into_iter().enumerate() {
        script.row(number == 0, |to| {
            to.value(origin.to_owned())
                .value(reject.position)
                .value(reject.code)
                .value(reject.why);
        });
    }
}
