//! Negotiations in both roles, by hand and by themselves; what is refused, what is ended, what is in force when.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

mod desk;

use chapar_dsp::negotiation::State;
use chapar_dsp::{Agreement, NegotiationContent, Offer, Role};
use chapar_exchange::negotiation::{
    Decision, FollowOn, Negotiation, New, decide, deliver, open, receive, receive_first, remove,
};
use chapar_exchange::{Actor, Answer, Created, Mode, RefusalKind, Reply, Step};
use chapar_terms::{CaseId, Pid};
use desk::{
    NOW, Sent, agreement, at, bare_success, base, callbacks, came_to, code, denying, from, id, kept,
    negotiation_message, offer, permitting, person, published, refusal, refused, sent, success, with, written,
};
use serde_json::{Value, json};

const C: Role = Role::Consumer;
const P: Role = Role::Provider;

fn begin(role: Role, rules: &Value, mode: Mode) -> (Negotiation, Sent) {
    let new = New {
        role,
        peer: id(role.other()),
        address: base(role.other()),
        offer: offer(rules),
        mode,
        callbacks: callbacks(),
        follow_on: None,
    };
    let step = with(role, |facts| open(new, &person(), facts));
    (kept(&step), sent(&step))
}

fn take_first(role: Role, sent: &Sent, rules: &Value, mode: Mode) -> Step<Negotiation> {
    let published = (role == P).then(|| published(rules, mode));
    with(role, |facts| {
        receive_first(
            from(negotiation_message(&sent.body), &desk::peer(role.other())),
            published,
            facts,
        )
    })
}

fn take(case: &Negotiation, sent: &Sent) -> Step<Negotiation> {
    let role = case.head.role;
    let peer = desk::peer(role.other());
    with(role, |facts| {
        receive(case.clone(), from(negotiation_message(&sent.body), &peer), facts)
    })
}

fn decided(case: &Negotiation, decision: Decision) -> Step<Negotiation> {
    with(case.head.role, |facts| decide(case.clone(), decision, &person(), facts))
}

fn answered(case: &Negotiation, sent: &Sent, answer: Answer) -> Step<Negotiation> {
    with(case.head.role, |facts| {
        deliver(case.clone(), &sent.outgoing(), answer, facts)
    })
}

fn terminate() -> Decision {
    Decision::Terminate {
        code: Some("enough".to_owned()),
        reason: vec!["because".to_owned()],
    }
}

/// `from` decides, `to` takes it, `from` hears the success.
fn hand_over(from: &mut Negotiation, to: &mut Negotiation, decision: Decision) -> Step<Negotiation> {
    let step = decided(from, decision);
    let message = sent(&step);
    let taken = take(to, &message);
    *to = kept(&taken);
    *from = kept(&answered(&kept(&step), &message, success(&taken)));
    assert_eq!(from.track.state, to.track.state);
    taken
}

/// A manual negotiation that the consumer began and both sides hold for `REQUESTED`.
fn requested() -> (Negotiation, Negotiation) {
    let (consumer, first) = begin(C, &permitting(), Mode::Manual);
    let taken = take_first(P, &first, &permitting(), Mode::Manual);
    assert!(matches!(
        taken.reply,
        Reply::Taken {
            created: Created::Yes,
            state: "REQUESTED",
            ..
        }
    ));
    assert!(taken.effects.is_empty(), "a manual definition waits for a person");
    let consumer = kept(&answered(&consumer, &first, success(&taken)));
    (consumer, kept(&taken))
}

#[test]
fn by_itself_from_request_to_finalized() {
    let (consumer, request) = begin(C, &permitting(), Mode::Auto);
    assert_eq!(
        (consumer.phase(), request.url.as_str()),
        ("REQUESTING", "https://provider.example/dsp/negotiations/request")
    );
    let taken = take_first(P, &request, &permitting(), Mode::Auto);
    let (provider, agree) = (kept(&taken), sent(&taken));
    assert_eq!(
        (provider.phase(), agree.message),
        ("AGREEING", "ContractAgreementMessage")
    );
    let consumer = kept(&answered(&consumer, &request, success(&taken)));

    let taken = take(&consumer, &agree);
    let (consumer, verify) = (kept(&taken), sent(&taken));
    assert_eq!(consumer.phase(), "VERIFYING");
    assert!(taken.agreement.is_none());
    // The verification comes before the answer to the agreement: it implies it.
    let taken = take(&provider, &verify);
    assert_eq!(taken.cancelled, std::slice::from_ref(&agree.effect));
    let (provider, finalize) = (kept(&taken), sent(&taken));
    assert_eq!(
        (provider.phase(), provider.track.state),
        ("FINALIZING", Some(State::Verified))
    );
    assert!(taken.agreement.is_none(), "the consumer may still terminate");
    let verified = answered(&consumer, &verify, success(&taken));
    assert_eq!(came_to(&verified), [("VERIFIED", C)]);
    let consumer = kept(&verified);

    let taken = take(&consumer, &finalize);
    assert_eq!(came_to(&taken), [("FINALIZED", P)]);
    assert!(
        take(&kept(&taken), &finalize).reached.is_empty(),
        "a repeat leads nowhere"
    );
    assert_eq!(
        (kept(&taken).track.state, taken.agreement.is_some()),
        (Some(State::Finalized), true)
    );
    let done = answered(&provider, &finalize, success(&taken));
    assert_eq!(
        (kept(&done).track.state, done.agreement.is_some()),
        (Some(State::Finalized), true)
    );
    let (ours, theirs) = (
        taken.agreement.unwrap().agreement,
        done.agreement.clone().unwrap().agreement,
    );
    assert_eq!(ours.render(), theirs.render());
    let late = answered(&kept(&done), &finalize, bare_success());
    assert!(late.agreement.is_none(), "an agreement comes into force once");
    assert_eq!(kept(&late), kept(&done));
}

