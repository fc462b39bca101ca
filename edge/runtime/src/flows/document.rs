//! A document on its way.

use super::passage::Passage;
use chapar_terms::Digest;
use std::io::{self, SeekFrom};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};

/// Bytes read from a document at a time: what a flow holds in memory.
const CHUNK: u64 = 128 * 1024;

/// Bytes that are read from any place on: a file's, or such as are in memory.
pub(crate) trait Bytewise: AsyncRead + AsyncSeek + Send + Sync + Unpin {}

impl<B: AsyncRead + AsyncSeek + Send + Sync + Unpin> Bytewise for B {}

/// An open document on its way to the consumer of one transfer. Dropping it ends the flow and completes the access record.
pub struct Flow {
    pub(super) media_type: String,
    pub(super) size: u64,
    pub(super) digest: Digest,
    pub(super) file: Box<dyn Bytewise>,
    pub(super) left: u64,
    pub(super) passage: Passage,
}

impl Flow {
    /// The document's media type, as it was stored.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// The whole document's size in bytes.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 of the whole document.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Says which status was answered, for the access record.
    pub fn answered(&mut self, status: u16) {
        self.passage.answered(status);
    }

    /// Takes `length` bytes from `first` on instead of the whole document. The caller keeps within [`Flow::size`].
    ///
    /// # Errors
    /// The document could not be read: answer "try again later".
    pub async fn select(&mut self, first: u64, length: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(first)).await?;
        self.left = length;
        Ok(())
    }

    /// The next bytes, as soon as there are any; empty at the end.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] at once when access closes, also while this waits; any other: the document could not be
    /// read. Cut the connection either way, so that the consumer does not take a part for the whole.
    pub async fn read(&mut self) -> io::Result<Vec<u8>> {
        self.passage.check_open()?;
        let most = self.left.min(CHUNK);
        if most == 0 {
            return Ok(Vec::new());
        }
        let mut chunk = Vec::with_capacity(usize::try_from(most).unwrap_or_default());
        let mut part = (&mut self.file).take(most);
        let read = self.passage.guard(part.read_buf(&mut chunk)).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        self.left = self.left.saturating_sub(read);
        self.passage.sent(read);
        Ok(chunk)
    }
}
