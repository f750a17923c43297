//! Questions and judgements: everything that WebAuthn itself says (Level 3 §7).

use std::time::Duration;

use webauthn_rs::prelude::{
    AuthenticationResult, CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};
use webauthn_rs_proto::ResidentKeyRequirement;

use crate::Site;

/// How long an answer is waited for (NIST SP 800-63B-4 §3.1: at most five minutes for a ceremony).
pub const ASKED_FOR: Duration = Duration::from_secs(5 * 60);

/// Nothing can be asked: the site or the holder does not do for a question.
#[derive(Debug, thiserror::Error)]
#[error("no passkey can be asked for")]
pub struct Unaskable;

/// Why an answer is not accepted, for the ledger: nobody else is told.
pub type Why = &'static str;

/// A question as it goes to the browser, and what is needed to judge the answer.
pub struct Question {
    /// What `navigator.credentials` takes (§5.1.8, §5.1.9).
    pub options: serde_json::Value,
    /// What the judge needs, as JSON; it never leaves the server.
    pub state: Vec<u8>,
}

/// The person a passkey is made for, as their device shows them.
pub struct Holder<'a> {
    /// The user handle (§5.4.3).
    pub id: Uuid,
    /// The address.
    pub email: &'a str,
    /// The name.
    pub name: &'a str,
}

fn party(site: &Site) -> Result<Webauthn, WebauthnError> {
    WebauthnBuilder::new(site.name(), site.origin())?.rp_name("Custos").timeout(ASKED_FOR).build()
}

/// Asks for a new passkey that can be found without a user name, on a device that verifies its person and holds none of
/// `present` yet.
pub fn ask_new(site: &Site, holder: &Holder<'_>, present: Vec<CredentialID>) -> Result<Question, Unaskable> {
    let asking = party(site)
        .and_then(|party| party.start_passkey_registration(holder.id, holder.email, holder.name, Some(present)));
    let (mut options, state) = asking.map_err(|_| Unaskable)?;
    if let Some(wanted) = &mut options.public_key.authenticator_selection {
        wanted.resident_key = Some(ResidentKeyRequirement::Required);
        wanted.require_resident_key = true;
    }
    question(&options.public_key, &state)
}

/// Asks for any passkey of this site.
pub fn ask_any(site: &Site) -> Result<Question, Unaskable> {
    let asking = party(site).and_then(|party| party.start_discoverable_authentication());
    let (options, state) = asking.map_err(|_| Unaskable)?;
    question(&options.public_key, &state)
}

fn question(options: &impl serde::Serialize, state: &impl serde::Serialize) -> Result<Question, Unaskable> {
    let spelled = serde_json::to_value(options).and_then(|options| Ok((options, serde_json::to_vec(state)?)));
    let (options, state) = spelled.map_err(|_| Unaskable)?;
    Ok(Question { options, state })
}

/// Judges a new passkey: our question, this origin and name, and a device that verified its person.
pub fn judge_new(site: &Site, state: &[u8], answer: &str) -> Result<Passkey, Why> {
    let state: PasskeyRegistration = serde_json::from_slice(state).map_err(|_| "state")?;
    let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| "malformed")?;
    party(site).and_then(|party| party.finish_passkey_registration(&answer, &state)).map_err(|fault| why(&fault))
}

/// What somebody presents to sign in.
pub struct Presented(PublicKeyCredential);

impl Presented {
    /// Takes the credential as JSON (§5.1, `toJSON`).
    #[must_use]
    pub fn parse(answer: &str) -> Option<Self> {
        serde_json::from_str(answer).ok().map(Self)
    }

    /// Returns the id of the passkey and whose it claims to be.
    pub fn claim(&self) -> Option<(&[u8], Uuid)> {
        Some((self.0.get_credential_id(), Uuid::from_slice(self.0.get_user_unique_id()?).ok()?))
    }

    /// Judges it: our question, this origin and name, the passkey's own signature, a device that verified its person, and a
    /// count that goes on.
    pub fn judge(&self, site: &Site, state: &[u8], passkey: &Passkey) -> Result<AuthenticationResult, Why> {
        let state: DiscoverableAuthentication = serde_json::from_slice(state).map_err(|_| "state")?;
        let key = DiscoverableKey::from(passkey);
        let judging = party(site).and_then(|party| party.finish_discoverable_authentication_v2(&self.0, state, &key));
        judging.map_err(|fault| why(&fault))
    }
}

/// What the ledger says of a count that went back.
pub const CLONED: Why = "count-went-back";

const fn why(fault: &WebauthnError) -> Why {
    match fault {
        WebauthnError::CredentialPossibleCompromise => CLONED,
        WebauthnError::MismatchedChallenge => "another-question",
        WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => "another-origin",
        WebauthnError::InvalidRPIDHash => "another-site",
        WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => "not-verified",
        WebauthnError::AuthenticationFailure => "signature",
        WebauthnError::CredentialBackupEligibilityInconsistent | WebauthnError::CredentialMayNotBeHardwareBound => {
            "backup-changed"
        }
        _ => "not-valid",
    }
}
