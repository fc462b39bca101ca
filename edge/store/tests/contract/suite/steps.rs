//! One step at a time.

use super::place::Place;
use super::rows::{KZ, UZ, agreement, case, committed, effect, evidence, insert, replay, update};
use chapar_store::{CallbackRow, CaseFilter, CaseWrite, DueEffect, OutboxCase, StepOutcome, StepWrite, StoreFault};

const KIND: &str = "negotiation";

pub async fn every_row_of_a_step_comes_back(place: &Place) {
    let store = place.with_participants().await;
    let mut step = insert(UZ, "n1");
    step.agreement = Some(agreement(UZ, "a1", "n1"));
    step.outbox_add = vec![effect(UZ, "n1", 2), effect(UZ, "n1", 1)];
    step.replay = Some(replay(UZ, "t1", "d1"));
    step.evidence.push(evidence(UZ, "n1", 2));
    assert_eq!(committed(store.commit_step(step.clone()).await.unwrap()), [1]);
    let loaded = store.load_case(UZ, KIND, "n1").await.unwrap().unwrap();
    assert_eq!(CaseWrite::Insert(loaded.row.clone()), step.case);
    assert_eq!(loaded.case_digest.as_deref(), Some("digest of n1 1"));
    assert_eq!(
        store
            .case_by_first_key(UZ, KIND, "did:web:example:peer c-n1")
            .await
            .unwrap(),
        Some(loaded)
    );
    assert_eq!(store.load_case(UZ, "transfer", "n1").await.unwrap(), None);
    assert_eq!(store.agreement(UZ, "a1").await.unwrap(), step.agreement);
    assert_eq!(store.agreement_of_negotiation(UZ, "n1").await.unwrap(), step.agreement);
    assert_eq!(store.list_agreements(UZ, None, 9).await.unwrap().len(), 1);
    assert_eq!(
        store.outbox(UZ, "n1").await.unwrap(),
        [effect(UZ, "n1", 1), effect(UZ, "n1", 2)]
    );
    assert_eq!(
        store.replay(UZ, "did:web:example:peer", "t1").await.unwrap(),
        step.replay
    );
    let behind_first = store.timeline(UZ, "n1", 1, 9).await.unwrap();
    assert_eq!(behind_first.iter().map(|entry| entry.position).collect::<Vec<_>>(), [2]);
    let whole = store.timeline(UZ, "n1", 0, 9).await.unwrap();
    assert!(
        whole.iter().all(|entry| entry.row.raw.is_none()),
        "a time line reads no raw message"
    );
    let kept: Vec<bool> = step.evidence.iter().map(|row| row.raw.is_some()).collect();
    assert_eq!(whole.iter().map(|entry| entry.has_raw).collect::<Vec<_>>(), kept);
    let timeline = store.evidence_after(UZ, 0, 9).await.unwrap();
    assert_eq!(timeline.iter().map(|entry| entry.position).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        timeline.into_iter().map(|entry| entry.row).collect::<Vec<_>>(),
        step.evidence
    );
    assert_eq!(store.evidence_after(UZ, 1, 9).await.unwrap().len(), 1);
    let events = store.events_after(UZ, 0, 9).await.unwrap();
    assert_eq!(
        (events.len(), events[0].number, events[0].event_type.as_str()),
        (1, 1, "negotiation.requested")
    );
}

pub async fn second_insert_conflicts(place: &Place) {
    let store = place.with_participants().await;
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
    let again = store.commit_step(insert(UZ, "n1")).await.unwrap();
    assert!(matches!(again, StepOutcome::Conflict), "{again:?}");
    // The same id at another participant is another case.
    committed(store.commit_step(insert(KZ, "n1")).await.unwrap());
}

