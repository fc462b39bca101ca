//! Two nodes on this machine, each with one participant: the first offers a document to everybody, the second negotiates for it.
//!
//! Both are in the production profile: every message carries a token and a signature, and an unsigned one is refused.

use crate::process;
use chapar_conformance::node::Participant;
use chapar_conformance::{wire, words};
use chapar_e2e::house::{House, Profile};
use serde_json::json;
use std::time::{Duration, Instant};

/// Longest that a node may take from `ready` to healthy.
const HEALTHY: Duration = Duration::from_secs(10);

/// Two running nodes.
pub struct Pair {
    /// Provider and consumer.
    pub houses: [House; 2],
    /// Who offers.
    pub provider: Participant,
    /// Who asks.
    pub consumer: Participant,
    /// The body of `POST /negotiations` at the consumer.
    pub request: String,
}

impl Pair {
    /// Starts both on empty folders and settles them.
    pub fn settle() -> Self {
        let mut houses = ["provider", "consumer"].map(|name| House::new(name, Profile::Production));
        houses.iter_mut().for_each(House::start);
        let provider = join(&houses[0], "provider");
        let consumer = join(&houses[1], "consumer");
        provider.put_document("certificate", "a document of a few bytes");
        offer_all(&provider);
        let catalogue = consumer.ask(
            "POST",
            "/peers/catalog",
            Some(&json!({ "peer": provider.id, "address": provider.dsp })),
        );
        let mut offer = catalogue["datasets"][0]["hasPolicy"][0].clone();
        assert!(offer.is_object(), "no offer in {catalogue}");
        offer["target"] = "certificate".into();
        let request = json!({ "peer": provider.id, "address": provider.dsp, "offer": offer, "mode": "auto" });
        Self {
            houses,
            provider,
            consumer,
            request: request.to_string(),
        }
    }

    /// The processes of both.
    pub fn pids(&self) -> [u32; 2] {
        [self.houses[0].process(), self.houses[1].process()]
    }

    /// Resident MiB of both: now, and at the highest.
    pub fn memory(&self) -> [(f64, f64); 2] {
        self.pids()
            .map(|pid| process::memory(pid).unwrap_or((f64::NAN, f64::NAN)))
    }

    /// Stops both and starts them again.
    pub fn restart(&mut self) {
        for house in &mut self.houses {
            assert!(house.stop().success(), "a node ends in order");
            house.start();
        }
    }
}

/// A participant with a DID that refuses unsigned peers.
pub fn join(house: &House, slug: &str) -> Participant {
    house.add(&json!({ "slug": slug, "unsignedPeers": "refuse" }))
}

/// One definition over all documents, open to everybody for use, decided by the node itself.
pub fn offer_all(who: &Participant) {
    let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
    who.ask("PUT", "/policies/use", Some(&policy));
    let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": "auto" });
    who.ask("PUT", "/offers/open", Some(&offer));
}

/// Starts a stopped node; how long it took until it said `ready` and then answered as healthy.
pub fn start_to_healthy(house: &mut House) -> Duration {
    let begun = Instant::now();
    house.start();
    let url = format!("{}/health/ready", house.private);
    while begun.elapsed() < HEALTHY {
        if wire::send("GET", &url, &[], b"").is_ok_and(|answer| answer.is_good()) {
            return begun.elapsed();
        }
    }
    panic!("the node is not healthy after {HEALTHY:?}");
}
