//! The panel beside a record: its fields, its sealed fields, what is linked to it.

use authz::{Create, Resource as _, Reveal, Share, Update};
use kernel::Lang;
use maud::{Markup, html};
use records::list::Related;
use records::object::{Field, Kind};
use records::record::REASONS;
use records::{Record, Value};

use super::{RecordView, title};
use crate::attachment;
use crate::list::address_of;
use crate::top;
use ui::format;
use ui::text::reveal::reason;
use ui::text::{C, F, J, M, empty_fields, t};
use ui::{ago, avatar, control, csrf, icon, linked, plain};

/// So many files stand on the page itself.
const NEWEST: usize = 5;

/// Draws the panel.
pub(super) fn panel(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.lang(), view.record);
    let object = record.definition();
    let may = view.signed.cx.may::<Update>(object.name.as_str()) && record.deleted_at().is_none();
    let (filled, empty): (Vec<&Field>, Vec<&Field>) =
        object.fields.iter().filter(|f| !f.is_masked()).partition(|f| record.value(f.name.as_str()).is_some());
    html! {
        section {
            h2 { (t(lang, M::Details)) }
            dl { @for field in filled { (detail(view, field, may)) } (always(view)) }
            @if !empty.is_empty() && may {
                details.rest id="rest" {
                    summary { (icon("right")) span.closed { (empty_fields(lang, empty.len())) } span.opened { (t(lang, M::HideEmpty)) } }
                    dl { @for field in empty { (detail(view, field, may)) } }
                }
            }
        }
        @if object.fields.iter().any(Field::is_masked) {
            section {
                h2 { span.sealed { (icon("shield")) } (t(lang, M::Sealed)) }
                dl { @for field in object.fields.iter().filter(|f| f.is_masked()) { (sealed(view, field, may)) } }
                p.hint { (t(lang, M::SealedHint)) }
            }
        }
        (files(view))
        (shared(view))
        @for related in view.related.iter().filter(|r| r.object.name != "note") { (relation(view, related)) }
        @if object.name.as_str() == "contact" && record.deleted_at().is_none() {
            section {
                form method="post" action={ "/verify-call/customer/" (record.record_id()) } {
                    (csrf(&view.signed.csrf))
                    button.btn.s { (icon("phone")) (t(lang, C::OnPhone)) }
                }
            }
        }
    }
}

/// The newest files, the way to all of them, and where more are dropped.
fn files(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.lang(), view.record);
    let may = attachment::may(view.signed, record);
    html! {
        @if may || !view.files.is_empty() {
            section {
                h2 { (t(lang, F::Title)) @if !view.files.is_empty() { span.count { (view.files.len()) } } }
                ul.files {
                    @for file in view.files.iter().take(NEWEST) { li.file { (attachment::linked(lang, record, file, None, view.now)) } }
                }
                @if may {
                    form method="post" action=(view.url("/files")) enctype="multipart/form-data" data-files data-done=(t(lang, F::Added)) {
                        (csrf(&view.signed.csrf)) (attachment::zone(lang))
                    }
                }
                @if !view.files.is_empty() { p.acts { a.btn.s href=(view.url("/files")) data-swap { (icon("file")) (t(lang, F::All)) } } }
            }
        }
    }
}

/// With whom the record is shared, and the way to more about it.
fn shared(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    let may = authz::decide_on::<Share>(&view.signed.cx, &**view.record).is_ok();
    html! {
        @if may || !view.shared.is_empty() {
            section {
                h2 { (ui::either(lang, "Shared", "共享")) }
                @for (name, until) in view.shared {
                    div."line-item" { (icon("users")) span.grow { (name) br; span.nil { (ui::either(lang, "until ", "截止 ")) (format::date(lang, until.date(), view.now.date())) } } }
                }
                @if may { p.acts { a.btn.s href=(view.url("/sharing")) data-swap { (icon("eye")) (ui::either(lang, "Who can see this", "谁可以查看")) } } }
            }
        }
    }
}

