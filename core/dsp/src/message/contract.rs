//! Offers and agreements: the policy kept whole as JSON members, with the ids read out of it (`contract-schema.json`).
//!
//! Refuses to compare (`policy::diff`) or to judge (`policy::decide`).

use super::parts::Object;
use super::rules::{RULE_MEMBERS, check_any_rules_at, check_rules_at};
use crate::error::{Malformed, code};
use chapar_terms::{AgreementId, AssetId, Instant, OfferId, ParticipantId};
use serde_json::{Map, Value};

/// An Offer, in a catalogue or a message. Unknown members survive in `members`.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Its `@id`.
    pub id: OfferId,
    /// What it is about: required in a message's offer, absent in a catalogue's, where the dataset implies it.
    pub target: Option<AssetId>,
    /// All members, `@id`, `@type` and `target` included. When they differ from the fields, the fields are rendered.
    pub members: Map<String, Value>,
}

impl Offer {
    /// Makes an offer out of the rules of a policy (`permission`, `prohibition`, `obligation`, `profile`, extra members).
    pub fn from_rules(id: OfferId, target: Option<AssetId>, rules: &Map<String, Value>) -> Self {
        let mut offer = Self {
            id,
            target,
            members: rules.clone(),
        };
        offer.members = offer.rendered();
        offer
    }

    /// An offer named by its id alone: its rules are for whoever makes it to say.
    pub fn named(id: OfferId, target: Option<AssetId>) -> Self {
        Self::from_rules(id, target, &Map::new())
    }

    /// Whether it says any rules of its own.
    pub fn has_rules(&self) -> bool {
        says_rules(&self.members)
    }

    /// Reads an offer that is asked for: as [`Self::parse_in_message`] does, or, without any rules, one that is [named](Self::named).
    ///
    /// # Errors
    /// The value is no such offer; answer 400.
    pub fn parse_or_named(value: &Value) -> Result<Self, Malformed> {
        let object = Object::at(value, "offer")?;
        if says_rules(object.members) {
            return Self::read(&object);
        }
        check_class(&object, "Offer")?;
        let target = object.optional_id("target", AssetId::parse)?;
        Ok(Self::named(object.id("@id", OfferId::parse)?, target))
    }

    /// Reads a message's offer: `@type` "Offer", well-formed rules. A missing `target` is left to the caller.
    ///
    /// # Errors
    /// The value is no such offer; answer 400.
    pub fn parse_in_message(value: &Value) -> Result<Self, Malformed> {
        Self::read(&Object::at(value, "offer")?)
    }

    /// Reads a catalogue's offer for `dataset`: it needs no `@type`, nor any rules; a `target` is forgiven when it is the dataset itself.
    ///
    /// # Errors
    /// The value is no such offer; list it among the rejects.
    pub fn parse_in_catalog(value: &Value, dataset: &AssetId) -> Result<Self, Malformed> {
        let object = Object::at(value, "hasPolicy")?;
        let mut members = object.members.clone();
        members.entry("@type").or_insert_with(|| "Offer".into());
        let object = Object::of(&members, "hasPolicy");
        check_any_rules_at(&object)?;
        let mut offer = Self::whatever_it_says(&object)?;
        if offer.target.take().is_some_and(|target| target != *dataset) {
            return Err(object.wrong("target", "must not stand in a catalogue's offer"));
        }
        offer.members.remove("target");
        Ok(offer)
    }

    pub(crate) fn read(object: &Object<'_>) -> Result<Self, Malformed> {
        check_rules_at(object)?;
        Self::whatever_it_says(object)
    }

    fn whatever_it_says(object: &Object<'_>) -> Result<Self, Malformed> {
        check_class(object, "Offer")?;
        Ok(Self {
            id: object.id("@id", OfferId::parse)?,
            target: object.optional_id("target", AssetId::parse)?,
            members: kept(object),
        })
    }

    /// The rules only, for comparison: `permission`, `prohibition`, `obligation` (when not empty) and `profile`.
    pub fn rules(&self) -> Value {
        rules_of(&self.members)
    }

    /// The offer as it goes out in a message.
    pub fn render(&self) -> Value {
        Value::Object(self.rendered())
    }

    /// The offer as it goes out in a catalogue: without `target`.
    pub fn render_in_catalog(&self) -> Value {
        let mut members = self.rendered();
        members.remove("target");
        Value::Object(members)
    }

    fn rendered(&self) -> Map<String, Value> {
        let mut members = self.members.clone();
        members.insert("@id".to_owned(), self.id.as_str().into());
        members.insert("@type".to_owned(), "Offer".into());
        match &self.target {
            Some(target) => members.insert("target".to_owned(), target.as_str().into()),
            None => members.remove("target"),
        };
        drop_empty_rules(&mut members);
        members
    }
}

