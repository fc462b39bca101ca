//! What participants and the operator keep.

use super::place::Place;
use super::rows::{
    KZ, UZ, agreement, api_key, committed, definition, delete_asset, digest, document, insert, participant, policy,
    put_document, signing_key,
};
use chapar_store::{AccessEnd, AccessRow, Deleted, KeyState, PeerRow, Put, StoreFault};
use tokio::io::AsyncReadExt;

pub async fn participants_are_unique(place: &Place) {
    let store = place.open().await;
    let put = store
        .add_participant(
            participant(UZ),
            vec![signing_key(UZ, "k1", 1)],
            vec![api_key(Some(UZ), "id1")],
        )
        .await
        .unwrap();
    assert!(matches!(put, Put::Committed(_)));
    let mut same_id = participant(KZ);
    same_id.participant_id = participant(UZ).participant_id;
    for taken in [participant(UZ), same_id, participant("Not A Slug")] {
        let put = store.add_participant(taken, Vec::new(), Vec::new()).await.unwrap();
        assert!(matches!(put, Put::Conflict(_)), "{put:?}");
    }
    assert_eq!(store.list_participants().await.unwrap(), [participant(UZ)]);
    assert_eq!(
        store.participant_by_id("did:web:example:uz-plant").await.unwrap(),
        Some(participant(UZ))
    );
    assert_eq!(store.signing_keys(UZ).await.unwrap(), [signing_key(UZ, "k1", 1)]);
    store.set_participant_config(UZ, "{\"a\":1}".to_owned()).await.unwrap();
    assert_eq!(store.participant(UZ).await.unwrap().unwrap().config, "{\"a\":1}");
    assert!(store.set_participant_config(KZ, "{}".to_owned()).await.is_err());
}

pub async fn keys_are_sealed_rotated_and_revoked(place: &Place) {
    let store = place.with_participants().await;
    store
        .rotate_signing_keys(UZ, vec![signing_key(UZ, "k1", 1)])
        .await
        .unwrap();
    store
        .rotate_signing_keys(KZ, vec![signing_key(KZ, "k1", 1)])
        .await
        .unwrap();
    store
        .rotate_signing_keys(UZ, vec![signing_key(UZ, "k2", 2)])
        .await
        .unwrap();
    let states: Vec<_> = store
        .signing_keys(UZ)
        .await
        .unwrap()
        .into_iter()
        .map(|key| (key.kid, key.state))
        .collect();
    assert_eq!(
        states,
        [
            ("k1".to_owned(), KeyState::Retired),
            ("k2".to_owned(), KeyState::Active)
        ]
    );
    assert_eq!(store.signing_keys(KZ).await.unwrap(), [signing_key(KZ, "k1", 1)]);
    assert!(
        store
            .rotate_signing_keys(UZ, vec![signing_key(KZ, "k3", 3)])
            .await
            .is_err()
    );

    store.add_api_key(api_key(Some(UZ), "id1")).await.unwrap();
    store.add_api_key(api_key(None, "id2")).await.unwrap();
    assert!(matches!(
        store.add_api_key(api_key(Some(KZ), "id1")).await.unwrap(),
        Put::Conflict(_)
    ));
    assert_eq!(store.list_api_keys(None).await.unwrap(), [api_key(None, "id2")]);
    assert_eq!(store.list_api_keys(Some(UZ)).await.unwrap(), [api_key(Some(UZ), "id1")]);
    assert_eq!(
        store.revoke_api_key(Some(KZ), "id1", 50).await.unwrap(),
        Deleted::Absent
    );
    assert_eq!(store.revoke_api_key(None, "id1", 50).await.unwrap(), Deleted::Absent);
    assert!(matches!(
        store.revoke_api_key(Some(UZ), "id1", 60).await.unwrap(),
        Deleted::Committed(_)
    ));
    assert!(matches!(
        store.revoke_api_key(Some(UZ), "id1", 70).await.unwrap(),
        Deleted::Committed(_)
    ));
    assert_eq!(store.api_key("id1").await.unwrap().unwrap().revoked_at, Some(60));
}

