//! What is left of a person: nothing that says who it was.
//!
//! The key is destroyed elsewhere (`erasure`); here the rows are emptied, so that no list, search, count or index knows the
//! person. Of the record itself a row without values stays, so that whoever could see it learns that it was erased. What is
//! sealed under the same key goes, but for objects that `outlives` their person: they keep their open fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use authz::{Action, Erase, Read, Update, Write};
use db::{Permitted, ReadTx, WriteTx};
use kernel::{FieldName, ObjectName, RecordId, SubjectId};
use ledger::{Line, verbs};
use sea_query::{Alias, Expr, ExprTrait as _, Query};

use super::model::{Head, Record, RecordRef, SealedRecord};
use super::{seal, store};
use crate::Records;
use crate::fault::RecordFault;
use crate::object::{Field, Object};
use crate::value::Values;

/// What an erasing removes and what it empties, by object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wake {
    /// The records that go.
    pub removed: BTreeMap<ObjectName, Vec<RecordId>>,
    /// The records that stay without anything that says who it was.
    pub emptied: BTreeMap<ObjectName, Vec<RecordId>>,
}

impl Wake {
    /// Returns the id of every record that is touched.
    pub fn ids(&self) -> impl Iterator<Item = RecordId> {
        self.removed.values().chain(self.emptied.values()).flatten().copied()
    }

    /// Counts them.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.ids().count() as u64
    }
}

/// Whoever has no name stands nowhere.
fn unranked(object: &Object) -> Vec<(FieldName, Option<i64>)> {
    object.fields.iter().filter_map(Field::rank_column).map(|column| (column, None)).collect()
}

impl Records {
    /// Returns what is sealed under the key of a record's person, the record among it.
    ///
    /// # Errors
    /// [`RecordFault`] of the engine.
    pub fn wake_of(&self, tx: &ReadTx<'_>, at: &RecordRef, subject: SubjectId) -> Result<Wake, RecordFault> {
        let mut wake = Wake::default();
        wake.removed.insert(at.object.clone(), vec![at.id]);
        for object in self.sealed_with(&at.object) {
            let scope = authz::scope::<Read>(tx.cx(), &object.name)?;
            let mut query = Query::select();
            query.column(Alias::new("id")).from(filter::table(&object.name));
            query.and_where(Expr::col(Alias::new("subject_id")).eq(subject.uuid()));
            query.order_by(Alias::new("id"), sea_query::Order::Asc);
            let found: Vec<RecordId> = tx.tally(query, &scope, |row| row.get(0))?;
            if !found.is_empty() {
                let side = if object.outlives { &mut wake.emptied } else { &mut wake.removed };
                side.insert(object.name.clone(), found);
            }
        }
        Ok(wake)
    }

