//! What a record says of a dataset that is offered: the asset's properties in the words of the kind, where it lies in the exchange, and
//! the offers of it.
//!
//! Nothing is invented. A property that the kind cannot take is left out and told of; what the kind demands and nobody said is told, and
//! then there is no record.

use chapar_register::{Draft, Finding, Issue, KindName, Kinds, LogId, Visibility};
use chapar_terms::{Instant, Invalid, Lang, OfferId, ParticipantId, Salt};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The language of a text of which nobody says in which it is (BCP 47).
const UNDETERMINED: &str = "und";
/// Most offers that a record tells: as many as the kind has room for. Whoever wants others asks the node.
const OFFERS: usize = 50;
/// The namespaces whose words are properties of assets, with the prefix by which they are written shortly.
const DCT: (&str, &str) = ("dct:", "http://purl.org/dc/terms/");
const DCAT: (&str, &str) = ("dcat:", "http://www.w3.org/ns/dcat#");
const DCATAP: (&str, &str) = ("dcatap:", "http://data.europa.eu/r5r/");
/// What a property that says so calls an asset that is an interface.
const SERVICE: [&str; 3] = [
    "DataService",
    "dcat:DataService",
    "http://www.w3.org/ns/dcat#DataService",
];

/// How a property is read.
#[derive(Clone, Copy)]
enum Form {
    /// Texts by language.
    Text,
    /// Words by language.
    Words,
    /// One text that is the same in every language.
    One,
    /// Several of them.
    Many,
}

/// A member of both kinds, where it stands in both, with the namespace of its word.
type Term = (&'static str, (&'static str, &'static str), Form);

const SHARED: [Term; 9] = [
    ("title", DCT, Form::Text),
    ("description", DCT, Form::Text),
    ("keyword", DCAT, Form::Words),
    ("theme", DCAT, Form::Many),
    ("spatial", DCT, Form::Many),
    ("conformsTo", DCT, Form::Many),
    ("accessRights", DCT, Form::One),
    ("applicableLegislation", DCATAP, Form::Many),
    ("landingPage", DCAT, Form::One),
];
const OF_DATASETS: [Term; 6] = [
    ("license", DCT, Form::One),
    ("language", DCT, Form::Many),
    ("issued", DCT, Form::One),
    ("modified", DCT, Form::One),
    ("accrualPeriodicity", DCT, Form::One),
    ("version", DCAT, Form::One),
];
const OF_SERVICES: [Term; 3] = [
    ("endpointURL", DCAT, Form::Many),
    ("endpointDescription", DCAT, Form::One),
    ("license", DCT, Form::One),
];

/// Members that a dataset has in its distribution.
const IN_DISTRIBUTION: [&str; 2] = ["license", "mediaType"];

/// An asset with what is offered of it to everybody.
pub(super) struct Asset<'a> {
    pub id: &'a str,
    pub properties: &'a Map<String, Value>,
    /// Media type, bytes and SHA-256 of what lies here.
    pub content: Option<(&'a str, i64, &'a str)>,
    /// The ids of the offers with their rules.
    pub offers: Vec<(OfferId, &'a Map<String, Value>)>,
}

/// Whose it is.
pub(super) struct Owner<'a> {
    pub id: &'a ParticipantId,
    /// Where its node speaks the Dataspace Protocol.
    pub address: &'a str,
    /// In which transfer formats it hands over.
    pub formats: &'a [&'a str],
}

/// What there is to say.
#[derive(Debug)]
pub(super) struct Told {
    pub kind: KindName,
    pub body: Value,
    /// Properties that the kind cannot take as they are.
    pub left_out: Vec<Finding>,
    /// What hinders the record.
    pub missing: Vec<Finding>,
}

