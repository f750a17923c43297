//! Secrets in text, looked for while it passes.

use std::collections::BTreeSet;

use crypto::Zeroizing;
use db::ReadTx;
use policy::Objection;
use scanner::Kind as Secret;

use crate::AttachmentFault;
use crate::kind::{is_text, is_wide};

/// So much is looked at in one go.
const WINDOW: usize = 64 * 1024;
/// So much of a window is looked at again with the next one: what stands on the border is seen whole there.
const AGAIN: usize = 4 * 1024;

/// Looks at a text that passes. It is text to its end, or it is refused.
#[derive(Default)]
pub(crate) struct Watch {
    wide: bool,
    big: bool,
    window: Zeroizing<Vec<u8>>,
    seen: u64,
    found: BTreeSet<Secret>,
}

impl Watch {
    /// Takes what comes next; false if that is no text.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> bool {
        if self.seen == 0 {
            (self.wide, self.big) = (is_wide(bytes), bytes.starts_with(b"\xfe\xff"));
        } else if !self.wide && !is_text(bytes) {
            return false;
        }
        self.seen += bytes.len() as u64;
        self.window.extend_from_slice(bytes);
        while self.window.len() >= WINDOW {
            self.look(WINDOW);
            self.window.drain(..WINDOW - AGAIN);
        }
        true
    }

    fn look(&mut self, most: usize) {
        let window = self.window.get(..most).unwrap_or(&self.window);
        let text =
            Zeroizing::new(if self.wide { self.widen(window) } else { String::from_utf8_lossy(window).into_owned() });
        self.found.extend(scanner::find(&text).into_iter().map(|finding| finding.kind));
    }

    /// UTF-16 as text. Windows begin at even bytes.
    fn widen(&self, window: &[u8]) -> String {
        let unit = |pair: &[u8]| {
            let pair = [pair.first().copied().unwrap_or_default(), pair.get(1).copied().unwrap_or_default()];
            if self.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        char::decode_utf16(window.chunks(2).map(unit)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }

    /// Returns everything that was found, when the text is over.
    pub(crate) fn finish(mut self) -> BTreeSet<Secret> {
        self.look(usize::MAX);
        self.found
    }
}

/// Judges what was found by the rules of the workspace; `keep` says that it is meant.
pub(crate) fn judge(tx: &ReadTx<'_>, found: &BTreeSet<Secret>, keep: bool) -> Result<(), AttachmentFault> {
    if found.is_empty() {
        return Ok(());
    }
    let rules = policy::secrets(tx)?;
    match policy::objection(&rules, found.iter().copied(), keep) {
        Some(Objection::Barred(kind)) => Err(AttachmentFault::Barred(kind)),
        Some(Objection::Warned(kind)) => Err(AttachmentFault::Secret(kind)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "4111 1111 1111 1111";

    fn found(text: &[u8], step: usize) -> BTreeSet<Secret> {
        let mut watch = Watch::default();
        assert!(text.chunks(step).all(|bytes| watch.take(bytes)));
        watch.finish()
    }

    /// Fails when: what stands on the border of two windows, or behind the first, is not seen.
    #[test]
    fn a_secret_is_found_wherever_it_stands() {
        for before in [0, 100, WINDOW - 10, WINDOW, 3 * WINDOW - AGAIN - 5, 5 * WINDOW] {
            let text = format!("{} {CARD} and on\n", "word ".repeat(before / 5));
            for step in [7, 1000, 1 << 20] {
                assert!(found(text.as_bytes(), step).contains(&Secret::Card), "{before} {step}");
            }
        }
    }

    #[test]
    fn wide_text_is_read_too() {
        for big in [false, true] {
            let units = format!("\u{feff}{} {CARD}\n", "字 ".repeat(WINDOW));
            let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            let text: Vec<u8> = units.encode_utf16().flat_map(bytes).collect();
            assert!(found(&text, 1000).contains(&Secret::Card));
        }
    }

    #[test]
    fn what_stops_being_text_is_refused() {
        let mut watch = Watch::default();
        assert!(watch.take(b"text ") && !watch.take(b"and \0 not"));
    }
}
