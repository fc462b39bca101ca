//! Context processing: from the active context and a local one to the next active context (section 4.1 of the algorithms).
//!
//! Holds the entries of a context that are no terms. Refuses to hold the definition of terms (`define`).

use crate::bounds::Budget;
use crate::context::{Against, Context, Direction, Scoped};
use crate::define::{self, Local};
use crate::layer::Layer;
use crate::malformed::{Malformed, code};
use crate::options::{Loaded, Options};
use crate::{built_in, iri};
use chapar_terms::quote;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most documents that name each other in turn. Ours name one more.
const VISITED: usize = 8;

/// One document being worked on: how, what is left of its budget, and the contexts that were made for it.
pub(crate) struct Work<'o> {
    pub(crate) options: &'o Options,
    pub(crate) budget: Budget,
    /// What was made of a local context over an active one; a type that stands a thousand times is worked through once.
    made: BTreeMap<Recipe, Made>,
}

/// Identity of the active context and of the local one, and what else decides the result.
type Recipe = (usize, usize, bool, bool);

/// The result, and what the recipe's identities stand for: kept, so that no other value takes their place.
struct Made {
    context: Arc<Context>,
    _active: Arc<Context>,
    _local: Arc<Value>,
}

/// Where a local context stands, and with what right.
#[derive(Clone)]
pub(crate) struct Site {
    /// The document it is written in.
    pub(crate) written_in: Option<Arc<str>>,
    /// The documents on the way to it.
    pub(crate) visited: Vec<Arc<str>>,
    /// Protected terms may be defined anew: so for the context of a property.
    pub(crate) overrides: bool,
    /// It holds for the nodes inside too.
    pub(crate) propagates: bool,
    /// Its terms, where they are defined already.
    pub(crate) ready: Option<Arc<Layer>>,
    /// Scoped contexts are looked through for errors, and documents seen before are passed over.
    pub(crate) validates: bool,
}

impl Site {
    /// A context in the document itself.
    pub(crate) fn of_document(base: Option<Arc<str>>) -> Self {
        Self {
            written_in: base,
            visited: Vec::new(),
            overrides: false,
            propagates: true,
            ready: None,
            validates: true,
        }
    }
}

impl<'o> Work<'o> {
    /// Work on one document, in as many steps.
    pub(crate) fn new(options: &'o Options, steps: u32) -> Self {
        Self {
            options,
            budget: Budget::new(steps),
            made: BTreeMap::new(),
        }
    }

    /// The context of the property `term`: it may override what is protected.
    pub(crate) fn of_property(&mut self, active: &Arc<Context>, scoped: &Scoped) -> Result<Arc<Context>, Malformed> {
        self.scoped(active, scoped, true, true)
    }

    /// The context of a type: it ends with the node.
    pub(crate) fn of_type(&mut self, active: &Arc<Context>, scoped: &Scoped) -> Result<Arc<Context>, Malformed> {
        self.scoped(active, scoped, false, false)
    }

    fn scoped(
        &mut self,
        active: &Arc<Context>,
        scoped: &Scoped,
        overrides: bool,
        propagates: bool,
    ) -> Result<Arc<Context>, Malformed> {
        let recipe = (address(active), address(&scoped.local), overrides, propagates);
        if let Some(made) = self.made.get(&recipe) {
            return Ok(made.context.clone());
        }
        let ready = scoped.ready.get();
        let ready = ready.filter(|ready| active.may_adopt(&ready.layer, &ready.prefixes));
        let site = Site {
            overrides,
            propagates,
            ready: ready.map(|ready| ready.layer.clone()),
            ..Site::of_document(scoped.written_in.clone())
        };
        let context = self.process(active, &scoped.local, &site)?;
        self.remember(recipe, active, &scoped.local, &context);
        Ok(context)
    }

    fn remember(&mut self, recipe: Recipe, active: &Arc<Context>, local: &Arc<Value>, context: &Arc<Context>) {
        let made = Made {
            context: context.clone(),
            _active: active.clone(),
            _local: local.clone(),
        };
        self.made.insert(recipe, made);
    }

