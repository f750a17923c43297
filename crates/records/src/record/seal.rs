//! Between a record's values and its ciphertext.

use std::collections::BTreeMap;
use std::sync::Arc;

use crypto::Zeroizing;
use kernel::{FieldName, ObjectName, RecordId, SubjectId};
use ledger::{Change, SealedPayload};
use minicbor::{Decoder, Encoder};
use vault::{Aad, KeyOf, Vault, VaultFault};

use super::model::{Head, Record, SealedRecord};
use crate::fault::RecordFault;
use crate::object::Object;
use crate::value::{Value, Values};
use objects::change::Altering;

const FIELDS: &str = "fields";
const MASKED: &str = "masked";
const LEDGER: &str = "ledger";

fn whose<'a>(object: &'a ObjectName, subject: Option<SubjectId>) -> KeyOf<'a> {
    subject.map_or(KeyOf::Object(object), KeyOf::Subject)
}

/// Opens the personal fields of a row; nothing of a person who was erased. One that was altered outside of the program does not
/// open.
pub(crate) fn plain(vault: &Vault, sealed: &SealedRecord) -> Result<Option<Zeroizing<Vec<u8>>>, RecordFault> {
    whole(sealed)?;
    let (name, subject) = (&sealed.object.name, sealed.head.subject);
    let aad = Aad { object: name, record: sealed.head.id.uuid(), purpose: FIELDS };
    match vault.open_seal(whose(name, subject), &aad, &sealed.sealed) {
        Ok(plain) => Ok(Some(plain)),
        Err(VaultFault::Destroyed) if subject.is_some() => Ok(None),
        Err(VaultFault::Tampered) => Err(RecordFault::Damaged),
        Err(fault) => Err(fault.into()),
    }
}

/// Makes a record of a row and what was sealed in it. What `seen` does not have is not shown.
pub(crate) fn open(
    sealed: SealedRecord,
    plain: Option<Zeroizing<Vec<u8>>>,
    seen: &Arc<Object>,
) -> Result<Record, RecordFault> {
    let mut values = sealed.open;
    if let Some(plain) = &plain {
        let mut names = sealed.object.names().peekable();
        values.add_decoded(plain, |name| {
            while names.next_if(|known| known.as_str() < name).is_some() {}
            names.next_if(|known| *known == name).cloned()
        })?;
    }
    let mut record = Record::new(sealed.object, Arc::clone(seen), (sealed.head, sealed.marker));
    (record.erased, record.sealed, record.masked) = (plain.is_none(), sealed.sealed, sealed.masked);
    record.set_values(values);
    Ok(record)
}

/// Refuses a row that was altered outside of the program.
pub(crate) fn whole(sealed: &SealedRecord) -> Result<(), RecordFault> {
    if sealed.whole { Ok(()) } else { Err(RecordFault::Damaged) }
}

/// Returns a record that was altered, for a list to name. Where it stood in the list is kept for the next page; nothing is shown.
pub(crate) fn damaged(sealed: SealedRecord, seen: &Arc<Object>) -> Record {
    let head = Head { owner: None, team: None, ..sealed.head };
    let mut record = Record::new(sealed.object, Arc::clone(seen), (head, sealed.marker));
    (record.damaged, record.values, record.shown) = (true, sealed.open, Some(Values::default()));
    record
}

/// Seals the personal fields anew under the key of the record's subject.
pub(crate) fn close(vault: &Vault, record: &mut Record) -> Result<(), RecordFault> {
    let object = &record.object;
    let plain = record.values.encode(|field| object.field(field.as_str()).is_none_or(|f| f.is_personal()));
    let aad = Aad { object: &object.name, record: record.head.id.uuid(), purpose: FIELDS };
    record.sealed = vault.seal(whose(&object.name, record.head.subject), &aad, &Zeroizing::new(plain))?;
    Ok(())
}

/// Seals the value of a masked field, apart from all others, so that revealing one opens one. The field's name goes inside:
/// a seal moved to another field does not pass.
pub(crate) fn mask(
    vault: &Vault,
    record: &mut Record,
    field: &FieldName,
    value: Option<&Value>,
) -> Result<(), RecordFault> {
    let Some(value) = value else {
        record.masked.remove(field.as_str());
        return Ok(());
    };
    let plain: Values = [(field.clone(), value.clone())].into_iter().collect();
    let aad = Aad { object: &record.object.name, record: record.head.id.uuid(), purpose: MASKED };
    let whose = whose(&record.object.name, record.head.subject);
    let sealed = vault.seal(whose, &aad, &Zeroizing::new(plain.encode(|_| true)))?;
    record.masked.insert(field.clone(), sealed);
    Ok(())
}

