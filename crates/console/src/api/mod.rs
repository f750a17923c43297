//! The API, as whoever looks sees it: drawn from its own description (OpenAPI 3.1), which programs read.

mod spec;

use httpkit::Signed;
use kernel::Lang;
use maud::{Markup, html};
use pages::top;
use records::{Object, Objects};
use serde_json::Value;
use ui::text::api::said;
use ui::text::{I, K, t};
use ui::{either, icon, tag};

use spec::{Operation, Parameter, Property, Spec};

const HOME: &str = "/settings/account/api";
/// What is asked for first.
const FIRST: &str = "/api/v1";

/// What the page of the API shows.
pub struct ApiView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The description.
    pub document: &'a Value,
    /// What objects and fields are called.
    pub objects: &'a Objects,
    /// Which part is looked at; the general one where there is none of this name.
    pub part: &'a str,
    /// Where the API is, as others name it.
    pub base: &'a str,
}

/// Draws the card on one's own account that leads to the API.
#[must_use]
pub fn card(lang: Lang) -> Markup {
    html! {
        section.card id="api" {
            div."card-h" { h2 { (t(lang, I::Title)) } }
            p.lead { (t(lang, I::CardLead)) }
            p.acts { a.btn href=(HOME) data-swap { (t(lang, I::Open)) } }
        }
    }
}

/// Draws the page.
#[must_use]
pub fn page(view: &ApiView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let spec = Spec(view.document);
    let parts = spec.parts();
    let part = parts.iter().copied().find(|part| *part == view.part);
    let tokens =
        html! { a.btn href="/settings/account/tokens" data-swap { (icon("key")) span { (t(lang, K::Title)) } } };
    html! {
        (top(lang, &html! { h1 { (t(lang, I::Title)) } }, &tokens))
        nav.tabs aria-label=(t(lang, I::Parts)) {
            a.tab href=(HOME) data-swap aria-current=[part.is_none().then_some("page")] { (t(lang, I::Common)) }
            @for one in parts {
                a.tab href={ (HOME) "?of=" (httpkit::segment_url(one)) } data-swap aria-current=[(part == Some(one)).then_some("page")] {
                    (called(view, one))
                }
            }
        }
        div.page data-keep="page" tabindex="-1" {
            div."wide-page" {
                @if part.is_none() { (begin(view)) }
                @if let Some(object) = part.and_then(|part| object(view, part)) { (fields(lang, &spec, object)) }
                @for operation in spec.operations(part) { (drawn(view, &spec, &operation)) }
            }
        }
    }
}

fn object<'a>(view: &ApiView<'a>, part: &str) -> Option<&'a Object> {
    view.objects.iter().map(AsRef::as_ref).find(|object| object.plurals.en == part)
}

/// Returns what a part is called.
fn called<'a>(view: &ApiView<'a>, part: &'a str) -> &'a str {
    let lang = view.signed.cx.lang();
    object(view, part).map_or_else(|| said(lang, part).unwrap_or(part), |object| object.plural_label(lang))
}

fn begin(view: &ApiView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    // The objects themselves: there is no workspace without any, and no token that may not ask for them.
    let first = format!("curl -H \"Authorization: Bearer $TOKEN\" {}{FIRST}", view.base);
    html! {
        p.lead { (t(lang, I::Lead)) }
        section.card {
            div."card-h" { h2 { (t(lang, I::Begin)) } }
            p.lead { (ticked(t(lang, I::BeginLead))) }
            pre.code { code { (first) } }
            p.lead { (ticked(t(lang, I::Document))) }
            pre.code { code { (view.base) "/api/v1/openapi.json" } }
        }
    }
}

/// Draws the fields of an object.
fn fields(lang: Lang, spec: &Spec<'_>, object: &Object) -> Markup {
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, I::Fields)) } }
            p.lead { (t(lang, I::FieldsLead)) }
            div.scroll { table.plain {
                thead { tr { th { (t(lang, I::Field)) } th { (t(lang, I::Name)) } th { (t(lang, I::Kind)) } th { (t(lang, I::What)) } } }
                tbody { @for field in spec.fields(object.name.as_str()) { tr {
                    th scope="row" { code { (field.name) } }
                    td { (object.field(field.name).map_or(field.name, |known| known.label(lang))) }
                    td { (kind(lang, &field)) }
                    td {
                        @if field.needed { (tag(t(lang, I::Needed), 2)) }
                        @if field.read_only { (tag(t(lang, I::ReadOnly), 0)) }
                        @if field.sealed { (tag(t(lang, I::Sealed), 0)) }
                    }
                } } }
            } }
        }
    }
}

