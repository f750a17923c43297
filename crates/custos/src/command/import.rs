//! `custos import`.

use std::fs::File;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use authz::Cx;
use kernel::{Lang, UploadId};
use records::import::{Checked, Counts, People, Plan, Policy, RowProblem, Runner, State, Target};
use records::{Object, RecordFault};
use tabular::Choices;
use tokio::sync::watch;

use super::{acting, serve};
use crate::cli;
use crate::config::Config;
use crate::house::{self, House};

/// Wrong rows that are printed; all are counted, and the import's page lists more.
const LISTED: u32 = 50;
/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Brings the rows of a file in, or says what would happen.
///
/// # Errors
/// The file is no table, the person may not import, or the import could not be finished.
pub(super) async fn run(config: &Config, import: &cli::Import) -> Result<()> {
    if !import.file.is_file() {
        bail!("{} is not a file", import.file.display());
    }
    let house = house::open(config).await?;
    let cx = acting(&house, &import.acting).await?;
    let object = house.records.object(&import.object).map_err(|_| unknown(&house, &import.object))?;
    let id = plan(&house, &cx, import).await?;
    let records = house.records.clone();
    let (_, plan) = house.db.read(&cx, move |tx| records.read_import(tx, id)).await?;
    say_plan(&object, &plan);
    if import.dry_run {
        let checked = check(&house, &cx, id).await;
        let records = house.records.clone();
        house.db.write(&cx, move |tx| records.stop_import(tx, id)).await?;
        say_checked(&plan, &checked?);
        return Ok(());
    }
    let records = house.records.clone();
    house.db.write(&cx, move |tx| records.start_import(tx, id).map(|_| ())).await?;
    finish(&house, &cx, id, &plan).await
}

fn unknown(house: &House, name: &str) -> anyhow::Error {
    let known: Vec<&str> = house.records.objects().iter().map(|object| object.name.as_str()).collect();
    anyhow::anyhow!("there is no object {name}; there are: {}", known.join(", "))
}

/// Seals the file into the folder where uploads wait, and opens an import for it.
async fn plan(house: &House, cx: &Cx, import: &cli::Import) -> Result<UploadId> {
    let (records, db, path) = (house.records.clone(), house.db.clone(), import.file.clone());
    let staging = tokio::task::spawn_blocking(move || -> Result<(UploadId, u64)> {
        let unreadable = || format!("cannot read {}", path.display());
        let mut file = File::open(&path).with_context(unreadable)?;
        let mut staging = records.intake().stage(db.now(), db.chance()).context("the file cannot be stored")?;
        let mut chunk = vec![0; 256 * 1024];
        loop {
            let count = file.read(&mut chunk).with_context(unreadable)?;
            let Some(bytes) = chunk.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            staging.write_all(bytes).context("the file cannot be stored")?;
        }
        staging.finish().context("the file cannot be stored")
    });
    let upload = staging.await??;
    let name = import.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (records, object) = (house.records.clone(), import.object.clone());
    let policy = if import.update { Policy::Update } else { Policy::Skip };
    let make_missing = !import.known_links;
    let planning = house.db.write(cx, move |tx| {
        let id = records.plan_import(tx, upload, &object, &name, &Choices::default())?;
        let (_, plan) = records.read_import(tx, id)?;
        records.map_import(tx, id, plan.mapping, (policy, make_missing))?;
        Ok::<_, RecordFault>(id)
    });
    planning.await.with_context(|| format!("{} cannot be imported", import.file.display()))
}

async fn check(house: &House, cx: &Cx, id: UploadId) -> Result<Checked> {
    let people = People::new(house.accounts.known_people(cx).await?);
    let (records, db, cx) = (house.records.clone(), house.db.clone(), cx.clone());
    let checking = tokio::task::spawn_blocking(move || Runner::open(records, db, cx, people, id)?.check(u64::MAX));
    Ok(checking.await??)
}

/// Lets a worker of this process take the rows, unless one of a running server is faster, and waits for the end.
async fn finish(house: &House, cx: &Cx, id: UploadId, plan: &Plan) -> Result<()> {
    let (stop, stopped) = watch::channel(false);
    let watching = async {
        let ended = watch(house, cx, id).await;
        let _ = stop.send(true);
        ended
    };
    let (ended, ()) = tokio::join!(watching, serve::workers(house)?.run(stopped));
    let (state, counts, fault) = ended?;
    // The workers left off when the last row was taken.
    serve::compare(house).await?;
    let records = house.records.clone();
    let problems = house.db.read(cx, move |tx| records.import_problems(tx, id, 0, LISTED)).await?;
    println!("{}", counted(counts));
    say_problems(plan, &problems, counts.wrong);
    match state {
        State::Done => Ok(()),
        _ => bail!("the import ended before its last row: {}", fault.as_deref().unwrap_or(state.word())),
    }
}

async fn watch(house: &House, cx: &Cx, id: UploadId) -> Result<(State, Counts, Option<String>)> {
    let terminal = std::io::stdout().is_terminal();
    loop {
        let records = house.records.clone();
        let looking = house.db.read(cx, move |tx| -> Result<_, RecordFault> {
            let run = records.look_at_import(tx, id)?;
            Ok((run.state(), run.counts(), run.fault().map(str::to_owned), run.percent()))
        });
        let (state, counts, fault, percent) = looking.await?;
        if terminal {
            print!("\r{percent} %");
            std::io::stdout().flush()?;
        }
        if state != State::Running {
            if terminal {
                print!("\r");
            }
            return Ok((state, counts, fault));
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn say_plan(object: &Object, plan: &Plan) {
    println!(
        "{} · delimiter {:?} · {}",
        plan.encoding,
        plan.delimiter,
        if plan.header { "with headers" } else { "no headers" }
    );
    for (column, target) in plan.columns.iter().zip(&plan.mapping) {
        let goes = match target {
            Target::Skip => "(left out)".to_owned(),
            Target::Field(name) => {
                object.field(name).map_or_else(|| name.clone(), |f| f.labels.get(Lang::En).to_owned())
            }
            Target::FirstName => "Name, given".to_owned(),
            Target::LastName => "Name, family".to_owned(),
            Target::Owner => "Owner".to_owned(),
        };
        println!("  {column} -> {goes}");
    }
}

fn say_checked(plan: &Plan, checked: &Checked) {
    let mut parts = vec![format!("{} new", checked.fresh)];
    parts.extend(checked.matched.iter().map(|matched| format!("{} match by {}", matched.rows, matched.field)));
    if checked.repeated > 0 {
        parts.push(format!("{} repeated in the file", checked.repeated));
    }
    parts.push(format!("{} wrong", checked.wrong));
    println!("{} rows: {}", checked.rows, parts.join(", "));
    let some = checked.problems.len().min(LISTED as usize);
    say_problems(plan, checked.problems.get(..some).unwrap_or_default(), checked.wrong);
    println!("nothing was stored");
}

fn counted(counts: Counts) -> String {
    let Counts { created, updated, skipped, wrong } = counts;
    format!("{created} created, {updated} updated, {skipped} were there already, {wrong} wrong")
}

fn say_problems(plan: &Plan, problems: &[RowProblem], wrong: u64) {
    for problem in problems {
        let column = problem.column.and_then(|column| plan.columns.get(column)).map_or("", String::as_str);
        println!(
            "  line {} (row {}), column {column:?}: {}",
            problem.line,
            problem.row,
            problem.code.replace('-', " ")
        );
    }
    if wrong > problems.len() as u64 {
        println!("  and more; the import's page lists them");
    }
}
