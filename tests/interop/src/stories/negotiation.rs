//! Contracts: made, refused, ended by either side.

use super::reasons::{Done, words};
use super::{BOTH, OURS, Role, Row, THEIRS, open_rules};
use crate::scene::{Pair, Provider};
use crate::side::{Act, Decides, Told, check, until};
use chapar_conformance::words::Kind;
use serde_json::{Value, json};

pub(super) const ROWS: &[Row] = &[
    ("a contract is made, and both hold the same agreement", BOTH, made),
    ("policies of every shape are agreed to", BOTH, policies),
    ("an offer that says nothing is agreed to as it is", THEIRS, silent),
    ("many contracts at the same time", BOTH, many),
    ("the consumer ends a negotiation and says why", BOTH, |pair| {
        ended(pair, Role::Consumer)
    }),
    ("the provider ends a negotiation and says why", BOTH, |pair| {
        ended(pair, Role::Provider)
    }),
    ("an altered offer is refused", OURS, altered_for_us),
    ("an altered offer comes to no contract", THEIRS, altered_for_them),
    ("an offer that nobody made comes to no contract", BOTH, unknown),
];

/// Contracts asked for at the same time.
const MANY: usize = 12;

fn made(pair: &Pair<'_>) -> Told<()> {
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    pair.agreed(&published).map(drop)
}

/// The family publishes offers without any rule, and means everything.
fn silent(pair: &Pair<'_>) -> Told<()> {
    let published = pair.publish(&json!({}), Decides::Itself)?;
    let says = ["permission", "prohibition"]
        .iter()
        .any(|rules| published.offer.get(rules).is_some_and(|rules| rules != &json!([])));
    check(!says, || format!("it says something: {}", published.offer))?;
    pair.agreed(&published).map(drop)
}

fn policies(pair: &Pair<'_>) -> Told<()> {
    let consumer = &pair.consumer.peer().id;
    let before = json!({ "leftOperand": "dateTime", "operator": "lt", "rightOperand": "2099-01-01T00:00:00Z" });
    let after = json!({ "leftOperand": "dateTime", "operator": "gt", "rightOperand": "2020-01-01T00:00:00Z" });
    let is_consumer = json!({ "leftOperand": "participantId", "operator": "eq", "rightOperand": consumer });
    let among = json!({ "leftOperand": "participantId", "operator": "isAnyOf", "rightOperand": ["another", consumer] });
    let in_force = json!({ "leftOperand": "inForceDate", "operator": "lteq", "rightOperand": "contractAgreement+10d" });
    let under = |constraint: Value| json!({ "permission": [{ "action": "use", "constraint": constraint }] });
    let all = [
        under(json!([before])),
        under(json!([before, after])),
        under(json!([{ "and": [before, after] }])),
        under(json!([{ "or": [after, is_consumer] }])),
        under(json!([is_consumer])),
        under(json!([among])),
        under(json!([in_force])),
        json!({ "permission": [{ "action": "use", "duty": [{ "action": "attribute" }] }] }),
        json!({
            "permission": [{ "action": "use" }], "prohibition": [{ "action": "distribute" }],
            "obligation": [{ "action": "delete" }],
        }),
    ];
    at_once(all.iter(), |rules| {
        let agreed = pair
            .publish(rules, Decides::Itself)
            .and_then(|published| pair.agreed(&published));
        agreed.map(drop).map_err(|why| format!("{rules}: {why}"))
    })
}

fn many(pair: &Pair<'_>) -> Told<()> {
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    at_once(0..MANY, |_| pair.agreed(&published).map(drop))
}

/// Tells of all of them at the same time.
fn at_once<T: Send>(all: impl Iterator<Item = T>, tell: impl Fn(T) -> Told<()> + Sync) -> Told<()> {
    let tell = &tell;
    std::thread::scope(|scope| {
        let told: Vec<_> = all.map(|one| scope.spawn(move || tell(one))).collect();
        told.into_iter()
            .try_for_each(|one| one.join().expect("a story does not panic"))
    })
}

/// Where a negotiation stands that our side does not go on with by itself.
const fn standstill(pair: &Pair<'_>) -> &'static str {
    match pair.cast {
        Provider::Ours => "REQUESTED",
        // The foreign provider agrees at once; we do not verify.
        Provider::Theirs => "AGREED",
    }
}

fn ended(pair: &Pair<'_>, by: Role) -> Told<()> {
    let published = pair.publish(&open_rules(), Decides::Story)?;
    let both = pair.negotiate(&published.offer, Decides::Story)?;
    pair.reach(&both, standstill(pair))?;
    let (side, id) = pair.side(by, &both);
    let why = words();
    side.act(Kind::Negotiation, id, Act::Terminate(&why))?;
    pair.reach(&both, "TERMINATED")?;
    pair.check_why(&both, by, Done::Terminated, &why)
}

/// The offer with a rule that nobody offered.
pub(super) fn altered(offer: &Value) -> Value {
    let mut altered = offer.clone();
    altered["permission"] = json!([{ "action": "use", "constraint": [
        { "leftOperand": "dateTime", "operator": "lt", "rightOperand": "2099-01-01T00:00:00Z" }
    ] }]);
    altered
}

/// Our provider refuses the request: it knows of no negotiation, and the consumer is told.
fn altered_for_us(pair: &Pair<'_>) -> Told<()> {
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    let id = pair
        .consumer
        .negotiate(pair.provider.peer(), &altered(&published.offer), Decides::Itself)?;
    let case = until("the consumer's end", || {
        let case = pair.consumer.case(Kind::Negotiation, &id)?;
        Ok((case.state == "TERMINATED").then_some(case))
    })?;
    check(case.agreement.is_none(), || format!("an agreement: {case:?}"))?;
    let known = pair.provider.case_of(Kind::Negotiation, &id)?;
    check(known.is_none(), || format!("the provider took it: {known:?}"))
}

/// The foreign provider takes the request and agrees to its own policy: our consumer refuses that and ends the negotiation.
fn altered_for_them(pair: &Pair<'_>) -> Told<()> {
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    let both = pair.negotiate(&altered(&published.offer), Decides::Itself)?;
    pair.reach(&both, "TERMINATED")?;
    let [consumer, _] = pair.cases(&both)?;
    check(consumer.agreement.is_none(), || format!("an agreement: {consumer:?}"))
}

fn unknown(pair: &Pair<'_>) -> Told<()> {
    let published = pair.publish(&open_rules(), Decides::Itself)?;
    let mut offer = published.offer;
    offer["@id"] = json!("bm9ib2R5:bWFkZQ==:dGhpcw==");
    let id = pair.consumer.negotiate(pair.provider.peer(), &offer, Decides::Itself)?;
    let case = until("the consumer's end", || {
        let case = pair.consumer.case(Kind::Negotiation, &id)?;
        Ok((case.state == "TERMINATED" || !case.trouble.is_empty()).then_some(case))
    })?;
    check(case.agreement.is_none(), || format!("an agreement: {case:?}"))
}
