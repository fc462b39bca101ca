//! What both stories do by the same hand: fetch bytes, knock at a closed door, hold an expectation, end.

use super::timeline::{Line, Timeline};
use crate::Failure;
use crate::download::{Place, Source, fetch_to};
use chapar_client::{Client, EgressPolicy, Loopback, Settings};
use chapar_terms::Digest;
use http::StatusCode;
use indicatif::ProgressBar;
use std::path::Path;

/// The certificate of the lorry.
pub const CERTIFICATE: &str = "uz-pc-2026-0001";

/// Fetches as `chapar fetch` does, into a folder for what was received.
///
/// # Errors
/// The provider refuses, or the bytes are not the right ones.
pub async fn download(folder: &Path, place: &Place, name: &str) -> Result<(u64, Digest), Failure> {
    let folder = folder.join("received");
    std::fs::create_dir_all(&folder).map_err(|error| Failure::new(error.to_string()))?;
    let to = folder.join(format!("{name}.xml"));
    let fetched = fetch_to(&source(place)?, &to, None, &ProgressBar::hidden()).await?;
    Ok((fetched.bytes, fetched.digest))
}

/// What the provider's data door says to this address, which must be that access is closed.
///
/// # Errors
/// It says something else.
pub async fn refused(place: &Place) -> Result<String, Failure> {
    let (status, code) = source(place)?.knock().await?;
    expect(status == StatusCode::FORBIDDEN, || {
        format!("the data door of UZ answered {status}, not 403")
    })?;
    Ok(format!("{} {code}", status.as_u16()))
}

/// How both stories end: access is over.
///
/// # Errors
/// It is not.
pub async fn closed(timeline: &mut Timeline, place: &Place) -> Result<(), Failure> {
    timeline.say(&Line {
        who: "UZ",
        what: "hands out nothing any more".to_owned(),
        state: refused(place).await?,
        read: "KZ knocked at the data door".to_owned(),
    });
    Ok(())
}

fn source(place: &Place) -> Result<Source, Failure> {
    Ok(Source {
        client: client()?,
        place: place.clone(),
    })
}

/// One who asks nodes of this machine, as anybody would.
///
/// # Errors
/// Ours.
pub fn client() -> Result<Client, Failure> {
    let policy = EgressPolicy {
        loopback: Loopback::Allowed,
        ..EgressPolicy::default()
    };
    Ok(Client::new(Settings::new(policy))?)
}

/// A failure unless it holds.
///
/// # Errors
/// It does not hold.
pub fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure::new(otherwise())) }
}

/// The beginning of a long name; of a UUID its first group.
pub fn short(id: &str) -> String {
    let id = id.strip_prefix("urn:uuid:").unwrap_or(id);
    id.chars().take(12).collect()
}
