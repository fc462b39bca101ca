//! A page of a catalogue in DCAT: its datasets, and where the next page is (Hydra).
//!
//! A contact is taken where it is an organisation with a web page, and a publisher by its name; whatever else may be a person is left out.

use crate::bounds::{LISTS, THEMES};
use crate::dataset::{Body, Distribution, Found};
use crate::graph::Graph;
use crate::rules::Rules;
use crate::text::{by_language, day, iri, language, media_type, web_page};
use chapar_terms::Invalid;
use serde_json::{Value, json};

macro_rules! dcat {
    ($name:literal) => {
        concat!("http://www.w3.org/ns/dcat#", $name)
    };
}
macro_rules! dct {
    ($name:literal) => {
        concat!("http://purl.org/dc/terms/", $name)
    };
}
macro_rules! hydra {
    ($name:literal) => {
        concat!("http://www.w3.org/ns/hydra/core#", $name)
    };
}
macro_rules! vcard {
    ($name:literal) => {
        concat!("http://www.w3.org/2006/vcard/ns#", $name)
    };
}

const FOAF_NAME: &str = "http://xmlns.com/foaf/0.1/name";
const STATUS: &str = "http://www.w3.org/ns/adms#status";
/// Ends of statuses that say that a dataset is no more.
const GONE: [&str; 3] = ["WITHDRAWN", "Withdrawn", "DELETED"];
/// Lists of the European Union whose last step is what records write.
const FREQUENCY: &str = "http://publications.europa.eu/resource/authority/frequency/";
const FREQUENCIES: [&str; 9] = [
    "CONT",
    "HOURLY",
    "DAILY",
    "WEEKLY",
    "MONTHLY",
    "QUARTERLY",
    "ANNUAL",
    "IRREG",
    "NEVER",
];
const RIGHTS: &str = "http://publications.europa.eu/resource/authority/access-right/";
const ACCESS: [&str; 3] = ["PUBLIC", "RESTRICTED", "NON_PUBLIC"];

/// What a page holds.
pub struct DcatPage {
    /// Its datasets, each with its id or why it could not be read.
    pub found: Vec<Result<Found, String>>,
    /// Where the next page is.
    pub next: Option<String>,
}

/// Reads a page; `base` is where it was.
///
/// # Errors
/// It is no RDF in one of the forms, or too long.
pub fn dcat_page(bytes: &[u8], media_type: &str, base: &str, rules: &Rules) -> Result<DcatPage, Invalid> {
    let graph = Graph::read(bytes, media_type, base)?;
    let found = graph
        .of_class(dcat!("Dataset"))
        .map(|subject| dataset(&graph, subject, rules))
        .collect();
    let views = [hydra!("PartialCollectionView"), hydra!("PagedCollection")];
    let views = views.into_iter().flat_map(|class| graph.of_class(class));
    let next = |view| {
        [hydra!("next"), hydra!("nextPage")]
            .into_iter()
            .find_map(|name| graph.words(view, name).next())
    };
    let next = views.into_iter().find_map(next).and_then(web_page);
    Ok(DcatPage { found, next })
}

fn dataset(graph: &Graph, subject: &str, rules: &Rules) -> Result<Found, String> {
    let id = match subject.starts_with("_:") {
        false => subject.to_owned(),
        true => {
            let named = graph.words(subject, dct!("identifier")).next();
            named.ok_or("it has neither an IRI nor an identifier")?.to_owned()
        }
    };
    let is_gone = |status: &str| GONE.iter().any(|gone| status.ends_with(gone));
    let gone = graph.words(subject, STATUS).find(|status| is_gone(status));
    let mut body = Body::default();
    say(graph, (subject, &id), rules, &mut body);
    list(graph, subject, rules, &mut body);
    contact(graph, subject, rules, &mut body);
    if graph.values(subject, dct!("creator")).next().is_some() {
        body.left_out.count("a creator that may be a person");
    }
    distributions(graph, subject, rules, &mut body);
    let (body, left_out) = body.finish();
    let what = gone.map_or(Ok(body), |status| {
        Err(format!("the catalogue gives it the status `{status}`"))
    });
    Ok(Found {
        page: web_page(&id),
        id,
        what,
        left_out,
    })
}

