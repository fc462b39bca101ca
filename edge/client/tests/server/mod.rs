//! Servers on loopback for the tests: one that speaks HTTP by hyper, and one that says exactly the bytes given.
#![allow(dead_code, missing_docs)]

use bytes::Bytes;
use chapar_client::{Addresses, Client, EgressPolicy, Loopback, Outgoing, Resolve, Settings};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that counts what reaches it.
#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    pub requests: Arc<AtomicUsize>,
}

impl Server {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }

    pub fn requests(&self) -> usize {
        self.requests.load(SeqCst)
    }

    async fn bind() -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (
            Self {
                address,
                connections: Arc::default(),
                requests: Arc::default(),
            },
            listener,
        )
    }

    /// Answers each request by `answer`.
    pub async fn answering<A, R>(answer: A) -> Self
    where
        A: Fn(Request<Incoming>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Response<Full<Bytes>>> + Send + 'static,
    {
        let (server, listener) = Self::bind().await;
        let counted = server.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                counted.connections.fetch_add(1, SeqCst);
                tokio::spawn(speak_http(stream, counted.clone(), answer.clone()));
            }
        });
        server
    }

    /// As [`Self::answering`], behind TLS.
    pub async fn behind_tls(config: rustls::ServerConfig) -> Self {
        let (server, listener) = Self::bind().await;
        let counted = server.clone();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                counted.connections.fetch_add(1, SeqCst);
                let Ok(stream) = acceptor.accept(stream).await else {
                    continue;
                };
                tokio::spawn(speak_http(stream, counted.clone(), |_| async { text("over TLS") }));
            }
        });
        server
    }

    /// Waits for the head of a request, then does with the connection what `act` does.
    pub async fn raw<A, R>(act: A) -> Self
    where
        A: Fn(TcpStream) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let (server, listener) = Self::bind().await;
        let counted = server.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                counted.connections.fetch_add(1, SeqCst);
                let act = act.clone();
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
                        let mut byte = [0];
                        if stream.read_exact(&mut byte).await.is_err() {
                            return;
                        }
                        head.push(byte[0]);
                    }
                    act(stream).await;
                });
            }
        });
        server
    }

    /// Says these bytes and closes.
    pub async fn saying(bytes: impl Into<Bytes>) -> Self {
        let bytes: Bytes = bytes.into();
        Self::raw(move |mut stream| {
            let bytes = bytes.clone();
            async move {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }
}

async fn speak_http<S, A, R>(stream: S, counted: Server, answer: A)
where
    S: AsyncRead + AsyncWrite + Unpin,
    A: Fn(Request<Incoming>) -> R,
    R: Future<Output = Response<Full<Bytes>>>,
{
    let service = service_fn(|request| {
        counted.requests.fetch_add(1, SeqCst);
        let answering = answer(request);
        async { Ok::<_, Infallible>(answering.await) }
    });
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

pub fn text(body: &'static str) -> Response<Full<Bytes>> {
    Response::new(Full::from(body))
}

/// Settings that permit loopback.
pub fn local() -> Settings {
    Settings::new(EgressPolicy {
        loopback: Loopback::Allowed,
        ..EgressPolicy::default()
    })
}

pub fn local_client() -> Client {
    Client::new(local()).unwrap()
}

pub fn fetch(url: impl Into<String>) -> Outgoing {
    Outgoing {
        method: Method::GET,
        url: url.into(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        deadline: Duration::from_secs(5),
        max_response_bytes: 64 * 1024,
    }
}

/// A resolver that gives every name the next of the planted lists; the last one stays.
pub struct Planted {
    answers: Vec<Vec<IpAddr>>,
    pub asked: Arc<AtomicUsize>,
}

impl Planted {
    pub fn new(answers: &[&[&str]]) -> Self {
        let parse = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        Self {
            answers: answers.iter().map(parse).collect(),
            asked: Arc::default(),
        }
    }
}

impl Resolve for Planted {
    fn resolve<'a>(&'a self, _: &'a str, port: u16) -> Addresses<'a> {
        Box::pin(async move {
            let turn = self.asked.fetch_add(1, SeqCst).min(self.answers.len() - 1);
            Ok(self.answers[turn]
                .iter()
                .map(|address| SocketAddr::new(*address, port))
                .collect())
        })
    }
}
