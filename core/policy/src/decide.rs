//! The decision: may the counterparty use the target now. The only place where a `Permit` is made.

use crate::evaluate::{Truth, Wanted, Why, judge_rule, turning_points};
use crate::federations::Federations;
use crate::model::{Policy, Rule};
use crate::reason::{Reason, code};
use chapar_terms::{Instant, ParticipantId};
use serde_json::{Map, Value};

/// All that a decision may depend on besides the policy.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The time of the request.
    pub now: Instant,
    /// Who asks; its id as it was authenticated.
    pub counterparty: &'a ParticipantId,
    /// Who belongs to which federation now.
    pub federations: &'a Federations,
    /// When the agreement was made; none in the catalogue and in a negotiation, where relative windows have not started.
    pub agreed_at: Option<Instant>,
}

/// The answer of a policy.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// The counterparty may use the target.
    Permit(Permit),
    /// It may not, for these reasons; never empty.
    Deny(Vec<Reason>),
}

/// The right to go on. Only a decision makes one, so whoever holds it has asked the policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Permit {
    duties: Vec<Duty>,
    prohibitions: Vec<Duty>,
    expires_at: Option<Instant>,
}

impl Permit {
    /// What the receiver has to do: the policy's obligations and the duties of the permissions that applied.
    pub fn duties(&self) -> &[Duty] {
        &self.duties
    }

    /// What the receiver must not do: the prohibitions of actions other than `use`, constraints unjudged.
    pub fn prohibitions(&self) -> &[Duty] {
        &self.prohibitions
    }

    /// The first instant at which the same question would be denied, if time alone will bring it.
    pub fn expires_at(&self) -> Option<Instant> {
        self.expires_at
    }
}

/// The answer alone, and for how long it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether the counterparty may use the target.
    pub permitted: bool,
    /// The first instant at which time may change the answer; none when it never will.
    pub until: Option<Instant>,
}

/// A rule that binds the receiver after the handing over.
#[derive(Clone, Debug, PartialEq)]
pub struct Duty {
    /// Where in the policy, as a JSON pointer.
    pub path: String,
    /// The actions, in plain ODRL words where they are ODRL's.
    pub actions: Vec<String>,
    /// The whole rule as it was written, its constraints included.
    pub rule: Value,
}

/// Decides whether the counterparty may `use` the target of the policy with these members.
pub fn decide(members: &Map<String, Value>, situation: &Situation<'_>) -> Decision {
    match Policy::parse(members) {
        Ok(policy) => policy.decide(situation),
        Err(faults) => Decision::Deny(faults),
    }
}

/// Everything about a policy that its author should know before it is used: faults of grammar, what this node will not
/// be able to judge and so deny, and a policy that permits nothing. Empty when the policy is fit for use.
pub fn validate(members: &Map<String, Value>) -> Vec<Reason> {
    match Policy::parse(members) {
        Ok(policy) => policy.findings(),
        Err(faults) => faults,
    }
}

impl Policy {
    /// Decides whether the counterparty may `use` the target.
    pub fn decide(&self, situation: &Situation<'_>) -> Decision {
        match self.judge(situation, Wanted::Reasons) {
            Ok(applied) => Decision::Permit(Permit {
                duties: bindings(
                    self.obligations
                        .iter()
                        .chain(applied.iter().flat_map(|rule| &rule.duties)),
                ),
                prohibitions: bindings(self.prohibitions.iter().filter(|rule| !rule.is_for_use())),
                expires_at: self.expiry(situation),
            }),
            Err(reasons) => Decision::Deny(reasons),
        }
    }

    /// Whether the counterparty may `use` the target, for an asker who keeps the answer: it stays right until the first bound of
    /// a time window that lies ahead. It is no [`Permit`]: nothing is handed over for it.
    pub fn standing(&self, situation: &Situation<'_>) -> Standing {
        Standing {
            permitted: self.judge(situation, Wanted::Answer).is_ok(),
            until: self.turning_points(situation).first().copied(),
        }
    }

