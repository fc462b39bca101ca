//! From an offer to a record: what is offered to everybody stands in the register by itself, follows every act, also one after which the
//! node was killed, and leaves; what is offered to some is in no byte of the log.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_e2e::ask::ask;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, ended, get, look, mirror, notice, published};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);
/// Deaths of the node, each right after an act.
const DEATHS: usize = 6;
const FAST: &str = "[register]\npublish_ms = 20\n";

fn house(name: &str) -> House {
    let mut house = House::with(name, Profile::Production, FAST);
    house.start();
    house
}

/// A document of which everything is said that a record needs.
fn put_document(who: &Participant, id: &str, title: &str) {
    who.put_document(id, "1;2;3");
    describe(
        who,
        id,
        &json!({ "title": { "en": title, "ru": "Уровни воды (пример)" }, "description": { "en": "Hourly (sample)" } }),
    );
}

fn describe(who: &Participant, id: &str, properties: &Value) {
    who.ask("PUT", &format!("/documents/{id}/properties"), Some(properties));
}

fn put_policy(who: &Participant, id: &str, rule: &Value) {
    who.ask(
        "PUT",
        &format!("/policies/{id}"),
        Some(&json!({ "@type": "Set", "permission": [rule] })),
    );
}

fn everyone() -> Value {
    json!({ "action": "use" })
}

fn only(id: &str) -> Value {
    json!({ "action": "use", "constraint": [{ "leftOperand": "participantId", "operator": "eq", "rightOperand": id }] })
}

/// An offer of one document, seen by those whom the policy `access` lets in.
fn offer(access: &str, document: &str) -> Value {
    let selector = json!([{ "operandLeft": "id", "operator": "=", "operandRight": document }]);
    json!({ "accessPolicy": access, "contractPolicy": "open", "selector": selector })
}

fn put_offer(who: &Participant, id: &str, access: &str, document: &str) -> Value {
    who.ask("PUT", &format!("/offers/{id}"), Some(&offer(access, document)))
}

