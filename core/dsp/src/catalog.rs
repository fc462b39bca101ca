//! Catalogue messages (DSP 2025-1, Catalog Protocol): the request, and Catalog, Dataset, Distribution, DataService both ways.
//!
//! Which offers a peer may see is `policy`'s and `exchange`'s; paging is `edge/api`'s. Foreign catalogues are read so that the good is
//! kept and the rest is listed.

use crate::error::{Malformed, code};
use crate::json;
use crate::message::contexts::name_contexts;
use crate::message::contract::Offer;
use crate::message::envelope::{check_context, check_type, envelope};
use crate::message::parts::Object;
use chapar_terms::{AssetId, ParticipantId, limits};
use serde_json::{Map, Value};

/// Longest catalogue page read of a peer, in bytes: peers choose their own page size, and rich metadata takes tens of kilobytes each.
pub const CATALOG_BYTES: usize = 4 * 1024 * 1024;
/// Most rejects listed of one catalogue; a broken peer must not fill our memory with complaints.
pub const REJECTS: usize = 64;

/// A `CatalogRequestMessage`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogRequest {
    /// Filter expressions, whose language DSP leaves open; empty when absent.
    pub filter: Vec<Value>,
}

impl CatalogRequest {
    /// Reads the body of `POST /catalog/request`.
    ///
    /// # Errors
    /// The bytes are no such message; answer 400 with a CatalogError.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let body = json::read(bytes, limits::MESSAGE_BYTES)?;
        let message = Object::root(&body)?;
        check_context(&message)?;
        check_type(&message, "CatalogRequestMessage")?;
        Ok(Self {
            filter: message.list("filter")?.unwrap_or_default().to_vec(),
        })
    }

    /// The body as it goes out; an empty filter is left out, for some peers refuse it.
    pub fn render(&self) -> Value {
        let mut body = envelope("CatalogRequestMessage");
        if !self.filter.is_empty() {
            body.insert("filter".to_owned(), self.filter.clone().into());
        }
        Value::Object(body)
    }
}

/// Reads a `DatasetRequestMessage`, which bindings without a path of the dataset use.
///
/// # Errors
/// The bytes are no such message; answer 400 with a CatalogError.
pub fn parse_dataset_request(bytes: &[u8]) -> Result<AssetId, Malformed> {
    let body = json::read(bytes, limits::MESSAGE_BYTES)?;
    let message = Object::root(&body)?;
    check_context(&message)?;
    check_type(&message, "DatasetRequestMessage")?;
    message.id("dataset", AssetId::parse)
}

/// One page of a participant's catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// Its `@id`.
    pub id: String,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// What is offered.
    pub datasets: Vec<Dataset>,
    /// Where it can be negotiated.
    pub services: Vec<DataService>,
    /// Catalogues inside this one (brokers), unread: they may belong to other participants.
    pub nested: Vec<Value>,
    /// What was left out when reading a peer's catalogue; empty in ours.
    pub rejects: Vec<Reject>,
}

/// Something in a peer's catalogue that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Where it stands, e.g. `dataset[3]`.
    pub place: String,
    /// Why it was left out.
    pub fault: Malformed,
}

/// Something offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Its `@id`, the `target` of negotiations about it.
    pub id: AssetId,
    /// Under which offers; at least one.
    pub offers: Vec<Offer>,
    /// In which formats; at least one.
    pub distributions: Vec<Distribution>,
    /// Descriptive members beyond those above.
    pub members: Map<String, Value>,
}

/// A format in which a dataset can be had.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// E.g. `HttpData-PULL`.
    pub format: String,
    /// Where to ask for it.
    pub access_service: AccessService,
    /// Members beyond those above.
    pub members: Map<String, Value>,
}

/// The service behind a distribution.
#[derive(Clone, Debug, PartialEq)]
pub enum AccessService {
    /// Named only; the catalogue's `service` list describes it.
    Id(String),
    /// Described in place.
    Described(DataService),
}