pub async fn a_lost_signing_key_signs_no_more_and_another_does(place: &Place) {
    let store = place.with_participants().await;
    for kid in ["k1", "k2"] {
        let at = if kid == "k1" { 1 } else { 2 };
        store
            .rotate_signing_keys(UZ, vec![signing_key(UZ, kid, at)])
            .await
            .unwrap();
    }
    store
        .rotate_signing_keys(KZ, vec![signing_key(KZ, "k2", 1)])
        .await
        .unwrap();
    let give_up = async |kid, at, fresh| store.give_up_signing_key(UZ, kid, at, fresh).await;
    let keys = async || {
        let keys = store.signing_keys(UZ).await.unwrap().into_iter();
        keys.map(|key| (key.kid, key.state, key.compromised_at))
            .collect::<Vec<_>>()
    };
    assert!(matches!(
        give_up("k9", 5, Some(signing_key(UZ, "k3", 3))).await,
        Ok(Deleted::Absent)
    ));
    assert!(give_up("k2", 5, Some(signing_key(KZ, "k3", 3))).await.is_err());
    let taken = give_up("k2", 5, Some(signing_key(UZ, "k1", 3))).await;
    assert!(matches!(taken, Err(StoreFault::Constraint(_))), "{taken:?}");
    let of = |kid: &str, state, at| (kid.to_owned(), state, at);
    assert_eq!(
        keys().await,
        [of("k1", KeyState::Retired, None), of("k2", KeyState::Active, None)],
        "all or nothing"
    );
    assert!(matches!(
        give_up("k2", 5, Some(signing_key(UZ, "k3", 3))).await,
        Ok(Deleted::Committed(_))
    ));
    assert!(matches!(give_up("k1", 6, None).await, Ok(Deleted::Committed(_))));
    assert!(matches!(give_up("k2", 7, None).await, Ok(Deleted::Committed(_))));
    assert_eq!(
        keys().await,
        [
            of("k1", KeyState::Retired, Some(6)),
            of("k2", KeyState::Retired, Some(5)),
            of("k3", KeyState::Active, None)
        ]
    );
    assert_eq!(store.signing_keys(KZ).await.unwrap(), [signing_key(KZ, "k2", 1)]);
}

pub async fn secrets_keep_their_first_value(place: &Place) {
    let store = place.with_participants().await;
    assert_eq!(store.secret_or_insert("", "paging", b"one").await.unwrap(), b"one");
    assert_eq!(store.secret_or_insert("", "paging", b"two").await.unwrap(), b"one");
    assert_eq!(store.secret_or_insert(UZ, "paging", b"three").await.unwrap(), b"three");
}

pub async fn secrets_of_a_participant_come_and_go(place: &Place) {
    let store = place.with_participants().await;
    let read = async |slug: &str| store.secret(slug, "door").await.unwrap();
    let replaced = store.replace_secret(UZ, "door", b"0").await.unwrap();
    assert!(matches!(replaced, Put::Conflict(_)), "{replaced:?}");
    for (value, kept) in [(b"1", true), (b"2", false)] {
        let put = store.add_secret(UZ, "door", value).await.unwrap();
        assert_eq!(matches!(put, Put::Committed(_)), kept, "{put:?}");
    }
    assert_eq!((read(UZ).await.unwrap(), read(KZ).await), (b"1".to_vec(), None));
    store.replace_secret(UZ, "door", b"3").await.unwrap();
    assert_eq!(read(UZ).await.unwrap(), b"3");
    assert_eq!(store.delete_secret(KZ, "door").await.unwrap(), Deleted::Absent);
    assert!(matches!(
        store.delete_secret(UZ, "door").await.unwrap(),
        Deleted::Committed(_)
    ));
    assert_eq!(read(UZ).await, None);
    assert_eq!(store.delete_secret(UZ, "door").await.unwrap(), Deleted::Absent);
}

