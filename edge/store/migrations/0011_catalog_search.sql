-- Search over the catalogue, the SQLite way. One row for each record that can be found. `document` grows with the time of issue, in its
-- upper bits the second, so that the newest are found first without sorting.
CREATE TABLE catalog_found (
    document INTEGER PRIMARY KEY,
    record_id TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    facets TEXT NOT NULL,
    valid_from BIGINT,
    valid_until BIGINT
);

-- Words come ready; they are cut at spaces only, so every ASCII sign that may stand in one is named. Where in a text a word stands is not kept.
CREATE VIRTUAL TABLE catalog_words USING fts5 (
    title, words, facets,
    content = '', contentless_delete = 1, detail = column,
    tokenize = "ascii tokenchars '!#$%&()*+,-./:;<=>?@[\]^_`{|}~'"
);
