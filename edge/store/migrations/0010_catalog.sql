-- The catalogue: what is read out of the entries of register logs. All of it can be made again from them, so nothing else may refer to it.
-- One row for each version of a record. `withdrawn_by` is the position of the withdrawal, in the log of the record.
CREATE TABLE catalog_records (
    record_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    origin TEXT NOT NULL REFERENCES logs (origin),
    position BIGINT NOT NULL,
    leaf_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    issuer TEXT NOT NULL,
    issued BIGINT NOT NULL,
    valid_from BIGINT,
    valid_until BIGINT,
    visibility TEXT NOT NULL,
    languages TEXT NOT NULL,
    title TEXT,
    description TEXT,
    withdrawn_by BIGINT,
    withdrawn_code TEXT,
    replaced_by TEXT,
    purged BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (record_id, version)
);
CREATE UNIQUE INDEX catalog_records_place ON catalog_records (origin, position);

-- What a record gives to search, under its own name, or under that of the record that it is `about`. Only the newest version of a record
-- that is not withdrawn has a row. Words and facets are separated by spaces.
CREATE TABLE catalog_parts (
    record_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    about TEXT,
    title_words TEXT NOT NULL,
    words TEXT NOT NULL,
    facets TEXT NOT NULL,
    PRIMARY KEY (record_id, version)
);
CREATE INDEX catalog_parts_about ON catalog_parts (about, record_id) WHERE about IS NOT NULL;

-- What a record names; as with parts, only the newest version of a record that is not withdrawn has rows.
CREATE TABLE catalog_links (
    record_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    rel TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (record_id, version, rel, target)
);
CREATE INDEX catalog_links_target ON catalog_links (target, record_id, rel);

-- The records that a write is about; empty but within the write.
CREATE TABLE catalog_touched (
    record_id TEXT PRIMARY KEY
);
