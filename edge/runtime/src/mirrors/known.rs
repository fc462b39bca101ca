//! Where else a log may be had though nobody said so: at the nodes whose logs are mirrored here, which may mirror this one too.
//!
//! The members of a federation are among them, for their logs are mirrored. Such a node is asked to compare what it was shown, and when the
//! log itself is away. That it has no mirror of the log is no fault of it, and it is left alone for a while.

use super::manage::MIRRORS;
use super::watch::Keeper;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// Nodes that are asked of one log, however many are known.
const MOST: usize = 32;
/// How long a node is left alone that had nothing of a log.
const LEFT_ALONE: Duration = Duration::from_secs(60 * 60);

impl Keeper {
    /// The places that follow from what is mirrored here, and are not known to have nothing.
    pub(super) fn learned(&self) -> Vec<String> {
        if chapar_terms::sabotaged("mirror-learns-no-place") {
            return Vec::new();
        }
        let (runtime, mirror) = (&self.runtime, &self.mirror);
        let home = node_of(&mirror.address);
        let nodes: BTreeSet<String> = runtime
            .inner
            .mirrors
            .all()
            .iter()
            .filter_map(|other| node_of(&other.address).map(str::to_owned))
            .filter(|node| node != runtime.public_url() && Some(node.as_str()) != home)
            .collect();
        let now = Instant::now();
        let id = mirror.id().hex();
        let places = nodes.into_iter().map(|node| format!("{node}{MIRRORS}/{id}"));
        let is_asked = |place: &String| {
            let is_left_alone = self.left_alone.get(place).is_some_and(|until| *until > now);
            !is_left_alone && !mirror.places.contains(place)
        };
        places.filter(is_asked).take(MOST).collect()
    }

    /// A place that nobody named was of no use.
    pub(super) fn leave_alone(&mut self, place: &str) {
        if !self.mirror.places.iter().any(|named| named == place) && place != self.mirror.address {
            let now = Instant::now();
            self.left_alone.retain(|_, until| *until > now);
            self.left_alone.insert(place.to_owned(), now + LEFT_ALONE);
        }
    }
}

/// The node that publishes a log there: its address is the node's, the participant's name, and `log`.
fn node_of(log: &str) -> Option<&str> {
    let (node, _) = log.strip_suffix("/log")?.rsplit_once('/')?;
    node.contains("://").then_some(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_what_stands_before_its_participant() {
        assert_eq!(node_of("https://node.example/plant/log"), Some("https://node.example"));
        assert_eq!(
            node_of("https://example.org/chapar/plant/log"),
            Some("https://example.org/chapar")
        );
        for none in [
            "https://node.example/log",
            "https://node.example",
            "https://node.example/plant/tiles",
            "/log",
        ] {
            assert_eq!(node_of(none), None, "{none}");
        }
    }
}
