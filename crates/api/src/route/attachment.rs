//! Files on records.

use attachments::{Attachment, AttachmentFault, AttachmentId, Wanted, name};
use authz::Cx;
use axum::RequestExt as _;
use axum::body::BodyDataStream;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use http::{StatusCode, header};
use httpkit::{Bearer, Params, Refusal, download};
use kernel::RecordId;
use records::RecordRef;

use super::record::kept;
use super::{FileList, OneFile};
use crate::House;
use crate::fault::ApiFault;
use crate::file::{FileView, Naming};
use crate::query::NoQuery;
use crate::view::Written;
use crate::workspace::ListView;

/// The most bytes of a body: more than those of the largest file, so that who sends more is told so.
pub(super) const MOST: usize = 32 * 1024 * 1024;

fn record_ref(house: &House, cx: &Cx, (plural, id): (&str, RecordId)) -> Result<RecordRef, ApiFault> {
    Ok(RecordRef { object: house.object(cx, plural)?.name.clone(), id })
}

/// Answers as if the record was not there if it lies in the bin.
async fn in_use(house: &House, cx: &Cx, at: &RecordRef) -> Result<(), ApiFault> {
    let (records, at) = (house.records.clone(), at.clone());
    house.db.read(cx, move |tx| kept(&records, tx, &at).map(|_| ())).await
}

pub(super) async fn list(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (FileList, NoQuery),
) -> Result<Response, ApiFault> {
    let (own, record) = (house.clone(), record_ref(&house, &cx, (&at.plural, at.id))?);
    let read = house.db.read(&cx, move |tx| -> Result<Vec<Attachment>, ApiFault> {
        let record = kept(&own.records, tx, &record)?;
        Ok(own.attachments.list_in(tx, &record)?)
    });
    let files = read.await?;
    Ok(Written::of(&ListView { data: files.iter().map(FileView::of).collect(), next: None })?.into_response())
}

pub(super) async fn attach(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, Params(parameters)): (FileList, Params),
    request: Request,
) -> Result<Response, ApiFault> {
    let record = record_ref(&house, &cx, (&at.plural, at.id))?;
    // Whoever may not is told so before anything is read.
    house.attachments.may_attach(&cx, record.clone()).await?;
    let naming = Naming::of(&parameters)?;
    if request.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/octet-stream") {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type").into());
    }
    let wanted = Wanted { name: naming.name, keep: naming.keep };
    let made = take(&house, &cx, record, (wanted, request.into_limited_body().into_data_stream())).await?;
    let place = OneFile { plural: at.plural, id: at.id, file: made.id }.to_string();
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Written::of(&FileView::of(&made))?).into_response())
}

async fn take(
    house: &House,
    cx: &Cx,
    at: RecordRef,
    (wanted, mut body): (Wanted, BodyDataStream),
) -> Result<Attachment, AttachmentFault> {
    let (feed, taking) = house.attachments.attach(cx, at, wanted);
    let mut feed = Some(feed);
    loop {
        match body.next().await {
            Some(Ok(bytes)) => {
                // Refused or not, the rest is heard out, as far as a body goes: the answer is read after that.
                if let Some(open) = &feed
                    && !open.piece(bytes).await
                {
                    feed = None;
                }
            }
            None => {
                if let Some(open) = feed {
                    open.end().await;
                }
                break;
            }
            // Dropped without an end: it has broken off.
            Some(Err(_)) => {
                drop(feed);
                break;
            }
        }
    }
    taking.done().await
}

pub(super) async fn fetch(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (OneFile, NoQuery),
) -> Result<Response, ApiFault> {
    let record = record_ref(&house, &cx, (&at.plural, at.id))?;
    in_use(&house, &cx, &record).await?;
    let file = house.attachments.fetch(&cx, record, at.file).await?;
    let disposition = name::disposition(file.attachment.name().unwrap_or_default());
    Ok(download(file.pieces, file.attachment.size, &disposition))
}

pub(super) async fn remove(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (OneFile, NoQuery),
) -> Result<StatusCode, ApiFault> {
    let record = record_ref(&house, &cx, (&at.plural, at.id))?;
    let file: AttachmentId = at.file;
    house.attachments.remove(&cx, record, file).await?;
    Ok(StatusCode::NO_CONTENT)
}