    /// The active context after `local`.
    pub(crate) fn process(
        &mut self,
        active: &Arc<Context>,
        local: &Value,
        site: &Site,
    ) -> Result<Arc<Context>, Malformed> {
        let said = local.get("@propagate").and_then(Value::as_bool);
        let mut site = site.clone();
        site.propagates = said.unwrap_or(site.propagates);
        let mut result = active.clone();
        if !site.propagates && result.previous.is_none() {
            let mut layer = Context::over(active);
            layer.previous = Some(active.clone());
            result = Arc::new(layer);
        }
        for context in local.as_array().map_or(std::slice::from_ref(local), Vec::as_slice) {
            self.budget.context()?;
            self.budget.steps(result.copied_by_layer())?;
            result = match context {
                Value::Null => {
                    self.budget.steps(result.size())?;
                    Arc::new(nullify(&result, &site)?)
                }
                Value::String(name) => self.remote(&result, name, &site)?,
                Value::Object(entries) => self.definition(&result, entries, &site)?,
                _ => {
                    return Err(Malformed::new(
                        "invalid-local-context",
                        "a context is an object, an IRI or null",
                    ));
                }
            };
        }
        Ok(result)
    }

    /// A context that is named by its IRI.
    fn remote(&mut self, active: &Arc<Context>, name: &str, site: &Site) -> Result<Arc<Context>, Malformed> {
        let name: Arc<str> = iri::resolve(site.written_in.as_deref(), name).into();
        if !site.validates && site.visited.contains(&name) {
            return Ok(active.clone());
        }
        if site.visited.len() >= VISITED {
            return Err(Malformed::new(
                "context-overflow",
                format!("{VISITED} contexts name each other in turn"),
            ));
        }
        let loaded = self.load(&name)?;
        if let Some(context) = loaded.context.filter(|_| active.is_empty()) {
            return Ok(Arc::clone(context));
        }
        let recipe = (address(active), address(&loaded.document), false, true);
        if let Some(made) = self.made.get(&recipe) {
            return Ok(made.context.clone());
        }
        let invalid = || Malformed::new("invalid-remote-context", format!("{} holds no context", quote(&name)));
        let local = loaded.document.get("@context").ok_or_else(invalid)?;
        let ready = loaded.context.map(|context| context.own());
        let mut inner = Site::of_document(Some(name.clone()));
        inner.ready = ready.filter(|layer| active.may_adopt(layer, &[])).cloned();
        inner.validates = site.validates;
        inner.visited = [site.visited.as_slice(), &[name]].concat();
        let context = self.process(active, local, &inner)?;
        if site.visited.is_empty() {
            self.remember(recipe, active, &loaded.document, &context);
        }
        Ok(context)
    }

    fn load(&self, name: &str) -> Result<Loaded, Malformed> {
        (self.options.load)(name).ok_or_else(|| {
            let why = format!("{} is not built in, and nothing is fetched", quote(name));
            Malformed::new("loading-remote-context-failed", why)
        })
    }

    /// A context that is written out.
    fn definition(
        &mut self,
        active: &Arc<Context>,
        entries: &Map<String, Value>,
        site: &Site,
    ) -> Result<Arc<Context>, Malformed> {
        let imported = self.import(entries, site)?;
        let local = Local::new(entries, imported.as_deref());
        if local
            .get("@version")
            .is_some_and(|version| version.as_f64() != Some(1.1))
        {
            return Err(Malformed::new("invalid-@version-value", "`@version` is 1.1"));
        }
        if local.get("@propagate").is_some_and(|value| !value.is_boolean()) {
            return Err(Malformed::new(
                "invalid-@propagate-value",
                "`@propagate` is true or false",
            ));
        }
        let mut result = Context::over(active);
        if site.visited.is_empty() {
            set_base(&mut result, &local)?;
        }
        set_vocab(&mut result, &local)?;
        set_language(&mut result, &local)?;
        for setting in [&result.base, &result.vocab, &result.language].into_iter().flatten() {
            self.budget.written(setting)?;
        }
        if let Some(layer) = &site.ready {
            result.put(layer.clone());
            return Ok(Arc::new(result));
        }
        let scoped = define::all(&mut self.budget, &mut result, &local, site)?;
        let result = Arc::new(result);
        if !site.written_in.as_deref().is_some_and(built_in::is) {
            self.validate(&result, &scoped, site)?;
        }
        Ok(result)
    }

