//! The shipped JSON schemas and examples under `spec/`: the examples parse here, and what is rendered here validates there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_dsp::catalog::{self, AccessService, Catalog, CatalogRequest, DataService, Dataset, Distribution};
use chapar_dsp::{
    Agreement, DataAddress, NegotiationContent, Offer, TransferContent, negotiation, parse_error, parse_negotiation,
    parse_negotiation_ack, parse_transfer, parse_transfer_ack, render_catalog_error, render_negotiation,
    render_negotiation_error, render_transfer, render_transfer_error, transfer, version,
};
use chapar_terms::{AgreementId, AssetId, Instant, OfferId, ParticipantId, Pid};
use jsonschema::{Retrieve, Uri};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("spec")
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_str().unwrap().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The schemas by their `$id`; the only place that references are resolved from.
struct Shipped(BTreeMap<String, Value>);

impl Shipped {
    fn load() -> Self {
        let schemas = files(&spec(), "-schema.json").into_iter().map(|path| {
            let mut schema: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            mend_references(&mut schema);
            (schema["$id"].as_str().unwrap().to_owned(), schema)
        });
        Self(schemas.collect())
    }
}

/// Three schemas as shipped write `#definitions/` for `#/definitions/`.
fn mend_references(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                *reference = reference.replace("#definitions/", "#/definitions/");
            }
            members.values_mut().for_each(mend_references);
        }
        Value::Array(items) => items.iter_mut().for_each(mend_references),
        _ => {}
    }
}

impl Retrieve for Shipped {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.as_str().split('#').next().unwrap_or_default();
        self.0
            .get(name)
            .cloned()
            .ok_or_else(|| format!("`{name}` is not shipped").into())
    }
}

fn validate(schema: &str, body: &Value) -> Result<(), String> {
    let shipped = Shipped::load();
    let id = format!("https://w3id.org/dspace/2025/1/{schema}-schema.json");
    let schema = shipped
        .0
        .get(&id)
        .unwrap_or_else(|| panic!("{id} is not shipped"))
        .clone();
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft201909)
        .with_retriever(shipped)
        .build(&schema)
        .unwrap();
    let faults: Vec<_> = validator.iter_errors(body).map(|fault| fault.to_string()).collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(format!("{faults:?}\n{body:#}"))
    }
}

fn schema_of(body: &Value) -> &'static str {
    match body["@type"].as_str().unwrap() {
        "ContractRequestMessage" => "negotiation/contract-request-message",
        "ContractOfferMessage" => "negotiation/contract-offer-message",
        "ContractNegotiationEventMessage" => "negotiation/contract-negotiation-event-message",
        "ContractAgreementMessage" => "negotiation/contract-agreement-message",
        "ContractAgreementVerificationMessage" => "negotiation/contract-agreement-verification-message",
        "ContractNegotiationTerminationMessage" => "negotiation/contract-negotiation-termination-message",
        "ContractNegotiation" => "negotiation/contract-negotiation",
        "ContractNegotiationError" => "negotiation/contract-negotiation-error",
        "TransferRequestMessage" => "transfer/transfer-request-message",
        "TransferStartMessage" => "transfer/transfer-start-message",
        "TransferSuspensionMessage" => "transfer/transfer-suspension-message",
        "TransferCompletionMessage" => "transfer/transfer-completion-message",
        "TransferTerminationMessage" => "transfer/transfer-termination-message",
        "TransferProcess" => "transfer/transfer-process",
        "TransferError" => "transfer/transfer-error",
        "CatalogRequestMessage" => "catalog/catalog-request-message",
        "Catalog" => "catalog/catalog",
        "Dataset" => "catalog/dataset",
        "CatalogError" => "catalog/catalog-error",
        "DatasetRequestMessage" => "catalog/dataset-request-message",
        other => panic!("no schema for {other}"),
    }
}

/// Checks every JSON file of a folder against the schema of its `@type`; the names of those that it refuses. What is no JSON or
/// has no known type is left out.
fn refused_in(folder: &Path) -> (usize, BTreeMap<String, String>) {
    let (mut checked, mut refused) = (0, BTreeMap::new());
    for path in files(folder, ".json") {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Ok(body) = serde_json::from_slice::<Value>(&fs::read(&path).unwrap()) else {
            continue;
        };
        let schema = match body["@type"].as_str() {
            Some(_) => schema_of(&body),
            None if body.get("protocolVersions").is_some() => "common/protocol-version",
            None => continue,
        };
        checked += 1;
        if let Err(faults) = validate(schema, &body) {
            refused.insert(name, faults);
        }
    }
    (checked, refused)
}

