//! A key in parts, of which any `needed` give it back and fewer say nothing of it: Shamir's scheme over GF(256), byte by byte, by
//! `vsss-rs`, which computes in constant time.
//!
//! A part is a text for paper: `CUSTOS-SHARE 1 3-of-5 <set> <number> <groups of base32>`. The last groups hold a checksum, so that
//! what was mistyped is noticed before parts are put together; the set keeps parts of two splits apart.

use std::convert::Infallible;
use std::fmt;

use kernel::Chance;
use rand_core::{TryCryptoRng, TryRng};
use vsss_rs::Gf256;
use zeroize::Zeroizing;

use crate::{Key, Secret, sha256};

/// What a part begins with, and the version of its form.
const HEAD: &str = "CUSTOS-SHARE";
const FORM: &str = "1";
/// Crockford's digits: none of them is taken for another one on paper.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes of a part: its place and a byte for each of the key.
const PART: usize = 33;
/// Bytes of the checksum.
const SUM: usize = 7;
/// At most so many parts.
pub const MOST_SHARES: u8 = 16;

/// What is wrong with parts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareFault {
    /// Numbers that do not go together.
    #[error("say from 2 to {MOST_SHARES} shares, and from 2 to as many needed")]
    Numbers,
    /// A text that is no part.
    #[error("this is not a share: it begins with {HEAD}")]
    Form,
    /// A part that was altered or mistyped.
    #[error("share {0} is mistyped: its checksum does not fit")]
    Mistyped(u8),
    /// Parts of two splits.
    #[error("these shares are of different sets: {0} and {1}")]
    Mixed(String, String),
    /// One part twice.
    #[error("share {0} is there twice")]
    Twice(u8),
    /// Fewer than are needed.
    #[error("{needed} shares are needed and {given} are there")]
    TooFew {
        /// How many are needed.
        needed: u8,
        /// How many are there.
        given: usize,
    },
    /// The parts give no key.
    #[error("the shares do not go together")]
    Broken,
}

/// One part of a key.
pub struct Share {
    set: [u8; 5],
    needed: u8,
    of: u8,
    part: Zeroizing<[u8; PART]>,
}

struct Dice<'c>(&'c dyn Chance);

impl TryRng for Dice<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(kernel::chance::array(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(kernel::chance::array(self.0)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Dice<'_> {}

/// Splits a key into `of` parts, of which any `needed` give it back.
///
/// # Errors
/// [`ShareFault::Numbers`].
pub fn split(key: &Key, (needed, of): (u8, u8), chance: &dyn Chance) -> Result<Vec<Share>, ShareFault> {
    if needed < 2 || needed > of || of > MOST_SHARES {
        return Err(ShareFault::Numbers);
    }
    let set: [u8; 5] = kernel::chance::array(chance);
    let parts = Gf256::split_array(needed.into(), of.into(), key.expose_bytes(), Dice(chance));
    let parts = Zeroizing::new(parts.map_err(|_| ShareFault::Broken)?);
    let share = |part: &Vec<u8>| {
        let part = <[u8; PART]>::try_from(part.as_slice()).map_err(|_| ShareFault::Broken)?;
        Ok(Share { set, needed, of, part: Zeroizing::new(part) })
    };
    parts.iter().map(share).collect()
}

/// Puts a key together. Parts that belong to another key than they seem give another key: whoever asks proves it.
///
/// # Errors
/// [`ShareFault`]: parts that do not go together, or too few.
pub fn combine(shares: &[Share]) -> Result<Key, ShareFault> {
    let Some(first) = shares.first() else { return Err(ShareFault::TooFew { needed: 2, given: 0 }) };
    for (at, share) in shares.iter().enumerate() {
        if (share.set, share.needed, share.of) != (first.set, first.needed, first.of) {
            return Err(ShareFault::Mixed(first.set(), share.set()));
        }
        if shares.iter().take(at).any(|other| other.number() == share.number()) {
            return Err(ShareFault::Twice(share.number()));
        }
    }
    if shares.len() < usize::from(first.needed) {
        return Err(ShareFault::TooFew { needed: first.needed, given: shares.len() });
    }
    let parts = Zeroizing::new(shares.iter().map(|share| share.part.to_vec()).collect::<Vec<_>>());
    let bytes = Zeroizing::new(Gf256::combine_array(&*parts).map_err(|_| ShareFault::Broken)?);
    <[u8; 32]>::try_from(bytes.as_slice()).map(Key::from_bytes).map_err(|_| ShareFault::Broken)
}

impl Share {
    /// Returns its number within the set.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.part.first().copied().unwrap_or_default()
    }

    /// Returns the name of the set.
    #[must_use]
    pub fn set(&self) -> String {
        digits(&self.set)
    }

    /// Spells it for paper.
    #[must_use]
    pub fn spell(&self) -> Secret<String> {
        let bytes = Zeroizing::new([self.part.as_slice(), &self.sum()].concat());
        let text = Zeroizing::new(digits(&bytes));
        let mut spelled = format!("{HEAD} {FORM} {}-of-{} {} {}", self.needed, self.of, self.set(), self.number());
        for (at, digit) in text.chars().enumerate() {
            if at % 8 == 0 {
                spelled.push(' ');
            }
            spelled.push(digit);
        }
        Secret::new(spelled)
    }

    fn sum(&self) -> [u8; SUM] {
        let whole = [b"custos-share-1".as_slice(), &self.set, &[self.needed, self.of], self.part.as_slice()].concat();
        let whole = Zeroizing::new(whole);
        sha256(&whole).first_chunk().copied().unwrap_or_default()
    }

    /// Reads what [`spell`](Self::spell) wrote, whatever the spaces and lines, small letters, and O for 0, I or L for 1.
    ///
    /// # Errors
    /// [`ShareFault::Form`]; [`ShareFault::Mistyped`].
    pub fn parse(text: &str) -> Result<Self, ShareFault> {
        let mut words = text.split_whitespace();
        if words.next().map(str::to_ascii_uppercase).as_deref() != Some(HEAD) || words.next() != Some(FORM) {
            return Err(ShareFault::Form);
        }
        let numbers = words.next().ok_or(ShareFault::Form)?.to_ascii_lowercase();
        let (needed, of) = numbers.split_once("-of-").ok_or(ShareFault::Form)?;
        let byte = |text: &str| text.parse::<u8>().map_err(|_| ShareFault::Form);
        let (needed, of) = (byte(needed)?, byte(of)?);
        let set = undigits(words.next().ok_or(ShareFault::Form)?).ok_or(ShareFault::Form)?;
        let set = <[u8; 5]>::try_from(set.as_slice()).map_err(|_| ShareFault::Form)?;
        let number = byte(words.next().ok_or(ShareFault::Form)?)?;
        let wrong = || ShareFault::Mistyped(number);
        let rest = Zeroizing::new(words.collect::<String>());
        let bytes = undigits(&rest).ok_or_else(wrong)?;
        let (part, sum) = bytes.split_first_chunk::<PART>().ok_or_else(wrong)?;
        let share = Self { set, needed, of, part: Zeroizing::new(*part) };
        if share.sum() != *sum || share.number() != number || needed < 2 || needed > of {
            return Err(wrong());
        }
        Ok(share)
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "share {} of set {}", self.number(), self.set())
    }
}

fn digits(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut kept, mut bits) = (0_u32, 0);
    for byte in bytes {
        kept = kept << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(DIGITS.get((kept >> bits & 31) as usize).copied().map_or('0', char::from));
        }
    }
    text
}