/// What it says of itself once.
fn say(graph: &Graph, (subject, id): (&str, &str), rules: &Rules, body: &mut Body) {
    body.put("title", texts(graph, subject, dct!("title"), rules));
    body.put("description", texts(graph, subject, dct!("description"), rules));
    body.put("publisher", publisher(graph, subject, rules));
    let identifier = graph.words(subject, dct!("identifier")).next().unwrap_or(id);
    body.put(
        "identifier",
        Some(identifier).filter(|text| (1..=200).contains(&text.len())),
    );
    body.put("issued", graph.words(subject, dct!("issued")).find_map(day));
    body.put("modified", graph.words(subject, dct!("modified")).find_map(day));
    body.put(
        "accrualPeriodicity",
        listed(graph, subject, dct!("accrualPeriodicity"), FREQUENCY, &FREQUENCIES),
    );
    body.put(
        "accessRights",
        listed(graph, subject, dct!("accessRights"), RIGHTS, &ACCESS),
    );
    body.put(
        "landingPage",
        graph.words(subject, dcat!("landingPage")).find_map(web_page),
    );
    body.put(
        "version",
        graph
            .words(subject, dcat!("version"))
            .find(|version| (1..=64).contains(&version.len())),
    );
}

/// What it says of itself in lists.
fn list(graph: &Graph, subject: &str, rules: &Rules, body: &mut Body) {
    let keywords = graph.texts(subject, dcat!("keyword"));
    body.put_keywords(
        keywords
            .map(|(tag, word)| (of_tag(tag, rules), word.to_owned()))
            .collect(),
    );
    let themes = graph
        .nodes(subject, dcat!("theme"))
        .chain(graph.nodes(subject, dct!("subject")));
    let themes = themes
        .filter_map(|theme| iri(rules.theme.get(&theme).unwrap_or(&theme)))
        .map(Value::from);
    body.put_list(
        "theme",
        themes
            .filter(|theme| theme.as_str().is_some_and(|text| text.len() <= 512))
            .collect(),
        THEMES,
    );
    body.put_list("spatial", states(graph, subject, rules), LISTS);
    let languages = graph
        .words(subject, dct!("language"))
        .filter_map(spoken)
        .map(Value::from);
    body.put_list("language", languages.collect(), 16);
    let standards = graph
        .nodes(subject, dct!("conformsTo"))
        .filter_map(|node| iri(&node))
        .map(Value::from);
    body.put_list("conformsTo", standards.collect(), LISTS);
}

fn of_tag(tag: Option<&str>, rules: &Rules) -> String {
    tag.and_then(language)
        .unwrap_or_else(|| rules.usual_language().to_owned())
}

fn texts(graph: &Graph, subject: &str, predicate: &'static str, rules: &Rules) -> Option<Value> {
    by_language(
        graph
            .texts(subject, predicate)
            .map(|(tag, text)| (of_tag(tag, rules), text.to_owned())),
    )
}

fn publisher(graph: &Graph, subject: &str, rules: &Rules) -> Option<Value> {
    let mut named = graph
        .nodes(subject, dct!("publisher"))
        .filter_map(|node| texts(graph, &node, FOAF_NAME, rules));
    let usual = || {
        by_language(
            rules
                .publisher
                .iter()
                .map(|name| (rules.usual_language().to_owned(), name.clone())),
        )
    };
    named.next().or_else(usual).map(|name| json!({ "name": name }))
}

/// The states that it covers: two letters behind a list of ISO 3166, or what the map says.
fn states(graph: &Graph, subject: &str, rules: &Rules) -> Vec<Value> {
    let found: Vec<Value> = graph
        .words(subject, dct!("spatial"))
        .filter_map(|place| {
            let code = place.rsplit('/').next().filter(|_| place.contains("iso3166"))?;
            (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| json!(code))
        })
        .collect();
    match found.is_empty() {
        true => rules.spatial.iter().map(|state| json!(state)).collect(),
        false => found,
    }
}

