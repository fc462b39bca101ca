//! Catalogues of others as own records over a real node: CKAN page by page, DCAT in three forms, changed, taken back, gone from the list, with
//! persons in it, broken off in the middle.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{Response, Server};
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{get, published};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longest that what is published may take to be found.
const PATIENCE: Duration = Duration::from_secs(60);

/// A CKAN site in the judge's hands.
struct Site {
    server: Server,
    packages: Arc<Mutex<Vec<Value>>>,
    /// From which package on it answers no more; always, with none.
    broken_from: Arc<Mutex<Option<usize>>>,
}

/// Packages that it gives at a time, however many are asked for.
const PAGE: usize = 3;

impl Site {
    fn open(packages: Vec<Value>) -> Self {
        let (packages, broken_from) = (Arc::new(Mutex::new(packages)), Arc::new(Mutex::new(None)));
        let (shown, broken) = (Arc::clone(&packages), Arc::clone(&broken_from));
        let server = Server::start(Arc::new(move |request| {
            assert!(
                request.path.starts_with("/api/3/action/package_search?"),
                "{}",
                request.path
            );
            let start = request.path.split("start=").nth(1).unwrap().split('&').next().unwrap();
            let start: usize = start.parse().unwrap();
            if broken.lock().unwrap().is_some_and(|from| start >= from) {
                return Some(Response::empty(404));
            }
            let packages = shown.lock().unwrap();
            let page: Vec<&Value> = packages.iter().skip(start).take(PAGE).collect();
            let result = json!({ "count": packages.len(), "results": page });
            Some(Response::json(200, &json!({ "success": true, "result": result })))
        }));
        Self {
            server: server.unwrap(),
            packages,
            broken_from,
        }
    }
}

fn package(id: &str, title: &str) -> Value {
    json!({
        "id": id, "title": title, "notes": "About it (sample)", "state": "active", "author": "Somebody",
        "organization": { "title": "Office (sample)" },
        "resources": [{ "url": format!("https://data.example/{id}.csv"), "mimetype": "text/csv" }],
    })
}

fn node(name: &str) -> (House, Participant) {
    let mut house = House::new(name, Profile::Production);
    house.start();
    let who = house.add(&json!({ "slug": "plant" }));
    (house, who)
}

/// What the command says, and whether it ended well.
fn harvest(house: &House, who: &Participant, words: &[&str]) -> (bool, Value) {
    let api = ["--api", who.api.as_str(), "--key", who.key.as_str(), "--json"];
    let words = [&["record", "harvest"], words, &api].concat();
    let output = house.command(&words).output().unwrap();
    let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{words:?}: {output:?}"));
    (output.status.success(), said)
}

fn counts(said: &Value) -> [u64; 4] {
    ["published", "unchanged", "withdrawn", "refused"].map(|name| said[name].as_u64().unwrap())
}

#[test]
fn a_ckan_site_arrives_changes_and_takes_back() {
    let (house, who) = node("harvest-ckan");
    let mut person = package("e", "With a person");
    person["notes"] = "Ask somebody@example.org".into();
    let site = Site::open(vec![
        package("a", "First"),
        package("b", "Second"),
        package("c", "Third"),
        package("d", "Fourth"),
        person,
    ]);
    let state = house.folder().join("state.json").display().to_string();
    let url = site.server.url();
    let words = [url.as_str(), "--format", "ckan", "--state", &state];

    let (is_good, said) = harvest(&house, &who, &[&words[..3], &["--dry-run"]].concat());
    assert!(!is_good && said["drafts"] == 5, "{said}");
    assert_eq!(counts(&said), [0, 0, 0, 1], "what would be refused is told: {said}");
    assert_eq!(
        who.call("GET", "/records/a", None).status,
        404,
        "a dry run publishes nothing"
    );
    let unconfirmed = house
        .command(
            &[
                &["record", "harvest"],
                &words[..],
                &["--api", &who.api, "--key", &who.key],
            ]
            .concat(),
        )
        .output()
        .unwrap();
    assert!(!unconfirmed.status.success());

    let words = [&words[..], &["--no-personal-data"]].concat();
    let (is_good, said) = harvest(&house, &who, &words);
    assert_eq!((is_good, counts(&said)), (false, [4, 0, 0, 1]), "{said}");
    assert_eq!(said["leftOut"]["a contact that may be a person"], 5);
    published(&who);
    let record = who.ask("GET", "/records/a", None);
    assert_eq!(
        (&record["kind"], &record["body"]["title"]["und"]),
        (&"dataset".into(), &"First".into())
    );
    assert!(!record.to_string().contains("Somebody"));
    assert_eq!(who.call("GET", "/records/e", None).status, 404);

    // The second time: one changed, one taken back, one gone from the list, the person's text mended.
    {
        let mut packages = site.packages.lock().unwrap();
        packages[0]["title"] = "First, mended".into();
        packages[1]["state"] = "deleted".into();
        packages[4]["notes"] = "Ask the office".into();
        packages.remove(2);
    }
    let (is_good, said) = harvest(&house, &who, &words);
    assert_eq!((is_good, counts(&said)), (true, [2, 1, 1, 0]), "{said}");
    assert_eq!(said["missing"], json!(["c"]));
    published(&who);
    assert_eq!(who.ask("GET", "/records/a", None)["version"], 2);
    assert_eq!(
        who.ask("GET", "/records/b", None)["withdrawal"]["body"]["code"],
        "other"
    );
    assert!(
        who.ask("GET", "/records/c", None)["withdrawal"].is_null(),
        "absence is no deletion"
    );
    let (is_good, said) = harvest(&house, &who, &words);
    assert_eq!((is_good, counts(&said)), (true, [0, 3, 0, 0]), "{said}");
}

