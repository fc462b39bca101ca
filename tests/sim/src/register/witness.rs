//! Cosigning: a log asks its witnesses, and a witness decides by what it cosigned last and keeps that before it answers.
//!
//! The decision and the policy are the core's; asking again and the comparing write are models of `edge/runtime`.

use super::disk::Unwritten;
use super::house::{Hashed, Who};
use super::mirror::bare;
use super::network::{Packet, Words};
use super::sequencer::Phase;
use super::world::{Event, World};
use crate::Violation;
use crate::side::fault;
use chapar_tlog::policy::Policy;
use chapar_tlog::witness::{AddCheckpoint, Answer, KnownLog, decide};
use chapar_tlog::{Signature, SignedCheckpoint, Statement, prove_consistency};

/// A witness that did not cosign is asked again after this time, in milliseconds.
const ASK_AGAIN: i64 = 3_000;

/// The witnesses of a log.
pub(crate) fn witnesses_of(log: Who) -> [Who; 3] {
    [log.after(2), log.after(5), log.after(7)]
}

impl World<'_> {
    /// The policy of a log: two of its three witnesses.
    pub fn policy_of(&self, log: Who) -> Result<Policy, Violation> {
        let mut text = format!("log {}\n", self.houses.at(log).vkey.render());
        for witness in witnesses_of(log) {
            text += &format!("witness {witness} {}\n", self.houses.at(witness).witness_vkey.render());
        }
        let [one, two, three] = witnesses_of(log);
        text += &format!("group all 2 {one} {two} {three}\nquorum all\n");
        Policy::parse(text.as_bytes()).map_err(fault)
    }

    /// A log asks a witness for what waits, or is out; if that has not this witness's cosignature yet.
    pub fn ask_witness(&mut self, log: Who, witness: Who, boot: u64) -> Result<(), Violation> {
        let Some(mind) = self.mind_of(log, boot) else {
            return Ok(());
        };
        let Phase::Waiting { candidate, .. } = &mind.sequencer.phase else {
            return Ok(());
        };
        let key = &self.houses.at(witness).witness_vkey;
        if candidate
            .note()
            .signatures()
            .iter()
            .any(|signature| signature.key_id == key.id())
        {
            return Ok(());
        }
        let known = mind.sequencer.known.get(&witness).copied().unwrap_or(0);
        let new = candidate.checkpoint();
        if known > new.size {
            // It has cosigned a longer history of this log, which is so only of a log that has two.
            self.queue
                .schedule(self.now + ASK_AGAIN, Event::Witness(log, witness, boot));
            return Ok(());
        }
        let files = self.nodes.at(log).disk.files.at(log);
        let request = AddCheckpoint {
            old_size: known,
            proof: prove_consistency(known, new.size, &|id| files.get_or_full(id)).map_err(fault)?,
            checkpoint: bare(candidate)?,
        };
        let ticket = self.ticket();
        self.send(Packet {
            from: log,
            to: witness,
            log,
            boot,
            ticket,
            words: Words::Cosign(request.render()),
        });
        self.queue
            .schedule(self.now + ASK_AGAIN, Event::Witness(log, witness, boot));
        Ok(())
    }

    /// A witness is asked.
    pub fn cosign(&mut self, packet: &Packet, text: &str) -> Result<(), Violation> {
        let (witness, log, now) = (packet.to, packet.log, self.instant());
        if self.nodes.at(witness).mind.is_none() {
            return Ok(());
        }
        let request = AddCheckpoint::parse(text.as_bytes()).map_err(fault)?;
        let before = self.nodes.at(witness).disk.logs.at(log).cosigned.clone();
        let keys = [self.houses.at(log).vkey.clone()];
        let known = KnownLog {
            keys: &keys,
            cosigned: before
                .as_ref()
                .map(|(note, _)| (note.checkpoint().size, note.checkpoint().root)),
        };
        let answer = decide(&Hashed, Some(&known), &request);
        if !matches!(answer, Answer::Cosign(_)) {
            let size = match answer {
                Answer::OtherSize(size) => size.to_string(),
                _ => String::new(),
            };
            self.send(packet.answer(Words::Cosigned(answer.status(), size)));
            return Ok(());
        }
        let at = before.map_or(now, |(_, last)| now.max(last));
        let cosigned = self.houses.at(witness).cosign(bare(&request.checkpoint)?, at)?;
        let key = self.houses.at(witness).witness_vkey.id();
        let lines = cosigned.note().signatures().iter().filter(|one| one.key_id == key);
        let lines: String = lines.map(Signature::render).collect();
        let kept = (cosigned.clone(), at);
        match self.write(witness, |disk| disk.logs.at_mut(log).cosigned = Some(kept)) {
            Ok(()) => {}
            Err(Unwritten::Failed) => {
                self.send(packet.answer(Words::Cosigned(503, String::new())));
                return Ok(());
            }
            Err(Unwritten::PowerCut) => return Ok(()),
        }
        self.law.cosigned(witness, log, cosigned.checkpoint())?;
        self.tally.cosigned += 1;
        self.send(packet.answer(Words::Cosigned(200, lines)));
        Ok(())
    }

    /// A witness has answered.
    pub fn take_cosignature(&mut self, packet: &Packet, status: u16, text: &str) -> Result<(), Violation> {
        let (log, witness) = (packet.to, packet.from);
        let key = self.houses.at(witness).witness_vkey.clone();
        let policy = self.policy_of(log)?;
        let Some(mind) = self.mind_of_mut(log, packet.boot) else {
            return Ok(());
        };
        if let (409, Ok(size)) = (status, text.parse()) {
            mind.sequencer.known.insert(witness, size);
            return self.ask_witness(log, witness, packet.boot);
        }
        let Phase::Waiting { candidate, .. } = &mut mind.sequencer.phase else {
            return Ok(());
        };
        let found = Signature::parse_lines(text).unwrap_or_default();
        let note = candidate.note().text().to_owned();
        let is_good = |one: &Signature| matches!(key.verify(&Hashed, &note, &one.bytes), Ok(Statement::SeenAt(_)));
        let is_there = candidate.note().signatures().iter().any(|one| one.key_id == key.id());
        let Some(good) = found.into_iter().find(|one| is_good(one) && !is_there) else {
            return Ok(());
        };
        candidate.add(good);
        let size = candidate.checkpoint().size;
        let is_met = is_met(&policy, candidate);
        mind.sequencer.known.insert(witness, size);
        match is_met {
            true => self.publish(log, packet.boot),
            false => Ok(()),
        }
    }
}

/// Whether enough witnesses cosigned.
fn is_met(policy: &Policy, signed: &SignedCheckpoint) -> bool {
    policy
        .cosigned(&Hashed, signed)
        .is_ok_and(|places| policy.is_quorum(&places))
}
