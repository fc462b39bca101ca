//! Message components (RFC 9421 section 2): what can be covered, and its value in a given message.
//!
//! Refuses to decide which components must be covered; `request` and `response` do. Parameters `sf`, `bs`, `tr` and `name` are not
//! served: they are needed for no field that we sign, and a signature that uses them is refused.

use super::{LABEL, MessageParts, Start};
use crate::Refusal;
use sfv::{BareItem, Dictionary, Item, ItemSerializer, KeyRef, ListEntry, ListSerializer, Parser, key_ref};

const REQ: &KeyRef = key_ref("req");
const KEY: &KeyRef = key_ref("key");

/// Which message a component is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The message that carries the signature.
    Message,
    /// The request that the signed response answers (`;req`).
    Request,
}

/// A component identifier. Equality is identity in the sense of RFC 9421: the order of parameters does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Component {
    name: String,
    side: Side,
    /// The dictionary member meant by `;key`.
    member: Option<String>,
}

impl Component {
    /// A derived component or a whole field of the message itself.
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            side: Side::Message,
            member: None,
        }
    }

    /// The same component, taken from the request.
    pub(super) fn of_request(name: &str) -> Self {
        Self {
            side: Side::Request,
            ..Self::new(name)
        }
    }

    /// Our own member of a dictionary field of the request.
    pub(super) fn our_member_of_request(name: &str) -> Self {
        Self {
            member: Some(LABEL.to_owned()),
            ..Self::of_request(name)
        }
    }

    /// Reads an identifier as it stands in `Signature-Input`.
    pub(super) fn read(item: &Item) -> Result<Self, Refusal> {
        let BareItem::String(name) = &item.bare_item else {
            return Err(refused("a component's name is a string".to_owned()));
        };
        let mut component = Self::new(name.as_str());
        if name.as_str().chars().any(|c| c.is_ascii_uppercase()) {
            return Err(refused(format!("`{name}` is not in lower case")));
        }
        for (parameter, value) in &item.params {
            match (parameter.as_str(), value) {
                ("req", BareItem::Boolean(true)) => component.side = Side::Request,
                ("key", BareItem::String(member)) => component.member = Some(member.as_str().to_owned()),
                _ => return Err(refused(format!("parameter `{parameter}` of `{name}` is not served"))),
            }
        }
        Ok(component)
    }

    /// Writes the identifier, parameters in the order `key`, `req`.
    pub(super) fn item(&self) -> Option<Item> {
        let text = |text: &str| sfv::String::from_string(text.to_owned()).ok();
        let mut item = Item::new(text(&self.name)?);
        if let Some(member) = &self.member {
            item.params.insert(KEY.to_owned(), BareItem::String(text(member)?));
        }
        if self.side == Side::Request {
            item.params.insert(REQ.to_owned(), BareItem::Boolean(true));
        }
        Some(item)
    }

    /// The identifier as text, for people.
    pub(super) fn identifier(&self) -> String {
        self.item().map_or_else(
            || self.name.clone(),
            |item| {
                ItemSerializer::new()
                    .bare_item(&item.bare_item)
                    .parameters(&item.params)
                    .finish()
            },
        )
    }

    /// The component's value in `message`, or in the `request` it answers.
    pub(super) fn value(&self, message: &MessageParts, request: Option<&MessageParts>) -> Result<String, Refusal> {
        let source = match self.side {
            Side::Message => message,
            Side::Request => {
                request.ok_or_else(|| refused(format!("`{}` of a request, but this is one", self.name)))?
            }
        };
        let value = match (self.name.strip_prefix('@'), &self.member) {
            (Some(derived), None) => derive(derived, &source.start),
            (Some(_), Some(_)) => None,
            (None, None) => source.field(&self.name),
            (None, Some(member)) => source.field(&self.name).and_then(|field| member_of(&field, member)),
        };
        let value = value.ok_or_else(|| refused(format!("`{}` has no value in this message", self.name)))?;
        // A line break inside a value could pass for another component's line.
        if value
            .chars()
            .any(|c| !c.is_ascii() || (c.is_ascii_control() && c != '\t'))
        {
            return Err(refused(format!("`{}` holds what no header may hold", self.name)));
        }
        Ok(value)
    }
}

fn refused(why: String) -> Refusal {
    Refusal::new("signature-component", why)
}

