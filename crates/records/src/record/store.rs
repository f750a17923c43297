//! Records in their tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use db::schema::{ObjectTable, OpenColumn};
use db::{ColumnType, DbFault, Guarded, Prepared, ReadTx, Row};
use kernel::{Currency, Date, Money, ObjectName, RecordId, Timestamp};
use sea_query::{Alias, Expr, ExprTrait as _, Query, SelectStatement};
use vault::Marker;

use super::mark::Standing;
use super::model::{Head, SealedRecord, currency_column};
use super::seal;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::{Field, Kind, Object, Objects};
use crate::value::{Value, Values};

const BASE: [&str; 11] = [
    "id",
    "owner_id",
    "team_id",
    "created_at",
    "updated_at",
    "version",
    "deleted_at",
    "subject_id",
    "sealed",
    "sealed_sensitive",
    "row_mark",
];

/// When a time says nothing.
const NEVER: Timestamp = Timestamp::from_micros(0);

/// Returns the name of an object's table.
pub(crate) fn table_name(object: &Object) -> ObjectName {
    // Two letters more than a name may have at most: definitions keep clear of that.
    ObjectName::parse(&format!("r_{}", object.name)).unwrap_or_else(|_| object.name.clone())
}

/// Returns the table that an object's definition asks for.
pub(crate) fn table(object: &Object) -> ObjectTable {
    let mut columns = Vec::new();
    for field in object.open_fields() {
        let indexed = field.sort || field.kind == Kind::Link;
        columns.push(OpenColumn { name: field.name.clone(), kind: column_type(field.kind), indexed });
        if let Some(name) = currency_column(field) {
            columns.push(OpenColumn { name, kind: ColumnType::Text, indexed: false });
        }
    }
    let ranks = object.fields.iter().filter_map(Field::rank_column).collect();
    ObjectTable { object: object.name.clone(), columns, ranks }
}

/// Returns how many columns [`select`] asks for.
pub(crate) fn width(object: &Object) -> usize {
    let own = object.open_fields().map(|field| if currency_column(field).is_some() { 2 } else { 1 });
    BASE.len() + own.sum::<usize>()
}

const fn column_type(kind: Kind) -> ColumnType {
    match kind {
        Kind::Number | Kind::Money | Kind::Date | Kind::Time => ColumnType::Int,
        Kind::Boolean => ColumnType::Bool,
        Kind::Link | Kind::User => ColumnType::Id,
        Kind::PersonName
        | Kind::Text
        | Kind::LongText
        | Kind::Email
        | Kind::Phone
        | Kind::Url
        | Kind::Choice
        | Kind::Tags => ColumnType::Text,
    }
}

/// Starts a query for whole rows.
pub(crate) fn select(object: &Object) -> SelectStatement {
    let mut select = Query::select();
    select.from(filter::table(&object.name)).columns(BASE.map(Alias::new));
    for field in object.open_fields() {
        select.column(Alias::new(field.name.as_str()));
        if let Some(currency) = currency_column(field) {
            select.column(Alias::new(currency.as_str()));
        }
    }
    select
}

/// Starts a query for whole rows of some ids.
pub(crate) fn select_some(object: &Object, ids: &[kernel::Uuid]) -> SelectStatement {
    let mut select = select(object);
    select.and_where(Expr::col(Alias::new("id")).is_in(ids.iter().copied()));
    select
}

