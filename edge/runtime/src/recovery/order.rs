//! Why an own log is held and what its people said about that, as it is kept with the log; and what is told of it.

use super::ask::{Heard, Said};
use serde_json::{Map, Value, json};

/// Other nodes that are asked for one log by its people's word.
pub(crate) const MOST_PLACES: usize = 16;

/// Why a log is held, and what was said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Order {
    /// Why, in a word.
    pub code: String,
    /// Public addresses of nodes that may mirror it.
    pub from: Vec<String>,
    /// Whether a person has said that nobody has more of it than is found.
    pub nobody_has_more: bool,
}

impl Order {
    /// A store that is older than its folder remembers.
    pub(crate) const RESTORED: &str = "restored";
    /// A participant that was brought back with its keys alone.
    pub(super) const BURNT: &str = "burnt";
    /// The log has ended, and a copy of it from before was put back.
    pub(crate) const ENDED: &str = "discontinued";
    /// Somebody knows more of the log than is here.
    pub(crate) const BEHIND: &str = "behind";

    pub(super) fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            ..Self::default()
        }
    }

    /// Reads what is kept with a log. What says nothing is an order without a word.
    pub(crate) fn read(config: &str) -> Self {
        let config: Value = serde_json::from_str(config).unwrap_or_default();
        let held = config.get("held");
        let from = held.and_then(|held| held.get("from")?.as_array()).cloned();
        Self {
            code: held
                .and_then(|held| held.get("code")?.as_str())
                .unwrap_or(Self::RESTORED)
                .to_owned(),
            from: from
                .unwrap_or_default()
                .iter()
                .filter_map(|place| place.as_str().map(str::to_owned))
                .collect(),
            nobody_has_more: held.and_then(|held| held.get("nobodyHasMore")?.as_bool()) == Some(true),
        }
    }

    /// As it is kept.
    pub(crate) fn render(&self) -> String {
        let held = json!({ "code": self.code, "from": self.from, "nobodyHasMore": self.nobody_has_more });
        json!({ "held": held }).to_string()
    }
}

/// A log that is held.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    pub order: Order,
    /// What was answered when it was last asked about.
    pub heard: Vec<Heard>,
    /// What its people are told.
    pub todo: String,
}

impl Held {
    /// As it is shown.
    pub(crate) fn view(&self) -> Value {
        let asked: Vec<Value> = self.heard.iter().map(heard).collect();
        json!({ "code": self.order.code, "todo": self.todo, "asked": asked })
    }
}

fn heard(heard: &Heard) -> Value {
    let mut view = Map::new();
    view.insert("place".to_owned(), heard.place.as_str().into());
    let (name, value) = match &heard.said {
        Said::Knows(note) => ("size", Value::from(note.checkpoint().size)),
        Said::Ended(ending) => ("successor", ending.address.as_str().into()),
        Said::Unknown => ("why", "it does not know this log".into()),
        Said::Silent(why) => ("why", why.as_str().into()),
    };
    view.insert(name.to_owned(), value);
    view.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_was_kept() {
        let order = Order {
            code: Order::BEHIND.to_owned(),
            from: vec!["https://kz.example".to_owned()],
            nobody_has_more: true,
        };
        assert_eq!(Order::read(&order.render()), order);
        assert_eq!(
            Order::read(r#"{"held":{"code":"restored"}}"#),
            Order::new(Order::RESTORED)
        );
        assert!(!Order::read("{}").nobody_has_more);
    }
}
