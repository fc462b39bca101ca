-- Data is fetched again under an agreement that is there: it is looked for by whom it is with and what it is about, newest first.
CREATE INDEX agreements_peer ON agreements (participant, peer, asset_id, role, signed_at);
