//! The golden tables: each machine written out whole, compared with `tables/`, and hand-written facts that the tables cannot outvote.
//!
//! `UPDATE_TABLES=1 cargo test -p chapar-dsp --test tables` rewrites the tables from the code; review the difference.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_dsp::{Role, negotiation, transfer};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const REFUSED: &str = "-";
/// With what a reader of the table must know beyond it.
const TRANSFER_TITLE: &str = "Transfer process, DSP 2025-1\n\
# The machine lets either side start what is suspended. As provider, a node refuses the consumer's start of what its own people\n\
# suspended (`suspended-by-provider`, docs/decisions/0004-moves.md rule 4): this table cannot tell who did.";

/// One grid per sender: a row per state (`none` first), a column per message, a cell the next state or `-`.
fn render(title: &str, states: &[&str], messages: &[&str], cell: impl Fn(Role, usize, usize) -> String) -> String {
    let mut text = format!(
        "# {title}\n# Row: the state. Column: the message that comes. Cell: the state after it, or `{REFUSED}` when it is refused and nothing changes.\n"
    );
    for role in Role::ALL {
        write!(text, "\nsent by the {role}\n{:11}", "").unwrap();
        messages.iter().for_each(|name| write!(text, " {name:12}").unwrap());
        text = text.trim_end().to_owned();
        for (row, state) in states.iter().enumerate() {
            write!(text, "\n{state:11}").unwrap();
            for column in 0..messages.len() {
                write!(text, " {:12}", cell(role, row, column)).unwrap();
            }
            text = text.trim_end().to_owned();
        }
        text.push('\n');
    }
    text
}

fn negotiation_table() -> String {
    let states: Vec<_> = [None].into_iter().chain(negotiation::State::ALL.map(Some)).collect();
    let names: Vec<_> = states
        .iter()
        .map(|state| state.map_or("none", |s| s.as_str()))
        .collect();
    let columns = [
        "Request",
        "Offer",
        "ACCEPTED",
        "Agreement",
        "Verification",
        "FINALIZED",
        "Termination",
    ];
    render(
        "Contract negotiation, DSP 2025-1",
        &names,
        &columns,
        |role, row, column| {
            negotiation::next(role, states[row], negotiation::Message::ALL[column])
                .map_or(REFUSED.to_owned(), |state| state.to_string())
        },
    )
}

fn transfer_table() -> String {
    let states: Vec<_> = [None].into_iter().chain(transfer::State::ALL.map(Some)).collect();
    let names: Vec<_> = states
        .iter()
        .map(|state| state.map_or("none", |s| s.as_str()))
        .collect();
    let columns = ["Request", "Start", "Suspension", "Completion", "Termination"];
    render(TRANSFER_TITLE, &names, &columns, |role, row, column| {
        transfer::next(role, states[row], transfer::Message::ALL[column])
            .map_or(REFUSED.to_owned(), |state| state.to_string())
    })
}

