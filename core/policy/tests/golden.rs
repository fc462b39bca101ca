//! The evaluator as a table a person can read: a policy, a moment, the answer with its codes and places.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_policy::{Decision, Federations, Permit, Policy, Situation, code, decide, validate};
use chapar_terms::{Instant, ParticipantId};
use serde_json::{Map, Value, json};

const ME: &str = "did:web:kz.example";
const OTHER: &str = "did:web:other.example";
const NOON: &str = "2026-06-01T12:00:00Z";

/// A federation that we follow and the asker is in, one that the asker is not in, and one that we do not follow.
fn federation(number: u8) -> String {
    format!("urn:chapar:federation:{}", format!("{number:02x}").repeat(32))
}

fn followed() -> Federations {
    let who = |name: &str| ParticipantId::parse(name).unwrap();
    let mut followed = Federations::none();
    followed.put(&federation(1), [who(ME), who(OTHER)].into());
    followed.put(&federation(2), [who(OTHER)].into());
    followed
}

fn at(text: &str) -> Instant {
    Instant::parse_rfc3339(text).unwrap()
}

fn members(policy: Value) -> Map<String, Value> {
    policy.as_object().unwrap().clone()
}

fn ask(policy: Value, now: &str, agreed_at: Option<&str>) -> Decision {
    let counterparty = ParticipantId::parse(ME).unwrap();
    let situation = Situation {
        now: at(now),
        counterparty: &counterparty,
        federations: &followed(),
        agreed_at: agreed_at.map(at),
    };
    decide(&members(policy), &situation)
}

fn permit(policy: Value, now: &str, agreed_at: Option<&str>) -> Permit {
    match ask(policy.clone(), now, agreed_at) {
        Decision::Permit(permit) => permit,
        Decision::Deny(reasons) => panic!("{policy} denied: {reasons:?}"),
    }
}

/// The codes and places of a denial; empty for a permit.
fn told(decision: &Decision) -> Vec<(&'static str, &str)> {
    match decision {
        Decision::Permit(_) => Vec::new(),
        Decision::Deny(reasons) => reasons
            .iter()
            .map(|reason| (reason.code, reason.path.as_str()))
            .collect(),
    }
}

fn atom(left: &str, operator: &str, right: impl Into<Value>) -> Value {
    json!({"leftOperand": left, "operator": operator, "rightOperand": right.into()})
}

/// A list as the family of EDC writes it.
fn packed(values: &[&str]) -> Value {
    let items: Vec<Value> = values.iter().map(|value| json!({ "@value": value })).collect();
    Value::from(Value::from(items).to_string())
}

fn is(who: &str) -> Value {
    atom("participant", "eq", who)
}

fn when(constraint: Value) -> Value {
    json!({"permission": [{"action": "use", "constraint": [constraint]}]})
}

fn forbidden_when(constraint: Value) -> Value {
    json!({"permission": [{"action": "use"}], "prohibition": [{"action": "use", "constraint": [constraint]}]})
}