#[test]
fn every_shipped_example_validates() {
    let (mut checked, mut refused) = (0, BTreeMap::new());
    for folder in ["catalog", "common", "negotiation", "transfer"] {
        let (some, faults) = refused_in(&spec().join(folder).join("example"));
        checked += some;
        refused.extend(faults);
    }
    assert_eq!(refused, BTreeMap::new());
    assert_eq!(checked, 25);
}

/// Valid vectors that stretch the schemas as living peers do, and what the schema minds: taken here, refused there.
#[rustfmt::skip]
const STRETCHED: [(&str, &str); 12] = [
    ("catalog-with-dataset-target-repeated.json", "is not allowed for"),
    ("catalog-with-one-dataset-without-brackets.json", "is not of type \\\"array\\\""),
    ("catalog-with-service-reference.json", "is not valid under any"),
    ("catalog-with-some-bad.json", "is a required property"),
    ("counter-request-with-callback-and-both-pids.json", "is valid under more than one"),
    ("offer-with-callback-and-both-pids.json", "is valid under more than one"),
    ("request-with-empty-obligation.json", "has less than 1 item"),
    ("request-with-more-contexts.json", "is not of type \\\"string\\\""),
    ("request-with-nulls.json", "null is not of type \\\"string\\\""),
    ("start-with-empty-properties.json", "has less than 1 item"),
    ("termination-with-one-reason.json", "is not of type \\\"array\\\""),
    ("with-one-bad-entry.json", "is a required property"),
];

#[test]
fn a_valid_vector_validates_unless_it_stretches_the_schema_on_purpose() {
    let (checked, refused) = refused_in(&spec().join("../vectors/valid"));
    let names: Vec<&str> = refused.keys().map(String::as_str).collect();
    assert_eq!(names, STRETCHED.map(|(name, _)| name), "{refused:#?}");
    for (name, why) in STRETCHED {
        assert!(refused[name].contains(why), "{name}: {}", refused[name]);
    }
    assert_eq!(checked, 25);
}

fn assert_valid(body: &Value) {
    validate(schema_of(body), body).unwrap_or_else(|faults| panic!("{faults}"));
}

#[test]
fn every_shipped_example_parses() {
    let mut parsed = 0;
    for path in files(&spec(), ".json")
        .into_iter()
        .filter(|path| path.parent().unwrap().ends_with("example"))
    {
        let bytes = fs::read(&path).unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        let folder = path.parent().unwrap().parent().unwrap().file_name().unwrap();
        let kind = body["@type"].as_str().unwrap_or_default().to_owned();
        match (folder.to_str().unwrap(), kind.as_str()) {
            (_, "ContractNegotiationError" | "TransferError" | "CatalogError") => {
                let error = parse_error(&bytes);
                assert!(error.code.is_some() && error.reason.len() == 1, "{path:?}: {error:?}");
            }
            (_, "ContractNegotiation") => {
                let ack = parse_negotiation_ack(&bytes).unwrap();
                assert_eq!(ack.negotiation_state(), Some(negotiation::State::Requested));
            }
            (_, "TransferProcess") => {
                let ack = parse_transfer_ack(&bytes).unwrap();
                assert_eq!(ack.transfer_state(), Some(transfer::State::Requested));
            }
            ("negotiation", _) => {
                let message = parse_negotiation(&bytes, &negotiation::Message::ALL).unwrap();
                let again = message
                    .content
                    .render(message.consumer_pid.as_ref(), message.provider_pid.as_ref());
                assert_eq!(again, body, "{path:?}");
            }
            ("transfer", _) => {
                let message = parse_transfer(&bytes, &transfer::Message::ALL).unwrap();
                let again = message
                    .content
                    .render(message.consumer_pid.as_ref(), message.provider_pid.as_ref());
                assert_eq!(again, body, "{path:?}");
            }
            (_, "CatalogRequestMessage") => drop(CatalogRequest::parse(&bytes).unwrap()),
            (_, "DatasetRequestMessage") => drop(catalog::parse_dataset_request(&bytes).unwrap()),
            (_, "Catalog") => {
                let catalog = catalog::parse_catalog(&bytes).unwrap();
                assert_eq!(catalog.rejects, []);
                assert_eq!(catalog.render(), body, "{path:?}");
            }
            (_, "Dataset") => assert_eq!(catalog::parse_dataset(&bytes).unwrap().render(), body),
            _ if path.ends_with("protocol-version.json") => {
                let entries = version::parse(&bytes).unwrap();
                assert_eq!(version::render(&entries), body);
            }
            // DID documents and their services are read by `trust`.
            _ if path.to_str().unwrap().ends_with("-did-service.json") => continue,
            _ => panic!("{path:?} is read by nobody"),
        }
        parsed += 1;
    }
    assert_eq!(parsed, 25);
}

