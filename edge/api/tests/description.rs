//! The description of the own API as a document: fit to be published, and with the bounds that hold. That it is true is shown
//! wherever a test asks the test node.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop loudly")]

use chapar_api::own::description;
use chapar_runtime::desk::PAGE_MOST;
use chapar_terms::limits;
use chapar_test_node::document::faults;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn it_is_an_openapi_document_without_faults() {
    let description = description();
    assert_eq!(description["openapi"], "3.1.0");
    assert_eq!(faults(&description), BTreeSet::new());
}

#[test]
fn every_schema_and_member_says_what_it_means() {
    let description = description();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        assert!(says(schema), "{name}");
        for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
            assert!(says(schema), "{name}.{member}");
        }
    }
    let paths = description["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values());
    for operation in paths {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(says(parameter), "{operation}: {parameter}");
        }
    }
}

fn says(schema: &Value) -> bool {
    schema["description"].as_str().is_some_and(|text| text.ends_with('.'))
}

#[test]
fn the_bounds_in_it_are_those_that_hold() {
    let description = description();
    let at = |pointer: &str| description.pointer(pointer).unwrap_or(&Value::Null).clone();
    for list in ["documents", "negotiations"] {
        let parameters = at(&format!("/paths/~1{list}/get/parameters"));
        let limit = parameters
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == "limit")
            .unwrap()
            .clone();
        assert_eq!(limit["schema"]["maximum"], PAGE_MOST, "{list}");
    }
    let ends = at("/components/schemas/TransferDecision/properties/reason/description");
    let bound = format!("at most {} texts of {} bytes", limits::REASONS, limits::REASON_BYTES);
    assert!(ends.as_str().unwrap().contains(&bound), "{ends}");
    assert_eq!(
        at("/components/schemas/NewTransfer/properties/format/maxLength"),
        json!(limits::ID_BYTES)
    );
    let said = description["info"]["description"].as_str().unwrap();
    assert!(
        said.contains(&format!("at most {} KiB", limits::MESSAGE_BYTES / 1024)),
        "{said}"
    );
}
