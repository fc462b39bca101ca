//! The files under `vectors/`: the invalid ones are refused with the code and words of their `expected.txt`, the valid ones, which
//! stretch the schemas as living peers do, are taken.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_dsp::catalog::{CatalogRequest, parse_catalog, parse_dataset, parse_dataset_request};
use chapar_dsp::{
    Malformed, NegotiationContent, Offer, TransferContent, negotiation, parse_negotiation, parse_transfer,
};
use chapar_dsp::{transfer, version};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name)
}

fn json_files(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect()
}

fn bytes(folder_name: &str, file: &str) -> Vec<u8> {
    fs::read(folder(folder_name).join(file)).unwrap()
}

/// Runs every file of the folder; returns how many.
fn all_refused(name: &str, at_least: usize, parse: impl Fn(&str, &[u8]) -> Result<(), Malformed>) {
    let folder = folder(name);
    let mut listed = BTreeSet::new();
    for line in fs::read_to_string(folder.join("expected.txt"))
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let fields: Vec<_> = line.split('|').map(str::trim).collect();
        let [file, code, words] = fields.as_slice() else {
            panic!("{line}")
        };
        let refusal = match parse(file, &bytes(name, file)) {
            Ok(()) => panic!("{name}/{file} was taken"),
            Err(refusal) => refusal,
        };
        assert!(
            refusal.code == *code && refusal.why.contains(words),
            "{name}/{file}: {refusal}"
        );
        listed.insert((*file).to_owned());
    }
    assert_eq!(listed, json_files(&folder), "{name}: files and expected.txt differ");
    assert!(listed.len() >= at_least, "{name}: {} files", listed.len());
}

#[test]
fn invalid_negotiation_messages_are_refused() {
    all_refused("invalid/negotiation", 60, |_, bytes| {
        parse_negotiation(bytes, &negotiation::Message::ALL).map(drop)
    });
}

#[test]
fn invalid_transfer_messages_are_refused() {
    all_refused("invalid/transfer", 30, |_, bytes| {
        parse_transfer(bytes, &transfer::Message::ALL).map(drop)
    });
}

#[test]
fn invalid_catalogue_bodies_are_refused() {
    all_refused("invalid/catalog", 20, |file, bytes| {
        if file.starts_with("request-") {
            CatalogRequest::parse(bytes).map(drop)
        } else if file.starts_with("dataset-request-") {
            parse_dataset_request(bytes).map(drop)
        } else if file.starts_with("dataset-") {
            parse_dataset(bytes).map(drop)
        } else {
            parse_catalog(bytes).map(drop)
        }
    });
}

#[test]
fn invalid_version_documents_are_refused() {
    all_refused("invalid/version", 10, |_, bytes| version::parse(bytes).map(drop));
}

#[test]
fn valid_messages_are_taken() {
    for file in json_files(&folder("valid/negotiation")) {
        let message = parse_negotiation(&bytes("valid/negotiation", &file), &negotiation::Message::ALL);
        assert!(message.is_ok(), "{file}: {message:?}");
    }
    for file in json_files(&folder("valid/transfer")) {
        let message = parse_transfer(&bytes("valid/transfer", &file), &transfer::Message::ALL);
        assert!(message.is_ok(), "{file}: {message:?}");
    }
    for file in json_files(&folder("valid/catalog")) {
        let catalog = parse_catalog(&bytes("valid/catalog", &file));
        assert!(catalog.is_ok(), "{file}: {catalog:?}");
    }
}

fn negotiation_vector(file: &str) -> chapar_dsp::NegotiationMessage {
    parse_negotiation(&bytes("valid/negotiation", file), &negotiation::Message::ALL).unwrap()
}

#[test]
fn a_counter_request_may_repeat_its_callback_address_but_a_first_one_names_no_provider_pid() {
    let message = negotiation_vector("counter-request-with-callback-and-both-pids.json");
    assert!(message.provider_pid.is_some());
    let refusal = message.check_opening().unwrap_err();
    assert!(refusal.why.contains("providerPid"), "{refusal}");
    assert!(negotiation_vector("request-with-nulls.json").check_opening().is_ok());
    let without = negotiation_vector("counter-request-without-target.json")
        .check_opening()
        .unwrap_err();
    assert!(without.why.contains("callbackAddress"), "{without}");
    assert!(
        negotiation_vector("agreement-with-callback.json")
            .check_opening()
            .is_err()
    );
}

