//! A secret as it is stored, and as it is offered.

use crypto::Secret;
use kernel::ChallengeId;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use crate::NewSession;

/// What is sealed about an app: its secret, and the last step that was used up.
#[derive(Encode, Decode)]
pub(super) struct Content {
    #[n(0)]
    pub(super) secret: ByteArray<20>,
    #[n(1)]
    pub(super) used: u64,
}

/// A secret to put into an app. This is the only time it is shown.
pub struct TotpOffer {
    /// What the answer names.
    pub id: ChallengeId,
    /// The secret in base32 (RFC 4648 §6), in groups of four, for typing.
    pub text: Secret<String>,
    /// The same as a link for apps, and for a QR code: `otpauth://totp/…`.
    pub link: Secret<String>,
}

/// What became of an offer.
pub enum Enrolment {
    /// The app counts from now on.
    Done {
        /// What takes the place of the session that acts.
        session: NewSession,
        /// The recovery codes, shown this once; none if the person has some already.
        codes: Option<Vec<Secret<String>>>,
    },
    /// The code was wrong; the same secret is offered again.
    Again(TotpOffer),
}
