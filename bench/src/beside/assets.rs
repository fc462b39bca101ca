//! One asset among many: created, read, and asked for by a property.

use super::connector::{Bed, Connector, Family};
use crate::numbers::Times;
use serde_json::json;
use std::time::{Duration, Instant};

/// The name of a property, whole: EDC finds it by no other.
const NAME: &str = "https://w3id.org/edc/v0.0.1/ns/name";

/// What was found of the store.
pub struct Store {
    /// Assets in it.
    pub assets: usize,
    /// One more is put.
    pub create: Times,
    /// One is read by its id.
    pub read: Times,
    /// One is found by a property.
    pub query: Times,
}

/// Measures a connector that holds so many assets.
pub fn measure(family: Family, assets: usize, count: usize) -> Store {
    let bed = Bed::make(family);
    let store = &bed.provider;
    store.put_assets("asset", 0..assets);
    let timed = |act: &dyn Fn(usize)| {
        let one = |number| {
            let begun = Instant::now();
            act(number);
            begun.elapsed()
        };
        let times: Vec<Duration> = (0..count).map(one).collect();
        Times::of(times)
    };
    let some = |number: usize| format!("asset-{}", number * (assets / count));
    let query = |number: usize| {
        let filter = json!([{ "operandLeft": NAME, "operator": "=", "operandRight": some(number) }]);
        let found = store.good(
            "POST",
            "/assets/request",
            Some(&json!({ "@type": "QuerySpec", "filterExpression": filter })),
        );
        assert_eq!(found.as_array().map(Vec::len), Some(1), "one has this name: {found}");
    };
    Store {
        assets,
        create: timed(&|number| drop(store.made("/assets", &Connector::asset(&format!("one-more-{number}"))))),
        read: timed(&|number| drop(store.good("GET", &format!("/assets/{}", some(number)), None))),
        query: timed(&query),
    }
}
