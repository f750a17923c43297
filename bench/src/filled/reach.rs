//! What a reach costs: lists of somebody who may see their own among very many, against lists of somebody who may see all.

use anyhow::Result;
use authz::Reach;
use records::ListQuery;

use super::{Filled, owner, reaching};
use crate::custos::processor_time;
use crate::report::{Bound, Line};

/// Rounds of each; the quickest counts.
const ROUNDS: usize = 5;
/// Lists in a round.
const LISTS: u128 = 1_000;

/// Measures lists of fifty, in processor time.
pub(crate) async fn measure(filled: &Filled, rows: u32, engine: &str) -> Result<Line> {
    let mut least = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        for (least, reach) in least.iter_mut().zip([Reach::Own, Reach::All]) {
            *least = least.min(lists(filled, reach).await?);
        }
    }
    let [own, all] = least.map(|seconds| seconds / LISTS as f64 * 1e6);
    Ok(Line {
        name: format!("list of one's own among {rows} against all, {engine}"),
        value: own / all,
        unit: "times",
        bound: Bound::AtMost(1.1),
        detail: format!("{own:.0} µs of a core against {all:.0} µs"),
    })
}

async fn lists(filled: &Filled, reach: Reach) -> Result<f64> {
    let before = processor_time(std::process::id());
    for number in 0..LISTS {
        let cx = reaching(&filled.app, owner(number), reach);
        let records = filled.app.records.clone();
        let list = move |tx: &db::ReadTx<'_>| {
            records.list_records(tx, "contact", &ListQuery::default()).map(|page| page.rows.len())
        };
        let shown = filled.app.db.read(&cx, list).await?;
        anyhow::ensure!(shown == 50, "{shown} contacts on a page");
    }
    Ok(processor_time(std::process::id()) - before)
}
