//! How values of other crates are written in CBOR: as short as they are, for `#[cbor(with = "wire", has_nil)]`.

use std::net::IpAddr;

use kernel::{FieldName, Id, ObjectName, Timestamp, Uuid};
use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};

/// A value that is written into an entry.
pub(crate) trait Wire: Sized {
    /// Writes the value.
    fn put<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>>;

    /// Reads a value.
    fn take(d: &mut Decoder<'_>) -> Result<Self, decode::Error>;

    /// Returns what stands for an element that was not written, if that may be.
    fn absent() -> Option<Self> {
        None
    }

    /// Tells whether the value need not be written.
    fn is_absent(&self) -> bool {
        false
    }
}

pub(crate) fn encode<Ctx, T: Wire, W: Write>(
    value: &T,
    e: &mut Encoder<W>,
    _: &mut Ctx,
) -> Result<(), encode::Error<W::Error>> {
    value.put(e)
}

pub(crate) fn decode<Ctx, T: Wire>(d: &mut Decoder<'_>, _: &mut Ctx) -> Result<T, decode::Error> {
    T::take(d)
}

pub(crate) fn nil<T: Wire>() -> Option<T> {
    T::absent()
}

pub(crate) fn is_nil<T: Wire>(value: &T) -> bool {
    value.is_absent()
}

/// Reads one value with `read` and refuses it unless `check` makes something of it.
fn checked<'b, A, B>(
    d: &mut Decoder<'b>,
    read: impl FnOnce(&mut Decoder<'b>) -> Result<A, decode::Error>,
    check: impl FnOnce(A) -> Option<B>,
) -> Result<B, decode::Error> {
    let at = d.position();
    check(read(d)?).ok_or_else(|| decode::Error::message("not a value of its kind").at(at))
}

impl<T: Wire> Wire for Option<T> {
    fn put<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
        match self {
            Some(value) => value.put(e),
            None => e.null()?.ok(),
        }
    }

    fn take(d: &mut Decoder<'_>) -> Result<Self, decode::Error> {
        if d.datatype()? == minicbor::data::Type::Null {
            return d.null().map(|()| None);
        }
        T::take(d).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<K> Wire for Id<K> {
    fn put<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
        e.bytes(self.uuid().as_bytes())?.ok()
    }

    fn take(d: &mut Decoder<'_>) -> Result<Self, decode::Error> {
        checked(d, Decoder::bytes, |bytes| Uuid::from_slice(bytes).ok().map(Self::from_uuid))
    }
}

/// One byte string of sixteen bytes each.
impl Wire for Vec<Uuid> {
    fn put<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
        e.bytes_len(16 * self.len() as u64)?;
        for id in self {
            e.writer_mut().write_all(id.as_bytes()).map_err(encode::Error::write)?;
        }
        Ok(())
    }

    fn take(d: &mut Decoder<'_>) -> Result<Self, decode::Error> {
        checked(d, Decoder::bytes, |bytes| {
            let (ids, spare) = bytes.as_chunks();
            spare.is_empty().then(|| ids.iter().map(|id| Uuid::from_bytes(*id)).collect())
        })
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Wire for Timestamp {
    fn put<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
        e.i64(self.micros())?.ok()
    }

    fn take(d: &mut Decoder<'_>) -> Result<Self, decode::Error> {
        d.i64().map(Self::from_micros)
    }
}

impl Wire for ObjectName {
    fn put<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
        e.str(self.as_str())?.ok()
    }

    fn take(d: &mut Decoder<'_>) -> Result<Self, decode::Error> {
        checked(d, Decoder::str, |text| Self::parse(text).ok())
    }
}

impl Wire for FieldName {
    fn put<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
        e.str(self.as_str())?.ok()
    }

    fn take(d: &mut Decoder<'_>) -> Result<Self, decode::Error> {
        checked(d, Decoder::str, |text| Self::parse(text).ok())
    }
}

impl Wire for Vec<FieldName> {
    fn put<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
        e.array(self.len() as u64)?;
        self.iter().try_for_each(|field| field.put(e))
    }

    fn take(d: &mut Decoder<'_>) -> Result<Self, decode::Error> {
        // The length is a claim of the bytes: nothing is reserved for it.
        let count = checked(d, Decoder::array, |count| count)?;
        (0..count).map(|_| FieldName::take(d)).collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Four or sixteen bytes.
impl Wire for IpAddr {
    fn put<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::V4(ip) => e.bytes(&ip.octets())?.ok(),
            Self::V6(ip) => e.bytes(&ip.octets())?.ok(),
        }
    }

    fn take(d: &mut Decoder<'_>) -> Result<Self, decode::Error> {
        checked(d, Decoder::bytes, |bytes| {
            let v4 = <[u8; 4]>::try_from(bytes).map(Self::from).ok();
            v4.or_else(|| <[u8; 16]>::try_from(bytes).map(Self::from).ok())
        })
    }
}
