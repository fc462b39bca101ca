//! Rows for tests. All bodies are invented.

use chapar_store::{
    AgreementRow, ApiKeyRow, AssetRow, CaseRow, CaseWrite, ContentRow, DefinitionRow, Deleted, EvidenceRow, KeyState,
    NewEvent, OutboxRow, ParticipantRow, PolicyRow, ReplayRow, SigningKeyRow, StepOutcome, StepWrite, Store,
};

/// Two invented participants.
pub const UZ: &str = "uz-plant";
/// The other one.
pub const KZ: &str = "kz-border";

pub fn participant(slug: &str) -> ParticipantRow {
    ParticipantRow {
        slug: slug.to_owned(),
        participant_id: format!("did:web:example:{slug}"),
        identity: "did".to_owned(),
        config: "{}".to_owned(),
        created_at: 1,
    }
}

pub fn case(slug: &str, id: &str) -> CaseRow {
    CaseRow {
        participant: slug.to_owned(),
        id: id.to_owned(),
        kind: "negotiation".to_owned(),
        role: "provider".to_owned(),
        state: "REQUESTED".to_owned(),
        pending: None,
        phase: "REQUESTED".to_owned(),
        peer: "did:web:example:peer".to_owned(),
        consumer_pid: Some(format!("urn:uuid:c-{id}")),
        provider_pid: Some(id.to_owned()),
        agreement_id: None,
        asset_id: Some("certificates".to_owned()),
        first_key: Some(format!("did:web:example:peer c-{id}")),
        version: 1,
        body: format!("{{\"secret\":\"body of {id}\"}}"),
        evidence_id: format!("e-{id}-1"),
        created_at: 1000,
        updated_at: 1000,
        since: 900,
    }
}

pub fn insert(slug: &str, id: &str) -> StepWrite {
    let row = case(slug, id);
    let mut step = StepWrite::new(CaseWrite::Insert(row));
    step.evidence = vec![evidence(slug, id, 1)];
    step.events = vec![event(id, "negotiation.requested")];
    step
}

pub fn update(before: &CaseRow, state: &str) -> StepWrite {
    let mut row = before.clone();
    row.state = state.to_owned();
    row.phase = state.to_owned();
    row.version += 1;
    row.evidence_id = format!("e-{}-{}", row.id, row.version);
    let mut step = StepWrite::new(CaseWrite::Update {
        expected_version: before.version,
        row: row.clone(),
    });
    step.evidence = vec![evidence(&row.participant, &row.id, row.version)];
    step.events = vec![event(&row.id, "negotiation.moved")];
    step
}

pub fn evidence(slug: &str, case_id: &str, version: i64) -> EvidenceRow {
    EvidenceRow {
        id: format!("e-{case_id}-{version}"),
        participant: slug.to_owned(),
        case_id: Some(case_id.to_owned()),
        kind: "received".to_owned(),
        at: 1000 + version,
        case_digest: Some(format!("digest of {case_id} {version}")),
        leaf: vec![1, 2, 3],
        salt: vec![4, 5],
        body: b"secret evidence".to_vec(),
        raw: Some(b"secret raw message".to_vec()),
    }
}

pub fn event(case_id: &str, event_type: &str) -> NewEvent {
    NewEvent {
        event_type: event_type.to_owned(),
        case_id: Some(case_id.to_owned()),
        data: "{}".to_owned(),
        at: 1000,
        callback_events: Vec::new(),
    }
}

pub fn effect(slug: &str, case_id: &str, position: i64) -> OutboxRow {
    OutboxRow {
        effect_id: format!("f-{case_id}-{position}"),
        participant: slug.to_owned(),
        case_id: case_id.to_owned(),
        position,
        kind: "send".to_owned(),
        body: b"secret message".to_vec(),
        target: "https://peer.example/dsp".to_owned(),
        deadline_at: 9000,
        attempts: 0,
        not_before: 1000,
        created_at: 1000,
    }
}

pub fn replay(slug: &str, jti: &str, digest: &str) -> ReplayRow {
    ReplayRow {
        participant: slug.to_owned(),
        issuer: "did:web:example:peer".to_owned(),
        jti: jti.to_owned(),
        digest: digest.to_owned(),
        case_id: None,
        status: 201,
        answer: b"{}".to_vec(),
        expires_at: 5000,
    }
}

