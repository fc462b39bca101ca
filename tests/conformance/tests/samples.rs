//! The sample certificates of `samples/`, read as any receiver would read them: well-formed XML that says the same as the metadata
//! beside it, in the shapes of the public code lists, and calls itself a sample.
//!
//! Refuses to judge them against the schema of UN/CEFACT, which is not part of this repository, and the goods themselves.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop loudly"
)]

use roxmltree::{Document, Node};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const CERTIFICATE: &str = "urn:un:unece:uncefact:data:standard:SPSCertificate:17";
const ENTITY: &str = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21";
/// Members that every metadata has; `replaces` comes on top of them where there is something to replace.
const MEMBERS: usize = 28;
/// Certificates of the agency, and of the other body.
const COUNTS: (usize, usize) = (30, 3);
/// ISO 3166-1 codes of the places that the samples are about.
const COUNTRIES: [&str; 6] = ["CN", "KG", "KZ", "RU", "TJ", "UZ"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/phytosanitary")
}

fn files(folder: &Path, ending: &str) -> BTreeSet<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect()
}

/// Every certificate: its name, its text and its metadata.
fn all() -> Vec<(String, String, Value)> {
    let (agency, other) = (files(&folder(), "xml"), files(&folder().join("other-body"), "xml"));
    assert_eq!((agency.len(), other.len()), COUNTS);
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let metadata = fs::read(path.with_extension("json")).unwrap_or_else(|why| panic!("{name}: no metadata: {why}"));
        let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{name}: {why}"));
        (name, text, serde_json::from_slice(&metadata).unwrap())
    };
    agency.into_iter().chain(other).map(read).collect()
}

/// The element reached from `from` by these names, of whichever of the two namespaces.
fn at<'a>(from: Node<'a, 'a>, path: &str) -> Option<Node<'a, 'a>> {
    path.split('/').try_fold(from, |node, name| {
        let known = |found: &Node<'_, '_>| matches!(found.tag_name().namespace(), Some(CERTIFICATE | ENTITY));
        node.children()
            .find(|child| child.tag_name().name() == name && known(child))
    })
}

/// The text reached from the root.
fn text<'a>(document: &'a Document<'a>, path: &str) -> &'a str {
    let found = at(document.root_element(), path).and_then(|node| node.text());
    found.unwrap_or_else(|| panic!("no `{path}`"))
}

/// The texts of every element of this name, in order.
fn texts<'a>(document: &'a Document<'a>, name: &str) -> Vec<&'a str> {
    let all = document.descendants().filter(|node| node.tag_name().name() == name);
    all.filter_map(|node| node.text()).collect()
}

const HEAD: &str = "SPSExchangedDocument";
const GOODS: &str = "SPSConsignment";
const LINE: &str = "SPSConsignment/IncludedSPSConsignmentItem/IncludedSPSTradeLineItem";

/// Where a member of the metadata stands in the certificate.
#[rustfmt::skip]
const SAME: [(&str, &str, &str); 10] = [
    ("certificateNumber", HEAD, "ID"),
    ("typeCode", HEAD, "TypeCode"),
    ("statusCode", HEAD, "StatusCode"),
    ("issuer", HEAD, "IssuerSPSParty/Name"),
    ("locodeFrom", HEAD, "SignatorySPSAuthentication/IssueSPSLocation/ID"),
    ("locodeTo", GOODS, "UnloadingBaseportSPSLocation/ID"),
    ("originCountry", GOODS, "ExportSPSCountry/ID"),
    ("destinationCountry", GOODS, "ImportSPSCountry/ID"),
    ("scientificName", LINE, "ScientificName"),
    ("originRegion", LINE, "OriginSPSCountry/SubordinateSPSCountrySubDivision/Name"),
];

#[test]
fn a_certificate_says_what_its_metadata_says() {
    for (name, xml, metadata) in all() {
        let document = Document::parse(&xml).unwrap_or_else(|why| panic!("{name} is not well formed: {why}"));
        let root = document.root_element().tag_name();
        assert_eq!(
            (root.namespace(), root.name()),
            (Some(CERTIFICATE), "SPSCertificate"),
            "{name}"
        );
        assert_eq!(
            (&metadata["id"], &metadata["file"]),
            (&json!(name), &json!(format!("{name}.xml")))
        );
        for (member, part, path) in SAME {
            assert_eq!(
                metadata[member],
                text(&document, &format!("{part}/{path}")),
                "{name}: {member}"
            );
        }
        let line = at(document.root_element(), LINE).unwrap();
        let codes: Vec<&str> = line
            .children()
            .filter(|child| at(*child, "SystemName").and_then(|system| system.text()) == Some("HS"))
            .filter_map(|child| at(child, "ClassCode")?.text())
            .collect();
        assert_eq!(codes, [metadata["hsCode"].as_str().unwrap()], "{name}");
        let net = at(line, "NetWeightMeasure").unwrap();
        assert_eq!(net.attribute("unitCode"), Some("KGM"), "{name}");
        assert_eq!(
            net.text().unwrap().parse::<f64>().ok(),
            metadata["netWeightKg"].as_f64(),
            "{name}"
        );
        for (member, language) in [("commodity", "en"), ("commodityRu", "ru")] {
            let mut names = line.children().filter(|child| child.tag_name().name() == "CommonName");
            let named = names
                .find(|child| child.attribute("languageID") == Some(language))
                .unwrap();
            assert_eq!(metadata[member], named.text().unwrap(), "{name}");
        }
        let treated = document
            .descendants()
            .any(|node| node.tag_name().name() == "AppliedSPSProcess");
        assert_eq!(metadata["treated"], treated, "{name}");
        let mode = text(&document, &format!("{GOODS}/MainCarriageSPSTransportMovement/ModeCode"));
        assert_eq!(metadata["transportMode"], mode_name(mode), "{name}");
        assert_eq!(
            metadata["issuedAt"],
            in_utc(texts(&document, "DateTimeString")[0]),
            "{name}"
        );
        let replaced = metadata.get("replaces").and_then(Value::as_str);
        assert_eq!(
            replaced.is_some(),
            xml.contains("<ram:Subject>ADRPN</ram:Subject>"),
            "{name}"
        );
        assert!(
            replaced.is_none_or(|number| xml.contains(number)),
            "{name}: does not name what it replaces"
        );
    }
}

