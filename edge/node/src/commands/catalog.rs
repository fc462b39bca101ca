//! `chapar catalog`: what a peer offers to us, or what everybody offers.

use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use clap::Args;
use http::Method;
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  chapar catalog did:web:uz.example:plant --address https://uz.example/plant/dsp/2025-1
  chapar catalog did:web:uz.example:plant        (a peer that the node knows needs no address)
  chapar catalog --federated
  chapar catalog --federated did:web:uz.example:plant

The node asks in the name of its participant, so the answer is what the peer offers to it and to nobody else. With --federated nobody is \
asked: the node shows its own offers and what the register says that others offer to everybody, with how old that is, whether they are \
there now or not. To get one of these: chapar negotiate start --record RECORD";

/// Ask a peer what it offers to us, or show what everybody offers
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Catalog {
    /// The peer's participant id.
    #[arg(required_unless_present = "federated")]
    peer: Option<String>,
    /// What is known here of everybody's offers, or of the peer's, without asking.
    #[arg(long)]
    federated: bool,
    /// Its DSP base address, or the root of its version document.
    #[arg(long, value_name = "URL", conflicts_with = "federated")]
    address: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

impl Catalog {
    pub async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let peer = self.peer.as_deref().unwrap_or_default();
        if self.federated {
            return self.show_known(&api.list(&known_path(peer)).await?);
        }
        let datasets = datasets(&api, peer, self.address.as_deref()).await?;
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

    fn show_known(&self, known: &[Value]) -> Result<(), Failure> {
        if self.api.json {
            show::json(&Value::Array(known.to_vec()));
            return Ok(());
        }
        let rows: Vec<Value> = known.iter().map(known_row).collect();
        let columns = ["participant", "dataset", "title", "formats", "offers", "age", "record"];
        show::table(
            &rows,
            &columns,
            "nothing is offered to everybody, so far as the logs say that are held here",
        );
        Ok(())
    }
}

/// Where to read what is known of a peer's offers, or of everybody's.
fn known_path(peer: &str) -> String {
    match peer {
        "" => "/catalogs".to_owned(),
        peer => format!("/catalogs?participant={}", segment(peer)),
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

/// The title, or the first of several in different languages.
fn title(dataset: &Value) -> &str {
    let title = dataset.get("dct:title").unwrap_or(&Value::Null);
    let title = title.get(0).unwrap_or(title);
    title.get("@value").unwrap_or(title).as_str().unwrap_or_default()
}

/// A dataset that is known here, with whose it is and how old that is.
fn known_row(known: &Value) -> Value {
    let mut row = known.get("dataset").map(row).unwrap_or_default();
    let catalog = known.get("catalog").unwrap_or(&Value::Null);
    if let Some(members) = row.as_object_mut() {
        let participant = catalog.get("participantId").cloned().unwrap_or_default();
        members.insert("participant".to_owned(), participant);
        let age = catalog.get("ageSeconds").and_then(Value::as_u64).unwrap_or_default();
        members.insert("age".to_owned(), json!(format!("{age} s")));
        let record = known.pointer("/dataset/urn:chapar:terms:record");
        members.insert("record".to_owned(), record.cloned().unwrap_or_default());
    }
    row
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
        "title": title(dataset),
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
        let tagged = json!({ "@value": "t", "@language": "en" });
        for titled in [json!("t"), tagged.clone(), json!([tagged, "u"])] {
            assert_eq!(title(&json!({ "dct:title": titled })), "t");
        }
        let known = json!({ "catalog": { "participantId": "p", "ageSeconds": 7 }, "dataset": dataset });
        let row = known_row(&known);
        assert_eq!(
            (&row["participant"], &row["age"], &row["dataset"]),
            (&json!("p"), &json!("7 s"), &json!("d"))
        );
    }
}
