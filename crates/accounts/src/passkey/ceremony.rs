//! Questions and judgements: everything that WebAuthn itself says, without clock or database.

use webauthn_rs::prelude::{
    AuthenticationResult, CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};
use webauthn_rs_proto::ResidentKeyRequirement;

use super::site::Site;
use crate::AccountFault;
use crate::factor::challenge::LASTS;

/// Why an answer is not accepted, for the ledger: nobody else is told.
pub(super) type Why = &'static str;

/// A question as it goes to the browser, and what is needed to judge the answer.
pub(super) struct Question {
    pub(super) options: serde_json::Value,
    pub(super) state: Vec<u8>,
}

/// The person a passkey is made for, as their device shows them.
pub(super) struct Holder<'a> {
    pub(super) id: Uuid,
    pub(super) email: &'a str,
    pub(super) name: &'a str,
}

fn party(site: &Site) -> Result<Webauthn, WebauthnError> {
    WebauthnBuilder::new(site.name(), site.origin())?.rp_name("Custos").timeout(LASTS).build()
}

/// Asks for a new passkey that can be found without a user name, on a device that verifies its person and holds none of
/// `present` yet.
pub(super) fn ask_new(site: &Site, holder: &Holder<'_>, present: Vec<CredentialID>) -> Result<Question, AccountFault> {
    let asking = party(site)
        .and_then(|party| party.start_passkey_registration(holder.id, holder.email, holder.name, Some(present)));
    let (mut options, state) = asking.map_err(|_| AccountFault::PasskeyRefused)?;
    if let Some(wanted) = &mut options.public_key.authenticator_selection {
        wanted.resident_key = Some(ResidentKeyRequirement::Required);
        wanted.require_resident_key = true;
    }
    question(&options.public_key, &state)
}

/// Asks for any passkey of this site.
pub(super) fn ask_any(site: &Site) -> Result<Question, AccountFault> {
    let asking = party(site).and_then(|party| party.start_discoverable_authentication());
    let (options, state) = asking.map_err(|_| AccountFault::WrongPasskey)?;
    question(&options.public_key, &state)
}

fn question(options: &impl serde::Serialize, state: &impl serde::Serialize) -> Result<Question, AccountFault> {
    let spelled = serde_json::to_value(options).and_then(|options| Ok((options, serde_json::to_vec(state)?)));
    let (options, state) = spelled.map_err(|_| AccountFault::PasskeyRefused)?;
    Ok(Question { options, state })
}

/// Judges a new passkey: our question, this origin and name, and a device that verified its person.
pub(super) fn judge_new(site: &Site, state: &[u8], answer: &str) -> Result<Passkey, Why> {
    let state: PasskeyRegistration = serde_json::from_slice(state).map_err(|_| "state")?;
    let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| "malformed")?;
    party(site).and_then(|party| party.finish_passkey_registration(&answer, &state)).map_err(|fault| why(&fault))
}

/// What somebody presents to sign in.
pub(super) struct Presented(PublicKeyCredential);

impl Presented {
    pub(super) fn parse(answer: &str) -> Option<Self> {
        serde_json::from_str(answer).ok().map(Self)
    }

    /// Returns the id of the passkey and whose it claims to be.
    pub(super) fn claim(&self) -> Option<(&[u8], Uuid)> {
        Some((self.0.get_credential_id(), Uuid::from_slice(self.0.get_user_unique_id()?).ok()?))
    }

    /// Judges it: our question, this origin and name, the passkey's own signature, a device that verified its person, and a
    /// count that goes on.
    pub(super) fn judge(&self, site: &Site, state: &[u8], passkey: &Passkey) -> Result<AuthenticationResult, Why> {
        let state: DiscoverableAuthentication = serde_json::from_slice(state).map_err(|_| "state")?;
        let key = DiscoverableKey::from(passkey);
        let judging = party(site).and_then(|party| party.finish_discoverable_authentication_v2(&self.0, state, &key));
        judging.map_err(|fault| why(&fault))
    }
}

/// What the ledger says of a count that went back.
pub(super) const CLONED: Why = "count-went-back";

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
