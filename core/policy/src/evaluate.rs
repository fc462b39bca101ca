//! The meaning of constraints: four truth values and the logic over them. Rules and decisions are in `decide`.

use crate::decide::Situation;
use crate::model::{Among, Constraint, Rule, Test};
use crate::reason::{Reason, code};
use crate::vocabulary::Logic;
use chapar_terms::Instant;

/// What is known about a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// This node cannot judge it; whoever asks must take the careful side.
    Unknown,
    /// It is bound to an agreement that does not exist yet; it hinders nothing so far.
    Open,
}

/// Collects reasons, or spares the cost of writing them when only the answer is wanted.
pub(crate) struct Why {
    wanted: Wanted,
    pub(crate) reasons: Vec<Reason>,
}

/// What the asker needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The answer and why.
    Reasons,
    /// The answer alone.
    Answer,
}

impl Why {
    pub(crate) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            reasons: Vec::new(),
        }
    }

    pub(crate) fn say(&mut self, reason: impl FnOnce() -> Reason) {
        if self.wanted == Wanted::Reasons {
            self.reasons.push(reason());
        }
    }
}

/// How many parts of a logical constraint came out which way.
#[derive(Default)]
struct Tally {
    truths: usize,
    falses: usize,
    unknowns: usize,
    opens: usize,
}

impl Tally {
    fn add(&mut self, truth: Truth) {
        match truth {
            Truth::True => self.truths += 1,
            Truth::False => self.falses += 1,
            Truth::Unknown => self.unknowns += 1,
            Truth::Open => self.opens += 1,
        }
    }

    /// The truth of the whole; where nothing settles it, an unknown part outweighs an open one.
    fn joined(&self, logic: Logic) -> Truth {
        let settled = match logic {
            Logic::And | Logic::AndSequence => (self.falses > 0).then_some(Truth::False),
            Logic::Or => (self.truths > 0).then_some(Truth::True),
            Logic::Xone => (self.truths > 1).then_some(Truth::False),
        };
        let unsettled = match (self.unknowns, self.opens) {
            _ if chapar_terms::sabotaged("unknown-operand-permits") => None,
            (0, 0) => None,
            (0, _) => Some(Truth::Open),
            _ => Some(Truth::Unknown),
        };
        settled.or(unsettled).unwrap_or(match (logic, self.truths) {
            (Logic::And | Logic::AndSequence, _) | (Logic::Xone, 1) => Truth::True,
            (Logic::Or | Logic::Xone, _) => Truth::False,
        })
    }
}

/// Judges all constraints of a rule together; appends why when they do not hold or cannot be judged.
pub(crate) fn judge_rule(rule: &Rule, situation: &Situation<'_>, why: &mut Why) -> Truth {
    let mut tally = Tally::default();
    if !rule.unevaluated.is_empty() {
        rule.unevaluated.iter().for_each(|reason| why.say(|| reason.clone()));
        tally.add(Truth::Unknown);
    }
    for part in &rule.constraints {
        tally.add(constraint(part, situation, why));
    }
    tally.joined(Logic::And)
}

fn constraint(constraint: &Constraint, situation: &Situation<'_>, why: &mut Why) -> Truth {
    match constraint {
        Constraint::Atomic { path, words, test } => atomic(path, words, test, situation, why),
        Constraint::Logical { path, logic, parts } => logical(path, *logic, parts, situation, why),
    }
}

fn logical(path: &str, logic: Logic, parts: &[Constraint], situation: &Situation<'_>, why: &mut Why) -> Truth {
    let before = why.reasons.len();
    let mut tally = Tally::default();
    for part in parts {
        tally.add(constraint(part, situation, why));
    }
    let truth = tally.joined(logic);
    if matches!(truth, Truth::True | Truth::Open) {
        why.reasons.truncate(before);
    } else if logic == Logic::Xone && tally.truths > 1 {
        why.reasons.truncate(before);
        why.say(|| {
            let detail = format!("{} of the alternatives hold, exactly one may", tally.truths);
            Reason::new(code::CONSTRAINT_UNSATISFIED, path, detail)
        });
    }
    truth
}

fn atomic(path: &str, words: &[String; 3], test: &Test, situation: &Situation<'_>, why: &mut Why) -> Truth {
    let holds = match test {
        Test::Unknown(reason) => {
            why.say(|| reason.clone());
            return Truth::Unknown;
        }
        Test::Participant(among, ids) => {
            let named = ids.iter().any(|id| id == situation.counterparty.as_str());
            (*among == Among::Any) == named
        }
        Test::MemberOf(among, federations) => match is_member(federations, situation) {
            Ok(is_member) => (*among == Among::Any) == is_member,
            Err(unknown) => {
                why.say(|| not_followed(path, unknown));
                return Truth::Unknown;
            }
        },
        Test::Time(compare, bound) => match bound.resolve(situation.agreed_at) {
            Some(bound) => compare.holds(situation.now, bound),
            None => return Truth::Open,
        },
    };
    if holds {
        return Truth::True;
    }
    why.say(|| {
        let is = match test {
            Test::Time(..) => situation.now.to_string(),
            Test::Participant(..) | Test::MemberOf(..) | Test::Unknown(_) => situation.counterparty.to_string(),
        };
        let [left, operator, right] = words;
        let detail = match test {
            Test::MemberOf(among, _) => {
                let member = if *among == Among::Any { "no member" } else { "a member" };
                format!("`{is}` is {member}, the rule asks for `{operator}` `{right}`")
            }
            _ => format!("`{left}` is `{is}`, the rule asks for `{operator}` `{right}`"),
        };
        Reason::new(code::CONSTRAINT_UNSATISFIED, path, detail)
    });
    Truth::False
}

/// Whether the counterparty is a member of any of these; the one that is not followed here where that decides.
fn is_member<'a>(federations: &'a [String], situation: &Situation<'_>) -> Result<bool, &'a str> {
    let mut unknown = None;
    for federation in federations {
        match situation.federations.is_member(federation, situation.counterparty) {
            Some(true) => return Ok(true),
            Some(false) => {}
            None => unknown = Some(federation.as_str()),
        }
    }
    unknown.map_or(Ok(false), Err)
}

fn not_followed(path: &str, federation: &str) -> Reason {
    let detail =
        format!("this node does not follow the federation `{federation}`: its operator joins it by the genesis");
    Reason::new(code::FEDERATION_UNKNOWN, path, detail)
}

/// Appends every instant after `now` at which a time bound of the rule may change its answer: the bound itself and the millisecond after it.
pub(crate) fn turning_points(rule: &Rule, situation: &Situation<'_>, points: &mut Vec<Instant>) {
    let mut todo: Vec<&Constraint> = rule.constraints.iter().collect();
    while let Some(constraint) = todo.pop() {
        match constraint {
            Constraint::Logical { parts, .. } => todo.extend(parts),
            Constraint::Atomic {
                test: Test::Time(_, bound),
                ..
            } => {
                let Some(bound) = bound.resolve(situation.agreed_at) else {
                    continue;
                };
                points.extend(
                    [bound, bound.plus_ms(1)]
                        .into_iter()
                        .filter(|point| *point > situation.now),
                );
            }
            Constraint::Atomic { .. } => {}
        }
    }
}
