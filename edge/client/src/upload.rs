//! A body that is read while it is sent, so that it is never held whole: of a known length, from any reader.

use bytes::{Bytes, BytesMut};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};

/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// What the pool sends: whole bodies and those that are still to be read.
pub(crate) type Outbound = UnsyncBoxBody<Bytes, io::Error>;

/// A body that is there.
pub(crate) fn whole(body: Bytes) -> Outbound {
    Full::new(body).map_err(|never| match never {}).boxed_unsync()
}

/// A body that is read from somewhere.
pub struct Upload {
    reader: Pin<Box<dyn AsyncRead + Send>>,
    left: u64,
}

impl Upload {
    /// The next `length` bytes of `reader`. If there are fewer, the sending fails; what is behind them is not sent.
    pub fn new(reader: impl AsyncRead + Send + 'static, length: u64) -> Self {
        Self {
            reader: Box::pin(reader),
            left: length,
        }
    }

    pub(crate) fn outbound(self) -> Outbound {
        self.boxed_unsync()
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let mut piece = BytesMut::zeroed(usize::try_from(self.left).unwrap_or(PIECE).min(PIECE));
        let mut buffer = ReadBuf::new(&mut piece);
        ready!(self.reader.as_mut().poll_read(cx, &mut buffer))?;
        let count = buffer.filled().len();
        if count == 0 {
            let early = format!("the content ended {} bytes early", self.left);
            return Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, early))));
        }
        piece.truncate(count);
        self.left = self.left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        Poll::Ready(Some(Ok(Frame::data(piece.freeze()))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