/// Reads digits; as many as fill whole bytes, which all that is spelled here does.
fn undigits(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8));
    let (mut kept, mut bits) = (0_u32, 0);
    for digit in text.bytes() {
        let digit = match digit.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let value = DIGITS.iter().position(|known| *known == digit)?;
        kept = (kept << 5 | u32::try_from(value).ok()?) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(kept >> bits & 255).ok()?);
        }
    }
    (bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;

    use super::*;

    fn shares(numbers: (u8, u8), seed: u64) -> (Key, Vec<Share>) {
        let chance = SeededChance::new(seed);
        let key = Key::generate(&chance);
        let shares = split(&key, numbers, &chance).unwrap();
        (key, shares)
    }

    fn again(shares: &[Share], picked: &[usize]) -> Vec<Share> {
        picked.iter().map(|at| Share::parse(shares[*at].spell().expose()).unwrap()).collect()
    }

    #[test]
    fn any_that_are_enough_give_the_key_back_and_fewer_do_not() {
        let (key, parts) = shares((3, 5), 1);
        for a in 0..5 {
            for b in a + 1..5 {
                for c in b + 1..5 {
                    let whole = combine(&again(&parts, &[c, a, b])).unwrap();
                    assert_eq!(whole.expose_bytes(), key.expose_bytes());
                }
                let fault = combine(&again(&parts, &[a, b])).err().unwrap();
                assert_eq!(fault, ShareFault::TooFew { needed: 3, given: 2 });
            }
        }
        assert_eq!(combine(&again(&parts, &[0, 1, 2, 3, 4])).unwrap().expose_bytes(), key.expose_bytes());
        assert_eq!(combine(&[]).err().unwrap(), ShareFault::TooFew { needed: 2, given: 0 });
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        let key = Key::generate(&SeededChance::new(1));
        for numbers in [(1, 3), (0, 0), (4, 3), (2, MOST_SHARES + 1), (2, 255)] {
            assert_eq!(split(&key, numbers, &SeededChance::new(2)).unwrap_err(), ShareFault::Numbers, "{numbers:?}");
        }
    }

    #[test]
    fn parts_of_two_sets_and_one_part_twice_are_told_apart() {
        let ((_, one), (_, other)) = (shares((2, 3), 1), shares((2, 3), 2));
        let mixed = [again(&one, &[0]), again(&other, &[1])].concat_shares();
        assert!(matches!(combine(&mixed).err().unwrap(), ShareFault::Mixed(..)));
        assert_eq!(combine(&again(&one, &[1, 1])).err().unwrap(), ShareFault::Twice(2));
    }

    trait Concat {
        fn concat_shares(self) -> Vec<Share>;
    }

    impl<const N: usize> Concat for [Vec<Share>; N] {
        fn concat_shares(self) -> Vec<Share> {
            self.into_iter().flatten().collect()
        }
    }

    /// Fails when: the checksum does not cover a digit, the set, or the numbers.
    #[test]
    fn what_is_mistyped_is_noticed() {
        let (_, parts) = shares((2, 3), 3);
        let good = parts[1].spell();
        let good = good.expose();
        let start = good.find("1 2-of-3").unwrap();
        for (at, digit) in good.char_indices().filter(|(at, _)| *at > start + 1) {
            if digit == ' ' || digit == '-' {
                continue;
            }
            let other = if digit == '7' { '8' } else { '7' };
            let bad: String = good.chars().enumerate().map(|(n, c)| if n == at { other } else { c }).collect();
            assert!(Share::parse(&bad).is_err(), "digit {at} of {good}");
        }
        for bad in ["", "CUSTOS-SHARE", "CUSTOS-SHARE 1 2-of-3", &format!("{good} 0")] {
            assert!(Share::parse(bad).is_err(), "{bad}");
        }
        let typed = good.to_lowercase().replace('0', "o").replace(' ', "\n  ");
        assert!(Share::parse(&typed).is_ok(), "{typed}");
    }
}
