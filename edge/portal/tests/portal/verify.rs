//! The room of verification: codes, ids and files, true ones and false ones.

use super::{Answer, Language, Reader, check_page, encoded, links};
use axum::body::Body;
use std::collections::BTreeMap;

/// A proof of a log that no node here holds.
const FOREIGN: &str = include_str!("../../../../docs/formats/record-proof.md");
const FORM: &str = "multipart/form-data; boundary=line";

/// A form with files.
fn form(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, file) in files {
        let head =
            format!("--line\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{name}.bin\"\r\n\r\n");
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(file);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"--line--\r\n");
    bytes
}

async fn shown(reader: &Reader, files: &[(&str, &[u8])]) -> Answer {
    let fields = [("content-type", FORM)];
    let answer = reader
        .send("POST", "/en/verify", &fields, Body::from(form(files)))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    check_page(&answer, Language::En, "a file");
    answer
}

async fn asked(reader: &Reader, text: &str) -> String {
    let answer = reader.get(&format!("/en/verify?text={}", encoded(text))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

fn says(page: &str, said: &[&str]) {
    for one in said {
        assert!(page.contains(one), "`{one}` is not in {page}");
    }
}

/// The address to which the code of a record leads.
async fn code(reader: &Reader, id: &str) -> String {
    let page = reader.get(&format!("/en/records/{}", encoded(id))).await.text;
    let found = links(&page)
        .into_iter()
        .find(|link| link.starts_with("/en/verify?record="));
    found.expect("a record page has a code")
}

async fn proof(reader: &Reader, id: &str) -> Vec<u8> {
    let answer = reader
        .get(&format!("/chapar/v1/register/records/{}/proof", encoded(id)))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text.into_bytes()
}

async fn stocked() -> (Reader, BTreeMap<&'static str, String>) {
    let reader = Reader::start(&Language::USUAL).await;
    let ids = reader.stock().await;
    (reader, ids)
}

#[tokio::test]
async fn a_code_says_whether_the_record_is_genuine_and_still_stands() {
    let (reader, ids) = stocked().await;
    let place = code(&reader, &ids["versions"]).await;
    let page = reader.get(&place).await.text;
    says(
        &page,
        &[
            "Genuine</p>",
            "The fingerprint in the code is the one of the record.",
            "The signature in the code is the one of the record.",
            "What it says is what the author signed.",
            "This node holds the same record at that place of the register.",
            "chapar verify record.record-proof --vkey",
        ],
    );
    let bare = reader
        .ask("GET", &place.replace("/en/", "/"), &[("accept-language", "zh")])
        .await;
    let expected = place.replace("/en/", "/zh/");
    assert_eq!((bare.status, bare.header("location")), (303, expected.as_str()));
    let pasted = asked(
        &reader,
        &format!("https://another.example{}", place.replace("/en/", "/")),
    )
    .await;
    says(
        &pasted,
        &["Genuine</p>", "The fingerprint in the code is the one of the record."],
    );
}

#[tokio::test]
async fn a_code_that_was_changed_is_caught() {
    let (reader, ids) = stocked().await;
    let place = code(&reader, &ids["versions"]).await;
    let other = code(&reader, &ids["expired"]).await;
    let part = |place: &str, name: &str| {
        let rest = place.split_once(&format!("{name}=")).unwrap().1;
        rest.split('&').next().unwrap().to_owned()
    };
    for (name, said) in [
        ("hash", "The fingerprint in the code is not the one of the record."),
        ("signature", "The signature in the code is not the one of the record."),
    ] {
        let changed = place.replace(&part(&place, name), &part(&other, name));
        let page = reader.get(&changed).await.text;
        says(&page, &["Not genuine", said]);
        assert!(!page.contains("Genuine</p>"), "{page}");
    }
    let cut = reader.get(&place.replace("hash=", "hash=x")).await.text;
    says(&cut, &["This points at no record"]);
}

#[tokio::test]
async fn what_stands_no_more_is_told_before_all_else() {
    let (reader, ids) = stocked().await;
    for name in ["withdrawn", "expired"] {
        says(
            &asked(&reader, &ids[name]).await,
            &["Genuine, but no longer as it stands there"],
        );
    }
    let old = reader
        .get(&format!("/en/verify?record={}&version=1", encoded(&ids["versions"])))
        .await
        .text;
    says(&old, &["Genuine, but no longer as it stands there", "Newest version"]);
    says(
        &asked(&reader, &ids["sealed"]).await,
        &["Genuine</p>", "so it was not checked"],
    );
}

#[tokio::test]
async fn what_is_not_known_here_is_not_called_false() {
    let (reader, ids) = stocked().await;
    let strange = ids["versions"].replace("/water", "/nothing");
    says(
        &asked(&reader, &strange).await,
        &["This cannot be told here", "This node holds no record"],
    );
    says(&asked(&reader, "water").await, &["This points at no record"]);
    let example = FOREIGN.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let page = shown(&reader, &[("proof", example.as_bytes())]).await.text;
    says(
        &page,
        &["This cannot be told here", "This node does not hold the register"],
    );
}

#[tokio::test]
async fn the_file_of_a_proof_is_verified_with_what_lies_beside_it() {
    let (reader, ids) = stocked().await;
    let proof = proof(&reader, &ids["versions"]).await;
    says(
        &shown(&reader, &[("proof", &proof)]).await.text,
        &["Genuine</p>", "The author signed it"],
    );
    let view = reader
        .get(&format!("/chapar/v1/register/records/{}", encoded(&ids["versions"])))
        .await
        .text;
    let view: serde_json::Value = serde_json::from_str(&view).unwrap();
    let body = serde_json::to_vec(&view["body"]).unwrap();
    let page = shown(&reader, &[("proof", &proof), ("body", &body)]).await.text;
    says(&page, &["Genuine</p>", "What it says is what the author signed."]);
    let page = shown(&reader, &[("proof", &proof), ("body", b"{\"title\":{}}")])
        .await
        .text;
    says(&page, &["Not genuine", "is not what the author signed"]);
    let text = String::from_utf8(proof).unwrap();
    let place = text.lines().find(|line| line.starts_with("index ")).unwrap();
    let moved = text.replace(place, "index 0");
    says(
        &shown(&reader, &[("proof", moved.as_bytes())]).await.text,
        &["Not genuine"],
    );
    says(
        &shown(&reader, &[("proof", b"no proof")]).await.text,
        &["Not genuine", "The file is not the proof of a record"],
    );
}

#[tokio::test]
async fn a_form_that_is_none_is_told_what_to_do() {
    let (reader, _) = stocked().await;
    let large = vec![b'a'; 1024 * 1024];
    for files in [
        &[][..],
        &[("proof", &b""[..])],
        &[("body", b"{}")],
        &[("proof", &large)],
    ] {
        says(&shown(&reader, files).await.text, &["This points at no record"]);
    }
    for (kind, bytes) in [
        ("text/plain", "a"),
        ("multipart/form-data", "a"),
        (FORM, "--line\r\nnonsense"),
    ] {
        let answer = reader
            .send("POST", "/ru/verify", &[("content-type", kind)], Body::from(bytes))
            .await;
        assert_eq!(answer.status, 200, "{kind}");
        check_page(&answer, Language::Ru, kind);
    }
}