    /// The document of `@import`, whose entries stand in for those that are not there.
    fn import(&self, entries: &Map<String, Value>, site: &Site) -> Result<Option<Arc<Value>>, Malformed> {
        let name = match entries.get("@import") {
            None => return Ok(None),
            Some(Value::String(name)) => iri::resolve(site.written_in.as_deref(), name),
            Some(_) => return Err(Malformed::new("invalid-@import-value", "`@import` is an IRI")),
        };
        let document = self.load(&name)?.document;
        match document.get("@context").and_then(Value::as_object) {
            None => {
                let why = format!("{} holds no context that can be imported", quote(&name));
                Err(Malformed::new("invalid-remote-context", why))
            }
            Some(context) if context.contains_key("@import") => {
                let why = format!("{} is imported and imports", quote(&name));
                Err(Malformed::new("invalid-context-entry", why))
            }
            Some(_) => Ok(Some(document)),
        }
    }

    /// Looks through the contexts that terms bring along, so that an error shows where it is written.
    fn validate(&mut self, active: &Arc<Context>, scoped: &[Scoped], site: &Site) -> Result<(), Malformed> {
        for scoped in scoped {
            let inner = Site {
                written_in: scoped.written_in.clone(),
                visited: site.visited.clone(),
                overrides: true,
                propagates: true,
                ready: None,
                validates: false,
            };
            self.process(active, &scoped.local, &inner).map_err(|error| {
                if code::BOUNDS.contains(&error.code) {
                    return error;
                }
                Malformed::new("invalid-scoped-context", error.to_string())
            })?;
        }
        Ok(())
    }
}

/// What `null` makes of a context.
fn nullify(before: &Context, site: &Site) -> Result<Context, Malformed> {
    if !site.overrides && before.protects() {
        let why = "`null` would take away protected terms";
        return Err(Malformed::new("invalid-context-nullification", why));
    }
    let mut fresh = Context::empty(before.original_base.clone());
    if !site.propagates {
        fresh.previous = before.previous.clone();
    }
    Ok(fresh)
}

fn set_base(result: &mut Context, local: &Local<'_>) -> Result<(), Malformed> {
    let invalid = |what: &str| Malformed::new("invalid-base-IRI", format!("{what} is no base IRI"));
    match local.get("@base") {
        None => {}
        Some(Value::Null) => result.base = None,
        Some(Value::String(base)) if iri::is_absolute(base) => result.base = Some(base.as_str().into()),
        Some(Value::String(base)) => {
            let before = result.base.as_deref().ok_or_else(|| invalid(&quote(base)))?;
            result.base = Some(iri::resolve(Some(before), base).into());
        }
        Some(_) => return Err(invalid("what is no string")),
    }
    Ok(())
}

fn set_vocab(result: &mut Context, local: &Local<'_>) -> Result<(), Malformed> {
    let invalid = |what: &str| Malformed::new("invalid-vocab-mapping", format!("{what} is no vocabulary"));
    match local.get("@vocab") {
        None => {}
        Some(Value::Null) => result.vocab = None,
        Some(Value::String(name)) => {
            let vocab = result.expand(name, Against::VocabOrDocument);
            let vocab = vocab.filter(|vocab| iri::is_absolute(vocab) || iri::is_blank(vocab));
            let vocab = vocab.ok_or_else(|| invalid(&quote(name)))?;
            result.vocab = Some(vocab.as_ref().into());
        }
        Some(_) => return Err(invalid("what is no string")),
    }
    Ok(())
}

/// The default language and the default direction.
fn set_language(result: &mut Context, local: &Local<'_>) -> Result<(), Malformed> {
    match local.get("@language") {
        None => {}
        Some(Value::Null) => result.language = None,
        Some(Value::String(language)) => result.language = Some(language.to_lowercase().into()),
        Some(_) => {
            return Err(Malformed::new(
                "invalid-default-language",
                "`@language` is a string or null",
            ));
        }
    }
    match local.get("@direction") {
        None => {}
        Some(Value::Null) => result.direction = None,
        Some(said) => result.direction = Some(read_direction(said)?),
    }
    Ok(())
}

/// Reads a direction that is no `null`.
pub(crate) fn read_direction(said: &Value) -> Result<Direction, Malformed> {
    let direction = said.as_str().and_then(Direction::read);
    direction.ok_or_else(|| Malformed::new("invalid-base-direction", "a direction is `ltr` or `rtl`"))
}

/// Which value this is, as long as it lives.
fn address<T>(value: &Arc<T>) -> usize {
    Arc::as_ptr(value).addr()
}
