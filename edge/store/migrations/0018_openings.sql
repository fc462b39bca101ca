-- Openings: records by which the body of an earlier, closed one is shown to everybody. One row for each, by its place in the log of both;
-- gone when its body is purged. What the first one shows of a version stands in that version's row.
CREATE TABLE catalog_openings (
    origin TEXT NOT NULL REFERENCES logs (origin),
    position BIGINT NOT NULL,
    record_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    title TEXT,
    description TEXT,
    PRIMARY KEY (origin, position)
);
CREATE INDEX catalog_openings_record ON catalog_openings (record_id, version, position);
ALTER TABLE catalog_records ADD COLUMN opened_by BIGINT;
ALTER TABLE catalog_records ADD COLUMN opened_at BIGINT;

-- A log with openings is folded once more: they said nothing until now.
UPDATE logs SET folded = 0 WHERE origin IN (SELECT origin FROM catalog_records WHERE kind = 'opening');
