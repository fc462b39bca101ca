//! Agreements: found by whom they are with.

use super::place::Place;
use super::rows::{KZ, UZ, agreement, committed, insert};
use chapar_store::Store;

const PEER: &str = "did:web:example:peer";

async fn agree(store: &Store, slug: &str, id: &str, negotiation: &str, signed_at: i64) {
    let mut step = insert(slug, negotiation);
    let mut row = agreement(slug, id, negotiation);
    row.signed_at = signed_at;
    step.agreement = Some(row);
    committed(store.commit_step(step).await.unwrap());
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