pub async fn peers_come_and_go(place: &Place) {
    let store = place.with_participants().await;
    let peer = |id: &str, dsp: &str| PeerRow {
        participant: UZ.to_owned(),
        id: id.to_owned(),
        dsp: dsp.to_owned(),
        name: None,
        config: "{}".to_owned(),
        created_at: 1,
        updated_at: 1,
    };
    store.put_peer(peer("b", "https://one.example")).await.unwrap();
    store.put_peer(peer("a", "https://two.example")).await.unwrap();
    store
        .put_peer(PeerRow {
            created_at: 5,
            updated_at: 5,
            ..peer("b", "https://three.example")
        })
        .await
        .unwrap();
    let stored = store.peer(UZ, "b").await.unwrap().unwrap();
    assert_eq!(
        (stored.dsp.as_str(), stored.created_at, stored.updated_at),
        ("https://three.example", 1, 5)
    );
    assert_eq!(store.list_peers(UZ, Some("a"), 9).await.unwrap(), [stored]);
    assert_eq!(store.delete_peer(KZ, "b").await.unwrap(), Deleted::Absent);
    assert!(matches!(
        store.delete_peer(UZ, "b").await.unwrap(),
        Deleted::Committed(_)
    ));
    assert_eq!(store.list_peers(UZ, None, 9).await.unwrap().len(), 1);
}

pub async fn policies_in_use_stay(place: &Place) {
    let store = place.with_participants().await;
    // It may name a policy that comes later.
    let early = store
        .put_definition(definition(UZ, "open", "p1"), Vec::new())
        .await
        .unwrap();
    assert!(matches!(early, Put::Committed(_)), "{early:?}");
    store.put_policy(policy(UZ, "p1")).await.unwrap();
    let used = store.delete_policy(UZ, "p1").await.unwrap();
    assert!(
        matches!(&used, Deleted::InUse(reason) if reason.contains("`open`")),
        "{used:?}"
    );
    assert_eq!(
        store.definition(UZ, "open").await.unwrap(),
        Some(definition(UZ, "open", "p1"))
    );
    assert!(matches!(
        store.delete_definition(UZ, "open").await.unwrap(),
        Deleted::Committed(_)
    ));
    assert!(matches!(
        store.delete_policy(UZ, "p1").await.unwrap(),
        Deleted::Committed(_)
    ));
    assert_eq!(store.delete_policy(UZ, "p1").await.unwrap(), Deleted::Absent);
    assert_eq!(store.policy(UZ, "p1").await.unwrap(), None);
    assert_eq!(store.list_policies(UZ, None, 9).await.unwrap(), []);
    assert_eq!(store.list_definitions(UZ, None, 9).await.unwrap(), []);
}

pub async fn documents_and_their_contents(place: &Place) {
    let store = place.with_participants().await;
    let nowhere = store
        .put_asset(document(UZ, "d0", &"0".repeat(64)), Vec::new(), Vec::new())
        .await;
    assert!(matches!(nowhere, Err(StoreFault::NoContent(_))), "{nowhere:?}");
    let one = put_document(&store, UZ, "d1", b"content", &[]).await;
    let two = put_document(&store, UZ, "d2", b"content", &[]).await;
    assert_eq!(digest(&one), digest(&two));
    assert_eq!(store.asset(UZ, "d1").await.unwrap(), Some(one.clone()));
    // The content of another participant is not there, even by its digest.
    assert!(store.content(KZ, digest(&one)).await.is_err());
    assert!(store.content("..", digest(&one)).await.is_err());
    assert!(store.content(UZ, "../../chapar.db").await.is_err());
    delete_asset(&store, UZ, "d1").await;
    let mut open = store.content(UZ, digest(&one)).await.unwrap();
    put_document(&store, UZ, "d2", b"other content", &[]).await;
    assert!(
        store.content(UZ, digest(&one)).await.is_err(),
        "content without a row must go"
    );
    let mut text = String::new();
    open.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "content");
    let mut broken_off = store.receive(UZ).await.unwrap();
    broken_off.write(b"half").await.unwrap();
    drop(broken_off);
    let folder = place.folder().join("documents").join(UZ);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
}

