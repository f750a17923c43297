//! What a passkey is.

use kernel::{ChallengeId, FactorId, Timestamp};
use minicbor::{Decode, Encode};
use webauthn_rs::prelude::{Credential, Passkey};

use crate::AccountFault;
use db::DbFault;

/// A question to a browser, and the id its answer comes back with.
pub struct PasskeyQuestion {
    /// The id.
    pub challenge: ChallengeId,
    /// What `navigator.credentials` takes, as JSON (WebAuthn Level 3 §5.1.8, §5.1.9).
    pub options: String,
}

/// What a browser answers.
pub struct PasskeyAnswer {
    /// The id of the question.
    pub challenge: ChallengeId,
    /// The credential as JSON (WebAuthn Level 3 §5.1, `toJSON`).
    pub credential: String,
}

/// One of a person's own passkeys.
#[derive(Clone, Debug)]
pub struct PasskeyView {
    /// The factor.
    pub id: FactorId,
    /// What its person calls it.
    pub name: String,
    /// The site it works on.
    pub site: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
    /// Where it was used last, or else added: the family of the browser.
    pub agent: Option<String>,
    /// The network address it was used from last, or else added from.
    pub ip: Option<String>,
    /// Whether its device keeps a copy elsewhere, so that it outlives the device.
    pub synced: bool,
    /// Whether its count went back once: it opens nothing any more.
    pub suspended: bool,
    /// From when it counts as more than a second factor, if that is still to come.
    pub counts_from: Option<Timestamp>,
}

/// The sealed content of a factor that is a passkey.
#[derive(Clone, Encode, Decode)]
pub(super) struct Content {
    #[n(0)]
    pub(super) name: String,
    #[n(1)]
    pub(super) site: String,
    /// The credential as its crate spells it in JSON: id, public key, count, backup flags.
    #[n(2)]
    credential: String,
    #[n(3)]
    pub(super) agent: Option<String>,
    #[n(4)]
    pub(super) ip: Option<String>,
    #[n(5)]
    pub(super) suspended: bool,
    /// From when it counts as what it is, in microseconds; nothing if it always did.
    #[n(6)]
    counts_from: Option<i64>,
}

impl Content {
    pub(super) fn new(name: String, site: &str, passkey: &Passkey) -> Result<Self, AccountFault> {
        let credential = spell(passkey)?;
        Ok(Self { name, site: site.to_owned(), credential, agent: None, ip: None, suspended: false, counts_from: None })
    }

    /// Lets it count as a passkey only from a moment on.
    pub(super) fn wait_until(&mut self, from: Timestamp) {
        self.counts_from = Some(from.micros());
    }

    /// Returns from when it counts, if that is still to come.
    pub(super) fn waits(&self, now: Timestamp) -> Option<Timestamp> {
        self.counts_from.map(Timestamp::from_micros).filter(|from| now < *from)
    }

    pub(super) fn passkey(&self) -> Result<Passkey, AccountFault> {
        Ok(serde_json::from_str(&self.credential).map_err(|_| DbFault::Shape(0))?)
    }

    pub(super) fn set_passkey(&mut self, passkey: &Passkey) -> Result<(), AccountFault> {
        self.credential = spell(passkey)?;
        Ok(())
    }

    /// Writes down where it is used.
    pub(super) fn seen(&mut self, origin: &ledger::Origin) {
        self.agent.clone_from(&origin.agent);
        self.ip = origin.ip.map(|ip| ip.to_string());
    }

    pub(super) fn view(&self, factor: &crate::factor::Factor, now: Timestamp) -> Result<PasskeyView, AccountFault> {
        Ok(PasskeyView {
            id: factor.id,
            name: self.name.clone(),
            site: self.site.clone(),
            added_at: factor.created_at,
            used_at: factor.used_at,
            agent: self.agent.clone(),
            ip: self.ip.clone(),
            synced: Credential::from(self.passkey()?).backup_eligible,
            suspended: self.suspended,
            counts_from: self.waits(now),
        })
    }
}

fn spell(passkey: &Passkey) -> Result<String, AccountFault> {
    Ok(serde_json::to_string(passkey).map_err(|_| DbFault::Shape(0))?)
}
