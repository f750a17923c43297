//! Import: choose a file, match its columns, look at what would happen, run.

use db::Permitted;
use httpkit::Signed;
use kernel::{Lang, Timestamp};
use maud::{Markup, html};
use records::import::{Checked, ImportRun, Plan, Policy, RowProblem, State, Target};
use records::object::Kind;
use records::{Object, Records};

use super::top;
use ui::either;
use ui::fault::field as field_text;
use ui::format;
use ui::text::{A, M, dry_run, t};
use ui::{banner, csrf, icon, stat};

fn number(n: u64) -> String {
    format::number(i64::try_from(n).unwrap_or(i64::MAX))
}

fn steps(lang: Lang, present: usize) -> Markup {
    let all = [M::StepFile, M::StepMatch, M::StepCheck, M::StepRun];
    html! {
        ol.steps {
            @for (at, step) in all.iter().enumerate() {
                li data-done[at < present] aria-current=[(at == present).then_some("step")] {
                    span.n { @if at < present { (icon("check")) } @else { (at + 1) } } (t(lang, *step))
                }
            }
        }
    }
}

fn page(signed: &Signed, present: usize, body: &Markup) -> Markup {
    let lang = signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, M::ImportTitle)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div."wide-page" { (steps(lang, present)) (body) } }
    }
}

/// Draws the first step: which object, which file; and what was imported before.
#[must_use]
pub fn choose(
    signed: &Signed,
    records: &Records,
    object: &str,
    runs: &[Permitted<ImportRun, authz::Import>],
    refused: Option<&str>,
    now: Timestamp,
) -> Markup {
    let lang = signed.cx.lang();
    let objects = records.objects().iter().filter(|o| signed.cx.may::<authz::Import>(o.name.as_str()));
    page(
        signed,
        0,
        &html! {
            p.lead { (t(lang, M::ImportLead)) }
            @if let Some(code) = refused { @let (what, next) = ui::fault::explain(lang, code); (banner("bad", "warn", what, next)) }
            form method="post" action="/import" enctype="multipart/form-data" data-upload {
                (csrf(&signed.csrf))
                div.narrow {
                    div.field {
                        label for="object" { (t(lang, M::ImportWhat)) }
                        select.in id="object" name="object" {
                            @for o in objects { option value=(o.name) selected[o.name == object] { (o.plural_label(lang)) } }
                        }
                    }
                    div.drop {
                        (icon("upload"))
                        b { (t(lang, M::ImportDrop)) }
                        span { (t(lang, M::ImportFormats)) }
                        input type="file" name="file" required accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values" aria-label=(t(lang, M::ImportDrop));
                    }
                    noscript { button.btn.primary { (t(lang, M::Import)) } }
                }
            }
            @if !runs.is_empty() { (earlier(lang, records, runs, now)) }
        },
    )
}

fn earlier(lang: Lang, records: &Records, runs: &[Permitted<ImportRun, authz::Import>], now: Timestamp) -> Markup {
    html! {
        section {
            h2 { (t(lang, M::ImportEarlier)) }
            table.plain {
                thead { tr { th { (t(lang, M::When)) } th { (t(lang, M::What)) } th { (t(lang, A::State)) } th.num { (t(lang, M::RowsNew)) } th.num { (t(lang, M::RowsWrong)) } } }
                tbody {
                    @for run in runs {
                        @let object = records.object(run.target().as_str()).map_or_else(|_| run.target().to_string(), |o| o.plural_label(lang).to_owned());
                        tr {
                            td { a.quiet href={ "/import/" (run.import_id()) } data-swap { (format::ago(lang, run.created_at(), now)) } }
                            th scope="row" { (object) }
                            td { (state(lang, run.state())) }
                            td.num { (number(run.counts().created)) }
                            td.num { (number(run.counts().wrong)) }
                        }
                    }
                }
            }
        }
    }
}

fn state(lang: Lang, state: State) -> &'static str {
    match state {
        State::Planned => either(lang, "not started", "未开始"),
        State::Running => t(lang, M::ImportRunning),
        State::Done => t(lang, M::RowsDone),
        State::Failed => t(lang, M::ImportFailed),
        State::Stopped => either(lang, "stopped", "已停止"),
    }
}

/// Draws the second step: which column becomes which field.
#[must_use]
pub fn columns(signed: &Signed, object: &Object, run: &ImportRun, plan: &Plan) -> Markup {
    let lang = signed.cx.lang();
    page(
        signed,
        1,
        &html! {
            form method="post" action={ "/import/" (run.import_id()) "/columns" } data-swap {
                (csrf(&signed.csrf))
                div.scroll { table.plain {
                    thead { tr { th { (t(lang, M::Column)) } th { (t(lang, M::Sample)) } th { (t(lang, M::BecomesField)) } } }
                    tbody {
                        @for (at, column) in plan.columns.iter().enumerate() {
                            tr {
                                th scope="row" { (column) }
                                td { div.sampled { (samples(plan, at)) } }
                                td { (target(lang, object, plan, at, column)) }
                            }
                        }
                    }
                } }
                div.narrow {
                    div.field {
                        label for="policy" { (t(lang, M::WhenKnown)) }
                        select.in id="policy" name="policy" {
                            option value="skip" selected[plan.policy == Policy::Skip] { (t(lang, M::KnownSkip)) }
                            option value="update" selected[plan.policy != Policy::Skip] { (t(lang, M::KnownUpdate)) }
                        }
                    }
                    @if object.fields.iter().any(|f| f.link.as_ref().is_some_and(|l| *l == "company")) {
                        label.check { input type="checkbox" name="make" value="1" checked[plan.make_missing]; span { (t(lang, M::MakeLinked)) } }
                    }
                    div.acts { button.btn.primary { (t(lang, M::CheckNow)) } a.btn href="/import" data-swap { (t(lang, M::Cancel)) } }
                }
            }
        },
    )
}

