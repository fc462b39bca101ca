//! What the provider puts into its node before the story begins: its registry, another body's documents, and who may have which.

use super::samples::{Issuer, SAMPLES, Sample};
use crate::Failure;
use crate::commands::policy;
use crate::own_api::{Content, OwnApi, segment};
use chapar_client::Upload;
use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// The offer of the registry.
pub const REGISTRY: &str = "phytosanitary-certificates";
/// The offer of the other body's documents.
pub const OTHERS: &str = "veterinary-certificates";
/// Documents put at the same time.
const AT_ONCE: usize = 8;

/// Puts all documents with their properties, then offers the registry to `consumer` and the rest to somebody else.
///
/// # Errors
/// The provider's node refused something.
pub async fn fill(api: &OwnApi, consumer: &str) -> Result<(), Failure> {
    let mut putting = JoinSet::new();
    for sample in SAMPLES {
        if putting.len() >= AT_ONCE {
            finished(putting.join_next().await)?;
        }
        let api = api.clone();
        putting.spawn(async move { put(&api, sample).await });
    }
    while let Some(done) = putting.join_next().await {
        finished(Some(done))?;
    }
    let somebody_else = "did:web:veterinary.example:another-body";
    offer(api, REGISTRY, Issuer::PlantQuarantine, consumer).await?;
    offer(api, OTHERS, Issuer::AnotherBody, somebody_else).await
}

fn finished(done: Option<Result<Result<(), Failure>, tokio::task::JoinError>>) -> Result<(), Failure> {
    match done {
        Some(Ok(outcome)) => outcome,
        Some(Err(error)) => Err(Failure::new(error.to_string())),
        None => Ok(()),
    }
}

async fn put(api: &OwnApi, sample: &Sample) -> Result<(), Failure> {
    let path = format!("/documents/{}", segment(sample.id));
    let content = Content {
        media_type: "application/xml".to_owned(),
        bytes: Upload::new(sample.content, u64::try_from(sample.content.len()).unwrap_or(u64::MAX)),
    };
    api.put_content(&path, content).await?;
    let properties: Value = serde_json::from_str(sample.metadata).map_err(|error| Failure::new(error.to_string()))?;
    api.ask(Method::PUT, &format!("{path}/properties"), Some(&properties))
        .await?;
    Ok(())
}

/// Access for one participant; on the terms that it is that one, within a year from the agreement.
async fn offer(api: &OwnApi, id: &str, issuer: Issuer, who: &str) -> Result<(), Failure> {
    let who = [who.to_owned()];
    let (access, contract) = (format!("{id}-access"), format!("{id}-contract"));
    for (name, rules) in [
        (&access, policy(&who, None, None)),
        (&contract, policy(&who, None, Some("365d"))),
    ] {
        api.ask(Method::PUT, &format!("/policies/{name}"), Some(&rules)).await?;
    }
    let kind = match issuer {
        Issuer::PlantQuarantine => "phytosanitary-certificate",
        Issuer::AnotherBody => "veterinary-certificate",
    };
    let selector = json!([{ "operandLeft": "documentType", "operator": "=", "operandRight": kind }]);
    let body = json!({ "accessPolicy": access, "contractPolicy": contract, "selector": selector, "mode": "auto" });
    api.ask(Method::PUT, &format!("/offers/{id}"), Some(&body)).await?;
    Ok(())
}
