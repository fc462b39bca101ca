//! From JSON members to the model: bounded, total, and with a reason for everything that does not fit.
//! What breaks the grammar fails the whole policy; what is well formed but not understood becomes `Test::Unknown`.

use crate::federations::is_federation;
use crate::model::{Among, Constraint, Policy, Rule, Test};
use crate::packed::packed;
use crate::pointer::{items, join};
use crate::reason::{Reason, code};
use crate::vocabulary::{Logic, Operand, Operator, spelled, term};
use crate::window::{Bound, Compare};
use chapar_terms::{Instant, limits};
use serde_json::{Map, Value};

/// Most rules and constraints of one policy together. Real policies have a dozen; the cost of a decision grows with their square at worst.
const NODES: usize = 256;
/// Deepest nesting of constraints; each level is two levels of JSON.
const DEPTH: usize = limits::JSON_DEPTH / 2;
/// Members of a policy that would change every rule of it.
const POLICY_NARROWS: [&str; 4] = ["inheritFrom", "constraint", "action", "refinement"];
/// Members of a rule that would make it apply to less.
const RULE_NARROWS: [&str; 5] = ["target", "assignee", "refinement", "relation", "function"];
/// Members of an atomic constraint that would change what it compares.
const CONSTRAINT_NARROWS: [&str; 3] = ["unit", "refinement", "rightOperandReference"];

impl Policy {
    /// Reads the members of a policy (of a Set, an Offer or an Agreement).
    ///
    /// # Errors
    /// The policy breaks the grammar or its bounds; show every reason to its author, or deny with them.
    pub fn parse(members: &Map<String, Value>) -> Result<Self, Vec<Reason>> {
        let mut reader = Reader {
            faults: Vec::new(),
            room: NODES,
        };
        let permissions = reader.rules(members, "permission", "");
        let prohibitions = reader.rules(members, "prohibition", "");
        let mut obligations = reader.rules(members, "obligation", "");
        obligations.extend(reader.rules(members, "duty", ""));
        if !reader.faults.is_empty() {
            return Err(reader.faults);
        }
        let unevaluated = narrowing(members, &POLICY_NARROWS, "");
        Ok(Self {
            members: members.clone(),
            permissions,
            prohibitions,
            obligations,
            unevaluated,
        })
    }
}

/// Carries the faults found so far and how many more nodes may be read.
struct Reader {
    faults: Vec<Reason>,
    room: usize,
}

impl Reader {
    fn malformed(&mut self, path: &str, why: impl Into<String>) {
        self.faults.push(Reason::new(code::MALFORMED, path, why));
    }

    /// Counts one rule or constraint; says once that there are too many.
    fn take_room(&mut self, path: &str) -> Option<()> {
        match self.room {
            0 => None,
            1 => {
                self.room = 0;
                let why = format!("more than {} rules and constraints", NODES - 1);
                self.faults.push(Reason::new(code::TOO_LARGE, path, why));
                None
            }
            _ => {
                self.room -= 1;
                Some(())
            }
        }
    }

