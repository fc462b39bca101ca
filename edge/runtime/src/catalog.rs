//! The catalogue: what we offer to whom, page by page; and the catalogue of a peer, asked for in our name.
//!
//! Access policy is decided once per policy and consumer; what remains is an indexed lookup by keyset.

use crate::hosted::Hosted;
use crate::http::{Inbound, Outbound};
use crate::links::links;
use crate::offer_id;
use crate::paging::{self, Link};
use crate::peer_call::{Call, CallFault};
use crate::render::Family;
use crate::{Fault, Runtime};
use chapar_client::decode_gzip;
use chapar_dsp::Offer;
use chapar_dsp::catalog::{
    AccessService, CATALOG_BYTES, Catalog, CatalogRequest, DataService, Dataset, Distribution, parse_catalog,
};
use chapar_exchange::Mode;
use chapar_exchange::negotiation::Published;
use chapar_exchange::transfer::{HTTP_PULL, HTTP_PUSH};
use chapar_policy::{Decision, Situation, decide};
use chapar_store::{DatasetRow, DefinitionRow, DocumentRow, Keyset};
use chapar_terms::{AssetId, DefinitionId, OfferId, ParticipantId, limits};
use http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Definitions read at a time.
const BATCH: i64 = 1000;

/// The definitions whose access policy lets one consumer in, with the rules they offer.
struct Allowed {
    definitions: BTreeMap<String, (DefinitionRow, Map<String, Value>)>,
}

/// A page of a peer's catalogue.
pub struct PeerCatalog {
    /// What could be read of it.
    pub catalog: Catalog,
    /// Where the next page is.
    pub next: Option<String>,
    /// Where the page before is.
    pub previous: Option<String>,
}

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
            Ok(request) if !request.filter.is_empty() => family.plain_error(
                400,
                "filter-unsupported",
                "this catalogue takes no filter; leave `filter` out",
            ),
            Ok(_) => match self.catalog_page(&hosted, &peer, token).await {
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
    ) -> Result<Outbound, Fault> {
        let from = match token {
            None => Keyset::Start,
            Some(token) => paging::read(token, hosted, peer, self.inner.keys.as_ref())?,
        };
        let allowed = self.allowed(hosted, peer).await?;
        let ids: Vec<String> = allowed.definitions.keys().cloned().collect();
        let mut rows = self
            .inner
            .store
            .datasets_page(hosted.slug.as_str(), &ids, &from, limits::CATALOG_PAGE + 1)
            .await?;
        let more = rows.len() > limits::CATALOG_PAGE;
        let backwards = matches!(from, Keyset::Before(_));
        if more && backwards {
            rows.remove(0);
        }
        rows.truncate(limits::CATALOG_PAGE);
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
                from: Keyset::After(last.document.id.clone()),
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
                from: Keyset::Before(first.document.id.clone()),
            });
        }
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
        let Some(document) = self.inner.store.document(slug, id).await? else {
            return Ok(None);
        };
        let allowed = self.allowed(hosted, peer).await?;
        let mut definitions = self.inner.store.definitions_of_asset(slug, id).await?;
        definitions.retain(|definition| allowed.definitions.contains_key(definition));
        if definitions.is_empty() {
            return Ok(None);
        }
        Ok(Some(dataset(hosted, &DatasetRow { document, definitions }, &allowed)?))
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
                offer: Offer::from_rules(id.clone(), Some(asset.clone()), &rules),
                asset,
                mode: Mode::parse(&row.mode).unwrap_or(Mode::Manual),
            }));
        }
        Ok(None)
    }

    async fn allowed(&self, hosted: &Hosted, peer: &ParticipantId) -> Result<Allowed, Fault> {
        let slug = hosted.slug.as_str();
        let mut decided: BTreeMap<String, bool> = BTreeMap::new();
        let mut rules: BTreeMap<String, Option<Map<String, Value>>> = BTreeMap::new();
        let mut definitions = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let rows = self.inner.store.list_definitions(slug, after.as_deref(), BATCH).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id.clone());
            for row in rows {
                let lets_in = match decided.get(&row.access_policy) {
                    Some(known) => *known,
                    None => {
                        let lets_in = self.lets_in(slug, &row.access_policy, peer).await?;
                        decided.insert(row.access_policy.clone(), lets_in);
                        lets_in
                    }
                };
                if !lets_in {
                    continue;
                }
                if !rules.contains_key(&row.contract_policy) {
                    rules.insert(
                        row.contract_policy.clone(),
                        self.policy(slug, &row.contract_policy).await?,
                    );
                }
                if let Some(Some(rules)) = rules.get(&row.contract_policy) {
                    definitions.insert(row.id.clone(), (row, rules.clone()));
                }
            }
        }
        Ok(Allowed { definitions })
    }

    async fn lets_in(&self, slug: &str, policy: &str, peer: &ParticipantId) -> Result<bool, Fault> {
        let Some(rules) = self.policy(slug, policy).await? else {
            return Ok(false);
        };
        let situation = Situation {
            now: self.now(),
            counterparty: peer,
            agreed_at: None,
        };
        Ok(matches!(decide(&rules, &situation), Decision::Permit(_))
            || chapar_terms::sabotaged("catalog-ignores-access-policy"))
    }

    async fn policy(&self, slug: &str, id: &str) -> Result<Option<Map<String, Value>>, Fault> {
        let Some(row) = self.inner.store.policy(slug, id).await? else {
            return Ok(None);
        };
        let body: Value = serde_json::from_str(&row.body).map_err(|error| Fault::Internal(error.to_string()))?;
        Ok(body.as_object().cloned())
    }

    /// A page of the catalogue of `peer`, whose DSP base is `address`. `page` is a `next` or `previous` of an earlier call.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when the peer refuses or `page` is not below `address`; [`Fault::Unavailable`] when it does not answer.
    pub async fn peer_catalog(
        &self,
        slug: &str,
        peer: &ParticipantId,
        address: &str,
        page: Option<&str>,
    ) -> Result<PeerCatalog, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        let base = address.trim_end_matches('/');
        let own = format!("{base}/catalog/request");
        let url = match page {
            None => own,
            Some(page) if page.starts_with(&own) => page.to_owned(),
            Some(_) => {
                let reason = "a page's address must be below the peer's own".to_owned();
                return Err(Fault::Invalid {
                    code: "page-foreign".to_owned(),
                    reason,
                });
            }
        };
        let body = CatalogRequest { filter: Vec::new() }.render().to_string().into_bytes();
        let call = Call {
            peer,
            method: Method::POST,
            url: &url,
            body,
            effect: None,
            max_response_bytes: CATALOG_BYTES as u64,
        };
        let called = self.call(&hosted, call).await.map_err(call_fault)?;
        let zipped = called
            .headers
            .get(http::header::CONTENT_ENCODING)
            .is_some_and(|coding| coding == "gzip");
        let body = if zipped {
            decode_gzip(&called.body, CATALOG_BYTES)
                .map_err(|fault| peer_refused("answer-encoding", fault.to_string()))?
                .to_vec()
        } else {
            called.body
        };
        if !(200..300).contains(&called.status) {
            let error = chapar_dsp::parse_error(&body);
            let reason = format!("the peer answered {}: {}", called.status, error.reason.join("; "));
            return Err(peer_refused(
                &error.code.unwrap_or_else(|| "peer-refused".to_owned()),
                reason,
            ));
        }
        let catalog = parse_catalog(&body).map_err(|malformed| peer_refused(malformed.code, malformed.why))?;
        let (next, previous) = links(&called.headers, &url);
        Ok(PeerCatalog {
            catalog,
            next,
            previous,
        })
    }
}

