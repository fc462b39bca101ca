-- Agreements that a participant goes by no more, and why. The agreement stays as it was concluded.
CREATE TABLE retirements (
    participant TEXT NOT NULL,
    agreement_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (participant, agreement_id),
    FOREIGN KEY (participant, agreement_id) REFERENCES agreements (participant, agreement_id)
);
