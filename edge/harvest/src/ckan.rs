//! A page of CKAN's action API (`package_search`), or a file with one: packages become datasets, resources their distributions.
//!
//! `author` and `maintainer` are persons as often as not, and come with e-mail addresses: they are left out.

use crate::bounds::{LISTS, THEMES};
use crate::dataset::{Body, Distribution, Found};
use crate::rules::Rules;
use crate::text::{by_language, day, iri, language, media_type, web_page};
use chapar_terms::Invalid;
use serde_json::{Map, Value, json};

const WHAT: &str = "page of CKAN";
/// Members of a package that reach a person.
const PERSONS: [&str; 4] = ["author", "author_email", "maintainer", "maintainer_email"];
/// Datasets asked for at a time: what CKAN gives at most in most installations is a thousand.
const ROWS: u64 = 100;

/// What a page holds.
#[derive(Debug)]
pub struct CkanPage {
    /// Its datasets, each with its id or why it could not be read.
    pub found: Vec<Result<Found, String>>,
    /// How many there are in all.
    pub count: u64,
}

/// The address of the page that begins behind `start` datasets, below the address of a CKAN.
pub fn ckan_query(site: &str, start: u64) -> String {
    let site = site.trim_end_matches('/');
    // By what never changes, so that pages do not shift while they are read.
    format!("{site}/api/3/action/package_search?rows={ROWS}&start={start}&sort=metadata_created+asc,id+asc")
}

/// Reads a page.
///
/// # Errors
/// It is no answer of `package_search`, and no list of packages.
pub fn ckan_page(bytes: &[u8], rules: &Rules) -> Result<CkanPage, Invalid> {
    let page: Value = serde_json::from_slice(bytes).map_err(|error| Invalid::new(WHAT, error.to_string()))?;
    let result = page.get("result").unwrap_or(&page);
    let packages = result.get("results").unwrap_or(result);
    let packages = packages
        .as_array()
        .ok_or_else(|| Invalid::new(WHAT, "it has no `result.results`"))?;
    let count = result.get("count").and_then(Value::as_u64);
    Ok(CkanPage {
        found: packages.iter().map(|package| dataset(package, rules)).collect(),
        count: count.unwrap_or(packages.len() as u64),
    })
}

fn dataset(package: &Value, rules: &Rules) -> Result<Found, String> {
    let package = package.as_object().ok_or("it is no object")?;
    let id = said(package, "id")
        .or_else(|| said(package, "name"))
        .ok_or("it has no `id`")?
        .to_owned();
    let what = match said(package, "state") {
        None | Some("active") => Ok(()),
        Some("deleted") => Err("the catalogue says that it is deleted".to_owned()),
        Some(other) => return Err(format!("its state is `{other}`")),
    };
    let mut body = Body::default();
    body.put("title", texts(package, "title", rules));
    body.put("description", texts(package, "notes", rules));
    body.put("publisher", publisher(package, rules));
    body.put("identifier", Some(id.clone()).filter(|id| id.len() <= 200));
    keywords(package, rules, &mut body);
    themes(package, rules, &mut body);
    body.put_list(
        "spatial",
        rules.spatial.iter().map(|state| json!(state)).collect(),
        LISTS,
    );
    let spoken = said(package, "language").and_then(language);
    body.put("language", spoken.map(|language| vec![json!(language)]));
    body.put("issued", said(package, "metadata_created").and_then(day));
    body.put("modified", said(package, "metadata_modified").and_then(day));
    body.put("landingPage", said(package, "url").and_then(web_page));
    body.put(
        "version",
        said(package, "version").filter(|version| version.len() <= 64),
    );
    let resources = package
        .get("resources")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let license = license(package, rules);
    let distributions = resources.iter().filter_map(|resource| {
        let distribution = distribution(resource, rules, license.as_deref());
        if distribution.is_none() {
            body.left_out.count("a resource without a web address");
        }
        distribution
    });
    let distributions = distributions.collect();
    body.put_distributions(distributions);
    for name in PERSONS {
        if said(package, name).is_some() {
            body.left_out.count("a contact that may be a person");
        }
    }
    let (body, left_out) = body.finish();
    Ok(Found {
        id,
        page: None,
        what: what.map(|()| body),
        left_out,
    })
}

/// A member that is a text with something in it.
fn said<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members
        .get(name)
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// A text, and its translations where the extension `fluent` keeps them.
fn texts(members: &Map<String, Value>, name: &str, rules: &Rules) -> Option<Value> {
    let translated = members.get(&format!("{name}_translated")).and_then(Value::as_object);
    let translated = translated.into_iter().flatten();
    let translated = translated.filter_map(|(tag, text)| Some((language(tag)?, text.as_str()?.to_owned())));
    let translated: Vec<(String, String)> = translated.collect();
    let plain = said(members, name).filter(|_| translated.is_empty());
    by_language(
        translated
            .into_iter()
            .chain(plain.map(|text| (rules.usual_language().to_owned(), text.to_owned()))),
    )
}

fn publisher(package: &Map<String, Value>, rules: &Rules) -> Option<Value> {
    let organization = package.get("organization").and_then(Value::as_object);
    let named = organization.and_then(|organization| texts(organization, "title", rules));
    let usual = || {
        by_language(
            rules
                .publisher
                .iter()
                .map(|name| (rules.usual_language().to_owned(), name.clone())),
        )
    };
    named.or_else(usual).map(|name| json!({ "name": name }))
}

