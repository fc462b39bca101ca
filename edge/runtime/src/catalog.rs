//! The catalogue: what we offer to whom, page by page, dataset by dataset, offer by offer.
//!
//! Who is let in to which definition is kept in `policy_cache`; what remains is an indexed lookup by keyset. The catalogue of
//! a peer is asked for in `peer_catalog`.

use crate::catalog_query::Wanted;
use crate::catalog_rows::Rows;
use crate::desk::stored_object;
use crate::hosted::Hosted;
use crate::http::{Inbound, Outbound};
use crate::offer_id;
use crate::paging::{self, Link};
use crate::policy_cache::{Allowed, stored_policy};
use crate::render::Family;
use crate::{Fault, Runtime};
use chapar_dsp::Offer;
use chapar_dsp::catalog::{AccessService, Catalog, CatalogRequest, DataService, Dataset, Distribution};
use chapar_exchange::Mode;
use chapar_exchange::negotiation::Published;
use chapar_exchange::transfer::{HTTP_PULL, HTTP_PUSH};
use chapar_policy::{Policy, Situation};
use chapar_store::{AssetRow, ContentRow, DatasetRow, Keyset};
use chapar_terms::{AssetId, DefinitionId, OfferId, ParticipantId};
use serde_json::{Map, Value, json};

/// The field that says that a filter was understood and is satisfied: who gets no such answer must see for itself.
pub(crate) const APPLIED: &str = "chapar-filter";

impl Runtime {
    /// A page of our catalogue for the sender of `inbound`. `token` continues an earlier page.
    pub async fn catalog(&self, slug: &str, token: Option<&str>, inbound: Inbound) -> Outbound {
        let family = Family::Catalog;
        let Some(hosted) = self.hosted(slug) else {
            return Outbound::empty(404);
        };
        let peer = match self.authenticate_read(&hosted, &inbound).await {
            Ok(authenticated) => authenticated.peer.value().id.clone(),
            Err(failure) => return family.unauthenticated(&failure),
        };
        let answer = match CatalogRequest::parse(&inbound.body) {
            Err(malformed) => family.malformed(&malformed),
            Ok(request) => match Wanted::read(&request.filter) {
                Err(unfit) => family.plain_error(400, unfit.code, unfit.why),
                Ok(wanted) => match self.catalog_page(&hosted, &peer, token, &wanted).await {
                    Ok(answer) => paging::gzip_if_asked(&inbound, answer),
                    Err(Fault::Invalid { code, reason }) => family.plain_error(400, &code, reason),
                    Err(fault) => self.fault_answer(family, &fault),
                },
            },
        };
        self.sign_answer(&hosted, &inbound, answer)
    }

    async fn catalog_page(
        &self,
        hosted: &Hosted,
        peer: &ParticipantId,
        token: Option<&str>,
        wanted: &Wanted,
    ) -> Result<Outbound, Fault> {
        let allowed = self.allowed(hosted, peer).await?;
        let from = match token {
            None => Keyset::Start,
            Some(token) => paging::read(token, hosted, peer, self.inner.keys.as_ref())?,
        };
        let slug = hosted.slug.as_str();
        let Rows { mut rows, unfinished } = self.dataset_rows(slug, &allowed, from.clone(), wanted).await?;
        let more = rows.len() > wanted.size;
        let backwards = matches!(from, Keyset::Before(_));
        if more && backwards {
            rows.remove(0);
        }
        rows.truncate(wanted.size);
        let datasets = rows
            .iter()
            .map(|row| dataset(hosted, row, &allowed))
            .collect::<Result<Vec<_>, _>>()?;
        let catalog = Catalog {
            id: format!("{}/catalog", hosted.me.dsp_address),
            participant_id: hosted.me.id.clone(),
            datasets,
            services: vec![service(hosted)],
            nested: Vec::new(),
            rejects: Vec::new(),
        };
        let mut answer = Outbound::json(200, &catalog.render());
        let is_start = matches!(from, Keyset::Start) && wanted.offset == 0;
        let key = |row: Option<&DatasetRow>| row.map(|row| row.asset.id.clone());
        let (before, after) = match (unfinished, backwards) {
            (Some(on), true) => (Some(on), key(rows.last()).map(Keyset::After)),
            (Some(on), false) => (key(rows.first()).map(Keyset::Before), Some(on)),
            (None, true) => (
                key(rows.first().filter(|_| more)).map(Keyset::Before),
                key(rows.last()).map(Keyset::After),
            ),
            (None, false) => (
                key(rows.first()).map(Keyset::Before),
                key(rows.last().filter(|_| more)).map(Keyset::After),
            ),
        };
        let next = after.map(|from| Link { rel: "next", from });
        let previous = before.filter(|_| !is_start).map(|from| Link { rel: "previous", from });
        let links: Vec<Link> = next.into_iter().chain(previous).collect();
        answer = answer.with_header(APPLIED, "applied");
        if let Some(value) = paging::header(&links, hosted, peer, self.inner.keys.as_ref()) {
            answer = answer.with_header("link", value);
        }
        Ok(answer)
    }

