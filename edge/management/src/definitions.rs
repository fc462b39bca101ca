//! Contract definitions: which assets are offered under which policies, and to whom.

use crate::access::{Editor, Reader};
use crate::body::{Id, Json, OptionalJson, Wanted};
use crate::node::Node;
use crate::problem::{Detail, Problem};
use crate::properties;
use crate::query::{Query, criterion};
use crate::render::{Out, done, made, many, millis, one};
use crate::version::{EDC, Version};
use crate::{refusals, shapes};
use axum::response::Response;
use chapar_query::Filter;
use chapar_runtime::desk::{Expect, Mode, NewOffer};
use chapar_terms::{DefinitionId, PolicyId};
use serde_json::{Map, Value, json};

const NAME: &str = "ContractDefinition";
/// What can be asked of a definition in a query.
const FIELDS: [&str; 6] = [
    "id",
    "accessPolicyId",
    "contractPolicyId",
    "assetsSelector",
    "createdAt",
    "privateProperties",
];

/// A definition to be kept.
pub struct ContractDefinition {
    id: Option<String>,
    access_policy: PolicyId,
    contract_policy: PolicyId,
    selector: Filter,
    private_properties: Map<String, Value>,
}

impl Wanted for ContractDefinition {
    const SCHEMA: &'static str = "contract-definition-schema.json";

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let id = node.id().map(str::to_owned);
        let policy = |name: &str| {
            let id = node.needed_text(name)?;
            node.parsed(name, &id, PolicyId::parse)
        };
        let (access_policy, contract_policy) = (policy("accessPolicyId"), policy("contractPolicyId"));
        let criteria = node.nodes("assetsSelector").into_iter().map(criterion);
        let criteria = criteria.collect::<Option<Vec<_>>>()?;
        let selector = match Filter::from_json(&Value::Array(criteria)) {
            Ok(selector) => selector,
            Err(malformed) => {
                node.note(Detail::at(format!("{EDC}assetsSelector"), malformed.why));
                return None;
            }
        };
        Some(Self {
            id,
            access_policy: access_policy?,
            contract_policy: contract_policy?,
            selector,
            private_properties: properties::private(node),
        })
    }
}

impl ContractDefinition {
    fn under(self, id: &str) -> Result<NewOffer, Problem> {
        Ok(NewOffer {
            id: DefinitionId::parse(id)?,
            access_policy: self.access_policy,
            contract_policy: self.contract_policy,
            selector: self.selector,
            mode: Mode::Auto,
            private_properties: Some(self.private_properties),
        })
    }
}

/// What creating it would be told, whatever is there.
pub fn tried(new: ContractDefinition) -> Result<Vec<String>, Problem> {
    let id = new.id.clone().unwrap_or_else(crate::fresh_id);
    new.under(&id)?.check()?;
    Ok(Vec::new())
}

/// `POST /contractdefinitions`
#[utoipa::path(
    post, path = "/contractdefinitions", tag = "Contract definitions", operation_id = "createContractDefinition",
    summary = "Create a contract definition",
    request_body(content = shapes::ContractDefinitionInput),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The contract definition is kept.", body = shapes::IdResponse), refusals::Made),
)]
pub async fn create(
    Editor(desk): Editor,
    version: Version,
    Json(new): Json<ContractDefinition>,
) -> Result<Response, Problem> {
    let id = new.id.clone().unwrap_or_else(crate::fresh_id);
    let view = desk.put_offer(new.under(&id)?, Expect::Nothing).await?;
    made(version, &id, millis(view.get("createdAt"))?)
}

/// `PUT /contractdefinitions`
#[utoipa::path(
    put, path = "/contractdefinitions", tag = "Contract definitions", operation_id = "updateContractDefinition",
    summary = "Replace a contract definition",
    description = "The `@id` in the body says which.",
    request_body(content = shapes::ContractDefinitionInput),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The contract definition is replaced. Negotiations under way go on with what they began with."), refusals::Changed),
)]
pub async fn update(Editor(desk): Editor, Json(new): Json<ContractDefinition>) -> Result<Response, Problem> {
    let id = new.id.clone().unwrap_or_default();
    if id.is_empty() {
        return Err(Problem::invalid(vec![Detail::at("@id", "@id cannot be null or blank")]));
    }
    desk.put_offer(new.under(&id)?, Expect::Something)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// `POST /contractdefinitions/request`
#[utoipa::path(
    post, path = "/contractdefinitions/request", tag = "Contract definitions", operation_id = "queryContractDefinitions",
    summary = "Query contract definitions",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The contract definitions that are meant.", body = Vec<shapes::ContractDefinition>), refusals::Queried),
)]
pub async fn query(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    query.only_fields(NAME, &FIELDS)?;
    let read = |page| {
        let desk = desk.clone();
        async move { desk.list_offers(&page).await }
    };
    let found = query.run(read, definition).await?;
    many(version, &query, found.iter().map(rendered).collect())
}

/// `GET /contractdefinitions/{id}`
#[utoipa::path(
    get, path = "/contractdefinitions/{id}", tag = "Contract definitions", operation_id = "readContractDefinition",
    summary = "Read a contract definition",
    params(("id" = String, Path, description = "The contract definition's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The contract definition.", body = shapes::ContractDefinition), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let view = desk
        .offer(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    one(version, rendered(&definition(&view)?))
}

/// `DELETE /contractdefinitions/{id}`
#[utoipa::path(
    delete, path = "/contractdefinitions/{id}", tag = "Contract definitions", operation_id = "deleteContractDefinition",
    summary = "Delete a contract definition",
    params(("id" = String, Path, description = "The contract definition's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The contract definition is gone, and what it offered with it. Agreements made from it stay."), refusals::Removed),
)]
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    desk.delete_offer(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// A definition of the desk with the names of EDC.
fn definition(view: &Value) -> Result<Value, Problem> {
    Ok(json!({
        "id": view.get("id"),
        "accessPolicyId": view.get("accessPolicy"),
        "contractPolicyId": view.get("contractPolicy"),
        "assetsSelector": view.get("selector"),
        "createdAt": millis(view.get("createdAt"))?,
        "privateProperties": view.get("privateProperties"),
    }))
}

fn rendered(definition: &Value) -> Value {
    let selector = definition.get("assetsSelector").and_then(Value::as_array);
    let selector = selector.into_iter().flatten().map(criterion_node);
    Out::new(NAME)
        .id(definition.get("id").and_then(Value::as_str).unwrap_or_default())
        .maybe("accessPolicyId", definition.get("accessPolicyId").cloned())
        .maybe("contractPolicyId", definition.get("contractPolicyId").cloned())
        .list("assetsSelector", selector.collect())
        .private(definition)
        .into()
}

fn criterion_node(criterion: &Value) -> Value {
    let right = match criterion.get("operandRight") {
        Some(Value::Array(items)) => items.iter().map(|item| json!({ "@value": item })).collect(),
        Some(one) => vec![json!({ "@value": one })],
        None => Vec::new(),
    };
    Out::new("Criterion")
        .maybe("operandLeft", criterion.get("operandLeft").cloned())
        .maybe("operator", criterion.get("operator").cloned())
        .list("operandRight", right)
        .into()
}
