//! A change of the epoch key while people read: how long every key takes, and what readers notice of it.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use authz::{Cx, Reach};
use records::ListQuery;
use vault::Turn;

use super::{Filled, owner, reaching};
use crate::report::{Bound, Line};

/// Readers ask at least for so long, with all quiet.
const QUIET: Duration = Duration::from_secs(5);

/// Measures a whole change, and lists that are read meanwhile against lists that are read before it.
pub(crate) async fn measure(filled: &Filled, rows: u32, engine: &str) -> Result<Vec<Line>> {
    let cx = reaching(&filled.app, owner(2), Reach::Own);
    let until = Instant::now() + QUIET;
    let quiet = listed(filled, &cx, || Instant::now() < until).await?;
    let (vault, resting) = (filled.app.vault.clone(), tokio::runtime::Handle::current());
    let began = Instant::now();
    let changing = tokio::task::spawn_blocking(move || {
        let (rotation, _) = vault.rotate()?;
        while matches!(vault.turn()?, Turn::More(_)) {
            // As the program itself does.
            resting.block_on(tokio::time::sleep(vault::BREATH));
        }
        Ok::<_, vault::VaultFault>(rotation.total)
    });
    let busy = listed(filled, &cx, || !changing.is_finished()).await?;
    let took = began.elapsed().as_secs_f64();
    let keys = changing.await?.map_err(|fault| anyhow!("{fault}"))?;
    let name = |what: &str| format!("{what} {rows}, {engine}");
    Ok(vec![
        Line {
            name: name("change of the epoch key of"),
            value: took,
            unit: "s",
            bound: Bound::AtMost(60.0),
            detail: format!("{keys} keys"),
        },
        Line {
            name: name("list meanwhile, p99, against quiet,"),
            value: busy / quiet,
            unit: "times",
            bound: Bound::AtMost(2.0),
            detail: format!("{busy:.2} against {quiet:.2} ms"),
        },
    ])
}

/// Reads lists one after the other while `on`, and returns what ninety-nine in a hundred stay below, in milliseconds.
async fn listed(filled: &Filled, cx: &Cx, on: impl Fn() -> bool) -> Result<f64> {
    let mut times = Vec::new();
    while on() || times.len() < 100 {
        let records = filled.app.records.clone();
        let began = Instant::now();
        let list = move |tx: &db::ReadTx<'_>| {
            records.list_records(tx, "contact", &ListQuery::default()).map(|page| page.rows.len())
        };
        filled.app.db.read(cx, list).await?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() * 99 / 100).copied().unwrap_or_default())
}

/// Forgets how much memory this process has held at most.
pub(crate) fn forget_peak() -> Result<()> {
    Ok(std::fs::write("/proc/self/clear_refs", "5")?)
}

/// Returns how much memory this process held at most since then: house, bench and twin in one.
pub(crate) fn peak(rows: u32, engine: &str) -> Result<Line> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let held = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kib: f64 = held.trim_end_matches("kB").trim().parse()?;
    Ok(Line {
        name: format!("memory while serving {rows}, {engine}"),
        value: kib / 1024.0,
        unit: "MB",
        bound: Bound::AtMost(250.0),
        detail: "with the bench itself".to_owned(),
    })
}
