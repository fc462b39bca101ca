//! Many writers at once.

use super::place::Place;
use super::rows::{KZ, UZ, case, committed, evidence, insert, replay, update};
use chapar_store::{CaseWrite, StepOutcome, StepWrite, StoreFault};
use std::collections::BTreeSet;

const KIND: &str = "negotiation";

pub async fn concurrent_steps_share_commits(place: &Place) {
    let store = place.with_participants().await;
    let steps: Vec<_> = (0..300)
        .map(|number| {
            let (store, slug) = (store.clone(), if number % 2 == 0 { UZ } else { KZ });
            tokio::spawn(async move { store.commit_step(insert(slug, &format!("n{number}"))).await.unwrap() })
        })
        .collect();
    let mut sequences = BTreeSet::new();
    for step in steps {
        match step.await.unwrap() {
            StepOutcome::Committed(committed, _) => sequences.insert(committed.sequence()),
            other => panic!("{other:?}"),
        };
    }
    assert!(sequences.len() < 150, "{} commits for 300 steps", sequences.len());
    for slug in [UZ, KZ] {
        assert_eq!(
            store
                .list_cases(slug, KIND, &Default::default(), None, 999)
                .await
                .unwrap()
                .len(),
            150
        );
    }
}

pub async fn one_winner_among_rivals(place: &Place) {
    let store = place.with_participants().await;
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
    let rivals: Vec<_> = (0..40)
        .map(|number| {
            let store = store.clone();
            let mut step = update(&case(UZ, "n1"), &format!("S{number}"));
            step.evidence[0].id = format!("e-n1-rival-{number}");
            tokio::spawn(async move { store.commit_step(step).await.unwrap() })
        })
        .collect();
    let mut winners = 0;
    for rival in rivals {
        match rival.await.unwrap() {
            StepOutcome::Committed(..) => winners += 1,
            StepOutcome::Conflict => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(winners, 1);
    assert_eq!(store.timeline(UZ, "n1", 0, 9).await.unwrap().len(), 2);
}

pub async fn event_numbers_have_no_gaps(place: &Place) {
    let store = place.with_participants().await;
    let steps: Vec<_> = (0..120)
        .map(|number| {
            let (store, slug) = (store.clone(), if number % 3 == 0 { KZ } else { UZ });
            let mut step = insert(slug, &format!("n{}", number / 2));
            let again = step.events[0].clone();
            step.events.push(again);
            tokio::spawn(async move { (slug, store.commit_step(step).await.unwrap()) })
        })
        .collect();
    let mut given = [Vec::new(), Vec::new()];
    for step in steps {
        let (slug, outcome) = step.await.unwrap();
        if let StepOutcome::Committed(_, numbers) = outcome {
            assert_eq!(numbers[1], numbers[0] + 1);
            given[usize::from(slug == KZ)].extend(numbers);
        }
    }
    for (slug, mut given) in [UZ, KZ].into_iter().zip(given) {
        given.sort_unstable();
        let count = i64::try_from(given.len()).unwrap();
        assert_eq!(given, (1..=count).collect::<Vec<_>>());
        let stored = store.events_after(slug, 0, 999).await.unwrap();
        assert_eq!(stored.iter().map(|event| event.number).collect::<Vec<_>>(), given);
        let entries = store.evidence_after(slug, 0, 999).await.unwrap();
        assert_eq!(entries.len() * 2, given.len());
        assert!(
            entries
                .iter()
                .zip(1..)
                .all(|(entry, position)| entry.position == position)
        );
    }
}

pub async fn a_bad_step_does_not_harm_its_group(place: &Place) {
    let store = place.with_participants().await;
    committed(store.commit_step(insert(UZ, "n0")).await.unwrap());
    let steps: Vec<_> = (1..60)
        .map(|number| {
            let store = store.clone();
            let mut step = insert(UZ, &format!("n{number}"));
            if number % 10 == 0 {
                step.evidence[0] = evidence(UZ, "n0", 1);
            }
            tokio::spawn(async move { (number, store.commit_step(step).await) })
        })
        .collect();
    for step in steps {
        let (number, outcome) = step.await.unwrap();
        if number % 10 == 0 {
            assert!(
                matches!(outcome, Err(StoreFault::Constraint(_))),
                "{number}: {outcome:?}"
            );
            assert_eq!(store.load_case(UZ, KIND, &format!("n{number}")).await.unwrap(), None);
        } else {
            committed(outcome.unwrap());
        }
    }
    let events = store.events_after(UZ, 0, 999).await.unwrap();
    assert_eq!(events.len(), 55);
    assert_eq!(events.last().unwrap().number, 55);
}

pub async fn a_used_token_is_answered_from_the_store(place: &Place) {
    let store = place.with_participants().await;
    let steps: Vec<_> = (0..20)
        .map(|number| {
            let store = store.clone();
            let mut step = insert(UZ, &format!("n{number}"));
            step.replay = Some(replay(UZ, "t1", &format!("d{number}")));
            tokio::spawn(async move { store.commit_step(step).await.unwrap() })
        })
        .collect();
    let (mut winners, mut told) = (0, BTreeSet::new());
    for step in steps {
        match step.await.unwrap() {
            StepOutcome::Committed(..) => winners += 1,
            StepOutcome::Replayed(row) => {
                told.insert(row.digest);
            }
            StepOutcome::Conflict => panic!("a token decides before the case"),
        }
    }
    assert_eq!((winners, told.len()), (1, 1));
    assert_eq!(
        store
            .list_cases(UZ, KIND, &Default::default(), None, 99)
            .await
            .unwrap()
            .len(),
        1
    );
    // The token decides even where the case would be a conflict, and another addressee is another matter.
    let mut again = insert(UZ, "n0");
    again.replay = Some(replay(UZ, "t1", "other"));
    let outcome = store.commit_step(again).await.unwrap();
    assert!(
        matches!(&outcome, StepOutcome::Replayed(row) if told.contains(&row.digest)),
        "{outcome:?}"
    );
    let mut other = insert(KZ, "n0");
    other.replay = Some(replay(KZ, "t1", "d"));
    committed(store.commit_step(other).await.unwrap());
}

pub async fn a_token_of_a_lost_step_is_not_used(place: &Place) {
    let store = place.with_participants().await;
    committed(store.commit_step(insert(UZ, "n1")).await.unwrap());
    let mut lost = insert(UZ, "n1");
    lost.replay = Some(replay(UZ, "t1", "d1"));
    assert!(matches!(store.commit_step(lost).await.unwrap(), StepOutcome::Conflict));
    let mut again = update(&case(UZ, "n1"), "OFFERED");
    again.replay = Some(replay(UZ, "t1", "d1"));
    committed(store.commit_step(again).await.unwrap());
    store.prune_replays(5000).await.unwrap();
    assert!(store.replay(UZ, "did:web:example:peer", "t1").await.unwrap().is_some());
    store.prune_replays(5001).await.unwrap();
    assert!(store.replay(UZ, "did:web:example:peer", "t1").await.unwrap().is_none());
}

pub async fn pruning_keeps_numbers_going(place: &Place) {
    let store = place.with_participants().await;
    let step_of = |participant: &str, count: usize| {
        let mut step = StepWrite::new(CaseWrite::Untouched {
            participant: participant.to_owned(),
        });
        step.events = vec![super::rows::event("n1", "negotiation.moved"); count];
        step
    };
    let step = |count| step_of(UZ, count);
    assert_eq!(store.oldest_event(UZ).await.unwrap(), None);
    committed(store.commit_step(step(100)).await.unwrap());
    committed(store.commit_step(step_of(KZ, 12)).await.unwrap());
    store.prune_events(10).await.unwrap();
    assert_eq!(store.oldest_event(UZ).await.unwrap(), Some(91));
    assert_eq!(
        store.oldest_event(KZ).await.unwrap(),
        Some(3),
        "each keeps its own newest"
    );
    store.prune_events(0).await.unwrap();
    assert_eq!(store.oldest_event(UZ).await.unwrap(), None);
    assert_eq!(store.newest_event(UZ).await.unwrap(), 100);
    assert_eq!(committed(store.commit_step(step(1)).await.unwrap()), [101]);
}
