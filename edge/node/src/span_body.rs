//! A body that is read within the span of its request: what is logged while an answer is streamed carries the request's id, and so
//! does what its end sets off.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use tracing::Span;

/// A body and its span.
pub struct SpanBody {
    body: Body,
    span: Span,
}

impl SpanBody {
    /// `body`, read and dropped within the current span from now on.
    pub fn in_current_span(body: Body) -> Body {
        Body::new(Self {
            body,
            span: Span::current(),
        })
    }
}

impl HttpBody for SpanBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let _within = this.span.enter();
        Pin::new(&mut this.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for SpanBody {
    fn drop(&mut self) {
        let _within = self.span.enter();
        // Dropped here and not after the span.
        self.body = Body::empty();
    }
}
