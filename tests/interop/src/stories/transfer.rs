//! Data under a contract: fetched, paused, gone on with, ended by either side.

use super::reasons::{Done, words};
use super::{BOTH, Both, OURS, Published, Role, Row, THEIRS, open_rules};
use crate::scene::{Pair, Provider, Scheme, fetch};
use crate::side::{Access, Act, Decides, Told, check, until};
use chapar_conformance::words::Kind;

pub(super) const ROWS: &[Row] = &[
    ("the bytes that come are those that were published", BOTH, fetched),
    ("a large document comes whole", BOTH, large),
    ("a token is taken with its scheme too", OURS, with_scheme),
    ("a person fetches with `chapar fetch`", THEIRS, by_command),
    ("the consumer pauses a transfer and goes on", BOTH, |pair| {
        paused(pair, Role::Consumer)
    }),
    ("the provider pauses a transfer and goes on", BOTH, |pair| {
        paused(pair, Role::Provider)
    }),
    ("a completed transfer gives nothing more", BOTH, completed),
    ("the consumer ends a transfer and says why", BOTH, |pair| {
        ended(pair, Role::Consumer)
    }),
    ("the provider ends a transfer and says why", BOTH, |pair| {
        ended(pair, Role::Provider)
    }),
];

/// More than any buffer on the way.
const LARGE: usize = 8 * 1024 * 1024;

/// A transfer that was started, and what it is about.
struct Flow {
    published: Published,
    both: Both,
    access: Access,
}

fn flow(pair: &Pair<'_>) -> Told<Flow> {
    flow_of(pair, pair.publish(&open_rules(), Decides::Itself)?)
}

fn flow_of(pair: &Pair<'_>, published: Published) -> Told<Flow> {
    let agreement = pair.agreed(&published)?;
    let both = pair.started(&agreement)?;
    let access = opened(pair, &both)?;
    Ok(Flow {
        published,
        both,
        access,
    })
}

/// What the consumer fetches with, as soon as it has it.
fn opened(pair: &Pair<'_>, both: &Both) -> Told<Access> {
    until("an address to fetch from", || pair.consumer.access(&both.consumer))
}

impl Flow {
    fn check_open(&self) -> Told<()> {
        let (status, bytes) = fetch(&self.access, Scheme::None)?;
        let same = bytes == self.published.content;
        check(status == 200 && same, || {
            format!("status {status}, {} bytes, the same: {same}", bytes.len())
        })
    }

    /// Nothing comes with what was given before.
    fn check_closed(&self) -> Told<()> {
        until("the old token is refused", || {
            let (status, _) = fetch(&self.access, Scheme::None)?;
            Ok((400..500).contains(&status).then_some(()))
        })
    }
}

fn fetched(pair: &Pair<'_>) -> Told<()> {
    let flow = flow(pair)?;
    flow.check_open()?;
    let other = Access {
        token: "eyJhbGciOiJub25lIn0.e30.".to_owned(),
        ..flow.access.clone()
    };
    let (status, _) = fetch(&other, Scheme::None)?;
    check((400..500).contains(&status), || {
        format!("a token of nobody's opened it: {status}")
    })
}

fn large(pair: &Pair<'_>) -> Told<()> {
    let content: Vec<u8> = (0..LARGE).map(|n| (n * 31 / 7 % 251) as u8).collect();
    let dataset = format!("large-{}", uuid::Uuid::new_v4());
    let published = pair.publish_bytes(dataset, content, &open_rules(), Decides::Itself)?;
    flow_of(pair, published)?.check_open()
}

fn with_scheme(pair: &Pair<'_>) -> Told<()> {
    let flow = flow(pair)?;
    let (status, bytes) = fetch(&flow.access, Scheme::Bearer)?;
    check(status == 200 && bytes == flow.published.content, || {
        format!("status {status}")
    })
}

fn by_command(pair: &Pair<'_>) -> Told<()> {
    let flow = flow(pair)?;
    let bytes = pair.scene.fetch_by_command(&flow.both.consumer)?;
    check(bytes == flow.published.content, || {
        format!("{} other bytes", bytes.len())
    })
}

fn paused(pair: &Pair<'_>, by: Role) -> Told<()> {
    let mut flow = flow(pair)?;
    flow.check_open()?;
    let (side, id) = pair.side(by, &flow.both);
    let why = words();
    side.act(Kind::Transfer, id, Act::Suspend(&why))?;
    pair.reach(&flow.both, "SUSPENDED")?;
    pair.check_why(&flow.both, by, Done::Suspended, &why)?;
    flow.check_closed()?;
    let held = pair.consumer.access(&flow.both.consumer)?;
    check(held.is_none(), || "the consumer still holds an address".to_owned())?;
    side.act(Kind::Transfer, id, Act::Resume)?;
    pair.reach(&flow.both, "STARTED")?;
    let before = flow.access.clone();
    let fresh = opened(pair, &flow.both)?;
    check(fresh.token != before.token, || "the token is the old one".to_owned())?;
    flow.check_closed()?;
    flow.access = fresh;
    flow.check_open()
}

/// Our side completes it, whichever role it has: the foreign API cannot.
fn completed(pair: &Pair<'_>) -> Told<()> {
    let flow = flow(pair)?;
    let ours = match pair.cast {
        Provider::Ours => Role::Provider,
        Provider::Theirs => Role::Consumer,
    };
    let (side, id) = pair.side(ours, &flow.both);
    side.act(Kind::Transfer, id, Act::Complete)?;
    pair.reach(&flow.both, "COMPLETED")?;
    flow.check_closed()
}

fn ended(pair: &Pair<'_>, by: Role) -> Told<()> {
    let flow = flow(pair)?;
    let (side, id) = pair.side(by, &flow.both);
    let why = words();
    side.act(Kind::Transfer, id, Act::Terminate(&why))?;
    pair.reach(&flow.both, "TERMINATED")?;
    pair.check_why(&flow.both, by, Done::Terminated, &why)?;
    flow.check_closed()
}
