//! Assets: what may be offered, with properties for those who see it, private ones, and where its data are.
//!
//! Properties and data addresses are JSON objects: a key is the short name of a term of EDC's namespace, or a full IRI. Which
//! definitions offer an asset, and what queries find it by, is written with the asset itself, so neither is ever stale. The
//! cost of that: each write reads every contract definition. An asset with content is a document (`documents`); what is found
//! by a query is `find`.

use super::documents::{STRIDE, next_after};
use super::{Desk, Expect, invalid, removed, stored, through, written};
use crate::http_data::{self, HttpData};
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_exchange::negotiation::Negotiation;
use chapar_query::{Filter, index_keys};
use chapar_store::{AssetFacts, AssetRow, DefinitionRow, IndexKey};
use chapar_terms::{AssetId, canonical_json};
use serde_json::{Map, Value, json};
use tokio::sync::MutexGuard;

/// Longest properties of an asset, public or private, and longest data address, in bytes; the public ones are part of every
/// catalogue page that shows it.
const PROPERTIES_BYTES: usize = 16 * 1024;
/// By which rules the keys are made that queries find assets by. Raise it when `index_keys` changes: all are made anew.
const KEYS_VERSION: i64 = 1;

/// An asset as it is put.
#[derive(Clone, Debug)]
pub struct NewAsset {
    /// Its id.
    pub id: AssetId,
    /// For all who see it.
    pub properties: Map<String, Value>,
    /// For the participant alone.
    pub private_properties: Map<String, Value>,
    /// Where its data are when they do not lie here. It may hold what opens them, and is sealed on disk.
    pub data_address: Option<Map<String, Value>>,
}

/// What is written down of an asset as it is put.
struct Texts {
    properties: String,
    private_properties: String,
    data_address: Option<String>,
    /// Whether its address is one from which data can be handed out.
    in_reach: bool,
}

impl NewAsset {
    /// Checks all that does not hang on what is there already.
    ///
    /// # Errors
    /// [`Fault::Invalid`], as [`Desk::put_asset`] would say it.
    pub fn check(&self) -> Result<(), Fault> {
        self.texts().map(drop)
    }

    fn texts(&self) -> Result<Texts, Fault> {
        let mut properties = self.properties.clone();
        if properties.remove("id").is_some_and(|id| id != self.id.as_str()) {
            return Err(invalid("wrong-id", "the property `id` of an asset is its id"));
        }
        if let Some(twice) = properties
            .keys()
            .find(|name| self.private_properties.contains_key(*name))
        {
            let reason = format!("`{twice}` is among the properties and among the private ones");
            return Err(invalid("duplicate-property", reason));
        }
        let address = self.data_address.as_ref();
        Ok(Texts {
            properties: properties_text(&properties)?,
            private_properties: properties_text(&self.private_properties)?,
            data_address: address.map(properties_text).transpose()?,
            in_reach: address.map_or(Ok(false), is_in_reach)?,
        })
    }
}

impl Desk {
    /// Adds an asset or replaces what is said of it, and gives it back as [`Self::asset`] does. Content that lies here stays.
    ///
    /// # Errors
    /// [`Fault::Conflict`] or [`Fault::NotFound`] when there is not what `expect` says; [`Fault::Invalid`] when it is too long
    /// or says a thing twice.
    pub async fn put_asset(&self, new: NewAsset, expect: Expect) -> Result<Value, Fault> {
        let desk = self.clone();
        through(async move {
            let _turn = desk.index_turn().await;
            let id = new.id.as_str();
            let before = desk.runtime.inner.store.asset(desk.slug(), id).await?;
            expect.check(before.is_some(), "asset", id)?;
            let row = desk.row_of(&new, before, desk.now_ms())?;
            let view = asset_view(&row)?;
            desk.write_asset(row).await?;
            Ok(view)
        })
        .await
    }

