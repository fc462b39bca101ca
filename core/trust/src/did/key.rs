//! Public keys as DID documents write them: JWK and, for Ed25519, multibase.
//!
//! Refuses to hold the forms themselves (`chapar_terms`) and to check that a point lies on its curve; the suite does when it
//! verifies.

use chapar_terms::{Algorithm, PublicKey, base58};
use serde_json::{Map, Value};

/// Multicodec prefix of an Ed25519 public key.
const ED25519_MULTICODEC: [u8; 2] = [0xed, 0x01];

/// Reads the key of one verification method, or says why not.
pub(super) fn read(method: &Map<String, Value>) -> Result<PublicKey, String> {
    if let Some(jwk) = method.get("publicKeyJwk") {
        let jwk = jwk.as_object().ok_or("`publicKeyJwk` is not an object")?;
        return PublicKey::from_jwk(jwk).map_err(|invalid| invalid.why);
    }
    if let Some(multibase) = method.get("publicKeyMultibase") {
        return from_multibase(multibase.as_str().ok_or("`publicKeyMultibase` is not a string")?);
    }
    Err("neither `publicKeyJwk` nor `publicKeyMultibase`".to_owned())
}

fn from_multibase(text: &str) -> Result<PublicKey, String> {
    let bytes = text
        .strip_prefix('z')
        .and_then(base58::decode)
        .ok_or("not base58 multibase")?;
    match bytes.strip_prefix(&ED25519_MULTICODEC) {
        Some(key) if key.len() == 32 => Ok(PublicKey {
            algorithm: Algorithm::Ed25519,
            bytes: key.to_vec(),
        }),
        _ => Err("multibase key of another kind than Ed25519".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The same key twice, from the did:key method's test vectors (`z6Mkf...` as multibase).
    #[test]
    fn multibase_and_jwk_agree() {
        let method = json!({"publicKeyMultibase": "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"});
        let key = read(method.as_object().unwrap()).unwrap();
        let hex: String = key.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29");
        let again = json!({"publicKeyJwk": key.jwk().unwrap()});
        assert_eq!(read(again.as_object().unwrap()).unwrap(), key);
    }

    #[test]
    fn what_is_no_key_says_why() {
        let table = [
            (json!({}), "neither"),
            (json!({"publicKeyJwk": 1}), "not an object"),
            (json!({"publicKeyJwk": {"kty": "RSA", "n": "x"}}), "RSA"),
            (json!({"publicKeyMultibase": "u123"}), "base58"),
            (json!({"publicKeyMultibase": "z123"}), "another kind"),
        ];
        for (method, why) in table {
            let error = read(method.as_object().unwrap()).unwrap_err();
            assert!(error.contains(why), "{method}: {error}");
        }
    }
}