#[test]
fn a_transfer_that_was_wished_for_begins_with_the_agreement_and_once() {
    let wished = CaseId::parse("urn:wished").unwrap();
    let new = New {
        role: C,
        peer: id(P),
        address: base(P),
        offer: offer(&permitting()),
        mode: Mode::Manual,
        callbacks: callbacks(),
        follow_on: Some(FollowOn {
            transfer: wished.clone(),
            format: "HttpData-PULL".to_owned(),
        }),
    };
    let asked = with(C, |facts| open(new, &person(), facts));
    assert_eq!(
        asked.records[0].body["detail"]["followOn"],
        json!({ "transfer": "urn:wished", "format": "HttpData-PULL" })
    );
    let request = sent(&asked);
    let taken = take_first(P, &request, &permitting(), Mode::Manual);
    let (mut provider, mut consumer) = (kept(&taken), kept(&answered(&kept(&asked), &request, success(&taken))));
    assert!(consumer.follow_on().is_none(), "there is nothing to ask for it under");
    hand_over(&mut provider, &mut consumer, Decision::Agree);
    hand_over(&mut consumer, &mut provider, Decision::Verify);
    let step = decided(&provider, Decision::Finalize);
    let finalized = take(&consumer, &sent(&step));
    let [begin] = finalized.effects.as_slice() else {
        panic!("{finalized:?}")
    };
    assert_eq!(begin.id(), "urn:consumer:case#follow-on");
    let again = take(&kept(&finalized), &sent(&step));
    assert!(again.effects.is_empty(), "a repeat begins nothing");
    let (transfer, new) = kept(&finalized).follow_on().unwrap();
    assert_eq!((transfer, new.agreement.as_str()), (wished, "urn:agreement:1"));
    assert_eq!((new.asset.as_str(), new.address), (desk::ASSET, base(P)));
    assert_eq!((new.peer, new.callbacks), (id(P), callbacks()));
}

#[test]
fn by_hand_with_offers_and_counter_offers() {
    let (mut consumer, mut provider) = requested();
    let other = json!({ "permission": [{ "action": "use" }], "obligation": [{ "action": "attribute" }] });
    hand_over(&mut provider, &mut consumer, Decision::Offer(offer(&other)));
    assert_eq!(consumer.standing.as_ref().map(|standing| standing.by), Some(P));
    hand_over(&mut consumer, &mut provider, Decision::Request(offer(&permitting())));
    assert_eq!(
        (
            provider.standing.as_ref().unwrap().by,
            provider.standing == consumer.standing
        ),
        (C, true)
    );
    hand_over(&mut provider, &mut consumer, Decision::Offer(offer(&other)));
    hand_over(&mut consumer, &mut provider, Decision::Accept);
    hand_over(&mut provider, &mut consumer, Decision::Agree);
    assert_eq!(consumer.agreement.as_ref().unwrap().rules(), offer(&other).rules());
    hand_over(&mut consumer, &mut provider, Decision::Verify);
    let taken = hand_over(&mut provider, &mut consumer, Decision::Finalize);
    assert!(taken.agreement.is_some() && consumer.is_over() && provider.is_over());
}

