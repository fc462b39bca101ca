//! Federations over real nodes, by the commands that a clerk types: founded, joined, changed by signatures that travel in the members'
//! logs, and asked by policies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, look, operator, published};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(100);

/// A body of one state with its node; invented.
struct Body {
    house: House,
    who: Participant,
}

impl Body {
    fn new(slug: &str) -> Self {
        let mut house = House::with(
            &format!("fed-{slug}"),
            Profile::Production,
            "[register]\npublish_ms = 20\n",
        );
        house.start();
        let who = house.add(&json!({ "slug": slug }));
        published(&who);
        Self { house, who }
    }

    /// What a command says with the key of the participant; it must end well.
    fn run(&self, words: &[&str]) -> String {
        let (ended, out, why) = self.tried(&self.who.key, words);
        assert!(ended, "{words:?}: {out}{why}");
        out
    }

    fn tried(&self, key: &str, words: &[&str]) -> (bool, String, String) {
        let mut command = self.house.command(words);
        command
            .env("CHAPAR_API", &self.house.private)
            .env("CHAPAR_API_KEY", key);
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    }

    fn join(&self, genesis: &str) {
        let (ended, out, why) = self.tried(&self.house.operator_key(), &["federation", "join", genesis]);
        assert!(ended, "{out}{why}");
    }

    fn card(&self, state: &str) -> String {
        let file = self.file("card.json");
        let name = format!("en=Office of {state} (sample)");
        self.run(&["federation", "card", "--name", &name, "--state", state, "--to", &file]);
        file
    }

    fn file(&self, name: &str) -> String {
        let path: PathBuf = self.house.folder().join(name);
        path.to_str().unwrap().to_owned()
    }

    fn federation(&self) -> Value {
        serde_json::from_str(&self.run(&["federation", "show", "--json"])).unwrap()
    }

