//! Laws of the evaluator and the diff, tried on invented policies, sensible and senseless ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_policy::{Decision, Federations, Policy, Situation, decide, diff, normal_form, validate};
use chapar_terms::{Instant, ParticipantId, canonical_json};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const NOW: i64 = 1_780_000_000_000;

fn atom() -> impl Strategy<Value = Value> {
    let left = prop_oneof!["participant", "dateTime", "inForceDate", "purpose"];
    let operator = prop_oneof![
        "eq", "neq", "gt", "gteq", "lt", "lteq", "isAnyOf", "isNoneOf", "isPartOf", "odd"
    ];
    let right = prop_oneof![
        Just(json!("did:web:a")),
        Just(json!(["did:web:a", "did:web:b"])),
        Just(json!("did:web:b")),
        (-3_i64..4).prop_map(|n| json!(Instant::from_unix_ms(NOW + n * 1000).rfc3339())),
        (-3_i64..4).prop_map(|n| json!(format!("contractAgreement+{n}s"))),
        Just(json!(7)),
    ];
    (left, operator, right).prop_map(|(l, o, r)| json!({"leftOperand": l, "operator": o, "rightOperand": r}))
}

fn constraint() -> impl Strategy<Value = Value> {
    atom().prop_recursive(3, 12, 3, |inner| {
        (
            prop_oneof!["and", "or", "xone", "andSequence"],
            prop::collection::vec(inner, 1..4),
        )
            .prop_map(|(name, parts)| json!({name: parts}))
    })
}

fn rule() -> impl Strategy<Value = Value> {
    (
        prop_oneof![4 => "use", 1 => "distribute"],
        prop::collection::vec(constraint(), 0..3),
    )
        .prop_map(|(action, constraint)| json!({"action": action, "constraint": constraint}))
}

fn policy() -> impl Strategy<Value = Value> {
    let rules = |most| prop::collection::vec(rule(), 0..most);
    (rules(4), rules(2), rules(2))
        .prop_map(|(p, n, o)| json!({"permission": p, "prohibition": n, "obligation": o, "x:kept": [1, 2]}))
}

