//! Who is let in.
//!
//! A full house that turned newcomers away would serve whoever came first and never spoke. Here the connection that was
//! silent longest makes place instead, so an honest newcomer, who speaks at once, is always served.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::limits::Limits;
use super::pulse::Pulse;

/// Counts connections.
pub(crate) struct Gate {
    connections: usize,
    per_address: usize,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    next: u64,
    all: HashMap<u64, (IpAddr, Arc<Pulse>)>,
    counts: HashMap<IpAddr, usize>,
}

/// A place inside; it is free again when this is dropped.
pub(crate) struct Place {
    gate: Arc<Gate>,
    number: u64,
    pub(crate) pulse: Arc<Pulse>,
}

/// Returns whom an address counts for: a household gets a /64 of IPv6.
pub(crate) fn household(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl Inside {
    fn remove(&mut self, number: u64) -> Option<Arc<Pulse>> {
        let (ip, pulse) = self.all.remove(&number)?;
        if let Some(count) = self.counts.get_mut(&ip) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.counts.remove(&ip);
            }
        }
        Some(pulse)
    }

    /// Asks the connection that was silent longest to leave; tells whether there is one.
    fn make_place(&mut self, among: Option<IpAddr>) -> bool {
        let here = self.all.iter().filter(|(_, (ip, _))| among.is_none_or(|among| among == *ip));
        let silent = here.filter_map(|(number, (_, pulse))| Some((pulse.silent_since()?, *number)));
        let victim = silent.min().and_then(|(_, number)| self.remove(number));
        victim.inspect(|pulse| pulse.evict()).is_some()
    }
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { connections: limits.connections, per_address: limits.per_address, inside: Mutex::default() }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a connection in; not if the house is full and everybody in it waits for us.
    pub(crate) fn admit(self: &Arc<Self>, ip: IpAddr) -> Option<Place> {
        let mut inside = self.inside();
        let (counted, own) = (!ip.to_canonical().is_loopback(), household(ip));
        let count = inside.counts.get(&own).copied().unwrap_or_default();
        if counted && count >= self.per_address && !inside.make_place(Some(own)) {
            return None;
        }
        if inside.all.len() >= self.connections && !inside.make_place(None) {
            return None;
        }
        let pulse = Arc::new(Pulse::new());
        inside.next += 1;
        let number = inside.next;
        inside.all.insert(number, (own, Arc::clone(&pulse)));
        *inside.counts.entry(own).or_default() += 1;
        Some(Place { gate: Arc::clone(self), number, pulse })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.gate.inside().remove(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(connections: usize, per_address: usize) -> Arc<Gate> {
        Arc::new(Gate::new(&Limits { connections, per_address, ..Limits::default() }))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_silent_make_place_and_who_is_served_stays() {
        let gate = gate(2, 2);
        let served = gate.admit(ip("192.0.2.1")).unwrap();
        served.pulse.work(1);
        let silent = gate.admit(ip("192.0.2.2")).unwrap();
        let busy = gate.admit(ip("192.0.2.3")).unwrap();
        assert!(!gate.inside().all.contains_key(&silent.number));
        assert!(gate.inside().all.contains_key(&served.number));
        busy.pulse.work(1);
        assert!(gate.admit(ip("192.0.2.4")).is_none());
        drop((served, silent, busy));
        assert!(gate.inside().all.is_empty() && gate.inside().counts.is_empty());
    }

    #[test]
    fn one_address_cannot_fill_the_house() {
        let gate = gate(10, 1);
        let other = gate.admit(ip("192.0.2.1")).unwrap();
        let first = gate.admit(ip("2001:db8::1")).unwrap();
        let neighbour = gate.admit(ip("2001:db8::2")).unwrap();
        assert!(!gate.inside().all.contains_key(&first.number));
        assert!(gate.inside().all.contains_key(&other.number));
        neighbour.pulse.work(1);
        assert!(gate.admit(ip("2001:db8::3")).is_none());
        let proxies: Vec<_> = (0..5).filter_map(|_| gate.admit(ip("::ffff:127.0.0.1"))).collect();
        assert_eq!(proxies.len(), 5);
    }
}
