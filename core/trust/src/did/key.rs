//! Public keys as DID documents write them: JWK (RFC 7517, RFC 8037) and, for Ed25519, multibase.
//!
//! Refuses to check that a point lies on its curve; the suite does when it verifies.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chapar_terms::{Algorithm, PublicKey};
use serde_json::{Map, Value, json};

/// First byte of an uncompressed point (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;
/// Multicodec prefix of an Ed25519 public key.
const ED25519_MULTICODEC: [u8; 2] = [0xed, 0x01];
/// An Ed25519 key in multibase has 48 characters; more need not be looked at.
const MULTIBASE_CHARACTERS: usize = 64;

/// Reads the key of one verification method, or says why not.
pub(super) fn read(method: &Map<String, Value>) -> Result<PublicKey, String> {
    if let Some(jwk) = method.get("publicKeyJwk") {
        return from_jwk(jwk.as_object().ok_or("`publicKeyJwk` is not an object")?);
    }
    if let Some(multibase) = method.get("publicKeyMultibase") {
        return from_multibase(multibase.as_str().ok_or("`publicKeyMultibase` is not a string")?);
    }
    Err("neither `publicKeyJwk` nor `publicKeyMultibase`".to_owned())
}

fn from_jwk(jwk: &Map<String, Value>) -> Result<PublicKey, String> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    if jwk.contains_key("d") {
        return Err("holds a private key".to_owned());
    }
    match (text("kty"), text("crv")) {
        (Some("OKP"), Some("Ed25519")) => Ok(PublicKey {
            algorithm: Algorithm::Ed25519,
            bytes: coordinate("x", text("x"))?,
        }),
        (Some("EC"), Some("P-256")) => {
            let mut bytes = vec![UNCOMPRESSED];
            bytes.extend(coordinate("x", text("x"))?);
            bytes.extend(coordinate("y", text("y"))?);
            Ok(PublicKey {
                algorithm: Algorithm::Es256,
                bytes,
            })
        }
        (kty, crv) => Err(format!(
            "key type `{}`, curve `{}`",
            kty.unwrap_or("none"),
            crv.unwrap_or("none")
        )),
    }
}

fn coordinate(name: &str, text: Option<&str>) -> Result<Vec<u8>, String> {
    let bytes = text
        .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .filter(|bytes| bytes.len() == 32);
    bytes.ok_or_else(|| format!("`{name}` is not 32 bytes of base64url"))
}

/// Writes a key as a JWK; `None` for bytes that are not in the form that [`PublicKey`] promises.
pub(super) fn jwk(key: &PublicKey) -> Option<Value> {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match (key.algorithm, key.bytes.as_slice()) {
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

fn from_multibase(text: &str) -> Result<PublicKey, String> {
    let bytes = text.strip_prefix('z').and_then(base58).ok_or("not base58 multibase")?;
    match bytes.strip_prefix(&ED25519_MULTICODEC) {
        Some(key) if key.len() == 32 => Ok(PublicKey {
            algorithm: Algorithm::Ed25519,
            bytes: key.to_vec(),
        }),
        _ => Err("multibase key of another kind than Ed25519".to_owned()),
    }
}

/// Base58 with the Bitcoin alphabet.
fn base58(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if text.len() > MULTIBASE_CHARACTERS {
        return None;
    }
    let mut little_endian: Vec<u8> = Vec::with_capacity(text.len());
    for character in text.bytes() {
        let mut carry = u32::try_from(ALPHABET.iter().position(|letter| *letter == character)?).ok()?;
        for byte in &mut little_endian {
            carry += u32::from(*byte) * 58;
            *byte = carry.to_le_bytes().first().copied()?;
            carry >>= 8;
        }
        if carry > 0 {
            little_endian.push(u8::try_from(carry).ok()?);
        }
    }
    let zeros = text.bytes().take_while(|character| *character == b'1').count();
    little_endian.extend(std::iter::repeat_n(0, zeros));
    little_endian.reverse();
    Some(little_endian)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base58_known_answers() {
        assert_eq!(base58("2NEpo7TZRRrLZSi2U").unwrap(), b"Hello World!");
        assert_eq!(base58("11233QC4").unwrap(), [0, 0, 0x28, 0x7f, 0xb4, 0xcd]);
        assert_eq!(base58("").unwrap(), b"");
        assert_eq!(base58("0"), None);
        assert_eq!(base58(&"z".repeat(65)), None);
    }

    /// The same key twice, from the did:key method's test vectors (`z6Mkf...` as multibase).
    #[test]
    fn multibase_and_jwk_agree() {
        let method = json!({"publicKeyMultibase": "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"});
        let key = read(method.as_object().unwrap()).unwrap();
        let hex: String = key.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29");
        let again = json!({"publicKeyJwk": jwk(&key).unwrap()});
        assert_eq!(read(again.as_object().unwrap()).unwrap(), key);
    }

    #[test]
    fn what_is_no_key_says_why() {
        let x = URL_SAFE_NO_PAD.encode([7_u8; 32]);
        let table = [
            (json!({}), "neither"),
            (json!({"publicKeyJwk": 1}), "not an object"),
            (json!({"publicKeyJwk": {"kty": "RSA", "n": "x"}}), "RSA"),
            (
                json!({"publicKeyJwk": {"kty": "OKP", "crv": "X25519", "x": x}}),
                "X25519",
            ),
            (
                json!({"publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}}),
                "32 bytes",
            ),
            (
                json!({"publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": x, "d": x}}),
                "private",
            ),
            (json!({"publicKeyJwk": {"kty": "EC", "crv": "P-256", "x": x}}), "`y`"),
            (json!({"publicKeyMultibase": "u123"}), "base58"),
            (json!({"publicKeyMultibase": "z123"}), "another kind"),
        ];
        for (method, why) in table {
            let error = read(method.as_object().unwrap()).unwrap_err();
            assert!(error.contains(why), "{method}: {error}");
        }
        let odd = PublicKey {
            algorithm: Algorithm::Es256,
            bytes: vec![2; 33],
        };
        assert_eq!(jwk(&odd), None);
    }
}
