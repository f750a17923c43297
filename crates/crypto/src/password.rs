//! Argon2id (RFC 9106) behind a bounded pool.
//!
//! A hash costs 19 MiB and tens of milliseconds on purpose, so the number at work at once is bounded: a flood of sign-ins is
//! told to come back, and everybody else does not notice it. Each is made on a thread that steps back for every other one,
//! so that it takes what time the answers to others leave.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, KeyId, Params, ParamsBuilder, Version};
use kernel::Chance;
use zeroize::Zeroizing;

use crate::{CryptoFault, Key, Secret};

/// The nice value of a thread that hashes: a tenth of the weight of one that answers.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// What a hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    /// 19 MiB, two passes, one lane: the least that OWASP's Password Storage Cheat Sheet advises for Argon2id.
    fn default() -> Self {
        Self { memory: 19 * 1024, passes: 2, lanes: 1 }
    }
}

/// What a hash says of itself that was made with a secret (the `keyid` of a PHC string).
const PEPPERED: &[u8] = b"1";

impl Cost {
    fn argon2(self, pepper: Option<&Key>) -> Result<Argon2<'_>, CryptoFault> {
        let mut params = ParamsBuilder::new();
        params.m_cost(self.memory).t_cost(self.passes).p_cost(self.lanes).output_len(32);
        if pepper.is_some() {
            params.keyid(KeyId::new(PEPPERED).map_err(|_| CryptoFault::PasswordHash)?);
        }
        let params = params.build().map_err(|_| CryptoFault::PasswordHash)?;
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        match pepper {
            Some(key) => Argon2::new_with_secret(key.expose_bytes(), algorithm, version, params)
                .map_err(|_| CryptoFault::PasswordHash),
            None => Ok(Argon2::new(algorithm, version, params)),
        }
    }
}

/// How a password compares with a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one; `upgrade` if the hash should be made again because it cost less than one costs now, or needed no secret.
    Match {
        /// Whether to hash it again.
        upgrade: bool,
    },
    /// It is not the one.
    Mismatch,
}

/// Whose turn a check is while others wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Anybody's: few of them wait, the others are told to come back.
    Anybody,
    /// Somebody's whose browser is known: they go first, and a flood of others does not fill their queue.
    Known,
}

/// Hashes and checks passwords, few at a time.
pub struct Passwords {
    cost: Cost,
    pepper: Option<Key>,
    most: usize,
    state: Mutex<State>,
    freed: Condvar,
    compared: AtomicU64,
    /// What an unknown account's password is compared with, so that it takes as long as a known one's.
    nobody: String,
}

#[derive(Default)]
struct State {
    working: usize,
    waiting: usize,
    /// Those who go first.
    known: usize,
}

impl State {
    const fn queue(&mut self, turn: Turn) -> &mut usize {
        match turn {
            Turn::Anybody => &mut self.waiting,
            Turn::Known => &mut self.known,
        }
    }
}

impl Passwords {
    /// Allows `most` hashes at once, and four times as many to wait; sixty-four times as many of those who are known.
    ///
    /// # Errors
    /// [`CryptoFault::PasswordHash`] if the cost is out of Argon2's range.
    pub fn new(cost: Cost, most: usize) -> Result<Self, CryptoFault> {
        let most = most.max(1);
        let nobody = hash((cost, None), b"nobody has this password", &[7; 16])?;
        Ok(Self {
            cost,
            pepper: None,
            most,
            state: Mutex::new(State::default()),
            freed: Condvar::new(),
            compared: AtomicU64::new(0),
            nobody,
        })
    }

    /// Hashes with a secret beside the salt (`K` of RFC 9106 §3.1): whoever has the hashes without it cannot try passwords. Hashes from before still
    /// compare, and ask to be made again.
    #[must_use]
    pub fn peppered(self, secret: Key) -> Self {
        Self { pepper: Some(secret), ..self }
    }

    /// Hashes a password with a fresh salt; returns a PHC string. Blocks for as long as a hash takes.
    ///
    /// # Errors
    /// [`CryptoFault::Busy`] if too many wait already.
    pub fn hash(&self, password: &Secret<String>, chance: &dyn Chance) -> Result<String, CryptoFault> {
        let _seat = self.seat(Turn::Known)?;
        let salt = kernel::chance::array::<16>(chance);
        behind(|| hash((self.cost, self.pepper.as_ref()), password.expose().as_bytes(), &salt))?
    }