#[test]
fn atoms() {
    let (ok, no) = (None, Some((code::CONSTRAINT_UNSATISFIED, "/permission/0/constraint/0")));
    let part = |code, member: &'static str| Some((code, member));
    let meaningless = part(code::OPERATOR_NOT_MEANINGFUL, "/permission/0/constraint/0/operator");
    let unfit = part(code::BAD_RIGHT_OPERAND, "/permission/0/constraint/0/rightOperand");
    let unknown = part(code::UNKNOWN_OPERAND, "/permission/0/constraint/0/leftOperand");
    let table = [
        (is(ME), ok),
        (is(OTHER), no),
        (atom("participantId", "eq", ME), ok),
        (atom("https://w3id.org/dspace/2025/1/participantId", "eq", ME), ok),
        (atom("edc:participantId", "neq", ME), no),
        (atom("participant", "odrl:neq", OTHER), ok),
        (atom("participant", "isAnyOf", json!([OTHER, ME])), ok),
        (atom("participant", "isAnyOf", packed(&[OTHER, ME])), ok),
        (atom("participant", "isNoneOf", packed(&[OTHER, ME])), no),
        (atom("participant", "isAnyOf", packed(&[OTHER])), no),
        (atom("participant", "isAnyOf", OTHER), no),
        (
            atom("participant", "http://www.w3.org/ns/odrl/2/isNoneOf", json!([OTHER])),
            ok,
        ),
        (atom("participant", "isNoneOf", json!([OTHER, ME])), no),
        (atom("participant", "eq", json!([ME])), ok),
        (atom("participant", "eq", json!({"@id": ME})), ok),
        (atom("participant", "eq", json!([ME, OTHER])), unfit),
        (atom("participant", "isAnyOf", json!([])), unfit),
        (atom("participant", "eq", 7), unfit),
        (atom("participant", "gt", ME), meaningless),
        (atom("participant", "isA", ME), meaningless),
        (atom("participant", "isAllOf", ME), meaningless),
        (atom("participant", "hasPart", ME), meaningless),
        (atom("participant", "isPartOf", ME), meaningless),
        (atom("participant", "term-lteq", ME), meaningless),
        (
            atom("participant", "in", ME),
            part(code::UNKNOWN_OPERATOR, "/permission/0/constraint/0/operator"),
        ),
        (atom("dateTime", "lteq", NOON), ok),
        (atom("dateTime", "lt", NOON), no),
        (atom("odrl:dateTime", "gteq", NOON), ok),
        (atom("dateTime", "gt", NOON), no),
        (atom("dateTime", "eq", "2026-06-01T17:00:00+05:00"), ok),
        (atom("dateTime", "neq", NOON), no),
        (
            atom(
                "dateTime",
                "lt",
                json!({"@value": "2026-06-02T00:00:00Z", "@type": "xsd:dateTime"}),
            ),
            ok,
        ),
        (atom("dateTime", "lt", "2026-06-02"), unfit),
        (atom("dateTime", "lt", "contractAgreement+7d"), unfit),
        (atom("dateTime", "lt", json!([NOON, NOON])), unfit),
        (atom("dateTime", "isAnyOf", NOON), meaningless),
        (atom("inForceDate", "lteq", "2026-06-01T12:00:00.001Z"), ok),
        (atom("inForceDate", "lteq", "soon"), unfit),
        (atom("purpose", "eq", "x"), unknown),
        (atom("https://example.org/purpose", "eq", "x"), unknown),
        (atom("Participant", "eq", ME), unknown),
    ];
    for (constraint, expected) in table {
        let decision = ask(when(constraint.clone()), NOON, None);
        assert_eq!(
            told(&decision),
            expected.into_iter().collect::<Vec<_>>(),
            "{constraint}"
        );
    }
}

#[test]
fn an_unknown_operand_names_itself() {
    let Decision::Deny(reasons) = ask(when(atom("purpose", "eq", "x")), NOON, None) else {
        panic!("permitted")
    };
    assert_eq!(
        reasons[0].to_string(),
        "unknown-operand at `/permission/0/constraint/0/leftOperand`: the left operand `purpose` is not known to this node"
    );
}

