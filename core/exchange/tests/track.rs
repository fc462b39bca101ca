//! The judge of incoming messages as a table a person can read: where we stand, what comes, how it is taken.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop loudly")]

use chapar_dsp::{Role, negotiation, transfer};
use chapar_exchange::protocol::{NegotiationProtocol, Protocol, TransferProtocol};
use chapar_exchange::track::{Accepted, Body, Delivery, Judgement, PeerFault, Pending, PendingFate, Track, number};
use chapar_terms::{CaseId, Digest, Instant};

/// Two bodies: `SAME` is the one last accepted from the peer.
const SAME: &[u8] = b"same";
const OTHER: &[u8] = b"other";

fn case() -> CaseId {
    CaseId::parse("urn:case").unwrap()
}

fn fault() -> PeerFault {
    PeerFault {
        message: String::new(),
        status: None,
        code: String::new(),
        reason: vec![],
        at: Instant::from_unix_ms(0),
    }
}

/// A track in `state` with `pending` under way; `last` was accepted before with the body `SAME`.
fn track<P: Protocol>(state: &str, pending: Option<P::Message>, last: Option<P::Message>) -> Track<P> {
    let mut track = Track::<P> {
        state: P::parse_state(state),
        ..Track::default()
    };
    assert_eq!(track.state.is_none(), state == "none", "{state}");
    if let Some(pending) = pending {
        track.propose(&case(), pending);
    }
    track.last = last.map(|message| Accepted {
        message,
        words: Digest::of(SAME),
    });
    track
}

/// A body without an `@id` of its own.
fn unnamed(bytes: &[u8]) -> Body {
    let digest = Digest::of(bytes);
    Body { digest, words: digest }
}

/// The same words under this `@id`.
fn named(bytes: &[u8], id: &str) -> Body {
    Body {
        digest: Digest::of_parts(&[bytes, id.as_bytes()]),
        words: Digest::of(bytes),
    }
}

fn told<P: Protocol>(judgement: Judgement<P::State>) -> String {
    match judgement {
        Judgement::Repeat => "repeat".to_owned(),
        Judgement::Stray => "stray".to_owned(),
        Judgement::Accept {
            state,
            pending: PendingFate::Untouched,
        } => P::state_name(state).to_owned(),
        Judgement::Accept { state, pending } => format!("{} {pending:?}", P::state_name(state)).to_lowercase(),
        Judgement::Crossed => "crossed".to_owned(),
        Judgement::Wrong { expected } => format!("wrong, expected {}", expected.len()),
    }
}

#[test]
fn transfers_without_numbers() {
    use Role::{Consumer as C, Provider as P};
    use transfer::Message::{Completion, Request, Start, Suspension, Termination};
    type Row = (
        Role,
        &'static str,
        Option<transfer::Message>,
        Option<transfer::Message>,
        transfer::Message,
        &'static [u8],
        &'static str,
    );
    // sender, our state, our pending move, last accepted (body SAME), message, body, taken as
    #[rustfmt::skip]
    let table: &[Row] = &[
        // Nothing of ours under way: the machine decides.
        (C, "none", None, None, Request, OTHER, "REQUESTED"),
        (P, "REQUESTED", None, None, Start, OTHER, "STARTED"),
        (C, "REQUESTED", None, None, Start, OTHER, "wrong, expected 1"),
        (C, "STARTED", None, None, Suspension, OTHER, "SUSPENDED"),
        (C, "COMPLETED", None, None, Termination, OTHER, "wrong, expected 0"),
        // A repeat is the same kind and body, and nothing accepted since.
        (C, "SUSPENDED", None, Some(Suspension), Suspension, SAME, "repeat"),
        (C, "SUSPENDED", None, Some(Suspension), Suspension, OTHER, "wrong, expected 2"),
        (C, "TERMINATED", None, Some(Termination), Termination, SAME, "repeat"),
        (C, "STARTED", None, None, Suspension, SAME, "SUSPENDED"),
        // What could only follow our move shows that the peer has it.
        (P, "none", Some(Request), None, Start, OTHER, "started implied"),
        (P, "none", Some(Request), None, Termination, OTHER, "terminated implied"),
        (C, "REQUESTED", Some(Start), None, Completion, OTHER, "completed implied"),
        (C, "SUSPENDED", Some(Start), None, Suspension, OTHER, "suspended implied"),
        // Crossing: equal rank gives way on both sides, the lower one waits for the higher.
        (C, "STARTED", Some(Suspension), None, Suspension, OTHER, "suspended overtaken"),
        (C, "STARTED", Some(Suspension), None, Completion, OTHER, "completed overtaken"),
        (C, "STARTED", Some(Completion), None, Suspension, OTHER, "crossed"),
        (C, "STARTED", Some(Completion), None, Completion, OTHER, "completed overtaken"),
        (C, "STARTED", Some(Completion), None, Termination, OTHER, "terminated overtaken"),
        (C, "STARTED", Some(Termination), None, Completion, OTHER, "crossed"),
        (C, "STARTED", Some(Termination), None, Termination, OTHER, "terminated overtaken"),
        (C, "SUSPENDED", Some(Start), None, Start, OTHER, "started overtaken"),
        (C, "REQUESTED", Some(Start), None, Termination, OTHER, "terminated overtaken"),
        // The same words while our move is under way: a provider asks to wait, a consumer takes them for a repeat.
        (C, "SUSPENDED", Some(Start), Some(Suspension), Suspension, SAME, "crossed"),
        (P, "SUSPENDED", Some(Start), Some(Suspension), Suspension, SAME, "repeat"),
        // Our termination under way leaves no room for what does not fit.
        (C, "REQUESTED", Some(Termination), None, Completion, OTHER, "wrong, expected 1"),
    ];
    for (sender, state, pending, last, message, body, expected) in table {
        let track = track::<TransferProtocol>(state, *pending, *last);
        let taken = told::<TransferProtocol>(track.judge(*sender, *message, unnamed(body), None));
        assert_eq!(
            taken, *expected,
            "{sender} sends {message} in {state}, pending {pending:?}, last {last:?}"
        );
    }
}

