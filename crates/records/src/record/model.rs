//! A record before and after it is opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use authz::{Cell, Condition, Resource};
use db::{Stored, Val};
use kernel::{FieldName, ObjectName, RecordId, SubjectId, TeamId, Timestamp, UserId, Uuid};
use vault::Marker;

use super::mark::Standing;
use crate::object::{Field, FieldClass, Kind, Object};
use crate::value::{Value, Values};
use objects::change::Altered;

/// Which record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRef {
    /// The object.
    pub object: ObjectName,
    /// The record.
    pub id: RecordId,
}

/// What every record has.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) id: RecordId,
    pub(crate) owner: Option<UserId>,
    pub(crate) team: Option<TeamId>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) version: i64,
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) subject: Option<SubjectId>,
}

/// A record as it lies in its table: open fields in the clear, the rest as ciphertext.
pub(crate) struct SealedRecord {
    pub(crate) object: Arc<Object>,
    pub(crate) marker: Marker,
    /// Whether everything stands as the program wrote it. If not, nothing of it is to be believed.
    pub(crate) whole: bool,
    /// The mark as it was read.
    pub(crate) mark: Vec<u8>,
    pub(crate) head: Head,
    pub(crate) open: Values,
    pub(crate) sealed: Vec<u8>,
    pub(crate) masked: BTreeMap<FieldName, Vec<u8>>,
}

/// A record whose personal fields are opened. Masked fields stay sealed. What the roles of whoever looks keep from view is held
/// beside what is shown, so that it is not lost when the record is written.
pub struct Record {
    pub(crate) object: Arc<Object>,
    /// The definition as whoever looks sees it.
    pub(crate) seen: Arc<Object>,
    pub(crate) head: Head,
    /// Everything; nothing outside of this crate reads it.
    pub(crate) values: Values,
    /// What is shown, if that is not everything.
    pub(crate) shown: Option<Values>,
    pub(crate) erased: bool,
    /// Whether it was altered outside of the program: then nothing is shown, and `values` and `head` only say where it stood.
    pub(crate) damaged: bool,
    pub(crate) marker: Marker,
    pub(crate) sealed: Vec<u8>,
    pub(crate) masked: BTreeMap<FieldName, Vec<u8>>,
    /// The ranks to be written with it; those of other fields stay as they are.
    pub(crate) ranks: Vec<(FieldName, Option<i64>)>,
}

impl Record {
    /// Returns the definition of its object, as whoever looks sees it.
    #[must_use]
    pub fn definition(&self) -> &Arc<Object> {
        &self.seen
    }

    /// Returns its id.
    #[must_use]
    pub fn record_id(&self) -> RecordId {
        self.head.id
    }

    /// Returns where it is found.
    #[must_use]
    pub fn at(&self) -> RecordRef {
        RecordRef { object: self.object.name.clone(), id: self.head.id }
    }

