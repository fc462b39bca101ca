-- Places at which a log is mirrored, as far as that was known last: since when one says so of itself, and what it showed of the log, and when.
CREATE TABLE log_holders (
    origin TEXT NOT NULL REFERENCES logs (origin),
    address TEXT NOT NULL,
    claimed_at BIGINT,
    shown_size BIGINT,
    shown_at BIGINT,
    PRIMARY KEY (origin, address)
);