/// UNECE recommendation 19.
fn mode_name(code: &str) -> &'static str {
    match code {
        "2" => "rail",
        "3" => "road",
        "4" => "air",
        other => panic!("`{other}` is no mode of these samples"),
    }
}

/// The same moment in UTC. All are issued in the zone +05:00, after five in the morning.
fn in_utc(local: &str) -> String {
    let (date, time) = local.strip_suffix("+05:00").unwrap().split_once('T').unwrap();
    let (hour, rest) = time.split_once(':').unwrap();
    let hour: u8 = hour
        .parse::<u8>()
        .unwrap()
        .checked_sub(5)
        .unwrap_or_else(|| panic!("`{local}` is of the day before"));
    format!("{date}T{hour:02}:{rest}Z")
}

#[test]
fn codes_have_the_shape_of_their_lists() {
    for (name, _, metadata) in all() {
        let text = |member: &str| {
            metadata[member]
                .as_str()
                .unwrap_or_else(|| panic!("{name}: no `{member}`"))
        };
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        let (code, heading) = (text("hsCode"), text("hsHeading"));
        assert!(
            digits(code, 6) && digits(heading, 4) && code.starts_with(heading),
            "{name}: HS {code} under {heading}"
        );
        let chapter: u8 = code[..2].parse().unwrap();
        assert!(
            (1..=97).contains(&chapter) && chapter != 77,
            "{name}: there is no HS chapter {chapter}"
        );
        for (locode, country) in [("locodeFrom", "originCountry"), ("locodeTo", "destinationCountry")] {
            let (locode, country) = (text(locode), text(country));
            assert!(COUNTRIES.contains(&country), "{name}: {country}");
            // UN/LOCODE: two letters of the country, then three letters or digits from 2 to 9.
            let place = locode
                .strip_prefix(country)
                .unwrap_or_else(|| panic!("{name}: {locode} is not in {country}"));
            let fits = |byte: u8| byte.is_ascii_uppercase() || (b'2'..=b'9').contains(&byte);
            assert!(place.len() == 3 && place.bytes().all(fits), "{name}: {locode}");
        }
        let type_of = if name.starts_with("uz-pc-") {
            ("phytosanitary-certificate", "851")
        } else {
            ("veterinary-certificate", "853")
        };
        assert_eq!(
            (text("documentType"), text("typeCode"), text("statusCode")),
            (type_of.0, type_of.1, "70"),
            "{name}"
        );
        let members = metadata.as_object().unwrap();
        assert_eq!(
            members.len(),
            MEMBERS + usize::from(members.contains_key("replaces")),
            "{name}: {members:?}"
        );
    }
}

#[test]
fn every_certificate_calls_itself_a_sample() {
    let mut numbers = BTreeSet::new();
    for (name, xml, metadata) in all() {
        assert_eq!(
            (&metadata["sample"], &metadata["personalData"]),
            (&json!(true), &json!(false)),
            "{name}"
        );
        assert_eq!(metadata["license"], "Apache-2.0", "{name}");
        assert!(
            xml.lines().nth(1).unwrap().starts_with("<!-- SAMPLE."),
            "{name}: the file does not open with it"
        );
        assert!(metadata["title"].as_str().unwrap().ends_with("(sample)"), "{name}");
        assert!(metadata["titleRu"].as_str().unwrap().ends_with("(образец)"), "{name}");
        assert!(metadata["issuer"].as_str().unwrap().ends_with("(SAMPLE)"), "{name}");
        let number = metadata["certificateNumber"].as_str().unwrap();
        assert!(number.contains("-SAMPLE-"), "{name}: {number}");
        assert!(numbers.insert(number.to_owned()), "{number} stands twice");
        let document = Document::parse(&xml).unwrap();
        let parties =
            ["ConsignorSPSParty", "ConsigneeSPSParty"].map(|party| text(&document, &format!("{GOODS}/{party}/Name")));
        assert!(
            parties.iter().all(|firm| firm.ends_with("(sample)")),
            "{name}: {parties:?}"
        );
        let says = texts(&document, "Content");
        assert!(
            says.iter().any(|said| said.starts_with("SAMPLE:")),
            "{name}: not in English"
        );
        assert!(
            says.iter().any(|said| said.starts_with("ОБРАЗЕЦ:")),
            "{name}: not in Russian"
        );
    }
}

#[test]
fn no_metadata_lies_alone() {
    for folder in [folder(), folder().join("other-body")] {
        let names = |ending: &str| -> BTreeSet<PathBuf> {
            files(&folder, ending)
                .iter()
                .map(|path| path.with_extension(""))
                .collect()
        };
        assert_eq!(names("json"), names("xml"));
    }
}
