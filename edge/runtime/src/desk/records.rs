//! Records: what the participant says in public. Published, shown with their history, withdrawn; never changed and never deleted.

use super::{Desk, Page, invalid, through};
use crate::closed::FEDERATION;
use crate::hosted::Hosted;
use crate::logs::{LogRotation, OwnLog};
use crate::offered::is_of_an_offer;
use crate::records::{
    Composed, WITHDRAWAL, Wish, entries_of, entry_of_version, entry_of_withdrawal, is_evidence_checkpoint, is_opening,
    is_withdrawal, record_of, record_view,
};
use crate::{Fault, Runtime};
use chapar_register::{KindName, Kinds, Link, RecordId, Validity, Visibility};
use chapar_store::EntryRow;
use chapar_terms::Lang;
use chapar_tlog::Resource;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most records published with one call: they share one commit.
pub const RECORDS_MOST: usize = 64;

/// A record as it is to be published.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// The kind.
    pub kind: String,
    /// Its name within the register; a fresh one where it is none. The name of a record that is there makes its next version.
    pub name: Option<String>,
    /// When it is in force.
    pub valid: Option<Validity>,
    /// The legal ground, or the record that gives the mandate.
    pub mandate: Option<String>,
    /// The languages that bind.
    pub authentic: BTreeSet<Lang>,
    /// Who may have the body.
    pub visibility: Visibility,
    /// With members: of which federation; of the only one that the participant is in, with none.
    pub federation: Option<String>,
    /// Relations to others.
    pub links: Vec<Link>,
    /// What it says.
    pub body: Value,
    /// Whether a person has looked that it tells of no person.
    pub confirmed: bool,
}

/// Why a record is withdrawn.
#[derive(Clone, Debug)]
pub struct Withdrawal {
    /// In words, by language.
    pub reason: Value,
    /// As one of a few words that programs know.
    pub code: String,
    /// The record that takes its place.
    pub replaced_by: Option<String>,
    /// Whether nodes must delete the body.
    pub purge: bool,
}

impl Desk {
    /// Publishes a record: it is committed when this returns, and in the published tree soon after. One that says what its newest
    /// version says already is given back as it is.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with everything that is wrong; [`Fault::Conflict`] when the record was withdrawn, or somebody was quicker.
    pub async fn publish_record(&self, new: NewRecord) -> Result<Value, Fault> {
        let mut shown = self.publish_records(vec![new]).await?;
        shown.pop().ok_or(Fault::NotFound)
    }

    /// Publishes records, all or none.
    ///
    /// # Errors
    /// As for [`Desk::publish_record`]; of several the reason names the first that does not fit.
    pub async fn publish_records(&self, new: Vec<NewRecord>) -> Result<Vec<Value>, Fault> {
        checked_number(&new)?;
        let desk = self.clone();
        through(async move { desk.publish_in_turn(new).await }).await
    }

    /// What would become of records if they were published now, each by itself. Nothing is written.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when there are too many, or there is no register to publish in.
    pub async fn check_records(&self, new: Vec<NewRecord>) -> Result<Vec<Value>, Fault> {
        checked_number(&new)?;
        self.runtime.register_of(&self.hosted)?.must_be_open().await?;
        let mut told = Vec::with_capacity(new.len());
        for one in new {
            // A person says that when it is published.
            let one = NewRecord { confirmed: true, ..one };
            let outcome = match wish(one) {
                Ok(wish) => self.runtime.compose(&self.hosted, wish).await,
                Err(fault) => Err(fault),
            };
            told.push(told_of(outcome)?);
        }
        Ok(told)
    }

    async fn publish_in_turn(&self, new: Vec<NewRecord>) -> Result<Vec<Value>, Fault> {
        let wish = |(number, new)| wish(self.for_members(new)?).map_err(|fault| at(number, fault));
        let wishes = new.into_iter().enumerate().map(wish).collect::<Result<_, _>>()?;
        self.publish_wishes(wishes).await
    }