    /// The one member of that name, whatever its spelling; two spellings at once contradict each other.
    fn member<'a>(&mut self, map: &'a Map<String, Value>, name: &str, path: &str) -> Option<(String, &'a Value)> {
        let found = spelled(map, name);
        if found.len() > 1 {
            self.malformed(path, format!("`{name}` is there under more than one spelling"));
        }
        found.first().map(|(key, value)| (join(path, key), *value))
    }

    fn rules(&mut self, map: &Map<String, Value>, name: &str, path: &str) -> Vec<Rule> {
        let Some((path, value)) = self.member(map, name, path) else {
            return Vec::new();
        };
        items(&path, value)
            .into_iter()
            .filter_map(|(path, value)| self.rule(path, value))
            .collect()
    }

    fn rule(&mut self, path: String, value: &Value) -> Option<Rule> {
        self.take_room(&path)?;
        let Value::Object(map) = value else {
            self.malformed(&path, "a rule must be an object");
            return None;
        };
        let mut unevaluated = narrowing(map, &RULE_NARROWS, &path);
        let actions = self.actions(map, &path, &mut unevaluated);
        let constraints = self.constraints(map, &path);
        // A duty of a permission has no duties of its own (its consequence is kept in the source), so this goes one level down.
        let duties = match spelled(map, "duty").is_empty() {
            true => Vec::new(),
            false => self.duties(map, &path),
        };
        Some(Rule {
            path,
            actions,
            constraints,
            duties,
            source: value.clone(),
            unevaluated,
        })
    }

    fn duties(&mut self, map: &Map<String, Value>, path: &str) -> Vec<Rule> {
        let Some((path, value)) = self.member(map, "duty", path) else {
            return Vec::new();
        };
        let mut duties = Vec::new();
        for (path, value) in items(&path, value) {
            match value {
                Value::Object(duty) if spelled(duty, "duty").is_empty() => duties.extend(self.rule(path, value)),
                Value::Object(_) => self.malformed(&path, "a duty has no duties of its own"),
                _ => self.malformed(&path, "a duty must be an object"),
            }
        }
        duties
    }

    /// The actions of a rule; an action narrowed by members of its own counts as not judged.
    fn actions(&mut self, map: &Map<String, Value>, path: &str, unevaluated: &mut Vec<Reason>) -> Vec<String> {
        let Some((path, value)) = self.member(map, "action", path) else {
            self.malformed(path, "a rule must have an `action`");
            return Vec::new();
        };
        let mut actions = Vec::new();
        for (path, value) in items(&path, value) {
            if let Some(action) = term(value) {
                actions.push(action.to_owned());
            } else if let Some(action) = value.get("@id").and_then(|id| term(id)) {
                actions.push(action.to_owned());
                let why = "the action is narrowed by members that this node does not judge";
                unevaluated.push(Reason::new(code::MEMBER_NOT_EVALUATED, &path, why));
            } else {
                self.malformed(&path, "an action must be a string");
            }
        }
        if actions.is_empty() {
            self.malformed(&path, "a rule must have at least one action");
        }
        actions
    }

    fn constraints(&mut self, map: &Map<String, Value>, path: &str) -> Vec<Constraint> {
        let Some((path, value)) = self.member(map, "constraint", path) else {
            return Vec::new();
        };
        items(&path, value)
            .into_iter()
            .filter_map(|(path, value)| self.constraint(path, value, DEPTH))
            .collect()
    }

    fn constraint(&mut self, path: String, value: &Value, depth: usize) -> Option<Constraint> {
        self.take_room(&path)?;
        if depth == 0 {
            self.faults.push(Reason::new(
                code::TOO_LARGE,
                &path,
                format!("constraints nest deeper than {DEPTH}"),
            ));
            return None;
        }
        let Value::Object(map) = value else {
            self.malformed(&path, "a constraint must be an object");
            return None;
        };
        let mut joined = Logic::ALL
            .into_iter()
            .filter(|(_, name)| !spelled(map, name).is_empty());
        let Some((logic, name)) = joined.next() else {
            return self.atomic(path, map);
        };
        if joined.next().is_some() || !spelled(map, "leftOperand").is_empty() {
            self.malformed(
                &path,
                "a constraint is either one comparison or one of `and`, `or`, `xone`, `andSequence`",
            );
            return None;
        }
        let (list_path, list) = self.member(map, name, &path)?;
        let parts = items(&list_path, list);
        if parts.is_empty() {
            self.malformed(&list_path, format!("`{name}` must have at least one part"));
        }
        let parts: Vec<_> = parts
            .into_iter()
            .filter_map(|(path, value)| self.constraint(path, value, depth - 1))
            .collect();
        Some(Constraint::Logical { path, logic, parts })
    }

    fn atomic(&mut self, path: String, map: &Map<String, Value>) -> Option<Constraint> {
        let left = self.word(map, "leftOperand", &path);
        let operator = self.word(map, "operator", &path);
        let narrowed = narrowing(map, &CONSTRAINT_NARROWS, &path).into_iter().next();
        let right = self.member(map, "rightOperand", &path);
        if right.is_none() && narrowed.is_none() {
            self.malformed(&path, "a constraint must have a `rightOperand`");
        }
        let (left, operator) = (left?, operator?);
        let unpacked = right.as_ref().and_then(|(_, value)| packed(value)).map(Value::Array);
        let (right_path, values) = match &right {
            Some((right_path, value)) => (right_path.as_str(), right_values(unpacked.as_ref().unwrap_or(value))),
            None => (path.as_str(), Vec::new()),
        };
        let test = match narrowed {
            Some(reason) => Test::Unknown(reason),
            None => test(&left, &operator, &values, [&left.0, &operator.0, right_path]).unwrap_or_else(Test::Unknown),
        };
        let shown = values.iter().map(|value| shown(value)).collect::<Vec<_>>().join(", ");
        Some(Constraint::Atomic {
            path,
            words: [left.1, operator.1, shown],
            test,
        })
    }

    /// A term that must be there, with its place.
    fn word(&mut self, map: &Map<String, Value>, name: &str, path: &str) -> Option<(String, String)> {
        let Some((place, value)) = self.member(map, name, path) else {
            self.malformed(path, format!("a constraint must have `{name}`"));
            return None;
        };
        let found = match items(&place, value).as_slice() {
            [(place, value)] => term(value).map(|word| (place.clone(), word.to_owned())),
            _ => None,
        };
        if found.is_none() {
            self.malformed(&place, format!("`{name}` must be one string"));
        }
        found
    }
}