#[test]
fn members_of_a_federation() {
    const MEMBER: &str = "urn:chapar:terms:memberOf";
    let (ok, no) = (None, Some((code::CONSTRAINT_UNSATISFIED, "/permission/0/constraint/0")));
    let at = |code, member: &'static str| Some((code, member));
    let unknown = at(code::FEDERATION_UNKNOWN, "/permission/0/constraint/0");
    let unfit = at(code::BAD_RIGHT_OPERAND, "/permission/0/constraint/0/rightOperand");
    let meaningless = at(code::OPERATOR_NOT_MEANINGFUL, "/permission/0/constraint/0/operator");
    let [ours, theirs, nobodys] = [1, 2, 3].map(federation);
    let table = [
        (atom(MEMBER, "eq", ours.clone()), ok),
        (atom("memberOf", "eq", ours.clone()), ok),
        (atom("chapar:memberOf", "eq", json!({ "@id": ours })), ok),
        (atom(MEMBER, "eq", theirs.clone()), no),
        (atom(MEMBER, "eq", nobodys.clone()), unknown),
        (atom(MEMBER, "neq", ours.clone()), no),
        (atom(MEMBER, "neq", theirs.clone()), ok),
        (atom(MEMBER, "neq", nobodys.clone()), unknown),
        (atom(MEMBER, "isAnyOf", json!([theirs, ours])), ok),
        (atom(MEMBER, "isAnyOf", json!([nobodys, ours])), ok),
        (atom(MEMBER, "isAnyOf", json!([nobodys, theirs])), unknown),
        (atom(MEMBER, "isAnyOf", packed(&[&theirs])), no),
        (atom(MEMBER, "isNoneOf", json!([nobodys, ours])), no),
        (atom(MEMBER, "isNoneOf", json!([nobodys, theirs])), unknown),
        (atom(MEMBER, "isNoneOf", json!([theirs])), ok),
        (atom(MEMBER, "eq", json!([ours, theirs])), unfit),
        (atom(MEMBER, "isAnyOf", json!([])), unfit),
        (atom(MEMBER, "eq", "urn:chapar:federation:1"), unfit),
        (atom(MEMBER, "eq", ours.to_uppercase()), unfit),
        (atom(MEMBER, "eq", 7), unfit),
        (atom(MEMBER, "gt", ours.clone()), meaningless),
        (atom(MEMBER, "isPartOf", ours.clone()), meaningless),
    ];
    for (constraint, expected) in table {
        let decision = ask(when(constraint.clone()), NOON, None);
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(told(&decision), expected, "{constraint}");
    }
    let Decision::Deny(reasons) = ask(when(atom(MEMBER, "eq", theirs.clone())), NOON, None) else {
        panic!("permitted")
    };
    assert_eq!(
        reasons[0].detail,
        format!("`{ME}` is no member, the rule asks for `eq` `{theirs}`")
    );
    let decision = ask(forbidden_when(atom(MEMBER, "neq", nobodys)), NOON, None);
    let codes: Vec<_> = told(&decision).iter().map(|(code, _)| *code).collect();
    assert_eq!(
        codes,
        [code::PROHIBITED, code::FEDERATION_UNKNOWN],
        "who cannot be told is kept out"
    );
}

#[test]
fn windows_relative_to_the_agreement() {
    let week = json!({"and": [
        atom("https://w3id.org/edc/v0.0.1/ns/inForceDate", "gteq", "contractAgreement+0s"),
        atom("inForceDate", "lteq", "contractAgreement+7d"),
    ]});
    let agreed = "2026-06-01T12:00:00Z";
    let table = [
        ("2026-06-01T12:00:00Z", Some(agreed), true),
        ("2026-06-08T12:00:00Z", Some(agreed), true),
        ("2026-06-08T12:00:00.001Z", Some(agreed), false),
        ("2026-06-01T11:59:59.999Z", Some(agreed), false),
        ("2030-01-01T00:00:00Z", None, true),
    ];
    for (now, agreed_at, expected) in table {
        let permitted = matches!(ask(when(week.clone()), now, agreed_at), Decision::Permit(_));
        assert_eq!(permitted, expected, "{now} {agreed_at:?}");
    }
    // Without an agreement the window hinders a permission as little as it lets a prohibition apply.
    let late = atom("inForceDate", "gt", "contractAgreement+7d");
    assert_eq!(
        told(&ask(forbidden_when(late.clone()), "2030-01-01T00:00:00Z", None)),
        []
    );
    assert_eq!(
        told(&ask(forbidden_when(late), "2030-01-01T00:00:00Z", Some(agreed))),
        [(code::PROHIBITED, "/prohibition/0")]
    );
}

#[test]
fn logic() {
    let (t, f) = (is(ME), is(OTHER));
    let u = atom("purpose", "eq", "x");
    let o = atom("inForceDate", "gteq", "contractAgreement+1d");
    // The parts, then whether a permission applies under and, or, xone.
    let table: [(&[&Value], [bool; 3]); 14] = [
        (&[&t], [true, true, true]),
        (&[&f], [false, false, false]),
        (&[&u], [false, false, false]),
        (&[&o], [true, true, true]),
        (&[&t, &t], [true, true, false]),
        (&[&t, &f], [false, true, true]),
        (&[&f, &f], [false, false, false]),
        (&[&t, &u], [false, true, false]),
        (&[&f, &u], [false, false, false]),
        (&[&t, &o], [true, true, true]),
        (&[&f, &o], [false, true, true]),
        (&[&u, &o], [false, false, false]),
        (&[&t, &t, &u], [false, true, false]),
        (&[&t, &t, &o], [true, true, false]),
    ];
    for (parts, expected) in table {
        for (name, expected) in ["and", "or", "xone"]
            .into_iter()
            .zip(expected)
            .chain([("andSequence", expected[0])])
        {
            let constraint = json!({name: parts});
            let permitted = matches!(ask(when(constraint.clone()), NOON, None), Decision::Permit(_));
            assert_eq!(permitted, expected, "{constraint}");
        }
    }
    let nested = json!({"or": [f, {"and": [t, {"xone": [is(OTHER), is(ME)]}]}]});
    assert_eq!(told(&ask(when(nested), NOON, None)), []);
}

