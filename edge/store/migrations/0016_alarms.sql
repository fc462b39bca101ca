-- What was seen of foreign logs that no honest log shows, or what others say of them in records. An alarm that this node saw itself has
-- the hash of its lie for id and a body to be told in a record of the house, once `due`; one that was told has the record's id for its
-- own, too. `verdict` is what it proves: proven, asserted, unfounded, or unknown where no key of the log is known here.
CREATE TABLE alarms (
    id TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    alarm TEXT NOT NULL,
    place TEXT NOT NULL,
    body TEXT NOT NULL,
    told_by TEXT,
    verdict TEXT NOT NULL,
    why TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL,
    cleared_at BIGINT,
    due BIGINT NOT NULL,
    record_id TEXT
);
CREATE INDEX alarms_origin ON alarms (origin, verdict);

-- What the newer tree of a fork begins with, where its notes are of different sizes, as JSON.
ALTER TABLE forks ADD COLUMN prefix TEXT;
