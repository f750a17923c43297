//! Decisions, without clock or database.

use std::time::Duration;

use kernel::Timestamp;

/// So many administrators have to agree.
pub const NEEDED: usize = 2;
/// How long the person can stop it after the last of them did.
pub const WAIT: Duration = Duration::from_secs(24 * 60 * 60);
/// The same, if the person gave a recovery code.
pub const WAIT_STRONG: Duration = Duration::from_secs(4 * 60 * 60);
/// How long a request waits for administrators.
pub const LASTS: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long a link is open once the wait is over.
const OPEN: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// Returns from when to when a link is open that administrators agreed to now.
pub(crate) fn opening(now: Timestamp, strong: bool) -> (Timestamp, Timestamp) {
    let ready = now.plus(if strong { WAIT_STRONG } else { WAIT });
    (ready, ready.plus(OPEN))
}

/// Tells whether a link is open.
pub(crate) fn is_open(now: Timestamp, ready: Option<Timestamp>, until: Timestamp, ended: bool) -> bool {
    !ended && now < until && ready.is_some_and(|ready| ready <= now)
}

/// Digits and letters that nobody mixes up on the telephone (Crockford's base32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Spells the code that is read out: forty bits in two groups.
#[must_use]
pub fn spell_code(bytes: &[u8; 16]) -> String {
    let letter = |byte: &u8| ALPHABET.get(usize::from(byte & 31)).map_or('0', |c| char::from(*c));
    let mut letters: String = bytes.iter().take(8).map(letter).collect();
    letters.insert(4, '-');
    letters
}

/// Takes a code as somebody types what they hear: in any case, with or without the group, with the letters that look like
/// digits.
pub(crate) fn normal_code(typed: &str) -> String {
    let letters = typed.chars().filter(|c| c.is_ascii_alphanumeric()).take(16).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_after_the_wait_and_closes_again() {
        let now = Timestamp::from_micros(0);
        for (strong, hours) in [(false, 24), (true, 4)] {
            let (ready, until) = opening(now, strong);
            let after = |hours: u64| now.plus(Duration::from_secs(hours * 3600));
            assert!(!is_open(after(hours - 1), Some(ready), until, false));
            assert!(is_open(after(hours), Some(ready), until, false));
            assert!(is_open(after(hours + 71), Some(ready), until, false));
            assert!(!is_open(after(hours + 72), Some(ready), until, false));
            assert!(!is_open(after(hours), Some(ready), until, true));
            assert!(!is_open(after(hours), None, until, false));
        }
    }

    #[test]
    fn a_code_is_understood_as_it_is_heard() {
        let code = spell_code(&[0, 1, 31, 255, 32, 18, 7, 9, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(code, "01ZZ-0J79");
        for typed in ["01zz-0j79", " O1ZZ 0J79 ", "0lzz0j79"] {
            assert_eq!(normal_code(typed), normal_code(&code), "{typed}");
        }
    }
}
