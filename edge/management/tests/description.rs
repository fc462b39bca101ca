//! The description of the management API as a document: fit to be published, and with a published schema wherever version 4 has
//! one. That it is true is shown wherever a test asks the test node.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop loudly")]

use chapar_management::description;
use chapar_terms::limits;
use chapar_test_node::document::faults;
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn it_is_an_openapi_document_without_faults() {
    let description = description();
    assert_eq!(description["openapi"], "3.1.0");
    assert_eq!(faults(&description), BTreeSet::new());
}

#[test]
fn every_shape_of_ours_and_its_members_say_what_they_mean() {
    let description = description();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    let ours = schemas
        .iter()
        .filter(|(_, schema)| schema.get("externalDocs").is_none());
    for (name, schema) in ours {
        assert!(says(schema), "{name}");
        for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
            assert!(says(schema), "{name}.{member}");
        }
    }
}

/// Also where null is a choice beside the one that says it.
fn says(schema: &Value) -> bool {
    let mut choices = schema["oneOf"].as_array().into_iter().flatten();
    schema["description"].as_str().is_some_and(|text| text.ends_with('.')) || choices.any(says)
}

#[test]
fn version_4_keeps_to_the_published_schemas() {
    let description = description();
    let asks = |version: &str, body: &str| {
        let operation = &description["paths"][format!("/{version}/assets")]["post"];
        let content = operation["requestBody"]["content"].as_object().unwrap();
        let kinds: Vec<_> = content.keys().map(String::as_str).collect();
        (
            kinds == body.split(' ').collect::<Vec<_>>(),
            content["application/json"]["schema"]["$ref"].clone(),
        )
    };
    // Any JSON-LD will do in the one, the published form alone in the other.
    assert_eq!(
        asks("v3", "application/json application/ld+json"),
        (true, "#/components/schemas/AssetInput".into())
    );
    assert_eq!(
        asks("v4", "application/json"),
        (true, "#/components/schemas/v4.Asset".into())
    );
    let published = &description["components"]["schemas"]["v4.Asset"];
    assert_eq!(
        published["externalDocs"]["url"],
        "https://w3id.org/edc/connector/management/schema/v4/asset-schema.json"
    );
    // What it leaves unsaid is said by ours.
    assert!(says(&published["properties"]["privateProperties"]));
}

#[test]
fn the_bounds_in_it_are_those_that_hold() {
    let description = description();
    let said = description["info"]["description"].as_str().unwrap();
    assert!(
        said.contains(&format!("at most {} KiB", limits::MESSAGE_BYTES / 1024)),
        "{said}"
    );
    let format = &description["components"]["schemas"]["TransferRequest"]["properties"]["transferType"]["description"];
    assert!(
        format
            .as_str()
            .unwrap()
            .contains(&format!("at most {} bytes", limits::ID_BYTES)),
        "{format}"
    );
}
