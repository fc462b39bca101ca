//! Records whose bodies not everybody may have: sealed and opened later, seen by a mirror; until then no word of them is to be read by
//! anybody, and nowhere on a disk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_e2e::ask::ask;
use chapar_e2e::house::House;
use chapar_e2e::logs::{Log, get, house, look, mirror, notice, operator, published, publisher};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);
/// A word that stands in no other text.
const SECRET: &str = "zzsecretword";

/// A draft that not everybody may read; its title and its description hold the secret word.
fn closed(name: &str, visibility: &str) -> Value {
    let mut draft = notice(name);
    draft["visibility"] = json!(visibility);
    draft["body"]["title"] = json!({ "en": format!("{SECRET} {name} (sample)") });
    draft["body"]["description"] = json!({ "en": format!("A bid of {SECRET} (sample)") });
    draft
}

/// A record as a node shows it to everybody, once `is_so` holds of it.
fn seen(house: &House, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let id: String = id.bytes().map(escaped).collect();
    let url = format!("{}/chapar/v1/register/records/{id}", house.public);
    until(|| {
        let answer = get(&url);
        (answer.status == 200)
            .then(|| answer.value())
            .filter(|shown| is_so(shown))
    })
}

fn escaped(byte: u8) -> String {
    match byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    }
}

fn until<T>(look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}");
        std::thread::sleep(LOOK);
    }
}

/// Ids of what a search at a node finds.
fn found(house: &House, query: &str) -> Vec<String> {
    let answer = get(&format!("{}/chapar/v1/register/records?{query}", house.public));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.value();
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// Files below a folder in which the word stands.
fn files_with(folder: &Path, word: &str) -> Vec<String> {
    let mut with = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            with.extend(files_with(&path, word));
        } else if holds(&std::fs::read(&path).unwrap_or_default(), word) {
            with.push(path.display().to_string());
        }
    }
    with
}

/// No byte that a log shows to anybody has the word.
fn assert_untold(address: &str, size: u64) {
    assert!(size < 256, "one bundle");
    for part in ["tile/entries/000", "bodies/000"] {
        let shown = get(&format!("{address}/{part}.p/{size}"));
        assert_eq!(shown.status, 200, "{part}");
        assert!(!holds(&shown.body, SECRET), "{address}/{part}");
    }
}

fn digest(house: &House) -> Value {
    operator(house).ask("GET", "/views", None)["digest"].clone()
}

