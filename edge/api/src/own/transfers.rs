//! Transfers: lists, one case with its time line and address, beginnings and decisions.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Paging, Params, answer, malformed, mode, ok};
use super::negotiations::{Filter, Reasons, reasons, refuse_reasons, short};
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_dsp::DataAddress;
use chapar_runtime::CaseKind;
use chapar_runtime::desk::{NewTransfer, TransferDecision as Decision};
use chapar_terms::{AgreementId, limits};
use serde::Deserialize;
use serde_json::{Map, Value};

const KIND: CaseKind = CaseKind::Transfer;
/// What is meant when no format is given: the consumer fetches.
const USUAL_FORMAT: &str = "HttpData-PULL";

/// A transfer to begin.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    agreement: String,
    format: Option<String>,
    address: Option<String>,
    data_address: Option<Map<String, Value>>,
    mode: Option<String>,
}

/// A decision about a case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    decision: String,
    code: Option<String>,
    reason: Option<Reasons>,
}

/// `GET /transfers`
pub async fn list(Reader(desk): Reader, Params(filter): Params<Filter>) -> Result<Response, Problem> {
    let (query, page) = filter.split()?;
    ok(desk.list_cases(KIND, query, &page).await)
}

/// `GET /transfers/{id}`
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.case(KIND, &id).await)
}

/// `GET /transfers/{id}/timeline`
pub async fn timeline(Reader(desk): Reader, Id(id): Id, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.timeline(KIND, &id, &paging.page()?).await)
}

/// `GET /transfers/{id}/accesses`
pub async fn accesses(Reader(desk): Reader, Id(id): Id, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.accesses(&id, &paging.page()?).await)
}

/// `GET /transfers/{id}/data-address`: an editor's, since the token in it opens the data.
pub async fn data_address(Editor(desk): Editor, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.data_address(&id).await)
}

/// `POST /transfers`
pub async fn open(Editor(desk): Editor, Json(body): Json<Body>) -> Result<Response, Problem> {
    let format = body.format.unwrap_or_else(|| USUAL_FORMAT.to_owned());
    if format.is_empty() || format.len() > limits::ID_BYTES {
        return Err(Problem::bad_request(
            "wrong-member",
            format!("`format` has 1 to {} bytes", limits::ID_BYTES),
        ));
    }
    let new = NewTransfer {
        agreement: AgreementId::parse(&body.agreement)?,
        format,
        address: body.address,
        data_address: body.data_address.map(destination).transpose()?,
        mode: mode(body.mode.as_deref())?,
    };
    Ok(answer(StatusCode::CREATED, &desk.open_transfer(new).await?))
}

/// `POST /transfers/{id}/decisions`
pub async fn decide(Editor(desk): Editor, Id(id): Id, Json(body): Json<DecisionBody>) -> Result<Response, Problem> {
    let decision = decision(body)?;
    Ok(answer(
        StatusCode::ACCEPTED,
        &desk.decide_transfer(&id, decision).await?,
    ))
}

fn decision(body: DecisionBody) -> Result<Decision, Problem> {
    let DecisionBody { decision, code, reason } = body;
    if !matches!(decision.as_str(), "suspend" | "terminate") {
        refuse_reasons(&decision, code.as_deref(), reason.as_ref())?;
    }
    Ok(match decision.as_str() {
        "start" => Decision::Start,
        "suspend" => Decision::Suspend {
            code: short(code)?,
            reason: reasons(reason)?,
        },
        "complete" => Decision::Complete,
        "terminate" => Decision::Terminate {
            code: short(code)?,
            reason: reasons(reason)?,
        },
        other => {
            let known = "`start`, `suspend`, `complete`, `terminate`";
            return Err(Problem::bad_request(
                "wrong-decision",
                format!("`{other}` is none of {known}"),
            ));
        }
    })
}

/// A data address; the type goes without saying here.
fn destination(mut members: Map<String, Value>) -> Result<DataAddress, Problem> {
    members.entry("@type").or_insert_with(|| "DataAddress".into());
    DataAddress::parse(&Value::Object(members)).map_err(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Decision, Problem> {
        decision(serde_json::from_value(value).unwrap())
    }

    #[test]
    fn decisions() {
        assert!(matches!(read(json!({ "decision": "start" })), Ok(Decision::Start)));
        assert!(matches!(
            read(json!({ "decision": "complete" })),
            Ok(Decision::Complete)
        ));
        let suspend = read(json!({ "decision": "suspend", "reason": ["a", "b"] }));
        assert!(matches!(suspend, Ok(Decision::Suspend { code: None, reason }) if reason == ["a", "b"]));
        assert!(matches!(
            read(json!({ "decision": "terminate" })),
            Ok(Decision::Terminate { .. })
        ));
        for bad in [
            json!({ "decision": "resume" }),
            json!({ "decision": "start", "reason": "r" }),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
