//! The tables of flows (`flows.txt`, `offers.txt`) as data, and what each flow asks of the automaton that decides for the node.
//!
//! Refuses to play them: that is [`crate::player`].

use crate::words::{Kind, Side, Word};

/// One row of the table.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Its name in the conformance suite that it retells.
    pub id: String,
    /// The dataset of a negotiation, the label of the agreement of a transfer.
    pub about: String,
    /// What it is, in words.
    pub title: String,
    /// What happens.
    pub part: Part,
}

/// What a flow consists of.
#[derive(Clone, Debug)]
pub enum Part {
    /// One look at what is published.
    Reading(Reading),
    /// A case with its steps.
    Case {
        /// Which kind.
        kind: Kind,
        /// What the node plays.
        node: Side,
        /// In order.
        steps: Vec<Step>,
        /// Where both sides stand at the end.
        ends: String,
    },
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The version document.
    Version,
    /// The catalogue, which must hold the dataset.
    Catalog,
    /// The dataset itself.
    Dataset,
    /// A dataset that is not there.
    NoDataset,
}

/// One step of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The other side says it, the node takes it.
    Taken(Word),
    /// The other side says it, the node refuses it.
    Refused(Word),
    /// The node says it because somebody decided so.
    Decided(Word),
    /// The node says it by itself.
    ByItself(Word),
    /// The other side reads where the case stands, and waits until that is where its steps led.
    Seen,
}

/// When a case comes to stand at `state`, the decision is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// A wire name.
    pub state: &'static str,
    /// What to say.
    pub say: Word,
}

impl Flow {
    /// What the automaton has to decide, in order. The node's first message is no rule: it begins the case.
    pub fn script(&self) -> Vec<Rule> {
        let Part::Case { steps, .. } = &self.part else {
            return Vec::new();
        };
        let mut rules = Vec::new();
        let mut state = None;
        for step in steps {
            if let (Step::Decided(say), Some(state)) = (step, state) {
                rules.push(Rule { state, say: *say });
            }
            if let Step::Taken(word) | Step::Decided(word) | Step::ByItself(word) = step {
                state = Some(word.state());
            }
        }
        rules
    }

    /// The kind of its case, if it has one.
    pub fn kind(&self) -> Option<Kind> {
        match &self.part {
            Part::Case { kind, .. } => Some(*kind),
            Part::Reading(_) => None,
        }
    }

    /// What the node plays; in a reading it publishes.
    pub fn node(&self) -> Side {
        match &self.part {
            Part::Case { node, .. } => *node,
            Part::Reading(_) => Side::Provider,
        }
    }
}

/// All flows of the conformance suite, in the order of the table.
pub fn table() -> Vec<Flow> {
    read(include_str!("../flows.txt"))
}

/// The negotiations that the provider begins, in the order of their table.
pub fn offers() -> Vec<Flow> {
    read(include_str!("../offers.txt"))
}

fn read(text: &str) -> Vec<Flow> {
    let rows = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    rows.map(|line| parse(line).unwrap_or_else(|why| panic!("{why}\n{line}")))
        .collect()
}

/// A flow that stands in no table: the negotiation that a transfer needs beforehand.
pub fn negotiation(about: &str, node: Side) -> Flow {
    let steps = match node {
        Side::Provider => "> request < agreement > verification < finalized",
        Side::Consumer => "< request > agreement < verification > finalized",
    };
    parse(&format!("CN:00-00 {about} {steps} = FINALIZED | before a transfer")).expect("the flow is well formed")
}

fn parse(line: &str) -> Result<Flow, String> {
    let (left, title) = line.split_once('|').ok_or("no `|` before the title")?;
    let mut words = left.split_whitespace();
    let id = words.next().ok_or("no id")?;
    let about = words.next().ok_or("no dataset or agreement")?;
    let rest: Vec<&str> = words.collect();
    let part = match rest.as_slice() {
        ["?", "version"] => Part::Reading(Reading::Version),
        ["?", "catalog"] => Part::Reading(Reading::Catalog),
        ["?", "dataset"] => Part::Reading(Reading::Dataset),
        ["?!", "dataset"] => Part::Reading(Reading::NoDataset),
        _ => parse_case(id, &rest)?,
    };
    Ok(Flow {
        id: id.to_owned(),
        about: about.to_owned(),
        title: title.trim().to_owned(),
        part,
    })
}

