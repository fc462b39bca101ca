//! The rows of alarms: what was seen of a foreign log that no honest log shows, here or elsewhere.

/// An alarm about a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmRow {
    /// The hash of what was seen here; the id of the record by which it was told.
    pub id: String,
    /// The log.
    pub origin: String,
    /// What was seen, as a stable word.
    pub alarm: String,
    /// The address where it was seen; empty where the log's own notes say it.
    pub place: String,
    /// The body of the record that says it, as JSON text.
    pub body: String,
    /// The id of the record by which it was told; none for what was seen here.
    pub told_by: Option<String>,
    /// What it proves, as a stable word.
    pub verdict: String,
    /// Why it proves that, in words; empty where there is nothing to say.
    pub why: String,
    /// Milliseconds of the Unix epoch: when it was seen first.
    pub seen_at: i64,
    /// Milliseconds of the Unix epoch: when it was seen last.
    pub last_at: i64,
    /// How often it was seen.
    pub times: i64,
    /// Milliseconds of the Unix epoch: since when it is not so any more.
    pub cleared_at: Option<i64>,
    /// Whether others are to be told.
    pub is_due: bool,
    /// The record by which others were told.
    pub record_id: Option<String>,
}

/// How many alarms of one sort are not cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmCount {
    /// What was seen.
    pub alarm: String,
    /// What it proves.
    pub verdict: String,
    /// How many.
    pub count: i64,
}