pub async fn stale_version_conflicts_and_writes_nothing(place: &Place) {
    let store = place.with_participants().await;
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
    let first = case(UZ, "n1");
    committed(store.commit_step(update(&first, "OFFERED")).await.unwrap());
    let mut stale = update(&first, "TERMINATED");
    stale.evidence[0].id = "e-other".to_owned();
    stale.outbox_add = vec![effect(UZ, "n1", 1)];
    stale.agreement = Some(agreement(UZ, "a1", "n1"));
    stale.replay = Some(replay(UZ, "t1", "d1"));
    let outcome = store.commit_step(stale).await.unwrap();
    assert!(matches!(outcome, StepOutcome::Conflict), "{outcome:?}");
    let loaded = store.load_case(UZ, KIND, "n1").await.unwrap().unwrap();
    assert_eq!((loaded.row.state.as_str(), loaded.row.version), ("OFFERED", 2));
    assert_eq!(loaded.case_digest.as_deref(), Some("digest of n1 2"));
    assert_eq!(store.timeline(UZ, "n1", 0, 9).await.unwrap().len(), 2);
    assert_eq!(store.outbox(UZ, "n1").await.unwrap(), []);
    assert_eq!(store.agreement(UZ, "a1").await.unwrap(), None);
    assert_eq!(store.events_after(UZ, 0, 9).await.unwrap().len(), 2);
    assert_eq!(store.replay(UZ, "did:web:example:peer", "t1").await.unwrap(), None);
}

pub async fn cases_are_counted_by_kind_and_phase(place: &Place) {
    let store = place.with_participants().await;
    assert_eq!(store.count_cases().await.unwrap(), []);
    for (slug, id) in [(UZ, "n1"), (UZ, "n2"), (KZ, "n1")] {
        committed(store.commit_step(insert(slug, id)).await.unwrap());
    }
    committed(store.commit_step(update(&case(UZ, "n1"), "OFFERED")).await.unwrap());
    let mut transfer = insert(KZ, "t1");
    if let CaseWrite::Insert(row) = &mut transfer.case {
        row.kind = "transfer".to_owned();
    }
    committed(store.commit_step(transfer).await.unwrap());
    let counts = store.count_cases().await.unwrap();
    let counts: Vec<_> = counts
        .iter()
        .map(|count| (count.kind.as_str(), count.phase.as_str(), count.cases))
        .collect();
    assert_eq!(
        counts,
        [
            (KIND, "OFFERED", 1),
            (KIND, "REQUESTED", 2),
            ("transfer", "REQUESTED", 1)
        ]
    );
}

