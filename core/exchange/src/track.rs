//! Where a case stands: the state both sides know and at most one pending move of ours.
//!
//! A move becomes state on the peer's 2xx, or when the peer's next message implies it; a definitive refusal drops it; a
//! termination becomes state whatever the peer answers. Refuses to know what a message carries: that is the case's affair.
//!
//! # Moves that cross
//! are settled by rank, the same way on both sides: the lower one is answered *crossed* until its sender has the higher one,
//! which voids it; of two equal ones each side takes the other's, and both lead to the same state.
//!
//! # What may replace a move under way
//! Nobody knows whether the peer has a move under way, so what replaces it must fit both before and after it: only a
//! termination does, and not where the move under way would end the case (the peer would refuse to terminate what it holds
//! for completed). A move whose deadline passed may be replaced by anything: a person has looked at it.
//!
//! # Numbers
//! Between nodes of this kind each move carries a number (`effect`), which tells two things ([`number`]): its *serial*, rising
//! with every move of its sender, and *heard*, the highest serial of the receiver that the sender had accepted when it made
//! the move. The serial tells a repeat. *Heard* tells a stray: a move made before the sender accepted one of ours, reaching
//! us after we know that it did; accepting ours voided it. A copy that a slow network kept back can so do no harm,
//! whatever the state has come to meanwhile. *Heard* also tells whether a message implies our pending move. A *heard* of 0
//! tells nothing: the sender has accepted no numbered move of ours. A termination is never void.
//!
//! Other peers' repeats are told by their digest. A message with an `@id` of its own, equal to one accepted before, is a copy of
//! it, whatever was accepted since: the latest of them are remembered. Under a new name the same words are a copy where they can
//! be nothing else: the word that ended the case, or one to which our answer is under way. Without an `@id` a doubt remains:
//! while our move is under way, the same words again may be a repeat, or the peer has our move and means them anew. A provider
//! answers *crossed*: its own move's answer tells. A consumer takes them for a repeat, or both would wait for each other.

use crate::protocol::Protocol;
use chapar_dsp::Role;
use chapar_terms::{CaseId, Digest, Instant};

/// How long we try to deliver a move, in milliseconds.
pub const DELIVERY_MS: i64 = 10 * 60 * 1000;

/// Messages with an `@id` that are remembered of a case: more than a peer can have under way, and little to store.
const COPIES: usize = 16;

/// Where `heard` begins in an effect's number: more serials than a case can have, and still readable to people.
const HEARD: u64 = 1_000_000_000;

/// The number of an effect: rises with every move of a case.
pub const fn number(heard: u64, serial: u64) -> u64 {
    heard.saturating_mul(HEARD).saturating_add(serial)
}

/// A move of ours that the peer may not have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending<M> {
    /// What we sent.
    pub message: M,
    /// The id of the effect that delivers it.
    pub effect: String,
    /// Whether it is still being delivered.
    pub delivery: Delivery,
}

/// Whether a pending move is still on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The outbox holds it.
    Sending,
    /// Its deadline passed unanswered: the peer may have it or not. A new decision replaces it, a message of the peer may imply it.
    Lapsed,
}

/// The last message accepted from the peer, while no move of either side was accepted since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted<M> {
    /// Its kind.
    pub message: M,
    /// Of what it says.
    pub words: Digest,
}

/// A body of the peer, for telling it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// Of all of it.
    pub digest: Digest,
    /// Of what it says: without its own `@id`. Equal to `digest` where it has none.
    pub words: Digest,
}

impl Body {
    fn has_id(&self) -> bool {
        self.digest != self.words
    }
}

/// Why our last move failed, in the peer's words where it gave any. Shown to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerFault {
    /// What we had sent.
    pub message: String,
    /// HTTP status of the answer, when there was one.
    pub status: Option<u16>,
    /// The peer's code, or ours when there was no answer.
    pub code: String,
    /// Reasons for people.
    pub reason: Vec<String>,
    /// When it became known.
    pub at: Instant,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track<P: Protocol> {
    /// What both sides know; none before the first message was answered.
    pub state: Option<P::State>,
    /// Our move under way.
    pub pending: Option<Pending<P::Message>>,
    /// For telling a repeat.
    pub last: Option<Accepted<P::Message>>,
    /// Digests of accepted messages that have an `@id`, the latest last, at most [`COPIES`].
    pub copies: Vec<Digest>,
    /// The highest serial accepted from a peer that numbers its moves; 0 when none.
    pub peer_effect: u64,
    /// How many effects this case has had: the serial of the latest.
    pub effects: u64,
    /// The serial in the name of the pending move: of the first effect that was to deliver it.
    pub named: u64,
    /// The highest serial of ours that the peer is known to have accepted; 0 when none.
    pub acknowledged: u64,
    /// The last failure of a move of ours.
    pub fault: Option<PeerFault>,
}

