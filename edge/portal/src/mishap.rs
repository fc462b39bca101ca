//! Why a page cannot be shown, by fault. What a reader is told of it is in `pages::mishap`.

use axum::http::StatusCode;
use chapar_runtime::Fault;

/// Why a page cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// There is no such page or record here.
    NotFound,
    /// The address asks for what cannot be asked.
    Wrong,
    /// Too much was asked from that address.
    Crowded,
    /// Ours, for now or for longer.
    Broken,
}

impl Mishap {
    /// The mishap that a status tells of; none where it tells of none.
    pub fn of(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Some(Self::NotFound),
            StatusCode::BAD_REQUEST | StatusCode::URI_TOO_LONG => Some(Self::Wrong),
            StatusCode::TOO_MANY_REQUESTS => Some(Self::Crowded),
            status if status.is_server_error() => Some(Self::Broken),
            _ => None,
        }
    }

    /// Its status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Wrong => StatusCode::BAD_REQUEST,
            Self::Crowded => StatusCode::TOO_MANY_REQUESTS,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<Fault> for Mishap {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotFound => Self::NotFound,
            Fault::Invalid { .. } => Self::Wrong,
            other => {
                tracing::error!(fault = %other, "a page could not be made");
                Self::Broken
            }
        }
    }
}