fn verified(house: &House, log: &Log) -> String {
    let output = house
        .command(&["verify", &log.address, "--vkey", &log.vkey])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

fn publish(who: &Participant, draft: &Value) -> Value {
    let record = who.ask("POST", "/records", Some(draft));
    published(who);
    record
}

#[test]
fn a_sealed_record_is_read_by_nobody_until_it_is_opened() {
    let (a, b) = (house("closed-a"), house("closed-b"));
    let who = publisher(&a, "plant");
    let record = publish(&who, &closed("bid", "sealed"));
    assert_eq!(
        (&record["visibility"], &record["version"]),
        (&json!("sealed"), &json!(1))
    );
    assert!(
        record["body"]["title"]["en"].as_str().unwrap().contains(SECRET),
        "its own people see it"
    );
    let again = publish(&who, &closed("bid", "sealed"));
    assert_eq!(
        again["version"], 1,
        "what says the same is no version, whatever its salt would be"
    );
    let id = record["id"].as_str().unwrap();
    let log = Log::of(&who);
    mirror(&b, &log, &log.address, &[]);

    let size = published(&who);
    for (house, address) in [(&a, &log.address), (&b, &log.at(&b))] {
        let shown = seen(house, id, |_| true);
        assert_eq!(
            (&shown["visibility"], &shown["bodyBy"]),
            (&json!("sealed"), &json!("opening"))
        );
        assert_eq!(shown.get("body").or(shown.get("title")), None, "{shown}");
        assert_eq!(
            found(house, "kind=notice&visibility=sealed"),
            [id],
            "it is found by its header"
        );
        assert_eq!(
            found(house, &format!("q={SECRET}")),
            Vec::<String>::new(),
            "and by no word"
        );
        assert_untold(address, size);
        let body = get(&format!("{address}/body/{}", record["bodyHash"].as_str().unwrap()));
        assert_eq!(body.status, 404, "{}", body.text());
        assert_eq!(
            files_with(&house.data(), SECRET),
            Vec::<String>::new(),
            "on no disk in clear"
        );
    }
    let said = verified(&a, &log);
    assert!(said.contains("only the hash is here: 1"), "{said}");

    opened_it_is_read_by_all([&a, &b], &who, &log, &record);
    purged_it_is_gone(&a, &b, &who, &log, id);
}

fn opened_it_is_read_by_all(both: [&House; 2], who: &Participant, log: &Log, record: &Value) {
    let (id, size) = (record["id"].as_str().unwrap(), published(who));
    let opened = who.ask("POST", "/records/bid/opening", Some(&json!({})));
    assert!(
        opened["openedAt"].is_string() && opened["opening"].is_string(),
        "{opened}"
    );
    assert_eq!(
        who.ask("POST", "/records/bid/opening", Some(&json!({})))["opening"],
        opened["opening"]
    );
    assert_eq!(published(who), size + 1, "it is opened once");
    look(both[1], log);
    for house in both {
        let shown = seen(house, id, |shown| shown["openedAt"].is_string());
        assert_eq!(shown["body"], record["body"], "{shown}");
        assert_eq!((&shown["title"], shown.get("bodyBy")), (&record["body"]["title"], None));
        assert_eq!(found(house, &format!("q={SECRET}")), [id], "now by its words");
    }
    let said = verified(both[0], log);
    assert!(
        said.contains("were opened later") && !said.contains("only the hash"),
        "{said}"
    );
    assert_eq!(digest(both[0]), digest(both[1]));
}

/// What purges a sealed record purges what opened it as well, on every node.
fn purged_it_is_gone(a: &House, b: &House, who: &Participant, log: &Log, id: &str) {
    let reason = json!({ "reason": { "en": "by law (sample)" }, "code": "law", "purge": true });
    who.ask("POST", "/records/bid/withdrawal", Some(&reason));
    let size = published(who);
    look(b, log);
    for (house, address) in [(a, &log.address), (b, &log.at(b))] {
        let shown = seen(house, id, |shown| shown["bodyPurged"] == true);
        let left = ["body", "title", "openedAt"].map(|name| shown.get(name));
        assert_eq!(left, [None; 3], "{shown}");
        until(|| {
            let shown = get(&format!("{address}/bodies/000.p/{size}"));
            (shown.status == 200 && !holds(&shown.body, SECRET)).then_some(())
        });
        assert_eq!(found(house, &format!("q={SECRET}")), Vec::<String>::new());
    }
    let shown = until(|| Some(who.ask("GET", "/records/bid", None)).filter(|shown| shown.get("body").is_none()));
    assert_eq!(shown.get("openedAt"), None, "{shown}");
    let refused = ask(who, "POST", "/records/bid/opening", Some(&json!({}))).unwrap();
    assert_eq!(refused.status, 409, "{}", refused.text());
    let said = verified(a, log);
    assert!(said.contains("is withdrawn"), "{said}");
    let before = digest(a);
    assert_eq!(before, digest(b));
    assert_eq!(operator(a).call("POST", "/views/rebuild", None).status, 204);
    until(|| (digest(a) == before).then_some(()));
}

#[test]
fn only_what_is_sealed_and_here_is_opened() {
    let house = house("closed-not");
    let who = publisher(&house, "plant");
    publish(&who, &notice("plain"));
    let open = |name: &str, body: &Value| {
        let refused = ask(&who, "POST", &format!("/records/{name}/opening"), Some(body)).unwrap();
        (refused.status, refused.value()["code"].as_str().unwrap().to_owned())
    };
    assert_eq!(open("plain", &json!({})), (400, "wrong-visibility".to_owned()));
    assert_eq!(open("nothing", &json!({})), (404, "not-found".to_owned()));
    let sealed = publish(&who, &closed("bid", "sealed"));
    assert_eq!(open("bid", &json!({ "version": 2 })), (404, "not-found".to_owned()));
    let odd = ask(&who, "POST", "/records", Some(&closed("odd", "secret"))).unwrap();
    assert_eq!((odd.status, &odd.value()["code"]), (400, &json!("wrong-visibility")));

    // The second version is sealed anew; the first may be opened alone.
    let mut next = closed("bid", "sealed");
    next["body"]["description"] = json!({ "en": "Another bid (sample)" });
    assert_eq!(publish(&who, &next)["version"], 2);
    let first = who.ask("POST", "/records/bid/opening", Some(&json!({ "version": 1 })));
    assert_eq!(
        (&first["version"], &first["leafHash"]),
        (&json!(1), &sealed["leafHash"])
    );
    assert!(first["openedAt"].is_string());
    let newest = who.ask("GET", "/records/bid", None);
    assert_eq!((&newest["version"], newest.get("openedAt")), (&json!(2), None));
    // Nobody else writes under the name of an opening.
    let mut named = notice("x");
    named["name"] = json!(first["opening"].as_str().unwrap().rsplit('/').next().unwrap());
    let refused = ask(&who, "POST", "/records", Some(&named)).unwrap();
    assert_eq!((refused.status, &refused.value()["code"]), (400, &json!("wrong-name")));
}
