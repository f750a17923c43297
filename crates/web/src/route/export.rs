//! Taking records out.

use std::io::{self, Write};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use crypto::{AgeKey, AgeWriter, Recipient, Secret};
use exports::{ExportFault, ExportId, ExportRun, Exports, Form, Plan, RULE};
use http::StatusCode;
use httpkit::{Fields, Pairs, Params, Refusal, Signed, status};
use kernel::Fault as _;
use tokio::sync::mpsc;

use super::{ApprovalOne, ExportDiscard, ExportDownload, ExportOne, door};
use crate::House;
use crate::house::{Place, attachment, see_other};
use pages::export as page;
use ui::text::{E, t};

/// The shortest passphrase of a file: as for a password.
const SHORTEST: usize = 15;
/// Pieces of a file on their way that have not been sent.
const AHEAD: usize = 4;

fn place(signed: &Signed) -> Place<'static> {
    Place { title: t(signed.cx.lang(), E::Title), here: "/exports", script: None }
}

async fn choice(
    house: &House,
    signed: &Signed,
    (object, filters): (&str, Vec<String>),
    (reason, refused): (&str, Option<(StatusCode, &'static str)>),
) -> Result<Response, Refusal> {
    let preview = house.exports.preview(&signed.cx, object, filters.clone()).await?;
    let object = house.records.seen_by_name(&signed.cx, object)?;
    let body = page::choose(signed, &object, (&filters, &preview), (reason, refused.map(|(_, code)| code)));
    house.show_as(refused.map_or(StatusCode::OK, |(code, _)| code), signed, place(signed), &body).await
}

pub(super) async fn choose(
    State(house): State<House>,
    signed: Signed,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let object = query.get("object").unwrap_or("contact").to_owned();
    let filters = query.all("f").map(str::to_owned).collect();
    choice(&house, &signed, (&object, filters), ("", None)).await
}

pub(super) async fn list(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let runs = house.exports.list(&signed.cx).await?;
    let label = |run: &ExportRun| {
        let object = house.records.object(run.object.as_str());
        object.map_or_else(|_| run.object.to_string(), |object| object.plural_label(signed.cx.lang()).to_owned())
    };
    let runs: Vec<_> = runs.into_iter().map(|run| (run.clone(), label(&run))).collect();
    let body = page::list(&signed, &runs, house.db.now());
    house.show(&signed, place(&signed), &body).await
}

/// Begins at once, or asks for a second person.
pub(super) async fn create(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let all = |name: &str| form.all(name).map(str::to_owned).collect::<Vec<String>>();
    let (object, reason) = (form.get("object").unwrap_or("contact"), form.get("reason").unwrap_or_default());
    let plan = Plan { filters: all("f"), fields: all("field"), reason: reason.to_owned() };
    let (id, preview) = match house.exports.plan(&signed.cx, object, plan).await {
        Ok(planned) => planned,
        Err(fault @ (ExportFault::Reason | ExportFault::Field)) => {
            let refused = Some((status(fault.class()), fault.code()));
            return choice(&house, &signed, (object, all("f")), (reason, refused)).await;
        }
        Err(fault) => return Err(fault.into()),
    };
    if !preview.takes_two() {
        house.exports.start(&signed.cx, id).await?;
        return Ok(see_other(&ExportOne { id }.to_string()));
    }
    let (terms, reason) = house.exports.terms(&signed.cx, id).await?;
    if form.get("alone") == Some("yes") {
        house.approvals.alone(&signed.cx, RULE, terms, &reason).await?;
        return Ok(see_other(&ExportOne { id }.to_string()));
    }
    let asked = house.approvals.ask(&signed.cx, RULE, terms, &reason).await?;
    Ok(see_other(&ApprovalOne { id: asked }.to_string()))
}

async fn draw(
    house: &House,
    signed: &Signed,
    (id, typed): (ExportId, (&str, Form)),
    refused: Option<(StatusCode, &'static str)>,
) -> Result<Response, Refusal> {
    let (run, plan) = house.exports.read(&signed.cx, id).await?;
    let object = house.records.object(run.object.as_str())?;
    let body = page::one(signed, &object, (&run, &plan), typed, refused.map(|(_, code)| code));
    house.show_as(refused.map_or(StatusCode::OK, |(code, _)| code), signed, place(signed), &body).await
}

pub(super) async fn one(State(house): State<House>, signed: Signed, at: ExportOne) -> Result<Response, Refusal> {
    draw(&house, &signed, (at.id, Default::default()), None).await
}

pub(super) async fn discard(
    State(house): State<House>,
    signed: Signed,
    at: ExportDiscard,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    house.exports.discard(&signed.cx, at.id).await?;
    Ok(see_other(&ExportOne { id: at.id }.to_string()))
}

/// Returns what is to open the file: a key of age's if one was given, or else the passphrase.
fn recipient(form: &Pairs) -> Result<Recipient, &'static str> {
    let key = form.get("key").unwrap_or_default().trim();
    if !key.is_empty() {
        return AgeKey::parse(key).map(Recipient::Key).map_err(|_| "export-key");
    }
    let passphrase: Secret<String> = door::secret(form, "passphrase");
    if passphrase.expose().chars().count() < SHORTEST {
        return Err("export-passphrase");
    }
    Ok(Recipient::Passphrase(passphrase))
}

/// Sends the file as it is sealed: it is never whole anywhere here.
pub(super) async fn download(
    State(house): State<House>,
    signed: Signed,
    at: ExportDownload,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let kind = form.get("form").and_then(Form::parse).unwrap_or_default();
    let again = (at.id, (form.get("key").unwrap_or_default(), kind));
    let recipient = match recipient(&form) {
        Ok(recipient) => recipient,
        Err(code) => return draw(&house, &signed, again, Some((StatusCode::UNPROCESSABLE_ENTITY, code))).await,
    };
    let run = match house.exports.begin_download(&signed.cx, at.id).await {
        Ok(run) => run,
        Err(fault @ ExportFault::Over) => {
            return draw(&house, &signed, again, Some((status(fault.class()), fault.code()))).await;
        }
        Err(fault) => return Err(fault.into()),
    };
    let (sending, pieces) = mpsc::channel::<io::Result<Bytes>>(AHEAD);
    let (exports, cx, db) = (house.exports.clone(), signed.cx.clone(), house.db.clone());
    let name = format!("{}-{}.{}.age", run.object, house.db.now().date(), kind.code());
    tokio::task::spawn_blocking(move || {
        let out = Pieces(sending.clone());
        if let Err(fault) = write(out, (&exports, &cx, at.id), kind, &recipient, db.chance()) {
            tracing::warn!(export = %at.id, error = %fault, "a file was not sent whole");
            let _ = sending.blocking_send(Err(fault));
        }
    });
    let stream = futures_util::stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece, pieces))
    });
    Ok(attachment(Body::from_stream(stream), "application/octet-stream", &name))
}

/// What is written goes out in the answer.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map(|()| bytes.len()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(
    out: Pieces,
    (exports, cx, id): (&Exports, &authz::Cx, ExportId),
    kind: Form,
    recipient: &Recipient,
    chance: &dyn kernel::Chance,
) -> io::Result<()> {
    let file = AgeWriter::new(out, recipient, chance)?;
    exports::write(file, kind, (exports, cx, id))?.finish().map(drop)
}
