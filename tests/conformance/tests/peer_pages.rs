//! The catalogue of a foreign provider as the real node reads it for its own people: page after page, forth and back, however
//! the provider spells the way (RFC 8288).
//!
//! Refuses to judge our own pages: those are in `catalog`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::{Node, Participant};
use chapar_conformance::schemas;
use chapar_conformance::wire::{Request, Response, Server};
use chapar_conformance::words::{self, CONTEXT};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const PEER: &str = "the-peer";
/// Pages of the provider, with one dataset on each.
const PAGES: usize = 4;

/// How a provider writes its links.
#[derive(Clone, Copy, Debug)]
struct Spelling {
    /// The relation that leads back.
    back: &'static str,
    /// Whether an address is written without scheme and host.
    relative: bool,
    /// Whether both links stand in one field.
    one_field: bool,
}

const SPELLINGS: [Spelling; 4] = [
    Spelling {
        back: "rel=\"prev\"",
        relative: false,
        one_field: true,
    },
    Spelling {
        back: "rel=\"previous\"",
        relative: false,
        one_field: true,
    },
    Spelling {
        back: "rel=prev",
        relative: true,
        one_field: true,
    },
    Spelling {
        back: "title=\"a, b; c\"; rel=\"previous\"",
        relative: false,
        one_field: false,
    },
];

/// A provider with [`PAGES`] pages, and the requests that it heard.
struct Provider {
    server: Server,
    heard: Arc<Mutex<Vec<Request>>>,
}

impl Provider {
    fn start(spelling: Spelling) -> Self {
        let heard: Arc<Mutex<Vec<Request>>> = Arc::default();
        let noted = Arc::clone(&heard);
        let server = Server::start(Arc::new(move |request| {
            let answer = page(&request, spelling);
            noted.lock().unwrap().push(request);
            Some(answer)
        }));
        Self {
            server: server.unwrap(),
            heard,
        }
    }

    fn base(&self) -> String {
        format!("{}/far/dsp/2025-1", self.server.url())
    }
}

/// The page that a request is for; the number in the address is the provider's own affair.
fn page(request: &Request, spelling: Spelling) -> Response {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let number = query.strip_prefix("page=%2F").map_or(Ok(0), str::parse::<usize>);
    let (Ok(number), "/far/dsp/2025-1/catalog/request", "POST") = (number, path, request.method.as_str()) else {
        return Response::empty(404);
    };
    let host = request.header("host").unwrap();
    let before = if spelling.relative {
        String::new()
    } else {
        format!("http://{host}")
    };
    let link = |number: usize, parameters: &str| format!("<{before}{path}?page=%2F{number}>; {parameters}");
    let mut links = Vec::new();
    if number + 1 < PAGES {
        links.push(link(number + 1, "rel=\"next\""));
    }
    if number > 0 {
        links.push(link(number - 1, spelling.back));
    }
    let mut answer = Response::json(200, &catalog(number));
    let fields = if spelling.one_field {
        vec![links.join(", ")]
    } else {
        links
    };
    answer.headers.extend(
        fields
            .into_iter()
            .filter(|field| !field.is_empty())
            .map(|field| ("link".to_owned(), field)),
    );
    answer
}

fn catalog(number: usize) -> Value {
    let catalog = json!({
        "@context": [CONTEXT], "@type": "Catalog", "@id": "urn:catalog:1", "participantId": PEER,
        "dataset": [{
            "@id": format!("BOOK-{number}"), "@type": "Dataset",
            "hasPolicy": [{ "@id": format!("CD:BOOK-{number}:1"), "@type": "Offer", "permission": words::permission() }],
            "distribution": [{ "@type": "Distribution", "format": words::FORMAT, "accessService": "urn:service:1" }],
        }],
        "service": [{ "@id": "urn:service:1", "@type": "DataService", "endpointURL": "https://peer.example/dsp" }],
    });
    schemas::check(&catalog).unwrap();
    catalog
}

fn reader() -> (Node, Participant) {
    let node = Node::start();
    let reader = node.add_named("reader", "the-node", PEER);
    (node, reader)
}