/// A DSP endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct DataService {
    /// Its `@id`.
    pub id: String,
    /// The DSP base address.
    pub endpoint_url: String,
    /// Members beyond those above.
    pub members: Map<String, Value>,
}

impl Catalog {
    /// The body as it goes out. Empty lists are left out, as the schema wants.
    pub fn render(&self) -> Value {
        let mut body = envelope("Catalog");
        body.insert("@id".to_owned(), self.id.as_str().into());
        body.insert("participantId".to_owned(), self.participant_id.as_str().into());
        let lists: [(&str, Vec<Value>); 3] = [
            ("dataset", self.datasets.iter().map(Dataset::render_inside).collect()),
            ("service", self.services.iter().map(DataService::render).collect()),
            ("catalog", self.nested.clone()),
        ];
        for (name, list) in lists {
            if !list.is_empty() {
                body.insert(name.to_owned(), list.into());
            }
        }
        name_contexts(&mut body);
        Value::Object(body)
    }
}

impl Dataset {
    /// The body of `GET /catalog/datasets/:id`. There must be an offer and a distribution.
    pub fn render(&self) -> Value {
        let mut body = envelope("Dataset");
        if let Value::Object(members) = self.render_inside() {
            body.extend(members);
        }
        name_contexts(&mut body);
        Value::Object(body)
    }

    fn render_inside(&self) -> Value {
        let mut members = beyond(&self.members, &DATASET_MEMBERS);
        members.insert("@id".to_owned(), self.id.as_str().into());
        members.insert("@type".to_owned(), "Dataset".into());
        let offers: Vec<_> = self.offers.iter().map(Offer::render_in_catalog).collect();
        members.insert("hasPolicy".to_owned(), offers.into());
        let distributions: Vec<_> = self.distributions.iter().map(Distribution::render).collect();
        members.insert("distribution".to_owned(), distributions.into());
        Value::Object(members)
    }
}

impl Distribution {
    fn render(&self) -> Value {
        let mut members = beyond(&self.members, &DISTRIBUTION_MEMBERS);
        members.insert("@type".to_owned(), "Distribution".into());
        members.insert("format".to_owned(), self.format.as_str().into());
        let service = match &self.access_service {
            AccessService::Id(id) => id.as_str().into(),
            AccessService::Described(service) => service.render(),
        };
        members.insert("accessService".to_owned(), service);
        Value::Object(members)
    }
}

impl DataService {
    /// The value as it goes out in a list of services.
    pub fn render(&self) -> Value {
        let mut members = beyond(&self.members, &SERVICE_MEMBERS);
        members.insert("@id".to_owned(), self.id.as_str().into());
        members.insert("@type".to_owned(), "DataService".into());
        members.insert("endpointURL".to_owned(), self.endpoint_url.as_str().into());
        Value::Object(members)
    }
}

const DATASET_MEMBERS: [&str; 5] = ["@context", "@id", "@type", "hasPolicy", "distribution"];
const DISTRIBUTION_MEMBERS: [&str; 3] = ["@type", "format", "accessService"];
const SERVICE_MEMBERS: [&str; 3] = ["@id", "@type", "endpointURL"];