/// What a record would say of an asset.
///
/// # Errors
/// None but ours: a name in the code is none.
pub(super) fn told(owner: &Owner<'_>, asset: &Asset<'_>) -> Result<Told, Invalid> {
    let is_service = read(asset.properties, "type", DCT, Form::Many)
        .as_ref()
        .and_then(Value::as_array)
        .is_some_and(|types| {
            types
                .iter()
                .filter_map(Value::as_str)
                .any(|kind| SERVICE.contains(&kind))
        });
    let (kind, own): (&str, &[Term]) = match is_service {
        true => ("data-service", &OF_SERVICES),
        false => ("dataset", &OF_DATASETS),
    };
    let mut given = Map::new();
    for (member, namespace, form) in SHARED.iter().chain(own) {
        let value = read(asset.properties, member, *namespace, *form);
        given.extend(value.map(|value| ((*member).to_owned(), value)));
    }
    if !given.contains_key("title") {
        // The word of the EDC family for it.
        let name = asset.properties.get("name").and_then(texts);
        given.extend(name.map(|name| ("title".to_owned(), name)));
    }
    if let Some(media_type) = media_type(asset).filter(|_| !is_service) {
        given.insert("mediaType".to_owned(), media_type);
    }
    let kind = KindName::parse(kind)?;
    let frame = frame(owner, asset, is_service);
    let (mut body, mut left_out) = (merged(&frame, &given), Vec::new());
    let mut missing = check(owner.id, &kind, &body)?;
    // What nobody must say is left out where it does not fit; each round has fewer members, so there is an end.
    while let Some(finding) = missing.iter().find(|finding| can_be_left_out(finding, &given)).cloned() {
        given.remove(member_of(&finding));
        left_out.push(finding);
        body = merged(&frame, &given);
        missing = check(owner.id, &kind, &body)?;
    }
    Ok(Told {
        kind,
        body,
        left_out,
        missing,
    })
}

/// What a record says of itself, whatever the properties are.
fn frame(owner: &Owner<'_>, asset: &Asset<'_>, is_service: bool) -> Map<String, Value> {
    let publisher = read(asset.properties, "publisher", DCT, Form::Text);
    let publisher = publisher.unwrap_or_else(|| json!({ UNDETERMINED: owner.id.as_str() }));
    let offers = asset.offers.iter().take(OFFERS).map(|(id, rules)| {
        let mut rules = (*rules).clone();
        rules.remove("@type");
        json!({ "id": id.as_str(), "rules": rules })
    });
    let mut frame = Map::new();
    let mut put = |name: &str, value: Value| frame.insert(name.to_owned(), value);
    put("publisher", json!({ "name": publisher }));
    put("dataspaceDataset", asset.id.into());
    put("dataspaceAddress", owner.address.into());
    put("dataspaceFormats", json!(owner.formats));
    put("dataspaceOffers", offers.collect());
    if !is_service {
        put("identifier", asset.id.into());
        put("distribution", json!([distribution(owner, asset)]));
    }
    frame
}

/// In which form the data are had, and where access to them is given.
fn distribution(owner: &Owner<'_>, asset: &Asset<'_>) -> Value {
    match asset.content {
        None => json!({ "accessURL": owner.address }),
        Some((_, size, digest)) => json!({
            "accessURL": owner.address,
            "byteSize": size,
            "checksum": { "algorithm": "SHA-256", "checksumValue": digest },
        }),
    }
}

/// The media type of what lies here, otherwise as the asset says it; the kind takes none of its parameters.
fn media_type(asset: &Asset<'_>) -> Option<Value> {
    let said = ["contenttype", "mediaType", "dcat:mediaType"];
    let said = said.iter().find_map(|name| asset.properties.get(*name)?.as_str());
    let text = asset.content.map(|(media_type, ..)| media_type).or(said)?;
    let plain = text.split(';').next().unwrap_or_default().trim();
    Some(plain.to_ascii_lowercase().into())
}

fn merged(frame: &Map<String, Value>, given: &Map<String, Value>) -> Value {
    let mut body = frame.clone();
    for (name, value) in given {
        let distribution = body
            .get_mut("distribution")
            .and_then(|list| list.get_mut(0)?.as_object_mut());
        match distribution.filter(|_| IN_DISTRIBUTION.contains(&name.as_str())) {
            Some(members) => members.insert(name.clone(), value.clone()),
            None => body.insert(name.clone(), value.clone()),
        };
    }
    Value::Object(body)
}

