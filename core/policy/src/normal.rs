//! The normal form of a policy: what remains when spelling, order of sets and lone arrays are taken away.
//! Compares nothing itself; `diff` does.

use crate::packed::packed;
use crate::pointer::join;
use crate::vocabulary::{one_spelling, operand_spelling, plain, term};
use chapar_terms::{Digest, canonical_json};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Members whose arrays have no order in ODRL. All others keep theirs, `andSequence` and unknown ones above all.
const UNORDERED: [&str; 14] = [
    "permission",
    "prohibition",
    "obligation",
    "duty",
    "remedy",
    "consequence",
    "constraint",
    "refinement",
    "and",
    "or",
    "xone",
    "action",
    "profile",
    "rightOperand",
];
/// Members for which an empty array says the same as no member.
const EMPTY_IS_ABSENT: [&str; 7] = [
    "permission",
    "prohibition",
    "obligation",
    "duty",
    "constraint",
    "refinement",
    "profile",
];
/// A part of a policy in normal form, which still knows where it came from.
pub(crate) struct Node<'a> {
    /// Where it stands in its own document, as a JSON pointer.
    pub(crate) path: String,
    /// As it was written.
    pub(crate) source: &'a Value,
    /// Equal for equal normal forms.
    pub(crate) key: Digest,
    pub(crate) shape: Shape<'a>,
}

/// What a node is made of.
pub(crate) enum Shape<'a> {
    /// A string, number, boolean or null, with its spelling made plain.
    Plain(Value),
    /// An object.
    Members(BTreeMap<&'a str, Node<'a>>),
    /// An array of none or several elements, as written; an array of one is its element.
    Items(Order, Vec<Node<'a>>),
}

/// Whether the order of an array says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// It does.
    Kept,
    /// It does not.
    Free,
}

/// What is known of a value from the name of its member.
#[derive(Clone, Copy)]
struct Place {
    order: Order,
    holds: Holds,
}

/// What stands in a member.
#[derive(Clone, Copy)]
enum Holds {
    /// A word of a vocabulary, and how its spellings become one.
    Word(fn(&str) -> Cow<'_, str>),
    /// What a constraint compares with.
    RightOperand,
    /// Anything else.
    Other,
}

impl Place {
    fn of(name: &str) -> Self {
        let order = if UNORDERED.contains(&name) {
            Order::Free
        } else {
            Order::Kept
        };
        let holds = match name {
            "leftOperand" => Holds::Word(operand_spelling),
            "action" | "operator" => Holds::Word(one_spelling),
            "rightOperand" => Holds::RightOperand,
            _ => Holds::Other,
        };
        Self { order, holds }
    }
}

/// The normal form of a policy or a part of it: ODRL words in plain spelling, arrays of one as their element, sets in one
/// fixed (otherwise meaningless) order, empty sets left out. Unknown members stay. Equal forms mean equal policies, so the
/// digest of the canonical JSON of the form names the policy.
pub fn normal_form(value: &Value) -> Value {
    Node::of(value).value()
}

impl<'a> Node<'a> {
    /// Brings a whole document into normal form.
    pub(crate) fn of(document: &'a Value) -> Self {
        Self::read(
            document,
            String::new(),
            Place {
                order: Order::Kept,
                holds: Holds::Other,
            },
        )
    }

    fn read(source: &'a Value, path: String, place: Place) -> Self {
        if let Holds::Word(spelling) = place.holds
            && let Some(word) = term(source)
        {
            return Self::plain(source, path, Value::from(spelling(word)));
        }
        if let Holds::RightOperand = place.holds
            && let Some(values) = packed(source)
        {
            let nodes = values.into_iter().map(|value| Self::plain(source, path.clone(), value));
            return Self::items(source, nodes.collect(), path, place.order);
        }
        match source {
            Value::Array(items) => match items.as_slice() {
                [only] => Self::read(only, join(&path, "0"), place),
                items => {
                    let nodes = items.iter().enumerate();
                    let nodes = nodes.map(|(n, item)| Self::read(item, join(&path, &n.to_string()), place));
                    Self::items(source, nodes.collect(), path, place.order)
                }
            },
            Value::Object(map) => match map.get("@value") {
                Some(value) if map.len() == 1 => Self::read(value, join(&path, "@value"), place),
                _ => Self::members(source, map, path),
            },
            other => Self::plain(source, path, other.clone()),
        }
    }

    fn plain(source: &'a Value, path: String, value: Value) -> Self {
        let key = Digest::of_parts(&[b"plain", &canonical_json(&value)]);
        Self {
            path,
            source,
            key,
            shape: Shape::Plain(value),
        }
    }

    fn items(source: &'a Value, nodes: Vec<Self>, path: String, order: Order) -> Self {
        let mut parts: Vec<&[u8]> = vec![b"items"];
        parts.extend(
            in_fixed_order(order, &nodes)
                .into_iter()
                .map(|node| node.key.as_bytes().as_slice()),
        );
        let key = Digest::of_parts(&parts);
        Self {
            path,
            source,
            key,
            shape: Shape::Items(order, nodes),
        }
    }

    fn members(source: &'a Value, map: &'a Map<String, Value>, path: String) -> Self {
        let mut members = BTreeMap::new();
        for (raw, value) in map {
            let stripped = plain(raw);
            // Two spellings of one member at once stay two members: neither may hide the other.
            let name = if stripped != raw && map.contains_key(stripped) {
                raw.as_str()
            } else {
                stripped
            };
            let empty = value.as_array().is_some_and(Vec::is_empty);
            if !(empty && EMPTY_IS_ABSENT.contains(&name)) {
                let name = if members.contains_key(name) { raw.as_str() } else { name };
                members.insert(name, Self::read(value, join(&path, raw), Place::of(name)));
            }
        }
        let names: Vec<_> = members.keys().map(|name| Digest::of(name.as_bytes())).collect();
        let mut parts: Vec<&[u8]> = vec![b"members"];
        for (name, node) in names.iter().zip(members.values()) {
            parts.extend([name.as_bytes().as_slice(), node.key.as_bytes().as_slice()]);
        }
        let key = Digest::of_parts(&parts);
        Self {
            path,
            source,
            key,
            shape: Shape::Members(members),
        }
    }

    fn value(&self) -> Value {
        match &self.shape {
            Shape::Plain(value) => value.clone(),
            Shape::Items(order, items) => in_fixed_order(*order, items).into_iter().map(Self::value).collect(),
            Shape::Members(members) => members
                .iter()
                .map(|(name, node)| ((*name).to_owned(), node.value()))
                .collect(),
        }
    }
}

/// The elements of an array in the order that the normal form gives them.
fn in_fixed_order<'n, 'a>(order: Order, nodes: &'n [Node<'a>]) -> Vec<&'n Node<'a>> {
    let mut nodes: Vec<_> = nodes.iter().collect();
    if order == Order::Free {
        nodes.sort_by_key(|node| node.key);
    }
    nodes
}
