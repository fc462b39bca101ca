-- How far a log's entries are verified by the one who folds them, with what that needs to go on. Lost, it is made again from the first entry.
CREATE TABLE fold_states (
    origin TEXT PRIMARY KEY REFERENCES logs (origin),
    state BYTEA NOT NULL
);
