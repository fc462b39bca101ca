//! Every folder of `kinds/`: it is a kind, its examples are what they are said to be, and its words and terms cover its members.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_register::{Draft, Finding, Folder, Issue, Kind, KindName, Kinds, LogId, Unsigned, Visibility};
use chapar_terms::{Instant, Lang, ParticipantId, Salt};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Languages in which every word must be there.
const WHOLE: [&str; 3] = ["ru", "zh", "en"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kinds")
}

/// The bodies of a folder by the names of their files.
fn bodies(path: &Path) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for file in fs::read_dir(path).unwrap_or_else(|_| panic!("{} is missing", path.display())) {
        let file = file.unwrap().path();
        if file.is_file() {
            let body = serde_json::from_slice(&fs::read(&file).unwrap()).expect("an example is JSON");
            found.push((file.display().to_string(), body));
        }
    }
    found
}

fn check(kind: &KindName, body: Value) -> Result<Unsigned, Vec<Finding>> {
    let draft = Draft {
        kind: kind.clone(),
        local: "a".to_owned(),
        version: 1,
        previous: None,
        valid: None,
        mandate: None,
        authentic: BTreeSet::new(),
        visibility: Visibility::Open,
        links: Vec::new(),
        body,
    };
    let issue = Issue {
        issuer: ParticipantId::parse("did:web:uz.example:plant").unwrap(),
        log: LogId::parse("0123456789abcdef").unwrap(),
        at: Instant::from_unix_ms(0),
        salt: Salt::from_bytes([0; 32]),
    };
    draft.check(Kinds::built_in(), issue)
}

#[test]
fn every_folder_is_a_kind() {
    assert_eq!(Kinds::built_in().rejected(), []);
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_dir())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let known: Vec<&str> = Kinds::built_in().iter().map(|kind| kind.name().as_str()).collect();
    assert_eq!(known, names);
    assert!(names.len() >= 15, "{names:?}");
}

#[test]
fn valid_examples_pass_and_invalid_ones_do_not() {
    for kind in Kinds::built_in().iter() {
        let examples = folder().join(kind.name().as_str()).join("examples");
        let (valid, invalid) = (bodies(&examples), bodies(&examples.join("invalid")));
        assert!(!valid.is_empty() && !invalid.is_empty(), "{}", kind.name());
        for (file, body) in valid {
            if let Err(found) = check(kind.name(), body) {
                panic!(
                    "{file}: {}",
                    found.iter().map(|one| format!("{one}; ")).collect::<String>()
                );
            }
        }
        for (file, body) in invalid {
            assert!(check(kind.name(), body).is_err(), "{file} passes");
        }
    }
}

#[test]
fn words_cover_every_member_and_nothing_else() {
    for kind in Kinds::built_in().iter() {
        let name = kind.name();
        let values = |tag: &str| {
            let words = &kind.labels()[&Lang::parse(tag).unwrap()].values;
            let keys = words
                .iter()
                .map(|(path, words)| (path.clone(), words.keys().cloned().collect::<Vec<_>>()));
            keys.collect::<Vec<_>>()
        };
        for tag in WHOLE {
            let words = &kind.labels()[&Lang::parse(tag).unwrap()];
            let labelled: BTreeSet<String> = words.fields.keys().cloned().collect();
            assert_eq!(labelled, *kind.members(), "{name}, {tag}");
            assert!(words.about.is_some() && !words.draft, "{name}, {tag}");
            assert!(words.fields.values().all(|field| field.help.is_some()), "{name}, {tag}");
            assert_eq!(values(tag), values("en"), "{name}, {tag}");
        }
        for (tag, words) in kind.labels() {
            let paths = words.fields.keys().chain(words.values.keys());
            for path in paths {
                assert!(kind.members().contains(path), "{name}, {tag}: `{path}` is no member");
            }
            assert!(
                words.draft || WHOLE.contains(&tag.as_str()),
                "{name}, {tag} is not marked as a draft"
            );
        }
    }
}

#[test]
fn terms_cover_every_member_and_nothing_else() {
    for kind in Kinds::built_in().iter() {
        let name = kind.name();
        let origins: BTreeSet<String> = kind.origins().keys().cloned().collect();
        assert_eq!(origins, *kind.members(), "{name}");
        for (path, origin) in kind.origins() {
            let words = ["mandatory", "recommended", "optional", "ours"];
            assert!(words.contains(&origin.obligation.as_str()), "{name}: `{path}`");
            assert!(
                origin.obligation == "mandatory" || origin.reason.is_some(),
                "{name}: `{path}` has no reason"
            );
        }
        for path in kind.members() {
            assert!(
                is_mapped(&kind.vocabulary()["@context"], path),
                "{name}: no term for `{path}`"
            );
        }
    }
}

/// Whether a dotted path has a term, each member in the scoped context of the one before.
fn is_mapped(context: &Value, path: &str) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let Some(term) = context.get(first).filter(|term| !term.is_null()) else {
        return false;
    };
    rest.is_empty() || is_mapped(&term["@context"], rest)
}