pub fn agreement(slug: &str, id: &str, negotiation_id: &str) -> AgreementRow {
    AgreementRow {
        participant: slug.to_owned(),
        agreement_id: id.to_owned(),
        negotiation_id: negotiation_id.to_owned(),
        role: "provider".to_owned(),
        peer: "did:web:example:peer".to_owned(),
        asset_id: "certificates".to_owned(),
        definition_id: Some("open".to_owned()),
        mode: "auto".to_owned(),
        body: "{}".to_owned(),
        signed_at: 2000,
        retired: None,
    }
}

pub fn signing_key(slug: &str, kid: &str, created_at: i64) -> SigningKeyRow {
    SigningKeyRow {
        participant: slug.to_owned(),
        kid: kid.to_owned(),
        algorithm: "Ed25519".to_owned(),
        public: vec![1; 32],
        private: b"secret private key".to_vec(),
        state: KeyState::Active,
        created_at,
        compromised_at: None,
    }
}

pub fn api_key(slug: Option<&str>, id: &str) -> ApiKeyRow {
    ApiKeyRow {
        id: id.to_owned(),
        participant: slug.map(str::to_owned),
        role: "admin".to_owned(),
        hash: vec![9; 32],
        label: "first".to_owned(),
        created_at: 1,
        revoked_at: None,
    }
}

pub fn document(slug: &str, id: &str, digest: &str) -> AssetRow {
    AssetRow {
        content: Some(ContentRow {
            digest: digest.to_owned(),
            media_type: "application/xml".to_owned(),
            size: 3,
        }),
        ..asset(slug, id)
    }
}

pub fn asset(slug: &str, id: &str) -> AssetRow {
    AssetRow {
        participant: slug.to_owned(),
        id: id.to_owned(),
        content: None,
        properties: "{}".to_owned(),
        private_properties: "{}".to_owned(),
        data_address: None,
        in_reach: true,
        created_at: 1,
        updated_at: 1,
    }
}

pub fn policy(slug: &str, id: &str) -> PolicyRow {
    PolicyRow {
        participant: slug.to_owned(),
        id: id.to_owned(),
        body: "{}".to_owned(),
        private_properties: "{}".to_owned(),
        created_at: 1,
        updated_at: 1,
    }
}

pub fn definition(slug: &str, id: &str, policy: &str) -> DefinitionRow {
    DefinitionRow {
        participant: slug.to_owned(),
        id: id.to_owned(),
        access_policy: policy.to_owned(),
        contract_policy: policy.to_owned(),
        selector: "[]".to_owned(),
        mode: "auto".to_owned(),
        private_properties: "{}".to_owned(),
        created_at: 1,
        updated_at: 1,
    }
}

/// Receives a content and puts its document.
pub async fn put_document(store: &Store, slug: &str, id: &str, content: &[u8], offered_by: &[&str]) -> AssetRow {
    let mut incoming = store.receive(slug).await.unwrap();
    incoming.write(content).await.unwrap();
    let received = incoming.finish().await.unwrap();
    let row = document(slug, id, &received.digest.hex());
    let offered_by = offered_by.iter().map(|id| (*id).to_owned()).collect();
    let put = store.put_asset(row.clone(), Vec::new(), offered_by).await.unwrap();
    assert!(matches!(put, chapar_store::Put::Committed(_)), "{put:?}");
    row
}

/// Removes an asset that no negotiation in state `REQUESTED` is about.
pub async fn delete_asset(store: &Store, slug: &str, id: &str) -> Deleted {
    store
        .delete_asset(slug, id, "negotiation", &["REQUESTED"])
        .await
        .unwrap()
}

/// Hexadecimal digest of a document's content.
pub fn digest(row: &AssetRow) -> &str {
    &row.content.as_ref().unwrap().digest
}

/// The numbers of a step that must be committed.
pub fn committed(outcome: StepOutcome) -> Vec<i64> {
    match outcome {
        StepOutcome::Committed(_, numbers) => numbers,
        other => panic!("not committed: {other:?}"),
    }
}
