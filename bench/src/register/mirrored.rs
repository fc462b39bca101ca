//! A real node mirrors a foreign log, verifies it, folds it, and is asked.

use super::foreign::Foreign;
use super::words::{Numbers, Tongue};
use crate::numbers::Times;
use crate::process;
use chapar_conformance::wire;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::operator;
use chapar_terms::Digest;
use chapar_tlog::RightEdge;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

/// Between two looks at how far the node is.
const LOOK: Duration = Duration::from_millis(100);
/// Longest that a log may stand still before the measure breaks off.
const STUCK: Duration = Duration::from_secs(120);

/// What was found.
pub struct Mirrored {
    /// Signed records.
    pub records: u64,
    /// Until all of them were taken and verified.
    pub taken: Duration,
    /// And until they were in the catalogue.
    pub folded: Duration,
    /// MiB of memory at the highest meanwhile.
    pub highest: f64,
    /// MiB in the data folder.
    pub disk: f64,
    /// MiB of memory after a restart and while it was asked.
    pub searching: f64,
    /// Questions by kind.
    pub asked: Vec<(&'static str, Times)>,
    /// Tile hashes verified per second: each tile of level 0 against the root.
    pub hashes: f64,
}

impl Mirrored {
    /// Signed records per second: mirrored, verified and folded.
    pub fn rate(&self) -> f64 {
        self.records as f64 / self.folded.as_secs_f64()
    }

    /// All questions together.
    pub fn all(&self) -> Times {
        Times::together(self.asked.iter().map(|(_, times)| times))
    }
}

/// Mirrors so many records, then asks so many questions of each kind.
pub fn measure(parent: &Path, records: u64, questions: u64) -> Mirrored {
    println!("register: {records} records are written");
    let foreign = Foreign::write(parent, records);
    let hashes = hashes(&foreign);
    let mut house = House::new("mirror", Profile::Production);
    house.start();
    println!("register: they are mirrored");
    let (taken, folded) = mirror(&house, &foreign);
    let highest = process::memory(house.process()).map_or(f64::NAN, |(_, highest)| highest);
    let disk = bytes(&house.data()) as f64 / 1024.0 / 1024.0;
    assert!(house.stop().success(), "a node ends in order");
    house.start();
    println!("register: {questions} questions of each kind");
    let asked = QUESTIONS
        .into_iter()
        .map(|(name, question)| (name, ask(&house, question, questions)))
        .collect();
    Mirrored {
        records,
        taken,
        folded,
        highest,
        disk,
        searching: process::memory(house.process()).map_or(f64::NAN, |(now, _)| now),
        asked,
        hashes,
    }
}

fn hashes(foreign: &Foreign) -> f64 {
    let tiles: Vec<Vec<u8>> = foreign.tiles().collect();
    let begun = Instant::now();
    let mut edge = RightEdge::empty();
    for tile in &tiles {
        let hashes: Vec<Digest> = tile
            .chunks(32)
            .map(|hash| Digest::from_bytes(hash.try_into().expect("a hash has 32 bytes")))
            .collect();
        edge.grow(&hashes);
    }
    assert_eq!(edge.root(), foreign.root(), "the tiles are those of the checkpoint");
    foreign.size as f64 / begun.elapsed().as_secs_f64()
}

fn mirror(house: &House, foreign: &Foreign) -> (Duration, Duration) {
    let begun = Instant::now();
    operator(house).ask("POST", "/mirrors", Some(&foreign.wanted()));
    let mut taken = None;
    let (mut seen, mut moved) = (0, Instant::now());
    loop {
        let (size, folded) = progress(house);
        if size == foreign.size {
            taken.get_or_insert_with(|| begun.elapsed());
        }
        if folded == foreign.size {
            return (taken.unwrap_or_default(), begun.elapsed());
        }
        let rows = written(house);
        if rows > seen {
            (seen, moved) = (rows, Instant::now());
        }
        assert!(
            moved.elapsed() < STUCK,
            "the mirror stands still: {}",
            operator(house).ask("GET", "/mirrors", None)
        );
        std::thread::sleep(LOOK);
    }
}

/// Entries published here, and entries in the catalogue.
fn progress(house: &House) -> (u64, u64) {
    let logs = read(house, "/logs");
    let one = &logs["items"][0];
    let number = |name: &str| one[name].as_u64().unwrap_or(0);
    (number("size"), number("inCatalogue"))
}

/// Bytes that the node caused to be written: they grow as long as it works.
fn written(house: &House) -> u64 {
    process::written(house.process()).unwrap_or_default() as u64
}

fn read(house: &House, path: &str) -> Value {
    let url = format!("{}/chapar/v1/register{path}", house.public);
    let answer = wire::send("GET", &url, &[], b"").expect("the public door answers");
    assert!(answer.is_good(), "{url}: {} {}", answer.status, answer.text());
    answer.value()
}

type Question = fn(&mut Numbers) -> String;

const QUESTIONS: [(&str, Question); 8] = [
    ("the newest", |_| String::new()),
    ("a frequent word", |numbers| words(Tongue::Russian, &[numbers.below(8)])),
    ("two words", |numbers| {
        let ranks = [numbers.rank(), numbers.rank()];
        words(Tongue::English, &ranks)
    }),
    ("a rare word", |numbers| {
        words(Tongue::Russian, &[20_000 + numbers.below(9_999)])
    }),
    ("Chinese", |numbers| words(Tongue::Chinese, &[numbers.rank()])),
    ("a word, a kind", |numbers| {
        format!("{}&kind=notice", words(Tongue::Russian, &[numbers.rank()]))
    }),
    ("a word, a kind, a state", |numbers| {
        format!("{}&kind=dataset&state=UZ", words(Tongue::English, &[numbers.rank()]))
    }),
    ("three facets", |_| "kind=dataset&state=KZ&language=zh".to_owned()),
];

fn words(tongue: Tongue, ranks: &[u64]) -> String {
    let words: Vec<String> = ranks.iter().map(|rank| encoded(&tongue.word(*rank))).collect();
    format!("q={}", words.join("+"))
}

fn encoded(word: &str) -> String {
    word.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// One question after the other, each over a connection of its own, as a person's browser asks first.
fn ask(house: &House, question: Question, count: u64) -> Times {
    let mut found = 0;
    let times: Vec<Duration> = (0..count)
        .map(|number| {
            let path = format!("/records?{}", question(&mut Numbers(number)));
            let begun = Instant::now();
            let answer = read(house, &path);
            let took = begun.elapsed();
            found += answer["items"].as_array().map_or(0, Vec::len);
            took
        })
        .collect();
    assert!(found > 0, "nothing is found");
    Times::of(times)
}

fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => bytes(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
