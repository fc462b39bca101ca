-- Foreign logs that this node mirrors, besides their rows in `logs`. `state` is what is verified up to the published size, `staged` up to
-- the last entry behind it, and `seen` the newest signed checkpoint that goes on from there: what is staged is of its tree.
CREATE TABLE mirrors (
    origin TEXT PRIMARY KEY REFERENCES logs (origin),
    address TEXT NOT NULL,
    places TEXT NOT NULL,
    state BYTEA NOT NULL,
    staged BYTEA,
    seen BYTEA,
    checked_at BIGINT,
    caught TEXT
);

-- The records among mirrored entries: which version follows on which, without reading the leaves again.
CREATE TABLE mirrored_records (
    origin TEXT NOT NULL REFERENCES mirrors (origin),
    position BIGINT NOT NULL,
    record_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    leaf_hash TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    PRIMARY KEY (origin, position)
);
CREATE INDEX mirrored_records_id ON mirrored_records (origin, record_id, version);

-- Mirrored entries that are no records, or whose body was not the right one, each with a stable word for why.
CREATE TABLE mirror_rejects (
    origin TEXT NOT NULL REFERENCES mirrors (origin),
    position BIGINT NOT NULL,
    code TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (origin, position)
);