    /// Returns the value of a field that is shown.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.values().get(field)
    }

    /// Returns all values that are shown.
    #[must_use]
    pub fn values(&self) -> &Values {
        self.shown.as_ref().unwrap_or(&self.values)
    }

    /// Returns what names it; nothing for a person who was erased.
    #[must_use]
    pub fn title(&self) -> &str {
        self.values.get(self.object.title.as_str()).and_then(Value::as_text).unwrap_or_default()
    }

    /// Tells whether a masked field holds something.
    #[must_use]
    pub fn holds(&self, field: &str) -> bool {
        if self.shown.is_none() {
            // Nothing is kept from whoever looks: only what is masked for everybody is masked.
            return self.masked.contains_key(field);
        }
        let Some(seen) = self.seen.field(field).filter(|seen| seen.is_masked()) else { return false };
        self.masked.contains_key(field) || self.values.get(seen.name.as_str()).is_some()
    }

    /// Tells whether the person it is about was erased: their key is destroyed, or the row is what an erasing left. A person
    /// without a key, and a record without the title it had to have, came of nothing else.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.erased || (self.object.subject && self.head.subject.is_none()) || self.is_nameless()
    }

    fn is_nameless(&self) -> bool {
        let needed = self.object.field(self.object.title.as_str()).is_some_and(|field| field.required);
        needed && self.title().is_empty()
    }

    /// Tells whether it was altered outside of the program. Nothing of it is shown: what stands there is not what was written.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Returns its version.
    #[must_use]
    pub fn current_version(&self) -> i64 {
        self.head.version
    }

    /// Returns when it was made.
    #[must_use]
    pub fn created_at(&self) -> Timestamp {
        self.head.created_at
    }

    /// Returns when it was changed last.
    #[must_use]
    pub fn updated_at(&self) -> Timestamp {
        self.head.updated_at
    }

    /// Returns when it was put in the bin, if it lies there.
    #[must_use]
    pub fn deleted_at(&self) -> Option<Timestamp> {
        self.head.deleted_at
    }

    /// Returns the person whose key seals it.
    #[must_use]
    pub fn subject(&self) -> Option<SubjectId> {
        self.head.subject
    }

    /// Sets what it holds, and works out what of that is shown.
    pub(crate) fn set_values(&mut self, values: Values) {
        let shown = |name: &FieldName| self.seen.field(name.as_str()).is_some_and(|field| !field.is_masked());
        let pick = || values.iter().filter(|(name, _)| shown(name)).map(|(name, value)| (name.clone(), value.clone()));
        self.shown = (!Arc::ptr_eq(&self.seen, &self.object)).then(|| pick().collect());
        self.values = values;
    }

    /// A second one to be altered; not `Clone`, so that a record does not leave its proof by accident.
    pub(crate) fn copy(&self) -> Self {
        Self {
            object: Arc::clone(&self.object),
            seen: Arc::clone(&self.seen),
            head: self.head.clone(),
            values: self.values.clone(),
            shown: self.shown.clone(),
            erased: self.erased,
            damaged: self.damaged,
            marker: self.marker.clone(),
            sealed: self.sealed.clone(),
            masked: self.masked.clone(),
            ranks: Vec::new(),
        }
    }

    /// Returns what it becomes. It is not sealed yet.
    pub(crate) fn becoming(&self, altered: &Altered, now: Timestamp) -> Self {
        let mut next = self.copy();
        next.set_values(altered.values.clone());
        next.head.updated_at = now;
        if altered.owner.is_some() {
            next.head.owner = altered.owner;
        }
        next
    }
}

/// Tells whether a row meets a condition. Only of open columns: what a condition asks of another nobody has looked at.
fn meets(object: &Object, head: &Head, values: &Values, condition: &Condition) -> bool {
    let cell = match condition.column.as_str() {
        "owner_id" => head.owner.map(|owner| Cell::Id(owner.uuid())),
        "created_at" => Some(Cell::Int(head.created_at.micros())),
        name => match object.field(name).filter(|field| field.class == FieldClass::Open) {
            Some(field) => values.get(field.name.as_str()).and_then(filter::cell),
            None => return false,
        },
    };
    condition.holds(cell.as_ref())
}

impl SealedRecord {
    /// Returns where it is found.
    pub(crate) fn at(&self) -> RecordRef {
        RecordRef { object: self.object.name.clone(), id: self.head.id }
    }
}

macro_rules! resource {
    ($($type:ty: $values:ident),*) => {$(
        impl Resource for $type {
            fn object(&self) -> &ObjectName {
                &self.object.name
            }
            fn id(&self) -> Uuid {
                self.head.id.uuid()
            }
            fn owner(&self) -> Option<UserId> {
                self.head.owner
            }
            fn team(&self) -> Option<TeamId> {
                self.head.team
            }
            fn subject(&self) -> Option<SubjectId> {
                self.head.subject
            }
            fn meets(&self, condition: &Condition) -> bool {
                meets(&self.object, &self.head, &self.$values, condition)
            }
        }
    )*};
}
resource!(SealedRecord: open, Record: values);

