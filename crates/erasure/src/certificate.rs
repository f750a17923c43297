//! The certificate: a signed note (C2SP signed-note), by the key that signs the ledger's checkpoints. It says nothing of the
//! person but the id of what is left of the record.

use std::fmt::Write as _;

use crypto::{SigningKey, VerifyingKey};
use kernel::Timestamp;
use ledger::{LedgerFault, LogName, note};

use crate::ErasureFault;
use crate::model::Erasure;

const FIRST: &str = "custos-erasure-certificate/v1";
const SAYS: [&str; 2] = [
    "The key of this person is destroyed. What was sealed under it opens nowhere.",
    "此人的密钥已销毁，以该密钥密封的内容在任何地方都无法再解开。",
];

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    lines: Vec<(String, String)>,
}

impl Certificate {
    /// Puts it together.
    pub(crate) fn of(erasure: &Erasure, (live, backups): (Timestamp, Timestamp), now: Timestamp) -> Self {
        let mut lines = Vec::new();
        let mut say = |name: &str, value: String| lines.push((name.to_owned(), value));
        say("erasure", erasure.id.to_string());
        say("record", format!("{} {}", erasure.record.object, erasure.record.id));
        say("basis", erasure.basis.clone());
        say("decided", erasure.began_at.to_rfc3339());
        say("live-since", live.to_rfc3339());
        say("backups-since", backups.to_rfc3339());
        for (object, count) in &erasure.gone.removed {
            say("removed", format!("{object} {count}"));
        }
        for (object, count) in &erasure.gone.emptied {
            say("emptied", format!("{object} {count}"));
        }
        say("exports-withdrawn", erasure.gone.exports.to_string());
        say("imports-stopped", erasure.gone.imports.to_string());
        say("files-destroyed", erasure.gone.files.to_string());
        say("signed", now.to_rfc3339());
        Self { lines }
    }

    /// Signs it.
    pub(crate) fn sign(&self, name: &LogName, key: &SigningKey) -> Result<String, ErasureFault> {
        let mut text = format!("{FIRST}\n");
        for (what, value) in &self.lines {
            let _ = writeln!(text, "{what}: {value}");
        }
        for line in SAYS {
            let _ = writeln!(text, "{line}");
        }
        Ok(note::sign(&text, name, key)?)
    }

    /// Returns the SHA-256 of the signed note, as the ledger keeps it.
    pub(crate) fn digest(&self, note: &str) -> String {
        crypto::sha256(note.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns what it says, line by line.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns one line.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<&str> {
        self.lines().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// Reads a certificate, if the key signed it under this name.
///
/// # Errors
/// [`ErasureFault::Certificate`].
pub fn read(text: &str, name: &LogName, key: &VerifyingKey) -> Result<Certificate, ErasureFault> {
    Ok(said_in(note::open(text, name, key)?).ok_or(LedgerFault::NoteMalformed)?)
}

/// Reads what a certificate of our own says, whoever signed it; nothing if it is none.
#[must_use]
pub fn said_in(text: &str) -> Option<Certificate> {
    let mut lines = text.lines();
    if lines.next() != Some(FIRST) {
        return None;
    }
    let parts = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(": "));
    Some(Certificate { lines: parts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(text: &str) -> (String, LogName, SigningKey) {
        let (name, key) = (LogName::parse("custos/ledger").unwrap(), SigningKey::from_seed([7; 32]));
        (note::sign(text, &name, &key).unwrap(), name, key)
    }

    /// Fails when: a letter can be changed, or something else that the key signs (a checkpoint) passes for a certificate.
    #[test]
    fn only_what_the_key_signed_as_a_certificate_is_one() {
        let lines = vec![("live-since".to_owned(), "2026-11-02T09:00:00Z".to_owned())];
        let certificate = Certificate { lines };
        let (_, name, key) = signed("x\n");
        let text = certificate.sign(&name, &key).unwrap();
        assert_eq!(read(&text, &name, &key.verifying()).unwrap(), certificate);
        assert!(read(&text.replace("09:00", "08:00"), &name, &key.verifying()).is_err());
        let (checkpoint, ..) = signed("custos/ledger\n12\nAAAA\n");
        assert!(read(&checkpoint, &name, &key.verifying()).is_err());
        let other = SigningKey::from_seed([8; 32]);
        assert!(read(&text, &name, &other.verifying()).is_err());
    }
}