/// Reads a row of [`select`], and looks whether it bears its mark. A cell that is not of its kind was altered like one that
/// does not fit the mark; only a row without an id is none at all.
pub(crate) fn read(marker: &Marker, object: &Arc<Object>, row: &Row<'_>) -> Result<SealedRecord, DbFault> {
    let mut whole = true;
    let head = Head {
        id: row.get(0)?,
        owner: kept(row.get(1), &mut whole),
        team: kept(row.get(2), &mut whole),
        created_at: kept(row.get(3).map(Some), &mut whole).unwrap_or(NEVER),
        updated_at: kept(row.get(4).map(Some), &mut whole).unwrap_or(NEVER),
        version: kept(row.get(5), &mut whole),
        deleted_at: kept(row.get(6), &mut whole),
        subject: kept(row.get(7), &mut whole),
    };
    let sealed: Vec<u8> = kept(row.get(8), &mut whole);
    let packed: Option<Vec<u8>> = kept(row.get(9), &mut whole);
    let mark: Vec<u8> = kept(row.get::<Option<Vec<u8>>>(10), &mut whole).unwrap_or_default();
    let mut open = Values::with_room(object.fields.len());
    let mut at = BASE.len();
    for field in object.open_fields() {
        open.set(field.name.clone(), kept(cell(field, row, at), &mut whole));
        at += if currency_column(field).is_some() { 2 } else { 1 };
    }
    let standing = Standing { object: &object.name, head: &head, sealed: &sealed, masked: packed.as_deref() };
    let whole = whole && standing.bears(marker, open.iter(), &mark);
    let masked = packed.and_then(|bytes| seal::unpack(&bytes)).unwrap_or_default();
    Ok(SealedRecord { object: Arc::clone(object), marker: marker.clone(), whole, mark, head, open, sealed, masked })
}

/// Takes a cell; one that cannot be read is empty, and says that the row is not whole.
fn kept<T: Default>(cell: Result<T, DbFault>, whole: &mut bool) -> T {
    cell.unwrap_or_else(|_| {
        *whole = false;
        T::default()
    })
}

fn cell(field: &Field, row: &Row<'_>, at: usize) -> Result<Option<Value>, DbFault> {
    Ok(match field.kind {
        Kind::Number => row.get::<Option<i64>>(at)?.map(Value::Number),
        Kind::Money => match (row.get::<Option<i64>>(at)?, row.get::<Option<String>>(at + 1)?) {
            (Some(minor), Some(code)) => {
                let currency = Currency::parse(&code).map_err(|_| DbFault::Shape(at + 1))?;
                Some(Value::Money(Money { minor, currency }))
            }
            _ => None,
        },
        Kind::Date => row.get::<Option<Date>>(at)?.map(Value::Date),
        Kind::Time => row.get::<Option<Timestamp>>(at)?.map(Value::Time),
        Kind::Boolean => row.get::<Option<bool>>(at)?.map(Value::Bool),
        Kind::Link => row.get::<Option<RecordId>>(at)?.map(Value::Link),
        Kind::User => row.get::<Option<kernel::UserId>>(at)?.map(Value::User),
        Kind::Choice => row.get::<Option<String>>(at)?.map(Value::Choice),
        Kind::PersonName | Kind::Text | Kind::LongText | Kind::Email | Kind::Phone | Kind::Url | Kind::Tags => {
            row.get::<Option<String>>(at)?.map(Value::Text)
        }
    })
}

/// The statements that find one record of each object, rendered once.
#[derive(Debug)]
pub(crate) struct Finding(BTreeMap<ObjectName, Prepared>);

impl Finding {
    pub(crate) fn of(objects: &Objects) -> Self {
        let finding = |object: &Arc<Object>| {
            let mut query = select(object);
            query.and_where(Expr::col(Alias::new("id")).eq(kernel::Uuid::nil()));
            (object.name.clone(), Prepared::of(&query))
        };
        Self(objects.iter().map(finding).collect())
    }
}

impl Records {
    /// Reads a row of [`select`].
    pub(crate) fn row(&self, object: &Arc<Object>, row: &Row<'_>) -> Result<SealedRecord, DbFault> {
        read(self.vault.marker(), object, row)
    }

    /// Finds one record, in the bin or out of it.
    pub(crate) fn find(
        &self,
        tx: &ReadTx<'_>,
        object: &Arc<Object>,
        id: RecordId,
    ) -> Result<Guarded<SealedRecord>, RecordFault> {
        let finding = self.finding.0.get(&object.name).ok_or(RecordFault::NotFound)?;
        let found = tx.select_prepared(finding, &[id.into()], |row| read(self.vault.marker(), object, row))?;
        found.into_iter().next().ok_or(RecordFault::NotFound)
    }
}
