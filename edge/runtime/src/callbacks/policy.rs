//! A policy as connectors of this world write it into events: their object model, not ODRL. Clients that read callbacks know
//! this form and no other.
//!
//! What that model has no place for is left out. Refuses to read it back and to say what a rule means (`chapar_policy`).

use serde_json::{Map, Value, json};

const ODRL: &str = "http://www.w3.org/ns/odrl/2/";

/// Who a policy is between, as far as it says so.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parties<'a> {
    pub assigner: Option<&'a str>,
    pub assignee: Option<&'a str>,
}

/// The policy with these ODRL members, about `target`; `kind` is `offer` or `contract`.
pub(super) fn policy(members: &Map<String, Value>, kind: &str, target: &str, parties: Parties<'_>) -> Value {
    let rules = |name: &str, class: &str, own: &str| -> Vec<Value> {
        let rules = one_or_many(members.get(name)).iter().filter_map(Value::as_object);
        rules.map(|members| rule(members, class, own)).collect()
    };
    json!({
        "permissions": rules("permission", "dataspaceconnector:permission", "duties"),
        "prohibitions": rules("prohibition", "Prohibition", "remedies"),
        "obligations": rules("obligation", "dataspaceconnector:duty", "consequences"),
        "profiles": texts(members.get("profile")),
        "extensibleProperties": {},
        "inheritsFrom": null,
        "assigner": parties.assigner,
        "assignee": parties.assignee,
        "target": target,
        "@type": { "@policytype": kind },
    })
}

/// A rule of a class; what hangs on it stands in its member `own`.
fn rule(members: &Map<String, Value>, class: &str, own: &str) -> Value {
    let action = members.get("action").and_then(Value::as_str).unwrap_or("use");
    let action = if action.contains(':') {
        action.to_owned()
    } else {
        format!("{ODRL}{action}")
    };
    let constraints = one_or_many(members.get("constraint")).iter().filter_map(constraint);
    let duties = one_or_many(members.get("duty")).iter().filter_map(Value::as_object);
    let duties: Vec<Value> = duties
        .map(|duty| rule(duty, "dataspaceconnector:duty", "consequences"))
        .collect();
    let mut rule = Map::new();
    rule.insert("edctype".to_owned(), class.into());
    rule.insert(
        "action".to_owned(),
        json!({ "type": action, "includedIn": null, "constraint": null }),
    );
    rule.insert("constraints".to_owned(), constraints.collect());
    rule.insert(own.to_owned(), duties.into());
    Value::Object(rule)
}

fn constraint(value: &Value) -> Option<Value> {
    let many = [
        ("and", "AndConstraint"),
        ("or", "dataspaceconnector:orconstraint"),
        ("xone", "dataspaceconnector:xone"),
    ];
    for (name, class) in many {
        if let Some(inner) = value.get(name) {
            let constraints: Vec<Value> = one_or_many(Some(inner)).iter().filter_map(constraint).collect();
            return Some(json!({ "edctype": class, "constraints": constraints }));
        }
    }
    let expression =
        |name: &str| Some(json!({ "edctype": "dataspaceconnector:literalexpression", "value": value.get(name)? }));
    Some(json!({
        "edctype": "AtomicConstraint",
        "leftExpression": expression("leftOperand")?,
        "rightExpression": expression("rightOperand")?,
        "operator": operator(value.get("operator")?.as_str()?),
    }))
}

/// Their name of an ODRL operator.
fn operator(odrl: &str) -> &str {
    match odrl.rsplit(['/', ':']).next().unwrap_or(odrl) {
        "eq" => "EQ",
        "neq" => "NEQ",
        "gt" => "GT",
        "gteq" => "GEQ",
        "lt" => "LT",
        "lteq" => "LEQ",
        "isPartOf" => "IN",
        "hasPart" => "HAS_PART",
        "isA" => "IS_A",
        "isAllOf" => "IS_ALL_OF",
        "isAnyOf" => "IS_ANY_OF",
        "isNoneOf" => "IS_NONE_OF",
        other => other,
    }
}

fn one_or_many(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    one_or_many(value).iter().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_and_constraints_are_written_in_the_foreign_model() {
        let members = json!({
            "permission": [{ "action": "use", "constraint": [
                { "leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2099-01-01T00:00:00Z" },
                { "or": [{ "leftOperand": "https://x.example/a", "operator": "isAnyOf", "rightOperand": ["b", "c"] }] },
            ], "duty": [{ "action": "inform" }] }],
            "prohibition": [{ "action": "https://x.example/resell" }],
        });
        let written = policy(members.as_object().unwrap(), "offer", "A1", Parties::default());
        let literal = |value: Value| json!({ "edctype": "dataspaceconnector:literalexpression", "value": value });
        assert_eq!(
            written["permissions"],
            json!([{
                "edctype": "dataspaceconnector:permission",
                "action": { "type": "http://www.w3.org/ns/odrl/2/use", "includedIn": null, "constraint": null },
                "constraints": [
                    {
                        "edctype": "AtomicConstraint", "operator": "LEQ",
                        "leftExpression": literal(json!("dateTime")),
                        "rightExpression": literal(json!("2099-01-01T00:00:00Z")),
                    },
                    { "edctype": "dataspaceconnector:orconstraint", "constraints": [{
                        "edctype": "AtomicConstraint", "operator": "IS_ANY_OF",
                        "leftExpression": literal(json!("https://x.example/a")),
                        "rightExpression": literal(json!(["b", "c"])),
                    }] },
                ],
                "duties": [{
                    "edctype": "dataspaceconnector:duty",
                    "action": { "type": "http://www.w3.org/ns/odrl/2/inform", "includedIn": null, "constraint": null },
                    "constraints": [], "consequences": [],
                }],
            }])
        );
        assert_eq!(written["prohibitions"][0]["action"]["type"], "https://x.example/resell");
        assert_eq!(written["prohibitions"][0]["remedies"], json!([]));
        assert_eq!(
            (&written["target"], &written["@type"]),
            (&json!("A1"), &json!({ "@policytype": "offer" }))
        );
        assert_eq!(written["obligations"], json!([]));
    }
}
