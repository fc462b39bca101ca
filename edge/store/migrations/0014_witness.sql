-- Foreign logs that this node's witness knows, each with the newest checkpoint that it cosigned. A row is never deleted: a log that
-- is taken off the list and put on it again goes on from the tree that was cosigned last. `vkeys` has a verifier key a line.
-- `reason` is why the newest cosignature was asked for, where somebody said so.
CREATE TABLE witnessed (
    origin TEXT PRIMARY KEY,
    origin_hash TEXT NOT NULL UNIQUE,
    vkeys TEXT NOT NULL,
    size BIGINT NOT NULL,
    root TEXT,
    checkpoint BYTEA,
    cosigned_at BIGINT,
    reason TEXT,
    added_at BIGINT NOT NULL,
    removed_at BIGINT
);

-- Two notes that one log signed, of one size and with different roots.
CREATE TABLE forks (
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    root TEXT NOT NULL,
    known BYTEA NOT NULL,
    shown BYTEA NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (origin, size, root)
);

-- Whom an own log asks for cosignatures, and whether its checkpoints wait for a quorum of them.
CREATE TABLE log_policies (
    origin TEXT PRIMARY KEY REFERENCES logs (origin),
    policy TEXT NOT NULL,
    waits BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
