//! What people are told about their accounts.

use std::collections::HashMap;
use std::sync::Arc;

use authz::{Configure, Role};
use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use ledger::verbs;
use maud::{Markup, html};
use notices::{EntryView, Greeting, Kind, Told, Waiting};

use super::phrase::role_text;
use super::top;
use ui::text::{B, H, N, R, V, W, X, approval, t};
use ui::{ago, csrf, either, empty, format, icon, tag};

/// Returns the symbol of a kind.
const fn symbol(kind: Kind) -> &'static str {
    match kind {
        Kind::NewDevice => "devices",
        Kind::FactorAdded | Kind::FactorRemoved | Kind::PasswordChanged | Kind::TokenMade => "key",
        Kind::PasskeyCopied
        | Kind::CookieElsewhere
        | Kind::TokenElsewhere
        | Kind::TokenTwice
        | Kind::CanaryTouched
        | Kind::RowsAltered => "warn",
        Kind::RolesChanged => "team",
        Kind::WebhookMade | Kind::WebhookChanged | Kind::WebhookOff => "bolt",
        Kind::RescueAsked | Kind::RescueApproved | Kind::RescueDone => "key",
        Kind::RescueStopped | Kind::BudgetSpent | Kind::BudgetRaised => "shield",
        Kind::RescueToApprove | Kind::RescueAgreed | Kind::RescueUsed => "users",
        Kind::ApprovalAlone => "warn",
        Kind::ApprovalGranted | Kind::ApprovalRefused | Kind::ApprovalEnded | Kind::ApprovalReviewed => "shield",
    }
}

/// Says a change of the ways to sign in; `what` is the code of one.
fn factor(lang: Lang, what: &str, added: bool) -> &'static str {
    match (what, added) {
        ("passkey", true) => either(lang, "A passkey was added to your account", "您的账户添加了一个通行密钥"),
        ("passkey", false) => either(lang, "A passkey was removed from your account", "您的账户移除了一个通行密钥"),
        ("provider", true) => either(lang, "A company account was connected to yours", "您的账户关联了一个企业账户"),
        ("provider", false) => {
            either(lang, "A company account was disconnected from yours", "您的账户取消了企业账户的关联")
        }
        ("recovery", true) => either(lang, "New recovery codes were made for your account", "您的账户生成了新的恢复码"),
        ("recovery", false) => {
            either(lang, "The recovery codes of your account were removed", "您账户的恢复码已被移除")
        }
        (_, true) => either(lang, "An authenticator app was added to your account", "您的账户启用了身份验证器应用"),
        (_, false) => {
            either(lang, "The authenticator app was removed from your account", "您账户的身份验证器应用已被移除")
        }
    }
}

/// Says a step of a recovery.
fn recovery(lang: Lang, told: &Told, names: Option<&Names>) -> String {
    let who = told.whose.and_then(|id| names?.get(&id)).map_or("?", |name| name);
    let until = told.until.map(|at| format::moment(lang, at)).unwrap_or_default();
    match (told.kind, lang) {
        (Kind::RescueAsked, Lang::En) => "Somebody asks for a new way into your account".to_owned(),
        (Kind::RescueAsked, Lang::Zh) => "有人申请恢复您的账户访问".to_owned(),
        (Kind::RescueApproved, Lang::En) => format!("Your account can be opened with a new password from {until} on"),
        (Kind::RescueApproved, Lang::Zh) => format!("自 {until} 起，可使用新密码打开您的账户"),
        (Kind::RescueDone, Lang::En) => "Your account was recovered: new password, nothing else left".to_owned(),
        (Kind::RescueDone, Lang::Zh) => "您的账户已恢复：已设置新密码，其他登录方式均已清除".to_owned(),
        (Kind::RescueToApprove, Lang::En) => format!("{who} cannot sign in, and waits for two administrators"),
        (Kind::RescueToApprove, Lang::Zh) => format!("{who}无法登录，正等待两位管理员处理"),
        (Kind::RescueAgreed, Lang::En) => format!("Two agreed: {who} gets in again from {until} on"),
        (Kind::RescueAgreed, Lang::Zh) => format!("已获两位管理员同意：{who}自 {until} 起可重新登录"),
        (Kind::RescueUsed, Lang::En) => format!("{who} has recovered their account"),
        (Kind::RescueUsed, Lang::Zh) => format!("{who}已恢复账户访问"),
        (_, Lang::En) => format!("The recovery of an account was stopped: {who}"),
        (_, Lang::Zh) => format!("账户恢复已中止：{who}"),
    }
}

