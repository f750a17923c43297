//! The handle through which use cases reach the definitions and the vault.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use authz::{Cx, FieldRule};
use db::{Blind, DbFault, ReadTx, WriteTx};
use intake::Intake;
use kernel::{FieldName, ObjectName, RecordId, TeamId, UserId, Uuid};
use vault::{IndexKeys, Vault};

use crate::fault::RecordFault;
use crate::object::{Field, FieldClass, Object, Objects, Search};
use crate::order::Orders;
use crate::record::damage::Told;
use crate::record::store::{self, Finding};
use crate::record::{Record, Terms};
use crate::search::{normals, terms};
use crate::value::Value;

/// A record and what the index finds it by: the tokens of its words, and what its values are known by.
pub(crate) type Findable = (Uuid, Vec<u64>, Vec<(FieldName, Vec<Blind>)>);

/// Records, as use cases need them: what objects there are, and how they are sealed. Cheap to clone; its methods are the
/// use cases.
#[derive(Clone)]
pub struct Records(Arc<Inner>);

/// What the handle holds. It stands behind one pointer, because every use case takes the handle into its transaction.
pub struct Inner {
    pub(crate) vault: Vault,
    objects: Objects,
    pub(crate) finding: Finding,
    pub(crate) orders: Orders,
    pub(crate) intake: Intake,
    pub(crate) told: Told,
}

impl Deref for Records {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Records {
    /// Takes the vault, the definitions, and the folder where uploaded files wait, sealed.
    #[must_use]
    pub fn new(vault: Vault, objects: Objects, uploads: PathBuf) -> Self {
        let finding = Finding::of(&objects);
        let orders = Orders::of(&objects);
        let intake = Intake::new(vault.clone(), uploads);
        Self(Arc::new(Inner { vault, objects, finding, orders, intake, told: Told::default() }))
    }

    /// Returns the definitions.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Returns a definition by the object's name.
    ///
    /// # Errors
    /// [`RecordFault::NotFound`].
    pub fn object(&self, name: &str) -> Result<Arc<Object>, RecordFault> {
        self.objects.get(name).cloned().ok_or(RecordFault::NotFound)
    }

    /// Returns where uploaded files wait.
    #[must_use]
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Makes the tables of all objects, or adds what they lack, and sees to it that the index has a key. Run at every start.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn ensure_tables(&self, tx: &mut WriteTx<'_>) -> Result<(), RecordFault> {
        self.objects.iter().try_for_each(|object| tx.ensure_table(&store::table(object)))?;
        self.ensure_orders(tx)?;
        self.ensure_index_key(tx)
    }

    /// Returns a definition as whoever acts sees it: without the fields their roles or their token hide, with those they cover masked, and
    /// those they only read locked. Whoever shows, filters, sorts or takes fields works with this one, so that each way in
    /// and out keeps to the same rules.
    #[must_use]
    pub fn seen(&self, cx: &Cx, object: &Arc<Object>) -> Arc<Object> {
        let charter = cx.rights().charter();
        if !charter.is_ruled(object.name.as_str()) {
            return Arc::clone(object);
        }
        let see = |field: &Field| match charter.field(object.name.as_str(), field.name.as_str()) {
            Some(FieldRule::Hidden) => None,
            Some(FieldRule::Masked) if field.is_masked() => Some(Field { locked: true, ..field.clone() }),
            Some(FieldRule::Masked) => {
                let (class, search) = (FieldClass::Sensitive, Search::None);
                Some(Field {
                    locked: true,
                    class,
                    search,
                    sort: false,
                    unique: false,
                    known_by: false,
                    ..field.clone()
                })
            }
            Some(FieldRule::ReadOnly) => Some(Field { locked: true, ..field.clone() }),
            None => Some(field.clone()),
        };
        Arc::new(object.seen(see))
    }

    /// Returns a definition with nothing but the fields that whoever acts may write: what an import takes.
    #[must_use]
    pub fn written(&self, cx: &Cx, object: &Arc<Object>) -> Arc<Object> {
        let seen = self.seen(cx, object);
        if Arc::ptr_eq(&seen, object) {
            return seen;
        }
        Arc::new(object.seen(|field| seen.field(field.name.as_str()).filter(|seen| !seen.locked).cloned()))
    }

