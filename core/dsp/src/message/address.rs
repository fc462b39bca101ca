//! The shape of a `callbackAddress`. Whether we may connect to it (private ranges, names that resolve inside) is for `edge/client`.

use crate::error::{Malformed, code, quote};
use chapar_terms::limits;
use std::net::Ipv6Addr;

/// Checks that paths can be joined to `address`: absolute, `http` or `https`, a host, no user information, no query, no fragment, and
/// no character that two URL parsers could read differently.
///
/// # Errors
/// The address cannot be used; answer 400 and open no case.
pub fn check_callback_address(address: &str) -> Result<(), Malformed> {
    match fault(address) {
        None => Ok(()),
        Some(fault) => Err(Malformed::new(
            code::WRONG_CALLBACK_ADDRESS,
            format!("`callbackAddress` {} {fault}", quote(address)),
        )),
    }
}

fn fault(address: &str) -> Option<&'static str> {
    if address.len() > limits::ID_BYTES {
        return Some("is too long");
    }
    if !address.bytes().all(|byte| byte.is_ascii_graphic()) || address.contains(['\\', '"', '<', '>', '`', '{', '}']) {
        return Some("holds a character that no URL holds");
    }
    let Some((scheme, rest)) = address.split_once("://") else {
        return Some("is no absolute URL");
    };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Some("is neither `http` nor `https`");
    }
    if rest.contains(['?', '#']) {
        return Some("has a query or a fragment, to which no path can be joined");
    }
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    authority_fault(authority)
}

fn authority_fault(authority: &str) -> Option<&'static str> {
    if authority.contains('@') {
        return Some("holds user information");
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, port)) if host.parse::<Ipv6Addr>().is_ok() => (host, port),
            _ => return Some("has a malformed IPv6 host"),
        },
        None => {
            let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            if !host.bytes().all(plain) {
                return Some("has a malformed host");
            }
            (host, port)
        }
    };
    if host.is_empty() {
        return Some("has no host");
    }
    let port_is_fine = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok_and(|p| p > 0),
    };
    (!port_is_fine).then_some("has a malformed port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_a_peer_can_be_reached_at() {
        for good in [
            "https://example.com/callback",
            "http://localhost:8083",
            "HTTPS://xn--80ak6aa92e.com:8443/a/dsp/2025-1/",
            "http://[::1]:80/x",
            "https://192.0.2.1/%20a;b=c",
            "http://connector_a/x",
        ] {
            assert_eq!(check_callback_address(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        let long = format!("https://example.com/{}", "a".repeat(limits::ID_BYTES));
        for bad in [
            "",
            "/callback",
            "example.com/callback",
            "ftp://example.com",
            "file:///etc/passwd",
            "https://",
            "https:///path",
            "https://:80/",
            "https://user@example.com/",
            "https://user:word@example.com/",
            "https://example.com\\@other.example/",
            "https://example.com/a b",
            "https://example.com/\n",
            "https://exämple.com/",
            "https://example.com:0/",
            "https://example.com:65536/",
            "https://example.com:+80/",
            "https://example.com:/",
            "https://[::1/",
            "https://[::1]x/",
            "https://[fe80::1%25eth0]/",
            "https://exam%70le.com/",
            "https://example.com/?a=b",
            "https://example.com/#a",
            &long,
        ] {
            assert!(check_callback_address(bad).is_err(), "{bad}");
        }
    }
}
