//! Callback addresses of a case, and how far each has been told.

use utoipa::ToSchema;

/// Who is told of the events of a case.
#[derive(ToSchema)]
#[schema(as = ToldCallbackAddress, rename_all = "camelCase")]
pub struct CallbackAddress {
    /// Where events are sent by `POST`.
    #[schema(example = "https://desk.example.org/told", format = "uri")]
    uri: String,
    /// Names of events, or what they begin with.
    events: Vec<String>,
    /// Whether the next message to the peer waits until the address has been told.
    transactional: bool,
    /// Header that carries a secret.
    auth_key: Option<String>,
    /// Name of that secret.
    auth_code_id: Option<String>,
}

/// How far an address has been told.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Telling {
    /// Nothing is left to tell for now.
    Waiting,
    /// It did not take an event, which is sent again.
    Trying,
    /// The case is over and everything was told or given up.
    Done,
}

/// An address and how far it has been told.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ToldAddress {
    /// Where events are sent by `POST`.
    #[schema(example = "https://desk.example.org/told", format = "uri")]
    uri: String,
    /// Names of events, or what they begin with.
    events: Vec<String>,
    /// Whether the next message to the peer waits until the address has been told.
    transactional: bool,
    /// Header that carries a secret.
    auth_key: Option<String>,
    /// Name of that secret.
    auth_code_id: Option<String>,
    /// How far it is.
    state: Telling,
    /// Events that it took.
    #[schema(minimum = 0)]
    told: i64,
    /// Events that it did not take within their time.
    #[schema(minimum = 0)]
    given_up: i64,
    /// Tries for the event that stands first, when one failed.
    #[schema(minimum = 1)]
    attempts: Option<i64>,
    /// Why the last try failed.
    obstacle: Option<String>,
}