/// A page as the own API shows it: the datasets' ids, and where it leads.
fn read(who: &Participant, provider: &Provider, page: Option<&str>) -> (Vec<String>, Option<String>, Option<String>) {
    let mut question = json!({ "peer": PEER, "address": provider.base() });
    if let Some(page) = page {
        question["next"] = json!(page);
    }
    let shown = who.ask("POST", "/peers/catalog", Some(&question));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let ids = shown["datasets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dataset| text(&dataset["@id"]).unwrap());
    (ids.collect(), text(&shown["next"]), text(&shown["previous"]))
}

#[test]
fn a_foreign_catalogue_is_read_forth_and_back() {
    let (_node, who) = reader();
    for spelling in SPELLINGS {
        let provider = Provider::start(spelling);
        let book = |number: usize| vec![format!("BOOK-{number}")];
        let (ids, mut next, mut previous) = read(&who, &provider, None);
        assert_eq!((ids, &previous), (book(0), &None), "{spelling:?}: the first page");
        for number in 1..PAGES {
            let page = next.unwrap_or_else(|| panic!("{spelling:?}: page {} does not lead forth", number - 1));
            let ids;
            (ids, next, previous) = read(&who, &provider, Some(&page));
            assert_eq!(ids, book(number), "{spelling:?}: forth");
        }
        assert_eq!(next, None, "{spelling:?}: behind the last page there is none");
        for number in (0..PAGES - 1).rev() {
            let page = previous.unwrap_or_else(|| panic!("{spelling:?}: page {} does not lead back", number + 1));
            let ids;
            (ids, next, previous) = read(&who, &provider, Some(&page));
            assert_eq!(ids, book(number), "{spelling:?}: back");
        }
        assert_eq!(previous, None, "{spelling:?}: before the first page there is none");
        let (ids, ..) = read(&who, &provider, next.as_deref());
        assert_eq!(ids, book(1), "{spelling:?}: forth again");
    }
}

#[test]
fn every_page_is_asked_for_with_the_same_body_at_the_address_that_was_given() {
    let (_node, who) = reader();
    let provider = Provider::start(SPELLINGS[0]);
    let (_, next, _) = read(&who, &provider, None);
    let (_, next, _) = read(&who, &provider, next.as_deref());
    read(&who, &provider, next.as_deref());
    let mut heard = provider.heard.lock().unwrap();
    // What the provider speaks is looked up before; there is no such document here.
    heard.retain(|request| request.method == "POST");
    let path = "/far/dsp/2025-1/catalog/request";
    let paths: Vec<&str> = heard.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(
        paths,
        [path, &format!("{path}?page=%2F1"), &format!("{path}?page=%2F2")]
    );
    for request in heard.iter() {
        assert_eq!(request.body, heard[0].body, "{}", request.path);
        schemas::check(&request.json()).unwrap();
        assert_eq!(request.json()["@type"], "CatalogRequestMessage");
        assert!(request.header("authorization").is_some(), "{}", request.path);
    }
}

#[test]
fn no_page_outside_the_providers_own_origin_is_asked_for() {
    let (_node, who) = reader();
    let (provider, other) = (Provider::start(SPELLINGS[0]), Provider::start(SPELLINGS[0]));
    let port = |provider: &Provider| provider.server.address.port();
    let catalog = format!("{}/catalog/request", provider.base());
    for page in [
        format!("{}/catalog/request?page=%2F1", other.base()),
        format!(
            "http://127.0.0.1:{}0/far/dsp/2025-1/catalog/request?page=%2F1",
            port(&provider)
        ),
        catalog.replace("http://", "ftp://"),
    ] {
        let question = json!({ "peer": PEER, "address": provider.base(), "next": page });
        let answer = who.call("POST", "/peers/catalog", Some(&question));
        assert!(
            (400..500).contains(&answer.status),
            "{page}: {} {}",
            answer.status,
            answer.text()
        );
        assert_eq!(answer.value()["code"], "page-foreign", "{page}: {}", answer.text());
    }
    assert!(other.heard.lock().unwrap().is_empty(), "another host was asked");
    let heard = provider.heard.lock().unwrap();
    assert!(
        heard.iter().all(|request| request.method == "GET"),
        "a page was asked for"
    );
}
