//! Data at addresses of EDC's own kind: handed on from where they lie, and delivered to where they are wanted.

use super::{BOTH, OURS, Published, Row, open_rules};
use crate::scene::{Pair, Scheme, fetch};
use crate::side::{Access, Dataset, Decides, Told, check, until};
use chapar_conformance::wire::{Request, Response, Server};
use chapar_conformance::words::Kind;
use serde_json::json;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};

pub(super) const ROWS: &[Row] = &[
    (
        "data that lie elsewhere are fetched through the provider",
        OURS,
        handed_on,
    ),
    ("data are delivered to the consumer's address", BOTH, delivered),
    ("data that lie elsewhere are delivered", OURS, delivered_from_elsewhere),
    ("a place that refuses ends the delivery for both", OURS, refused),
];

/// What opens the source; nobody but the provider knows it.
const KEY: &str = "a key of the source";

/// A source of this content, which takes its key only, and says behind the content what else it was asked.
fn source(content: Vec<u8>) -> Told<Server> {
    let server = Server::start(Arc::new(move |request| {
        if request.header("x-key") != Some(KEY) {
            return Some(Response::empty(401));
        }
        let mut body = content.clone();
        body.extend(request.path.trim_start_matches("/data").as_bytes());
        Some(Response {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/octet-stream".to_owned())],
            body,
        })
    }));
    server.map_err(|why| format!("no port for the source: {why}"))
}

/// A place that answers this to whatever it is sent, and hands it on.
fn place(status: u16) -> Told<(Server, Receiver<Request>)> {
    let (told, heard) = mpsc::channel();
    let told = Mutex::new(told);
    let server = Server::start(Arc::new(move |request| {
        // The story may be over already.
        let _ = told.lock().unwrap().send(request);
        Some(Response::empty(status))
    }));
    Ok((server.map_err(|why| format!("no port for the place: {why}"))?, heard))
}

/// A dataset of ours whose data lie in `source`.
fn elsewhere(pair: &Pair<'_>, server: &Server, content: Vec<u8>) -> Told<Published> {
    let id = format!("elsewhere-{}", uuid::Uuid::new_v4());
    let dataset = Dataset {
        id: &id,
        content: &content,
        rules: &open_rules(),
        decides: Decides::Itself,
    };
    let address = json!({
        "type": "HttpData", "baseUrl": format!("{}/data", server.url()), "authKey": "X-Key", "authCode": KEY,
        "proxyPath": "true", "proxyQueryParams": "true",
    });
    pair.scene.ours.publish_at(&dataset, &address)?;
    pair.found(id, content)
}

fn handed_on(pair: &Pair<'_>) -> Told<()> {
    let content = b"what lies elsewhere".to_vec();
    let server = source(content.clone())?;
    let published = elsewhere(pair, &server, content)?;
    let both = pair.started(&pair.agreed(&published)?)?;
    let access = until("an address to fetch from", || pair.consumer.access(&both.consumer))?;
    for tail in ["", "/", "/below?q=1", "?q=1"] {
        let asked = Access {
            endpoint: format!("{}{tail}", access.endpoint),
            ..access.clone()
        };
        let (status, bytes) = fetch(&asked, Scheme::None)?;
        let mut expected = published.content.clone();
        expected.extend(tail.trim_end_matches('/').as_bytes());
        check(status == 200 && bytes == expected, || {
            format!("`{tail}`: {status} {}", String::from_utf8_lossy(&bytes))
        })?;
    }
    Ok(())
}

/// The consumer asks for a delivery, which both sides see come to its end.
fn pushed(pair: &Pair<'_>, published: &Published) -> Told<()> {
    let agreement = pair.agreed(published)?;
    let (server, heard) = place(200)?;
    let consumer = pair
        .consumer
        .push(pair.provider.peer(), &agreement, &format!("{}/in", server.url()))?;
    let both = pair.met(Kind::Transfer, consumer)?;
    pair.reach(&both, "COMPLETED")?;
    let request = heard.try_recv().map_err(|_| "nothing was delivered".to_owned())?;
    check(request.body == published.content, || {
        format!(
            "{} {}: {} other bytes",
            request.method,
            request.path,
            request.body.len()
        )
    })
}

fn delivered(pair: &Pair<'_>) -> Told<()> {
    pushed(pair, &pair.publish(&open_rules(), Decides::Itself)?)
}

fn delivered_from_elsewhere(pair: &Pair<'_>) -> Told<()> {
    let content = b"what lies elsewhere".to_vec();
    let server = source(content.clone())?;
    pushed(pair, &elsewhere(pair, &server, content)?)
}

fn refused(pair: &Pair<'_>) -> Told<()> {
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    let agreement = pair.agreed(&published)?;
    let (server, _heard) = place(403)?;
    let consumer = pair.consumer.push(pair.provider.peer(), &agreement, &server.url())?;
    let both = pair.met(Kind::Transfer, consumer)?;
    pair.reach(&both, "TERMINATED")
}
