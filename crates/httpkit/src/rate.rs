//! How many requests are heard of one person, and of one network: a flood by one costs the others nothing.
//!
//! Each has a bucket that holds a minute's worth and fills evenly (the generic cell rate algorithm of ITU-T I.371: one moment
//! a bucket, nothing that runs beside). It is kept in memory, in each process by itself: nothing is written for a request.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use authz::Cx;
use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use kernel::{Clock, Timestamp, UserId, Uuid};

use crate::Refusal;
use crate::request::asked::{Asked, Surface};
use crate::serve::household;

/// What one person may ask in a minute, where the operator says nothing.
pub const PER_MINUTE: u32 = 1_200;
/// Of what one person may ask, one in so many may look for something: each is a guess at what sealed fields hold. That is five a second
/// and a minute's worth at once: whoever types ten letters a second is heard for a minute without a pause.
const SEARCHES: u32 = 4;
/// A network is an office: it may ask as much as so many people.
const OFFICE: u32 = 10;
/// What an app may ask in a minute on its first day, whoever it acts for: enough to find out whether it works, and slow enough that
/// somebody notices before it has asked much.
pub const FIRST_DAY: u32 = 60;
/// The window, in seconds.
const WINDOW: i64 = 60;
const MICROS: i64 = 1_000_000;
const SHARDS: usize = 16;
/// Buckets of one shard. Whoever comes beyond shares one with the others who do: a flood from everywhere at once.
const MOST: usize = 8_192;

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Network(IpAddr),
    /// By surface: a program that runs wild does not keep its owner from their pages.
    Person(bool, UserId),
    /// What somebody looks for, by surface too.
    Search(bool, UserId),
    /// An app that is new here, whoever it acts for.
    NewApp(Uuid),
    Rest,
}

/// How a bucket stands after a request (draft-ietf-httpapi-ratelimit-headers-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    policy: &'static str,
    quota: u32,
    left: u32,
    full_in: u64,
}

/// Counts requests. Cheap to clone.
#[derive(Clone)]
pub struct Rates(Arc<Inner>);

struct Inner {
    per_person: u32,
    shards: [Mutex<HashMap<Key, i64>>; SHARDS],
    spread: RandomState,
}

impl Rates {
    /// Lets one person ask so often in a minute, and a network ten times that.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        let shards = std::array::from_fn(|_| Mutex::default());
        Self(Arc::new(Inner { per_person: per_minute.max(1), shards, spread: RandomState::new() }))
    }

    /// Counts a request of a network. This very machine is not counted: a proxy may be on it.
    pub(crate) fn of_network(&self, ip: Option<IpAddr>, now: Timestamp) -> Result<(), Refusal> {
        match ip.filter(|ip| !ip.to_canonical().is_loopback()) {
            Some(ip) => self.take(Key::Network(household(ip)), now).map(|_| ()).map_err(|full| refuse(REQUESTS, full)),
            None => Ok(()),
        }
    }

    /// Counts a request; says how the bucket stands, or how long it is empty.
    fn take(&self, key: Key, now: Timestamp) -> Result<Standing, (Standing, Duration)> {
        let (policy, quota) = match key {
            Key::Person(..) => ("person", self.0.per_person),
            Key::Search(..) => ("search", (self.0.per_person / SEARCHES).max(1)),
            Key::NewApp(_) => ("new-app", self.0.per_person.min(FIRST_DAY)),
            Key::Network(_) | Key::Rest => ("network", self.0.per_person.saturating_mul(OFFICE)),
        };
        let (now, window) = (now.micros(), WINDOW * MICROS);
        let step = (window / i64::from(quota)).max(1);
        let shard = usize::try_from(self.0.spread.hash_one(key) % SHARDS as u64).unwrap_or_default();
        let Some(shard) = self.0.shards.get(shard) else {
            return Ok(Standing { policy, quota, left: quota, full_in: 0 });
        };
        let mut buckets = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(&key) {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let key = if buckets.len() >= MOST && !buckets.contains_key(&key) { Key::Rest } else { key };
        // When the bucket will be full again. A clock that was put back empties none.
        let known = buckets.get(&key).copied().filter(|full_at| *full_at <= now.saturating_add(window));
        let full_at = known.unwrap_or(now).max(now);
        let next = full_at.saturating_add(step);
        let standing = |full_at: i64| Standing {
            policy,
            quota,
            left: u32::try_from((window - (full_at - now)).max(0) / step).unwrap_or(0).min(quota),
            full_in: u64::try_from((full_at - now).max(0)).unwrap_or(0).div_ceil(MICROS.unsigned_abs()),
        };
        if next - now > window {
            let wait = u64::try_from(next - now - window).unwrap_or(0);
            return Err((standing(full_at), Duration::from_micros(wait)));
        }
        buckets.insert(key, next);
        Ok(standing(next))
    }
}

