//! The kinds of records: data in `kinds/`, one folder each, built into the program.
//!
//! A kind says what a body must be, what people call its members, and which standard they come from. Refuses to know any kind by
//! name, but for the few that change how records are read.

mod labels;
mod load;
mod shape;
mod validate;

pub use labels::{FieldLabel, Labels};
pub(crate) use shape::strings;

use crate::finding::Finding;
use crate::header::KindName;
use chapar_schema::Schema;
use chapar_terms::Lang;
use serde_json::Value;
use shape::Shape;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The files of one kind, as text.
#[derive(Clone, Copy, Debug)]
pub struct Folder<'a> {
    /// The folder's name, which is the kind's.
    pub name: &'a str,
    /// `kind.toml`.
    pub kind: &'a str,
    /// `schema.json`.
    pub schema: &'a str,
    /// `labels.toml`.
    pub labels: &'a str,
    /// `vocabulary.json`.
    pub vocabulary: &'a str,
    /// `fields.toml`.
    pub fields: &'a str,
    /// The first of its examples.
    pub example: &'a str,
}

/// The kind whose texts stand in the language that it names, under pointers into another body.
pub(crate) const TRANSLATION: &str = "translation";

mod embedded {
    //! What `build.rs` found in `kinds/`.

    use super::Folder;

    include!(concat!(env!("OUT_DIR"), "/kinds.rs"));

    /// The shared definitions and the folders.
    pub(super) const ALL: (&str, &[Folder<'static>]) = (SHARED, FOLDERS);
}

static BUILT_IN: LazyLock<Kinds> = LazyLock::new(|| {
    let (shared, folders) = embedded::ALL;
    Kinds::load(shared, folders)
});

/// Where a member comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The term in the standard: an IRI or a path.
    pub term: String,
    /// What the standard demands of it, or `ours`.
    pub obligation: String,
    /// Why the kind has it, where the standard does not demand it.
    pub reason: Option<String>,
}

/// JSON pointers to what every page needs of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointers {
    /// The title, a language map.
    pub title: Option<String>,
    /// The description, a language map.
    pub description: Option<String>,
    /// The topics, a string or an array.
    pub topics: Option<String>,
    /// The states, a string or an array.
    pub states: Option<String>,
}

/// One kind of record.
#[derive(Debug)]
pub struct Kind {
    name: KindName,
    group: String,
    clauses: Vec<String>,
    standard: String,
    standard_url: String,
    class: String,
    pointers: Pointers,
    system: bool,
    schema: Value,
    shape: Shape,
    ready: Schema,
    labels: BTreeMap<Lang, Labels>,
    vocabulary: Value,
    example: Value,
    origins: BTreeMap<String, Origin>,
}

impl Kind {
    /// Its name, which stands in the leaf.
    pub fn name(&self) -> &KindName {
        &self.name
    }

    /// The group that it is shown in.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// The bullets of the declaration that it serves.
    pub fn clauses(&self) -> &[String] {
        &self.clauses
    }

    /// The standard that its members come from, and its address.
    pub fn standard(&self) -> (&str, &str) {
        (&self.standard, &self.standard_url)
    }

    /// The IRI of the class that a body is an instance of.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Where title, description, topics and states are.
    pub fn pointers(&self) -> &Pointers {
        &self.pointers
    }

    /// Whether the node writes it, and no person.
    pub fn is_system(&self) -> bool {
        self.system
    }

    /// The JSON Schema of a body.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// Every member that a body may have, as dotted paths; items of arrays and languages have no part in them.
    pub fn members(&self) -> &BTreeSet<String> {
        self.shape.members()
    }

    /// What people call the kind and its members, by language.
    pub fn labels(&self) -> &BTreeMap<Lang, Labels> {
        &self.labels
    }

    /// The JSON-LD context of a body, with the types of nested objects.
    pub fn vocabulary(&self) -> &Value {
        &self.vocabulary
    }

    /// A valid body, invented: where an author may begin.
    pub fn example(&self) -> &Value {
        &self.example
    }

    /// Where each member comes from, by dotted path.
    pub fn origins(&self) -> &BTreeMap<String, Origin> {
        &self.origins
    }

    /// What of a body is not as the schema has it; nothing for a good one.
    pub fn check(&self, body: &Value) -> Vec<Finding> {
        validate::check(&self.ready, body)
    }

    /// The first of them, where there are any.
    pub(crate) fn form(&self, body: &Value) -> Result<(), Finding> {
        self.check(body).into_iter().next().map_or(Ok(()), Err)
    }

    /// Each text for people in a body, with its language.
    pub fn texts<'b>(&self, body: &'b Value) -> Vec<(Lang, &'b str)> {
        self.shape.texts(body)
    }

    /// The languages in which a body speaks: those of its language maps, and the one that a translation names.
    pub fn languages(&self, body: &Value) -> BTreeSet<Lang> {
        let mut languages = self.shape.languages(body);
        if self.name.as_str() == TRANSLATION {
            let named = body.get("language").and_then(Value::as_str);
            languages.extend(named.and_then(|tag| Lang::parse(tag).ok()));
        }
        languages
    }
}

/// A folder that could not be read as a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The folder's name.
    pub folder: String,
    /// What is wrong with it.
    pub why: String,
}

/// All kinds that a node knows.
#[derive(Debug, Default)]
pub struct Kinds {
    kinds: BTreeMap<KindName, Kind>,
    rejected: Vec<Rejected>,
}

impl Kinds {
    /// The kinds that are built into the program.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads kinds out of folders; what is broken is left out and listed.
    pub fn load(shared: &str, folders: &[Folder<'_>]) -> Self {
        let mut all = Self::default();
        for folder in folders {
            match load::kind(shared, folder) {
                Ok(kind) => {
                    all.kinds.insert(kind.name.clone(), kind);
                }
                Err(why) => all.rejected.push(Rejected {
                    folder: folder.name.to_owned(),
                    why,
                }),
            }
        }
        all
    }

    /// The kind of that name.
    pub fn find(&self, name: &KindName) -> Option<&Kind> {
        self.kinds.get(name)
    }

    /// Every kind, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// The folders that are no kinds.
    pub fn rejected(&self) -> &[Rejected] {
        &self.rejected
    }
}
