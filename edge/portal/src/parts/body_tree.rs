//! The body of a record by the labels of its kind; of a kind that is not known here, or of what its kind has no words for, as a tree that can
//! be read. And what two bodies differ in.

use super::foreign;
use crate::address;
use crate::read::Found;
use crate::words::{Said, Texts, Words};
use chapar_register::{Kind, KindName, Kinds, Labels};
use chapar_terms::Lang;
use maud::{Markup, html};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Items of one list that are shown; the rest is in the record for programs.
const ITEMS: usize = 50;
/// Levels that are shown as such.
const DEPTH: usize = 10;
/// Differences of two versions that are shown.
const CHANGES: usize = 30;
/// Letters of one difference.
const CHANGE_LETTERS: usize = 300;

/// Who tells a body: the reader's words, the kind, and the records that are held here and may be named in it.
pub struct Teller<'a> {
    words: &'a Words,
    kind: Option<&'static Kind>,
    labels: Option<&'static Labels>,
    held: &'a BTreeMap<String, Found>,
}

/// What two bodies differ in, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The place, in the words of the kind.
    pub label: String,
    /// What stood there.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
}

impl<'a> Teller<'a> {
    /// A teller of bodies of this kind.
    pub fn of(words: &'a Words, kind: &str, held: &'a BTreeMap<String, Found>) -> Self {
        let name = KindName::parse(kind).ok();
        Self {
            words,
            kind: name.and_then(|name| Kinds::built_in().find(&name)),
            labels: super::result::labels(words, kind),
            held,
        }
    }

    /// The whole body, without title and description, which the page has said.
    pub fn body(&self, body: &Map<String, Value>) -> Markup {
        let pointers = self.kind.map(Kind::pointers);
        let said: Vec<&str> = pointers
            .iter()
            .flat_map(|pointers| [&pointers.title, &pointers.description])
            .filter_map(|pointer| pointer.as_deref()?.strip_prefix('/'))
            .collect();
        let members = body.iter().filter(|(name, _)| !said.contains(&name.as_str()));
        self.members("", members.collect(), DEPTH)
    }

    /// Members of an object: short ones before long ones, of each those first that the kind demands, then by label.
    fn members(&self, path: &str, mut members: Vec<(&String, &Value)>, depth: usize) -> Markup {
        let demanded: Vec<&str> = match (path, self.kind) {
            ("", Some(kind)) => kind
                .schema()
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
            _ => Vec::new(),
        };
        let place = |name: &str| demanded.iter().position(|one| *one == name).unwrap_or(demanded.len());
        members.sort_by(|(one, its), (other, others)| {
            let key = |name: &str, value: &Value| (self.is_long(&below(path, name), value), place(name));
            key(one, its).cmp(&key(other, others)).then_with(|| {
                self.words
                    .compare(&self.label(&below(path, one)), &self.label(&below(path, other)))
            })
        });
        html! {
            dl.facts.nested[!path.is_empty()] {
                @for (name, value) in members {
                    @let path = below(path, name);
                    div.fact.long[self.is_long(&path, value)] {
                        dt { (self.head(&path, name)) }
                        dd { (self.value(&path, value, depth)) }
                    }
                }
            }
        }
    }

    fn head(&self, path: &str, name: &str) -> Markup {
        let known = self.labels.and_then(|labels| labels.fields.get(path));
        html! {
            @match known {
                Some(field) => span title=[field.help.as_deref()] { (field.label) },
                None => bdi.id dir="ltr" { (name) },
            }
        }
    }

    fn label(&self, path: &str) -> String {
        let known = self.labels.and_then(|labels| labels.fields.get(path));
        let last = path.rsplit('.').next().unwrap_or(path);
        known.map_or_else(|| last.to_owned(), |field| field.label.clone())
    }

    /// Whether a value takes more than a line.
    fn is_long(&self, path: &str, value: &Value) -> bool {
        match value {
            Value::Object(members) => !self.is_text(path, members),
            Value::Array(items) => items.iter().any(|item| item.is_object() || item.is_array()),
            _ => false,
        }
    }

    /// Whether an object is a text by language: its kind names no member below it, and all its members are tags.
    fn is_text(&self, path: &str, members: &Map<String, Value>) -> bool {
        let inner = format!("{path}.");
        let has_members = self.kind.is_some_and(|kind| {
            kind.members()
                .range(inner.clone()..)
                .next()
                .is_some_and(|next| next.starts_with(&inner))
        });
        let is_said = |(tag, text): (&String, &Value)| Lang::parse(tag).is_ok() && (text.is_string() || is_words(text));
        !has_members && !members.is_empty() && members.iter().all(is_said)
    }

