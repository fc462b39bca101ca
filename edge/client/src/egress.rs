//! The egress guard: which addresses this node may talk to. A peer names the URL that we call, so without this a peer could
//! make the node knock on its own doors or on its operator's inner network (server-side request forgery).
//!
//! Judges one address at a time and touches no network; resolving and connecting is in `connect`. Ranges are those of the
//! IANA special-purpose address registries (RFC 6890 and its updates).

use crate::Cidr;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether this node may call loopback addresses: for a demonstration or tests on one machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loopback {
    /// Never: the production setting.
    #[default]
    Refused,
    /// Yes, also over plain `http`.
    Allowed,
}

/// Where this node may connect to. The default permits only public addresses, and these only over `https`.
#[derive(Clone, Debug, Default)]
pub struct EgressPolicy {
    /// Loopback addresses.
    pub loopback: Loopback,
    /// Blocks permitted although they are not public: a ministry's inner network with peers in it.
    pub networks: Vec<Cidr>,
    /// Blocks to which plain `http` is permitted; being listed here does not permit a block that is not public.
    pub plain_http: Vec<Cidr>,
}

/// How the bytes would travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

/// The guard refused an address or a URL. Do not send; the same call will be refused again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Stable code, `egress.` and the kind of range.
    pub code: &'static str,
    /// The address or URL part that was refused.
    pub what: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is refused by the egress guard ({})", self.what, self.code)
    }
}

impl std::error::Error for Refused {}

impl EgressPolicy {
    /// Whether a connection to `address` may be opened for an `https` URL.
    ///
    /// # Errors
    /// The address lies in a range that is not permitted; do not connect.
    pub fn judge(&self, address: IpAddr) -> Result<(), Refused> {
        if chapar_terms::sabotaged("egress-allows-inside") {
            return Ok(());
        }
        let carried = embedded(address);
        let refuse = |code| {
            Err(Refused {
                code,
                what: address.to_string(),
            })
        };
        match kind(carried) {
            None => Ok(()),
            // No listed block can make sense of these two, and the unspecified address reaches the node itself.
            Some(code @ ("egress.unspecified" | "egress.multicast")) => refuse(code),
            Some("egress.loopback") if self.loopback == Loopback::Allowed => Ok(()),
            Some(_) if holds(&self.networks, carried) => Ok(()),
            Some(code) => refuse(code),
        }
    }

    /// As [`Self::judge`], and whether plain `http` may be spoken there.
    pub(crate) fn judge_for(&self, scheme: Scheme, address: IpAddr) -> Result<(), Refused> {
        self.judge(address)?;
        let carried = embedded(address);
        let loopback = carried.is_loopback() && self.loopback == Loopback::Allowed;
        if scheme == Scheme::Https || loopback || holds(&self.plain_http, carried) {
            return Ok(());
        }
        Err(Refused {
            code: "egress.plain-http",
            what: address.to_string(),
        })
    }
}

fn holds(blocks: &[Cidr], address: IpAddr) -> bool {
    blocks.iter().any(|block| block.contains(address))
}

/// The address at which a packet arrives in the end: mapped addresses (RFC 4291 section 2.5.5.2) are sent as IPv4, and those
/// under the well-known NAT64 prefix (RFC 6052) are translated to IPv4 on the way.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return IpAddr::V4(v4);
    }
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => IpAddr::V4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        _ => address,
    }
}

/// The code of the special range that `address` lies in; `None` for an ordinary public address.
fn kind(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => kind_v4(v4),
        IpAddr::V6(v6) => kind_v6(v6),
    }
}

fn kind_v4(address: Ipv4Addr) -> Option<&'static str> {
    let kind = match address.octets() {
        [0, 0, 0, 0] => "egress.unspecified",
        [127, ..] => "egress.loopback",
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => "egress.private",
        [169, 254, ..] => "egress.link-local",
        [100, 64..=127, ..] => "egress.shared",
        [224..=239, ..] => "egress.multicast",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "egress.documentation",
        // This network, IETF protocol assignments, the old 6to4 relays, benchmarks, class E and broadcast.
        [0, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] | [240..=255, ..] => "egress.reserved",
        _ => return None,
    };
    Some(kind)
}

