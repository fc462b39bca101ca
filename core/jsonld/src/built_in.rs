//! The contexts that this node knows: those of the Dataspace Protocol 2025-1, of ODRL, and of the operator's API.
//!
//! Each is read once. Refuses to hold any other, whatever a document names: where they come from is in `contexts/SOURCE.md`.

use crate::bounds::EXPANSION_STEPS;
use crate::context::{Context, Ready};
use crate::options::{Loaded, Options};
use crate::process::{Site, Work};
use chapar_terms::sabotaged;
use serde_json::Value;
use std::sync::{Arc, LazyLock};

/// A context of ours and the IRI it is known by.
struct BuiltIn {
    name: &'static str,
    document: LazyLock<Arc<Value>>,
    /// What it makes of the empty context.
    context: LazyLock<Arc<Context>>,
}

macro_rules! built_in {
    ($name:literal, $file:literal) => {
        BuiltIn {
            name: $name,
            document: LazyLock::new(|| read(include_str!(concat!("../contexts/", $file)))),
            context: LazyLock::new(|| prepare($name)),
        }
    };
}

static BUILT_IN: [BuiltIn; 6] = [
    built_in!("https://w3id.org/dspace/2025/1/context.jsonld", "dspace-2025-1.jsonld"),
    built_in!(
        "https://w3id.org/dspace/2025/1/odrl-profile.jsonld",
        "odrl-profile-2025-1.jsonld"
    ),
    built_in!("http://www.w3.org/ns/odrl.jsonld", "odrl.jsonld"),
    built_in!("https://w3id.org/edc/dspace/v0.0.1", "dspace-edc-v0.0.1.jsonld"),
    built_in!(
        "https://w3id.org/edc/connector/management/v0.0.1",
        "management-v0.0.1.jsonld"
    ),
    built_in!("https://w3id.org/edc/connector/management/v2", "management-v2.jsonld"),
];

fn read(text: &str) -> Arc<Value> {
    // The texts are ours: a test reads each. A text that is no JSON would be a context that says nothing.
    Arc::new(serde_json::from_str(text).unwrap_or_default())
}

fn prepare(name: &'static str) -> Arc<Context> {
    let empty = Arc::new(Context::empty(None));
    let Some(document) = find(name).map(|found| found.document.clone()) else {
        return empty;
    };
    let mut site = Site::of_document(Some(name.into()));
    site.visited = vec![name.into()];
    let local = document.get("@context").unwrap_or(&Value::Null);
    let options = Options::default();
    let mut work = Work::new(&options, EXPANSION_STEPS);
    let made = work.process(&empty, local, &site).unwrap_or(empty);
    prepare_scoped(&mut work, &made);
    made
}

/// Makes the contexts that terms bring along, so that they are read once too. One that cannot be made here is made, or refused, where
/// it is used.
fn prepare_scoped(work: &mut Work<'_>, context: &Arc<Context>) {
    for (_, term) in context.own().terms() {
        let Some(scoped) = &term.scoped else { continue };
        let Ok(made) = work.of_type(context, scoped) else {
            continue;
        };
        prepare_scoped(work, &made);
        let prefixes = context.prefixes();
        let ready = Ready {
            layer: made.own().clone(),
            prefixes: prefixes.map(|(name, term)| (name.clone(), term.clone())).collect(),
        };
        // Each term is met once, so nothing is there yet.
        let _ = scoped.ready.set(ready);
    }
}

fn find(name: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|built_in| built_in.name == name)
}

/// The built-in context of that name.
pub(crate) fn load(name: &str) -> Option<Loaded> {
    let found = find(name).or_else(|| BUILT_IN.first().filter(|_| sabotaged("take-unknown-context")))?;
    Some(Loaded {
        document: found.document.clone(),
        context: Some(&found.context),
    })
}

