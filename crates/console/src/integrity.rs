//! Whether everything stands as the program wrote it.

use authz::Create;
use httpkit::Signed;
use integrity::{Finding, Kind, Report, Run};
use kernel::{Lang, Timestamp};
use maud::{Markup, html};
use records::Records;

use pages::top;
use ui::text::{X, t};
use ui::{ago, banner, csrf, empty, format, icon};

/// What the page shows.
pub struct IntegrityView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// How it stands.
    pub report: &'a Report,
    /// What objects there are.
    pub records: &'a Records,
    /// Our clock.
    pub now: Timestamp,
}

/// Draws the page.
#[must_use]
pub fn integrity(view: &IntegrityView<'_>) -> Markup {
    let (lang, report) = (view.signed.cx.lang(), view.report);
    html! {
        (top(lang, &html! { h1 { (t(lang, X::Title)) } @if report.found > 0 { span.total { (format::count(report.found)) } } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            p.lead { (t(lang, X::Lead)) }
            section.card { (runs(view)) }
            @if report.found == 0 && report.last.is_some() {
                (empty("shield", t(lang, X::AllWell), t(lang, X::AllWellHint), &html! {}))
            }
            @if report.found > 0 {
                (banner("bad", "warn", t(lang, X::Wrong), t(lang, X::WhatToDo)))
                section.card { @for finding in &report.findings { (line(view, finding)) } }
            }
        } }
    }
}

fn runs(view: &IntegrityView<'_>) -> Markup {
    let (lang, report) = (view.signed.cx.lang(), view.report);
    html! {
        div."line-item" {
            (icon(if report.found > 0 { "warn" } else { "shield" }))
            span.grow.wraps {
                b { (t(lang, X::Last)) } " "
                @match &report.last {
                    Some(run) => { (ago(lang, run.ended_at.unwrap_or(run.began_at), view.now)) br; span.nil { (looked_at(lang, run)) } }
                    None => { (t(lang, X::Never)) }
                }
                @if let Some(run) = &report.running { br; (t(lang, X::Running)) " " span.nil { (looked_at(lang, run)) } }
            }
            @if view.signed.cx.may::<Create>("integrity") && report.running.is_none() {
                form method="post" action="/settings/integrity" data-swap data-done=(t(lang, X::Begun)) {
                    (csrf(&view.signed.csrf)) button.btn.s { (t(lang, X::Now)) }
                }
            }
        }
    }
}

fn looked_at(lang: Lang, run: &Run) -> Markup {
    html! {
        (t(lang, X::Rows)) " " (format::count(run.rows)) " · " (t(lang, X::Entries)) " " (format::count(run.entries))
    }
}

fn line(view: &IntegrityView<'_>, finding: &Finding) -> Markup {
    let lang = view.signed.cx.lang();
    let object = view.records.objects().get(finding.object.as_str());
    let of_rights = right(finding.object.as_str());
    let words = match finding.kind {
        Kind::Altered => X::Altered,
        Kind::Older => X::Older,
        Kind::Missing => X::Missing,
        Kind::Back if finding.is_about_a_key() => X::KeyBack,
        Kind::Back => X::Back,
        Kind::Unreadable => X::Unreadable,
        Kind::Ledger => X::Ledger,
    };
    html! {
        div."line-item" {
            (icon("warn"))
            span.grow.wraps {
                @if let Some(object) = object { b { (object.label(lang)) } " " } @else if finding.is_about_a_file() { b { (t(lang, X::File)) } " " }
                @else if let Some(word) = of_rights { b { (t(lang, word)) } " " }
                (t(lang, words))
                @if !finding.record.is_nil() { br; code { (finding.record) } }
                br; span.nil { (t(lang, X::Found)) " " (ago(lang, finding.found_at, view.now)) }
            }
        }
    }
}

/// Returns what a row is called that says who may do what.
fn right(name: &str) -> Option<X> {
    Some(match name {
        "user" => X::User,
        "session" => X::Session,
        "link" => X::Link,
        "token" => X::Token,
        "identity" => X::Identity,
        "share" => X::Share,
        "approval" => X::Approval,
        "app" => X::App,
        "rescue" => X::Rescue,
        "role" => X::Roles,
        "team" => X::Teams,
        "policy" => X::Policy,
        "export" => X::Export,
        _ => return None,
    })
}