    /// One asset: `id`, `properties`, `privateProperties`, `dataAddress` where it has one, and `createdAt` in milliseconds of
    /// the Unix epoch.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn asset(&self, id: &str) -> Result<Value, Fault> {
        asset_view(&self.asset_row(id).await?)
    }

    /// Removes an asset, its content and its offers.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] when an agreement or an open negotiation is about it.
    pub async fn delete_asset(&self, id: &str) -> Result<(), Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move {
            let _turn = desk.index_turn().await;
            let (kind, open) = (Negotiation::NAME, Negotiation::OPEN_STATES);
            let store = &desk.runtime.inner.store;
            let deleted = store.delete_asset(desk.slug(), &id, kind, open).await;
            // What may be durable is followed as what is.
            desk.runtime.inner.offered.wake_for(desk.slug(), [id.clone()]);
            removed(deleted?)?;
            desk.note("delete", "asset", &id);
            Ok(())
        })
        .await
    }

    pub(super) async fn index_turn(&self) -> Option<MutexGuard<'_, ()>> {
        self.runtime.offers_turn(self.slug()).await
    }

    pub(super) async fn asset_row(&self, id: &str) -> Result<AssetRow, Fault> {
        let store = &self.runtime.inner.store;
        store.asset(self.slug(), id).await?.ok_or(Fault::NotFound)
    }

    fn row_of(&self, new: &NewAsset, before: Option<AssetRow>, now: i64) -> Result<AssetRow, Fault> {
        let texts = new.texts()?;
        let content = before.as_ref().and_then(|row| row.content.clone());
        Ok(AssetRow {
            participant: self.slug().to_owned(),
            id: new.id.as_str().to_owned(),
            properties: texts.properties,
            private_properties: texts.private_properties,
            data_address: texts.data_address,
            in_reach: texts.in_reach || content.is_some(),
            created_at: before.map_or(now, |row| row.created_at),
            content,
            updated_at: now,
        })
    }

    /// Writes the row with what offers it and what it is found by. The caller has the turn.
    pub(super) async fn write_asset(&self, row: AssetRow) -> Result<(), Fault> {
        let id = row.id.clone();
        let seen = Seen::of(&row.id, row.created_at, &row.properties, &row.private_properties)?;
        let offered_by = match row.in_reach {
            true => self.definitions_that_pick(&seen).await?,
            // What cannot be handed out is not offered: a dataset has a way to get it.
            false => Vec::new(),
        };
        let keys = seen.keys();
        let put = self.runtime.inner.store.put_asset(row, keys, offered_by).await;
        self.runtime.inner.offered.wake_for(self.slug(), [id.clone()]);
        written(put?)?;
        self.note("put", "asset", &id);
        Ok(())
    }

    async fn definitions_that_pick(&self, seen: &Seen) -> Result<Vec<String>, Fault> {
        let store = &self.runtime.inner.store;
        let mut picked = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = store.list_definitions(self.slug(), after.as_deref(), STRIDE).await?;
            for definition in &page {
                if seen.is_meant_by(&stored_selector(&definition.selector)?) {
                    picked.push(definition.id.clone());
                }
            }
            match next_after(&page, |definition: &DefinitionRow| &definition.id) {
                Some(last) => after = Some(last),
                None => return Ok(picked),
            }
        }
    }
}

impl Runtime {
    /// Writers of assets, definitions and policies take turns, so that none decides on rows that another is replacing.
    pub(crate) async fn offers_turn(&self, slug: &str) -> Option<MutexGuard<'_, ()>> {
        // No case id holds a control character.
        self.inner.locks.hold(slug, "\u{1}offers").await
    }

    /// Makes the keys that assets are found by, unless that was done by the rules of this release.
    pub(crate) async fn make_asset_keys(&self) -> Result<(), Fault> {
        let store = &self.inner.store;
        if store.asset_keys_version().await? == KEYS_VERSION {
            return Ok(());
        }
        let mut made = 0_usize;
        for participant in store.list_participants().await? {
            let slug = participant.slug.as_str();
            let mut from: Option<String> = None;
            loop {
                let way = chapar_store::Way::Forth;
                let ids = store.asset_ids(slug, way, from.as_deref(), 0, STRIDE).await?;
                let Some(last) = ids.last() else { break };
                from = Some(last.clone());
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let facts = store.asset_facts(slug, &ids).await?;
                made += facts.len();
                let with_keys = facts.into_iter().map(|facts| {
                    let keys = Seen::of_facts(&facts)?.keys();
                    Ok((facts, keys))
                });
                let with_keys = with_keys.collect::<Result<_, Fault>>()?;
                store.put_asset_keys(slug, with_keys).await?;
            }
        }
        store.note_asset_keys_version(KEYS_VERSION).await?;
        if made > 0 {
            tracing::info!(assets = made, "made what assets are found by");
        }
        Ok(())
    }
}

