//! Values on their way into a statement.

use kernel::{Id, Timestamp, Uuid};
use postgres_types::{IsNull, ToSql, Type, private::BytesMut};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

/// A value bound to a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Val {
    /// Nothing.
    Null,
    /// A whole number (`bigint`).
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An id (`uuid`, 16 bytes in SQLite).
    Id(Uuid),
    /// Several whole numbers (`integer[]`; PostgreSQL only, used by the search index).
    Ints(Vec<i32>),
    /// Several ids (`uuid[]`; PostgreSQL only, used by the keyring).
    Ids(Vec<Uuid>),
    /// Several byte strings (`bytea[]`; PostgreSQL only, used by the keyring).
    Blobs(Vec<Vec<u8>>),
    /// Several values of one kind, or nothing in their place (an array; PostgreSQL only, a column of many new rows).
    Column(Vec<Val>),
}

impl Val {
    /// Returns the type of PostgreSQL for several of its kind; nothing of what has no kind of its own.
    #[must_use]
    pub const fn array(&self) -> Option<&'static str> {
        match self {
            Self::Int(_) => Some("bigint[]"),
            Self::Bool(_) => Some("boolean[]"),
            Self::Text(_) => Some("text[]"),
            Self::Bytes(_) => Some("bytea[]"),
            Self::Id(_) => Some("uuid[]"),
            Self::Null | Self::Ints(_) | Self::Ids(_) | Self::Blobs(_) | Self::Column(_) => None,
        }
    }
}

macro_rules! from {
    ($($type:ty => |$x:ident| $make:expr;)*) => {$(
        impl From<$type> for Val {
            fn from($x: $type) -> Self {
                $make
            }
        }
    )*};
}

from! {
    i64 => |x| Self::Int(x);
    i32 => |x| Self::Int(x.into());
    u32 => |x| Self::Int(x.into());
    bool => |x| Self::Bool(x);
    &str => |x| Self::Text(x.to_owned());
    String => |x| Self::Text(x);
    Vec<u8> => |x| Self::Bytes(x);
    &[u8] => |x| Self::Bytes(x.to_vec());
    [u8; 16] => |x| Self::Bytes(x.to_vec());
    [u8; 32] => |x| Self::Bytes(x.to_vec());
    Uuid => |x| Self::Id(x);
    Timestamp => |x| Self::Int(x.micros());
    kernel::Date => |x| Self::Int(x.days().into());
    &kernel::ObjectName => |x| Self::Text(x.as_str().to_owned());
    &kernel::FieldName => |x| Self::Text(x.as_str().to_owned());
}

impl<K> From<Id<K>> for Val {
    fn from(id: Id<K>) -> Self {
        Self::Id(id.uuid())
    }
}

impl<T: Into<Self>> From<Option<T>> for Val {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<sea_query::Value> for Val {
    fn from(value: sea_query::Value) -> Self {
        use sea_query::Value as V;
        match value {
            V::Bool(x) => x.into(),
            V::TinyInt(x) => x.map(i64::from).into(),
            V::SmallInt(x) => x.map(i64::from).into(),
            V::Int(x) => x.into(),
            V::BigInt(x) => x.into(),
            V::TinyUnsigned(x) => x.map(i64::from).into(),
            V::SmallUnsigned(x) => x.map(i64::from).into(),
            V::Unsigned(x) => x.into(),
            V::BigUnsigned(x) => x.map(|n| i64::try_from(n).unwrap_or(i64::MAX)).into(),
            V::String(x) => x.into(),
            V::Char(x) => x.map(String::from).into(),
            V::Bytes(x) => x.into(),
            V::Uuid(x) => x.into(),
            // Floating point and database enums have no column here.
            V::Float(_) | V::Double(_) | V::Enum(_) => Self::Null,
        }
    }
}

impl From<Val> for sea_query::Value {
    fn from(value: Val) -> Self {
        match value {
            Val::Null => Self::BigInt(None),
            Val::Int(x) => Self::BigInt(Some(x)),
            Val::Bool(x) => Self::Bool(Some(x)),
            Val::Text(x) => Self::String(Some(x)),
            Val::Bytes(x) => Self::Bytes(Some(x)),
            Val::Id(x) => Self::Uuid(Some(x)),
            Val::Ints(_) | Val::Ids(_) | Val::Blobs(_) | Val::Column(_) => Self::BigInt(None),
        }
    }
}

impl rusqlite::ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null | Self::Ints(_) | Self::Ids(_) | Self::Blobs(_) | Self::Column(_) => {
                ToSqlOutput::Owned(Value::Null)
            }
            Self::Int(x) => ToSqlOutput::Owned(Value::Integer(*x)),
            Self::Bool(x) => ToSqlOutput::Owned(Value::Integer(i64::from(*x))),
            Self::Text(x) => ToSqlOutput::Borrowed(ValueRef::Text(x.as_bytes())),
            Self::Bytes(x) => ToSqlOutput::Borrowed(ValueRef::Blob(x)),
            Self::Id(x) => ToSqlOutput::Borrowed(ValueRef::Blob(x.as_bytes())),
        })
    }
}

type BoxedError = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Val {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, BoxedError> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(x) if *ty == Type::INT4 => i32::try_from(*x)?.to_sql(ty, out),
            Self::Int(x) => x.to_sql(ty, out),
            Self::Bool(x) if *ty == Type::INT8 => i64::from(*x).to_sql(ty, out),
            Self::Bool(x) => x.to_sql(ty, out),
            Self::Text(x) => x.to_sql(ty, out),
            Self::Bytes(x) => x.to_sql(ty, out),
            Self::Id(x) => x.to_sql(ty, out),
            Self::Ints(x) => x.to_sql(ty, out),
            Self::Ids(x) => x.to_sql(ty, out),
            Self::Blobs(x) => x.to_sql(ty, out),
            Self::Column(x) => x.to_sql(ty, out),
        }
    }

    // The statement decides the type; a value that does not fit is refused by the engine with the statement's name.
    fn accepts(_: &Type) -> bool {
        true
    }

    postgres_types::to_sql_checked!();
}
