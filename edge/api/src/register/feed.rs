//! A search as an Atom feed (RFC 4287), the newest records first: what a reader of feeds follows, or a page of news shows.
//!
//! An entry is a version of a record. Its id is that of the version and never changes; a new version is a new entry.

use super::exports::behind;
use super::given::Given;
use super::{Asked, BASE, whole};
use crate::own::refusals;
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, Uri};
use chapar_rdf::{version_iri, xml_text};
use chapar_runtime::Runtime;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

const ATOM: HeaderValue = HeaderValue::from_static("application/atom+xml");
/// When a feed without entries was changed: Atom wants a time, and nothing happened yet.
const NEVER: &str = "1970-01-01T00:00:00.000Z";
/// What an entry is an instance of, before the kind's name.
const KINDS: &str = "urn:chapar:kind";

/// `GET /feed`
#[utoipa::path(
    get, path = "/feed", tag = "Register", operation_id = "followRegister",
    summary = "Follow a search as an Atom feed",
    description = "What the search finds, the newest first, in the language asked for by `lang` or else in one that is there. An entry is a version of a \
        record; a record that is withdrawn leaves the feed. The link `next` leads to older ones.",
    params(Asked),
    responses((status = 200, description = "The feed.", body = String, content_type = "application/atom+xml"), refusals::SearchRegister),
)]
pub(super) async fn feed(
    State(runtime): State<Runtime>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let mut query = Given::read(&uri)?.register_query()?;
    query.newest_first = true;
    let found = runtime.search_register(&query).await?;
    let document = document(runtime.public_url(), &uri, &found);
    Ok(whole(document.into_bytes(), ATOM, &headers))
}

/// The feed of what was found.
fn document(public_url: &str, uri: &Uri, found: &Value) -> String {
    let base = format!("{public_url}{BASE}");
    let address = |after: Option<&str>| format!("{base}/feed?{}", behind(uri, after));
    let items = found.get("items").and_then(Value::as_array);
    let items: Vec<&Value> = items.into_iter().flatten().collect();
    let updated = items.iter().map(|item| text(item, "issued")).max().unwrap_or(NEVER);
    let mut feed =
        Xml("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n".to_owned());
    feed.element("id", &[], &address(None));
    feed.element("title", &[], &format!("Chapar: {public_url}"));
    feed.element("updated", &[], updated);
    feed.0.push_str("<author>\n");
    feed.element("name", &[], public_url);
    feed.0.push_str("</author>\n");
    feed.empty("link", &[("rel", "self"), ("href", &address(None))]);
    if let Some(next) = found.get("next").and_then(Value::as_str) {
        feed.empty("link", &[("rel", "next"), ("href", &address(Some(next)))]);
    }
    for item in items {
        entry(&mut feed, &base, item);
    }
    feed.0.push_str("</feed>\n");
    feed.0
}

fn entry(feed: &mut Xml, base: &str, item: &Value) {
    let id = text(item, "id");
    let version = item.get("version").and_then(Value::as_u64).unwrap_or_default();
    let shown = item.get("shown").unwrap_or(&Value::Null);
    let language = [("xml:lang", text(shown, "language"))];
    feed.0.push_str("<entry>\n");
    feed.element("id", &[], &version_iri(id, version));
    // The title of a record that not everybody may read is not known here; its name is.
    match text(shown, "title") {
        "" => feed.element("title", &[], id),
        title => feed.element("title", &language, title),
    }
    feed.element("updated", &[], text(item, "issued"));
    feed.0.push_str("<author>\n");
    feed.element("name", &[], text(item, "issuer"));
    feed.0.push_str("</author>\n");
    let place = format!("{base}/records/{}", utf8_percent_encode(id, NON_ALPHANUMERIC));
    for (kind, href) in [
        ("application/json", format!("{place}?version={version}")),
        ("text/turtle", format!("{place}/rdf?version={version}")),
    ] {
        feed.empty("link", &[("rel", "alternate"), ("type", kind), ("href", &href)]);
    }
    feed.empty("category", &[("term", text(item, "kind")), ("scheme", KINDS)]);
    match text(shown, "description") {
        "" => {}
        description => feed.element("summary", &language, description),
    }
    feed.0.push_str("</entry>\n");
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// XML as it grows; every text in it is escaped.
struct Xml(String);

impl Xml {
    fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.0.push('>');
        self.escaped(text);
        self.0.push_str(&format!("</{name}>\n"));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.open(name, attributes);
        self.0.push_str("/>\n");
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            self.0.push_str(&format!(" {name}=\""));
            self.escaped(value);
            self.0.push('"');
        }
    }

    fn escaped(&mut self, text: &str) {
        for one in xml_text(text).chars() {
            match one {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                other => self.0.push(other),
            }
        }
    }
}
