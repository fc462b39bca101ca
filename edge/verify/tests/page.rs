//! The page on proofs of records shows what holds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_suite_international::International;
use chapar_verify::{Beside, Demands, Verdict, verify_record};

const PAGE: &str = include_str!("../../../docs/formats/record-proof.md");
const VECTOR: &str = include_str!("../../../core/register/vectors/valid/record-worked-example.json");

/// The first block of the page that begins with these letters.
fn block(begin: &str) -> &'static str {
    let mut blocks = PAGE
        .split("```text\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    blocks.find(|block| block.starts_with(begin)).unwrap()
}

#[test]
fn the_example_is_verified_as_the_page_says() {
    let (proof, vkey) = (block("c2sp.org/"), block("node.example/").trim());
    let vector: serde_json::Value = serde_json::from_str(VECTOR).unwrap();
    let body = vector["body"].as_str().unwrap();
    // In any spelling of JSON.
    let body = body.replace("\":\"", "\" : \"");
    let beside = Beside {
        body: Some(body.as_bytes()),
        keys: None,
    };
    let said =
        |proof: &str, demands: &Demands| verify_record(&International, proof.as_bytes(), beside, demands).unwrap();
    let pinned = Demands::read(Some(vkey), None, None).unwrap();
    let good = said(proof, &pinned);
    assert!(
        good.lines()
            .iter()
            .any(|line| line == "proven    the body that was shown is its body")
    );
    // The body of the vector is of an older state of its kind; all else holds.
    let broken: Vec<String> = good
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("broken "))
        .collect();
    assert_eq!(broken, ["broken    its body is not as the kind `notice` demands"]);
    let bare = |proof: &str| verify_record(&International, proof.as_bytes(), Beside::default(), &pinned).unwrap();
    assert_eq!(bare(proof).verdict(), Verdict::Verified);
    assert_eq!(bare(&proof.replace("index 1", "index 0")).verdict(), Verdict::Broken);
    assert_eq!(bare(&proof.replace("\n2\n", "\n3\n")).verdict(), Verdict::Broken);
    assert_eq!(
        said(proof, &Demands::default()).verdict(),
        Verdict::Open,
        "nobody said whose word counts"
    );
    let other = Demands::read(Some(vkey), None, Some("did:web:kz.example:plant")).unwrap();
    assert_eq!(said(proof, &other).verdict(), Verdict::Broken);
    assert!(PAGE.contains(&format!("VKEY='{vkey}'")));
}
