-- Since when others are known to have a key, in milliseconds of the Unix epoch: it signs nothing any more.
ALTER TABLE log_keys ADD COLUMN compromised_at BIGINT;
