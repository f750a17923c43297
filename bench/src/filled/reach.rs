//! What a reach costs: lists of somebody who may see their own among very many, against lists of somebody who may see all.

use anyhow::Result;
use authz::Reach;
use kernel::Currency;
use records::ListQuery;

use super::{Filled, owner, reaching};
use crate::custos::processor_time;
use crate::report::{Bound, Line};

/// Rounds of each; the quickest counts.
const ROUNDS: usize = 5;
/// Lists in a round.
const LISTS: u128 = 1_000;

/// Measures lists of fifty, in processor time: those of somebody who may see their own, against the newest of all, and against the
/// same rows for somebody who may see all. The newest of all were stored one behind the other; what one person owns lies all over.
pub(crate) async fn measure(filled: &Filled, rows: u32, engine: &str) -> Result<Vec<Line>> {
    let mut least = [f64::INFINITY; 3];
    for _ in 0..ROUNDS {
        for (least, asked) in least.iter_mut().zip([Asked::Own, Asked::All, Asked::Theirs]) {
            *least = least.min(lists(filled, asked).await?);
        }
    }
    let [own, all, theirs] = least.map(|seconds| seconds / LISTS as f64 * 1e6);
    let line = |against: &str, other: f64| Line {
        name: format!("list of one's own among {rows} against {against}, {engine}"),
        value: own / other,
        unit: "times",
        bound: Bound::AtMost(1.1),
        detail: format!("{own:.0} µs of a core against {other:.0} µs"),
    };
    Ok(vec![line("all", all), line("the same rows with the reach of all", theirs)])
}

/// Whose contacts are asked for, and by whom.
#[derive(Clone, Copy)]
enum Asked {
    /// One's own, by somebody who may see no others.
    Own,
    /// Everybody's, by somebody who may see all.
    All,
    /// Somebody's, by somebody who may see all.
    Theirs,
}

async fn lists(filled: &Filled, asked: Asked) -> Result<f64> {
    let object = filled.app.records.object("contact")?;
    let before = processor_time(std::process::id());
    for number in 0..LISTS {
        let reach = if matches!(asked, Asked::Own) { Reach::Own } else { Reach::All };
        let cx = reaching(&filled.app, owner(number), reach);
        let filter = format!("owner:is:{}", owner(number));
        let filter = matches!(asked, Asked::Theirs).then_some(("f", filter.as_str()));
        let query = ListQuery::parse(&object, Currency::EUR, filter)?;
        let records = filled.app.records.clone();
        let list = move |tx: &db::ReadTx<'_>| records.list_records(tx, "contact", &query).map(|page| page.rows.len());
        let shown = filled.app.db.read(&cx, list).await?;
        anyhow::ensure!(shown == 50, "{shown} contacts on a page");
    }
    Ok(processor_time(std::process::id()) - before)
}
