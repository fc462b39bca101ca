//! `HttpData` addresses, as connectors of the EDC family have them: where data are fetched from, or delivered to, by plain HTTP.
//!
//! | member | means |
//! | --- | --- |
//! | `baseUrl`, `path`, `queryParams` | the place; a data address of the protocol says `endpoint` instead of the first |
//! | `method` | the method: `GET` of a source, `POST` of a place that takes |
//! | `body`, `contentType` | what a source is sent |
//! | `header:NAME` | a field that is sent along |
//! | `authKey`, `authCode` | a field that opens the place, and its value |
//! | `secretName` | the participant's secret that is the value, or an object with it as `token` |
//! | `proxyPath`, `proxyQueryParams`, `proxyMethod`, `proxyBody` | whether the consumer says that itself |
//! | `oauth2:NAME` | refused: this node gets no tokens of OAuth 2, and would ask without one |
//!
//! Reads and checks them, and makes requests. Refuses to send (`flows`, `push`), and to look a secret up for an address that a
//! peer gave: it would hand our secrets to whoever names them.

mod request;

pub(crate) use request::{Asked, Request, Unfit};

use crate::access::EDC_NAMES;
use chapar_dsp::DataAddress;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};
use url::Url;

/// The type of the addresses that are understood.
pub(crate) const TYPE: &str = "HttpData";
/// What members begin with that name a field to send along.
const FIELD: &str = "header:";
/// What members begin with that have EDC get a token before it asks.
const OAUTH2: &str = "oauth2:";
/// Fields that belong to a connection, or that this node writes itself.
const NOT_SENT_ALONG: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Methods that a place can take data by.
const TAKING: [Method; 3] = [Method::POST, Method::PUT, Method::PATCH];
/// Methods that a source can be asked by.
const ASKING: [Method; 6] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// A place on the web with data in it, or for data.
#[derive(Clone)]
pub(crate) struct HttpData {
    base: Url,
    path: Option<String>,
    query: Option<String>,
    method: Option<Method>,
    body: Option<String>,
    content_type: Option<HeaderValue>,
    fields: Vec<(HeaderName, HeaderValue)>,
    auth: Option<(HeaderName, Credential)>,
    proxy: Proxy,
}

/// What opens a place.
#[derive(Clone)]
enum Credential {
    Code(HeaderValue),
    /// A secret of this name.
    Secret(String),
}

/// What the consumer of a source says itself.
#[derive(Clone, Copy, Default)]
struct Proxy {
    path: bool,
    query: bool,
    method: bool,
    body: bool,
}

impl HttpData {
    /// Reads the address of an asset, as it is stored.
    ///
    /// # Errors
    /// Says what is wrong with it, to its owner.
    pub(crate) fn of_asset(address: &Map<String, Value>) -> Result<Self, String> {
        let names: Vec<&str> = address.keys().map(String::as_str).collect();
        without_oauth2(&names, "`authKey` with `secretName`")?;
        let text = |name: &str| match address.get(name)? {
            Value::String(text) => Some(text.clone()),
            other @ (Value::Number(_) | Value::Bool(_)) => Some(other.to_string()),
            _ => None,
        };
        Self::read(&names, text, &ASKING)
    }

    /// Reads the address at which a consumer takes what is pushed.
    ///
    /// # Errors
    /// Says what is wrong with it, to the consumer.
    pub(crate) fn of_consumer(address: &DataAddress) -> Result<Self, String> {
        check_destination(address)?;
        let names = names_of(address);
        let text = |name: &str| {
            let place = (name == "baseUrl").then(|| address.place()).flatten();
            address.property(name).or(place).map(str::to_owned)
        };
        let read = Self::read(&names, text, &TAKING)?;
        match read.auth {
            Some((_, Credential::Secret(_))) => Err("`authKey` needs `authCode`".to_owned()),
            _ => Ok(read),
        }
    }