    /// A record for members with the federation that it names by a link: whose members they are must be known to those who mirror it.
    fn for_members(&self, mut new: NewRecord) -> Result<NewRecord, Fault> {
        let wrong = |why: String| invalid("wrong-visibility", why);
        if new.visibility != Visibility::Members {
            return match new.federation {
                Some(_) => Err(wrong("a federation goes with `members` alone".to_owned())),
                None => Ok(new),
            };
        }
        let federations = self.runtime.members_of_federations();
        let ours = federations.of(&self.hosted.me.id);
        let named = new
            .links
            .iter()
            .find(|link| link.rel == FEDERATION)
            .map(|link| link.target.clone());
        let id = match (new.federation.take().or(named), ours.as_slice()) {
            (Some(id), ours) if ours.contains(&id.as_str()) => id,
            (Some(id), _) => {
                return Err(wrong(format!(
                    "the participant is no member of `{id}`, as far as this node knows"
                )));
            }
            (None, [one]) => (*one).to_owned(),
            (None, []) => {
                return Err(wrong(
                    "the participant is in no federation that this node follows".to_owned(),
                ));
            }
            (None, _) => return Err(wrong("the participant is in several federations: name one".to_owned())),
        };
        new.links.retain(|link| link.rel != FEDERATION);
        new.links.push(Link {
            rel: FEDERATION.to_owned(),
            target: id,
        });
        Ok(new)
    }

    /// Publishes what an act of the desk says in public.
    pub(crate) async fn publish_wish(&self, wish: Wish) -> Result<Value, Fault> {
        let desk = self.clone();
        let mut shown = through(async move { desk.publish_wishes(vec![wish]).await }).await?;
        shown.pop().ok_or(Fault::NotFound)
    }

    pub(crate) async fn publish_wishes(&self, wishes: Vec<Wish>) -> Result<Vec<Value>, Fault> {
        let _turn = self.runtime.records_turn(self.slug()).await;
        let hosted = self.speaker().await?;
        let log = self.runtime.register_of(&hosted)?;
        let (mut composed, mut names) = (Vec::new(), Vec::new());
        for (number, mut wish) in wishes.into_iter().enumerate() {
            let name = wish.local.get_or_insert_with(crate::keys::fresh_uuid).clone();
            if names.contains(&name) {
                return Err(invalid(
                    "wrong-name",
                    format!("`{name}` stands twice among these records"),
                ));
            }
            composed.extend(
                self.runtime
                    .compose(&hosted, wish)
                    .await
                    .map_err(|fault| at(number, fault))?,
            );
            names.push(name);
        }
        if !composed.is_empty() {
            for record in self.runtime.commit_records(&hosted, composed).await? {
                self.note("publish", "record", record.header().id.local());
            }
        }
        let mut shown = Vec::with_capacity(names.len());
        for name in names {
            let entry = self.runtime.newest_entry(&log, &name).await?.ok_or(Fault::NotFound)?;
            shown.push(record_view(&log, &entry)?);
        }
        Ok(shown)
    }

    /// Withdraws a record. Its versions stay in the log, with the reason beside them.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] when it is withdrawn already; [`Fault::Invalid`] when reason or code do not fit.
    pub async fn withdraw_record(&self, name: &str, withdrawal: Withdrawal) -> Result<Value, Fault> {
        let (desk, name) = (self.clone(), name.to_owned());
        through(async move { desk.withdraw_in_turn(&name, withdrawal).await }).await
    }

    async fn withdraw_in_turn(&self, name: &str, withdrawal: Withdrawal) -> Result<Value, Fault> {
        let _turn = self.runtime.records_turn(self.slug()).await;
        let hosted = self.speaker().await?;
        let log = self.runtime.register_of(&hosted)?;
        let newest = self.runtime.newest_entry(&log, name).await?.ok_or(Fault::NotFound)?;
        if is_withdrawal(newest.id.as_deref().unwrap_or_default()) {
            return Err(Fault::Conflict(format!("the record `{name}` is withdrawn already")));
        }
        let target = record_of(&newest.leaf)?;
        if is_of_the_node(&target.header().kind) {
            return Err(invalid(
                "wrong-kind",
                "what the node itself writes is not withdrawn by hand",
            ));
        }
        let mut composed = Vec::new();
        if withdrawal.purge {
            composed.extend(
                self.runtime
                    .compose_closings(&hosted, &log, &target, &withdrawal)
                    .await?,
            );
        }
        composed.extend(
            self.runtime
                .compose_withdrawal(&hosted, name, &target, withdrawal)
                .await?,
        );
        self.runtime.commit_records(&hosted, composed).await?;
        self.note("withdraw", "record", name);
        self.record(name).await
    }

    /// The participant with the keys that it has now, which its register names: signed with others, a record would be believed by nobody.
    pub(super) async fn speaker(&self) -> Result<Arc<Hosted>, Fault> {
        let hosted = self.runtime.hosted(self.slug()).ok_or(Fault::NotFound)?;
        self.runtime.register_of(&hosted)?.must_be_open().await?;
        self.runtime.tell_keys(&hosted).await?;
        Ok(hosted)
    }