/// What every record has.
fn always(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.lang(), view.record);
    let owner = record.owner().and_then(|id| view.names.people.get(&id).map(|name| (id, name)));
    html! {
        div.f {
            dt { (icon("user")) span { (t(lang, M::Owner)) } }
            dd { @match owner { Some((id, name)) => span.who { (avatar(name, id.uuid(), false, "sm")) span { (name) } }, None => span.nil { (t(lang, M::Nothing)) } } }
        }
        div.f {
            dt { (icon("clock")) span { (t(lang, M::Created)) } }
            dd { (ago(lang, record.created_at(), view.now)) }
        }
    }
}

fn symbol(field: &Field) -> &'static str {
    match field.name.as_str() {
        "company" | "parent" | "industry" => return "building",
        "contact" | "employees" => return "users",
        "deal" => return "deals",
        "city" | "street" | "state" | "postal_code" => return "pin",
        "country" | "language" => return "globe",
        "reference" | "national_id" | "tax_number" => return "key",
        "source" => return "bolt",
        "department" => return "team",
        "notes" | "about" | "text" => return "note",
        "product" => return "tag",
        _ => {}
    }
    match field.kind {
        Kind::Email => "mail",
        Kind::Phone => "phone",
        Kind::Url => "globe",
        Kind::Money => "money",
        Kind::Date | Kind::Time => "calendar",
        Kind::Choice => "flag",
        Kind::Tags => "tag",
        Kind::Boolean => "tasks",
        Kind::Link => "link",
        Kind::Number => "hash",
        Kind::User | Kind::PersonName => "user",
        Kind::Text | Kind::LongText => "text",
    }
}

/// One field: its value, and the small form that changes it where it stands.
fn detail(view: &RecordView<'_>, field: &Field, may: bool) -> Markup {
    let (lang, value) = (view.lang(), view.record.value(field.name.as_str()));
    let link = value.and_then(Value::as_link).and_then(|id| view.names.titles.get(&id.uuid()));
    let typed = link.cloned().or_else(|| value.map(Value::to_input)).unwrap_or_default();
    let edits = may && field.kind != Kind::User && field.is_written();
    let value = linked(lang, field, value, view.names, view.now);
    line(view, field, &value, edits.then_some((M::Edit, typed.as_str())))
}

/// A field's line: its name, what is shown, and the form that changes it where it may be changed.
fn line(view: &RecordView<'_>, field: &Field, value: &Markup, edit: Option<(M, &str)>) -> Markup {
    let lang = view.lang();
    let name = field.name.as_str();
    html! {
        div.f data-field=(name) {
            dt { (icon(symbol(field))) span { (field.label(lang)) } }
            dd {
                div.shown {
                    div { (value) }
                    @if let Some((verb, _)) = edit {
                        button.ib.s type="button" data-open-edit aria-label={ (t(lang, verb)) " " (field.label(lang)) } title=(t(lang, verb)) { (icon("edit")) }
                    }
                }
                @if let Some((_, typed)) = edit {
                    form method="post" action=(view.url("")) data-swap data-done=(t(lang, M::DoneSaved)) {
                        (csrf(&view.signed.csrf))
                        input type="hidden" name="version" value=(view.record.current_version());
                        (view.back())
                        (control(lang, field, &format!("f-{name}"), typed, false))
                    }
                }
            }
        }
    }
}

