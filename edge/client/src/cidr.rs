//! A block of IP addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3), as written in the configuration.

use chapar_terms::Invalid;
use std::fmt;
use std::net::IpAddr;

/// A block of addresses, e.g. `10.20.0.0/16` or `fd00:12::/32`. A plain address is a block of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    base: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Reads `address/prefix` or a plain address.
    ///
    /// # Errors
    /// No address, a prefix too long, or bits set behind the prefix (mostly a slip); show it to the operator and do not start.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = |why: &str| Invalid::new("network", format!("`{text}` {why}"));
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let base: IpAddr = address
            .parse()
            .map_err(|_| invalid("does not begin with an IP address"))?;
        let width = width(base);
        let prefix = match prefix {
            None => width,
            Some(digits) => digits
                .parse::<u8>()
                .ok()
                .filter(|prefix| *prefix <= width)
                .ok_or_else(|| invalid("has no valid prefix length behind the `/`"))?,
        };
        let block = Self { base, prefix };
        if bits(base) & !block.mask() != 0 {
            return Err(invalid("has bits set behind its prefix"));
        }
        Ok(block)
    }

    /// Whether `address` lies in this block. The families never match each other.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.base.is_ipv4() == address.is_ipv4() && bits(address) & self.mask() == bits(self.base)
    }

    fn mask(&self) -> u128 {
        let free = u32::from(width(self.base).saturating_sub(self.prefix));
        // A shift by the whole width is no shift at all in Rust; a prefix of 0 leaves nothing fixed.
        u128::MAX.checked_shl(free).unwrap_or(0)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_its_own_and_nothing_else() {
        for (block, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("192.168.7.0/24", "192.168.7.255", "192.168.8.0"),
            ("198.51.100.7", "198.51.100.7", "198.51.100.8"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
            ("fd00:12::/32", "fd00:12:ffff::1", "fd00:13::1"),
            ("10.0.0.0/8", "10.0.0.1", "::a00:1"),
        ] {
            let cidr = Cidr::parse(block).unwrap();
            assert!(cidr.contains(inside.parse().unwrap()), "{block} must hold {inside}");
            assert!(
                !cidr.contains(outside.parse().unwrap()),
                "{block} must not hold {outside}"
            );
        }
    }

    #[test]
    fn refuses_slips() {
        for text in [
            "",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "fd00::/129",
            "10.0.0.0/",
            "ten/8",
            "10.0.0.0/-1",
        ] {
            assert!(Cidr::parse(text).is_err(), "`{text}` must be refused");
        }
    }
}
