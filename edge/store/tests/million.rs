//! A million short records: how long they take to fold, how large they are, how quickly they are found. Not part of the default set:
//! `cargo test --release -p chapar-store --test million -- --ignored --nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "all of this crate is a measurement"
)]

use chapar_store::{
    CatalogChange, Facet, FoldWrite, LogRow, LogState, NodeKey, Options, PartRow, Publication, RecordRow, Search,
    SearchOrder, Store, VersionWrite,
};
use std::path::Path;
use std::time::{Duration, Instant};

const RECORDS: u64 = 1_000_000;
/// As a bundle of a log.
const BATCH: u64 = 256;
const VOCABULARY: u64 = 50_000;
const ORIGIN: &str = "node.example/agency/log";
const QUESTIONS: u64 = 300;

/// Numbers that look random and are the same in each run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// A word, the first ones by far the most frequent, as in texts.
    fn word(&mut self) -> String {
        let bits = self.below(VOCABULARY.ilog2().into());
        format!("слово{}", self.below(2 << bits))
    }

    fn words(&mut self, count: u64) -> Vec<String> {
        (0..count).map(|_| self.word()).collect()
    }
}

fn facet(name: &str, value: impl Into<String>) -> Facet {
    Facet {
        name: name.to_owned(),
        value: value.into(),
    }
}

const STATES: [&str; 10] = ["BY", "CN", "IN", "IR", "KG", "KZ", "PK", "RU", "TJ", "UZ"];
const KINDS: [&str; 8] = [
    "dataset",
    "dataset",
    "dataset",
    "event",
    "notice",
    "rule",
    "course",
    "organisation",
];

fn record(number: u64) -> VersionWrite {
    let mut numbers = Numbers(number);
    let title = numbers.words(5);
    let kind = KINDS[numbers.below(8) as usize];
    VersionWrite {
        row: RecordRow {
            record_id: format!("did:web:agency.uz.example/records/0123456789abcdef/record-{number}"),
            version: 1,
            origin: ORIGIN.to_owned(),
            position: number as i64 + 1,
            leaf_hash: format!("{number:064x}"),
            kind: kind.to_owned(),
            issuer: "did:web:agency.uz.example".to_owned(),
            issued: 1_700_000_000_000 + number as i64 * 40_000,
            valid_from: None,
            valid_until: (numbers.below(4) == 0).then_some(1_720_000_000_000),
            visibility: "open".to_owned(),
            languages: "[\"en\",\"ru\"]".to_owned(),
            title: Some(format!("{{\"ru\":\"{}\"}}", title.join(" "))),
            description: Some(format!("{{\"ru\":\"{}\"}}", numbers.words(10).join(" "))),
        },
        part: Some(PartRow {
            about: None,
            title_words: title,
            words: numbers.words(10),
            facets: vec![
                facet("kind", kind),
                facet("group", &kind[..2]),
                facet("clause", (numbers.below(8) + 1).to_string()),
                facet("issuer", "did:web:agency.uz.example"),
                facet("language", "ru"),
                facet("language", "en"),
                facet("state", STATES[numbers.below(10) as usize]),
                facet("topic", format!("http://data.example/theme/{}", numbers.below(14))),
                facet("visibility", "open"),
            ],
        }),
        links: vec![(
            "/publisher/id".to_owned(),
            format!("did:web:agency.uz.example/{}", numbers.below(99)),
        )],
    }
}

async fn open(folder: &Path) -> Store {
    let store = Store::open(folder, Options::new(NodeKey::from_bytes([7; 32])))
        .await
        .unwrap();
    let log = LogRow {
        origin: ORIGIN.to_owned(),
        participant: None,
        kind: "register".to_owned(),
        owner: "did:web:agency.uz.example".to_owned(),
        vkey: "key".to_owned(),
        state: LogState::Open,
        config: "{}".to_owned(),
        size: 0,
        folded: 0,
        checkpoint: None,
        published_at: None,
        created_at: 1,
    };
    store.add_log(log, Vec::new()).await.unwrap();
    let publication = Publication {
        origin: ORIGIN.to_owned(),
        expected_size: 0,
        size: i64::MAX,
        checkpoint: Vec::new(),
        at: 1,
    };
    assert!(store.publish(publication).await.unwrap());
    store
}

