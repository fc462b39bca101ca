-- Since when a case is in its state. Rows of the releases before do not say it: their last change is the nearest that is known.
ALTER TABLE cases ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
UPDATE cases SET since = updated_at;
