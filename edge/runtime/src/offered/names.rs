//! Names of the records that are made of offers: the asset's own, always the same, and a number, for a record that was withdrawn has no
//! further version and what comes back is another record.

use chapar_terms::Digest;

/// How all of them begin that follow what is offered to everybody. People give no such names: see [`is_of_an_offer`].
const START: &str = "offered-";
/// How all of them begin that tell of what is offered to some, because the owner wants it.
const ANNOUNCED: &str = "announced-";
/// Characters of the hash of the asset's id: too many to meet by chance.
const HASH: usize = 24;
/// Digits of the number, so that the newest is the last by name.
const DIGITS: usize = 6;

/// What the names of all records of an asset begin with.
pub(super) fn stem(asset: &str) -> String {
    let hash = Digest::of(asset.as_bytes()).hex();
    format!("{START}{}", hash.get(..HASH).unwrap_or_default())
}

/// What the names of all records begin with by which the owner announces what a definition offers of an asset.
pub(super) fn announced(definition: &str, asset: &str) -> String {
    let hash = Digest::of_parts(&[definition.as_bytes(), b"\0", asset.as_bytes()]).hex();
    format!("{ANNOUNCED}{}", hash.get(..HASH).unwrap_or_default())
}

/// The name of the record of that number, counted from 1.
pub(super) fn name(stem: &str, number: u32) -> String {
    format!("{stem}-{number:0DIGITS$}")
}

/// The number in a name.
pub(super) fn number(name: &str) -> Option<u32> {
    let rest = name.strip_prefix(START).or_else(|| name.strip_prefix(ANNOUNCED));
    let (hash, number) = rest?.split_once('-')?;
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_name = hash.len() == HASH && hash.bytes().all(is_hex) && number.len() == DIGITS;
    number.parse().ok().filter(|_| is_name)
}

/// Whether a record of that name is made of an offer, by the node alone.
pub(crate) fn is_of_an_offer(name: &str) -> bool {
    number(name).is_some()
}

/// The name of the record that an entry of the register belongs to.
pub(super) fn of_entry(entry: &str) -> &str {
    entry.split_once('@').map_or(entry, |(name, _)| name)
}

/// From the first entry of an asset on to before whatever is none of it; `.` follows on `-`.
pub(super) fn entries_of(stem: &str) -> (String, String) {
    (format!("{stem}-"), format!("{stem}."))
}

/// The same for all assets.
pub(super) fn entries_of_all() -> (String, String) {
    entries_of(START.trim_end_matches('-'))
}

/// The same for everything that was announced.
pub(super) fn entries_of_announced() -> (String, String) {
    entries_of(ANNOUNCED.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{entry_of_version, entry_of_withdrawal};

    #[test]
    fn the_newest_record_of_an_asset_has_the_last_of_its_entries() {
        let (one, other) = (stem("a"), stem("b"));
        let entries = [
            entry_of_version(&name(&one, 1), 1),
            entry_of_version(&name(&one, 1), 2),
            entry_of_withdrawal(&name(&one, 1)),
            entry_of_version(&name(&one, 2), 1),
            entry_of_version(&name(&one, 10), 1),
        ];
        assert!(entries.is_sorted(), "{entries:?}");
        let within = |(first, beyond): (String, String), entry: &String| *entry >= first && *entry < beyond;
        for entry in &entries {
            assert!(
                within(entries_of(&one), entry) && within(entries_of_all(), entry),
                "{entry}"
            );
            assert!(!within(entries_of(&other), entry), "{entry}");
            assert!(is_of_an_offer(of_entry(entry)), "{entry}");
        }
        assert_eq!(number(&name(&one, 10)), Some(10));
        let told = name(&announced("o", "a"), 3);
        assert!(is_of_an_offer(&told) && told.len() <= 64, "{told}");
        assert!(within(entries_of_announced(), &entry_of_version(&told, 1)));
        assert!(!within(entries_of_all(), &entry_of_version(&told, 1)));
        assert_ne!(announced("o", "a"), announced("oa", ""));
        let local = name(&one, 1);
        assert!(local.len() <= 64 && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    }

    #[test]
    fn names_that_people_give_are_their_own() {
        let made = name(&stem("a"), 1);
        let short = &made[..made.len() - 1];
        for theirs in [
            "offered",
            "offered-water",
            "dataset-1",
            short,
            &made.to_uppercase(),
            &format!("x{made}"),
        ] {
            assert!(!is_of_an_offer(theirs), "{theirs}");
        }
        for theirs in ["offere", "offered.a", "offers-1", "r1"] {
            let entry = entry_of_version(theirs, 1);
            let (first, beyond) = entries_of_all();
            assert!(entry < first || entry >= beyond, "{theirs}");
        }
    }
}
