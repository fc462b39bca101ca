//! Agreements: found by whom they are with, gone by no more and again.

use super::place::Place;
use super::rows::{KZ, UZ, agreement, committed, evidence, insert};
use chapar_store::{CaseWrite, Retirement, StepOutcome, StepWrite, Store};

const PEER: &str = "did:web:example:peer";

async fn agree(store: &Store, slug: &str, id: &str, negotiation: &str, signed_at: i64) {
    let mut step = insert(slug, negotiation);
    let mut row = agreement(slug, id, negotiation);
    row.signed_at = signed_at;
    step.agreement = Some(row);
    committed(store.commit_step(step).await.unwrap());
}

fn retire(slug: &str, id: &str, mark: i64) -> StepWrite {
    let mut step = StepWrite::new(CaseWrite::Retire {
        participant: slug.to_owned(),
        agreement_id: id.to_owned(),
        retirement: Retirement {
            reason: "over".to_owned(),
            at: 1200,
        },
    });
    step.evidence = vec![evidence(slug, &format!("retire-{id}"), mark)];
    step
}

fn reactivate(slug: &str, id: &str) -> StepWrite {
    StepWrite::new(CaseWrite::Reactivate {
        participant: slug.to_owned(),
        agreement_id: id.to_owned(),
    })
}

pub async fn agreements_with_a_peer_come_newest_first(place: &Place) {
    let store = place.with_participants().await;
    for (id, negotiation, signed_at) in [("a1", "n1", 10), ("a2", "n2", 30), ("a3", "n3", 20)] {
        agree(&store, UZ, id, negotiation, signed_at).await;
    }
    agree(&store, KZ, "a4", "n4", 40).await;
    let asset = agreement(UZ, "a1", "n1").asset_id;
    let role = agreement(UZ, "a1", "n1").role;
    let found = async |role: &str, peer: &str, asset: &str, limit| {
        let rows = store.agreements_with(UZ, role, peer, asset, limit).await.unwrap();
        rows.into_iter().map(|row| row.agreement_id).collect::<Vec<_>>()
    };
    assert_eq!(found(&role, PEER, &asset, 9).await, ["a2", "a3", "a1"]);
    assert_eq!(found(&role, PEER, &asset, 1).await, ["a2"]);
    assert!(found("nobody", PEER, &asset, 9).await.is_empty());
    assert!(found(&role, "did:web:example:other", &asset, 9).await.is_empty());
    assert!(found(&role, PEER, "other", 9).await.is_empty());
}

pub async fn an_agreement_is_retired_once_and_reactivated_once(place: &Place) {
    let store = place.with_participants().await;
    agree(&store, UZ, "a1", "n1", 10).await;
    agree(&store, UZ, "a2", "n2", 10).await;
    agree(&store, KZ, "a1", "n1", 10).await;
    committed(store.commit_step(retire(UZ, "a1", 1)).await.unwrap());
    let row = store.agreement(UZ, "a1").await.unwrap().unwrap();
    let retired = Some(Retirement {
        reason: "over".to_owned(),
        at: 1200,
    });
    assert_eq!(row.retired, retired);
    let by_negotiation = store.agreement_of_negotiation(UZ, "n1").await.unwrap();
    assert_eq!(by_negotiation.as_ref(), Some(&row));
    assert_eq!(
        store.list_retired(UZ, None, 9).await.unwrap(),
        std::slice::from_ref(&row)
    );
    assert!(store.list_retired(UZ, Some("a1"), 9).await.unwrap().is_empty());
    assert_eq!(store.list_agreements(UZ, None, 9).await.unwrap()[0], row);
    for (slug, id) in [(UZ, "a2"), (KZ, "a1")] {
        assert_eq!(store.agreement(slug, id).await.unwrap().unwrap().retired, None);
    }

    let entries = store.evidence_after(UZ, 0, 99).await.unwrap().len();
    let again = store.commit_step(retire(UZ, "a1", 2)).await.unwrap();
    assert!(matches!(again, StepOutcome::Conflict), "{again:?}");
    assert_eq!(store.evidence_after(UZ, 0, 99).await.unwrap().len(), entries);
    assert!(
        store.commit_step(retire(UZ, "a9", 3)).await.is_err(),
        "there is none of that name"
    );

    committed(store.commit_step(reactivate(UZ, "a1")).await.unwrap());
    assert_eq!(store.agreement(UZ, "a1").await.unwrap().unwrap().retired, None);
    let again = store.commit_step(reactivate(UZ, "a1")).await.unwrap();
    assert!(matches!(again, StepOutcome::Conflict), "{again:?}");
}

pub async fn cases_under_an_agreement_are_found_by_their_state(place: &Place) {
    let store = place.with_participants().await;
    for (slug, id, state, under) in [
        (UZ, "t1", "STARTED", "a1"),
        (UZ, "t2", "REQUESTED", "a1"),
        (UZ, "t3", "COMPLETED", "a1"),
        (UZ, "t4", "STARTED", "a2"),
        (KZ, "t1", "STARTED", "a1"),
    ] {
        let mut step = insert(slug, id);
        if let CaseWrite::Insert(row) = &mut step.case {
            row.kind = "transfer".to_owned();
            row.state = state.to_owned();
            row.agreement_id = Some(under.to_owned());
        }
        committed(store.commit_step(step).await.unwrap());
    }
    let open = ["REQUESTED", "STARTED"];
    let mut found = store.cases_under(UZ, "transfer", "a1", &open).await.unwrap();
    found.sort_unstable();
    assert_eq!(found, ["t1", "t2"]);
    assert!(
        store
            .cases_under(UZ, "negotiation", "a1", &open)
            .await
            .unwrap()
            .is_empty()
    );
}