/// How an incoming message is to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement<S> {
    /// Seen before, or it says what is so already: answer as before, without effect.
    Repeat,
    /// Made void by its sender, who accepted a move of ours instead; nobody waits for the answer.
    Stray,
    /// It leads to `state`.
    Accept {
        /// The state after it.
        state: S,
        /// What becomes of our pending move.
        pending: PendingFate,
    },
    /// It crossed a move of ours that outranks it: the peer should ask again once it has ours.
    Crossed,
    /// It does not fit the state.
    Wrong {
        /// What the peer may send now.
        expected: Vec<&'static str>,
    },
}

/// What an accepted message does to our pending move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingFate {
    /// There is none, or it goes on.
    Untouched,
    /// The message could only follow it: the peer has it.
    Implied,
    /// The message overtook it: it is void.
    Overtaken,
}

impl<P: Protocol> Default for Track<P> {
    fn default() -> Self {
        Self {
            state: None,
            pending: None,
            last: None,
            copies: Vec::new(),
            peer_effect: 0,
            effects: 0,
            named: 0,
            acknowledged: 0,
            fault: None,
        }
    }
}

impl<P: Protocol> Track<P> {
    /// Judges a message of the peer, who plays `sender`. `effect` is the peer's own number of the move when it gives a proven one.
    pub fn judge(&self, sender: Role, message: P::Message, body: Body, effect: Option<u64>) -> Judgement<P::State> {
        if effect.is_none() && self.is_copy(body) {
            return Judgement::Repeat;
        }
        if self.is_repeat(message, body, effect) {
            let doubt = effect.is_none() && sender == Role::Consumer && self.may_be_meant_anew(sender, message);
            return if doubt { Judgement::Crossed } else { Judgement::Repeat };
        }
        let heard = effect.map(|number| number / HEARD).filter(|heard| *heard > 0);
        if heard.is_some_and(|heard| heard < self.acknowledged) && !P::is_termination(message) {
            return Judgement::Stray;
        }
        let now = P::next(sender, self.state, message);
        let Some(pending) = &self.pending else {
            return match now {
                Ok(state) => Judgement::Accept {
                    state,
                    pending: PendingFate::Untouched,
                },
                Err(_) if chapar_terms::sabotaged("take-wrong-state") => {
                    self.state.map_or(Judgement::Repeat, |state| Judgement::Accept {
                        state,
                        pending: PendingFate::Untouched,
                    })
                }
                // A move decided anew after its deadline has a new number and the old body. And whoever was cut off while it said the
                // last word of all does not know that it was heard, and says it again under a new name: it cannot be meant anew.
                Err(_) if (effect.is_some() || self.is_over()) && self.is_last(message, body) => Judgement::Repeat,
                // It crossed a completion of ours, whose answer was quicker; whoever numbers its moves has made it void.
                Err(_) if effect.is_none() && self.state.is_some_and(|state| P::agrees(message, state)) => {
                    Judgement::Repeat
                }
                Err(expected) => Judgement::Wrong { expected },
            };
        };
        // A numbered message says itself whether its sender has our move.
        let may_have = heard.is_none_or(|heard| heard >= self.effects);
        let implied = P::next(sender.other(), self.state, pending.message)
            .ok()
            .filter(|_| may_have)
            .and_then(|after| P::next(sender, Some(after), message).ok());
        match (now, implied) {
            (_, Some(state)) if !P::is_termination(message) => Judgement::Accept {
                state,
                pending: PendingFate::Implied,
            },
            (Ok(state), _) if P::rank(message) >= P::rank(pending.message) || pending.delivery == Delivery::Lapsed => {
                Judgement::Accept {
                    state,
                    pending: PendingFate::Overtaken,
                }
            }
            (Ok(_), _) => Judgement::Crossed,
            // A termination can follow our unanswered first message, which the peer must have had.
            (Err(_), Some(state)) => Judgement::Accept {
                state,
                pending: PendingFate::Implied,
            },
            // The same words under another name while our answer to them is under way: the EDC family names a later try anew. Not
            // beside a termination of ours, which hides what else it replaced.
            (Err(_), None)
                if !P::is_termination(pending.message)
                    && self.is_last(message, body)
                    && !chapar_terms::sabotaged("refuse-renamed-copies") =>
            {
                Judgement::Repeat
            }
            (Err(expected), None) => Judgement::Wrong { expected },
        }
    }

