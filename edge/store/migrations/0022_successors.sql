-- A participant has one log of a kind that goes on; those that have ended stay beside it.
DROP INDEX logs_participant;
CREATE UNIQUE INDEX logs_participant ON logs (participant, kind) WHERE state <> 'closed';

-- A view: records in the place of which others were issued, in the successor of their log, with the place where that says so.
CREATE TABLE catalog_replaced (
    record_id TEXT NOT NULL,
    replaced_by TEXT NOT NULL,
    origin TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (record_id, origin, position)
);
CREATE INDEX catalog_replaced_by ON catalog_replaced (replaced_by, record_id);
