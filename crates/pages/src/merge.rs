//! Making one of several records: which stays, and field by field whose value it gets.

use authz::Merge;
use db::Permitted;
use httpkit::Signed;
use kernel::{Lang, Timestamp};
use maud::{Markup, html};
use records::object::Kind;
use records::{Field, Object, Record};

use super::top;
use ui::text::{L, M, t};
use ui::{Names, ago, banner, csrf, icon, plain};

/// What the page shows.
pub struct MergeView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What kind of records.
    pub object: &'a Object,
    /// The records, the oldest first.
    pub records: &'a [Permitted<Record, Merge>],
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
    /// Why it was not done.
    pub refused: Option<&'static str>,
}

/// Draws the page.
#[must_use]
pub fn merge(view: &MergeView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let back = format!("/{}/duplicates", object.plural);
    let crumbs = html! {
        nav.crumbs aria-label=(t(lang, L::Title)) { a href=(back) data-swap { (t(lang, L::Title)) } (icon("right")) }
        h1 { (t(lang, L::Merge)) }
    };
    html! {
        (top(lang, &crumbs, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            form."wide-page" method="post" action={ "/" (object.plural) "/merge" } data-swap {
                (csrf(&view.signed.csrf))
                @if let Some(code) = view.refused { @let (what, next) = ui::fault::explain(lang, code); (banner("bad", "warn", what, next)) }
                p.lead { (t(lang, L::MergeLead)) }
                @for record in view.records { input type="hidden" name="id" value={ (record.record_id()) ":" (record.current_version()) }; }
                div.scroll { table.plain.merge {
                    thead { (keeps(view)) }
                    tbody {
                        @for field in object.fields.iter().filter(|field| offered(view, field)) { (row(view, field)) }
                        tr { th scope="row" { (t(lang, L::Changed)) } @for record in view.records { td { (ago(lang, record.updated_at(), view.now)) } } }
                    }
                } }
                @if sealed(view) { p.hint { (icon("lock")) (t(lang, L::SealedStay)) } }
                div.acts { button.btn.primary { (t(lang, L::MergeNow)) } a.btn href=(back) data-swap { (t(lang, M::Cancel)) } }
            }
        }
    }
}

/// Which one stays: the oldest, unless somebody says otherwise.
fn keeps(view: &MergeView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        tr {
            th scope="col" { (t(lang, L::Stays)) }
            @for (nth, record) in view.records.iter().enumerate() {
                th scope="col" { label.check {
                    input type="radio" name="keep" value=(record.record_id()) checked[nth == 0];
                    span { (super::record::title(lang, record)) }
                } }
            }
        }
    }
}

/// Only what somebody may choose: fields they see and write, that one of the records holds.
fn offered(view: &MergeView<'_>, field: &Field) -> bool {
    let held = || view.records.iter().any(|record| record.value(field.name.as_str()).is_some());
    field.is_written() && !field.is_masked() && held()
}

fn row(view: &MergeView<'_>, field: &Field) -> Markup {
    let lang = view.signed.cx.lang();
    let value = |record: &Record| record.value(field.name.as_str()).cloned();
    let text = |record: &Record| said(lang, view, field, record);
    // The first that holds something is proposed; where all agree there is nothing to choose.
    let first = view.records.iter().position(|record| value(record).is_some()).unwrap_or_default();
    let mut held = view.records.iter().map(|record| value(record));
    let differ = held.next().is_some_and(|one| held.any(|other| other != one));
    html! {
        tr {
            th scope="row" { (field.label(lang)) @if field.kind == Kind::Tags && differ { " · " span.nil { (t(lang, L::Together)) } } }
            @for (nth, record) in view.records.iter().enumerate() {
                td {
                    @if differ && field.kind != Kind::Tags {
                        label.check {
                            input type="radio" name={ "f." (field.name) } value=(record.record_id()) checked[nth == first]
                                aria-label={ (field.label(lang)) ": " (text(record)) };
                            span { (text(record)) }
                        }
                    } @else { (text(record)) }
                }
            }
        }
    }
}

fn said(lang: Lang, view: &MergeView<'_>, field: &Field, record: &Record) -> String {
    let value = record.value(field.name.as_str());
    value.map_or_else(|| t(lang, M::Nothing).to_owned(), |value| plain(lang, field, value, view.names, view.now))
}

/// Tells whether one of them holds a sealed value: it does not move.
fn sealed(view: &MergeView<'_>) -> bool {
    let masked = || view.object.fields.iter().filter(|field| field.is_masked());
    view.records.iter().any(|record| masked().any(|field| record.holds(field.name.as_str())))
}
