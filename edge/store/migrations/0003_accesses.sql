-- An access is written down before its first byte leaves and completed when it ends. Rows of the release before were written when
-- all was over and did not say when that was: the time they have is the nearest that is known.
ALTER TABLE access_records ADD COLUMN ended_at BIGINT;
UPDATE access_records SET ended_at = at;