/// Derived components (RFC 9421 section 2.2); the address is taken as absolute.
fn derive(name: &str, start: &Start) -> Option<String> {
    let (method, target) = match start {
        Start::Response { status } => return (name == "status").then(|| status.to_string()),
        Start::Request { method, target_uri } => (method, target_uri),
    };
    let (scheme, rest) = target.split_once("://")?;
    let (authority, path_and_query) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path_and_query = path_and_query.split('#').next().unwrap_or_default();
    let (path, query) = path_and_query
        .split_once('?')
        .map_or((path_and_query, None), |(path, query)| (path, Some(query)));
    let path = if path.is_empty() { "/" } else { path };
    match name {
        "method" => Some(method.clone()),
        "target-uri" => Some(target.clone()),
        "scheme" => Some(scheme.to_ascii_lowercase()),
        "authority" => {
            let default_port = if scheme.eq_ignore_ascii_case("https") {
                ":443"
            } else {
                ":80"
            };
            let authority = authority.to_ascii_lowercase();
            Some(
                authority
                    .strip_suffix(default_port)
                    .map(str::to_owned)
                    .unwrap_or(authority),
            )
        }
        "path" => Some(path.to_owned()),
        "query" => Some(format!("?{}", query.unwrap_or_default())),
        "request-target" => Some(query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))),
        _ => None,
    }
}

/// One member of a dictionary field, strictly serialised (RFC 9421 section 2.1.2).
fn member_of(field: &str, member: &str) -> Option<String> {
    let dictionary: Dictionary = Parser::new(field).parse().ok()?;
    match dictionary.get(member)? {
        ListEntry::Item(item) => Some(
            ItemSerializer::new()
                .bare_item(&item.bare_item)
                .parameters(&item.params)
                .finish(),
        ),
        ListEntry::InnerList(list) => serialized(list),
    }
}

/// An inner list with its parameters, strictly serialised.
pub(super) fn serialized(list: &sfv::InnerList) -> Option<String> {
    let mut serializer = ListSerializer::new();
    let mut inner = serializer.inner_list();
    inner.items(&list.items);
    inner.finish().parameters(&list.params);
    serializer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_components_of_addresses() {
        let table = [
            (
                "https://Example.COM:443/a/b?q=1#f",
                "example.com",
                "/a/b",
                "?q=1",
                "/a/b?q=1",
            ),
            ("http://example.com:80", "example.com", "/", "?", "/"),
            ("https://example.com:80/", "example.com:80", "/", "?", "/"),
            ("https://[::1]:8443?x", "[::1]:8443", "/", "?x", "/?x"),
        ];
        for (target_uri, authority, path, query, request_target) in table {
            let request = MessageParts::request("POST", target_uri, &[]);
            let value = |name: &str| Component::new(name).value(&request, None).unwrap();
            assert_eq!(value("@target-uri"), target_uri);
            let seen = [
                value("@authority"),
                value("@path"),
                value("@query"),
                value("@request-target"),
            ];
            assert_eq!(seen, [authority, path, query, request_target], "{target_uri}");
        }
        let request = MessageParts::request("GET", "https://a/", &[]);
        for absent in ["@status", "@query-param", "@signature-params", "x-none", "@"] {
            assert!(Component::new(absent).value(&request, None).is_err(), "{absent}");
        }
        let response = MessageParts::response(404, &[]);
        assert_eq!(Component::new("@status").value(&response, None).unwrap(), "404");
        assert!(Component::new("@method").value(&response, None).is_err());
        assert_eq!(
            Component::of_request("@method")
                .value(&response, Some(&request))
                .unwrap(),
            "GET"
        );
        assert!(Component::of_request("@method").value(&response, None).is_err());
    }

    #[test]
    fn fields_are_trimmed_joined_and_kept_to_one_line() {
        let headers = [
            ("A", " x "),
            ("b", "1"),
            ("a", "y\tz"),
            ("c", "x\n\"@method\": GET"),
            ("d", "\u{e9}"),
            ("e", ""),
        ];
        let request = MessageParts::request("GET", "https://a/", &headers);
        assert_eq!(Component::new("a").value(&request, None).unwrap(), "x, y\tz");
        assert_eq!(Component::new("e").value(&request, None).unwrap(), "");
        assert!(Component::new("c").value(&request, None).is_err());
        assert!(Component::new("d").value(&request, None).is_err());
    }

    #[test]
    fn dictionary_members() {
        let request = MessageParts::request("GET", "https://a/", &[("signature", "x=:AQ==:, chapar=:Ag==:; p")]);
        let response = MessageParts::response(200, &[]);
        let component = Component::our_member_of_request("signature");
        assert_eq!(component.value(&response, Some(&request)).unwrap(), ":Ag==:;p");
        assert_eq!(component, Component::read(&component.item().unwrap()).unwrap());
    }
}
