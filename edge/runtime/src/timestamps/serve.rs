//! What a log shows of its time stamps: which sizes have one, and the reply as it came.

use crate::logs::{LogName, signed, whole};
use crate::{Fault, Runtime};

/// Sizes in one list: some kilobytes.
pub(crate) const SIZES: i64 = 1000;

impl Runtime {
    /// The reply about the checkpoint of this size; none where it was not stamped, or the log is a mirror.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn log_timestamp(&self, log: &LogName, size: u64) -> Result<Option<Vec<u8>>, Fault> {
        match self.stamped_log(log) {
            Some(origin) => self.timestamp_of(&origin, size).await,
            None => Ok(None),
        }
    }

    /// Sizes below this one that were stamped, one a line, the largest first; none where the log is not here or a mirror.
    ///
    /// # Errors
    /// As for [`Runtime::log_timestamp`].
    pub async fn log_timestamp_sizes(&self, log: &LogName, before: Option<u64>) -> Result<Option<Vec<u8>>, Fault> {
        match self.stamped_log(log) {
            Some(origin) => self.timestamp_sizes_of(&origin, before).await.map(Some),
            None => Ok(None),
        }
    }

    pub(crate) async fn timestamp_of(&self, origin: &str, size: u64) -> Result<Option<Vec<u8>>, Fault> {
        // A size that no log has was not stamped.
        let Ok(size) = signed(size) else {
            return Ok(None);
        };
        let row = self.inner.store.timestamp(origin, size).await?;
        Ok(row.map(|row| row.reply))
    }

    pub(crate) async fn timestamp_sizes_of(&self, origin: &str, before: Option<u64>) -> Result<Vec<u8>, Fault> {
        let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        let sizes = self.inner.store.timestamp_sizes(origin, before, SIZES).await?;
        let mut lines = String::new();
        for size in sizes {
            lines.push_str(&whole(size)?.to_string());
            lines.push('\n');
        }
        Ok(lines.into_bytes())
    }

    /// The origin of an own log that has something out.
    fn stamped_log(&self, log: &LogName) -> Option<String> {
        let LogName::Own { participant, number } = log else {
            return None;
        };
        let log = self.inner.logs.numbered(participant, *number)?;
        let is_out = log.published.borrow().is_some();
        is_out.then(|| log.origin.as_str().to_owned())
    }
}
