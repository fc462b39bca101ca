-- Since when others are known to have a signing key, in milliseconds of the Unix epoch: it signs nothing any more.
ALTER TABLE signing_keys ADD COLUMN compromised_at BIGINT;
