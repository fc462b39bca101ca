//! The contexts that this node knows: those of the Dataspace Protocol 2025-1, of ODRL, and of the operator's API.
//!
//! Each is read once. Refuses to hold any other, whatever a document names: where they come from is in `contexts/SOURCE.md`.

use crate::context::{Context, Ready};
use crate::options::{Loaded, Options};
use crate::process::{Site, Work};
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
    let mut work = Work::new(&options);
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
    let found = find(name)?;
    Some(Loaded {
        document: found.document.clone(),
        context: Some(&found.context),
    })
}

/// Whether `name` is the name of a built-in context.
pub(crate) fn is(name: &str) -> bool {
    find(name).is_some()
}
