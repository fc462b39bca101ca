//! The W3C's JSON-LD 1.1 test suite, its manifests of expansion and compaction, every test of them.
//!
//! A test that is excused is run too: an excuse for a test that passes is a failure of its own.

use crate::malformed::Malformed;
use crate::options::{Loaded, Options};
use crate::{compact, expand};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the suite says that its files are.
const PUBLISHED: &str = "https://w3c.github.io/json-ld-api/tests/";

/// Tests of version 1.0, or of 1.1 when it is told to behave like 1.0.
const OLD: &str = "asks for the rules of JSON-LD 1.0, which are not offered: every document is read by 1.1";
const NULL_ID: &str =
    "not normative; an `@id` that stands for nothing is left out, as a null id would be no expanded form";
const OTHER_WORDS: &str =
    "a relative IRI is written in another way (`oxiri`) that resolves to the same; dataspaces have no base";

/// (manifest, test, why it is excused)
const EXCUSES: [(&str, &str, &str); 30] = [
    ("expand", "#t0026", OLD),
    ("expand", "#t0071", OLD),
    ("expand", "#t0115", OLD),
    ("expand", "#t0116", OLD),
    ("expand", "#tc029", OLD),
    ("expand", "#tep02", OLD),
    ("expand", "#ter02", OLD),
    ("expand", "#ter03", OLD),
    ("expand", "#ter21", OLD),
    ("expand", "#ter24", OLD),
    ("expand", "#ter32", OLD),
    ("expand", "#ter42", OLD),
    ("expand", "#tes01", OLD),
    ("expand", "#tpi01", OLD),
    ("expand", "#ttn01", OLD),
    ("expand", "#t0122", NULL_ID),
    ("compact", "#t0038", OLD),
    ("compact", "#t0106", OLD),
    ("compact", "#te001", OLD),
    ("compact", "#tep05", OLD),
    ("compact", "#tep07", OLD),
    ("compact", "#tep10", OLD),
    ("compact", "#tep11", OLD),
    ("compact", "#tep12", OLD),
    ("compact", "#tep13", OLD),
    ("compact", "#tep14", OLD),
    ("compact", "#tep15", OLD),
    ("compact", "#t0045", OTHER_WORDS),
    ("compact", "#t0066", OTHER_WORDS),
    ("compact", "#t0076", OTHER_WORDS),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/json-ld-1.1")
}

fn read(path: &str) -> Option<Value> {
    let text = std::fs::read_to_string(folder().join(path)).ok()?;
    serde_json::from_str(&text).ok()
}

/// Documents of the suite by their published name, as if they were fetched.
fn load(name: &str) -> Option<Loaded> {
    let document = Arc::new(read(name.strip_prefix(PUBLISHED)?)?);
    Some(Loaded {
        document,
        context: None,
    })
}

struct Test<'a>(&'a Value);

impl Test<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn option(&self, name: &str) -> Option<&Value> {
        self.0.get("option")?.get(name)
    }

    fn switch(&self, name: &str) -> bool {
        self.option(name).and_then(Value::as_bool).unwrap_or(true)
    }

    fn options(&self) -> Options {
        let input = format!("{PUBLISHED}{}", self.text("input").unwrap());
        Options {
            base: Some(self.option("base").and_then(Value::as_str).map_or(input, str::to_owned)),
            expand_context: self
                .option("expandContext")
                .map(|path| read(path.as_str().unwrap()).unwrap()),
            load,
            compact_arrays: self.switch("compactArrays"),
            compact_to_relative: self.switch("compactToRelative"),
        }
    }

    fn result(&self) -> Result<Value, Malformed> {
        let options = self.options();
        let input = read(self.text("input").unwrap()).expect("the input is JSON");
        let expanded = Value::Array(expand::document(&input, &options)?);
        match self.text("context") {
            None => Ok(expanded),
            Some(path) => {
                let context = read(path).unwrap();
                let context = context.get("@context").unwrap_or(&context);
                compact::document(&expanded, context, &options)
            }
        }
    }

    /// What is wrong, if anything is.
    fn fault(&self) -> Option<String> {
        match (self.result(), self.text("expect"), self.text("expectErrorCode")) {
            (Ok(found), Some(path), _) => {
                let wanted = read(path).unwrap();
                (!same(&found, &wanted, false)).then(|| format!("found {found:#}\nwanted {wanted:#}"))
            }
            (Err(error), _, Some(code)) => {
                (error.code != code.replace(' ', "-")).then(|| format!("found {error}, wanted {code}"))
            }
            (Ok(found), ..) => Some(format!("found {found:#}, wanted an error")),
            (Err(error), ..) => Some(error.to_string()),
        }
    }
}

/// Equal but for the order of arrays, which counts in lists alone.
fn same(one: &Value, other: &Value, ordered: bool) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) if ordered => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other, false))
        }
        (Value::Array(one), Value::Array(other)) => {
            let mut left: Vec<&Value> = other.iter().collect();
            one.len() == other.len()
                && one.iter().all(|item| {
                    let found = left.iter().position(|candidate| same(item, candidate, false));
                    found.map(|at| left.swap_remove(at)).is_some()
                })
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, value)| other.get(name).is_some_and(|there| same(value, there, name == "@list")))
        }
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

fn judge(manifest: &str) {
    #[allow(
        clippy::disallowed_methods,
        reason = "the judge of this judge says which fault there is"
    )]
    chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
    let tests = read(&format!("{manifest}-manifest.jsonld")).unwrap();
    let mut faults = Vec::new();
    for test in tests["sequence"].as_array().unwrap() {
        let test = Test(test);
        let name = test.text("@id").unwrap();
        let excuse = EXCUSES
            .iter()
            .find(|(of, excused, _)| *of == manifest && *excused == name);
        match (test.fault(), excuse) {
            (Some(fault), None) => faults.push(format!("{manifest} {name}: {}: {fault}", test.text("name").unwrap())),
            (None, Some((_, _, why))) => faults.push(format!("{manifest} {name} passes, but is excused: {why}")),
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn expands_as_the_suite_says() {
    judge("expand");
}

#[test]
fn compacts_as_the_suite_says() {
    judge("compact");
}
