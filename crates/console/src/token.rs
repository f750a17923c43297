//! Tokens of programs: one's own and everybody's, a new one, and what one of them read.

use std::collections::HashMap;

use authz::Grant;
use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use maud::{Markup, html};
use records::{Object, Records};
use tokens::{Activity, Standing, TokenForm, TokenView};

use pages::auth::Refused;
use pages::phrase;
use pages::top;
use ui::text::{K, t};
use ui::{Control, ago, csrf, either, empty, field, format, icon, tag};

/// How long a token may be good for: the value of the form in days.
pub const DAYS: [u64; 5] = [7, 30, 90, 180, 365];

/// What the pages of tokens show.
pub struct TokensView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The tokens.
    pub tokens: &'a [TokenView],
    /// The token just made, to be shown once.
    pub made: Option<&'a str>,
    /// What was typed, and for how many days.
    pub typed: (&'a TokenForm, u64),
    /// What was wrong about it.
    pub refused: &'a Refused,
    /// What the owners are called; on the page of everybody's.
    pub owners: Option<&'a HashMap<UserId, String>>,
    /// What there is to read and write.
    pub records: &'a Records,
    /// Our clock.
    pub now: Timestamp,
}

/// Draws one's own tokens, and the form of a new one.
#[must_use]
pub fn own(view: &TokensView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, K::Title)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { (t(lang, K::Lead)) }
                @if let Some(token) = view.made {
                    div.banner.good role="status" { (icon("key")) div { b { (t(lang, K::Shown)) } code.code { (token) } } }
                }
                @if view.tokens.is_empty() { (empty("key", t(lang, K::Nothing), t(lang, K::NothingHint), &html! {})) }
                @else { section.card { @for token in view.tokens { (line(view, token)) } } }
                (form(view))
            }
        }
    }
}

/// Draws everybody's tokens.
#[must_use]
pub fn all(view: &TokensView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, K::AllTitle)) } span.total { (view.tokens.len()) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { (t(lang, K::AllLead)) }
                @if view.tokens.is_empty() { (empty("key", t(lang, K::NothingAll), "", &html! {})) }
                @else { section.card { @for token in view.tokens { (line(view, token)) } } }
            }
        }
    }
}

/// Draws the card on one's own account that leads to the tokens.
#[must_use]
pub fn card(lang: Lang) -> Markup {
    html! {
        section.card id="tokens" {
            div."card-h" { h2 { (t(lang, K::Title)) } }
            p.lead { (t(lang, K::CardLead)) }
            p.acts { a.btn href="/settings/account/tokens" data-swap { (t(lang, K::Open)) } }
        }
    }
}

fn standing(lang: Lang, token: &TokenView) -> Markup {
    let (word, tone) = match token.standing {
        Standing::Good => (K::Good, 3),
        Standing::Revoked => (K::Withdrawn, 0),
        Standing::Expired => (K::Expired, 0),
        Standing::Unused => (K::Unused, 0),
    };
    tag(t(lang, word), tone)
}

fn line(view: &TokensView<'_>, token: &TokenView) -> Markup {
    let (lang, csrf_token) = (view.signed.cx.lang(), &view.signed.csrf);
    let own = token.owner == view.signed.user.id;
    let (ends, looks) =
        (own || view.signed.cx.may::<Grant>("user"), own || view.signed.cx.may::<authz::Read>("ledger"));
    html! {
        div."line-item" {
            (icon("key"))
            span.grow.wraps {
                b { (token.label) } span.nil { " …" code { (token.hint) } } " " (standing(lang, token))
                @if token.app.is_some() { " " (tag(t(lang, K::OfApp), 1)) }
                @if let Some(owners) = view.owners {
                    br; span { (t(lang, K::Owner)) " " (owners.get(&token.owner).map_or("?", String::as_str)) }
                }
                @if !token.purpose.is_empty() { br; span { (token.purpose) } }
                br; (facts(lang, token, view.records, view.now))
            }
            @if looks { a.btn.s href={ "/settings/account/tokens/" (token.id) } data-swap { (t(lang, K::What)) } }
            @if ends && token.standing == Standing::Good {
                form method="post" action={ "/settings/account/tokens/" (token.id) "/end" } data-swap data-done=(t(lang, K::Ended)) {
                    (csrf(csrf_token)) button.btn.s.danger { (t(lang, K::End)) }
                }
            }
        }
    }
}