    fn is_copy(&self, body: Body) -> bool {
        self.copies.contains(&body.digest) && !chapar_terms::sabotaged("forget-named-copies")
    }

    fn is_repeat(&self, message: P::Message, body: Body, effect: Option<u64>) -> bool {
        match effect {
            Some(_) if chapar_terms::sabotaged("take-numbered-repeat-as-new") => false,
            Some(number) => number % HEARD <= self.peer_effect,
            // Whoever gives its messages names means the same words under another one anew.
            None => !body.has_id() && self.is_last(message, body),
        }
    }

    /// Whether the peer could say this because it has our move, which is still under way.
    fn may_be_meant_anew(&self, sender: Role, message: P::Message) -> bool {
        self.pending
            .as_ref()
            .filter(|pending| pending.delivery == Delivery::Sending)
            .is_some_and(|pending| {
                let after = P::next(sender.other(), self.state, pending.message).ok();
                after.is_some_and(|after| P::next(sender, Some(after), message).is_ok())
            })
    }

    fn is_last(&self, message: P::Message, body: Body) -> bool {
        self.last
            .as_ref()
            .is_some_and(|last| last.message == message && last.words == body.words)
            && !chapar_terms::sabotaged("take-repeat-as-new")
    }

    /// Remembers the words of a message that says what is so already, for telling its copies. True where it is the first of its kind
    /// since the last move: whoever says the same in ever other words is answered, and nothing more is kept of it.
    pub fn hear(&mut self, message: P::Message, body: Body) -> bool {
        let is_new = !self.is_copy(body) && self.last.as_ref().is_none_or(|last| last.message != message);
        if is_new {
            self.remember(message, body, None);
        }
        is_new
    }

    fn remember(&mut self, message: P::Message, body: Body, effect: Option<u64>) {
        self.last = Some(Accepted {
            message,
            words: body.words,
        });
        // Those of a peer that numbers its moves are told by their numbers.
        if effect.is_none() && body.has_id() {
            let old = (self.copies.len() + 1).saturating_sub(COPIES);
            self.copies.drain(..old);
            self.copies.push(body.digest);
        }
    }

    fn is_over(&self) -> bool {
        self.state.is_some_and(P::is_final) && !chapar_terms::sabotaged("refuse-a-renamed-last-word")
    }

    /// Remembers the number of a repeat. True when it was a new one, so that the case must be stored.
    pub fn hear_again(&mut self, effect: Option<u64>) -> bool {
        let serial = effect.map_or(0, |number| number % HEARD);
        let is_new = serial > self.peer_effect;
        self.peer_effect = self.peer_effect.max(serial);
        is_new
    }

    /// Takes an accepted message of the peer. Returns the move of ours that need not be sent any more.
    pub fn accept(
        &mut self,
        message: P::Message,
        body: Body,
        effect: Option<u64>,
        state: P::State,
        fate: PendingFate,
    ) -> Option<Pending<P::Message>> {
        self.state = Some(state);
        self.remember(message, body, effect);
        self.peer_effect = effect.map_or(self.peer_effect, |number| number % HEARD);
        match fate {
            PendingFate::Untouched => None,
            PendingFate::Implied | PendingFate::Overtaken => self.pending.take(),
        }
    }

    /// A message of the peer that could only follow our pending move: it has that move, which becomes state.
    /// Returns that move, which need not be sent any more.
    pub fn imply(&mut self, role: Role) -> Option<Pending<P::Message>> {
        let pending = self.pending.clone()?;
        self.delivered(role, &pending.effect).then_some(pending)
    }