pub async fn documents_under_agreement_stay(place: &Place) {
    let store = place.with_participants().await;
    put_document(&store, UZ, "certificates", b"content", &[]).await;
    put_document(&store, KZ, "certificates", b"content", &[]).await;
    let mut step = insert(UZ, "n1");
    step.agreement = Some(agreement(UZ, "a1", "n1"));
    committed(store.commit_step(step).await.unwrap());
    let used = delete_asset(&store, UZ, "certificates").await;
    assert!(
        matches!(&used, Deleted::InUse(reason) if reason.contains("`a1`")),
        "{used:?}"
    );
    assert!(matches!(
        delete_asset(&store, KZ, "certificates").await,
        Deleted::Committed(_)
    ));
    assert_eq!(delete_asset(&store, KZ, "certificates").await, Deleted::Absent);
    assert_eq!(store.list_documents(UZ, None, 9).await.unwrap().len(), 1);
}

pub async fn access_records_come_back(place: &Place) {
    let store = place.with_participants().await;
    let record = |number: i64| AccessRow {
        id: format!("x{number}"),
        participant: UZ.to_owned(),
        transfer_id: "t1".to_owned(),
        agreement_id: "a1".to_owned(),
        consumer: "did:web:example:peer".to_owned(),
        at: number,
        range: Some("bytes=0-9".to_owned()),
        status: 0,
        bytes: 0,
        ended_at: None,
    };
    // Two of one moment: their ids keep them apart.
    let mut twin = record(9);
    twin.at = 3;
    store.add_access(twin.clone()).await.unwrap();
    for number in 0..5 {
        store.add_access(record(number)).await.unwrap();
    }
    let from = async |at, id: &str, limit| store.accesses(UZ, "t1", (at, id), limit).await.unwrap();
    assert_eq!(from(3, "x3", 9).await, [twin, record(4)]);
    assert_eq!(from(0, "", 2).await, [record(0), record(1)]);
    assert_eq!(store.accesses(KZ, "t1", (0, ""), 9).await.unwrap(), []);
    let end = AccessEnd {
        status: 206,
        bytes: 10,
        ended_at: 7,
    };
    store.end_access(UZ, "x4", end).await.unwrap();
    store.end_access(UZ, "unknown", end).await.unwrap();
    store.end_access(KZ, "x1", end).await.unwrap();
    let mut ended = record(4);
    (ended.status, ended.bytes, ended.ended_at) = (206, 10, Some(7));
    assert_eq!(from(3, "x9", 9).await, [ended]);
    assert_eq!(from(0, "x0", 1).await, [record(1)], "another participant's");
}

pub async fn nothing_of_another_participant_is_seen(place: &Place) {
    let store = place.with_participants().await;
    let mut step = insert(UZ, "n1");
    step.agreement = Some(agreement(UZ, "a1", "n1"));
    step.outbox_add = vec![super::rows::effect(UZ, "n1", 1)];
    committed(store.commit_step(step).await.unwrap());
    store.put_policy(policy(UZ, "p1")).await.unwrap();
    store
        .put_definition(definition(UZ, "open", "p1"), Vec::new())
        .await
        .unwrap();
    put_document(&store, UZ, "d1", b"content", &["open"]).await;
    let kind = "negotiation";
    assert_eq!(store.load_case(KZ, kind, "n1").await.unwrap(), None);
    assert_eq!(
        store
            .case_by_first_key(KZ, kind, "did:web:example:peer c-n1")
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store.list_cases(KZ, kind, &Default::default(), None, 9).await.unwrap(),
        []
    );
    assert_eq!(store.timeline(KZ, "n1", 0, 9).await.unwrap(), []);
    assert_eq!(store.outbox(KZ, "n1").await.unwrap(), []);
    assert_eq!(store.agreement(KZ, "a1").await.unwrap(), None);
    assert_eq!(store.agreement_of_negotiation(KZ, "n1").await.unwrap(), None);
    assert_eq!(store.events_after(KZ, 0, 9).await.unwrap(), []);
    assert_eq!(store.asset(KZ, "d1").await.unwrap(), None);
    assert_eq!(store.policy(KZ, "p1").await.unwrap(), None);
    assert_eq!(store.definition(KZ, "open").await.unwrap(), None);
    assert_eq!(
        store.definitions_of_asset(KZ, "d1").await.unwrap(),
        Vec::<String>::new()
    );
    let open = std::collections::BTreeSet::from(["open".into()]);
    assert_eq!(
        store
            .datasets_page(KZ, &open, &chapar_store::Keyset::Start, 9)
            .await
            .unwrap(),
        []
    );
}
