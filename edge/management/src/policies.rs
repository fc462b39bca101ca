//! Policy definitions: ODRL Sets under an id of their own, and what this node makes of them.

use crate::access::{Editor, Reader};
use crate::body::{Id, Json, OptionalJson, Wanted};
use crate::node::Node;
use crate::odrl;
use crate::problem::Problem;
use crate::properties;
use crate::query::Query;
use crate::render::{Out, done, made, many, millis, one};
use crate::version::{EDC, Version};
use crate::{refusals, shapes};
use axum::response::Response;
use chapar_runtime::desk::{Expect, PolicySet};
use serde_json::{Map, Value, json};

const NAME: &str = "PolicyDefinition";
/// What can be asked of a policy in a query.
const FIELDS: [&str; 5] = ["id", "createdAt", "policy", "privateProperties", "updatedAt"];

/// A policy to be kept.
pub struct PolicyDefinition {
    id: Option<String>,
    policy: Map<String, Value>,
    private_properties: Map<String, Value>,
}

impl Wanted for PolicyDefinition {
    const SCHEMA: &'static str = "policy-definition-schema.json";

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let id = node.id().map(str::to_owned);
        let policy = node.needed_node("policy")?;
        let mut policy = odrl::read(policy.members(), "Set", &format!("{EDC}policy"))
            .map_err(|detail| node.note(detail))
            .ok()?;
        // The definition has the name; what EDC gives the policy in it changes with each answer.
        policy.remove("@id");
        odrl::permit_where_nothing_is_said(&mut policy);
        Some(Self {
            id,
            policy,
            private_properties: properties::private(node),
        })
    }
}

impl PolicyDefinition {
    fn under(self, id: &str) -> Result<PolicySet, Problem> {
        let set = PolicySet::parse(id, Value::Object(self.policy))?;
        Ok(set.with_private_properties(self.private_properties))
    }
}

/// A question for the plan of a policy in one of EDC's scopes; decisions here are the same in all of them.
pub struct PlanRequest;

impl Wanted for PlanRequest {
    const SCHEMA: &'static str = "policy-evaluation-plan-request-schema.json";

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        node.needed_text("policyScope").map(|_| Self)
    }
}

/// What creating it would be told, whatever is there.
pub fn tried(new: PolicyDefinition) -> Result<Vec<String>, Problem> {
    let id = new.id.clone().unwrap_or_else(crate::fresh_id);
    let set = new.under(&id)?;
    set.check()?;
    Ok(set.not_judged())
}

/// `POST /policydefinitions`
#[utoipa::path(
    post, path = "/policydefinitions", tag = "Policies", operation_id = "createPolicyDefinition",
    summary = "Create a policy",
    request_body(content = shapes::PolicyDefinitionInput),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The policy is kept.", body = shapes::IdResponse), refusals::Made),
)]
pub async fn create(
    Editor(desk): Editor,
    version: Version,
    Json(new): Json<PolicyDefinition>,
) -> Result<Response, Problem> {
    let id = new.id.clone().unwrap_or_else(crate::fresh_id);
    let view = desk.put_policy(new.under(&id)?, Expect::Nothing).await?;
    made(version, &id, millis(view.get("createdAt"))?)
}

/// `PUT /policydefinitions/{id}`
#[utoipa::path(
    put, path = "/policydefinitions/{id}", tag = "Policies", operation_id = "updatePolicyDefinition",
    summary = "Replace a policy",
    params(("id" = String, Path, description = "The policy's id, percent-encoded.")),
    request_body(content = shapes::PolicyDefinitionInput),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The policy is replaced. Agreements made under the earlier one keep theirs."), refusals::Changed),
)]
pub async fn update(Editor(desk): Editor, Id(id): Id, Json(new): Json<PolicyDefinition>) -> Result<Response, Problem> {
    if new.id.as_ref().is_some_and(|own| *own != id) {
        return Err(Problem::bad_request("the `@id` in the body is not the one in the path"));
    }
    desk.put_policy(new.under(&id)?, Expect::Something)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// `POST /policydefinitions/request`
#[utoipa::path(
    post, path = "/policydefinitions/request", tag = "Policies", operation_id = "queryPolicyDefinitions",
    summary = "Query policies",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The policies that are meant.", body = Vec<shapes::PolicyDefinition>), refusals::Queried),
)]
pub async fn query(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    query.only_fields(NAME, &FIELDS)?;
    let read = |page| {
        let desk = desk.clone();
        async move { desk.list_policies(&page).await }
    };
    let found = query.run(read, definition).await?;
    let found = found.iter().map(|found| rendered(found, version));
    many(version, &query, found.collect::<Result<_, _>>()?)
}

