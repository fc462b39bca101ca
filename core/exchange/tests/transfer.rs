//! Transfers in both roles: access opens and closes with the decision, resumes come in every order, moves cross.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

mod desk;

use chapar_dsp::transfer::State;
use chapar_dsp::{DataAddress, Role};
use chapar_exchange::transfer::{
    Bound, Decision, HTTP_PULL, HTTP_PUSH, New, Opening, Transfer, decide, deliver, open, receive, receive_first,
};
use chapar_exchange::{Answer, Created, Mode, Received, RefusalKind, Reply, Step};
use chapar_terms::{AgreementId, AssetId};
use desk::{
    ASSET, NOW, Sent, bare_success, base, bound, callbacks, came_to, code, denying, from, id, kept, permitting, person,
    refusal, refused, sent, success, transfer_message, with, written,
};
use serde_json::{Map, Value};

const C: Role = Role::Consumer;
const P: Role = Role::Provider;

fn begin(format: &str, destination: Option<DataAddress>) -> (Transfer, Sent) {
    let new = New {
        peer: id(P),
        address: base(P),
        agreement: AgreementId::parse("urn:agreement:1").unwrap(),
        asset: AssetId::parse(ASSET).unwrap(),
        format: format.to_owned(),
        destination,
        mode: Mode::Auto,
        callbacks: callbacks(),
        private_properties: serde_json::Map::new(),
    };
    let step = with(C, |facts| open(new, &person(), facts));
    (kept(&step), sent(&step))
}

fn take_first(request: &Sent, rules: &Value, mode: Mode) -> Step<Transfer> {
    let (peer, bound) = (desk::peer(C), bound(rules));
    with(P, |facts| {
        receive_first(from(transfer_message(&request.body), &peer), Some(&bound), mode, facts)
    })
}

fn take_numbered(case: &Transfer, sent: &Sent, effect: Option<u64>) -> Step<Transfer> {
    let role = case.head.role;
    let (peer, bound) = (desk::peer(role.other()), bound(&permitting()));
    let received = Received {
        message: transfer_message(&sent.body),
        peer: &peer,
        effect,
    };
    with(role, |facts| receive(case.clone(), received, Some(&bound), facts))
}

fn take(case: &Transfer, sent: &Sent) -> Step<Transfer> {
    take_numbered(case, sent, None)
}

fn number(sent: &Sent) -> Option<u64> {
    sent.effect.rsplit_once('#').unwrap().1.parse().ok()
}

fn decided(case: &Transfer, decision: Decision) -> Step<Transfer> {
    let bound = bound(&permitting());
    with(case.head.role, |facts| {
        decide(case.clone(), decision, Some(&bound), &person(), facts)
    })
}

fn answer(case: &Transfer, sent: &Sent, answer: Answer) -> Step<Transfer> {
    with(case.head.role, |facts| {
        deliver(case.clone(), &sent.outgoing(), answer, facts)
    })
}

fn answered(case: &Transfer, sent: &Sent, said: Answer) -> Transfer {
    kept(&answer(case, sent, said))
}

fn suspend() -> Decision {
    Decision::Suspend {
        code: None,
        reason: vec!["pause".to_owned()],
    }
}

fn terminate() -> Decision {
    Decision::Terminate {
        code: Some("enough".to_owned()),
        reason: vec!["because".to_owned()],
    }
}

fn hand_over(from: &mut Transfer, to: &mut Transfer, decision: Decision) -> Step<Transfer> {
    let step = decided(from, decision);
    let message = sent(&step);
    // Between sides that number their moves from the first one on, and otherwise without.
    let effect = number(&message).filter(|_| from.track.peer_effect > 0);
    let taken = take_numbered(to, &message, effect);
    *to = kept(&taken);
    *from = answered(&kept(&step), &message, success(&taken));
    taken
}

fn requested(mode: Mode) -> (Transfer, Step<Transfer>) {
    let (consumer, request) = begin(HTTP_PULL, None);
    let taken = take_first(&request, &permitting(), mode);
    (answered(&consumer, &request, success(&taken)), taken)
}

