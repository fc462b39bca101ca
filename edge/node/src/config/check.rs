//! The grammar of single settings: an address, a profile, a listener, a block of networks.

use super::place::{ConfigFault, Given};
use super::{LogFormat, Profile};
use chapar_client::Cidr;
use chapar_portal::Language;
use chapar_terms::Slug;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

const EXAMPLE_URL: &str =
    "`https://` and the host name under which peers reach this node, e.g. \"https://node.example.org\"";

const LOOPBACK_URL: &str = "a loopback address, e.g. \"http://127.0.0.1:8443\", or profile = \"production\"";

/// The public address: scheme, host, optional port, nothing behind it. Plain http only on loopback and at `plain` hosts.
pub fn public_url(given: &Given, profile: Profile, plain: &BTreeSet<String>) -> Result<String, ConfigFault> {
    let url = given.value.as_str();
    let (scheme, authority) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => ("https", rest),
        (_, Some(rest)) => ("http", rest),
        _ => return Err(given.refuse("begins with neither https:// nor http://", EXAMPLE_URL)),
    };
    if authority.ends_with('/') {
        let without = format!("it without, e.g. \"{}\"", url.trim_end_matches('/'));
        return Err(given.refuse("ends with a slash, which would double in every address", without));
    }
    if authority.contains(['/', '?', '#', '@']) {
        return Err(given.refuse("has a path, a query or a user", EXAMPLE_URL));
    }
    if authority.chars().any(|letter| letter.is_ascii_uppercase()) {
        let lower = format!("\"{}\"", url.to_ascii_lowercase());
        return Err(given.refuse("has upper-case letters, which peers would compare", lower));
    }
    let host = host_of(authority);
    if scheme == "http" && !is_loopback_host(host) && !plain.contains(authority) {
        return Err(given.refuse("is plain http outside this machine", EXAMPLE_URL));
    }
    // A loopback listener behind a proxy is open to the world all the same, and a development identity asks for no proof.
    if profile == Profile::Development && !is_loopback_host(host) {
        return Err(given.refuse(
            "is an address beyond this machine, which the development profile refuses",
            LOOPBACK_URL,
        ));
    }
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    if let Some(shorter) = authority.strip_suffix(default_port) {
        let write = format!("\"{scheme}://{shorter}\"");
        return Err(given.refuse("names the usual port, which peers leave out", write));
    }
    // The same reading that makes the DIDs of participants.
    let probe = Slug::parse("a").and_then(|slug| chapar_trust::did::web_did(url, &slug));
    match probe {
        Ok(_) => Ok(url.to_owned()),
        Err(why) => Err(given.refuse(format!("is no address of a node ({why})"), EXAMPLE_URL)),
    }
}

/// The languages of the portal, each once; the usual ones where none is named.
pub fn languages(given: &[Given]) -> Result<Vec<Language>, ConfigFault> {
    let mut languages = Vec::new();
    for one in given {
        let known = Language::parse(&one.value).ok_or_else(|| {
            let codes: Vec<&str> = Language::ALL.into_iter().map(Language::code).collect();
            one.refuse("is no language of the portal", format!("some of {}", codes.join(", ")))
        })?;
        if languages.contains(&known) {
            return Err(one.refuse("is named twice", "each language once"));
        }
        languages.push(known);
    }
    Ok(if languages.is_empty() {
        Language::USUAL.to_vec()
    } else {
        languages
    })
}

/// The public address of another node, as its own `public_url` has it.
pub fn node(given: &Given) -> Result<String, ConfigFault> {
    let url = given.value.as_str();
    let authority = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match authority {
        Some(authority) if !authority.is_empty() && !authority.contains(['/', '?', '#', '@', ' ']) => {
            Ok(url.to_owned())
        }
        _ => Err(given.refuse(
            "is no address of a node",
            "the `public_url` of a node that mirrors a log of ours, e.g. \"https://kz.example\"",
        )),
    }
}

/// Where an authority of time is asked.
pub fn authority(given: &Given) -> Result<String, ConfigFault> {
    let url = given.value.as_str();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !url.contains(['#', '@', ' ']) => Ok(url.to_owned()),
        _ => Err(given.refuse(
            "is no address of an authority of time",
            "where it takes queries of RFC 3161, e.g. \"https://tsa.example/tsr\"",
        )),
    }
}

fn host_of(authority: &str) -> &str {
    if let Some(end) = authority.find(']') {
        return authority.get(1..end).unwrap_or(authority);
    }
    authority.split(':').next().unwrap_or(authority)
}

fn is_loopback_host(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `production` or `development`.
pub fn profile(given: &Given) -> Result<Profile, ConfigFault> {
    match given.value.as_str() {
        "production" => Ok(Profile::Production),
        "development" => Ok(Profile::Development),
        _ => Err(given.refuse("is no profile", "\"production\" or \"development\"")),
    }
}

/// An address to listen on; an IP address, so that no name server decides where we listen.
pub fn listen(given: &Given, example: &str) -> Result<SocketAddr, ConfigFault> {
    given
        .value
        .parse()
        .map_err(|_| given.refuse("is no IP address with a port", format!("e.g. \"{example}\"")))
}

/// A block of networks.
pub fn network(given: &Given) -> Result<Cidr, ConfigFault> {
    Cidr::parse(&given.value).map_err(|_| given.refuse("is no block of addresses", "e.g. \"10.1.0.0/16\""))
}

/// A host whose DIDs are fetched over plain http.
pub fn plain_host(given: &Given) -> Result<String, ConfigFault> {
    let write = "a host with its port as in the DIDs there, e.g. \"10.1.0.7:8080\"";
    chapar_trust::did::plain_host(&given.value).map_err(|_| given.refuse("is no host", write))
}

/// Whether this public address is open to whoever is on the way.
pub fn is_in_clear(public_url: &str) -> bool {
    let authority = public_url.strip_prefix("http://");
    authority.is_some_and(|authority| !is_loopback_host(host_of(authority)))
}

/// `true` or `false`.
pub fn yes_or_no(given: &Given) -> Result<bool, ConfigFault> {
    given
        .value
        .parse()
        .map_err(|_| given.refuse("is no yes or no", "true or false"))
}

/// A bound of a quota; `usual` is what stands when nothing is said.
pub fn bound(given: &Given, usual: u32) -> Result<u32, ConfigFault> {
    let write = format!("a number above 0, usually {usual}");
    match given.value.parse() {
        Ok(0) => Err(given.refuse("would refuse everybody", write)),
        Ok(number) => Ok(number),
        Err(_) => Err(given.refuse("is no such number", write)),
    }
}

/// `human` or `json`.
pub fn log_format(given: &Given) -> Result<LogFormat, ConfigFault> {
    match given.value.as_str() {
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err(given.refuse("is no log format", "\"human\" or \"json\"")),
    }
}

/// What is logged, as `tracing` writes it.
pub fn log_level(given: &Given) -> Result<String, ConfigFault> {
    match given.value.parse::<tracing_subscriber::EnvFilter>() {
        Ok(_) if !given.value.trim().is_empty() => Ok(given.value.clone()),
        _ => Err(given.refuse(
            "is no log level",
            "\"error\", \"warn\", \"info\", \"debug\", or e.g. \"info,chapar_runtime=debug\"",
        )),
    }
}
