//! What is written down, as `docs/formats/evidence-entry.md` tells it: every kind of entry comes out of some step, with the members
//! that stand on the page and no others.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

mod desk;

use chapar_dsp::Role;
use chapar_evidence::EntryKind;
use chapar_exchange::{Mode, Record, Retirement, Step, negotiation, transfer};
use chapar_terms::{AgreementId, AssetId};
use desk::{
    base, bound, from, id, kept, negotiation_message, offer, permitting, person, published, sent, success, with,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const C: Role = Role::Consumer;
const P: Role = Role::Provider;

/// The records of a request that is taken, answered and asked a second time otherwise.
fn of_a_negotiation() -> Vec<Record> {
    let new = negotiation::New {
        role: C,
        peer: id(P),
        address: base(P),
        offer: offer(&permitting()),
        mode: Mode::Manual,
        callbacks: Vec::new(),
        follow_on: None,
    };
    let asked = with(C, |facts| negotiation::open(new, &person(), facts));
    let request = sent(&asked);
    let published = published(&permitting(), Mode::Manual);
    let peer = desk::peer(C);
    let taken = with(P, |facts| {
        negotiation::receive_first(from(negotiation_message(&request.body), &peer), Some(published), facts)
    });
    let other = String::from_utf8(request.body.clone()).unwrap().replace("2099", "2098");
    let refused = with(P, |facts| {
        negotiation::receive(kept(&taken), from(negotiation_message(other.as_bytes()), &peer), facts)
    });
    let answered = with(C, |facts| {
        negotiation::deliver(kept(&asked), &request.outgoing(), success(&taken), facts)
    });
    records([asked, taken, refused, answered])
}

/// The same of a transfer.
fn of_a_transfer() -> Vec<Record> {
    let new = transfer::New {
        peer: id(P),
        address: base(P),
        agreement: AgreementId::parse("urn:agreement:1").unwrap(),
        asset: AssetId::parse(desk::ASSET).unwrap(),
        format: transfer::HTTP_PULL.to_owned(),
        destination: None,
        mode: Mode::Manual,
        callbacks: Vec::new(),
        private_properties: serde_json::Map::new(),
    };
    let asked = with(C, |facts| transfer::open(new, &person(), facts));
    let request = sent(&asked);
    let (peer, bound) = (desk::peer(C), bound(&permitting()));
    let message = || from(desk::transfer_message(&request.body), &peer);
    let taken = with(P, |facts| {
        transfer::receive_first(message(), Some(&bound), Mode::Manual, facts)
    });
    let refused = with(P, |facts| transfer::receive_first(message(), None, Mode::Manual, facts));
    let answered = with(C, |facts| {
        transfer::deliver(kept(&asked), &request.outgoing(), success(&taken), facts)
    });
    records([asked, taken, refused, answered])
}

fn of_an_agreement() -> Vec<Record> {
    let agreement = AgreementId::parse("urn:agreement:1").unwrap();
    let retire = Retirement::Retire {
        reason: "over".to_owned(),
    };
    [retire, Retirement::Reactivate]
        .iter()
        .map(|decision| decision.record(&agreement, &id(P), &person()))
        .collect()
}

fn records<C>(steps: [Step<C>; 4]) -> Vec<Record> {
    steps.into_iter().flat_map(|step| step.records).collect()
}

/// The members of each act's body, as the page names them.
fn page() -> BTreeMap<String, BTreeSet<String>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/evidence-entry.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("| act | members |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let (act, members) = line.trim_matches(['|', ' ']).split_once(" | ").unwrap();
        (act.trim_matches('`').to_owned(), names(members))
    };
    rows.map(row).collect()
}

/// What stands in back-ticks outside of brackets.
fn names(text: &str) -> BTreeSet<String> {
    let mut depth = 0;
    let outside: String = text
        .chars()
        .filter(|letter| {
            depth += i32::from(*letter == '(') - i32::from(*letter == ')');
            depth == 0
        })
        .collect();
    outside.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_kind_is_written_with_the_members_on_the_page() {
    let page = page();
    assert_eq!(page.len(), 5, "{page:?}");
    let mut written = BTreeSet::new();
    let records = of_a_negotiation().into_iter().chain(of_a_transfer());
    for record in records.chain(of_an_agreement()) {
        let kind = record.kind.as_str();
        let (family, act) = kind.split_once('.').unwrap();
        let mut expected = page
            .get(act)
            .unwrap_or_else(|| panic!("the page lacks `{act}`"))
            .clone();
        if kind == "negotiation.decision" {
            assert!(expected.remove("agreement"), "a decision about a transfer names it");
        }
        if kind == "agreement.decision" {
            assert!(expected.remove("state"), "an agreement has no states");
        }
        let Value::Object(members) = record.body else {
            panic!("{family}: {:?}", record.body)
        };
        assert_eq!(members.keys().cloned().collect::<BTreeSet<_>>(), expected, "{kind}");
        written.insert(record.kind);
    }
    assert_eq!(written, BTreeSet::from(EntryKind::ALL));
}