fn started() -> (Transfer, Transfer) {
    started_with(|_| None)
}

/// Both sides `STARTED`; `effect` says which number the start carries.
fn started_with(effect: fn(&Sent) -> Option<u64>) -> (Transfer, Transfer) {
    let (consumer, taken) = requested(Mode::Auto);
    let start = sent(&taken);
    let opened = take_numbered(&consumer, &start, effect(&start));
    let mut provider = answered(&kept(&taken), &start, success(&opened));
    provider.track.peer_effect = effect(&start).map_or(0, |_| 1);
    (kept(&opened), provider)
}

/// Both sides `SUSPENDED`, by `role`.
fn suspended_by(role: Role) -> (Transfer, Transfer) {
    let (mut consumer, mut provider) = started();
    let (from, to) = if role == C {
        (&mut consumer, &mut provider)
    } else {
        (&mut provider, &mut consumer)
    };
    hand_over(from, to, suspend());
    assert_eq!(
        (consumer.track.state, provider.track.state),
        (Some(State::Suspended), Some(State::Suspended))
    );
    (consumer, provider)
}

/// The consumer can use what is open.
fn flows(consumer: &Transfer, provider: &Transfer) -> bool {
    let token = consumer
        .source
        .as_ref()
        .and_then(|source| source.property("authorization"));
    match provider.opening {
        Opening::Open { number, .. } => token == Some(&*format!("token-{number}")) && provider.admits(number, NOW),
        Opening::Closed => false,
    }
}

#[test]
fn by_itself_to_started_and_completed_by_either_side() {
    for role in Role::ALL {
        let (mut consumer, mut provider) = started();
        assert!(flows(&consumer, &provider));
        let (from, to) = if role == C {
            (&mut consumer, &mut provider)
        } else {
            (&mut provider, &mut consumer)
        };
        let taken = hand_over(from, to, Decision::Complete);
        assert_eq!(code(&taken), "COMPLETED");
        assert_eq!((provider.opening, &consumer.source), (Opening::Closed, &None));
        assert!(are_over(&consumer, &provider));
    }
}

fn are_over(consumer: &Transfer, provider: &Transfer) -> bool {
    consumer.is_over() && provider.is_over()
}

#[test]
fn by_hand_the_provider_waits_for_a_person() {
    let (mut consumer, taken) = requested(Mode::Manual);
    let mut provider = kept(&taken);
    assert_eq!((taken.effects.len(), provider.opening), (0, Opening::Closed));
    let too_early = decided(&provider, suspend());
    assert_eq!(code(&too_early), "wrong-state");
    assert_eq!(
        refused(&too_early).reason.last().unwrap(),
        "what can be decided now: `start`, `terminate`"
    );
    assert_eq!(code(&decided(&consumer, Decision::Start)), "wrong-state");
    hand_over(&mut provider, &mut consumer, Decision::Start);
    assert!(flows(&consumer, &provider) && provider.openings == 1);
}

#[test]
fn what_a_request_must_be() {
    let push = DataAddress {
        endpoint_type: "http".to_owned(),
        endpoint: None,
        properties: vec![],
        members: Map::new(),
    };
    let table = [
        (HTTP_PULL, None, "REQUESTED"),
        (HTTP_PUSH, Some(push.clone()), "REQUESTED"),
        (HTTP_PULL, Some(push), "format-unsupported"),
        (HTTP_PUSH, None, "format-unsupported"),
        ("Carrier-Pigeon", None, "format-unsupported"),
    ];
    for (format, destination, expected) in table {
        let (_, request) = begin(format, destination);
        let step = take_first(&request, &permitting(), Mode::Manual);
        assert_eq!(code(&step), expected, "{format}");
        if expected == "REQUESTED" {
            assert_eq!(kept(&step).format, format);
        } else {
            assert_eq!(written(&step), [("transfer.message.refused", expected)]);
        }
    }
    let (_, request) = begin(HTTP_PULL, None);
    let peer = desk::peer(C);
    let step = with(P, |facts| {
        receive_first(from(transfer_message(&request.body), &peer), None, Mode::Auto, facts)
    });
    assert_eq!(
        (refused(&step).kind, step.case.is_none()),
        (RefusalKind::NotFound, true)
    );
    assert_eq!(written(&step), [("transfer.message.refused", "agreement-unknown")]);
}

