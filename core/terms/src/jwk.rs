//! Public keys as JWK (RFC 7517, RFC 8037): Ed25519 and P-256.
//!
//! Refuses to check that a point lies on its curve; the suite does when it verifies.

use crate::{Algorithm, Invalid, PublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

/// First byte of an uncompressed point (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;
const WHAT: &str = "JWK";

impl PublicKey {
    /// Reads a JWK; members that do not belong to the key itself are passed over.
    ///
    /// # Errors
    /// It is a private key, a key of another type or curve, or malformed; keep it as a reject.
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, Invalid> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if jwk.contains_key("d") {
            return Err(Invalid::new(WHAT, "holds a private key"));
        }
        match (text("kty"), text("crv")) {
            (Some("OKP"), Some("Ed25519")) => Ok(Self {
                algorithm: Algorithm::Ed25519,
                bytes: coordinate("x", text("x"))?,
            }),
            (Some("EC"), Some("P-256")) => {
                let mut bytes = vec![UNCOMPRESSED];
                bytes.extend(coordinate("x", text("x"))?);
                bytes.extend(coordinate("y", text("y"))?);
                Ok(Self {
                    algorithm: Algorithm::Es256,
                    bytes,
                })
            }
            (kty, crv) => Err(Invalid::new(
                WHAT,
                format!(
                    "key type `{}`, curve `{}`",
                    kty.unwrap_or("none"),
                    crv.unwrap_or("none")
                ),
            )),
        }
    }

    /// Writes the key as a JWK; `None` for bytes that are not in the form that [`PublicKey`] promises.
    pub fn jwk(&self) -> Option<Value> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match (self.algorithm, self.bytes.as_slice()) {
            (Algorithm::Ed25519, bytes) if bytes.len() == 32 => {
                Some(json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": encode(bytes)}))
            }
            (Algorithm::Es256, [UNCOMPRESSED, point @ ..]) if point.len() == 64 => {
                let (x, y) = point.split_at(32);
                Some(json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "x": encode(x), "y": encode(y)}))
            }
            _ => None,
        }
    }
}

fn coordinate(name: &str, text: Option<&str>) -> Result<Vec<u8>, Invalid> {
    let bytes = text
        .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .filter(|bytes| bytes.len() == 32);
    bytes.ok_or_else(|| Invalid::new(WHAT, format!("`{name}` is not 32 bytes of base64url")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_as_written() {
        for (algorithm, bytes) in [
            (Algorithm::Ed25519, vec![7; 32]),
            (Algorithm::Es256, [vec![UNCOMPRESSED], vec![8; 64]].concat()),
        ] {
            let key = PublicKey { algorithm, bytes };
            let jwk = key.jwk().unwrap();
            assert_eq!(PublicKey::from_jwk(jwk.as_object().unwrap()).unwrap(), key);
        }
    }

    #[test]
    fn what_is_no_key_says_why() {
        let x = URL_SAFE_NO_PAD.encode([7_u8; 32]);
        let table = [
            (json!({"kty": "RSA", "n": "x"}), "RSA"),
            (json!({"kty": "OKP", "crv": "X25519", "x": x}), "X25519"),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}), "32 bytes"),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": x, "d": x}), "private"),
            (json!({"kty": "EC", "crv": "P-256", "x": x}), "`y`"),
        ];
        for (jwk, why) in table {
            let error = PublicKey::from_jwk(jwk.as_object().unwrap()).unwrap_err().to_string();
            assert!(error.contains(why), "{jwk}: {error}");
        }
        let odd = PublicKey {
            algorithm: Algorithm::Es256,
            bytes: vec![2; 33],
        };
        assert_eq!(odd.jwk(), None);
    }
}
