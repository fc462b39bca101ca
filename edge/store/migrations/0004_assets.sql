-- A document becomes an asset, which may have content here, a data address elsewhere, or neither; `in_reach` is 1 when this node can
-- hand out its data, 0 when not. `private_properties` are seen by the participant alone. A contract definition may name a policy
-- that does not exist yet: it offers nothing until it does.
--
-- A table that is dropped takes what refers to it along, so what is kept stands aside meanwhile.
CREATE TABLE kept_offers AS SELECT participant, asset_id, definition_id FROM offers;
CREATE TABLE kept_definitions AS SELECT * FROM definitions;
DROP TABLE offers;
DROP TABLE definitions;

CREATE TABLE assets (
    participant TEXT NOT NULL REFERENCES participants (slug),
    id TEXT NOT NULL,
    digest TEXT,
    media_type TEXT,
    size BIGINT,
    properties TEXT NOT NULL,
    private_properties TEXT NOT NULL DEFAULT '{}',
    sealed_data_address BYTEA,
    in_reach BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (participant, id)
);
INSERT INTO assets (participant, id, digest, media_type, size, properties, created_at, updated_at)
    SELECT participant, id, digest, media_type, size, properties, created_at, updated_at FROM documents;
DROP TABLE documents;
CREATE INDEX assets_created ON assets (participant, created_at, id);
CREATE INDEX assets_digest ON assets (participant, digest);
-- Documents alone, for their own list.
CREATE INDEX assets_with_content ON assets (participant, id) WHERE digest IS NOT NULL;

-- What queries find assets by: one row for each scalar among the properties, public or private. Names and values are keys made outside,
-- which are ordered as bytes. The time is the asset's, so that a search comes in the order of the list.
CREATE TABLE asset_index (
    participant TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    asset_id TEXT NOT NULL,
    PRIMARY KEY (participant, name, value, created_at, asset_id),
    FOREIGN KEY (participant, asset_id) REFERENCES assets (participant, id) ON DELETE CASCADE
);
CREATE INDEX asset_index_asset ON asset_index (participant, asset_id);

ALTER TABLE policies ADD COLUMN private_properties TEXT NOT NULL DEFAULT '{}';

CREATE TABLE definitions (
    participant TEXT NOT NULL REFERENCES participants (slug),
    id TEXT NOT NULL,
    access_policy TEXT NOT NULL,
    contract_policy TEXT NOT NULL,
    selector TEXT NOT NULL,
    mode TEXT NOT NULL,
    private_properties TEXT NOT NULL DEFAULT '{}',
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (participant, id)
);
INSERT INTO definitions (participant, id, access_policy, contract_policy, selector, mode, created_at, updated_at)
    SELECT participant, id, access_policy, contract_policy, selector, mode, created_at, updated_at FROM kept_definitions;
DROP TABLE kept_definitions;
CREATE INDEX definitions_access ON definitions (participant, access_policy);
CREATE INDEX definitions_contract ON definitions (participant, contract_policy);

CREATE TABLE offers (
    participant TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    definition_id TEXT NOT NULL,
    PRIMARY KEY (participant, asset_id, definition_id),
    FOREIGN KEY (participant, asset_id) REFERENCES assets (participant, id) ON DELETE CASCADE,
    FOREIGN KEY (participant, definition_id) REFERENCES definitions (participant, id) ON DELETE CASCADE
);
INSERT INTO offers (participant, asset_id, definition_id) SELECT participant, asset_id, definition_id FROM kept_offers;
DROP TABLE kept_offers;
CREATE INDEX offers_definition ON offers (participant, definition_id, asset_id);

-- Whether an asset is under negotiation is asked before it goes.
CREATE INDEX cases_asset ON cases (participant, kind, asset_id);
