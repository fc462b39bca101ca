//! The locale files held against each other and against the program: the same messages in every language, each of them said somewhere, and
//! none said that is not there.

use super::{Language, Words};
use fluent_bundle::FluentResource;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Messages that are named after a code: what stands before it, and the codes.
const NAMED: &[(&str, &[&str])] = &[
    ("clause-", &["1", "2", "3", "4", "5", "6", "7", "8"]),
    (
        "facet-",
        &[
            "clause",
            "kind",
            "state",
            "language",
            "issuer",
            "exchange",
            "visibility",
        ],
    ),
    ("exchange-", &["offered"]),
    ("visibility-", &["open", "members", "parties", "sealed"]),
    (
        "group-",
        &[
            "base",
            "catalogue",
            "city",
            "consultation",
            "events",
            "library",
            "networks",
            "privacy",
            "projects",
            "rules",
            "skills",
            "trade",
        ],
    ),
    ("badge-", &["sealed", "members", "parties"]),
    (
        "body-",
        &["sealed", "members", "parties", "purged", "withdrawn", "missing"],
    ),
    (
        "withdrawn-",
        &["superseded", "error", "law", "personal-data", "expired", "other"],
    ),
    ("translation-", &["authentic", "official", "working", "machine"]),
    ("rel-", &["related", "describedby", "replaces", "source", "target"]),
    ("holder-", &["here", "shown", "claimed"]),
    ("alarm-", &["fork", "inconsistent", "shrunken", "wrong-tile"]),
    ("verdict-", &["proven", "asserted", "unfounded", "unknown"]),
    ("witnessed-", &["enough", "too-few"]),
    ("mishap-", &["not-found", "wrong", "crowded", "broken"]),
    (
        "checked-",
        &[
            "good",
            "good-about",
            "past",
            "past-about",
            "open",
            "open-about",
            "broken",
            "broken-about",
        ],
    ),
    (
        "said-",
        &[
            "record",
            "record-logged",
            "checkpoint-refused",
            "record-not-logged",
            "id-of-log",
            "id-of-log-unknown",
            "record-signed",
            "record-signed-unknown",
            "record-signed-broken",
            "body-verified",
            "body-not-shown",
            "salt-not-shown",
            "body-wrong",
            "kind-unknown",
            "body-invalid",
            "proof-malformed",
            "record-held",
            "record-held-broken",
            "log-not-held",
            "record-not-held",
            "record-not-published",
            "pointer-hash",
            "pointer-hash-broken",
            "pointer-signature",
            "pointer-signature-broken",
        ],
    ),
    ("state-", &["by", "in", "ir", "kz", "cn", "kg", "pk", "ru", "tj", "uz"]),
    (
        "lang-",
        &["ru", "zh", "en", "be", "fa", "hi", "kk", "ky", "tg", "ur", "uz", "und"],
    ),
];

/// The messages of a language, each with the names that it is filled in with.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let text = language.messages();
    assert!(
        FluentResource::try_new(text.to_owned()).is_ok(),
        "{language:?} cannot be read"
    );
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let begins = line.starts_with(|letter: char| letter.is_ascii_lowercase());
        if let Some((key, _)) = line.split_once(" =").filter(|_| begins) {
            assert!(!found.contains_key(key), "{language:?} says `{key}` twice");
            key.clone_into(&mut last);
        }
        if last.is_empty() {
            continue;
        }
        let names = line.split('$').skip(1).filter_map(|rest| rest.split([' ', '}']).next());
        found.entry(last.clone()).or_default().extend(names.map(str::to_owned));
    }
    found
}

/// The sources of this crate without this file and without tests.
fn sources(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("checks.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push_str(text.split("#[cfg(test)]").next().unwrap());
        }
    }
}

#[test]
fn every_language_says_the_same() {
    let expected = messages(Language::En);
    assert!(expected.len() > 250, "{}", expected.len());
    for language in Language::ALL {
        let found = messages(language);
        let keys = |messages: &BTreeMap<String, BTreeSet<String>>| messages.keys().cloned().collect::<BTreeSet<_>>();
        let differ: Vec<String> = keys(&expected).symmetric_difference(&keys(&found)).cloned().collect();
        assert!(differ.is_empty(), "{language:?} differs in {differ:?}");
        for (key, names) in &expected {
            // A form of a number may leave the number out.
            let (names, said) = (names.clone(), &found[key]);
            let shown: BTreeSet<String> = names.iter().filter(|name| *name != "count").cloned().collect();
            assert!(
                shown.is_subset(said) && said.is_subset(&names),
                "{language:?}, `{key}`: {said:?} for {names:?}"
            );
        }
    }
}

#[test]
fn no_language_is_a_copy_of_another() {
    let texts: BTreeMap<&str, &str> = Language::ALL.map(|one| (one.code(), one.messages())).into();
    let lines = |text: &str| {
        text.lines()
            .filter(|line| line.contains(" = "))
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    for (one, text) in &texts {
        for (other, same) in texts.iter().filter(|(other, _)| *other > one) {
            let (all, both) = (lines(text).len(), lines(text).intersection(&lines(same)).count());
            assert!(both * 5 < all, "{one} and {other} share {both} of {all} lines");
        }
    }
}

#[test]
fn every_message_is_said_and_none_is_missing() {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    let known = messages(Language::En);
    let quoted: BTreeSet<&str> = text.split('"').filter(|word| known.contains_key(*word)).collect();
    let named: BTreeSet<String> = NAMED
        .iter()
        .flat_map(|(before, codes)| codes.iter().map(move |code| format!("{before}{code}")))
        .collect();
    for name in &named {
        assert!(known.contains_key(name), "there is no `{name}`");
    }
    let with_words = ["mishap-", "body-"];
    let spoken = |key: &String| {
        quoted.contains(key.as_str())
            || named.contains(key)
            || with_words.iter().any(|before| {
                let plain = key.strip_suffix("-do").or_else(|| key.strip_suffix("-about"));
                key.starts_with(before) && plain.is_some_and(|plain| named.contains(plain))
            })
    };
    let unspoken: Vec<&String> = known.keys().filter(|key| !spoken(key)).collect();
    assert!(unspoken.is_empty(), "nobody says {unspoken:?}");
    // What the program says by name must be there: by a quoted key.
    for call in ["words.say(\"", "words.fill(\"", "words.count(\""] {
        for rest in text.split(call).skip(1) {
            let key = rest.split('"').next().unwrap();
            assert!(known.contains_key(key), "`{key}` is said and is not there");
        }
    }
}

#[test]
fn numbers_choose_their_form() {
    for (language, key, expected) in [
        (
            Language::Ru,
            "records-n",
            ["1 запись", "3 записи", "25 записей", "101 запись"],
        ),
        (
            Language::En,
            "records-n",
            ["1 record", "3 records", "25 records", "101 records"],
        ),
        (
            Language::Zh,
            "records-n",
            ["1 条记录", "3 条记录", "25 条记录", "101 条记录"],
        ),
        (
            Language::Be,
            "records-n",
            ["1 запіс", "3 запісы", "25 запісаў", "101 запіс"],
        ),
    ] {
        let said = [1, 3, 25, 101].map(|count| Words::of(language).count(key, count, &[]));
        // Without the marks of isolation around the number.
        let said = said.map(|text| text.replace(['\u{2068}', '\u{2069}'], ""));
        assert_eq!(said, expected, "{language:?}");
    }
}

#[test]
fn languages_are_no_names_of_participants() {
    let mut codes = Language::ALL.map(Language::code);
    codes.sort_unstable();
    assert_eq!(codes, chapar_terms::LANGUAGE_SLUGS);
}
