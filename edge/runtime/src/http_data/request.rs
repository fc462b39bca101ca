//! Requests to an `HttpData` address.

use super::{ASKING, Credential, HttpData};
use http::Method;
use http::header::{
    ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, RANGE,
};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

/// Longest path that a consumer may add, in bytes.
const PATH_BYTES: usize = 8 * 1024;
/// What a consumer may say of the part and the form that it wants; the source answers it.
const PASSED_ON: [HeaderName; 7] = [
    ACCEPT,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_RANGE,
    IF_UNMODIFIED_SINCE,
    RANGE,
];

/// What a consumer asks of a source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub method: &'a Method,
    /// Behind the address of the transfer, as it came.
    pub path: Option<&'a str>,
    pub query: Option<&'a str>,
    pub headers: &'a HeaderMap,
}

/// Why no request can be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// The consumer's path leads out of the place.
    Path,
    /// The consumer's method is not for asking: `TRACE` would have the source show what opens it.
    Method,
    /// The secret is not there, or cannot be sent.
    Secret,
}

/// A request, without its body.
#[derive(Debug)]
pub(crate) struct Request {
    pub method: Method,
    pub url: String,
    pub headers: HeaderMap,
    /// A body that the address itself names.
    pub body: Option<String>,
    /// Whether the consumer's body goes along.
    pub takes_body: bool,
    /// Whether the consumer chose a place below.
    pub is_below: bool,
}

impl HttpData {
    /// The request that fetches from this source. `asked` is what a consumer wants to say itself, as far as the address lets it.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn fetching(&self, asked: Option<Asked<'_>>, secret: Option<&str>) -> Result<Request, Unfit> {
        let own_method = self.method.clone().unwrap_or(Method::GET);
        let method = match asked {
            Some(asked) if self.proxy.method => {
                let known = ASKING.contains(asked.method).then(|| asked.method.clone());
                known.ok_or(Unfit::Method)?
            }
            // Asked for the head alone, a source that would be read is.
            Some(asked) if *asked.method == Method::HEAD && own_method == Method::GET => Method::HEAD,
            _ => own_method,
        };
        let asked_query = asked.filter(|_| self.proxy.query).and_then(|asked| asked.query);
        let path = match asked.filter(|_| self.proxy.path) {
            Some(asked) => asked.path.map(within).transpose()?,
            None => self.path.as_deref(),
        };
        let mut headers = self.headers(secret)?;
        let takes_body = self.proxy.body && asked.is_some() && method != Method::HEAD;
        if let Some(asked) = asked {
            for name in &PASSED_ON {
                for value in asked.headers.get_all(name) {
                    headers.append(name, value.clone());
                }
            }
        }
        let content_type = match asked {
            Some(asked) if takes_body => asked.headers.get(CONTENT_TYPE).cloned(),
            _ => self.content_type.clone().filter(|_| self.body.is_some()),
        };
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, content_type);
        }
        Ok(Request {
            method,
            url: self.url(path, asked_query),
            headers,
            body: self.body.clone().filter(|_| !takes_body),
            takes_body,
            is_below: self.proxy.path && asked.is_some_and(|asked| asked.path.is_some()),
        })
    }

    /// The request that delivers content here, with these fields of it.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn delivering(&self, fields: HeaderMap) -> Result<Request, Unfit> {
        let mut headers = self.headers(None)?;
        headers.extend(fields);
        Ok(Request {
            method: self.method.clone().unwrap_or(Method::POST),
            url: self.url(self.path.as_deref(), None),
            headers,
            body: None,
            takes_body: true,
            is_below: false,
        })
    }

    fn headers(&self, secret: Option<&str>) -> Result<HeaderMap, Unfit> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.fields {
            headers.append(name, value.clone());
        }
        match &self.auth {
            None => {}
            Some((name, Credential::Code(code))) => {
                headers.insert(name, code.clone());
            }
            Some((name, Credential::Secret(_))) => {
                let mut value = secret.and_then(|secret| HeaderValue::from_str(&token(secret)).ok());
                let value = value.as_mut().ok_or(Unfit::Secret)?;
                value.set_sensitive(true);
                headers.insert(name, value.clone());
            }
        }
        Ok(headers)
    }

    fn url(&self, path: Option<&str>, query: Option<&str>) -> String {
        let mut url: Url = self.base.clone();
        if let Some(path) = path {
            let base = url.path().trim_end_matches('/').to_owned();
            url.set_path(&format!("{base}/{}", path.trim_start_matches(['/', '\\'])));
        }
        let own = self.query.as_deref().or(self.base.query());
        let parts: Vec<&str> = own.into_iter().chain(query).filter(|part| !part.is_empty()).collect();
        let query = parts.join("&");
        url.set_query((!query.is_empty()).then_some(query.as_str()));
        url.into()
    }
}

/// The path, if it stays below the place: no step leads up, however it is spelled.
fn within(path: &str) -> Result<&str, Unfit> {
    let decoded = percent_decode_str(path).decode_utf8().map_err(|_| Unfit::Path)?;
    // Some servers read a step up to its semicolon.
    let name = |step: &str| step.split(';').next().is_some_and(|name| matches!(name, "." | ".."));
    let leads_up = decoded.split(['/', '\\']).any(name);
    if leads_up || decoded.contains(['\\', '\0']) || path.len() > PATH_BYTES {
        return Err(Unfit::Path);
    }
    Ok(path)
}