#[test]
fn a_prohibition_that_cannot_be_judged_applies() {
    let unknown = atom("purpose", "eq", "x");
    let table = [
        (is(ME), vec![(code::PROHIBITED, "/prohibition/0")]),
        (is(OTHER), vec![]),
        (
            unknown.clone(),
            vec![
                (code::PROHIBITED, "/prohibition/0"),
                (code::UNKNOWN_OPERAND, "/prohibition/0/constraint/0/leftOperand"),
            ],
        ),
        (json!({"and": [is(OTHER), unknown]}), vec![]),
    ];
    for (constraint, expected) in table {
        assert_eq!(
            told(&ask(forbidden_when(constraint.clone()), NOON, None)),
            expected,
            "{constraint}"
        );
    }
}

#[test]
fn rules() {
    let use_it = json!({"action": "use"});
    let no_permission = vec![(code::NO_PERMISSION, "/permission")];
    let narrowed = |path| vec![(code::MEMBER_NOT_EVALUATED, path)];
    let table = [
        (json!({}), no_permission.clone()),
        (json!({"permission": []}), no_permission.clone()),
        (json!({"permission": [{"action": "distribute"}]}), no_permission),
        (json!({"permission": use_it}), vec![]),
        (json!({"permission": [{"action": "odrl:use"}]}), vec![]),
        (json!({"permission": [{"action": "USE"}]}), vec![]),
        (
            json!({"permission": [{"action": {"@id": "http://www.w3.org/ns/odrl/2/use"}}]}),
            vec![],
        ),
        (json!({"permission": [{"action": ["display", "use"]}]}), vec![]),
        (json!({"odrl:permission": use_it}), vec![]),
        // One permission that applies is enough; each that does not tells why when none does.
        (
            json!({"permission": [{"action": "use", "constraint": [is(OTHER)]}, use_it]}),
            vec![],
        ),
        (
            json!({"permission": [{"action": "use", "constraint": [is(OTHER)]}, {"action": "use", "constraint": is(OTHER)}]}),
            vec![
                (code::CONSTRAINT_UNSATISFIED, "/permission/0/constraint/0"),
                (code::CONSTRAINT_UNSATISFIED, "/permission/1/constraint"),
            ],
        ),
        (
            json!({"permission": use_it, "prohibition": use_it}),
            vec![(code::PROHIBITED, "/prohibition")],
        ),
        (
            json!({"permission": use_it, "odrl:prohibition": use_it}),
            vec![(code::PROHIBITED, "/odrl:prohibition")],
        ),
        (
            json!({"permission": use_it, "prohibition": {"action": "distribute"}}),
            vec![],
        ),
        (json!({"permission": use_it, "x:y/~z": {"kept": true}}), vec![]),
        (
            json!({"permission": [{"action": "use", "assignee": OTHER}]}),
            narrowed("/permission/0/assignee"),
        ),
        (
            json!({"permission": use_it, "inheritFrom": "x"}),
            narrowed("/inheritFrom"),
        ),
        (
            json!({"permission": [{"action": {"@id": "use", "refinement": []}}]}),
            narrowed("/permission/0/action"),
        ),
        (
            json!({"permission": [{"action": "use", "constraint": [{"leftOperand": "dateTime", "operator": "lt", "rightOperand": NOON, "unit": "x"}]}]}),
            narrowed("/permission/0/constraint/0/unit"),
        ),
    ];
    for (policy, expected) in table {
        assert_eq!(told(&ask(policy.clone(), NOON, None)), expected, "{policy}");
    }
}

