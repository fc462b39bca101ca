//! `chapar catalog`: what a peer offers to us.

use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, text};
use clap::Args;
use http::Method;
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  chapar catalog did:web:uz.example:plant --address https://uz.example/plant/dsp/2025-1
  chapar catalog did:web:uz.example:plant        (a peer that the node knows needs no address)

The node asks in the name of its participant, so the answer is what the peer offers to it and to nobody else.";

/// Ask a peer what it offers to us
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Catalog {
    /// The peer's participant id.
    peer: String,
    /// Its DSP base address, or the root of its version document.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

impl Catalog {
    pub async fn run(self) -> Result<(), Failure> {
        let datasets = datasets(&self.api.open()?, &self.peer, self.address.as_deref()).await?;
        if self.api.json {
            show::json(&Value::Array(datasets));
        } else {
            let rows: Vec<Value> = datasets.iter().map(row).collect();
            show::table(
                &rows,
                &["dataset", "title", "size", "formats", "offers"],
                "nothing is offered to us",
            );
        }
        Ok(())
    }
}

/// Every dataset of a peer's catalogue, page after page.
pub async fn datasets(api: &OwnApi, peer: &str, address: Option<&str>) -> Result<Vec<Value>, Failure> {
    let mut datasets = Vec::new();
    let mut next = Value::Null;
    loop {
        let mut body = json!({ "peer": peer });
        if let Some(members) = body.as_object_mut() {
            members.extend(address.map(|address| ("address".to_owned(), json!(address))));
            members.extend((!next.is_null()).then(|| ("next".to_owned(), next.take())));
        }
        let mut page = api.ask(Method::POST, "/peers/catalog", Some(&body)).await?;
        if let Some(Value::Array(list)) = page.get_mut("datasets").map(Value::take) {
            datasets.extend(list);
        }
        next = page.get("next").cloned().unwrap_or(Value::Null);
        if next.is_null() {
            return Ok(datasets);
        }
    }
}

/// The first offer of a dataset, as it is asked for: with its target.
pub fn offer_of(dataset: &Value) -> Option<Value> {
    let mut offer = dataset
        .get("hasPolicy")
        .and_then(Value::as_array)
        .and_then(|offers| offers.first())
        .cloned()?;
    offer
        .as_object_mut()?
        .insert("target".to_owned(), json!(text(dataset, "@id")));
    Some(offer)
}

/// The SHA-256 that the catalogue gives for a dataset's bytes.
pub fn checksum_of(dataset: &Value) -> Option<&str> {
    let distributions = dataset.get("distribution").and_then(Value::as_array)?;
    distributions
        .iter()
        .find_map(|one| one.get("spdx:checksum")?.get("spdx:checksumValue")?.as_str())
}

fn row(dataset: &Value) -> Value {
    let list = |name: &str| {
        dataset
            .get(name)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    };
    let formats: Vec<&str> = list("distribution").iter().map(|one| text(one, "format")).collect();
    let size = list("distribution")
        .first()
        .map_or("", |one| text(one, "dcat:byteSize"));
    json!({
        "dataset": text(dataset, "@id"),
        "title": text(dataset, "dct:title"),
        "size": size,
        "formats": formats.join(" "),
        "offers": list("hasPolicy").len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_asked_for_with_its_target() {
        let checksum = json!({ "spdx:algorithm": "sha256", "spdx:checksumValue": "ab" });
        let dataset = json!({ "@id": "d", "hasPolicy": [{ "@id": "o" }], "distribution": [{ "format": "F", "spdx:checksum": checksum }] });
        assert_eq!(offer_of(&dataset).unwrap(), json!({ "@id": "o", "target": "d" }));
        assert_eq!(offer_of(&json!({ "@id": "d" })), None);
        assert_eq!(checksum_of(&dataset), Some("ab"));
        assert_eq!(row(&dataset)["formats"], "F");
    }
}