/// What of a secret opens the place: all of it, or its `token` where it is an object that has one.
fn token(secret: &str) -> String {
    let object: Option<Value> = serde_json::from_str(secret).ok();
    let token = object
        .as_ref()
        .and_then(|object| object.get("token"))
        .and_then(Value::as_str);
    token.unwrap_or(secret).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn source(members: Value) -> HttpData {
        let mut address = json!({ "baseUrl": "https://h/base" });
        for (name, value) in members.as_object().unwrap() {
            address[name] = value.clone();
        }
        HttpData::of_asset(address.as_object().unwrap()).unwrap()
    }

    fn asked<'a>(method: &'a Method, path: &'a str, query: &'a str, headers: &'a HeaderMap) -> Asked<'a> {
        Asked {
            method,
            path: Some(path),
            query: Some(query),
            headers,
        }
    }

    #[test]
    fn a_consumer_says_what_it_may_and_no_more() {
        let none = HeaderMap::new();
        let post = Method::POST;
        let wish = asked(&post, "a/b%20c", "q=1", &none);
        for (members, method, url, takes_body) in [
            (json!({}), "GET", "https://h/base", false),
            (
                json!({ "path": "/own", "queryParams": "k=v" }),
                "GET",
                "https://h/base/own?k=v",
                false,
            ),
            (
                json!({ "proxyPath": "true", "path": "own" }),
                "GET",
                "https://h/base/a/b%20c",
                false,
            ),
            (
                json!({ "proxyPath": "false", "path": "own" }),
                "GET",
                "https://h/base/own",
                false,
            ),
            (
                json!({ "proxyQueryParams": true, "queryParams": "k=v" }),
                "GET",
                "https://h/base?k=v&q=1",
                false,
            ),
            (json!({ "proxyMethod": "true" }), "POST", "https://h/base", false),
            (
                json!({ "proxyBody": "true", "method": "PUT" }),
                "PUT",
                "https://h/base",
                true,
            ),
            (
                json!({ "baseUrl": "https://h/base/?own=1", "proxyPath": true }),
                "GET",
                "https://h/base/a/b%20c?own=1",
                false,
            ),
        ] {
            let made = source(members.clone()).fetching(Some(wish), None).unwrap();
            assert_eq!(
                (made.method.as_str(), made.url.as_str(), made.takes_body),
                (method, url, takes_body),
                "{members}"
            );
        }
    }

    #[test]
    fn a_path_stays_below_the_place() {
        let (none, get) = (HeaderMap::new(), Method::GET);
        let open = source(json!({ "proxyPath": "true" }));
        for path in [
            "..",
            "../x",
            "a/../../x",
            "%2e%2e/x",
            "a/%2E%2E/%2e%2e/x",
            "a\\..\\x",
            "./x",
            "..;a/x",
            "a%00",
            "%ff",
        ] {
            let made = open.fetching(Some(asked(&get, path, "", &none)), None);
            assert_eq!(made.err(), Some(Unfit::Path), "{path}");
        }
        for (path, url) in [
            ("a..b", "https://h/base/a..b"),
            ("//other.example/x", "https://h/base/other.example/x"),
            ("a?b#c", "https://h/base/a%3Fb%23c"),
        ] {
            let made = open.fetching(Some(asked(&get, path, "", &none)), None).unwrap();
            assert_eq!(made.url, url);
        }
    }

    #[test]
    fn parts_and_forms_are_asked_for_and_nothing_of_the_consumer_besides() {
        let mut given = HeaderMap::new();
        for (name, value) in [
            ("range", "bytes=0-1"),
            ("accept", "text/csv"),
            ("authorization", "ours"),
            ("cookie", "c"),
        ] {
            given.insert(name, HeaderValue::from_static(value));
        }
        let members = json!({ "header:X-Own": "o", "authKey": "Authorization", "authCode": "theirs" });
        let (get, head) = (Method::GET, Method::HEAD);
        let made = source(members)
            .fetching(Some(asked(&get, "", "", &given)), None)
            .unwrap();
        let mut sent: Vec<(&str, &str)> = made
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        sent.sort_unstable();
        assert_eq!(
            sent,
            [
                ("accept", "text/csv"),
                ("authorization", "theirs"),
                ("range", "bytes=0-1"),
                ("x-own", "o")
            ]
        );
        let made = source(json!({}))
            .fetching(Some(asked(&head, "", "", &given)), None)
            .unwrap();
        assert_eq!(made.method, Method::HEAD);
    }

    #[test]
    fn a_secret_is_the_value_or_has_it_as_token() {
        let address = source(json!({ "authKey": "x-key", "secretName": "door" }));
        for (secret, sent) in [
            (Some("plain"), Some("plain")),
            (Some("{\"token\":\"inside\"}"), Some("inside")),
            (Some("{\"other\":1}"), Some("{\"other\":1}")),
            (Some("a\nb"), None),
            (None, None),
        ] {
            let made = address.fetching(None, secret).ok();
            let value = made.as_ref().map(|made| made.headers["x-key"].to_str().unwrap());
            assert_eq!(value, sent, "{secret:?}");
        }
    }

    #[test]
    fn a_source_may_be_sent_a_body_and_a_place_is_sent_content() {
        let made = source(json!({ "method": "POST", "body": "{}", "contentType": "application/json" }))
            .fetching(None, None)
            .unwrap();
        assert_eq!(
            (made.body.as_deref(), made.headers[CONTENT_TYPE].to_str().unwrap()),
            (Some("{}"), "application/json")
        );
        let made = source(json!({ "contentType": "application/json", "path": "in" }))
            .delivering(HeaderMap::from_iter([(
                CONTENT_TYPE,
                HeaderValue::from_static("text/csv"),
            )]))
            .unwrap();
        assert_eq!(
            (
                made.method,
                made.url.as_str(),
                made.headers[CONTENT_TYPE].to_str().unwrap()
            ),
            (Method::POST, "https://h/base/in", "text/csv")
        );
    }
}
