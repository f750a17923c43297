//! What sealing costs whoever works: the same questions to Custos and to its plaintext twin, one after the other.

use std::time::Instant;

use anyhow::Result;
use authz::{Cx, Reach};
use kernel::Currency;
use records::{Change, ListQuery};

use super::twin::Twin;
use super::{Filled, owner, reaching};
use crate::measure::sample_of;
use crate::report::{Bound, Line};

/// Questions of each kind.
const ASKED: usize = 400;

/// Times of one kind of question, in milliseconds.
struct Times(Vec<f64>);

impl Times {
    /// The time that nineteen in twenty stay below.
    fn p95(&mut self) -> f64 {
        self.0.sort_by(f64::total_cmp);
        self.0.get(self.0.len() * 95 / 100).copied().unwrap_or_default()
    }

    fn median(&mut self) -> f64 {
        self.0.sort_by(f64::total_cmp);
        self.0.get(self.0.len() / 2).copied().unwrap_or_default()
    }
}

/// Measures search, pages by name, creating, and the room on disk.
pub(crate) async fn measure(filled: &Filled, rows: u32, engine: &str, twin: &mut Twin) -> Result<Vec<Line>> {
    let cx = reaching(&filled.app, owner(1), Reach::All);
    let names = names(rows);
    let mut lines = search(filled, &cx, &names, twin, engine).await?;
    lines.extend(sorted(filled, &cx, &names, twin, engine).await?);
    lines.extend(create(filled, &cx, rows, twin, engine).await?);
    Ok(lines)
}

/// Names of some of the contacts, spread over all.
fn names(rows: u32) -> Vec<String> {
    let sample = sample_of(rows);
    let one = |n: usize| sample.contact(n * 7919 % rows as usize).name;
    (0..ASKED).map(one).collect()
}

/// What is in the field while somebody types a name: from its second letter on.
fn typed(names: &[String]) -> impl Iterator<Item = String> + '_ {
    names.iter().enumerate().map(|(at, name)| {
        let letters = name.chars().count();
        name.chars().take(2 + at % letters.saturating_sub(1).max(1)).collect()
    })
}

async fn search(filled: &Filled, cx: &Cx, names: &[String], twin: &mut Twin, engine: &str) -> Result<Vec<Line>> {
    let (mut ours, mut theirs) = (Times(Vec::new()), Times(Vec::new()));
    for text in typed(names) {
        let (records, asked) = (filled.app.records.clone(), text.clone());
        let began = Instant::now();
        filled.app.db.read(cx, move |tx| records.search(tx, &asked, &[], 10).map(|found| found.len())).await?;
        ours.0.push(began.elapsed().as_secs_f64() * 1e3);
        let began = Instant::now();
        twin.search(&text).await?;
        theirs.0.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(pair("search as one types", engine, (ours.p95(), theirs.p95()), (20.0, 3.0)))
}

/// Pages by name, one behind the other, against as many pages of the twin from names all over the table.
async fn sorted(filled: &Filled, cx: &Cx, names: &[String], twin: &mut Twin, engine: &str) -> Result<Vec<Line>> {
    let (mut ours, mut theirs) = (Times(Vec::new()), Times(Vec::new()));
    let object = filled.app.records.object("contact")?;
    let mut query = ListQuery::parse(&object, Currency::EUR, [("sort", "name"), ("limit", "50")])?;
    for name in names {
        let (records, asked) = (filled.app.records.clone(), query.clone());
        let began = Instant::now();
        let list = move |tx: &db::ReadTx<'_>| records.list_records(tx, "contact", &asked).map(|page| page.next);
        query.after = filled.app.db.read(cx, list).await?;
        ours.0.push(began.elapsed().as_secs_f64() * 1e3);
        let began = Instant::now();
        twin.sorted(name).await?;
        theirs.0.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(pair("page of 50 by name", engine, (ours.p95(), theirs.p95()), (10.0, 2.0)))
}

async fn create(filled: &Filled, cx: &Cx, rows: u32, twin: &mut Twin, engine: &str) -> Result<Vec<Line>> {
    let (mut ours, mut theirs) = (Times(Vec::new()), Times(Vec::new()));
    for number in 0..ASKED {
        let (name, email) = (format!("Casey Newcomer {number}"), format!("newcomer{number}@zq.example"));
        let texts = [("name", &name), ("email", &email)].map(|(field, text)| (field.to_owned(), text.clone()));
        let (records, change) = (filled.app.records.clone(), Change::from_form(texts));
        let began = Instant::now();
        filled.app.db.write(cx, move |tx| records.create_record(tx, "contact", change).map(|_| ())).await?;
        ours.0.push(began.elapsed().as_secs_f64() * 1e3);
        let began = Instant::now();
        twin.create(i64::from(rows) + i64::try_from(number)?, &name, &email).await?;
        theirs.0.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let (ours, theirs) = (ours.median(), theirs.median());
    Ok(vec![against("create one contact", engine, (ours, theirs), 3.0)])
}

/// A bound in milliseconds, and one against the twin.
fn pair(what: &str, engine: &str, (ours, theirs): (f64, f64), (most, times): (f64, f64)) -> Vec<Line> {
    let name = format!("{what}, p95, {engine}");
    let absolute =
        Line { name, value: ours, unit: "ms", bound: Bound::AtMost(most), detail: format!("the twin {theirs:.2} ms") };
    vec![absolute, against(what, engine, (ours, theirs), times)]
}

pub(super) fn against(what: &str, engine: &str, (ours, theirs): (f64, f64), times: f64) -> Line {
    Line {
        name: format!("{what} against the plaintext twin, {engine}"),
        value: ours / theirs,
        unit: "times",
        bound: Bound::AtMost(times),
        detail: format!("{ours:.2} against {theirs:.2} ms"),
    }
}
