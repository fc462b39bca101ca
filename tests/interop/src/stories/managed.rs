//! Our node asked by the foreign connector's own API, as a team that came from there asks it.

use super::{OURS, Row, THEIRS, open_rules};
use crate::scene::{Pair, Scheme, fetch};
use crate::side::{Act, Decides, Told, check, until};
use chapar_conformance::words::Kind;

pub(super) const ROWS: &[Row] = &[
    ("a contract is made where Chapar is asked by EDC's API", OURS, contract),
    ("data are fetched where Chapar is asked by EDC's API", THEIRS, fetched),
];

fn contract(pair: &Pair<'_>) -> Told<()> {
    let pair = pair.scene.pair_managed(pair.cast);
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    pair.agreed(&published).map(drop)
}

fn fetched(pair: &Pair<'_>) -> Told<()> {
    let pair = pair.scene.pair_managed(pair.cast);
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    let agreement = pair.agreed(&published)?;
    let both = pair.started(&agreement)?;
    let access = until("an address to fetch from", || pair.consumer.access(&both.consumer))?;
    let (status, bytes) = fetch(&access, Scheme::None)?;
    check(status == 200 && bytes == published.content, || {
        format!("status {status}, {} bytes", bytes.len())
    })?;
    pair.consumer
        .act(Kind::Transfer, &both.consumer, Act::Terminate("enough"))?;
    pair.reach(&both, "TERMINATED")
}
