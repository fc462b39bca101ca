//! The family against its promises and against published answers (RFC 8032 section 7.1, RFC 7515 appendix A.3).

use super::*;
use chapar_terms::Signer;

const BOTH: [Algorithm; 2] = [Algorithm::Ed25519, Algorithm::Es256];

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn what_one_key_signs_no_other_key_or_text_passes() {
    for algorithm in BOTH {
        let (signer, sealed) = generate(algorithm).unwrap();
        let (other, _) = generate(algorithm).unwrap();
        let again = from_pkcs8(algorithm, &sealed).unwrap();
        assert_eq!(signer.public_key(), again.public_key());
        let signature = again.sign(b"consignment").unwrap();
        assert_eq!(signature.len(), 64);
        assert_eq!(
            International.verify(signer.public_key(), b"consignment", &signature),
            Ok(())
        );
        assert_eq!(
            International.verify(signer.public_key(), b"Consignment", &signature),
            Err(BadSignature)
        );
        assert_eq!(
            International.verify(other.public_key(), b"consignment", &signature),
            Err(BadSignature)
        );
        for position in 0..signature.len() {
            let mut broken = signature.clone();
            broken[position] ^= 1;
            assert!(
                International
                    .verify(signer.public_key(), b"consignment", &broken)
                    .is_err(),
                "{position}"
            );
        }
        assert!(
            International
                .verify(signer.public_key(), b"consignment", &signature[..63])
                .is_err()
        );
    }
}

#[test]
fn a_key_of_one_algorithm_is_no_key_of_the_other() {
    let (signer, sealed) = generate(Algorithm::Ed25519).unwrap();
    assert!(from_pkcs8(Algorithm::Es256, &sealed).is_err());
    assert!(from_pkcs8(Algorithm::Ed25519, b"").is_err());
    let signature = signer.sign(b"m").unwrap();
    let wrong = PublicKey {
        algorithm: Algorithm::Es256,
        bytes: signer.public_key().bytes.clone(),
    };
    assert_eq!(International.verify(&wrong, b"m", &signature), Err(BadSignature));
    assert!(BOTH.into_iter().all(|algorithm| International.serves(algorithm)));
}

#[test]
fn the_public_half_has_the_form_the_seam_names() {
    assert_eq!(generate(Algorithm::Ed25519).unwrap().0.public_key().bytes.len(), 32);
    let (signer, _) = generate(Algorithm::Es256).unwrap();
    assert_eq!(signer.public_key().bytes.len(), 65);
    assert_eq!(signer.public_key().bytes[0], 4);
    assert!(!format!("{signer:?}").contains("Es256("));
}

/// RFC 8032 section 7.1, test 2.
#[test]
fn ed25519_known_answer() {
    let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let signer = from_pkcs8(
        Algorithm::Ed25519,
        &bytes(&format!("302e020100300506032b657004220420{seed}")),
    )
    .unwrap();
    assert_eq!(signer.public_key().bytes, bytes(public));
    let expected = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                    085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    assert_eq!(signer.sign(&[0x72]).unwrap(), bytes(expected));
}

/// RFC 7515 appendix A.3: the P-256 example, signature as r and s.
#[test]
fn es256_known_answer() {
    let x = "7fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445";
    let y = "c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588e5ad";
    let key = PublicKey {
        algorithm: Algorithm::Es256,
        bytes: bytes(&format!("04{x}{y}")),
    };
    let message = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let r: [u8; 32] = [
        14, 209, 33, 83, 121, 99, 108, 72, 60, 47, 127, 21, 88, 7, 212, 2, 163, 178, 40, 3, 58, 249, 124, 126, 23, 129,
        154, 195, 22, 158, 166, 101,
    ];
    let s: [u8; 32] = [
        197, 10, 7, 211, 140, 60, 112, 229, 216, 241, 45, 175, 8, 74, 84, 128, 166, 101, 144, 197, 242, 147, 80, 154,
        143, 63, 127, 138, 131, 163, 84, 213,
    ];
    let signature = [r, s].concat();
    assert_eq!(International.verify(&key, message.as_bytes(), &signature), Ok(()));
}