    fn read(names: &[&str], text: impl Fn(&str) -> Option<String>, methods: &[Method]) -> Result<Self, String> {
        let base = text("baseUrl").ok_or("`baseUrl` is missing")?;
        let flag = |name: &str| text(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let filled = |name: &str| text(name).filter(|value| !value.trim().is_empty());
        Ok(Self {
            base: place(&base)?,
            path: filled("path"),
            query: filled("queryParams"),
            method: filled("method").map(|name| method(&name, methods)).transpose()?,
            body: text("body"),
            content_type: filled("contentType")
                .map(|value| field_value("contentType", &value))
                .transpose()?,
            fields: fields(names, &text)?,
            auth: credential(&text)?,
            proxy: Proxy {
                path: flag("proxyPath"),
                query: flag("proxyQueryParams"),
                method: flag("proxyMethod"),
                body: flag("proxyBody"),
            },
        })
    }

    /// The secret that has to be looked up before a request can be made.
    pub(crate) fn secret(&self) -> Option<&str> {
        match &self.auth {
            Some((_, Credential::Secret(name))) => Some(name),
            _ => None,
        }
    }

    /// Whose place it is, for logs: path and query may be what opens it.
    pub(crate) fn shown(&self) -> String {
        self.base.origin().ascii_serialization()
    }
}

/// The address at which we take what is pushed, said as connectors of the EDC family read it too: they look for everything under
/// its full name.
pub(crate) fn spelled_out(mut address: DataAddress) -> DataAddress {
    if address.endpoint_type != TYPE {
        return address;
    }
    let place = address.property("baseUrl").or(address.place());
    let place = place.map(|place| ("baseUrl".to_owned(), place.to_owned()));
    let plain = address.properties.iter().filter(|(name, _)| !name.contains("://"));
    let named: Vec<(String, String)> = place.into_iter().chain(plain.cloned()).collect();
    for (name, value) in named {
        let name = format!("{EDC_NAMES}{name}");
        if !address.properties.iter().any(|(known, _)| *known == name) {
            address.properties.push((name, value));
        }
    }
    address
}

/// Checks what no provider of this kind would deliver to, whatever else its address says.
///
/// # Errors
/// Says what is wrong with it, to the consumer.
pub(crate) fn check_destination(address: &DataAddress) -> Result<(), String> {
    if address.endpoint_type != TYPE {
        return Ok(());
    }
    // A secret's name says nothing here: it would be looked up among the provider's.
    without_oauth2(&names_of(address), "`authKey` with `authCode`")
}

fn names_of(address: &DataAddress) -> Vec<&str> {
    address.properties.iter().map(|(name, _)| name.as_str()).collect()
}

/// Passed over, such a member would have us ask without the token that it is about.
fn without_oauth2(names: &[&str], instead: &str) -> Result<(), String> {
    let is_oauth2 = |name: &&&str| name.strip_prefix(EDC_NAMES).unwrap_or(name).starts_with(OAUTH2);
    match names.iter().find(is_oauth2) {
        None => Ok(()),
        Some(name) => Err(format!(
            "`{name}` wants a token of OAuth 2, and this node gets none: give {instead}"
        )),
    }
}

fn place(text: &str) -> Result<Url, String> {
    // Not repeated: it may hold a password.
    let wrong = || "`baseUrl` is no address on the web, or holds a name and a password".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let of_the_web = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    let bare = url.username().is_empty() && url.password().is_none();
    if !of_the_web || !bare {
        return Err(wrong());
    }
    Ok(url)
}

fn method(name: &str, possible: &[Method]) -> Result<Method, String> {
    let found = possible
        .iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(name.trim()));
    found.cloned().ok_or_else(|| {
        let names: Vec<&str> = possible.iter().map(Method::as_str).collect();
        format!("`method` `{name}` is none of `{}`", names.join("`, `"))
    })
}

fn field_value(member: &str, value: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(value).map_err(|_| format!("`{member}` cannot be sent as a field of HTTP"))
}

fn field_name(member: &str, name: &str) -> Result<HeaderName, String> {
    let name = HeaderName::try_from(name.trim()).map_err(|_| format!("`{member}` is no name of a field of HTTP"))?;
    if NOT_SENT_ALONG.contains(&name.as_str()) {
        return Err(format!("`{member}` names a field that this node writes itself"));
    }
    Ok(name)
}

/// Fields to send along. That of the content's type has a member of its own.
fn fields(names: &[&str], text: &impl Fn(&str) -> Option<String>) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let mut fields = Vec::new();
    for member in names {
        // Spelled out, the member's name is an IRI that ends with it.
        let Some((_, name)) = member.split_once(FIELD) else {
            continue;
        };
        let (name, Some(value)) = (field_name(member, name)?, text(member)) else {
            continue;
        };
        // One may be there plain and spelled out.
        let is_new = fields.iter().all(|(known, _)| *known != name);
        if is_new && name != http::header::CONTENT_TYPE {
            let mut value = field_value(member, &value)?;
            value.set_sensitive(true);
            fields.push((name, value));
        }
    }
    Ok(fields)
}