/// Says what somebody did with a contact that nobody deals with.
fn touched(lang: Lang, told: &Told, names: Option<&Names>) -> String {
    let who = match told.whose {
        Some(id) => names.and_then(|names| names.get(&id)).map_or(either(lang, "Somebody", "有人"), |name| name),
        None => either(lang, "The operator of the machine", "服务器操作员"),
    };
    let did = match told.what.as_deref().unwrap_or_default() {
        verbs::READ => either(lang, "opened", "打开了"),
        verbs::EXPORT | verbs::DOWNLOAD => either(lang, "took out", "导出了"),
        verbs::LIST | verbs::SEARCH => either(lang, "read with a program", "通过程序读取了"),
        verbs::REVEAL => either(lang, "opened a sealed field of", "查看了密封字段，属于"),
        _ => either(lang, "touched", "触碰了"),
    };
    match lang {
        Lang::En => format!("{who} {did} a canary contact"),
        Lang::Zh => format!("{who}{did}金丝雀联系人"),
    }
}

/// What people are called.
type Names = HashMap<UserId, Arc<str>>;

/// Says what happened.
fn title(lang: Lang, told: &Told, names: Option<&Names>) -> String {
    let what = told.what.as_deref().unwrap_or_default();
    match told.kind {
        Kind::NewDevice => {
            either(lang, "Your account was opened in a new browser", "您的账户在新的浏览器中登录").to_owned()
        }
        Kind::FactorAdded => factor(lang, what, true).to_owned(),
        Kind::FactorRemoved => factor(lang, what, false).to_owned(),
        Kind::PasskeyCopied => match lang {
            Lang::En => format!("The passkey “{what}” may have been copied, so it opens nothing any more"),
            Lang::Zh => format!("通行密钥“{what}”可能已被复制，现已停用"),
        },
        Kind::PasswordChanged => either(lang, "Your password was changed", "您的密码已更改").to_owned(),
        Kind::RolesChanged => {
            let roles = what.split(' ').filter_map(Role::parse).map(|role| role_text(lang, role));
            let roles = roles.collect::<Vec<_>>().join(either(lang, ", ", "、"));
            format!("{}{roles}", either(lang, "Your roles are now: ", "您的角色现在为："))
        }
        Kind::TokenMade => match lang {
            Lang::En => format!("A token was made that acts in your name (…{what})"),
            Lang::Zh => format!("新建了以您的名义操作的令牌（…{what}）"),
        },
        Kind::WebhookMade => match lang {
            Lang::En => format!("A webhook was made that tells another system what you see: {what}"),
            Lang::Zh => format!("新建了向其他系统发送内容的事件推送：{what}"),
        },
        Kind::WebhookChanged => match lang {
            Lang::En => format!("What your webhook {what} tells, or whom, was changed"),
            Lang::Zh => format!("您的事件推送“{what}”的内容或接收地址已更改"),
        },
        Kind::WebhookOff => match lang {
            Lang::En => format!("Your webhook {what} was turned off, because nothing arrives"),
            Lang::Zh => format!("您的事件推送“{what}”因无法送达已停用"),
        },
        Kind::TokenTwice => match lang {
            Lang::En => format!("Access of an app (…{what}) was ended: somebody else may have copied its key"),
            Lang::Zh => format!("应用的访问权限（…{what}）已终止：其密钥可能被他人复制"),
        },
        Kind::TokenElsewhere => match lang {
            Lang::En => format!("Your token …{what} was tried from a network it is not for, and refused"),
            Lang::Zh => format!("您的令牌 …{what} 在非指定网络中被使用，已拒绝"),
        },
        Kind::CookieElsewhere => either(
            lang,
            "A session of yours turned up in another browser, and was ended",
            "您的一个会话出现在另一个浏览器中，已被结束",
        )
        .to_owned(),
        kind if kind.is_approval() => decided(lang, told, names),
        Kind::BudgetSpent => {
            let who = told.whose.and_then(|id| names?.get(&id)).map_or("?", |name| name);
            match lang {
                Lang::En => format!("{who} was stopped: they have seen as many people as their role allows"),
                Lang::Zh => format!("{who}已被拦截：查看的人数已达其角色上限"),
            }
        }
        Kind::CanaryTouched => touched(lang, told, names),
        Kind::RowsAltered => match lang {
            Lang::En => format!("Somebody altered data outside of the program; records found: {what}"),
            Lang::Zh => format!("有人在程序之外改动了数据，已发现 {what} 处"),
        },
        Kind::BudgetRaised => {
            either(lang, "You may see more people until this time tomorrow", "在明天此时之前，您可以查看更多的人")
                .to_owned()
        }
        _ => recovery(lang, told, names),
    }
}

