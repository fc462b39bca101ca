//! The structural difference of two policies: what counts as the same, and where a difference is said to be.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_policy::{DIFFERENCES, diff, normal_form, unpack};
use chapar_terms::canonical_json;
use serde_json::{Value, json};

fn atom(left: &str, operator: &str, right: impl Into<Value>) -> Value {
    json!({"leftOperand": left, "operator": operator, "rightOperand": right.into()})
}

fn with(constraints: Value) -> Value {
    json!({"permission": [{"action": "use", "constraint": constraints}]})
}

#[test]
fn the_same() {
    let (a, b) = (atom("participant", "eq", "x"), atom("dateTime", "lt", "y"));
    let table = [
        (with(json!([a, b])), with(json!([b, a]))),
        (with(json!([a])), with(a.clone())),
        (with(json!([])), json!({"permission": {"action": "use"}})),
        (json!({"permission": [], "prohibition": []}), json!({})),
        (
            with(json!({"or": [a, {"and": [a, b]}]})),
            with(json!({"or": [{"and": [b, a]}, a]})),
        ),
        (
            json!({"permission": {"action": "odrl:use"}}),
            json!({"odrl:permission": [{"action": {"@id": "use"}}]}),
        ),
        (
            with(atom("participant", "isAnyOf", json!(["x", "y"]))),
            with(atom("participant", "odrl:isAnyOf", json!(["y", "x"]))),
        ),
        (with(atom("participant", "eq", json!({"@value": "x"}))), with(a.clone())),
        (
            with(json!([atom("participantId", "eq", "x"), atom("dateTime", "lt", "y")])),
            with(json!([b, atom("edc:participantId", "eq", "x")])),
        ),
        (
            with(atom("https://w3id.org/edc/v0.0.1/ns/region", "eq", "x")),
            with(atom("edc:region", "eq", "x")),
        ),
        (
            json!({"permission": {"action": "edc:copy"}}),
            json!({"permission": {"action": "https://w3id.org/edc/v0.0.1/ns/copy"}}),
        ),
        (
            with(atom("participant", "isAnyOf", json!(["x", "y"]))),
            with(atom("participant", "isAnyOf", r#"[{"@value":"y"},{"@value":"x"}]"#)),
        ),
        (json!({"x": 1}), json!({"x": 1.0})),
        (json!({"profile": ["p"]}), json!({"profile": "p"})),
    ];
    for (offered, agreed) in table {
        assert_eq!(diff(&offered, &agreed), [], "{offered} {agreed}");
        assert_eq!(
            canonical_json(&normal_form(&offered)),
            canonical_json(&normal_form(&agreed))
        );
    }
}

#[test]
fn differences_are_one_line_each() {
    let (a, b, c) = (
        atom("participant", "eq", "x"),
        atom("dateTime", "lt", "y"),
        atom("dateTime", "lt", "z"),
    );
    let table = [
        (
            with(json!([a, b])),
            with(json!([c, a])),
            vec!["`/permission/0/constraint/1/rightOperand`: offered `\"y\"`, agreed `\"z\"`"],
        ),
        (
            with(json!([a])),
            with(json!([a, b])),
            vec![
                r#"`/permission/0/constraint/1`: not offered, agreed `{"leftOperand":"dateTime","operator":"lt","rightOperand":"y"}`"#,
            ],
        ),
        (
            json!({"permission": {"action": "use"}, "prohibition": [{"action": "distribute"}]}),
            json!({"permission": [{"action": "use"}]}),
            vec![r#"`/prohibition/0`: offered `{"action":"distribute"}`, missing in the agreement"#],
        ),
        (
            with(json!({"andSequence": [a, b]})),
            with(json!({"andSequence": [b, a]})),
            vec![
                "`/permission/0/constraint/andSequence/0/leftOperand`: offered `\"participant\"`, agreed `\"dateTime\"`",
                "`/permission/0/constraint/andSequence/0/operator`: offered `\"eq\"`, agreed `\"lt\"`",
                "`/permission/0/constraint/andSequence/0/rightOperand`: offered `\"x\"`, agreed `\"y\"`",
                "`/permission/0/constraint/andSequence/1/leftOperand`: offered `\"dateTime\"`, agreed `\"participant\"`",
                "`/permission/0/constraint/andSequence/1/operator`: offered `\"lt\"`, agreed `\"eq\"`",
                "`/permission/0/constraint/andSequence/1/rightOperand`: offered `\"y\"`, agreed `\"x\"`",
            ],
        ),
        (
            json!({"x:y/z": {"k": [1, 2]}}),
            json!({"x:y/z": {"k": [2, 1]}}),
            vec![
                "`/x:y~1z/k/0`: offered `1`, agreed `2`",
                "`/x:y~1z/k/1`: offered `2`, agreed `1`",
            ],
        ),
        (
            json!({"k": [1, 2, [3]]}),
            json!({"k": [1, 2, [4]]}),
            vec!["`/k/2/0`: offered `3`, agreed `4`"],
        ),
        (
            json!({"permission": []}),
            json!({"permission": {"action": "use"}}),
            vec![r#"`/permission`: not offered, agreed `{"action":"use"}`"#],
        ),
        (
            with(json!({"xone": [a, a]})),
            with(json!({"xone": a})),
            vec![
                r#"`/permission/0/constraint/xone/1`: offered `{"leftOperand":"participant","operator":"eq","rightOperand":"x"}`, missing in the agreement"#,
            ],
        ),
        (
            json!({"x": null}),
            json!({}),
            vec!["`/x`: offered `null`, missing in the agreement"],
        ),
    ];
    assert_lines(table);
}

/// The rows are: what was offered, what was agreed, the lines about it.
fn assert_lines<const ROWS: usize>(table: [(Value, Value, Vec<&str>); ROWS]) {
    for (offered, agreed, expected) in table {
        let lines: Vec<_> = diff(&offered, &agreed).iter().map(ToString::to_string).collect();
        assert_eq!(lines, expected, "{offered} {agreed}");
    }
}

#[test]
fn differences_in_the_spelling_of_the_edc_family_are_seen_too() {
    assert_lines([
        (
            with(atom("participant", "isAnyOf", json!(["x", "y"]))),
            with(atom("participant", "isAnyOf", r#"[{"@value":"x"},{"@value":"z"}]"#)),
            vec![
                r#"`/permission/0/constraint/rightOperand/1`: offered `"y"`, agreed `"[{\"@value\":\"x\"},{\"@value\":\"z\"}]"`"#,
            ],
        ),
        (
            with(atom("edc:region", "eq", "x")),
            with(atom("https://w3id.org/edc/v0.0.1/ns/city", "eq", "x")),
            vec![
                r#"`/permission/0/constraint/leftOperand`: offered `"edc:region"`, agreed `"https://w3id.org/edc/v0.0.1/ns/city"`"#,
            ],
        ),
        (
            with(atom("region", "eq", r#"[{"@value":"x","@type":"t"}]"#)),
            with(atom("region", "eq", "x")),
            vec![
                r#"`/permission/0/constraint/rightOperand`: offered `"[{\"@value\":\"x\",\"@type\":\"t\"}]"`, agreed `"x"`"#,
            ],
        ),
    ]);
}

#[test]
fn pointers_lead_to_the_values() {
    let offered = with(json!([atom("participant", "eq", "x"), atom("dateTime", "lt", "y")]));
    let agreed = with(json!([
        atom("dateTime", "lt", "z"),
        atom("participant", "eq", json!(["w"]))
    ]));
    let found = diff(&offered, &agreed);
    assert_eq!(found.len(), 2);
    for difference in found {
        assert_eq!(offered.pointer(&difference.path), difference.offered.as_ref());
    }
}

#[test]
fn a_flood_is_cut() {
    let many = |from: usize| {
        (from..from + 1000)
            .map(|n| json!({"action": n.to_string()}))
            .collect::<Vec<_>>()
    };
    let found = diff(&json!({"permission": many(0)}), &json!({"permission": many(5000)}));
    assert_eq!(found.len(), DIFFERENCES);
}

#[test]
fn a_list_inside_a_text_is_written_out_and_nothing_else_changes() {
    let packed = r#"[{"@value":"y"},{"@value":"x"}]"#;
    let before = with(json!({"and": [atom("participant", "isAnyOf", packed), atom("region", "eq", "[{")]}));
    let Value::Object(mut members) = before.clone() else {
        panic!("a policy is an object")
    };
    unpack(&mut members);
    let after = Value::Object(members);
    let expected =
        with(json!({"and": [atom("participant", "isAnyOf", json!(["y", "x"])), atom("region", "eq", "[{")]}));
    assert_eq!(after, expected);
    assert_eq!(diff(&before, &after), []);
}
