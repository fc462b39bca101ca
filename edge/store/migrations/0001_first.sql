-- Schema 0001. Understood by SQLite and PostgreSQL alike: TEXT, BIGINT, BYTEA, no types or functions of one of them.
-- Times are milliseconds of the Unix epoch. Columns named `sealed_*` are encrypted under the node key.

CREATE TABLE node_meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE participants (
    slug TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL UNIQUE,
    identity TEXT NOT NULL,
    config TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Numbers without gaps: one row per participant and series.
CREATE TABLE counters (
    participant TEXT NOT NULL REFERENCES participants (slug),
    series TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (participant, series)
);

CREATE TABLE cases (
    participant TEXT NOT NULL REFERENCES participants (slug),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    pending TEXT,
    phase TEXT NOT NULL,
    peer TEXT NOT NULL,
    consumer_pid TEXT,
    provider_pid TEXT,
    agreement_id TEXT,
    asset_id TEXT,
    first_key TEXT,
    version BIGINT NOT NULL,
    sealed_body BYTEA NOT NULL,
    evidence_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (participant, id)
);
CREATE UNIQUE INDEX cases_first_key ON cases (participant, kind, first_key);
CREATE INDEX cases_created ON cases (participant, kind, created_at, id);
CREATE INDEX cases_state ON cases (participant, kind, state, created_at, id);
CREATE INDEX cases_phase ON cases (participant, kind, phase, created_at, id);
CREATE INDEX cases_peer ON cases (participant, kind, peer, created_at, id);
CREATE INDEX cases_agreement ON cases (participant, kind, agreement_id, created_at, id);

CREATE TABLE agreements (
    participant TEXT NOT NULL REFERENCES participants (slug),
    agreement_id TEXT NOT NULL,
    negotiation_id TEXT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    definition_id TEXT,
    mode TEXT NOT NULL,
    body TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (participant, agreement_id)
);
CREATE UNIQUE INDEX agreements_negotiation ON agreements (participant, negotiation_id);
CREATE INDEX agreements_asset ON agreements (participant, asset_id);

CREATE TABLE evidence (
    participant TEXT NOT NULL REFERENCES participants (slug),
    id TEXT NOT NULL,
    position BIGINT NOT NULL,
    case_id TEXT,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    case_digest TEXT,
    leaf BYTEA NOT NULL,
    salt BYTEA NOT NULL,
    sealed_body BYTEA NOT NULL,
    sealed_raw BYTEA,
    PRIMARY KEY (participant, id)
);
CREATE UNIQUE INDEX evidence_position ON evidence (participant, position);
CREATE INDEX evidence_case ON evidence (participant, case_id, position);

CREATE TABLE outbox (
    effect_id TEXT PRIMARY KEY,
    participant TEXT NOT NULL REFERENCES participants (slug),
    case_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sealed_body BYTEA NOT NULL,
    target TEXT NOT NULL,
    deadline_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_case ON outbox (participant, case_id, position, effect_id);

CREATE TABLE events (
    participant TEXT NOT NULL REFERENCES participants (slug),
    number BIGINT NOT NULL,
    event_type TEXT NOT NULL,
    case_id TEXT,
    data TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (participant, number)
);

CREATE TABLE replays (
    participant TEXT NOT NULL REFERENCES participants (slug),
    issuer TEXT NOT NULL,
    jti TEXT NOT NULL,
    digest TEXT NOT NULL,
    case_id TEXT,
    status BIGINT NOT NULL,
    answer BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (participant, issuer, jti)
);
CREATE INDEX replays_expiry ON replays (expires_at);

CREATE TABLE signing_keys (
    participant TEXT NOT NULL REFERENCES participants (slug),
    kid TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    public BYTEA NOT NULL,
    sealed_private BYTEA NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (participant, kid)
);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    participant TEXT REFERENCES participants (slug),
    role TEXT NOT NULL,
    hash BYTEA NOT NULL,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_keys_participant ON api_keys (participant, created_at, id);

-- `scope` is a participant's slug, or empty for the node's own.
CREATE TABLE secrets (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed_value BYTEA NOT NULL,
    PRIMARY KEY (scope, name)
);

CREATE TABLE peers (
    participant TEXT NOT NULL REFERENCES participants (slug),
    id TEXT NOT NULL,
    dsp TEXT NOT NULL,
    name TEXT,
    config TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (participant, id)
);

CREATE TABLE documents (
    participant TEXT NOT NULL REFERENCES participants (slug),
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    properties TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (participant, id)
);
CREATE INDEX documents_digest ON documents (participant, digest);

CREATE TABLE policies (
    participant TEXT NOT NULL REFERENCES participants (slug),
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (participant, id)
);

CREATE TABLE definitions (
    participant TEXT NOT NULL,
    id TEXT NOT NULL,
    access_policy TEXT NOT NULL,
    contract_policy TEXT NOT NULL,
    selector TEXT NOT NULL,
    mode TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (participant, id),
    FOREIGN KEY (participant, access_policy) REFERENCES policies (participant, id),
    FOREIGN KEY (participant, contract_policy) REFERENCES policies (participant, id)
);
CREATE INDEX definitions_access ON definitions (participant, access_policy);
CREATE INDEX definitions_contract ON definitions (participant, contract_policy);

-- The catalogue's index: which definition offers which asset.
CREATE TABLE offers (
    participant TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    definition_id TEXT NOT NULL,
    PRIMARY KEY (participant, asset_id, definition_id),
    FOREIGN KEY (participant, asset_id) REFERENCES documents (participant, id) ON DELETE CASCADE,
    FOREIGN KEY (participant, definition_id) REFERENCES definitions (participant, id) ON DELETE CASCADE
);
CREATE INDEX offers_definition ON offers (participant, definition_id, asset_id);

CREATE TABLE access_records (
    participant TEXT NOT NULL REFERENCES participants (slug),
    id TEXT NOT NULL,
    transfer_id TEXT NOT NULL,
    agreement_id TEXT NOT NULL,
    consumer TEXT NOT NULL,
    at BIGINT NOT NULL,
    byte_range TEXT,
    status BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (participant, id)
);
CREATE INDEX access_records_transfer ON access_records (participant, transfer_id, at, id);