/// Says what became of a request; `what` is the word of its rule.
fn decided(lang: Lang, told: &Told, names: Option<&Names>) -> String {
    let rule = approval::rule(lang, told.what.as_deref().unwrap_or_default());
    let who =
        told.whose.and_then(|id| names?.get(&id)).map_or(either(lang, "A colleague", "一位同事"), |name| name);
    match (told.kind, lang) {
        (Kind::ApprovalGranted, Lang::En) => format!("Agreed: {rule}"),
        (Kind::ApprovalGranted, Lang::Zh) => format!("已同意：{rule}"),
        (Kind::ApprovalRefused, Lang::En) => format!("Refused: {rule}"),
        (Kind::ApprovalRefused, Lang::Zh) => format!("已拒绝：{rule}"),
        (Kind::ApprovalReviewed, Lang::En) => format!("Reviewed: {rule}"),
        (Kind::ApprovalReviewed, Lang::Zh) => format!("已核查：{rule}"),
        (Kind::ApprovalAlone, Lang::En) => format!("{who} went ahead without a second person: {rule}"),
        (Kind::ApprovalAlone, Lang::Zh) => format!("{who}未经第二人同意执行了操作：{rule}"),
        (_, Lang::En) => format!("Nothing came of it: {rule}"),
        (_, Lang::Zh) => format!("未执行：{rule}"),
    }
}

/// Tells whether it can have been the person, so that the question makes sense.
const fn asks(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::NewDevice
            | Kind::FactorAdded
            | Kind::FactorRemoved
            | Kind::PasswordChanged
            | Kind::TokenMade
            | Kind::WebhookMade
            | Kind::WebhookChanged
    )
}

/// Draws where it happened, or who did it.
fn place(lang: Lang, told: &Told, names: Option<&Names>) -> Markup {
    let by = told.by.and_then(|by| names.and_then(|names| names.get(&by)));
    html! {
        @if let Some(name) = by { (either(lang, "by ", "操作人：")) (name) " · " }
        @if let Some(agent) = &told.agent { (agent) " · " }
        @if let Some(ip) = &told.ip { (ip) " · " }
        time datetime=(told.at) data-exact { (format::moment(lang, told.at)) }
    }
}

/// Draws the buttons that answer a notice.
fn answers(lang: Lang, token: &str, told: &Told) -> Markup {
    let recovery = told.kind.is_recovery();
    let leads = match told.kind {
        kind if kind.is_approval() => Some(("/approvals", t(lang, V::Title))),
        Kind::CanaryTouched => Some(("/settings/canaries", t(lang, W::Title))),
        Kind::RowsAltered => Some(("/settings/integrity", t(lang, X::Title))),
        _ => None,
    };
    if let Some((href, title)) = leads {
        return html! {
            form method="post" action={ "/notices/" (told.id) "/seen" } data-swap { (csrf(token)) button.btn.s { (t(lang, N::GotIt)) } }
            a.btn.s href=(href) data-swap { (title) }
        };
    }
    let seen = if asks(told.kind) || recovery { N::WasMe } else { N::GotIt };
    html! {
        form method="post" action={ "/notices/" (told.id) "/seen" } data-swap { (csrf(token)) button.btn.s { (t(lang, seen)) } }
        @if recovery { form method="post" action="/recover/stop" data-swap { (csrf(token)) button.btn.s.danger { (t(lang, R::StopIt)) } } }
        @else { form method="post" action={ "/notices/" (told.id) "/not-me" } { (csrf(token)) button.btn.s.danger { (t(lang, N::NotMe)) } } }
    }
}

/// Draws what stands on top of a page: the newest notice that has to be answered, and the greeting after a sign-in.
pub(super) fn strips(lang: Lang, token: &str, waiting: &Waiting, now: Timestamp) -> Markup {
    html! {
        @if let Some(told) = &waiting.pressing {
            // On every page until it is answered: a part of the page that can be found, and not an alarm each time.
            section.strip.bad aria-label=(title(lang, told, None)) {
                (icon(symbol(told.kind)))
                div.grow { b { (title(lang, told, None)) } span { (place(lang, told, None)) } }
                div.acts { (answers(lang, token, told)) }
            }
        }
        @if let Some(greeting) = &waiting.greeting { (hello(lang, greeting, now)) }
    }
}

fn hello(lang: Lang, greeting: &Greeting, now: Timestamp) -> Markup {
    let last = &greeting.last;
    html! {
        div.strip role="status" {
            (icon("clock"))
            div.grow {
                b { (either(lang, "Last sign-in: ", "上次登录：")) (ago(lang, last.at, now)) }
                span {
                    (came(lang, last))
                    @if last.failed_after > 0 { b { " " (failed(lang, last.failed_after)) } }
                }
            }
            a.quiet href="/settings/account#entries" data-swap { (t(lang, N::NotYou)) }
        }
    }
}

