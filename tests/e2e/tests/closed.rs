//! Records whose bodies not everybody may have: sealed and opened later, seen by a mirror; for parties or members, who get them in the
//! exchange, and nobody else. No word of them is to be read by anybody whom they are not for, and nowhere on a disk.
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
use chapar_e2e::logs::{Log, get, house, look, mirror, notice, operator, published, publisher, seen, tool, until};
use serde_json::{Value, json};
use std::path::Path;

/// Deaths of the node, each right after a publication.
const DEATHS: usize = 3;
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

fn fetch(house: &House, who: &Participant, id: &str) -> (bool, String) {
    tool(house, &who.key, &["record", "fetch", id])
}

/// Fetches as soon as the exchange offers it: that follows the publication a moment later.
fn fetched(house: &House, who: &Participant, id: &str) -> String {
    until(|| {
        let (ended, said) = fetch(house, who, id);
        assert!(ended || said.contains("not to us"), "{said}");
        ended.then_some(said)
    })
}

/// A draft for these alone.
fn for_parties(name: &str, parties: &[&str]) -> Value {
    let mut draft = closed(name, "parties");
    draft["parties"] = json!(parties);
    draft
}

#[test]
fn a_party_gets_the_body_in_the_exchange_and_nobody_else_does() {
    let (a, b) = (house("closed-uz"), house("closed-kz"));
    let who = publisher(&a, "plant");
    let (party, stranger) = (publisher(&b, "border"), publisher(&b, "stranger"));
    let record = publish(&who, &for_parties("finding", &[&party.id]));
    let id = record["id"].as_str().unwrap();
    let log = Log::of(&who);
    mirror(&b, &log, &log.address, &[]);
    let shown = seen(&b, id, |_| true);
    assert_eq!(
        (&shown["visibility"], &shown["bodyBy"]),
        (&json!("parties"), &json!("exchange"))
    );
    let (_, said) = tool(&b, &party.key, &["register", "show", id]);
    assert!(said.contains(&format!("chapar record fetch {id}")), "{said}");

    let said = fetched(&b, &party, id);
    assert!(said.contains(SECRET), "{said}");
    let (ended, said) = fetch(&b, &stranger, id);
    assert!(!ended && said.contains("not to us"), "{said}");
    let (ended, said) = tool(&b, &stranger.key, &["record", "show", id]);
    assert!(!ended && !said.contains(SECRET), "{said}");
    let (ended, said) = tool(&b, &party.key, &["record", "show", id]);
    assert!(ended && said.contains(SECRET), "{said}");
    let own = fetch(&a, &who, id);
    assert!(!own.0 && own.1.contains("it is our own"), "{}", own.1);
    proves_it_offline(&a, &b, &who, &party, &log, id);

    // An offer to everybody of everything is not one of it.
    let everything = json!({ "@type": "Set", "permission": [{ "action": "use" }] });
    who.ask("PUT", "/policies/open", Some(&everything));
    who.ask(
        "PUT",
        "/offers/all",
        Some(&json!({ "accessPolicy": "open", "contractPolicy": "open", "selector": [] })),
    );
    let (ended, said) = fetch(&b, &stranger, id);
    assert!(!ended && said.contains("not to us"), "{said}");

    // The exchange began evidence, and its checkpoint is an entry of the register.
    let size = published(&who);
    look(&b, &log);
    for (house, address) in [(&a, &log.address), (&b, &log.at(&b))] {
        assert_untold(address, size);
        assert_eq!(seen(house, id, |_| true).get("body"), None);
        assert_eq!(found(house, &format!("q={SECRET}")), Vec::<String>::new());
        assert_eq!(
            files_with(&house.data(), SECRET),
            Vec::<String>::new(),
            "on no disk in clear"
        );
    }
    withdrawn_it_is_given_no_more(&b, &who, &party, &log, id);
}