#[test]
fn negotiations_without_numbers() {
    use Role::{Consumer as C, Provider as P};
    use negotiation::Message::{Accepted, Agreement, Finalized, Offer, Request, Termination, Verification};
    type Row = (
        Role,
        &'static str,
        Option<negotiation::Message>,
        negotiation::Message,
        &'static str,
    );
    #[rustfmt::skip]
    let table: &[Row] = &[
        (C, "none", None, Request, "REQUESTED"),
        (P, "none", None, Offer, "OFFERED"),
        (P, "none", Some(Request), Agreement, "agreed implied"),
        (P, "none", Some(Request), Termination, "terminated implied"),
        (C, "none", Some(Offer), Accepted, "accepted implied"),
        (C, "REQUESTED", Some(Agreement), Verification, "verified implied"),
        (P, "ACCEPTED", Some(Verification), Finalized, "wrong, expected 2"),
        (P, "AGREED", Some(Verification), Finalized, "finalized implied"),
        // An acceptance stands against a second offer, and a second offer does not undo it.
        (P, "OFFERED", Some(Accepted), Offer, "crossed"),
        (P, "OFFERED", Some(Request), Offer, "offered implied"),
        // Terminating is always allowed, up to the end.
        (C, "VERIFIED", Some(Finalized), Termination, "terminated overtaken"),
        (P, "VERIFIED", Some(Termination), Finalized, "crossed"),
        (P, "VERIFIED", None, Finalized, "FINALIZED"),
        (C, "FINALIZED", None, Termination, "wrong, expected 0"),
        (P, "REQUESTED", None, Finalized, "wrong, expected 3"),
        (C, "AGREED", None, Accepted, "wrong, expected 2"),
    ];
    for (sender, state, pending, message, expected) in table {
        let track = track::<NegotiationProtocol>(state, *pending, None);
        let taken = told::<NegotiationProtocol>(track.judge(*sender, *message, unnamed(OTHER), None));
        assert_eq!(
            taken, *expected,
            "{sender} sends {message} in {state}, pending {pending:?}"
        );
    }
}