/// The judge can say no: otherwise the tests below prove nothing.
#[test]
fn the_schemas_refuse() {
    let body = json!({"@context": [chapar_dsp::CONTEXT], "@type": "TransferSuspensionMessage", "consumerPid": "a"});
    assert!(validate("transfer/transfer-suspension-message", &body).is_err());
    let error = json!({"@context": [chapar_dsp::CONTEXT], "@type": "TransferError", "consumerPid": "a", "providerPid": "b", "reason": []});
    assert!(validate("transfer/transfer-error", &error).is_err());
    assert!(
        validate(
            "catalog/catalog",
            &json!({"@context": ["x"], "@id": "a", "@type": "Catalog", "participantId": "p"})
        )
        .is_err()
    );
}

fn pid(text: &str) -> Pid {
    Pid::parse(text).unwrap()
}

fn offer(target: Option<&str>) -> Offer {
    let rules = json!({"permission": [{"action": "use", "constraint": [
        {"or": [{"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2030-01-01T00:00:00Z"}]}]}],
        "obligation": [], "https://example.com/note": "kept"});
    let target = target.map(|target| AssetId::parse(target).unwrap());
    Offer::from_rules(
        OfferId::parse("urn:offer:1").unwrap(),
        target,
        rules.as_object().unwrap(),
    )
}

fn negotiation_contents() -> Vec<NegotiationContent> {
    let offer = offer(Some("urn:dataset:1"));
    let callback_address = Some("https://consumer.example/dsp".to_owned());
    let agreement = Agreement::from_offer(
        &offer,
        AgreementId::parse("urn:agreement:1").unwrap(),
        AssetId::parse("urn:dataset:1").unwrap(),
        ParticipantId::parse("did:web:p").unwrap(),
        ParticipantId::parse("did:web:c").unwrap(),
        Instant::from_unix_ms(1_767_225_600_123),
    );
    vec![
        NegotiationContent::Request {
            offer: offer.clone(),
            callback_address: callback_address.clone(),
        },
        NegotiationContent::Offer {
            offer,
            callback_address,
        },
        NegotiationContent::Accepted,
        NegotiationContent::Finalized,
        NegotiationContent::Agreement { agreement },
        NegotiationContent::Verification,
        NegotiationContent::Termination {
            code: None,
            reason: vec![],
        },
        NegotiationContent::Termination {
            code: Some("1".to_owned()),
            reason: vec!["too late".to_owned()],
        },
    ]
}

#[test]
fn rendered_negotiation_messages_validate() {
    let (consumer, provider) = (pid("urn:uuid:c"), pid("urn:uuid:p"));
    let kinds: Vec<_> = negotiation_contents().iter().map(NegotiationContent::kind).collect();
    let missing = negotiation::Message::ALL.iter().find(|kind| !kinds.contains(kind));
    assert_eq!(missing, None, "a kind of message is not rendered here");
    for content in negotiation_contents() {
        let later = content.render(Some(&consumer), Some(&provider));
        assert_valid(&later);
        let opening = match &content {
            NegotiationContent::Request { .. } => content.render(Some(&consumer), None),
            NegotiationContent::Offer { .. } => content.render(None, Some(&provider)),
            _ => continue,
        };
        assert_valid(&opening);
        assert!(opening.get("callbackAddress").is_some());
        parse_negotiation(opening.to_string().as_bytes(), &[content.kind()])
            .unwrap()
            .check_opening()
            .unwrap();
    }
}

/// A first request of each shape, and every later message.
fn transfer_contents() -> (Vec<TransferContent>, Vec<TransferContent>) {
    let address = DataAddress {
        endpoint_type: "https://w3id.org/idsa/v4.1/HTTP".to_owned(),
        endpoint: Some("https://provider.example/data/1".to_owned()),
        properties: vec![("authorization".to_owned(), "t".to_owned())],
        members: Map::new(),
    };
    let bare = DataAddress {
        endpoint: None,
        properties: vec![],
        ..address.clone()
    };
    let request = |data_address| TransferContent::Request {
        agreement_id: AgreementId::parse("urn:agreement:1").unwrap(),
        format: "HttpData-PULL".to_owned(),
        callback_address: "https://consumer.example/dsp".to_owned(),
        data_address,
    };
    let (code, reason) = (Some("1".to_owned()), vec!["too late".to_owned()]);
    let later = vec![
        TransferContent::Start { data_address: None },
        TransferContent::Start {
            data_address: Some(address.clone()),
        },
        TransferContent::Start {
            data_address: Some(bare),
        },
        TransferContent::Suspension {
            code: None,
            reason: vec![],
        },
        TransferContent::Suspension {
            code: code.clone(),
            reason: reason.clone(),
        },
        TransferContent::Completion,
        TransferContent::Termination {
            code: None,
            reason: vec![],
        },
        TransferContent::Termination { code, reason },
    ];
    (vec![request(None), request(Some(address))], later)
}