#[test]
fn a_consumer_gives_up_its_copy_of_the_address_and_a_fresh_start_brings_another() {
    let (mut consumer, mut provider) = started();
    assert_eq!(
        code(&decided(&provider, Decision::Forget)),
        "access-closed",
        "it is the consumer's"
    );
    let step = decided(&consumer, Decision::Forget);
    assert!(step.effects.is_empty(), "the provider is not told");
    assert_eq!(written(&step), [("transfer.decision", "forget")]);
    consumer = kept(&step);
    assert_eq!(
        (consumer.source.is_none(), consumer.track.state),
        (true, Some(State::Started))
    );
    assert_eq!(code(&decided(&consumer, Decision::Forget)), "access-closed");
    hand_over(&mut provider, &mut consumer, suspend());
    hand_over(&mut provider, &mut consumer, Decision::Start);
    assert!(flows(&consumer, &provider));
}

#[test]
fn a_consumer_keeps_the_address_that_was_given_anew_unless_another_came_meanwhile() {
    let (mut consumer, mut provider) = started();
    let old = consumer.source.clone().unwrap();
    let mut new = old.clone();
    new.properties[0].1 = "fresh".to_owned();
    let renew = || Decision::Renew {
        old: old.clone(),
        new: new.clone(),
    };
    assert_eq!(
        code(&decided(&provider, renew())),
        "access-closed",
        "it is the consumer's"
    );
    let step = decided(&consumer, renew());
    assert!(step.effects.is_empty(), "the provider is not told");
    assert_eq!(written(&step), [("transfer.decision", "renew")]);
    assert!(
        !step.records[0].body.to_string().contains("fresh"),
        "a token is no evidence"
    );
    assert_eq!(kept(&step).source.as_ref(), Some(&new));
    hand_over(&mut provider, &mut consumer, suspend());
    assert_eq!(code(&decided(&consumer, renew())), "access-closed");
    hand_over(&mut provider, &mut consumer, Decision::Start);
    assert_eq!(code(&decided(&consumer, renew())), "address-changed");
}

fn retired_bound() -> Bound {
    Bound {
        retired: Some("the plant has closed".to_owned()),
        ..bound(&permitting())
    }
}

#[test]
fn nothing_begins_or_goes_on_under_an_agreement_that_was_retired() {
    let why = "the agreement was retired: the plant has closed";
    let (_, request) = begin(HTTP_PULL, None);
    let peer = desk::peer(C);
    let step = with(P, |facts| {
        let received = from(transfer_message(&request.body), &peer);
        receive_first(received, Some(&retired_bound()), Mode::Auto, facts)
    });
    let refusal = refused(&step);
    assert_eq!(
        (refusal.kind, refusal.code.as_str(), refusal.reason.as_slice()),
        (RefusalKind::Denied, "agreement-retired", [why.to_owned()].as_slice())
    );
    assert!(step.case.is_none());

    // A suspended one is not started by anybody.
    for role in [C, P] {
        let (consumer, provider) = suspended_by(role);
        let case = if role == C { consumer } else { provider };
        let step = with(role, |facts| {
            decide(case, Decision::Start, Some(&retired_bound()), &person(), facts)
        });
        assert_eq!(code(&step), "agreement-retired");
    }
    // The consumer, whose side has retired it, is sent the start that it once asked for; the provider is asked to resume.
    let (consumer, taken) = requested(Mode::Auto);
    let (resuming, provider) = suspended_by(C);
    let resume = sent(&decided(&resuming, Decision::Start));
    for (case, message) in [(consumer, sent(&taken)), (provider, resume)] {
        let peer = desk::peer(case.head.role.other());
        let step = with(case.head.role, |facts| {
            let received = from(transfer_message(&message.body), &peer);
            receive(case.clone(), received, Some(&retired_bound()), facts)
        });
        let after = kept(&step);
        assert_eq!((after.phase(), after.opening), ("TERMINATING", Opening::Closed));
        assert!(after.source.is_none(), "nothing is kept of the address");
        let ended = after.ended.unwrap();
        assert_eq!(
            (ended.code.as_deref(), ended.reason.as_slice()),
            (Some("agreement-retired"), [why.to_owned()].as_slice())
        );
        assert_eq!(sent(&step).message, "TransferTerminationMessage");
    }
}

