//! What one document may cost, and the account that is kept while it is worked on.
//!
//! Bytes of the body are measured by the doors before it is decoded; a small body can still ask for much: contexts that stand on each
//! other, terms that stand for long IRIs, nesting. Every bound is on counts, never on time, so that equal documents have equal answers.

use crate::malformed::{Malformed, code};
use serde_json::Value;

/// Deepest nesting of a document that is expanded. Bodies of messages are taken to 32 levels; policies that a person wrote in
/// an odd form still stay below this.
pub(crate) const DEPTH: usize = 64;
/// Deepest nesting of a document that is compacted: what expansion makes of [`DEPTH`] levels. A level becomes an object and an array,
/// with a graph container around each node two more of each.
pub(crate) const EXPANDED_DEPTH: usize = 4 * DEPTH;
/// Most steps of expansion: a value or a member looked at is one. Each may leave an object of half a kilobyte, so that this is a hundred
/// megabytes; a page of a catalogue takes some ten thousand.
pub(crate) const EXPANSION_STEPS: u32 = 200_000;
/// Most steps of compaction, which makes things smaller; what is compacted is ours or was expanded. Ten thousand assets take half of it.
pub(crate) const COMPACTION_STEPS: u32 = 1_000_000;
/// Most terms compared to find the best for a value. In the contexts of this field it is about ten for a value; one that is made to be slow
/// has thousands of terms for one IRI.
const CANDIDATES: u32 = 10_000_000;
/// Most contexts worked through; a document has one or two, one that was put together by a program one for each part.
const CONTEXTS: u32 = 2_000;
/// Most terms defined. The largest context in this field, EDC's for management, has about 400 with all that is scoped.
const TERMS: u32 = 20_000;
/// Most bytes of names written: IRIs, types, languages, indexes. In full they make a document grow about threefold; a short name for a
/// long one, used often, would make it grow without end.
const NAME_BYTES: usize = 32 * 1024 * 1024;
/// Longest chain of terms that are defined by each other; prefixes are defined by a namespace, so two is usual.
pub(crate) const DEFINITION_DEPTH: usize = 16;

/// What is left to one document.
pub(crate) struct Budget {
    steps: u32,
    candidates: u32,
    contexts: u32,
    terms: u32,
    name_bytes: usize,
}

impl Budget {
    /// All that one document may cost, with as many steps.
    pub(crate) fn new(steps: u32) -> Self {
        Self {
            steps,
            candidates: CANDIDATES,
            contexts: CONTEXTS,
            terms: TERMS,
            name_bytes: NAME_BYTES,
        }
    }

    /// One value or member is looked at.
    pub(crate) fn step(&mut self) -> Result<(), Malformed> {
        self.steps(1)
    }

    /// As many values or members are looked at.
    pub(crate) fn steps(&mut self, count: usize) -> Result<(), Malformed> {
        self.steps = take(self.steps, count).ok_or_else(|| too_costly("too many steps"))?;
        Ok(())
    }

    /// As many terms are compared.
    pub(crate) fn candidates(&mut self, count: usize) -> Result<(), Malformed> {
        let left = take(self.candidates, count);
        self.candidates = left.ok_or_else(|| too_costly("too many comparisons of terms"))?;
        Ok(())
    }

    /// One context is worked through.
    pub(crate) fn context(&mut self) -> Result<(), Malformed> {
        let left = self.contexts.checked_sub(1);
        self.contexts =
            left.ok_or_else(|| Malformed::new(code::TOO_MANY_TERMS, format!("it uses more than {CONTEXTS} contexts")))?;
        Ok(())
    }

    /// One term is defined.
    pub(crate) fn term(&mut self) -> Result<(), Malformed> {
        let left = self.terms.checked_sub(1);
        self.terms =
            left.ok_or_else(|| Malformed::new(code::TOO_MANY_TERMS, format!("it defines more than {TERMS} terms")))?;
        Ok(())
    }

    /// Part of a context is copied, with every text in it.
    pub(crate) fn copied(&mut self, value: &Value) -> Result<(), Malformed> {
        self.step()?;
        match value {
            Value::String(text) => self.written(text),
            Value::Array(items) => items.iter().try_for_each(|item| self.copied(item)),
            Value::Object(members) => members.iter().try_for_each(|(name, member)| {
                self.written(name)?;
                self.copied(member)
            }),
            _ => Ok(()),
        }
    }

    /// A name is written that the document has elsewhere or not at all.
    pub(crate) fn written(&mut self, name: &str) -> Result<(), Malformed> {
        let left = self.name_bytes.checked_sub(name.len());
        self.name_bytes =
            left.ok_or_else(|| Malformed::new(code::TOO_LARGE, format!("its names are more than {NAME_BYTES} bytes")))?;
        Ok(())
    }
}

fn take(left: u32, count: usize) -> Option<u32> {
    left.checked_sub(u32::try_from(count).ok()?)
}

fn too_costly(what: &str) -> Malformed {
    Malformed::new(code::TOO_COSTLY, format!("it takes {what}"))
}

/// Refuses what nests deeper than `most` levels; looks no deeper than that itself.
pub(crate) fn check_depth(value: &Value, most: usize) -> Result<(), Malformed> {
    if within(value, most) {
        return Ok(());
    }
    Err(Malformed::new(
        code::TOO_DEEP,
        format!("it nests deeper than {most} levels"),
    ))
}

fn within(value: &Value, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else {
        return !value.is_array() && !value.is_object();
    };
    match value {
        Value::Array(items) => items.iter().all(|item| within(item, below)),
        Value::Object(members) => members.values().all(|member| within(member, below)),
        _ => true,
    }
}