pub async fn waiting_cases_say_since_when(place: &Place) {
    let store = place.with_participants().await;
    for (slug, id) in [(UZ, "n1"), (UZ, "n2"), (UZ, "n3"), (KZ, "n1")] {
        committed(store.commit_step(insert(slug, id)).await.unwrap());
    }
    let mut moved = update(&case(UZ, "n2"), "OFFERED");
    if let CaseWrite::Update { row, .. } = &mut moved.case {
        row.since = 1500;
    }
    committed(store.commit_step(moved).await.unwrap());
    committed(store.commit_step(update(&case(UZ, "n3"), "TERMINATED")).await.unwrap());
    let waiting = store.waiting_cases(UZ, KIND, &["REQUESTED", "OFFERED"]).await.unwrap();
    let mut waiting: Vec<_> = waiting.iter().map(|case| (case.id.as_str(), case.since)).collect();
    waiting.sort_unstable();
    assert_eq!(waiting, [("n1", 900), ("n2", 1500)]);
    assert!(
        store
            .waiting_cases(UZ, "transfer", &["REQUESTED"])
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn a_case_goes_and_its_evidence_stays(place: &Place) {
    let store = place.with_participants().await;
    for slug in [UZ, KZ] {
        let mut step = insert(slug, "n1");
        step.callbacks = vec![CallbackRow::new(slug, "n1", 0, false)];
        committed(store.commit_step(step).await.unwrap());
    }
    let removal = |version: i64| {
        let mut step = StepWrite::new(CaseWrite::Remove {
            participant: UZ.to_owned(),
            kind: KIND.to_owned(),
            id: "n1".to_owned(),
            expected_version: version,
        });
        step.evidence = vec![evidence(UZ, "n1", 7)];
        step
    };
    let stale = store.commit_step(removal(2)).await.unwrap();
    assert!(matches!(stale, StepOutcome::Conflict), "{stale:?}");
    committed(store.commit_step(removal(1)).await.unwrap());
    assert_eq!(store.load_case(UZ, KIND, "n1").await.unwrap(), None);
    assert!(store.callbacks(UZ, "n1").await.unwrap().is_empty());
    assert_eq!(store.callbacks(KZ, "n1").await.unwrap().len(), 1);
    assert_eq!(store.timeline(UZ, "n1", 0, 9).await.unwrap().len(), 2);
    assert!(
        store.load_case(KZ, KIND, "n1").await.unwrap().is_some(),
        "another participant's"
    );
}

pub async fn first_key_conflicts_across_ids(place: &Place) {
    let store = place.with_participants().await;
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
    let mut second = insert(UZ, "n2");
    if let CaseWrite::Insert(row) = &mut second.case {
        row.first_key = case(UZ, "n1").first_key;
    }
    let outcome = store.commit_step(second).await.unwrap();
    assert!(matches!(outcome, StepOutcome::Conflict), "{outcome:?}");
    assert_eq!(store.load_case(UZ, KIND, "n2").await.unwrap(), None);
    // Cases without a first key do not collide.
    for id in ["n3", "n4"] {
        let mut step = insert(UZ, id);
        if let CaseWrite::Insert(row) = &mut step.case {
            row.first_key = None;
        }
        committed(store.commit_step(step).await.unwrap());
    }
}

pub async fn untouched_case_writes_the_rest(place: &Place) {
    let store = place.with_participants().await;
    let mut step = StepWrite::new(CaseWrite::Untouched {
        participant: UZ.to_owned(),
    });
    step.evidence = vec![evidence(UZ, "unknown", 1)];
    committed(store.commit_step(step).await.unwrap());
    assert_eq!(store.evidence_after(UZ, 0, 9).await.unwrap().len(), 1);
}

pub async fn a_step_of_two_participants_is_refused(place: &Place) {
    let store = place.with_participants().await;
    let mut step = insert(UZ, "n1");
    step.outbox_add = vec![effect(KZ, "n1", 1)];
    assert!(matches!(store.commit_step(step).await, Err(StoreFault::Broken(_))));
    assert_eq!(store.load_case(UZ, KIND, "n1").await.unwrap(), None);
}

pub async fn list_cases_filters_and_pages(place: &Place) {
    let store = place.with_participants().await;
    for number in 0..7 {
        let mut step = insert(UZ, &format!("n{number}"));
        if let CaseWrite::Insert(row) = &mut step.case {
            row.created_at = 1000 + number / 2;
            row.state = if number % 2 == 0 { "REQUESTED" } else { "OFFERED" }.to_owned();
            row.peer = format!("did:web:example:{}", number % 3);
        }
        committed(store.commit_step(step).await.unwrap());
    }
    committed(store.commit_step(insert(KZ, "n9")).await.unwrap());
    let ids = async |filter: CaseFilter, after: Option<&str>, limit| {
        let rows = store.list_cases(UZ, KIND, &filter, after, limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let all = CaseFilter::default();
    assert_eq!(ids(all.clone(), None, 3).await, ["n0", "n1", "n2"]);
    assert_eq!(ids(all.clone(), Some("n2"), 3).await, ["n3", "n4", "n5"]);
    assert_eq!(ids(all.clone(), Some("n5"), 3).await, ["n6"]);
    let requested = CaseFilter {
        state: Some("REQUESTED".to_owned()),
        ..all.clone()
    };
    assert_eq!(ids(requested.clone(), Some("n0"), 9).await, ["n2", "n4", "n6"]);
    let both = CaseFilter {
        peer: Some("did:web:example:0".to_owned()),
        ..requested
    };
    assert_eq!(ids(both, None, 9).await, ["n0", "n6"]);
    let consumer = CaseFilter {
        role: Some("consumer".to_owned()),
        ..all
    };
    assert_eq!(ids(consumer, None, 9).await, Vec::<String>::new());
}

pub async fn reschedule_and_finish_effects(place: &Place) {
    let store = place.with_participants().await;
    let mut step = insert(UZ, "n1");
    step.outbox_add = vec![effect(UZ, "n1", 1), effect(UZ, "n1", 2)];
    committed(store.commit_step(step).await.unwrap());
    store.reschedule(UZ, "f-n1-1", 3, 7000).await.unwrap();
    store.reschedule(UZ, "f-gone", 3, 7000).await.unwrap();
    let waiting = store.outbox(UZ, "n1").await.unwrap();
    assert_eq!((waiting[0].attempts, waiting[0].not_before), (3, 7000));
    assert_eq!((waiting[1].attempts, waiting[1].not_before), (0, 1000));
    let own = OutboxCase {
        participant: UZ.to_owned(),
        case_id: "n1".to_owned(),
    };
    assert_eq!(store.outbox_cases().await.unwrap(), [own]);
    let mut done = update(&case(UZ, "n1"), "OFFERED");
    done.outbox_done = vec!["f-n1-1".to_owned(), "f-n1-2".to_owned()];
    committed(store.commit_step(done).await.unwrap());
    assert_eq!(store.outbox(UZ, "n1").await.unwrap(), []);
    assert_eq!(store.outbox_cases().await.unwrap(), []);
}

pub async fn what_a_participant_has_still_to_do_is_found(place: &Place) {
    let store = place.with_participants().await;
    assert_eq!(store.any_effect(UZ).await.unwrap(), None);
    assert_eq!(store.any_untold(UZ).await.unwrap(), None);
    let mut step = insert(UZ, "n1");
    step.outbox_add = vec![effect(UZ, "n1", 1)];
    step.callbacks = vec![CallbackRow::new(UZ, "n1", 0, false)];
    step.events[0].callback_events = vec!["initiated".to_owned()];
    committed(store.commit_step(step).await.unwrap());
    let due = DueEffect {
        case_id: "n1".to_owned(),
        kind: "send".to_owned(),
    };
    assert_eq!(store.any_effect(UZ).await.unwrap(), Some(due));
    assert_eq!(store.any_untold(UZ).await.unwrap().as_deref(), Some("n1"));
    assert_eq!(store.any_effect(KZ).await.unwrap(), None);
    assert_eq!(store.any_untold(KZ).await.unwrap(), None);

    let mut done = update(&case(UZ, "n1"), "OFFERED");
    done.outbox_done = vec!["f-n1-1".to_owned()];
    committed(store.commit_step(done).await.unwrap());
    assert_eq!(store.any_effect(UZ).await.unwrap(), None);
    let row = store.callbacks(UZ, "n1").await.unwrap().remove(0);
    // It waits for more, and was told of all that there is.
    store.note_callback(CallbackRow { position: 1, ..row }).await.unwrap();
    assert_eq!(store.any_untold(UZ).await.unwrap(), None);
}

pub async fn case_without_its_evidence_has_no_digest(place: &Place) {
    let store = place.with_participants().await;
    let mut step = insert(UZ, "n1");
    step.evidence.clear();
    committed(store.commit_step(step).await.unwrap());
    // Evidence of another case does not stand in.
    let mut other = insert(UZ, "n2");
    other.evidence[0].id = "e-n1-1".to_owned();
    committed(store.commit_step(other).await.unwrap());
    assert_eq!(
        store.load_case(UZ, KIND, "n1").await.unwrap().unwrap().case_digest,
        None
    );
}
