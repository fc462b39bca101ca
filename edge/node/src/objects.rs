//! The object storage that the settings name, tried before anything rests on it.

use crate::assemble::inner_settings;
use crate::config::{ConfigFault, Egress, ObjectStorage};
use crate::failure::Failure;
use chapar_client::{Cidr, Client, Clock};
use chapar_objects::{S3, Settings};
use chapar_store::Objects;
use std::sync::Arc;

const SECRET: &str = "a file with the secret key on its one line";

/// Sets it up and looks whether it does what the tiles of logs need.
///
/// # Errors
/// A setting is unusable, or the storage refuses; the text says what to do.
pub async fn open(
    storage: &ObjectStorage,
    egress: &Egress,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Objects>, Failure> {
    let settings = Settings {
        endpoint: storage.endpoint.clone(),
        bucket: storage.bucket.clone(),
        region: storage.region.clone(),
        prefix: storage.prefix.clone(),
        access_key: storage.access_key.clone(),
        secret_key: secret(storage)?,
    };
    // Nobody but the operator names it, so it may be anywhere.
    let everywhere = [Cidr::parse("0.0.0.0/0")?, Cidr::parse("::/0")?];
    let client = Client::new(inner_settings(egress, &everywhere)?)?;
    let s3 = S3::new(settings, client, clock)?;
    s3.check().await.map_err(|fault| {
        Failure::new(fault.to_string())
            .remedy("look at `[objects]`: endpoint, bucket, keys, and whether this machine reaches the storage")
    })?;
    Ok(Arc::new(s3))
}

fn secret(storage: &ObjectStorage) -> Result<String, ConfigFault> {
    let bytes = storage.secret_key.read(SECRET)?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    match text.trim() {
        secret if !secret.is_empty() && !secret.contains(char::is_whitespace) => Ok(secret.to_owned()),
        _ => Err(storage.secret_key.refuse("holds no secret key", SECRET)),
    }
}
