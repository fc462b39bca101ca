//! What each operation may refuse, by status and the type of the error: the table that the description tells its readers.
//!
//! An operation names its row among its answers. That no row lacks a status is shown by the tests of this door, whose node holds
//! every answer against the description.

use crate::shapes::ApiError;
use std::collections::BTreeMap;
use utoipa::openapi::schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// Every operation: nothing works without a good key that has the right, and ours may fail.
const ASKED: &[u16] = &[401, 403, 404, 500, 503];
/// A body that must be JSON and fit.
const BODY: &[u16] = &[400, 413, 415];
/// At odds with what is there, or not now.
const CONFLICT: &[u16] = &[409];
/// A peer that is asked while the caller waits.
const PEER: &[u16] = &[502];

/// Makes a type of each row, to be named among the answers of its operation.
macro_rules! rows {
    ($($name:ident: $($group:expr),+;)+) => {$(
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                answers(&[$($group),+])
            }
        }
    )+};
}

rows! {
    Read: ASKED;
    Queried: ASKED, BODY;
    Made: ASKED, BODY, CONFLICT;
    Changed: ASKED, BODY, CONFLICT;
    Removed: ASKED, CONFLICT;
    Decided: ASKED, BODY, CONFLICT;
    Resumed: ASKED, CONFLICT;
    AskedOfPeer: ASKED, BODY, PEER;
    BegunWithPeer: ASKED, BODY, CONFLICT, PEER;
    RefreshedByPeer: ASKED, CONFLICT, PEER;
    NotBuilt: ASKED, &[501];
    Free: &[500];
    Operated: &[400, 401, 403, 500, 503];
}

fn answers(groups: &[&[u16]]) -> BTreeMap<String, RefOr<Response>> {
    let statuses = groups.iter().copied().flatten();
    statuses
        .map(|status| (status.to_string(), answer(*status).into()))
        .collect()
}

fn answer(status: u16) -> Response {
    let (meaning, types) = meaning(status);
    let words: Vec<_> = types.iter().map(|kind| format!("`{kind}`")).collect();
    let kind = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(types.iter().copied()));
    let error = AllOfBuilder::new()
        .item(Ref::from_schema_name(ApiError::name()))
        .item(ObjectBuilder::new().property("type", kind));
    let errors = ArrayBuilder::new().items(error).min_items(Some(1));
    ResponseBuilder::new()
        .description(format!("{meaning} {}.", words.join(" or ")))
        .content("application/json", Content::new(Some(RefOr::T(errors.build().into()))))
        .build()
}

/// What a status says here, and the types of its errors.
const fn meaning(status: u16) -> (&'static str, &'static [&'static str]) {
    match status {
        400 => ("What was sent does not fit:", &["ValidationFailure", "InvalidRequest"]),
        401 => ("No key, or none that is good:", &["AuthenticationFailed"]),
        403 => ("The key's role, or policy, does not allow it:", &["NotAuthorized"]),
        404 => ("Not there for this caller:", &["ObjectNotFound"]),
        409 => ("At odds with what is there, or not now:", &["ObjectConflict"]),
        413 => ("Too much was sent:", &["InvalidRequest"]),
        415 => ("Of another media type:", &["InvalidRequest"]),
        501 => ("This node does not have it:", &["NotImplemented"]),
        502 => ("The peer refuses, or does not answer:", &["BadGateway"]),
        503 => ("Try again later; `Retry-After` says when:", &["ServiceUnavailable"]),
        _ => ("The fault is ours; the node's log says why:", &["InternalError"]),
    }
}
