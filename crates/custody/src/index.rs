//! Changing the key of the index.
//!
//! A change goes through four places that do not commit together, each of which may be done twice: the new key is made in the keyring;
//! the data says that it is current and the old one goes, with a line; batch by batch nothing is left of the old one, and its remains
//! are wiped from the files; the keyring destroys it, and the data forgets it, with a line.

use authz::{Create, Cx};
use db::{IndexKey, IndexKeyState, WriteTx};
use ledger::{Line, verbs};
use records::search::{Anew, TERMS};
use vault::{Vault, VaultFault};

use crate::act::{at_browser, may, object};
use crate::{Custody, CustodyFault};

/// Records that are made findable anew in one transaction: some ten milliseconds.
const BATCH: u32 = 100;

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexStep {
    /// Nothing is being changed.
    Idle,
    /// More is to be done.
    More(IndexKey),
    /// Somebody is in the way for a moment.
    Wait(IndexKey),
    /// The old key is destroyed.
    Done,
}

/// Says what is changed, and how far it is.
fn line((old, new): (&IndexKey, &IndexKey), step: &'static str, records: u64) -> Line {
    let line = Line::done(verbs::KEY_ROTATE, object()).about_each([old.id.uuid(), new.id.uuid()]);
    line.fact("what", "index").fact("step", step).fact("records", records.to_string())
}

fn with(keys: &[IndexKey], state: IndexKeyState) -> Option<&IndexKey> {
    keys.iter().find(|key| key.state == state)
}

/// The key that is on its way out, and the one in its place.
fn changing(keys: &[IndexKey]) -> Option<(&IndexKey, &IndexKey)> {
    let old = with(keys, IndexKeyState::Going).or_else(|| with(keys, IndexKeyState::Gone))?;
    Some((old, with(keys, IndexKeyState::Current)?))
}

/// Begins a change, or joins the one that is going on.
fn begin(tx: &mut WriteTx<'_>, vault: &Vault) -> Result<IndexKey, CustodyFault> {
    let begun = tx.index_key_begin(vault.next_index_key()?, TERMS)?;
    let keys = tx.index_keys()?;
    let Some((old, new)) = changing(&keys) else { return Err(VaultFault::Moving.into()) };
    tx.note(line((old, new), if begun { "begun" } else { "joined" }, old.total));
    Ok(old.clone())
}

impl Custody {
    /// Begins to change the key of the index, or returns how far the change is that is going on. [`step_index`](Self::step_index) does
    /// the rest.
    ///
    /// # Errors
    /// [`CustodyFault::Denied`] without the right, a session or a fresh proof.
    pub async fn rotate_index(&self, cx: &Cx) -> Result<IndexKey, CustodyFault> {
        let vault = self.vault.clone();
        let beginning = self.db.write(cx, move |tx| -> Result<_, CustodyFault> {
            may::<Create>(tx, verbs::KEY_ROTATE)?;
            at_browser(tx)?;
            begin(tx, &vault)
        });
        beginning.await
    }

    /// Begins to make an index anew that was made of fewer terms than the program knows: a change of its key like any other. It is begun
    /// here and not at the start, which would wait for everybody who writes.
    fn begin_terms(&self, cx: &Cx) -> Result<IndexStep, CustodyFault> {
        let vault = self.vault.clone();
        Ok(IndexStep::More(self.db.write_now(cx, move |tx| begin(tx, &vault))?))
    }

    /// Does the next part of a change of the index's key; blocks.
    ///
    /// # Errors
    /// [`CustodyFault`] of the machine.
    pub fn step_index(&self, cx: &Cx) -> Result<IndexStep, CustodyFault> {
        let keys = self.db.read_now(cx, |tx| tx.index_keys())?;
        let Some((old, new)) = changing(&keys) else {
            let fewer = with(&keys, IndexKeyState::Current).is_some_and(|key| key.terms < TERMS);
            return if fewer { self.begin_terms(cx) } else { Ok(IndexStep::Idle) };
        };
        if old.state == IndexKeyState::Gone {
            return self.end_index(cx, (old, new));
        }
        let records = self.records.clone();
        let (came, keys) = self.db.write_now(cx, move |tx| -> Result<_, CustodyFault> {
            let came = records.index_anew(tx, BATCH).map_err(CustodyFault::Records)?;
            Ok((came, tx.index_keys()?))
        })?;
        let old = changing(&keys).map_or_else(|| old.clone(), |(old, _)| old.clone());
        Ok(if came == Anew::Busy { IndexStep::Wait(old) } else { IndexStep::More(old) })
    }

    /// Wipes what is left of the old key's work from the files, destroys the key, and says so.
    fn end_index(&self, cx: &Cx, (old, new): (&IndexKey, &IndexKey)) -> Result<IndexStep, CustodyFault> {
        match self.db.scrub_now(&[]) {
            Ok(true) => {}
            Ok(false) => return Ok(IndexStep::More(old.clone())),
            Err(db::DbFault::Locked) => return Ok(IndexStep::Wait(old.clone())),
            Err(fault) => return Err(fault.into()),
        }
        self.vault.destroy_index_key(old.id, new.id)?;
        match self.vault.scrub() {
            Err(VaultFault::Keyring(db::DbFault::Locked)) => return Ok(IndexStep::Wait(old.clone())),
            wiped => wiped?,
        }
        let (id, told) = (old.id, line((old, new), "ended", old.done));
        self.db.write_now(cx, move |tx| -> Result<_, CustodyFault> {
            if tx.index_key_forget(id)? {
                tx.note(told);
            } else {
                // Another process was faster, and said so.
                tx.note(Line::done(verbs::READ, object()).fact("what", "keys"));
            }
            Ok(IndexStep::Done)
        })
    }
}
