//! Assets: what can be offered, with properties for those who see it, private ones, and where its data are.

use crate::access::{Editor, Reader};
use crate::body::{Id, Json, OptionalJson, Wanted};
use crate::node::Node;
use crate::problem::{Detail, Problem};
use crate::properties;
use crate::query::Query;
use crate::render::{Out, done, made, many, one};
use crate::version::{EDC, Version};
use crate::{refusals, shapes};
use axum::http::Uri;
use axum::response::Response;
use chapar_runtime::desk::{Expect, NewAsset};
use chapar_terms::AssetId;
use serde_json::{Map, Value, json};

const NAME: &str = "Asset";
/// What version 4 says to a data plane; this node keeps it for its writer alone.
const METADATA: &str = "dataplaneMetadata";
/// Data addresses of this type name a place on the web.
const HTTP_DATA: &str = "HttpData";

/// An asset to be kept.
pub struct Asset {
    id: Option<String>,
    properties: Map<String, Value>,
    private_properties: Map<String, Value>,
    data_address: Option<Map<String, Value>>,
}

impl Wanted for Asset {
    const SCHEMA: &'static str = "asset-schema.json";

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let own = node.id().map(str::to_owned);
        let properties = node
            .needed_node("properties")
            .map(|node| properties::stored(node.members()));
        let mut private_properties = properties::private(node);
        let twice = properties
            .iter()
            .flat_map(Map::keys)
            .find(|name| private_properties.contains_key(*name));
        if let Some(twice) = twice {
            let why = format!("`{twice}` is among 'properties' and among 'privateProperties'");
            node.refuse("properties", why);
        }
        if let Some(metadata) = node.node(METADATA) {
            let mut kept = properties::stored(metadata.members());
            kept.insert("@type".to_owned(), json!([format!("{EDC}DataplaneMetadata")]));
            private_properties.insert(metadata_key(), Value::Object(kept));
        }
        let data_address = node.node("dataAddress").map(read_address);
        let properties = properties?;
        let named = properties.get("id").and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id: own.or(named),
            properties,
            private_properties,
            data_address,
        })
    }
}

impl Asset {
    fn under(self, id: &str) -> Result<NewAsset, Problem> {
        Ok(NewAsset {
            id: AssetId::parse(id)?,
            properties: self.properties,
            private_properties: self.private_properties,
            data_address: self.data_address,
        })
    }
}

/// No property of a client has this name: those of EDC's namespace are kept under their short ones.
fn metadata_key() -> String {
    format!("{EDC}{METADATA}")
}

fn read_address(address: Node<'_>) -> Map<String, Value> {
    let stored = properties::stored(address.members());
    let kind = address.needed_text("type");
    let place = stored.get("baseUrl").and_then(Value::as_str).unwrap_or_default();
    if kind.as_deref() == Some(HTTP_DATA) && !is_place(place) {
        let why = format!("a DataAddress of type {HTTP_DATA} must have a valid `baseUrl`");
        address.note(Detail::at(format!("{EDC}baseUrl"), why).showing(&json!(place)));
    }
    stored
}

/// Whether this is an address on the web.
fn is_place(address: &str) -> bool {
    address.parse::<Uri>().is_ok_and(|uri| {
        let of_the_web = matches!(uri.scheme_str(), Some("http" | "https"));
        of_the_web && uri.host().is_some_and(|host| !host.is_empty())
    })
}

/// What creating it would be told, whatever is there.
pub fn tried(new: Asset) -> Result<Vec<String>, Problem> {
    let id = new.id.clone().unwrap_or_else(crate::fresh_id);
    new.under(&id)?.check()?;
    Ok(Vec::new())
}

/// `POST /assets`
#[utoipa::path(
    post, path = "/assets", tag = "Assets", operation_id = "createAsset",
    summary = "Create an asset",
    request_body(content = shapes::AssetInput),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The asset is kept.", body = shapes::IdResponse), refusals::Made),
)]
pub async fn create(Editor(desk): Editor, version: Version, Json(new): Json<Asset>) -> Result<Response, Problem> {
    let id = new.id.clone().unwrap_or_else(crate::fresh_id);
    let view = desk.put_asset(new.under(&id)?, Expect::Nothing).await?;
    let created_at = view.get("createdAt").and_then(Value::as_i64);
    let created_at = created_at.ok_or_else(|| Problem::internal(&"an asset without a time"))?;
    made(version, &id, created_at)
}

/// `PUT /assets`
#[utoipa::path(
    put, path = "/assets", tag = "Assets", operation_id = "updateAsset",
    summary = "Replace an asset",
    description = "The `@id` in the body says which.",
    request_body(content = shapes::AssetInput),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The asset is replaced."), refusals::Changed),
)]
pub async fn update(Editor(desk): Editor, Json(new): Json<Asset>) -> Result<Response, Problem> {
    let Some(id) = new.id.clone() else {
        return Err(Problem::invalid(vec![Detail::at("@id", "mandatory `@id` is missing")]));
    };
    desk.put_asset(new.under(&id)?, Expect::Something)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// `POST /assets/request`
#[utoipa::path(
    post, path = "/assets/request", tag = "Assets", operation_id = "queryAssets",
    summary = "Query assets",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The assets that are meant.", body = Vec<shapes::Asset>), refusals::Queried),
)]
pub async fn query(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    let found = desk.query_assets(query.spec()).await?;
    many(version, &query, found.iter().map(rendered).collect())
}

/// `GET /assets/{id}`
#[utoipa::path(
    get, path = "/assets/{id}", tag = "Assets", operation_id = "readAsset",
    summary = "Read an asset",
    params(("id" = String, Path, description = "The asset's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The asset.", body = shapes::Asset), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let view = desk
        .asset(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    one(version, rendered(&view))
}

/// `DELETE /assets/{id}`
#[utoipa::path(
    delete, path = "/assets/{id}", tag = "Assets", operation_id = "deleteAsset",
    summary = "Delete an asset",
    description = "Refused while an agreement or an open negotiation is about it.",
    params(("id" = String, Path, description = "The asset's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The asset is gone, and its offers with it."), refusals::Removed),
)]
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    desk.delete_asset(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// An asset of the desk as it is answered.
fn rendered(view: &Value) -> Value {
    let id = view.get("id").and_then(Value::as_str).unwrap_or_default();
    let members = |name: &str| view.get(name).and_then(Value::as_object).cloned();
    let mut properties = members("properties").unwrap_or_default();
    properties.insert("id".to_owned(), json!(id));
    let mut private_properties = members("privateProperties").unwrap_or_default();
    let metadata = private_properties.remove(&metadata_key());
    let mut out = Out::new(NAME)
        .id(id)
        .node("properties", properties::expanded(&properties))
        .private(&json!({ "privateProperties": private_properties }));
    if let Some(mut address) = members("dataAddress") {
        address.insert("@type".to_owned(), json!([format!("{EDC}DataAddress")]));
        out = out.node("dataAddress", properties::expanded(&address));
    }
    if let Some(Value::Object(metadata)) = metadata {
        out = out.node(METADATA, properties::expanded(&metadata));
    }
    out.into()
}