/// What was handed over shows with the record's proof, without a network, that it is the body.
fn proves_it_offline(a: &House, b: &House, who: &Participant, party: &Participant, log: &Log, id: &str) {
    let (ended, said) = tool(b, &party.key, &["record", "fetch", id, "--to", "closed.json"]);
    assert!(ended, "{said}");
    let file = b.folder().join("closed.json");
    let document: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!((&document["record"], &document["version"]), (&json!(id), &json!(1)));
    let proof = b.folder().join("finding.record-proof");
    let proof = proof.to_str().unwrap();
    let (ended, said) = tool(a, &who.key, &["record", "proof", "finding", "--to", proof]);
    assert!(ended, "{said}");
    let verify = |body: &Path| {
        let words = ["verify", proof, "--vkey", &log.vkey, "--body", body.to_str().unwrap()];
        tool(b, &party.key, &words)
    };
    let (ended, said) = verify(&file);
    assert!(ended, "{said}");
    let other = b.folder().join("other.json");
    let mut changed = document;
    changed["body"]["description"] = json!({ "en": "Another finding (sample)" });
    std::fs::write(&other, changed.to_string()).unwrap();
    let (ended, said) = verify(&other);
    assert!(!ended, "{said}");
    for file in [file, other] {
        std::fs::remove_file(file).unwrap();
    }
}

fn withdrawn_it_is_given_no_more(b: &House, who: &Participant, party: &Participant, log: &Log, id: &str) {
    let reason = json!({ "reason": { "en": "by law (sample)" }, "code": "law", "purge": true });
    who.ask("POST", "/records/finding/withdrawal", Some(&reason));
    published(who);
    look(b, log);
    seen(b, id, |shown| shown["bodyPurged"] == true);
    let (ended, said) = tool(b, &party.key, &["record", "show", id]);
    assert!(!ended && !said.contains(SECRET), "what was given is purged too: {said}");
    let (ended, said) = fetch(b, party, id);
    assert!(!ended && said.contains("was withdrawn"), "{said}");
    until(|| {
        let offers = who.ask("GET", "/offers", None);
        let offers = offers["items"].as_array().unwrap();
        offers.iter().all(|offer| offer["id"] == "all").then_some(())
    });
}

#[test]
fn a_body_whose_node_was_killed_before_it_was_offered_is_offered_all_the_same() {
    let (mut a, b) = (house("closed-killed"), house("closed-after"));
    let who = publisher(&a, "plant");
    let party = publisher(&b, "border");
    let log = Log::of(&who);
    for round in 0..DEATHS {
        let name = format!("finding-{round}");
        let record = who.ask("POST", "/records", Some(&for_parties(&name, &[&party.id])));
        a.kill();
        a.start();
        published(&who);
        match round {
            0 => mirror(&b, &log, &log.address, &[]),
            _ => look(&b, &log),
        };
        let id = record["id"].as_str().unwrap();
        seen(&b, id, |_| true);
        assert!(fetched(&b, &party, id).contains(&name));
    }
    // The next version is for another: the first party gets it no more.
    let other = publisher(&b, "registry");
    let next = publish(&who, &for_parties("finding-0", &[&other.id]));
    let id = next["id"].as_str().unwrap();
    look(&b, &log);
    seen(&b, id, |shown| shown["version"] == 2);
    assert!(fetched(&b, &other, id).contains(SECRET));
    let (ended, said) = fetch(&b, &party, id);
    assert!(!ended && said.contains("not to us"), "{said}");
    let before = tool(&b, &party.key, &["record", "show", id, "--version", "1"]);
    assert!(
        before.0 && before.1.contains(SECRET),
        "what it was given stays: {}",
        before.1
    );
}

#[test]
fn an_agreement_opens_nothing_for_one_whom_the_body_is_not_for() {
    let (a, b) = (house("closed-before"), house("closed-then"));
    let who = publisher(&a, "plant");
    let (party, other) = (publisher(&b, "border"), publisher(&b, "registry"));
    let log = Log::of(&who);
    let record = publish(&who, &for_parties("finding", &[&party.id]));
    let id = record["id"].as_str().unwrap();
    mirror(&b, &log, &log.address, &[]);
    seen(&b, id, |_| true);
    assert!(fetched(&b, &party, id).contains(SECRET));
    let agreements = party.ask("GET", "/agreements", None);
    let agreement = agreements["items"][0]["id"].as_str().unwrap().to_owned();
    let words = ["transfer", "start", agreement.as_str(), "--json"];
    let again = |file: &str| {
        let (ended, said) = tool(&b, &party.key, &words);
        assert!(ended, "{said}");
        let transfers = party.ask("GET", "/transfers?state=STARTED", None);
        let transfer = transfers["items"][0]["id"].as_str().unwrap().to_owned();
        let outcome = tool(&b, &party.key, &["fetch", &transfer, "--to", file, "--loopback"]);
        tool(&b, &party.key, &["transfer", "complete", &transfer]);
        outcome
    };
    let (ended, said) = again("first.json");
    assert!(ended, "the agreement is good while it is for them: {said}");
    // The next version is for another; the agreement stands.
    publish(&who, &for_parties("finding", &[&other.id]));
    let (ended, said) = again("second.json");
    assert!(!ended && said.contains("access"), "{said}");
    assert!(!b.folder().join("second.json").exists());
}