    /// A record by its name: its newest version, and how it was withdrawn if it was.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn record(&self, name: &str) -> Result<Value, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        let newest = self.runtime.newest_entry(&log, name).await?.ok_or(Fault::NotFound)?;
        if !is_withdrawal(newest.id.as_deref().unwrap_or_default()) {
            return self.view_of(&log, &newest).await;
        }
        let (first, _) = entries_of(name);
        let store = &self.runtime.inner.store;
        let last = store
            .last_entry(log.origin.as_str(), &first, &entry_of_withdrawal(name))
            .await?;
        let mut view = self.view_of(&log, &last.ok_or(Fault::NotFound)?).await?;
        if let Some(members) = view.as_object_mut() {
            members.insert("withdrawal".to_owned(), record_view(&log, &newest)?);
        }
        Ok(view)
    }

    /// Every version of a record, oldest first, and its withdrawal if there is one.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] for a position that is none.
    pub async fn record_history(&self, name: &str, page: &Page) -> Result<Value, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        let (first, beyond) = entries_of(name);
        let first = match page.after() {
            // The next id in order: nothing sorts between an id and itself with one more character.
            Some(after) if after.starts_with(&first) => format!("{after}!"),
            Some(_) => return Err(invalid("wrong-after", "`after` is none of this record")),
            None => first,
        };
        let store = &self.runtime.inner.store;
        let entries = store
            .entries_between(log.origin.as_str(), &first, &beyond, page.reach())
            .await?;
        if entries.is_empty() && page.after().is_none() {
            return Err(Fault::NotFound);
        }
        page.list(
            entries,
            |entry| entry.id.clone().unwrap_or_default(),
            |entry| record_view(&log, entry),
        )
    }

    /// One version of a record.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn record_version(&self, name: &str, version: u32) -> Result<Value, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        let entry = self.entry_of(&log.origin, name, version).await?;
        self.view_of(&log, &entry).await
    }

    async fn view_of(&self, log: &OwnLog, entry: &EntryRow) -> Result<Value, Fault> {
        let view = record_view(log, entry)?;
        self.with_opening(log, &record_of(&entry.leaf)?, view).await
    }

    /// The proof that a version of a record is in the published tree (C2SP tlog-proof); of the newest one where none is said.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] while it is not published yet.
    pub async fn record_proof(&self, name: &str, version: Option<u32>) -> Result<String, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        let entry = match version {
            Some(version) => self.entry_of(&log.origin, name, version).await?,
            None => self.runtime.newest_entry(&log, name).await?.ok_or(Fault::NotFound)?,
        };
        let published = log.published.borrow().clone();
        let published = published
            .as_ref()
            .map_or((0, &[][..]), |one| (one.size, &*one.checkpoint));
        self.runtime.prove_entry(log.origin.as_str(), published, &entry).await
    }

    pub(super) async fn entry_of(
        &self,
        origin: &chapar_tlog::Origin,
        name: &str,
        version: u32,
    ) -> Result<EntryRow, Fault> {
        let entry = entry_of_version(name, version);
        let found = self.runtime.inner.store.entry(origin.as_str(), &entry).await?;
        found.ok_or(Fault::NotFound)
    }

    /// The participant's logs: what others pin, and how far each is published.
    ///
    /// # Errors
    /// Ours.
    pub async fn logs(&self) -> Result<Value, Fault> {
        self.runtime.describe_logs(&self.hosted).await
    }

    /// Gives both logs a fresh key, and has the register say so.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for an identity without keys; [`Fault::Conflict`] when the register does not go on or has had too many keys.
    pub async fn rotate_log_keys(&self, why: LogRotation) -> Result<Value, Fault> {
        let desk = self.clone();
        through(async move { desk.runtime.rotate_log_keys(desk.slug(), why).await }).await?;
        self.note("rotate", "keys of the logs", self.slug());
        self.logs().await
    }

    /// A resource of the log of evidence, by its path below the prefix of a log (C2SP tlog-tiles).
    ///
    /// # Errors
    /// [`Fault::NotFound`]; otherwise ours.
    pub async fn evidence_resource(&self, path: &str) -> Result<Vec<u8>, Fault> {
        let resource = Resource::parse(path).map_err(|_| Fault::NotFound)?;
        let found = self
            .runtime
            .evidence_resource(self.hosted.slug.as_str(), resource)
            .await?;
        found.ok_or(Fault::NotFound)
    }
}

