//! The first answer to every message that the road does not spare is lost on its way: what was begun comes to the same end, and nothing is done twice.

use super::{BOTH, Both, Published, Role, Row, open_rules};
use crate::scene::Pair;
use crate::side::{Act, Decides, Told, check};
use chapar_conformance::words::Kind;

pub(super) const ROWS: &[Row] = &[
    (
        "every first answer is lost, and a contract is made all the same",
        BOTH,
        contract,
    ),
    (
        "every first answer is lost, and data are fetched all the same",
        BOTH,
        |pair| data(pair, Role::Consumer),
    ),
    (
        "every first answer is lost, and the provider pauses all the same",
        BOTH,
        |pair| data(pair, Role::Provider),
    ),
];

fn cursed(pair: &Pair<'_>) -> Told<Published> {
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    pair.scene.roads.curse(&published.dataset);
    Ok(published)
}

fn contract(pair: &Pair<'_>) -> Told<()> {
    let published = cursed(pair)?;
    let both = pair.negotiate(&published.offer, Decides::Itself)?;
    pair.reach(&both, "FINALIZED")?;
    // Of the verification and the last word; of the agreement too where we say it.
    check_lost(pair, &both, 2)
}

fn data(pair: &Pair<'_>, by: Role) -> Told<()> {
    let published = cursed(pair)?;
    let agreement = pair.agreed(&published)?;
    let both = pair.started(&agreement)?;
    let (side, id) = pair.side(by, &both);
    side.act(Kind::Transfer, id, Act::Suspend("a pause"))?;
    pair.reach(&both, "SUSPENDED")?;
    side.act(Kind::Transfer, id, Act::Resume)?;
    pair.reach(&both, "STARTED")?;
    side.act(Kind::Transfer, id, Act::Terminate("enough"))?;
    pair.reach(&both, "TERMINATED")?;
    // Of both starts, the suspension and the end; of the request too where we say it.
    check_lost(pair, &both, 4)
}

fn check_lost(pair: &Pair<'_>, both: &Both, least: usize) -> Told<()> {
    let lost = pair.scene.roads.losses(&[&both.consumer, &both.provider]);
    check(lost >= least, || format!("only {lost} answers were lost"))
}
