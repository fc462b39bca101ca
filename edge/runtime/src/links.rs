//! `Link` fields of a peer's answer (RFC 8288): where its next and previous pages are.
//!
//! Reads what others write; our own links are made in `paging`. Whether an address found here may be called is the egress guard's
//! to say, and whether it is the peer's own `catalog`'s.

use http::HeaderMap;
use url::Url;

/// The `next` and `previous` (or `prev`) addresses of a peer's answer, resolved against `url`, which was asked.
pub(crate) fn links(headers: &HeaderMap, url: &str) -> (Option<String>, Option<String>) {
    let mut next = None;
    let mut previous = None;
    let Ok(asked) = Url::parse(url) else {
        return (next, previous);
    };
    for value in headers
        .get_all(http::header::LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
    {
        for (target, rels) in parse_links(value) {
            let Some(target) = absolute(&target, &asked) else {
                continue;
            };
            for rel in rels.split_ascii_whitespace() {
                match rel.to_ascii_lowercase().as_str() {
                    "next" => next = next.or_else(|| Some(target.clone())),
                    "previous" | "prev" => previous = previous.or_else(|| Some(target.clone())),
                    _ => {}
                }
            }
        }
    }
    (next, previous)
}

/// (target, rel) of each link in one field value. A comma inside `<>` or quotes does not end a link.
fn parse_links(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((target, parameters)) = after.split_once('>') else {
            break;
        };
        let end = parameters
            .find(",<")
            .or_else(|| parameters.find(", <"))
            .unwrap_or(parameters.len());
        let (own, others) = parameters.split_at(end);
        let rel = own.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("rel")
                .then(|| value.trim().trim_matches('"').to_owned())
        });
        if let Some(rel) = rel {
            found.push((target.to_owned(), rel));
        }
        rest = others;
    }
    found
}

/// The reference resolved (RFC 8288, 3.2; RFC 3986, 5), without a fragment, which no server is sent.
fn absolute(target: &str, asked: &Url) -> Option<String> {
    let mut found = asked.join(target).ok()?;
    found.set_fragment(None);
    Some(found.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_links_of_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            "link",
            "<https://p/c?x=1,2>; rel=\"next\", </c?y>; rel=prev".parse().unwrap(),
        );
        let (next, previous) = links(&headers, "https://p/base/catalog/request");
        assert_eq!(next.as_deref(), Some("https://p/c?x=1,2"));
        assert_eq!(previous.as_deref(), Some("https://p/c?y"));
    }

    #[test]
    fn targets_are_resolved_against_the_address_that_was_asked() {
        let asked = Url::parse("https://p:8443/base/catalog/request?b=2").unwrap();
        let table = [
            ("?t=1", "https://p:8443/base/catalog/request?t=1"),
            ("page/2", "https://p:8443/base/catalog/page/2"),
            ("../2", "https://p:8443/base/2"),
            ("/c?y", "https://p:8443/c?y"),
            ("//q/c", "https://q/c"),
            ("https://q/c#part", "https://q/c"),
        ];
        for (target, absolute_target) in table {
            assert_eq!(absolute(target, &asked).as_deref(), Some(absolute_target), "{target}");
        }
        assert_eq!(absolute("https://[", &asked), None);
    }
}
