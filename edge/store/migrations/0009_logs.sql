-- Tamper-evident logs: a participant's own, and foreign ones that this node mirrors (those have no participant).
-- `size` counts the entries under `checkpoint`, the published one; `folded` those that the views hold.
CREATE TABLE logs (
    origin TEXT PRIMARY KEY,
    participant TEXT REFERENCES participants (slug),
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    vkey TEXT NOT NULL,
    state TEXT NOT NULL,
    config TEXT NOT NULL,
    size BIGINT NOT NULL,
    folded BIGINT NOT NULL,
    checkpoint BYTEA,
    published_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX logs_participant ON logs (participant, kind);

CREATE TABLE log_keys (
    origin TEXT NOT NULL REFERENCES logs (origin),
    vkey TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    public BYTEA NOT NULL,
    sealed_private BYTEA NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (origin, vkey)
);

-- Entries of register logs, own and mirrored; those of evidence logs are the rows of `evidence`. `position` is 1, 2, 3 ... per
-- log. An own entry has its unique `id`; a mirrored one has none, since what others write need not be unique. Where there is a
-- salt, the body is not open and encrypted like it.
CREATE TABLE log_entries (
    origin TEXT NOT NULL REFERENCES logs (origin),
    position BIGINT NOT NULL,
    id TEXT,
    leaf BYTEA NOT NULL,
    body_hash TEXT NOT NULL,
    body BYTEA,
    sealed_salt BYTEA,
    at BIGINT NOT NULL,
    purged_at BIGINT,
    PRIMARY KEY (origin, position)
);
CREATE UNIQUE INDEX log_entries_id ON log_entries (origin, id);
CREATE INDEX log_entries_body ON log_entries (origin, body_hash);