fn samples(plan: &Plan, column: usize) -> String {
    let cells = plan.samples.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.trim().is_empty());
    cells.take(3).map(|cell| cell.chars().take(40).collect::<String>()).collect::<Vec<_>>().join(" · ")
}

fn target(lang: Lang, object: &Object, plan: &Plan, at: usize, column: &str) -> Markup {
    let present = plan.mapping.get(at).map_or("", Target::spelled);
    let named = object.fields.iter().any(|f| f.kind == Kind::PersonName);
    html! {
        select.in name="map" aria-label={ (column) ": " (t(lang, M::BecomesField)) } {
            option value="" selected[present.is_empty()] { (t(lang, M::LeaveOut)) }
            @for field in &object.fields { option value=(field.name) selected[present == field.name.as_str()] { (field.label(lang)) } }
            @if named {
                option value="first-name" selected[present == "first-name"] { (either(lang, "First name", "名")) }
                option value="last-name" selected[present == "last-name"] { (either(lang, "Last name", "姓")) }
            }
            option value="@owner" selected[present == "@owner"] { (t(lang, M::Owner)) }
        }
    }
}

/// Draws the third step: what would happen.
#[must_use]
pub fn check(signed: &Signed, object: &Object, run: &ImportRun, plan: &Plan, found: &Checked) -> Markup {
    let lang = signed.cx.lang();
    let by: Vec<&str> =
        found.matched.iter().map(|m| object.field(m.field.as_str()).map_or("", |field| field.label(lang))).collect();
    let known: u64 = found.matched.iter().map(|m| m.rows).sum::<u64>() + found.repeated;
    page(
        signed,
        2,
        &html! {
            h2 { (dry_run(lang, (found.rows, found.fresh, known, found.wrong))) }
            div.tally {
                (stat(t(lang, M::Rows), &number(found.rows), ""))
                (stat(t(lang, M::RowsNew), &number(found.fresh), ""))
                (stat(t(lang, M::RowsMatch), &number(known), &by.join(either(lang, ", ", "、"))))
                (stat(t(lang, M::RowsWrong), &number(found.wrong), ""))
            }
            form.acts method="post" action={ "/import/" (run.import_id()) "/start" } data-swap {
                (csrf(&signed.csrf))
                button.btn.primary disabled[found.fresh == 0 && known == 0] { (t(lang, M::RunNow)) }
                a.btn href={ "/import/" (run.import_id()) } data-swap { (t(lang, M::BackToColumns)) }
            }
            @if !found.problems.is_empty() { (problems(lang, plan, &found.problems)) }
        },
    )
}

fn problems(lang: Lang, plan: &Plan, rows: &[RowProblem]) -> Markup {
    html! {
        section {
            h2 { (t(lang, M::WrongRows)) }
            p.lead { (t(lang, M::WrongRowsHint)) }
            table.plain {
                thead { tr { th.num { (t(lang, M::Line)) } th { (t(lang, M::Column)) } th { (t(lang, M::WhatIsWrong)) } } }
                tbody {
                    @for row in rows {
                        tr {
                            td.num { (number(row.line)) }
                            th scope="row" { (row.column.and_then(|at| plan.columns.get(at)).map_or(t(lang, M::Nothing), String::as_str)) }
                            td { (field_text(lang, &row.code, None)) }
                        }
                    }
                }
            }
        }
    }
}

/// Draws the last step: how far it is, or what came of it.
#[must_use]
pub fn running(signed: &Signed, object: &Object, run: &ImportRun, plan: &Plan, wrong: &[RowProblem]) -> Markup {
    let lang = signed.cx.lang();
    let counts = run.counts();
    let going = run.state() == State::Running;
    let url = format!("/import/{}", run.import_id());
    page(
        signed,
        if going { 3 } else { 4 },
        &html! {
            div data-poll=[going.then_some(url.as_str())] {
                @match run.state() {
                    State::Running => { h2 { (t(lang, M::ImportRunning)) } progress max="100" value=(run.percent()) aria-label=(t(lang, M::ImportRunning)) { (run.percent()) "%" } },
                    State::Done => { (banner("good", "check", t(lang, M::ImportDone), "")) },
                    _ => { @let (what, next) = ui::fault::explain(lang, run.fault().unwrap_or("internal")); (banner("bad", "warn", t(lang, M::ImportFailed), &format!("{what}. {next}"))) },
                }
            }
            div.tally {
                (stat(t(lang, M::RowsNew), &number(counts.created), ""))
                (stat(t(lang, M::Updated), &number(counts.updated), ""))
                (stat(t(lang, M::RowsMatch), &number(counts.skipped), ""))
                (stat(t(lang, M::RowsWrong), &number(counts.wrong), ""))
            }
            @if !going { p.acts { a.btn.primary href={ "/" (object.plural) } data-swap { (t(lang, M::OpenList)) } a.btn href="/import" data-swap { (t(lang, M::ImportMore)) } } }
            @if !wrong.is_empty() { (problems(lang, plan, wrong)) }
        },
    )
}
