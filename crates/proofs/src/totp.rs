//! TOTP with what every app agrees on: SHA-1, six digits, thirty seconds (RFC 6238 §4, RFC 4226 §5.3).

use kernel::Timestamp;

/// How long a step is, in microseconds.
const STEP: i64 = 30_000_000;
/// So many steps the clocks may be apart, either way (RFC 6238 §5.2).
const APART: u64 = 1;

/// Returns the step of a moment.
pub fn step(now: Timestamp) -> u64 {
    u64::try_from(now.micros().div_euclid(STEP)).unwrap_or(0)
}

/// Returns the code of a step: six digits.
fn code(secret: &[u8], step: u64) -> String {
    let tag = crypto::mac_sha1(secret, &step.to_be_bytes());
    let at = usize::from(tag.last().copied().unwrap_or(0) & 15);
    let part = tag.get(at..at + 4).and_then(|part| part.first_chunk::<4>()).copied().unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(part) & 0x7fff_ffff) % 1_000_000)
}

/// Returns the step that a typed code belongs to, if it is one of those around `now` and later than the last one used.
pub fn fitting(secret: &[u8], typed: &str, now: Timestamp, used: u64) -> Option<u64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let present = step(now);
    // Every step is compared, so that the time taken does not tell which one fits.
    let fits = (present.saturating_sub(APART)..=present + APART)
        .filter(|step| crypto::same(code(secret, *step).as_bytes(), digits.as_bytes()));
    fits.filter(|step| *step > used).max()
}

/// Spells bytes in base32 (RFC 4648 §6), in groups of four. Twenty bytes need no padding.
pub fn base32(bytes: &[u8], between: &str) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    for (group, five) in bytes
        .chunks(5)
        .flat_map(|five| {
            let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            (0..8).rev().map(move |place| bits >> (5 * place) & 31)
        })
        .enumerate()
    {
        if group > 0 && group.is_multiple_of(4) {
            text.push_str(between);
        }
        let letter = usize::try_from(five).ok().and_then(|at| ALPHABET.get(at));
        text.extend(letter.map(|letter| char::from(*letter)));
    }
    text
}

/// Spells the link that apps take, as all of them read it.
pub fn link(secret: &[u8], workspace: &str, email: &str) -> String {
    let issuer = escape(workspace);
    let (label, secret) = (escape(email), base32(secret, ""));
    format!("otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

/// Percent-encodes what is not unreserved (RFC 3986 §2.3).
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    /// RFC 6238 appendix B, of whose eight digits the last six are ours.
    #[test]
    fn codes_are_the_standards_own() {
        for (seconds, eight) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(SECRET, step(at(seconds))), eight.get(2..).unwrap());
            assert_eq!(fitting(SECRET, eight.get(2..).unwrap(), at(seconds), 0), Some(step(at(seconds))));
        }
    }

    /// RFC 4226 appendix D.
    #[test]
    fn codes_of_counters_are_the_standards_own() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (counter, expected) in (0..).zip(codes) {
            assert_eq!(code(SECRET, counter), expected);
        }
    }

    #[test]
    fn a_code_is_good_for_a_step_on_either_side_and_once() {
        let typed = code(SECRET, step(at(3_000)));
        for (seconds, fits) in [(2_969, false), (2_970, true), (3_000, true), (3_059, true), (3_060, false)] {
            assert_eq!(fitting(SECRET, &typed, at(seconds), 0).is_some(), fits, "{seconds}");
        }
        assert_eq!(fitting(SECRET, &typed, at(3_000), 99), Some(100));
        for used in [100, 101, u64::MAX] {
            assert_eq!(fitting(SECRET, &typed, at(3_000), used), None);
        }
        let (three, more) = typed.split_at(3);
        let spaced = format!(" {three} {more}");
        assert_eq!(fitting(SECRET, &spaced, at(3_000), 0), Some(100));
        for wrong in ["", "0", three, &format!("{typed}0"), "１２３４５６", "------"] {
            assert_eq!(fitting(SECRET, wrong, at(3_000), 0), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_spelled_for_people_and_for_apps() {
        assert_eq!(base32(SECRET, " "), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            link(SECRET, "守客 & Co", "mei+x@brightloom.example"),
            "otpauth://totp/%E5%AE%88%E5%AE%A2%20%26%20Co:mei%2Bx%40brightloom.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%AE%88%E5%AE%A2%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
    }
}
