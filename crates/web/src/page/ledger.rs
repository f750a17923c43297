//! The access log, of the workspace and of a record.

use httpkit::Signed;
use kernel::{Lang, Timestamp};
use ledger::{Outcome, Via, verbs};
use maud::{Markup, html};
use records::history::{Event, Events};

use super::top;
use crate::format;
use crate::house::either;
use crate::text::{M, t};
use crate::ui::{Names, empty};

/// Returns the symbol and tone of a verb.
#[must_use]
pub fn look(verb: &str) -> (&'static str, u8) {
    match verb {
        verbs::READ | verbs::LIST | verbs::SEARCH => ("eye", 0),
        verbs::CREATE | verbs::IMPORT => ("plus", 3),
        verbs::UPDATE => ("edit", 1),
        verbs::DELETE => ("trash", 7),
        verbs::RESTORE => ("restore", 4),
        "reveal" => ("lock", 2),
        _ => ("bolt", 0),
    }
}

/// Says a verb of the ledger.
#[must_use]
pub fn verb_text(lang: Lang, verb: &str) -> String {
    let (en, zh) = match verb {
        verbs::READ => ("looked at it", "查看了"),
        verbs::LIST => ("saw it in a list", "在列表中看到"),
        verbs::SEARCH => ("found it by search", "通过搜索找到"),
        verbs::CREATE => ("created it", "新建"),
        verbs::UPDATE => ("changed it", "修改了"),
        verbs::DELETE => ("put it into the bin", "移入回收站"),
        verbs::RESTORE => ("restored it", "恢复了"),
        verbs::IMPORT => ("imported it", "导入了"),
        verbs::SIGN_IN => ("signed in", "登录"),
        verbs::SIGN_IN_FAILED => ("tried to sign in", "登录失败"),
        verbs::SIGN_OUT => ("signed out", "退出登录"),
        verbs::INVITE => ("invited somebody", "邀请了成员"),
        verbs::LEDGER_READ => ("opened the access log", "打开了访问日志"),
        "reveal" => ("opened a sealed field", "查看了密封字段"),
        "link-create" => ("made a one-time link", "生成了一次性链接"),
        other => return other.replace('-', " "),
    };
    either(lang, en, zh).to_owned()
}

/// What the workspace's log shows.
pub struct LedgerView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The events.
    pub events: &'a Events,
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
}

/// Draws the workspace's log.
#[must_use]
pub fn ledger(view: &LedgerView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, M::AccessLog)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div."wide-page" {
                p.lead { (t(lang, M::LedgerLead)) " " code { "custos ledger verify" } }
                (events(view.signed, view.events, view.names, view.now, false))
            }
        }
    }
}

/// Draws events as a table; of one record without saying each time which.
#[must_use]
pub fn events(signed: &Signed, events: &Events, names: &Names, now: Timestamp, of_record: bool) -> Markup {
    let lang = signed.cx.lang();
    if events.events.is_empty() {
        return empty("history", t(lang, M::EmptyList), "", &html! {});
    }
    html! {
        @if of_record { p.lead { (t(lang, M::RecordLogLead)) } }
        div.scroll {
            table.plain {
                thead { tr { th { (t(lang, M::When)) } th { (t(lang, M::Who)) } th { (t(lang, M::What)) } th { (t(lang, M::Where)) } } }
                tbody { @for event in &events.events { (line(lang, event, names, now, of_record)) } }
            }
        }
        @if let Some(before) = events.before {
            p.acts { a.btn.s href={ (if of_record { "?tab=access&before=" } else { "?before=" }) (before) } data-swap { (t(lang, M::Older)) } }
        }
    }
}

fn line(lang: Lang, event: &Event, names: &Names, now: Timestamp, of_record: bool) -> Markup {
    let when = format!("{} {}", super::record::day_name(lang, event.at, now), format::time(event.at));
    html! {
        tr {
            td { time.num datetime=(event.at) { (when) } }
            th scope="row" { (super::record::actor_name(lang, &event.actor, names)) }
            td {
                (verb_text(lang, &event.verb))
                @if !of_record { " · " (about(lang, event)) }
                @if !event.fields.is_empty() { " (" (event.fields.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(", ")) ")" }
                @match &event.outcome {
                    Outcome::Done => {},
                    Outcome::Denied(_) => { " " em.down { (t(lang, M::Denied)) } },
                    Outcome::Failed(_) => { " " em.down { (t(lang, M::Failed)) } },
                }
                @if let Some(reason) = &event.reason { " — " (reason) }
            }
            td { (via(lang, event)) }
        }
    }
}

fn about(lang: Lang, event: &Event) -> String {
    match (lang, event.ids.len()) {
        (_, 0 | 1) => event.object.to_string(),
        (Lang::En, n) => format!("{n} × {}", event.object),
        (Lang::Zh, n) => format!("{} × {n}", event.object),
    }
}

fn via(lang: Lang, event: &Event) -> String {
    let door = match event.via {
        Via::Web => either(lang, "browser", "浏览器"),
        Via::Api => "API",
        Via::Job => either(lang, "job", "后台任务"),
        Via::Command => either(lang, "command", "命令行"),
    };
    event.ip.map_or_else(|| door.to_owned(), |ip| format!("{door}, {ip}"))
}
