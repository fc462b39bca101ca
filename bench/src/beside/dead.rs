//! A peer that does not answer: how long until the consumer tells so, and in which words.

use super::connector::Bed;
use serde_json::json;
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// How a peer is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// Nothing listens at its address.
    Gone,
    /// Something takes connections and says nothing; it was never heard of before.
    Silent,
    /// It answered a moment ago, and now its process stands still.
    Hung,
}

impl Death {
    /// In the order of the page.
    pub const ALL: [Self; 3] = [Self::Gone, Self::Silent, Self::Hung];

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gone => "a peer at whose address nothing listens",
            Self::Silent => "a peer that takes the connection and says nothing",
            Self::Hung => "a peer that answered before and hangs now",
        }
    }
}

/// What the consumer told.
pub struct Told {
    /// How long it took; where it told nothing, how long it was waited for.
    pub took: Duration,
    /// Its words; none when it told nothing in time.
    pub words: Option<String>,
}

/// Asks for the catalogue of a peer that is dead in each way.
pub fn measure(bed: &Bed) -> [Told; 3] {
    Death::ALL.map(|death| match death {
        Death::Gone => told(bed, "http://127.0.0.1:9/nobody/2025-1"),
        Death::Silent => {
            // Connections wait in its queue for good.
            let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
            let port = silent.local_addr().expect("it is bound").port();
            told(bed, &format!("http://127.0.0.1:{port}/nobody/2025-1"))
        }
        Death::Hung => {
            bed.page(0, 1);
            bed.while_provider_hangs(|| told(bed, &bed.provider.dsp))
        }
    })
}

fn told(bed: &Bed, address: &str) -> Told {
    let mut request = bed.about_provider("CatalogRequest");
    request["counterPartyAddress"] = json!(address);
    let begun = Instant::now();
    let answer = bed.consumer.try_ask("POST", "/catalog/request", Some(&request));
    let took = begun.elapsed();
    let words = answer.ok().map(|answer| {
        assert!(!answer.is_good(), "nobody answered with a catalogue: {}", answer.text());
        let message = answer.value()[0]["message"].as_str().unwrap_or_default().to_owned();
        format!("{} {message}", answer.status)
    });
    Told { took, words }
}
