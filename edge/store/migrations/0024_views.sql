-- Which revision of the folds the views were made by: those of another one are thrown away and made again.
CREATE TABLE views (
    revision BIGINT NOT NULL
);
INSERT INTO views (revision) VALUES (0);