/// Says what kind a value is of.
fn kind(lang: Lang, property: &Property<'_>) -> Markup {
    let word = match property.kind {
        spec::Kind::Text => I::Text,
        spec::Kind::Number => I::Number,
        spec::Kind::Flag => I::Flag,
        spec::Kind::Day => I::Day,
        spec::Kind::Moment => I::Moment,
        spec::Kind::Id => I::Id,
        spec::Kind::Money => I::Money,
        spec::Kind::Several => I::Several,
        spec::Kind::Group => I::Group,
        spec::Kind::OneOf => I::OneOf,
    };
    html! {
        (t(lang, word))
        @if !property.choices.is_empty() {
            (either(lang, ": ", "："))
            @for (n, choice) in property.choices.iter().enumerate() { @if n > 0 { (either(lang, ", ", "、")) } code { (choice) } }
        }
    }
}

/// Draws an operation, folded away but for what it is called.
fn drawn(view: &ApiView<'_>, spec: &Spec<'_>, operation: &Operation<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        section.card id=(operation.id) {
            div."card-h" { h2 { (sentence(lang, operation.summary)) } }
            p { code { (operation.method) " " (operation.path) } }
            @if !operation.about.is_empty() { p.lead { (sentence(lang, operation.about)) } }
            // The first request stands at the head of the page already.
            @if operation.path != FIRST { pre.code { code { (spec.curl(operation, view.base)) } } }
            details.rules {
                summary { (t(lang, I::Parameters)) " · " (t(lang, I::Answers)) }
                (parameters(lang, &spec.parameters(operation), &spec.members(operation)))
                div.scroll { table.plain {
                    thead { tr { th { (t(lang, I::Answers)) } th { (t(lang, I::What)) } } }
                    tbody { @for (status, what) in spec.answers(operation) { tr {
                        th scope="row" { code { (status) } }
                        td { (sentence(lang, what)) }
                    } } }
                } }
            }
        }
    }
}

fn parameters(lang: Lang, parameters: &[Parameter<'_>], members: &[Property<'_>]) -> Markup {
    let place = |place: &str| match place {
        "path" => I::InPath,
        "header" => I::InHeader,
        _ => I::InQuery,
    };
    html! {
        @if !parameters.is_empty() {
            div.scroll { table.plain {
                thead { tr { th { (t(lang, I::Parameters)) } th { (t(lang, I::Where)) } th { (t(lang, I::What)) } } }
                tbody { @for parameter in parameters { tr {
                    th scope="row" { code { (parameter.name) } }
                    td { (t(lang, place(parameter.place))) }
                    td { (sentence(lang, parameter.about)) }
                } } }
            } }
        }
        @if !members.is_empty() {
            div.scroll { table.plain {
                thead { tr { th { (t(lang, I::Body)) } th { (t(lang, I::Kind)) } th { (t(lang, I::What)) } } }
                tbody { @for member in members { tr {
                    th scope="row" { code { (member.name) } }
                    td { (kind(lang, member)) @if member.needed { " " (tag(t(lang, I::Needed), 2)) } }
                    td { (sentence(lang, member.about)) }
                } } }
            } }
        }
    }
}

/// Draws a sentence of the description. One without Chinese words stays English, and says so.
fn sentence(lang: Lang, text: &str) -> Markup {
    let (words, own) = said(lang, text).map_or((text, false), |words| (words, true));
    html! {
        span lang=[(!own).then_some("en")] { (ticked(words)) }
    }
}

/// Draws words, what stands between backticks as code.
fn ticked(words: &str) -> Markup {
    html! { @for (n, part) in words.split('`').enumerate() { @if n % 2 == 1 { code { (part) } } @else { (part) } } }
}