#[test]
fn a_denial_by_policy_terminates_with_reasons() {
    let (consumer, request) = begin(HTTP_PULL, None);
    let step = take_first(&request, &denying(), Mode::Auto);
    let provider = kept(&step);
    assert_eq!(
        (provider.phase(), provider.opening, provider.openings),
        ("TERMINATING", Opening::Closed, 0)
    );
    let ended = provider.ended.clone().unwrap();
    assert_eq!(
        (ended.code.as_deref(), ended.reason.is_empty()),
        (Some("policy-denied"), false)
    );
    assert_eq!(kept(&take(&consumer, &sent(&step))).ended, Some(ended));
}

#[test]
fn a_relative_window_counts_from_the_time_of_the_agreement() {
    let rules = serde_json::json!({ "permission": [{ "action": "use", "constraint": [
        { "leftOperand": "inForceDate", "operator": "lteq", "rightOperand": "contractAgreement+1h" }
    ] }] });
    for (age_ms, expected) in [(0, "STARTING"), (3_600_001, "TERMINATING")] {
        let (_, request) = begin(HTTP_PULL, None);
        let (peer, bound) = (desk::peer(C), bound(&rules));
        let step = desk::at(NOW.plus_ms(age_ms), P, |facts| {
            receive_first(
                from(transfer_message(&request.body), &peer),
                Some(&bound),
                Mode::Auto,
                facts,
            )
        });
        assert_eq!(kept(&step).phase(), expected, "{age_ms} ms after the agreement");
    }
}

#[test]
fn a_suspension_closes_access_at_once_and_no_answer_reopens_it() {
    for answer in [refusal(), Answer::Lapsed("silence".to_owned()), bare_success()] {
        let (_, provider) = started();
        let step = decided(&provider, suspend());
        let suspending = kept(&step);
        assert_eq!(
            (suspending.track.state, suspending.opening),
            (Some(State::Started), Opening::Closed)
        );
        assert!(!suspending.admits(1, NOW));
        let after = answered(&suspending, &sent(&step), answer.clone());
        assert_eq!((after.opening, after.source), (Opening::Closed, None), "{answer:?}");
    }
}

#[test]
fn both_sides_know_who_suspended_it_and_why_until_it_starts_again() {
    let (consumer, provider) = suspended_by(C);
    let Decision::Suspend { code, reason } = suspend() else {
        panic!()
    };
    for case in [&consumer, &provider] {
        let why = case.suspended.as_ref().unwrap();
        assert_eq!((why.by, &why.code, &why.reason), (C, &code, &reason));
    }
    let step = decided(&consumer, Decision::Start);
    let taken = take(&provider, &sent(&step));
    let (provider, start) = (kept(&taken), sent(&taken));
    let consumer = answered(&kept(&step), &sent(&step), success(&taken));
    let opened = take(&consumer, &start);
    let provider = answered(&provider, &start, success(&opened));
    assert!(kept(&opened).suspended.is_none() && provider.suspended.is_none());
    let (mut consumer, mut provider) = suspended_by(P);
    assert_eq!(provider.suspended.as_ref().map(|why| why.by), Some(P));
    hand_over(&mut provider, &mut consumer, Decision::Start);
    assert!(consumer.suspended.is_none() && provider.suspended.is_none());
}

