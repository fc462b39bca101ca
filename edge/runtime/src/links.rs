//! `Link` fields of a peer's answer (RFC 8288): where its next and previous pages are.
//!
//! Reads what others write; our own links are made in `paging`. Whether an address found here may be called is the egress guard's
//! to say, and whether it is the peer's own `catalog`'s.

use http::HeaderMap;

/// The `next` and `previous` (or `prev`) addresses of a peer's answer, made absolute against `url`.
pub(crate) fn links(headers: &HeaderMap, url: &str) -> (Option<String>, Option<String>) {
    let mut next = None;
    let mut previous = None;
    for value in headers
        .get_all(http::header::LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
    {
        for (target, rels) in parse_links(value) {
            let target = absolute(&target, url);
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

fn absolute(target: &str, url: &str) -> String {
    if target.contains("://") {
        return target.to_owned();
    }
    if target.starts_with('?') {
        return format!("{}{target}", url.split('?').next().unwrap_or(url));
    }
    let authority_end = url.find("://").map_or(0, |at| at + 3);
    let path_at = url
        .get(authority_end..)
        .and_then(|rest| rest.find('/'))
        .map_or(url.len(), |at| authority_end + at);
    format!("{}{target}", url.get(..path_at).unwrap_or(url))
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
        assert_eq!(absolute("?t=1", "https://p/a?b=2"), "https://p/a?t=1");
    }
}
