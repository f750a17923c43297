//! One record.

use authz::{Cx, Read};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use db::{Permitted, ReadTx, WriteTx};
use http::{StatusCode, header};
use httpkit::{Bearer, Params};
use kernel::RecordId;
use records::{Change, Record, RecordFault, RecordRef, Records};

use super::{OneRecord, RecordList};
use crate::House;
use crate::condition::{IfMatch, etag};
use crate::fault::ApiFault;
use crate::form::{self, RecordForm};
use crate::making::Making;
use crate::picked::Picked;
use crate::query::{self, NoQuery};
use crate::view::{RecordView, Written};

/// A record as it is answered: with its version.
struct Answer {
    version: i64,
    written: Written,
}

impl Answer {
    fn of(record: &Permitted<Record, Read>) -> Result<Self, ApiFault> {
        Self::picked(record, &Picked::default())
    }

    fn picked(record: &Permitted<Record, Read>, picked: &Picked) -> Result<Self, ApiFault> {
        Ok(Self { version: record.current_version(), written: Written::of(&RecordView::of(record, picked))? })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        ([(header::ETAG, etag(self.version))], self.written).into_response()
    }
}

fn record_ref(house: &House, cx: &Cx, at: &OneRecord) -> Result<RecordRef, ApiFault> {
    Ok(RecordRef { object: house.object(cx, &at.plural)?.name.clone(), id: at.id })
}

pub(super) async fn create(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (RecordList, NoQuery),
    making: Making,
) -> Result<Response, ApiFault> {
    let object = house.object(&cx, &at.plural)?;
    let asked = making.asked(&house.repeats, &cx, &at.to_string());
    let (records, change) = (house.records.clone(), form::change(making.members)?);
    let made = house.db.write(&cx, move |tx| match asked {
        Some(asked) => asked.once(
            tx,
            |tx| {
                let made = records.create_record(tx, object.name.as_str(), change)?;
                Ok((made.record_id().uuid(), made))
            },
            |tx, id| kept(&records, tx, &RecordRef { object: object.name.clone(), id: RecordId::from_uuid(id) }),
        ),
        None => Ok::<_, ApiFault>(records.create_record(tx, object.name.as_str(), change)?),
    });
    let made = made.await?;
    let place = OneRecord { plural: at.plural, id: made.record_id() }.to_string();
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Answer::of(&made)?).into_response())
}

/// Reads a record that is not in the bin.
pub(super) fn kept(records: &Records, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Permitted<Record, Read>, ApiFault> {
    let record = records.read_record(tx, at)?;
    // A fault takes the line about the reading back: nothing of the record leaves.
    if record.deleted_at().is_some() { Err(RecordFault::Binned.into()) } else { Ok(record) }
}

pub(super) async fn show(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, Params(parameters)): (OneRecord, Params),
) -> Result<Response, ApiFault> {
    let object = house.object(&cx, &at.plural)?;
    let picked = query::one(&object, &parameters)?;
    let (records, at) = (house.records.clone(), RecordRef { object: object.name.clone(), id: at.id });
    let read = house
        .db
        .read(&cx, move |tx| -> Result<Answer, ApiFault> { Answer::picked(&kept(&records, tx, &at)?, &picked) });
    Ok(read.await?.into_response())
}

pub(super) async fn update(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (OneRecord, NoQuery),
    wanted: IfMatch,
    RecordForm(change): RecordForm,
) -> Result<Response, ApiFault> {
    let (records, at) = (house.records.clone(), record_ref(&house, &cx, &at)?);
    let condition = wanted.clone();
    let written = house.db.write(&cx, move |tx| change_kept(&records, tx, &at, &condition, change));
    Ok(Answer::of(&written.await.map_err(|fault| wanted.judge(fault))?)?.into_response())
}

/// Changes a record that is not in the bin.
fn change_kept(
    records: &Records,
    tx: &mut WriteTx<'_>,
    at: &RecordRef,
    wanted: &IfMatch,
    change: Change,
) -> Result<Permitted<Record, Read>, RecordFault> {
    let version = wanted.version(records, tx, at)?;
    match records.update_record(tx, at, version, change) {
        // A condition counts only where the request would succeed without it (RFC 9110 §13.2.1).
        Err(RecordFault::Stale(_)) if records.read_record(tx, at)?.deleted_at().is_some() => Err(RecordFault::Binned),
        outcome => outcome,
    }
}

pub(super) async fn delete(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (OneRecord, NoQuery),
    wanted: IfMatch,
) -> Result<StatusCode, ApiFault> {
    let (records, at) = (house.records.clone(), record_ref(&house, &cx, &at)?);
    let condition = wanted.clone();
    let written = house.db.write(&cx, move |tx| {
        let version = condition.version(&records, tx, &at)?;
        records.delete_record(tx, &at, version)
    });
    written.await.map_err(|fault| wanted.judge(fault))?;
    Ok(StatusCode::NO_CONTENT)
}
