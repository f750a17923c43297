//! Taking records out: what would go along, where it stands, and the file.

use exports::{DOWNLOADS, ExportRun, Form, Plan, Preview, State};
use httpkit::Signed;
use kernel::{Lang, Timestamp};
use maud::{Markup, html};
use records::Object;

use super::top;
use ui::fault::explain;
use ui::text::{E, M, V, t};
use ui::{Control, ago, banner, csrf, field, format, icon, stat, tag};

fn rows(total: Option<i64>) -> String {
    let counted = || i64::try_from(records::list::COUNTED).unwrap_or(i64::MAX);
    total.map_or_else(|| format!("> {}", format::number(counted())), format::number)
}

/// Says the conditions of a list in words.
fn said(signed: &Signed, object: &Object, filters: &[String]) -> String {
    let name = signed.user.name.as_str();
    filters.iter().map(|filter| in_words(signed.cx.lang(), object, filter, name)).collect::<Vec<_>>().join(" · ")
}

/// Says a condition as a list's address spells it: the field, the comparison, the value; `me` is whoever asks.
pub(crate) fn in_words(lang: Lang, object: &Object, filter: &str, me: &str) -> String {
    let mut parts = filter.splitn(3, ':');
    let (column, op, value) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let field = object.field(column);
    let label = match column {
        "owner" => t(lang, M::Owner),
        "created_at" => t(lang, M::Created),
        "updated_at" => t(lang, M::Updated),
        _ => field.map_or(column, |field| field.label(lang)),
    };
    let word = match op {
        "is" | "any" => t(lang, M::Is),
        "not" => t(lang, M::Not),
        "has" => t(lang, M::Holds),
        "before" => t(lang, M::Before),
        "after" => t(lang, M::After),
        "more" => t(lang, M::MoreThan),
        "less" => t(lang, M::LessThan),
        "empty" => t(lang, M::Empty),
        "filled" => t(lang, M::NotEmpty),
        other => other,
    };
    let choice = field.and_then(|field| field.choice(value)).map(|choice| choice.labels.get(lang));
    let value = if value == "me" { me } else { choice.unwrap_or(value) };
    format!("{label} {word} {value}").trim_end().to_owned()
}

/// Draws what an export of a list would take, and the form that starts it.
#[must_use]
pub fn choose(
    signed: &Signed,
    object: &Object,
    (filters, preview): (&[String], &Preview),
    (reason, refused): (&str, Option<&'static str>),
) -> Markup {
    let lang = signed.cx.lang();
    let control = Control {
        name: "reason",
        label: t(lang, V::AskReason),
        hint: t(lang, V::AskReasonHint),
        required: true,
        wrong: None,
    };
    html! {
        (top(lang, &html! { h1 { (t(lang, E::Title)) } }, &html! { a.btn href="/exports" data-swap { (icon("list")) span { (t(lang, E::Own)) } } }))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { (t(lang, E::Lead)) }
                @if let Some(code) = refused { @let (what, next) = explain(lang, code); (banner("bad", "warn", what, next)) }
                @if preview.takes_two() { (banner("", "shield", t(lang, E::TakesTwo), &takes_two(lang, preview))) }
                section.card {
                    (stat(object.plural_label(lang), &rows(preview.total), &said(signed, object, filters)))
                    form.narrow method="post" action="/exports" {
                        (csrf(&signed.csrf))
                        input type="hidden" name="object" value=(object.name);
                        @for filter in filters { input type="hidden" name="f" value=(filter); }
                        fieldset.field {
                            legend.label { (t(lang, E::Fields)) }
                            div.roles {
                                @for known in preview.fields.iter().filter_map(|name| object.field(name)) {
                                    label.check { input type="checkbox" name="field" value=(known.name) checked; span { (known.label(lang)) } }
                                }
                            }
                            p.hint { (t(lang, E::FieldsHint)) }
                        }
                        (field(lang, &control, &html! { textarea.in id="reason" name="reason" rows="2" required maxlength="1000" { (reason) } }))
                        p.acts {
                            @if preview.takes_two() {
                                button.btn.primary { (icon("shield")) (t(lang, V::Ask)) }
                                button.btn.danger name="alone" value="yes" { (t(lang, V::GoAlone)) }
                            } @else { button.btn.primary { (icon("download")) (t(lang, E::Start)) } }
                        }
                        @if preview.takes_two() { p.hint { (t(lang, V::GoAloneHint)) } }
                    }
                }
            }
        }
    }
}

fn takes_two(lang: Lang, preview: &Preview) -> String {
    let (limit, taken) = (format::number(preview.alone), format::number(preview.taken));
    match lang {
        Lang::En => format!("Up to {limit} rows a day need nobody else. You took out {taken} in the last day."),
        Lang::Zh => format!("每天 {limit} 行以内无需他人同意。过去一天您已导出 {taken} 行。"),
    }
}

