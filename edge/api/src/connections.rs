//! Who holds how many connections of a listener: its book, which the accept loop keeps and others may read, and what one
//! address is.
//!
//! How much an address may ask over them is a quota, and not here.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All addresses of a usual IPv6 site are one: it could otherwise come from 2^64 of them.
pub fn site_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let site = u128::from(v6) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(site))
        }
        v4 => v4,
    }
}

/// The book of one listener. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Connections(Arc<Book>);

#[derive(Debug, Default)]
struct Book {
    /// Bounded by the number of connections: a site without one is forgotten.
    held: Mutex<BTreeMap<IpAddr, usize>>,
    refused: AtomicU64,
}

impl Connections {
    /// How many are open now.
    pub fn open(&self) -> usize {
        self.held().values().sum()
    }

    /// How many were closed at once because their address held too many.
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Relaxed)
    }

    /// Takes one in unless its address holds `bound` already; it is open until what is returned is dropped.
    pub(crate) fn admit(&self, address: IpAddr, bound: Option<usize>) -> Option<Admitted> {
        let site = site_of(address);
        let mut held = self.held();
        let count = held.entry(site).or_default();
        if bound.is_some_and(|bound| *count >= bound) {
            self.0.refused.fetch_add(1, Relaxed);
            return None;
        }
        *count += 1;
        drop(held);
        Some(Admitted {
            book: self.clone(),
            site,
        })
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that stands in the book.
pub(crate) struct Admitted {
    book: Connections,
    site: IpAddr,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut held = self.book.held();
        if let Some(count) = held.get_mut(&self.site) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(&self.site);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_site_is_one_address() {
        let site = |text| site_of(address(text));
        assert_eq!(site("2001:db8::1"), site("2001:db8::2"));
        assert_ne!(site("2001:db8::1"), site("2001:db8:0:1::1"));
        assert_eq!(site("192.0.2.1"), site("::ffff:192.0.2.1"));
        assert_ne!(site("192.0.2.1"), site("192.0.2.2"));
    }

    #[test]
    fn one_address_does_not_take_every_place() {
        let book = Connections::default();
        let admit = |text| book.admit(address(text), Some(2));
        let first = admit("2001:db8::1").unwrap();
        let _second = admit("2001:db8::2").unwrap();
        assert!(admit("2001:db8::3").is_none(), "a third of the site");
        let _other = admit("2001:db8:0:1::1").unwrap();
        assert_eq!((book.open(), book.refused()), (3, 1));
        drop(first);
        let again = admit("2001:db8::3");
        assert!(again.is_some(), "a place came free");
        assert!(
            book.admit(address("2001:db8::4"), None).is_some(),
            "no bound, no refusal"
        );
        drop(again);
        assert_eq!(book.open(), 2);
    }
}
