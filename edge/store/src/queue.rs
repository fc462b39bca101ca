//! The writer's waiting room: one lane per participant, served in turns, so that a busy participant delays itself only.

use std::collections::{BTreeMap, VecDeque};

/// Items waiting, by participant.
pub(crate) struct Lanes<T> {
    lanes: BTreeMap<String, VecDeque<T>>,
    turns: VecDeque<String>,
}

/// Whether an item shares its transaction with others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Company {
    Shared,
    Alone,
}

impl<T> Lanes<T> {
    pub(crate) const fn new() -> Self {
        Self {
            lanes: BTreeMap::new(),
            turns: VecDeque::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// Puts an item at the end of its lane; gives it back when the lane already holds `bound` items.
    pub(crate) fn push(&mut self, participant: &str, item: T, bound: usize) -> Result<(), T> {
        if let Some(lane) = self.lanes.get_mut(participant) {
            if lane.len() >= bound {
                return Err(item);
            }
            lane.push_back(item);
        } else {
            self.lanes.insert(participant.to_owned(), VecDeque::from([item]));
            self.turns.push_back(participant.to_owned());
        }
        Ok(())
    }

    /// Takes the next group: one item of each lane in turn, up to `bound`; an item that wants to be alone is alone.
    pub(crate) fn take(&mut self, bound: usize, company: impl Fn(&T) -> Company) -> Vec<T> {
        let mut group = Vec::new();
        let mut held_back = Vec::new();
        while group.len() < bound {
            let Some(name) = self.turns.pop_front() else { break };
            let alone = self
                .lanes
                .get(&name)
                .and_then(VecDeque::front)
                .is_some_and(|item| company(item) == Company::Alone);
            if alone && !group.is_empty() {
                held_back.push(name);
                continue;
            }
            let next = self.lanes.get_mut(&name).and_then(VecDeque::pop_front);
            if self.lanes.get(&name).is_some_and(|lane| !lane.is_empty()) {
                self.turns.push_back(name);
            } else {
                self.lanes.remove(&name);
            }
            group.extend(next);
            if alone {
                break;
            }
        }
        // A lane that was held back goes first next time, or a stream of shared items would starve it.
        for name in held_back.into_iter().rev() {
            self.turns.push_front(name);
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(items: &[(&str, i32)]) -> Lanes<i32> {
        let mut lanes = Lanes::new();
        for (lane, item) in items {
            lanes.push(lane, *item, 100).unwrap();
        }
        lanes
    }

    #[test]
    fn a_busy_lane_does_not_delay_a_quiet_one() {
        let mut lanes = Lanes::new();
        for item in 0..50 {
            lanes.push("busy", item, 100).unwrap();
        }
        lanes.push("quiet", 100, 100).unwrap();
        assert_eq!(lanes.take(4, |_| Company::Shared), [0, 100, 1, 2]);
        lanes.push("quiet", 101, 100).unwrap();
        assert_eq!(lanes.take(3, |_| Company::Shared), [3, 101, 4]);
    }

    #[test]
    fn an_item_that_wants_to_be_alone_is_alone_keeps_its_place_and_is_not_starved() {
        let company = |item: &i32| if *item < 0 { Company::Alone } else { Company::Shared };
        let mut lanes = filled(&[("a", 1), ("a", -2), ("a", 3), ("b", 10), ("b", 11)]);
        assert_eq!(lanes.take(9, company), [1, 10, 11]);
        assert_eq!(lanes.take(9, company), [-2]);
        assert_eq!(lanes.take(9, company), [3]);
        assert!(lanes.is_empty());
    }

    #[test]
    fn a_full_lane_gives_the_item_back() {
        let mut lanes = filled(&[("a", 1), ("a", 2)]);
        assert_eq!(lanes.push("a", 3, 2), Err(3));
        assert_eq!(lanes.push("b", 4, 2), Ok(()));
    }
}