/// A reason for each member there that narrows and is not judged.
fn narrowing(map: &Map<String, Value>, names: &[&str], path: &str) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for name in names {
        for (key, _) in spelled(map, name) {
            let why = format!("`{name}` narrows what is permitted here in a way that this node does not judge");
            reasons.push(Reason::new(code::MEMBER_NOT_EVALUATED, &join(path, key), why));
        }
    }
    reasons
}

/// The values of a right operand, taken out of `{"@value": ...}` and `{"@id": ...}`.
fn right_values(value: &Value) -> Vec<&Value> {
    let values = match value {
        Value::Array(values) => values.iter().collect(),
        single => vec![single],
    };
    values
        .into_iter()
        .map(|value| value.get("@value").or_else(|| value.get("@id")).unwrap_or(value))
        .collect()
}

/// A value for a sentence: strings bare, the rest as JSON, cut when long.
fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() > 120 {
        text.chars().take(120).chain("...".chars()).collect()
    } else {
        text
    }
}

/// What the comparison asks. `places` are the pointers of its left operand, operator and right operand.
fn test(
    left: &(String, String),
    operator: &(String, String),
    values: &[&Value],
    places: [&str; 3],
) -> Result<Test, Reason> {
    let [left_place, operator_place, right_place] = places;
    let operand = Operand::parse(&left.1).ok_or_else(|| {
        Reason::new(
            code::UNKNOWN_OPERAND,
            left_place,
            format!("the left operand `{}` is not known to this node", left.1),
        )
    })?;
    let known = Operator::parse(&operator.1).ok_or_else(|| {
        Reason::new(
            code::UNKNOWN_OPERATOR,
            operator_place,
            format!("the operator `{}` is none of ODRL's", operator.1),
        )
    })?;
    let meaningless = || {
        let why = format!("the operator `{}` says nothing about `{}`", operator.1, left.1);
        Reason::new(code::OPERATOR_NOT_MEANINGFUL, operator_place, why)
    };
    let unfit = |why: &str| {
        Reason::new(
            code::BAD_RIGHT_OPERAND,
            right_place,
            format!("`{}` needs {why}", left.1),
        )
    };
    match operand {
        Operand::Participant => {
            let (among, ids) = named(known, values, "participant id", meaningless, unfit)?;
            Ok(Test::Participant(among, ids))
        }
        Operand::MemberOf => {
            let (among, ids) = named(known, values, "id of a federation", meaningless, unfit)?;
            match ids.iter().all(|id| is_federation(id)) {
                true => Ok(Test::MemberOf(among, ids)),
                false => Err(unfit(
                    "ids of federations, `urn:chapar:federation:` and the SHA-256 of the genesis",
                )),
            }
        }
        Operand::DateTime | Operand::InForceDate => {
            let compare = Compare::of(known).ok_or_else(meaningless)?;
            let wanted = match operand {
                Operand::InForceDate => {
                    "one date-time with an offset, or `contractAgreement+` a number and s, m, h or d"
                }
                _ => "one date-time with an offset (RFC 3339)",
            };
            bound(operand, values)
                .map(|bound| Test::Time(compare, bound))
                .ok_or_else(|| unfit(wanted))
        }
    }
}

/// Whom a list of ids names or leaves out.
fn named(
    operator: Operator,
    values: &[&Value],
    what: &str,
    meaningless: impl Fn() -> Reason,
    unfit: impl Fn(&str) -> Reason,
) -> Result<(Among, Vec<String>), Reason> {
    let among = match operator {
        Operator::Eq | Operator::IsAnyOf => Among::Any,
        Operator::Neq | Operator::IsNoneOf => Among::None,
        _ => return Err(meaningless()),
    };
    let single = matches!(operator, Operator::Eq | Operator::Neq);
    if values.is_empty() || (single && values.len() > 1) {
        let number = if single { "one" } else { "at least one" };
        return Err(unfit(&format!("{number} {what}")));
    }
    let ids: Option<Vec<String>> = values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
    ids.map(|ids| (among, ids))
        .ok_or_else(|| unfit(&format!("each {what} as a string")))
}

fn bound(operand: Operand, values: &[&Value]) -> Option<Bound> {
    let [value] = values else { return None };
    let text = value.as_str()?;
    match (Instant::parse_rfc3339(text), operand) {
        (Ok(instant), _) => Some(Bound::At(instant)),
        (Err(_), Operand::InForceDate) => Bound::parse_relative(text),
        (Err(_), _) => None,
    }
}