#[test]
fn numbers_tell_repeats_strays_and_what_the_sender_had() {
    use Role::Consumer as C;
    use transfer::Message::{Completion, Start, Suspension};
    // We are the provider; serials 1 and 2 of the consumer were accepted, and serial 3 of ours is acknowledged.
    let base = Track::<TransferProtocol> {
        peer_effect: 2,
        effects: 3,
        acknowledged: 3,
        ..track("STARTED", None, None)
    };
    let judged = |track: &Track<TransferProtocol>, message, heard, serial, body: &[u8]| {
        told::<TransferProtocol>(track.judge(C, message, unnamed(body), Some(number(heard, serial))))
    };
    assert_eq!(judged(&base, Suspension, 3, 3, OTHER), "SUSPENDED");
    assert_eq!(judged(&base, Suspension, 3, 2, OTHER), "repeat");
    assert_eq!(
        judged(&base, Suspension, 2, 3, OTHER),
        "stray",
        "made before its sender had our third move"
    );
    // The same words under a new number are a new move.
    let suspended = Track {
        last: Some(Accepted {
            message: Suspension,
            words: Digest::of(SAME),
        }),
        ..base.clone()
    };
    assert_eq!(judged(&suspended, Suspension, 3, 3, SAME), "SUSPENDED");
    // With a start of ours under way (serial 4), only who has heard it can suspend again.
    let mut resuming = Track {
        state: Some(transfer::State::Suspended),
        ..suspended
    };
    resuming.propose(&case(), Start);
    assert_eq!(judged(&resuming, Suspension, 4, 3, SAME), "suspended implied");
    assert_eq!(judged(&resuming, Completion, 3, 3, OTHER), "wrong, expected 2");
    assert_eq!(judged(&resuming, Start, 3, 3, OTHER), "started overtaken");
    // A move decided anew after its deadline: new number, old body, and the state has it already.
    let done = Track {
        state: Some(transfer::State::Suspended),
        last: suspended_last(),
        ..base
    };
    assert_eq!(judged(&done, Suspension, 3, 3, SAME), "repeat");
}

fn suspended_last() -> Option<Accepted<transfer::Message>> {
    Some(Accepted {
        message: transfer::Message::Suspension,
        words: Digest::of(SAME),
    })
}

#[test]
fn effect_numbers_rise_and_say_what_was_heard() {
    let mut track = Track::<TransferProtocol>::default();
    assert_eq!(track.next_effect(&case()), "urn:case#1");
    assert_eq!(track.next_effect(&case()), "urn:case#2");
    track.accept(
        transfer::Message::Start,
        unnamed(SAME),
        Some(number(2, 7)),
        transfer::State::Started,
        PendingFate::Untouched,
    );
    assert_eq!(track.peer_effect, 7);
    assert_eq!(track.next_effect(&case()), "urn:case#7000000003");
    assert!(track.hear_again(Some(number(2, 8))) && !track.hear_again(Some(number(2, 8))) && !track.hear_again(None));
}

#[test]
fn only_a_termination_replaces_a_move_under_way_and_not_one_that_ends_the_case() {
    use Role::{Consumer as C, Provider as P};
    use negotiation::Message as N;
    use transfer::Message as T;
    let transfer_table = [
        (C, "STARTED", Some(T::Suspension), T::Termination, Ok(())),
        (C, "STARTED", Some(T::Suspension), T::Completion, Err("move-pending")),
        (C, "STARTED", Some(T::Completion), T::Termination, Err("move-pending")),
        (C, "STARTED", Some(T::Termination), T::Termination, Err("move-pending")),
        (P, "SUSPENDED", Some(T::Start), T::Suspension, Err("move-pending")),
        (P, "REQUESTED", None, T::Suspension, Err("wrong-state")),
        (P, "REQUESTED", None, T::Start, Ok(())),
        (C, "REQUESTED", None, T::Start, Err("wrong-state")),
        (C, "none", Some(T::Request), T::Termination, Ok(())),
    ];
    for (role, state, pending, message, expected) in transfer_table {
        let track = track::<TransferProtocol>(state, pending, None);
        assert_eq!(
            track.may_propose(role, message).map_err(|why| why.code),
            expected,
            "{role} {state} {pending:?} {message}"
        );
    }
    let negotiation_table = [
        (P, "VERIFIED", Some(N::Finalized), N::Termination, Err("move-pending")),
        (C, "OFFERED", Some(N::Request), N::Accepted, Err("move-pending")),
        (C, "OFFERED", Some(N::Request), N::Termination, Ok(())),
        // Taken from others, never sent.
        (P, "OFFERED", None, N::Offer, Err("wrong-state")),
    ];
    for (role, state, pending, message, expected) in negotiation_table {
        let track = track::<NegotiationProtocol>(state, pending, None);
        assert_eq!(
            track.may_propose(role, message).map_err(|why| why.code),
            expected,
            "{role} {state} {pending:?} {message}"
        );
    }
}