fn peer_refused(code: &str, reason: String) -> Fault {
    Fault::Invalid {
        code: code.to_owned(),
        reason,
    }
}

fn call_fault(fault: CallFault) -> Fault {
    match fault {
        CallFault::Own(fault) => fault,
        CallFault::Unproven(why) => peer_refused("answer-unproven", why),
        CallFault::Send(fault) if fault.is_retryable() => Fault::Unavailable(fault.to_string()),
        CallFault::Send(fault) => peer_refused(fault.code(), fault.to_string()),
    }
}

fn service(hosted: &Hosted) -> DataService {
    DataService {
        id: service_id(hosted),
        endpoint_url: hosted.me.dsp_address.clone(),
        members: Map::new(),
    }
}

fn service_id(hosted: &Hosted) -> String {
    format!("{}#dsp", hosted.me.id)
}

fn dataset(hosted: &Hosted, row: &DatasetRow, allowed: &Allowed) -> Result<Dataset, Fault> {
    let document = &row.document;
    let mut offers = Vec::with_capacity(row.definitions.len());
    for definition in &row.definitions {
        if let Some((_, rules)) = allowed.definitions.get(definition) {
            let id = OfferId::parse(&offer_id::render(definition, &document.id, rules))?;
            offers.push(Offer::from_rules(id, None, rules));
        }
    }
    let distribution = |format: &str| Distribution {
        format: format.to_owned(),
        access_service: AccessService::Id(service_id(hosted)),
        members: representation(document),
    };
    Ok(Dataset {
        id: AssetId::parse(&document.id)?,
        offers,
        distributions: vec![distribution(HTTP_PULL), distribution(HTTP_PUSH)],
        members: description(document),
    })
}

/// What a dataset says of itself in the words of DCAT 3 and Dublin Core.
fn description(document: &DocumentRow) -> Map<String, Value> {
    let properties: Value = serde_json::from_str(&document.properties).unwrap_or(Value::Null);
    let mut members = Map::new();
    for (name, term) in [
        ("title", "dct:title"),
        ("description", "dct:description"),
        ("documentType", "dct:type"),
    ] {
        if let Some(text) = properties.get(name).and_then(Value::as_str) {
            members.insert(term.to_owned(), json!(text));
        }
    }
    members.insert("dct:identifier".to_owned(), json!(document.id));
    members
}

fn representation(document: &DocumentRow) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("dcat:mediaType".to_owned(), json!(document.media_type));
    members.insert("dcat:byteSize".to_owned(), json!(document.size.to_string()));
    members.insert(
        "spdx:checksum".to_owned(),
        json!({ "spdx:algorithm": "sha256", "spdx:checksumValue": document.digest }),
    );
    members
}
