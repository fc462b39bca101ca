//! Taking over what a connector of the EDC family holds: read by its management API, written by ours, told in a report.
//!
//! Nothing is changed at the connector, and nothing that stands here already is overwritten. So an import can be tried (`Mode::Dry`),
//! broken off and repeated. Holds the order (this file), what is peculiar to `agreements`, when two things are the same (`same`), what a person must still see to
//! (`notes`), and the report. Refuses to know HTTP (`management`).

mod agreements;
mod notes;
mod report;
mod same;

pub use report::{Outcome, Report, Row};

use crate::Failure;
use crate::management::Management;
use crate::own_api::{segment, text};
use http::Method;
use serde_json::Value;

/// Whether anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only told what would be.
    Dry,
    /// Written.
    Write,
}

/// What is taken over: the path of each kind and its name for people, in the order in which one names another.
const KINDS: [Kind; 4] = [
    Kind {
        noun: "assets",
        name: "asset",
    },
    Kind {
        noun: "policydefinitions",
        name: "policy",
    },
    Kind {
        noun: "contractdefinitions",
        name: "contract definition",
    },
    Kind {
        noun: AGREEMENTS,
        name: "agreement",
    },
];
const AGREEMENTS: &str = "contractagreements";

/// A kind of thing of a management API.
#[derive(Clone, Copy)]
struct Kind {
    noun: &'static str,
    name: &'static str,
}

/// Takes everything of `from` over into `to`; `step` hears of each kind as it begins, with how many there are.
///
/// # Errors
/// One of the two does not answer. What was written until then stays; a repeat goes on from there.
pub async fn import(
    from: &Management,
    to: &Management,
    mode: Mode,
    mut step: impl FnMut(&str, usize),
) -> Result<Report, Failure> {
    let mut report = Report::default();
    for kind in KINDS {
        let things = from.all(kind.noun).await?;
        step(kind.name, things.len());
        if kind.noun == AGREEMENTS {
            agreements::take_over(from, to, kind, things, mode, &mut report).await?;
            continue;
        }
        for thing in things {
            report.add(take_over(to, kind, &thing, mode).await?);
        }
    }
    Ok(report)
}

/// The id under which both nodes know `thing`. Of an agreement each side may have one of its own beside the one that both know.
fn id_of(thing: &Value) -> &str {
    let ids = [text(thing, "agreementId"), text(thing, "@id")];
    ids.into_iter().find(|id| !id.is_empty()).unwrap_or_default()
}

async fn take_over(to: &Management, kind: Kind, thing: &Value, mode: Mode) -> Result<Row, Failure> {
    let id = id_of(thing);
    let tried = chapar_management::tried(kind.noun, thing);
    let there = to.find(&format!("/{}/{}", kind.noun, segment(id))).await?;
    let outcome = match (there, mode, &tried) {
        (Some(there), ..) if same::same(kind.noun, thing, &there) => Outcome::Unchanged,
        (Some(_), ..) => Outcome::Differs,
        (None, Mode::Dry, Ok(_)) => Outcome::Missing,
        (None, Mode::Dry, Err(why)) => Outcome::WouldRefuse(why.clone()),
        (None, Mode::Write, _) => match to.ask(Method::POST, &format!("/{}", kind.noun), Some(thing)).await? {
            Ok(_) => Outcome::Created,
            Err(refused) => Outcome::Refused(refused.told()),
        },
    };
    let mut notes = notes::of(kind.noun, thing);
    if matches!(outcome, Outcome::Created | Outcome::Unchanged | Outcome::Missing) {
        // Taken all the same: what it permits to nobody, it cannot give away.
        let denied = tried.unwrap_or_default();
        notes.extend(denied.iter().map(|why| format!("denies here: {why}")));
    }
    Ok(Row {
        kind: kind.name,
        id: id.to_owned(),
        outcome,
        notes,
    })
}