fn parse_case(id: &str, words: &[&str]) -> Result<Part, String> {
    let [steps @ .., "=", ends] = words else {
        return Err("no `= STATE`".to_owned());
    };
    let steps: Result<Vec<Step>, String> = steps
        .chunks(2)
        .map(|pair| match pair {
            ["?", "state"] => Ok(Step::Seen),
            [mark, name] => step(
                mark,
                Word::parse(name).ok_or_else(|| format!("`{name}` is no message"))?,
            ),
            _ => Err("a mark without a message".to_owned()),
        })
        .collect();
    let steps = steps?;
    // Who speaks first plays the side whose message begins a case: an offer is the provider's, a request the consumer's.
    let node = match steps.first() {
        Some(Step::Taken(Word::Offer)) => Side::Consumer,
        Some(Step::Decided(word)) if *word != Word::Offer => Side::Consumer,
        _ => Side::Provider,
    };
    let kind = if id.starts_with("TP") {
        Kind::Transfer
    } else {
        Kind::Negotiation
    };
    Ok(Part::Case {
        kind,
        node,
        steps,
        ends: (*ends).to_owned(),
    })
}

fn step(mark: &str, word: Word) -> Result<Step, String> {
    Ok(match mark {
        ">" => Step::Taken(word),
        ">!" => Step::Refused(word),
        "<" => Step::Decided(word),
        "<*" => Step::ByItself(word),
        _ => return Err(format!("`{mark}` is no mark")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let flows = table();
        assert_eq!(flows.len(), 67);
        let mut ids: Vec<&str> = flows.iter().map(|flow| flow.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 67, "an id stands twice");
        let count = |family: &str| {
            flows
                .iter()
                .filter(|flow| flow.id.split(':').next() == Some(family))
                .count()
        };
        assert_eq!(
            ["MET", "CAT", "CN", "CN_C", "TP", "TP_C"].map(count),
            [1, 3, 15, 16, 16, 16]
        );
    }

    #[test]
    fn a_flow_ends_where_its_steps_lead() {
        for flow in table().into_iter().chain(offers()) {
            let Part::Case { steps, ends, .. } = &flow.part else {
                continue;
            };
            let state = steps.iter().fold("", |state, step| match step {
                Step::Taken(word) | Step::Decided(word) | Step::ByItself(word) => word.state(),
                Step::Refused(_) | Step::Seen => state,
            });
            assert_eq!(state, ends, "{}", flow.id);
        }
    }

    #[test]
    fn an_offer_begins_as_its_side_speaks() {
        for flow in offers() {
            let Part::Case { node, steps, .. } = &flow.part else {
                panic!("{} is no case", flow.id);
            };
            let begun_by_the_node = steps.first() == Some(&Step::Decided(Word::Offer));
            assert_eq!(*node == Side::Provider, begun_by_the_node, "{}", flow.id);
        }
    }

    #[test]
    fn a_script_holds_what_is_decided_and_nothing_else() {
        let script = |id: &str| -> Vec<String> {
            let flow = table().into_iter().find(|flow| flow.id == id).unwrap();
            flow.script()
                .iter()
                .map(|rule| format!("{} {}", rule.state, rule.say.decision()))
                .collect()
        };
        assert_eq!(script("CN:01-02"), ["REQUESTED offer", "REQUESTED terminate"]);
        assert_eq!(script("CN_C:02-02"), ["REQUESTED terminate"]);
        assert_eq!(script("TP:02-04"), ["REQUESTED start"]);
        assert_eq!(script("TP_C:01-04"), Vec::<String>::new());
    }
}
