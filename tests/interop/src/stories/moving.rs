//! Moving: what the foreign connector holds is taken over by `chapar import edc`, and its consumer goes on with us under the old
//! agreement.

use super::{Row, THEIRS, open_rules};
use crate::scene::Pair;
use crate::side::{Decides, Peer, Told, check, until};
use chapar_conformance::node::Participant;
use serde_json::Value;

pub(super) const ROWS: &[Row] = &[(
    "what it holds is taken over, and an agreement goes on here",
    THEIRS,
    moved,
)];

fn moved(pair: &Pair<'_>) -> Told<()> {
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    let agreement = pair.agreed(&published)?;
    let id = &pair.provider.peer().id;
    let successor = pair.scene.successor(id);
    let wanted = [published.dataset.as_str(), agreement.as_str()];

    let tried = imported(pair, &successor, &["--dry-run"])?;
    every(&tried, &wanted, "would be created")?;
    every(&imported(pair, &successor, &[])?, &wanted, "created")?;
    every(&imported(pair, &successor, &[])?, &wanted, "unchanged")?;

    let provider = Peer {
        id: id.clone(),
        dsp: successor.dsp.clone(),
    };
    let transfer = pair.consumer.transfer(&provider, &agreement)?;
    until("an address to fetch from", || pair.consumer.access(&transfer))?;
    let bytes = pair.scene.fetch_by_command(&transfer)?;
    check(bytes == published.content, || {
        format!("other bytes: {}", String::from_utf8_lossy(&bytes))
    })
}

/// The report of an import into `who`. Other stories left things behind that it may not take.
fn imported(pair: &Pair<'_>, who: &Participant, words: &[&str]) -> Told<Vec<Value>> {
    let report = pair.scene.import_by_command(who, words)?;
    let things = report["things"].as_array().cloned();
    things.ok_or_else(|| format!("no things: {report}"))
}

/// Whether everything of these ids, of whatever kind, came to `outcome`.
fn every(things: &[Value], ids: &[&str], outcome: &str) -> Told<()> {
    for id in ids {
        let of_it: Vec<&Value> = things.iter().filter(|thing| thing["id"] == *id).collect();
        let came = !of_it.is_empty() && of_it.iter().all(|thing| thing["outcome"] == outcome);
        check(came, || format!("`{id}` did not come to `{outcome}`: {of_it:?}"))?;
    }
    Ok(())
}