/// Draws until when, when last and from where, and what it is bound to.
fn facts(lang: Lang, token: &TokenView, objects: &Records, now: Timestamp) -> Markup {
    let networks: Vec<String> = token.networks.iter().map(ToString::to_string).collect();
    html! {
        span.nil {
            (t(lang, K::Until)) " " time datetime=(token.expires_at) { (format::moment(lang, token.expires_at)) } " · "
            @match token.used_at {
                Some(at) => {
                    (t(lang, K::Used)) " " (ago(lang, at, now))
                    @if let Some(from) = &token.used_from { " " (t(lang, K::From)) " " (from) }
                }
                None => (t(lang, K::Never)),
            }
            @if token.key.is_some() { " · " (t(lang, K::Bound)) }
            br; (may(lang, token, objects))
            @if !token.fields.is_empty() { br; (t(lang, K::Only)) (either(lang, ": ", "：")) (sees(lang, token, objects)) }
            @if !token.rows.is_empty() { br; (t(lang, K::Rows)) (either(lang, ": ", "：")) code.wraps { (token.rows.join(" · ")) } }
            @if !networks.is_empty() { br; (networks.join(either(lang, ", ", "、"))) }
        }
    }
}

/// Says what a token may do.
fn may(lang: Lang, token: &TokenView, objects: &Records) -> String {
    let Some(scopes) = &token.scopes else { return t(lang, K::Everything).to_owned() };
    let (named, has) = (phrase::scopes(lang, scopes, objects), |word: &str| scopes.iter().any(|scope| scope == word));
    let named = match (has(tokens::EVERYTHING), named.is_empty()) {
        (true, true) => t(lang, K::Everything).to_owned(),
        (true, false) => format!("{}{}{named}", t(lang, K::Everything), either(lang, "; ", "；")),
        (false, _) => named,
    };
    if !has(tokens::ASSISTANT) {
        return named;
    }
    let reads = if named.is_empty() { t(lang, K::ReadsAll) } else { &named };
    let proposes = if has(tokens::PROPOSES) { t(lang, K::Proposes) } else { "" };
    let between = if proposes.is_empty() { "" } else { either(lang, "; ", "；") };
    format!("{}{}{reads}{between}{proposes}", t(lang, K::Assistant), either(lang, ": ", "："))
}

/// Draws what a new token may see of the workspace itself, to be ticked.
fn workspace(lang: Lang, objects: &Records, ticked: impl Fn(&str) -> bool) -> Markup {
    html! {
        div.field {
            span.label { (t(lang, K::Workspace)) }
            div."rule-grid" {
                @for (object, verb) in tokens::OF_WORKSPACE {
                    @let scope = format!("{object}:{}", verb.name());
                    label.check {
                        input type="checkbox" name="scopes" value=(scope) checked[ticked(&scope)];
                        span {
                            (phrase::scope_object(lang, object, objects)) (either(lang, ": ", "："))
                            (phrase::scope_verb(lang, verb.name()))
                        }
                    }
                }
            }
            p.hint { (t(lang, K::WorkspaceHint)) }
        }
    }
}

/// Draws a table of what a program may do, to be ticked.
pub(crate) fn ticks(lang: Lang, objects: &Records, ticked: impl Fn(&str) -> bool) -> Markup {
    html! {
        div.scroll { table.plain {
            thead { tr { td {} @for verb in tokens::VERBS { th { (phrase::scope_verb(lang, verb.name())) } } } }
            tbody { @for object in objects.objects().iter() { tr {
                th scope="row" { (object.plural_label(lang)) }
                @for verb in tokens::VERBS {
                    @let scope = format!("{}:{}", object.name, verb.name());
                    @let label = format!("{}{}{}", object.plural_label(lang), either(lang, ": ", "："), phrase::scope_verb(lang, verb.name()));
                    td { input type="checkbox" name="scopes" value=(scope) aria-label=(label) checked[ticked(&scope)]; }
                }
            } } }
        } }
    }
}

