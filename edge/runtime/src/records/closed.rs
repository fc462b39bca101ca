//! Own records whose bodies not everybody may have: the body with its salt as this node keeps it, and the names of what opens it.

use super::compose::{Composed, stored_record};
use super::ids::entry_of_version;
use crate::Fault;
use chapar_register::{Body, ClosedBody, Header, OPENING};
use chapar_store::EntryRow;
use chapar_terms::{Digest, Salt};

/// Characters of the hash in a name: enough that no two are alike.
const HASH: usize = 32;

/// The name of the opening of a version: one for each, so that it is opened once however often that is asked for.
pub(crate) fn opening_of(local: &str, version: u32) -> String {
    let hash = Digest::of(entry_of_version(local, version).as_bytes()).hex();
    let short: String = hash.chars().take(HASH).collect();
    format!("{OPENING}.{short}")
}

/// Whether a record of that name is an opening, which only the node writes.
pub(crate) fn is_opening(local: &str) -> bool {
    let hash = local.strip_prefix(OPENING).and_then(|rest| rest.strip_prefix('.'));
    hash.is_some_and(|hash| {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        hash.len() == HASH && hash.bytes().all(is_hex)
    })
}

/// The closed body of an own entry with its salt; none where it is open, or not here any more.
pub(crate) fn closed_of(entry: &EntryRow) -> Result<Option<ClosedBody>, Fault> {
    let (Some(body), Some(salt)) = (&entry.body, &entry.salt) else {
        return Ok(None);
    };
    closed(stored_record(&entry.leaf)?.header(), body, salt).map(Some)
}

/// The closed body of a record that is about to be committed; none where it is open.
pub(crate) fn closed_of_composed(composed: &Composed) -> Result<Option<ClosedBody>, Fault> {
    let salt = composed.entry.salt.as_ref();
    salt.map(|salt| closed(composed.record.header(), &composed.entry.body, salt))
        .transpose()
}

fn closed(header: &Header, body: &[u8], salt: &[u8]) -> Result<ClosedBody, Fault> {
    let salt: [u8; 32] = salt
        .try_into()
        .map_err(|_| Fault::Internal("a stored salt has another length".to_owned()))?;
    let body = Body::parse(body).map_err(|why| Fault::Internal(format!("a stored body cannot be read: {why}")))?;
    Ok(ClosedBody::new(
        header.id.clone(),
        header.version,
        Salt::from_bytes(salt),
        body,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_one_opening_by_a_name_that_nobody_gives() {
        let name = opening_of("water", 1);
        assert!(is_opening(&name) && name.len() <= 64, "{name}");
        assert_eq!(name, opening_of("water", 1));
        assert_ne!(name, opening_of("water", 2));
        assert_ne!(name, opening_of("wate", 1));
        for theirs in [
            "opening",
            "opening.",
            "opening.water",
            "openings",
            &name[1..],
            &name.to_uppercase(),
        ] {
            assert!(!is_opening(theirs), "{theirs}");
        }
    }
}
