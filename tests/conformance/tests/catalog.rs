//! The catalogue of the real binary over several pages: `Link` forth and back, tokens, gzip.
//!
//! Refuses to know what a token holds: it is opaque, and only the node that gave it can tell a true one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use chapar_conformance::node::{Node, Participant};
use chapar_conformance::wire::{self, Response};
use chapar_conformance::words::{self, CONTEXT};
use chapar_conformance::{schemas, seed};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const DATASETS: usize = 120;
const PEER: &str = "the-peer";

fn library() -> (Node, Participant) {
    library_of(DATASETS)
}

fn library_of(datasets: usize) -> (Node, Participant) {
    let node = Node::start();
    let participant = node.add_named("library", "the-node", PEER);
    for number in 0..datasets {
        participant.put_document(&format!("BOOK-{number:03}"), "once upon a time");
    }
    seed::open_to_all(&participant, "CD1");
    (node, participant)
}

fn body() -> Vec<u8> {
    json!({ "@context": [CONTEXT], "@type": "CatalogRequestMessage" })
        .to_string()
        .into_bytes()
}

fn ask(url: &str, extra: &[(&str, &str)]) -> Response {
    ask_as("Bearer anything", url, extra)
}

fn ask_as(token: &str, url: &str, extra: &[(&str, &str)]) -> Response {
    let mut headers = vec![("authorization", token), ("content-type", "application/json")];
    headers.extend_from_slice(extra);
    wire::send("POST", url, &headers, &body()).unwrap()
}