fn state(lang: Lang, run: &ExportRun) -> Markup {
    let (word, tone) = match run.state {
        State::Planned => (E::StatePlanned, 1),
        State::Running => (E::StateRunning, 1),
        State::Ready => (E::StateReady, 3),
        State::Failed => (E::StateFailed, 7),
        State::Gone => (E::StateGone, 0),
    };
    tag(t(lang, word), tone)
}

/// Draws one export: where it stands, and the form that fetches the file with the key and form that were chosen.
#[must_use]
pub fn one(
    signed: &Signed,
    object: &Object,
    (run, plan): (&ExportRun, &Plan),
    typed: (&str, Form),
    refused: Option<&'static str>,
) -> Markup {
    let lang = signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, E::Title)) } (state(lang, run)) }, &html! { a.btn href="/exports" data-swap { (icon("list")) span { (t(lang, E::Own)) } } }))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                @if let Some(code) = refused { @let (what, next) = explain(lang, code); (banner("bad", "warn", what, next)) }
                section.card {
                    (stat(object.plural_label(lang), &format!("{} / {}", format::number(run.rows), rows(run.total)), &said(signed, object, &plan.filters)))
                    p.hint { (plan.reason) }
                    @if let Some(code) = &run.fault { p.wrong { (explain(lang, code).0) } }
                    @if matches!(run.state, State::Planned | State::Running) {
                        p.hint { (t(lang, E::Wait)) }
                        p.acts { a.btn href={ "/exports/" (run.id) } data-swap { (icon("restore")) (t(lang, E::LookAgain)) } }
                    }
                }
                @if run.state == State::Ready { (fetching(signed, run, typed)) }
            }
        }
    }
}

fn fetching(signed: &Signed, run: &ExportRun, (typed, chosen): (&str, Form)) -> Markup {
    let lang = signed.cx.lang();
    let control = Control {
        name: "passphrase",
        label: t(lang, E::Passphrase),
        hint: t(lang, E::PassphraseHint),
        required: false,
        wrong: None,
    };
    let key = Control { name: "key", label: t(lang, E::Key), hint: t(lang, E::KeyHint), required: false, wrong: None };
    html! {
        section.card {
            @if run.downloads < DOWNLOADS {
                form.narrow method="post" action={ "/exports/" (run.id) "/download" } {
                    (csrf(&signed.csrf))
                    (field(lang, &control, &html! { input.in id="passphrase" name="passphrase" type="password" autocomplete="new-password" minlength="15" maxlength="200"; }))
                    details.more open[!typed.is_empty()] {
                        summary.btn.s { (t(lang, E::KeyInstead)) }
                        (field(lang, &key, &html! { input.in id="key" name="key" value=(typed) autocomplete="off" spellcheck="false" maxlength="100" placeholder="age1…"; }))
                    }
                    fieldset.field {
                        legend.label { (t(lang, E::Form)) }
                        div.roles { @for form in Form::ALL {
                            label.check {
                                input type="radio" name="form" value=(form.code()) checked[*form == chosen];
                                span { (match form { Form::Csv => t(lang, E::Csv), Form::Xlsx => t(lang, E::Xlsx) }) }
                            }
                        } }
                        p.hint { (t(lang, E::XlsxHint)) }
                    }
                    p.acts { button.btn.primary { (icon("download")) (t(lang, E::Download)) } }
                }
            }
            p.hint {
                (fetched(lang, run.downloads))
                @if let Some(until) = run.expires_at { " " (t(lang, E::Until)) " " time datetime=(until) data-exact { (format::moment(lang, until)) } }
            }
            form.narrow method="post" action={ "/exports/" (run.id) "/discard" } data-swap {
                (csrf(&signed.csrf))
                p.acts { button.btn.danger { (icon("trash")) (t(lang, E::Discard)) } }
            }
        }
    }
}

fn fetched(lang: Lang, n: i64) -> String {
    match lang {
        Lang::En => format!("Fetched {n} of {DOWNLOADS} times."),
        Lang::Zh => format!("已下载 {n} 次，最多 {DOWNLOADS} 次。"),
    }
}

/// Draws what somebody took out.
#[must_use]
pub fn list(signed: &Signed, runs: &[(ExportRun, String)], now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, E::Own)) } span.total { (runs.len()) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { (t(lang, E::OwnLead)) }
                @if !runs.is_empty() {
                    section.card {
                        @for (run, label) in runs {
                            div."line-item".notice {
                                (icon("download"))
                                span.grow.wraps {
                                    a href={ "/exports/" (run.id) } data-swap { b { (label) " · " (format::number(run.rows)) } }
                                    br; span.nil { (ago(lang, run.created_at, now)) }
                                }
                                (state(lang, run))
                            }
                        }
                    }
                }
            }
        }
    }
}