/// Says what a token is narrowed to see: of which records which fields.
fn sees(lang: Lang, token: &TokenView, objects: &Records) -> String {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for (object, field) in token.fields.iter().filter_map(|field| field.split_once(':')) {
        let known = objects.objects().get(object);
        let name = known.map_or(object, |object| object.plural_label(lang)).to_owned();
        let field = known.and_then(|object| object.field(field)).map_or(field, |field| field.label(lang)).to_owned();
        match said.iter_mut().find(|(known, _)| *known == name) {
            Some((_, fields)) => fields.push(field),
            None => said.push((name, vec![field])),
        }
    }
    let one = |(name, fields): &(String, Vec<String>)| format!("{name} ({})", fields.join(either(lang, ", ", "、")));
    said.iter().map(one).collect::<Vec<_>>().join(either(lang, "; ", "；"))
}

/// Draws what a new token sees of each object, folded away: every field, or what is ticked.
fn only(view: &TokensView<'_>) -> Markup {
    let (lang, (typed, _)) = (view.signed.cx.lang(), view.typed);
    html! {
        fieldset.field {
            legend.label { (t(lang, K::Only)) }
            p.hint { (t(lang, K::OnlyHint)) }
            @for object in view.records.objects().iter() { (fields(lang, &view.records.seen(&view.signed.cx, object), &typed.fields)) }
            @if let Some(text) = view.refused.of(lang, "fields") { (ui::wrong("fields", &text)) }
        }
    }
}

fn fields(lang: Lang, object: &Object, typed: &[String]) -> Markup {
    let ticked = |value: &String| typed.contains(value);
    let values: Vec<_> = object.fields.iter().map(|field| (field, format!("{}:{}", object.name, field.name))).collect();
    let many = values.iter().filter(|(_, value)| ticked(value)).count();
    html! {
        details.rules open[many > 0] {
            summary { (object.plural_label(lang)) @if many > 0 { " " (tag(&many.to_string(), 2)) } }
            div."rule-grid" {
                @for (field, value) in &values {
                    @let label = format!("{}{}{}", object.plural_label(lang), either(lang, ": ", "："), field.label(lang));
                    label.check {
                        input type="checkbox" name="fields" value=(value) aria-label=(label) checked[ticked(value)];
                        span { (field.label(lang)) }
                    }
                }
            }
        }
    }
}

/// Draws what a new token may do: everything, or what is ticked.
fn scopes(view: &TokensView<'_>) -> Markup {
    let (lang, (typed, _)) = (view.signed.cx.lang(), view.typed);
    let ticked = |scope: &str| typed.scopes.as_ref().is_some_and(|scopes| scopes.iter().any(|known| known == scope));
    html! {
        fieldset.field {
            legend.label { (t(lang, K::May)) }
            (ticks(lang, view.records, ticked))
            label.check {
                input type="checkbox" name="everything" value="on" checked[typed.scopes.is_none() || ticked(tokens::EVERYTHING)];
                span { (t(lang, K::Everything)) small { (t(lang, K::EverythingHint)) } }
            }
            (workspace(lang, view.records, ticked))
            label.check {
                input type="checkbox" name="scopes" value=(tokens::ASSISTANT) checked[ticked(tokens::ASSISTANT)];
                span { (t(lang, K::Assistant)) small { (t(lang, K::AssistantHint)) } }
            }
            label.check {
                input type="checkbox" name="scopes" value=(tokens::PROPOSES) checked[ticked(tokens::PROPOSES)];
                span { (t(lang, K::Proposes)) small { (t(lang, K::ProposesHint)) } }
            }
            @if let Some(text) = view.refused.of(lang, "scopes") { (ui::wrong("scopes", &text)) }
        }
    }
}