    /// The federation once it is as it is wanted; the node looks at the logs of the others meanwhile.
    fn once(&self, others: &[&Body], what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            for other in others {
                let log = Log::of(&other.who);
                let is_here = operator(&self.house)
                    .call("GET", &format!("/mirrors/{}", log.id()), None)
                    .status
                    == 200;
                if is_here {
                    look(&self.house, &log);
                }
            }
            let shown = self.federation();
            if wanted(&shown) {
                return shown;
            }
            assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}: {shown:#}");
            std::thread::sleep(LOOK);
        }
    }

    /// Ids of what the provider's catalogue shows to this body.
    fn catalogue_of(&self, provider: &Body) -> Vec<String> {
        let wanted = json!({ "peer": provider.who.id, "address": provider.who.dsp });
        let catalog = self.who.ask("POST", "/peers/catalog", Some(&wanted));
        let datasets = catalog["datasets"].as_array().cloned().unwrap_or_default();
        datasets
            .iter()
            .map(|dataset| dataset["@id"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn hash(federation: &Value) -> String {
    let open = federation["proposals"].as_array().unwrap();
    let alive: Vec<&Value> = open.iter().filter(|one| one["alive"] == true).collect();
    assert_eq!(alive.len(), 1, "{federation:#}");
    alive[0]["hash"].as_str().unwrap().to_owned()
}

fn participants(federation: &Value) -> Vec<String> {
    let members = federation["members"].as_array().unwrap();
    members
        .iter()
        .map(|member| member["participant"].as_str().unwrap().to_owned())
        .collect()
}

/// Everybody sees the same state of this epoch.
fn agreed(all: &[&Body], others: &[&Body], epoch: u64) -> Value {
    let shown: Vec<Value> = all
        .iter()
        .map(|body| body.once(others, &format!("epoch {epoch}"), |shown| shown["epoch"] == epoch))
        .collect();
    for one in &shown {
        assert_eq!(one["state"], shown[0]["state"], "one state on every node");
        assert_eq!(participants(one), participants(&shown[0]));
    }
    shown[0].clone()
}

/// Four bodies, three of which found a federation; one offers to its members.
struct Story {
    uz: Body,
    kz: Body,
    cn: Body,
    kg: Body,
    genesis: String,
}

impl Story {
    fn begin() -> (Self, Value) {
        let (uz, kz) = (Body::new("agency"), Body::new("border"));
        let (cn, kg) = (Body::new("customs"), Body::new("registry"));
        let cards = [uz.card("UZ"), kz.card("KZ"), cn.card("CN")];
        let genesis = uz.file("genesis.json");
        let mut words = vec!["federation", "create", "--name", "en=Federation of registers (sample)"];
        cards.iter().for_each(|card| words.extend(["--member", card]));
        words.extend(["--to", &genesis]);
        let made = uz.run(&words);
        let story = Self {
            uz,
            kz,
            cn,
            kg,
            genesis,
        };
        let founders = story.founders();
        founders.iter().for_each(|body| body.join(&story.genesis));
        let founded = agreed(&founders, &founders, 0);
        let id = founded["id"].as_str().unwrap();
        assert!(made.contains(id), "{made}");
        let members = founded["members"].as_array().unwrap().iter();
        let states: Vec<&str> = members.map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["KZ", "CN", "UZ"], "in the order of the Russian alphabet");
        (story, founded)
    }

    fn founders(&self) -> [&Body; 3] {
        [&self.uz, &self.kz, &self.cn]
    }

    fn all(&self) -> [&Body; 4] {
        [&self.uz, &self.kz, &self.cn, &self.kg]
    }

    fn offer_to_members(&self, federation: &str) {
        let file = self.uz.file("notice.txt");
        std::fs::write(&file, "a notice (sample)").unwrap();
        self.uz.run(&["document", "put", "notice-1", &file]);
        let words = [
            "offer",
            "put",
            "notices",
            "--document",
            "notice-1",
            "--permit-federation",
            federation,
        ];
        self.uz.run(&words);
    }

    /// Who of these sees the offer.
    fn assert_seen(&self, by: &[&Body], not_by: &[&Body], why: &str) {
        for body in by {
            assert_eq!(body.catalogue_of(&self.uz), ["notice-1"], "{why}: {}", body.who.id);
        }
        for body in not_by {
            assert_eq!(
                body.catalogue_of(&self.uz),
                Vec::<String>::new(),
                "{why}: {}",
                body.who.id
            );
        }
    }

    /// Signs what is open, as soon as it is known.
    fn sign(&self, body: &Body, words: &[&str]) -> String {
        let shown = body.once(&self.all(), "the proposal", |shown| signed(shown) > 0);
        let hash = hash(&shown);
        let said = body.run(&[&["federation", "sign", &hash[..12]], words].concat());
        assert!(said.contains(&hash), "what is signed is shown: {said}");
        said
    }

    /// The fourth is admitted when all three have signed, and no sooner.
    fn admit(&self) -> Value {
        self.kg.join(&self.genesis);
        let card = self.kg.card("KG");
        self.uz.run(&["federation", "propose", "admit", &card]);
        assert!(
            self.sign(&self.kz, &[]).contains("add --yes"),
            "nothing is signed by looking"
        );
        self.sign(&self.kz, &["--yes"]);
        let half = self
            .uz
            .once(&self.all(), "the second signature", |shown| signed(shown) == 2);
        assert_eq!(half["proposals"][0]["missing"], json!([self.cn.who.id]), "{half:#}");
        assert_eq!((&half["epoch"], participants(&half).len()), (&json!(0), 3));
        let (ended, _, why) = self.kg.tried(&self.kg.who.key, &["federation", "propose", "leave"]);
        assert!(!ended && why.contains("no member"), "{why}");
        self.assert_seen(&[], &[&self.kg], "not yet");
        self.sign(&self.cn, &["--yes"]);
        let four = agreed(&self.all(), &self.all(), 1);
        assert_eq!(participants(&four).len(), 4);
        let mirrored = self.uz.once(&self.all(), "the new member's log", |shown| {
            let members = shown["members"].as_array().unwrap();
            members
                .iter()
                .all(|one| one["log"] == "own" || one["log"] == "mirrored")
        });
        assert_eq!(mirrored["guests"], json!([]));
        four
    }

    /// One is put out by all but itself.
    fn expel(&self, gone: &str) -> Value {
        self.kz.run(&["federation", "propose", "expel", gone]);
        self.sign(&self.uz, &["--yes"]);
        let short = self.uz.once(&self.all(), "two signatures", |shown| signed(shown) == 2);
        let missing = &short["proposals"][0]["missing"];
        assert_eq!(*missing, json!([self.kg.who.id]), "the one concerned is not asked");
        self.assert_seen(&[&self.cn], &[], "still a member");
        self.sign(&self.kg, &["--yes"]);
        let three = agreed(&self.all(), &self.all(), 2);
        assert!(!participants(&three).iter().any(|one| one == gone));
        let guests = self.uz.federation()["guests"].clone();
        assert_eq!(guests[0]["participant"], json!(gone), "its log is kept, as a guest's");
        three
    }

    /// The consumer agrees with the offer; the agreement.
    fn agree(&self, consumer: &Participant) -> String {
        let provider = &self.uz.who;
        let asked = json!({ "peer": provider.id, "address": provider.dsp });
        let catalog = consumer.ask("POST", "/peers/catalog", Some(&asked));
        let mut offer = catalog["datasets"][0]["hasPolicy"][0].clone();
        offer["target"] = json!("notice-1");
        let wish = json!({ "peer": provider.id, "address": provider.dsp, "offer": offer });
        let opened = consumer.ask("POST", "/negotiations", Some(&wish));
        let path = format!("/negotiations/{}", opened["id"].as_str().unwrap());
        let case = until(consumer, &path, "FINALIZED");
        case["agreementId"].as_str().unwrap().to_owned()
    }
}

/// The case once it is in this state.
fn until(who: &Participant, path: &str, state: &str) -> Value {
    let begun = Instant::now();
    loop {
        let case = who.ask("GET", path, None);
        if case["state"] == state {
            return case;
        }
        assert!(case["state"] != "STARTED" && begun.elapsed() < PATIENCE, "{case:#}");
        std::thread::sleep(LOOK);
    }
}

/// How many signed the first proposal.
fn signed(federation: &Value) -> usize {
    federation["proposals"][0]["signed"].as_array().map_or(0, Vec::len)
}

#[test]
fn members_decide_who_is_one_and_policies_ask_it() {
    let (story, founded) = Story::begin();
    story.offer_to_members(founded["id"].as_str().unwrap());
    story.assert_seen(&[&story.kz, &story.cn], &[&story.kg], "founded");
    let four = story.admit();
    assert_ne!(four["state"], founded["state"]);
    story.assert_seen(&[&story.kz, &story.cn, &story.kg], &[], "admitted");

    let agreement = story.agree(&story.cn.who);
    let three = story.expel(&story.cn.who.id.clone());
    story.assert_seen(&[&story.kz, &story.kg], &[&story.cn], "expelled");
    // Its agreement stands, and hands out nothing any more.
    let wish = json!({ "agreement": agreement, "address": story.uz.who.dsp });
    let transfer = story.cn.who.ask("POST", "/transfers", Some(&wish));
    let path = format!("/transfers/{}", transfer["id"].as_str().unwrap());
    until(&story.cn.who, &path, "TERMINATED");

    // Views made again, and another start: the same state.
    let done = operator(&story.uz.house).call("POST", "/views/rebuild", None);
    assert_eq!(done.status, 204);
    story.assert_seen(&[&story.kg], &[&story.cn], "while views are made again");
    let mut story = story;
    story.uz.house.kill();
    story.uz.house.start();
    let again = story.uz.federation();
    assert_eq!((&again["state"], &again["epoch"]), (&three["state"], &json!(2)));
    story.assert_seen(&[&story.kg], &[&story.cn], "started again");
}

/// The log of a member as a node that mirrors it shows it.
fn mirrored(at: &Body, log: &Log) -> Value {
    operator(&at.house).ask("GET", &format!("/mirrors/{}", log.id()), None)
}

#[test]
fn who_joins_after_a_key_was_lost_pins_the_key_of_now_and_sees_what_all_see() {
    let (story, founded) = Story::begin();
    story.uz.run(&["log", "rotate-key", "--compromised"]);
    published(&story.uz.who);
    let log = Log::of(&story.uz.who);
    let kg = &story.kg;
    let operate = |words: &[&str]| {
        let (ended, out, why) = kg.tried(&kg.house.operator_key(), words);
        assert!(ended, "{words:?}: {out}{why}");
    };
    // The key that the genesis names convinces nobody new, and the node says what to do.
    kg.join(&story.genesis);
    look(&kg.house, &log);
    let refused = mirrored(kg, &log);
    // What another mirror still shows under the old key is older than the loss.
    assert!(refused["size"].as_u64() <= Some(1), "{refused}");
    assert_eq!(refused["obstacle"]["code"], "checkpoint-unsigned", "{refused}");
    let detail = refused["obstacle"]["detail"].as_str().unwrap();
    assert!(detail.contains("federation join --help"), "{detail}");

    operate(&["federation", "forget", founded["id"].as_str().unwrap()]);
    operate(&["mirror", "remove", &log.id()]);
    operate(&[
        "mirror",
        "add",
        &log.address,
        "--vkey",
        &log.vkey,
        "--owner",
        &log.owner,
    ]);
    look(&kg.house, &log);
    kg.join(&story.genesis);
    let shown = kg.once(&story.founders(), "the state of all", |shown| {
        let members = shown["members"].as_array().unwrap();
        members.iter().all(|member| member["log"] == "mirrored")
    });
    assert_eq!(shown["state"], founded["state"]);
    // What that member signs from then on counts here as everywhere.
    let card = kg.card("KG");
    story.uz.run(&["federation", "propose", "admit", &card]);
    story.sign(&story.kz, &["--yes"]);
    story.sign(&story.cn, &["--yes"]);
    agreed(&story.all(), &story.all(), 1);
}

#[test]
fn two_proposals_at_once_are_set_free_by_a_no_and_who_leaves_is_out_at_once() {
    let (uz, kz, kg) = (Body::new("agency-b"), Body::new("border-b"), Body::new("registry-b"));
    let (genesis, cards) = (uz.file("genesis.json"), [uz.card("UZ"), kz.card("KZ"), kg.card("KG")]);
    uz.run(&[
        "federation",
        "create",
        "--name",
        "en=Two (sample)",
        "--member",
        &cards[0],
        "--member",
        &cards[1],
        "--to",
        &genesis,
    ]);
    let both = [&uz, &kz];
    both.iter().for_each(|body| body.join(&genesis));
    agreed(&both, &both, 0);
    let (admit, policy) = (cards[2].as_str(), uz.file("policy.txt"));
    std::fs::write(&policy, "quorum none\n").unwrap();
    uz.run(&["federation", "propose", "admit", admit]);
    kz.run(&["federation", "propose", "change", "--witnesses", &policy]);
    let two = |shown: &Value| shown["proposals"].as_array().is_some_and(|open| open.len() == 2);
    let shown = kz.once(&both, "both proposals", two);
    let of = |action: &str| {
        let open = shown["proposals"].as_array().unwrap();
        open.iter().find(|one| one["action"] == action).unwrap()["hash"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (ended, _, why) = kz.tried(&kz.who.key, &["federation", "sign", &of("admit"), "--yes"]);
    assert!(!ended && why.contains("bound"), "{why}");
    uz.once(&both, "both proposals", two);
    uz.run(&["federation", "decline", &of("change"), "--yes"]);
    kz.once(&both, "the no", |shown| {
        let open = shown["proposals"].as_array().cloned().unwrap_or_default();
        open.iter().any(|one| one["alive"] == false)
    });
    kz.run(&["federation", "sign", &of("admit"), "--yes"]);
    let three = agreed(&both, &both, 1);
    assert_eq!(participants(&three).len(), 3);

    kz.run(&["federation", "propose", "leave"]);
    let left = uz.once(&[&kz], "the departure", |shown| {
        shown["left"].as_array().is_some_and(|left| left.len() == 1)
    });
    assert_eq!((&left["epoch"], &left["left"]), (&json!(1), &json!([kz.who.id])));
    assert!(!participants(&left).contains(&kz.who.id));
    // An editor says nothing in the name of the member.
    let made = uz
        .who
        .ask("POST", "/keys", Some(&json!({ "role": "editor", "label": "clerk" })));
    let (ended, _, why) = uz.tried(made["key"].as_str().unwrap(), &["federation", "propose", "leave"]);
    assert!(!ended && why.contains("admin"), "{why}");
}
