//! A person at a terminal: one node with two participants, and the whole way from a document to its bytes by commands alone, once
//! decided by the policies and once by people on both sides.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod support;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::ops::Deref;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use support::{Node, clean};

/// A terminal with a node behind it.
struct Terminal(Node);

impl Deref for Terminal {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.0
    }
}

impl Terminal {
    fn open(name: &str) -> Self {
        let more = "[egress]\nloopback = true\n[log]\nlevel = \"error\"\n";
        let mut node = Node::spawn(name, more, |command| {
            command.stdout(Stdio::piped());
        });
        let mut line = String::new();
        BufReader::new(node.child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.starts_with("ready "), "{line}");
        Self(node)
    }

    fn run(&self, key: &str, line: &str) -> (bool, String, String) {
        let output = clean()
            .current_dir(&self.folder)
            .env("CHAPAR_API", &self.api)
            .env("CHAPAR_API_KEY", key)
            .args(line.split_whitespace())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    fn ok(&self, key: &str, line: &str) -> String {
        let (success, shown, errors) = self.run(key, line);
        assert!(success, "chapar {line}\n{shown}{errors}");
        shown
    }

    fn json(&self, key: &str, line: &str) -> Value {
        serde_json::from_str(&self.ok(key, &format!("{line} --json"))).unwrap()
    }

    fn refused(&self, key: &str, line: &str) -> String {
        let (success, shown, errors) = self.run(key, line);
        assert!(!success, "chapar {line} was to be refused\n{shown}");
        errors
    }

    fn write(&self, name: &str, value: &Value) {
        std::fs::write(self.folder.join(name), value.to_string()).unwrap();
    }

    /// The state of a case after a command about it.
    fn state(&self, key: &str, line: &str) -> String {
        text(&self.json(key, line), "state").to_owned()
    }

    /// The one case of a list.
    fn only(&self, key: &str, line: &str) -> String {
        let list = self.json(key, line);
        let [case] = list.as_array().unwrap().as_slice() else {
            panic!("not one case: {list}");
        };
        text(case, "id").to_owned()
    }
}

/// Two ports that were free a moment ago; the configuration has to name them before the node is there.
fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no `{name}` in {value}"))
}

#[test]
fn from_a_document_to_its_bytes() {
    let terminal = Terminal::open("commands");
    let operator = terminal.operator_key();
    let operator = &operator;
    let uz = terminal.json(operator, "participant add uz-plant");
    let kz = terminal.json(
        operator,
        "participant add kz-border --algorithm es256 --refuse-unsigned-peers",
    );
    let (uz_key, kz_key) = (text(&uz, "apiKey"), text(&kz, "apiKey"));
    assert!(terminal.ok(operator, "participant list").contains("kz-border"));

    let content = publish(&terminal, uz_key, text(&kz, "participant"));
    assert!(
        !terminal.ok(kz_key, "offer list").contains("registries"),
        "another participant's offer"
    );
    let peer = format!("{} --address {}", text(&uz, "participant"), text(&uz, "dsp"));
    assert!(terminal.ok(kz_key, &format!("catalog {peer}")).contains("Registry"));
    assert!(
        terminal
            .refused(kz_key, &format!("negotiate start {peer} --dataset secret"))
            .contains("is not offered to us")
    );
    terminal.ok(
        kz_key,
        &format!(
            "peer put {} {} --name quarantine",
            text(&uz, "participant"),
            text(&uz, "dsp")
        ),
    );
    assert!(terminal.ok(kz_key, "peer list").contains("quarantine"));
    let agreed = terminal.json(
        kz_key,
        &format!("negotiate start {} --dataset registry", text(&uz, "participant")),
    );
    assert_eq!(text(&agreed, "state"), "FINALIZED");
    let started = terminal.json(kz_key, &format!("transfer start {}", text(&agreed, "agreementId")));
    let transfer = text(&started, "id");
    fetch(&terminal, kz_key, transfer, &content);
    assert!(
        terminal
            .refused(uz_key, &format!("transfer show {transfer}"))
            .contains("404"),
        "the consumer's id is not the provider's"
    );
    terminal.ok(kz_key, &format!("transfer complete {transfer}"));
    assert!(
        terminal
            .refused(kz_key, &format!("transfer resume {transfer}"))
            .contains("409")
    );
    put_sparingly(&terminal, uz_key);
    keys(&terminal, kz_key);
    back_up(&terminal);
}

