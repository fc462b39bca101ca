//! Errors, as `crate::problem` renders them.

use utoipa::ToSchema;

/// Problem details (RFC 9457). Programs go by `code`, which is stable; people read `detail` and `reasons`.
#[derive(ToSchema)]
pub struct Problem {
    /// `urn:chapar:problem:` and the code.
    #[schema(example = "urn:chapar:problem:not-found")]
    r#type: String,
    /// The words of the HTTP status.
    #[schema(example = "Not Found")]
    title: String,
    /// The HTTP status once more.
    #[schema(example = 404, minimum = 400, maximum = 599)]
    status: u16,
    /// Which rule was broken. It never changes its meaning.
    #[schema(example = "not-found")]
    code: String,
    /// One sentence for people. It may change.
    #[schema(example = "there is nothing of that name here")]
    detail: String,
    /// The reasons one by one, where policy or the state of a case refused.
    reasons: Option<Vec<String>>,
}
