//! Looks at what a node publishes: version document, catalogue, dataset.
//!
//! Refuses to hold cases ([`crate::player`]).

use crate::flows::Reading;
use crate::node::Participant;
use crate::schemas;
use crate::wire;
use crate::words::CONTEXT;
use serde_json::json;

/// Looks at what `node` publishes about `dataset`.
///
/// # Errors
/// What came instead.
pub fn read(reading: Reading, dataset: &str, node: &Participant) -> Result<(), String> {
    let base = &node.dsp;
    let root = base.rsplit_once('/').map_or("", |(root, _)| root);
    let known = [
        ("authorization", "Bearer of-the-judge"),
        ("content-type", "application/json"),
    ];
    let request = json!({ "@context": [CONTEXT], "@type": "CatalogRequestMessage" }).to_string();
    let answer = match reading {
        Reading::Version => wire::send("GET", &format!("{root}/.well-known/dspace-version"), &[], b""),
        Reading::Catalog => wire::send("POST", &format!("{base}/catalog/request"), &known, request.as_bytes()),
        Reading::Dataset | Reading::NoDataset => {
            wire::send("GET", &format!("{base}/catalog/datasets/{dataset}"), &known[..1], b"")
        }
    };
    let answer = answer.map_err(|why| why.to_string())?;
    let body = answer.value();
    let wanted = if reading == Reading::NoDataset { 404 } else { 200 };
    if answer.status != wanted {
        return Err(format!(
            "answered {}, wanted {wanted}: {}",
            answer.status,
            answer.text()
        ));
    }
    let good = match reading {
        Reading::Version => {
            schemas::check_version_document(&body)?;
            let versions = body["protocolVersions"].as_array().cloned().unwrap_or_default();
            versions.iter().any(|one| {
                one["version"] == "2025-1" && format!("{root}{}", one["path"].as_str().unwrap_or("-")) == *base
            })
        }
        Reading::Catalog => {
            schemas::check(&body)?;
            let datasets = body["dataset"].as_array().cloned().unwrap_or_default();
            body["participantId"] == node.id.as_str() && datasets.iter().any(|one| one["@id"] == dataset)
        }
        Reading::Dataset => {
            schemas::check(&body)?;
            body["@type"] == "Dataset" && body["@id"] == dataset
        }
        Reading::NoDataset => {
            schemas::check(&body)?;
            body["@type"] == "CatalogError"
        }
    };
    if good {
        Ok(())
    } else {
        Err(format!("not what was asked for: {body:#}"))
    }
}