/// `GET /policydefinitions/{id}`
#[utoipa::path(
    get, path = "/policydefinitions/{id}", tag = "Policies", operation_id = "readPolicyDefinition",
    summary = "Read a policy",
    params(("id" = String, Path, description = "The policy's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The policy.", body = shapes::PolicyDefinition), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let view = desk
        .policy(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    one(version, rendered(&definition(&view)?, version)?)
}

/// `DELETE /policydefinitions/{id}`
#[utoipa::path(
    delete, path = "/policydefinitions/{id}", tag = "Policies", operation_id = "deletePolicyDefinition",
    summary = "Delete a policy",
    description = "Refused while a contract definition names it.",
    params(("id" = String, Path, description = "The policy's id, percent-encoded.")),
    security(("apiKey" = ["editor"])),
    responses((status = 204, description = "The policy is gone."), refusals::Removed),
)]
pub async fn delete(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    desk.delete_policy(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    Ok(done())
}

/// `POST /policydefinitions/{id}/validate`
#[utoipa::path(
    post, path = "/policydefinitions/{id}/validate", tag = "Policies", operation_id = "validatePolicyDefinition",
    summary = "Ask whether a policy can be judged",
    params(("id" = String, Path, description = "The policy's id, percent-encoded.")),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "What this node cannot judge in it.", body = shapes::PolicyValidationResult), refusals::Read),
)]
pub async fn validate(Reader(desk): Reader, version: Version, Id(id): Id) -> Result<Response, Problem> {
    let view = desk
        .policy(&id)
        .await
        .map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    let findings = view.get("findings").and_then(Value::as_array).into_iter().flatten();
    let said = findings.map(|finding| {
        let text = |name: &str| finding.get(name).and_then(Value::as_str).unwrap_or_default();
        format!("{} at `{}`: {}", text("code"), text("path"), text("detail"))
    });
    let said: Vec<String> = said.collect();
    let result = Out::new("PolicyValidationResult")
        .value("isValid", said.is_empty())
        .texts("errors", said.iter().map(String::as_str));
    one(version, result)
}

/// `POST /policydefinitions/{id}/evaluationplan`
#[utoipa::path(
    post, path = "/policydefinitions/{id}/evaluationplan", tag = "Policies", operation_id = "planPolicyEvaluation",
    summary = "Ask how a policy will be judged",
    params(("id" = String, Path, description = "The policy's id, percent-encoded.")),
    request_body(content = shapes::PolicyEvaluationPlanRequest),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The plan, rule by rule.", body = shapes::PolicyEvaluationPlan), refusals::Queried),
)]
pub async fn plan(
    Reader(desk): Reader,
    version: Version,
    Id(id): Id,
    Json(PlanRequest): Json<PlanRequest>,
) -> Result<Response, Problem> {
    let plan = desk.policy_plan(&id).await;
    let plan = plan.map_err(|fault| Problem::from(fault).about(NAME, &id))?;
    let steps = |name: &str, kind: &str| list(&plan, name).iter().map(|rule| rule_step(rule, kind)).collect();
    let result = Out::new("PolicyEvaluationPlan")
        .list("preValidators", Vec::new())
        .list("permissionSteps", steps("permissions", "PermissionStep"))
        .list("prohibitionSteps", steps("prohibitions", "ProhibitionStep"))
        .list("obligationSteps", steps("obligations", "DutyStep"))
        .list("postValidators", Vec::new());
    one(version, result)
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// A rule as a step of a plan: *filtered* is what decides nothing here, with the reasons.
fn rule_step(rule: &Value, kind: &str) -> Value {
    let decided = rule.get("decided").and_then(Value::as_bool) == Some(true);
    let actions: Vec<&str> = list(rule, "actions").iter().filter_map(Value::as_str).collect();
    let binding = format!("`{}` is not decided here; it binds the receiver", actions.join("`, `"));
    let unjudged = list(rule, "unjudged").iter().filter_map(Value::as_str);
    let reasons = (!decided).then_some(binding.as_str()).into_iter().chain(unjudged);
    let out = Out::new(kind)
        .value("isFiltered", !decided)
        .texts("filteringReasons", reasons)
        .list("ruleFunctions", Vec::new())
        .list(
            "constraintSteps",
            list(rule, "constraints").iter().map(constraint_step).collect(),
        );
    if kind == "PermissionStep" {
        let duties = list(rule, "duties").iter().map(|duty| rule_step(duty, "DutyStep"));
        return out.list("dutySteps", duties.collect()).into();
    }
    out.into()
}

fn constraint_step(constraint: &Value) -> Value {
    if let Some(logic) = constraint.get("logic").and_then(Value::as_str) {
        let kind = match logic {
            "or" => "OrConstraintStep",
            "xone" => "XoneConstraintStep",
            // At one instant a sequence asks nothing more.
            _ => "AndConstraintStep",
        };
        let parts = list(constraint, "parts").iter().map(constraint_step);
        return Out::new(kind).list("constraintSteps", parts.collect()).into();
    }
    let unjudged = constraint.get("unjudged").and_then(Value::as_str);
    let words = list(constraint, "words").iter().filter_map(Value::as_str);
    Out::new("AtomicConstraintStep")
        .value("isFiltered", unjudged.is_some())
        .texts("filteringReasons", unjudged)
        .maybe(
            "functionName",
            constraint.get("judge").filter(|judge| judge.is_string()).cloned(),
        )
        .texts("functionParams", words)
        .into()
}

/// A policy of the desk with the names of EDC.
fn definition(view: &Value) -> Result<Value, Problem> {
    Ok(json!({
        "id": view.get("id"),
        "policy": view.get("policy"),
        "createdAt": millis(view.get("createdAt"))?,
        "updatedAt": millis(view.get("updatedAt"))?,
        "privateProperties": view.get("privateProperties"),
    }))
}

fn rendered(definition: &Value, version: Version) -> Result<Value, Problem> {
    let policy = definition
        .get("policy")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let out = Out::new(NAME)
        .id(definition.get("id").and_then(Value::as_str).unwrap_or_default())
        .maybe("createdAt", definition.get("createdAt").cloned())
        .node("policy", odrl::expanded(&policy, version)?)
        .private(definition);
    Ok(out.into())
}
