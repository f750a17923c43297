//! Making the index anew with another key, batch by batch, while everybody goes on.
//!
//! From the first moment of a change everything that is written is made findable with the new key, and whoever looks asks with
//! both. A batch keeps its rows from being written while it replaces their tokens; rows that somebody is writing wait for the next one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use db::{Bare, Blind, Proposed, WriteTx};
use kernel::{FieldName, KeyId, ObjectName, RecordId, Uuid};
use ledger::{Line, verbs};
use vault::IndexKeys;

use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;
use crate::record::{SealedRecord, store};
use crate::search::TERMS;

/// What makes a record findable.
struct Tokens {
    words: Vec<u64>,
    values: Vec<(FieldName, Vec<Blind>)>,
}

// Keyed hashes, which are kept beside the records anyway.
impl Bare for Tokens {}

/// How far a batch came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// So many records were looked at; there may be more.
    Some(u64),
    /// The next record is being written by somebody.
    Busy,
    /// Nothing is left that the going key made.
    Done,
}

impl Records {
    /// Sees to it that the index has a key which the keyring holds. Where the data is older or newer than the keyring, the index is made
    /// anew: what it was made with is lost.
    pub(crate) fn ensure_index_key(&self, tx: &mut WriteTx<'_>) -> Result<(), RecordFault> {
        let keys = tx.index_keys()?;
        let Some(current) = keys.iter().find(|key| key.state == db::IndexKeyState::Current) else {
            return Ok(tx.index_key_first(self.vault.current_index_key()?, TERMS)?);
        };
        if !self.vault.has_index_key(current.id)? {
            self.replace_lost_key(tx, current.id)?;
        }
        Ok(())
    }

    fn replace_lost_key(&self, tx: &mut WriteTx<'_>, lost: KeyId) -> Result<(), RecordFault> {
        let key = self.vault.current_index_key()?;
        tx.index_key_lost(key, TERMS)?;
        let line = Line::done(verbs::KEY_ROTATE, ObjectName::parse("key").map_err(|_| crate::value::CodeFault)?);
        tx.note(line.about_each([lost.uuid(), key.uuid()]).fact("what", "index").fact("step", "lost"));
        Ok(())
    }

    /// Makes the next records findable by nothing but the current key.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn index_anew(&self, tx: &mut WriteTx<'_>, most: u32) -> Result<Anew, RecordFault> {
        let keys = self.index_keys(tx)?;
        let next = tx.index_behind(most)?;
        if next.is_empty() {
            return Ok(Anew::Done);
        }
        let mut by_object: BTreeMap<ObjectName, Vec<Uuid>> = BTreeMap::new();
        for one in &next {
            by_object.entry(one.object.clone()).or_default().push(one.id);
        }
        let (mut made, mut busy) = (HashMap::new(), HashSet::new());
        for (object, ids) in by_object {
            // An object that is not defined any more has no records that could be found.
            let Ok(object) = self.object(object.as_str()) else { continue };
            let there = tx.hold(&store::table_name(&object), &ids)?;
            busy.extend(there.busy);
            made.extend(self.tokens_of(tx, &keys, &object, &there.held)?);
        }
        let free: Vec<Proposed> = next.into_iter().take_while(|one| !busy.contains(&one.id)).collect();
        let Some(last) = free.last().map(|one| one.doc) else { return Ok(Anew::Busy) };
        let many = free.len() as u64;
        for one in free {
            match made.remove(&one.id) {
                Some(tokens) => {
                    tx.blind_drop(one.id)?;
                    Self::make_findable(tx, &one.object, vec![(one.id, tokens.words, tokens.values)])?;
                }
                // Not there any more, in the bin, or altered outside of the program.
                None => Self::unindex(tx, RecordId::from_uuid(one.id))?,
            }
        }
        tx.index_walked(last, many)?;
        Ok(Anew::Some(many))
    }

    /// Returns the tokens of those of some records that can be found. Nobody is shown anything.
    fn tokens_of(
        &self,
        tx: &WriteTx<'_>,
        keys: &IndexKeys,
        object: &Arc<Object>,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Tokens)>, RecordFault> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (mut order, mut people) = (Vec::new(), Vec::new());
        let rows = tx.select(&store::select_some(object, ids), |row| {
            let sealed = self.row(object, row)?;
            order.push(sealed.head.id.uuid());
            people.extend(sealed.head.subject);
            Ok(sealed)
        })?;
        self.vault.warm(people);
        let draw = |sealed: SealedRecord| -> Result<Vec<Tokens>, RecordFault> {
            let record = self.unseal_listed(tx, sealed, object)?;
            if record.is_damaged() || record.is_erased() || record.deleted_at().is_some() {
                return Ok(Vec::new());
            }
            let values = Self::blinds(keys, object, |field| record.value(field));
            Ok(vec![Tokens { words: Self::word_tokens(keys, &record), values }])
        };
        let mut made = Vec::with_capacity(order.len());
        for (id, row) in order.into_iter().zip(rows) {
            made.extend(row.sketch(draw)?.into_iter().map(|tokens| (id, tokens)));
        }
        Ok(made)
    }
}
