//! From a URL to a connection: resolve once, judge every address, connect only to what was judged, then TLS.
//!
//! This is the only place that opens a socket to the outside. Which addresses are permitted is said in `egress`.

use crate::egress::Scheme;
use crate::fault::chain;
use crate::{EgressPolicy, Refused, SendFault};
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tower_service::Service;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Longest wait for one address to take the connection; the next address is tried then. Long enough for one lost packet, short
/// enough that a person hears soon that nobody is there.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// Longest wait for resolving, connecting and the handshake together. Bounds also a connection that the pool opens and
/// whose request was given up meanwhile.
const DIAL_LIMIT: Duration = Duration::from_secs(15);
/// Most addresses of one name that are judged and tried; more is no ordinary name.
const ADDRESSES: usize = 16;

/// What a name resolves to, later.
pub type Addresses<'a> = BoxFuture<'a, io::Result<Vec<SocketAddr>>>;

/// Resolves host names; a test plants names that point inside.
pub trait Resolve: Send + Sync {
    /// All addresses of `host`, each with `port`.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Addresses<'a>;
}

/// The system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Addresses<'a> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }
}

/// The guarded way to a host: shared by the pool's connector and by the check made before a message is accepted.
pub(crate) struct Gate {
    pub(crate) policy: EgressPolicy,
    pub(crate) resolver: Arc<dyn Resolve>,
}

impl Gate {
    /// The addresses of `uri`, every one of them permitted. One refused address refuses the name: a name that points both
    /// outside and inside is an attempt at rebinding or a fault of its owner.
    pub(crate) async fn addresses(&self, uri: &Uri) -> Result<Vec<SocketAddr>, SendFault> {
        let target = Target::of(uri)?;
        let addresses = match target.host.parse::<IpAddr>() {
            Ok(literal) => vec![SocketAddr::new(literal, target.port)],
            Err(_) => self.resolve(&target).await?,
        };
        for address in &addresses {
            self.policy.judge_for(target.scheme, address.ip())?;
        }
        Ok(addresses)
    }

    async fn resolve(&self, target: &Target<'_>) -> Result<Vec<SocketAddr>, SendFault> {
        let fault = |why: String| SendFault::Resolve {
            host: target.host.to_owned(),
            why,
        };
        let found = self
            .resolver
            .resolve(target.host, target.port)
            .await
            .map_err(|error| fault(error.to_string()))?;
        if found.is_empty() {
            return Err(fault("it has no address".to_owned()));
        }
        if found.len() > ADDRESSES {
            return Err(fault(format!("it has more than {ADDRESSES} addresses")));
        }
        Ok(found)
    }

    async fn connect(&self, uri: &Uri) -> Result<Tcp, SendFault> {
        let mut last = "no address".to_owned();
        for address in self.addresses(uri).await? {
            match tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Small messages back and forth: waiting to fill a packet costs 40 ms each.
                    stream
                        .set_nodelay(true)
                        .map_err(|error| SendFault::Connect { why: error.to_string() })?;
                    return Ok(Tcp(TokioIo::new(stream)));
                }
                Ok(Err(error)) => last = format!("{address}: {error}"),
                Err(_) => last = format!("{address}: no answer"),
            }
        }
        Err(SendFault::Connect { why: last })
    }
}

/// Whether `uri` is one that can be called at all, before anything is resolved.
///
/// # Errors
/// It is none: its scheme, its host or its form.
pub(crate) fn check_form(uri: &Uri) -> Result<(), Refused> {
    Target::of(uri).map(|_| ())
}

struct Target<'a> {
    scheme: Scheme,
    host: &'a str,
    port: u16,
}

impl<'a> Target<'a> {
    fn of(uri: &'a Uri) -> Result<Self, Refused> {
        let refused = |code| Refused {
            code,
            what: uri.to_string(),
        };
        let (scheme, default_port) = match uri.scheme_str() {
            Some("https") => (Scheme::Https, 443),
            Some("http") => (Scheme::Http, 80),
            _ => return Err(refused("egress.scheme")),
        };
        let authority = uri.authority().ok_or_else(|| refused("egress.url"))?;
        // `https://name@host/`: what looks like the host to a reader is not the host.
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(refused("egress.url"));
        }
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            None if authority.as_str().len() > authority.host().len() => return Err(refused("egress.url")),
            None => default_port,
        };
        let host = authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'))
            .unwrap_or(host);
        if ServerName::try_from(host).is_err() || is_veiled_number(host) {
            return Err(refused("egress.url"));
        }
        Ok(Self { scheme, host, port })
    }
}

/// Whether `host` is no address literal to us, but one to some resolvers: `127.1`, `2130706433`, `0x7f000001`. No domain
/// name ends in a number (RFC 3696 section 2).
fn is_veiled_number(host: &str) -> bool {
    if host.parse::<IpAddr>().is_ok() {
        return false;
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    digits(last) || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A TCP connection to an address that the guard permitted.
pub(crate) struct Tcp(TokioIo<TcpStream>);

impl Connection for Tcp {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl hyper::rt::Read for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: hyper::rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl hyper::rt::Write for Tcp {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, bufs)
    }
}

/// Opens guarded TCP connections for the TLS layer.
#[derive(Clone)]
pub(crate) struct Guarded(Arc<Gate>);

impl Service<Uri> for Guarded {
    type Response = Tcp;
    type Error = SendFault;
    type Future = BoxFuture<'static, Result<Tcp, SendFault>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), SendFault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let gate = Arc::clone(&self.0);
        Box::pin(async move { gate.connect(&uri).await })
    }
}

/// What the pool calls for a new connection: guard, TCP, TLS where the URL says so, all within one bound.
#[derive(Clone)]
pub(crate) struct Dial(HttpsConnector<Guarded>);

impl Dial {
    pub(crate) fn new(gate: Arc<Gate>, config: rustls::ClientConfig) -> Self {
        let tls = HttpsConnectorBuilder::new().with_tls_config(config);
        Self(tls.https_or_http().enable_http1().wrap_connector(Guarded(gate)))
    }
}

impl Service<Uri> for Dial {
    type Response = MaybeHttpsStream<Tcp>;
    type Error = SendFault;
    type Future = BoxFuture<'static, Result<Self::Response, SendFault>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), SendFault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialing = self.0.call(uri);
        Box::pin(async move {
            match tokio::time::timeout(DIAL_LIMIT, dialing).await {
                Ok(Ok(stream)) => Ok(stream),
                // Whatever is not our own word was said by the handshake.
                Ok(Err(error)) => Err(match error.downcast::<SendFault>() {
                    Ok(own) => *own,
                    Err(other) => SendFault::Tls {
                        why: chain(other.as_ref()),
                    },
                }),
                Err(_) => Err(SendFault::Timeout {
                    waiting_for: "a connection",
                }),
            }
        })
    }
}