fn beyond(members: &Map<String, Value>, known: &[&str]) -> Map<String, Value> {
    let rest = members.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    rest.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Reads a peer's catalogue page: keeps the good, lists the rest in `rejects`.
///
/// # Errors
/// The body as a whole is no Catalog; tell the person who asked.
pub fn parse_catalog(bytes: &[u8]) -> Result<Catalog, Malformed> {
    let body = json::read(bytes, CATALOG_BYTES)?;
    let catalog = Object::root(&body)?;
    check_context(&catalog)?;
    check_type(&catalog, "Catalog")?;
    let mut rejects = Vec::new();
    Ok(Catalog {
        id: catalog.filled_text("@id")?.to_owned(),
        participant_id: catalog.id("participantId", ParticipantId::parse)?,
        datasets: keep_good(&catalog, "dataset", &mut rejects, read_dataset),
        services: keep_good(&catalog, "service", &mut rejects, |service, _| read_service(service)),
        nested: one_or_many(&catalog, "catalog").to_vec(),
        rejects,
    })
}

/// Reads a peer's `Dataset`; offers and distributions that are malformed are left out.
///
/// # Errors
/// The body is no Dataset, or has no good offer or no good distribution; tell the person who asked.
pub fn parse_dataset(bytes: &[u8]) -> Result<Dataset, Malformed> {
    let body = json::read(bytes, limits::MESSAGE_BYTES)?;
    let dataset = Object::root(&body)?;
    check_context(&dataset)?;
    read_dataset(&dataset, &mut Vec::new())
}

/// The items of a list; peers that compact their JSON-LD write a list of one without brackets.
fn one_or_many<'a>(holder: &Object<'a>, name: &str) -> &'a [Value] {
    match holder.member(name) {
        None => &[],
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

fn keep_good<T>(
    holder: &Object<'_>,
    name: &str,
    rejects: &mut Vec<Reject>,
    read: impl Fn(&Object<'_>, &mut Vec<Reject>) -> Result<T, Malformed>,
) -> Vec<T> {
    let mut good = Vec::new();
    for (index, item) in one_or_many(holder, name).iter().enumerate() {
        let place = format!("{}[{index}]", holder.place(name));
        match Object::at(item, place.as_str()).and_then(|object| read(&object, rejects)) {
            Ok(item) => good.push(item),
            Err(fault) if rejects.len() < REJECTS => rejects.push(Reject { place, fault }),
            Err(_) => {}
        }
    }
    good
}

fn read_dataset(dataset: &Object<'_>, rejects: &mut Vec<Reject>) -> Result<Dataset, Malformed> {
    optional_type(dataset, "Dataset")?;
    let id = dataset.id("@id", AssetId::parse)?;
    let offers = keep_good(dataset, "hasPolicy", rejects, |offer, _| {
        Offer::parse_in_catalog(&Value::Object(offer.members.clone()), &id)
    });
    let distributions = keep_good(dataset, "distribution", rejects, |distribution, _| {
        read_distribution(distribution)
    });
    if offers.is_empty() {
        return Err(dataset.wrong("hasPolicy", "holds no well-formed offer"));
    }
    if distributions.is_empty() {
        return Err(dataset.wrong("distribution", "holds no well-formed distribution"));
    }
    Ok(Dataset {
        id,
        offers,
        distributions,
        members: beyond(dataset.members, &DATASET_MEMBERS),
    })
}

fn read_distribution(distribution: &Object<'_>) -> Result<Distribution, Malformed> {
    optional_type(distribution, "Distribution")?;
    let access_service = match distribution.member("accessService") {
        None => return Err(distribution.missing("accessService")),
        Some(Value::String(id)) => AccessService::Id(id.clone()),
        Some(_) => {
            let service = distribution.object("accessService")?;
            match service.member("endpointURL") {
                None => AccessService::Id(service.filled_text("@id")?.to_owned()),
                Some(_) => AccessService::Described(read_service(&service)?),
            }
        }
    };
    Ok(Distribution {
        format: distribution.filled_text("format")?.to_owned(),
        access_service,
        members: beyond(distribution.members, &DISTRIBUTION_MEMBERS),
    })
}

fn read_service(service: &Object<'_>) -> Result<DataService, Malformed> {
    optional_type(service, "DataService")?;
    Ok(DataService {
        id: service.filled_text("@id")?.to_owned(),
        endpoint_url: service.filled_text("endpointURL")?.to_owned(),
        members: beyond(service.members, &SERVICE_MEMBERS),
    })
}

/// Inside a catalogue the type follows from the place; a written one must agree.
fn optional_type(object: &Object<'_>, expected: &str) -> Result<(), Malformed> {
    match object.optional_text("@type")? {
        Some(got) if got != expected => Err(Malformed::new(
            code::WRONG_TYPE,
            format!("`{}` must be `{expected}`", object.place("@type")),
        )),
        _ => Ok(()),
    }
}
