//! The catalogue of all records: a row for each version, what it is found by, and what names what.
//!
//! Only open bodies are read: the catalogue is the same on every node, whoever may know more. A withdrawal takes back one version of its own
//! log, and an opening shows the body of one to everybody. What others say about a record is found under it and never changes its row.

use crate::about;
use crate::discontinued::REPLACES;
use crate::header::{Header, KindName, Validity, Visibility};
use crate::id::RecordId;
use crate::kinds::{Kind, Kinds, TRANSLATION, strings};
use crate::verdict::{Accepted, Taken};
use crate::words;
use chapar_terms::{Digest, Instant, Lang, ParticipantId};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a title or description that a list shows; the whole stands in the body.
const SHOWN: usize = 500;
/// Terms that one record is found by: more than an honest text has, so that one record cannot crowd the index.
const TERMS: usize = 4_096;
/// Facets of one record; a kind's schema lets a body have fewer.
const FACETS: usize = 256;
/// Longest place of a link in a body, in bytes: the members of a kind that we know are shorter, and a stranger's could be as long as a body.
const PLACE: usize = 256;
/// The member by which a body says under which name its data are had in the exchange.
const IN_EXCHANGE: &str = "dataspaceDataset";
/// Record ids in one body that count as links.
const NAMED: usize = 256;

/// A text for people, by language.
pub type Texts = BTreeMap<Lang, String>;

/// A version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// The record.
    pub record_id: RecordId,
    /// Its version.
    pub version: u32,
    /// The log that holds it.
    pub origin: String,
    /// Its place there: 1, 2, 3 ...
    pub position: u64,
    /// The hash of its leaf.
    pub leaf_hash: Digest,
    /// What kind of record it is.
    pub kind: KindName,
    /// Who speaks.
    pub issuer: ParticipantId,
    /// When it was issued, by the clock of the issuer.
    pub issued: Instant,
    /// When it is in force.
    pub valid: Validity,
    /// Who may have its body: the word of the leaf.
    pub visibility: &'static str,
    /// The languages of its body.
    pub languages: BTreeSet<Lang>,
    /// Its title, where it can be read; cut to what a list shows.
    pub title: Option<Texts>,
    /// Its description, as the title.
    pub description: Option<Texts>,
}

/// What a version is found by, as long as it is the newest and not withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The record under whose name it is found; none for its own.
    pub about: Option<RecordId>,
    /// Terms of its title.
    pub title_terms: BTreeSet<String>,
    /// Terms of its other texts.
    pub terms: BTreeSet<String>,
    /// By what it is sorted out: name and value.
    pub facets: BTreeSet<(&'static str, String)>,
}

impl Part {
    fn say(&mut self, name: &'static str, value: &str) {
        if self.facets.len() < FACETS {
            self.facets.insert((name, value.to_owned()));
        }
    }
}

/// A version that comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// The version.
    pub row: VersionRow,
    /// What it is found by; none when it is not to be found.
    pub part: Option<Part>,
    /// What it names: relation and target. A relation that begins with `/` is the place in the body, without numbers of items.
    pub links: BTreeSet<(String, String)>,
}

/// That a version is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The record, of the same log.
    pub record_id: RecordId,
    /// The leaf hash of the version.
    pub leaf_hash: Digest,
    /// The place of the withdrawal; of several withdrawals the first counts.
    pub position: u64,
    /// Why, in a word.
    pub code: String,
    /// The record that takes its place.
    pub replaced_by: Option<String>,
}

/// That the body of a version is shown to everybody by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The record, of the same log.
    pub record_id: RecordId,
    /// Its version.
    pub version: u32,
    /// The log of both.
    pub origin: String,
    /// The place of the opening; of several openings the first counts.
    pub position: u64,
    /// When it was opened, by the clock of the issuer.
    pub at: Instant,
    /// The title of the body, where it can be read.
    pub title: Option<Texts>,
    /// The description, as the title.
    pub description: Option<Texts>,
}

/// A change of the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowChange {
    /// A version comes. Where it is there already, only texts come that could not be read before.
    Put(Box<Put>),
    /// A version is withdrawn; where there is none, nothing changes.
    Withdraw(Withdrawal),
    /// The body of a version is opened; the record is found by it from now on.
    Open(Box<Opening>),
    /// A record was issued in the place of another one of its issuer, whose log ended: that is found no more, and still there.
    Replace {
        /// The one that is found no more.
        record_id: RecordId,
        /// The one in its place.
        by: RecordId,
        /// The place of the version that says so.
        position: u64,
    },
    /// The bodies of a version and of those before it are to be purged, and their texts with them.
    Purge {
        /// The record.
        record_id: RecordId,
        /// The leaf hash of the version.
        leaf_hash: Digest,
    },
}

