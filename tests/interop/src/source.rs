//! Where the foreign connector's data lie: a plain server of bytes by name.

use chapar_conformance::wire::{Response, Server};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A server of bytes. It lives as long as the process.
#[derive(Clone)]
pub struct Source {
    server: Server,
    contents: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl Source {
    /// Starts one that has nothing yet.
    ///
    /// # Errors
    /// No port can be had.
    pub fn start() -> std::io::Result<Self> {
        let contents: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
        let shelf = Arc::clone(&contents);
        let server = Server::start(Arc::new(move |request| {
            let found = shelf.lock().unwrap().get(request.path.trim_start_matches('/')).cloned();
            Some(found.map_or_else(|| Response::empty(404), bytes))
        }))?;
        Ok(Self { server, contents })
    }

    /// Puts bytes there; their address.
    pub fn put(&self, name: &str, content: &[u8]) -> String {
        self.contents.lock().unwrap().insert(name.to_owned(), content.to_vec());
        format!("{}/{name}", self.server.url())
    }
}

fn bytes(body: Vec<u8>) -> Response {
    Response {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/octet-stream".to_owned())],
        body,
    }
}
