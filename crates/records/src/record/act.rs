//! Use cases of one record.

use std::sync::Arc;

use authz::{Action, Create, Delete, Facts, Merge, Read, Update, Write};
use db::{Permitted, ReadTx, WriteTx};
use kernel::{FieldName, RecordId, SubjectId};
use ledger::{Line, verbs};
use sea_query::{Alias, Expr, ExprTrait as _, Query};
use vault::{Marker, VaultFault};

use super::model::{Head, Record, RecordRef};
use super::{seal, secret};
use crate::Records;
use crate::fault::RecordFault;
use crate::object::{Kind, Object};
use crate::value::{FieldFault, Value, Values, Why};
use objects::change::Change;
use objects::change::rules::{self, Altered};

impl Records {
    /// Makes a record. Without an owner in the change it belongs to whoever makes it.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may not; [`RecordFault::Invalid`] with one fault for each wrong field.
    pub fn create_record(
        &self,
        tx: &mut WriteTx<'_>,
        object: &str,
        change: Change,
    ) -> Result<Permitted<Record, Read>, RecordFault> {
        let object = self.object(object)?;
        let id: RecordId = tx.new_id();
        let owner = change.owner.or(tx.cx().person());
        let team = Self::team_of(tx, owner)?;
        let facts = Facts { object: object.name.clone(), id: id.uuid(), owner, team };
        let proof = authz::permit::<Create>(tx.cx(), facts).inspect_err(|denied| {
            tx.note_denial(Line::denied(verbs::CREATE, object.name.clone(), kernel::Fault::code(denied)));
        })?;
        let keep = change.keep;
        let made = rules::make(&object, change, &self.terms(tx, &object))?;
        let kept = secret::judge(tx, &object, &made, keep)?;
        self.check_links(tx, &object, &made)?;
        let subject =
            if object.subject { Some(self.vault.new_subject()?) } else { self.subject_of(tx, &object, &made.values)? };
        let now = tx.now();
        let head = Head { id, owner, team, created_at: now, updated_at: now, version: 0, deleted_at: None, subject };
        let head = (head, self.vault.marker().clone());
        let mut record = self.sealed(Record::new(Arc::clone(&object), self.seen(tx.cx(), &object), head), &made)?;
        self.rank(tx, &object, &mut [&mut record], |_| true)?;
        let payload = seal::payload(&self.vault, &record, &made.changed)?;
        let line = Line::done(verbs::CREATE, object.name.clone()).about(id).fields(named(&made)).sealed(payload);
        let record = tx.insert_later(proof, record, policy::holding(&kept, line))?;
        self.index(tx, &record)?;
        Ok(record.lower())
    }