#[test]
fn malformed_policies_deny_as_a_whole() {
    let good = json!({"action": "use"});
    let table = [
        (json!({"permission": ["use"]}), "/permission/0"),
        (json!({"permission": 7}), "/permission"),
        (json!({"permission": [good, {}]}), "/permission/1"),
        (json!({"permission": [{"action": []}]}), "/permission/0/action"),
        (
            json!({"permission": [{"action": {"type": "USE"}}]}),
            "/permission/0/action",
        ),
        (json!({"permission": good, "odrl:permission": good}), ""),
        (json!({"permission": good, "obligation": [7]}), "/obligation/0"),
        (
            json!({"permission": [{"action": "use", "duty": [{"action": "a", "duty": []}]}]}),
            "/permission/0/duty/0",
        ),
        (
            json!({"permission": good, "prohibition": [{"action": "use", "constraint": "x"}]}),
            "/prohibition/0/constraint",
        ),
        (when(json!({})), "/permission/0/constraint/0"),
        (when(json!({"and": []})), "/permission/0/constraint/0/and"),
        (
            when(json!({"and": [is(ME)], "or": [is(ME)]})),
            "/permission/0/constraint/0",
        ),
        (
            when(json!({"and": [is(ME)], "leftOperand": "participant"})),
            "/permission/0/constraint/0",
        ),
        (
            when(json!({"leftOperand": "participant", "operator": "eq"})),
            "/permission/0/constraint/0",
        ),
        (
            when(json!({"leftOperand": 1, "operator": "eq", "rightOperand": ""})),
            "/permission/0/constraint/0/leftOperand",
        ),
        (
            when(json!({"leftOperand": "a", "operator": ["b", "c"], "rightOperand": ""})),
            "/permission/0/constraint/0/operator",
        ),
    ];
    for (policy, path) in table {
        let decision = ask(policy.clone(), NOON, None);
        assert_eq!(told(&decision).first(), Some(&(code::MALFORMED, path)), "{policy}");
        assert_eq!(Decision::Deny(validate(&members(policy))), decision);
    }
}

#[test]
fn bounds() {
    let many: Vec<Value> = vec![json!({"action": "use"}); 255];
    assert_eq!(told(&ask(json!({"permission": many}), NOON, None)), []);
    let many: Vec<Value> = vec![json!({"action": "use"}); 300];
    assert_eq!(
        told(&ask(json!({"permission": many}), NOON, None)),
        [(code::TOO_LARGE, "/permission/255")]
    );
    let nested = |levels| (0..levels).fold(is(ME), |inner, _| json!({"and": [inner]}));
    assert_eq!(told(&ask(when(nested(15)), NOON, None)), []);
    assert_eq!(told(&ask(when(nested(16)), NOON, None))[0].0, code::TOO_LARGE);
}

#[test]
fn a_permit_says_when_it_ends() {
    let until = |text: &str| Some(at(text));
    let end = "2026-07-01T00:00:00Z";
    let ends = |constraint| permit(when(constraint), NOON, Some(NOON)).expires_at();
    assert_eq!(ends(is(ME)), None);
    assert_eq!(ends(atom("dateTime", "lt", end)), until(end));
    assert_eq!(ends(atom("dateTime", "lteq", end)), until("2026-07-01T00:00:00.001Z"));
    assert_eq!(ends(atom("dateTime", "gteq", "2026-01-01T00:00:00Z")), None);
    assert_eq!(ends(atom("dateTime", "neq", end)), until(end));
    assert_eq!(ends(atom("dateTime", "eq", NOON)), until("2026-06-01T12:00:00.001Z"));
    assert_eq!(
        ends(atom("inForceDate", "lt", "contractAgreement+2h")),
        until("2026-06-01T14:00:00Z")
    );
    let either = json!({"or": [atom("dateTime", "lt", "2026-06-02T00:00:00Z"), atom("dateTime", "lt", end)]});
    assert_eq!(ends(either), until(end));
    // A prohibition that starts later ends it as well, and a second permission carries it on.
    let later = forbidden_when(atom("dateTime", "gteq", end));
    assert_eq!(permit(later, NOON, None).expires_at(), until(end));
    let carried =
        json!({"permission": [{"action": "use", "constraint": [atom("dateTime", "lt", end)]}, {"action": "use"}]});
    assert_eq!(permit(carried, NOON, None).expires_at(), None);
}

