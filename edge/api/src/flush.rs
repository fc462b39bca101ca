//! Reply first: what a request causes starts only once its response has left, or its connection is gone.
//!
//! hyper tells nobody when a response has been flushed. So the listener puts [`FlushNotify`] around each connection, and
//! each request finds an [`AfterReply`] among its extensions. A response has left when its body has been handed over whole
//! and the stream was flushed after that. "Left" means handed to the operating system: a crash of this process no longer
//! takes it back, and a peer that reads both in the order of sending reads it before our next message.
//!
//! Knows nothing of effects: it calls what was registered. Accepting connections is in `listen`.

use hyper::body::{Body, Frame, SizeHint};
use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep};

type Callback = Box<dyn FnOnce() + Send>;

/// What one connection knows of its responses. Requests are counted from 1: HTTP/1.1 answers one after the other.
#[derive(Clone, Default)]
pub(crate) struct Replies(Arc<Mutex<Ledger>>);

#[derive(Default)]
struct Ledger {
    begun: u64,
    /// The last request whose response was handed over whole.
    handed_over: u64,
    /// The last request whose response was flushed.
    flushed: u64,
    ended: bool,
    waiting: Vec<(u64, Callback)>,
}

impl Replies {
    /// A request has come in on this connection.
    pub(crate) fn begin(&self) -> AfterReply {
        let mut ledger = self.ledger();
        ledger.begun = ledger.begun.saturating_add(1);
        AfterReply {
            replies: self.clone(),
            request: ledger.begun,
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flushed(&self) {
        let due = {
            let mut ledger = self.ledger();
            if ledger.flushed == ledger.handed_over {
                return;
            }
            let flushed = ledger.handed_over;
            ledger.flushed = flushed;
            ledger
                .waiting
                .extract_if(.., |(request, _)| *request <= flushed)
                .collect()
        };
        call(due);
    }

    fn ended(&self) {
        let due = {
            let mut ledger = self.ledger();
            ledger.ended = true;
            std::mem::take(&mut ledger.waiting)
        };
        call(due);
    }
}

/// Outside the lock: a callback may register another one.
fn call(due: Vec<(u64, Callback)>) {
    for (_, callback) in due {
        callback();
    }
}

/// Where a handler says what is to happen after its response. Found among the request's extensions.
///
/// Register *before* the act is committed, or do both on a task of their own: hyper drops a handler whose client hangs
/// up, and a handler dropped in between would register nothing.
#[derive(Clone)]
pub struct AfterReply {
    replies: Replies,
    request: u64,
}

impl AfterReply {
    /// Calls `callback` once the response to this request has left or its connection is gone, whichever comes first; at
    /// once, if that has happened. Called exactly once, on the connection's task: only wake or send there, never block.
    pub fn run(&self, callback: impl FnOnce() + Send + 'static) {
        {
            let mut ledger = self.replies.ledger();
            if !ledger.ended && ledger.flushed < self.request && !chapar_terms::sabotaged("effects-before-reply") {
                ledger.waiting.push((self.request, Box::new(callback)));
                return;
            }
        }
        callback();
    }

    /// As [`Self::run`], to be waited for. The wait begins now, not when the future is first polled.
    pub fn done(&self) -> impl Future<Output = ()> + Send + use<> {
        let (tell, told) = oneshot::channel();
        self.run(move || {
            let _ = tell.send(());
        });
        async move {
            // The sender is never dropped unused while the connection lives, and its end is an end as good.
            let _ = told.await;
        }
    }

    pub(crate) fn follow<B>(&self, body: B) -> ReplyBody<B> {
        ReplyBody {
            body,
            _handed_over: HandedOver(self.clone()),
        }
    }
}

impl fmt::Debug for AfterReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AfterReply({})", self.request)
    }
}

/// hyper drops a response's body when the last of it is in its own buffer, and flushes that buffer whole.
struct HandedOver(AfterReply);

impl Drop for HandedOver {
    fn drop(&mut self) {
        let mut ledger = self.0.replies.ledger();
        ledger.handed_over = ledger.handed_over.max(self.0.request);
    }
}

/// A response's body, as hyper sees it.
pub(crate) struct ReplyBody<B> {
    body: B,
    _handed_over: HandedOver,
}

impl<B: Body + Unpin> Body for ReplyBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream, plain or TLS, that notes when it has been flushed and when it ends. Bytes pass unchanged. A reader that takes
/// nothing for too long is given up: whatever hangs on the connection (a place, a flow, effects that wait) is let go.
pub(crate) struct FlushNotify<S> {
    stream: S,
    replies: Replies,
    stall_limit: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> FlushNotify<S> {
    pub(crate) fn new(stream: S, replies: Replies, stall_limit: Duration) -> Self {
        Self {
            stream,
            replies,
            stall_limit,
            stalled: None,
        }
    }

    /// The outcome of a write, or the end of patience: any byte that goes starts the time anew.
    fn within_limit<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let limit = self.stall_limit;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        timer
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::Error::new(io::ErrorKind::TimedOut, "the reader takes nothing")))
    }
}

impl<S> Drop for FlushNotify<S> {
    fn drop(&mut self) {
        self.replies.ended();
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FlushNotify<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FlushNotify<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.within_limit(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.within_limit(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper comes here only with its own buffer empty, so whatever was handed over by now is flushed by this.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        let flushed = self.within_limit(cx, flushed);
        if let Poll::Ready(Ok(())) = flushed {
            self.replies.flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.within_limit(cx, shut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, BufWriter, duplex};

    #[tokio::test]
    async fn a_flush_that_is_still_going_on_fires_nothing() {
        let (mut peer, stream) = duplex(16);
        let replies = Replies::default();
        let mut stream = FlushNotify::new(BufWriter::new(stream), replies.clone(), Duration::from_secs(60));
        let after = replies.begin();
        let fired = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&fired);
        after.run(move || seen.store(true, SeqCst));
        stream.write_all(&[7; 64]).await.unwrap();
        drop(after.follow(()));
        let mut flushing = Box::pin(stream.flush());
        let waited = tokio::time::timeout(std::time::Duration::from_millis(20), &mut flushing).await;
        assert!(waited.is_err());
        assert!(!fired.load(SeqCst));
        let mut read = [0; 64];
        let (flushed, all) = tokio::join!(flushing, peer.read_exact(&mut read));
        flushed.unwrap();
        all.unwrap();
        assert!(fired.load(SeqCst));
    }

    #[tokio::test]
    async fn a_reader_that_takes_nothing_is_given_up_and_a_slow_one_is_not() {
        let limit = Duration::from_millis(200);
        let (mut peer, stream) = duplex(16);
        let mut stream = FlushNotify::new(stream, Replies::default(), limit);
        let slow = async {
            let mut read = [0; 8];
            for _ in 0..8 {
                tokio::time::sleep(limit / 4).await;
                peer.read_exact(&mut read).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(stream.write_all(&[7; 64]), slow);
        written.unwrap();
        let stuck = stream.write_all(&[7; 64]).await.unwrap_err();
        assert_eq!(stuck.kind(), io::ErrorKind::TimedOut);
    }
}