#[test]
fn the_provider_may_begin() {
    let (provider, first) = begin(P, &permitting(), Mode::Auto);
    assert_eq!(first.url, "https://consumer.example/dsp/negotiations/offers");
    let taken = take_first(C, &first, &permitting(), Mode::Manual);
    let mut consumer = kept(&taken);
    assert_eq!((consumer.head.mode, code(&taken).as_str()), (Mode::Manual, "OFFERED"));
    let mut provider = kept(&answered(&provider, &first, success(&taken)));
    let step = decided(&consumer, Decision::Accept);
    let accept = sent(&step);
    let taken = take(&provider, &accept);
    provider = kept(&taken);
    assert_eq!(provider.phase(), "AGREEING");
    // The agreement comes before the answer to the acceptance.
    consumer = kept(&take(&kept(&step), &sent(&taken)));
    assert_eq!(
        (consumer.track.state, consumer.track.pending.is_none()),
        (Some(State::Agreed), true)
    );
}

#[test]
fn a_callback_before_the_answer_teaches_the_pid_and_settles_the_request() {
    let (consumer, request) = begin(C, &permitting(), Mode::Auto);
    let provider = take_first(P, &request, &permitting(), Mode::Auto);
    let early = take(&consumer, &sent(&provider));
    assert_eq!(early.cancelled, std::slice::from_ref(&request.effect));
    let consumer = kept(&early);
    assert_eq!(consumer.head.peer_pid, Pid::parse("urn:provider:case").ok());
    assert_eq!(consumer.track.state, Some(State::Agreed));
    assert_eq!(came_to(&early), [("REQUESTED", C), ("AGREED", P)]);
    // The late answer changes nothing; that the message went out is written down with it.
    let late = answered(&consumer, &request, success(&provider));
    assert_eq!(kept(&late), consumer);
    assert!(late.reached.is_empty(), "it was there already");
    assert_eq!(
        written(&late),
        [
            ("negotiation.message.sent", "ContractRequestMessage"),
            ("negotiation.delivery", "taken")
        ]
    );
    assert_eq!(late.cancelled, [request.effect.as_str()]);
    let [message, delivery] = late.records.as_slice() else {
        panic!("{:?}", late.records)
    };
    let heard = negotiation_message(&request.body).digest;
    assert_eq!(
        message.body["digest"],
        heard.hex(),
        "the peer knows it by the same digest"
    );
    assert_eq!(
        (&delivery.body["proof"], &delivery.body["late"]),
        (&json!("proven"), &json!(true))
    );
}

#[test]
fn how_the_sending_of_a_move_ends_is_written_down() {
    let (consumer, request) = begin(C, &permitting(), Mode::Manual);
    let taken = take_first(P, &request, &permitting(), Mode::Manual);
    let cases = [
        (success(&taken), "taken", json!("proven")),
        (refusal(), "refused", json!("asserted")),
        (Answer::Lapsed("silence".to_owned()), "lapsed", Value::Null),
    ];
    for (answer, outcome, proof) in cases {
        let step = answered(&consumer, &request, answer);
        assert_eq!(
            written(&step),
            [
                ("negotiation.message.sent", "ContractRequestMessage"),
                ("negotiation.delivery", outcome)
            ]
        );
        let delivery = &step.records.last().unwrap().body;
        assert_eq!((&delivery["proof"], &delivery["late"]), (&proof, &json!(false)));
    }
    // What a message of the peer settles, and what a decision of ours replaces.
    let early = take(&consumer, &sent(&take_first(P, &request, &permitting(), Mode::Auto)));
    assert!(written(&early).contains(&("negotiation.delivery", "implied")));
    let (consumer, provider) = both_in(State::Verified);
    let (finalizing, terminating) = (decided(&provider, Decision::Finalize), decided(&consumer, terminate()));
    let overtaken = take(&kept(&finalizing), &sent(&terminating));
    assert!(written(&overtaken).contains(&("negotiation.delivery", "overtaken")));
    let (_, provider) = requested();
    let replaced = decided(&kept(&decided(&provider, Decision::Agree)), terminate());
    assert!(written(&replaced).contains(&("negotiation.delivery", "replaced")));
}

#[test]
fn repeats_are_answered_as_before_and_change_nothing() {
    let (consumer, request) = begin(C, &permitting(), Mode::Manual);
    let first = take_first(P, &request, &permitting(), Mode::Auto);
    let provider = kept(&first);
    let again = take(&provider, &request);
    assert!(again.case.is_none() && again.effects.is_empty());
    assert!(matches!(
        again.reply,
        Reply::Taken {
            created: Created::Yes,
            ..
        }
    ));
    let consumer = kept(&answered(&consumer, &request, success(&first)));
    let agree = sent(&first);
    let taken = take(&consumer, &agree);
    let again = take(&kept(&taken), &agree);
    assert!(again.case.is_none() && again.records.is_empty());
    assert_eq!(code(&again), "AGREED");
}