impl Runtime {
    /// Makes the record by which the record `name` is withdrawn, whose newest version is `target`.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when reason or code do not fit.
    pub(crate) async fn compose_withdrawal(
        &self,
        hosted: &Hosted,
        name: &str,
        target: &chapar_register::Record,
        withdrawal: Withdrawal,
    ) -> Result<Option<Composed>, Fault> {
        let composed = self.compose(hosted, withdrawal_of(target, withdrawal)?).await?;
        Ok(composed.map(|composed| Composed {
            entry: chapar_store::NewEntry {
                id: entry_of_withdrawal(name),
                ..composed.entry
            },
            ..composed
        }))
    }
}

fn checked_number(new: &[NewRecord]) -> Result<(), Fault> {
    if new.is_empty() || new.len() > RECORDS_MOST {
        return Err(invalid(
            "wrong-number",
            format!("1 to {RECORDS_MOST} records are published at a time"),
        ));
    }
    Ok(())
}

/// What would become of a record.
fn told_of(outcome: Result<Option<Composed>, Fault>) -> Result<Value, Fault> {
    let refused = |code: &str, reason: String| json!({ "outcome": "refused", "code": code, "reason": reason });
    match outcome {
        Ok(Some(composed)) => Ok(json!({ "outcome": "new", "version": composed.record.header().version })),
        Ok(None) => Ok(json!({ "outcome": "unchanged" })),
        Err(Fault::Invalid { code, reason }) => Ok(refused(&code, reason)),
        Err(Fault::Refused(refusal)) => Ok(refused(&refusal.code, refusal.reason.join("; "))),
        Err(Fault::Conflict(reason)) => Ok(refused("conflict", reason)),
        Err(fault) => Err(fault),
    }
}

fn wish(new: NewRecord) -> Result<Wish, Fault> {
    let kind = KindName::parse(&new.kind)?;
    if is_of_the_node(&kind) {
        return Err(invalid(
            "wrong-kind",
            format!("records of the kind `{kind}` are written by the node itself"),
        ));
    }
    if new.name.as_deref().is_some_and(is_evidence_checkpoint) {
        return Err(invalid(
            "wrong-name",
            "so only checkpoints of the evidence are called, which the node writes itself",
        ));
    }
    if let Some(name) = new.name.as_deref().filter(|name| is_of_an_offer(name)) {
        return Err(invalid(
            "wrong-name",
            format!("`{name}` is made of an offer by the node itself: change the asset, or give another name"),
        ));
    }
    if let Some(name) = new.name.as_deref().filter(|name| is_opening(name)) {
        return Err(invalid(
            "wrong-name",
            format!("`{name}` is how openings are called, which the node writes itself: `chapar record open`"),
        ));
    }
    if new.body.pointer("/decision/proposal").is_some() {
        return Err(invalid(
            "wrong-kind",
            "what decides on the members of a federation is said by an administrator: `chapar federation`",
        ));
    }
    if !new.confirmed {
        return Err(invalid(
            "not-confirmed",
            "a public record cannot be taken back from the world: look that it tells of no person, then say so",
        ));
    }
    Ok(Wish {
        kind,
        local: new.name,
        valid: new.valid,
        mandate: new.mandate,
        authentic: new.authentic,
        visibility: new.visibility,
        links: new.links,
        body: new.body,
        salt: None,
    })
}

/// Kinds that no person writes by hand, a withdrawal among them: it is an act of its own.
fn is_of_the_node(kind: &KindName) -> bool {
    kind.as_str() == WITHDRAWAL
        || Kinds::built_in()
            .find(kind)
            .is_some_and(chapar_register::Kind::is_system)
}

fn withdrawal_of(target: &chapar_register::Record, withdrawal: Withdrawal) -> Result<Wish, Fault> {
    let replaced_by = withdrawal.replaced_by.as_deref().map(RecordId::parse).transpose()?;
    let mut body = json!({
        "target": target.header().id.to_string(),
        "targetHash": target.leaf_hash().hex(),
        "reason": withdrawal.reason,
        "code": withdrawal.code,
        "purge": withdrawal.purge,
    });
    if let (Some(id), Some(members)) = (replaced_by, body.as_object_mut()) {
        members.insert("replacedBy".to_owned(), id.to_string().into());
    }
    Ok(Wish::open(WITHDRAWAL, None, body)?)
}

/// Of many records it is said which does not fit.
fn at(number: usize, fault: Fault) -> Fault {
    match fault {
        Fault::Invalid { code, reason } if number > 0 => Fault::Invalid {
            code,
            reason: format!("record {}: {reason}", number + 1),
        },
        other => other,
    }
}
