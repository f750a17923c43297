//! Values on their way out of a statement.

use kernel::{Id, ObjectName, Timestamp, Uuid};
use postgres_types::{FromSql, Type};
use rusqlite::types::ValueRef;

use crate::DbFault;

/// One cell as both engines give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'r> {
    /// Nothing.
    Null,
    /// A whole number; `boolean` comes as 0 or 1.
    Int(i64),
    /// Text.
    Text(&'r str),
    /// Bytes; an id comes as its 16 bytes.
    Bytes(&'r [u8]),
}

/// One row of an answer. It lives only inside the closure that reads it.
pub struct Row<'r>(pub(crate) Source<'r>);

pub(crate) enum Source<'r> {
    Lite(&'r rusqlite::Row<'r>),
    Pg(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// Returns the value in column `index`, counted from 0.
    ///
    /// # Errors
    /// [`DbFault::Shape`] if the column is missing or holds something else.
    pub fn get<T: FromCell>(&self, index: usize) -> Result<T, DbFault> {
        T::from_cell(self.cell(index)?).ok_or(DbFault::Shape(index))
    }

    /// Returns how many columns there are.
    pub(crate) fn width(&self) -> usize {
        match &self.0 {
            Source::Lite(row) => row.as_ref().column_count(),
            Source::Pg(row) => row.len(),
        }
    }

    pub(crate) fn cell(&self, index: usize) -> Result<Cell<'_>, DbFault> {
        Ok(match &self.0 {
            Source::Lite(row) => match row.get_ref(index).map_err(|_| DbFault::Shape(index))? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(n) => Cell::Int(n),
                ValueRef::Text(t) => Cell::Text(std::str::from_utf8(t).map_err(|_| DbFault::Shape(index))?),
                ValueRef::Blob(b) => Cell::Bytes(b),
                ValueRef::Real(_) => return Err(DbFault::Shape(index)),
            },
            Source::Pg(row) => row.try_get::<_, Cell<'_>>(index).map_err(|_| DbFault::Shape(index))?,
        })
    }
}

impl<'r> FromSql<'r> for Cell<'r> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::UUID | Type::BYTEA => Cell::Bytes(raw),
            Type::INT8 => Cell::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Cell::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Cell::Int(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Cell::Int(bool::from_sql(ty, raw)?.into()),
            _ => Cell::Text(<&str>::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Cell::Null)
    }

    fn accepts(ty: &Type) -> bool {
        const KNOWN: &[Type] = &[
            Type::UUID,
            Type::BYTEA,
            Type::INT8,
            Type::INT4,
            Type::INT2,
            Type::BOOL,
            Type::TEXT,
            Type::VARCHAR,
            Type::NAME,
        ];
        KNOWN.contains(ty)
    }
}

/// A type that a cell can become.
pub trait FromCell: Sized {
    /// Takes the cell if it fits.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

macro_rules! from_cell {
    ($($type:ty: $pattern:pat => $make:expr;)*) => {$(
        impl FromCell for $type {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    $pattern => $make,
                    _ => None,
                }
            }
        }
    )*};
}

from_cell! {
    i64: Cell::Int(n) => Some(n);
    i32: Cell::Int(n) => Self::try_from(n).ok();
    u32: Cell::Int(n) => Self::try_from(n).ok();
    u64: Cell::Int(n) => Self::try_from(n).ok();
    usize: Cell::Int(n) => Self::try_from(n).ok();
    bool: Cell::Int(n) => Some(n != 0);
    String: Cell::Text(t) => Some(t.to_owned());
    Vec<u8>: Cell::Bytes(b) => Some(b.to_vec());
    [u8; 16]: Cell::Bytes(b) => b.try_into().ok();
    [u8; 32]: Cell::Bytes(b) => b.try_into().ok();
    Uuid: Cell::Bytes(b) => Uuid::from_slice(b).ok();
    Timestamp: Cell::Int(n) => Some(Self::from_micros(n));
    kernel::Date: Cell::Int(n) => i32::try_from(n).ok().map(Self::from_days);
    ObjectName: Cell::Text(t) => Self::parse(t).ok();
}

impl<K> FromCell for Id<K> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        Uuid::from_cell(cell).map(Self::from_uuid)
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            other => T::from_cell(other).map(Some),
        }
    }
}