    /// Returns the objects whose records are sealed under the key of an object's person.
    fn sealed_with<'a>(&'a self, person: &'a ObjectName) -> impl Iterator<Item = &'a Arc<Object>> + 'a {
        let about = |object: &Object| object.about.as_ref().and_then(|name| object.field(name.as_str())?.link.clone());
        self.objects().iter().filter(move |object| about(object).as_ref() == Some(person))
    }

    /// Opens a record to erase it, and shows nothing of it: whoever may not, or has proved too little, is refused here.
    ///
    /// # Errors
    /// [`RecordFault::Denied`]; [`RecordFault::NotFound`]; [`RecordFault::Damaged`] if it was altered outside of the program.
    pub fn open_to_erase(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Permitted<Record, Erase>, RecordFault> {
        self.open_closed(tx, at)
    }

    /// Opens a record for something that hangs on it and is not in it, and shows nothing of it.
    ///
    /// # Errors
    /// As [`open_to_erase`](Self::open_to_erase); [`RecordFault::Binned`]; [`RecordFault::Erased`].
    pub fn open_to_hang_on(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Permitted<Record, Update>, RecordFault> {
        let record = self.open_closed::<Update>(tx, at)?;
        match record.head.deleted_at {
            Some(_) => Err(RecordFault::Binned),
            None if record.object.subject && record.head.subject.is_none() => Err(RecordFault::Erased),
            None => Ok(record),
        }
    }

    fn open_closed<A: Action + Write>(
        &self,
        tx: &ReadTx<'_>,
        at: &RecordRef,
    ) -> Result<Permitted<Record, A>, RecordFault> {
        let object = self.object(at.object.as_str())?;
        let found = self.find(tx, &object, at.id)?.open_unseen::<A>(tx)?;
        // Whose key is destroyed stands in the row: of one that was altered it might be somebody else's.
        self.believed(tx, at, seal::whole(&found))?;
        found.turn(|sealed| Ok(emptied(sealed)))
    }

    /// Empties a person's record and everything that is sealed under the same key, with a line for each. The key itself is
    /// destroyed by whoever calls this, when it is committed.
    ///
    /// # Errors
    /// [`RecordFault::Denied`]; [`RecordFault::Erased`] if there is nobody any more.
    pub fn erase_record(&self, tx: &mut WriteTx<'_>, at: &RecordRef) -> Result<(SubjectId, Wake), RecordFault> {
        let person = self.open_to_erase(tx, at)?;
        let subject = person.subject().ok_or(RecordFault::Erased)?;
        let wake = self.wake_of(tx, at, subject)?;
        let mut left = person.copy();
        left.set_values(Values::default());
        left.head = Head { subject: None, deleted_at: Some(tx.now()), updated_at: tx.now(), ..left.head };
        left.ranks = unranked(&left.object);
        self.forget_orders();
        seal::close(&self.vault, &mut left)?;
        let line = Line::done(verbs::ERASE, at.object.clone()).about(at.id);
        let line = line.fact("version", person.current_version().to_string());
        let _tombstone = tx.update(person, left, line)?;
        Self::unindex(tx, at.id)?;
        let others = |side: &BTreeMap<ObjectName, Vec<RecordId>>| -> Vec<RecordRef> {
            let each = side.iter().flat_map(|(object, ids)| ids.iter().map(|id| (object.clone(), *id)));
            each.map(|(object, id)| RecordRef { object, id }).filter(|other| other != at).collect()
        };
        for other in others(&wake.removed) {
            let row = self.open_to_erase(tx, &other)?;
            let line = Line::done(verbs::ERASE, other.object.clone()).about(other.id).fact("gone", "yes");
            tx.remove(row, line)?;
            Self::unindex(tx, other.id)?;
        }
        for other in others(&wake.emptied) {
            self.empty(tx, &other)?;
        }
        Ok((subject, wake))
    }

    /// Leaves a record nothing but its open fields.
    fn empty(&self, tx: &mut WriteTx<'_>, at: &RecordRef) -> Result<(), RecordFault> {
        let row = self.open_to_erase(tx, at)?;
        let mut left = row.copy();
        left.head.subject = None;
        left.ranks = unranked(&left.object);
        seal::close(&self.vault, &mut left)?;
        let names = row.object.fields.iter().filter(|field| field.is_personal() || field.is_masked());
        let line = Line::done(verbs::ERASE, at.object.clone()).about(at.id);
        let line = line.fields(names.map(|field: &Field| field.name.clone()));
        let line = line.fact("version", row.current_version().to_string());
        let _left = tx.update(row, left, line)?;
        Ok(Self::unindex(tx, at.id)?)
    }

    /// Removes what another transaction sealed under a key at the very moment it was destroyed: nobody can open it. Returns
    /// how many records there were. Only for the program itself, which looks at nothing.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] for anybody else.
    pub fn sweep_subject(
        &self,
        tx: &mut WriteTx<'_>,
        person: &ObjectName,
        subject: SubjectId,
    ) -> Result<u64, RecordFault> {
        if tx.cx().actor() != ledger::ActorRef::System {
            return Err(authz::Denied::Hidden.into());
        }
        let mut swept = 0;
        for object in self.sealed_with(person) {
            let gone = tx.sweep((&object.name, &store::table_name(object)), subject)?;
            for id in &gone {
                Self::unindex(tx, RecordId::from_uuid(*id))?;
            }
            swept += gone.len() as u64;
        }
        Ok(swept)
    }

    /// Returns the tables in which traces of records lie.
    #[must_use]
    pub fn tables(&self) -> Vec<ObjectName> {
        self.objects().iter().map(|object| store::table_name(object)).collect()
    }
}

/// Takes a row without opening it: open fields only, nothing that is sealed.
fn emptied(sealed: SealedRecord) -> Record {
    let object = Arc::clone(&sealed.object);
    let mut record = Record::new(Arc::clone(&object), object, (sealed.head, sealed.marker));
    record.set_values(sealed.open);
    record
}