#[test]
fn extra_members_survive_and_count_in_the_digest() {
    let message = negotiation_vector("request-with-extra-members.json");
    let NegotiationContent::Request { offer, .. } = &message.content else {
        panic!("{message:?}")
    };
    assert_eq!(offer.members["https://example.com/note"]["a"][1], 2.5);
    assert_eq!(offer.render()["assigner"], "did:web:provider.example");
    let other = String::from_utf8(bytes("valid/negotiation", "request-with-extra-members.json"))
        .unwrap()
        .replace("kept in the digest", "changed");
    let other = parse_negotiation(other.as_bytes(), &negotiation::Message::ALL).unwrap();
    assert_eq!(other.content, message.content);
    assert_ne!(other.digest, message.digest);
}

#[test]
fn spelling_does_not_count_in_the_digest() {
    let spaced = bytes("valid/negotiation", "request-with-extra-members.json");
    let value: serde_json::Value = serde_json::from_slice(&spaced).unwrap();
    let kinds = negotiation::Message::ALL;
    assert_eq!(
        parse_negotiation(&spaced, &kinds).unwrap().digest,
        parse_negotiation(value.to_string().as_bytes(), &kinds).unwrap().digest
    );
}

#[test]
fn the_path_decides_which_kinds_it_takes() {
    let accepted = r#"{"@context":["https://w3id.org/dspace/2025/1/context.jsonld"],"@type":"ContractNegotiationEventMessage",
        "consumerPid":"urn:x:1","providerPid":"urn:x:2","eventType":"ACCEPTED"}"#;
    assert!(parse_negotiation(accepted.as_bytes(), &[negotiation::Message::Accepted]).is_ok());
    let refusal = parse_negotiation(accepted.as_bytes(), &[negotiation::Message::Finalized]).unwrap_err();
    assert_eq!(refusal.code, chapar_dsp::code::WRONG_TYPE);
    let start = bytes("valid/transfer", "start-with-empty-properties.json");
    assert!(parse_transfer(&start, &[transfer::Message::Completion]).is_err());
}

#[test]
fn reasons_are_read_in_all_their_shapes() {
    let message = negotiation_vector("termination-with-described-reasons.json");
    assert_eq!(
        message.content,
        NegotiationContent::Termination {
            code: Some("1".to_owned()),
            reason: vec!["too late".to_owned(), "zu spät".to_owned(), "{}".to_owned()],
        }
    );
}

#[test]
fn empty_rule_arrays_mean_none() {
    let message = negotiation_vector("request-with-empty-obligation.json");
    let NegotiationContent::Request { offer, .. } = &message.content else {
        panic!("{message:?}")
    };
    assert!(offer.rules().get("obligation").is_none());
    assert!(offer.render().get("prohibition").is_none());
}

