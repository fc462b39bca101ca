//! What a decision would look at in a policy, rule by rule, without deciding: for people who ask before they offer it.

use crate::model::{Constraint, Policy, Rule, Test};
use crate::reason::Reason;
use crate::vocabulary::Logic;
use serde_json::{Map, Value};

/// The rules of a policy as a decision would go through them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What may let in.
    pub permissions: Vec<RulePlan>,
    /// What may keep out.
    pub prohibitions: Vec<RulePlan>,
    /// What only travels along.
    pub obligations: Vec<RulePlan>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePlan {
    /// Whether it is about `use`, the one action that is decided here; every other rule binds the receiver.
    pub is_decided: bool,
    /// Its actions.
    pub actions: Vec<String>,
    /// Members of the rule itself that narrow it and are not judged here.
    pub unjudged: Vec<Reason>,
    /// Its conditions.
    pub constraints: Vec<ConstraintPlan>,
    /// What it asks of the receiver.
    pub duties: Vec<RulePlan>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstraintPlan {
    /// A comparison.
    Atomic {
        /// Left operand, operator, right operand.
        words: [String; 3],
        /// What judges it, or why nothing here can.
        judge: Result<&'static str, Reason>,
    },
    /// Several joined.
    Logical {
        /// `and`, `andSequence`, `or` or `xone`.
        logic: &'static str,
        /// The parts.
        parts: Vec<ConstraintPlan>,
    },
}

/// The plan of a policy.
///
/// # Errors
/// The policy breaks the grammar: every decision would deny with these reasons.
pub fn plan(members: &Map<String, Value>) -> Result<Plan, Vec<Reason>> {
    let policy = Policy::parse(members)?;
    let rules = |rules: &[Rule]| rules.iter().map(|rule| of_rule(rule, &policy.unevaluated)).collect();
    Ok(Plan {
        permissions: rules(&policy.permissions),
        prohibitions: rules(&policy.prohibitions),
        obligations: rules(&policy.obligations),
    })
}

/// What narrows the whole policy narrows each of its rules.
fn of_rule(rule: &Rule, unjudged: &[Reason]) -> RulePlan {
    RulePlan {
        is_decided: rule.is_for_use(),
        actions: rule.actions.clone(),
        unjudged: unjudged.iter().chain(&rule.unevaluated).cloned().collect(),
        constraints: rule.constraints.iter().map(of_constraint).collect(),
        duties: rule.duties.iter().map(|duty| of_rule(duty, &[])).collect(),
    }
}

fn of_constraint(constraint: &Constraint) -> ConstraintPlan {
    match constraint {
        Constraint::Atomic { words, test, .. } => ConstraintPlan::Atomic {
            words: words.clone(),
            judge: match test {
                Test::Participant(..) => Ok("participant"),
                Test::MemberOf(..) => Ok("federation"),
                Test::Time(..) => Ok("time"),
                Test::Unknown(reason) => Err(reason.clone()),
            },
        },
        Constraint::Logical { logic, parts, .. } => ConstraintPlan::Logical {
            logic: word(*logic),
            parts: parts.iter().map(of_constraint).collect(),
        },
    }
}

fn word(logic: Logic) -> &'static str {
    let found = Logic::ALL.into_iter().find(|(known, _)| *known == logic);
    found.map_or("and", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::code;
    use serde_json::json;

    fn planned(policy: Value) -> Plan {
        plan(policy.as_object().unwrap()).unwrap()
    }

    #[test]
    fn every_rule_says_what_judges_it() {
        let constraint =
            |left: &str, right: &str| json!({ "leftOperand": left, "operator": "eq", "rightOperand": right });
        let plan = planned(json!({
            "permission": [{
                "action": "use",
                "constraint": [
                    constraint("participant", "did:web:a"),
                    { "or": [constraint("dateTime", "2030-01-01T00:00:00Z"), constraint("weather", "fair")] },
                ],
                "duty": [{ "action": "inform" }],
            }],
            "prohibition": [{ "action": "distribute" }],
        }));
        let [rule] = plan.permissions.as_slice() else {
            panic!("{plan:?}")
        };
        assert!(rule.is_decided && rule.unjudged.is_empty());
        assert_eq!(rule.duties[0].actions, ["inform"]);
        let ConstraintPlan::Atomic { words, judge } = &rule.constraints[0] else {
            panic!("{rule:?}")
        };
        assert_eq!((words[0].as_str(), judge), ("participant", &Ok("participant")));
        let ConstraintPlan::Logical { logic, parts } = &rule.constraints[1] else {
            panic!("{rule:?}")
        };
        let judges = parts.iter().map(|part| match part {
            ConstraintPlan::Atomic { judge, .. } => judge.as_ref().map_err(|reason| reason.code).copied(),
            ConstraintPlan::Logical { .. } => panic!("{part:?}"),
        });
        assert_eq!(
            (*logic, judges.collect::<Vec<_>>()),
            ("or", vec![Ok("time"), Err(code::UNKNOWN_OPERAND)])
        );
        assert!(!plan.prohibitions[0].is_decided);
    }

    #[test]
    fn what_breaks_the_grammar_has_no_plan() {
        assert!(plan(json!({ "permission": [{}] }).as_object().unwrap()).is_err());
    }
}