    fn value(&self, path: &str, value: &Value, depth: usize) -> Markup {
        match value {
            Value::Null => html! { span.quiet-text { "–" } },
            Value::Bool(yes) => html! { (self.words.say(if *yes { "yes" } else { "no" })) },
            Value::Number(number) => html! { (self.words.decimal(&number.to_string())) },
            Value::String(text) => self.text(path, text),
            Value::Object(members) if self.is_text(path, members) => self.by_language(members),
            Value::Object(_) | Value::Array(_) if depth == 0 => html! { pre dir="ltr" { (value) } },
            Value::Object(members) => self.members(path, members.iter().collect(), depth - 1),
            Value::Array(items) => self.list(path, items, depth - 1),
        }
    }

    fn list(&self, path: &str, items: &[Value], depth: usize) -> Markup {
        let rest = items.len().saturating_sub(ITEMS);
        html! {
            ul.values.long[items.iter().any(Value::is_object)] {
                @for item in items.iter().take(ITEMS) { li { (self.value(path, item, depth)) } }
            }
            @if rest > 0 { p.quiet-text { (self.words.count("list-more", u64::try_from(rest).unwrap_or(0), &[])) } }
        }
    }

    /// A text by language: the best for the reader, and the others behind it.
    fn by_language(&self, members: &Map<String, Value>) -> Markup {
        let texts: Map<String, Value> = members
            .iter()
            .map(|(tag, text)| (tag.clone(), Value::from(plain(text))))
            .collect();
        let texts = Texts::read(Some(&Value::Object(texts)));
        let best = texts.pick(self.words.language());
        let others = texts
            .iter()
            .filter(|said| best.is_none_or(|best| best.tag != said.tag))
            .count();
        html! {
            @if let Some(said) = best {
                (foreign::text(said)) @if let Some(tag) = foreign::instead(self.words, said) { " " (tag) }
            }
            @if others > 0 {
                details.others {
                    summary { (self.words.count("other-languages", u64::try_from(others).unwrap_or(0), &[])) }
                    (others_of(self.words, &texts, best))
                }
            }
        }
    }

    fn text(&self, path: &str, text: &str) -> Markup {
        let last = path.rsplit('.').next().unwrap_or(path);
        let states = self
            .kind
            .and_then(|kind| kind.pointers().states.as_deref()?.strip_prefix('/'));
        let is_state =
            states == Some(path) || matches!(last, "country" | "state" | "states" | "spatial" | "jurisdiction");
        if let Some(said) = self.coded(path, text) {
            return html! { (foreign::text(said)) @if let Some(tag) = foreign::instead(self.words, said) { " " (tag) } };
        }
        if matches!(last, "language" | "languages") && Lang::parse(text).is_ok() {
            return html! { (self.words.tongue(text)) };
        }
        if is_state && text.len() == 2 {
            return html! { (self.words.state(text)) };
        }
        if let Some(moment) = self.words.moment(text).filter(|_| text.len() >= 20) {
            return html! { time datetime=(text) { (moment) } };
        }
        if let Some(day) = self.words.day(text).filter(|_| text.len() == 10) {
            return html! { time datetime=(text) { (day) } };
        }
        self.reference(text)
    }

    /// The word for a value of a closed list, in the reader's language or in the next one that has one.
    fn coded(&self, path: &str, value: &str) -> Option<Said<'_>> {
        let (kind, language) = (self.kind?, self.words.language());
        let mut tags = std::iter::once(language.code()).chain(language.instead());
        tags.find_map(|tag| {
            let (tag, labels) = kind.labels().get_key_value(&Lang::parse(tag).ok()?)?;
            let text = labels.values.get(path)?.get(value)?;
            Some(Said {
                tag: tag.as_str(),
                text,
            })
        })
    }

    /// A record that is held here, a participant, a page of others, or a plain text.
    fn reference(&self, text: &str) -> Markup {
        let language = self.words.language();
        if let Some(found) = self.held.get(text) {
            return super::result::title(self.words, found);
        }
        if text.contains("/records/") && text.starts_with("did:") {
            return super::id::id(text);
        }
        if text.starts_with("did:") {
            return html! { a href=(address::body(language, text)) { (super::id::id(text)) } };
        }
        match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
            Some(place) => {
                html! { a.outside href=(text) rel="external nofollow noopener noreferrer" dir="ltr" { (place.trim_end_matches('/')) } }
            }
            None => html! { bdi { (text) } },
        }
    }
}