#[test]
fn a_second_beginning_under_the_same_pid_is_a_conflict() {
    let (_, request) = begin(C, &permitting(), Mode::Manual);
    let provider = kept(&take_first(P, &request, &permitting(), Mode::Manual));
    let (_, other) = begin(C, &denying(), Mode::Manual);
    let step = take(&provider, &other);
    assert_eq!(
        (refused(&step).kind, code(&step).as_str()),
        (RefusalKind::Conflict, "pid-in-use")
    );
    assert_eq!(kept(&step).standing, provider.standing);
}

#[test]
fn an_altered_offer_is_refused_with_the_difference() {
    let (_, request) = begin(C, &json!({ "permission": [{ "action": "use" }] }), Mode::Auto);
    let step = take_first(P, &request, &permitting(), Mode::Auto);
    assert_eq!(
        (refused(&step).kind, code(&step).as_str()),
        (RefusalKind::BadRequest, "offer-altered")
    );
    assert!(
        refused(&step)
            .reason
            .iter()
            .any(|why| why.contains("/permission/0/constraint")),
        "{:?}",
        refused(&step).reason
    );
    assert_eq!(
        (step.case.is_none(), written(&step)),
        (true, vec![("negotiation.message.refused", "offer-altered")])
    );
    // A person may look at it.
    assert_eq!(code(&take_first(P, &request, &permitting(), Mode::Manual)), "REQUESTED");
}

/// The same offer about another dataset.
/// The request of a connector of the EDC family: its own spelling of the operand, its list inside a text.
#[test]
fn the_agreement_is_in_the_words_of_the_request_with_its_lists_written_out() {
    let among = |operand: &str, who: Value| {
        json!({ "permission": [{ "action": "use", "constraint": [
            { "leftOperand": operand, "operator": "isAnyOf", "rightOperand": who }
        ] }] })
    };
    let consumer = id(C).to_string();
    let published = among("participantId", json!([consumer, "other"]));
    let packed = format!("[{{\"@value\":\"other\"}},{{\"@value\":\"{consumer}\"}}]");
    let (_, request) = begin(C, &among("edc:participantId", json!(packed)), Mode::Auto);
    let taken = take_first(P, &request, &published, Mode::Auto);
    let agreed: Value = serde_json::from_slice(&sent(&taken).body).unwrap();
    let expected = among("edc:participantId", json!(["other", consumer]));
    assert_eq!(agreed["agreement"]["permission"], expected["permission"], "{agreed}");
}

fn moved_offer() -> Offer {
    let mut other = offer(&permitting()).render();
    other["target"] = json!("urn:asset:2");
    Offer::parse_in_message(&other).unwrap()
}

#[test]
fn no_later_offer_is_about_another_dataset() {
    // Who makes it, in which state, and as which message.
    let table = [
        (C, State::Offered, Decision::Request(moved_offer())),
        (P, State::Requested, Decision::Offer(moved_offer())),
        (P, State::Offered, Decision::Offer(moved_offer())),
    ];
    for (role, state, decision) in table {
        let (consumer, provider) = both_in(state);
        let (maker, taker) = if role == C {
            (&consumer, &provider)
        } else {
            (&provider, &consumer)
        };
        let (pids, offer) = ((maker.head.consumer_pid(), maker.head.provider_pid()), moved_offer());
        let (message, content) = match role {
            C => (
                "request",
                NegotiationContent::Request {
                    offer,
                    callback_address: None,
                },
            ),
            P => (
                "offer",
                NegotiationContent::Offer {
                    offer,
                    callback_address: None,
                },
            ),
        };
        let body = content
            .render(pids.0.as_ref(), pids.1.as_ref())
            .to_string()
            .into_bytes();
        let step = take(
            taker,
            &Sent {
                effect: String::new(),
                url: String::new(),
                message,
                body,
            },
        );
        assert_eq!(
            (refused(&step).kind, code(&step).as_str()),
            (RefusalKind::BadRequest, "offer-altered"),
            "{message} in {state}"
        );
        assert_eq!(kept(&step), *taker, "{message} in {state}");
        assert_eq!(written(&step), [("negotiation.message.refused", "offer-altered")]);
        if !(role == P && state == State::Offered) {
            // Nor do we make one.
            let step = decided(maker, decision);
            assert_eq!(
                (refused(&step).kind, code(&step).as_str(), step.effects.len()),
                (RefusalKind::BadRequest, "offer-altered", 0),
                "{message} in {state}"
            );
        }
    }
}

#[test]
fn an_offer_before_the_answer_to_our_request_is_held_against_what_we_asked_for() {
    let (consumer, request) = begin(C, &permitting(), Mode::Auto);
    let provider = kept(&take_first(P, &request, &permitting(), Mode::Manual));
    let counter = decided(&provider, Decision::Offer(offer(&permitting())));
    let body = String::from_utf8(sent(&counter).body)
        .unwrap()
        .replace(desk::ASSET, "urn:asset:2");
    let early = Sent {
        body: body.into_bytes(),
        ..sent(&counter)
    };
    let step = take(&consumer, &early);
    assert_eq!(code(&step), "offer-altered");
    assert_eq!(
        (kept(&step).track.state, step.cancelled),
        (Some(State::Requested), vec![request.effect])
    );
}