/// The codes of what is asked too often.
const REQUESTS: &str = "too-many-requests";
const SEARCHED: &str = "too-many-searches";

fn refuse(code: &'static str, (standing, wait): (Standing, Duration)) -> Refusal {
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, code).retry_after(wait);
    lines(&[standing]).into_iter().fold(refusal, |refusal, (name, value)| refusal.header(name, value))
}

/// Spells how buckets stand as lists of structured fields (RFC 9651).
fn lines(all: &[Standing]) -> Vec<(HeaderName, HeaderValue)> {
    let listed = |spell: &dyn Fn(&Standing) -> String| all.iter().map(spell).collect::<Vec<_>>().join(", ");
    let policies = listed(&|of| format!("\"{}\";q={};w={WINDOW}", of.policy, of.quota));
    let standings = listed(&|of| format!("\"{}\";r={};t={}", of.policy, of.left, of.full_in));
    let spelled =
        [(HeaderName::from_static("ratelimit-policy"), policies), (HeaderName::from_static("ratelimit"), standings)];
    spelled.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::try_from(text).ok()?))).collect()
}

/// What travels with a request, so that whoever finds out who asks can count it, and the answer can say how it stands.
pub(crate) struct Meter {
    rates: Rates,
    clock: Arc<dyn Clock>,
    told: OnceLock<Standing>,
    searched: OnceLock<Standing>,
}

impl Meter {
    pub(crate) fn new(rates: Rates, clock: Arc<dyn Clock>) -> Self {
        Self { rates, clock, told: OnceLock::new(), searched: OnceLock::new() }
    }

    /// Says in an answer how the buckets of whoever asked stand.
    pub(crate) fn tell(&self, response: &mut Response) {
        let all: Vec<Standing> = [&self.told, &self.searched].iter().filter_map(|told| told.get().copied()).collect();
        if !all.is_empty() {
            response.headers_mut().extend(lines(&all));
        }
    }
}

/// Counts a request of whoever was recognised: of a person, and before that of the app that acts for them, while it is new.
pub(crate) fn count(parts: &Parts, asked: &Asked, cx: &Cx) -> Result<(), Refusal> {
    let (Some(meter), Some(person)) = (parts.extensions.get::<Arc<Meter>>(), cx.person()) else { return Ok(()) };
    // A layer and a handler that both ask who it is are one request.
    if meter.told.get().is_some() {
        return Ok(());
    }
    let take = |key| meter.rates.take(key, meter.clock.now()).map_err(|full| refuse(REQUESTS, full));
    let new = cx.rights().probation().map(|probation| take(Key::NewApp(probation.of))).transpose()?;
    let standing = take(Key::Person(asked.surface == Surface::Api, person))?;
    // The bucket that is empty first.
    let _ = meter.told.set(new.unwrap_or(standing));
    Ok(())
}

/// What counts how often somebody looks for something. A handler that does asks it first: an index of what is sealed leaks to
/// whoever may guess as often as they like.
#[derive(Clone)]
pub struct Searches(Option<Arc<Meter>>, bool);

