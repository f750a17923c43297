//! Adding a passkey to one's own account.

use authz::{Cx, Level};
use db::{DbFault, ReadTx, WriteTx};
use kernel::{ChallengeId, FactorId, Fault as _, SubjectId, Timestamp, UserId};
use ledger::{Line, verbs};
use proofs::young;
use vault::Vault;
use webauthn_rs::prelude::{CredentialID, Passkey};

use super::Site;
use super::model::{Content, PasskeyAnswer, PasskeyQuestion};
use super::rules;
use crate::factor::{self, Factor, Kind, challenge, store};
use crate::person::{Account, State, store as people};
use crate::{AccountFault, Accounts, link, object, sign_in};
use proofs::passkey::{self as ceremony, Holder, Why};

/// What the question is kept for.
const PURPOSE: &str = "passkey.add";

/// Returns the row of the person who acts.
pub(super) fn own(tx: &ReadTx<'_>, user: UserId) -> Result<Account, AccountFault> {
    people::known(tx, user)?.filter(|account| account.state == State::Active).ok_or(AccountFault::SignedOut)
}

/// Lists the passkeys of a person with their content.
pub(super) fn of(
    tx: &ReadTx<'_>,
    vault: &Vault,
    user: UserId,
    subject: SubjectId,
) -> Result<Vec<(Factor, Content)>, AccountFault> {
    let passkeys = store::list(tx, user)?.into_iter().filter(|factor| factor.kind == Kind::Passkey);
    passkeys.map(|factor| factor::open(vault, subject, &factor).map(|content| (factor, content))).collect()
}

/// Tells whether a person has a passkey that counts as one.
pub(crate) fn counts(tx: &ReadTx<'_>, vault: &Vault, account: &Account) -> Result<bool, AccountFault> {
    let good = |content: &Content| !content.suspended && content.waits(tx.now()).is_none();
    Ok(of(tx, vault, account.id, account.subject)?.iter().any(|(_, content)| good(content)))
}

/// Returns until when a passkey of a person waits; the one that waits least.
pub(crate) fn waits(tx: &ReadTx<'_>, vault: &Vault, account: &Account) -> Result<Option<Timestamp>, AccountFault> {
    let own = of(tx, vault, account.id, account.subject)?;
    Ok(own.iter().filter(|(_, content)| !content.suspended).filter_map(|(_, content)| content.waits(tx.now())).min())
}

/// Returns what finds a passkey without knowing whose it is.
pub(super) fn lookup(vault: &Vault, credential: &[u8]) -> [u8; 16] {
    vault.blind("factor.passkey", &crypto::base64url(credential))
}

fn ask(tx: &mut WriteTx<'_>, accounts: &Accounts, user: UserId, site: &Site) -> Result<PasskeyQuestion, AccountFault> {
    let (vault, account) = (&accounts.inner().vault, own(tx, user)?);
    accounts.before_adding(tx, &account)?;
    let profile = account.profile(vault)?;
    let mut present: Vec<CredentialID> = Vec::new();
    let known = of(tx, vault, user, account.subject)?;
    rules::room(known.len())?;
    for (_, content) in known {
        if content.site == site.name() {
            present.push(content.passkey()?.cred_id().clone());
        }
    }
    let holder = Holder { id: user.uuid(), email: &profile.email, name: &profile.name };
    let question = ceremony::ask_new(site, &holder, present).map_err(|_| AccountFault::PasskeyRefused)?;
    challenge::remove_old(tx)?;
    let challenge = challenge::ask(tx, vault, (PURPOSE, Some(user)), &question.state)?;
    Ok(PasskeyQuestion { challenge, options: question.options.to_string() })
}

/// Takes the question out. It must have been asked of this person, and in this session.
fn begin(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    user: UserId,
    id: ChallengeId,
) -> Result<Option<challenge::Challenge>, AccountFault> {
    let taken = challenge::take(tx, vault, PURPOSE, id)?;
    let own = taken.filter(|challenge| challenge.user == Some(user) && challenge.session.is_some());
    if own.is_none() {
        note_failure(tx, user, "no-question");
    }
    Ok(own)
}

fn note_failure(tx: &WriteTx<'_>, user: UserId, why: Why) {
    let line = Line::failed(verbs::FACTOR_ADD, object::user(), AccountFault::PasskeyRefused.code());
    tx.note(line.about(user).fact("kind", Kind::Passkey.code()).fact("why", why));
}