#[test]
fn an_offer_without_rules_names_the_one_that_is_meant() {
    let named = json!({ "@id": "o", "@type": "Offer", "target": "d", "permission": [], "prohibition": null });
    let offer = Offer::parse_or_named(&named).unwrap();
    assert!(!offer.has_rules());
    assert_eq!((offer.id.as_str(), offer.target.as_ref().unwrap().as_str()), ("o", "d"));
    let permission = json!([{ "action": "use" }]);
    let said = json!({ "@id": "o", "@type": "Offer", "permission": permission });
    let offer = Offer::parse_or_named(&said).unwrap();
    assert_eq!(offer.rules()["permission"], permission);
    assert_eq!(offer, Offer::parse_in_message(&said).unwrap());
    for wrong in [
        json!("o"),
        json!({ "@type": "Offer" }),
        json!({ "@id": "o", "@type": "Set" }),
        json!({ "@id": "o", "@type": "Offer", "permission": "use" }),
    ] {
        assert!(Offer::parse_or_named(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_agreement_carries_the_rules_of_its_offer() {
    use chapar_terms::{AgreementId, Instant, ParticipantId};
    let message = negotiation_vector("request-with-extra-members.json");
    let NegotiationContent::Request { offer, .. } = message.content else {
        panic!()
    };
    let agreement = chapar_dsp::Agreement::from_offer(
        &offer,
        AgreementId::parse("urn:agreement:9").unwrap(),
        offer.target.clone().unwrap(),
        ParticipantId::parse("did:web:p").unwrap(),
        ParticipantId::parse("did:web:c").unwrap(),
        Instant::from_unix_ms(0),
    );
    assert_eq!(agreement.rules(), offer.rules());
    let rendered = agreement.render();
    assert_eq!(rendered["@type"], "Agreement");
    assert_eq!(rendered["assigner"], "did:web:p");
    assert_eq!(rendered["timestamp"], "1970-01-01T00:00:00.000Z");
    assert_eq!(rendered["https://example.com/note"]["a"][0], 1);
    assert_eq!(chapar_dsp::Agreement::parse(&rendered).unwrap(), agreement);
}

#[test]
fn a_timestamp_keeps_its_spelling() {
    let message = negotiation_vector("agreement-with-timestamp-without-offset.json");
    let NegotiationContent::Agreement { agreement } = message.content else {
        panic!()
    };
    assert_eq!(agreement.timestamp.unwrap().rfc3339(), "2026-01-01T00:00:00.500Z");
    assert_eq!(agreement.render()["timestamp"], "2026-01-01T00:00:00.5");
}

#[test]
fn a_data_address_keeps_its_extra_members() {
    let bytes = bytes("valid/transfer", "start-with-address-without-endpoint.json");
    let message = parse_transfer(&bytes, &[transfer::Message::Start]).unwrap();
    let TransferContent::Start {
        data_address: Some(address),
    } = message.content
    else {
        panic!()
    };
    assert_eq!(address.property("authorization"), Some("t"));
    assert_eq!(address.render()["extra"]["kept"], true);
}

#[test]
fn of_a_catalogue_the_good_is_kept_and_the_rest_listed() {
    let catalog = parse_catalog(&bytes("valid/catalog", "catalog-with-some-bad.json")).unwrap();
    let ids: Vec<_> = catalog.datasets.iter().map(|dataset| dataset.id.as_str()).collect();
    assert_eq!(ids, ["urn:dataset:1", "urn:dataset:4"]);
    let places: Vec<_> = catalog.rejects.iter().map(|reject| reject.place.as_str()).collect();
    assert_eq!(places, ["dataset[1]", "dataset[2]", "dataset[3].hasPolicy[0]"]);
    let versions = version::parse(&bytes("valid/version", "with-one-bad-entry.json")).unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(
        version::spoken(&versions),
        Some(&version::ProtocolVersion::at("/2025-1"))
    );
}

#[test]
fn what_a_peer_speaks_is_told_shortly() {
    let entry = |version: &str| version::ProtocolVersion {
        version: version.to_owned(),
        ..version::ProtocolVersion::at("/x")
    };
    let entries = [entry("v0.8"), entry("2024/1")];
    assert_eq!(
        version::in_words(&entries),
        "`v0.8` over `HTTPS`, `2024/1` over `HTTPS`"
    );
    let many = vec![entry(&"9".repeat(10_000)); 1000];
    let told = version::in_words(&many);
    assert!(told.len() < 2000 && told.ends_with(" and more"), "{told}");
}

#[test]
fn a_provider_may_say_no_rules_and_a_consumer_must() {
    let offer = json!({ "@id": "o", "@type": "Offer", "permission": [], "prohibition": [], "obligation": [] });
    let dataset = json!({
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "Dataset", "@id": "d",
        "hasPolicy": [offer], "distribution": [{ "@type": "Distribution", "format": "HttpData-PULL", "accessService": "s" }],
    });
    let dataset = parse_dataset(dataset.to_string().as_bytes()).unwrap();
    assert!(!dataset.offers[0].has_rules());
    let agreement = json!({
        "@id": "urn:a", "@type": "Agreement", "target": "d", "assigner": "p", "assignee": "c", "permission": [],
    });
    assert!(chapar_dsp::Agreement::parse(&agreement).is_ok());
    assert!(Offer::parse_in_message(&offer).is_err());
    let half = json!({ "@id": "urn:a", "@type": "Agreement", "target": "d", "assigner": "p", "assignee": "c", "permission": [{}] });
    assert!(chapar_dsp::Agreement::parse(&half).is_err());
}

#[test]
fn kinds_of_rule_that_a_policy_has_none_of_are_kept_as_absent() {
    let rules = json!([{ "action": "use" }]);
    let offer = json!({ "@id": "o", "@type": "Offer", "target": "d", "permission": rules, "prohibition": [], "obligation": [] });
    let offer = Offer::parse_in_message(&offer).unwrap();
    assert_eq!(Offer::parse_in_message(&offer.render()).unwrap(), offer);
    let agreement = json!({
        "@id": "urn:a", "@type": "Agreement", "target": "d", "assigner": "p", "assignee": "c",
        "permission": rules, "prohibition": [], "obligation": [],
    });
    let agreement = chapar_dsp::Agreement::parse(&agreement).unwrap();
    assert_eq!(chapar_dsp::Agreement::parse(&agreement.render()).unwrap(), agreement);
    assert_eq!(agreement.members.get("permission"), Some(&rules));
}