/// Puts a document far larger than what the command may hold, and looks at what it holds meanwhile.
fn put_sparingly(terminal: &Terminal, key: &str) {
    const SIZE: u64 = 256 << 20;
    let file = std::fs::File::create(terminal.folder.join("large.bin")).unwrap();
    file.set_len(SIZE).unwrap();
    let mut put = clean()
        .current_dir(&terminal.folder)
        .env("CHAPAR_API", &terminal.api)
        .env("CHAPAR_API_KEY", key)
        .args(["document", "put", "large", "large.bin"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most_kb = 0;
    let ended = loop {
        if let Some(ended) = put.try_wait().unwrap() {
            break ended;
        }
        most_kb = most_kb.max(peak_kb(put.id()).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(ended.success());
    assert!(most_kb > 0 && most_kb < 96 * 1024, "{most_kb} kB for {SIZE} bytes");
    assert_eq!(terminal.json(key, "document get large")["size"], SIZE);
    terminal.ok(key, "document delete large");
    assert!(
        terminal
            .refused(key, "document put large .")
            .contains("no file with a length")
    );
}

/// The most memory that a process has held, where the system tells it as Linux does; none when it has ended.
fn peak_kb(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// Puts the registry and offers it to `consumer`; returns its bytes.
fn publish(terminal: &Terminal, key: &str, consumer: &str) -> Vec<u8> {
    let content: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(terminal.folder.join("registry.csv"), &content).unwrap();
    let properties = r#"{"title": "Registry", "kind": "registry"}"#;
    std::fs::write(terminal.folder.join("registry.json"), properties).unwrap();
    let put = terminal.json(key, "document put registry registry.csv --properties registry.json");
    assert_eq!(
        (text(&put, "mediaType"), put["size"].as_u64()),
        ("text/csv", Some(12_000_000))
    );
    assert!(
        terminal
            .refused(key, "offer put nobody --select kind=registry")
            .contains("nobody is permitted")
    );
    let offer = format!("offer put registries --permit-participant {consumer} --select kind=registry --for 7d");
    terminal.ok(key, &offer);
    assert!(terminal.ok(key, "offer list").contains("registries"));
    content
}

fn fetch(terminal: &Terminal, key: &str, transfer: &str, content: &[u8]) {
    let got = |name: &str| std::fs::read(terminal.folder.join(name)).unwrap();
    assert!(
        terminal
            .refused(key, &format!("fetch {transfer} --to a.csv"))
            .contains("add --loopback")
    );
    let told = terminal.ok(key, &format!("fetch {transfer} --to a.csv --loopback"));
    assert!(told.contains("12000000 bytes") && told.contains("(compared)"), "{told}");
    assert!(got("a.csv") == content);
    assert!(
        terminal
            .refused(key, &format!("fetch {transfer} --to a.csv --loopback"))
            .contains("is there already")
    );
    // What an earlier run left is gone on with, and thrown away where it is of other bytes.
    std::fs::write(terminal.folder.join("b.csv.part"), &content[..5_000_000]).unwrap();
    terminal.ok(key, &format!("fetch {transfer} --to b.csv --loopback"));
    assert!(got("b.csv") == content);
    std::fs::write(terminal.folder.join("c.csv.part"), b"of other bytes").unwrap();
    terminal.ok(key, &format!("fetch {transfer} --to c.csv --loopback"));
    assert!(got("c.csv") == content);
    let wrong = format!("fetch {transfer} --to d.csv --loopback --digest {}", "ab".repeat(32));
    assert!(terminal.refused(key, &wrong).contains("not the one that you expect"));
    assert!(!terminal.folder.join("d.csv").exists() && !terminal.folder.join("d.csv.part").exists());
    terminal.ok(key, &format!("transfer suspend {transfer} --reason inspection"));
    assert!(
        terminal
            .refused(key, &format!("fetch {transfer} --to e.csv --loopback"))
            .contains("access is not open")
    );
    terminal.ok(key, &format!("transfer resume {transfer}"));
    terminal.ok(key, &format!("fetch {transfer} --to e.csv --loopback"));
}

fn keys(terminal: &Terminal, admin: &str) {
    let viewer = terminal.json(admin, "key add --role viewer --label audit");
    let (id, key) = (text(&viewer, "id"), text(&viewer, "key"));
    terminal.ok(key, "transfer list");
    assert!(terminal.refused(key, "key list").contains("403"));
    terminal.ok(admin, &format!("key revoke {id}"));
    assert!(
        terminal
            .refused(key, "transfer list")
            .contains("give a key that stands")
    );
    let rotated = terminal.json(admin, "key rotate");
    assert_eq!(rotated["keys"].as_array().unwrap().len(), 2);
}

fn back_up(terminal: &Terminal) {
    terminal.ok("", "backup --config chapar.toml --to copy");
    let sums = std::fs::read_to_string(terminal.folder.join("copy/SHA256SUMS")).unwrap();
    assert!(sums.lines().any(|line| line.ends_with("  chapar.db")), "{sums}");
    assert!(!Path::new(&terminal.folder.join("copy/node.key")).exists());
    let well = terminal.ok("", "doctor --config chapar.toml");
    assert!(well.contains("the node runs") && !well.contains("fail"), "{well}");
}

/// Two participants of whom neither lets its node decide, and the offer about which they speak.
struct ByHand<'a> {
    terminal: &'a Terminal,
    uz: &'a Value,
    kz: &'a Value,
    uz_key: &'a str,
    kz_key: &'a str,
}

#[test]
fn by_hand_on_both_sides() {
    let terminal = Terminal::open("by-hand");
    let operator = terminal.operator_key();
    let [uz, kz] = ["uz-plant", "kz-border"].map(|slug| terminal.json(&operator, &format!("participant add {slug}")));
    let (uz_key, kz_key) = (text(&uz, "apiKey"), text(&kz, "apiKey"));
    std::fs::write(terminal.folder.join("registry.csv"), "a,b").unwrap();
    terminal.ok(uz_key, "document put registry registry.csv");
    let consumer = text(&kz, "participant");
    terminal.ok(
        uz_key,
        &format!("offer put registries --document registry --permit-participant {consumer} --mode manual"),
    );
    let permission = json!({ "action": "use", "constraint": [
        { "leftOperand": "participantId", "operator": "eq", "rightOperand": consumer }
    ] });
    // In no catalogue in these words: there is no prohibition in the published offer.
    let wish = json!({ "@id": "registries:registry:1", "target": "registry", "permission": [permission],
        "prohibition": [{ "action": "distribute" }] });
    terminal.write("wish.json", &wish);
    let both = ByHand {
        terminal: &terminal,
        uz: &uz,
        kz: &kz,
        uz_key,
        kz_key,
    };
    let agreement = both.agree();
    both.end_an_offer();
    both.hand_over(&agreement);
    both.push(&agreement);
}

impl ByHand<'_> {
    /// Request, counter-offers, acceptance, agreement, verification and its being brought into force.
    fn agree(&self) -> String {
        let (terminal, uz, kz) = (self.terminal, self.uz_key, self.kz_key);
        let peer = format!("{} --address {}", text(self.uz, "participant"), text(self.uz, "dsp"));
        let begun = terminal.json(kz, &format!("negotiate start {peer} --offer wish.json --mode manual"));
        assert_eq!(text(&begun, "state"), "REQUESTED");
        let ours = text(&begun, "id");
        let early = terminal.refused(kz, &format!("negotiate accept {ours}"));
        assert!(
            early.contains("409 wrong-state") && early.contains("what can be decided now: `terminate`"),
            "{early}"
        );
        let consumer = text(self.kz, "participant");
        let theirs = terminal.only(
            uz,
            &format!("negotiate list --state REQUESTED --phase REQUESTED --peer {consumer}"),
        );
        assert!(
            terminal
                .ok(uz, &format!("negotiate show {theirs}"))
                .contains("offer agree terminate")
        );
        let both = [
            (uz, format!("offer {theirs} --offer wish.json"), "OFFERED"),
            (kz, format!("request {ours} --offer wish.json"), "REQUESTED"),
            (uz, format!("offer {theirs} --offer wish.json"), "OFFERED"),
            (kz, format!("accept {ours}"), "ACCEPTED"),
            (uz, format!("agree {theirs}"), "AGREED"),
            (kz, format!("verify {ours}"), "VERIFIED"),
            (uz, format!("finalize {theirs}"), "FINALIZED"),
            (kz, format!("show {ours} --until FINALIZED"), "FINALIZED"),
        ];
        for (key, line, state) in both {
            assert_eq!(terminal.state(key, &format!("negotiate {line}")), state, "{line}");
        }
        let over = terminal.refused(kz, &format!("negotiate terminate {ours}"));
        assert!(over.contains("nothing can be decided any more"), "{over}");
        assert!(
            terminal
                .refused(kz, &format!("negotiate show {ours} --until AGREED"))
                .contains("it ended in `FINALIZED`")
        );
        assert!(
            terminal
                .refused(kz, &format!("negotiate show {ours} --until DONE"))
                .contains("is no state")
        );
        let told = terminal.ok(kz, &format!("negotiate timeline {ours}"));
        let decisions = told.lines().filter(|line| line.contains("negotiation.decision"));
        let decisions: Vec<&str> = decisions.filter_map(|line| line.split_whitespace().nth(2)).collect();
        assert_eq!(decisions, ["request", "request", "accept", "verify"], "{told}");
        text(&terminal.json(kz, &format!("negotiate show {ours}")), "agreementId").to_owned()
    }

    /// The provider begins, and the consumer does not want it.
    fn end_an_offer(&self) {
        let (terminal, uz, kz) = (self.terminal, self.uz_key, self.kz_key);
        let peer = format!("{} --address {}", text(self.kz, "participant"), text(self.kz, "dsp"));
        let refused = terminal.refused(
            uz,
            &format!("negotiate start {peer} --role provider --dataset registry"),
        );
        assert!(refused.contains("--offer"), "{refused}");
        let offer = format!("negotiate start {peer} --role provider --offer wish.json --mode manual");
        let begun = terminal.json(uz, &offer);
        assert_eq!((text(&begun, "state"), text(&begun, "role")), ("OFFERED", "provider"));
        let theirs = terminal.only(kz, "negotiate list --state OFFERED --role consumer");
        let end = format!("negotiate terminate {theirs} --reason unwanted --code no");
        assert_eq!(terminal.state(kz, &end), "TERMINATED");
        let told = terminal.ok(uz, &format!("negotiate show {} --until TERMINATED", text(&begun, "id")));
        assert!(told.contains("unwanted"), "{told}");
        let page = terminal.json(kz, "negotiate list --limit 1");
        let next = format!("negotiate list --limit 1 --after {}", text(&page, "next"));
        assert_eq!(text(&terminal.json(kz, &next)["items"][0], "id"), theirs);
    }

    /// Access that a person gives, takes back, gives again and closes.
    fn hand_over(&self, agreement: &str) {
        let (terminal, uz, kz) = (self.terminal, self.uz_key, self.kz_key);
        let asked = terminal.json(kz, &format!("transfer start {agreement} --mode manual"));
        assert_eq!(text(&asked, "state"), "REQUESTED");
        let ours = text(&asked, "id");
        let theirs = terminal.only(uz, "transfer list --state REQUESTED");
        let early = terminal.refused(uz, &format!("transfer complete {theirs}"));
        assert!(
            early.contains("what can be decided now: `start`, `terminate`"),
            "{early}"
        );
        assert_eq!(terminal.state(uz, &format!("transfer start {theirs}")), "STARTED");
        assert_eq!(
            terminal.state(kz, &format!("transfer show {ours} --until STARTED")),
            "STARTED"
        );
        assert!(
            terminal
                .ok(kz, &format!("transfer address {ours}"))
                .contains("authorization")
        );
        terminal.ok(kz, &format!("fetch {ours} --to got.csv --loopback"));
        let accesses = terminal.ok(uz, &format!("transfer accesses {theirs}"));
        assert!(
            accesses.contains("200") && accesses.contains(text(self.kz, "participant")),
            "{accesses}"
        );
        assert!(
            terminal
                .ok(kz, &format!("transfer accesses {ours}"))
                .contains("nobody asked")
        );
        let moves = [
            (uz, format!("suspend {theirs} --reason inspection"), "SUSPENDED"),
            (uz, format!("resume {theirs}"), "STARTED"),
            (kz, format!("complete {ours}"), "COMPLETED"),
        ];
        for (key, line, state) in moves {
            assert_eq!(terminal.state(key, &format!("transfer {line}")), state, "{line}");
        }
        assert!(
            terminal
                .ok(uz, &format!("transfer timeline {theirs}"))
                .contains("suspend")
        );
    }

    /// The address of a push goes with the request.
    fn push(&self, agreement: &str) {
        let (terminal, uz, kz) = (self.terminal, self.uz_key, self.kz_key);
        let place = "--push-to http://127.0.0.1:9/inbox";
        let pushed = terminal.json(kz, &format!("transfer start {agreement} {place} --mode manual"));
        assert_eq!(
            (text(&pushed, "format"), text(&pushed, "state")),
            ("HttpData-PUSH", "REQUESTED")
        );
        let theirs = terminal.only(uz, "transfer list --state REQUESTED");
        assert_eq!(
            terminal.state(uz, &format!("transfer terminate {theirs}")),
            "TERMINATED"
        );
        terminal.write(
            "inbox.json",
            &json!({ "endpointType": "x", "endpoint": "http://127.0.0.1:9/inbox" }),
        );
        let place = "--data-address inbox.json --no-wait";
        let begun = terminal.json(kz, &format!("transfer start {agreement} {place}"));
        assert_eq!(
            (text(&begun, "format"), text(&begun, "state")),
            ("HttpData-PUSH", "INITIAL")
        );
    }
}

/// The outcomes of an import's report, by id.
fn outcomes(report: &Value) -> Vec<(&str, &str)> {
    let things = report["things"].as_array().unwrap().iter();
    things
        .map(|thing| (text(thing, "id"), text(thing, "outcome")))
        .collect()
}

/// The node's own management API is of the family that `import edc` reads, so one participant can take over another's.
#[test]
fn an_import_takes_over_what_is_missing_and_leaves_what_stands() {
    let terminal = Terminal::open("import");
    let operator = terminal.operator_key();
    let [old, new] = ["old", "new"].map(|slug| terminal.json(&operator, &format!("participant add {slug}")));
    let (old, new) = (text(&old, "apiKey"), text(&new, "apiKey"));
    std::fs::write(terminal.folder.join("a.txt"), "a").unwrap();
    for id in ["a", "b"] {
        terminal.ok(old, &format!("document put {id} a.txt"));
        terminal.ok(
            old,
            &format!("offer put offer-{id} --document {id} --permit-participant did:web:kz.example:border"),
        );
    }
    let import = |more: &str| format!("import edc {}/management --from-key {old} {more}", terminal.api);

    let tried = terminal.json(new, &import("--dry-run"));
    assert_eq!(text(&tried, "sum"), "8 would be created");
    assert_eq!(terminal.json(new, "document list"), json!([]));
    let taken = terminal.json(new, &import(""));
    assert_eq!(text(&taken, "sum"), "8 created");
    assert_eq!(outcomes(&taken)[..2], [("a", "created"), ("b", "created")]);
    assert!(terminal.ok(new, "offer list").contains("offer-b"));
    assert_eq!(text(&terminal.json(new, &import("")), "sum"), "8 unchanged");

    std::fs::write(terminal.folder.join("other.json"), "{\"title\": \"other\"}").unwrap();
    terminal.ok(old, "document put b a.txt --properties other.json");
    let (success, shown, errors) = terminal.run(new, &import("--json"));
    assert!(!success && errors.contains("1 of 8 things"), "{errors}");
    let report: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(text(&report, "sum"), "7 unchanged, 1 differs");
    assert_eq!(outcomes(&report)[1], ("b", "differs"));
    let wrong = terminal.refused(new, &format!("import edc {}/management --from-key wrong", terminal.api));
    assert!(wrong.contains("401") && wrong.contains("give a key"), "{wrong}");
}
