//! Files on records.

use attachments::{Attachment, AttachmentFault, Wanted, name};
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest as _, Request, State};
use axum::response::Response;
use http::StatusCode;
use httpkit::{Fields, Params, Refusal, Signed, download, picture, status};
use kernel::{Fault as _, UserId};
use records::RecordRef;

use super::record::object_of;
use super::{FileFetch, FilePreview, FileRemove, FileRestore, FilesPage, RecordPage};
use crate::House;
use crate::house::{Place, see_other};
use pages::attachment::{self as page, FilesView};
use ui::Flash;
use ui::text::{F, t};

/// The most bytes of a form with files: several at once, and the words between them.
pub(super) const MOST: usize = 4 * 25 * 1024 * 1024 + 64 * 1024;

pub(super) async fn show(
    State(house): State<House>,
    signed: Signed,
    at: FilesPage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let lang = signed.cx.lang();
    let file = query.get("file").and_then(|id| id.parse().ok());
    let undo = file.map(|file| FileRestore { plural: at.plural.clone(), id: at.id, file }.to_string());
    let flash = match query.get("did") {
        Some("removed") => {
            Some(Flash { text: t(lang, F::Removed).to_owned(), undo: undo.map(|undo| (undo, Vec::new())) })
        }
        Some("restored") => Some(Flash { text: t(lang, F::Restored).to_owned(), undo: None }),
        Some("added") => Some(Flash { text: t(lang, F::Added).to_owned(), undo: None }),
        _ => None,
    };
    draw(&house, &signed, &at, flash, None).await
}

async fn draw(
    house: &House,
    signed: &Signed,
    at: &FilesPage,
    flash: Option<Flash>,
    refused: Option<&AttachmentFault>,
) -> Result<Response, Refusal> {
    let object = object_of(house, &signed.cx, &at.plural)?;
    let (own, record) = (house.clone(), RecordRef { object: object.name.clone(), id: at.id });
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let shown = own.records.read_record(tx, &record)?;
        let files = own.attachments.list_in(tx, &shown)?;
        let by: Vec<UserId> = files.iter().map(|file| file.by).collect();
        let people = own.people(tx, &by)?;
        Ok((shown, files, people))
    });
    let (record, files, people) = read.await?;
    let now = house.db.now();
    let (flash, code) = (flash.as_ref(), refused.map_or(StatusCode::OK, |fault| status(fault.class())));
    let view = FilesView { signed, record: &record, files: &files, people: &people, refused, flash, now };
    let (title, here) = (t(signed.cx.lang(), F::Title), format!("/{}", object.plural));
    house.show_as(code, signed, Place { title, here: &here, script: Some("record.js") }, &page::files(&view)).await
}

/// Takes files one after the other; at the first that is refused it ends, and says so.
pub(super) async fn attach(
    State(house): State<House>,
    signed: Signed,
    at: FilesPage,
    request: Request,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let record = RecordRef { object: object.name.clone(), id: at.id };
    // Whoever may not is told so before anything is read.
    house.attachments.may_attach(&signed.cx, record.clone()).await?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Refusal::malformed("form"))?;
    let (mut keep, mut stay) = (false, false);
    while let Some(field) = form.next_field().await.map_err(|_| Refusal::malformed("form"))? {
        match field.name() {
            Some("keep_secrets") => keep = true,
            Some("stay") => stay = true,
            Some("file") => match take(&house, &signed, record.clone(), (field, keep)).await {
                Ok(_) => {}
                // Whoever may not at all is told so as everywhere.
                Err(fault @ (AttachmentFault::Denied(_) | AttachmentFault::Record(_) | AttachmentFault::Db(_))) => {
                    return Err(fault.into());
                }
                Err(fault) => return draw(&house, &signed, &at, None, Some(&fault)).await,
            },
            _ => {}
        }
    }
    let record = RecordPage { plural: at.plural.clone(), id: at.id }.to_string();
    Ok(see_other(&if stay { format!("{at}?did=added") } else { record }))
}

async fn take(
    house: &House,
    signed: &Signed,
    at: RecordRef,
    (mut field, keep): (Field<'_>, bool),
) -> Result<Attachment, AttachmentFault> {
    let wanted = Wanted { name: field.file_name().unwrap_or_default().chars().take(1000).collect(), keep };
    let (feed, taking) = house.attachments.attach(&signed.cx, at, wanted);
    let mut feed = Some(feed);
    loop {
        match field.chunk().await {
            Ok(Some(bytes)) => {
                // Refused or not, the rest is heard out: a browser reads no answer before it has said everything.
                if let Some(open) = &feed
                    && !open.piece(bytes).await
                {
                    feed = None;
                }
            }
            Ok(None) => {
                if let Some(open) = feed {
                    open.end().await;
                }
                break;
            }
            // Dropped without an end: it has broken off.
            Err(_) => break drop(feed),
        }
    }
    taking.done().await
}

pub(super) async fn fetch(State(house): State<House>, signed: Signed, at: FileFetch) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let record = RecordRef { object: object.name.clone(), id: at.id };
    let file = house.attachments.fetch(&signed.cx, record, at.file).await?;
    let disposition = name::disposition(file.attachment.name().unwrap_or_default());
    Ok(download(file.pieces, file.attachment.size, &disposition))
}

pub(super) async fn preview(State(house): State<House>, signed: Signed, at: FilePreview) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let record = RecordRef { object: object.name.clone(), id: at.id };
    Ok(picture(house.attachments.preview(&signed.cx, record, at.file).await?))
}

pub(super) async fn remove(
    State(house): State<House>,
    signed: Signed,
    at: FileRemove,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let record = RecordRef { object: object.name.clone(), id: at.id };
    house.attachments.remove(&signed.cx, record, at.file).await?;
    let files = FilesPage { plural: at.plural, id: at.id };
    Ok(see_other(&format!("{files}?did=removed&file={}", at.file)))
}

pub(super) async fn restore(
    State(house): State<House>,
    signed: Signed,
    at: FileRestore,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let record = RecordRef { object: object.name.clone(), id: at.id };
    house.attachments.restore(&signed.cx, record, at.file).await?;
    Ok(see_other(&format!("{}?did=restored", FilesPage { plural: at.plural, id: at.id })))
}
