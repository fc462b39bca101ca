//! Whom a policy lets in, where that can be said in one word: everybody, these participants, the members of one federation.
//!
//! What rests on the answer cannot be taken back, so a policy that is more than that is told as such.

use crate::model::{Among, Constraint, Policy, Rule, Test};
use std::collections::BTreeSet;

/// Whom a policy lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admits {
    /// Whoever comes, whenever.
    Everyone,
    /// These participants, whenever, and nobody else.
    Participants(BTreeSet<String>),
    /// The members of this federation, as they are when they come, and nobody else.
    Members(String),
    /// It cannot be said so; why.
    Others(&'static str),
}

impl Policy {
    /// Whom the policy lets in to `use`.
    pub fn admits(&self) -> Admits {
        if self.admits_everyone() {
            return Admits::Everyone;
        }
        if !self.unevaluated.is_empty() || self.prohibitions.iter().any(Rule::is_for_use) {
            return Admits::Others("it forbids, or has members that are not judged");
        }
        let mut named: Option<Admits> = None;
        for rule in self.permissions.iter().filter(|rule| rule.is_for_use()) {
            let this = match of_rule(rule) {
                Admits::Others(why) => return Admits::Others(why),
                this => this,
            };
            named = Some(match (named, this) {
                (None, this) => this,
                (Some(Admits::Participants(mut some)), Admits::Participants(more)) => {
                    some.extend(more);
                    Admits::Participants(some)
                }
                (Some(_), _) => return Admits::Others("it names participants and federations, or several federations"),
            });
        }
        named.unwrap_or(Admits::Others("it permits nobody"))
    }
}

fn of_rule(rule: &Rule) -> Admits {
    if !rule.unevaluated.is_empty() || !rule.duties.is_empty() {
        return Admits::Others("a permission has duties, or members that are not judged");
    }
    let [Constraint::Atomic { test, .. }] = rule.constraints.as_slice() else {
        return Admits::Others("a permission has several conditions");
    };
    match test {
        Test::Participant(Among::Any, those) if !those.is_empty() => {
            Admits::Participants(those.iter().cloned().collect())
        }
        Test::MemberOf(Among::Any, those) => match those.as_slice() {
            [one] => Admits::Members(one.clone()),
            _ => Admits::Others("it names several federations"),
        },
        Test::Participant(..) | Test::MemberOf(..) | Test::Time(..) | Test::Unknown(_) => {
            Admits::Others("it says when, or whom not, and not whom")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn admits(permissions: Value) -> Admits {
        let policy = json!({ "permission": permissions });
        Policy::parse(policy.as_object().unwrap()).unwrap().admits()
    }

    fn among(operand: &str, operator: &str, right: Value) -> Value {
        json!({ "action": "use", "constraint": [{ "leftOperand": operand, "operator": operator, "rightOperand": right }] })
    }

    #[test]
    fn whom_a_policy_lets_in_is_said_only_where_it_is_plain() {
        let federation = format!("urn:chapar:federation:{}", "ab".repeat(32));
        let member = || among("urn:chapar:terms:memberOf", "eq", json!(federation));
        let those = |ids: &[&str]| Admits::Participants(ids.iter().map(|id| (*id).to_owned()).collect());
        let one = || among("participantId", "eq", json!("did:web:a"));
        assert_eq!(admits(json!([{ "action": "use" }])), Admits::Everyone);
        assert_eq!(admits(json!([one()])), those(&["did:web:a"]));
        let many = among("participantId", "isAnyOf", json!(["did:web:a", "did:web:b"]));
        assert_eq!(admits(json!([many])), those(&["did:web:a", "did:web:b"]));
        let other = among("participantId", "eq", json!("did:web:b"));
        assert_eq!(admits(json!([one(), other])), those(&["did:web:a", "did:web:b"]));
        assert_eq!(admits(json!([member()])), Admits::Members(federation.clone()));
        let mut timed = one();
        let until = json!({ "leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2030-01-01T00:00:00Z" });
        timed["constraint"].as_array_mut().unwrap().push(until);
        for odd in [
            json!([one(), member()]),
            json!([timed]),
            json!([among("participantId", "neq", json!("did:web:a"))]),
            json!([{ "action": "distribute" }]),
            json!([{ "action": "use", "duty": [{ "action": "inform" }], "constraint": one()["constraint"] }]),
        ] {
            assert!(matches!(admits(odd.clone()), Admits::Others(_)), "{odd}");
        }
    }
}
