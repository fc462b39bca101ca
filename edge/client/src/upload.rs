//! A body that is read while it is sent, so that it is never held whole: from any reader, or piece by piece.

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
    content: Content,
    /// Bytes still to come, where that is known.
    left: Option<u64>,
    pulse: Pulse,
}

enum Content {
    Reader(Pin<Box<dyn AsyncRead + Send>>),
    Pieces(Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>),
}

/// How often the other side took a piece: it is not silent while this rises.
#[derive(Clone, Default)]
pub(crate) struct Pulse(Arc<AtomicU64>);

impl Pulse {
    pub(crate) fn beats(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Upload {
    /// The next `length` bytes of `reader`. If there are fewer, the sending fails; what is behind them is not sent.
    pub fn new(reader: impl AsyncRead + Send + 'static, length: u64) -> Self {
        Self {
            content: Content::Reader(Box::pin(reader)),
            left: Some(length),
            pulse: Pulse::default(),
        }
    }

    /// The pieces as they come. Of a known length the sending fails when there are fewer bytes, or more.
    pub fn pieces(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static, length: Option<u64>) -> Self {
        Self {
            content: Content::Pieces(Box::pin(pieces)),
            left: length,
            pulse: Pulse::default(),
        }
    }

    pub(crate) fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    pub(crate) fn outbound(self) -> Outbound {
        self.boxed_unsync()
    }

    /// None at the end, proper or not.
    fn poll_content(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Bytes>>> {
        match &mut self.content {
            Content::Pieces(pieces) => pieces.as_mut().poll_next(cx).map(Option::transpose),
            Content::Reader(reader) => {
                let most = self.left.and_then(|left| usize::try_from(left).ok()).unwrap_or(PIECE);
                let mut piece = BytesMut::zeroed(most.min(PIECE));
                let mut buffer = ReadBuf::new(&mut piece);
                ready!(reader.as_mut().poll_read(cx, &mut buffer))?;
                let count = buffer.filled().len();
                piece.truncate(count);
                Poll::Ready(Ok((count > 0).then(|| piece.freeze())))
            }
        }
    }

    /// Counts a piece.
    fn take(&mut self, piece: Option<&Bytes>) -> io::Result<()> {
        let Some(left) = &mut self.left else { return Ok(()) };
        let count = piece.map_or(0, |piece| u64::try_from(piece.len()).unwrap_or(u64::MAX));
        match (piece, left.checked_sub(count)) {
            (Some(_), Some(rest)) => *left = rest,
            (None, Some(0)) => {}
            (None, _) => {
                let early = format!("the content ended {left} bytes early");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, early));
            }
            (Some(_), None) => {
                let late = "the content is longer than was said";
                return Err(io::Error::new(io::ErrorKind::InvalidData, late));
            }
        }
        Ok(())
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.is_end_stream() {
            return Poll::Ready(None);
        }
        let piece = ready!(self.poll_content(cx))?;
        self.take(piece.as_ref())?;
        self.pulse.0.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0) && matches!(self.content, Content::Reader(_))
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