/// Any JSON whose names are those of policies, so that every branch of the reader is met.
fn nonsense() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        "permission",
        "odrl:prohibition",
        "obligation",
        "duty",
        "action",
        "constraint",
        "and",
        "or",
        "xone",
        "leftOperand",
        "operator",
        "rightOperand",
        "@id",
        "@value",
        "unit",
        "\\PC{0,3}"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop_oneof![
            "use",
            "eq",
            "participant",
            "inForceDate",
            "contractAgreement\\+[0-9]{1,22}[smhdy]",
            "\\PC{0,8}"
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

fn answer(members: &Map<String, Value>, now: i64, agreed: Option<i64>) -> Decision {
    let counterparty = ParticipantId::parse("did:web:a").unwrap();
    let agreed_at = agreed.map(Instant::from_unix_ms);
    decide(
        members,
        &Situation {
            now: Instant::from_unix_ms(now),
            counterparty: &counterparty,
            federations: &Federations::none(),
            agreed_at,
        },
    )
}

/// Turns every array of a set, and swaps lone arrays and values.
fn permuted(value: &Value, by: usize, name: &str) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(|item| permuted(item, by, name)).collect();
            let turn = by.checked_rem(items.len()).unwrap_or_default();
            if !matches!(name, "andSequence" | "x:kept") {
                items.rotate_left(turn);
            }
            if items.len() == 1 {
                items.remove(0)
            } else {
                Value::Array(items)
            }
        }
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), permuted(v, by, k))).collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(a in nonsense(), b in nonsense(), now in any::<i64>(), agreed in any::<Option<i64>>()) {
        if let Value::Object(members) = &a {
            if let Decision::Deny(reasons) = answer(members, now, agreed) {
                prop_assert!(!reasons.is_empty());
            }
            validate(members);
        }
        let found = diff(&a, &b);
        let form = |value: &Value| canonical_json(&normal_form(value));
        prop_assert_eq!(found.is_empty(), form(&a) == form(&b));
        prop_assert_eq!(found.is_empty(), diff(&b, &a).is_empty());
        prop_assert_eq!(diff(&a, &a), []);
    }

    #[test]
    fn order_and_lone_arrays_say_nothing(policy in policy(), by in 0_usize..5) {
        let other = permuted(&policy, by, "");
        prop_assert_eq!(diff(&policy, &other), []);
        prop_assert_eq!(normal_form(&normal_form(&policy)), normal_form(&other));
        let permits = |policy: &Value| match answer(policy.as_object().unwrap(), NOW, Some(NOW)) {
            Decision::Permit(permit) => Some(permit.expires_at()),
            Decision::Deny(_) => None,
        };
        prop_assert_eq!(permits(&policy), permits(&other));
    }

    #[test]
    fn a_denial_has_reasons_that_lead_somewhere(policy in policy(), agreed in any::<bool>()) {
        let members = policy.as_object().unwrap();
        if let Decision::Deny(reasons) = answer(members, NOW, agreed.then_some(NOW)) {
            prop_assert!(!reasons.is_empty());
            for reason in reasons {
                prop_assert!(policy.pointer(&reason.path).is_some(), "{}", reason);
            }
        }
    }

    #[test]
    fn a_permit_holds_until_it_expires_and_no_longer(policy in policy(), agreed in any::<bool>()) {
        let members = policy.as_object().unwrap();
        let agreed = agreed.then_some(NOW);
        if let Decision::Permit(permit) = answer(members, NOW, agreed) {
            let end = permit.expires_at().map(Instant::unix_ms);
            for now in (NOW..NOW + 5000).step_by(500).flat_map(|t| [t - 1, t, t + 1]).filter(|now| *now >= NOW) {
                let permitted = matches!(answer(members, now, agreed), Decision::Permit(_));
                match end {
                    Some(end) if now == end => prop_assert!(!permitted, "open at its end {}", now - NOW),
                    Some(end) if now > end => {}
                    _ => prop_assert!(permitted, "closed at {} before its end {:?}", now - NOW, end),
                }
            }
        }
    }

    #[test]
    fn a_kept_answer_is_the_answer_until_its_time(policy in policy(), agreed in any::<bool>()) {
        let members = policy.as_object().unwrap();
        let agreed = agreed.then_some(NOW);
        let Ok(read) = Policy::parse(members) else { return Ok(()) };
        let standing = read.standing(&Situation {
            now: Instant::from_unix_ms(NOW),
            counterparty: &ParticipantId::parse("did:web:a").unwrap(),
            federations: &Federations::none(),
            agreed_at: agreed.map(Instant::from_unix_ms),
        });
        let until = standing.until.map_or(i64::MAX, Instant::unix_ms);
        prop_assert!(until > NOW);
        for now in (NOW..NOW + 5000).step_by(500).flat_map(|t| [t - 1, t, t + 1]).filter(|now| (NOW..until).contains(now)) {
            let permitted = matches!(answer(members, now, agreed), Decision::Permit(_));
            prop_assert_eq!(standing.permitted, permitted, "at {} of {:?}", now - NOW, standing.until);
        }
    }

    #[test]
    fn a_policy_that_admits_everyone_admits_whoever_comes_whenever(
        policy in policy(), name in "[a-z]{1,9}", now in any::<u32>(), agreed in any::<Option<u32>>(),
    ) {
        let Ok(read) = Policy::parse(policy.as_object().unwrap()) else { return Ok(()) };
        if read.admits_everyone() {
            let counterparty = ParticipantId::parse(&format!("did:web:{name}")).unwrap();
            let standing = read.standing(&Situation {
                now: Instant::from_unix_ms(i64::from(now) * 1000),
                counterparty: &counterparty,
                federations: &Federations::none(),
                agreed_at: agreed.map(|at| Instant::from_unix_ms(i64::from(at) * 1000)),
            });
            // Another permission may begin or end; this one stands.
            prop_assert!(standing.permitted);
        }
    }

    #[test]
    fn a_prohibition_never_opens(policy in policy(), extra in rule()) {
        let mut members = policy.as_object().unwrap().clone();
        let before = matches!(answer(&members, NOW, Some(NOW)), Decision::Permit(_));
        if let Some(Value::Array(rules)) = members.get_mut("prohibition") {
            rules.push(extra);
        }
        let after = matches!(answer(&members, NOW, Some(NOW)), Decision::Permit(_));
        prop_assert!(before || !after);
    }
}
