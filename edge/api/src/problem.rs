//! Errors of our own API as problem details (RFC 9457): the one mapping from faults to statuses, with stable codes.
//!
//! Programs read `code`; people read `detail` and `reasons`. A fault of ours is logged with its source and answered blankly.
//! The errors of the Dataspace Protocol have a shape of their own, in `dsp`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chapar_runtime::Fault;
use chapar_runtime::desk::RefusalKind;
use chapar_terms::Invalid;
use serde_json::{Value, json};

/// Seconds after which an asker may try again what was unavailable.
const RETRY_AFTER_S: u64 = 1;

/// An error as it is answered.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: String,
    detail: String,
    reasons: Vec<String>,
}

impl Problem {
    /// An error with one sentence for people.
    pub fn new(status: StatusCode, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            detail: detail.into(),
            reasons: Vec::new(),
        }
    }

    /// No key, or none that is good. Which of both is not told.
    pub fn unauthenticated() -> Self {
        let detail = "show a good API key as `Authorization: Bearer <key>` or `X-Api-Key: <key>`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// A good key without the right.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// No such thing for this caller.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "there is nothing of that name here")
    }

    /// What was sent does not fit.
    pub fn bad_request(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// Ours went wrong.
    pub fn internal(why: &dyn std::fmt::Display) -> Self {
        tracing::error!(fault = %why, "a request to the own API could not be done");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the node could not do this; its log says why",
        )
    }

    fn unavailable(why: &str) -> Self {
        tracing::warn!(%why, "a request to the own API could not be done now");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", why)
    }

    #[cfg(test)]
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "type": format!("urn:chapar:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        if let Some(members) = body.as_object_mut().filter(|_| !self.reasons.is_empty()) {
            members.insert("reasons".to_owned(), json!(self.reasons));
        }
        body
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotFound => Self::not_found(),
            Fault::Invalid { code, reason } | Fault::PeerRefused { code, reason } => Self::bad_request(code, reason),
            Fault::Refused(refusal) => {
                let status = match refusal.kind {
                    RefusalKind::BadRequest => StatusCode::BAD_REQUEST,
                    RefusalKind::NotFound => StatusCode::NOT_FOUND,
                    RefusalKind::Conflict => StatusCode::CONFLICT,
                    RefusalKind::Denied => StatusCode::FORBIDDEN,
                };
                Self {
                    reasons: refusal.reason.clone(),
                    ..Self::new(status, refusal.code, refusal.reason.join("; "))
                }
            }
            Fault::Conflict(why) => Self::new(StatusCode::CONFLICT, "conflict", why),
            fault @ Fault::Crowded { .. } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-open-cases", fault.to_string())
            }
            Fault::PeerSilent(why) | Fault::Unresolved(why) | Fault::Unavailable(why) => Self::unavailable(&why),
            Fault::Internal(why) => Self::internal(&why),
        }
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::bad_request("invalid", invalid.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = [(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        )];
        let mut response = (self.status, kind, self.body().to_string()).into_response();
        let hint = match self.status {
            StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            StatusCode::SERVICE_UNAVAILABLE => Some((header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S))),
            _ => None,
        };
        response.headers_mut().extend(hint);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_status_and_code() {
        let rows = [
            (Fault::NotFound, 404, "not-found"),
            (
                Fault::Invalid {
                    code: "wrong-x".to_owned(),
                    reason: "r".to_owned(),
                },
                400,
                "wrong-x",
            ),
            (Fault::Conflict("c".to_owned()), 409, "conflict"),
            (Fault::Crowded { retry_after_s: 1 }, 429, "too-many-open-cases"),
            (Fault::PeerSilent("p".to_owned()), 503, "unavailable"),
            (Fault::Unavailable("u".to_owned()), 503, "unavailable"),
            (Fault::Internal("secret".to_owned()), 500, "internal"),
        ];
        for (fault, status, code) in rows {
            let body = Problem::from(fault).body();
            assert_eq!(
                (body["status"].as_u64(), body["code"].as_str()),
                (Some(status), Some(code))
            );
            assert_eq!(body["type"], format!("urn:chapar:problem:{code}"));
            assert!(!body.to_string().contains("secret"));
        }
    }

    #[test]
    fn a_missing_key_is_challenged() {
        let response = Problem::unauthenticated().into_response();
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}