    /// Returns the team that what somebody owns belongs to.
    pub(crate) fn team_of(tx: &db::ReadTx<'_>, owner: Option<UserId>) -> Result<Option<TeamId>, DbFault> {
        match owner {
            None => Ok(None),
            Some(own) if Some(own) == tx.cx().person() => Ok(tx.cx().teams().first().copied()),
            Some(other) => roles::team::of(tx, other),
        }
    }

    /// Returns a definition by the object's name in URLs, as whoever acts sees it.
    ///
    /// # Errors
    /// [`RecordFault::NotFound`].
    pub fn seen_by_plural(&self, cx: &Cx, plural: &str) -> Result<Arc<Object>, RecordFault> {
        self.objects.by_plural(plural).map(|object| self.seen(cx, object)).ok_or(RecordFault::NotFound)
    }

    /// Returns a definition by the object's name, as whoever acts sees it.
    ///
    /// # Errors
    /// [`RecordFault::NotFound`].
    pub fn seen_by_name(&self, cx: &Cx, name: &str) -> Result<Arc<Object>, RecordFault> {
        Ok(self.seen(cx, &self.object(name)?))
    }

    pub(crate) fn terms(&self, tx: &db::ReadTx<'_>, object: &Arc<Object>) -> Terms {
        Terms { seen: self.seen(tx.cx(), object), currency: self.objects.currency(), now: tx.now() }
    }

    /// Returns the keys of the index, as they stay for this transaction.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn index_keys(&self, tx: &ReadTx<'_>) -> Result<IndexKeys, RecordFault> {
        Ok(self.vault.index_keys(tx)?)
    }

    /// Returns how the index knows a field's value; nothing of a field that it does not know by its value.
    #[must_use]
    pub fn blind(keys: &IndexKeys, object: &Object, field: &str, value: &Value) -> Vec<Blind> {
        let Some(field) = object.field(field).filter(|field| field.is_blind()) else { return Vec::new() };
        let scope = format!("{}.{}", object.name, field.name);
        normals(field, value).iter().map(|normal| keys.blind(&scope, normal)).collect()
    }

    /// Returns the tokens of a record's words.
    pub(crate) fn word_tokens(keys: &IndexKeys, record: &Record) -> Vec<u64> {
        let token = |term: &search::Term| {
            let (scope, text) = term.parts();
            if term.is_value() { keys.value(scope, text) } else { keys.word(scope, text) }
        };
        let mut tokens: Vec<u64> = terms(&record.object, &record.values).iter().map(token).collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    }

    /// Returns what the index knows values of an object by; `value` gives that of a field.
    pub(crate) fn blinds<'v>(
        keys: &IndexKeys,
        object: &Object,
        value: impl Fn(&str) -> Option<&'v Value>,
    ) -> Vec<(FieldName, Vec<Blind>)> {
        let fields = object.fields.iter().filter(|field| field.is_blind());
        let held = fields.filter_map(|field| Some((field, value(field.name.as_str())?)));
        held.map(|(field, value)| (field.name.clone(), Self::blind(keys, object, field.name.as_str(), value))).collect()
    }

    /// Makes a record findable.
    pub(crate) fn index(&self, tx: &mut WriteTx<'_>, record: &Record) -> Result<(), RecordFault> {
        let keys = self.index_keys(tx)?;
        let values = Self::blinds(&keys, &record.object, |field| record.value(field));
        let one = (record.head.id.uuid(), Self::word_tokens(&keys, record), values);
        Ok(Self::make_findable(tx, &record.object.name, vec![one])?)
    }

    /// Writes the tokens of records of one object.
    pub(crate) fn make_findable(
        tx: &mut WriteTx<'_>,
        object: &ObjectName,
        found: Vec<Findable>,
    ) -> Result<(), DbFault> {
        let values = |(id, _, values): &Findable| -> Vec<(Uuid, Blind)> {
            values.iter().flat_map(|(_, values)| values).map(|blind| (*id, *blind)).collect()
        };
        let blinds: Vec<(Uuid, Blind)> = found.iter().flat_map(values).collect();
        let words: Vec<(Uuid, Vec<u64>)> = found.into_iter().map(|(id, words, _)| (id, words)).collect();
        tx.index_put(object, &words)?;
        tx.blind_put(blinds)
    }

    /// Makes a record unfindable.
    pub(crate) fn unindex(tx: &mut WriteTx<'_>, id: RecordId) -> Result<(), DbFault> {
        tx.index_drop(id.uuid())?;
        tx.blind_drop(id.uuid())
    }
}
