//! The figures.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::custos::{Import, Install, Running};
use crate::load::{Load, Outcome};
use crate::report::{Bound, Line};
use crate::{Options, bare, budget_cost, filled, flood, session};

/// What one size of database came to.
struct Sized {
    point: Outcome,
    list: Outcome,
    import: Import,
    first_page: Duration,
    idle: f64,
    disk: f64,
    flood: Option<Line>,
}

/// Measures everything.
pub(crate) async fn all(options: &Options, scratch: &Path) -> Result<Vec<Line>> {
    let (bare_point, bare_list) = bare(options, scratch).await?;
    let mut small = custos(options, scratch, options.small).await?;
    let main = custos(options, scratch, options.rows).await?;
    let mut lines = against_bare(&main, bare_point, bare_list);
    lines.push(session::check().await?);
    lines.extend(budget_cost::measure().await?);
    lines.extend(small.flood.take());
    lines.extend(imported(options.rows, main.import));
    lines.extend(growth(&small, &main, options.small, options.rows));
    if options.large > 0 {
        let large = custos(options, scratch, options.large).await?;
        lines.extend(growth(&small, &large, options.small, options.large));
        lines.extend(imported(options.large, large.import));
    }
    let most = if options.large > 0 { options.large } else { options.rows };
    lines.extend(filled::measure(most, scratch).await?);
    Ok(lines)
}

fn against_bare(main: &Sized, bare_point: Outcome, bare_list: Outcome) -> Vec<Line> {
    let rates =
        |ours: Outcome, theirs: Outcome| format!("{:.0}/s of {:.0}/s, p95 {:.2} ms", ours.rate, theirs.rate, ours.p95);
    vec![
        line(
            "point read, share of the bare server's",
            main.point.rate / bare_point.rate * 100.0,
            "%",
            Bound::AtLeast(40.0),
            rates(main.point, bare_point),
        ),
        line(
            "list of 50, share of the bare server's",
            main.list.rate / bare_list.rate * 100.0,
            "%",
            Bound::AtLeast(30.0),
            rates(main.list, bare_list),
        ),
        line("start to first page", main.first_page.as_secs_f64(), "s", Bound::AtMost(2.0), String::new()),
        line("idle memory", main.idle, "MB", Bound::AtMost(80.0), format!("data on disk {:.0} MB", main.disk)),
    ]
}

fn imported(rows: u32, Import { elapsed, processor, peak }: Import) -> Vec<Line> {
    let took = format!("in {:.1} s, {processor:.1} s of a core", elapsed.as_secs_f64());
    let rate = f64::from(rows) / processor;
    vec![
        line(&format!("import of {rows}, a second of one core"), rate, "rows", Bound::AtLeast(5_000.0), took),
        line(&format!("import of {rows}, peak memory"), peak, "MB", Bound::AtMost(300.0), String::new()),
    ]
}

fn growth(small: &Sized, large: &Sized, few: u32, many: u32) -> Vec<Line> {
    let detail = |one: Outcome, other: Outcome| format!("median {:.2} ms against {:.2} ms", other.median, one.median);
    vec![
        line(
            &format!("point read at {many} against {few}"),
            large.point.median / small.point.median,
            "times",
            Bound::AtMost(1.5),
            detail(small.point, large.point),
        ),
        line(
            &format!("list of 50 at {many} against {few}"),
            large.list.median / small.list.median,
            "times",
            Bound::AtMost(1.5),
            detail(small.list, large.list),
        ),
    ]
}

fn line(name: &str, value: f64, unit: &'static str, bound: Bound, detail: String) -> Line {
    Line { name: name.to_owned(), value, unit, bound, detail }
}

async fn bare(options: &Options, scratch: &Path) -> Result<(Outcome, Outcome)> {
    let path = scratch.join("bare.db");
    bare::make_twin(&path, options.rows)?;
    let server = bare::start(&path).await?;
    let port = server.port;
    let points = (0..10_000_u64).map(|n| format!("/contacts/{}", n * 7919 % u64::from(options.rows))).collect();
    let point = load(options, port, points, None).await?;
    Ok((point, load(options, port, vec!["/contacts".to_owned()], None).await?))
}

async fn custos(options: &Options, scratch: &Path, rows: u32) -> Result<Sized> {
    let file = scratch.join(format!("contacts-{rows}.csv"));
    write_csv(&file, rows)?;
    let install = Install::new(&options.binary, scratch.join(format!("data-{rows}"))).await?;
    let import = install.import(&file, rows).await?;
    let token = install.token().await?;
    let running = install.serve().await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (first_page, idle) = (running.first_page, running.memory());
    let ids = ids(&running, &token).await?;
    let points: Vec<String> = ids.iter().map(|id| format!("/api/v1/contacts/{id}")).collect();
    let point = load(options, running.port, points.clone(), Some(token.clone())).await?;
    let list = load(options, running.port, vec!["/api/v1/contacts?limit=50".to_owned()], Some(token.clone())).await?;
    let flood = match rows == options.small {
        true => Some(flood::measure(&running, points, token, options.seconds).await?),
        false => None,
    };
    running.stop().await?;
    let disk = std::fs::read_dir(&install.data)?
        .flatten()
        .filter_map(|e| e.metadata().ok())
        .map(|m| m.len() as f64)
        .sum::<f64>()
        / 1e6;
    Ok(Sized { point, list, import, first_page, idle, disk, flood })
}

/// Returns the invented contacts that every server of a run is filled with.
pub(crate) fn sample_of(rows: u32) -> sample::Sample {
    sample::Sample::new(1, sample::Size { contacts: rows as usize, companies: 300, deals: 0 })
}

/// Writes invented contacts as CSV.
pub(crate) fn write_csv(file: &Path, rows: u32) -> Result<()> {
    let sample = sample_of(rows);
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    sample::csv::write_contacts(&sample, &mut out)?;
    Ok(out.flush()?)
}

/// Gathers ids of many contacts through the API, page by page.
async fn ids(running: &Running, token: &str) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut path = "/api/v1/contacts?limit=100".to_owned();
    while ids.len() < 10_000 {
        let page = crate::load::get(running.port, &path, token).await?;
        let items = page.get("data").and_then(|v| v.as_array()).context("a list without data")?;
        ids.extend(items.iter().filter_map(|item| item.get("id")?.as_str().map(str::to_owned)));
        match page.get("next").and_then(|v| v.as_str()) {
            Some(cursor) => path = format!("/api/v1/contacts?limit=100&after={cursor}"),
            None => break,
        }
    }
    Ok(ids)
}

async fn load(options: &Options, port: u16, paths: Vec<String>, token: Option<String>) -> Result<Outcome> {
    let span = Duration::from_secs(options.seconds);
    Load { port, paths: Arc::new(paths), token, connections: options.connections, span }.run().await
}