/// The ids on a page, which must be a valid catalogue.
fn page(answer: &Response) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let catalog = answer.value();
    schemas::check(&catalog).unwrap();
    // Without the member where there is none.
    let datasets = catalog["dataset"].as_array().into_iter().flatten();
    let ids = datasets.map(|dataset| dataset["@id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// The address under a relation of the `Link` header (RFC 8288).
fn link(answer: &Response, rel: &str) -> Option<String> {
    let header = answer.header("link")?;
    let link = header
        .split(", <")
        .find(|link| link.contains(&format!("rel=\"{rel}\"")))?;
    Some(link.trim_start_matches('<').split('>').next().unwrap().to_owned())
}

#[test]
fn pages_lead_forth_and_back_without_gaps_or_doubles() {
    let (_node, participant) = library();
    let first_url = format!("{}/catalog/request", participant.dsp);
    let mut answers = vec![ask(&first_url, &[])];
    while let Some(next) = link(answers.last().unwrap(), "next") {
        assert!(next.starts_with(&first_url), "the next page is elsewhere: {next}");
        assert!(answers.len() < DATASETS, "the pages do not end");
        answers.push(ask(&next, &[]));
    }
    let pages: Vec<Vec<String>> = answers.iter().map(page).collect();
    assert!(pages.len() > 1, "{DATASETS} datasets on one page");
    let seen: BTreeSet<&String> = pages.iter().flatten().collect();
    assert_eq!(seen.len(), DATASETS, "a dataset is missing");
    assert_eq!(
        pages.iter().map(Vec::len).sum::<usize>(),
        DATASETS,
        "a dataset stands on two pages"
    );
    assert_eq!(
        link(&answers[0], "previous"),
        None,
        "before the first page there is none"
    );
    for at in (1..pages.len()).rev() {
        let previous = link(&answers[at], "previous").unwrap_or_else(|| panic!("page {at} does not lead back"));
        let back = ask(&previous, &[]);
        assert_eq!(page(&back), pages[at - 1], "back from page {at}");
        let forth =
            link(&back, "next").unwrap_or_else(|| panic!("page {} reached backwards does not lead forth", at - 1));
        assert_eq!(page(&ask(&forth, &[])), pages[at], "forth again to page {at}");
    }
    let first_again = ask(&link(&answers[1], "previous").unwrap(), &[]);
    assert_eq!(
        link(&first_again, "previous"),
        None,
        "before the first page, reached backwards, there is none"
    );
}

/// The family of EDC follows no `Link`: it asks for a part by its place, with a query in the filter.
#[test]
fn a_part_by_its_place_is_the_same_part() {
    const BOOKS: usize = 20;
    let (_node, participant) = library_of(BOOKS);
    let url = format!("{}/catalog/request", participant.dsp);
    let ask_part = |query: Value| {
        let body = json!({ "@context": [CONTEXT], "@type": "CatalogRequestMessage", "filter": [query] });
        let headers = [
            ("authorization", "Bearer anything"),
            ("content-type", "application/json"),
        ];
        wire::send("POST", &url, &headers, body.to_string().as_bytes()).unwrap()
    };
    let part = |offset: usize, limit: usize| {
        ask_part(
            json!({ "@type": "QuerySpec", "offset": offset, "limit": limit, "sortOrder": "ASC", "filterExpression": [] }),
        )
    };
    let id = |number: usize| format!("BOOK-{number:03}");
    for (offset, limit, expected) in [(0, 7, 0..7), (7, 7, 7..14), (15, 1000, 15..20)] {
        let expected: Vec<String> = expected.map(id).collect();
        assert_eq!(page(&part(offset, limit)), expected, "{limit} from {offset}");
    }
    assert_eq!(page(&ask(&link(&part(7, 7), "next").unwrap(), &[]))[0], id(14));
    let beyond = part(BOOKS, 50);
    assert_eq!(
        (beyond.status, &beyond.value()["dataset"]),
        (200, &Value::Null),
        "{}",
        beyond.text()
    );
}

const BOOKS: usize = 24;

fn book(number: usize) -> String {
    format!("BOOK-{number:03}")
}

/// Every third book is a novel.
fn novels() -> Vec<String> {
    (0..BOOKS).step_by(3).map(book).collect()
}

fn library_of_novels() -> (Node, Participant, String) {
    let (node, participant) = library_of(BOOKS);
    for number in (0..BOOKS).step_by(3) {
        let path = format!("/documents/{}/properties", book(number));
        let said = json!({ "kind": "novel", "year": 2000 + number, "title": format!("Novel {number}") });
        participant.ask("PUT", &path, Some(&said));
    }
    let first = format!("{}/catalog/request", participant.dsp);
    (node, participant, first)
}

fn ask_for(url: &str, query: &Value) -> Response {
    let body = json!({ "@context": [CONTEXT], "@type": "CatalogRequestMessage", "filter": [query] });
    let headers = [
        ("authorization", "Bearer anything"),
        ("content-type", "application/json"),
    ];
    wire::send("POST", url, &headers, body.to_string().as_bytes()).unwrap()
}

fn criterion(left: &str, operator: &str, right: Value) -> Value {
    json!({ "@type": "Criterion", "operandLeft": left, "operator": operator, "operandRight": right })
}

/// A query as the EDC family sends it chooses by what an asset says of itself, in its own words and in those of a catalogue.
#[test]
fn a_query_chooses_by_what_an_asset_says_of_itself() {
    let (_node, _participant, first) = library_of_novels();
    let all = novels();
    for (criteria, expected) in [
        (
            json!([criterion("https://w3id.org/edc/v0.0.1/ns/kind", "=", json!("novel"))]),
            all.clone(),
        ),
        (
            json!([
                criterion("kind", "=", json!("novel")),
                criterion("year", ">=", json!(2015))
            ]),
            all[5..].to_vec(),
        ),
        (json!([criterion("kind", "like", json!("no_el"))]), all.clone()),
        (
            json!([criterion("id", "in", json!([book(5), book(4), "no-such"]))]),
            vec![book(4), book(5)],
        ),
        (json!(criterion("dct:identifier", "=", json!(book(7)))), vec![book(7)]),
        (json!([criterion("dct:title", "=", json!("Novel 9"))]), vec![book(9)]),
        (
            json!([
                criterion("kind", "!=", json!("novel")),
                criterion("id", "like", json!("%2_"))
            ]),
            vec![book(20), book(22), book(23)],
        ),
    ] {
        let answer = ask_for(&first, &json!({ "@type": "QuerySpec", "filterExpression": criteria }));
        assert_eq!(page(&answer), expected, "{criteria}");
        assert_eq!(answer.header("chapar-filter"), Some("applied"));
    }
    let none = ask_for(
        &first,
        &json!({ "filterExpression": [criterion("kind", "=", json!("poem"))] }),
    );
    assert!(page(&none).is_empty());
}

/// However an index narrows it down.
#[test]
fn the_pages_of_a_query_lead_forth_and_back_through_what_it_means() {
    let (_node, _participant, first) = library_of_novels();
    let all = novels();
    for operator in ["=", "like"] {
        let criteria = json!([criterion("kind", operator, json!("novel"))]);
        let query = json!({ "limit": 3, "filterExpression": criteria });
        let one = ask_for(&first, &query);
        let two = ask_for(&link(&one, "next").unwrap(), &query);
        let three = ask_for(&link(&two, "next").unwrap(), &query);
        assert_eq!(
            [page(&one), page(&two), page(&three)],
            [&all[..3], &all[3..6], &all[6..]]
        );
        assert!(link(&one, "previous").is_none() && link(&three, "next").is_none());
        let back = ask_for(&link(&three, "previous").unwrap(), &query);
        assert_eq!(page(&back), all[3..6]);
        let placed = ask_for(
            &first,
            &json!({ "limit": 3, "offset": 4, "filterExpression": criteria }),
        );
        assert_eq!(page(&placed), all[4..7]);
    }
}

#[test]
fn a_filter_that_is_not_understood_is_refused() {
    let (_node, participant) = library_of(1);
    let first = format!("{}/catalog/request", participant.dsp);
    for (query, code) in [
        (json!({ "sortField": "id" }), "filter-unsupported"),
        (json!({ "colour": "red" }), "filter-unsupported"),
        (json!("all"), "filter-unsupported"),
        (
            json!({ "filterExpression": [criterion("kind", "~", json!("novel"))] }),
            "wrong-operator",
        ),
    ] {
        let refused = ask_for(&first, &query);
        assert_eq!(
            (refused.status, &refused.value()["code"]),
            (400, &json!(code)),
            "{query}"
        );
    }
}

#[test]
fn a_page_does_not_depend_on_what_was_taken_away_meanwhile() {
    let (_node, participant) = library();
    let first = ask(&format!("{}/catalog/request", participant.dsp), &[]);
    let ids = page(&first);
    let next = link(&first, "next").unwrap();
    let expected = page(&ask(&next, &[]));
    // The page after the last dataset of the first one, which is gone now.
    participant.ask("DELETE", &format!("/documents/{}", ids.last().unwrap()), None);
    assert_eq!(page(&ask(&next, &[])), expected);
}

#[test]
fn a_token_is_good_as_given_to_whom_it_was_given_and_where() {
    let (node, participant) = library();
    let first_url = format!("{}/catalog/request", participant.dsp);
    let next = link(&ask(&first_url, &[]), "next").unwrap();
    let (address, token) = next.rsplit_once('=').unwrap();
    let refused = |what: &str, answer: Response| {
        assert_eq!(answer.status, 400, "{what}: {}", answer.text());
        assert_eq!(answer.value()["@type"], "CatalogError", "{what}");
    };
    for at in [0, token.len() / 2, token.len() - 2] {
        let mut tampered = token.as_bytes().to_vec();
        tampered[at] = if tampered[at] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(tampered).unwrap();
        refused(
            &format!("character {at} changed"),
            ask(&format!("{address}={tampered}"), &[]),
        );
    }
    refused("cut", ask(&format!("{address}={}", &token[..token.len() - 4]), &[]));
    refused("empty", ask(&format!("{address}="), &[]));
    refused("no token at all", ask(&format!("{address}=%00%ff"), &[]));
    refused(
        "given to another peer",
        ask_as(r#"Bearer {"clientId":"a-stranger"}"#, &next, &[]),
    );
    let neighbour = node.add_named("neighbour", "the-neighbour", PEER);
    refused(
        "given by another participant",
        ask(&next.replace(&participant.dsp, &neighbour.dsp), &[]),
    );
    assert_eq!(ask(&next, &[]).status, 200, "as given");
}

#[test]
fn the_catalogue_is_packed_for_who_takes_it_packed() {
    let (_node, participant) = library();
    let url = format!("{}/catalog/request", participant.dsp);
    let plain = ask(&url, &[]);
    assert_eq!(plain.header("content-encoding"), None);
    let packed = ask(&url, &[("accept-encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(
        packed.body.len() < plain.body.len() / 2,
        "{} of {} bytes",
        packed.body.len(),
        plain.body.len()
    );
    assert_eq!(packed.value(), plain.value());
    assert_eq!(link(&packed, "next").is_some(), link(&plain, "next").is_some());
    let declined = ask(&url, &[("accept-encoding", "gzip;q=0, identity")]);
    assert_eq!(declined.header("content-encoding"), None);
}

#[test]
fn a_dataset_and_its_page_tell_the_same() {
    let (_node, participant) = library();
    let catalog = ask(&format!("{}/catalog/request", participant.dsp), &[]).value();
    let on_page = &catalog["dataset"][3];
    let url = format!(
        "{}/catalog/datasets/{}",
        participant.dsp,
        on_page["@id"].as_str().unwrap()
    );
    let mut alone = wire::send("GET", &url, &[("authorization", "Bearer anything")], b"")
        .unwrap()
        .value();
    schemas::check(&alone).unwrap();
    alone.as_object_mut().unwrap().remove("@context");
    assert_eq!(&alone, on_page);
    assert_eq!(
        on_page["hasPolicy"][0].get("target"),
        None::<&Value>,
        "an offer in a catalogue has no target"
    );
}

/// What `PEER` sees now: in the catalogue, and whether each of these datasets can be asked for alone. Both must agree.
fn seen(participant: &Participant, datasets: &[&str]) -> Vec<String> {
    let url = format!("{}/catalog/request", participant.dsp);
    let answer = ask(&url, &[]);
    let listed = if answer.value()["dataset"].is_array() {
        page(&answer)
    } else {
        Vec::new()
    };
    for id in datasets {
        let url = format!("{}/catalog/datasets/{id}", participant.dsp);
        let alone = wire::send("GET", &url, &[("authorization", "Bearer anything")], b"").unwrap();
        let wanted = if listed.contains(&(*id).to_owned()) { 200 } else { 404 };
        assert_eq!(alone.status, wanted, "`{id}` alone, and {listed:?} on the page");
    }
    listed
}

/// The node's time when it was done.
fn put_policy(participant: &Participant, constraint: &Value) -> String {
    let policy = json!({ "@type": "Set", "permission": [{ "action": "use", "constraint": [constraint] }] });
    let put = participant.ask("PUT", "/policies/access", Some(&policy));
    put["updatedAt"].as_str().unwrap().to_owned()
}

/// A bound one to two seconds ahead of `now`, in the same minute; none at the end of a minute.
fn soon(now: &str) -> Option<String> {
    let (minute, rest) = now.split_at(17);
    let second: u32 = rest[..2].parse().unwrap();
    (second < 58).then(|| format!("{minute}{:02}Z", second + 2))
}

fn put_offer(participant: &Participant, id: &str, access: &str, dataset: &str) {
    let selector = json!([{ "operandLeft": "id", "operator": "=", "operandRight": dataset }]);
    let offer = json!({ "accessPolicy": access, "contractPolicy": "use", "selector": selector, "mode": "manual" });
    participant.ask("PUT", &format!("/offers/{id}"), Some(&offer));
}

/// What is kept in memory follows every write, and the clock where a policy has a time window.
#[test]
fn a_changed_policy_or_offer_changes_the_catalogue_at_once() {
    let node = Node::start();
    let participant = node.add_named("shop", "the-node", PEER);
    let both = ["A", "B"];
    for id in both {
        participant.put_document(id, "text");
    }
    let sees = |wanted: &[&str], why: &str| assert_eq!(seen(&participant, &both), wanted, "{why}");
    let use_policy = json!({ "@type": "Set", "permission": words::permission() });
    participant.ask("PUT", "/policies/use", Some(&use_policy));
    let is = |who: &str| json!({ "leftOperand": "participant", "operator": "eq", "rightOperand": who });
    put_policy(&participant, &is("somebody-else"));
    sees(&[], "before there is an offer");
    put_offer(&participant, "CD1", "access", "A");
    put_offer(&participant, "CD2", "use", "B");
    sees(&["B"], "one is for somebody else");
    put_policy(&participant, &is(PEER));
    sees(&["A", "B"], "it is for the peer now");
    put_offer(&participant, "CD2", "access", "A");
    sees(&["A"], "an offer is of another document now");
    participant.ask("DELETE", "/offers/CD2", None);
    sees(&["A"], "the other offer stays");
    let bound = loop {
        let now = put_policy(&participant, &is(PEER));
        if let Some(bound) = soon(&now) {
            break bound;
        }
        std::thread::sleep(Duration::from_millis(500));
    };
    let window = json!({ "leftOperand": "dateTime", "operator": "gteq", "rightOperand": bound });
    put_policy(&participant, &window);
    sees(&[], "not yet");
    std::thread::sleep(Duration::from_millis(2100));
    sees(&["A"], "time alone opened it");
    participant.ask("DELETE", "/offers/CD1", None);
    sees(&[], "nothing is offered");
}