/// The provider's agreement as `change` makes it.
fn altered_agreement(change: impl FnOnce(&mut Agreement)) -> Sent {
    let mut altered = agreement(&permitting());
    change(&mut altered);
    let pids = (
        Pid::parse("urn:consumer:case").unwrap(),
        Pid::parse("urn:provider:case").unwrap(),
    );
    let content = NegotiationContent::Agreement { agreement: altered };
    let body = content.render(Some(&pids.0), Some(&pids.1)).to_string().into_bytes();
    Sent {
        effect: "urn:provider:case#1".to_owned(),
        url: String::new(),
        message: "ContractAgreementMessage",
        body,
    }
}

#[test]
fn an_agreement_that_is_not_what_was_offered_is_refused_with_the_difference() {
    type Change = fn(&mut Agreement);
    let changes: [(&str, Change); 7] = [
        ("/permission/0/constraint", |agreement| {
            agreement
                .members
                .insert("permission".to_owned(), json!([{ "action": "use" }]));
        }),
        ("/target", |agreement| {
            agreement.target = chapar_terms::AssetId::parse("urn:asset:2").unwrap()
        }),
        ("/assigner", |agreement| agreement.assigner = id(C)),
        ("/assignee", |agreement| agreement.assignee = id(P)),
        ("/timestamp", |agreement| agreement.timestamp = None),
        ("/timestamp", |agreement| {
            agreement.timestamp = Some(NOW.plus_ms(60_001))
        }),
        // Older than its sender would go on sending it.
        ("/timestamp", |agreement| {
            agreement.timestamp = Some(NOW.plus_ms(-660_001))
        }),
    ];
    for (place, change) in changes {
        let message = altered_agreement(change);
        let (consumer, _) = requested();
        let step = take(&consumer, &message);
        assert_eq!(
            (refused(&step).kind, code(&step).as_str()),
            (RefusalKind::BadRequest, "agreement-differs"),
            "{place}"
        );
        assert!(
            refused(&step).reason.iter().any(|why| why.contains(place)),
            "{place}: {:?}",
            refused(&step).reason
        );
        assert_eq!(
            (kept(&step).track.state, kept(&step).agreement),
            (Some(State::Requested), None)
        );
        assert!(step.effects.is_empty(), "a person decides");
    }
}

#[test]
fn both_sides_count_from_the_time_of_the_agreement() {
    // The provider's clock may be a minute ahead, and the agreement may have been under way for all of its ten.
    for age_ms in [-60_000, 0, 660_000] {
        let made_at = NOW.plus_ms(-age_ms);
        let (consumer, _) = requested();
        let message = altered_agreement(|agreement| agreement.timestamp = Some(made_at));
        assert_eq!(code(&take(&consumer, &message)), "AGREED", "{age_ms}");
    }
    let later = NOW.plus_ms(3_600_000);
    let (consumer, provider) = both_in(State::Verified);
    let finalizing = decided(&provider, Decision::Finalize);
    let message = sent(&finalizing);
    let taken = desk::at(later, C, |facts| {
        receive(
            consumer,
            from(negotiation_message(&message.body), &desk::peer(P)),
            facts,
        )
    });
    let done = desk::at(later, P, |facts| {
        deliver(kept(&finalizing), &message.outgoing(), success(&taken), facts)
    });
    for step in [taken, done] {
        assert_eq!(
            step.agreement.unwrap().signed_at,
            NOW,
            "not the hour at which it came into force"
        );
    }
}

#[test]
fn by_itself_an_altered_agreement_ends_the_negotiation_even_before_the_answer_to_the_request() {
    let (consumer, request) = begin(C, &permitting(), Mode::Auto);
    let step = take(&consumer, &altered_agreement(|agreement| agreement.assignee = id(P)));
    assert_eq!(code(&step), "agreement-differs");
    let end = sent(&step);
    assert_eq!(
        (kept(&step).phase(), end.message),
        ("TERMINATING", "ContractNegotiationTerminationMessage")
    );
    assert_eq!(step.cancelled, [request.effect]);
    assert!(
        String::from_utf8(end.body).unwrap().contains("/assignee"),
        "the reasons go along"
    );
}

