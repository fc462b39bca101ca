//! The two nodes as their owners see them, and the book of everything that was acknowledged with a 2xx.
//!
//! Refuses to know what is done with them (`load`) and what must come of it (`audit`).

use chapar_conformance::node::Participant;
use chapar_conformance::words::{self, Kind, Side};
use chapar_e2e::board::Board;
use chapar_e2e::dice::Dice;
use chapar_e2e::house::House;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

/// Documents that are on offer.
const OFFERED: usize = 4;
/// Longest document in bytes: several reads and several packets.
pub const DOCUMENT_BYTES: u64 = 300_000;

/// A case that its node acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// At which node.
    pub side: Side,
    /// Of which kind.
    pub kind: Kind,
    /// Its id there.
    pub id: String,
}

/// An answer of the data door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The transfer, as the provider names it.
    pub transfer: String,
    /// Its status.
    pub status: u16,
    /// The bytes of the document in it.
    pub bytes: usize,
}

/// What was acknowledged.
#[derive(Default)]
pub struct Book {
    /// Cases that were begun.
    pub begun: Vec<Case>,
    /// Decisions that were taken.
    pub decided: Vec<(Case, &'static str)>,
    /// Contents of documents at the provider that are not on offer.
    pub documents: BTreeMap<String, Vec<u8>>,
    /// Answers of the data door that came whole.
    pub answered: Vec<Answered>,
    /// What was found wrong on the way.
    pub faults: Vec<String>,
}

/// Two nodes and what they promised.
pub struct World {
    provider: Participant,
    consumer: Participant,
    provider_board: Board,
    consumer_board: Board,
    /// Offers as requests carry them.
    pub offers: Vec<Value>,
    /// Contents of the documents on offer.
    pub contents: BTreeMap<String, Vec<u8>>,
    book: Mutex<Book>,
    over: AtomicBool,
    /// Calls that found nobody or broke off.
    pub broken_off: AtomicUsize,
    /// Documents fetched whole.
    pub fetched: AtomicUsize,
}

impl World {
    /// Makes the two participants, the documents and the offer.
    pub fn settle(houses: &[House; 2], dice: &mut Dice) -> Self {
        let provider = houses[0].add(&json!({ "slug": "provider", "unsignedPeers": "refuse" }));
        let consumer = houses[1].add(&json!({ "slug": "consumer", "unsignedPeers": "refuse", "algorithm": "ES256" }));
        let (provider_board, consumer_board) = (Board::follow(&provider), Board::follow(&consumer));
        let mut contents = BTreeMap::new();
        for number in 0..OFFERED {
            let id = format!("offered-{number}");
            let length = usize::try_from(dice.below(DOCUMENT_BYTES)).expect("a length fits");
            let content = dice.bytes(length);
            let answer = chapar_e2e::ask::send(&provider, "PUT", &format!("/documents/{id}"), "text/plain", &content);
            assert_eq!(answer.expect("the private door answers").status, 200);
            contents.insert(id, content);
        }
        let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
        provider.ask("PUT", "/policies/use", Some(&policy));
        let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
        provider.ask("PUT", "/offers/open", Some(&offer));
        let offers = offers(&provider, &consumer);
        assert_eq!(offers.len(), OFFERED, "the catalogue shows what is on offer");
        Self {
            provider,
            consumer,
            provider_board,
            consumer_board,
            offers,
            contents,
            book: Mutex::default(),
            over: AtomicBool::new(false),
            broken_off: AtomicUsize::new(0),
            fetched: AtomicUsize::new(0),
        }
    }

    /// The participant on `side`.
    pub fn who(&self, side: Side) -> &Participant {
        match side {
            Side::Provider => &self.provider,
            Side::Consumer => &self.consumer,
        }
    }

    /// What the event stream of `side` said.
    pub fn board(&self, side: Side) -> &Board {
        match side {
            Side::Provider => &self.provider_board,
            Side::Consumer => &self.consumer_board,
        }
    }

    /// The book, to write into or to read.
    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// Writes down what must not be.
    pub fn fault(&self, what: String) {
        self.book().faults.push(what);
    }

    /// No caller begins anything new.
    pub fn stop(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Whether callers may begin something new.
    pub fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }

    /// What happened, in numbers.
    pub fn tally(&self) -> String {
        let book = self.book();
        let begun = |kind| book.begun.iter().filter(|case| case.kind == kind).count();
        format!(
            "{} negotiations and {} transfers begun, {} decisions, {} documents put, {} fetched, {} calls broken off, \
             event streams opened {} and {} times",
            begun(Kind::Negotiation),
            begun(Kind::Transfer),
            book.decided.len(),
            book.documents.len(),
            self.fetched.load(Ordering::Relaxed),
            self.broken_off.load(Ordering::Relaxed),
            self.provider_board.streams(),
            self.consumer_board.streams(),
        )
    }

    /// A run in which hardly anything happened has shown nothing.
    pub fn check_weight(&self, kills: usize) {
        let book = self.book();
        let weights = [
            ("kills", kills, 10),
            ("cases begun", book.begun.len(), 60),
            ("decisions", book.decided.len(), 20),
            ("documents put", book.documents.len(), 10),
            ("answers of the data door", book.answered.len(), 20),
            ("documents fetched", self.fetched.load(Ordering::Relaxed), 20),
            ("calls broken off", self.broken_off.load(Ordering::Relaxed), 5),
        ];
        for (what, weight, least) in weights {
            assert!(
                weight >= least,
                "too little to show anything: {weight} {what}, at least {least} were meant"
            );
        }
    }
}

/// The offers of the provider's catalogue, each with its target.
fn offers(provider: &Participant, consumer: &Participant) -> Vec<Value> {
    let question = json!({ "peer": provider.id, "address": provider.dsp });
    let catalog = consumer.ask("POST", "/peers/catalog", Some(&question));
    let datasets = catalog["datasets"]
        .as_array()
        .unwrap_or_else(|| panic!("no datasets in {catalog}"));
    let offer = |dataset: &Value| {
        let mut offer = dataset["hasPolicy"][0].clone();
        assert!(offer.is_object(), "no offer in {dataset}");
        offer["target"] = dataset["@id"].clone();
        offer
    };
    datasets.iter().map(offer).collect()
}