#[test]
fn what_a_kind_says_of_itself_is_so() {
    for kind in Kinds::built_in().iter() {
        let name = kind.name();
        let pointers = kind.pointers();
        let all = [
            &pointers.title,
            &pointers.description,
            &pointers.topics,
            &pointers.states,
        ];
        for pointer in all.into_iter().flatten() {
            let path = pointer.strip_prefix('/').expect("a pointer").replace('/', ".");
            assert!(kind.members().contains(&path), "{name}: `{pointer}`");
        }
        assert!(kind.is_system() || pointers.title.is_some(), "{name} has no title");
        assert!(
            kind.is_system() || !kind.clauses().is_empty(),
            "{name} serves no clause"
        );
        for clause in kind.clauses() {
            assert!(
                matches!(clause.as_str(), "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8"),
                "{name}: {clause}"
            );
        }
        let (standard, address) = kind.standard();
        assert!(!standard.is_empty() && address.starts_with("http"), "{name}");
        assert!(
            ["http://", "https://", "urn:"]
                .iter()
                .any(|start| kind.class().starts_with(start)),
            "{name}"
        );
        assert_eq!(kind.schema()["$id"], format!("urn:chapar:kind:{name}"));
        assert!(!kind.group().is_empty(), "{name}");
    }
}

#[test]
fn languages_are_those_of_the_texts() {
    let kind = |name: &str| Kinds::built_in().find(&KindName::parse(name).unwrap()).unwrap();
    let spoken = |kind: &Kind, body: Value| {
        let tags = kind.languages(&body).into_iter();
        tags.map(|lang| lang.to_string()).collect::<Vec<_>>()
    };
    let body = json!({"title": {"ru": "a", "zh": "b"}, "keyword": {"en": ["c"]}, "publisher": {"name": {"kk": "d"}}, "language": ["be"]});
    assert_eq!(spoken(kind("dataset"), body), ["en", "kk", "ru", "zh"]);
    let body = json!({"translator": {"ru": "a"}, "language": "tg", "body": {"/title": "b"}});
    assert_eq!(spoken(kind("translation"), body), ["ru", "tg"]);
}

#[test]
fn a_draft_tells_all_that_is_wrong() {
    let name = KindName::parse("dataset").unwrap();
    let body = json!({"title": {"en": "Write to office@ministry.example"}, "extra": 1});
    let found = check(&name, body).unwrap_err();
    let said: Vec<(&str, &str)> = found.iter().map(|one| (one.pointer.as_str(), one.code)).collect();
    for expected in [
        ("/extra", "schema"),
        ("/description", "schema"),
        ("/title/en", "personal-data"),
    ] {
        assert!(said.contains(&expected), "{said:?}");
    }
    let found = check(&KindName::parse("never-heard-of").unwrap(), json!({})).unwrap_err();
    assert_eq!(found[0].code, "kind");
    let found = check(&name, json!([])).unwrap_err();
    assert_eq!(found[0].code, "record");
}

#[test]
fn a_broken_folder_is_listed_and_the_others_are_kept() {
    let read = |kind: &str, file: &str| fs::read_to_string(folder().join(kind).join(file)).unwrap();
    let shared = fs::read_to_string(folder().join("common.schema.json")).unwrap();
    let [kind, schema, labels, vocabulary, fields] = [
        "kind.toml",
        "schema.json",
        "labels.toml",
        "vocabulary.json",
        "fields.toml",
    ]
    .map(|file| read("key-set", file));
    let good = Folder {
        name: "key-set",
        kind: &kind,
        schema: &schema,
        labels: &labels,
        vocabulary: &vocabulary,
        fields: &fields,
        example: "{}",
    };
    let fetching = schema.replace("urn:chapar:kind:common", "https://example.org/common");
    let broken = [
        (Folder { name: "other", ..good }, "calls it `key-set`"),
        (
            Folder {
                kind: "name = \"key-set\"",
                ..good
            },
            "lacks `group`",
        ),
        (Folder { kind: "name", ..good }, "`kind.toml`"),
        (Folder { schema: "{", ..good }, "`schema.json`"),
        (
            Folder {
                schema: &fetching,
                ..good
            },
            "example.org",
        ),
        (
            Folder {
                labels: "[xx-]\nname = \"a\"",
                ..good
            },
            "language tag",
        ),
        (
            Folder {
                labels: "[ru]\nname = \"a\"",
                ..good
            },
            "lacks `plural`",
        ),
        (
            Folder {
                fields: "[fields.a]\nterm = \"a\"",
                ..good
            },
            "lacks `obligation`",
        ),
        (Folder { vocabulary: "", ..good }, "`vocabulary.json`"),
    ];
    for (folder, why) in broken {
        let kinds = Kinds::load(&shared, &[folder, good]);
        assert_eq!(kinds.iter().count(), 1);
        let rejected = &kinds.rejected()[0];
        assert!(rejected.why.contains(why), "{}", rejected.why);
    }
}
