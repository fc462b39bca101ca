//! The two listeners of a node and its orderly end. Which routes there are is said here; what they do is the doors' matter.

use crate::Failure;
use crate::assemble::Node;
use crate::certificate::Certificate;
use crate::config::{Config, Listener};
use crate::logging::{Observer, observe};
use crate::metrics::{self, Door};
use crate::quota::{Addresses, limit};
use crate::{backups, descriptions, health};
use axum::Router;
use axum::middleware::from_fn_with_state;
use chapar_api::{Drained, Listening, listen};
use chapar_portal::Portal;
use chapar_runtime::Quota;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests of peers may take to end.
const PUBLIC_DRAIN: Duration = Duration::from_secs(10);
/// How long those of the own API may: event streams end only by being cut, and their readers come back with the last id they saw.
const PRIVATE_DRAIN: Duration = Duration::from_secs(2);

/// Two open sockets with their TLS, before anything is answered.
pub struct Doors {
    public: Opened,
    private: Opened,
}

struct Opened {
    socket: TcpListener,
    tls: Option<Certificate>,
    per_address: Option<usize>,
}

impl Opened {
    const fn plain(socket: TcpListener) -> Self {
        Self {
            socket,
            tls: None,
            per_address: None,
        }
    }
}

impl Doors {
    /// Opens both sockets.
    ///
    /// # Errors
    /// An address is taken or a certificate unusable.
    pub async fn open(config: &Config) -> Result<Self, Failure> {
        Ok(Self {
            public: open(&config.public, "public").await?,
            private: open(&config.private, "private").await?,
        })
    }

    /// Takes sockets that are open already.
    pub fn of(public: TcpListener, private: TcpListener) -> Self {
        Self {
            public: Opened::plain(public),
            private: Opened::plain(private),
        }
    }

    /// The certificates of both, to be read again.
    pub fn certificates(&self) -> Vec<Certificate> {
        let both = [&self.public, &self.private];
        both.into_iter().filter_map(|door| door.tls.clone()).collect()
    }

    /// The line that says the node is ready, with the addresses where it really listens.
    pub fn ready_line(&self) -> String {
        format!("ready public={} private={}", url(&self.public), url(&self.private))
    }
}

fn url(door: &Opened) -> String {
    let scheme = if door.tls.is_some() { "https" } else { "http" };
    let address = door
        .socket
        .local_addr()
        .map_or_else(|_| "unknown".to_owned(), |address: SocketAddr| address.to_string());
    format!("{scheme}://{address}")
}

async fn open(listener: &Listener, which: &str) -> Result<Opened, Failure> {
    let tls = listener.tls.as_ref().map(Certificate::open).transpose()?;
    let socket = TcpListener::bind(listener.listen).await.map_err(|error| {
        Failure::new(format!("the {which} listener cannot open {}: {error}", listener.listen))
            .remedy(format!("stop what listens there, or write another [{which}] listen"))
    })?;
    let bound = listener.connections_per_address;
    Ok(Opened {
        socket,
        tls,
        per_address: bound.map(|bound| usize::try_from(bound).unwrap_or(usize::MAX)),
    })
}

/// Answers until `end` says true, then lets requests under way finish, and closes the store.
pub async fn serve(node: Node, doors: Doors, quota: Quota, end: watch::Receiver<bool>) -> Drained {
    let public = serve_door(
        doors.public,
        public_router(&node, quota),
        listening(&node, Door::Public, PUBLIC_DRAIN),
        end.clone(),
    );
    let private = serve_door(
        doors.private,
        private_router(&node),
        listening(&node, Door::Private, PRIVATE_DRAIN),
        end,
    );
    let (public, private) = tokio::join!(public, private);
    // What was handed out is written down before the store closes; what is still to be sent is sent by the next run.
    let _ = tokio::time::timeout(PUBLIC_DRAIN, node.runtime.accesses_written()).await;
    node.runtime.stop();
    node.store.close().await;
    Drained {
        cut_off: public.cut_off + private.cut_off,
    }
}

async fn serve_door(door: Opened, router: Router, listening: Listening, end: watch::Receiver<bool>) -> Drained {
    let listening = Listening {
        tls: door.tls.as_ref().map(Certificate::follow),
        per_address: door.per_address,
        ..listening
    };
    listen(door.socket, router, listening, told(end)).await
}

fn listening(node: &Node, door: Door, drain_limit: Duration) -> Listening {
    Listening {
        drain_limit,
        book: node.metrics.connections(door).clone(),
        ..Listening::default()
    }
}

async fn told(mut end: watch::Receiver<bool>) {
    // A sender that is gone is an end as good.
    let _ = end.wait_for(|end| *end).await;
}

fn public_router(node: &Node, quota: Quota) -> Router {
    let addresses = Arc::new(Addresses::new(quota, node.runtime.clone(), Arc::clone(&node.metrics)));
    let portal = Portal::new(node.runtime.clone(), &node.languages);
    chapar_api::dsp::router(node.runtime.clone())
        .merge(chapar_api::log::router(node.runtime.clone()))
        .merge(chapar_api::register::router(node.runtime.clone()))
        .merge(chapar_api::witness::router(node.runtime.clone()))
        .merge(chapar_api::time::router(node.runtime.clone()))
        .merge(descriptions::public_router())
        .merge(chapar_dataplane::router(node.runtime.clone()))
        .merge(chapar_portal::router(Arc::clone(&portal)))
        .layer(from_fn_with_state(addresses, limit))
        .layer(from_fn_with_state(portal, chapar_portal::dress))
        .layer(from_fn_with_state(observer(node, Door::Public), observe))
}

fn private_router(node: &Node) -> Router {
    chapar_api::own::router(node.runtime.clone())
        .merge(chapar_management::router(node.runtime.clone()))
        .merge(descriptions::router())
        .merge(health::router(node.runtime.clone()))
        .merge(metrics::router(
            Arc::clone(&node.metrics),
            node.store.clone(),
            node.runtime.clone(),
        ))
        .merge(backups::router(node))
        .layer(from_fn_with_state(observer(node, Door::Private), observe))
}

fn observer(node: &Node, door: Door) -> Observer {
    Observer {
        door,
        metrics: Arc::clone(&node.metrics),
    }
}

/// SIGINT and SIGTERM, heard from the moment this is made: make it before telling anybody that the node is ready.
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// The system refuses; do not start, for there would be no orderly end.
    pub fn listen() -> Result<Self, Failure> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let failed = |error: std::io::Error| Failure::new(format!("signals cannot be heard: {error}"));
            Ok(Self {
                terminate: signal(SignalKind::terminate()).map_err(failed)?,
                interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Resolves at the next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        {
            // An error means that none will ever come.
            let _ = tokio::signal::ctrl_c().await;
        }
    }

    /// From here on a further one ends the process at once.
    pub fn then_at_once(mut self) {
        tokio::spawn(async move {
            self.next().await;
            tracing::warn!("a second signal: ending at once");
            std::process::exit(130);
        });
    }
}
