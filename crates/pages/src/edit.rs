//! The form for a new or a changed record, and what is shown when two people changed the same one.

use duplicates::Alike;
use httpkit::{Pairs, Signed};
use kernel::{FieldName, Lang, Timestamp};
use maud::{Markup, html};
use records::{Conflict, Field, FieldFault, Object, Record, Value, Why};

use super::top;
use ui::fault::field as field_text;
use ui::text::{M, t};
use ui::{Control, Names, banner, control, csrf, field, icon, plain};

/// What the form shows.
pub struct EditView<'a> {
    /// Who fills it in.
    pub signed: &'a Signed,
    /// What it makes or changes.
    pub object: &'a Object,
    /// Where it goes.
    pub action: String,
    /// Where giving up leads.
    pub back: String,
    /// The version that is changed; none for a new record.
    pub version: Option<i64>,
    /// What each control holds.
    pub typed: Vec<(String, String)>,
    /// What was refused.
    pub faults: &'a [FieldFault],
    /// Records that look alike.
    pub alike: &'a [Alike],
    /// Masked fields that hold nothing yet: where a secret found in free text may move.
    pub vacant: &'a [FieldName],
}

/// Returns what the controls hold for a stored record; links by their titles.
#[must_use]
pub fn stored(record: &Record, names: &Names) -> Vec<(String, String)> {
    record.values().iter().map(|(name, value)| (name.to_string(), shown(Some(value), names))).collect()
}

/// Returns what a control holds for a value; a link by its title.
fn shown(value: Option<&Value>, names: &Names) -> String {
    match value {
        Some(Value::Link(id)) => names.titles.get(&id.uuid()).cloned().unwrap_or_else(|| id.to_string()),
        Some(other) => other.to_input(),
        None => String::new(),
    }
}

/// Returns what the controls hold after a refused form.
#[must_use]
pub fn typed(pairs: &Pairs) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Draws the form.
#[must_use]
pub fn edit(view: &EditView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let heading = match (view.version, lang) {
        (None, _) => super::list::new_label(lang, view.object),
        (Some(_), Lang::En) => format!("{} {}", t(lang, M::Edit), view.object.label(lang).to_lowercase()),
        (Some(_), Lang::Zh) => format!("{}{}", t(lang, M::Edit), view.object.label(lang)),
    };
    let crumbs = html! {
        nav.crumbs aria-label=(view.object.plural_label(lang)) {
            a href={ "/" (view.object.plural) } data-swap { (view.object.plural_label(lang)) } (icon("right"))
        }
        h1 { (heading) }
    };
    let by = super::duplicate::asked(view.object);
    html! {
        (top(lang, &crumbs, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            form.narrow method="post" action=(view.action) data-swap data-alike=[by.as_ref().map(|_| format!("/{}/alike", view.object.plural))]
                data-by=[&by] data-record=[view.version.and(view.action.rsplit('/').next())] {
                (csrf(&view.signed.csrf))
                @if by.is_some() { span.vh role="status" data-alike-said {} }
                @if let Some(version) = view.version { input type="hidden" name="version" value=(version); }
                @if !view.faults.is_empty() {
                    @let (what, next) = ui::fault::explain(lang, "invalid");
                    (banner("bad", "warn", what, next))
                }
                @if view.faults.iter().any(|fault| matches!(fault.why, Why::Secret(_))) { (secrets(view)) }
                @if let Some(back) = held(&view.typed, "back") { input type="hidden" name="back" value=(back); }
                @if !view.alike.is_empty() { (alike(view)) }
                div.two {
                    @for f in view.object.fields.iter().filter(|f| offered(f, view.version.is_some())) { (input(view, f)) }
                }
                div.acts {
                    button.btn.primary { (t(lang, if view.alike.is_empty() { M::Save } else { M::SaveAnyway })) }
                    @if !view.alike.is_empty() { input type="hidden" name="anyway" value="1"; }
                    a.btn href=(view.back) data-swap { (t(lang, M::Cancel)) }
                    span.sp {}
                    span.hint { (icon("lock")) (t(lang, M::PersonalSealed)) }
                }
            }
        }
    }
}

fn held<'t>(typed: &'t [(String, String)], name: &str) -> Option<&'t str> {
    typed.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Says that free text holds a secret, and offers what can be done with it.
