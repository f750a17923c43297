//! The stored form: CBOR, a version first. Reading is total: whatever the bytes are, it answers.

use kernel::{Currency, Date, FieldName, Money, RecordId, Timestamp, UserId, Uuid};
use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::{Decoder, Encoder};

use super::{Value, Values};

const FORMAT: u8 = 1;

/// Bytes that are no stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a stored value")]
pub struct CodeFault;

impl From<DecodeError> for CodeFault {
    fn from(_: DecodeError) -> Self {
        Self
    }
}

type Out = Encoder<Vec<u8>>;
type Wrote = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

impl Value {
    /// Returns the stored form.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::new(Vec::with_capacity(24));
        // Writing into memory does not fail.
        let _ = self.write(&mut out);
        out.into_writer()
    }

    /// Takes the stored form.
    ///
    /// # Errors
    /// [`CodeFault`] if the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodeFault> {
        let mut from = Decoder::new(bytes);
        let value = Self::read(&mut from)?;
        if from.position() == bytes.len() { Ok(value) } else { Err(CodeFault) }
    }

    fn write(&self, out: &mut Out) -> Wrote {
        match self {
            Self::Text(text) => out.array(2)?.u8(0)?.str(text)?.ok(),
            Self::Choice(word) => out.array(2)?.u8(1)?.str(word)?.ok(),
            Self::Number(n) => out.array(2)?.u8(2)?.i64(*n)?.ok(),
            Self::Money(money) => out.array(3)?.u8(3)?.i64(money.minor)?.str(money.currency.as_str())?.ok(),
            Self::Date(date) => out.array(2)?.u8(4)?.i32(date.days())?.ok(),
            Self::Time(at) => out.array(2)?.u8(5)?.i64(at.micros())?.ok(),
            Self::Tags(tags) => {
                out.array(2)?.u8(6)?.array(tags.len() as u64)?;
                tags.iter().try_for_each(|tag| out.str(tag).map(|_| ()))
            }
            Self::Bool(yes) => out.array(2)?.u8(7)?.bool(*yes)?.ok(),
            Self::Link(id) => out.array(2)?.u8(8)?.bytes(&id.to_bytes())?.ok(),
            Self::User(id) => out.array(2)?.u8(9)?.bytes(&id.to_bytes())?.ok(),
        }
    }

    fn read(from: &mut Decoder<'_>) -> Result<Self, CodeFault> {
        let parts = from.array()?.ok_or(CodeFault)?;
        let tag = from.u8()?;
        if parts != if tag == 3 { 3 } else { 2 } {
            return Err(CodeFault);
        }
        Ok(match tag {
            0 => Self::Text(from.str()?.to_owned()),
            1 => Self::Choice(from.str()?.to_owned()),
            2 => Self::Number(from.i64()?),
            3 => {
                let minor = from.i64()?;
                Self::Money(Money { minor, currency: Currency::parse(from.str()?).map_err(|_| CodeFault)? })
            }
            4 => Self::Date(Date::from_days(from.i32()?)),
            5 => Self::Time(Timestamp::from_micros(from.i64()?)),
            6 => {
                let count = from.array()?.ok_or(CodeFault)?;
                Self::Tags((0..count).map(|_| Ok(from.str()?.to_owned())).collect::<Result<_, CodeFault>>()?)
            }
            7 => Self::Bool(from.bool()?),
            8 => Self::Link(RecordId::from_uuid(uuid(from)?)),
            9 => Self::User(UserId::from_uuid(uuid(from)?)),
            _ => return Err(CodeFault),
        })
    }
}

fn uuid(from: &mut Decoder<'_>) -> Result<Uuid, CodeFault> {
    Uuid::from_slice(from.bytes()?).map_err(|_| CodeFault)
}

impl Values {
    /// Returns the stored form of the values that `keep` chooses.
    #[must_use]
    pub fn encode(&self, keep: impl Fn(&FieldName) -> bool) -> Vec<u8> {
        let kept: Vec<_> = self.iter().filter(|(field, _)| keep(field)).collect();
        let mut out = Encoder::new(Vec::with_capacity(16 + 40 * kept.len()));
        let _ = write_all(&mut out, &kept);
        out.into_writer()
    }

    /// Takes the stored form.
    ///
    /// # Errors
    /// [`CodeFault`] if the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodeFault> {
        let mut values = Self::default();
        values.add_decoded(bytes, |_| None)?;
        Ok(values)
    }

    /// Adds values from their stored form. `known` finds names that are in memory already, so that opening a record makes
    /// none; it is asked in the order of the names.
    ///
    /// # Errors
    /// [`CodeFault`] if the bytes are something else.
    pub fn add_decoded(
        &mut self,
        bytes: &[u8],
        mut known: impl FnMut(&str) -> Option<FieldName>,
    ) -> Result<(), CodeFault> {
        let mut from = Decoder::new(bytes);
        if from.array()? != Some(2) || from.datatype()? != Type::U8 || from.u8()? != FORMAT {
            return Err(CodeFault);
        }
        let count = from.map()?.ok_or(CodeFault)?;
        for _ in 0..count {
            let name = from.str()?;
            let field = known(name).map_or_else(|| FieldName::parse(name).map_err(|_| CodeFault), Ok)?;
            self.set(field, Some(Value::read(&mut from)?));
        }
        if from.position() == bytes.len() { Ok(()) } else { Err(CodeFault) }
    }
}

fn write_all(out: &mut Out, kept: &[(&FieldName, &Value)]) -> Wrote {
    out.array(2)?.u8(FORMAT)?.map(kept.len() as u64)?;
    for (field, value) in kept {
        out.str(field.as_str())?;
        value.write(out)?;
    }
    Ok(())
}