fn credential(text: &impl Fn(&str) -> Option<String>) -> Result<Option<(HeaderName, Credential)>, String> {
    let Some(key) = text("authKey").filter(|key| !key.trim().is_empty()) else {
        return Ok(None);
    };
    let key = field_name("authKey", &key)?;
    let credential = match (text("authCode"), text("secretName")) {
        (Some(code), _) => {
            let mut code = field_value("authCode", &code)?;
            code.set_sensitive(true);
            Credential::Code(code)
        }
        (None, Some(name)) => Credential::Secret(name),
        (None, None) => return Err("`authKey` needs `authCode` or `secretName`".to_owned()),
    };
    Ok(Some((key, credential)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asset(address: &Value) -> Result<HttpData, String> {
        HttpData::of_asset(address.as_object().unwrap())
    }

    fn consumer(endpoint: Option<&str>, properties: &[(&str, &str)]) -> Result<HttpData, String> {
        let property = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        HttpData::of_consumer(&DataAddress {
            endpoint_type: TYPE.to_owned(),
            endpoint: endpoint.map(str::to_owned),
            properties: properties.iter().map(property).collect(),
            members: Map::new(),
        })
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_member() {
        for (address, member) in [
            (json!({}), "`baseUrl`"),
            (json!({ "baseUrl": "ftp://h/x" }), "`baseUrl`"),
            (json!({ "baseUrl": "h/x" }), "`baseUrl`"),
            (json!({ "baseUrl": "https://u:p@h/x" }), "`baseUrl`"),
            (json!({ "baseUrl": "https://h", "method": "TRACE" }), "`method`"),
            (json!({ "baseUrl": "https://h", "authKey": "x" }), "`authKey`"),
            (
                json!({ "baseUrl": "https://h", "authKey": "a b", "authCode": "c" }),
                "`authKey`",
            ),
            (
                json!({ "baseUrl": "https://h", "authKey": "x", "authCode": "c\n" }),
                "`authCode`",
            ),
            (json!({ "baseUrl": "https://h", "header:Host": "x" }), "`header:Host`"),
            (json!({ "baseUrl": "https://h", "header:X": "a\r\nY: b" }), "`header:X`"),
            (json!({ "baseUrl": "https://h", "contentType": "a\n" }), "`contentType`"),
            (json!({ "baseUrl": "https://h", "oauth2:scope": "s" }), "`oauth2:scope`"),
        ] {
            let why = asset(&address).err().unwrap_or_default();
            assert!(why.contains(member), "{address}: {why}");
        }
    }

    #[test]
    fn a_consumers_place_is_named_by_the_protocol_or_by_edc() {
        let edc = "https://w3id.org/edc/v0.0.1/ns/";
        for (endpoint, name) in [
            (Some("https://h/in"), "x"),
            (None, "baseUrl"),
            (None, &*format!("{edc}baseUrl")),
            (None, "endpoint"),
        ] {
            let read = consumer(endpoint, &[(name, "https://h/in")]).unwrap();
            assert_eq!(read.base.as_str(), "https://h/in");
        }
        assert!(consumer(None, &[]).is_err());
        let deletes = consumer(Some("https://h"), &[("method", "DELETE")]);
        assert!(deletes.is_err(), "a place takes data, and nothing else is done to it");
    }

    #[test]
    fn an_address_of_ours_is_said_in_full_too_and_reads_the_same() {
        let place = |endpoint: &str, names: &[(&str, &str)]| DataAddress {
            endpoint_type: endpoint.to_owned(),
            endpoint: Some("https://h/in".to_owned()),
            properties: names
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            members: Map::new(),
        };
        let said = spelled_out(place(TYPE, &[("authCode", "c"), ("authKey", "k"), ("header:X", "x")]));
        let names: Vec<&str> = said.properties.iter().map(|(name, _)| name.as_str()).collect();
        let full = ["baseUrl", "authCode", "authKey", "header:X"].map(|name| format!("{EDC_NAMES}{name}"));
        assert_eq!(
            (&names[..3], &names[3..]),
            (
                &["authCode", "authKey", "header:X"][..],
                &full.each_ref().map(String::as_str)[..]
            )
        );
        assert_eq!(spelled_out(said.clone()), said, "once is enough");
        let read = HttpData::of_consumer(&said).unwrap();
        assert_eq!((read.base.as_str(), read.fields.len()), ("https://h/in", 1));
        let other = place("AmazonS3", &[("bucket", "b")]);
        assert_eq!(spelled_out(other.clone()), other);
    }

    #[test]
    fn a_peer_names_no_secret_of_ours() {
        let named = [("authKey", "authorization"), ("secretName", "door")];
        assert!(consumer(Some("https://h"), &named).is_err());
        let given = [("authKey", "authorization"), ("authCode", "c"), ("secretName", "door")];
        assert_eq!(consumer(Some("https://h"), &given).unwrap().secret(), None);
        let own = json!({ "baseUrl": "https://h", "authKey": "authorization", "secretName": "door" });
        assert_eq!(asset(&own).unwrap().secret(), Some("door"));
    }

    #[test]
    fn a_token_that_nobody_gets_is_refused_with_what_to_do_instead() {
        let names = [
            "tokenUrl",
            "clientId",
            "clientSecretKey",
            "privateKeyName",
            "validity",
            "scope",
        ];
        for name in names.map(|name| format!("oauth2:{name}")) {
            let mut address = json!({ "baseUrl": "https://h", "authKey": "x", "authCode": "c" });
            address[&name] = json!("v");
            let why = asset(&address).err().unwrap_or_default();
            assert!(
                why.starts_with(&format!("`{name}`")) && why.ends_with("`secretName`"),
                "{why}"
            );
            for name in [name.clone(), format!("{EDC_NAMES}{name}")] {
                let why = consumer(Some("https://h"), &[(&name, "v")]).err().unwrap_or_default();
                assert!(
                    why.starts_with(&format!("`{name}`")) && why.ends_with("`authCode`"),
                    "{why}"
                );
            }
        }
        let field = json!({ "baseUrl": "https://h", "header:oauth2": "x" });
        assert!(asset(&field).is_ok(), "a field may be called anything");
    }

    #[test]
    fn what_is_shown_opens_nothing() {
        let address = asset(&json!({ "baseUrl": "https://h:8443/x?key=sesame" })).unwrap();
        assert_eq!(address.shown(), "https://h:8443");
    }
}
