//! What people type about themselves, parsed at the border: all that is wrong at once, not one thing at a time.

use kernel::{Email, text};

use crate::{AccountFault, Wrong};

/// Gathers what is wrong.
#[derive(Default)]
pub struct Findings(Vec<Wrong>);

impl Findings {
    /// Takes one line of text of 1 to `most` characters.
    pub fn line(&mut self, field: &'static str, typed: &str, most: usize) -> Option<String> {
        match text::clean(typed, most) {
            Ok(clean) if clean.is_empty() => self.add(field, "missing"),
            Ok(clean) if clean.contains(['\n', '\t']) => self.add(field, "control-character"),
            Ok(clean) => Some(clean),
            Err(text::TextFault::Control) => self.add(field, "control-character"),
            Err(text::TextFault::Long(_)) => self.add(field, "too-long"),
        }
    }

    /// Takes the name of a person.
    pub fn name(&mut self, typed: &str) -> Option<String> {
        self.line("name", typed, 120)
    }

    /// Takes an e-mail address.
    pub fn email(&mut self, typed: &str) -> Option<Email> {
        match Email::parse(typed) {
            Ok(email) => Some(email),
            Err(_) if typed.trim().is_empty() => self.add("email", "missing"),
            Err(_) => self.add("email", "not-an-email"),
        }
    }

    /// Adds something that is wrong.
    pub fn add<T>(&mut self, field: &'static str, code: &'static str) -> Option<T> {
        self.0.push(Wrong { field, code });
        None
    }

    /// Turns what was found into the fault; called where a value is missing, and then there is a finding.
    #[must_use]
    pub fn fault(self) -> AccountFault {
        AccountFault::Invalid(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_said_at_once() {
        let mut findings = Findings::default();
        assert_eq!(findings.name(" Mei  "), Some("Mei".to_owned()));
        assert_eq!(findings.name("a\u{0}b"), None);
        assert_eq!(findings.name("a\nb"), None);
        assert_eq!(findings.name(&"a".repeat(121)), None);
        assert_eq!(findings.email("  "), None);
        assert_eq!(findings.email("mei"), None);
        let AccountFault::Invalid(wrong) = findings.fault() else { panic!("not invalid") };
        let codes: Vec<_> = wrong.iter().map(|w| w.code).collect();
        assert_eq!(codes, ["control-character", "control-character", "too-long", "missing", "not-an-email"]);
    }
}