#[test]
fn rendered_transfer_messages_validate() {
    let (consumer, provider) = (pid("urn:uuid:c"), pid("urn:uuid:p"));
    let (first, later) = transfer_contents();
    let kinds: Vec<_> = first.iter().chain(&later).map(TransferContent::kind).collect();
    let missing = transfer::Message::ALL.iter().find(|kind| !kinds.contains(kind));
    assert_eq!(missing, None, "a kind of message is not rendered here");
    for content in first {
        assert_valid(&content.render(Some(&consumer), None));
    }
    for content in later {
        assert_valid(&content.render(Some(&consumer), Some(&provider)));
    }
}

#[test]
fn rendered_answers_and_errors_validate() {
    let (consumer, provider) = (pid("urn:uuid:c"), pid("urn:uuid:p"));
    for state in negotiation::State::ALL {
        let body = render_negotiation(&consumer, &provider, state);
        assert_valid(&body);
        let ack = parse_negotiation_ack(body.to_string().as_bytes()).unwrap();
        assert_eq!(
            (ack.negotiation_state(), ack.provider_pid),
            (Some(state), Some(provider.clone()))
        );
    }
    for state in transfer::State::ALL {
        let body = render_transfer(&consumer, &provider, state);
        assert_valid(&body);
        assert_eq!(
            parse_transfer_ack(body.to_string().as_bytes())
                .unwrap()
                .transfer_state(),
            Some(state)
        );
    }
    for reason in [vec![], vec!["too late".to_owned()]] {
        for known in [None, Some(&consumer)] {
            assert_valid(&render_negotiation_error(known, None, "1", &reason));
            assert_valid(&render_transfer_error(known, Some(&provider), "1", &reason));
        }
        assert_valid(&render_catalog_error("1", &reason));
        let error = parse_error(render_catalog_error("1", &reason).to_string().as_bytes());
        assert_eq!((error.code.as_deref(), &error.reason), (Some("1"), &reason));
    }
    let error = render_transfer_error(None, None, "1", &[]);
    assert!(parse_transfer_ack(error.to_string().as_bytes()).is_err());
}

#[test]
fn rendered_catalogue_validates_and_reads_back() {
    let service = DataService {
        id: "urn:service:1".to_owned(),
        endpoint_url: "https://provider.example/dsp/2025-1".to_owned(),
        members: Map::new(),
    };
    let extra = json!({"title": "Registry", "@type": "overruled", "hasPolicy": []});
    let distribution = |access_service| Distribution {
        format: "HttpData-PULL".to_owned(),
        access_service,
        members: Map::new(),
    };
    let dataset = Dataset {
        id: AssetId::parse("urn:dataset:1").unwrap(),
        // A target has no place in a catalogue; rendering leaves it out.
        offers: vec![offer(None), offer(Some("urn:dataset:1"))],
        distributions: vec![
            distribution(AccessService::Id(service.id.clone())),
            distribution(AccessService::Described(service.clone())),
        ],
        members: extra.as_object().unwrap().clone(),
    };
    let mut catalog = Catalog {
        id: "urn:catalog:1".to_owned(),
        participant_id: ParticipantId::parse("did:web:p").unwrap(),
        datasets: vec![dataset.clone()],
        services: vec![service],
        nested: vec![],
        rejects: vec![],
    };
    assert_valid(&dataset.render());
    assert_valid(&catalog.render());
    let read = catalog::parse_catalog(catalog.render().to_string().as_bytes()).unwrap();
    assert_eq!(
        read.datasets[0].members,
        *json!({"title": "Registry"}).as_object().unwrap()
    );
    assert_eq!(read.datasets[0].offers, vec![offer(None), offer(None)]);
    assert_eq!(read.render(), catalog.render());
    catalog.datasets.clear();
    catalog.services.clear();
    assert_valid(&catalog.render());
    assert_valid(&CatalogRequest::default().render());
    assert_valid(
        &CatalogRequest {
            filter: vec![json!({"a": 1})],
        }
        .render(),
    );
}

#[test]
fn rendered_version_document_validates() {
    let mut entry = version::ProtocolVersion::at("/2025-1");
    let plain = version::render(&[entry.clone()]);
    validate("common/protocol-version", &plain).unwrap();
    entry.service_id = Some("uz-plant".to_owned());
    entry.identifier_type = Some("did:web".to_owned());
    for profile in [vec![], vec!["vc11-sl2021/jwt".to_owned()]] {
        entry.auth = Some(version::Auth {
            protocol: "DCP".to_owned(),
            version: "1.0".to_owned(),
            profile,
        });
        let body = version::render(&[entry.clone()]);
        validate("common/protocol-version", &body).unwrap();
        assert_eq!(version::parse(body.to_string().as_bytes()).unwrap(), [entry.clone()]);
    }
}
