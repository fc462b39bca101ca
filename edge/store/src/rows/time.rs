//! The rows of stamped time: replies of authorities about checkpoints of own logs.

/// A reply of an authority of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampRow {
    /// The log.
    pub origin: String,
    /// Entries under the checkpoint.
    pub size: i64,
    /// Milliseconds of the Unix epoch: the time that the authority states.
    pub at: i64,
    /// Milliseconds of the Unix epoch: our time when the reply came.
    pub got_at: i64,
    /// Who signed.
    pub signer: String,
    /// Whether that was verified.
    pub is_verified: bool,
    /// The reply, as it came.
    pub reply: Vec<u8>,
}