/// The language that a word or the last step of a list's address names.
fn spoken(word: &str) -> Option<String> {
    language(word.rsplit('/').next()?.to_ascii_lowercase().as_str())
}

/// The last step of an address of this list, where records have it.
fn listed(graph: &Graph, subject: &str, predicate: &'static str, list: &str, known: &[&str]) -> Option<String> {
    let mut words = graph
        .words(subject, predicate)
        .filter_map(|word| word.strip_prefix(list));
    words.find(|word| known.contains(word)).map(str::to_owned)
}

fn contact(graph: &Graph, subject: &str, rules: &Rules, body: &mut Body) {
    for node in graph.nodes(subject, dcat!("contactPoint")) {
        let is_office = graph.of_class(vcard!("Organization")).any(|office| office == node);
        let page = graph.words(&node, vcard!("hasURL")).find_map(web_page);
        let name = texts(graph, &node, vcard!("fn"), rules);
        match (is_office, name, page) {
            (true, Some(name), Some(page)) if !body.has("contactPoint") => {
                body.put("contactPoint", Some(json!({ "name": name, "page": page })));
            }
            _ => body.left_out.count("a contact that may be a person"),
        }
    }
}

fn distributions(graph: &Graph, subject: &str, rules: &Rules, body: &mut Body) {
    let mut read = Vec::new();
    for node in graph.nodes(subject, dcat!("distribution")) {
        match distribution(graph, &node, rules) {
            Some(distribution) => read.push(distribution),
            None => body.left_out.count("a distribution without a web address"),
        }
    }
    body.put_distributions(read);
}

