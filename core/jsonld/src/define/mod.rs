//! Definition of terms (section 4.2 of the algorithms).
//!
//! Holds the order of definitions, which rest on each other, and what a term stands for; the entries that stand alone are in `entry`.
//! Refuses to hold what a context says beside its terms (`process`).

mod entry;

use crate::bounds::{Budget, DEFINITION_DEPTH};
use crate::container::Container;
use crate::context::{Against, Context, Scoped, Term};
use crate::malformed::{Malformed, code};
use crate::process::Site;
use crate::{iri, keyword};
use chapar_terms::{quote, sabotaged};
use serde_json::{Map, Value};
use std::sync::{Arc, OnceLock};

/// Entries of a context that are no terms.
const SETTINGS: [&str; 8] = [
    "@base",
    "@direction",
    "@import",
    "@language",
    "@propagate",
    "@protected",
    "@version",
    "@vocab",
];

/// All that a definition may say.
const ENTRIES: [&str; 11] = [
    "@container",
    "@context",
    "@direction",
    "@id",
    "@index",
    "@language",
    "@nest",
    "@prefix",
    "@protected",
    "@reverse",
    "@type",
];

/// A context as it is written, over the one that it imports.
#[derive(Clone, Copy)]
pub(crate) struct Local<'a> {
    own: &'a Map<String, Value>,
    imported: Option<&'a Map<String, Value>>,
}

impl<'a> Local<'a> {
    /// The entries of a context, and of the document that it imports.
    pub(crate) fn new(own: &'a Map<String, Value>, imported: Option<&'a Value>) -> Self {
        let imported = imported.and_then(|document| document.get("@context")?.as_object());
        Self { own, imported }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.own.get(name).or_else(|| self.imported?.get(name))
    }

    fn terms(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let own = self.own;
        let imported = self.imported.into_iter().flatten();
        let imported = imported.filter(|(name, _)| !own.contains_key(*name));
        let all = own.iter().chain(imported).map(|(name, value)| (name.as_str(), value));
        all.filter(|(name, _)| !(name.starts_with('@') && SETTINGS.contains(name)))
    }
}

/// Defines every term of `local` in `result`; what comes back are the contexts that they bring along.
pub(crate) fn all(
    budget: &mut Budget,
    result: &mut Context,
    local: &Local<'_>,
    site: &Site,
) -> Result<Vec<Scoped>, Malformed> {
    let protects = local.get("@protected").map_or(Ok(false), read_protected)?;
    let nothing = Map::new();
    let mut definer = Definer {
        budget,
        result,
        local: *local,
        nothing: &nothing,
        site,
        protects,
        begun: Vec::new(),
        scoped: Vec::new(),
    };
    for (term, value) in local.terms() {
        definer.define(term, value)?;
    }
    Ok(definer.scoped)
}

fn read_protected(said: &Value) -> Result<bool, Malformed> {
    said.as_bool()
        .ok_or_else(|| Malformed::new("invalid-@protected-value", "`@protected` is true or false"))
}

struct Definer<'a, 'b> {
    budget: &'b mut Budget,
    result: &'b mut Context,
    local: Local<'a>,
    /// What a definition says that is an IRI alone.
    nothing: &'a Map<String, Value>,
    site: &'b Site,
    protects: bool,
    /// The terms whose definitions are under way, each for the sake of the next.
    begun: Vec<&'a str>,
    scoped: Vec<Scoped>,
}

