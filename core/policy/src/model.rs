//! The policy as read: rules, constraints and the tests behind them. How JSON becomes this is in `parse`, what it means in `evaluate`.

use crate::reason::Reason;
use crate::vocabulary::{Logic, is_use};
use crate::window::{Bound, Compare};
use serde_json::{Map, Value};

/// A policy read and understood as far as this node understands policies; read once, it can be decided many times.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) members: Map<String, Value>,
    pub(crate) permissions: Vec<Rule>,
    pub(crate) prohibitions: Vec<Rule>,
    pub(crate) obligations: Vec<Rule>,
    /// Members of the policy itself that narrow every rule and are not judged here.
    pub(crate) unevaluated: Vec<Reason>,
}

impl Policy {
    /// Every member as it was read, unknown ones included.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }
}

/// A permission, prohibition or duty.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) path: String,
    pub(crate) actions: Vec<String>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) duties: Vec<Rule>,
    pub(crate) source: Value,
    /// Members of this rule that narrow it and are not judged here.
    pub(crate) unevaluated: Vec<Reason>,
}

impl Rule {
    /// Whether the rule is about the one action that is decided here.
    pub(crate) fn is_for_use(&self) -> bool {
        self.actions.iter().any(|action| is_use(action))
    }
}

/// A condition on a rule.
#[derive(Clone, Debug)]
pub(crate) enum Constraint {
    /// One comparison.
    Atomic {
        path: String,
        /// As written: left operand, operator, right operand; for reasons only.
        words: [String; 3],
        test: Test,
    },
    /// Several constraints joined.
    Logical {
        path: String,
        logic: Logic,
        parts: Vec<Constraint>,
    },
}

/// What an atomic constraint asks, made ready once.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// The counterparty is, or is not, among these.
    Participant(Among, Vec<String>),
    /// The counterparty is, or is not, a member of these federations.
    MemberOf(Among, Vec<String>),
    /// The time of the request against a bound.
    Time(Compare, Bound),
    /// This node cannot judge it, for this reason.
    Unknown(Reason),
}

/// Whether a list names those meant or those left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Among {
    /// One of the list.
    Any,
    /// None of the list.
    None,
}

impl Rule {
    /// Every part of the rule that this node cannot judge.
    pub(crate) fn unknowns(&self) -> Vec<Reason> {
        let mut unknowns = self.unevaluated.clone();
        let mut todo: Vec<&Constraint> = self.constraints.iter().rev().collect();
        while let Some(constraint) = todo.pop() {
            match constraint {
                Constraint::Logical { parts, .. } => todo.extend(parts.iter().rev()),
                Constraint::Atomic {
                    test: Test::Unknown(reason),
                    ..
                } => unknowns.push(reason.clone()),
                Constraint::Atomic { .. } => {}
            }
        }
        unknowns
    }
}
