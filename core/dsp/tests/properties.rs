//! Properties of the parsers: no bytes make them panic, and what is rendered reads back as what it was.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_dsp::catalog::{CatalogRequest, parse_catalog, parse_dataset, parse_dataset_request};
use chapar_dsp::{
    Agreement, CONTEXT, DataAddress, NegotiationContent, Offer, TransferContent, check_callback_address, negotiation,
    parse_error, parse_negotiation, parse_negotiation_ack, parse_transfer, parse_transfer_ack, transfer, version,
};
use chapar_terms::{AgreementId, AssetId, Instant, OfferId, ParticipantId, Pid, limits};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn parse_all(bytes: &[u8]) {
    let _ = parse_negotiation(bytes, &negotiation::Message::ALL);
    let _ = parse_transfer(bytes, &transfer::Message::ALL);
    let _ = parse_negotiation_ack(bytes);
    let _ = parse_transfer_ack(bytes);
    let _ = CatalogRequest::parse(bytes);
    let _ = parse_dataset_request(bytes);
    let _ = parse_catalog(bytes);
    let _ = parse_dataset(bytes);
    let _ = version::parse(bytes);
    let error = parse_error(bytes);
    assert!(error.reason.len() <= limits::REASONS);
}

/// Names that the parsers look for, so that random JSON reaches deep into them.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "@id", "@type", "offer", "agreement", "target", "permission", "prohibition", "obligation", "action",
            "constraint", "and", "or", "leftOperand", "operator", "rightOperand", "dataAddress", "endpointProperties",
            "endpointType", "name", "value", "reason", "code", "message", "callbackAddress", "agreementId", "format",
            "consumerPid", "providerPid", "eventType", "state", "dataset", "hasPolicy", "distribution", "accessService",
            "service", "endpointURL", "participantId", "filter", "protocolVersions", "version", "path", "binding", "auth",
        ]).prop_map(str::to_owned),
        1 => ".{0,6}",
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        prop::sample::select(vec![
            "Offer",
            "Agreement",
            "DataAddress",
            "EndpointProperty",
            "eq",
            "use",
            "ACCEPTED"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(name(), inner, 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A random object that wears a right envelope.
fn dressed() -> impl Strategy<Value = Value> {
    let kinds: Vec<String> = negotiation::Message::ALL
        .iter()
        .map(|kind| kind.as_str().split(':').next().unwrap().to_owned())
        .chain(transfer::Message::ALL.iter().map(|kind| kind.as_str().to_owned()))
        .chain(["Catalog", "Dataset", "CatalogRequestMessage", "DatasetRequestMessage"].map(str::to_owned))
        .collect();
    (prop::sample::select(kinds), btree_map(name(), json_value(), 0..8)).prop_map(|(kind, members)| {
        let mut body: Map<String, Value> = members.into_iter().collect();
        body.insert("@context".to_owned(), json!([CONTEXT]));
        body.insert("@type".to_owned(), kind.into());
        body.entry("consumerPid").or_insert("urn:x:1".into());
        body.entry("providerPid").or_insert("urn:x:2".into());
        Value::Object(body)
    })
}

fn id() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9:/._ж -]{1,20}"
}

fn pid() -> impl Strategy<Value = Pid> {
    id().prop_map(|text| Pid::parse(&text).unwrap())
}

fn constraint() -> impl Strategy<Value = Value> {
    let operators = vec![
        "eq",
        "neq",
        "lt",
        "lteq",
        "gt",
        "gteq",
        "isA",
        "isAnyOf",
        "isNoneOf",
        "hasPart",
        "term-lteq",
    ];
    let atomic = ("[a-z]{1,8}", prop::sample::select(operators), ".{0,8}")
        .prop_map(|(left, operator, right)| json!({"leftOperand": left, "operator": operator, "rightOperand": right}));
    atomic.prop_recursive(4, 16, 3, |inner| {
        (
            prop::sample::select(vec!["and", "or", "xone", "andSequence"]),
            vec(inner, 1..3),
        )
            .prop_map(|(operand, items)| json!({operand: items}))
    })
}

fn rules() -> impl Strategy<Value = Map<String, Value>> {
    let rule = || {
        ("[a-z]{1,8}", vec(constraint(), 0..3))
            .prop_map(|(action, constraint)| json!({"action": action, "constraint": constraint}))
    };
    let lists = (vec(rule(), 1..3), vec(rule(), 0..2), vec(rule(), 0..2));
    (lists, btree_map("x-[a-z]{1,4}", json_value(), 0..3)).prop_map(|((permission, prohibition, obligation), extra)| {
        let mut members: Map<String, Value> = extra.into_iter().collect();
        let lists = [
            ("permission", permission),
            ("prohibition", prohibition),
            ("obligation", obligation),
        ];
        for (name, rules) in lists.into_iter().filter(|(_, rules)| !rules.is_empty()) {
            members.insert(name.to_owned(), rules.into());
        }
        members
    })
}

fn offer() -> impl Strategy<Value = Offer> {
    (id(), id(), rules()).prop_map(|(id, target, rules)| {
        Offer::from_rules(
            OfferId::parse(&id).unwrap(),
            Some(AssetId::parse(&target).unwrap()),
            &rules,
        )
    })
}

fn agreement() -> impl Strategy<Value = Agreement> {
    (offer(), id(), id(), id(), 0..4_102_444_800_000_i64).prop_map(|(offer, id, assigner, assignee, at)| {
        Agreement::from_offer(
            &offer,
            AgreementId::parse(&id).unwrap(),
            offer.target.clone().unwrap(),
            ParticipantId::parse(&assigner).unwrap(),
            ParticipantId::parse(&assignee).unwrap(),
            Instant::from_unix_ms(at),
        )
    })
}

fn address() -> impl Strategy<Value = String> {
    "https?://[a-z]{1,8}(\\.example)?(:[1-9][0-9]{0,3})?(/[a-z0-9.~%-]{0,8}){0,3}"
}

fn data_address() -> impl Strategy<Value = DataAddress> {
    let properties = vec(("[a-zA-Z:/]{1,8}", ".{0,12}"), 0..4);
    (
        ".{1,8}",
        option::of(".{0,12}"),
        properties,
        btree_map("x-[a-z]{1,4}", json_value(), 0..3),
    )
        .prop_map(|(endpoint_type, endpoint, properties, extra)| DataAddress {
            endpoint_type,
            endpoint,
            properties,
            members: extra.into_iter().collect(),
        })
}

fn why() -> impl Strategy<Value = (Option<String>, Vec<String>)> {
    (option::of(".{0,12}"), vec(".{0,24}", 0..limits::REASONS))
}

fn negotiation_content() -> impl Strategy<Value = NegotiationContent> {
    prop_oneof![
        (offer(), address()).prop_map(|(offer, address)| NegotiationContent::Request {
            offer,
            callback_address: Some(address)
        }),
        (offer(), address()).prop_map(|(offer, address)| NegotiationContent::Offer {
            offer,
            callback_address: Some(address)
        }),
        Just(NegotiationContent::Accepted),
        Just(NegotiationContent::Finalized),
        agreement().prop_map(|agreement| NegotiationContent::Agreement { agreement }),
        Just(NegotiationContent::Verification),
        why().prop_map(|(code, reason)| NegotiationContent::Termination { code, reason }),
    ]
}

fn transfer_content() -> impl Strategy<Value = TransferContent> {
    prop_oneof![
        (id(), ".{1,8}", address(), option::of(data_address())).prop_map(
            |(id, format, callback_address, data_address)| {
                TransferContent::Request {
                    agreement_id: AgreementId::parse(&id).unwrap(),
                    format,
                    callback_address,
                    data_address,
                }
            }
        ),
        option::of(data_address()).prop_map(|data_address| TransferContent::Start { data_address }),
        why().prop_map(|(code, reason)| TransferContent::Suspension { code, reason }),
        Just(TransferContent::Completion),
        why().prop_map(|(code, reason)| TransferContent::Termination { code, reason }),
    ]
}

/// The two pids as a first message of this kind carries them.
fn opening_pids<'a>(
    content: &NegotiationContent,
    consumer: &'a Pid,
    provider: &'a Pid,
) -> (Option<&'a Pid>, Option<&'a Pid>) {
    match content {
        NegotiationContent::Request { .. } => (Some(consumer), None),
        NegotiationContent::Offer { .. } => (None, Some(provider)),
        _ => (Some(consumer), Some(provider)),
    }
}