/// Opens a masked field. A seal whose inside speaks of another field was moved here by somebody.
pub(crate) fn unmask(vault: &Vault, sealed: &SealedRecord, field: &FieldName) -> Result<Option<Value>, RecordFault> {
    whole(sealed)?;
    let Some(bytes) = sealed.masked.get(field.as_str()) else { return Ok(None) };
    let name = &sealed.object.name;
    let aad = Aad { object: name, record: sealed.head.id.uuid(), purpose: MASKED };
    let plain = vault.open_seal(whose(name, sealed.head.subject), &aad, bytes)?;
    let value = Values::decode(&plain)?.get(field.as_str()).cloned();
    value.map(Some).ok_or(RecordFault::Vault(VaultFault::Tampered))
}

/// Moves masked fields to the key of another subject.
pub(crate) fn remask(vault: &Vault, record: &mut Record, subject: Option<SubjectId>) -> Result<(), RecordFault> {
    let name = record.object.name.clone();
    let aad = Aad { object: &name, record: record.head.id.uuid(), purpose: MASKED };
    for sealed in record.masked.values_mut() {
        let plain = vault.open_seal(whose(&name, record.head.subject), &aad, sealed)?;
        *sealed = vault.seal(whose(&name, subject), &aad, &plain)?;
    }
    record.head.subject = subject;
    Ok(())
}

/// Seals values before and after for the ledger, under the record's own key: they go when the person goes.
pub(crate) fn payload(vault: &Vault, record: &Record, changed: &[Altering]) -> Result<SealedPayload, RecordFault> {
    payload_of(vault, (&record.object.name, record.head.id, record.head.subject), changed)
}

/// Seals a ledger payload about a record that is not opened.
pub(crate) fn payload_of(
    vault: &Vault,
    (name, id, subject): (&ObjectName, RecordId, Option<SubjectId>),
    changed: &[Altering],
) -> Result<SealedPayload, RecordFault> {
    let encoded = |value: &Option<Value>| value.as_ref().map(Value::encode);
    let change = |a: &Altering| Change { field: a.field.clone(), before: encoded(&a.before), after: encoded(&a.after) };
    let changes: Vec<Change> = changed.iter().map(change).collect();
    let plain = Zeroizing::new(Change::write_all(&changes)?);
    let aad = Aad { object: name, record: id.uuid(), purpose: LEDGER };
    let bytes = vault.seal(whose(name, subject), &aad, &plain)?;
    Ok(SealedPayload { subject, bytes })
}

/// Opens a ledger payload; none when the person was erased.
pub(crate) fn open_payload(
    vault: &Vault,
    (object, id): (&ObjectName, RecordId),
    payload: &SealedPayload,
) -> Result<Option<Vec<Altering>>, RecordFault> {
    let aad = Aad { object, record: id.uuid(), purpose: LEDGER };
    let plain = match vault.open_seal(whose(object, payload.subject), &aad, &payload.bytes) {
        Err(VaultFault::Destroyed) if payload.subject.is_some() => return Ok(None),
        opened => opened?,
    };
    let decoded = |value: Option<Vec<u8>>| value.map(|bytes| Value::decode(&bytes)).transpose();
    let altering = |change: Change| {
        Ok(Altering { field: change.field, before: decoded(change.before)?, after: decoded(change.after)? })
    };
    Change::read_all(&plain)?.into_iter().map(altering).collect::<Result<_, RecordFault>>().map(Some)
}

/// Packs masked fields into one column: a map of field and seal.
pub(crate) fn pack(masked: &BTreeMap<FieldName, Vec<u8>>) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    // Writing into memory does not fail.
    let _ = out.map(masked.len() as u64);
    for (field, sealed) in masked {
        let _ = out.str(field.as_str()).and_then(|out| out.bytes(sealed));
    }
    out.into_writer()
}

/// Takes packed fields apart.
pub(crate) fn unpack(bytes: &[u8]) -> Option<BTreeMap<FieldName, Vec<u8>>> {
    let mut from = Decoder::new(bytes);
    let count = from.map().ok()??;
    let mut masked = BTreeMap::new();
    for _ in 0..count {
        let field = FieldName::parse(from.str().ok()?).ok()?;
        masked.insert(field, from.bytes().ok()?.to_vec());
    }
    Some(masked)
}