#[test]
fn what_may_be_decided_is_named_by_its_word() {
    use Role::{Consumer as C, Provider as P};
    use negotiation::Message as N;
    let table = [
        (C, "OFFERED", None, "request accept terminate"),
        (P, "OFFERED", None, "terminate"),
        (P, "REQUESTED", None, "offer agree terminate"),
        (C, "REQUESTED", None, "terminate"),
        (C, "OFFERED", Some(N::Accepted), "terminate"),
        (P, "VERIFIED", Some(N::Finalized), ""),
        (C, "AGREED", None, "verify terminate"),
        (C, "FINALIZED", None, ""),
    ];
    for (role, state, pending, words) in table {
        let track = track::<NegotiationProtocol>(state, pending, None);
        assert_eq!(track.decisions(role).join(" "), words, "{role} {state} {pending:?}");
    }
    let track = track::<TransferProtocol>("STARTED", None, None);
    assert_eq!(track.decisions(C), ["suspend", "complete", "terminate"]);
}

#[test]
fn a_lapsed_move_may_be_replaced_overtaken_or_implied() {
    use transfer::Message::{Completion, Start, Suspension, Termination};
    let mut track = track::<TransferProtocol>("STARTED", Some(Completion), None);
    let effect = track.pending.as_ref().unwrap().effect.clone();
    assert!(track.failed(&effect, fault(), true));
    assert!(matches!(
        track.pending,
        Some(Pending {
            delivery: Delivery::Lapsed,
            ..
        })
    ));
    for message in [Suspension, Completion, Termination] {
        assert_eq!(track.may_propose(Role::Consumer, message), Ok(()), "{message}");
    }
    assert_eq!(
        track.may_propose(Role::Consumer, Start).unwrap_err().code,
        "wrong-state"
    );
    let taken = told::<TransferProtocol>(track.judge(Role::Provider, Suspension, unnamed(OTHER), None));
    assert_eq!(taken, "suspended overtaken");
}

#[test]
fn what_becomes_of_a_move() {
    use transfer::Message::{Request, Suspension, Termination};
    use transfer::State;
    // message, state before, refused?/lapsed?, state after, still pending
    let table = [
        (Suspension, Some(State::Started), false, Some(State::Started), false),
        (Suspension, Some(State::Started), true, Some(State::Started), true),
        (Termination, Some(State::Started), false, Some(State::Terminated), false),
        (Termination, Some(State::Started), true, Some(State::Terminated), false),
        (Request, None, false, Some(State::Terminated), false),
        (Request, None, true, Some(State::Terminated), false),
    ];
    for (message, state, lapsed, after, pending) in table {
        let mut track = Track::<TransferProtocol> {
            state,
            ..Track::default()
        };
        let (effect, _) = track.propose(&case(), message);
        assert!(
            !track.failed("urn:case#99", fault(), lapsed),
            "another effect's end changes nothing"
        );
        assert!(track.failed(&effect, fault(), lapsed));
        assert_eq!(
            (track.state, track.pending.is_some()),
            (after, pending),
            "{message} lapsed {lapsed}"
        );
    }
    let mut track = Track::<TransferProtocol> {
        state: Some(State::Started),
        ..Track::default()
    };
    let (effect, _) = track.propose(&case(), Suspension);
    assert!(track.delivered(Role::Consumer, &effect) && !track.delivered(Role::Consumer, &effect));
    assert_eq!((track.state, track.acknowledged), (Some(State::Suspended), 1));
}

#[test]
fn the_same_words_under_a_new_name_are_a_repeat_while_ours_to_them_is_under_way() {
    use negotiation::Message::{Agreement, Verification};
    let judged = |pending| {
        let track = track::<NegotiationProtocol>("AGREED", pending, Some(Agreement));
        told::<NegotiationProtocol>(track.judge(Role::Provider, Agreement, named(SAME, "2"), None))
    };
    assert_eq!(judged(Some(Verification)), "repeat");
    assert_eq!(judged(None), "wrong, expected 1");
}

#[test]
fn a_word_that_crossed_ours_is_new_once_in_whatever_other_words_it_comes_again() {
    use transfer::Message::{Completion, Start};
    let mut track = track::<TransferProtocol>("COMPLETED", None, Some(Start));
    let heard: Vec<bool> = ["1", "2", "1"]
        .into_iter()
        .zip([SAME, OTHER, OTHER])
        .map(|(name, words)| track.hear(Completion, named(words, name)))
        .collect();
    assert_eq!(heard, [true, false, false]);
}

