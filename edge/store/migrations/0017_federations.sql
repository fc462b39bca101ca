-- The federations that this node follows: the genesis as the operator pinned it, and how far this node has folded its members' records.
-- What was held once is never lost again, whichever logs go: a member that was put out does not come back with a mirror that is removed.
CREATE TABLE federations (
    id TEXT PRIMARY KEY,
    genesis BYTEA NOT NULL,
    held BYTEA,
    joined_at BIGINT NOT NULL
);

-- A view: what verified records say to proposals in federations, whether these are followed here or not.
CREATE TABLE federation_acts (
    origin TEXT NOT NULL,
    position BIGINT NOT NULL,
    federation TEXT NOT NULL,
    previous TEXT NOT NULL,
    record_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    proposal TEXT NOT NULL,
    PRIMARY KEY (origin, position)
);
CREATE INDEX federation_acts_state ON federation_acts (federation, previous, origin, position);