/// An Agreement. Unknown members survive in `members`.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Its `@id`, shared by both sides.
    pub id: AgreementId,
    /// The dataset it is about.
    pub target: AssetId,
    /// The provider's participant id.
    pub assigner: ParticipantId,
    /// The consumer's participant id.
    pub assignee: ParticipantId,
    /// When it was made, by the provider's clock; we always send it, some peers do not.
    pub timestamp: Option<Instant>,
    /// All members. When they differ from the fields, the fields are rendered.
    pub members: Map<String, Value>,
}

impl Agreement {
    /// The agreement that carries out `offer`: its rules and extra members under new ids.
    pub fn from_offer(
        offer: &Offer,
        id: AgreementId,
        target: AssetId,
        assigner: ParticipantId,
        assignee: ParticipantId,
        timestamp: Instant,
    ) -> Self {
        let mut agreement = Self {
            id,
            target,
            assigner,
            assignee,
            timestamp: Some(timestamp),
            members: offer.members.clone(),
        };
        agreement.members = agreement.rendered();
        agreement
    }

    /// Reads an agreement from a message or from where we stored it. It may say no rules, if the offer said none.
    ///
    /// # Errors
    /// The value is no agreement; answer 400.
    pub fn parse(value: &Value) -> Result<Self, Malformed> {
        Self::read(&Object::at(value, "agreement")?)
    }

    pub(crate) fn read(object: &Object<'_>) -> Result<Self, Malformed> {
        check_class(object, "Agreement")?;
        check_any_rules_at(object)?;
        Ok(Self {
            id: object.id("@id", AgreementId::parse)?,
            target: object.id("target", AssetId::parse)?,
            assigner: object.id("assigner", ParticipantId::parse)?,
            assignee: object.id("assignee", ParticipantId::parse)?,
            timestamp: object.optional_id("timestamp", date_time)?,
            members: kept(object),
        })
    }

    /// The rules only, for comparison: `permission`, `prohibition`, `obligation` (when not empty) and `profile`.
    pub fn rules(&self) -> Value {
        rules_of(&self.members)
    }

    /// The agreement as it goes out in a message.
    pub fn render(&self) -> Value {
        Value::Object(self.rendered())
    }

    fn rendered(&self) -> Map<String, Value> {
        let mut members = self.members.clone();
        let named = [
            ("@id", self.id.as_str()),
            ("@type", "Agreement"),
            ("target", self.target.as_str()),
            ("assigner", self.assigner.as_str()),
            ("assignee", self.assignee.as_str()),
        ];
        for (name, text) in named {
            members.insert(name.to_owned(), text.into());
        }
        match self.timestamp {
            // The sender's own spelling stays while it means the same instant: the other side keeps a digest of it.
            Some(at) if written_instant(&members) == Some(at) => {}
            Some(at) => {
                members.insert("timestamp".to_owned(), at.rfc3339().into());
            }
            None => {
                members.remove("timestamp");
            }
        }
        drop_empty_rules(&mut members);
        members
    }
}

/// `xsd:dateTime` may leave the offset out; it then counts as UTC.
fn date_time(text: &str) -> Result<Instant, chapar_terms::Invalid> {
    let zoned = text
        .split_once('T')
        .is_some_and(|(_, time)| time.contains(['Z', 'z', '+', '-']));
    if zoned {
        Instant::parse_rfc3339(text)
    } else {
        Instant::parse_rfc3339(&format!("{text}Z"))
    }
}

fn written_instant(members: &Map<String, Value>) -> Option<Instant> {
    date_time(members.get("timestamp")?.as_str()?).ok()
}

fn check_class(object: &Object<'_>, class: &str) -> Result<(), Malformed> {
    match object.text("@type") {
        Ok(got) if got == class => Ok(()),
        _ => Err(Malformed::new(
            code::WRONG_POLICY,
            format!("`{}` must be `{class}`", object.place("@type")),
        )),
    }
}

fn rules_of(members: &Map<String, Value>) -> Value {
    let mut rules = Map::new();
    for name in RULE_MEMBERS.into_iter().chain(["profile"]) {
        if let Some(value) = members.get(name).filter(|value| !value.is_null()) {
            rules.insert(name.to_owned(), value.clone());
        }
    }
    drop_empty_rules(&mut rules);
    Value::Object(rules)
}

fn says_rules(members: &Map<String, Value>) -> bool {
    let says = |name: &&str| members.get(*name).is_some_and(|rules| !says_nothing(rules));
    RULE_MEMBERS.iter().any(says)
}

fn says_nothing(rules: &Value) -> bool {
    rules.is_null() || rules.as_array().is_some_and(Vec::is_empty)
}

/// The members as they are kept: read again from where they are stored, they are the same.
fn kept(object: &Object<'_>) -> Map<String, Value> {
    let mut members = object.members.clone();
    drop_empty_rules(&mut members);
    members
}

/// Some peers write empty rule arrays; the schemas allow none, and they mean the same as none.
fn drop_empty_rules(members: &mut Map<String, Value>) {
    for name in RULE_MEMBERS {
        if members.get(name).is_some_and(says_nothing) {
            members.remove(name);
        }
    }
}
