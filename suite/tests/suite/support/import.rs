//! Files on their way into a house.

use std::io::Write as _;

use kernel::UploadId;
use records::RecordFault;
use records::import::{Checked, Counts, People, Plan, Policy, RowProblem, Runner};
use tabular::Choices;
use testkit::{Actor, App};

/// What came of an import.
pub(crate) struct Imported {
    pub(crate) plan: Plan,
    pub(crate) checked: Checked,
    pub(crate) counts: Counts,
    pub(crate) problems: Vec<RowProblem>,
}

/// Stages a file and opens an import for it.
pub(crate) async fn plan(app: &App, actor: &Actor, object: &str, bytes: &[u8]) -> Result<UploadId, RecordFault> {
    let (records, db, bytes, object) = (app.records.clone(), app.db.clone(), bytes.to_vec(), object.to_owned());
    let staging = tokio::task::spawn_blocking(move || -> std::io::Result<(UploadId, u64)> {
        let mut staging = records.intake().stage(db.now(), db.chance())?;
        staging.write_all(&bytes)?;
        staging.finish()
    });
    let staged = staging.await.unwrap()?;
    actor.write(move |records, tx| records.plan_import(tx, staged, &object, "a.csv", &Choices::default())).await
}

/// Opens the runner of an import.
pub(crate) async fn runner(app: &App, actor: &Actor, id: UploadId) -> Result<Runner, RecordFault> {
    let (records, db, cx) = (app.records.clone(), app.db.clone(), actor.cx.clone());
    tokio::task::spawn_blocking(move || Runner::open(records, db, cx, People::default(), id)).await.unwrap()
}

/// Plans, checks and runs a file as it is proposed.
pub(crate) async fn import(
    app: &App,
    actor: &Actor,
    object: &'static str,
    bytes: &[u8],
) -> Result<Imported, RecordFault> {
    let id = plan(app, actor, object, bytes).await?;
    let (_, plan) = actor.read(move |records, tx| records.read_import(tx, id)).await?;
    let mapping = plan.mapping.clone();
    actor.write(move |records, tx| records.map_import(tx, id, mapping, (Policy::Skip, true))).await?;
    run(app, actor, id, plan).await
}

/// Checks and runs an import that was planned, and takes its job out of the queue as a worker would.
pub(crate) async fn run(app: &App, actor: &Actor, id: UploadId, plan: Plan) -> Result<Imported, RecordFault> {
    let mut checking = runner(app, actor, id).await?;
    let checked = tokio::task::spawn_blocking(move || checking.check(u64::MAX)).await.unwrap()?;
    let job = actor.write(move |records, tx| records.start_import(tx, id)).await?;
    let mut running = runner(app, actor, id).await?;
    let counts = tokio::task::spawn_blocking(move || {
        while running.step()?.is_some() {}
        Ok::<_, RecordFault>(running.counts())
    });
    let counts = counts.await.unwrap()?;
    actor.write(move |_, tx| Ok(db::queue::finish(tx, job)?)).await?;
    let problems = actor.read(move |records, tx| records.import_problems(tx, id, 0, 100_000)).await?;
    Ok(Imported { plan, checked, counts, problems })
}
