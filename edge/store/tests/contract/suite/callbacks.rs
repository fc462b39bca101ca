//! Callback addresses: how far each was told, what it is still to be told of, and what waits for it.

use super::place::Place;
use super::rows::{KZ, UZ, case, committed, insert, update};
use chapar_store::{CallbackRow, OpenCallback, StepWrite, Store};

/// A step whose event is told under these names.
fn told(mut step: StepWrite, names: &[&str]) -> StepWrite {
    step.events[0].callback_events = names.iter().map(|name| (*name).to_owned()).collect();
    step
}

async fn with_two_addresses(store: &Store) {
    let mut step = told(insert(UZ, "n1"), &["initiated"]);
    step.callbacks = vec![
        CallbackRow::new(UZ, "n1", 0, false),
        CallbackRow::new(UZ, "n1", 1, true),
    ];
    committed(store.commit_step(step).await.unwrap());
}

pub async fn an_address_is_told_of_its_case_from_where_it_was(place: &Place) {
    let store = place.with_participants().await;
    with_two_addresses(&store).await;
    committed(store.commit_step(told(insert(KZ, "n1"), &["other"])).await.unwrap());
    committed(store.commit_step(insert(UZ, "n2")).await.unwrap());
    let moved = told(update(&case(UZ, "n1"), "OFFERED"), &["requested", "offered"]);
    committed(store.commit_step(moved).await.unwrap());

    let events = store.callback_events(UZ, "n1", 0, 10).await.unwrap();
    let names: Vec<_> = events
        .iter()
        .map(|event| (event.number, event.callback_events.join("+")))
        .collect();
    assert_eq!(
        names,
        [(1, "initiated".to_owned()), (3, "requested+offered".to_owned())]
    );
    assert_eq!(store.callback_events(UZ, "n1", 1, 10).await.unwrap(), events[1..]);
    assert_eq!(store.callback_events(UZ, "n1", 0, 1).await.unwrap(), events[..1]);

    let mut row = store.callbacks(UZ, "n1").await.unwrap()[0].clone();
    assert_eq!(row, CallbackRow::new(UZ, "n1", 0, false));
    (row.position, row.told, row.given_up) = (3, 1, 1);
    (row.attempts, row.not_before, row.obstacle) = (2, 9, Some("status 503".to_owned()));
    store.note_callback(row.clone()).await.unwrap();
    let both = store.callbacks(UZ, "n1").await.unwrap();
    assert_eq!(both, [row, CallbackRow::new(UZ, "n1", 1, true)]);
    assert!(store.callbacks(KZ, "n1").await.unwrap().is_empty());
    store
        .note_callback(CallbackRow::new(UZ, "gone", 0, false))
        .await
        .unwrap();
}

pub async fn effects_wait_for_a_transactional_address_only(place: &Place) {
    let store = place.with_participants().await;
    with_two_addresses(&store).await;
    let [plain, mut held] = store.callbacks(UZ, "n1").await.unwrap().try_into().unwrap();
    let open = |number, transactional, is_due| OpenCallback {
        participant: UZ.to_owned(),
        case_id: "n1".to_owned(),
        number,
        transactional,
        is_due,
    };
    assert_eq!(
        store.open_callbacks().await.unwrap(),
        [open(0, false, true), open(1, true, true)]
    );
    assert!(store.waits_for_callback(UZ, "n1").await.unwrap());
    assert!(!store.waits_for_callback(KZ, "n1").await.unwrap());

    held.position = 1;
    store.note_callback(held.clone()).await.unwrap();
    assert!(!store.waits_for_callback(UZ, "n1").await.unwrap());
    assert_eq!(
        store.open_callbacks().await.unwrap(),
        [open(0, false, true), open(1, true, false)]
    );
    store
        .note_callback(CallbackRow { is_done: true, ..plain })
        .await
        .unwrap();
    assert_eq!(store.open_callbacks().await.unwrap(), [open(1, true, false)]);

    committed(
        store
            .commit_step(told(update(&case(UZ, "n1"), "OFFERED"), &["offered"]))
            .await
            .unwrap(),
    );
    assert!(store.waits_for_callback(UZ, "n1").await.unwrap());
    store
        .note_callback(CallbackRow { is_done: true, ..held })
        .await
        .unwrap();
    assert!(!store.waits_for_callback(UZ, "n1").await.unwrap());
}

pub async fn pruning_leaves_what_is_still_to_be_told(place: &Place) {
    let store = place.with_participants().await;
    with_two_addresses(&store).await;
    committed(
        store
            .commit_step(told(insert(UZ, "n2"), &["nobody waits"]))
            .await
            .unwrap(),
    );
    committed(
        store
            .commit_step(told(update(&case(UZ, "n1"), "OFFERED"), &["offered"]))
            .await
            .unwrap(),
    );
    committed(store.commit_step(insert(UZ, "n3")).await.unwrap());
    let kept = async |store: &Store| -> Vec<i64> {
        let events = store.events_after(UZ, 0, 10).await.unwrap();
        events.iter().map(|event| event.number).collect()
    };
    store.prune_events(1).await.unwrap();
    assert_eq!(kept(&store).await, [1, 3, 4]);
    assert_eq!(
        store.oldest_event(UZ).await.unwrap(),
        Some(4),
        "a stream has a gap before it"
    );

    for row in store.callbacks(UZ, "n1").await.unwrap() {
        store.note_callback(CallbackRow { position: 1, ..row }).await.unwrap();
    }
    store.prune_events(1).await.unwrap();
    assert_eq!(kept(&store).await, [3, 4]);
    for row in store.callbacks(UZ, "n1").await.unwrap() {
        store.note_callback(CallbackRow { is_done: true, ..row }).await.unwrap();
    }
    store.prune_events(1).await.unwrap();
    assert_eq!(kept(&store).await, [4]);
}
