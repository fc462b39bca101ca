//! The body of an answer while it comes in: bounded in length and in silence, with back-pressure.

use crate::slots::Slot;
use crate::{Incoming, SendFault};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Body;
use std::time::Duration;

/// An answer whose body is read piece by piece. Dropping it early closes its connection.
pub struct Download {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: hyper::body::Incoming,
    taken: u64,
    limit: u64,
    stall_limit: Duration,
    _slot: Slot,
}

impl Download {
    pub(crate) fn new(
        response: Response<hyper::body::Incoming>,
        slot: Slot,
        limit: u64,
        stall_limit: Duration,
    ) -> Result<Self, SendFault> {
        let (head, body) = response.into_parts();
        // The announced length, if any, is enough to refuse; nothing of the body is read then.
        if body.size_hint().lower() > limit {
            return Err(SendFault::TooLarge {
                limit,
                status: head.status.as_u16(),
            });
        }
        Ok(Self {
            status: head.status,
            headers: head.headers,
            body,
            taken: 0,
            limit,
            stall_limit,
            _slot: slot,
        })
    }

    /// The next piece of the body; `None` at its proper end.
    ///
    /// # Errors
    /// The body broke off, went silent or is too long. What came before is a part only; ask for the rest by range.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, SendFault> {
        loop {
            let frame = match tokio::time::timeout(self.stall_limit, self.body.frame()).await {
                Ok(Some(frame)) => frame.map_err(|error| SendFault::from_hyper(&error))?,
                Ok(None) => return Ok(None),
                Err(_) => {
                    return Err(SendFault::Timeout {
                        waiting_for: "the next piece of the answer",
                    });
                }
            };
            let Ok(data) = frame.into_data() else { continue };
            self.taken = self.taken.saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX));
            if self.taken > self.limit {
                return Err(SendFault::TooLarge {
                    limit: self.limit,
                    status: self.status.as_u16(),
                });
            }
            return Ok(Some(data));
        }
    }

    /// Reads the body to its end; within the bounds it is held whole.
    ///
    /// # Errors
    /// As for [`Self::chunk`].
    pub async fn whole(mut self) -> Result<Incoming, SendFault> {
        let mut body = BytesMut::new();
        while let Some(data) = self.chunk().await? {
            body.extend_from_slice(&data);
        }
        Ok(Incoming {
            status: self.status,
            headers: self.headers,
            body: body.freeze(),
        })
    }
}
