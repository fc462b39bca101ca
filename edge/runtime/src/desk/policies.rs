//! Policy definitions: ODRL Sets, checked when they are put, so that nobody finds out by a refused negotiation.
//!
//! A policy that breaks the grammar is refused. One that this node cannot judge whole is taken, since the rule may be meant
//! for the receiver, and says what will be denied in `findings`.

use super::assets::{add_private_properties, properties_text};
use super::{Desk, Expect, Page, invalid, invalid_for, removed, stored, through, time};
use crate::Fault;
use chapar_policy::{Reason, code, validate};
use chapar_store::PolicyRow;
use chapar_terms::{PolicyId, canonical_json, limits};
use serde_json::{Map, Value, json};

/// Spellings of the type.
const SET: [&str; 3] = ["Set", "odrl:Set", "http://www.w3.org/ns/odrl/2/Set"];

/// An ODRL Set fit to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicySet {
    id: PolicyId,
    members: Map<String, Value>,
    /// For the participant alone; none leaves those that it has.
    private_properties: Option<Map<String, Value>>,
    findings: Vec<Reason>,
}

impl PolicySet {
    /// Reads a policy that is to be known as `id`.
    ///
    /// # Errors
    /// It is no ODRL Set, has neither permission nor prohibition, or breaks the grammar; each reason says where.
    pub fn parse(id: &str, value: Value) -> Result<Self, Fault> {
        let id = PolicyId::parse(id)?;
        let Value::Object(mut members) = value else {
            return Err(wrong("a policy is a JSON object"));
        };
        if !members
            .remove("@type")
            .as_ref()
            .and_then(Value::as_str)
            .is_some_and(|kind| SET.contains(&kind))
        {
            return Err(wrong("`@type` must be `Set`"));
        }
        if members
            .remove("@id")
            .is_some_and(|own| own.as_str() != Some(id.as_str()))
        {
            return Err(wrong("`@id` must be the id in the address, or be left out"));
        }
        if ["target", "assigner", "assignee"]
            .iter()
            .any(|name| members.contains_key(*name))
        {
            return Err(wrong(
                "`target`, `assigner` and `assignee` are named by the offer and the agreement",
            ));
        }
        // The one context of the protocol is added when the policy is sent.
        members.remove("@context");
        if canonical_json(&Value::Object(members.clone())).len() > limits::MESSAGE_BYTES / 4 {
            return Err(wrong("a policy takes at most a quarter of a protocol message"));
        }
        chapar_dsp::check_rules(&members).map_err(|malformed| wrong(malformed.why))?;
        let (faults, findings): (Vec<_>, Vec<_>) = validate(&members)
            .into_iter()
            .partition(|reason| [code::MALFORMED, code::TOO_LARGE].contains(&reason.code));
        if !faults.is_empty() {
            return Err(invalid_for(
                "wrong-policy",
                faults.iter().map(ToString::to_string).collect(),
            ));
        }
        members.insert("@type".to_owned(), json!("Set"));
        Ok(Self {
            id,
            members,
            private_properties: None,
            findings,
        })
    }

    /// The same with what is for the participant alone.
    #[must_use]
    pub fn with_private_properties(mut self, properties: Map<String, Value>) -> Self {
        self.private_properties = Some(properties);
        self
    }
}

impl PolicySet {
    /// Checks all that does not hang on what is there already.
    ///
    /// # Errors
    /// [`Fault::Invalid`], as [`Desk::put_policy`] would say it.
    pub fn check(&self) -> Result<(), Fault> {
        self.private_text().map(drop)
    }

    /// What is written down of the private properties, where any are given.
    fn private_text(&self) -> Result<Option<String>, Fault> {
        self.private_properties.as_ref().map(properties_text).transpose()
    }

    /// What this node cannot judge in it, a sentence each; there it denies.
    pub fn not_judged(&self) -> Vec<String> {
        self.findings.iter().map(ToString::to_string).collect()
    }
}

/// The same of the rules of an agreement.
pub fn not_judged(rules: &Map<String, Value>) -> Vec<String> {
    validate(rules).iter().map(ToString::to_string).collect()
}

impl Desk {
    /// Adds or replaces a policy. Agreements made under an earlier one keep theirs.
    ///
    /// # Errors
    /// [`Fault::Conflict`] or [`Fault::NotFound`] when there is not what `expect` says.
    pub async fn put_policy(&self, policy: PolicySet, expect: Expect) -> Result<Value, Fault> {
        let desk = self.clone();
        through(async move { desk.write_policy(&policy, expect).await }).await
    }

    async fn write_policy(&self, policy: &PolicySet, expect: Expect) -> Result<Value, Fault> {
        let _turn = self.index_turn().await;
        let id = policy.id.as_str();
        let now = self.now_ms();
        let before = self.runtime.inner.store.policy(self.slug(), id).await?;
        expect.check(before.is_some(), "policy", id)?;
        let row = PolicyRow {
            participant: self.slug().to_owned(),
            id: id.to_owned(),
            body: Value::Object(policy.members.clone()).to_string(),
            private_properties: match (policy.private_text()?, &before) {
                (Some(text), _) => text,
                (None, Some(before)) => before.private_properties.clone(),
                (None, None) => "{}".to_owned(),
            },
            created_at: before.map_or(now, |row| row.created_at),
            updated_at: now,
        };
        let view = policy_view(&row)?;
        let put = self.runtime.inner.store.put_policy(row).await;
        // What may be durable is followed as what is.
        self.follow_policy(id).await;
        put?;
        self.note("put", "policy", id);
        Ok(with_findings(view, &policy.findings))
    }