#[test]
fn a_dry_run_says_what_the_schema_would_refuse() {
    let (house, who) = node("harvest-dry");
    let mut nobodys = package("b", "Of nobody");
    nobodys.as_object_mut().unwrap().remove("organization");
    let site = Site::open(vec![package("a", "First"), nobodys, package("c", "Third")]);
    let refused = house.folder().join("refused.jsonl").display().to_string();
    let url = site.server.url();
    let words = [url.as_str(), "--format", "ckan", "--refused", &refused];
    let (is_good, said) = harvest(&house, &who, &[&words[..], &["--dry-run"]].concat());
    assert_eq!(
        (is_good, counts(&said), &said["drafts"]),
        (false, [0, 0, 0, 1], &json!(3)),
        "{said}"
    );
    let told: Value = serde_json::from_str(std::fs::read_to_string(&refused).unwrap().trim()).unwrap();
    assert_eq!(told["id"], "b");
    assert!(told["reason"].as_str().unwrap().contains("publisher"), "{told}");
    let (_, said) = harvest(&house, &who, &[&words[..], &["--no-personal-data"]].concat());
    assert_eq!(counts(&said), [2, 0, 0, 1], "and it does: {said}");
    let (_, said) = harvest(&house, &who, &[&words[..], &["--dry-run"]].concat());
    assert_eq!(counts(&said), [0, 2, 0, 1], "{said}");
}

#[test]
fn a_harvest_that_breaks_off_is_gone_on_with() {
    let (house, who) = node("harvest-broken");
    let site = Site::open((0..5).map(|number| package(&format!("p{number}"), "Sample")).collect());
    let state = house.folder().join("state.json").display().to_string();
    let url = site.server.url();
    let words = [
        url.as_str(),
        "--format",
        "ckan",
        "--state",
        &state,
        "--no-personal-data",
    ];
    *site.broken_from.lock().unwrap() = Some(PAGE);
    let (is_good, said) = harvest(&house, &who, &words);
    assert_eq!((is_good, counts(&said)), (false, [3, 0, 0, 0]), "{said}");
    assert_eq!(
        said["missing"],
        json!([]),
        "half a list says nothing of what is not in it"
    );
    published(&who);
    *site.broken_from.lock().unwrap() = None;
    let (is_good, said) = harvest(&house, &who, &words);
    assert_eq!((is_good, counts(&said)), (true, [2, 3, 0, 0]), "{said}");
    // What is known by now is not missing because the site breaks off again.
    *site.broken_from.lock().unwrap() = Some(PAGE);
    let (is_good, said) = harvest(&house, &who, &words);
    assert_eq!((is_good, &said["missing"]), (false, &json!([])), "{said}");
}

const TURTLE: &str = "\
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n\
@prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .\n\
<https://a.example/set/1> a dcat:Dataset ; dct:title \"Water (sample)\"@en ; dct:publisher [ foaf:name \"Office (sample)\"@en ] .\n\
<?page=1> a hydra:PartialCollectionView ; hydra:next <?page=2> .\n";
const XML: &str = "<?xml version=\"1.0\"?><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
    xmlns:dcat=\"http://www.w3.org/ns/dcat#\" xmlns:dct=\"http://purl.org/dc/terms/\" xmlns:foaf=\"http://xmlns.com/foaf/0.1/\">\
    <dcat:Dataset rdf:about=\"https://a.example/set/2\"><dct:title xml:lang=\"ru\">Вода (пример)</dct:title>\
    <dct:publisher><foaf:Agent><foaf:name xml:lang=\"ru\">Водоканал (пример)</foaf:name></foaf:Agent></dct:publisher>\
    </dcat:Dataset></rdf:RDF>";

#[test]
fn dcat_arrives_page_by_page_and_our_own_export_is_read_back() {
    let (house, who) = node("harvest-dcat");
    let server = Server::start(Arc::new(|request| {
        let (kind, text) = match request.path.contains("page=2") {
            true => ("application/rdf+xml", XML),
            false => ("text/turtle", TURTLE),
        };
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Some(Response {
            status: 200,
            headers,
            body: text.as_bytes().to_vec(),
        })
    }))
    .unwrap();
    let url = format!("{}/catalog", server.url());
    let words = [url.as_str(), "--format", "dcat", "--no-personal-data"];
    let (is_good, said) = harvest(&house, &who, &words);
    assert_eq!((is_good, counts(&said)), (true, [2, 0, 0, 0]), "{said}");
    published(&who);
    let begun = Instant::now();
    let export = format!("{}/chapar/v1/register/dcat?format=turtle", house.public);
    while !get(&export).text().contains("https://a.example/set/2") {
        assert!(begun.elapsed() < PATIENCE, "{}", get(&export).text());
        std::thread::sleep(Duration::from_millis(100));
    }

    // What we export is a catalogue that we can harvest elsewhere.
    let (other, there) = node("harvest-back");
    for form in ["turtle", "jsonld", "rdfxml"] {
        let file = house.folder().join(form).display().to_string();
        let words = [
            "register",
            "export",
            "--profile",
            "dcat",
            "--format",
            form,
            "--to",
            &file,
            "--at",
            &house.public,
        ];
        let output = house.command(&words).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let (is_good, said) = harvest(&other, &there, &[&file, "--format", "dcat", "--no-personal-data"]);
        let expected = if form == "turtle" { [2, 0, 0, 0] } else { [0, 2, 0, 0] };
        assert_eq!((is_good, counts(&said)), (true, expected), "{form}: {said}");
        published(&there);
    }
}