    /// Shows a record, in the bin or out of it.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] or [`RecordFault::NotFound`], which look alike from outside.
    pub fn read_record(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Permitted<Record, Read>, RecordFault> {
        let object = self.object(at.object.as_str())?;
        let found = self.find(tx, &object, at.id)?;
        found.open::<Read>(tx)?.turn(|sealed| self.unseal(tx, sealed, &self.seen(tx.cx(), &object)))
    }

    /// Tells whether the actor may see a record, and shows nothing of it.
    ///
    /// # Errors
    /// [`RecordFault`] of the engine.
    pub fn may_read(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<bool, RecordFault> {
        let Ok(object) = self.object(at.object.as_str()) else { return Ok(false) };
        match self.find(tx, &object, at.id) {
            Ok(found) => Ok(found.is_open_for::<Read>(tx)),
            Err(RecordFault::NotFound) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Changes a record. With a `version` it must still be that one.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may not; [`RecordFault::Stale`] if somebody was faster;
    /// [`RecordFault::Invalid`] with one fault for each wrong field.
    pub fn update_record(
        &self,
        tx: &mut WriteTx<'_>,
        at: &RecordRef,
        version: Option<i64>,
        change: Change,
    ) -> Result<Permitted<Record, Read>, RecordFault> {
        let object = self.object(at.object.as_str())?;
        let found = self.find(tx, &object, at.id)?;
        let record = found.open::<Update>(tx)?.turn(|sealed| self.unseal(tx, sealed, &self.seen(tx.cx(), &object)))?;
        if let Some(version) = version.filter(|version| *version != record.current_version()) {
            return Err(self.conflict(tx, &record, version, change));
        }
        if record.deleted_at().is_some() {
            return Err(RecordFault::Binned);
        }
        let keep = change.keep;
        let mut altered = rules::alter(&object, &record.values, change, &self.terms(tx, &object))?;
        altered.kept = secret::judge(tx, &object, &altered, keep)?;
        if altered.is_nothing() {
            tx.note(Line::done(verbs::READ, object.name.clone()).about(at.id));
            return Ok(record.lower());
        }
        self.check_links(tx, &object, &altered)?;
        Ok(self.write_altered(tx, record, &altered, verbs::UPDATE)?.lower())
    }

    /// Writes what a record becomes, with its line, and makes it findable by it.
    pub(crate) fn write_altered<A: Action + Write>(
        &self,
        tx: &mut WriteTx<'_>,
        record: Permitted<Record, A>,
        altered: &Altered,
        verb: &'static str,
    ) -> Result<Permitted<Record, A>, RecordFault> {
        let object = Arc::clone(&record.object);
        let before = record.current_version();
        let mut next = record.becoming(altered, tx.now());
        if altered.owner.is_some() {
            next.head.team = Self::team_of(tx, altered.owner)?;
        }
        let subject = if object.subject { record.subject() } else { self.subject_of(tx, &object, &altered.values)? };
        if subject != record.subject() {
            seal::remask(&self.vault, &mut next, subject)?;
        }
        let mut next = self.sealed(next, altered)?;
        self.rank(tx, &object, &mut [&mut next], |field| altered.touches(&field.name))?;
        let payload = seal::payload(&self.vault, &next, &altered.changed)?;
        let mut line =
            Line::done(verb, object.name.clone()).about(next.record_id()).fields(named(altered)).sealed(payload);
        line = line.fact("version", before.to_string());
        if let Some(owner) = altered.owner.filter(|owner| record.head.owner != Some(*owner)) {
            let former = record.head.owner.map(|former| former.to_string()).unwrap_or_default();
            line = line.fact("owner-before", former).fact("owner", owner.to_string());
        }
        line = policy::holding(&altered.kept, line);
        let searched = altered.changed.iter().any(|a| object.field(a.field.as_str()).is_some_and(is_found_by));
        let record = tx.update(record, next, line)?;
        if searched {
            Self::unindex(tx, record.record_id())?;
            self.index(tx, &record)?;
        }
        Ok(record)
    }

    /// Puts a record in the bin.
    ///
    /// # Errors
    /// As [`update_record`](Self::update_record).
    pub fn delete_record(&self, tx: &mut WriteTx<'_>, at: &RecordRef, version: Option<i64>) -> Result<(), RecordFault> {
        let record = self.open_to_delete(tx, at)?;
        if version.is_some_and(|version| version != record.current_version()) {
            return Err(db::DbFault::Stale.into());
        }
        if record.deleted_at().is_some() {
            tx.note(Line::failed(verbs::DELETE, at.object.clone(), "in-bin").about(at.id));
            return Ok(());
        }
        Self::bin(tx, record, Line::done(verbs::DELETE, at.object.clone()).about(at.id))
    }

    /// Puts a record into the bin: nothing finds it there.
    pub(super) fn bin<A: Action + Write>(
        tx: &mut WriteTx<'_>,
        record: Permitted<Record, A>,
        line: Line,
    ) -> Result<(), RecordFault> {
        let (id, mut next) = (record.record_id(), record.copy());
        next.head.deleted_at = Some(tx.now());
        let line = line.fact("version", record.current_version().to_string());
        let _binned = tx.update(record, next, line)?;
        Ok(Self::unindex(tx, id)?)
    }

    /// Takes a record out of the bin.
    pub(super) fn unbin<A: Action + Write>(
        &self,
        tx: &mut WriteTx<'_>,
        record: Permitted<Record, A>,
    ) -> Result<Permitted<Record, A>, RecordFault> {
        let mut next = record.copy();
        next.head.deleted_at = None;
        let line = Line::done(verbs::RESTORE, record.object.name.clone()).about(record.record_id());
        let line = line.fact("version", record.current_version().to_string());
        let record = tx.update(record, next, line)?;
        self.index(tx, &record)?;
        Ok(record)
    }

    /// Takes a record out of the bin.
    ///
    /// # Errors
    /// As [`update_record`](Self::update_record).
    pub fn restore_record(&self, tx: &mut WriteTx<'_>, at: &RecordRef) -> Result<Permitted<Record, Read>, RecordFault> {
        let record = self.open_to_delete(tx, at)?;
        if record.is_erased() {
            tx.note_denial(Line::denied(verbs::RESTORE, at.object.clone(), "erased").about(at.id));
            return Err(RecordFault::Erased);
        }
        if record.deleted_at().is_none() {
            tx.note(Line::done(verbs::READ, at.object.clone()).about(at.id));
            return Ok(record.lower());
        }
        Ok(self.unbin(tx, record)?.lower())
    }

    /// Opens a record to be made one with another.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] or [`RecordFault::NotFound`], which look alike from outside.
    pub fn open_to_merge(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Permitted<Record, Merge>, RecordFault> {
        let object = self.object(at.object.as_str())?;
        let found = self.find(tx, &object, at.id)?;
        found.open::<Merge>(tx)?.turn(|sealed| self.unseal(tx, sealed, &self.seen(tx.cx(), &object)))
    }

    fn open_to_delete(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Permitted<Record, Delete>, RecordFault> {
        let object = self.object(at.object.as_str())?;
        let found = self.find(tx, &object, at.id)?;
        found.open::<Delete>(tx)?.turn(|sealed| self.unseal(tx, sealed, &self.seen(tx.cx(), &object)))
    }

    /// Seals what a record becomes.
    pub(crate) fn sealed(&self, mut record: Record, altered: &Altered) -> Result<Record, RecordFault> {
        record.set_values(altered.values.clone());
        for (field, value) in &altered.masked {
            seal::mask(&self.vault, &mut record, field, value.as_ref())?;
        }
        match seal::close(&self.vault, &mut record) {
            // Erased between two clicks: there is nobody left to link to.
            Err(RecordFault::Vault(VaultFault::Destroyed)) => {
                let field = record.object.about.as_ref().map_or("", FieldName::as_str);
                Err(RecordFault::Invalid(vec![FieldFault { field: field.to_owned(), why: Why::Link }]))
            }
            other => other.map(|()| record),
        }
    }

    /// Checks that links which change lead to records the actor may see.
    pub(super) fn check_links(&self, tx: &ReadTx<'_>, object: &Object, altered: &Altered) -> Result<(), RecordFault> {
        let mut faults = Vec::new();
        for altering in &altered.changed {
            let Some(id) = altering.after.as_ref().and_then(Value::as_link) else { continue };
            let target =
                object.field(altering.field.as_str()).filter(|f| f.kind == Kind::Link).and_then(|f| f.link.as_ref());
            let Some(target) = target else { continue };
            if self.subject_behind(tx, target.as_str(), id)?.is_none() {
                faults.push(FieldFault { field: altering.field.to_string(), why: Why::Link });
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
    }

    /// Returns whose key seals a record that is nobody itself.
    pub(super) fn subject_of(
        &self,
        tx: &ReadTx<'_>,
        object: &Object,
        values: &Values,
    ) -> Result<Option<SubjectId>, RecordFault> {
        let Some(field) = object.about.as_ref().and_then(|name| object.field(name.as_str())) else { return Ok(None) };
        let link = values.get(field.name.as_str()).and_then(Value::as_link).zip(field.link.as_ref());
        let Some((id, target)) = link else { return Ok(None) };
        Ok(self.subject_behind(tx, target.as_str(), id)?.flatten())
    }

    /// Returns the subject of a linked record; nothing if the actor may not see that record or it lies in the bin.
    fn subject_behind(
        &self,
        tx: &ReadTx<'_>,
        object: &str,
        id: RecordId,
    ) -> Result<Option<Option<SubjectId>>, RecordFault> {
        let object = self.object(object)?;
        let Ok(scope) = authz::scope::<Read>(tx.cx(), &object.name) else { return Ok(None) };
        let mut query = Query::select();
        query
            .column(Alias::new("subject_id"))
            .from(filter::table(&object.name))
            .and_where(Expr::col(Alias::new("id")).eq(id.uuid()))
            .and_where(Expr::col(Alias::new("deleted_at")).is_null());
        let found = tx.tally(query, &scope, |row| row.get::<Option<SubjectId>>(0))?;
        Ok(found.into_iter().next())
    }
}

impl Record {
    /// Starts a record without values.
    pub(crate) fn new(object: Arc<Object>, seen: Arc<Object>, (head, marker): (Head, Marker)) -> Self {
        Self {
            object,
            seen,
            head,
            values: Values::default(),
            shown: None,
            erased: false,
            damaged: false,
            marker,
            sealed: Vec::new(),
            masked: std::collections::BTreeMap::new(),
            ranks: Vec::new(),
        }
    }
}

/// The fields that a line names.
fn named(altered: &Altered) -> impl Iterator<Item = FieldName> {
    let changed = altered.changed.iter().map(|altering| altering.field.clone());
    changed.chain(altered.masked.iter().map(|(field, _)| field.clone()))
}

fn is_found_by(field: &crate::object::Field) -> bool {
    field.search != crate::object::Search::None || field.is_blind()
}