    /// Compares a password with a stored PHC string. Blocks for as long as a hash takes.
    ///
    /// # Errors
    /// [`CryptoFault::Busy`] if too many wait already; [`CryptoFault::PasswordHash`] if the string is none.
    pub fn verify(&self, password: &Secret<String>, stored: &str, turn: Turn) -> Result<Verdict, CryptoFault> {
        let _seat = self.seat(turn)?;
        self.compared.fetch_add(1, Ordering::Relaxed);
        let parsed = PasswordHash::new(stored).map_err(|_| CryptoFault::PasswordHash)?;
        let params = Params::try_from(&parsed).map_err(|_| CryptoFault::PasswordHash)?;
        let peppered = !params.keyid().is_empty();
        let argon2 = self.cost.argon2(self.pepper.as_ref().filter(|_| peppered))?;
        let fits = behind(|| argon2.verify_password(password.expose().as_bytes(), &parsed).is_ok())?;
        if !fits {
            return Ok(Verdict::Mismatch);
        }
        let cheap = params.m_cost() < self.cost.memory || params.t_cost() < self.cost.passes;
        let upgrade = cheap || (self.pepper.is_some() && !peppered);
        Ok(Verdict::Match { upgrade })
    }

    /// Spends as long as a comparison takes, for an account that does not exist.
    ///
    /// # Errors
    /// [`CryptoFault::Busy`] if too many wait already.
    pub fn verify_nobody(&self, password: &Secret<String>) -> Result<(), CryptoFault> {
        self.verify(password, &self.nobody, Turn::Anybody).map(|_| ())
    }

    /// How many comparisons were made, those for nobody too.
    #[must_use]
    pub fn compared(&self) -> u64 {
        self.compared.load(Ordering::Relaxed)
    }

    fn seat(&self, turn: Turn) -> Result<Seat<'_>, CryptoFault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let room = match turn {
            Turn::Anybody => state.waiting < self.most * 4,
            Turn::Known => state.known < self.most * 64,
        };
        if state.working >= self.most && !room {
            return Err(CryptoFault::Busy);
        }
        *state.queue(turn) += 1;
        while state.working >= self.most || (turn == Turn::Anybody && state.known > 0) {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        *state.queue(turn) -= 1;
        state.working += 1;
        Ok(Seat(self))
    }
}

struct Seat<'p>(&'p Passwords);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).working -= 1;
        // Whoever goes first may be any of those who wait.
        self.0.freed.notify_all();
    }
}

/// Does long work on a thread of its own that the system lets run when the others do not want to: on Linux each thread has
/// its own nice value, and one that was raised cannot be lowered again.
fn behind<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, CryptoFault> {
    std::thread::scope(|scope| {
        let stepping_back = std::thread::Builder::new().name("password".to_owned()).spawn_scoped(scope, || {
            #[cfg(target_os = "linux")]
            let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
            work()
        });
        stepping_back.map_err(|_| CryptoFault::Busy)?.join().map_err(|_| CryptoFault::PasswordHash)
    })
}

fn hash((cost, pepper): (Cost, Option<&Key>), password: &[u8], salt: &[u8]) -> Result<String, CryptoFault> {
    let hashed = cost.argon2(pepper)?.hash_password_with_salt(password, salt).map_err(|_| CryptoFault::PasswordHash)?;
    Ok(hashed.to_string())
}

