//! Where pages are. The one place that writes addresses of ours.

use crate::query::Query;
use crate::words::Language;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Where the door of the register is, whose data the portal shows.
const REGISTER_API: &str = "/chapar/v1/register";
/// What stays readable in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as one segment of a path, or as a value of a query.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The home page.
pub fn home(language: Language) -> String {
    format!("/{}/", language.code())
}

/// The register, with a question.
pub fn register(language: Language, query: &Query) -> String {
    query.behind(&format!("/{}/register", language.code()))
}

/// The register with one facet chosen.
pub fn facet(language: Language, name: &str, value: &str) -> String {
    register(language, &Query::default().with(name, value))
}

/// A record; its newest version with none.
pub fn record(language: Language, id: &str, version: Option<u64>) -> String {
    let version = version.map(|version| format!("?version={version}")).unwrap_or_default();
    format!("/{}/records/{}{version}", language.code(), segment(id))
}

/// A participant.
pub fn body(language: Language, participant: &str) -> String {
    format!("/{}/bodies/{}", language.code(), segment(participant))
}

/// Where records are verified; below it in each language.
pub const VERIFY: &str = "/verify";

/// The room of verification.
pub fn verify(language: Language) -> String {
    format!("/{}{VERIFY}", language.code())
}

/// The mesh.
pub fn mesh(language: Language) -> String {
    format!("/{}/mesh", language.code())
}

/// A record for programs.
pub fn record_as_json(id: &str, version: u64) -> String {
    format!("{REGISTER_API}/records/{}?version={version}", segment(id))
}

/// A record as RDF, in a form that the register's door knows.
pub fn record_as_rdf(id: &str, version: u64, format: &str) -> String {
    format!(
        "{REGISTER_API}/records/{}/rdf?version={version}&format={format}",
        segment(id)
    )
}

/// The proof of a record, to be taken along.
pub fn record_proof(id: &str, version: u64) -> String {
    format!("{REGISTER_API}/records/{}/proof?version={version}", segment(id))
}

/// A list of the register's door for a question: `records`, `feed`, `dcat` or `cpsv`.
pub fn export(list: &str, query: &Query) -> String {
    query.behind(&format!("{REGISTER_API}/{list}"))
}

/// What the register's door says of itself.
pub fn api_page() -> String {
    format!("{REGISTER_API}/docs")
}