/// A passkey that was judged good, on its way into its row.
struct New {
    name: String,
    site: Site,
    device: Option<String>,
    passkey: Passkey,
}

/// Says what vouches for it.
fn vouched(
    tx: &ReadTx<'_>,
    vault: &Vault,
    account: &Account,
    device: Option<&str>,
) -> Result<young::Vouched, AccountFault> {
    let before = tx.now().minus(young::WAITS);
    Ok(young::Vouched {
        passkey: tx.cx().proved(Level::Resistant).is_ok(),
        joining: account.created_at > before || link::store::joined_since(tx, account.id, before)?,
        device: sign_in::device::vouches(tx, vault, (device, account.id), before)?,
    })
}

/// Stores a passkey; nothing if somebody has it already.
fn finish(tx: &mut WriteTx<'_>, vault: &Vault, user: UserId, new: &New) -> Result<Option<FactorId>, AccountFault> {
    let account = own(tx, user)?;
    rules::room(of(tx, vault, user, account.subject)?.len())?;
    let lookup = lookup(vault, new.passkey.cred_id());
    if store::find(tx, Kind::Passkey, lookup)?.is_some() {
        note_failure(tx, user, "known-already");
        return Ok(None);
    }
    let mut content = Content::new(new.name.clone(), new.site.name(), &new.passkey)?;
    content.seen(tx.cx().origin());
    let from = young::counts_from(vouched(tx, vault, &account, new.device.as_deref())?, tx.now());
    from.into_iter().for_each(|from| content.wait_until(from));
    let id: FactorId = tx.new_id();
    let factor = Factor {
        id,
        user,
        kind: Kind::Passkey,
        lookup: Some(lookup),
        sealed: factor::seal(vault, id, account.subject, &content)?,
        created_at: tx.now(),
        used_at: None,
        version: 0,
    };
    store::insert(tx, factor).map_err(|fault| match fault {
        // Added twice at the same moment: the table lets one through.
        DbFault::Exists => AccountFault::PasskeyRefused,
        other => other.into(),
    })?;
    let line = Line::done(verbs::FACTOR_ADD, object::user()).about(user).about(id);
    let line = line.fact("kind", Kind::Passkey.code());
    tx.note(match from {
        Some(from) => line.fact("counts-from", from.to_rfc3339()),
        None => line,
    });
    factor::tell(tx, vault, &account, (notices::Kind::FactorAdded, Kind::Passkey))?;
    Ok(Some(id))
}

impl Accounts {
    /// Asks the browser of the person who acts to make a passkey.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody does, in a session; [`AccountFault::Denied`] (a step-up) if they proved too little or too long ago who they
    /// are.
    pub async fn ask_new_passkey(&self, cx: &Cx, site: Site) -> Result<PasskeyQuestion, AccountFault> {
        let user = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        let this = self.clone();
        self.db().write(cx, move |tx| ask(tx, &this, user, &site)).await
    }

    /// Adds the passkey that a browser made to the account of the person who acts. `device` is what the browser is known by:
    /// one that has been known for a day vouches for the passkey, which otherwise counts as one only a day later.
    ///
    /// # Errors
    /// `Invalid` on `name`, and then the question still waits; [`AccountFault::PasskeyRefused`] whatever else is wrong, and
    /// then it does not.
    pub async fn add_passkey(
        &self,
        cx: &Cx,
        site: Site,
        answer: PasskeyAnswer,
        (name, device): (&str, Option<String>),
    ) -> Result<FactorId, AccountFault> {
        let user = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        let name = rules::name(name)?;
        let (vault, id) = (self.vault(), answer.challenge);
        let asked = self.db().write(cx, move |tx| begin(tx, &vault, user, id)).await?;
        let asked = asked.ok_or(AccountFault::PasskeyRefused)?;
        let judged = ceremony::judge_new(&site, &asked.state, &answer.credential);
        let vault = self.vault();
        let adding = self.db().write(cx, move |tx| match judged {
            Ok(passkey) => finish(tx, &vault, user, &New { name, site, device, passkey }),
            Err(why) => {
                note_failure(tx, user, why);
                Ok(None)
            }
        });
        adding.await?.ok_or(AccountFault::PasskeyRefused)
    }
}
