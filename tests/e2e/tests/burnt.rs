//! A node that lost what it had, or got an older copy of it: never does its log sign a second history. It asks those who have read the log,
//! takes back what is missing, and goes on; where nobody can say what was published last, it stays silent until a person has spoken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_e2e::backup::copy;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, escaped, get, look, mirror, notice, operator, publish, published};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(100);
const ACCEPT: &str = "--accept-rollback";

/// A node that tells these when a log of its own grows, and that asks them.
fn house(name: &str, told: &[&House]) -> House {
    let told: Vec<&str> = told.iter().map(|house| house.public.as_str()).collect();
    let tables = format!("[register]\npublish_ms = 20\nhint = {}\n", json!(told));
    let mut house = House::with(name, Profile::Production, &tables);
    house.start();
    house
}

fn publisher(house: &House) -> Participant {
    let who = house.add(&json!({ "slug": "plant" }));
    published(&who);
    who
}

fn run(house: &House, words: &[&str]) -> String {
    let output = house.command(words).output().expect("the binary can be started");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What the operator has the node do, by a command.
fn operate(house: &House, words: &[&str]) -> Value {
    let key = house.operator_key();
    let more = ["--api", &house.private, "--key", &key, "--json"];
    serde_json::from_str(&run(house, &[words, &more].concat())).unwrap()
}

/// The participant as it was packed; its chest lies in `plant.chest`.
fn pack(house: &House) -> String {
    let packed = operate(house, &["participant", "chest", "plant", "--to", "plant.chest"]);
    packed["chestKey"].as_str().unwrap().to_owned()
}

/// A new disk, and the participant out of its chest.
fn bring_back(house: &mut House, who: &Participant, chest_key: &str) -> Participant {
    house.start();
    let words = [
        "participant",
        "add",
        "plant",
        "--chest",
        "plant.chest",
        "--chest-key",
        chest_key,
    ];
    let added = operate(house, &words);
    assert_eq!(added["participant"], who.id);
    Participant {
        key: added["apiKey"].as_str().unwrap().to_owned(),
        id: who.id.clone(),
        slug: who.slug.clone(),
        dsp: who.dsp.clone(),
        api: who.api.clone(),
    }
}

/// Everybody can read the log and finds nothing wrong with it.
fn verify(house: &House, log: &Log) {
    run(house, &["verify", &log.address, "--vkey", &log.vkey]);
}

/// The register as its people see it.
fn register(who: &Participant) -> Value {
    let logs = who.ask("GET", "/logs", None);
    let logs = logs["items"].as_array().unwrap();
    logs.iter().find(|log| log["name"] == "register").unwrap().clone()
}

/// Waits until the register stands like this.
fn stands(who: &Participant, state: &str) -> Value {
    let begun = Instant::now();
    loop {
        let log = register(who);
        if log["state"] == state {
            return log;
        }
        assert!(begun.elapsed() < PATIENCE, "it is not {state}: {log}");
        std::thread::sleep(LOOK);
    }
}

/// Waits until the register says of itself why it is held.
fn is_told(who: &Participant) -> Value {
    let begun = Instant::now();
    loop {
        let held = stands(who, "held")["held"].clone();
        if held["todo"].as_str().is_some_and(|todo| !todo.is_empty()) {
            return held;
        }
        assert!(begun.elapsed() < PATIENCE, "nothing is told: {held}");
        std::thread::sleep(LOOK);
    }
}

/// The log waits with every checkpoint for the witness of this node.
fn witnessed(who: &Participant, log: &Log, by: &House) {
    let by_operator = operator(by);
    let path = format!("/witness/logs/{}", escaped(&log.origin));
    by_operator.ask("PUT", &path, Some(&json!({ "vkeys": [log.vkey] })));
    let vkey = by_operator.ask("GET", "/witness", None)["vkey"]
        .as_str()
        .unwrap()
        .to_owned();
    let policy = format!("witness w {vkey} {}/chapar/v1/witness\nquorum w\n", by.public);
    who.ask(
        "PUT",
        "/logs/register/policy",
        Some(&json!({ "policy": policy, "wait": true })),
    );
}

/// The mirror after a look, which finds one history.
fn unforked(house: &House, log: &Log) -> Value {
    let mirror = look(house, log);
    assert_eq!(mirror["state"], "open", "{mirror}");
    mirror
}

fn lose(house: &House) {
    std::fs::rename(house.data(), house.folder().join("lost")).unwrap();
}

#[test]
fn an_old_backup_publishes_nothing_before_a_person_has_spoken() {
    let b = house("burnt-backup-b", &[]);
    let mut a = house("burnt-backup-a", &[&b]);
    let who = publisher(&a);
    let log = Log::of(&who);
    publish(&who, &["one"]);
    run(&a, &["backup", "--config", "chapar.toml", "--to", "backup"]);
    let size = publish(&who, &["two", "three"]);
    assert_eq!(mirror(&b, &log, &log.address, &[])["size"], size);
    a.stop();
    lose(&a);
    // The key is no part of a backup.
    std::fs::create_dir(a.data()).unwrap();
    copy(&a.folder().join("lost/node.key"), &a.data().join("node.key"));
    run(&a, &["restore", "--config", "chapar.toml", "--from", "backup"]);
    a.start_with(&[ACCEPT]);
    let held = is_told(&who);
    assert_eq!(
        (&held["code"], &held["asked"][0]["size"]),
        (&json!("restored"), &json!(size))
    );
    assert_eq!(who.call("POST", "/records", Some(&notice("other"))).status, 409);
    assert_eq!(unforked(&b, &log)["size"], size);
    // Nor does it forget that by being started again.
    a.kill();
    a.start();
    is_told(&who);
    assert_eq!(who.call("POST", "/records", Some(&notice("other"))).status, 409);

    let on = who.ask(
        "POST",
        "/logs/register/recovery",
        Some(&json!({ "nobodyHasMore": true })),
    );
    assert_eq!((&on["state"], &on["size"]), (&json!("open"), &json!(size)), "{on}");
    assert_eq!(who.ask("GET", "/records/three", None)["state"], "published");
    let size = publish(&who, &["four"]);
    assert_eq!(unforked(&b, &log)["size"], size);
    verify(&a, &log);
}

#[test]
fn a_log_that_waits_for_its_quorum_comes_back_by_itself_however_often_it_is_killed() {
    let b = house("burnt-quorum-b", &[]);
    let mut a = house("burnt-quorum-a", &[&b]);
    let who = publisher(&a);
    let log = Log::of(&who);
    mirror(&b, &log, &log.address, &[]);
    witnessed(&who, &log, &b);
    publish(&who, &["one"]);
    a.stop();
    copy(&a.data(), &a.folder().join("older"));
    a.start();
    let names: Vec<String> = (0..40).map(|number| format!("n{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    publish(&who, &names);
    let reason = json!({ "reason": { "en": "wrong (sample)" }, "code": "error" });
    who.ask("POST", "/records/n7/withdrawal", Some(&reason));
    let size = published(&who);
    assert_eq!(look(&b, &log)["size"], size);
    a.stop();
    lose(&a);
    // The whole folder comes back whole: nothing in it knows of anything later.
    copy(&a.folder().join("older"), &a.data());
    for life in 0..4 {
        a.start();
        std::thread::sleep(Duration::from_millis(15 * life));
        a.kill();
    }
    a.start();
    // Whoever publishes at once waits until others were asked, or hears that the log is held.
    let answer = who.call("POST", "/records", Some(&notice("hasty")));
    assert!([201, 409].contains(&answer.status), "{}", answer.text());
    stands(&who, "open");
    assert_eq!(who.ask("GET", "/records/n39", None)["state"], "published");
    assert!(who.ask("GET", "/records/n7", None)["withdrawal"].is_object());
    assert_eq!(who.call("POST", "/records/n7/withdrawal", Some(&reason)).status, 409);
    let grown = publish(&who, &["two"]);
    assert!(grown > size);
    assert_eq!(unforked(&b, &log)["size"], grown);
    verify(&a, &log);
}

#[test]
fn a_burnt_node_comes_back_from_its_peers_with_its_key() {
    let b = house("burnt-b", &[]);
    let mut a = house("burnt-a", &[&b]);
    let who = publisher(&a);
    let log = Log::of(&who);
    mirror(&b, &log, &log.address, &[]);
    witnessed(&who, &log, &b);
    let size = publish(&who, &["one", "two"]);
    let record = who.ask("GET", "/records/one", None);
    assert_eq!(look(&b, &log)["size"], size);
    let chest_key = pack(&a);
    a.stop();
    lose(&a);
    let who = bring_back(&mut a, &who, &chest_key);
    let back = stands(&who, "open");
    assert_eq!((&back["vkey"], &back["origin"]), (&json!(log.vkey), &json!(log.origin)));
    assert_eq!(back["size"], size);
    let again = who.ask("GET", "/records/one", None);
    assert_eq!((&again["id"], &again["body"]), (&record["id"], &record["body"]));
    let grown = publish(&who, &["three"]);
    assert_eq!(grown, size + 1, "its keys are those that it told of before");
    assert_eq!(unforked(&b, &log)["size"], grown);
    verify(&a, &log);
}

#[test]
fn a_burnt_log_that_waited_for_nobody_stays_silent_until_a_person_has_spoken() {
    let b = house("burnt-alone-b", &[]);
    let mut a = house("burnt-alone-a", &[&b]);
    let who = publisher(&a);
    let log = Log::of(&who);
    let size = publish(&who, &["one", "two"]);
    mirror(&b, &log, &log.address, &[]);
    let chest_key = pack(&a);
    a.stop();
    lose(&a);
    let who = bring_back(&mut a, &who, &chest_key);
    let held = is_told(&who);
    assert_eq!(
        (&held["code"], &held["asked"][0]["size"]),
        (&json!("burnt"), &json!(size))
    );
    assert_eq!(who.call("POST", "/records", Some(&notice("other"))).status, 409);
    assert_eq!(unforked(&b, &log)["size"], size);
    let back = who.ask(
        "POST",
        "/logs/register/recovery",
        Some(&json!({ "nobodyHasMore": true })),
    );
    assert_eq!(
        (&back["state"], &back["size"]),
        (&json!("open"), &json!(size)),
        "{back}"
    );
    let grown = publish(&who, &["three"]);
    assert_eq!(unforked(&b, &log)["size"], grown);
    // A chest opens for its participant alone, at its address, by its own key.
    let chest = a.folder().join("plant.chest").display().to_string();
    let refused = |house: &House, slug: &str, chest_key: &str| {
        let (key, add) = (house.operator_key(), ["participant", "add", slug]);
        let how = [
            "--chest",
            &chest,
            "--chest-key",
            chest_key,
            "--api",
            &house.private,
            "--key",
            &key,
        ];
        let output = house.command(&[&add[..], &how].concat()).output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let said = [
        (refused(&a, "other", &chest_key), "another participant"),
        (refused(&b, "plant", &chest_key), "set `public_url`"),
        (refused(&b, "plant", &"0".repeat(64)), "does not open"),
    ];
    for (said, why) in said {
        assert!(said.contains(why), "{said}");
    }
}

/// What a command says with the key of the participant, as JSON.
fn say(house: &House, who: &Participant, words: &[&str]) -> Value {
    let more = ["--api", &house.private, "--key", &who.key, "--json"];
    serde_json::from_str(&run(house, &[words, &more].concat())).unwrap()
}

/// A federation of two bodies, which the operator of `c` pins: its node mirrors the log of `who` from then on.
fn pin_federation(a: &House, who: &Participant, c: &House) {
    let other = c.add(&json!({ "slug": "border" }));
    published(&other);
    let card = |house: &House, who: &Participant, state: &str| {
        let file = house.folder().join("card.json").to_str().unwrap().to_owned();
        let name = format!("en=Office of {state} (sample)");
        let words = ["federation", "card", "--name", &name, "--state", state, "--to", &file];
        run(
            house,
            &[&words[..], &["--api", &house.private, "--key", &who.key]].concat(),
        );
        file
    };
    let cards = [card(a, who, "UZ"), card(c, &other, "KZ")];
    let genesis = c.folder().join("genesis.json").to_str().unwrap().to_owned();
    let name = "en=Federation (sample)";
    let words = [
        "federation",
        "create",
        "--name",
        name,
        "--member",
        &cards[0],
        "--member",
        &cards[1],
        "--to",
        &genesis,
    ];
    run(c, &words);
    let words = ["federation", "join", &genesis];
    run(
        c,
        &[&words[..], &["--api", &c.private, "--key", &c.operator_key()]].concat(),
    );
}

/// Waits until a node has followed a log that ended to this one, and has all of that.
fn follows(house: &House, ended: &Log, on: &Log, size: u64) {
    let begun = Instant::now();
    loop {
        let mirrors = operator(house).ask("GET", "/mirrors", None);
        let mirrors = mirrors["items"].as_array().unwrap();
        let find = |log: &Log| mirrors.iter().find(|mirror| mirror["origin"] == log.origin);
        let has_ended = find(ended)
            .is_some_and(|mirror| mirror["state"] == "discontinued" && mirror["successor"]["origin"] == on.origin);
        match find(on) {
            Some(mirror) if has_ended && mirror["size"] == size => return,
            Some(_) => drop(look(house, on)),
            None => drop(look(house, ended)),
        }
        assert!(begun.elapsed() < PATIENCE, "it did not follow: {mirrors:#?}");
        std::thread::sleep(LOOK);
    }
}

/// Ids of what everybody finds at a node.
fn found(house: &House, query: &str) -> Vec<String> {
    let url = format!("{}/chapar/v1/register/records?{query}", house.public);
    let page: Value = serde_json::from_slice(&get(&url).body).unwrap();
    let items = page["items"].as_array().unwrap().iter();
    let mut ids: Vec<String> = items.map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// The catalogue as each node has made it for itself.
fn digest(house: &House) -> String {
    operator(house).ask("GET", "/views", None)["digest"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A record as everybody reads it at a node.
fn shown(house: &House, id: &str) -> Value {
    let url = format!("{}/chapar/v1/register/records/{}", house.public, escaped(id));
    let answer = get(&url);
    assert_eq!(answer.status, 200, "{url}: {}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

/// A log that waited for nobody, read by a mirror and by a node whose federation names it, and burnt before they had all of it.
struct Burnt {
    a: House,
    b: House,
    c: House,
    log: Log,
    /// As it was before the fire.
    first: Participant,
    /// As it came back from its chest.
    who: Participant,
    /// Entries that somebody has read.
    read: u64,
    /// The id of a record of them.
    old: String,
}

impl Burnt {
    fn new() -> Self {
        let (mut b, mut c) = (house("burnt-ends-b", &[]), house("burnt-ends-c", &[]));
        let mut a = house("burnt-ends-a", &[&b]);
        let first = publisher(&a);
        let log = Log::of(&first);
        publish(&first, &["one", "two", "gone"]);
        let reason = json!({ "reason": { "en": "wrong (sample)" }, "code": "error" });
        first.ask("POST", "/records/gone/withdrawal", Some(&reason));
        pin_federation(&a, &first, &c);
        let read = published(&first);
        let old = first.ask("GET", "/records/one", None)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(mirror(&b, &log, &log.address, &[])["size"], read);
        assert_eq!(look(&c, &log)["size"], read, "its federation names the log");
        let open = first.call("POST", "/logs/register/successor", Some(&json!({})));
        assert_eq!(open.status, 409, "a log that goes on has no successor");
        let chest_key = pack(&a);
        // What is published last is read by nobody.
        b.stop();
        c.stop();
        publish(&first, &["three"]);
        a.stop();
        lose(&a);
        b.start();
        c.start();
        let who = bring_back(&mut a, &first, &chest_key);
        is_told(&who);
        Self {
            a,
            b,
            c,
            log,
            first,
            who,
            read,
            old,
        }
    }

    /// The log that goes on; nothing happens before a person has spoken.
    fn succeed(&self) -> Log {
        let foretold = say(&self.a, &self.who, &["log", "succeed", "--dry-run"]);
        assert_eq!(
            (&foretold["records"], &foretold["ended"]["size"], &foretold["left"]),
            (&json!(2), &json!(self.read), &json!([])),
            "{foretold}"
        );
        stands(&self.who, "held");
        let words = ["log", "succeed", "--reason", "en=The disk was lost (sample)"];
        let done = say(&self.a, &self.who, &words);
        assert_eq!((&done["isDone"], &done["records"]), (&json!(true), &json!(2)), "{done}");
        published(&self.who);
        let on = Log::of(&self.who);
        assert_eq!(on.origin, format!("{}/2", self.log.origin));
        assert_eq!(done["successor"]["vkey"], on.vkey);
        assert_eq!(done["successor"]["address"], on.address);
        on
    }

    /// Each record is found once at this node, the old id says by which it was replaced, and both say the same.
    fn assert_replaced(&self, house: &House) {
        let now = self.who.ask("GET", "/records/one", None)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let names = ["four", "one", "two"].map(|name| now.replace("/one", &format!("/{name}")));
        let begun = Instant::now();
        while found(house, "kind=notice") != names {
            assert!(begun.elapsed() < PATIENCE, "{:?}", found(house, "kind=notice"));
            std::thread::sleep(LOOK);
        }
        let (before, after) = (shown(house, &self.old), shown(house, &now));
        assert_eq!(before["replacedBy"], now, "{before}");
        assert_eq!((&after["body"], &after["replacedBy"]), (&before["body"], &Value::Null));
    }

    /// A copy of the disk from before the fire, put back whole, neither goes on with the log that has ended nor ends it again.
    fn put_old_disk_back(&mut self) {
        self.a.stop();
        std::fs::rename(self.a.data(), self.a.folder().join("ended")).unwrap();
        copy(&self.a.folder().join("lost"), &self.a.data());
        self.a.start();
        let held = is_told(&self.first);
        assert_eq!(held["code"], "discontinued", "{held}");
        assert_eq!(self.first.call("POST", "/records", Some(&notice("other"))).status, 409);
        let sure = json!({ "nobodyHasMore": true });
        let still = self.first.ask("POST", "/logs/register/recovery", Some(&sure));
        assert_eq!(still["state"], "held", "{still}");
        let again = self.first.call("POST", "/logs/register/successor", Some(&json!({})));
        assert_eq!(again.status, 409, "it has a successor already");
    }
}

#[test]
fn a_log_that_nobody_can_continue_ends_and_all_who_read_it_follow_to_its_successor() {
    let mut burnt = Burnt::new();
    let (on, log) = (burnt.succeed(), burnt.log.clone());
    let size = publish(&burnt.who, &["four"]);
    verify(&burnt.a, &log);
    verify(&burnt.a, &on);
    for house in [&burnt.b, &burnt.c] {
        follows(house, &log, &on, size);
        let there = Log {
            address: log.at(house),
            ..log.clone()
        };
        verify(house, &there);
    }
    for house in [&burnt.a, &burnt.b, &burnt.c] {
        burnt.assert_replaced(house);
    }
    assert_eq!(digest(&burnt.a), digest(&burnt.b));
    burnt.put_old_disk_back();
}