#[test]
fn a_denial_by_policy_ends_it_with_reasons() {
    let (consumer, request) = begin(C, &denying(), Mode::Auto);
    let step = take_first(P, &request, &denying(), Mode::Auto);
    let (provider, end) = (kept(&step), sent(&step));
    assert_eq!((code(&step).as_str(), provider.phase()), ("REQUESTED", "TERMINATING"));
    let ended = provider.ended.as_ref().unwrap();
    assert_eq!(
        (ended.by, ended.code.as_deref(), ended.reason.is_empty()),
        (P, Some("policy-denied"), false)
    );
    let taken = take(&consumer, &end);
    assert_eq!(kept(&taken).ended, provider.ended, "the consumer is told why");
    // A person of the provider is told as well, and nothing is sent.
    let manual = kept(&take_first(P, &request, &denying(), Mode::Manual));
    let step = decided(&manual, Decision::Agree);
    assert_eq!((refused(&step).kind, step.case.is_none()), (RefusalKind::Denied, true));
}

/// Both sides in `state`, no move under way.
fn both_in(state: State) -> (Negotiation, Negotiation) {
    let (mut consumer, mut provider) = requested();
    let way: &[Decision] = match state {
        State::Requested => &[],
        State::Offered => &[Decision::Offer(offer(&permitting()))],
        State::Accepted => &[Decision::Offer(offer(&permitting())), Decision::Accept],
        State::Agreed => &[Decision::Agree],
        State::Verified => &[Decision::Agree, Decision::Verify],
        State::Finalized => &[Decision::Agree, Decision::Verify, Decision::Finalize],
        State::Terminated => &[terminate()],
    };
    for decision in way {
        match decision {
            Decision::Accept | Decision::Verify => hand_over(&mut consumer, &mut provider, decision.clone()),
            _ => hand_over(&mut provider, &mut consumer, decision.clone()),
        };
    }
    assert_eq!(consumer.track.state, Some(state));
    (consumer, provider)
}

#[test]
fn either_side_may_terminate_in_every_state_that_is_not_final() {
    for state in State::ALL {
        for role in Role::ALL {
            let (mut consumer, mut provider) = both_in(state);
            let (from, to) = if role == C {
                (&mut consumer, &mut provider)
            } else {
                (&mut provider, &mut consumer)
            };
            if state.is_final() {
                assert_eq!(code(&decided(from, terminate())), "wrong-state", "{role} in {state}");
                continue;
            }
            let taken = hand_over(from, to, terminate());
            assert_eq!(code(&taken), "TERMINATED", "{role} in {state}");
            assert!(taken.agreement.is_none() && from.is_over() && to.is_over());
            assert_eq!(from.ended, to.ended);
        }
    }
}

#[test]
fn a_termination_holds_whatever_the_peer_answers() {
    for answer in [refusal(), Answer::Lapsed("silence".to_owned())] {
        let (consumer, _) = requested();
        let step = decided(&consumer, terminate());
        let case = kept(&answered(&kept(&step), &sent(&step), answer));
        assert_eq!(
            (case.track.state, case.is_over(), case.track.fault.is_some()),
            (Some(State::Terminated), true, true)
        );
    }
}

#[test]
fn only_what_came_to_nothing_can_be_removed() {
    for state in State::ALL {
        let (mut consumer, mut provider) = both_in(state);
        let had_agreement = consumer.agreement.is_some();
        if !state.is_final() {
            assert_eq!(
                remove(&consumer, &person())
                    .map_err(|refusal| refusal.code)
                    .err()
                    .as_deref(),
                Some("in-use")
            );
            hand_over(&mut consumer, &mut provider, terminate());
        }
        let removed = remove(&consumer, &person());
        assert_eq!(removed.is_ok(), !had_agreement, "{state}");
        if let Ok(record) = removed {
            assert_eq!(
                (record.body["decision"].as_str(), record.body["state"].as_str()),
                (Some("remove"), Some("TERMINATED"))
            );
        }
    }
    // The peer does not know of the end yet.
    let (consumer, _) = requested();
    assert!(remove(&kept(&decided(&consumer, terminate())), &person()).is_err());
}

#[test]
fn what_is_withdrawn_can_be_removed_once_nothing_of_it_is_under_way() {
    let code = |case: &Negotiation| remove(case, &person()).map_err(|refusal| refusal.code).err();
    let (consumer, first) = begin(C, &permitting(), Mode::Manual);
    let withdrawn = kept(&decided(&consumer, terminate()));
    assert_eq!(withdrawn.track.state, Some(State::Terminated));
    assert_eq!(code(&withdrawn).as_deref(), Some("move-pending"), "its first message");

    // The peer has it, and is told of the end.
    let taken = take_first(P, &first, &permitting(), Mode::Manual);
    let telling = answered(&withdrawn, &first, success(&taken));
    assert_eq!(sent(&telling).message, "ContractNegotiationTerminationMessage");
    assert_eq!(code(&kept(&telling)).as_deref(), Some("move-pending"), "its end");
    let end = take(&kept(&taken), &sent(&telling));
    let told = answered(&kept(&telling), &sent(&telling), success(&end));
    assert_eq!(code(&kept(&told)), None);

    // Nobody ever heard of it.
    for answer in [refusal(), Answer::Lapsed("silence".to_owned())] {
        assert_eq!(code(&kept(&answered(&withdrawn, &first, answer))), None);
    }
}