/// Says how many tries failed after a sign-in.
fn failed(lang: Lang, n: u64) -> String {
    match (lang, n) {
        (Lang::En, 1) => "One try failed after it.".to_owned(),
        (Lang::En, _) => format!("{} tries failed after it.", format::count(n)),
        (Lang::Zh, _) => format!("此后有 {} 次登录失败。", format::count(n)),
    }
}

/// Says by what somebody came in; the words are those of the sign-in's ledger line.
fn by(lang: Lang, word: &str) -> &'static str {
    match word {
        "passkey" => either(lang, "passkey", "通行密钥"),
        "password" => either(lang, "password", "密码"),
        "password, app" => either(lang, "password and code", "密码和验证码"),
        "password, recovery code" => either(lang, "password and recovery code", "密码和恢复码"),
        "provider" => either(lang, "company sign-in", "企业账户"),
        "link" => either(lang, "one-time link", "一次性链接"),
        "rescue" => either(lang, "recovery by two administrators", "两位管理员协助恢复"),
        "invitation" => either(lang, "invitation", "邀请"),
        "setup" => either(lang, "first run", "首次设置"),
        _ => either(lang, "another way", "其他方式"),
    }
}

fn came(lang: Lang, entry: &EntryView) -> Markup {
    html! {
        time datetime=(entry.at) data-exact { (format::moment(lang, entry.at)) }
        @if let Some(agent) = &entry.agent { " · " (agent) }
        @if let Some(ip) = &entry.ip { " · " (ip) }
        " · " (by(lang, &entry.by))
    }
}

/// Draws the card of the last sign-ins.
#[must_use]
pub fn entries(lang: Lang, entries: &[EntryView]) -> Markup {
    html! {
        section.card id="entries" {
            div."card-h" { h2 { (t(lang, N::Entries)) } }
            @for entry in entries {
                div."line-item" {
                    (icon("clock"))
                    span.grow.wraps { (came(lang, entry)) @if entry.failed_after > 0 { br; b { (failed(lang, entry.failed_after)) } } }
                }
            }
        }
    }
}

/// Draws what is said after somebody answered that it was not them.
#[must_use]
pub fn ended(lang: Lang, shown: bool) -> Markup {
    html! {
        @if shown { div.strip.bad role="alert" { (icon("shield")) div.grow { b { (t(lang, N::Ended)) } span { (t(lang, N::EndedHint)) } } } }
    }
}

/// Draws the page of everything somebody was told.
#[must_use]
pub fn list(signed: &Signed, told: &[Told], names: &Names, now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    let see_all = html! {
        @if told.iter().any(|notice| !notice.seen) {
            form method="post" action="/notices" data-swap { (csrf(&signed.csrf)) button.btn { (icon("check")) span { (t(lang, N::SeenAll)) } } }
        }
    };
    html! {
        (top(lang, &html! { h1 { (t(lang, N::Notices)) } }, &see_all))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { (t(lang, N::Lead)) }
                @if told.is_empty() { (empty("bell", t(lang, N::Nothing), t(lang, N::NothingHint), &html! {})) }
                @else { section.card { @for notice in told { (line(signed, notice, names, now)) } } }
            }
        }
    }
}

fn line(signed: &Signed, told: &Told, names: &Names, now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    html! {
        div."line-item".notice {
            (icon(symbol(told.kind)))
            span.grow.wraps {
                b { (title(lang, told, Some(names))) }
                br; span.nil { (ago(lang, told.at, now)) " · " (place(lang, told, Some(names))) }
            }
            @if !told.seen {
                @if told.kind.is_pressing() { div.acts { (answers(lang, &signed.csrf, told)) } }
                @else if told.kind.is_approval() { a.btn.s href="/approvals" data-swap { (t(lang, V::Title)) } }
                @else if told.kind == Kind::RescueToApprove { a.btn.s href="/settings/recovery" data-swap { (t(lang, R::Requests)) } }
                @else if told.kind == Kind::BudgetSpent && signed.cx.may::<Configure>("setting") {
                    a.btn.s href="/settings/budget" data-swap { (t(lang, B::Title)) }
                }
                @else if told.kind == Kind::WebhookOff {
                    a.btn.s href="/settings/account/webhooks" data-swap { (t(lang, H::Title)) }
                }
                @else { (tag(t(lang, N::Unseen), 1)) }
            }
        }
    }
}