async fn fill(store: &Store) -> Duration {
    let mut folding = Duration::ZERO;
    for first in (0..RECORDS).step_by(BATCH as usize) {
        let last = (first + BATCH).min(RECORDS);
        let changes = (first..last).map(|number| CatalogChange::Put(Box::new(record(number))));
        let write = FoldWrite {
            origin: ORIGIN.to_owned(),
            expected_folded: first as i64,
            folded: last as i64,
            changes: changes.collect(),
            at: 1,
        };
        let began = Instant::now();
        assert!(store.fold(write).await.unwrap());
        folding += began.elapsed();
    }
    folding
}

fn wanted(words: Vec<String>, facets: Vec<Facet>, in_force_at: Option<i64>) -> Search {
    Search {
        words: words
            .into_iter()
            .map(|word| vec![word.clone(), format!("{word}~")])
            .collect(),
        facets: facets.into_iter().map(|facet| vec![facet]).collect(),
        in_force_at,
    }
}

type Ask = fn(&mut Numbers) -> Search;

const ASKED: [(&str, Ask); 8] = [
    ("all", |_| Search::default()),
    ("a frequent word", |numbers| {
        wanted(vec![format!("слово{}", numbers.below(8))], Vec::new(), None)
    }),
    ("two words", |numbers| wanted(numbers.words(2), Vec::new(), None)),
    ("a rare word", |numbers| {
        wanted(
            vec![format!("слово{}", 30_000 + numbers.below(9_999))],
            Vec::new(),
            None,
        )
    }),
    ("a word, a kind", |numbers| {
        wanted(numbers.words(1), vec![facet("kind", "event")], None)
    }),
    ("a word, three facets", |numbers| {
        let state = STATES[numbers.below(10) as usize];
        let facets = vec![facet("kind", "event"), facet("state", state), facet("clause", "5")];
        wanted(numbers.words(1), facets, None)
    }),
    ("four facets", |numbers| {
        let topic = format!("http://data.example/theme/{}", numbers.below(14));
        let facets = ["kind:event", "state:UZ", "clause:5"].map(|text| {
            let (name, value) = text.split_once(':').unwrap();
            facet(name, value)
        });
        let facets = facets.into_iter().chain([facet("topic", topic)]);
        wanted(Vec::new(), facets.collect(), None)
    }),
    ("two words, in force", |numbers| {
        wanted(numbers.words(2), Vec::new(), Some(1_730_000_000_000))
    }),
];

fn told(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1_000.0;
    format!("p50 {:7.2} ms  p99 {:7.2} ms", at(50), at(99))
}

async fn ask(store: &Store, what: &str, ask: Ask) {
    let mut times = [const { Vec::new() }; 3];
    for question in 0..QUESTIONS {
        let search = ask(&mut Numbers(question));
        let began = Instant::now();
        store
            .search(&search, SearchOrder::Newest { before: None }, 20)
            .await
            .unwrap();
        times[0].push(began.elapsed());
        let began = Instant::now();
        store
            .search(&search, SearchOrder::Titles { before: None }, 20)
            .await
            .unwrap();
        times[1].push(began.elapsed());
        let began = Instant::now();
        store.search_counts(&search).await.unwrap();
        times[2].push(began.elapsed());
    }
    for (times, manner) in times.into_iter().zip(["newest", "ranked", "counts"]) {
        println!("{what:22} {manner}: {}", told(times));
    }
}

/// Resident memory, where the system tells it.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.unwrap_or("VmRSS: unknown").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "fills a million records"]
async fn a_million_records_are_found_quickly() {
    let folder = std::env::temp_dir().join(format!("chapar-store-million-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let store = open(&folder).await;
    let folding = fill(&store).await;
    println!(
        "folded {RECORDS} in {folding:?}, {:.0} a second",
        RECORDS as f64 / folding.as_secs_f64()
    );
    store.close().await;
    let size = std::fs::metadata(folder.join("chapar.db")).unwrap().len();
    println!(
        "the database has {} MB, {} bytes a record",
        size / 1_000_000,
        size / RECORDS
    );
    let store = Store::open(&folder, Options::new(NodeKey::from_bytes([7; 32])))
        .await
        .unwrap();
    for (what, one) in ASKED {
        ask(&store, what, one).await;
    }
    println!("{}", resident());
    let began = Instant::now();
    store.views_digest().await.unwrap();
    println!("digest in {:?}", began.elapsed());
    store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
