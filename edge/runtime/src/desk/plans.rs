//! Plans of policies: what a decision would look at, for the people who wrote the policy.

use super::{Desk, invalid_for, stored};
use crate::Fault;
use chapar_policy::{ConstraintPlan, Reason, RulePlan, plan};
use serde_json::{Value, json};

impl Desk {
    /// The plan of a policy: `permissions`, `prohibitions` and `obligations`, each rule with what judges its conditions.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn policy_plan(&self, id: &str) -> Result<Value, Fault> {
        let row = self.runtime.inner.store.policy(self.slug(), id).await?;
        let row = row.ok_or(Fault::NotFound)?;
        let Value::Object(members) = stored(&row.body)? else {
            return Err(Fault::Internal(format!("policy `{id}` is no object")));
        };
        let broken =
            |reasons: Vec<Reason>| invalid_for("wrong-policy", reasons.iter().map(ToString::to_string).collect());
        let plan = plan(&members).map_err(broken)?;
        let rules = |rules: &[RulePlan]| rules.iter().map(rule_view).collect::<Vec<_>>();
        Ok(json!({
            "permissions": rules(&plan.permissions),
            "prohibitions": rules(&plan.prohibitions),
            "obligations": rules(&plan.obligations),
        }))
    }
}

fn rule_view(rule: &RulePlan) -> Value {
    json!({
        "decided": rule.is_decided,
        "actions": rule.actions,
        "unjudged": rule.unjudged.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "constraints": rule.constraints.iter().map(constraint_view).collect::<Vec<_>>(),
        "duties": rule.duties.iter().map(rule_view).collect::<Vec<_>>(),
    })
}

fn constraint_view(constraint: &ConstraintPlan) -> Value {
    match constraint {
        ConstraintPlan::Atomic { words, judge } => json!({
            "words": words,
            "judge": judge.as_ref().ok(),
            "unjudged": judge.as_ref().err().map(ToString::to_string),
        }),
        ConstraintPlan::Logical { logic, parts } => json!({
            "logic": logic,
            "parts": parts.iter().map(constraint_view).collect::<Vec<_>>(),
        }),
    }
}
