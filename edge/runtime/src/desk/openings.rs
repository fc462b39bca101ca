//! Opening what was sealed: its body and the salt are published in a record of their own, by which everybody can check that it is the body
//! to which the sealed record has committed all along.

use super::{Desk, invalid, through};
use crate::hosted::Hosted;
use crate::logs::OwnLog;
use crate::records::{Composed, Wish, closed_of, is_withdrawal, opening_of, record_of};
use crate::{Fault, Runtime};
use chapar_register::{OPENING, Record, Visibility};
use chapar_terms::Instant;
use serde_json::Value;

impl Desk {
    /// Opens a sealed record: its newest version, or another. One that is open already is shown as it is.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] when it is not sealed; [`Fault::Conflict`] when it was withdrawn, or its body is not here.
    pub async fn open_record(&self, name: &str, version: Option<u32>) -> Result<Value, Fault> {
        let (desk, name) = (self.clone(), name.to_owned());
        through(async move { desk.open_in_turn(&name, version).await }).await
    }

    async fn open_in_turn(&self, name: &str, version: Option<u32>) -> Result<Value, Fault> {
        let _turn = self.runtime.records_turn(self.slug()).await;
        let hosted = self.speaker().await?;
        let log = self.runtime.register_of(&hosted)?;
        let newest = self.runtime.newest_entry(&log, name).await?.ok_or(Fault::NotFound)?;
        if is_withdrawal(newest.id.as_deref().unwrap_or_default()) {
            return Err(Fault::Conflict(format!("the record `{name}` is withdrawn")));
        }
        let entry = match version {
            Some(version) => self.entry_of(&log.origin, name, version).await?,
            None => newest,
        };
        let record = record_of(&entry.leaf)?;
        let header = record.header();
        if header.visibility != Visibility::Sealed {
            let is = header.visibility.as_str();
            return Err(invalid(
                "wrong-visibility",
                format!(
                    "only what is sealed is opened, and version {} is `{is}`",
                    header.version
                ),
            ));
        }
        let closed = closed_of(&entry)?.ok_or_else(|| {
            Fault::Conflict(format!(
                "the body of version {} is not here any more: it was purged, or lost with a disk",
                header.version
            ))
        })?;
        let wish = Wish::open(OPENING, opening_of(name, header.version), closed.opening())?;
        let composed = self.runtime.compose(&hosted, wish).await?;
        if let Some(composed) = composed {
            self.runtime.commit_records(&hosted, vec![composed]).await?;
            self.note("open", "record", name);
        }
        match version {
            Some(version) => self.record_version(name, version).await,
            None => self.record(name).await,
        }
    }

    /// Adds to the view of a sealed version by which record it was opened, and when.
    pub(super) async fn with_opening(&self, log: &OwnLog, record: &Record, mut view: Value) -> Result<Value, Fault> {
        let header = record.header();
        if header.visibility != Visibility::Sealed {
            return Ok(view);
        }
        let name = opening_of(header.id.local(), header.version);
        let opening = self.runtime.newest_entry(log, &name).await?;
        let opening = opening.filter(|entry| !is_withdrawal(entry.id.as_deref().unwrap_or_default()));
        if let (Some(opening), Some(members)) = (opening, view.as_object_mut()) {
            let opened = record_of(&opening.leaf)?;
            members.insert("opening".to_owned(), opened.header().id.to_string().into());
            members.insert(
                "openedAt".to_owned(),
                Instant::from_unix_ms(opening.at).rfc3339().into(),
            );
        }
        Ok(view)
    }
}

impl Runtime {
    /// What withdraws the openings of a record whose body is to be purged: they show it.
    pub(crate) async fn compose_closings(
        &self,
        hosted: &Hosted,
        log: &OwnLog,
        target: &Record,
        withdrawal: &super::Withdrawal,
    ) -> Result<Vec<Composed>, Fault> {
        let mut composed = Vec::new();
        for version in 1..=target.header().version {
            let name = opening_of(target.header().id.local(), version);
            let Some(newest) = self.newest_entry(log, &name).await? else {
                continue;
            };
            if !is_withdrawal(newest.id.as_deref().unwrap_or_default()) {
                let opening = record_of(&newest.leaf)?;
                let same = super::Withdrawal {
                    replaced_by: None,
                    ..withdrawal.clone()
                };
                composed.extend(self.compose_withdrawal(hosted, &name, &opening, same).await?);
            }
        }
        Ok(composed)
    }
}
