//! The other side as a server: every request of the node waits in a queue until the judge has looked at it and answers.
//!
//! Refuses to answer any message by itself, so that one which nobody expects is seen.

use crate::wire::{Request, Response, Server};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Longest that the node may take to say what is expected.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// One foreign participant's callback server.
pub struct Foreign {
    server: Server,
    arrivals: Receiver<Arrived>,
}

/// A request of the node that waits for its answer. Dropped without one, its connection closes.
pub struct Arrived {
    /// What came.
    pub request: Request,
    answer: Sender<Response>,
}

impl Arrived {
    /// Lets the node go on.
    pub fn answer(self, response: Response) {
        // The node may have given up waiting.
        let _ = self.answer.send(response);
    }
}

impl Foreign {
    /// Starts listening.
    pub fn start() -> Self {
        let (sender, arrivals) = channel();
        let sender = Arc::new(Mutex::new(sender));
        let handler = move |request: Request| {
            // No version document: the base that was handed out is all there is.
            if request.path.ends_with("/.well-known/dspace-version") {
                return Some(Response::empty(404));
            }
            let (answer, wait) = channel();
            let queue = sender.lock().unwrap().clone();
            queue.send(Arrived { request, answer }).ok()?;
            wait.recv_timeout(2 * PATIENCE).ok()
        };
        let server = Server::start(Arc::new(handler)).expect("a free port can be had");
        Self { server, arrivals }
    }

    /// Its DSP base, as it hands it out.
    pub fn base(&self) -> String {
        format!("{}/peer", self.server.url())
    }

    /// The next request of the node.
    ///
    /// # Errors
    /// None came in time.
    pub fn next(&self) -> Result<Arrived, String> {
        self.arrivals
            .recv_timeout(PATIENCE)
            .map_err(|_| format!("the node said nothing for {} s", PATIENCE.as_secs()))
    }

    /// What came without being expected, method and path.
    pub fn unexpected(&self) -> Vec<String> {
        self.arrivals
            .try_iter()
            .map(|arrived| format!("{} {}", arrived.request.method, arrived.request.path))
            .collect()
    }
}