/// A sealed field. Its value is not in the page; the form that replaces it begins empty.
fn sealed(view: &RecordView<'_>, field: &Field, may: bool) -> Markup {
    let lang = view.lang();
    let holds = view.record.holds(field.name.as_str());
    let opens = view.signed.cx.may::<Reveal>(view.record.definition().name.as_str());
    let mask = html! { (icon("lock")) span.mask { "••••••••" } };
    let value = html! {
        @if holds && opens {
            form.seal method="post" data-state="closed" action={ (view.url("/reveal/")) (field.name) } {
                (csrf(&view.signed.csrf))
                // What Enter in the words of one's own presses: the first button of a form, whichever that is.
                button.vh tabindex="-1" aria-hidden="true" { (t(lang, J::Other)) }
                button."seal-btn" type="button" popovertarget={ "why-" (field.name) } aria-label={ (t(lang, M::Reveal)) " " (field.label(lang)) } {
                    (mask) span."seal-cta" { (t(lang, M::Reveal)) }
                }
                span."seal-out" aria-live="polite" { span.ring {} span."seal-v" {} }
                (why(lang, field))
            }
        } @else if holds { span."seal-btn".still title=(t(lang, M::SealedNot)) { (mask) span.vh { (t(lang, M::SealedNot)) } } }
        @else { span.nil { (t(lang, M::Nothing)) } }
    };
    line(view, field, &value, (may && field.is_written()).then_some((if holds { M::Replace } else { M::SetNew }, "")))
}

/// The reasons to open a field: one click each, or words of one's own, which Enter sends.
fn why(lang: Lang, field: &Field) -> Markup {
    html! {
        div.menu.why id={ "why-" (field.name) } popover {
            div."menu-h" { (t(lang, J::Why)) }
            @for word in REASONS { button name="reason" value=(word) { (reason(lang, word)) } }
            div {
                input.in name="why" maxlength="300" autocomplete="off" aria-label=(t(lang, J::OtherHint)) placeholder=(t(lang, J::Other));
                button.btn.s { (t(lang, M::Reveal)) }
            }
        }
    }
}

/// Draws a sealed value on a page of its own, for browsers without script.
#[must_use]
pub fn revealed(lang: Lang, field: &Field, text: &str, back: &str) -> Markup {
    html! {
        (top(lang, &html! { h1 { (field.label(lang)) } }, &html! {}))
        div.page tabindex="-1" {
            div.narrow {
                p.code { (text) }
                p.hint { (t(lang, M::RevealedHint)) }
                p.acts { a.btn href=(back) data-swap { (t(lang, M::Close)) } }
            }
        }
    }
}

fn relation(view: &RecordView<'_>, related: &Related) -> Markup {
    let (lang, record) = (view.lang(), view.record);
    let object = &related.object;
    let add = format!("/{}/new?{}={}", object.plural, related.field, record.record_id());
    let all = || address_of(&object.plural, &[("f", format!("{}:is:{}", related.field, record.record_id()))]);
    let creates = view.signed.cx.may::<Create>(object.name.as_str()) && record.deleted_at().is_none();
    html! {
        section {
            h2 {
                (object.plural_label(lang))
                @if !related.page.rows.is_empty() { span.count { (related.page.rows.len()) @if related.page.next.is_some() { "+" } } }
                span.sp {}
                @if creates {
                    a.ib.s href=(add) data-swap aria-label={ (t(lang, M::SetNew)) " " (object.label(lang)) } title={ (t(lang, M::SetNew)) @if lang == Lang::En { " " } (object.label(lang).to_lowercase()) } { (icon("plus")) }
                }
            }
            @for row in &related.page.rows { (mini(view, row)) }
            @if related.page.next.is_some() { a.quiet href=(all()) data-swap { (t(lang, M::ShowAll)) } }
        }
    }
}

fn mini(view: &RecordView<'_>, row: &Record) -> Markup {
    let lang = view.lang();
    let object = row.definition();
    let done = row.value("done") == Some(&Value::Bool(true));
    let said = ["stage", "title", "due", "close_date"].iter().filter_map(|name| {
        let field = object.field(name).filter(|field| field.name != object.title)?;
        Some(plain(lang, field, row.value(name)?, view.names, view.now))
    });
    html! {
        a.mini href={ "/" (object.plural) "/" (row.record_id()) } data-swap data-done=[done.then_some("")] {
            span { b { (title(lang, row)) } small { (said.take(2).collect::<Vec<_>>().join(" · ")) } }
            @if let Some(amount) = row.value("amount").and_then(Value::as_money) { span.num { (format::money(lang, amount)) } }
        }
    }
}
