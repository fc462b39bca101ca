//! Pages of a catalogue (RFC 8288 `Link`): an opaque, authenticated token says where a page begins; the same body is posted to it.

use crate::Fault;
use crate::hosted::Hosted;
use crate::http::{Inbound, Outbound};
use crate::keys::{Keys, same};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chapar_store::Keyset;
use chapar_terms::{ParticipantId, canonical_json, limits};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;

/// Name of the query parameter that carries the token.
pub const PARAMETER: &str = "continuationToken";
/// Below this many bytes compressing is not worth its time.
const GZIP_FROM: usize = 1024;
/// Longest token read: an id of the greatest length, encoded, and its authentication.
const TOKEN_BYTES: usize = limits::ID_BYTES * 2 + 256;

/// A link to another page.
pub(crate) struct Link {
    pub rel: &'static str,
    pub from: Keyset,
}

/// The `Link` header for these links; none without any.
pub(crate) fn header(links: &[Link], hosted: &Hosted, peer: &ParticipantId, keys: &dyn Keys) -> Option<String> {
    let rendered: Vec<String> = links
        .iter()
        .map(|link| {
            let token = render(&link.from, hosted, peer, keys);
            format!(
                "<{}/catalog/request?{PARAMETER}={token}>; rel=\"{}\"",
                hosted.me.dsp_address, link.rel
            )
        })
        .collect();
    (!rendered.is_empty()).then(|| rendered.join(", "))
}

fn render(from: &Keyset, hosted: &Hosted, peer: &ParticipantId, keys: &dyn Keys) -> String {
    let claims = match from {
        Keyset::Start => json!({}),
        Keyset::After(key) => json!({ "after": key }),
        Keyset::Before(key) => json!({ "before": key }),
    };
    let claims = canonical_json(&claims);
    let mac = keys.mac(&authenticated(&claims, hosted, peer));
    format!("{}.{}", URL_SAFE_NO_PAD.encode(&claims), URL_SAFE_NO_PAD.encode(mac))
}

/// Where the page of this token begins.
///
/// # Errors
/// [`Fault::Invalid`]: it was not made here for this peer; answer 400.
pub(crate) fn read(token: &str, hosted: &Hosted, peer: &ParticipantId, keys: &dyn Keys) -> Result<Keyset, Fault> {
    let unfit = || Fault::Invalid {
        code: "continuation-token".to_owned(),
        reason: "the continuation token is not one we gave you".to_owned(),
    };
    if token.len() > TOKEN_BYTES {
        return Err(unfit());
    }
    let (claims, mac) = token.split_once('.').ok_or_else(unfit)?;
    let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| unfit())?;
    let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| unfit())?;
    if !same(&mac, &keys.mac(&authenticated(&claims, hosted, peer)))
        && !chapar_terms::sabotaged("unchecked-continuation-token")
    {
        return Err(unfit());
    }
    let claims: Value = serde_json::from_slice(&claims).map_err(|_| unfit())?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    match (text("after"), text("before")) {
        (Some(after), None) => Ok(Keyset::After(after)),
        (None, Some(before)) => Ok(Keyset::Before(before)),
        _ => Err(unfit()),
    }
}

fn authenticated(claims: &[u8], hosted: &Hosted, peer: &ParticipantId) -> Vec<u8> {
    let mut message = b"chapar/continuation-token/v1\n".to_vec();
    message.extend(json!([hosted.slug.as_str(), peer.as_str()]).to_string().into_bytes());
    message.push(b'\n');
    message.extend(claims);
    message
}

/// The answer compressed, if its reader takes gzip and it is worth it. Before signing: digests are over the encoded bytes.
pub(crate) fn gzip_if_asked(inbound: &Inbound, mut answer: Outbound) -> Outbound {
    if !takes_gzip(inbound) || answer.body.len() < GZIP_FROM {
        return answer;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    if encoder.write_all(&answer.body).is_ok()
        && let Ok(encoded) = encoder.finish()
    {
        answer.body = encoded;
        return answer
            .with_header("content-encoding", "gzip")
            .with_header("vary", "accept-encoding");
    }
    answer
}

/// Whether the reader takes gzip (RFC 9110, 12.5.3): it is named, or meant by `*`, with a weight above zero.
fn takes_gzip(inbound: &Inbound) -> bool {
    let fields = inbound.headers.iter().filter(|(name, _)| name == "accept-encoding");
    let mut any_other = false;
    for coding in fields.flat_map(|(_, value)| value.split(',')) {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return is_consent(weight),
            "*" => any_other = is_consent(weight),
            _ => {}
        }
    }
    any_other
}

/// Whether a weight (RFC 9110, 12.4.2) is one and above zero.
fn is_consent(weight: &str) -> bool {
    weight.split_once('=').is_some_and(|(name, value)| {
        let value = value.trim().parse::<f32>();
        name.trim().eq_ignore_ascii_case("q") && value.is_ok_and(|value| value > 0.0 && value <= 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_who_takes_it() {
        let table: [(&[&str], bool); 18] = [
            (&[], false),
            (&[""], false),
            (&["gzip"], true),
            (&["GZip"], true),
            (&["x-gzip"], true),
            (&["br, gzip;q=0.5"], true),
            (&["gzip ; q=1.000"], true),
            (&["br", "gzip"], true),
            (&["*"], true),
            (&["br;q=1, *;q=0.1"], true),
            (&["gzip;q=0"], false),
            (&["gzip;q=0.0"], false),
            (&["gzip; Q=0.000"], false),
            (&["gzip;q=0, *"], false),
            (&["*;q=0"], false),
            (&["gzip;q=2"], false),
            (&["gzip;level=9"], false),
            (&["identity"], false),
        ];
        for (fields, takes) in table {
            let headers = fields
                .iter()
                .map(|value| ("accept-encoding".to_owned(), (*value).to_owned()));
            let inbound = Inbound {
                method: "POST".to_owned(),
                target_uri: String::new(),
                headers: headers.collect(),
                body: Vec::new(),
            };
            assert_eq!(takes_gzip(&inbound), takes, "{fields:?}");
        }
    }
}
