//! The demonstration as a newcomer sees it: the real binary, its exit code and its time line.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

fn chapar(arguments: &[&str]) -> Output {
    // What a developer has set for other nodes must not reach these.
    let inherited = std::env::vars()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("CHAPAR_"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_chapar"));
    for name in inherited {
        command.env_remove(name);
    }
    command.args(arguments).output().unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    // A folder left by an earlier process of this number is of no use.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// One line of the time line: who, what, state, read back.
fn line<'a>(story: &'a str, what: &str) -> &'a str {
    story
        .lines()
        .find(|line| line.contains(what))
        .unwrap_or_else(|| panic!("no line says `{what}` in\n{story}"))
}

/// What was printed by a demonstration that held, and complained about nothing.
fn told(arguments: &[&str]) -> String {
    let output = chapar(arguments);
    let story = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{story}\n{errors}");
    assert_eq!(errors, "", "nothing is to be complained about");
    story
}

#[test]
fn the_story_holds_from_the_catalogue_to_the_end() {
    let story = told(&["demo", "--once", "--act", "exchange"]);
    for (what, state, read) in [
        (
            "publishes its registry",
            "30 offered",
            "KZ asked for the catalogue of UZ",
        ),
        (
            "keeps the 3 certificates of another body to itself",
            "0 to be seen",
            "the same catalogue",
        ),
        ("asks for a contract on uz-pc-2026-0001", "REQUESTED", "UZ event stream"),
        ("agrees", "AGREED", "KZ event stream"),
        ("verifies", "VERIFIED", "UZ event stream"),
        ("finalizes", "FINALIZED", "KZ event stream"),
        ("holds the agreement", "same words as at UZ", "UZ and KZ read"),
        ("asks for the data", "REQUESTED", "UZ event stream"),
        ("gives access", "STARTED", "KZ event stream"),
        ("before the lorry comes", "digest equal", "UZ own API: sha256"),
        ("refuses uz-vc-2026-0001", "404", "KZ own API"),
        ("suspends the transfer", "SUSPENDED", "KZ event stream"),
        ("tries to fetch again", "403 access-closed", "UZ data door"),
        ("resumes it", "STARTED", "KZ event stream"),
        ("tries the old token", "403 access-closed", "UZ data door"),
        ("fetches it again", "digest equal", "UZ own API"),
        ("completes the transfer", "COMPLETED", "UZ event stream"),
        ("hands out nothing any more", "403 access-closed", "KZ knocked"),
    ] {
        let line = line(&story, what);
        assert!(line.contains(state) && line.contains(read), "{line}");
    }
    assert!(line(&story, "lines held").starts_with("All 19 lines held"), "{story}");
}

/// The number before a word.
fn number(line: &str, word: &str) -> u64 {
    let before = line.split(&format!(" {word}")).next().unwrap();
    let digits = before.rsplit(' ').next().unwrap();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("no number before `{word}` in {line}"))
}

/// What the story of the register says, in its order: what is done, what comes of it, who looked.
const REGISTER: [(&str, &str, &str); 17] = [
    (
        "asks UZ about its water losses",
        "version 2, 1 question",
        "CN shows the record of UZ",
    ),
    ("translate and remark", "13 remarks, 3 withdrawn", "mirrored"),
    ("hold one catalogue", "digest ", "UZ, KZ and CN"),
    ("counts what there is", " kinds", "its public door"),
    ("searches in Russian", " records", "потери воды: Потери воды"),
    ("searches in Chinese", " records", "通关时间: "),
    (
        "searches in English",
        " records",
        "electronic certificates: Electronic certificates",
    ),
    ("is cut off", "send.connect", "UZ asked for its log in vain"),
    ("finds the records of KZ", " ms old", "KZ was last asked at 20"),
    ("serves the whole log of KZ", " entries proven", "with KZ's key alone"),
    ("is back and has what it missed", "digest ", "equal at UZ, KZ and CN"),
    ("loses its disk", "held, 0 entries", "KZ own API"),
    (
        "takes its log back from UZ and CN",
        " entries, same root",
        "UZ looked at the log of KZ",
    ),
    ("mirrors the others anew", "digest ", "equal at UZ, KZ and CN"),
    ("found a federation", "3 members, state ", "equal at UZ, KZ and CN"),
    ("denies it", " entries", "guest own API"),
    ("go on: UZ has", "digest ", "equal at UZ, KZ and CN"),
];