fn keywords(package: &Map<String, Value>, rules: &Rules, body: &mut Body) {
    let tags = package.get("tags").and_then(Value::as_array).into_iter().flatten();
    let words = tags.filter_map(|tag| {
        let word = tag.get("display_name").or_else(|| tag.get("name"))?.as_str()?;
        Some((rules.usual_language().to_owned(), word.to_owned()))
    });
    body.put_keywords(words.collect());
}

fn themes(package: &Map<String, Value>, rules: &Rules, body: &mut Body) {
    let groups = package.get("groups").and_then(Value::as_array).into_iter().flatten();
    let mut topics = Vec::new();
    for name in groups.filter_map(|group| group.get("name")?.as_str()) {
        match rules.theme.get(name) {
            Some(topic) => topics.push(json!(topic)),
            None => body.left_out.count("a group that the map gives no topic"),
        }
    }
    body.put_list("theme", topics, THEMES);
}

fn license(package: &Map<String, Value>, rules: &Rules) -> Option<String> {
    let mapped = said(package, "license_id")
        .and_then(|id| rules.license.get(id))
        .map(String::as_str);
    mapped.or_else(|| said(package, "license_url")).and_then(iri)
}

fn distribution(resource: &Value, rules: &Rules, license: Option<&str>) -> Option<Value> {
    let resource = resource.as_object()?;
    let kind = said(resource, "mimetype").or_else(|| said(resource, "format"));
    let size = resource.get("size");
    let distribution = Distribution {
        access: said(resource, "url").and_then(web_page)?,
        download: None,
        title: texts(resource, "name", rules),
        description: texts(resource, "description", rules),
        media_type: kind.and_then(media_type),
        license: license.map(str::to_owned),
        bytes: size.and_then(|size| size.as_u64().or_else(|| size.as_str()?.parse().ok())),
    };
    Some(distribution.render())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(package: Value, rules: &Rules) -> Result<Found, String> {
        let page = json!({ "success": true, "result": { "count": 7, "results": [package] } }).to_string();
        let mut page = ckan_page(page.as_bytes(), rules).unwrap();
        assert_eq!(page.count, 7);
        page.found.remove(0)
    }

    #[test]
    fn a_package_becomes_a_dataset_without_its_persons() {
        let rules = Rules::parse(
            "language = \"ru\"\nspatial = [\"KZ\"]\n[theme]\nwater = \"https://topics.example/water\"\n\
             [license]\ncc-by = \"https://licences.example/by\"",
        )
        .unwrap();
        let package = json!({
            "id": "7f0c", "name": "water", "title": "Вода (пример)", "notes": " О воде ", "state": "active",
            "title_translated": { "kk": "Су (үлгі)", "ru": "Вода (пример)" },
            "author": "Somebody", "author_email": "somebody@example.org", "maintainer": "",
            "organization": { "title": "Водоканал (пример)" },
            "tags": [{ "name": "вода" }, { "display_name": "вода" }, { "name": "сеть" }],
            "groups": [{ "name": "water" }, { "name": "other" }],
            "license_id": "cc-by", "metadata_created": "2026-01-02T03:04:05.6", "metadata_modified": "x",
            "url": "https://water.example", "version": "3",
            "resources": [
                { "url": "https://water.example/a.csv", "name": "Table", "mimetype": "text/csv", "size": "12" },
                { "url": "somewhere", "format": "CSV" },
            ],
        });
        let found = one(package, &rules).unwrap();
        assert_eq!(found.id, "7f0c");
        assert_eq!(
            found.what.unwrap(),
            json!({
                "title": { "kk": "Су (үлгі)", "ru": "Вода (пример)" }, "description": { "ru": "О воде" },
                "publisher": { "name": { "ru": "Водоканал (пример)" } }, "identifier": "7f0c",
                "keyword": { "ru": ["вода", "сеть"] }, "theme": ["https://topics.example/water"], "spatial": ["KZ"],
                "issued": "2026-01-02", "landingPage": "https://water.example", "version": "3",
                "distribution": [{
                    "accessURL": "https://water.example/a.csv", "title": { "ru": "Table" }, "mediaType": "text/csv",
                    "license": "https://licences.example/by", "byteSize": 12,
                }],
            })
        );
        let left_out: Vec<_> = found.left_out.0.into_iter().collect();
        assert_eq!(
            left_out,
            [
                ("a contact that may be a person", 2),
                ("a group that the map gives no topic", 1),
                ("a resource without a web address", 1)
            ]
        );
    }

    #[test]
    fn what_was_deleted_and_what_cannot_be_read_is_told() {
        let rules = Rules::default();
        let deleted = one(json!({ "id": "a", "state": "deleted" }), &rules).unwrap();
        assert!(deleted.what.unwrap_err().contains("deleted"));
        assert_eq!(
            one(json!({ "id": "a", "state": "draft" }), &rules).unwrap_err(),
            "its state is `draft`"
        );
        assert_eq!(one(json!({ "title": "x" }), &rules).unwrap_err(), "it has no `id`");
        let bare = one(json!({ "id": "a", "title": "x" }), &rules).unwrap();
        assert_eq!(
            bare.what.unwrap(),
            json!({ "title": { "und": "x" }, "description": { "und": "x" }, "identifier": "a" })
        );
        for wrong in ["", "[", "{}", "{\"result\":{}}"] {
            assert!(ckan_page(wrong.as_bytes(), &rules).is_err(), "{wrong}");
        }
        assert_eq!(ckan_page(b"[]", &rules).unwrap().count, 0);
    }
}