fn form(view: &TokensView<'_>) -> Markup {
    let (lang, refused, (typed, days)) = (view.signed.cx.lang(), view.refused, view.typed);
    let control = |name, label, hint: &'static str, required| Control {
        name,
        label: t(lang, label),
        hint,
        required,
        wrong: refused.of(lang, name),
    };
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, K::New)) } }
            (refused.banner(lang))
            form.narrow method="post" action="/settings/account/tokens" {
                (csrf(&view.signed.csrf))
                (field(lang, &control("label", K::Name, t(lang, K::NameHint), true), &html! {
                    input.in id="label" name="label" type="text" maxlength="80" required value=(typed.label);
                }))
                (field(lang, &control("purpose", K::Purpose, "", false), &html! {
                    input.in id="purpose" name="purpose" type="text" maxlength="300" value=(typed.purpose);
                }))
                (scopes(view))
                (only(view))
                (field(lang, &control("rows", K::Rows, t(lang, K::RowsHint), false), &html! {
                    textarea.in id="rows" name="rows" rows="2" maxlength="4000" spellcheck="false" { (typed.rows.join("\n")) }
                    p.hint { code { "contact:stage:is:lead" } " · " code { "deal:owner:is:me" } }
                }))
                (field(lang, &control("expires", K::Ends, t(lang, K::EndsHint), true), &html! {
                    select.in id="expires" name="expires" { @for n in DAYS { option value=(n) selected[n == days] { (span(lang, n)) } } }
                }))
                (field(lang, &control("networks", K::Networks, t(lang, K::NetworksHint), false), &html! {
                    textarea.in id="networks" name="networks" rows="2" maxlength="2000" spellcheck="false" { (typed.networks) }
                }))
                (field(lang, &control("key", K::Key, t(lang, K::KeyHint), false), &html! {
                    textarea.in id="key" name="key" rows="2" maxlength="2000" spellcheck="false" { (typed.key) }
                }))
                p.acts { button.btn.primary { (icon("key")) (t(lang, K::Make)) } }
            }
        }
    }
}

fn span(lang: Lang, days: u64) -> String {
    match (lang, days) {
        (Lang::En, 365) => "1 year".to_owned(),
        (Lang::Zh, 365) => "1 年".to_owned(),
        (Lang::En, days) => format!("{days} days"),
        (Lang::Zh, days) => format!("{days} 天"),
    }
}

/// Draws what a token read.
#[must_use]
pub fn activity(signed: &Signed, token: &TokenView, done: &Activity, objects: &Records, now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    let back = if token.owner == signed.user.id { "/settings/account/tokens" } else { "/settings/people/tokens" };
    html! {
        (top(lang, &html! { h1 { (t(lang, K::What)) } }, &html! { a.btn href=(back) data-swap { (icon("list")) span { (t(lang, K::Back)) } } }))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { b { (token.label) } " …" code { (token.hint) } " " (standing(lang, token)) br; (facts(lang, token, objects, now)) }
                p.lead { (t(lang, K::WhatLead)) }
                section.card {
                    div."card-h" { h2 { (t(lang, K::Seen)) } }
                    @if done.seen.is_empty() { p.lead { (t(lang, K::NothingSeen)) } }
                    @for (object, count) in &done.seen {
                        div."line-item" { (icon("eye")) span.grow { b { (phrase::things(lang, object.as_str(), *count, objects)) } } }
                    }
                }
                @if !done.from.is_empty() {
                    section.card {
                        div."card-h" { h2 { (t(lang, K::Places)) } }
                        @for (from, times) in done.from.iter().take(20) {
                            div."line-item" { (icon("devices")) span.grow { b { (from) } } span.nil { (times) "×" } }
                        }
                    }
                }
                @if !done.latest.is_empty() {
                    section.card {
                        div."card-h" { h2 { (t(lang, K::Latest)) } }
                        @for deed in &done.latest { (deed_line(lang, deed, objects, now)) }
                    }
                }
            }
        }
    }
}

fn deed_line(lang: Lang, deed: &tokens::Deed, objects: &Records, now: Timestamp) -> Markup {
    let what = phrase::deed(lang, &deed.verb, (deed.object.as_str(), deed.count), objects);
    html! {
        div."line-item" {
            (icon(phrase::look(&deed.verb).0))
            span.grow.wraps {
                (what) @if !deed.done { " " (tag(t(lang, K::Refused), 7)) }
                br; span.nil { (ago(lang, deed.at, now)) @if let Some(from) = &deed.from { " · " (from) } }
            }
        }
    }
}