/// Makes a key from a passphrase: Argon2id with 64 MiB and three passes (RFC 9106 §4, second recommended option).
///
/// # Errors
/// [`CryptoFault::Key`] if Argon2 refuses.
pub fn stretch(passphrase: &Secret<String>, salt: &[u8; 16]) -> Result<Key, CryptoFault> {
    let argon2 = Cost { memory: 64 * 1024, passes: 3, lanes: 4 }.argon2(None)?;
    let mut bytes = Zeroizing::new([0; 32]);
    argon2
        .hash_password_into(passphrase.expose().as_bytes(), salt, bytes.as_mut_slice())
        .map_err(|_| CryptoFault::Key)?;
    Ok(Key::from_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;

    use super::*;
    use crate::hash::tests::unhex;

    const CHEAP: Cost = Cost { memory: 64, passes: 1, lanes: 1 };

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    /// RFC 9106 §5.3.
    #[test]
    fn argon2id_gives_the_standards_own_value() {
        let data = argon2::AssociatedData::new(&[4; 12]).unwrap();
        let params =
            argon2::ParamsBuilder::new().m_cost(32).t_cost(3).p_cost(4).data(data).output_len(32).build().unwrap();
        let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let mut tag = [0; 32];
        argon2.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
        assert_eq!(tag.to_vec(), unhex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"));
    }

    #[test]
    fn a_password_matches_itself_only() {
        let passwords = Passwords::new(CHEAP, 2).unwrap();
        let stored = passwords.hash(&secret("correct horse"), &SeededChance::new(1)).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored}");
        assert_eq!(
            passwords.verify(&secret("correct horse"), &stored, Turn::Anybody),
            Ok(Verdict::Match { upgrade: false })
        );
        assert_eq!(passwords.verify(&secret("correct hors"), &stored, Turn::Anybody), Ok(Verdict::Mismatch));
        assert_eq!(passwords.verify(&secret("x"), "not a hash", Turn::Known), Err(CryptoFault::PasswordHash));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn work_steps_behind_whoever_waits_for_it() {
        let nice = || rustix::process::getpriority_process(Some(rustix::thread::gettid())).unwrap();
        let own = nice();
        assert_eq!((behind(nice).unwrap(), nice()), (own.max(NICE), own));
    }

    #[test]
    fn a_cheaper_hash_asks_to_be_made_again() {
        let stored = Passwords::new(CHEAP, 1).unwrap().hash(&secret("correct horse"), &SeededChance::new(1)).unwrap();
        let dearer = Passwords::new(Cost { memory: 128, ..CHEAP }, 1).unwrap();
        assert_eq!(dearer.verify(&secret("correct horse"), &stored, Turn::Known), Ok(Verdict::Match { upgrade: true }));
    }

    /// Fails when: the secret is not asked for, so that whoever has a hash can try passwords.
    #[test]
    fn without_the_secret_a_hash_says_nothing() {
        let key = |n| Key::from_bytes([n; 32]);
        let bare = || Passwords::new(CHEAP, 1).unwrap();
        let before = bare().hash(&secret("correct horse"), &SeededChance::new(1)).unwrap();
        let stored = bare().peppered(key(1)).hash(&secret("correct horse"), &SeededChance::new(1)).unwrap();
        assert_ne!(stored.rsplit('$').next(), before.rsplit('$').next());
        let verdict = |with: Passwords, stored: &str| with.verify(&secret("correct horse"), stored, Turn::Known);
        assert_eq!(verdict(bare().peppered(key(1)), &stored), Ok(Verdict::Match { upgrade: false }));
        assert_eq!(verdict(bare().peppered(key(2)), &stored), Ok(Verdict::Mismatch));
        assert_eq!(verdict(bare(), &stored), Ok(Verdict::Mismatch));
        assert_eq!(verdict(bare().peppered(key(1)), &before), Ok(Verdict::Match { upgrade: true }));
    }

    #[test]
    fn beyond_the_queue_it_is_busy_and_recovers() {
        let passwords = Passwords::new(CHEAP, 1).unwrap();
        let seat = passwords.seat(Turn::Anybody).unwrap();
        passwords.state.lock().unwrap().waiting = 4;
        assert_eq!(passwords.verify_nobody(&secret("x")).err(), Some(CryptoFault::Busy));
        passwords.state.lock().unwrap().waiting = 0;
        drop(seat);
        assert!(passwords.verify_nobody(&secret("x")).is_ok());
    }

    #[test]
    fn a_full_queue_of_strangers_does_not_keep_out_who_is_known() {
        let passwords = Passwords::new(CHEAP, 1).unwrap();
        let order = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            let seat = passwords.seat(Turn::Anybody).unwrap();
            let until = |strangers, known| {
                while passwords.state.lock().map(|state| (state.waiting, state.known)).unwrap() != (strangers, known) {
                    std::thread::yield_now();
                }
            };
            let wait = |turn| {
                let (passwords, order) = (&passwords, &order);
                scope.spawn(move || {
                    let _seat = passwords.seat(turn).unwrap();
                    order.lock().unwrap().push(turn);
                });
            };
            for strangers in 1..=4 {
                wait(Turn::Anybody);
                until(strangers, 0);
            }
            assert_eq!(passwords.verify_nobody(&secret("x")).err(), Some(CryptoFault::Busy));
            wait(Turn::Known);
            until(4, 1);
            drop(seat);
        });
        assert_eq!(order.into_inner().unwrap().first(), Some(&Turn::Known));
    }

    #[test]
    fn never_more_at_once_than_allowed() {
        let passwords = Passwords::new(CHEAP, 2).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _seat = passwords.seat(Turn::Anybody).unwrap();
                    assert!(passwords.state.lock().unwrap().working <= 2);
                });
            }
        });
        assert_eq!(passwords.state.lock().unwrap().working, 0);
    }
}
