//! Containers: how a term groups its values.
//!
//! Holds which combinations are legal. Refuses to know what is done with them (`expand`, `compact`).

use serde_json::Value;

/// A set of container keywords, possibly empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Container(u8);

impl Container {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const GRAPH: Self = Self(1);
    pub(crate) const ID: Self = Self(1 << 1);
    pub(crate) const INDEX: Self = Self(1 << 2);
    pub(crate) const LANGUAGE: Self = Self(1 << 3);
    pub(crate) const LIST: Self = Self(1 << 4);
    pub(crate) const SET: Self = Self(1 << 5);
    pub(crate) const TYPE: Self = Self(1 << 6);

    /// What a definition says; `None` when that is no legal container.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let container = match value {
            Value::String(name) => Self::of(name)?,
            Value::Array(names) if !names.is_empty() => {
                let mut whole = Self::NONE;
                for name in names {
                    whole = whole.and(Self::of(name.as_str()?)?);
                }
                whole
            }
            _ => return None,
        };
        container.is_legal().then_some(container)
    }

    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "@graph" => Self::GRAPH,
            "@id" => Self::ID,
            "@index" => Self::INDEX,
            "@language" => Self::LANGUAGE,
            "@list" => Self::LIST,
            "@set" => Self::SET,
            "@type" => Self::TYPE,
            _ => return None,
        })
    }

    /// One keyword, `@set` beside any but `@list`, or `@graph` with an index or an id, `@set` beside or not.
    fn is_legal(self) -> bool {
        let beside = Self(self.0 & !Self::SET.0);
        let of_graph = Self(beside.0 & !Self::GRAPH.0);
        match beside {
            Self::LIST => self == Self::LIST,
            _ if beside.0.count_ones() <= 1 => true,
            _ => beside.has(Self::GRAPH) && matches!(of_graph, Self::ID | Self::INDEX),
        }
    }

    /// Both together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is in it.
    pub(crate) const fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}
