//! The palette, and the search page for browsers without script.

use authz::{Configure, Create, Cx, Grant, Import, Read, Resource as _};
use db::Permitted;
use httpkit::Signed;
use kernel::{Lang, Timestamp};
use maud::{Markup, html};
use records::search::Question;
use records::{Record, Records};

use super::top;
use ui::text::{C, M, N, t};
use ui::{Names, face, icon, marked, plain, tag};

/// Draws the closed palette: an empty dialog that the script fills.
#[must_use]
pub fn palette(lang: Lang) -> Markup {
    html! {
        dialog.palette id="palette" data-search="/search" aria-label=(t(lang, M::Search)) {
            div."p-in" {
                (icon("search"))
                input id="palette-input" type="search" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list"
                    autocomplete="off" spellcheck="false" placeholder=(t(lang, M::SearchHint)) aria-label=(t(lang, M::Search));
                kbd { "esc" }
            }
            div."p-list" id="palette-list" role="listbox" aria-label=(t(lang, M::Search)) {}
            div."p-foot" aria-hidden="true" {
                span { kbd { "↑" } kbd { "↓" } " " (t(lang, M::Move)) }
                span { kbd { "↵" } " " (t(lang, M::Open)) }
                span { kbd { "G" } " " (t(lang, M::Then)) " " kbd { "C" } " " (if lang == Lang::En { "contacts" } else { "联系人" }) }
            }
        }
    }
}

/// What was found.
pub struct Found<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What was typed.
    pub text: &'a str,
    /// The records, the best first.
    pub records: &'a [Permitted<Record, Read>],
    /// What ids are called.
    pub names: &'a Names,
    /// The definitions.
    pub objects: &'a Records,
    /// The present moment.
    pub now: Timestamp,
}

struct Action {
    href: String,
    symbol: &'static str,
    label: String,
}

fn actions(cx: &Cx, objects: &Records) -> Vec<Action> {
    let lang = cx.lang();
    let mut all = Vec::new();
    let mut push = |href: &str, symbol, label: String| all.push(Action { href: href.to_owned(), symbol, label });
    push("/", "home", t(lang, M::Home).to_owned());
    for object in objects.objects().iter().filter(|object| cx.may::<Read>(object.name.as_str())) {
        push(&format!("/{}", object.plural), super::list::symbol(object), object.plural_label(lang).to_owned());
    }
    for object in objects.objects().iter().filter(|object| cx.may::<Create>(object.name.as_str())) {
        push(&format!("/{}/new", object.plural), "plus", super::list::new_label(lang, object));
    }
    if cx.may::<Import>("contact") {
        push("/import", "upload", t(lang, M::Import).to_owned());
    }
    if cx.may::<Read>("ledger") {
        push("/ledger", "history", t(lang, M::AccessLog).to_owned());
    }
    if cx.may::<Read>("contact") {
        push("/bin", "trash", t(lang, M::Bin).to_owned());
    }
    if cx.may::<Grant>("user") || cx.may::<Configure>("setting") {
        push("/settings/people", "team", t(lang, M::People).to_owned());
    }
    push("/notices", "bell", t(lang, N::Notices).to_owned());
    push("/verify-call", "phone", t(lang, C::Title).to_owned());
    push("/settings/account", "user", t(lang, M::Account).to_owned());
    all
}

/// Draws the search page; the palette takes its list out of it.
#[must_use]
pub fn search(found: &Found<'_>) -> Markup {
    let lang = found.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, M::Search)) } }, &html! {}))
        div.page tabindex="-1" {
            div.narrow {
                form.quick method="get" action="/search" role="search" data-swap {
                    input.in type="search" name="q" value=(found.text) aria-label=(t(lang, M::Search)) placeholder=(t(lang, M::SearchHint)) autofocus;
                    button.btn.primary { (t(lang, M::Search)) }
                }
                nav."p-list" id="found" aria-label=(t(lang, M::Found)) { (options(found)) }
            }
        }
    }
}

fn options(found: &Found<'_>) -> Markup {
    let lang = found.signed.cx.lang();
    let folded = kernel::text::fold(found.text);
    let fits = |action: &Action| folded.is_empty() || kernel::text::fold(&action.label).contains(&folded);
    let actions: Vec<Action> = actions(&found.signed.cx, found.objects)
        .into_iter()
        .filter(fits)
        .take(if folded.is_empty() { 14 } else { 6 })
        .collect();
    let mut objects: Vec<&records::Object> = Vec::new();
    for record in found.records {
        if !objects.iter().any(|o| o.name == record.definition().name) {
            objects.push(record.definition());
        }
    }
    html! {
        @for object in &objects {
            div.grp { (object.plural_label(lang)) }
            @for record in found.records.iter().filter(|r| r.definition().name == object.name) { (option(found, record)) }
        }
        @if !actions.is_empty() {
            div.grp { (t(lang, M::Actions)) }
            @for (at, action) in actions.iter().enumerate() {
                a.opt id={ "opt-a" (at) } href=(action.href) data-swap { span."o-i" { (icon(action.symbol)) } span."o-t" { (action.label) } }
            }
        }
        @if objects.is_empty() && actions.is_empty() { p.none { (t(lang, M::NoResults)) } }
    }
}

fn option(found: &Found<'_>, record: &Permitted<Record, Read>) -> Markup {
    let lang = found.signed.cx.lang();
    let object = record.definition();
    let title = super::record::title(lang, record);
    let says = |name: &str| {
        let field = object.field(name).filter(|field| field.name != object.title)?;
        Some(plain(lang, field, record.value(name)?, found.names, found.now))
    };
    let question = Question::parse(found.text);
    let hits = |text: &str| question.as_ref().map(|question| question.hits(text)).unwrap_or_default();
    let named = hits(&title);
    // What was found by something that is not its name shows by what.
    let by = object.fields.iter().filter(|_| named.is_empty()).find_map(|field| {
        let text = record.value(field.name.as_str()).filter(|_| !field.is_masked())?.as_text()?;
        Some(text.to_owned()).filter(|text| !hits(text).is_empty())
    });
    let usual = ["title", "company", "industry", "city", "amount", "due"].iter().filter_map(|name| says(name));
    let line: Vec<String> = by.into_iter().chain(usual).take(2).collect();
    let stage = object.board_field().and_then(|f| f.choice(record.value(f.name.as_str())?.as_text()?));
    html! {
        a.opt id={ "opt-" (record.record_id()) } href={ "/" (object.plural) "/" (record.record_id()) } data-swap {
            (face(object.name.as_str(), &title, record.id(), "sm"))
            span."o-t" { (marked(&title, &named)) }
            span."o-s" {
                @for (at, text) in line.iter().enumerate() { @if at > 0 { " · " } @if named.is_empty() { (marked(text, &hits(text))) } @else { (text) } }
            }
            @if let Some(choice) = stage { (tag(choice.labels.get(lang), choice.tone)) }
        }
    }
}
