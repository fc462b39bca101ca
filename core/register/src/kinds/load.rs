//! One folder of `kinds/`, read into a kind.

use super::labels::{Labels, entries, said, text};
use super::shape::Shape;
use super::{Folder, Kind, Origin, Pointers, validate};
use crate::header::KindName;
use chapar_terms::Lang;
use serde_json::Value;
use std::collections::BTreeMap;
use toml::Table;

/// Reads a folder, or says what is wrong with it.
pub(super) fn kind(shared: &str, folder: &Folder<'_>) -> Result<Kind, String> {
    let about = table("kind.toml", folder.kind)?;
    let name = KindName::parse(&text(&about, "name")?).map_err(|invalid| invalid.to_string())?;
    if name.as_str() != folder.name {
        return Err(format!("`kind.toml` calls it `{name}`"));
    }
    let shared = json("common.schema.json", shared)?;
    let schema = json("schema.json", folder.schema)?;
    let shape = Shape::of(&schema, &shared);
    Ok(Kind {
        name,
        group: text(&about, "group")?,
        clauses: clauses(&about)?,
        standard: text(&about, "standard")?,
        standard_url: text(&about, "standard_url")?,
        class: text(&about, "class")?,
        pointers: pointers(&about)?,
        system: about.get("system").and_then(toml::Value::as_bool).unwrap_or(false),
        ready: validate::ready(&schema, &shared)?,
        shape,
        schema,
        labels: labels(&table("labels.toml", folder.labels)?)?,
        vocabulary: json("vocabulary.json", folder.vocabulary)?,
        example: json("example", folder.example)?,
        origins: origins(&table("fields.toml", folder.fields)?)?,
    })
}

fn table(file: &str, text: &str) -> Result<Table, String> {
    text.parse().map_err(|error| format!("`{file}`: {error}"))
}

fn json(file: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("`{file}`: {error}"))
}

fn clauses(about: &Table) -> Result<Vec<String>, String> {
    let wrong = || "`clauses` are no array of texts".to_owned();
    let clauses = about.get("clauses").and_then(toml::Value::as_array).ok_or_else(wrong)?;
    let texts = clauses.iter().map(|clause| clause.as_str().map(str::to_owned));
    texts.collect::<Option<_>>().ok_or_else(wrong)
}

fn pointers(about: &Table) -> Result<Pointers, String> {
    Ok(Pointers {
        title: said(about, "title")?,
        description: said(about, "description")?,
        topics: said(about, "topics")?,
        states: said(about, "states")?,
    })
}

fn labels(all: &Table) -> Result<BTreeMap<Lang, Labels>, String> {
    let languages = all.iter().map(|(tag, words)| {
        let tag = Lang::parse(tag).map_err(|invalid| format!("`labels.toml`: {invalid}"))?;
        let words = words
            .as_table()
            .ok_or_else(|| format!("`labels.toml`: `{tag}` is no table"))?;
        let words = Labels::read(words).map_err(|why| format!("`labels.toml`: `{tag}`: {why}"))?;
        Ok((tag, words))
    });
    languages.collect()
}

fn origins(all: &Table) -> Result<BTreeMap<String, Origin>, String> {
    let members = entries(all, "fields")?.into_iter().map(|(path, origin)| {
        let origin = Origin {
            term: text(origin, "term")?,
            obligation: text(origin, "obligation")?,
            reason: said(origin, "reason")?,
        };
        Ok((path.clone(), origin))
    });
    members
        .collect::<Result<_, String>>()
        .map_err(|why| format!("`fields.toml`: {why}"))
}
