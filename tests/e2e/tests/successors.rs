//! What becomes of a log's closed records when it ends: its successor keeps what was sealed as it was, what was opened stays open, and
//! whoever a body is for gets it as before. And who has the log from a stick alone hears of its end there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_e2e::house::House;
use chapar_e2e::logs::{
    Log, get, house, look, mirror, notice, operator, published, publisher, seen, told, tool, until,
};
use serde_json::{Value, json};

/// A record that not everybody may read.
fn closed(name: &str, more: &Value) -> Value {
    let mut draft = notice(name);
    for (member, value) in more.as_object().unwrap() {
        draft[member] = value.clone();
    }
    draft
}

fn open(who: &Participant, name: &str) -> Value {
    who.ask("POST", &format!("/records/{name}/opening"), Some(&json!({})))
}

/// The register as its people see it, once it says why it is held.
fn is_held(who: &Participant) {
    until(|| {
        let logs = who.ask("GET", "/logs", None);
        let logs = logs["items"].as_array().unwrap();
        let log = logs.iter().find(|log| log["name"] == "register").unwrap();
        let todo = log["held"]["todo"].as_str().unwrap_or_default();
        (!todo.is_empty()).then_some(())
    });
}

/// Puts back what lay on the disk before: nobody knows then what was published last.
fn put_back(house: &mut House) {
    house.stop();
    std::fs::rename(house.data(), house.folder().join("lost")).unwrap();
    std::fs::create_dir(house.data()).unwrap();
    let key = house.folder().join("lost/node.key");
    std::fs::copy(key, house.data().join("node.key")).unwrap();
    let words = ["restore", "--config", "chapar.toml", "--from", "backup"];
    assert!(house.command(&words).status().unwrap().success());
    house.start_with(&["--accept-rollback"]);
}

fn back_up(house: &House) {
    let words = ["backup", "--config", "chapar.toml", "--to", "backup"];
    assert!(house.command(&words).status().unwrap().success());
}

/// Waits until a node mirrors the successor with so many entries.
fn follows(house: &House, ended: &Log, on: &Log, size: u64) {
    until(|| {
        let mirrors = operator(house).ask("GET", "/mirrors", None);
        let mirrors = mirrors["items"].as_array().unwrap();
        match mirrors.iter().find(|mirror| mirror["origin"] == on.origin) {
            Some(mirror) if mirror["size"] == size => return Some(()),
            Some(_) => drop(look(house, on)),
            None => drop(look(house, ended)),
        }
        None
    });
}

#[test]
fn closed_records_go_on_in_the_successor_as_they_were() {
    let b = house("successors-b");
    let mut a = house("successors-a");
    let who = publisher(&a, "plant");
    let [party, late] = ["border", "registry"].map(|slug| publisher(&b, slug));
    let log = Log::of(&who);
    let sealed = json!({ "visibility": "sealed" });
    let before = ["bid", "tender"].map(|name| who.ask("POST", "/records", Some(&closed(name, &sealed))));
    open(&who, "tender");
    let parties = json!({ "visibility": "parties", "parties": [party.id, late.id] });
    let finding = who.ask("POST", "/records", Some(&closed("finding", &parties)));
    published(&who);
    mirror(&b, &log, &log.address, &[]);
    seen(&b, finding["id"].as_str().unwrap(), |_| true);
    let fetch = |record: &Value| tool(&b, &party.key, &["record", "fetch", record["id"].as_str().unwrap()]);
    until(|| fetch(&finding).0.then_some(()));
    back_up(&a);
    // Of what comes after the backup, the bodies are where their openings are.
    let after = ["late", "lost"].map(|name| who.ask("POST", "/records", Some(&closed(name, &sealed))));
    open(&who, "late");
    let size = published(&who);
    assert_eq!(look(&b, &log)["size"], size);
    put_back(&mut a);
    is_held(&who);

    let done = told(&a, &who.key, &["log", "succeed", "--json", "--from", &b.public]);
    assert_eq!((&done["isDone"], &done["records"]), (&json!(true), &json!(4)), "{done}");
    let left = done["left"].as_array().unwrap();
    assert_eq!((left.len(), &left[0]["record"]), (1, &after[1]["id"]), "{done}");
    // It has no address before it is out.
    published(&who);
    let on = Log::of(&who);
    assert_eq!(on.origin, format!("{}/2", log.origin));
    follows(&b, &log, &on, published(&who));
    let now = |before: &Value| {
        let id = before["id"].as_str().unwrap();
        let id = id.rsplit('/').next().unwrap();
        who.ask("GET", &format!("/records/{id}"), None)
    };
    for before in &before {
        assert_eq!(
            now(before)["bodyHash"],
            before["bodyHash"],
            "everybody sees that it is the same"
        );
    }
    for opened in [&before[1], &after[0]] {
        let now = now(opened);
        let shown = seen(&b, now["id"].as_str().unwrap(), |shown| shown["openedAt"].is_string());
        assert_eq!(
            (&shown["body"], &shown["visibility"]),
            (&opened["body"], &json!("sealed"))
        );
        assert!(now["opening"].is_string(), "{now}");
    }
    still_sealed_until_it_is_opened(&b, &who, &on, &before[0], &now(&before[0]));
    handed_over_as_before(&b, &finding, &now(&finding), &fetch);
    let old = finding["id"].as_str().unwrap();
    let (ended, said) = tool(&b, &late.key, &["record", "fetch", old]);
    assert!(!ended && said.contains("took its place"), "{said}");
    let verify = |log: &Log| {
        a.command(&["verify", &log.address, "--vkey", &log.vkey])
            .output()
            .unwrap()
    };
    assert!([&log, &on].into_iter().all(|log| verify(log).status.success()));
}