#[test]
fn after_a_refused_or_unanswered_suspension_only_a_new_start_opens() {
    for answer in [refusal(), Answer::Lapsed("silence".to_owned())] {
        let (mut consumer, provider) = started();
        let step = decided(&provider, suspend());
        let mut provider = answered(&kept(&step), &sent(&step), answer);
        let taken = hand_over(&mut provider, &mut consumer, Decision::Start);
        assert_eq!((code(&taken).as_str(), provider.openings), ("STARTED", 2));
        assert!(flows(&consumer, &provider) && !provider.admits(1, NOW));
    }
    let (_, provider) = started();
    assert_eq!(
        code(&decided(&provider, Decision::Start)),
        "wrong-state",
        "access is open already"
    );
}

#[test]
fn either_side_may_terminate_in_every_state_and_access_closes_at_once() {
    for (name, make) in [
        (
            "REQUESTED",
            (|| {
                let (consumer, taken) = requested(Mode::Manual);
                (consumer, kept(&taken))
            }) as fn() -> (Transfer, Transfer),
        ),
        ("STARTED", started),
        ("SUSPENDED", || suspended_by(C)),
        ("SUSPENDED", || suspended_by(P)),
    ] {
        for role in Role::ALL {
            let (mut consumer, mut provider) = make();
            assert_eq!(provider.track.state_name(), name);
            let (from, to) = if role == C {
                (&mut consumer, &mut provider)
            } else {
                (&mut provider, &mut consumer)
            };
            assert_eq!(kept(&decided(from, terminate())).opening, Opening::Closed);
            let taken = hand_over(from, to, terminate());
            assert_eq!(code(&taken), "TERMINATED", "{role} in {name}");
            assert!(are_over(&consumer, &provider) && consumer.ended == provider.ended);
            assert_eq!(code(&decided(&provider, terminate())), "wrong-state");
        }
    }
    for answer in [refusal(), Answer::Lapsed("silence".to_owned())] {
        let (_, provider) = started();
        let step = decided(&provider, terminate());
        assert!(answered(&kept(&step), &sent(&step), answer).is_over());
    }
}

#[test]
fn a_consumer_resumes_and_the_fresh_start_comes_after_the_answer() {
    let (consumer, provider) = suspended_by(C);
    let step = decided(&consumer, Decision::Start);
    let taken = take(&provider, &sent(&step));
    let (provider, start) = (kept(&taken), sent(&taken));
    assert_eq!((code(&taken).as_str(), provider.openings), ("STARTED", 2));
    let resumed = with(C, |facts| {
        deliver(kept(&step), &sent(&step).outgoing(), success(&taken), facts)
    });
    assert_eq!(came_to(&resumed), [("STARTED", C)]);
    let consumer = kept(&resumed);
    assert!(consumer.start_due && consumer.source.is_none());
    assert_eq!(code(&decided(&consumer, suspend())), "start-due");
    let opened = take(&consumer, &start);
    let (consumer, provider) = (kept(&opened), answered(&provider, &start, success(&opened)));
    assert!(!consumer.start_due && flows(&consumer, &provider) && !provider.admits(1, NOW));
}

#[test]
fn a_consumer_resumes_and_the_fresh_start_comes_before_the_answer() {
    let (consumer, provider) = suspended_by(C);
    let step = decided(&consumer, Decision::Start);
    let taken = take(&provider, &sent(&step));
    let opened = take(&kept(&step), &sent(&taken));
    assert_eq!(
        (code(&opened).as_str(), &opened.cancelled),
        ("STARTED", &vec![sent(&step).effect])
    );
    assert_eq!(came_to(&opened), [("STARTED", P)], "the answer to the resume, already");
    let consumer = kept(&opened);
    let provider = answered(&kept(&taken), &sent(&taken), success(&opened));
    assert!(flows(&consumer, &provider));
    // The late answer to the resume, and a copy of the resume.
    let late = with(C, |facts| {
        deliver(consumer.clone(), &sent(&step).outgoing(), success(&taken), facts)
    });
    assert!(kept(&late) == consumer && !consumer.start_due);
    assert_eq!(
        written(&late),
        [
            ("transfer.message.sent", "TransferStartMessage"),
            ("transfer.delivery", "taken")
        ]
    );
    let copy = sent(&step);
    assert_eq!(code(&take(&provider, &copy)), "STARTED", "a copy of what was taken");
    assert_eq!(
        code(&take(&provider, &copy.without_name())),
        "wrong-state",
        "with nothing else to tell by: the state"
    );
}

