//! Pushes at the provider: begun when the consumer has taken the start, called off when access closes, and what comes of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop loudly")]

mod desk;

use chapar_dsp::transfer::State;
use chapar_dsp::{DataAddress, Role};
use chapar_exchange::transfer::{
    Decision, HTTP_PUSH, New, Opening, Pushed, Transfer, decide, deliver, open, pushed, receive, receive_first,
};
use chapar_exchange::{Answer, Effect, Mode, Step};
use chapar_terms::{AgreementId, AssetId};
use desk::{
    ASSET, Sent, bare_success, base, bound, code, from, id, kept, permitting, person, refusal, sent, transfer_message,
    with, written,
};
use serde_json::Map;

const C: Role = Role::Consumer;
const P: Role = Role::Provider;

fn inbox(endpoint_type: &str, properties: &[(&str, &str)]) -> DataAddress {
    let property = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    DataAddress {
        endpoint_type: endpoint_type.to_owned(),
        endpoint: Some("https://consumer.example/inbox".to_owned()),
        properties: properties.iter().map(property).collect(),
        members: Map::new(),
    }
}

/// What the provider makes of a request for a push to `place`.
fn requested(place: DataAddress, mode: Mode) -> Step<Transfer> {
    let new = New {
        peer: id(P),
        address: base(P),
        agreement: AgreementId::parse("urn:agreement:1").unwrap(),
        asset: AssetId::parse(ASSET).unwrap(),
        format: HTTP_PUSH.to_owned(),
        destination: Some(place),
        callbacks: Vec::new(),
        private_properties: serde_json::Map::new(),
        mode: Mode::Auto,
    };
    let request = sent(&with(C, |facts| open(new, &person(), facts)));
    let (peer, bound) = (desk::peer(C), bound(&permitting()));
    with(P, |facts| {
        receive_first(from(transfer_message(&request.body), &peer), Some(&bound), mode, facts)
    })
}

fn decided(case: &Transfer, decision: Decision) -> Step<Transfer> {
    let bound = bound(&permitting());
    with(P, |facts| {
        decide(case.clone(), decision, Some(&bound), &person(), facts)
    })
}

fn answered(case: &Transfer, sent: &Sent, answer: Answer) -> Step<Transfer> {
    with(P, |facts| deliver(case.clone(), &sent.outgoing(), answer, facts))
}

fn ended(case: &Transfer, effect: &str, outcome: Pushed) -> Step<Transfer> {
    with(P, |facts| pushed(case.clone(), effect, outcome, facts))
}

fn pushes(step: &Step<Transfer>) -> Vec<&str> {
    let pushes = step.effects.iter().filter_map(|effect| match effect {
        Effect::Push { id, .. } => Some(id.as_str()),
        Effect::Send { .. } | Effect::Begin { .. } => None,
    });
    pushes.collect()
}

/// The provider in `STARTED`, with its push.
fn started() -> (Transfer, String) {
    let step = requested(inbox("HttpData", &[]), Mode::Auto);
    let (case, start) = (kept(&step), sent(&step));
    let step = answered(&case, &start, bare_success());
    let [effect] = pushes(&step).try_into().unwrap();
    (kept(&step), effect.to_owned())
}

fn suspend() -> Decision {
    Decision::Suspend {
        code: None,
        reason: vec!["pause".to_owned()],
    }
}

#[test]
fn a_push_begins_when_the_consumer_has_taken_the_start_and_not_before() {
    let step = requested(inbox("HttpData", &[]), Mode::Auto);
    let (case, start) = (kept(&step), sent(&step));
    assert_eq!(start.message, "TransferStartMessage");
    let body: serde_json::Value = serde_json::from_slice(&start.body).unwrap();
    assert!(body.get("dataAddress").is_none(), "there is nothing to fetch");
    for (answer, expected) in [
        (Answer::Lapsed("no answer".to_owned()), 0),
        (refusal(), 0),
        (bare_success(), 1),
    ] {
        assert_eq!(pushes(&answered(&case, &start, answer)).len(), expected);
    }
    let taken = kept(&answered(&case, &start, bare_success()));
    let late = answered(&taken, &start, bare_success());
    assert!(pushes(&late).is_empty(), "it was begun by the first answer");
    let refused = kept(&answered(&case, &start, refusal()));
    assert_eq!(refused.opening, Opening::Closed);
}

