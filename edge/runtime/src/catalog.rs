//! The catalogue: what we offer to whom, page by page, dataset by dataset, offer by offer.
//!
//! Who is let in to which definition is kept in `policy_cache`; what remains is an indexed lookup by keyset. The catalogue of
//! a peer is asked for in `peer_catalog`.

use crate::catalog_query::Wanted;
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

/// Datasets passed over at a time on the way to an offset: enough for few ways to the store, few enough to hold.
const STRIDE: usize = 500;

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
        let wanted = CatalogRequest::parse(&inbound.body).map(|request| Wanted::read(&request.filter));
        let answer = match wanted {
            Err(malformed) => family.malformed(&malformed),
            Ok(None) => family.plain_error(
                400,
                "filter-unsupported",
                "this catalogue takes no filter but a query with `limit` and `offset`",
            ),
            Ok(Some(wanted)) => match self.catalog_page(&hosted, &peer, token, wanted).await {
                Ok(answer) => paging::gzip_if_asked(&inbound, answer),
                Err(Fault::Invalid { code, reason }) => family.plain_error(400, &code, reason),
                Err(fault) => self.fault_answer(family, &fault),
            },
        };
        self.sign_answer(&hosted, &inbound, answer)
    }

    async fn catalog_page(
        &self,
        hosted: &Hosted,
        peer: &ParticipantId,
        token: Option<&str>,
        Wanted { offset, size }: Wanted,
    ) -> Result<Outbound, Fault> {
        let allowed = self.allowed(hosted, peer).await?;
        let from = match token {
            None => self.passed_over(hosted, &allowed, offset).await?,
            Some(token) => paging::read(token, hosted, peer, self.inner.keys.as_ref())?,
        };
        let mut rows = self
            .inner
            .store
            .datasets_page(hosted.slug.as_str(), allowed.ids(), &from, size.saturating_add(1))
            .await?;
        let more = rows.len() > size;
        let backwards = matches!(from, Keyset::Before(_));
        if more && backwards {
            rows.remove(0);
        }
        rows.truncate(size);
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
        let (first, last) = (rows.first(), rows.last());
        let mut links = Vec::new();
        if let Some(last) = last.filter(|_| more || backwards) {
            links.push(Link {
                rel: "next",
                from: Keyset::After(last.asset.id.clone()),
            });
        }
        if let Some(first) = first.filter(|_| {
            if backwards {
                more
            } else {
                !matches!(from, Keyset::Start)
            }
        }) {
            links.push(Link {
                rel: "previous",
                from: Keyset::Before(first.asset.id.clone()),
            });
        }
        if let Some(value) = paging::header(&links, hosted, peer, self.inner.keys.as_ref()) {
            answer = answer.with_header("link", value);
        }
        Ok(answer)
    }

    /// Where the datasets begin behind the first `offset` of them.
    async fn passed_over(&self, hosted: &Hosted, allowed: &Allowed, offset: usize) -> Result<Keyset, Fault> {
        let (slug, mut from, mut left) = (hosted.slug.as_str(), Keyset::Start, offset);
        while left > 0 {
            let stride = left.min(STRIDE);
            let rows = self
                .inner
                .store
                .datasets_page(slug, allowed.ids(), &from, stride)
                .await?;
            let Some(last) = rows.last() else { break };
            from = Keyset::After(last.asset.id.clone());
            left = left.saturating_sub(rows.len());
        }
        Ok(from)
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
fn description(asset: &AssetRow) -> Result<Map<String, Value>, Fault> {
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
    members.insert("dct:identifier".to_owned(), json!(asset.id));
    Ok(members)
}

/// Properties that have a word of their own in a catalogue.
const TERMS: [(&str, &str); 3] = [
    ("title", "dct:title"),
    ("description", "dct:description"),
    ("documentType", "dct:type"),
];
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