fn distribution(graph: &Graph, node: &str, rules: &Rules) -> Option<Value> {
    let download = graph.words(node, dcat!("downloadURL")).find_map(web_page);
    let access = graph.words(node, dcat!("accessURL")).find_map(web_page);
    let distribution = Distribution {
        access: access.or_else(|| download.clone())?,
        download,
        title: texts(graph, node, dct!("title"), rules),
        description: texts(graph, node, dct!("description"), rules),
        media_type: graph.words(node, dcat!("mediaType")).find_map(media_type),
        license: graph
            .words(node, dct!("license"))
            .find_map(|word| iri(rules.license.get(word).map_or(word, |one| one))),
        bytes: graph.words(node, dcat!("byteSize")).find_map(|text| text.parse().ok()),
    };
    Some(distribution.render())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURTLE: &str = r#"
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        @prefix vcard: <http://www.w3.org/2006/vcard/ns#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
        @prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix adms: <http://www.w3.org/ns/adms#> .
        <https://a.example/set/1> a dcat:Dataset ; dct:title "Вода (пример)"@ru, "Water (sample)"@en ;
            dct:description "About water" ; dct:publisher [ a foaf:Agent ; foaf:name "Office (sample)"@en ] ;
            dcat:keyword "вода"@ru ; dcat:theme <https://topics.example/water> ;
            dct:spatial <http://lexvo.org/id/iso3166/KZ> ; dct:issued "2026-01-02T00:00:00Z" ;
            dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/DAILY> ;
            dcat:contactPoint [ a vcard:Individual ; vcard:fn "Somebody" ; vcard:hasEmail <mailto:a@b.example> ],
                [ a vcard:Organization ; vcard:fn "Data office"@en ; vcard:hasURL <https://a.example/office> ] ;
            dct:creator [ foaf:name "Somebody" ] ;
            dcat:distribution [ dcat:downloadURL <https://a.example/1.csv> ; dcat:byteSize 12 ;
                dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ], [ dct:title "nowhere" ] .
        <https://a.example/set/2> a dcat:Dataset ; dct:title "Gone" ;
            adms:status <http://publications.europa.eu/resource/authority/dataset-status/WITHDRAWN> .
        [] a dcat:Dataset ; dct:title "Nameless" .
        <https://a.example/?page=1> a hydra:PartialCollectionView ; hydra:next <https://a.example/?page=2> .
    "#;

    #[test]
    fn a_dataset_is_read_without_its_persons() {
        let rules = Rules::parse("language = \"en\"").unwrap();
        let page = dcat_page(
            TURTLE.as_bytes(),
            "text/turtle; charset=utf-8",
            "https://a.example/",
            &rules,
        )
        .unwrap();
        assert_eq!(page.next.as_deref(), Some("https://a.example/?page=2"));
        assert_eq!(page.found.len(), 3);
        let of = |id: &str| page.found.iter().flatten().find(|found| found.id == id).unwrap();
        let one = of("https://a.example/set/1");
        assert_eq!(
            one.what.as_ref().unwrap(),
            &json!({
                "title": { "ru": "Вода (пример)", "en": "Water (sample)" }, "description": { "en": "About water" },
                "publisher": { "name": { "en": "Office (sample)" } }, "identifier": "https://a.example/set/1",
                "keyword": { "ru": ["вода"] }, "theme": ["https://topics.example/water"], "spatial": ["KZ"],
                "issued": "2026-01-02", "accrualPeriodicity": "DAILY",
                "contactPoint": { "name": { "en": "Data office" }, "page": "https://a.example/office" },
                "distribution": [{
                    "accessURL": "https://a.example/1.csv", "downloadURL": "https://a.example/1.csv", "byteSize": 12,
                    "mediaType": "text/csv",
                }],
            })
        );
        let left_out: Vec<_> = one.left_out.0.iter().map(|(what, count)| (*what, *count)).collect();
        assert_eq!(
            left_out,
            [
                ("a contact that may be a person", 1),
                ("a creator that may be a person", 1),
                ("a distribution without a web address", 1)
            ]
        );
        assert!(
            of("https://a.example/set/2")
                .what
                .as_ref()
                .unwrap_err()
                .contains("WITHDRAWN")
        );
        let unread: Vec<_> = page.found.iter().filter_map(|found| found.as_ref().err()).collect();
        assert_eq!(unread, ["it has neither an IRI nor an identifier"]);
    }

    #[test]
    fn every_form_of_rdf_is_read_and_what_is_none_is_told() {
        let rules = Rules::default();
        let xml = "<?xml version=\"1.0\"?><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
            xmlns:dcat=\"http://www.w3.org/ns/dcat#\" xmlns:dct=\"http://purl.org/dc/terms/\">\
            <dcat:Dataset rdf:about=\"https://a.example/1\"><dct:title>x</dct:title></dcat:Dataset></rdf:RDF>";
        let json = "{\"@id\":\"https://a.example/1\",\"@type\":\"http://www.w3.org/ns/dcat#Dataset\",\
            \"http://purl.org/dc/terms/title\":\"x\"}";
        let turtle =
            "<https://a.example/1> a <http://www.w3.org/ns/dcat#Dataset> ; <http://purl.org/dc/terms/title> \"x\" .";
        for (text, media_type) in [
            (xml, "application/rdf+xml"),
            (json, "application/ld+json"),
            (turtle, "text/turtle"),
        ] {
            for media_type in [media_type, "", "text/plain"] {
                let page = dcat_page(text.as_bytes(), media_type, "https://a.example/", &rules).unwrap();
                assert_eq!(
                    page.found[0].as_ref().unwrap().id,
                    "https://a.example/1",
                    "{media_type}: {text}"
                );
            }
        }
        // A context that would have to be fetched is not.
        let foreign = "{\"@context\":\"https://a.example/context\",\"@id\":\"https://a.example/1\",\"a\":\"b\"}";
        assert!(dcat_page(foreign.as_bytes(), "application/ld+json", "https://a.example/", &rules).is_err());
        assert!(dcat_page(b"<html>", "text/html", "https://a.example/", &rules).is_err());
    }
}
