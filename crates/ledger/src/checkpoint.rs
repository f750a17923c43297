//! The signed statement of a tree's size and root.

use crypto::{SigningKey, VerifyingKey};

use crate::{Hash, LedgerFault, LogName, base64, note};

/// The size and root of the tree at one moment (C2SP tlog-checkpoint, <https://c2sp.org/tlog-checkpoint>).
///
/// Whoever keeps one outside the database can prove later that nothing before it was changed, removed or cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: LogName,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// States that the log `origin` has `size` leaves under `root`.
    #[must_use]
    pub const fn new(origin: LogName, size: u64, root: Hash) -> Self {
        Self { origin, size, root, extensions: Vec::new() }
    }

    /// Returns the log's name.
    #[must_use]
    pub const fn origin(&self) -> &LogName {
        &self.origin
    }

    /// Returns the number of leaves it covers: all positions below it.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the root of the tree.
    #[must_use]
    pub const fn root(&self) -> &Hash {
        &self.root
    }

    /// Returns the lines after the root. This program writes none: monitors cannot check them.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Returns the note text: origin, size and root, a line each.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, base64::encode(&self.root));
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads a note text. It proves nothing by itself: see [`Checkpoint::open`].
    ///
    /// # Errors
    /// [`LedgerFault::CheckpointMalformed`].
    pub fn parse(text: &str) -> Result<Self, LedgerFault> {
        let read = || {
            let mut lines = text.strip_suffix('\n')?.split('\n');
            let origin = LogName::parse(lines.next()?).ok()?;
            let size = lines.next()?.parse().ok()?;
            let root = base64::decode(lines.next()?)?.try_into().ok()?;
            let extensions = lines.map(str::to_owned).collect();
            Some(Self { origin, size, root, extensions })
        };
        // Written again it must be the same: that refuses leading zeros, signs and empty or strange lines at once.
        read()
            .filter(|checkpoint: &Self| !checkpoint.extensions.iter().any(String::is_empty))
            .filter(|checkpoint| checkpoint.to_text() == text)
            .ok_or(LedgerFault::CheckpointMalformed)
    }

    /// Signs the checkpoint; the key goes by the log's name, as the specification asks.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        note::signed(&self.to_text(), &self.origin, key)
    }

    /// Reads a checkpoint of the log `origin` signed by `key`.
    ///
    /// # Errors
    /// What [`note::open`] refuses; [`LedgerFault::CheckpointMalformed`]; [`LedgerFault::OriginDiffers`].
    pub fn open(signed: &str, origin: &LogName, key: &VerifyingKey) -> Result<Self, LedgerFault> {
        let checkpoint = Self::parse(note::open(signed, origin, key)?)?;
        if checkpoint.origin == *origin { Ok(checkpoint) } else { Err(LedgerFault::OriginDiffers) }
    }

    /// Reads the checkpoints of the log `origin` that stand in a text one after the other, as they were kept elsewhere.
    ///
    /// # Errors
    /// Which one it is, counted from one, and what [`Checkpoint::open`] refuses it for; the first, as no note, if there is none.
    pub fn open_all(text: &str, origin: &LogName, key: &VerifyingKey) -> Result<Vec<Self>, (usize, LedgerFault)> {
        let notes = note::split(text);
        if notes.is_empty() {
            return Err((1, LedgerFault::NoteMalformed));
        }
        let open = |note: &String| match Self::open(note, origin, key) {
            // Another log signs in its own name too: that says more than that the signer is not known.
            Err(LedgerFault::SignerUnknown) if note.lines().next() != Some(origin.as_str()) => {
                Err(LedgerFault::OriginDiffers)
            }
            opened => opened,
        };
        notes.iter().zip(1..).map(|(note, at)| open(note).map_err(|fault| (at, fault))).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> LogName {
        LogName::parse(text).unwrap()
    }

    /// The body of the specification's example.
    const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn the_example_of_the_specification_is_read_and_written() {
        let checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
        assert_eq!((checkpoint.origin().as_str(), checkpoint.size()), ("example.com/behind-the-sofa", 20_852_163));
        assert_eq!(checkpoint.to_text(), EXAMPLE);
        let extended = format!("{EXAMPLE}more\n");
        assert_eq!(Checkpoint::parse(&extended).unwrap().extensions(), ["more"]);
    }

    #[test]
    fn a_second_spelling_is_refused() {
        for (from, to) in [
            ("20852163", "020852163"),
            ("20852163", "+20852163"),
            ("20852163", "-1"),
            ("20852163", "99999999999999999999"),
            ("CsUY", "sUY"),
            ("q2I=\n", "q2I="),
            ("q2I=\n", "q2I=\n\n"),
            ("q2I=\n", "q2I=\n\nmore\n"),
            ("example.com/", "example.com "),
            ("example.com/behind-the-sofa", ""),
        ] {
            let text = EXAMPLE.replace(from, to);
            assert_eq!(Checkpoint::parse(&text), Err(LedgerFault::CheckpointMalformed), "{text}");
        }
        assert!(Checkpoint::parse("").is_err());
    }

    #[test]
    fn a_signed_checkpoint_opens_for_its_own_log_only() {
        let key = SigningKey::from_seed([5; 32]);
        let mine = Checkpoint::new(name("a.example/l"), 7, [1; 32]);
        let signed = mine.sign(&key);
        assert_eq!(Checkpoint::open(&signed, mine.origin(), &key.verifying()), Ok(mine.clone()));
        let other = name("b.example/l");
        assert_eq!(Checkpoint::open(&signed, &other, &key.verifying()), Err(LedgerFault::SignerUnknown));
        let stranger = SigningKey::from_seed([6; 32]).verifying();
        assert_eq!(Checkpoint::open(&signed, mine.origin(), &stranger), Err(LedgerFault::SignerUnknown));
        let bigger = signed.replacen("\n7\n", "\n8\n", 1);
        assert_eq!(Checkpoint::open(&bigger, mine.origin(), &key.verifying()), Err(LedgerFault::SignatureWrong));
        // A note of ours that speaks for another log is not a checkpoint of ours.
        let foreign = note::sign(&mine.to_text(), &other, &key).unwrap();
        assert_eq!(Checkpoint::open(&foreign, &other, &key.verifying()), Err(LedgerFault::OriginDiffers));
        let prose = note::sign("hello\n", &other, &key).unwrap();
        assert_eq!(Checkpoint::open(&prose, &other, &key.verifying()), Err(LedgerFault::CheckpointMalformed));
    }

    #[test]
    fn notes_that_were_kept_together_are_read_one_by_one() {
        let (key, ours) = (SigningKey::from_seed([5; 32]), name("a.example/l"));
        let all: Vec<Checkpoint> = (1..4).map(|n| Checkpoint::new(ours.clone(), n, [n as u8; 32])).collect();
        let signed: Vec<String> = all.iter().map(|checkpoint| checkpoint.sign(&key)).collect();
        let open = |text: &str| Checkpoint::open_all(text, &ours, &key.verifying());
        for between in ["", "\n", "\n\n\n"] {
            let text = signed.join(between);
            for text in [text.clone(), text.replace('\n', "\r\n"), text.trim_end().to_owned(), format!("\n{text}\n\n")]
            {
                assert_eq!(open(&text), Ok(all.clone()), "{text:?}");
            }
        }
        // One that a witness signed too is one note.
        let witness = SigningKey::from_seed([6; 32]);
        let other = note::sign(&all[0].to_text(), &name("w.example/w"), &witness).unwrap();
        let both = format!("{}{}\n", signed[0], other.lines().last().unwrap());
        assert_eq!(open(&format!("{both}{}", signed[1])), Ok(all[..2].to_vec()));
    }

    #[test]
    fn what_is_no_note_of_this_log_is_named_with_its_place() {
        let (key, ours, theirs) = (SigningKey::from_seed([5; 32]), name("a.example/l"), name("b.example/l"));
        let good = Checkpoint::new(ours.clone(), 7, [1; 32]).sign(&key);
        let open = |text: &str| Checkpoint::open_all(text, &ours, &key.verifying()).unwrap_err();
        let foreign = Checkpoint::new(theirs.clone(), 7, [1; 32]).sign(&key);
        let stranger = Checkpoint::new(ours.clone(), 7, [1; 32]).sign(&SigningKey::from_seed([6; 32]));
        for (wrong, fault) in [
            (foreign.as_str(), LedgerFault::OriginDiffers),
            (&stranger, LedgerFault::SignerUnknown),
            (&good.replacen("\n7\n", "\n8\n", 1), LedgerFault::SignatureWrong),
            ("hello\n", LedgerFault::NoteMalformed),
            (good.split_once("\n\n").unwrap().0, LedgerFault::NoteMalformed),
            (&note::sign("hello\n", &ours, &key).unwrap(), LedgerFault::CheckpointMalformed),
        ] {
            assert_eq!(open(wrong), (1, fault), "{wrong}");
            assert_eq!(open(&format!("{good}{wrong}")), (2, fault), "{wrong}");
        }
        assert_eq!(open(""), (1, LedgerFault::NoteMalformed));
        assert_eq!(open("\n \n"), (1, LedgerFault::NoteMalformed));
    }

    proptest! {
        #[test]
        fn every_checkpoint_survives_a_round_trip(size: u64, root: Hash) {
            let checkpoint = Checkpoint::new(name("a.example/l"), size, root);
            prop_assert_eq!(Checkpoint::parse(&checkpoint.to_text()), Ok(checkpoint));
        }

        #[test]
        fn hostile_text_never_panics(text in "([a-z0-9+=]{0,5}\n?){0,5}") {
            let key = SigningKey::from_seed([5; 32]).verifying();
            prop_assert!(Checkpoint::open_all(&text, &name("a.example/l"), &key).is_err());
            if let Ok(checkpoint) = Checkpoint::parse(&text) {
                prop_assert_eq!(checkpoint.to_text(), text);
            }
        }
    }
}
