//! A page of 50 of a catalogue, however long the catalogue is: asked for by a second node in the name of its participant, and
//! directly at the protocol's door by a signed request.
//!
//! Refuses to measure the seeding; that is `seed`'s way round the API.

use crate::numbers::{self, Times};
use crate::pair::{join, offer_all};
use crate::seed;
use chapar_conformance::foreign_peer::{Family, ForeignPeer};
use chapar_conformance::node::Participant;
use chapar_conformance::words::CONTEXT;
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Datasets on a page.
pub const PAGE: usize = 50;
/// Requests before those that count: DID documents are fetched and the database's pages read.
const WARM: usize = 20;

/// Catalogues of one length.
pub struct Shelf {
    /// Offers in the catalogue.
    pub offers: usize,
    /// Definitions that make them, each with a policy of its own.
    pub definitions: usize,
    /// First page, through the second node's own API.
    pub by_node: Times,
    /// Pages one after the other by `next`, through the second node's own API.
    pub onward: Times,
    /// The last page, asked for by its place, through the second node's own API.
    pub last: Times,
    /// First page, at the protocol's door.
    pub direct: Times,
}

/// Measures catalogues of all these lengths under one definition, and one of `definitions` offers with a definition and a policy
/// each; `count` requests each way.
pub fn measure(lengths: &[usize], definitions: usize, count: usize) -> Vec<Shelf> {
    let mut provider = House::new("shelves", Profile::Production);
    let mut consumer = House::new("reader", Profile::Production);
    provider.start();
    consumer.start();
    let reader = join(&consumer, "reader");
    let by_length = lengths.iter().map(|length| (*length, 1));
    let shops: Vec<(usize, usize, Participant)> = by_length
        .chain([(definitions, definitions)])
        .map(|(offers, definitions)| (offers, definitions, shop(&provider, offers, definitions)))
        .collect();
    assert!(provider.stop().success(), "the provider ends in order");
    for (offers, definitions, shop) in &shops {
        let tables = if *definitions > 1 {
            seed::DEFINITIONS
        } else {
            seed::DOCUMENTS
        };
        seed::repeat(&provider.data(), &shop.slug, tables, *offers);
        println!("  seeded {} offers", numbers::count(*offers));
    }
    provider.start();
    shops
        .iter()
        .map(|(offers, definitions, shop)| read(*offers, *definitions, shop, &reader, count))
        .collect()
}

fn shop(house: &House, offers: usize, definitions: usize) -> Participant {
    let shop = join(house, &format!("shop-{offers}-{definitions}"));
    shop.put_document("certificate", "a document of a few bytes");
    let properties = json!({ "title": "Phytosanitary certificate (sample)", "documentType": "851" });
    shop.ask("PUT", "/documents/certificate/properties", Some(&properties));
    offer_all(&shop);
    shop
}

fn read(offers: usize, definitions: usize, shop: &Participant, reader: &Participant, count: usize) -> Shelf {
    let first = json!({ "peer": shop.id, "address": shop.dsp });
    let ask = |question: &Value| {
        let begun = Instant::now();
        let page = reader.ask("POST", "/peers/catalog", Some(question));
        (begun.elapsed(), page)
    };
    let full = offers.min(PAGE);
    for _ in 0..WARM {
        let (_, page) = ask(&first);
        assert_eq!(page["datasets"].as_array().map(Vec::len), Some(full), "{page}");
    }
    let by_node = Times::of((0..count).map(|_| ask(&first).0));
    let mut onward = Vec::new();
    let mut question = first.clone();
    while onward.len() < count {
        let (took, page) = ask(&question);
        onward.push(took);
        match page["next"].as_str() {
            Some(next) => question["next"] = next.into(),
            None => question = first.clone(),
        }
    }
    let mut last = first.clone();
    last["query"] = json!({ "offset": offers - full, "limit": PAGE });
    for _ in 0..WARM {
        let (_, page) = ask(&last);
        assert_eq!(page["datasets"].as_array().map(Vec::len), Some(full), "{page}");
    }
    let shelf = Shelf {
        offers,
        definitions,
        by_node,
        onward: Times::of(onward),
        last: Times::of((0..count).map(|_| ask(&last).0)),
        direct: directly(shop, full, count),
    };
    println!(
        "  {} offers, {} definitions: p50 {:.2} ms by a node, {:.2} ms the last page, {:.2} ms directly",
        numbers::count(offers),
        numbers::count(definitions),
        shelf.by_node.p50(),
        shelf.last.p50(),
        shelf.direct.p50()
    );
    shelf
}

/// Signed requests of a stranger whose answers are signed too. Signing them is not part of the time; a connection each is.
fn directly(shop: &Participant, full: usize, count: usize) -> Times {
    let peer = ForeignPeer::start(Family::EdDsa);
    let request = json!({ "@context": [CONTEXT], "@type": "CatalogRequestMessage" });
    let one = || -> Duration {
        let mut saying = peer.saying(shop, "/catalog/request", Some(&request));
        saying.asks_for_signature = true;
        let headers = saying.headers();
        let begun = Instant::now();
        let answer = saying.say_with(headers).answer;
        let took = begun.elapsed();
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.header("signature").is_some(), "the answer is signed");
        let datasets = answer.value()["dataset"].as_array().map(Vec::len);
        assert_eq!(datasets, Some(full), "datasets on a page of {}", numbers::count(full));
        took
    };
    for _ in 0..WARM {
        one();
    }
    Times::of((0..count).map(|_| one()))
}