fn secrets(view: &EditView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let found = view.faults.iter().filter(|fault| matches!(fault.why, Why::Secret(_)));
    let room = || view.vacant.iter().filter_map(|name| view.object.field(name.as_str()));
    html! {
        div.banner role="alert" {
            (icon("lock"))
            div {
                b { (t(lang, M::SecretFound)) }
                p { (t(lang, M::SecretFoundHint)) }
                @for fault in found {
                    @if let Some(from) = view.object.field(&fault.field) {
                        p.acts { @for to in room() {
                            button.btn.s name="move" value={ (from.name) ":" (to.name) } {
                                (t(lang, M::SecretMove)) (to.label(lang)) span.vh { " (" (from.label(lang)) ")" }
                            }
                        } }
                    }
                }
                label.check { input type="checkbox" name="keep_secrets" value="1"; span { (t(lang, M::SecretKeep)) } }
            }
        }
    }
}

/// Sensitive values are never in a page: a form for a stored record leaves them out, a new one may take them. Stamps are
/// written by nobody, and what a role only reads by none of its holders; but without a required field there is no new record.
fn offered(field: &Field, stored: bool) -> bool {
    !(stored && field.is_masked())
        && field.kind != records::object::Kind::User
        && (field.is_written() || (!stored && field.required && field.stamps.is_none()))
}

fn input(view: &EditView<'_>, f: &Field) -> Markup {
    let lang = view.signed.cx.lang();
    let name = f.name.as_str();
    let held = held(&view.typed, name).unwrap_or_default();
    let fault = view.faults.iter().find(|fault| fault.field == name);
    let wrong = fault.map(|fault| field_text(lang, fault.why.code(), fault.why.limit()));
    let spec = Control { name, label: f.label(lang), hint: "", required: f.required, wrong };
    field(lang, &spec, &control(lang, f, name, held, fault.is_some()))
}

fn alike(view: &EditView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        div.banner role="alert" {
            (icon("users"))
            div {
                b { (t(lang, M::Duplicates)) }
                p { (t(lang, M::DuplicatesHint)) }
                @for other in view.alike {
                    p { a.quiet href={ "/" (view.object.plural) "/" (other.record.record_id()) } { (super::record::title(lang, &other.record)) } }
                }
            }
        }
    }
}

/// What the page about two changes at once shows.
pub struct ConflictView<'a> {
    /// Who came later.
    pub signed: &'a Signed,
    /// What it is about.
    pub object: &'a Object,
    /// The address of the record.
    pub base: &'a str,
    /// What both changed.
    pub conflict: &'a Conflict,
    /// What ids are called.
    pub names: &'a Names,
    /// What the later one typed.
    pub pairs: &'a Pairs,
    /// The present moment.
    pub now: Timestamp,
}

/// Draws what two people did to one record: per field what it was, what it is, what the later one typed.
#[must_use]
pub fn conflict(view: &ConflictView<'_>) -> Markup {
    let ConflictView { signed, object, base, conflict, names, pairs, now } = *view;
    let lang = signed.cx.lang();
    let text = |field: &Field, value: Option<&Value>| {
        if field.is_masked() {
            return "••••••".to_owned();
        }
        value.map_or_else(|| t(lang, M::Nothing).to_owned(), |value| plain(lang, field, value, names, now))
    };
    html! {
        (top(lang, &html! { h1 { (t(lang, M::ConflictTitle)) } }, &html! {}))
        div.page tabindex="-1" {
            form."wide-page" method="post" action=(base) data-swap data-done=(t(lang, M::DoneSaved)) {
                (csrf(&signed.csrf))
                input type="hidden" name="version" value=(conflict.version);
                (banner("bad", "warn", t(lang, M::ConflictTitle), t(lang, M::ConflictHint)))
                div.scroll { table.plain.conflict {
                    thead { tr { th { (t(lang, M::Field)) } th { (t(lang, M::Original)) } th { (t(lang, M::Theirs)) } th { (t(lang, M::Yours)) } } }
                    tbody {
                        // What one did not touch oneself stays as the other left it.
                        @for row in conflict.fields.iter().filter(|row| row.theirs != row.original) {
                            @if let Some(f) = object.field(row.field.as_str()) {
                                tr {
                                    th scope="row" { (f.label(lang)) }
                                    td { (text(f, row.original.as_ref())) }
                                    td {
                                        span.take {
                                            (text(f, row.current.as_ref()))
                                            @if !f.is_masked() { button.btn.s type="button" data-take=(shown(row.current.as_ref(), names)) { (t(lang, M::TakeTheirs)) span.vh { ": " (f.label(lang)) } } }
                                        }
                                    }
                                    td { (control(lang, f, f.name.as_str(), pairs.get(f.name.as_str()).unwrap_or_default(), false)) }
                                }
                            }
                        }
                    }
                } }
                div.acts { button.btn.primary { (t(lang, M::Save)) } a.btn href=(base) data-swap { (t(lang, M::Cancel)) } }
            }
        }
    }
}
