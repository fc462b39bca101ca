-- Replies of authorities of time (RFC 3161) about checkpoints of own logs, one for each size that was stamped. `at` is the time that the
-- authority states, `got_at` ours when the reply came; `signer` is who signed, and `is_verified` whether that was verified.
CREATE TABLE timestamps (
    origin TEXT NOT NULL REFERENCES logs (origin),
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    got_at BIGINT NOT NULL,
    signer TEXT NOT NULL,
    is_verified BIGINT NOT NULL,
    reply BYTEA NOT NULL,
    PRIMARY KEY (origin, size)
);

-- Numbers of the node itself that only rise, by what they count; those of a participant are in `counters`.
CREATE TABLE rising_numbers (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
