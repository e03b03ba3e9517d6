//! Places (并发名额): how many requests or connections there are at once, in all and for one client address. Taking one
//! costs a lock and a look into a map, so that who gets none is sent away before anything of his is read.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Whom a place is counted for: an IPv4 address, or the network of an IPv6 address that one subscriber has (/64).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Holder(IpAddr);

impl From<IpAddr> for Holder {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address => address,
        })
    }
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// All places are taken.
    Everywhere,
    /// This holder has as many as one may have.
    Here,
}

/// A number of places.
#[derive(Clone, Debug)]
pub(super) struct Places {
    taken: Arc<Mutex<Taken>>,
    most: u32,
    most_each: u32,
}

#[derive(Debug, Default)]
struct Taken {
    all: u32,
    each: HashMap<Holder, u32>,
}

/// A place that is taken; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    taken: Arc<Mutex<Taken>>,
    holder: Option<Holder>,
}

impl Places {
    pub(super) fn new(most: u32, most_each: u32) -> Self {
        Self { taken: Arc::default(), most, most_each }
    }

    /// A place for a holder; without one it counts for all together only.
    pub(super) fn take(&self, holder: Option<Holder>) -> Result<Place, Full> {
        let mut taken = lock(&self.taken);
        if taken.all >= self.most {
            return Err(Full::Everywhere);
        }
        if let Some(holder) = holder {
            let has = taken.each.entry(holder).or_default();
            if *has >= self.most_each {
                return Err(Full::Here);
            }
            *has += 1;
        }
        taken.all += 1;
        Ok(Place { taken: self.taken.clone(), holder })
    }

    /// How many are taken.
    pub(super) fn taken(&self) -> u32 {
        lock(&self.taken).all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.all -= 1;
        let Some(holder) = self.holder else { return };
        if let Some(has) = taken.each.get_mut(&holder) {
            *has -= 1;
            if *has == 0 {
                taken.each.remove(&holder);
            }
        }
    }
}

/// Counting cannot panic half-way, so what a panic elsewhere left behind is whole.
fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(address: &str) -> Option<Holder> {
        Some(address.parse::<IpAddr>().unwrap().into())
    }

    #[test]
    fn a_place_is_free_again_when_it_is_dropped() {
        let places = Places::new(3, 2);
        let first = places.take(holder("192.0.2.1")).unwrap();
        let second = places.take(holder("192.0.2.1")).unwrap();
        assert_eq!(places.take(holder("192.0.2.1")).unwrap_err(), Full::Here);
        let third = places.take(holder("192.0.2.2")).unwrap();
        assert_eq!(places.take(holder("192.0.2.3")).unwrap_err(), Full::Everywhere);
        assert_eq!(places.taken(), 3);
        drop((first, third));
        places.take(holder("192.0.2.1")).unwrap();
        drop(second);
        assert_eq!(places.taken(), 0);
        assert!(lock(&places.taken).each.is_empty(), "nobody is remembered who has no place");
    }

    #[test]
    fn a_network_of_ipv6_is_one_holder_and_a_mapped_address_is_its_own() {
        let places = Places::new(9, 1);
        let _first = places.take(holder("2001:db8:1:2::1")).unwrap();
        assert_eq!(places.take(holder("2001:db8:1:2:ffff::9")).unwrap_err(), Full::Here);
        let _second = places.take(holder("2001:db8:1:3::1")).unwrap();
        let _third = places.take(holder("::ffff:192.0.2.1")).unwrap();
        assert_eq!(places.take(holder("192.0.2.1")).unwrap_err(), Full::Here);
        let _nobody = [places.take(None).unwrap(), places.take(None).unwrap()];
    }
}
