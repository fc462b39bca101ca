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
    /// It does, and brings so many bytes.
    Shared(usize),
    Alone,
}

/// How much one transaction takes.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    pub items: usize,
    /// A group that has as many takes no further item.
    pub bytes: usize,
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
    pub(crate) fn take(&mut self, bound: Bound, company: impl Fn(&T) -> Company) -> Vec<T> {
        let mut group = Vec::new();
        let mut held_back = Vec::new();
        let mut bytes = 0_usize;
        while group.len() < bound.items && bytes < bound.bytes {
            let Some(name) = self.turns.pop_front() else { break };
            let wanted = self.lanes.get(&name).and_then(VecDeque::front).map(&company);
            let alone = wanted == Some(Company::Alone);
            if let Some(Company::Shared(more)) = wanted {
                bytes = bytes.saturating_add(more);
            }
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

    const FOUR: Bound = Bound { items: 4, bytes: 100 };
    const NINE: Bound = Bound { items: 9, bytes: 100 };

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
        assert_eq!(lanes.take(FOUR, |_| Company::Shared(1)), [0, 100, 1, 2]);
        lanes.push("quiet", 101, 100).unwrap();
        assert_eq!(lanes.take(FOUR, |_| Company::Shared(1)), [3, 101, 4, 5]);
    }

    #[test]
    fn a_group_that_has_many_bytes_takes_no_more() {
        let mut lanes = filled(&[("a", 40), ("b", 50), ("c", 60), ("a", 200), ("b", 1)]);
        let bytes = |item: &i32| Company::Shared(usize::try_from(*item).unwrap());
        assert_eq!(lanes.take(NINE, bytes), [40, 50, 60], "the last one passes the bound");
        assert_eq!(
            lanes.take(NINE, bytes),
            [200],
            "one that is too large for any group is a group"
        );
        assert_eq!(lanes.take(NINE, bytes), [1]);
    }

    #[test]
    fn an_item_that_wants_to_be_alone_is_alone_keeps_its_place_and_is_not_starved() {
        let company = |item: &i32| if *item < 0 { Company::Alone } else { Company::Shared(1) };
        let mut lanes = filled(&[("a", 1), ("a", -2), ("a", 3), ("b", 10), ("b", 11)]);
        assert_eq!(lanes.take(NINE, company), [1, 10, 11]);
        assert_eq!(lanes.take(NINE, company), [-2]);
        assert_eq!(lanes.take(NINE, company), [3]);
        assert!(lanes.is_empty());
    }

    #[test]
    fn a_full_lane_gives_the_item_back() {
        let mut lanes = filled(&[("a", 1), ("a", 2)]);
        assert_eq!(lanes.push("a", 3, 2), Err(3));
        assert_eq!(lanes.push("b", 4, 2), Ok(()));
    }
}