/// The texts but for the one that is shown already, each with its language.
pub fn others_of(words: &Words, texts: &Texts, best: Option<Said<'_>>) -> Markup {
    html! {
        dl.facts.nested {
            @for said in texts.iter().filter(|said| best.is_none_or(|best| best.tag != said.tag)) {
                div.fact { dt { (words.tongue(said.tag)) } dd { (foreign::text(said)) } }
            }
        }
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn is_words(text: &Value) -> bool {
    text.as_array().is_some_and(|list| list.iter().all(Value::is_string))
}

/// A text, or a list of words as one.
fn plain(text: &Value) -> String {
    match text {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Every text in a body that may be the id of a record.
pub fn references(body: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    for value in body.values() {
        collect(value, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains("/records/") && text.len() <= 512 => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => members.values().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// What two bodies of one kind differ in, place by place; a bounded number of them.
pub fn changes(words: &Words, kind: &str, before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Change> {
    let none = BTreeMap::new();
    let teller = Teller::of(words, kind, &none);
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    for (body, leaves) in [(before, &mut old), (after, &mut new)] {
        for (name, value) in body {
            leaves_of(std::slice::from_ref(name), value, leaves);
        }
    }
    let mut places: Vec<&Vec<String>> = old.keys().chain(new.keys()).collect();
    places.sort();
    places.dedup();
    let differ = places.into_iter().filter(|place| old.get(*place) != new.get(*place));
    let change = |place: &Vec<String>| Change {
        label: teller.place(place),
        before: old.get(place).map(|text| cut(text)),
        after: new.get(place).map(|text| cut(text)),
    };
    differ.take(CHANGES).map(change).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CHANGE_LETTERS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text)),
        None => text.to_owned(),
    }
}

fn leaves_of(place: &[String], value: &Value, leaves: &mut BTreeMap<Vec<String>, String>) {
    let step = |name: String| [place, &[name]].concat();
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| leaves_of(&step(name.clone()), value, leaves)),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (number, value) in items.iter().enumerate() {
                leaves_of(&step((number + 1).to_string()), value, leaves);
            }
        }
        other => drop(leaves.insert(place.to_vec(), plain(other))),
    }
}

impl Teller<'_> {
    /// A place in a body: the labels on the way there, a number in a list, and the language of a text.
    fn place(&self, place: &[String]) -> String {
        let (mut path, mut said) = (String::new(), Vec::new());
        for step in place {
            if step.bytes().all(|byte| byte.is_ascii_digit()) {
                said.push(self.words.decimal(step));
                continue;
            }
            let next = below(&path, step);
            let is_known = self.labels.is_some_and(|labels| labels.fields.contains_key(&next));
            match Lang::parse(step).is_ok() && !is_known && !path.is_empty() {
                true => said.push(self.words.tongue(step)),
                false => said.push(self.label(&next)),
            }
            path = next;
        }
        said.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn every_example_of_every_kind_is_told_in_the_words_of_its_kind() {
        let none = BTreeMap::new();
        for language in Language::ALL {
            // What nodes write for each other may hold the body of any kind.
            for kind in Kinds::built_in().iter().filter(|kind| !kind.is_system()) {
                let teller = Teller::of(Words::of(language), kind.name().as_str(), &none);
                let html = teller.body(&object(kind.example().clone())).into_string();
                assert!(html.starts_with("<dl"), "{}: {html}", kind.name());
                // A translation speaks of the places of another body.
                if language == Language::Ru && kind.name().as_str() != "translation" {
                    let heads = html.split("<dt>").skip(1).filter(|head| head.starts_with("<bdi"));
                    assert_eq!(heads.count(), 0, "{}: a member without its label: {html}", kind.name());
                }
            }
        }
    }

    #[test]
    fn hostile_texts_stay_texts() {
        let none = BTreeMap::new();
        let body = object(json!({
            "title": { "ru": "x" },
            "publisher": { "name": { "ru": "<script>alert(1)</script>" }, "id": "javascript:alert(1)" },
            "landingPage": "https://a.example/\"><img src=x onerror=alert(1)>",
            "<b>key</b>": { "deep": ["<i>", { "k": "</dd>" }] },
        }));
        for kind in ["dataset", "unheard-of"] {
            let html = Teller::of(Words::of(Language::Ru), kind, &none)
                .body(&body)
                .into_string();
            for wrong in ["<script", "<img", "<b>", "<i>", "href=\"javascript", "\"><img"] {
                assert!(!html.contains(wrong), "{kind}: {wrong} in {html}");
            }
        }
    }

    #[test]
    fn differences_name_their_place() {
        let before = object(json!({
            "title": { "ru": "Вода", "en": "Water" }, "spatial": ["UZ"],
            "distribution": [{ "accessURL": "https://a.example/1" }],
        }));
        let mut after = before.clone();
        after["title"]["ru"] = json!("Воды");
        after["distribution"][0]["accessURL"] = json!("https://a.example/2");
        after.insert("identifier".to_owned(), json!("7"));
        let found = changes(Words::of(Language::Ru), "dataset", &before, &after);
        let told: Vec<(&str, Option<&str>, Option<&str>)> = found
            .iter()
            .map(|change| (change.label.as_str(), change.before.as_deref(), change.after.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "Способы получения · 1 · Адрес доступа",
                    Some("https://a.example/1"),
                    Some("https://a.example/2")
                ),
                ("Идентификатор", None, Some("7")),
                ("Название · русский", Some("Вода"), Some("Воды")),
            ]
        );
        assert!(changes(Words::of(Language::Ru), "dataset", &before, &before).is_empty());
    }
}