#[test]
fn three_nodes_keep_one_register_without_the_one_that_is_away_and_against_the_one_that_lies() {
    let folder = scratch("register");
    let (file, data) = (folder.join("nodes.json"), folder.join("nodes"));
    let story = told(&[
        "demo",
        "--once",
        "--act",
        "register",
        "--endpoints",
        file.to_str().unwrap(),
        "--data",
        data.to_str().unwrap(),
    ]);
    assert_eq!(
        story
            .lines()
            .filter(|line| line.trim().starts_with("portal  http://"))
            .count(),
        3,
        "{story}"
    );
    for (what, state, read) in REGISTER {
        let line = line(&story, what);
        assert!(line.contains(state) && line.contains(read), "{line}");
    }
    let published: u64 = story
        .lines()
        .filter(|line| line.contains("publishes what its bodies have to say"))
        .map(|line| number(line, "entries"))
        .sum();
    let found = line(&story, "counts what there is");
    assert!(published > 200 && number(found, "records") > 200, "{story}");
    assert!(number(found, "kinds") >= 26, "{found}");
    for who in ["UZ", "KZ", "CN"] {
        let caught = format!("  {who}   catches guest-trader by name");
        assert!(line(&story, &caught).contains("caught: "), "{story}");
    }
    // Both checkpoints are shown, each with the liar's signature under another root.
    let endpoints: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let log = endpoints["register"]["guest"]["log"].as_str().unwrap();
    let origin = log.strip_prefix("http://").unwrap();
    let lines: Vec<&str> = story.lines().map(str::trim).collect();
    let notes: Vec<usize> = (0..lines.len()).filter(|at| lines[*at] == origin).collect();
    assert_eq!(notes.len(), 2, "{story}");
    let part = |at: usize| lines[notes[at]..].iter().take(5).copied().collect::<Vec<_>>();
    let (one, other) = (part(0), part(1));
    assert_ne!(one[2], other[2], "two roots");
    for note in [one, other] {
        assert!(note[4].starts_with(&format!("— {origin} ")), "{note:?}");
    }
    assert!(endpoints.get("provider").is_none(), "the exchange was not played");
    for side in ["uz", "kz", "cn"] {
        assert!(
            data.join("register").join(side).join("data/chapar.db").exists(),
            "{side}"
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn two_runs_share_no_id_no_key_and_no_port_and_leave_two_whole_nodes() {
    let folder = scratch("demo");
    let mut seen = BTreeSet::new();
    for (run, acts) in [("one", vec!["demo"]), ("two", vec!["demo", "--act", "exchange"])] {
        let (file, data) = (folder.join(format!("{run}.json")), folder.join(run));
        let rest = [
            "--once",
            "--endpoints",
            file.to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
        ];
        let output = chapar(&[acts.as_slice(), rest.as_slice()].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let endpoints: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert_eq!(
            endpoints.get("register").is_some(),
            run == "one",
            "all acts, unless one is named"
        );
        for side in ["provider", "consumer"] {
            for member in ["id", "dsp", "api", "api_key"] {
                let value = endpoints[side][member].as_str().unwrap();
                assert!(
                    seen.insert(value.to_owned()),
                    "{side} {member} `{value}` was there before"
                );
            }
        }
        for (side, file) in [
            ("uz", "chapar.toml"),
            ("kz", "chapar.toml"),
            ("uz", "data/chapar.db"),
            ("kz", "data/chapar.db"),
        ] {
            assert!(data.join(side).join(file).exists(), "{run}/{side}/{file}");
        }
        let keys: BTreeSet<_> = ["uz", "kz"]
            .map(|side| std::fs::read_to_string(data.join(side).join("data/node.key")).unwrap())
            .into();
        assert_eq!(keys.len(), 2, "each node has a key of its own");
        let received = std::fs::read(data.join("kz/received/uz-pc-2026-0001.xml")).unwrap();
        let sample = std::fs::read(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../samples/phytosanitary/uz-pc-2026-0001.xml"
        ))
        .unwrap();
        assert_eq!(received, sample);
    }
    let again = chapar(&["demo", "--once", "--data", folder.join("one").to_str().unwrap()]);
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("is not empty"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn without_the_foreign_connector_the_way_to_it_is_told() {
    let folder = scratch("no-edc");
    let output = chapar(&["demo", "--once", "--with-edc", folder.to_str().unwrap()]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(1), b"".as_slice()),
        "{errors}"
    );
    let told = format!("error: there is no EDC in `{}`\n", folder.display());
    assert!(
        errors.starts_with(&told) && errors.contains("`cargo xtask setup`"),
        "{errors}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_wrong_configuration_stops_the_node_with_place_and_remedy() {
    let folder = scratch("config");
    let file = folder.join("chapar.toml");
    let place = file.display();
    for (text, expected) in [
        (
            "public_url = \"https://node.example.org\"\n[publik]\n",
            format!(
                "error: {place}:2:2: unknown key `publik`; write one of `public_url`, `profile`, `data`, `languages`, `public`, `private`, \
                 `egress`, `log`, `quota`, `delivery`, `timeouts`, `register`, `time`, `objects`\n"
            ),
        ),
        (
            "public_url = \"https://node.example.org\"\n\n[public]\n  listen = \"everywhere\"\n",
            format!("error: {place}:4:12: `everywhere` is no IP address with a port; write e.g. \"127.0.0.1:8443\"\n"),
        ),
        (
            "public_url = \"http://127.0.0.1:8443\"\nprofile = \"development\"\n[private]\nlisten = \"0.0.0.0:8444\"\n",
            format!(
                "error: {place}:4:10: `0.0.0.0:8444` listens beyond this machine, which the development profile refuses; write a \
                 loopback address, e.g. \"127.0.0.1:8444\", or profile = \"production\"\n"
            ),
        ),
        (
            "public_url = \"https://node.example.org\"\n[public.tls]\ncertificate = \"chapar.toml\"\nkey = \"none.key\"\n",
            format!(
                "error: {place}:4:7: `{}` cannot be read: No such file or directory (os error 2); write a PEM file with the private \
                 key of the certificate, readable for the node\n",
                folder.join("none.key").display()
            ),
        ),
        (
            "public_url = \"https://node.example.org\"\n[public.tls]\ncertificate = \"chapar.toml\"\nkey = \"chapar.toml\"\n",
            format!(
                "error: {place}:3:15: `{place}` holds no certificate; write a PEM file with the certificate and those between it and \
                 its authority, own certificate first\n"
            ),
        ),
        (
            "public_url = \"https://node.example.org\"\npublic.listen = \"127.0.0.1:0\"\nprivate.listen = \"127.0.0.1:0\"\n\
             egress.authorities = \"chapar.toml\"\n",
            format!(
                "error: {place}:4:22: `{place}` holds no certificate; write a PEM file with the certificates of authorities, or no \
                 such setting\n"
            ),
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = chapar(&["serve", "--config", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
        assert_eq!(output.stdout, b"", "nothing is ready");
    }
    let missing = chapar(&["serve", "--config", folder.join("none.toml").to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("none.toml: cannot be read"));
    std::fs::remove_dir_all(folder).unwrap();
}