impl Record {
    /// Returns what its row holds.
    fn cells(&self) -> Vec<(FieldName, Val)> {
        let head = &self.head;
        let masked = (!self.masked.is_empty()).then(|| super::seal::pack(&self.masked));
        let mut columns: Vec<(FieldName, Val)> = Vec::with_capacity(9 + self.object.fields.len());
        let standing = Standing { object: &self.object.name, head, sealed: &self.sealed, masked: masked.as_deref() };
        let open = |name: &FieldName| self.object.field(name.as_str()).is_some_and(|f| f.class == FieldClass::Open);
        let mark = standing.mark(&self.marker, self.values.iter().filter(|(name, _)| open(name)));
        let base: [(&str, Val); 9] = [
            ("owner_id", head.owner.into()),
            ("team_id", head.team.into()),
            ("created_at", head.created_at.into()),
            ("updated_at", head.updated_at.into()),
            ("deleted_at", head.deleted_at.into()),
            ("subject_id", head.subject.into()),
            ("sealed", self.sealed.clone().into()),
            ("sealed_sensitive", masked.into()),
            ("row_mark", mark.into()),
        ];
        columns.extend(base.into_iter().filter_map(|(name, value)| Some((FieldName::parse(name).ok()?, value))));
        for field in self.object.open_fields() {
            let value = self.values.get(field.name.as_str());
            if let Some(currency) = currency_column(field) {
                columns
                    .push((currency, value.and_then(Value::as_money).map(|money| money.currency.to_string()).into()));
            }
            columns.push((field.name.clone(), column_value(value)));
        }
        columns.extend(self.ranks.iter().map(|(column, rank)| (column.clone(), (*rank).into())));
        columns
    }
}

impl SealedRecord {
    /// Returns what of its row is written: it gets another owner or team, and nothing else of it changes, since nobody opens it
    /// for that.
    fn cells(&self) -> Vec<(FieldName, Val)> {
        let (head, masked) = (&self.head, (!self.masked.is_empty()).then(|| super::seal::pack(&self.masked)));
        let standing = Standing { object: &self.object.name, head, sealed: &self.sealed, masked: masked.as_deref() };
        // One that was altered keeps the mark that does not fit: it must not become genuine by changing hands.
        let mark = match self.whole {
            true => standing.mark(&self.marker, self.open.iter()).to_vec(),
            false => self.mark.clone(),
        };
        let columns: [(&str, Val); 4] = [
            ("owner_id", head.owner.into()),
            ("team_id", head.team.into()),
            ("updated_at", head.updated_at.into()),
            ("row_mark", mark.into()),
        ];
        columns.into_iter().filter_map(|(name, value)| Some((FieldName::parse(name).ok()?, value))).collect()
    }
}

macro_rules! stored {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            fn table(&self) -> ObjectName {
                super::store::table_name(&self.object)
            }
            fn version(&self) -> i64 {
                self.head.version
            }
            fn set_version(&mut self, version: i64) {
                self.head.version = version;
            }
            fn columns(&self) -> Vec<(FieldName, Val)> {
                self.cells()
            }
        }
    )*};
}
stored!(Record, SealedRecord);

/// Returns the column that holds the currency of an open amount.
pub(crate) fn currency_column(field: &Field) -> Option<FieldName> {
    let amount = field.kind == Kind::Money && field.class == FieldClass::Open;
    if amount { FieldName::parse(&format!("{}_cur", field.name)).ok() } else { None }
}

fn column_value(value: Option<&Value>) -> Val {
    match value {
        None => Val::Null,
        Some(Value::Text(text) | Value::Choice(text)) => text.as_str().into(),
        Some(Value::Number(n)) => (*n).into(),
        Some(Value::Money(money)) => money.minor.into(),
        Some(Value::Date(date)) => (*date).into(),
        Some(Value::Time(at)) => (*at).into(),
        Some(Value::Bool(yes)) => (*yes).into(),
        Some(Value::Link(id)) => (*id).into(),
        Some(Value::User(id)) => (*id).into(),
        // Tags are never open.
        Some(Value::Tags(_)) => Val::Null,
    }
}