    /// One dataset for the sender of `inbound`.
    pub async fn dataset(&self, slug: &str, id: &str, inbound: Inbound) -> Outbound {
        let family = Family::Catalog;
        let Some(hosted) = self.hosted(slug) else {
            return Outbound::empty(404);
        };
        let peer = match self.authenticate_read(&hosted, &inbound).await {
            Ok(authenticated) => authenticated.peer.value().id.clone(),
            Err(failure) => return family.unauthenticated(&failure),
        };
        let answer = match self.one_dataset(&hosted, &peer, id).await {
            Ok(Some(dataset)) => Outbound::json(200, &dataset.render()),
            Ok(None) => family.plain_error(404, "dataset-unknown", "no such dataset is offered to you"),
            Err(fault) => self.fault_answer(family, &fault),
        };
        self.sign_answer(&hosted, &inbound, answer)
    }

    async fn one_dataset(&self, hosted: &Hosted, peer: &ParticipantId, id: &str) -> Result<Option<Dataset>, Fault> {
        let slug = hosted.slug.as_str();
        let Some(asset) = self.inner.store.asset(slug, id).await? else {
            return Ok(None);
        };
        let allowed = self.allowed(hosted, peer).await?;
        let mut definitions = self.inner.store.definitions_of_asset(slug, id).await?;
        definitions.retain(|definition| allowed.rules(definition).is_some());
        if definitions.is_empty() {
            return Ok(None);
        }
        Ok(Some(dataset(hosted, &DatasetRow { asset, definitions }, &allowed)?))
    }

    /// What `peer` is offered under the offer id `id`, if anything.
    pub(crate) async fn published(
        &self,
        hosted: &Hosted,
        peer: &ParticipantId,
        id: &OfferId,
        target: Option<&AssetId>,
    ) -> Result<Option<Published>, Fault> {
        let slug = hosted.slug.as_str();
        for (definition, asset) in offer_id::readings(id.as_str(), target.map(AssetId::as_str)) {
            let Some(row) = self.inner.store.definition(slug, &definition).await? else {
                continue;
            };
            let offered = self.inner.store.definitions_of_asset(slug, &asset).await?;
            if !offered.contains(&definition) || !self.lets_in(slug, &row.access_policy, peer).await? {
                continue;
            }
            let Some(rules) = self.policy(slug, &row.contract_policy).await? else {
                continue;
            };
            let asset = AssetId::parse(&asset)?;
            return Ok(Some(Published {
                definition: DefinitionId::parse(&definition)?,
                offer: Offer::from_rules(id.clone(), Some(asset.clone()), rules.members()),
                asset,
                mode: Mode::parse(&row.mode).unwrap_or(Mode::Manual),
            }));
        }
        Ok(None)
    }

    async fn lets_in(&self, slug: &str, policy: &str, peer: &ParticipantId) -> Result<bool, Fault> {
        let Some(policy) = self.policy(slug, policy).await? else {
            return Ok(false);
        };
        let situation = Situation {
            now: self.now(),
            counterparty: peer,
            federations: &self.members_of_federations(),
            agreed_at: None,
        };
        Ok(policy.standing(&situation).permitted || chapar_terms::sabotaged("negotiate-what-is-not-offered"))
    }

    async fn policy(&self, slug: &str, id: &str) -> Result<Option<Policy>, Fault> {
        match self.inner.store.policy(slug, id).await? {
            Some(row) => stored_policy(&row),
            None => Ok(None),
        }
    }
}

/// Where what is offered can be negotiated.
pub(crate) fn service(hosted: &Hosted) -> DataService {
    DataService {
        id: service_id(hosted),
        endpoint_url: hosted.me.dsp_address.clone(),
        members: Map::new(),
    }
}

fn service_id(hosted: &Hosted) -> String {
    format!("{}#dsp", hosted.me.id)
}

