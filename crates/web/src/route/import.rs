//! Bringing records in.

use std::io::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::extract::multipart::{Field, Multipart};
use axum::response::Response;
use http::StatusCode;
use httpkit::{Fields, Params, Refusal, Signed, status};
use kernel::{Fault as _, UploadId};
use records::RecordFault;
use records::import::{Checked, People, Policy, Runner, Staging, State as RunState, Target};

use super::{ImportCheck, ImportColumns, ImportPage, ImportRunPage, ImportStart};
use crate::House;
use crate::house::{Place, see_other};
use pages::import as page;
use ui::text::{M, t};

/// Rows a check looks at; a longer file is checked as far as that, and every row again when it is taken.
const CHECKED: u64 = 200_000;
/// Wrong rows a page lists.
const LISTED: u32 = 500;
/// Earlier imports a page lists.
const EARLIER: u32 = 10;

async fn show_choice(
    house: &House,
    signed: &Signed,
    object: &str,
    refused: Option<(StatusCode, &'static str)>,
) -> Result<Response, Refusal> {
    let own = house.clone();
    let runs = house
        .db
        .read(&signed.cx, move |tx| -> Result<_, Refusal> { Ok(own.records.list_imports(tx, EARLIER)?) })
        .await?;
    let body = page::choose(signed, &house.records, object, &runs, refused.map(|(_, code)| code), house.db.now());
    let code = refused.map_or(StatusCode::OK, |(code, _)| code);
    house.show_as(code, signed, place(signed), &body).await
}

fn place(signed: &Signed) -> Place<'static> {
    Place { title: t(signed.cx.lang(), M::ImportTitle), here: "/import", script: Some("import.js") }
}

pub(super) async fn choose(
    State(house): State<House>,
    signed: Signed,
    _: ImportPage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    show_choice(&house, &signed, query.get("object").unwrap_or("contact"), None).await
}

pub(super) async fn upload(
    State(house): State<House>,
    signed: Signed,
    mut form: Multipart,
) -> Result<Response, Refusal> {
    let mut object = "contact".to_owned();
    let (own, first) = (house.clone(), house.records.object(&object)?);
    let asked =
        house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> { Ok(own.records.may_import(tx, &first.name)?) });
    asked.await?;
    let mut staged = None;
    while let Some(field) = form.next_field().await.map_err(|_| Refusal::malformed("form"))? {
        match field.name() {
            Some("object") => object = field.text().await.map_err(|_| Refusal::malformed("form"))?,
            Some("file") => {
                let name: String = field.file_name().unwrap_or_default().chars().take(200).collect();
                staged = Some((name, stage(&house, field).await?));
            }
            _ => {}
        }
    }
    let Some((file, upload)) = staged else {
        return show_choice(&house, &signed, &object, Some((StatusCode::UNPROCESSABLE_ENTITY, "invalid"))).await;
    };
    let (records, target) = (house.records.clone(), object.clone());
    let planned = house
        .db
        .write(&signed.cx, move |tx| records.plan_import(tx, upload, &target, &file, &tabular::Choices::default()));
    match planned.await {
        Ok(id) => Ok(see_other(&ImportRunPage { id }.to_string())),
        Err(fault @ RecordFault::Sniff(_)) => {
            show_choice(&house, &signed, &object, Some((status(fault.class()), "unsupported-media-type"))).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Puts a file where it waits, sealed, as it arrives: it is never whole in memory and never in the clear on the disk.
async fn stage(house: &House, mut field: Field<'_>) -> Result<(UploadId, u64), Refusal> {
    let failed = |_| Refusal::from(db::DbFault::Full);
    let mut staging: Staging = house.records.intake().stage(house.db.now(), house.db.chance()).map_err(failed)?;
    while let Some(chunk) = field.chunk().await.map_err(|_| Refusal::malformed("file"))? {
        tokio::task::block_in_place(|| staging.write_all(&chunk)).map_err(failed)?;
    }
    tokio::task::block_in_place(|| staging.finish()).map_err(failed)
}

pub(super) async fn show(State(house): State<House>, signed: Signed, at: ImportRunPage) -> Result<Response, Refusal> {
    let own = house.clone();
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let (run, plan) = own.records.read_import(tx, at.id)?;
        let wrong = if run.state() == RunState::Planned {
            Vec::new()
        } else {
            own.records.import_problems(tx, at.id, 0, LISTED)?
        };
        Ok((run, plan, wrong))
    });
    let (run, plan, wrong) = read.await?;
    let object = house.records.written(&signed.cx, &house.records.object(run.target().as_str())?);
    let body = match run.state() {
        RunState::Planned => page::columns(&signed, &object, &run, &plan),
        _ => page::running(&signed, &object, &run, &plan, &wrong),
    };
    house.show(&signed, place(&signed), &body).await
}

pub(super) async fn columns(
    State(house): State<House>,
    signed: Signed,
    at: ImportColumns,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let mapping: Vec<Target> = form.all("map").map(Target::parse).collect();
    let policy = if form.get("policy") == Some("update") { Policy::Update } else { Policy::Skip };
    let make = form.get("make").is_some();
    let records = house.records.clone();
    let written = house.db.write(&signed.cx, move |tx| -> Result<_, Refusal> {
        Ok(records.map_import(tx, at.id, mapping, (policy, make))?)
    });
    written.await?;
    Ok(see_other(&ImportCheck { id: at.id }.to_string()))
}

pub(super) async fn check(State(house): State<House>, signed: Signed, at: ImportCheck) -> Result<Response, Refusal> {
    let people = People::new(house.accounts.known_people(&signed.cx).await?);
    let (records, db, cx) = (house.records.clone(), house.db.clone(), signed.cx.clone());
    let checking = tokio::task::spawn_blocking(move || -> Result<Checked, RecordFault> {
        Runner::open(records, db, cx, people, at.id)?.check(CHECKED)
    });
    let found = checking.await.map_err(|_| db::DbFault::Abandoned)??;
    let own = house.clone();
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> { Ok(own.records.read_import(tx, at.id)?) });
    let (run, plan) = read.await?;
    let object = house.records.written(&signed.cx, &house.records.object(run.target().as_str())?);
    house.show(&signed, place(&signed), &page::check(&signed, &object, &run, &plan, &found)).await
}

pub(super) async fn start(State(house): State<House>, signed: Signed, at: ImportStart) -> Result<Response, Refusal> {
    let records = Arc::new(house.records.clone());
    house
        .db
        .write(&signed.cx, move |tx| -> Result<_, Refusal> { Ok(records.start_import(tx, at.id).map(|_| ())?) })
        .await?;
    Ok(see_other(&ImportRunPage { id: at.id }.to_string()))
}