    /// Whether `role` may decide `message` now: no move under way that it cannot replace, and the state allows it.
    ///
    /// # Errors
    /// Says why not, with a stable code; tell the person and change nothing.
    pub fn may_propose(&self, role: Role, message: P::Message) -> Result<(), NotNow> {
        if let Some(pending) = &self.pending {
            let ends = P::next(role, self.state, pending.message).is_ok_and(P::is_final);
            let replaces = pending.delivery == Delivery::Lapsed || (P::is_termination(message) && !ends);
            if !replaces {
                return Err(NotNow {
                    code: "move-pending",
                    state: self.state_name(),
                    message: P::message_name(pending.message),
                });
            }
        }
        // A first message under way counts as had: whoever withdraws it must be able to say so to the peer.
        let state = self.state.or_else(|| {
            let pending = self.pending.as_ref()?;
            P::next(role, None, pending.message).ok()
        });
        if P::sends(role, state, message) {
            Ok(())
        } else {
            Err(NotNow {
                code: "wrong-state",
                state: self.state_name(),
                message: P::message_name(message),
            })
        }
    }

    /// The decisions that `role` may take now, by their words.
    pub fn decisions(&self, role: Role) -> Vec<&'static str> {
        let possible = P::DECISIONS
            .iter()
            .filter(|(message, _)| self.may_propose(role, *message).is_ok());
        possible.map(|(_, word)| *word).collect()
    }

    /// Makes `message` the pending move. Returns its effect id and the move it replaces, if any.
    pub fn propose(&mut self, case: &CaseId, message: P::Message) -> (String, Option<Pending<P::Message>>) {
        let effect = self.next_effect(case);
        if self.pending.is_none() {
            self.named = self.effects;
        }
        let replaced = self.pending.replace(Pending {
            message,
            effect: effect.clone(),
            delivery: Delivery::Sending,
        });
        (effect, replaced)
    }

    /// The `@id` of the pending move, which says `words`: the same for each try and when it is decided anew after its deadline.
    pub fn name(&self, case: &CaseId, words: &Digest) -> String {
        format!("{case}#{}-{}", self.named, words.hex())
    }

    /// A fresh effect id of this case: `<case>#<number>`, numbers rising.
    pub fn next_effect(&mut self, case: &CaseId) -> String {
        self.effects = self.effects.saturating_add(1);
        format!("{case}#{}", number(self.peer_effect, self.effects))
    }

    /// The peer took our pending move `effect`: it becomes state. False when that move is no longer pending.
    pub fn delivered(&mut self, role: Role, effect: &str) -> bool {
        let Some(pending) = self.pending.take_if(|pending| pending.effect == effect) else {
            return false;
        };
        if let Ok(state) = P::next(role, self.state, pending.message) {
            self.state = Some(state);
        }
        // The pending move is always the latest one made.
        self.acknowledged = self.effects;
        // A move of ours was accepted: what the peer said before can be said anew.
        self.last = None;
        // Who ends a case because something failed leaves the failure behind as the reason.
        self.fault = self.fault.take().filter(|_| P::is_termination(pending.message));
        true
    }

    /// The peer refused our pending move `effect` for good, or could not be reached before its deadline.
    /// False when that move is no longer pending.
    pub fn failed(&mut self, effect: &str, fault: PeerFault, lapsed: bool) -> bool {
        let Some(pending) = self.pending.as_mut().filter(|pending| pending.effect == effect) else {
            return false;
        };
        if P::is_termination(pending.message) || self.state.is_none_or(|state| state == P::TERMINATED) {
            self.state = Some(P::TERMINATED);
            self.pending = None;
        } else if lapsed {
            pending.delivery = Delivery::Lapsed;
        } else {
            self.pending = None;
        }
        self.fault = Some(fault);
        true
    }

    /// Ends the case by our own word before the peer has answered: its first message goes on, so that the answer tells what the
    /// peer calls the case.
    pub fn withdraw(&mut self) {
        self.state = Some(P::TERMINATED);
    }

    /// Whether it was ended.
    pub fn is_terminated(&self) -> bool {
        self.state == Some(P::TERMINATED)
    }

    /// The name of the state that our move `effect` leads to, while it is under way.
    pub fn leads_to(&self, role: Role, effect: &str) -> Option<&'static str> {
        let pending = self.pending.as_ref().filter(|pending| pending.effect == effect)?;
        let state = P::next(role, self.state, pending.message).ok()?;
        Some(P::state_name(state))
    }

    /// The state's wire name; `INITIAL` before the first answer.
    pub fn state_name(&self) -> &'static str {
        self.state.map_or("INITIAL", P::state_name)
    }
}

/// A decision cannot be taken in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotNow {
    /// `move-pending` or `wrong-state`.
    pub code: &'static str,
    /// Where the case stands.
    pub state: &'static str,
    /// The move under way, or the one that does not fit.
    pub message: &'static str,
}
