//! The accept loop of both listeners: TCP or TLS in, an axum router behind it, bounds on connections and heads, an orderly end.
//!
//! Each request finds among its extensions the peer's socket address (axum's `ConnectInfo`) and an [`AfterReply`].
//! Holds no routes and no bounds on bodies: those belong to the doors. HTTP/1.1 only, as the client speaks.

use crate::connections::Connections;
use crate::flush::{AfterReply, FlushNotify, Replies, ReplyBody};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Pause after a failed accept: out of file descriptors, trying at once again would only burn the processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How a listener treats its connections.
#[derive(Clone, Debug)]
pub struct Listening {
    /// TLS, where a certificate is configured. Each connection begins with what stands here then, and keeps it.
    pub tls: Option<watch::Receiver<Arc<ServerConfig>>>,
    /// Most connections at once; further ones wait in the system's queue.
    pub connections: usize,
    /// Most of them from one address; a surplus one is closed at once.
    pub per_address: Option<usize>,
    /// Where they are counted.
    pub book: Connections,
    /// Longest time for a TLS handshake, and for the head of a request from the moment one may come: idle connections are
    /// closed after it too. Above the idle limit of our own client (25 s), so that the client closes first.
    pub head_limit: Duration,
    /// Longest head of a request in bytes; beyond it, and beyond hyper's 100 header lines, the answer is 431.
    pub head_bytes: usize,
    /// Longest time in which a reader takes no byte of an answer; then its connection is cut.
    pub stall_limit: Duration,
    /// Longest time for requests under way once the end is asked for; then they are cut off.
    pub drain_limit: Duration,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            tls: None,
            connections: 1024,
            per_address: None,
            book: Connections::default(),
            head_limit: Duration::from_secs(30),
            head_bytes: 64 * 1024,
            stall_limit: Duration::from_secs(60),
            drain_limit: Duration::from_secs(10),
        }
    }
}

/// How the end went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections with a request under way that were cut off at the limit.
    pub cut_off: usize,
}

