//! The facts that matter: when somebody last spoke, what is open, what comes next.

use kernel::Lang;
use maud::{Markup, html};
use records::{Record, Value};

use super::{RecordView, title};
use ui::format;
use ui::text::{M, count_deals, t};
use ui::{Sums, plain, stat};

/// Draws them as a row of figures.
pub(super) fn facts(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    html! {
        div.stats {
            @if view.record.definition().name == "deal" {
                (own(view, "amount"))
                (own(view, "close_date"))
            } @else {
                (last(view))
                (pipeline(view))
            }
            (next(view))
            @if view.record.definition().name == "deal" { (last(view)) }
            @else { (stat(t(lang, M::Updated), &format::ago(lang, view.record.updated_at(), view.now), "")) }
        }
    }
}

fn nothing(lang: Lang) -> String {
    t(lang, M::Nothing).to_owned()
}

fn said(view: &RecordView<'_>, record: &Record, name: &str) -> Option<String> {
    let field = record.definition().field(name)?;
    Some(plain(view.lang(), field, record.value(name)?, view.names, view.now))
}

/// A fact that is a field of the record itself.
fn own(view: &RecordView<'_>, name: &str) -> Markup {
    let lang = view.lang();
    let label = view.record.definition().field(name).map_or("", |field| field.label(lang));
    stat(label, &said(view, view.record, name).unwrap_or_else(|| nothing(lang)), "")
}

fn last(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    let at = view.facts.last.as_deref().map(super::timeline::moment_of);
    let kind = view.facts.last.as_deref().and_then(|note| said(view, note, "kind")).unwrap_or_default();
    stat(t(lang, M::LastContact), &at.map_or_else(|| nothing(lang), |at| format::ago(lang, at, view.now)), &kind)
}

/// What the open deals come to, all of them, counted and summed by the database.
fn pipeline(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    let open = || view.facts.deals.iter().filter(|total| !matches!(total.choice.as_str(), "won" | "lost"));
    let sums = Sums::gather(open().flat_map(|total| total.sums.iter().copied()), view.currency());
    let (lead, rest) = sums.lines(lang).unwrap_or_else(|| (nothing(lang), String::new()));
    let mut small = count_deals(lang, open().map(|total| total.count).sum());
    if !rest.is_empty() {
        small = format!("{rest} · {small}");
    }
    stat(t(lang, M::OpenPipeline), &lead, &small)
}

fn next(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    let task = view.facts.next.as_deref();
    let name = task.map_or_else(|| nothing(lang), |task| title(lang, task));
    let due = task.and_then(|task| match task.value("due") {
        Some(Value::Date(day)) => Some(format::date(lang, *day, view.now.date())),
        _ => None,
    });
    stat(t(lang, M::NextStep), &name, due.as_deref().unwrap_or_default())
}