/// A row with the offers that are allowed of it.
pub(crate) fn dataset(hosted: &Hosted, row: &DatasetRow, allowed: &Allowed) -> Result<Dataset, Fault> {
    let asset = &row.asset;
    let mut offers = Vec::with_capacity(row.definitions.len());
    for definition in &row.definitions {
        if let Some(rules) = allowed.rules(definition) {
            let id = OfferId::parse(&offer_id::render(definition, &asset.id, rules))?;
            offers.push(Offer::from_rules(id, None, rules));
        }
    }
    let distribution = |format: &str| Distribution {
        format: format.to_owned(),
        access_service: AccessService::Id(service_id(hosted)),
        members: asset.content.as_ref().map(representation).unwrap_or_default(),
    };
    Ok(Dataset {
        id: AssetId::parse(&asset.id)?,
        offers,
        distributions: vec![distribution(HTTP_PULL), distribution(HTTP_PUSH)],
        members: description(asset)?,
    })
}

/// What a dataset says of itself: the asset's properties, as connectors of the EDC family show them, where there is a word of
/// DCAT 3 or Dublin Core in that word. Its private properties are not among them.
pub(crate) fn description(asset: &AssetRow) -> Result<Map<String, Value>, Fault> {
    let mut members = Map::new();
    for (name, value) in stored_object(&asset.properties)? {
        let term = TERMS.iter().find(|(own, _)| *own == name && value.is_string());
        match term {
            Some((_, term)) => members.insert((*term).to_owned(), value),
            // Words of JSON-LD itself say what the dataset is, which is not the asset's to say.
            None if name.starts_with('@') => None,
            None => members.insert(expanded(&name), with_expanded_names(value)),
        };
    }
    members.insert(IDENTIFIER.to_owned(), json!(asset.id));
    Ok(members)
}

/// Properties that have a word of their own in a catalogue.
const TERMS: [(&str, &str); 3] = [
    ("title", "dct:title"),
    ("description", "dct:description"),
    ("documentType", "dct:type"),
];
/// What a catalogue calls the id of an asset.
const IDENTIFIER: &str = "dct:identifier";

/// Whether a catalogue says under this name what the asset calls otherwise.
pub(crate) fn is_word_of_catalogs(name: &str) -> bool {
    name == IDENTIFIER || TERMS.iter().any(|(_, term)| *term == name)
}

/// The namespace of short names.
const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";

fn expanded(name: &str) -> String {
    if name.contains(':') {
        name.to_owned()
    } else {
        format!("{EDC}{name}")
    }
}

/// The same for all that lies within.
fn with_expanded_names(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(with_expanded_names).collect(),
        Value::Object(members) => {
            let name = |name: String| if name.starts_with('@') { name } else { expanded(&name) };
            let members = members.into_iter();
            let renamed = members.map(|(own, value)| (name(own), with_expanded_names(value)));
            Value::Object(renamed.collect())
        }
        single => single,
    }
}

fn representation(content: &ContentRow) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("dcat:mediaType".to_owned(), json!(content.media_type));
    members.insert("dcat:byteSize".to_owned(), json!(content.size.to_string()));
    members.insert(
        "spdx:checksum".to_owned(),
        json!({ "spdx:algorithm": "sha256", "spdx:checksumValue": content.digest }),
    );
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dataset_says_what_its_asset_says_of_itself_and_nothing_private() {
        let properties = json!({
            "title": "Certificates", "description": 7, "kind": "x", "@type": "Asset", "https://example.org/ns/a.b": true,
            "nested": [{ "@id": "urn:n", "inner": { "@value": "v", "@language": "ru" }, "urn:m": 1 }],
        });
        let asset = AssetRow {
            participant: "uz".to_owned(),
            id: "a".to_owned(),
            content: None,
            properties: properties.to_string(),
            private_properties: json!({ "secret": "s" }).to_string(),
            data_address: Some(json!({ "authCode": "c" }).to_string()),
            in_reach: true,
            created_at: 1,
            updated_at: 1,
        };
        let ns = |name: &str| format!("{EDC}{name}");
        let inner = json!({ "@value": "v", "@language": "ru" });
        assert_eq!(
            Value::Object(description(&asset).unwrap()),
            json!({
                "dct:identifier": "a", "dct:title": "Certificates", ns("description"): 7, ns("kind"): "x",
                "https://example.org/ns/a.b": true,
                ns("nested"): [{ "@id": "urn:n", ns("inner"): inner, "urn:m": 1 }],
            })
        );
    }
}
