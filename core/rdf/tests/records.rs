//! Examples of every kind as RDF: all that they say in the terms of their standards, and where the record stands. That the documents
//! satisfy the shapes of the standards is the judge `rdf`'s to say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_rdf::{Catalog, Graph, Node, Profile, Term, Told, Triple, tell};
use chapar_register::{Draft, Issue, Kind, KindName, Kinds, LogId, Record, Visibility};
use chapar_suite_international::generate;
use chapar_terms::{Algorithm, Instant, ParticipantId, Salt};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

const ORIGIN: &str = "node.example/plant/log";
const DCAT: &str = "http://www.w3.org/ns/dcat#";
const DCT: &str = "http://purl.org/dc/terms/";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

fn kind(name: &str) -> &'static Kind {
    Kinds::built_in().find(&KindName::parse(name).unwrap()).unwrap()
}

fn example(kind: &str, file: &str) -> Map<String, Value> {
    let file = format!("../../kinds/{kind}/examples/{file}");
    let text = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// A record with this body, signed by a key made for it.
fn record(kind: &Kind, body: &Map<String, Value>) -> Record {
    let draft = Draft {
        kind: kind.name().clone(),
        local: "a".to_owned(),
        version: 1,
        previous: None,
        valid: None,
        mandate: None,
        authentic: BTreeSet::new(),
        visibility: Visibility::Open,
        links: Vec::new(),
        body: Value::Object(body.clone()),
    };
    let issue = Issue {
        issuer: ParticipantId::parse("did:web:uz.example:plant").unwrap(),
        log: LogId::parse("0123456789abcdef").unwrap(),
        at: Instant::from_unix_ms(1_790_000_000_000),
        salt: Salt::from_bytes([0; 32]),
    };
    let (signer, _) = generate(Algorithm::Ed25519).unwrap();
    let unsigned = draft.check(Kinds::built_in(), issue);
    let unsigned = unsigned.unwrap_or_else(|found| panic!("{}: {:?}", kind.name(), found));
    unsigned.sign(&signer, "did:web:uz.example:plant#k").unwrap()
}

fn told(kind: &Kind, body: &Map<String, Value>) -> Graph {
    let (record, mut graph) = (record(kind, body), Graph::default());
    let told = Told {
        kind,
        record: &record,
        body,
        origin: ORIGIN,
        index: 7,
    };
    tell(&told, &mut graph).unwrap();
    graph
}

const ID: &str = "did:web:uz.example:plant/records/0123456789abcdef/a";

fn iri(text: &str) -> Node {
    Node::Iri(text.to_owned())
}

/// What is said of a node by a property.
fn said(graph: &Graph, subject: &Node, predicate: &str) -> Vec<Term> {
    let of = |triple: &&Triple| triple.subject == *subject && triple.predicate == predicate;
    graph.iter().filter(of).map(|triple| triple.object.clone()).collect()
}

fn value(text: &str, datatype: &str) -> Term {
    Term::Value(text.to_owned(), format!("{XSD}{datatype}"))
}

#[test]
fn every_example_says_its_class_and_more() {
    for kind in Kinds::built_in().iter().filter(|kind| !kind.is_system()) {
        let body = kind.example().as_object().unwrap();
        let graph = told(kind, body);
        let classes = said(&graph, &iri(ID), "http://www.w3.org/1999/02/22-rdf-syntax-ns#type");
        assert_eq!(classes, [Term::Node(iri(kind.class()))], "{}", kind.name());
        let own: BTreeSet<&str> = graph
            .iter()
            .filter(|triple| triple.subject == iri(ID))
            .map(|triple| triple.predicate.as_str())
            .collect();
        assert!(own.len() > body.len(), "{}: {} of {own:?}", kind.name(), body.len());
    }
}

#[test]
fn no_vocabulary_says_what_the_reader_does_not_know() {
    for kind in Kinds::built_in().iter() {
        let context = kind.vocabulary()["@context"].to_string();
        for word in ["@list", "@graph", "@reverse", "@nest", "@included", "@direction"] {
            assert!(!context.contains(word), "{} has {word}", kind.name());
        }
    }
}

#[test]
fn a_dataset_is_told_member_by_member() {
    let graph = told(kind("dataset"), &example("dataset", "phytosanitary-certificates.json"));
    let one = |property: &str| said(&graph, &iri(ID), property);
    assert_eq!(one(&format!("{DCT}title")).len(), 3);
    assert_eq!(one(&format!("{DCT}issued")), [value("2026-01-15", "date")]);
    assert_eq!(one(&format!("{DCT}identifier")), [value("UZ-DS-17", "string")]);
    let country = iri("http://lexvo.org/id/iso3166/UZ");
    assert_eq!(one(&format!("{DCT}spatial")), [Term::Node(country.clone())]);
    let class = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
    assert_eq!(
        said(&graph, &country, class),
        [Term::Node(iri(&format!("{DCT}Location")))],
        "what a property leads to has a class"
    );
    let [Term::Node(distribution @ Node::Blank(label))] = &one(&format!("{DCAT}distribution"))[..] else {
        panic!("one distribution without a name");
    };
    assert!(label.starts_with('b') && label.len() > 16, "{label}");
    let size = said(&graph, distribution, &format!("{DCAT}byteSize"));
    assert_eq!(size, [value("20480", "nonNegativeInteger")]);
}

#[test]
fn a_version_says_where_it_stands() {
    let body = example("dataset", "smallest.json");
    let graph = told(kind("dataset"), &body);
    let version = iri(&format!("{ID}#version-1"));
    let one = |property: &str| said(&graph, &version, property);
    assert_eq!(one("http://xmlns.com/foaf/0.1/primaryTopic"), [Term::Node(iri(ID))]);
    assert_eq!(one("urn:chapar:terms:log"), [value(ORIGIN, "string")]);
    assert_eq!(one("urn:chapar:terms:index"), [value("7", "integer")]);
    let attributed = one("http://www.w3.org/ns/prov#wasAttributedTo");
    assert_eq!(attributed, [Term::Node(iri("did:web:uz.example:plant"))]);
}

#[test]
fn odd_names_and_characters_break_no_document() {
    let body = json!({
        "title": { "en": "A\u{1}B (sample)" },
        "description": { "en": "d" },
        "publisher": { "id": "did:web:uz.example:plant/records/0123456789abcdef/agency", "name": { "en": "Agency (sample)" } },
        "theme": ["https://example.org/theme"],
    });
    let graph = told(kind("dataset"), body.as_object().unwrap());
    let [Term::Text(title, _)] = &said(&graph, &iri(ID), &format!("{DCT}title"))[..] else {
        panic!("one title");
    };
    assert_eq!(title, "A\u{FFFD}B (sample)");
}

#[test]
fn a_catalogue_lists_what_belongs_to_it() {
    let address = "https://node.example/chapar/v1/register/dcat";
    let mut catalog = Catalog::new(Profile::Dcat, address, "https://node.example");
    let service = example("data-service", "certificate-check.json");
    let record = record(kind("data-service"), &service);
    catalog
        .list(&Told {
            kind: kind("data-service"),
            record: &record,
            body: &service,
            origin: ORIGIN,
            index: 0,
        })
        .unwrap();
    let graph = catalog.graph();
    let one = |property: &str| said(&graph, &iri(address), property);
    assert_eq!(one(&format!("{DCAT}service")), [Term::Node(iri(ID))]);
    assert_eq!(one(&format!("{DCAT}dataset")), []);
    let version = Term::Node(iri(&format!("{ID}#version-1")));
    assert_eq!(one(&format!("{DCAT}record")), [version]);
    assert_eq!(one(&format!("{DCT}language")).len(), 2);
    assert_eq!(
        Profile::Dcat.kinds(Kinds::built_in()),
        ["data-service", "dataset", "feed"]
    );
    assert_eq!(
        Profile::Cpsv.kinds(Kinds::built_in()),
        ["organisation", "public-service"]
    );
    let bare = Catalog::new(Profile::Cpsv, address, "https://node.example").graph();
    assert!(bare.is_empty(), "CPSV-AP has no catalogue");
}