impl<'a> Definer<'a, '_> {
    /// Defines `term` if the context has it and it is not defined yet.
    fn ensure(&mut self, term: &'a str) -> Result<(), Malformed> {
        match self.local.get(term) {
            Some(value) => self.define(term, value),
            None => Ok(()),
        }
    }

    fn define(&mut self, term: &'a str, value: &'a Value) -> Result<(), Malformed> {
        if self.begun.contains(&term) {
            let why = format!("{} is defined by itself", quote(term));
            return Err(Malformed::new("cyclic-IRI-mapping", why));
        }
        if term.is_empty() {
            return Err(Malformed::new("invalid-term-definition", "a term is not empty"));
        }
        if self.result.own().get(term).is_some() || !entry::may_be_defined(term, value)? {
            return Ok(());
        }
        if self.begun.len() >= DEFINITION_DEPTH {
            let why = format!("{} is defined by more than {DEFINITION_DEPTH} others", quote(term));
            return Err(Malformed::new(code::TOO_DEEP, why));
        }
        self.budget.term()?;
        self.budget.written(term)?;
        self.budget.copied(value)?;
        let previous = self.result.term(term).cloned();
        if previous.is_some() {
            self.result.set(term, None);
        }
        self.begun.push(term);
        let definition = self.build(term, value)?;
        self.begun.pop();
        match definition {
            Some(definition) => self.settle(term, definition, previous),
            None => Ok(()),
        }
    }

    /// Puts a definition in its place, unless that is protected.
    fn settle(&mut self, term: &str, definition: Term, previous: Option<Arc<Term>>) -> Result<(), Malformed> {
        for full in [&definition.iri, &definition.coercion].into_iter().flatten() {
            self.budget.written(full)?;
        }
        self.scoped.extend(definition.scoped.clone());
        let overrides = self.site.overrides || sabotaged("redefine-protected-term");
        let kept = previous.filter(|previous| previous.protected && !overrides);
        let Some(kept) = kept else {
            self.result.set(term, Some(Arc::new(definition)));
            return Ok(());
        };
        let as_protected = Term {
            protected: true,
            ..definition
        };
        if as_protected != *kept {
            let why = format!("{} is protected and means something else already", quote(term));
            return Err(Malformed::new("protected-term-redefinition", why));
        }
        self.result.set(term, Some(kept));
        Ok(())
    }

    /// Reads a definition; `None` where it is to be passed over.
    fn build(&mut self, term: &'a str, value: &'a Value) -> Result<Option<Term>, Malformed> {
        let (entries, id) = match value {
            Value::Null | Value::String(_) => (self.nothing, Some(value)),
            Value::Object(entries) => (entries, entries.get("@id")),
            _ => return Err(invalid(term, "is neither an IRI nor an object")),
        };
        let mut definition = Term {
            protected: entries.get("@protected").map_or(Ok(self.protects), read_protected)?,
            coercion: self.coercion(term, entries)?,
            ..Term::default()
        };
        if let Some(reverse) = entries.get("@reverse") {
            return self.reverse(term, entries, reverse, definition);
        }
        if !self.stands_for(term, id, value.is_string(), &mut definition)? {
            return Ok(None);
        }
        definition.container = entry::container(term, entries)?;
        entry::of_types(term, &mut definition)?;
        self.index(term, entries, &mut definition)?;
        if let Some(local) = entries.get("@context") {
            definition.scoped = Some(Scoped {
                local: Arc::new(local.clone()),
                written_in: self.site.written_in.clone(),
                ready: OnceLock::new(),
            });
        }
        if definition.coercion.is_none() {
            entry::language(term, entries, &mut definition)?;
        }
        entry::nest(term, entries, &mut definition)?;
        entry::prefix(term, entries, &mut definition)?;
        if entries.keys().any(|entry| !ENTRIES.contains(&entry.as_str())) {
            return Err(invalid(term, "says what no definition says"));
        }
        Ok(Some(definition))
    }

    /// The full form of a name inside a definition; what it rests on is defined first.
    fn expand(&mut self, name: &'a str) -> Result<Option<String>, Malformed> {
        if keyword::is(name) {
            return Ok(Some(name.to_owned()));
        }
        self.ensure(name)?;
        if let Some((prefix, suffix)) = iri::split(name)
            && !suffix.starts_with("//")
            && prefix != "_"
            && self.result.term(name).is_none()
        {
            self.ensure(prefix)?;
        }
        Ok(self.result.expand(name, Against::Vocab).map(|full| full.into_owned()))
    }

    fn coercion(&mut self, term: &str, entries: &'a Map<String, Value>) -> Result<Option<Arc<str>>, Malformed> {
        let wrong = || Malformed::new("invalid-type-mapping", format!("the type of {} is no IRI", quote(term)));
        let name = match entries.get("@type") {
            None => return Ok(None),
            Some(said) => said.as_str().ok_or_else(wrong)?,
        };
        let full = self.expand(name)?.ok_or_else(wrong)?;
        let known = matches!(full.as_str(), "@id" | "@json" | "@none" | "@vocab");
        if !known && !iri::is_absolute(&full) {
            return Err(wrong());
        }
        Ok(Some(full.into()))
    }

    fn reverse(
        &mut self,
        term: &str,
        entries: &'a Map<String, Value>,
        reverse: &'a Value,
        mut definition: Term,
    ) -> Result<Option<Term>, Malformed> {
        let invalid_reverse = |what: &str| {
            Malformed::new(
                "invalid-reverse-property",
                format!("{} is a reverse property {what}", quote(term)),
            )
        };
        if entries.contains_key("@id") || entries.contains_key("@nest") {
            return Err(invalid_reverse("and has an `@id` or a `@nest`"));
        }
        let name = reverse.as_str().ok_or_else(|| invalid_iri(term))?;
        if keyword::looks_like(name) {
            return Ok(None);
        }
        let full = self
            .expand(name)?
            .filter(|full| iri::is_absolute(full) || iri::is_blank(full));
        definition.iri = Some(full.ok_or_else(|| invalid_iri(term))?.into());
        definition.reverse = true;
        definition.container = match entries.get("@container") {
            None | Some(Value::Null) => Container::NONE,
            Some(Value::String(name)) if name == "@set" => Container::SET,
            Some(Value::String(name)) if name == "@index" => Container::INDEX,
            Some(_) => return Err(invalid_reverse("of another container than `@set` or `@index`")),
        };
        self.index(term, entries, &mut definition)?;
        Ok(Some(definition))
    }

    /// Finds what the term stands for; false where the definition is to be passed over.
    fn stands_for(
        &mut self,
        term: &'a str,
        id: Option<&'a Value>,
        simple: bool,
        definition: &mut Term,
    ) -> Result<bool, Malformed> {
        let stands_for = match id {
            Some(Value::Null) => return Ok(true),
            Some(Value::String(name)) if name != term => {
                if keyword::looks_like(name) && !keyword::is(name) {
                    return Ok(false);
                }
                let full = self.named(term, name)?;
                let plain = !term.contains([':', '/']);
                definition.prefix = simple && plain && iri::may_be_prefix(&full);
                full
            }
            Some(said) if !said.is_string() => return Err(invalid_iri(term)),
            _ => self.spelled_out(term)?,
        };
        definition.iri = Some(stands_for.into());
        Ok(true)
    }

    fn named(&mut self, term: &'a str, name: &'a str) -> Result<String, Malformed> {
        let full = self.expand(name)?.ok_or_else(|| invalid_iri(term))?;
        if full == "@context" {
            let why = format!("{} stands for `@context`", quote(term));
            return Err(Malformed::new("invalid-keyword-alias", why));
        }
        if !keyword::is(&full) && !iri::is_absolute(&full) && !iri::is_blank(&full) {
            return Err(invalid_iri(term));
        }
        let inside = term.get(1..term.len().saturating_sub(1)).unwrap_or_default();
        if inside.contains(':') || term.contains('/') {
            if let Some((prefix, _)) = iri::split(term) {
                self.ensure(prefix)?;
            }
            if self.result.expand(term, Against::Vocab).as_deref() != Some(full.as_str()) {
                return Err(invalid_iri(term));
            }
        }
        Ok(full)
    }

    /// What a term stands for that says nothing of it.
    fn spelled_out(&mut self, term: &'a str) -> Result<String, Malformed> {
        if term == "@type" {
            return Ok(term.to_owned());
        }
        if let Some((prefix, suffix)) = iri::split(term) {
            self.ensure(prefix)?;
            let namespace = self.result.term(prefix).and_then(|prefix| prefix.iri.clone());
            return Ok(match namespace {
                Some(namespace) => [&namespace, suffix].concat(),
                None => term.to_owned(),
            });
        }
        let full = self.result.expand(term, Against::Vocab).map(|full| full.into_owned());
        full.filter(|full| iri::is_absolute(full) || iri::is_blank(full))
            .ok_or_else(|| invalid_iri(term))
    }

    fn index(&mut self, term: &str, entries: &'a Map<String, Value>, definition: &mut Term) -> Result<(), Malformed> {
        let Some(said) = entries.get("@index") else {
            return Ok(());
        };
        let name = said.as_str().filter(|_| definition.container.has(Container::INDEX));
        let name = name.ok_or_else(|| invalid(term, "has an `@index` that it cannot have"))?;
        let full = self.expand(name)?.filter(|full| iri::is_absolute(full));
        if full.is_none() {
            return Err(invalid(term, "has an `@index` that is no IRI"));
        }
        definition.index = Some(name.into());
        Ok(())
    }
}

fn invalid(term: &str, what: &str) -> Malformed {
    Malformed::new("invalid-term-definition", format!("{} {what}", quote(term)))
}

fn invalid_iri(term: &str) -> Malformed {
    Malformed::new("invalid-IRI-mapping", format!("{} stands for no IRI", quote(term)))
}