fn kind_v6(address: Ipv6Addr) -> Option<&'static str> {
    let kind = match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => "egress.unspecified",
        [0, 0, 0, 0, 0, 0, 0, 1] => "egress.loopback",
        [0xfc00..=0xfdff, ..] => "egress.private",
        // Link-local, and site-local before it was given up.
        [0xfe80..=0xfeff, ..] => "egress.link-local",
        [0xff00..=0xffff, ..] => "egress.multicast",
        [0x2001, 0x0db8, ..] | [0x3fff, 0x0000..=0x0fff, ..] => "egress.documentation",
        // 6to4 and Teredo carry an IPv4 address of the sender's choice; both are given up (RFC 7526, RFC 4380).
        [0x2002, ..] | [0x2001, 0, ..] => "egress.tunnel",
        [0x2001, 0x0001..=0x01ff, ..] => "egress.reserved",
        [0x2000..=0x3fff, ..] => return None,
        // Whatever is not global unicast: translated local prefixes, discard-only, IPv4-compatible, unassigned.
        _ => "egress.reserved",
    };
    Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(policy: &EgressPolicy, address: &str) -> &'static str {
        match policy.judge(address.parse().unwrap()) {
            Ok(()) => "ok",
            Err(refused) => refused.code,
        }
    }

    /// Address, code under the default policy, code with loopback and 10/8, 2002::/16 and fd00:12::/32 permitted.
    const TABLE: &[(&str, &str, &str)] = &[
        ("8.8.8.8", "ok", "ok"),
        ("100.63.255.255", "ok", "ok"),
        ("172.15.0.1", "ok", "ok"),
        ("172.32.0.1", "ok", "ok"),
        ("2a00:1450:4010::8", "ok", "ok"),
        ("::ffff:8.8.8.8", "ok", "ok"),
        ("64:ff9b::808:808", "ok", "ok"),
        ("127.0.0.1", "egress.loopback", "ok"),
        ("127.255.255.254", "egress.loopback", "ok"),
        ("::1", "egress.loopback", "ok"),
        ("::ffff:127.0.0.1", "egress.loopback", "ok"),
        ("64:ff9b::7f00:1", "egress.loopback", "ok"),
        ("10.1.2.3", "egress.private", "ok"),
        ("::ffff:10.1.2.3", "egress.private", "ok"),
        ("64:ff9b::a01:203", "egress.private", "ok"),
        ("172.16.0.1", "egress.private", "egress.private"),
        ("172.31.255.255", "egress.private", "egress.private"),
        ("192.168.0.1", "egress.private", "egress.private"),
        ("fd00:12::1", "egress.private", "ok"),
        ("fd00:13::1", "egress.private", "egress.private"),
        ("fc00::1", "egress.private", "egress.private"),
        ("169.254.169.254", "egress.link-local", "egress.link-local"),
        ("64:ff9b::a9fe:a9fe", "egress.link-local", "egress.link-local"),
        ("fe80::1", "egress.link-local", "egress.link-local"),
        ("fec0::1", "egress.link-local", "egress.link-local"),
        ("100.64.0.1", "egress.shared", "egress.shared"),
        ("100.127.255.255", "egress.shared", "egress.shared"),
        ("224.0.0.1", "egress.multicast", "egress.multicast"),
        ("239.255.255.255", "egress.multicast", "egress.multicast"),
        ("ff02::1", "egress.multicast", "egress.multicast"),
        ("0.0.0.0", "egress.unspecified", "egress.unspecified"),
        ("::", "egress.unspecified", "egress.unspecified"),
        ("::ffff:0.0.0.0", "egress.unspecified", "egress.unspecified"),
        ("0.1.2.3", "egress.reserved", "egress.reserved"),
        ("192.0.0.8", "egress.reserved", "egress.reserved"),
        ("192.88.99.1", "egress.reserved", "egress.reserved"),
        ("198.18.0.1", "egress.reserved", "egress.reserved"),
        ("240.0.0.1", "egress.reserved", "egress.reserved"),
        ("255.255.255.255", "egress.reserved", "egress.reserved"),
        ("192.0.2.1", "egress.documentation", "egress.documentation"),
        ("198.51.100.1", "egress.documentation", "egress.documentation"),
        ("203.0.113.1", "egress.documentation", "egress.documentation"),
        ("2001:db8::1", "egress.documentation", "egress.documentation"),
        ("3fff::1", "egress.documentation", "egress.documentation"),
        ("2002:7f00:1::", "egress.tunnel", "ok"),
        ("2002:808:808::", "egress.tunnel", "ok"),
        ("2001::1", "egress.tunnel", "egress.tunnel"),
        ("2001:20::1", "egress.reserved", "egress.reserved"),
        ("64:ff9b:1::a00:1", "egress.reserved", "egress.reserved"),
        ("100::1", "egress.reserved", "egress.reserved"),
        ("::127.0.0.1", "egress.reserved", "egress.reserved"),
        ("5f00::1", "egress.reserved", "egress.reserved"),
        ("4000::1", "egress.reserved", "egress.reserved"),
    ];

    #[test]
    fn judges_the_table() {
        let closed = EgressPolicy::default();
        let open = EgressPolicy {
            loopback: Loopback::Allowed,
            networks: ["10.0.0.0/8", "2002::/16", "fd00:12::/32"]
                .map(|block| Cidr::parse(block).unwrap())
                .to_vec(),
            plain_http: Vec::new(),
        };
        for (address, by_default, opened) in TABLE {
            assert_eq!(code(&closed, address), *by_default, "{address} by default");
            assert_eq!(code(&open, address), *opened, "{address} when opened");
        }
    }

    #[test]
    fn a_listed_block_never_opens_what_reaches_the_node_itself() {
        let all = EgressPolicy {
            networks: vec![Cidr::parse("0.0.0.0/0").unwrap(), Cidr::parse("::/0").unwrap()],
            ..EgressPolicy::default()
        };
        assert_eq!(code(&all, "0.0.0.0"), "egress.unspecified");
        assert_eq!(code(&all, "::"), "egress.unspecified");
        assert_eq!(code(&all, "224.0.0.1"), "egress.multicast");
        assert_eq!(code(&all, "192.168.0.1"), "ok");
    }

    #[test]
    fn plain_http_needs_its_own_word() {
        let public: IpAddr = "8.8.8.8".parse().unwrap();
        let inner: IpAddr = "10.0.0.1".parse().unwrap();
        let own: IpAddr = "127.0.0.1".parse().unwrap();
        let plain =
            |policy: &EgressPolicy, address| policy.judge_for(Scheme::Http, address).map_err(|refused| refused.code);

        let mut policy = EgressPolicy {
            networks: vec![Cidr::parse("10.0.0.0/8").unwrap()],
            ..EgressPolicy::default()
        };
        assert_eq!(plain(&policy, public), Err("egress.plain-http"));
        assert_eq!(plain(&policy, inner), Err("egress.plain-http"));
        assert_eq!(plain(&policy, own), Err("egress.loopback"));
        assert_eq!(policy.judge_for(Scheme::Https, inner), Ok(()));

        policy.plain_http = vec![Cidr::parse("10.0.0.0/8").unwrap(), Cidr::parse("127.0.0.0/8").unwrap()];
        policy.loopback = Loopback::Allowed;
        assert_eq!(plain(&policy, inner), Ok(()));
        assert_eq!(plain(&policy, own), Ok(()));
        policy.networks.clear();
        policy.loopback = Loopback::Refused;
        assert_eq!(plain(&policy, inner), Err("egress.private"));
        assert_eq!(plain(&policy, own), Err("egress.loopback"));
    }
}