/// Whether data at this address can be handed out; refused when it should be and cannot.
fn is_in_reach(address: &Map<String, Value>) -> Result<bool, Fault> {
    if address.get("type").and_then(Value::as_str) != Some(http_data::TYPE) {
        return Ok(false);
    }
    match HttpData::of_asset(address) {
        Ok(_) => Ok(true),
        Err(why) => Err(invalid("wrong-data-address", why)),
    }
}

/// An asset as queries and selectors see it.
pub(super) struct Seen {
    /// `id`, `properties` (the id is one of them) and `privateProperties`.
    frame: Value,
    /// What it does not say of itself.
    told: Value,
}

impl Seen {
    pub(super) fn of(id: &str, created_at: i64, properties: &str, private_properties: &str) -> Result<Self, Fault> {
        let mut properties = stored_object(properties)?;
        properties.insert("id".to_owned(), json!(id));
        Ok(Self {
            frame: json!({
                "id": id,
                "properties": properties,
                "privateProperties": stored_object(private_properties)?,
            }),
            told: json!({ "createdAt": created_at }),
        })
    }

    pub(super) fn of_facts(facts: &AssetFacts) -> Result<Self, Fault> {
        Self::of(
            &facts.id,
            facts.created_at,
            &facts.properties,
            &facts.private_properties,
        )
    }

    /// Where operands are looked for, in this order.
    pub(super) fn places(&self) -> [&Value; 4] {
        let below = |name: &str| self.frame.get(name).unwrap_or(&Value::Null);
        [&self.frame, below("properties"), below("privateProperties"), &self.told]
    }

    pub(super) fn is_meant_by(&self, filter: &Filter) -> bool {
        filter.holds(&self.places())
    }

    /// What it is found by: its properties, public and private. Its id and its time have indexes of their own.
    pub(super) fn keys(&self) -> Vec<IndexKey> {
        let [_, public, private, _] = self.places();
        let members = [public, private].into_iter().filter_map(Value::as_object);
        members
            .flat_map(index_keys)
            .filter(|(name, _)| name != "id")
            .map(|(name, value)| IndexKey { name, value })
            .collect()
    }
}

pub(super) fn stored_selector(text: &str) -> Result<Filter, Fault> {
    Filter::from_json(&stored(text)?).map_err(|malformed| Fault::Internal(format!("a stored selector: {malformed}")))
}

/// Properties as they are stored.
pub(crate) fn properties_text(properties: &Map<String, Value>) -> Result<String, Fault> {
    let bytes = canonical_json(&Value::Object(properties.clone()));
    if bytes.len() > PROPERTIES_BYTES {
        let reason = format!("properties take at most {PROPERTIES_BYTES} bytes");
        return Err(invalid("properties-too-long", reason));
    }
    String::from_utf8(bytes).map_err(|error| Fault::Internal(error.to_string()))
}

/// Properties that we stored ourselves.
pub(crate) fn stored_object(text: &str) -> Result<Map<String, Value>, Fault> {
    match stored(text)? {
        Value::Object(properties) => Ok(properties),
        _ => Err(Fault::Internal("stored properties are no object".to_owned())),
    }
}

/// A view with what is for the participant alone, where there is any.
pub(super) fn add_private_properties(mut view: Value, text: &str) -> Result<Value, Fault> {
    let properties = stored_object(text)?;
    if let Some(members) = view.as_object_mut().filter(|_| !properties.is_empty()) {
        members.insert("privateProperties".to_owned(), Value::Object(properties));
    }
    Ok(view)
}

pub(super) fn asset_view(row: &AssetRow) -> Result<Value, Fault> {
    let mut view = json!({
        "id": row.id,
        "properties": stored_object(&row.properties)?,
        "privateProperties": stored_object(&row.private_properties)?,
        "createdAt": row.created_at,
    });
    if let (Some(address), Some(members)) = (&row.data_address, view.as_object_mut()) {
        members.insert("dataAddress".to_owned(), Value::Object(stored_object(address)?));
    }
    Ok(view)
}
