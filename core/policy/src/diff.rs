//! Where an agreement differs from its offer, told part by part. What two policies mean is not compared, only what they say.

use crate::normal::{Node, Order, Shape};
use chapar_terms::Digest;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

/// Most differences told; the first ones say enough to a person, and a hostile agreement could bring thousands.
pub const DIFFERENCES: usize = 64;
/// Longest value shown in a line, in characters.
const SHOWN: usize = 160;

/// One place where two policies differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// A JSON pointer into the offered policy, or into the agreed one where the offered one has no such place.
    pub path: String,
    /// What was offered; none if only the agreement has it.
    pub offered: Option<Value>,
    /// What was agreed; none if only the offer has it.
    pub agreed: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        match (&self.offered, &self.agreed) {
            (Some(offered), Some(agreed)) => {
                write!(f, "`{path}`: offered `{}`, agreed `{}`", shown(offered), shown(agreed))
            }
            (Some(offered), None) => write!(f, "`{path}`: offered `{}`, missing in the agreement", shown(offered)),
            (None, Some(agreed)) => write!(f, "`{path}`: not offered, agreed `{}`", shown(agreed)),
            (None, None) => write!(f, "`{path}`: no difference"),
        }
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > SHOWN {
        text.chars().take(SHOWN).chain("...".chars()).collect()
    } else {
        text
    }
}

/// Every place where `agreed` differs from `offered`, at most [`DIFFERENCES`]; empty exactly when their normal forms are
/// equal. Rules and constraints are sets, `andSequence` and unknown arrays are lists, one value equals an array of it.
pub fn diff(offered: &Value, agreed: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    pair(Some(&Node::of(offered)), Some(&Node::of(agreed)), &mut found);
    found
}

/// Compares what stands at one place on both sides; `None` where a side has nothing there.
fn pair(offered: Option<&Node<'_>>, agreed: Option<&Node<'_>>, found: &mut Vec<Difference>) {
    if found.len() >= DIFFERENCES || offered.map(|node| node.key) == agreed.map(|node| node.key) {
        return;
    }
    if let (Some(left), Some(right)) = (offered, agreed) {
        match (&left.shape, &right.shape) {
            (Shape::Members(offered), Shape::Members(agreed)) => return members(offered, agreed, found),
            (Shape::Items(order, _), _) | (_, Shape::Items(order, _)) => {
                return items(*order, elements(left), elements(right), found);
            }
            _ => {}
        }
    }
    let path = offered.or(agreed).map(|node| node.path.clone()).unwrap_or_default();
    let value = |node: &Node<'_>| node.source.clone();
    found.push(Difference {
        path,
        offered: offered.map(value),
        agreed: agreed.map(value),
    });
}

fn members(offered: &BTreeMap<&str, Node<'_>>, agreed: &BTreeMap<&str, Node<'_>>, found: &mut Vec<Difference>) {
    let names: BTreeSet<_> = offered.keys().chain(agreed.keys()).collect();
    for name in names {
        pair(offered.get(*name), agreed.get(*name), found);
    }
}

/// The elements of a node; a node that is no array is its own only element.
fn elements<'n, 'a>(node: &'n Node<'a>) -> Vec<&'n Node<'a>> {
    match &node.shape {
        Shape::Items(_, items) => items.iter().collect(),
        Shape::Plain(_) | Shape::Members(_) => vec![node],
    }
}

fn items<'n, 'a>(order: Order, offered: Vec<&'n Node<'a>>, agreed: Vec<&'n Node<'a>>, found: &mut Vec<Difference>) {
    match order {
        Order::Kept => {
            for n in 0..offered.len().max(agreed.len()) {
                pair(offered.get(n).copied(), agreed.get(n).copied(), found);
            }
        }
        Order::Free => set(offered, agreed, found),
    }
}

/// Takes away what both sides have, then what speaks of the same thing is compared, then what is left in order.
fn set<'n, 'a>(offered: Vec<&'n Node<'a>>, agreed: Vec<&'n Node<'a>>, found: &mut Vec<Difference>) {
    let (_, offered, agreed) = matched(offered, agreed, |node| node.key);
    let (akin, offered, agreed) = matched(offered, agreed, subject);
    for (left, right) in akin {
        pair(Some(left), Some(right), found);
    }
    for n in 0..offered.len().max(agreed.len()) {
        pair(offered.get(n).copied(), agreed.get(n).copied(), found);
    }
}

/// Pairs found, left over on the offered side, left over on the agreed side.
type Matched<'n, 'a> = (Vec<(&'n Node<'a>, &'n Node<'a>)>, Vec<&'n Node<'a>>, Vec<&'n Node<'a>>);

/// Pairs the elements of two sides that have the same key, each at most once.
fn matched<'n, 'a>(
    offered: Vec<&'n Node<'a>>,
    agreed: Vec<&'n Node<'a>>,
    key: impl Fn(&Node<'a>) -> Digest,
) -> Matched<'n, 'a> {
    let mut waiting: BTreeMap<Digest, VecDeque<usize>> = BTreeMap::new();
    for (n, node) in agreed.iter().enumerate() {
        waiting.entry(key(node)).or_default().push_back(n);
    }
    let (mut pairs, mut rest, mut taken) = (Vec::new(), Vec::new(), BTreeSet::new());
    for left in offered {
        let partner = waiting.get_mut(&key(left)).and_then(VecDeque::pop_front);
        match partner.and_then(|n| agreed.get(n).map(|node| (n, *node))) {
            Some((n, right)) => {
                taken.insert(n);
                pairs.push((left, right));
            }
            None => rest.push(left),
        }
    }
    let unpaired = agreed
        .into_iter()
        .enumerate()
        .filter(|(n, _)| !taken.contains(n))
        .map(|(_, node)| node)
        .collect();
    (pairs, rest, unpaired)
}

/// What an element speaks of: the left operand of a constraint, the action of a rule; nothing for the rest.
fn subject(node: &Node<'_>) -> Digest {
    let Shape::Members(members) = &node.shape else {
        return Digest::of(b"");
    };
    members
        .get("leftOperand")
        .or_else(|| members.get("action"))
        .map_or_else(|| Digest::of(b""), |member| member.key)
}