#[test]
fn the_last_word_of_all_is_a_repeat_under_a_new_name_too() {
    use transfer::Message::{Completion, Start, Suspension, Termination};
    let judged = |state, last, message| {
        let track = track::<TransferProtocol>(state, None, Some(last));
        told::<TransferProtocol>(track.judge(Role::Consumer, message, named(SAME, "2"), None))
    };
    assert_eq!(judged("COMPLETED", Completion, Completion), "repeat");
    assert_eq!(judged("TERMINATED", Termination, Termination), "repeat");
    assert_eq!(judged("COMPLETED", Completion, Termination), "wrong, expected 0");
    assert_eq!(judged("COMPLETED", Start, Completion), "repeat", "it crossed ours");
    assert_eq!(judged("TERMINATED", Start, Completion), "wrong, expected 0");
    assert_eq!(judged("SUSPENDED", Suspension, Suspension), "wrong, expected 2");
    let track = track::<TransferProtocol>("TERMINATED", None, Some(Termination));
    let other = track.judge(Role::Consumer, Termination, named(OTHER, "2"), None);
    assert_eq!(told::<TransferProtocol>(other), "wrong, expected 0", "other words");
    // At the provider's last word of a negotiation too.
    use negotiation::Message::Finalized;
    let track = self::track::<NegotiationProtocol>("FINALIZED", None, Some(Finalized));
    let again = track.judge(Role::Provider, Finalized, named(SAME, "2"), None);
    assert_eq!(told::<NegotiationProtocol>(again), "repeat");
}

#[test]
fn a_move_keeps_its_name_until_it_is_settled() {
    use transfer::Message::{Start, Suspension};
    let mut track = track::<TransferProtocol>("STARTED", None, None);
    let words = Digest::of(SAME);
    let (first, _) = track.propose(&case(), Suspension);
    let name = track.name(&case(), &words);
    assert!(track.failed(&first, fault(), true));
    let (second, _) = track.propose(&case(), Suspension);
    assert_eq!(track.name(&case(), &words), name, "decided anew after its deadline");
    assert_ne!(track.name(&case(), &Digest::of(OTHER)), name, "other words");
    assert!(track.delivered(Role::Consumer, &second));
    track.propose(&case(), Start);
    assert_ne!(track.name(&case(), &words), name, "after it was accepted");
}

#[test]
fn a_message_with_a_name_is_known_again_whatever_came_since() {
    use transfer::Message::{Start, Suspension};
    let mut track = track::<TransferProtocol>("STARTED", None, None);
    let judged = |track: &Track<TransferProtocol>, message, body| {
        told::<TransferProtocol>(track.judge(Role::Consumer, message, body, None))
    };
    let accept = |track: &mut Track<TransferProtocol>, message, body: Body, state: &str| {
        let state = TransferProtocol::parse_state(state).unwrap();
        track.accept(message, body, None, state, PendingFate::Untouched);
    };
    accept(&mut track, Suspension, named(SAME, "1"), "SUSPENDED");
    assert_eq!(judged(&track, Suspension, named(SAME, "1")), "repeat");
    assert_eq!(
        judged(&track, Suspension, named(SAME, "2")),
        "wrong, expected 2",
        "the same words under another name are meant anew"
    );
    accept(&mut track, Start, named(OTHER, "3"), "STARTED");
    assert_eq!(
        judged(&track, Suspension, named(SAME, "1")),
        "repeat",
        "a copy that comes late suspends nothing"
    );
    assert_eq!(
        judged(&track, Suspension, named(SAME, "4")),
        "SUSPENDED",
        "the same words, meant anew"
    );
    assert_eq!(judged(&track, Suspension, unnamed(SAME)), "SUSPENDED");
    // While our own move is under way there is no doubt about a copy.
    track.state = TransferProtocol::parse_state("SUSPENDED");
    track.propose(&case(), Start);
    assert_eq!(judged(&track, Suspension, named(SAME, "1")), "repeat");
    // The latest are remembered, those of a peer that numbers its moves are not.
    for number in 0..16 {
        accept(&mut track, Start, named(OTHER, &format!("more {number}")), "STARTED");
    }
    assert_eq!(track.copies.len(), 16);
    assert!(!track.copies.contains(&named(SAME, "1").digest));
    let state = track.state.unwrap();
    track.accept(
        Start,
        named(OTHER, "numbered"),
        Some(number(0, 9)),
        state,
        PendingFate::Untouched,
    );
    assert!(!track.copies.contains(&named(OTHER, "numbered").digest));
}