/// What an entry of the log `origin` changes; nothing where it is no record.
pub fn apply(kinds: &Kinds, origin: &str, taken: &Taken) -> Vec<RowChange> {
    let Ok(accepted) = &taken.verdict else {
        return Vec::new();
    };
    let header = accepted.record.header();
    let body = open_body(accepted);
    let put = Put {
        row: row(kinds, origin, taken, header, body),
        part: match opened(kinds, accepted) {
            Some((target, kind, body)) => Some(part_of_opening(target, kind, body)),
            None => part(kinds, header, body),
        },
        links: links(header, body),
    };
    let mut changes = vec![RowChange::Put(Box::new(put))];
    changes.extend(opening(kinds, origin, taken, accepted));
    changes.extend(body.into_iter().flat_map(|body| taken_back(taken, header, body)));
    changes.extend(replaced(header, position(taken)));
    changes
}

fn open_body(accepted: &Accepted) -> Option<&Value> {
    let is_open = accepted.record.header().visibility == Visibility::Open;
    let body = accepted.body.here().filter(|_| is_open)?;
    Some(body.value())
}

/// What a checked opening opens: the record with its version, its kind and its body; none where the kind is unknown here.
fn opened<'a>(kinds: &'a Kinds, accepted: &'a Accepted) -> Option<((RecordId, u32), &'a Kind, &'a Value)> {
    let (record_id, version, body) = about::opened(&accepted.record.header().kind, open_body(accepted)?)?;
    let kind = kinds.find(accepted.opens.as_ref()?)?;
    Some(((record_id, version), kind, body))
}

fn opening(kinds: &Kinds, origin: &str, taken: &Taken, accepted: &Accepted) -> Option<RowChange> {
    let header = accepted.record.header();
    let (record_id, version, body) = about::opened(&header.kind, open_body(accepted)?)?;
    let pointers = accepted
        .opens
        .as_ref()
        .and_then(|kind| kinds.find(kind))
        .map(Kind::pointers);
    let shown = |pointer: Option<&String>| shown(body.pointer(pointer?)?);
    Some(RowChange::Open(Box::new(Opening {
        record_id,
        version,
        origin: origin.to_owned(),
        position: position(taken),
        at: header.issued,
        title: pointers.and_then(|pointers| shown(pointers.title.as_ref())),
        description: pointers.and_then(|pointers| shown(pointers.description.as_ref())),
    })))
}

/// What an opened record is found by, under its own name: the header gives the rest.
fn part_of_opening((target, _): (RecordId, u32), kind: &Kind, body: &Value) -> Part {
    let mut part = Part {
        about: Some(target),
        ..Part::default()
    };
    read_body(&mut part, kind, body);
    part
}

fn row(kinds: &Kinds, origin: &str, taken: &Taken, header: &Header, body: Option<&Value>) -> VersionRow {
    let pointers = kinds.find(&header.kind).map(Kind::pointers);
    let shown = |pointer: Option<&String>| shown(body?.pointer(pointer?)?);
    VersionRow {
        record_id: header.id.clone(),
        version: header.version,
        origin: origin.to_owned(),
        position: position(taken),
        leaf_hash: taken.leaf_hash,
        kind: header.kind.clone(),
        issuer: header.issuer.clone(),
        issued: header.issued,
        valid: header.valid.unwrap_or_default(),
        visibility: header.visibility.as_str(),
        languages: header.languages.clone(),
        title: pointers.and_then(|pointers| shown(pointers.title.as_ref())),
        description: pointers.and_then(|pointers| shown(pointers.description.as_ref())),
    }
}

const fn position(taken: &Taken) -> u64 {
    taken.index.saturating_add(1)
}

fn shown(map: &Value) -> Option<Texts> {
    let texts = map.as_object()?.iter().filter_map(|(tag, text)| {
        let text = text.as_str()?;
        let cut: String = text.chars().take(SHOWN).collect();
        let rest = if cut.len() < text.len() { "…" } else { "" };
        Some((Lang::parse(tag).ok()?, cut + rest))
    });
    Some(texts.collect())
}

/// What a record is found by. What the node writes for itself and what takes another back is not looked for; a translation is found under
/// its source.
fn part(kinds: &Kinds, header: &Header, body: Option<&Value>) -> Option<Part> {
    let kind = kinds.find(&header.kind);
    if header.kind.as_str() == TRANSLATION {
        return translation(&header.kind, body?);
    }
    if header.kind.as_str() == about::WITHDRAWAL || kind.is_some_and(Kind::is_system) {
        return None;
    }
    let mut part = Part::default();
    part.say("kind", header.kind.as_str());
    part.say("issuer", header.issuer.as_str());
    part.say("visibility", header.visibility.as_str());
    for language in &header.languages {
        part.say("language", language.as_str());
    }
    let Some(kind) = kind else { return Some(part) };
    part.say("group", kind.group());
    kind.clauses().iter().for_each(|clause| part.say("clause", clause));
    if let Some(body) = body {
        read_body(&mut part, kind, body);
    }
    Some(part)
}

