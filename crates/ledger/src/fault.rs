//! What can be wrong with stored entries, frontiers and signed checkpoints.

use kernel::{Class, Fault};

/// The ways in which ledger bytes or text fail to be what they claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFault {
    /// An entry could not be packed; it must not be appended, and what it tells of must not happen.
    #[error("a ledger entry could not be written")]
    Unwritable,
    /// Bytes are not what this crate writes.
    #[error("the bytes of a ledger entry cannot be read")]
    Unreadable,
    /// Bytes were written by a newer version of the format.
    #[error("ledger format {0} is not known")]
    FormatUnknown(u8),
    /// A stored frontier contradicts itself.
    #[error("the stored frontier of the ledger tree is damaged")]
    FrontierDamaged,
    /// A position or size lies outside the tree.
    #[error("the position lies outside the tree")]
    OutsideTree,
    /// A name cannot stand in a signature line.
    #[error("not a log name: no spaces, no plus sign, not empty, at most 200 bytes")]
    NameRefused,
    /// Text is not a signed note.
    #[error("not a signed note")]
    NoteMalformed,
    /// A note is well signed but its text is not a checkpoint.
    #[error("not a checkpoint")]
    CheckpointMalformed,
    /// The checkpoint is another log's.
    #[error("the checkpoint is another log's")]
    OriginDiffers,
    /// No signature on the note is by the expected key.
    #[error("not signed by the expected key")]
    SignerUnknown,
    /// A signature claims to be by the expected key and is not.
    #[error("the signature is wrong")]
    SignatureWrong,
}

impl Fault for LedgerFault {
    fn class(&self) -> Class {
        match self {
            Self::Unwritable | Self::Unreadable | Self::FormatUnknown(_) | Self::FrontierDamaged => Class::Internal,
            Self::OutsideTree => Class::NotFound,
            Self::NameRefused
            | Self::NoteMalformed
            | Self::CheckpointMalformed
            | Self::OriginDiffers
            | Self::SignerUnknown
            | Self::SignatureWrong => Class::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unwritable => "ledger-unwritable",
            Self::Unreadable => "ledger-unreadable",
            Self::FormatUnknown(_) => "ledger-format-unknown",
            Self::FrontierDamaged => "ledger-frontier-damaged",
            Self::OutsideTree => "ledger-outside-tree",
            Self::NameRefused => "ledger-name-refused",
            Self::NoteMalformed => "ledger-note-malformed",
            Self::CheckpointMalformed => "ledger-checkpoint-malformed",
            Self::OriginDiffers => "ledger-origin-differs",
            Self::SignerUnknown => "ledger-signer-unknown",
            Self::SignatureWrong => "ledger-signature-wrong",
        }
    }
}
