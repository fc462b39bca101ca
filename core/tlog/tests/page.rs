//! The page of the format, held against its example: what it shows is what is there, and its recipe prints what it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_suite_international::International;
use chapar_terms::Digest;
use chapar_tlog::policy::Policy;
use chapar_tlog::{
    BODY_BYTES, ENTRY_BYTES, MOST_LEAVES, NOTE_BYTES, NOTE_SIGNATURES, PROOF_HASHES, Resource, RightEdge,
    SignedCheckpoint, Tile, TileId, TlogProof, VerifierKey, grow_bodies, grow_entries, leaf_hash, tiles_between,
};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ENTRIES: [&str; 3] = ["one", "two", "three"];
const BODIES: [Option<&str>; 3] = [None, Some(r#"{"en":"two"}"#), None];

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/example")
}

fn file(path: &str) -> Vec<u8> {
    fs::read(example().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn page() -> String {
    fs::read_to_string(example().join("../../../../docs/formats/log.md")).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The tiles and bundles of the example as our code makes them.
fn tiles() -> Vec<Tile> {
    let leaves: Vec<Digest> = ENTRIES.iter().map(|entry| leaf_hash(entry.as_bytes())).collect();
    let bundles = grow_entries(0, &[], &ENTRIES).unwrap();
    let bodies = grow_bodies(0, &[], &BODIES).unwrap();
    [RightEdge::empty().grow(&leaves), bundles, bodies].concat()
}

#[test]
fn the_example_is_what_our_code_makes_and_believes() {
    let tiles = tiles();
    assert_eq!(tiles.len(), 3);
    for tile in &tiles {
        assert_eq!(tile.bytes, file(&tile.id.path()), "{}", tile.id.path());
    }
    for body in BODIES.into_iter().flatten() {
        assert_eq!(
            file(&Resource::Body(Digest::of(body.as_bytes())).path()),
            body.as_bytes()
        );
    }
    let proof = TlogProof::parse(&file("two.tlog-proof")).unwrap();
    let policy = Policy::parse(&file("policy")).unwrap();
    assert_eq!(
        proof.verify(&International, &policy, &leaf_hash(b"two")),
        Ok(BTreeSet::from([0, 2]))
    );
    let signed = SignedCheckpoint::parse(&file("checkpoint")).unwrap();
    assert_eq!(&signed, &proof.checkpoint);
    let key = VerifierKey::parse(str::from_utf8(&file("vkey")).unwrap().trim_end()).unwrap();
    assert!(signed.verify(&International, &[key]).is_ok());
}

#[test]
fn the_page_shows_the_example() {
    let page = page();
    let shown = |text: &str| assert!(page.contains(text), "the page lacks `{text}`");
    shown(str::from_utf8(&file("checkpoint")).unwrap());
    shown(str::from_utf8(&file("vkey")).unwrap());
    for tile in tiles() {
        shown(&tile.id.path());
        let width = if tile.id.path().starts_with("tile/0") {
            32
        } else {
            tile.bytes.len()
        };
        tile.bytes
            .chunks(width)
            .for_each(|line| shown(&format!("\n{}\n", hex(line))));
    }
}

#[test]
fn the_page_tells_the_bounds_and_the_tiles_of_a_large_log() {
    let page = page();
    for bound in [MOST_LEAVES, ENTRY_BYTES as u64, BODY_BYTES as u64, NOTE_BYTES as u64] {
        let digits = bound.to_string();
        let groups: Vec<&str> = digits
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|group| str::from_utf8(group).unwrap())
            .collect();
        assert!(page.contains(&groups.join(" ")), "the page lacks {bound}");
    }
    assert!(
        page.contains(&format!("{NOTE_SIGNATURES} signatures")) && page.contains(&format!("proof | {PROOF_HASHES} |"))
    );
    let large: Vec<TileId> = tiles_between(0, 70_000).collect();
    for id in large.iter().filter(|id| !id.is_full() || id.index() == 272) {
        assert!(page.contains(&id.path()), "the page lacks `{}`", id.path());
    }
}

/// With the programs of the machine that the page names, in a folder of its own.
#[test]
fn the_recipe_prints_what_the_page_says() {
    let page = page();
    let (_, rest) = page.split_once("```sh\n").unwrap();
    let (recipe, rest) = rest.split_once("```\n").unwrap();
    let (_, rest) = rest.split_once("```text\n").unwrap();
    let (printed, _) = rest.split_once("```\n").unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recipe");
    for path in ["checkpoint", "vkey", "tile/0/000.p/3"] {
        let place = folder.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, file(path)).unwrap();
    }
    let output = Command::new("sh")
        .args(["-ec", recipe])
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), printed, "{said}");
}