    /// Has the register follow what is offered under a policy.
    async fn follow_policy(&self, id: &str) {
        let offered = &self.runtime.inner.offered;
        match self.offered_under(id).await {
            Ok(assets) => offered.wake_for(self.slug(), assets),
            Err(fault) => {
                tracing::warn!(participant = self.slug(), %fault, "what a policy concerns could not be read: all that is offered is looked at");
                offered.wake(self.slug());
            }
        }
    }

    async fn offered_under(&self, policy: &str) -> Result<Vec<String>, Fault> {
        let (store, mut assets) = (&self.runtime.inner.store, Vec::new());
        for definition in store.definitions_with_policy(self.slug(), policy).await? {
            assets.extend(store.assets_of_definition(self.slug(), &definition).await?);
        }
        Ok(assets)
    }

    /// One policy, with what this node will not be able to judge in it.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn policy(&self, id: &str) -> Result<Value, Fault> {
        let row = self
            .runtime
            .inner
            .store
            .policy(self.slug(), id)
            .await?
            .ok_or(Fault::NotFound)?;
        let findings = match stored(&row.body)? {
            Value::Object(mut members) => {
                members.remove("@type");
                validate(&members)
            }
            _ => return Err(Fault::Internal(format!("policy `{id}` is no object"))),
        };
        Ok(with_findings(policy_view(&row)?, &findings))
    }

    /// Policies by id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_policies(&self, page: &Page) -> Result<Value, Fault> {
        let rows = self
            .runtime
            .inner
            .store
            .list_policies(self.slug(), page.after(), page.reach())
            .await?;
        page.list(rows, |row| row.id.clone(), policy_view)
    }

    /// Removes a policy.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] when a contract definition names it.
    pub async fn delete_policy(&self, id: &str) -> Result<(), Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move {
            let _turn = desk.index_turn().await;
            removed(desk.runtime.inner.store.delete_policy(desk.slug(), &id).await?)?;
            desk.note("delete", "policy", &id);
            Ok(())
        })
        .await
    }
}

fn wrong(reason: impl Into<String>) -> Fault {
    invalid("wrong-policy", reason)
}

fn policy_view(row: &PolicyRow) -> Result<Value, Fault> {
    let view = json!({
        "id": row.id,
        "policy": stored(&row.body)?,
        "createdAt": time(row.created_at),
        "updatedAt": time(row.updated_at),
    });
    add_private_properties(view, &row.private_properties)
}

fn with_findings(mut view: Value, findings: &[Reason]) -> Value {
    let findings: Vec<_> = findings
        .iter()
        .map(|finding| json!({ "code": finding.code, "path": finding.path, "detail": finding.detail }))
        .collect();
    if let Some(members) = view.as_object_mut() {
        members.insert("findings".to_owned(), Value::Array(findings));
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<PolicySet, Fault> {
        PolicySet::parse("p", value)
    }

    #[test]
    fn a_set_with_a_rule() {
        let policy =
            read(json!({ "@context": "x", "@id": "p", "@type": "Set", "permission": [{ "action": "use" }] })).unwrap();
        assert_eq!(
            Value::Object(policy.members),
            json!({ "@type": "Set", "permission": [{ "action": "use" }] })
        );
        assert_eq!(policy.findings, []);
        let forbids = read(json!({ "@type": "odrl:Set", "prohibition": [{ "action": "distribute" }] })).unwrap();
        assert_eq!(
            forbids.findings.first().map(|finding| finding.code),
            Some(code::NO_PERMISSION)
        );
    }

    #[test]
    fn an_unknown_operand_is_taken_and_told() {
        let constraint = json!([{ "leftOperand": "weather", "operator": "eq", "rightOperand": "fair" }]);
        let policy =
            read(json!({ "@type": "Set", "permission": [{ "action": "use", "constraint": constraint }] })).unwrap();
        assert_eq!(
            policy.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(),
            [code::UNKNOWN_OPERAND]
        );
    }

    #[test]
    fn what_is_no_set_is_refused() {
        let rule = json!([{ "action": "use" }]);
        for bad in [
            json!([]),
            json!({ "permission": rule }),
            json!({ "@type": "Offer", "permission": rule }),
            json!({ "@type": "Set" }),
            json!({ "@type": "Set", "permission": [] }),
            json!({ "@type": "Set", "obligation": rule }),
            json!({ "@type": "Set", "@id": "q", "permission": rule }),
            json!({ "@type": "Set", "target": "a", "permission": rule }),
            json!({ "@type": "Set", "permission": [{}] }),
            json!({ "@type": "Set", "permission": [{ "action": "use", "constraint": [{ "leftOperand": "dateTime" }] }] }),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