fn compare(file: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tables").join(file);
    if std::env::var_os("UPDATE_TABLES").is_some_and(|value| value == "1") {
        fs::write(&path, table).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap();
    assert_eq!(
        golden, table,
        "{file} differs from the machine; run with UPDATE_TABLES=1 and review"
    );
}

#[test]
fn negotiation_is_as_its_table_says() {
    compare("negotiation.txt", &negotiation_table());
}

#[test]
fn transfer_is_as_its_table_says() {
    compare("transfer.txt", &transfer_table());
}

/// Every allowed step of a negotiation, by hand: sender, state, message, next state. Everything else must be refused.
#[test]
fn negotiation_facts() {
    use Role::{Consumer as C, Provider as P};
    use negotiation::{Message as M, State as S, next};
    let facts = [
        (C, None, M::Request, S::Requested),
        (P, None, M::Offer, S::Offered),
        (P, Some(S::Requested), M::Offer, S::Offered),
        (P, Some(S::Requested), M::Agreement, S::Agreed),
        (C, Some(S::Requested), M::Termination, S::Terminated),
        (P, Some(S::Requested), M::Termination, S::Terminated),
        (C, Some(S::Offered), M::Request, S::Requested),
        (P, Some(S::Offered), M::Offer, S::Offered),
        (C, Some(S::Offered), M::Accepted, S::Accepted),
        (C, Some(S::Offered), M::Termination, S::Terminated),
        (P, Some(S::Offered), M::Termination, S::Terminated),
        (P, Some(S::Accepted), M::Agreement, S::Agreed),
        (C, Some(S::Accepted), M::Termination, S::Terminated),
        (P, Some(S::Accepted), M::Termination, S::Terminated),
        (C, Some(S::Agreed), M::Verification, S::Verified),
        (C, Some(S::Agreed), M::Termination, S::Terminated),
        (P, Some(S::Agreed), M::Termination, S::Terminated),
        (P, Some(S::Verified), M::Finalized, S::Finalized),
        (C, Some(S::Verified), M::Termination, S::Terminated),
        (P, Some(S::Verified), M::Termination, S::Terminated),
    ];
    let states = [None].into_iter().chain(S::ALL.map(Some));
    let mut allowed = 0;
    for state in states {
        for (role, message) in [C, P]
            .into_iter()
            .flat_map(|role| M::ALL.map(|message| (role, message)))
        {
            let fact = facts
                .iter()
                .find(|fact| (fact.0, fact.1, fact.2) == (role, state, message));
            assert_eq!(
                next(role, state, message).ok(),
                fact.map(|fact| fact.3),
                "{role} {state:?} {message}"
            );
            allowed += usize::from(fact.is_some());
        }
    }
    assert_eq!(allowed, facts.len());
}

/// Every allowed step of a transfer, by hand. Everything else must be refused.
#[test]
fn transfer_facts() {
    use Role::{Consumer as C, Provider as P};
    use transfer::{Message as M, State as S, next};
    let facts = [
        (C, None, M::Request, S::Requested),
        (P, Some(S::Requested), M::Start, S::Started),
        (C, Some(S::Requested), M::Termination, S::Terminated),
        (P, Some(S::Requested), M::Termination, S::Terminated),
        (C, Some(S::Started), M::Suspension, S::Suspended),
        (P, Some(S::Started), M::Suspension, S::Suspended),
        (C, Some(S::Started), M::Completion, S::Completed),
        (P, Some(S::Started), M::Completion, S::Completed),
        (C, Some(S::Started), M::Termination, S::Terminated),
        (P, Some(S::Started), M::Termination, S::Terminated),
        (C, Some(S::Suspended), M::Start, S::Started),
        (P, Some(S::Suspended), M::Start, S::Started),
        (C, Some(S::Suspended), M::Termination, S::Terminated),
        (P, Some(S::Suspended), M::Termination, S::Terminated),
    ];
    let states = [None].into_iter().chain(S::ALL.map(Some));
    let mut allowed = 0;
    for state in states {
        for (role, message) in [C, P]
            .into_iter()
            .flat_map(|role| M::ALL.map(|message| (role, message)))
        {
            let fact = facts
                .iter()
                .find(|fact| (fact.0, fact.1, fact.2) == (role, state, message));
            assert_eq!(
                next(role, state, message).ok(),
                fact.map(|fact| fact.3),
                "{role} {state:?} {message}"
            );
            allowed += usize::from(fact.is_some());
        }
    }
    assert_eq!(allowed, facts.len());
}

#[test]
fn a_refusal_says_what_would_be_taken() {
    use negotiation::{Message, State, next};
    let refusal = next(Role::Consumer, Some(State::Requested), Message::Request).unwrap_err();
    assert_eq!(refusal.expected, [Message::Termination]);
    assert_eq!(
        refusal.to_string(),
        "ContractRequestMessage by the consumer does not fit state REQUESTED; expected: ContractNegotiationTerminationMessage"
    );
    assert!(
        next(Role::Provider, Some(State::Finalized), Message::Termination)
            .unwrap_err()
            .expected
            .is_empty()
    );
}

#[test]
fn names_on_the_wire_read_back() {
    for state in negotiation::State::ALL {
        assert_eq!(negotiation::State::parse(state.as_str()), Some(state));
    }
    for message in negotiation::Message::ALL {
        assert_eq!(negotiation::Message::parse(message.as_str()), Some(message));
    }
    for state in transfer::State::ALL {
        assert_eq!(transfer::State::parse(state.as_str()), Some(state));
    }
    for message in transfer::Message::ALL {
        assert_eq!(transfer::Message::parse(message.as_str()), Some(message));
    }
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()), Some(role));
        assert_eq!(role.other().other(), role);
    }
}