/// All that hinders a record with this body.
fn check(owner: &ParticipantId, kind: &KindName, body: &Value) -> Result<Vec<Finding>, Invalid> {
    let draft = Draft {
        kind: kind.clone(),
        local: "offered".to_owned(),
        version: 1,
        previous: None,
        valid: None,
        mandate: None,
        authentic: BTreeSet::new(),
        visibility: Visibility::Open,
        links: Vec::new(),
        body: body.clone(),
    };
    let issue = Issue {
        issuer: owner.clone(),
        log: LogId::parse("0000000000000000")?,
        at: Instant::from_unix_ms(0),
        salt: Salt::from_bytes([0; 32]),
    };
    Ok(draft.check(Kinds::built_in(), issue).err().unwrap_or_default())
}

/// The property that a finding is about.
fn member_of(finding: &Finding) -> &str {
    let place = finding.pointer.as_str();
    let place = place.strip_prefix("/distribution/0").unwrap_or(place);
    place.split('/').nth(1).unwrap_or_default()
}

/// Whether a finding is about the form of a property that nobody must give. One that reaches a person never is: its author is told.
fn can_be_left_out(finding: &Finding, given: &Map<String, Value>) -> bool {
    let member = member_of(finding);
    finding.code == "schema" && given.contains_key(member) && !matches!(member, "title" | "description" | "endpointURL")
}

/// A property under its own name, with the prefix of its namespace, or in full.
fn read(properties: &Map<String, Value>, member: &str, (prefix, namespace): (&str, &str), form: Form) -> Option<Value> {
    let names = [
        member.to_owned(),
        format!("{prefix}{member}"),
        format!("{namespace}{member}"),
    ];
    let value = names.iter().find_map(|name| properties.get(name))?;
    match form {
        Form::Text => texts(value),
        Form::Words => words(value),
        Form::One => Some(plain(value).clone()),
        Form::Many => Some(match value {
            Value::Array(items) => items.iter().map(|item| plain(item).clone()).collect(),
            one => json!([plain(one)]),
        }),
    }
}

/// A value without the wrapping that JSON-LD may have around it.
fn plain(value: &Value) -> &Value {
    let wrapped = ["@value", "@id"].iter().find_map(|name| value.get(name));
    wrapped.unwrap_or(value)
}

/// Texts by language: an object of them, a text alone, or texts of JSON-LD; none where there is no text.
fn texts(value: &Value) -> Option<Value> {
    let mut found = Map::new();
    for (tag, text) in tagged(value) {
        found.entry(tag).or_insert_with(|| text.clone());
    }
    (!found.is_empty()).then(|| found.into())
}

/// Words by language, likewise; there may be several in each.
fn words(value: &Value) -> Option<Value> {
    let mut found: Map<String, Value> = Map::new();
    for (tag, text) in tagged(value) {
        let list = found.entry(tag).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut().filter(|list| !list.contains(text)) {
            list.push(text.clone());
        }
    }
    (!found.is_empty()).then(|| found.into())
}

