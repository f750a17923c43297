//! A house full of contacts that a hundred people own, opened in this process: what the use cases cost by themselves, without
//! a network between.

mod reach;
mod rotation;
mod sealed;
mod twin;

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use authz::{Area, Charter, Cx, Identity, Reach, Rights, Role, Verb};
use kernel::{Lang, ObjectName, UserId, Uuid};
use ledger::{ActorRef, Line, Origin, Via};
use records::RecordFault;
use records::import::{People, Runner};
use sample::csv::write_row;
use tabular::Choices;
use testkit::App;

use crate::custos::processor_time;
use crate::measure::sample_of;
use crate::report::{Bound, Line as Figure};

/// People who own the contacts, each as many.
const OWNERS: u128 = 100;

/// A house and what filling it took.
pub(crate) struct Filled {
    pub(crate) app: App,
    /// Rows in a second of one core, at the first tenth of the import and at the last.
    pub(crate) rates: (f64, f64),
}

/// Measures a house of `rows` contacts on both engines, beside its plaintext twin.
pub(crate) async fn measure(rows: u32, scratch: &Path) -> Result<Vec<Figure>> {
    let mut lines = Vec::new();
    for engine in ["sqlite", "postgres"] {
        let Some(filled) = fill(engine, rows, scratch).await? else { continue };
        let (first, last) = filled.rates;
        let figure = |what: &str, value, unit, bound, detail| Figure {
            name: format!("{what} {rows}, {engine}"),
            value,
            unit,
            bound,
            detail,
        };
        let detail = format!("{first:.0} rows at first");
        lines.push(figure("import, end of", last, "rows", Bound::AtLeast(5_000.0), detail));
        let share = last / first * 100.0;
        lines.push(figure("import, end against beginning of", share, "%", Bound::AtLeast(60.0), String::new()));
        let mut twin = twin::Twin::make(engine, rows, scratch).await?;
        let (ours, theirs) = (room(&filled.app).await?, twin.size().await?);
        let detail = format!("{ours:.0} against {theirs:.0} MB");
        lines.push(figure("on disk, against the plaintext twin,", ours / theirs, "times", Bound::AtMost(2.5), detail));
        rotation::forget_peak()?;
        lines.extend(reach::measure(&filled, rows, engine).await?);
        lines.extend(sealed::measure(&filled, rows, engine, &mut twin).await?);
        lines.extend(rotation::measure(&filled, rows, engine).await?);
        lines.push(rotation::peak(rows, engine)?);
        twin.end().await?;
    }
    Ok(lines)
}

/// Returns what a house holds on disk, in MB: data, keys, ledger and index.
async fn room(app: &App) -> Result<f64> {
    let mut bytes = 0.0;
    for place in [app.data(), app.keys()] {
        bytes += match place {
            db::Place::File(path) => std::fs::metadata(path)?.len() as f64,
            db::Place::Postgres(place) => twin::room(&place.url, place.schema.as_str()).await?,
        };
    }
    Ok(bytes / 1e6)
}

/// Returns one of the owners.
pub(crate) fn owner(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(0x7000_0000_0000_0000 + number % OWNERS))
}

/// Returns the context of an owner whose rights reach so far.
#[expect(clippy::disallowed_methods, reason = "a bench is its own sign-in")]
pub(crate) fn reaching(app: &App, user: UserId, reach: Reach) -> Cx {
    let verbs = [Verb::Read, Verb::Create, Verb::Update, Verb::Import];
    let charter = verbs.into_iter().fold(Charter::default(), |all, verb| all.grant(Area::Records, verb, reach));
    let rights = Rights::compiled(vec![Role::Agent], [charter]).into();
    let identity = Identity { actor: ActorRef::User(user), person: Some(user), session: None, rights };
    Cx::mint(identity, Origin::via(Via::Api), app.request(), Lang::En)
}

/// Fills a house with `rows` contacts, as an import does; nothing where the engine is not there.
pub(crate) async fn fill(engine: &str, rows: u32, scratch: &Path) -> Result<Option<Filled>> {
    let Some(app) = App::start(engine).await else { return Ok(None) };
    see_all(&app).await?;
    let file = scratch.join(format!("owned-{rows}.csv"));
    write_owned(&file, rows)?;
    let cx = reaching(&app, owner(0), Reach::All);
    let (records, db) = (app.records.clone(), app.db.clone());
    let staged = tokio::task::spawn_blocking(move || {
        let mut staging = records.intake().stage(db.now(), db.chance())?;
        std::io::copy(&mut std::fs::File::open(&file)?, &mut staging)?;
        std::fs::remove_file(&file)?;
        staging.finish()
    });
    let staged = staged.await??;
    let records = app.records.clone();
    let plan = move |tx: &mut db::WriteTx<'_>| {
        let id = records.plan_import(tx, staged, "contact", "owned.csv", &Choices::default())?;
        records.start_import(tx, id)?;
        Ok::<_, RecordFault>(id)
    };
    let id = app.db.write(&cx, plan).await?;
    let people = People::new((0..OWNERS).map(|number| (format!("owner{number}@zq.example"), owner(number))));
    let (records, db, clock) = (app.records.clone(), app.db.clone(), app.clock.clone());
    let rates = tokio::task::spawn_blocking(move || {
        let mut running = Runner::open(records, db, cx, people, id)?;
        let tenth = u64::from(rows / 10).max(1);
        let (mut marks, mut done) = (vec![(0, processor_time(std::process::id()))], 0);
        while let Some(counts) = running.step()? {
            clock.advance(Duration::from_millis(1));
            if counts.created / tenth > done / tenth {
                marks.push((counts.created, processor_time(std::process::id())));
            }
            done = counts.created;
        }
        let rate = |pair: Option<&[(u64, f64)]>| match pair {
            Some([(from, began), (to, ended)]) => (to - from) as f64 / (ended - began),
            _ => 0.0,
        };
        let rates = (rate(marks.windows(2).next()), rate(marks.windows(2).last()));
        if done == u64::from(rows) { Ok(rates) } else { Err(anyhow!("the import took {done} rows")) }
    });
    Ok(Some(Filled { rates: rates.await??, app }))
}

/// Lets whoever measures see more people than anybody's work needs.
async fn see_all(app: &App) -> Result<()> {
    let all = db::budget::Counted { hour: budget::MOST, day: budget::MOST };
    let limits = db::budget::Limits { soft: all, hard: all };
    let setting = ObjectName::parse("setting").map_err(|_| anyhow!("a name"))?;
    let set = move |tx: &mut db::WriteTx<'_>| {
        tx.note(Line::done(ledger::verbs::CONFIGURE, setting));
        Role::ALL.iter().try_for_each(|role| db::budget::set_limits(tx, *role, limits))
    };
    app.db.write(&app.operator(), set).await.map_err(|fault: db::DbFault| anyhow!("{fault}"))
}

fn write_owned(file: &Path, rows: u32) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    write_row(&mut out, &["name", "email", "phone", "title", "city", "stage", "owner"])?;
    for (number, contact) in sample_of(rows).contacts().enumerate() {
        let (email, phone) = (contact.email.unwrap_or_default(), contact.phone.unwrap_or_default());
        let owner = format!("owner{}@zq.example", number as u128 % OWNERS);
        write_row(
            &mut out,
            &[contact.name, email, phone, contact.title, contact.city, contact.stage.to_owned(), owner],
        )?;
    }
    out.flush().context("no room for the file")
}