#[test]
fn an_answer_stands_until_the_first_bound_ahead() {
    let stands = |policy: Value| {
        let counterparty = ParticipantId::parse(ME).unwrap();
        let situation = Situation {
            now: at(NOON),
            counterparty: &counterparty,
            federations: &Federations::none(),
            agreed_at: None,
        };
        let standing = Policy::parse(&members(policy)).unwrap().standing(&situation);
        (standing.permitted, standing.until)
    };
    let (begin, end) = ("2026-06-02T00:00:00Z", "2026-07-01T00:00:00Z");
    assert_eq!(stands(when(is(ME))), (true, None));
    assert_eq!(stands(when(is(OTHER))), (false, None));
    assert_eq!(stands(when(atom("dateTime", "lt", end))), (true, Some(at(end))));
    assert_eq!(
        stands(when(atom("dateTime", "gteq", begin))),
        (false, Some(at(begin))),
        "it will open"
    );
    assert_eq!(
        stands(when(atom("dateTime", "lt", "2026-01-01T00:00:00Z"))),
        (false, None),
        "it is over"
    );
    assert_eq!(
        stands(forbidden_when(atom("dateTime", "gteq", end))),
        (true, Some(at(end)))
    );
    let relative = when(atom("inForceDate", "lt", "contractAgreement+2h"));
    assert_eq!(stands(relative), (true, None), "its window has not started");
}

#[test]
fn a_permit_carries_what_binds_the_receiver() {
    let policy = json!({
        "permission": [
            {"action": "use", "duty": {"action": "inform", "x:how": "by letter"}},
            {"action": "use", "constraint": [is(OTHER)], "duty": [{"action": "compensate"}]},
        ],
        "prohibition": [{"action": "distribute"}],
        "obligation": [{"action": "odrl:delete", "constraint": [atom("elapsedTime", "lteq", "P30D")]}],
    });
    let permit = permit(policy, NOON, None);
    let duties: Vec<_> = permit
        .duties()
        .iter()
        .map(|duty| (duty.path.as_str(), duty.actions.join(" ")))
        .collect();
    assert_eq!(
        duties,
        [
            ("/obligation/0", "delete".to_owned()),
            ("/permission/0/duty", "inform".to_owned())
        ]
    );
    assert_eq!(permit.duties()[1].rule["x:how"], "by letter");
    assert_eq!(permit.prohibitions()[0].path, "/prohibition/0");
}

#[test]
fn validation_tells_the_author_what_will_deny() {
    let policy = json!({
        "permission": [{"action": "use", "constraint": [{"or": [is(ME), atom("purpose", "eq", "x")]}]}],
        "prohibition": [{"action": "use", "constraint": [atom("participant", "gt", ME)]}],
    });
    let findings: Vec<_> = validate(&members(policy))
        .into_iter()
        .map(|reason| (reason.code, reason.path))
        .collect();
    assert_eq!(
        findings,
        [
            (
                code::UNKNOWN_OPERAND,
                "/permission/0/constraint/0/or/1/leftOperand".to_owned()
            ),
            (
                code::OPERATOR_NOT_MEANINGFUL,
                "/prohibition/0/constraint/0/operator".to_owned()
            ),
        ]
    );
    assert_eq!(validate(&members(when(is(ME)))), []);
    assert_eq!(validate(&members(json!({})))[0].code, code::NO_PERMISSION);
}

#[test]
fn only_what_is_plainly_open_admits_everyone() {
    let admits = |policy: Value| Policy::parse(&members(policy)).unwrap().admits_everyone();
    let plain = json!({ "action": "use" });
    let forbids = json!({ "action": "distribute" });
    for open in [
        json!({ "permission": [plain] }),
        json!({ "permission": [{ "action": "use", "constraint": [] }] }),
        json!({ "permission": [when(is(ME))["permission"][0], plain] }),
        json!({ "permission": [plain], "prohibition": [forbids] }),
    ] {
        assert!(admits(open.clone()), "{open}");
    }
    for narrow in [
        json!({}),
        json!({ "permission": [{ "action": "distribute" }] }),
        when(is(ME)),
        when(atom("dateTime", "gteq", "2000-01-01T00:00:00Z")),
        when(json!({ "or": [is(ME), atom("participant", "neq", ME)] })),
        json!({ "permission": [{ "action": "use", "duty": [{ "action": "inform" }] }] }),
        json!({ "permission": [{ "action": "use", "assignee": ME }] }),
        json!({ "permission": [plain], "obligation": [{ "action": "delete" }] }),
        json!({ "permission": [plain], "prohibition": [{ "action": "use", "constraint": [is(ME)] }] }),
    ] {
        assert!(!admits(narrow.clone()), "{narrow}");
    }
}
