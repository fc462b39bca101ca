//! The `httpsig` crate reads our headers and builds the base with its own code from lines written here by hand.

use super::{ANSWER, BODY, Exchange, Key, MessageParts, TARGET, both_kinds, exchange, request_by};
use chapar_terms::{Algorithm, PublicKey};
use httpsig::prelude::message_component::HttpMessageComponent;
use httpsig::prelude::{AlgorithmName, HttpSignatureBase, HttpSignatureHeaders, PublicKey as ForeignKey};

/// The foreign verdict on the signature of `message`, whose covered lines are `lines`.
fn verdict(message: &MessageParts, lines: &[String], key: &PublicKey) -> bool {
    let field = |name: &str| message.field(name).unwrap();
    let headers = HttpSignatureHeaders::try_parse(&field("signature"), &field("signature-input")).unwrap();
    let ours = headers.get("chapar").unwrap();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| HttpMessageComponent::try_from(line.as_str()).unwrap())
        .collect();
    let name = match key.algorithm {
        Algorithm::Ed25519 => AlgorithmName::Ed25519,
        Algorithm::Es256 => AlgorithmName::EcdsaP256Sha256,
    };
    let key = ForeignKey::from_bytes(&name, &key.bytes).unwrap();
    HttpSignatureBase::try_new(&lines, ours.signature_params())
        .is_ok_and(|base| base.verify_signature_headers(&key, ours).is_ok())
}

#[test]
fn it_takes_our_requests() {
    for algorithm in both_kinds() {
        let key = Key::of(super::THEM, algorithm);
        let request = request_by(&key, BODY);
        let mut lines = vec![
            "\"@method\": POST".to_owned(),
            format!("\"@target-uri\": {TARGET}"),
            format!("\"content-digest\": {}", request.field("content-digest").unwrap()),
            "\"content-type\": application/json".to_owned(),
            "\"authorization\": Bearer t".to_owned(),
            format!("\"accept-signature\": {}", request.field("accept-signature").unwrap()),
        ];
        assert!(verdict(&request, &lines, key.public()), "{algorithm:?}");
        lines[4] = "\"authorization\": Bearer u".to_owned();
        assert!(!verdict(&request, &lines, key.public()), "{algorithm:?}");
    }
}

#[test]
fn it_takes_our_responses() {
    for algorithm in both_kinds() {
        let Exchange { request, response, us } = exchange(algorithm, BODY, ANSWER);
        let stripped = |name: &str| request.field(name).unwrap().strip_prefix("chapar=").unwrap().to_owned();
        let mut lines = vec![
            "\"@status\": 201".to_owned(),
            format!("\"content-digest\": {}", response.field("content-digest").unwrap()),
            "\"@method\";req: POST".to_owned(),
            format!("\"@target-uri\";req: {TARGET}"),
            format!("\"content-digest\";req: {}", request.field("content-digest").unwrap()),
            format!("\"signature\";key=\"chapar\";req: {}", stripped("signature")),
            format!(
                "\"signature-input\";key=\"chapar\";req: {}",
                stripped("signature-input")
            ),
        ];
        assert!(verdict(&response, &lines, us.public()), "{algorithm:?}");
        lines[0] = "\"@status\": 200".to_owned();
        assert!(!verdict(&response, &lines, us.public()), "{algorithm:?}");
    }
}