#[test]
fn what_is_delivered_to_is_plain_http_and_a_person_delivers_the_rest() {
    for (place, is_ours) in [
        (inbox("HttpData", &[]), true),
        (inbox("https://w3id.org/idsa/v4.1/HTTP", &[]), true),
        (inbox("https://w3id.org/edc/v0.0.1/ns/HttpData", &[]), true),
        (inbox("x", &[("https://w3id.org/edc/v0.0.1/ns/type", "HttpData")]), true),
        (inbox("AmazonS3", &[]), false),
    ] {
        let step = requested(place.clone(), Mode::Auto);
        assert_eq!(step.effects.len(), usize::from(is_ours), "{place:?}");
        let manual = requested(place, Mode::Manual);
        assert!(manual.effects.is_empty(), "a person decides the start");
        let step = decided(&kept(&manual), Decision::Start);
        let step = answered(&kept(&step), &sent(&step), bare_success());
        assert_eq!(pushes(&step).len(), usize::from(is_ours));
    }
}

#[test]
fn a_push_that_is_done_completes_and_one_that_failed_terminates_with_the_reason() {
    let (case, effect) = started();
    let done = ended(&case, &effect, Pushed::Done { bytes: 7 });
    assert_eq!(sent(&done).message, "TransferCompletionMessage");
    assert_eq!(
        written(&done),
        [("transfer.delivery", "delivered"), ("transfer.decision", "complete")]
    );
    assert_eq!(
        (&done.cancelled[..], kept(&done).opening),
        (&[effect.clone()][..], Opening::Closed)
    );
    let reason = "the place answered 403";
    let failed = ended(
        &case,
        &effect,
        Pushed::Failed {
            reason: reason.to_owned(),
        },
    );
    assert_eq!(sent(&failed).message, "TransferTerminationMessage");
    let told = kept(&failed).ended.unwrap();
    assert_eq!(
        (told.code.as_deref(), &told.reason[..]),
        (Some("push-failed"), &[reason.to_owned()][..])
    );
    let cut = ended(&case, &effect, Pushed::Cut);
    assert!(cut.effects.is_empty() && cut.cancelled == [effect]);
}

#[test]
fn a_push_ends_with_its_opening_and_comes_again_with_the_next() {
    let (case, effect) = started();
    let step = decided(&case, suspend());
    let (suspended, message) = (kept(&step), sent(&step));
    assert!(step.cancelled.contains(&effect), "{:?}", step.cancelled);
    let suspended = kept(&answered(&suspended, &message, bare_success()));
    assert_eq!(suspended.track.state, Some(State::Suspended));
    for late in [
        Pushed::Done { bytes: 7 },
        Pushed::Cut,
        Pushed::Failed { reason: "x".to_owned() },
    ] {
        let step = ended(&suspended, &effect, late);
        assert!(step.effects.is_empty() && kept(&step).track == suspended.track);
        assert_eq!(step.cancelled, std::slice::from_ref(&effect));
    }
    let step = decided(&suspended, Decision::Start);
    let step = answered(&kept(&step), &sent(&step), bare_success());
    let [again] = pushes(&step).try_into().unwrap();
    assert_ne!(again, effect);
    let first = ended(&kept(&step), &effect, Pushed::Done { bytes: 7 });
    assert!(first.effects.is_empty(), "it is the second that counts now");
}

#[test]
fn the_consumer_calls_a_push_off_by_any_word_that_closes_access() {
    let (case, effect) = started();
    let (peer, bound) = (desk::peer(C), bound(&permitting()));
    for word in [
        "TransferSuspensionMessage",
        "TransferCompletionMessage",
        "TransferTerminationMessage",
    ] {
        let pids = (case.head.consumer_pid().unwrap(), case.head.provider_pid().unwrap());
        let body = serde_json::json!({
            "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": word,
            "consumerPid": pids.0.as_str(), "providerPid": pids.1.as_str(),
        });
        let received = from(transfer_message(body.to_string().as_bytes()), &peer);
        let step = with(P, |facts| receive(case.clone(), received, Some(&bound), facts));
        assert!(step.cancelled.contains(&effect), "{word}: {}", code(&step));
        assert_eq!(kept(&step).opening, Opening::Closed);
    }
}