#[test]
fn finalizing_gives_way_to_a_termination_and_cannot_be_terminated_itself() {
    let (consumer, provider) = both_in(State::Verified);
    let finalizing = decided(&provider, Decision::Finalize);
    assert!(finalizing.agreement.is_none());
    assert_eq!(
        code(&decided(&kept(&finalizing), terminate())),
        "move-pending",
        "the consumer may hold it for final"
    );
    let terminating = decided(&consumer, terminate());
    let crossed = take(&kept(&terminating), &sent(&finalizing));
    assert_eq!(
        (refused(&crossed).kind, code(&crossed).as_str()),
        (RefusalKind::Conflict, "moves-crossed")
    );
    let overtaken = take(&kept(&finalizing), &sent(&terminating));
    assert_eq!(
        (code(&overtaken).as_str(), overtaken.agreement.is_none()),
        ("TERMINATED", true)
    );
    assert_eq!(overtaken.cancelled, [sent(&finalizing).effect]);
}

#[test]
fn what_the_peer_refuses_is_dropped_and_shown() {
    let (_, provider) = requested();
    let step = decided(&provider, Decision::Agree);
    let case = kept(&answered(&kept(&step), &sent(&step), refusal()));
    assert_eq!(
        (case.track.state, &case.agreement, &case.track.pending),
        (Some(State::Requested), &None, &None)
    );
    let fault = case.track.fault.unwrap();
    assert_eq!(
        (fault.status, fault.code.as_str(), fault.reason),
        (Some(400), "no", vec!["because".to_owned()])
    );
}

#[test]
fn whoever_ends_it_over_a_refusal_leaves_the_refusal_behind_as_the_reason() {
    let (_, provider) = requested();
    let step = decided(&provider, Decision::Agree);
    let refused = kept(&answered(&kept(&step), &sent(&step), refusal()));
    let step = decided(&refused, terminate());
    let ended = kept(&answered(&kept(&step), &sent(&step), bare_success()));
    assert_eq!(
        (ended.track.state, &ended.track.fault),
        (Some(State::Terminated), &refused.track.fault)
    );
    let step = decided(&refused, Decision::Agree);
    let agreed = kept(&answered(&kept(&step), &sent(&step), bare_success()));
    assert_eq!(agreed.track.fault, None, "it went on after all");
}

#[test]
fn what_lapsed_may_be_decided_anew() {
    let (consumer, _) = both_in(State::Offered);
    let counter = json!({ "permission": [{ "action": "use" }] });
    let step = decided(&consumer, Decision::Request(offer(&counter)));
    let lapsed = kept(&answered(
        &kept(&step),
        &sent(&step),
        Answer::Lapsed("silence".to_owned()),
    ));
    assert!(lapsed.proposed.is_some() && lapsed.track.pending.is_some());
    let accepting = decided(&lapsed, Decision::Accept);
    let accepted = kept(&answered(&kept(&accepting), &sent(&accepting), bare_success()));
    assert_eq!(accepted.track.state, Some(State::Accepted));
    assert_eq!(
        accepted.standing.unwrap().by,
        P,
        "the provider's offer was accepted, not our own that lapsed"
    );
}

#[test]
fn what_does_not_move_is_overdue_and_each_state_has_its_own_time() {
    const LIMIT: i64 = 60_000;
    let (consumer, request) = begin(C, &permitting(), Mode::Manual);
    assert_eq!(
        consumer.due_at(LIMIT),
        None,
        "the first message has a deadline of its own"
    );
    let later = NOW.plus_ms(10_000);
    let taken = take_first(P, &request, &permitting(), Mode::Manual);
    let consumer = at(later, C, |facts| {
        kept(&deliver(consumer, &request.outgoing(), success(&taken), facts))
    });
    assert_eq!(consumer.due_at(LIMIT), Some(later.plus_ms(LIMIT)));
    assert!(consumer.overdue(LIMIT, later.plus_ms(LIMIT - 1)).is_none());
    let Some(Decision::Terminate { code, reason }) = consumer.overdue(LIMIT, later.plus_ms(LIMIT)) else {
        panic!("it is late")
    };
    assert_eq!(code.as_deref(), Some("timed-out"));
    assert_eq!(
        reason,
        ["it has been `REQUESTED` for 60 s, and this node waits no longer"]
    );
    // A message that is refused moves nothing.
    let other = Sent {
        body: String::from_utf8(request.body.clone())
            .unwrap()
            .replace("2099", "2098")
            .into_bytes(),
        ..request.clone()
    };
    let provider = kept(&taken);
    let refused = at(later, P, |facts| {
        receive(
            provider.clone(),
            from(negotiation_message(&other.body), &desk::peer(C)),
            facts,
        )
    });
    assert_eq!(kept(&refused).due_at(LIMIT), provider.due_at(LIMIT));
    for state in State::ALL {
        assert_eq!(both_in(state).0.due_at(LIMIT).is_some(), !state.is_final(), "{state}");
    }
}