/// Accepts connections and answers by `router` until `end` resolves; then takes no more connections, lets requests under
/// way finish within the limit, and returns. Dropping the future cuts everything off at once.
pub async fn listen(
    listener: TcpListener,
    router: Router,
    listening: Listening,
    end: impl Future<Output = ()>,
) -> Drained {
    let places = Arc::new(Semaphore::new(listening.connections.clamp(1, Semaphore::MAX_PERMITS)));
    let (ending, _) = watch::channel(false);
    let host = Arc::new(Host {
        router,
        listening,
        ending,
    });
    let mut connections = JoinSet::new();
    let mut end = pin!(end);
    loop {
        // Places are never closed; the branch is there for the type.
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|accepted| (accepted, place))
        };
        tokio::select! {
            () = &mut end => break,
            Some(_) = connections.join_next() => {}
            accepted = next => match accepted {
                Ok(((stream, peer), place)) => {
                    let Some(admitted) = host.listening.book.admit(peer.ip(), host.listening.per_address) else {
                        tracing::debug!(%peer, "a surplus connection of this address is closed");
                        continue;
                    };
                    let host = Arc::clone(&host);
                    connections.spawn(async move {
                        host.serve_tcp(stream, peer).await;
                        drop((admitted, place));
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "no connection could be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    host.ending.send_replace(true);
    drain(connections, host.listening.drain_limit).await
}

async fn drain(mut connections: JoinSet<()>, limit: Duration) -> Drained {
    let all = async { while connections.join_next().await.is_some() {} };
    let in_time = tokio::time::timeout(limit, all).await.is_ok();
    let cut_off = if in_time { 0 } else { connections.len() };
    connections.shutdown().await;
    Drained { cut_off }
}

struct Host {
    router: Router,
    listening: Listening,
    ending: watch::Sender<bool>,
}

impl Host {
    /// Resolves once the end has been asked for.
    async fn ending(&self) {
        // The sender lives as long as `self`; its guard must not: it is not to be held while waiting for more.
        drop(self.ending.subscribe().wait_for(|ending| *ending).await);
    }

    async fn serve_tcp(&self, stream: TcpStream, peer: SocketAddr) {
        // Answers are small and whole: waiting to fill a packet only delays them. A socket that refuses is served all the same.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.listening.tls else {
            return self.serve(stream, peer).await;
        };
        let config = Arc::clone(&tls.borrow());
        let handshake = TlsAcceptor::from(config).accept(stream);
        tokio::select! {
            shaken = tokio::time::timeout(self.listening.head_limit, handshake) => match shaken {
                Ok(Ok(stream)) => self.serve(stream, peer).await,
                Ok(Err(error)) => tracing::debug!(%peer, %error, "the TLS handshake failed"),
                Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
            },
            () = self.ending() => {}
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, peer: SocketAddr) {
        let replies = Replies::default();
        let stream = TokioIo::new(FlushNotify::new(stream, replies.clone(), self.listening.stall_limit));
        let answering = Answering {
            router: self.router.clone(),
            peer,
            replies,
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.listening.head_limit)
            .max_header_size(self.listening.head_bytes)
            .serve_connection(stream, answering);
        let mut connection = pin!(connection);
        let outcome = tokio::select! {
            outcome = connection.as_mut() => outcome,
            () = self.ending() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = outcome {
            tracing::debug!(%peer, %error, "the connection ended early");
        }
    }
}

/// The router with what one connection adds to each request.
struct Answering {
    router: Router,
    peer: SocketAddr,
    replies: Replies,
}

impl Service<Request<Incoming>> for Answering {
    type Response = Response<ReplyBody<Body>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let after: AfterReply = self.replies.begin();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        request.extensions_mut().insert(after.clone());
        // A router is always ready: it has no bound of its own.
        let answering = tower_service::Service::call(&mut self.router.clone(), request);
        Box::pin(async move { answering.await.map(|response| response.map(|body| after.follow(body))) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::tls_from_pem;
    use axum::Extension;
    use axum::routing::get;
    use bytes::Bytes;
    use http_body_util::StreamBody;
    use hyper::body::Frame;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
    use tokio::sync::{Notify, mpsc, oneshot};

    const MOMENT: Duration = Duration::from_millis(50);

    /// What happened, in order.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<String>>>);

    impl Log {
        fn add(&self, line: impl Into<String>) {
            self.0.lock().unwrap().push(line.into());
        }

        fn lines(&self) -> Vec<String> {
            self.0.lock().unwrap().clone()
        }
    }

    fn host(router: Router) -> Arc<Host> {
        chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
        Arc::new(Host {
            router,
            listening: Listening::default(),
            ending: watch::channel(false).0,
        })
    }

    /// A connection whose two ends hold at most `room` unread bytes: what the server has flushed, the client can read.
    fn connect(router: Router, room: usize) -> DuplexStream {
        let (client, server) = tokio::io::duplex(room);
        let host = host(router);
        tokio::spawn(async move { host.serve(server, "192.0.2.1:7".parse().unwrap()).await });
        client
    }

    async fn ask(client: &mut (impl AsyncWrite + Unpin), path: &str) {
        client
            .write_all(format!("GET {path} HTTP/1.1\r\nhost: node\r\n\r\n").as_bytes())
            .await
            .unwrap();
    }

    async fn read_until(client: &mut (impl AsyncRead + Unpin), end: &str) -> String {
        let mut read = Vec::new();
        while !read.ends_with(end.as_bytes()) {
            read.push(client.read_u8().await.unwrap());
        }
        String::from_utf8(read).unwrap()
    }

    fn logging(log: &Log, body: &'static [u8]) -> Router {
        let log = log.clone();
        let handler = move |Extension(after): Extension<AfterReply>| async move {
            log.add("asked");
            after.run(move || log.add("after"));
            body
        };
        Router::new().route("/", get(handler))
    }

    #[tokio::test]
    async fn the_callback_waits_until_the_whole_response_can_be_read() {
        static BODY: [u8; 10_000] = [b'x'; 10_000];
        let log = Log::default();
        let mut client = connect(logging(&log, &BODY), 64);
        ask(&mut client, "/").await;
        read_until(&mut client, "\r\n\r\n").await;
        let mut most = vec![0; BODY.len() - 65];
        client.read_exact(&mut most).await.unwrap();
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log.lines(), ["asked"]);
        let mut rest = vec![0; 65];
        client.read_exact(&mut rest).await.unwrap();
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log.lines(), ["asked", "after"]);
    }

    #[tokio::test]
    async fn the_flush_of_a_first_piece_is_not_the_flush_of_the_response() {
        let log = Log::default();
        let (feed, fed) = mpsc::unbounded_channel::<&'static str>();
        let fed = Arc::new(tokio::sync::Mutex::new(fed));
        let seen = log.clone();
        let handler = move |Extension(after): Extension<AfterReply>| async move {
            after.run(move || seen.add("after"));
            let pieces = futures_util::stream::unfold(fed, |fed| async move {
                let piece = fed.lock().await.recv().await?;
                Some((Ok::<_, Infallible>(Frame::data(Bytes::from(piece))), fed))
            });
            Body::new(StreamBody::new(pieces))
        };
        let mut client = connect(Router::new().route("/", get(handler)), 4096);
        ask(&mut client, "/").await;
        feed.send("first").unwrap();
        read_until(&mut client, "first\r\n").await;
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log.lines(), [""; 0]);
        feed.send("second").unwrap();
        drop(feed);
        read_until(&mut client, "second\r\n0\r\n\r\n").await;
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log.lines(), ["after"]);
    }

    #[tokio::test]
    async fn each_request_of_a_kept_connection_has_its_own_callback() {
        let log = Log::default();
        let mut client = connect(logging(&log, b"body."), 4096);
        for turn in 1..=2 {
            ask(&mut client, "/").await;
            read_until(&mut client, "body.").await;
            tokio::time::sleep(MOMENT).await;
            assert_eq!(log.lines(), ["asked", "after"].repeat(turn));
        }
        // Both at once: answers and callbacks keep the order.
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: node\r\n\r\nGET / HTTP/1.1\r\nhost: node\r\n\r\n")
            .await
            .unwrap();
        read_until(&mut client, "body.").await;
        read_until(&mut client, "body.").await;
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log.lines().len(), 8);
    }

    #[tokio::test]
    async fn an_answer_without_a_body_counts_too() {
        for (method, path) in [("GET", "/none"), ("HEAD", "/")] {
            let log = Log::default();
            let seen = log.clone();
            let none = move |Extension(after): Extension<AfterReply>| async move {
                after.run(move || seen.add("after"));
                http::StatusCode::NO_CONTENT
            };
            let mut client = connect(logging(&log, b"body.").route("/none", get(none)), 4096);
            client
                .write_all(format!("{method} {path} HTTP/1.1\r\nhost: node\r\n\r\n").as_bytes())
                .await
                .unwrap();
            read_until(&mut client, "\r\n\r\n").await;
            tokio::time::sleep(MOMENT).await;
            assert_eq!(log.lines().last().map(String::as_str), Some("after"), "{method} {path}");
        }
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_fires_the_callback() {
        // Before the answer.
        let log = Log::default();
        let seen = log.clone();
        let handler = move |Extension(after): Extension<AfterReply>| async move {
            after.run({
                let seen = seen.clone();
                move || seen.add("after")
            });
            seen.add("asked");
            std::future::pending::<()>().await;
        };
        let mut client = connect(Router::new().route("/", get(handler)), 4096);
        ask(&mut client, "/").await;
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log.lines(), ["asked"]);
        drop(client);
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log.lines(), ["asked", "after"]);

        // In the middle of it.
        static BODY: [u8; 10_000] = [b'x'; 10_000];
        let log = Log::default();
        let mut client = connect(logging(&log, &BODY), 64);
        ask(&mut client, "/").await;
        read_until(&mut client, "\r\n\r\n").await;
        assert_eq!(log.lines(), ["asked"]);
        drop(client);
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log.lines(), ["asked", "after"]);
    }

    #[tokio::test]
    async fn what_is_registered_late_happens_at_once() {
        let (hand, handed) = oneshot::channel();
        let hand = Arc::new(Mutex::new(Some(hand)));
        let handler = move |Extension(after): Extension<AfterReply>| async move {
            drop(hand.lock().unwrap().take().unwrap().send(after));
            "body."
        };
        let mut client = connect(Router::new().route("/", get(handler)), 4096);
        ask(&mut client, "/").await;
        read_until(&mut client, "body.").await;
        let after = handed.await.unwrap();
        tokio::time::timeout(MOMENT, after.done()).await.unwrap();
        drop(client);
        tokio::time::sleep(MOMENT).await;
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        after.run(move || {
            counted.fetch_add(1, SeqCst);
        });
        assert_eq!(count.load(SeqCst), 1);
    }

    /// A listener on loopback, how to end it, and how it ended.
    async fn start(
        router: Router,
        listening: Listening,
    ) -> (SocketAddr, Arc<Notify>, tokio::task::JoinHandle<Drained>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let end = Arc::new(Notify::new());
        let asked = Arc::clone(&end);
        let running = tokio::spawn(async move { listen(listener, router, listening, asked.notified()).await });
        (address, end, running)
    }

    fn slow(wait: Duration) -> Router {
        let handler = move |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move {
            tokio::time::sleep(wait).await;
            format!("{}.", peer.ip())
        };
        Router::new().route("/", get(handler))
    }

    #[tokio::test]
    async fn the_end_lets_requests_finish_and_takes_no_more() {
        let (address, end, running) = start(slow(MOMENT * 4), Listening::default()).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        ask(&mut idle, "/").await;
        read_until(&mut idle, "127.0.0.1.").await;
        let mut busy = TcpStream::connect(address).await.unwrap();
        ask(&mut busy, "/").await;
        tokio::time::sleep(MOMENT).await;
        end.notify_one();
        assert_eq!(
            idle.read(&mut [0]).await.unwrap(),
            0,
            "an idle connection is closed at once"
        );
        assert!(TcpStream::connect(address).await.is_err());
        let answer = read_until(&mut busy, "127.0.0.1.").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert_eq!(running.await.unwrap(), Drained { cut_off: 0 });
    }

    #[tokio::test]
    async fn the_end_cuts_off_what_takes_too_long() {
        let listening = Listening {
            drain_limit: MOMENT,
            ..Listening::default()
        };
        let (address, end, running) = start(slow(Duration::from_secs(60)), listening).await;
        let mut busy = TcpStream::connect(address).await.unwrap();
        ask(&mut busy, "/").await;
        tokio::time::sleep(MOMENT).await;
        end.notify_one();
        assert_eq!(running.await.unwrap(), Drained { cut_off: 1 });
        assert!(matches!(busy.read(&mut [0]).await, Ok(0) | Err(_)));
    }

    #[tokio::test]
    async fn open_connections_are_counted() {
        let book = Connections::default();
        let listening = Listening {
            book: book.clone(),
            ..Listening::default()
        };
        let (address, _, _) = start(slow(Duration::ZERO), listening).await;
        let mut open = [
            TcpStream::connect(address).await.unwrap(),
            TcpStream::connect(address).await.unwrap(),
        ];
        for client in &mut open {
            ask(client, "/").await;
            read_until(client, "127.0.0.1.").await;
        }
        assert_eq!(book.open(), 2);
        drop(open);
        tokio::time::sleep(MOMENT).await;
        assert_eq!(book.open(), 0);
    }

    #[tokio::test]
    async fn a_surplus_connection_of_one_address_is_closed_at_once() {
        let listening = Listening {
            per_address: Some(1),
            ..Listening::default()
        };
        let (address, _, _) = start(slow(Duration::ZERO), listening).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        ask(&mut first, "/").await;
        read_until(&mut first, "127.0.0.1.").await;
        let mut surplus = TcpStream::connect(address).await.unwrap();
        let closed = tokio::time::timeout(MOMENT * 20, surplus.read(&mut [0])).await.unwrap();
        assert_eq!(closed.unwrap(), 0);
        ask(&mut first, "/").await;
        read_until(&mut first, "127.0.0.1.").await;
        drop(first);
        tokio::time::sleep(MOMENT).await;
        let mut next = TcpStream::connect(address).await.unwrap();
        ask(&mut next, "/").await;
        read_until(&mut next, "127.0.0.1.").await;
    }

    #[tokio::test]
    async fn connections_over_the_bound_wait_for_a_place() {
        let (address, _, _) = start(
            slow(Duration::ZERO),
            Listening {
                connections: 1,
                ..Listening::default()
            },
        )
        .await;
        let mut first = TcpStream::connect(address).await.unwrap();
        ask(&mut first, "/").await;
        read_until(&mut first, "127.0.0.1.").await;
        let mut second = TcpStream::connect(address).await.unwrap();
        ask(&mut second, "/").await;
        let early = tokio::time::timeout(MOMENT, second.read_u8()).await;
        assert!(early.is_err(), "the second connection was served beside the first");
        drop(first);
        tokio::time::timeout(MOMENT * 20, read_until(&mut second, "127.0.0.1."))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn heads_are_bounded_in_time_bytes_and_lines() {
        let listening = Listening {
            head_limit: MOMENT * 2,
            head_bytes: 16 * 1024,
            ..Listening::default()
        };
        let (address, _, _) = start(slow(Duration::ZERO), listening).await;
        let mut slow_head = TcpStream::connect(address).await.unwrap();
        slow_head.write_all(b"GET / HTTP/1.1\r\nhost: no").await.unwrap();
        let mut left = Vec::new();
        tokio::time::timeout(MOMENT * 20, slow_head.read_to_end(&mut left))
            .await
            .unwrap()
            .unwrap();

        for (lines, length, status) in [
            (1, 15 * 1024, "200"),
            (1, 17 * 1024, "431"),
            (90, 1, "200"),
            (120, 1, "431"),
        ] {
            let line = format!("x-line: {}\r\n", "x".repeat(length));
            let mut client = TcpStream::connect(address).await.unwrap();
            let request = format!("GET / HTTP/1.1\r\nhost: node\r\n{}\r\n", line.repeat(lines));
            client.write_all(request.as_bytes()).await.unwrap();
            let answer = read_until(&mut client, "\r\n").await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{lines} lines of {length}: {answer}"
            );
        }
    }

    #[tokio::test]
    async fn speaks_tls_and_notes_the_flush_behind_it() {
        let issued = rcgen::generate_simple_self_signed(["node.example".to_owned()]).unwrap();
        let (chain, key) = (issued.cert.pem(), issued.signing_key.serialize_pem());
        let tls = tls_from_pem(chain.as_bytes(), key.as_bytes()).unwrap();

        let log = Log::default();
        let listening = Listening {
            tls: Some(watch::channel(tls).1),
            ..Listening::default()
        };
        let (address, end, running) = start(logging(&log, b"body."), listening).await;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(issued.cert.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let stream = TcpStream::connect(address).await.unwrap();
        let mut client = connector
            .connect("node.example".try_into().unwrap(), stream)
            .await
            .unwrap();
        ask(&mut client, "/").await;
        read_until(&mut client, "body.").await;
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log.lines(), ["asked", "after"]);

        // One that connects and says nothing does not hold up the end.
        let _mute = TcpStream::connect(address).await.unwrap();
        tokio::time::sleep(MOMENT).await;
        end.notify_one();
        let drained = tokio::time::timeout(MOMENT * 20, running).await.unwrap().unwrap();
        assert_eq!(drained, Drained { cut_off: 0 });
    }
}
