//! One side as a model of a node: what is durable, what a crash forgets, and what is checked at each commit.

use crate::case::{Case, Kind};
use crate::{Tally, Violation};
use chapar_dsp::Role;
use chapar_evidence::{Act, EntryKind};
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::track::Delivery;
use chapar_exchange::transfer::{Bound, Opening, Transfer};
use chapar_exchange::{Effect, Me, Record, Step};
use chapar_terms::ParticipantId;
use chapar_trust::development::DevelopmentIdentity;
use chapar_trust::{Peer, Verified};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A node.
pub(crate) struct Side {
    pub role: Role,
    pub me: Me,
    /// The other side, as our door knows it.
    pub peer: Verified<Peer>,
    pub durable: Durable,
    /// Counts starts of the program; what belongs to an earlier one is lost.
    pub boot: u64,
    pub is_up: bool,
    /// The tries that wait for their answer: one per case at most.
    pub flights: BTreeMap<Kind, u64>,
    /// The cases as last read or written; what is stored is compared with them at each commit.
    pub read: Cases,
}

/// Cases in memory.
#[derive(Default)]
pub(crate) struct Cases {
    pub negotiation: Option<Negotiation>,
    pub transfer: Option<Transfer>,
}

/// What survives a crash.
#[derive(Default)]
pub(crate) struct Durable {
    pub cases: BTreeMap<Kind, String>,
    pub agreement: Option<Bound>,
    pub outbox: Vec<Parcel>,
    pub log: Log,
}

/// An effect to be delivered.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub effect: String,
    pub kind: Kind,
    pub message: &'static str,
    pub url: String,
    pub body: Vec<u8>,
    pub deadline: i64,
    pub created_at: i64,
    pub attempts: u32,
    pub not_before: i64,
}

/// What happened, told apart from what the cases say of themselves.
#[derive(Default)]
pub(crate) struct Log {
    /// Moves of the other side that were accepted here, with how often.
    pub accepted: BTreeMap<String, u32>,
    /// Moves of ours that were answered with success.
    pub delivered: BTreeSet<String>,
    /// Agreements that came into force.
    pub agreements: u32,
    /// Times that access was given.
    pub starts: u64,
    /// Whether anything that was decided or accepted lets access be open.
    pub may_be_open: bool,
    /// Whether our people suspended and have not started since.
    pub held: bool,
    /// Final states reached.
    pub ended: BTreeMap<Kind, &'static str>,
}

