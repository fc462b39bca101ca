-- Own entries whose bodies are not open and are here: what the exchange offers of them is held against these.
CREATE INDEX log_entries_closed ON log_entries (origin, position) WHERE sealed_salt IS NOT NULL;

-- Bodies of records of others that a participant was given, with their salts: sealed, and beside every log.
CREATE TABLE held_bodies (
    participant TEXT NOT NULL REFERENCES participants (slug),
    record_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    sealed_document BYTEA NOT NULL,
    got_at BIGINT NOT NULL,
    PRIMARY KEY (participant, record_id, version)
);
CREATE INDEX held_bodies_record ON held_bodies (record_id, version);