/// Founds a federation of these, whose nodes follow it.
fn federate(bodies: &[(&House, &Participant, &str)]) -> String {
    let cards: Vec<String> = bodies
        .iter()
        .map(|(house, who, state)| {
            let file = house.folder().join("card.json").to_str().unwrap().to_owned();
            let name = format!("en=Office of {state} (sample)");
            let words = ["federation", "card", "--name", &name, "--state", state, "--to", &file];
            let (ended, said) = tool(house, &who.key, &words);
            assert!(ended, "{said}");
            file
        })
        .collect();
    let (house, who, _) = bodies[0];
    let genesis = house.folder().join("genesis.json").to_str().unwrap().to_owned();
    let mut words = vec!["federation", "create", "--name", "en=Federation of registers (sample)"];
    cards.iter().for_each(|card| words.extend(["--member", card]));
    words.extend(["--to", &genesis]);
    let (ended, said) = tool(house, &who.key, &words);
    assert!(ended, "{said}");
    for (house, ..) in bodies {
        let (ended, said) = tool(house, &house.operator_key(), &["federation", "join", &genesis]);
        assert!(ended, "{said}");
    }
    let (ended, said) = tool(house, &who.key, &["federation", "show", "--json"]);
    assert!(ended, "{said}");
    // Behind it stands what a build with faults says of itself.
    let shown = serde_json::Deserializer::from_str(&said).into_iter::<Value>().next();
    let shown = shown.unwrap().unwrap();
    shown["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_member_gets_the_body_and_a_stranger_does_not() {
    let (a, b, c) = (house("closed-fed-uz"), house("closed-fed-kz"), house("closed-fed-kg"));
    let (who, member) = (publisher(&a, "agency"), publisher(&b, "border"));
    let stranger = publisher(&c, "registry");
    let alone = ask(&who, "POST", "/records", Some(&closed("early", "members"))).unwrap();
    assert_eq!(
        (alone.status, &alone.value()["code"]),
        (400, &json!("wrong-visibility"))
    );
    let federation = federate(&[(&a, &who, "UZ"), (&b, &member, "KZ")]);
    let record = publish(&who, &closed("finding", "members"));
    let named = json!({ "rel": "federation", "target": federation });
    assert_eq!(record["links"], json!([named]), "everybody sees whose members they are");
    let id = record["id"].as_str().unwrap();
    let log = Log::of(&who);
    mirror(&c, &log, &log.address, &[]);
    look(&b, &log);
    seen(&b, id, |_| true);
    seen(&c, id, |_| true);
    assert!(fetched(&b, &member, id).contains(SECRET));
    let (ended, said) = fetch(&c, &stranger, id);
    assert!(!ended && said.contains("not to us"), "{said}");
    assert_eq!(files_with(&c.data(), SECRET), Vec::<String>::new());
}

/// The record of that name of one's own, once `is_so` holds of it.
fn own_record(who: &Participant, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let name = id.rsplit('/').next().unwrap();
    until(|| Some(who.ask("GET", &format!("/records/{name}"), None)).filter(|shown| is_so(shown)))
}

/// Other words of the dataset make a next version of what was announced, for the same readers.
fn it_follows_what_is_said(who: &Participant, b: &House, party: &Participant, log: &Log, id: &str) {
    let properties =
        json!({ "title": { "en": format!("{SECRET} gauges") }, "description": { "en": "Daily (sample)" } });
    who.ask("PUT", "/documents/levels/properties", Some(&properties));
    let next = own_record(who, id, |shown| shown["version"] == 2);
    assert_eq!(
        (&next["visibility"], &next["body"]["title"]),
        (&json!("parties"), &properties["title"])
    );
    published(who);
    look(b, log);
    seen(b, id, |shown| shown["version"] == 2);
    assert!(
        fetched(b, party, id).contains("gauges"),
        "who it is for reads the new words"
    );
    // Words that say the same are no version.
    who.ask("PUT", "/documents/levels/properties", Some(&properties));
    assert_eq!(own_record(who, id, |_| true)["version"], 2);
}

fn for_others_it_leaves(who: &Participant, only: &Value, id: &str) {
    // For others, it leaves; whom it is for cannot be told, so it is sealed.
    let mut timed = only.clone();
    let until = json!({ "leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2130-01-01T00:00:00Z" });
    timed["permission"][0]["constraint"].as_array_mut().unwrap().push(until);
    who.ask("PUT", "/policies/some", Some(&timed));
    let gone = own_record(who, id, |shown| {
        shown["withdrawal"].is_object() && shown.get("body").is_none()
    });
    assert_eq!(gone["withdrawal"]["body"]["purge"], true, "{gone}");
    let sealed = who.ask("POST", "/offers/o/announcement", Some(&json!({})))["items"][0].clone();
    assert_eq!(sealed["visibility"], "sealed", "{sealed}");
    assert!(
        sealed["whySealed"].is_string() && sealed["record"] != json!(id),
        "{sealed}"
    );
    assert_eq!(who.call("DELETE", "/offers/o", None).status, 204);
    own_record(who, sealed["record"].as_str().unwrap(), |shown| {
        shown["withdrawal"].is_object()
    });
}

#[test]
fn an_offer_to_some_is_announced_on_demand_and_leaves_by_itself() {
    let (a, b) = (house("closed-offer"), house("closed-buyer"));
    let who = publisher(&a, "plant");
    let (party, stranger) = (publisher(&b, "border"), publisher(&b, "stranger"));
    let only = |id: &str| {
        json!({ "@type": "Set", "permission": [{ "action": "use", "constraint": [
        { "leftOperand": "participantId", "operator": "eq", "rightOperand": id }] }] })
    };
    who.put_document("levels", "1;2;3");
    let properties =
        json!({ "title": { "en": format!("{SECRET} levels") }, "description": { "en": "Hourly (sample)" } });
    who.ask("PUT", "/documents/levels/properties", Some(&properties));
    who.ask("PUT", "/policies/some", Some(&only(&party.id)));
    let selector = json!([{ "operandLeft": "id", "operator": "=", "operandRight": "levels" }]);
    let offer = json!({ "accessPolicy": "some", "contractPolicy": "some", "selector": selector });
    who.ask("PUT", "/offers/o", Some(&offer));
    let announce = || who.ask("POST", "/offers/o/announcement", Some(&json!({})));

    let told = announce();
    let one = &told["items"][0];
    assert_eq!(
        (&one["dataset"], &one["visibility"]),
        (&json!("levels"), &json!("parties")),
        "{told}"
    );
    let id = one["record"].as_str().unwrap().to_owned();
    assert_eq!(
        announce()["items"][0]["record"],
        json!(id),
        "what says the same is the same"
    );
    let size = published(&who);
    let log = Log::of(&who);
    mirror(&b, &log, &log.address, &[]);
    let shown = seen(&b, &id, |_| true);
    assert_eq!(
        (&shown["kind"], &shown["bodyBy"], &shown["version"]),
        (&json!("dataset"), &json!("exchange"), &json!(1))
    );
    assert_untold(&log.address, size);
    assert_eq!(found(&b, &format!("q={SECRET}")), Vec::<String>::new());
    assert!(fetched(&b, &party, &id).contains(SECRET));
    assert!(!fetch(&b, &stranger, &id).0);
    let start = ["negotiate", "start", "--record", &id];
    let (ended, said) = tool(&b, &party.key, &start);
    assert!(
        ended && said.contains("FINALIZED"),
        "what was read there is negotiated: {said}"
    );
    let (ended, said) = tool(&b, &stranger.key, &start);
    assert!(!ended && said.contains("tells of no dataset"), "{said}");

    it_follows_what_is_said(&who, &b, &party, &log, &id);
    for_others_it_leaves(&who, &only(&party.id), &id);
    who.ask("PUT", "/offers/o", Some(&offer));
    let everyone = json!({ "@type": "Set", "permission": [{ "action": "use" }] });
    who.ask("PUT", "/policies/some", Some(&everyone));
    let refused = ask(&who, "POST", "/offers/o/announcement", Some(&json!({}))).unwrap();
    assert_eq!(
        (refused.status, &refused.value()["code"]),
        (400, &json!("admits-everyone"))
    );
    let none = ask(&who, "POST", "/offers/none/announcement", Some(&json!({}))).unwrap();
    assert_eq!(none.status, 404);
}