#[test]
fn a_fresh_start_does_not_wake_what_has_ended() {
    let (consumer, provider) = suspended_by(C);
    let step = decided(&consumer, Decision::Start);
    let taken = take(&provider, &sent(&step));
    let consumer = answered(&kept(&step), &sent(&step), success(&taken));
    let ending = decided(&consumer, terminate());
    assert_eq!(code(&take(&kept(&ending), &sent(&taken))), "moves-crossed");
    let ended = answered(&kept(&ending), &sent(&ending), bare_success());
    assert_eq!(code(&take(&ended, &sent(&taken))), "wrong-state");
    assert_eq!(ended.track.state, Some(State::Terminated));
}

#[test]
fn only_the_provider_resumes_what_the_provider_suspended() {
    let (consumer, mut provider) = suspended_by(P);
    let step = decided(&consumer, Decision::Start);
    let taken = take(&provider, &sent(&step));
    assert_eq!(
        (refused(&taken).kind, code(&taken).as_str()),
        (RefusalKind::BadRequest, "suspended-by-provider")
    );
    assert_eq!((kept(&taken).opening, taken.effects.len()), (Opening::Closed, 0));
    let mut consumer = answered(&kept(&step), &sent(&step), refusal());
    assert_eq!(consumer.track.state, Some(State::Suspended));
    hand_over(&mut provider, &mut consumer, Decision::Start);
    assert!(flows(&consumer, &provider) && !provider.held);
}

#[test]
fn resumes_that_cross_end_with_one_open_address() {
    for numbered in [false, true] {
        let effect = |sent: &Sent| number(sent).filter(|_| numbered);
        let (mut consumer, mut provider) = if numbered { started_with(number) } else { started() };
        hand_over(&mut consumer, &mut provider, suspend());
        let (resume, start) = (decided(&consumer, Decision::Start), decided(&provider, Decision::Start));
        let at_provider = take_numbered(&kept(&start), &sent(&resume), effect(&sent(&resume)));
        let at_consumer = take_numbered(&kept(&resume), &sent(&start), effect(&sent(&start)));
        let (mut consumer, mut provider) = (kept(&at_consumer), kept(&at_provider));
        if numbered {
            // Ours was void from then on: a second start brings a second address.
            let second = sent(&at_provider);
            let opened = take_numbered(&consumer, &second, effect(&second));
            provider = answered(&provider, &second, success(&opened));
            consumer = kept(&opened);
        } else {
            assert!(at_provider.effects.is_empty(), "the start under way is the answer");
            provider = answered(&provider, &sent(&start), success(&at_consumer));
        }
        assert_eq!(
            (consumer.track.state, provider.track.state),
            (Some(State::Started), Some(State::Started))
        );
        assert!(flows(&consumer, &provider), "numbered {numbered}");
    }
}

#[test]
fn a_completion_that_comes_after_ours_was_answered_is_written_down_once_and_not_refused() {
    let (consumer, provider) = started();
    let theirs = sent(&decided(&provider, Decision::Complete));
    let ours = decided(&consumer, Decision::Complete);
    // The peer was only about to say so when it told that it stands there.
    let completed = answered(&kept(&ours), &sent(&ours), bare_success());
    let late = take(&completed, &theirs);
    assert_eq!((code(&late), came_to(&late)), ("COMPLETED".to_owned(), Vec::new()));
    assert_eq!(
        written(&late),
        [("transfer.message.received", "TransferCompletionMessage")]
    );
    let again = take(&kept(&late), &theirs);
    assert_eq!(code(&again), "COMPLETED");
    assert!(again.case.is_none() && again.records.is_empty());
    assert_eq!(
        code(&take(&completed, &sent(&decided(&provider, terminate())))),
        "wrong-state"
    );
    // A side that numbers its moves has made it void.
    assert_eq!(
        refused(&take_numbered(&completed, &theirs, number(&theirs))).code,
        "wrong-state"
    );
}

