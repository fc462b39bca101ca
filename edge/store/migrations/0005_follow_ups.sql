-- What follows from a case: whom its events are told to.

-- The names under which an event is told to the callback addresses of its case, between blanks; none where there is none to tell.
ALTER TABLE events ADD COLUMN callback_events TEXT;
CREATE INDEX events_callback ON events (participant, case_id, number) WHERE callback_events IS NOT NULL;

-- How far each callback address of a case has been told. The addresses are in the case; `number` is the place in its list.
CREATE TABLE callbacks (
    participant TEXT NOT NULL REFERENCES participants (slug),
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    transactional BIGINT NOT NULL,
    position BIGINT NOT NULL,
    told BIGINT NOT NULL,
    given_up BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    obstacle TEXT,
    is_done BIGINT NOT NULL,
    PRIMARY KEY (participant, case_id, number)
);
CREATE INDEX callbacks_open ON callbacks (participant, case_id) WHERE is_done = 0;
