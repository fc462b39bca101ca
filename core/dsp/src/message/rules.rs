//! The shape of ODRL rules in offers and agreements (DSP 2025-1, ODRL profile; `contract-schema.json`).
//!
//! Shape only: which operands and actions mean something, and what they decide, is `policy`.

use super::parts::Object;
use crate::error::{Malformed, code, quote};
use serde_json::{Map, Value};

/// The members of a policy that hold rules.
pub const RULE_MEMBERS: [&str; 3] = ["permission", "prohibition", "obligation"];
const LOGICAL: [&str; 4] = ["and", "andSequence", "or", "xone"];
const ATOMIC: [&str; 3] = ["leftOperand", "operator", "rightOperand"];
const OPERATORS: [&str; 13] = [
    "eq",
    "gt",
    "gteq",
    "hasPart",
    "isA",
    "isAllOf",
    "isAnyOf",
    "isNoneOf",
    "isPartOf",
    "lt",
    "lteq",
    "neq",
    "term-lteq",
];

/// Checks the rules of a policy: at least one permission or prohibition; every rule an `action` and no `target`; constraints in one of
/// the two shapes. Empty arrays count as absent.
///
/// # Errors
/// The policy has another shape, and `why` says where; answer 400, or refuse to store it.
pub fn check_rules(members: &Map<String, Value>) -> Result<(), Malformed> {
    check_rules_at(&Object::of(members, ""))
}

/// [`check_rules`] for a policy inside a message.
pub fn check_rules_at(policy: &Object<'_>) -> Result<(), Malformed> {
    if check_any_rules_at(policy)? {
        return Ok(());
    }
    Err(Malformed::new(
        code::WRONG_POLICY,
        format!(
            "{} has neither a permission nor a prohibition",
            match policy.own_place() {
                "" => "policy".to_owned(),
                place => format!("`{place}`"),
            }
        ),
    ))
}

/// The same for what a provider says of its own: it may say nothing, which some connectors take for everything. Whether it permits or
/// forbids anything.
pub fn check_any_rules_at(policy: &Object<'_>) -> Result<bool, Malformed> {
    let mut granted_or_forbidden = false;
    for name in RULE_MEMBERS {
        let rules = policy.list(name).map_err(into_policy)?.unwrap_or_default();
        granted_or_forbidden |= name != "obligation" && !rules.is_empty();
        for (index, rule) in rules.iter().enumerate() {
            check_rule(rule, &format!("{}[{index}]", policy.place(name))).map_err(into_policy)?;
        }
    }
    check_profile(policy)?;
    Ok(granted_or_forbidden)
}

fn check_profile(policy: &Object<'_>) -> Result<(), Malformed> {
    match policy.member("profile") {
        None | Some(Value::String(_)) => Ok(()),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => Ok(()),
        Some(_) => Err(into_policy(
            policy.wrong("profile", "must be a string or an array of strings"),
        )),
    }
}

fn check_rule(rule: &Value, place: &str) -> Result<(), Malformed> {
    let rule = Object::at(rule, place)?;
    rule.filled_text("action")?;
    if rule.member("target").is_some() {
        return Err(rule.wrong("target", "must not stand in a rule; the offer or agreement names it"));
    }
    check_constraints(&rule, "constraint")
}

fn check_constraints(holder: &Object<'_>, name: &str) -> Result<(), Malformed> {
    for (index, constraint) in holder.list(name)?.unwrap_or_default().iter().enumerate() {
        let place = format!("{}[{index}]", holder.place(name));
        // Bounded: the body's depth was measured before it was decoded.
        check_constraint(&Object::at(constraint, place)?)?;
    }
    Ok(())
}

fn check_constraint(constraint: &Object<'_>) -> Result<(), Malformed> {
    let logical: Vec<_> = LOGICAL
        .into_iter()
        .filter(|name| constraint.member(name).is_some())
        .collect();
    let atomic = ATOMIC.iter().any(|name| constraint.member(name).is_some());
    match (logical.as_slice(), atomic) {
        ([name], false) => check_constraints(constraint, name),
        ([], _) => check_atomic(constraint),
        _ => Err(Malformed::new(
            code::WRONG_POLICY,
            format!("`{}` mixes several constraints in one object", constraint.own_place()),
        )),
    }
}

fn check_atomic(constraint: &Object<'_>) -> Result<(), Malformed> {
    constraint.filled_text("leftOperand")?;
    let operator = constraint.text("operator")?;
    if !OPERATORS.contains(&operator) {
        return Err(constraint.wrong("operator", &format!("{} is no operator of DSP", quote(operator))));
    }
    match constraint.member("rightOperand") {
        None => Err(constraint.missing("rightOperand")),
        Some(Value::String(_) | Value::Object(_) | Value::Array(_)) => Ok(()),
        Some(_) => Err(constraint.wrong("rightOperand", "must be a string, an object or an array")),
    }
}

/// Whatever is wrong inside a policy is wrong with the policy; the text keeps the place.
fn into_policy(malformed: Malformed) -> Malformed {
    Malformed::new(code::WRONG_POLICY, malformed.why)
}
