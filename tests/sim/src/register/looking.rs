//! How a mirror looks: the log's own place first, then others, one question at a time; what it does with what it finds.
//!
//! A model of the order in `edge/runtime`: seen before taken, files before rows, published by compare-and-swap, caught for good.

use super::disk::{Caught, Unwritten};
use super::house::Who;
use super::look::{Batch, Code, Look, Next};
use super::mirror::{Keeper, Reached};
use super::network::{Packet, Words};
use super::world::{Event, World};
use crate::Violation;
use chapar_register::RecordId;
use chapar_tlog::{Resource, SignedCheckpoint};

/// How long a place may take to answer, in milliseconds.
const PATIENCE: i64 = 4_000;
/// Time between two looks when all is well, and the longest after obstacles.
const EVERY: i64 = 9_000;
const LONGEST: i64 = 60_000;

/// Where a mirror asks for a log: at the log's own house, then at two that mirror it.
pub(crate) fn places(mirror: Who, log: Who) -> Vec<Who> {
    let others = [1, 3, 4, 6].map(|places| mirror.after(places));
    let others = others.into_iter().filter(|who| *who != log).take(2);
    std::iter::once(log).chain(others).collect()
}

impl World<'_> {
    fn keeper(&mut self, who: Who, boot: u64, log: Who) -> Option<&mut Keeper> {
        self.mind_of_mut(who, boot)?.keepers.at_mut(log).as_mut()
    }

    /// It is time to look at a log.
    pub fn begin_look(&mut self, who: Who, boot: u64, log: Who) -> Result<(), Violation> {
        let is_caught = self.nodes.at(who).disk.logs.at(log).caught.is_some();
        let Some(keeper) = self.keeper(who, boot, log) else {
            return Ok(());
        };
        if keeper.look.is_some() || is_caught {
            return Ok(());
        }
        keeper.look = Some(Look::at(0, None));
        self.go_on(who, boot, log)
    }

    /// A place has answered.
    pub fn take_answer(
        &mut self,
        packet: &Packet,
        resource: Resource,
        answer: Option<Vec<u8>>,
    ) -> Result<(), Violation> {
        let (who, log) = (packet.to, packet.log);
        let Some(look) = self
            .keeper(who, packet.boot, log)
            .and_then(|keeper| keeper.look.as_mut())
        else {
            return Ok(());
        };
        if look.asked != Some((packet.ticket, resource)) {
            return Ok(());
        }
        look.asked = None;
        look.take(resource, answer);
        self.go_on(who, packet.boot, log)
    }

    /// A place has not answered in time.
    pub fn time_out(&mut self, who: Who, boot: u64, log: Who, ticket: u64) -> Result<(), Violation> {
        let look = self.keeper(who, boot, log).and_then(|keeper| keeper.look.as_ref());
        let asked = look.and_then(|look| look.asked);
        match asked {
            Some((asked, _)) if asked == ticket => self.meet(who, boot, log, "send.timeout"),
            _ => Ok(()),
        }
    }

    /// Does what there is to do next.
    pub fn go_on(&mut self, who: Who, boot: u64, log: Who) -> Result<(), Violation> {
        let node = self.nodes.at_mut(who);
        let Some(mind) = node.mind.as_mut().filter(|_| node.boot == boot) else {
            return Ok(());
        };
        let Some(keeper) = mind.keepers.at_mut(log) else {
            return Ok(());
        };
        let Some(mut look) = keeper.look.take() else {
            return Ok(());
        };
        let (rows, files) = (node.disk.logs.at(log), node.disk.files.at(log));
        let recall = |id: &RecordId| rows.chain(id);
        let notes = (rows.checkpoint.as_ref(), rows.seen.as_ref());
        let next = look.next(self.houses.at(log), keeper, notes, files, &recall)?;
        keeper.look = Some(look);
        match next {
            Next::Ask(resource) => self.ask(who, boot, log, resource),
            Next::Same(note) => self.renew(who, boot, log, *note),
            Next::See(note) => self.see(who, boot, log, *note),
            Next::Stage(batch) => self.stage_files(who, boot, log, &batch),
            Next::Publish(whole) => self.publish_mirror(who, boot, log, whole.0, whole.1),
            Next::Unfit(code) => self.meet(who, boot, log, code),
            Next::Distrusted(code) => {
                let dropped = self.write(who, |disk| disk.logs.at_mut(log).drop_staged());
                if let Some(keeper) = self.keeper(who, boot, log) {
                    keeper.staged = None;
                }
                match dropped {
                    Ok(()) => self.meet(who, boot, log, code),
                    Err(_) => self.load_again(who, boot, log),
                }
            }
            Next::Caught(caught) => self.catch(who, boot, log, *caught),
        }
    }

    fn ask(&mut self, who: Who, boot: u64, log: Who, resource: Resource) -> Result<(), Violation> {
        let ticket = self.ticket();
        let Some(look) = self.keeper(who, boot, log).and_then(|keeper| keeper.look.as_mut()) else {
            return Ok(());
        };
        look.asked = Some((ticket, resource));
        let Some(to) = places(who, log).get(look.place).copied() else {
            return Err(Violation("a place is asked that is not there".to_owned()));
        };
        self.send(Packet {
            from: who,
            to,
            log,
            boot,
            ticket,
            words: Words::Get(resource),
        });
        self.queue
            .schedule(self.now + PATIENCE, Event::Timeout(who, boot, log, ticket));
        Ok(())
    }

    /// A place is of no use: the next one is asked, or the look is over.
    fn meet(&mut self, who: Who, boot: u64, log: Who, code: Code) -> Result<(), Violation> {
        let places = places(who, log);
        self.tally.obstacles += 1;
        let Some(keeper) = self.keeper(who, boot, log) else {
            return Ok(());
        };
        let Some(look) = keeper.look.take() else { return Ok(()) };
        let place = look.place + 1;
        self.tell(|| format!("{who} finds no use in place {} of {log}: {code}", look.place));
        if place < places.len() {
            if let Some(keeper) = self.keeper(who, boot, log) {
                keeper.look = Some(Look::at(place, look.obstacle.or(Some(code))));
            }
            return self.go_on(who, boot, log);
        }
        self.rest(who, boot, log, true);
        Ok(())
    }

    /// A look has come to its end.
    fn end_look(&mut self, who: Who, boot: u64, log: Who) {
        let Some(keeper) = self.keeper(who, boot, log) else {
            return;
        };
        let has_failed = keeper.look.take().is_some_and(|look| look.obstacle.is_some());
        self.rest(who, boot, log, has_failed);
    }

    fn rest(&mut self, who: Who, boot: u64, log: Who, has_failed: bool) {
        let Some(keeper) = self.keeper(who, boot, log) else {
            return;
        };
        keeper.failures = if has_failed { keeper.failures + 1 } else { 0 };
        let pause = (EVERY << keeper.failures.saturating_sub(1).min(4)).min(LONGEST);
        let pause = self.die.between(pause - pause / 8, pause + pause / 8);
        self.queue.schedule(self.now + pause, Event::Look(who, boot, log));
    }

    /// A write that failed may be durable all the same: goes on from what is stored.
    fn load_again(&mut self, who: Who, boot: u64, log: Who) -> Result<(), Violation> {
        if self.mind_of(who, boot).is_none() {
            return Ok(());
        }
        self.load_keeper(who, boot, log)?;
        self.tally.taken_up += 1;
        self.queue.schedule(self.now + 5, Event::Fold(who, boot, log));
        self.rest(who, boot, log, true);
        Ok(())
    }

    /// Takes a mirror up from the disk.
    pub fn load_keeper(&mut self, who: Who, boot: u64, log: Who) -> Result<(), Violation> {
        let house = self.houses.at(log);
        let disk = &mut self.nodes.at_mut(who).disk;
        let (keeper, is_stale) = Keeper::load(house, disk.logs.at(log), disk.files.at_mut(log))?;
        if is_stale {
            // Until this succeeds nothing is taken, as nothing can be staged behind it.
            disk.logs.at_mut(log).drop_staged();
        }
        if let Some(mind) = self.mind_of_mut(who, boot) {
            *mind.keepers.at_mut(log) = Some(keeper);
        }
        Ok(())
    }

    fn renew(&mut self, who: Who, boot: u64, log: Who, note: SignedCheckpoint) -> Result<(), Violation> {
        let rows = self.nodes.at(who).disk.logs.at(log);
        let is_known = rows.checkpoint.as_ref().is_none_or(|published| *published == note);
        let Some(keeper) = self.keeper(who, boot, log) else {
            return Ok(());
        };
        if is_known || keeper.staged.is_some() {
            self.end_look(who, boot, log);
            return Ok(());
        }
        let held = keeper.held.clone();
        self.publish_mirror(who, boot, log, note, held)
    }

    fn see(&mut self, who: Who, boot: u64, log: Who, note: SignedCheckpoint) -> Result<(), Violation> {
        self.law_of_growth(who, log, note.checkpoint())?;
        let seen = note.clone();
        if let Err(fault) = self.write(who, |disk| disk.logs.at_mut(log).seen = Some(seen)) {
            return self.fail(who, boot, log, fault);
        }
        let Some(keeper) = self.keeper(who, boot, log) else {
            return Ok(());
        };
        if let Some(mut look) = keeper.look.take() {
            look.begin(keeper, note)?;
            keeper.look = Some(look);
        }
        self.go_on(who, boot, log)
    }

    fn fail(&mut self, who: Who, boot: u64, log: Who, fault: Unwritten) -> Result<(), Violation> {
        match fault {
            Unwritten::Failed => self.load_again(who, boot, log),
            Unwritten::PowerCut => Ok(()),
        }
    }

    fn stage_files(&mut self, who: Who, boot: u64, log: Who, batch: &Batch) -> Result<(), Violation> {
        match self.write_files(who, log, &batch.files)? {
            Ok(()) => Ok(()),
            Err(fault) => self.fail(who, boot, log, fault),
        }
    }

    /// The files of a batch are durable: its rows are staged.
    pub fn stage_rows(&mut self, who: Who, boot: u64, log: Who) -> Result<(), Violation> {
        let Some(keeper) = self.keeper(who, boot, log) else {
            return Ok(());
        };
        let Some(batch) = keeper.look.as_ref().and_then(Look::batch).cloned() else {
            return Ok(());
        };
        let (to, before) = (batch.to.clone(), batch.before);
        let state = to.state.encode();
        let written = self.write(who, |disk| {
            let rows = disk.logs.at_mut(log);
            // Behind what is here, or not at all.
            let is_next = rows.entries.len() as u64 == before;
            if is_next {
                rows.entries.extend(batch.entries);
                rows.noted.extend(batch.noted);
                rows.staged = Some(state);
            }
            is_next
        });
        match written {
            Ok(true) => {}
            Ok(false) => return self.load_again(who, boot, log),
            Err(fault) => return self.fail(who, boot, log, fault),
        }
        if let Some(keeper) = self.keeper(who, boot, log) {
            keeper.staged = Some(to.clone());
            if let Some(look) = &mut keeper.look {
                look.staged(to);
            }
        }
        self.law_of_staged(who, log)?;
        self.go_on(who, boot, log)
    }

    fn publish_mirror(
        &mut self,
        who: Who,
        boot: u64,
        log: Who,
        note: SignedCheckpoint,
        reached: Reached,
    ) -> Result<(), Violation> {
        let (state, size) = (reached.state.encode(), note.checkpoint().size);
        let Some(keeper) = self.keeper(who, boot, log) else {
            return Ok(());
        };
        let before = keeper.held.edge.size();
        let written = self.write(who, |disk| {
            let rows = disk.logs.at_mut(log);
            let is_ours = rows.size == before;
            if is_ours {
                (rows.size, rows.checkpoint, rows.state) = (size, Some(note), state);
                (rows.staged, rows.seen) = (None, None);
            }
            is_ours
        });
        match written {
            Ok(true) => {}
            Ok(false) => return self.load_again(who, boot, log),
            Err(fault) => return self.fail(who, boot, log, fault),
        }
        if let Some(keeper) = self.keeper(who, boot, log) {
            (keeper.held, keeper.staged) = (reached, None);
        }
        self.tell(|| format!("{who} holds {size} entries of {log}"));
        self.tally.mirrored += 1;
        self.drop_partial_tiles(who, log, before, size);
        self.law_of_published(who, log)?;
        self.queue.schedule(self.now + 5, Event::Fold(who, boot, log));
        self.end_look(who, boot, log);
        Ok(())
    }

    fn catch(&mut self, who: Who, boot: u64, log: Who, caught: Caught) -> Result<(), Violation> {
        self.law.caught(&self.plan, self.houses.at(log), log, &caught)?;
        self.tell(|| format!("{who} has caught {log}"));
        match self.write(who, |disk| disk.logs.at_mut(log).caught = Some(caught)) {
            Ok(()) => {
                self.tally.caught += 1;
                if let Some(keeper) = self.keeper(who, boot, log) {
                    keeper.look = None;
                }
                Ok(())
            }
            // It is caught again at the next look.
            Err(fault) => self.fail(who, boot, log, fault),
        }
    }
}