/// A later message does not repeat the callback address.
fn without_callback(content: NegotiationContent) -> NegotiationContent {
    match content {
        NegotiationContent::Request { offer, .. } => NegotiationContent::Request {
            offer,
            callback_address: None,
        },
        NegotiationContent::Offer { offer, .. } => NegotiationContent::Offer {
            offer,
            callback_address: None,
        },
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_parser_panic(bytes in vec(any::<u8>(), 0..256)) {
        parse_all(&bytes);
    }

    #[test]
    fn no_json_makes_a_parser_panic(value in json_value(), message in dressed()) {
        parse_all(value.to_string().as_bytes());
        parse_all(message.to_string().as_bytes());
    }

    #[test]
    fn no_cut_or_changed_message_makes_a_parser_panic(content in negotiation_content(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let pid = Pid::parse("urn:x:1").unwrap();
        let mut bytes = content.render(Some(&pid), Some(&pid)).to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        parse_all(&bytes);
        parse_all(&bytes[..at]);
    }

    #[test]
    fn no_text_makes_the_address_check_panic(text in ".{0,40}", tail in ".{0,20}") {
        let _ = check_callback_address(&text);
        let _ = check_callback_address(&format!("https://{tail}"));
    }

    #[test]
    fn a_rendered_negotiation_message_reads_back(content in negotiation_content(), consumer in pid(), provider in pid()) {
        let (first, second) = opening_pids(&content, &consumer, &provider);
        let body = content.render(first, second).to_string();
        let message = parse_negotiation(body.as_bytes(), &[content.kind()]).unwrap();
        prop_assert_eq!(&message.content, &content);
        prop_assert_eq!((message.consumer_pid.as_ref(), message.provider_pid.as_ref()), (first, second));

        let body = content.render(Some(&consumer), Some(&provider)).to_string();
        let message = parse_negotiation(body.as_bytes(), &[content.kind()]).unwrap();
        prop_assert_eq!(&message.content, &without_callback(content));
        prop_assert_eq!((message.consumer_pid, message.provider_pid), (Some(consumer), Some(provider)));
    }

    #[test]
    fn a_rendered_transfer_message_reads_back(content in transfer_content(), consumer in pid(), provider in pid()) {
        let body = content.render(Some(&consumer), Some(&provider)).to_string();
        let message = parse_transfer(body.as_bytes(), &[content.kind()]).unwrap();
        prop_assert_eq!(&message.content, &content);
        prop_assert_eq!((message.consumer_pid, message.provider_pid), (Some(consumer), Some(provider)));
    }

    #[test]
    fn reading_twice_gives_the_same(message in dressed()) {
        let bytes = message.to_string();
        if let Ok(read) = parse_negotiation(bytes.as_bytes(), &negotiation::Message::ALL) {
            let again = read.content.render(read.consumer_pid.as_ref(), read.provider_pid.as_ref());
            let again = parse_negotiation(again.to_string().as_bytes(), &[read.content.kind()]).unwrap();
            prop_assert_eq!(again.content.kind(), read.content.kind());
        }
        if let Ok(read) = parse_transfer(bytes.as_bytes(), &transfer::Message::ALL) {
            let again = read.content.render(read.consumer_pid.as_ref(), read.provider_pid.as_ref());
            let again = parse_transfer(again.to_string().as_bytes(), &[read.content.kind()]).unwrap();
            prop_assert_eq!(again.content, read.content);
        }
    }
}
