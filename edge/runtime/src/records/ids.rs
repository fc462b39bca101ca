//! Ids of entries in a register: the record's local name, then its version, so that the newest version of a record is the last
//! entry of its name. A withdrawal comes after all versions.

use chapar_register::{Record, RecordId};
use serde_json::Value;

/// The kind of a record that withdraws another.
pub(crate) const WITHDRAWAL: &str = "withdrawal";
/// Digits of a version in an id: as many as a version may have.
const DIGITS: usize = 10;

/// The entry of this version of the record.
pub(crate) fn entry_of_version(local: &str, version: u32) -> String {
    format!("{local}@{version:0DIGITS$}")
}

/// The entry that withdraws the record. There is one at most, and no version after it.
pub(crate) fn entry_of_withdrawal(local: &str) -> String {
    format!("{local}@withdrawn")
}

/// How the log names an entry that was taken back; nothing for one that is no record.
pub(crate) fn entry_name(leaf: &[u8], body: Option<&[u8]>) -> Option<String> {
    let record = Record::parse(leaf).ok()?;
    let header = record.header();
    let body: Option<Value> = body.and_then(|body| serde_json::from_slice(body).ok());
    let target = body.as_ref().and_then(|body| body.get("target")?.as_str());
    match target.filter(|_| header.kind.as_str() == WITHDRAWAL) {
        Some(target) => Some(entry_of_withdrawal(RecordId::parse(target).ok()?.local())),
        None => Some(entry_of_version(header.id.local(), header.version)),
    }
}

/// Whether the entry withdraws the record that it is named by.
pub(crate) fn is_withdrawal(entry: &str) -> bool {
    entry.ends_with("@withdrawn")
}

/// From the first entry of a record on to before whatever is none of it: `@` stands in no local name.
pub(crate) fn entries_of(local: &str) -> (String, String) {
    (format!("{local}@"), format!("{local}A"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_entry_of_a_name_is_the_newest() {
        let mut entries = [
            entry_of_withdrawal("a"),
            entry_of_version("a", 10),
            entry_of_version("a", 9),
            entry_of_version("a", u32::MAX),
        ];
        entries.sort();
        assert!(entries.is_sorted() && is_withdrawal(&entries[3]) && !is_withdrawal(&entries[2]));
        assert_eq!(entries[0], entry_of_version("a", 9));
        let (first, beyond) = entries_of("a");
        assert!(entries.iter().all(|entry| *entry >= first && *entry < beyond));
        for other in ["a.b", "a-b", "aA", "A", "a0", "b"] {
            let other = entry_of_version(other, 1);
            assert!(other < first || other >= beyond, "{other}");
        }
    }
}
