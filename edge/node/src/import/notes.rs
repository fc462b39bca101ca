//! What a person must still see to after a thing was taken over, because no management API gives it away or because it works
//! otherwise here.

use super::AGREEMENTS;
use crate::own_api::text;
use serde_json::Value;

/// The kind of data address from which bytes are fetched here.
const HTTP_DATA: &str = "HttpData";
/// The member of a data address that names a secret in the connector's vault.
const SECRET: &str = "secretName";
/// The member of a data address that holds one.
const OPEN_SECRET: &str = "authCode";

/// The notes on `thing`, one of `noun`.
pub fn of(noun: &str, thing: &Value) -> Vec<String> {
    match (noun, thing.get("dataAddress")) {
        ("assets", Some(address)) => of_address(address),
        (AGREEMENTS, _) => {
            let who = if text(thing, "type") == "PROVIDER" {
                "providerId"
            } else {
                "consumerId"
            };
            vec![format!(
                "names us as `{}`: a peer that goes by another name of ours refuses transfers under it",
                text(thing, who)
            )]
        }
        _ => Vec::new(),
    }
}

fn of_address(address: &Value) -> Vec<String> {
    let kind = text(address, "type");
    let kind = (kind != HTTP_DATA)
        .then(|| format!("its data address is of type `{kind}`, from which nothing is fetched here"));
    let secret = Some(text(address, SECRET)).filter(|name| !name.is_empty());
    let secret = secret.map(|name| {
        format!("needs the secret `{name}`, which the connector does not give away: put it at /v3/secrets")
    });
    let open = Some(text(address, OPEN_SECRET)).filter(|secret| !secret.is_empty());
    let open = open.map(|_| format!("holds a secret in `{OPEN_SECRET}`: better a secret by name"));
    kind.into_iter().chain(secret).chain(open).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_an_address_leaves_to_do() {
        let asset = |address: Value| json!({ "@id": "a", "dataAddress": address });
        let plain = asset(json!({ "type": "HttpData", "baseUrl": "http://h" }));
        assert!(of("assets", &plain).is_empty());
        let foreign = asset(json!({ "type": "AmazonS3", "secretName": "s3", "authCode": "x" }));
        let notes = of("assets", &foreign);
        assert_eq!(notes.len(), 3, "{notes:?}");
        assert!(notes[1].contains("`s3`"), "{notes:?}");
        assert!(of("policydefinitions", &foreign).is_empty());
    }
}