#[test]
fn a_stranger_finds_nothing_and_a_foreign_pid_is_refused() {
    let (consumer, provider) = requested();
    let message = sent(&decided(&consumer, terminate()));
    let stranger = desk::peer(P);
    let step = with(P, |facts| {
        receive(
            provider.clone(),
            from(negotiation_message(&message.body), &stranger),
            facts,
        )
    });
    assert_eq!(
        (refused(&step).kind, step.case.is_none()),
        (RefusalKind::NotFound, true)
    );
    assert_eq!(written(&step), [("negotiation.message.refused", "not-found")]);
    let mut other = provider.clone();
    other.head.peer_pid = Pid::parse("urn:other").ok();
    assert_eq!(code(&take(&other, &message)), "pid-mismatch");
}

#[test]
fn who_decided_is_written_down() {
    let (consumer, _) = both_in(State::Offered);
    let step = decided(&consumer, Decision::Accept);
    assert_eq!(
        step.records.first().unwrap().body.get("actor"),
        Some(&json!(person().name()))
    );
    let (_, request) = begin(C, &permitting(), Mode::Auto);
    let step = take_first(P, &request, &permitting(), Mode::Auto);
    assert!(
        step.records
            .iter()
            .any(|record| record.body.get("actor") == Some(&json!(Actor::Node.name())))
    );
}

#[test]
fn one_that_nobody_answers_ends_at_once_and_whoever_answers_later_is_told() {
    let (consumer, request) = begin(C, &permitting(), Mode::Auto);
    assert_eq!(consumer.decisions(), ["terminate"]);
    let step = decided(&consumer, terminate());
    let ended = kept(&step);
    assert_eq!((ended.phase(), ended.decisions().len()), ("TERMINATED", 0));
    assert_eq!(came_to(&step), [("TERMINATED", C)]);
    assert!(
        step.effects.is_empty() && step.cancelled.is_empty(),
        "the request goes on"
    );
    assert_eq!(code(&decided(&ended, terminate())), "wrong-state");
    // The provider had it after all.
    let provider = take_first(P, &request, &permitting(), Mode::Manual);
    let told = answered(&ended, &request, success(&provider));
    assert!(told.reached.is_empty(), "it was over already");
    let termination = sent(&told);
    assert_eq!(
        termination.url,
        "https://provider.example/dsp/negotiations/urn:provider:case/termination"
    );
    let provider = kept(&take(&kept(&provider), &termination));
    assert_eq!(provider.ended.as_ref().unwrap().reason, ["because"]);
    let over = kept(&answered(&kept(&told), &termination, bare_success()));
    assert!(over.is_over() && over.track.state == Some(State::Terminated));
}

#[test]
fn a_word_of_the_peer_in_an_ended_case_is_refused_and_names_whom_to_tell() {
    let (consumer, request) = begin(C, &permitting(), Mode::Auto);
    let ended = kept(&decided(&consumer, terminate()));
    let provider = take_first(P, &request, &permitting(), Mode::Auto);
    let refused = take(&ended, &sent(&provider));
    assert_eq!(code(&refused), "wrong-state");
    let termination = sent(&refused);
    assert_eq!(termination.message, "ContractNegotiationTerminationMessage");
    assert_eq!(refused.cancelled, std::slice::from_ref(&request.effect));
    let provider = kept(&take(&kept(&provider), &termination));
    assert_eq!(provider.track.state, Some(State::Terminated));
    // What the request is answered late leads to nothing more.
    let late = answered(&kept(&refused), &request, bare_success());
    assert!(late.effects.is_empty());
}

#[test]
fn one_that_nobody_ever_answers_stays_ended_with_the_reason_of_its_people() {
    let (consumer, request) = begin(C, &permitting(), Mode::Auto);
    let ended = kept(&decided(&consumer, terminate()));
    let over = kept(&answered(&ended, &request, Answer::Lapsed("silence".to_owned())));
    assert!(over.is_over() && over.track.state == Some(State::Terminated));
    assert_eq!(over.ended.unwrap().reason, ["because"]);
}