/// How the only document of an offer stands in the register, once `is_so` holds of it.
fn until(who: &Participant, offer: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let shown = who.ask("GET", &format!("/offers/{offer}"), None);
        let one = &shown["register"]["datasets"][0];
        if is_so(one) {
            return one.clone();
        }
        assert!(begun.elapsed() < PATIENCE, "{shown}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The name of the record that tells of the only document of an offer.
fn record_name(who: &Participant, offer: &str) -> String {
    let one = until(who, offer, |one| one["record"].is_string());
    let id = one["record"].as_str().unwrap();
    id.rsplit('/').next().unwrap().to_owned()
}

/// The record of that name, once `is_so` holds of it.
fn record(who: &Participant, name: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let shown = who.ask("GET", &format!("/records/{name}"), None);
        if is_so(&shown) {
            return shown;
        }
        assert!(begun.elapsed() < PATIENCE, "{shown}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until everything that was done before is followed: acts are followed in their order.
fn followed(who: &Participant, marker: &str) -> u64 {
    put_document(who, marker, "Marker (sample)");
    put_offer(who, marker, "open", marker);
    record_name(who, marker);
    published(who)
}

#[test]
fn a_record_follows_its_offer() {
    let house = house("offered");
    let who = house.add(&json!({ "slug": "plant" }));
    put_policy(&who, "open", &everyone());
    put_document(&who, "levels", "Water levels (sample)");
    let put = put_offer(&who, "o", "open", "levels");
    assert_eq!(put["register"]["admitsEveryone"], true, "{put}");
    let name = record_name(&who, "o");
    let shown = record(&who, &name, |_| true);
    let body = &shown["body"];
    assert_eq!(shown["kind"], "dataset");
    assert_eq!(body["title"]["ru"], "Уровни воды (пример)");
    assert_eq!(
        (&body["dataspaceDataset"], &body["dataspaceAddress"]),
        (&json!("levels"), &json!(who.dsp))
    );
    let catalog = who.ask(
        "POST",
        "/peers/catalog",
        Some(&json!({ "peer": who.id, "address": who.dsp })),
    );
    assert_eq!(
        body["dataspaceOffers"][0]["id"], catalog["datasets"][0]["hasPolicy"][0]["@id"],
        "the offer is the one of the catalogue"
    );

    // What says nothing new makes no version.
    let size = followed(&who, "marker-1");
    put_offer(&who, "o", "open", "levels");
    put_document(&who, "levels", "Water levels (sample)");
    assert_eq!(followed(&who, "marker-2"), size + 1, "only the marker is new");
    assert_eq!(record(&who, &name, |_| true)["version"], 1);

    describe(
        &who,
        "levels",
        &json!({ "title": "Levels (sample)", "description": "Daily (sample)" }),
    );
    let second = record(&who, &name, |shown| shown["version"] == 2);
    assert_eq!(second["body"]["title"], json!({ "und": "Levels (sample)" }));

    // Narrowed, it leaves; opened again, it is another record.
    put_policy(&who, "open-too", &everyone());
    put_offer(&who, "o", "open-too", "levels");
    put_policy(&who, "open-too", &only("did:web:kz.example:border"));
    let gone = record(&who, &name, |shown| shown["withdrawal"].is_object());
    assert_eq!(gone["withdrawal"]["body"]["code"], "other", "{gone}");
    let narrow = who.ask("GET", "/offers/o", None);
    assert_eq!(narrow["register"], json!({ "admitsEveryone": false, "datasets": [] }));
    put_policy(&who, "open-too", &everyone());
    let again = record_name(&who, "o");
    assert_ne!(name, again);

    // What was withdrawn by hand stays away until it says something else.
    let reason = json!({ "reason": { "en": "wrong place (sample)" }, "code": "error", "purge": true });
    who.ask("POST", &format!("/records/{again}/withdrawal"), Some(&reason));
    put_offer(&who, "o", "open-too", "levels");
    followed(&who, "marker-3");
    assert_eq!(until(&who, "o", |_| true).get("record"), None);
    put_document(&who, "levels", "Water levels, mended (sample)");
    let third = record_name(&who, "o");
    assert!(third > again, "{third}");

    // The offer goes, the record goes.
    let deleted = who.call("DELETE", "/offers/o", None);
    assert_eq!(deleted.status, 204);
    record(&who, &third, |shown| shown["withdrawal"].is_object());
    put_offer(&who, "o", "open", "levels");
    let fourth = record_name(&who, "o");
    // It turns to another document.
    put_document(&who, "other", "Other levels (sample)");
    put_offer(&who, "o", "open", "other");
    record(&who, &fourth, |shown| shown["withdrawal"].is_object());
    let fifth = record_name(&who, "o");
    assert_eq!(who.call("DELETE", "/documents/other", None).status, 204);
    record(&who, &fifth, |shown| shown["withdrawal"].is_object());

    // Nobody else writes under such a name.
    let draft = json!({ "kind": "dataset", "name": fourth, "noPersonalData": true, "body": second["body"] });
    let refused = ask(&who, "POST", "/records", Some(&draft)).unwrap();
    assert_eq!((refused.status, &refused.value()["code"]), (400, &json!("wrong-name")));
}

#[test]
fn what_lacks_a_word_or_reaches_a_person_is_told_and_not_published() {
    let house = house("offered-not");
    let who = house.add(&json!({ "slug": "plant" }));
    put_policy(&who, "open", &everyone());
    who.put_document("bare", "1");
    put_offer(&who, "bare", "open", "bare");
    let bare = until(&who, "bare", |_| true);
    assert_eq!(
        bare["missing"],
        json!(["`/description`: is missing: add it", "`/title`: is missing: add it"])
    );
    let reaching = json!({ "title": "Levels (sample)", "description": "Ask office@plant.example (sample)" });
    describe(&who, "bare", &reaching);
    let size = followed(&who, "marker");
    let told = until(&who, "bare", |_| true);
    assert!(told["missing"][0].as_str().unwrap().contains("e-mail"), "{told}");
    assert_eq!(told.get("record"), None);
    describe(
        &who,
        "bare",
        &json!({ "title": "Levels (sample)", "description": "d", "theme": "water" }),
    );
    let name = record_name(&who, "bare");
    assert!(
        until(&who, "bare", |_| true)["leftOut"][0]
            .as_str()
            .unwrap()
            .contains("/theme/0")
    );
    assert_eq!(published(&who), size + 1);
    // What comes to reach a person leaves: the record says nothing that its owner could not say now.
    describe(&who, "bare", &reaching);
    record(&who, &name, |shown| shown["withdrawal"].is_object());
}

#[test]
fn what_is_offered_to_some_is_in_no_byte_of_the_log() {
    let house = house("offered-some");
    let who = house.add(&json!({ "slug": "plant" }));
    put_policy(&who, "open", &everyone());
    put_policy(&who, "some", &only("did:web:kz.example:border"));
    let later = json!({ "action": "use", "constraint": [{ "leftOperand": "dateTime", "operator": "gteq", "rightOperand": "2000-01-01T00:00:00Z" }] });
    put_policy(&who, "later", &later);
    put_document(&who, "zzsecret-1", "zzsecret title one");
    put_document(&who, "zzsecret-2", "zzsecret title two");
    put_offer(&who, "s1", "some", "zzsecret-1");
    put_offer(&who, "s2", "later", "zzsecret-2");
    // A word that was never public is not made so by an act that closes the offer first.
    put_document(&who, "plain", "Plain (sample)");
    put_policy(&who, "turns", &everyone());
    put_offer(&who, "p", "turns", "plain");
    record_name(&who, "p");
    put_policy(&who, "turns", &only("did:web:kz.example:border"));
    put_document(&who, "plain", "zzsecret title three");
    let size = followed(&who, "marker");
    assert!(size < 256, "one bundle");
    let log = Log::of(&who);
    for part in ["tile/entries/000", "bodies/000"] {
        let bytes = get(&format!("{}/{part}.p/{size}", log.address));
        assert_eq!(bytes.status, 200, "{part}");
        let text = String::from_utf8_lossy(&bytes.body).into_owned();
        assert!(!text.contains("zzsecret"), "{part}: {text}");
        assert!(
            part != "bodies/000" || text.contains("Marker (sample)"),
            "the bodies are these"
        );
    }
}

#[test]
fn an_offer_whose_node_was_killed_right_after_it_comes_into_the_register() {
    let mut house = House::with(
        "offered-killed",
        Profile::Production,
        &format!("{FAST}offers = false\n"),
    );
    house.start();
    let who = house.add(&json!({ "slug": "plant" }));
    put_policy(&who, "open", &everyone());
    put_document(&who, "early", "Early (sample)");
    let put = put_offer(&who, "early", "open", "early");
    assert_eq!(put.get("register"), None, "offers are kept out of registers here");
    house.stop();
    let file = house.folder().join("chapar.toml");
    let switch = |from: &str, to: &str| {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from));
        std::fs::write(&file, text.replace(from, to)).unwrap();
    };
    switch("offers = false", "offers = true");
    house.start();
    let early = record_name(&who, "early");

    for round in 0..DEATHS {
        let name = format!("d{round}");
        put_document(&who, &name, "Levels (sample)");
        put_offer(&who, &name, "open", &name);
        house.kill();
        house.start();
        let record = record_name(&who, &name);
        assert_eq!(who.call("DELETE", &format!("/offers/{name}"), None).status, 204);
        house.kill();
        house.start();
        self::record(&who, &record, |shown| shown["withdrawal"].is_object());
    }
    let log = Log::of(&who);
    let size = published(&who);
    let words = ["verify", &log.address, "--vkey", &log.vkey];
    let verified = house.command(&words).output().unwrap();
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
    // The key set, the early one, and two of each round: nothing stands there twice.
    assert_eq!(size, 2 + 2 * u64::try_from(DEATHS).unwrap());

    house.stop();
    switch("offers = true", "offers = false");
    house.start();
    record(&who, &early, |shown| shown["withdrawal"].is_object());
}

/// What a search at a node finds, once it is so many.
fn found(house: &House, who: &Participant, word: &str, count: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let (code, said) = ended(house, &who.key, &["search", word, "--json"]);
        assert_eq!(code, Some(0), "{said}");
        let found: Value = serde_json::from_str(&said).expect("JSON was asked for");
        let items = found["items"].as_array().unwrap().clone();
        if items.len() == count {
            return items;
        }
        assert!(begun.elapsed() < PATIENCE, "{said}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What the federated catalogue of a node says of this participant, through the door for clients of EDC and by the command.
fn known(house: &House, who: &Participant, of: &str, is_so: impl Fn(&[Value]) -> bool) -> (Value, Vec<Value>) {
    let begun = Instant::now();
    loop {
        let url = format!("{}/management/v3/catalogs/request", house.private);
        let criterion =
            json!({ "@type": "Criterion", "operandLeft": "participantId", "operator": "=", "operandRight": of });
        let query = json!({
            "@context": { "@vocab": "https://w3id.org/edc/v0.0.1/ns/" }, "@type": "QuerySpec", "filterExpression": [criterion],
        });
        let headers = [("x-api-key", who.key.as_str()), ("content-type", "application/json")];
        let answer = chapar_conformance::wire::send("POST", &url, &headers, query.to_string().as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let (code, said) = ended(house, &who.key, &["catalog", "--federated", of, "--json"]);
        assert_eq!(code, Some(0), "{said}");
        let told: Vec<Value> = serde_json::from_str(&said).expect("JSON was asked for");
        if is_so(&told) {
            return (answer.value(), told);
        }
        assert!(begun.elapsed() < PATIENCE, "{said}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn the_federated_catalogue_answers_while_the_provider_is_away() {
    let (mut a, b) = (house("federated-a"), house("federated-b"));
    let provider = a.add(&json!({ "slug": "plant" }));
    let consumer = b.add(&json!({ "slug": "border" }));
    put_policy(&provider, "open", &everyone());
    put_policy(&provider, "some", &only("did:web:elsewhere.example"));
    for (document, access) in [("levels", "open"), ("flows", "open"), ("hidden", "some")] {
        put_document(&provider, document, &format!("Gauges: {document} (sample)"));
        put_offer(&provider, document, access, document);
    }
    for offer in ["levels", "flows"] {
        record_name(&provider, offer);
    }
    published(&provider);
    let asked = json!({ "peer": provider.id, "address": provider.dsp });
    let live = provider.ask("POST", "/peers/catalog", Some(&asked));
    let log = Log::of(&provider);
    mirror(&b, &log, &log.address, &[]);
    a.kill();
    let (catalogs, told) = known(&b, &consumer, &provider.id, |told| told.len() == 2);
    let [catalog] = catalogs.as_array().unwrap().as_slice() else {
        panic!("one catalogue of one participant: {catalogs:#}")
    };
    assert_eq!(catalog["originator"], provider.dsp, "{catalog:#}");
    assert!(catalog["urn:chapar:terms:asOf"].as_str().unwrap().ends_with('Z'));
    let mut ids: Vec<_> = catalog["dcat:dataset"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dataset| &dataset["@id"])
        .collect();
    ids.sort_unstable_by_key(|id| id.as_str());
    assert_eq!(ids, ["flows", "levels"]);
    for known in &told {
        let same = |dataset: &&Value| dataset["@id"] == known["dataset"]["@id"];
        let there = live["datasets"].as_array().unwrap().iter().find(same).unwrap();
        assert_eq!(
            known["dataset"]["hasPolicy"], there["hasPolicy"],
            "offers are those of the provider"
        );
        assert_eq!(known["catalog"]["address"], provider.dsp);
    }
    let (code, table) = ended(&b, &consumer.key, &["catalog", "--federated"]);
    assert!(code == Some(0) && table.contains("Gauges: flows (sample)"), "{table}");
    std::thread::sleep(Duration::from_millis(1100));
    let (_, older) = known(&b, &consumer, &provider.id, |_| true);
    assert!(
        older[0]["catalog"]["ageSeconds"].as_u64() > Some(0)
            && older[0]["catalog"]["asOf"] == told[0]["catalog"]["asOf"],
        "its age is told: {older:?}"
    );

    // What its owner takes back, it takes back here.
    a.start();
    put_policy(&provider, "open", &only("did:web:elsewhere.example"));
    published(&provider);
    let begun = Instant::now();
    loop {
        look(&b, &log);
        let (code, said) = ended(&b, &consumer.key, &["catalog", "--federated", &provider.id, "--json"]);
        if code == Some(0) && said.trim() == "[]" {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{said}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A person hears plainly why a record leads to no negotiation; `good` is one that does.
fn is_told_what_cannot_be_negotiated(b: &House, consumer: &Participant, provider: &Participant, good: &str) {
    let start = |record: &str| ended(b, &consumer.key, &["negotiate", "start", "--record", record, "--json"]);
    let planned = found(b, consumer, "planned", 1);
    let (code, said) = start(planned[0]["id"].as_str().unwrap());
    assert!(code == Some(1) && said.contains("tells of no dataset"), "{said}");
    let (code, said) = start(&format!("{}/records/0123456789abcdef/none", provider.id));
    assert!(
        code == Some(1) && said.contains("no log that this node holds"),
        "{said}"
    );
    let both = json!({ "record": good, "peer": provider.id });
    let refused = ask(consumer, "POST", "/negotiations", Some(&both)).unwrap();
    assert_eq!(
        (refused.status, &refused.value()["code"]),
        (400, &json!("wrong-member"))
    );
}

#[test]
fn what_is_found_in_the_register_is_negotiated_with_one_command() {
    let (mut a, b) = (house("offered-a"), house("offered-b"));
    let provider = a.add(&json!({ "slug": "plant" }));
    let consumer = b.add(&json!({ "slug": "border" }));
    put_policy(&provider, "open", &everyone());
    put_document(&provider, "levels", "Flood gauges (sample)");
    put_offer(&provider, "o", "open", "levels");
    record_name(&provider, "o");
    provider.ask("POST", "/records", Some(&notice("planned")));
    published(&provider);
    let log = Log::of(&provider);
    mirror(&b, &log, &log.address, &[]);
    let items = found(&b, &consumer, "gauges", 1);
    let id = items[0]["id"].as_str().unwrap();
    assert!(
        ended(&b, &consumer.key, &["search", "gauges"])
            .1
            .contains(&format!("chapar negotiate start --record {id}"))
    );
    assert!(
        ended(&b, &consumer.key, &["register", "show", id])
            .1
            .contains("chapar negotiate start --record")
    );

    let start = |record: &str| ended(&b, &consumer.key, &["negotiate", "start", "--record", record, "--json"]);
    let (code, said) = start(id);
    assert_eq!(code, Some(0), "{said}");
    let case: Value = serde_json::from_str(&said[said.find('{').unwrap()..said.rfind('}').unwrap() + 1]).unwrap();
    assert_eq!(
        (&case["state"], &case["peer"]),
        (&json!("FINALIZED"), &json!(provider.id)),
        "{case}"
    );
    let agreement = case["agreementId"].as_str().unwrap();
    let (code, said) = ended(&b, &consumer.key, &["transfer", "start", agreement, "--json"]);
    assert_eq!(code, Some(0), "{said}");
    let transfers = consumer.ask("GET", "/transfers", None);
    let transfer = transfers["items"][0]["id"].as_str().unwrap();
    let (code, said) = ended(
        &b,
        &consumer.key,
        &["fetch", transfer, "--to", "levels.txt", "--loopback"],
    );
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(std::fs::read_to_string(b.folder().join("levels.txt")).unwrap(), "1;2;3");

    is_told_what_cannot_be_negotiated(&b, &consumer, &provider, id);
    put_policy(&provider, "open", &only("did:web:elsewhere.example"));
    let (code, said) = start(id);
    assert!(code == Some(1) && said.contains("to us no more"), "{said}");

    // It leaves here when it leaves there.
    let name = id.rsplit('/').next().unwrap();
    record(&provider, name, |shown| shown["withdrawal"].is_object());
    published(&provider);
    look(&b, &log);
    found(&b, &consumer, "gauges", 0);
    let (code, said) = start(id);
    assert!(code == Some(1) && said.contains("was withdrawn"), "{said}");

    put_policy(&provider, "open", &everyone());
    record_name(&provider, "o");
    published(&provider);
    look(&b, &log);
    let items = found(&b, &consumer, "gauges", 1);
    a.kill();
    let (code, said) = start(items[0]["id"].as_str().unwrap());
    assert!(code == Some(1) && said.contains("does not answer"), "{said}");
}