/// Takes what a body says: states, topics, and its texts.
fn read_body(part: &mut Part, kind: &Kind, body: &Value) {
    let pointers = kind.pointers();
    let said = |pointer: &Option<String>| pointer.as_ref().and_then(|pointer| body.pointer(pointer));
    for (name, pointer) in [("state", &pointers.states), ("topic", &pointers.topics)] {
        for value in said(pointer).into_iter().flat_map(strings) {
            part.say(name, value);
        }
    }
    if body.get(IN_EXCHANGE).is_some_and(Value::is_string) {
        part.say("exchange", "offered");
    }
    let title = said(&pointers.title).and_then(Value::as_object);
    read(part, title, &kind.texts(body));
}

/// Takes the title first, so that it is found however long the rest is.
fn read(part: &mut Part, title: Option<&Map<String, Value>>, texts: &[(Lang, &str)]) {
    let titles = title.into_iter().flatten();
    for (tag, text) in titles {
        if let (Ok(language), Some(text)) = (Lang::parse(tag), text.as_str()) {
            part.title_terms.extend(words::terms(&language, text));
        }
    }
    while part.title_terms.len() > TERMS {
        part.title_terms.pop_last();
    }
    for (language, text) in texts {
        take_terms(part, words::terms(language, text));
    }
}

fn take_terms(part: &mut Part, terms: BTreeSet<String>) {
    for term in terms {
        if part.title_terms.len() + part.terms.len() == TERMS {
            return;
        }
        if !part.title_terms.contains(&term) {
            part.terms.insert(term);
        }
    }
}

fn translation(kind: &KindName, body: &Value) -> Option<Part> {
    let language = Lang::parse(body.get("language")?.as_str()?).ok()?;
    let mut part = Part {
        about: Some(about::target(kind, body)?),
        facets: BTreeSet::from([("translated", language.to_string())]),
        ..Part::default()
    };
    for text in body.get("body")?.as_object()?.values().flat_map(strings) {
        take_terms(&mut part, words::terms(&language, text));
    }
    Some(part)
}

fn links(header: &Header, body: Option<&Value>) -> BTreeSet<(String, String)> {
    let mut named = BTreeSet::new();
    if let Some(body) = body {
        gather(body, &mut String::new(), &mut named);
    }
    let said = header.links.iter().map(|link| (link.rel.clone(), link.target.clone()));
    named.extend(said);
    named
}

/// Every text in a body that is the id of a record, with its place.
fn gather(value: &Value, place: &mut String, named: &mut BTreeSet<(String, String)>) {
    match value {
        Value::String(text) if named.len() < NAMED && names_record(text) => {
            named.insert((place.clone(), text.clone()));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, place, named)),
        Value::Object(members) => {
            for (name, member) in members {
                let above = place.len();
                place.push('/');
                place.push_str(name);
                if place.len() <= PLACE {
                    gather(member, place, named);
                }
                place.truncate(above);
            }
        }
        _ => {}
    }
}

fn names_record(text: &str) -> bool {
    !text.contains(char::is_whitespace) && RecordId::parse(text).is_ok()
}

/// What a record takes the place of. Only its issuer's own, in another log: within one log there are versions and withdrawals.
fn replaced(header: &Header, position: u64) -> impl Iterator<Item = RowChange> {
    let targets = header.links.iter().filter(|link| link.rel == REPLACES);
    let targets = targets.filter_map(|link| RecordId::parse(&link.target).ok());
    let ours = targets.filter(|target| {
        let is_issuer_s =
            target.participant() == header.id.participant() || chapar_terms::sabotaged("replace-records-of-others");
        is_issuer_s && target.log() != header.id.log()
    });
    ours.map(move |record_id| RowChange::Replace {
        record_id,
        by: header.id.clone(),
        position,
    })
}

/// What a withdrawal takes back: a version of a record of the same log, and its body where it says so.
fn taken_back(taken: &Taken, header: &Header, body: &Value) -> Vec<RowChange> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let target = about::target(&header.kind, body).filter(|target| {
        let is_ours = target.participant() == header.id.participant() && target.log() == header.id.log();
        header.kind.as_str() == about::WITHDRAWAL && is_ours
    });
    let leaf_hash = text("targetHash").and_then(|hash| Digest::from_hex(hash).ok());
    let (Some(record_id), Some(leaf_hash)) = (target, leaf_hash) else {
        return Vec::new();
    };
    let mut changes = vec![RowChange::Withdraw(Withdrawal {
        record_id: record_id.clone(),
        leaf_hash,
        position: position(taken),
        code: text("code").unwrap_or_default().to_owned(),
        replaced_by: text("replacedBy").map(str::to_owned),
    })];
    if body.get("purge") == Some(&Value::Bool(true)) {
        changes.push(RowChange::Purge { record_id, leaf_hash });
    }
    changes
}