/// Each text with its language.
fn tagged(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::String(text) if !text.trim().is_empty() => vec![(UNDETERMINED.to_owned(), value)],
        Value::Array(items) => items.iter().flat_map(tagged).collect(),
        Value::Object(members) => match members.get("@value") {
            Some(text) => {
                let tag = members.get("@language").and_then(Value::as_str);
                let tag = tag.filter(|tag| Lang::parse(tag).is_ok()).unwrap_or(UNDETERMINED);
                tagged(text)
                    .into_iter()
                    .map(|(_, text)| (tag.to_owned(), text))
                    .collect()
            }
            None => {
                let members = members.iter().filter(|(tag, _)| Lang::parse(tag).is_ok());
                let texts = members.flat_map(|(tag, texts)| {
                    let texts = tagged(texts).into_iter();
                    texts.map(move |(_, text)| (tag.clone(), text))
                });
                texts.collect()
            }
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "https://node.uz.example/plant/dsp/2025-1";

    fn of(properties: Value) -> Told {
        let id = ParticipantId::parse("did:web:node.uz.example:plant").unwrap();
        let owner = Owner {
            id: &id,
            address: ADDRESS,
            formats: &["HttpData-PULL"],
        };
        let rules = json!({ "@type": "Set", "permission": [{ "action": "use" }] });
        let digest = "ab".repeat(32);
        let asset = Asset {
            id: "cert-1",
            properties: properties.as_object().unwrap(),
            content: Some(("text/CSV; charset=utf-8", 7, &digest)),
            offers: vec![(OfferId::parse("o:cert-1:1").unwrap(), rules.as_object().unwrap())],
        };
        told(&owner, &asset).unwrap()
    }

    fn said(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(|finding| finding.pointer.as_str()).collect()
    }

    #[test]
    fn a_dataset_says_what_its_asset_says_and_where_it_is_negotiated() {
        let told = of(json!({
            "title": { "ru": "Сертификаты", "en": "Certificates" },
            "http://purl.org/dc/terms/description": [{ "@value": "Issued (sample)", "@language": "en" }],
            "dcat:keyword": ["plant", { "@value": "завод", "@language": "ru" }, "plant"],
            "theme": { "@id": "http://publications.europa.eu/resource/authority/data-theme/AGRI" },
            "spatial": "UZ", "version": "3", "publisher": { "en": "Plant office" }, "secret": "never said",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        }));
        assert_eq!((said(&told.left_out), said(&told.missing)), (vec![], vec![]));
        assert_eq!(told.kind.as_str(), "dataset");
        let expected = json!({
            "title": { "ru": "Сертификаты", "en": "Certificates" }, "description": { "en": "Issued (sample)" },
            "keyword": { "und": ["plant"], "ru": ["завод"] },
            "theme": ["http://publications.europa.eu/resource/authority/data-theme/AGRI"],
            "spatial": ["UZ"], "version": "3", "publisher": { "name": { "en": "Plant office" } }, "identifier": "cert-1",
            "distribution": [{
                "accessURL": ADDRESS, "mediaType": "text/csv", "byteSize": 7,
                "license": "https://creativecommons.org/licenses/by/4.0/",
                "checksum": { "algorithm": "SHA-256", "checksumValue": "ab".repeat(32) },
            }],
            "dataspaceDataset": "cert-1", "dataspaceAddress": ADDRESS, "dataspaceFormats": ["HttpData-PULL"],
            "dataspaceOffers": [{ "id": "o:cert-1:1", "rules": { "permission": [{ "action": "use" }] } }],
        });
        assert_eq!(told.body, expected);
    }

    #[test]
    fn texts_of_no_language_are_said_to_be_of_none_and_the_owner_is_the_publisher() {
        let told = of(json!({ "name": "Certificates", "description": "Issued (sample)" }));
        assert_eq!((said(&told.left_out), said(&told.missing)), (vec![], vec![]));
        assert_eq!(told.body["title"], json!({ "und": "Certificates" }));
        assert_eq!(
            told.body["publisher"]["name"],
            json!({ "und": "did:web:node.uz.example:plant" })
        );
    }

    #[test]
    fn what_is_demanded_and_not_said_hinders_the_record() {
        assert_eq!(said(&of(json!({})).missing), ["/description", "/title"]);
        assert_eq!(
            said(&of(json!({ "title": "", "description": 7 })).missing),
            ["/description", "/title"]
        );
        let service = of(json!({ "title": "t", "description": "d", "dct:type": { "@id": "dcat:DataService" } }));
        assert_eq!(
            (service.kind.as_str(), said(&service.missing)),
            ("data-service", vec!["/endpointURL"])
        );
        let service = of(json!({ "title": "t", "type": "DataService", "endpointURL": "https://api.uz.example/v1" }));
        assert_eq!(said(&service.missing), Vec::<&str>::new());
        assert_eq!(service.body.get("distribution"), None);
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_what_reaches_a_person_is_never_said() {
        let told = of(
            json!({ "title": "t", "description": "d", "theme": "farming", "spatial": ["Uzbekistan"], "license": "free" }),
        );
        assert_eq!(said(&told.missing), Vec::<&str>::new());
        assert_eq!(
            said(&told.left_out),
            ["/distribution/0/license", "/spatial/0", "/theme/0"]
        );
        assert_eq!(told.body["distribution"][0].get("license"), None);
        assert!(
            ["theme", "spatial"]
                .iter()
                .all(|member| told.body.get(member).is_none())
        );
        let told = of(json!({ "title": "t", "description": "d", "keyword": "office@plant.uz.example" }));
        assert_eq!(said(&told.missing), ["/keyword/und/0"]);
        assert_eq!(told.missing[0].code, "personal-data");
    }
}