impl Searches {
    /// Counts one.
    ///
    /// # Errors
    /// [`Refusal`] with the time to wait when the minute's worth is used up.
    pub fn count(&self, cx: &Cx) -> Result<(), Refusal> {
        let (Some(meter), Some(person)) = (&self.0, cx.person()) else { return Ok(()) };
        let taken = meter.rates.take(Key::Search(self.1, person), meter.clock.now());
        let _ = meter.searched.set(taken.map_err(|full| refuse(SEARCHED, full))?);
        Ok(())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Searches {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let asked = Asked::from_request_parts(parts, state).await?;
        Ok(Self(parts.extensions.get::<Arc<Meter>>().cloned(), asked.surface == Surface::Api))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u128) -> Key {
        Key::Person(true, UserId::from_uuid(Uuid::from_u128(n)))
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(1_000_000_000 + micros)
    }

    #[test]
    fn a_minutes_worth_is_heard_at_once_and_then_as_fast_as_it_fills() {
        let rates = Rates::new(60);
        for left in (0..60).rev() {
            assert_eq!(rates.take(person(1), at(0)).unwrap().left, left);
        }
        let (standing, wait) = rates.take(person(1), at(0)).unwrap_err();
        assert_eq!((standing.left, standing.full_in, wait), (0, 60, Duration::from_secs(1)));
        assert!(rates.take(person(2), at(0)).is_ok(), "another one is not asked to wait");
        assert!(rates.take(person(1), at(999_999)).is_err());
        assert!(rates.take(person(1), at(MICROS)).is_ok() && rates.take(person(1), at(MICROS)).is_err());
        assert_eq!(rates.take(person(1), at(MICROS * 200)).unwrap().left, 59);
        assert!(
            rates.take(person(1), at(-MICROS * 3_600)).is_ok(),
            "a clock that went back keeps nobody out for longer"
        );
    }

    #[test]
    fn an_app_that_is_new_is_heard_less_whoever_it_acts_for() {
        let (lax, strict) = (Rates::new(1_200), Rates::new(6));
        let app = |n| Key::NewApp(Uuid::from_u128(n));
        let heard = |rates: &Rates| (0..200).filter(|_| rates.take(app(1), at(0)).is_ok()).count();
        assert_eq!((heard(&lax), heard(&strict)), (60, 6));
        assert!(lax.take(app(2), at(0)).is_ok() && lax.take(person(1), at(0)).is_ok());
    }

    #[test]
    fn whoever_types_is_heard_and_whoever_guesses_is_not() {
        let rates = Rates::new(PER_MINUTE);
        let search = |n| Key::Search(false, UserId::from_uuid(Uuid::from_u128(n)));
        // Ten letters a second, and no pause to read.
        for letter in 0..590 {
            assert!(rates.take(search(1), at(letter * MICROS / 10)).is_ok(), "{letter}");
        }
        let guessed = (0..6_000).filter(|n| rates.take(search(2), at(n * MICROS / 100)).is_ok()).count();
        assert_eq!(guessed, 599, "of a hundred a second for a minute");
        assert!(rates.take(person(2), at(0)).is_ok(), "what else they ask is heard");
    }

    #[test]
    fn a_network_is_an_office_and_this_machine_is_none() {
        let rates = Rates::new(6);
        let ip = |text: &str| Some(text.parse().unwrap());
        for n in 0..60 {
            assert!(rates.of_network(ip(&format!("2001:db8::{n}")), at(0)).is_ok());
            assert!(rates.of_network(ip("127.0.0.1"), at(0)).is_ok() && rates.of_network(None, at(0)).is_ok());
        }
        let refused = rates.of_network(ip("2001:db8::ffff"), at(0)).unwrap_err();
        assert_eq!((refused.status().as_u16(), refused.wait()), (429, Some(1)));
        assert_eq!(refused.headers()["ratelimit"], "\"network\";r=0;t=60");
        assert!(rates.of_network(ip("2001:db8:0:1::1"), at(0)).is_ok());
        for _ in 0..60 {
            assert!(rates.of_network(ip("127.0.0.1"), at(0)).is_ok());
        }
    }

    #[test]
    fn a_flood_from_everywhere_fills_no_memory() {
        let rates = Rates::new(1);
        let mut refused = 0;
        for n in 0..200_000_u128 {
            refused += u32::from(rates.take(person(n), at(0)).is_err());
        }
        let kept: usize = rates.0.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(kept <= SHARDS * (MOST + 1), "{kept}");
        assert!(refused > 0, "those beyond share one bucket");
        assert!(rates.take(person(7), at(MICROS * 61)).is_ok());
    }
}