/// Whether `name` is the name of a built-in context.
pub(crate) fn is(name: &str) -> bool {
    find(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{compact, expand, keyword};
    use serde_json::{Map, json};

    /// A node that uses every term, and every type with all that its context brings.
    fn everything(context: &Context) -> Value {
        let mut node = Map::new();
        let mut typed = Vec::new();
        for (name, term) in context.own().terms() {
            let inner = term.scoped.as_ref().and_then(|scoped| scoped.ready.get());
            let Some(inner) = inner else {
                node.insert(name.to_string(), json!("edc:x"));
                continue;
            };
            let members = inner.layer.terms().map(|(name, _)| (name.to_string(), json!("x")));
            let members: Map<_, _> = members.collect();
            let properties = inner
                .layer
                .terms()
                .filter(|(_, term)| !term.iri.as_deref().is_some_and(keyword::is));
            let nested = properties.map(|(name, _)| json!({ (&**name): { "name": "x", "action": "use" } }));
            let mut of_type = members.clone();
            of_type.insert("@type".to_owned(), json!([&**name]));
            of_type.insert("http://x.example/nested".to_owned(), nested.collect());
            typed.push(Value::Object(of_type));
            node.insert(name.to_string(), json!({ "@type": &**name, "name": "x", "type": "x" }));
        }
        node.insert("http://x.example/typed".to_owned(), Value::Array(typed));
        Value::Object(node)
    }

    /// Contexts before or behind a built-in one; the last four change what its names stand for.
    fn others() -> Vec<Value> {
        let names = BUILT_IN.iter().map(|built_in| json!(built_in.name));
        let mut others: Vec<Value> = names.collect();
        others.extend([
            json!({}),
            json!({ "@vocab": "http://v.example/", "@language": "en" }),
            json!({ "edc": "http://v.example/", "dct": "http://v.example/d#", "odrl": { "@id": "http://v.example/o", "@prefix": true } }),
            json!({ "odrl": null, "dspace": "http://v.example/", "xsd": "http://v.example/xsd#" }),
            json!({ "edc": "http://v.example/", "edc:type": "http://v.example/type", "odrl:use": null, "dct:format": null }),
            json!({ "@protected": true, "type": "http://v.example/t", "state": "http://v.example/s", "odrl": "http://www.w3.org/ns/odrl/2/" }),
        ]);
        others
    }

    fn written_out(context: &Value) -> Value {
        let built_in = context.as_str().and_then(find);
        built_in.map_or_else(|| context.clone(), |built_in| built_in.document["@context"].clone())
    }

    #[test]
    fn each_is_there_and_whole() {
        for built_in in &BUILT_IN {
            let entries = built_in.document["@context"].as_object().unwrap();
            let terms = entries.keys().filter(|name| !name.starts_with('@')).count();
            assert_eq!(built_in.context.own().terms().count(), terms, "{}", built_in.name);
            for (name, term) in built_in.context.own().terms() {
                assert_eq!(
                    term.scoped.is_some(),
                    entries[&**name].get("@context").is_some(),
                    "{name}"
                );
                assert!(term.scoped.iter().all(|scoped| scoped.ready.get().is_some()), "{name}");
            }
        }
    }

    #[test]
    fn made_once_it_is_the_same_as_written_out() {
        let options = Options::default();
        let (mut same, mut refused) = (0, 0);
        for built_in in &BUILT_IN {
            let node = everything(&built_in.context);
            for other in others() {
                for by_name in [json!([other, built_in.name]), json!([built_in.name, other])] {
                    let in_full = by_name.as_array().unwrap().iter().map(written_out).collect();
                    let read = |context: &Value| {
                        let mut document = node.clone();
                        document["@context"] = context.clone();
                        expand::document(&document, &options)
                    };
                    let (one, two) = (read(&by_name), read(&in_full));
                    match (&one, &two) {
                        (Ok(one), Ok(two)) => assert_eq!(one, two, "{by_name}"),
                        // Written out, the contexts of types are looked through before one is used.
                        (Err(_), Err(two)) if two.code == "invalid-scoped-context" => {}
                        (Err(one), Err(two)) => assert_eq!(one.code, two.code, "{by_name}"),
                        _ => panic!("{by_name}: {one:?} but {two:?}"),
                    }
                    let Ok(expanded) = one else {
                        refused += 1;
                        continue;
                    };
                    same += 1;
                    let say = |context: &Value| {
                        let said = compact::document(&Value::Array(expanded.clone()), context, &options);
                        said.map(|mut said| said.as_object_mut().unwrap().remove("@context").map(|_| said))
                    };
                    assert_eq!(say(&by_name), say(&in_full), "{by_name}");
                }
            }
        }
        assert!(same > 100 && refused > 10, "{same} the same, {refused} refused alike");
    }
}