    /// Whether the policy lets in whoever asks, whenever: a permission for `use` with no condition and no duty, and beside it nothing
    /// that forbids, obliges or cannot be judged. What rests on this answer cannot be taken back, so whatever is not plain is a no.
    pub fn admits_everyone(&self) -> bool {
        let is_plain =
            |rule: &Rule| rule.unevaluated.is_empty() && rule.constraints.is_empty() && rule.duties.is_empty();
        self.unevaluated.is_empty()
            && self.obligations.is_empty()
            && !self.prohibitions.iter().any(Rule::is_for_use)
            && self.permissions.iter().any(|rule| rule.is_for_use() && is_plain(rule))
    }

    /// What this node would not judge in the policy, and whether it permits anything at all.
    pub fn findings(&self) -> Vec<Reason> {
        let mut findings = self.unevaluated.clone();
        if !self.permissions.iter().any(Rule::is_for_use) {
            findings.push(no_permission());
        }
        for rule in self
            .permissions
            .iter()
            .chain(&self.prohibitions)
            .filter(|rule| rule.is_for_use())
        {
            findings.extend(rule.unknowns());
        }
        findings
    }

    /// The permissions that applied, or why the answer is no (if wanted).
    fn judge(&self, situation: &Situation<'_>, wanted: Wanted) -> Result<Vec<&Rule>, Vec<Reason>> {
        if !self.unevaluated.is_empty() {
            return Err(self.unevaluated.clone());
        }
        let mut why = Why::new(wanted);
        let mut applied = Vec::new();
        for permission in self.permissions.iter().filter(|rule| rule.is_for_use()) {
            if matches!(judge_rule(permission, situation, &mut why), Truth::True | Truth::Open) {
                applied.push(permission);
            }
        }
        if applied.is_empty() {
            return Err(if why.reasons.is_empty() {
                vec![no_permission()]
            } else {
                why.reasons
            });
        }
        for prohibition in self.prohibitions.iter().filter(|rule| rule.is_for_use()) {
            if let Some(reasons) = prohibits(prohibition, situation, wanted) {
                return Err(reasons);
            }
        }
        Ok(applied)
    }

    /// Between two turning points nothing changes, so asking again at each of them finds the first denial exactly.
    fn expiry(&self, situation: &Situation<'_>) -> Option<Instant> {
        self.turning_points(situation).into_iter().find(|point| {
            self.judge(
                &Situation {
                    now: *point,
                    ..*situation
                },
                Wanted::Answer,
            )
            .is_err()
        })
    }

    /// Every instant ahead at which a rule may change its answer, in order.
    fn turning_points(&self, situation: &Situation<'_>) -> Vec<Instant> {
        let mut points = Vec::new();
        for rule in self
            .permissions
            .iter()
            .chain(&self.prohibitions)
            .filter(|rule| rule.is_for_use())
        {
            turning_points(rule, situation, &mut points);
        }
        points.sort_unstable();
        points.dedup();
        points
    }
}

/// Why a prohibition of `use` stands against the request: it applies, or it cannot be told not to.
fn prohibits(prohibition: &Rule, situation: &Situation<'_>, wanted: Wanted) -> Option<Vec<Reason>> {
    let mut why = Why::new(wanted);
    let detail = match judge_rule(prohibition, situation, &mut why) {
        Truth::False | Truth::Open => return None,
        Truth::True => "a prohibition of `use` applies",
        Truth::Unknown => "a prohibition of `use` cannot be judged and is taken to apply",
    };
    let mut reasons = vec![Reason::new(code::PROHIBITED, &prohibition.path, detail)];
    // Parts that were judged and do not hold speak for the request; only the others explain the answer.
    reasons.extend(
        why.reasons
            .into_iter()
            .filter(|reason| reason.code != code::CONSTRAINT_UNSATISFIED),
    );
    Some(reasons)
}

fn no_permission() -> Reason {
    Reason::new(
        code::NO_PERMISSION,
        "/permission",
        "no permission is for the action `use`",
    )
}

fn bindings<'a>(rules: impl Iterator<Item = &'a Rule>) -> Vec<Duty> {
    rules
        .map(|rule| Duty {
            path: rule.path.clone(),
            actions: rule.actions.clone(),
            rule: rule.source.clone(),
        })
        .collect()
}
