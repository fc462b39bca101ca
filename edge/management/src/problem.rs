//! Errors as EDC answers them: an array of `{message, type, path, invalidValue}`, always JSON. The one mapping from faults to
//! statuses.
//!
//! Programs read the status and `type`. A fault of ours is logged with its source and answered blankly.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chapar_runtime::desk::RefusalKind;
use chapar_runtime::{Fault, NoDesk};
use chapar_terms::Invalid;
use serde_json::{Value, json};

/// Seconds after which an asker may try again what was unavailable.
const RETRY_AFTER_S: u64 = 1;
/// Longest piece of what was sent that an error repeats, in characters.
const SHOWN: usize = 200;

/// An error as it is answered.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    details: Vec<Detail>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// For people.
    pub message: String,
    /// Which member, where it is one.
    pub path: Option<String>,
    /// What it was.
    pub value: Option<String>,
}

impl Detail {
    /// Something wrong with the request as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            path: None,
            value: None,
        }
    }

    /// Something wrong with the member at `path`.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: Some(path.into()),
            ..Self::new(message)
        }
    }

    /// Shows what stood there.
    pub fn showing(self, value: &Value) -> Self {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Self {
            value: Some(text.chars().take(SHOWN).collect()),
            ..self
        }
    }
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            details: vec![Detail::new(message)],
        }
    }

    /// For people: the status and every message.
    pub fn told(&self) -> String {
        let messages: Vec<&str> = self.details.iter().map(|detail| detail.message.as_str()).collect();
        format!("{}: {}", self.status.as_u16(), messages.join("; "))
    }

    /// Members of the request are missing or wrong.
    pub fn invalid(details: Vec<Detail>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "ValidationFailure",
            details,
        }
    }

    /// The request makes no sense.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequest", message)
    }

    /// The request makes no sense, and the protocol of the web has a status for it.
    pub fn refused(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, "InvalidRequest", message)
    }

    /// No key, or none that is good. Which of both is not told.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "AuthenticationFailed",
            "Request could not be authenticated",
        )
    }

    /// A good key without the right.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "NotAuthorized", message)
    }

    /// No such route or thing for this caller.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "ObjectNotFound", message)
    }

    /// No such object for this caller.
    pub fn no_object(kind: &str, id: &str) -> Self {
        Self::not_found(format!("Object of type {kind} with ID={id} was not found"))
    }

    /// At odds with what is there.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "ObjectConflict", message)
    }

    /// A part of EDC's API that this node does not have.
    pub fn not_built(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// Ours went wrong.
    pub fn internal(why: &dyn std::fmt::Display) -> Self {
        tracing::error!(fault = %why, "a request to the management API could not be done");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "the node could not do this; its log says why",
        )
    }

    /// A peer's answer is none, or there was none.
    pub fn bad_gateway(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "BadGateway", why)
    }

    fn unavailable(why: &str) -> Self {
        tracing::warn!(%why, "a request to the management API could not be done now");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", why)
    }

    /// Names what was not found; any other problem stays as it is.
    pub fn about(self, kind: &str, id: &str) -> Self {
        if self.status == StatusCode::NOT_FOUND {
            return Self::no_object(kind, id);
        }
        self
    }

    fn body(&self) -> Value {
        let render = |detail: &Detail| {
            json!({
                "message": detail.message,
                "type": self.kind,
                "path": detail.path,
                "invalidValue": detail.value,
            })
        };
        self.details.iter().map(render).collect()
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotFound => Self::not_found("there is nothing of that name here"),
            Fault::Invalid { reason, .. } => Self::bad_request(reason),
            Fault::Refused(refusal) => {
                let why = refusal.reason.join("; ");
                match refusal.kind {
                    RefusalKind::BadRequest => Self::bad_request(why),
                    RefusalKind::NotFound => Self::not_found(why),
                    RefusalKind::Conflict => Self::conflict(why),
                    RefusalKind::Denied => Self::forbidden(why),
                }
            }
            Fault::Conflict(why) => Self::conflict(why),
            fault @ Fault::Crowded { .. } => Self::refused(StatusCode::TOO_MANY_REQUESTS, fault.to_string()),
            Fault::PeerSilent(why) => Self::bad_gateway(why),
            Fault::PeerRefused { code, reason } => Self::bad_gateway(format!("{code}: {reason}")),
            Fault::Unresolved(why) | Fault::Unavailable(why) => Self::unavailable(&why),
            Fault::Internal(why) => Self::internal(&why),
        }
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::bad_request(invalid.to_string())
    }
}

impl From<NoDesk> for Problem {
    fn from(why: NoDesk) -> Self {
        match why {
            NoDesk::Unknown => Self::not_found("there is no such participant here"),
            NoDesk::Weak { needs, has } => Self::forbidden(format!(
                "this needs the role `{}`; the key is `{}`",
                needs.as_str(),
                has.as_str()
            )),
            NoDesk::Unnamed => Self::forbidden(
                "the operator's key says by the path whom it acts for: `/management/participants/<slug>/...`",
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let mut response = (self.status, kind, self.body().to_string()).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            let after = HeaderValue::from(RETRY_AFTER_S);
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_status_and_type() {
        let invalid = Fault::Invalid {
            code: "wrong-x".to_owned(),
            reason: "r".to_owned(),
        };
        let refused = Fault::PeerRefused {
            code: "c".to_owned(),
            reason: "r".to_owned(),
        };
        let rows = [
            (Fault::NotFound, 404, "ObjectNotFound"),
            (invalid, 400, "InvalidRequest"),
            (Fault::Conflict("c".to_owned()), 409, "ObjectConflict"),
            (Fault::Crowded { retry_after_s: 1 }, 429, "InvalidRequest"),
            (Fault::PeerSilent("p".to_owned()), 502, "BadGateway"),
            (refused, 502, "BadGateway"),
            (Fault::Unavailable("u".to_owned()), 503, "ServiceUnavailable"),
            (Fault::Internal("secret".to_owned()), 500, "InternalError"),
        ];
        for (fault, status, kind) in rows {
            let problem = Problem::from(fault);
            assert_eq!((problem.status.as_u16(), problem.kind), (status, kind));
            assert!(!problem.body().to_string().contains("secret"));
        }
    }

    #[test]
    fn a_detail_says_where_and_what() {
        let detail = Detail::at("https://x/y", "no").showing(&json!({ "a": "b".repeat(500) }));
        let body = Problem::invalid(vec![detail, Detail::new("other")]).body();
        assert_eq!(body[0]["path"], "https://x/y");
        assert_eq!(body[0]["invalidValue"].as_str().map(str::len), Some(SHOWN));
        let bare = json!({ "message": "other", "type": "ValidationFailure", "path": null, "invalidValue": null });
        assert_eq!(body[1], bare);
    }
}