fn still_sealed_until_it_is_opened(b: &House, who: &Participant, on: &Log, before: &Value, now: &Value) {
    let id = now["id"].as_str().unwrap();
    let shown = seen(b, id, |_| true);
    assert_eq!(
        (shown.get("body"), &shown["bodyBy"]),
        (None, &json!("opening")),
        "{shown}"
    );
    open(who, "bid");
    published(who);
    look(b, on);
    let shown = seen(b, id, |shown| shown["openedAt"].is_string());
    assert_eq!(shown["body"], before["body"]);
}

fn handed_over_as_before(b: &House, before: &Value, now: &Value, fetch: &impl Fn(&Value) -> (bool, String)) {
    let id = now["id"].as_str().unwrap();
    assert_eq!(now["bodyHash"], before["bodyHash"]);
    seen(b, id, |_| true);
    let got = until(|| Some(fetch(now)).filter(|said| said.0));
    assert!(got.1.contains("finding"), "{}", got.1);
    let held = fetch(before);
    assert!(held.0, "what was got under the old id stays: {}", held.1);
}

/// What came of each log of a stick, by origin, and whether all was taken.
fn import(house: &House, stick: &str, pins: &[&str]) -> (Vec<Value>, bool) {
    let key = house.operator_key();
    let mut words = vec![
        "carry",
        "import",
        stick,
        "--api",
        &house.private,
        "--key",
        &key,
        "--json",
    ];
    pins.iter().for_each(|pin| words.extend(["--pin", pin]));
    let output = house.command(&words).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {errors}"));
    let mut shown = shown.as_array().unwrap().clone();
    shown.sort_by_key(|log| log["origin"].as_str().unwrap().to_owned());
    (shown, output.status.success())
}

#[test]
fn a_stick_tells_of_the_end_of_a_log_and_its_successor_is_followed() {
    let (mut a, b) = (house("successors-stick-a"), house("successors-stick-b"));
    let who = publisher(&a, "plant");
    let log = Log::of(&who);
    who.ask("POST", "/records", Some(&notice("one")));
    published(&who);
    let stick = a.folder().join("stick");
    let stick = stick.to_str().unwrap();
    // The file with it is no part of a backup.
    let key = a.operator_key();
    let export = |a: &House| {
        let said = tool(a, &key, &["carry", "export", "--to", stick]);
        assert!(said.0, "{}", said.1);
    };
    export(&a);
    assert!(import(&b, stick, &[&log.vkey]).1);
    back_up(&a);
    put_back(&mut a);
    is_held(&who);
    let said = tool(&a, &who.key, &["log", "succeed"]);
    assert!(said.0, "{}", said.1);
    let size = published(&who);
    let on = Log::of(&who);
    let now = who.ask("GET", "/records/one", None)["id"].clone();
    export(&a);
    // From here on nobody can be asked.
    a.kill();

    let end = format!("{stick}/logs/{}/successor", log.id());
    let honest = std::fs::read_to_string(&end).unwrap();
    let mut forged: Value = serde_json::from_str(&honest).unwrap();
    let body = forged["body"].as_str().unwrap();
    let elsewhere = body.replace(&on.address, "http://127.0.0.1:9/plant/log/2");
    assert_ne!(elsewhere, body);
    forged["body"] = elsewhere.into();
    std::fs::write(&end, forged.to_string()).unwrap();
    let (refused, is_whole) = import(&b, stick, &[]);
    assert_eq!(
        (&refused[0]["refused"]["code"], &refused[1]["refused"]["code"], is_whole),
        (&json!("successor-unproven"), &json!("not-mirrored"), false),
        "{refused:?}"
    );
    std::fs::write(&end, honest).unwrap();
    let (taken, is_whole) = import(&b, stick, &[]);
    assert!(is_whole, "{taken:?}");
    let origins: Vec<_> = taken.iter().map(|log| log["origin"].as_str().unwrap()).collect();
    assert_eq!(origins, [&log.origin, &on.origin]);
    assert_eq!(
        (&taken[0]["state"], &taken[1]["size"]),
        (&json!("discontinued"), &json!(size))
    );
    let mirrors = operator(&b).ask("GET", "/mirrors", None);
    assert_eq!(mirrors["items"][0]["successor"]["vkey"], on.vkey, "{mirrors}");
    until(|| {
        let page = get(&format!("{}/chapar/v1/register/records?kind=notice", b.public)).value();
        let found: Vec<_> = page["items"].as_array()?.iter().map(|item| &item["id"]).collect();
        (found == [&now]).then_some(())
    });
    assert!(import(&b, stick, &[]).1, "taken again, there is nothing new");
}