/// What a step was the answer to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cause<'a> {
    /// A message with this effect id.
    Received(&'a str),
    /// A success for this effect of ours.
    Delivered(&'a str),
    /// Anything else.
    Other,
}

impl Side {
    /// A side that has done nothing yet.
    pub fn new(role: Role) -> Result<Self, Violation> {
        let id = |role: Role| ParticipantId::parse(&format!("did:web:{role}.example")).map_err(fault);
        let identity = DevelopmentIdentity {
            peer: id(role.other())?,
        };
        Ok(Self {
            role,
            me: Me {
                id: id(role)?,
                dsp_address: base(role),
            },
            peer: identity.verify(Some("x")).map_err(fault)?,
            durable: Durable::default(),
            boot: 0,
            is_up: true,
            flights: BTreeMap::new(),
            read: Cases::default(),
        })
    }

    /// A case as last committed.
    pub fn load<C: Case>(&self) -> Option<C> {
        C::place_in(&self.read).clone()
    }

    /// Reads all cases from what is durable, as at a start.
    pub fn read_again(&mut self) -> Result<(), Violation> {
        self.read = Cases {
            negotiation: self.read_one()?,
            transfer: self.read_one()?,
        };
        Ok(())
    }

    fn read_one<C: Case>(&self) -> Result<Option<C>, Violation> {
        let Some(text) = self.durable.cases.get(&C::KIND) else {
            return Ok(None);
        };
        let value: Value = serde_json::from_str(text).map_err(fault)?;
        C::from_stored(&value).map(Some).map_err(fault)
    }

    /// The one transaction of a step.
    pub fn commit<C: Case>(
        &mut self,
        step: &Step<C>,
        cause: Cause<'_>,
        now: i64,
        tally: &mut Tally,
    ) -> Result<(), Violation> {
        self.durable
            .outbox
            .retain(|parcel| !step.cancelled.contains(&parcel.effect));
        let Some(case) = &step.case else { return Ok(()) };
        self.keep(case)?;
        self.note(C::KIND, &step.records, cause, tally)?;
        if let Some(in_force) = &step.agreement {
            self.durable.log.agreements += 1;
            self.durable.agreement = Some(Bound {
                agreement: in_force.agreement.clone(),
                retired: None,
            });
        }
        for effect in &step.effects {
            let Effect::Send {
                id,
                url,
                message,
                body,
                deadline,
            } = effect
            else {
                return Err(Violation(format!("nobody here asked for {effect:?}")));
            };
            self.durable.outbox.push(Parcel {
                effect: id.clone(),
                kind: C::KIND,
                message,
                url: url.clone(),
                body: body.clone(),
                deadline: deadline.unix_ms(),
                created_at: now,
                attempts: 0,
                not_before: 0,
            });
        }
        self.check_outbox(case)?;
        self.check_access()
    }

    fn keep<C: Case>(&mut self, case: &C) -> Result<(), Violation> {
        let text = case.to_stored().to_string();
        self.durable.cases.insert(C::KIND, text.clone());
        let again = self.read_one::<C>()?;
        if again.as_ref() != Some(case) {
            return Err(Violation(format!(
                "the {}'s case is not what was stored: {text}",
                self.role
            )));
        }
        let ended = self.durable.log.ended.get(&C::KIND).copied();
        if let Some(ended) = ended.filter(|ended| *ended != case.state()) {
            return Err(Violation(format!(
                "the {}'s {:?} left {ended} for {}",
                self.role,
                C::KIND,
                case.state()
            )));
        }
        if matches!(case.state(), "FINALIZED" | "COMPLETED" | "TERMINATED") {
            self.durable.log.ended.insert(C::KIND, case.state());
        }
        *C::place_in_mut(&mut self.read) = again;
        Ok(())
    }

    fn note(&mut self, kind: Kind, records: &[Record], cause: Cause<'_>, tally: &mut Tally) -> Result<(), Violation> {
        let log = &mut self.durable.log;
        if let Cause::Delivered(effect) = cause {
            log.delivered.insert(effect.to_owned());
        }
        for record in records {
            if record.kind == kind.accepted()
                && let Cause::Received(effect) = cause
            {
                tally.moves += 1;
                let times = log.accepted.entry(effect.to_owned()).or_default();
                *times += 1;
                if *times > 1 {
                    return Err(Violation(format!("the {} took `{effect}` {times} times", self.role)));
                }
            }
            if self.role == Role::Provider {
                log.access(record)?;
            }
        }
        Ok(())
    }

    /// The outbox holds the move under way and nothing else of its case.
    fn check_outbox<C: Case>(&self, case: &C) -> Result<(), Violation> {
        let waiting: Vec<&str> = self
            .durable
            .outbox
            .iter()
            .filter(|parcel| parcel.kind == C::KIND)
            .map(|parcel| parcel.effect.as_str())
            .collect();
        let pending = case
            .pending()
            .filter(|pending| pending.delivery == Delivery::Sending)
            .map(|pending| pending.effect);
        if waiting != pending.into_iter().collect::<Vec<_>>() {
            return Err(Violation(format!(
                "the {}'s outbox holds {waiting:?}, its case waits for {pending:?}",
                self.role
            )));
        }
        Ok(())
    }

    /// Access is open only where the last word about it was a start.
    fn check_access(&self) -> Result<(), Violation> {
        let Some(transfer) = self.read.transfer.as_ref().filter(|_| self.role == Role::Provider) else {
            return Ok(());
        };
        let log = &self.durable.log;
        if transfer.opening != Opening::Closed && !log.may_be_open {
            return Err(Violation("access is open after it was closed".to_owned()));
        }
        if transfer.openings != log.starts {
            return Err(Violation(format!(
                "{} openings, {} starts",
                transfer.openings, log.starts
            )));
        }
        Ok(())
    }
}

impl Log {
    fn access(&mut self, record: &Record) -> Result<(), Violation> {
        let text = |name: &str| {
            record
                .body
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        match record.kind {
            EntryKind::Transfer(Act::Decision) => match text("decision").as_str() {
                "start" => {
                    if self.held && text("actor") == "node" {
                        return Err(Violation("the node started what its people had suspended".to_owned()));
                    }
                    self.starts += 1;
                    self.may_be_open = true;
                    self.held = false;
                }
                "suspend" => {
                    self.may_be_open = false;
                    self.held = true;
                }
                _ => self.may_be_open = false,
            },
            EntryKind::Transfer(Act::MessageReceived) => {
                let closes = [
                    "TransferSuspensionMessage",
                    "TransferCompletionMessage",
                    "TransferTerminationMessage",
                ];
                if closes.contains(&text("message").as_str()) {
                    self.may_be_open = false;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The DSP base of the side that plays `role`.
pub(crate) fn base(role: Role) -> String {
    format!("https://{role}.example/dsp/2025-1")
}

/// Something that cannot be, told as a violation.
pub(crate) fn fault(error: impl std::fmt::Display) -> Violation {
    Violation(format!("cannot be: {error}"))
}