#[test]
fn crossing_moves_end_in_one_state() {
    type Move = (fn() -> Decision, &'static str, u8);
    let moves: [Move; 3] = [
        (suspend, "SUSPENDED", 1),
        (|| Decision::Complete, "COMPLETED", 2),
        (terminate, "TERMINATED", 3),
    ];
    for (ours, our_state, our_rank) in moves {
        for (theirs, their_state, their_rank) in moves {
            let (consumer, provider) = started();
            let (from_consumer, from_provider) = (decided(&consumer, ours()), decided(&provider, theirs()));
            let at_provider = take(&kept(&from_provider), &sent(&from_consumer));
            let at_consumer = take(&kept(&from_consumer), &sent(&from_provider));
            let crossed = |rank: u8, other: u8, state: &str| {
                if rank < other {
                    "moves-crossed".to_owned()
                } else {
                    state.to_owned()
                }
            };
            assert_eq!(code(&at_provider), crossed(our_rank, their_rank, our_state));
            assert_eq!(code(&at_consumer), crossed(their_rank, our_rank, their_state));
            assert_eq!(kept(&at_provider).opening, Opening::Closed);
            let winner = if our_rank > their_rank { our_state } else { their_state };
            let (consumer, provider) = (kept(&at_consumer), kept(&at_provider));
            // Whoever took the other's move is there; whoever holds the higher one waits for its answer.
            for (case, waits) in [(&consumer, our_rank > their_rank), (&provider, their_rank > our_rank)] {
                assert_eq!(
                    case.track.state_name(),
                    if waits { "STARTED" } else { winner },
                    "{our_state} against {their_state}"
                );
                assert_eq!(case.track.pending.is_some(), waits, "{our_state} against {their_state}");
            }
        }
    }
}

#[test]
fn a_copy_kept_back_by_the_network_does_no_harm() {
    let (consumer, provider) = started_with(number);
    // Both suspend; the consumer takes the provider's and drops its own, of which a copy is under way.
    let (ours, theirs) = (decided(&consumer, suspend()), decided(&provider, suspend()));
    let taken = take_numbered(&kept(&ours), &sent(&theirs), number(&sent(&theirs)));
    assert_eq!(taken.cancelled, [sent(&ours).effect]);
    let (consumer, provider) = (kept(&taken), answered(&kept(&theirs), &sent(&theirs), success(&taken)));
    // The provider starts again, and then the copy comes.
    let start = decided(&provider, Decision::Start);
    let opened = take_numbered(&consumer, &sent(&start), number(&sent(&start)));
    let provider = answered(&kept(&start), &sent(&start), success(&opened));
    let stray = take_numbered(&provider, &sent(&ours), number(&sent(&ours)));
    assert_eq!(
        (code(&stray).as_str(), kept(&stray)),
        ("move-void", provider.clone()),
        "nothing changed"
    );
    assert_eq!(written(&stray), [("transfer.message.refused", "move-void")]);
    assert!(flows(&kept(&opened), &provider));
}

#[test]
fn a_move_decided_anew_after_its_deadline_is_a_repeat_whose_number_counts() {
    let (consumer, provider) = started_with(number);
    let first = decided(&consumer, suspend());
    let provider = kept(&take_numbered(&provider, &sent(&first), number(&sent(&first))));
    let lapsed = answered(&kept(&first), &sent(&first), Answer::Lapsed("silence".to_owned()));
    let second = decided(&lapsed, suspend());
    assert_ne!(sent(&first).effect, sent(&second).effect);
    let again = take_numbered(&provider, &sent(&second), number(&sent(&second)));
    assert_eq!(
        (code(&again).as_str(), kept(&again).track.peer_effect),
        ("SUSPENDED", 3)
    );
    assert_eq!(
        answered(&kept(&second), &sent(&second), success(&again)).track.state,
        Some(State::Suspended)
    );
}

#[test]
fn only_a_transfer_that_does_not_start_or_go_on_is_overdue() {
    const LIMIT: i64 = 60_000;
    let (consumer, request) = begin(HTTP_PULL, None);
    assert!(consumer.due_at(LIMIT).is_none());
    let taken = take_first(&request, &permitting(), Mode::Manual);
    let consumer = answered(&consumer, &request, success(&taken));
    for case in [&consumer, &kept(&taken)] {
        assert_eq!(case.due_at(LIMIT), Some(NOW.plus_ms(LIMIT)));
        assert!(case.overdue(LIMIT, NOW.plus_ms(LIMIT - 1)).is_none());
        let decision = case.overdue(LIMIT, NOW.plus_ms(LIMIT)).unwrap();
        assert_eq!(kept(&decided(case, decision)).phase(), "TERMINATING");
    }
    let (consumer, provider) = started();
    for case in [consumer, provider] {
        assert!(case.due_at(LIMIT).is_none());
    }
    for role in [C, P] {
        let (consumer, provider) = suspended_by(role);
        for case in [&consumer, &provider] {
            assert_eq!(case.due_at(LIMIT), Some(NOW.plus_ms(LIMIT)), "suspended by the {role}");
            let decision = case.overdue(LIMIT, NOW.plus_ms(LIMIT)).unwrap();
            assert_eq!(kept(&decided(case, decision)).phase(), "TERMINATING");
        }
    }
    // While a move of ours is on its way it does not hang, however long it waited before.
    let (suspended, _) = suspended_by(C);
    let resuming = kept(&decided(&suspended, Decision::Start));
    assert_eq!(resuming.track.state, suspended.track.state);
    assert!(resuming.due_at(LIMIT).is_none() && resuming.overdue(LIMIT, NOW.plus_ms(9 * LIMIT)).is_none());
}

#[test]
fn repeats_and_second_requests() {
    let (_, request) = begin(HTTP_PULL, None);
    let provider = kept(&take_first(&request, &permitting(), Mode::Auto));
    let again = take(&provider, &request);
    assert!(
        matches!(
            again.reply,
            Reply::Taken {
                created: Created::Yes,
                ..
            }
        ) && again.case.is_none()
    );
    assert!(again.effects.is_empty(), "access is given once");
    let text = String::from_utf8(request.body.clone())
        .unwrap()
        .replace("urn:agreement:1", "urn:agreement:2");
    let other = Sent {
        body: text.into_bytes(),
        ..request
    };
    assert_eq!(code(&take(&provider, &other)), "pid-in-use");
}

#[test]
fn an_unreadable_row_is_a_fault_and_no_case() {
    let (consumer, _) = started();
    let stored = consumer.to_stored();
    for member in [
        "head",
        "track",
        "agreement",
        "asset",
        "format",
        "openings",
        "held",
        "startDue",
    ] {
        let mut broken = stored.as_object().unwrap().clone();
        broken.remove(member);
        assert!(Transfer::from_stored(&Value::Object(broken)).is_err(), "{member}");
    }
}

#[test]
fn one_that_nobody_answers_ends_at_once_and_whoever_answers_later_is_told() {
    for is_quick in [false, true] {
        let (consumer, request) = begin(HTTP_PULL, None);
        let step = decided(&consumer, terminate());
        let ended = kept(&step);
        assert_eq!((ended.phase(), came_to(&step)), ("TERMINATED", vec![("TERMINATED", C)]));
        assert!(
            step.effects.is_empty() && step.cancelled.is_empty(),
            "the request goes on"
        );
        // The provider had it after all; its start may be quicker than its answer.
        let provider = take_first(&request, &permitting(), Mode::Auto);
        let told = if is_quick {
            take(&ended, &sent(&provider))
        } else {
            answer(&ended, &request, success(&provider))
        };
        let provider = kept(&take(&kept(&provider), &sent(&told)));
        assert_eq!(provider.track.state, Some(State::Terminated));
        assert!(!provider.admits(provider.openings, NOW), "access is closed");
    }
}
