-- How many cases a peer has open is asked whenever it begins one: an index that holds no other.
CREATE INDEX cases_open ON cases (participant, kind, peer, state);
