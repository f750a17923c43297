//! Webhooks: one's own and everybody's, a new one, and one with what was sent.

use std::collections::HashMap;

use authz::Grant;
use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use maud::{Markup, html};
use records::{Object, Records};
use webhooks::rules::{TEST, WATCHED, WORDS};
use webhooks::{DeliveryState, DeliveryView, Plan, WebhookId, WebhookView};

use pages::auth::Refused;
use pages::top;
use ui::text::{H, M, t, webhook::why};
use ui::{Control, ago, csrf, either, empty, field, format, icon, tag};

const HOME: &str = "/settings/account/webhooks";

/// What the list of webhooks shows.
pub struct WebhooksView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// Their own.
    pub own: &'a [WebhookView],
    /// Those of others, and what their owners are called, for whoever may see to them.
    pub others: Option<(&'a [WebhookView], &'a HashMap<UserId, String>)>,
    /// Our clock.
    pub now: Timestamp,
}

/// Draws the card on one's own account that leads to the webhooks.
#[must_use]
pub fn card(lang: Lang) -> Markup {
    html! {
        section.card id="webhooks" {
            div."card-h" { h2 { (t(lang, H::Title)) } }
            p.lead { (t(lang, H::CardLead)) }
            p.acts { a.btn href=(HOME) data-swap { (t(lang, H::Open)) } }
        }
    }
}

/// Draws the list.
#[must_use]
pub fn list(view: &WebhooksView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let new = html! { a.btn.primary href={ (HOME) "/new" } data-swap { (icon("plus")) span { (t(lang, H::New)) } } };
    html! {
        (top(lang, &html! { h1 { (t(lang, H::Title)) } }, &new))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { (t(lang, H::Lead)) }
                @if view.own.is_empty() { (empty("bolt", t(lang, H::Nothing), t(lang, H::NothingHint), &html! {})) }
                @else { section.card { @for hook in view.own { (line(view, hook)) } } }
                @if let Some((others, _)) = view.others.filter(|(others, _)| !others.is_empty()) {
                    section.card {
                        div."card-h" { h2 { (t(lang, H::All)) } }
                        @for hook in others { (line(view, hook)) }
                    }
                }
            }
        }
    }
}

fn standing(lang: Lang, hook: &WebhookView) -> Markup {
    match (hook.on, hook.failing_since) {
        (true, Some(_)) => tag(t(lang, H::Failing), 2),
        (true, None) => tag(t(lang, H::On), 3),
        (false, _) => tag(t(lang, H::Off), 0),
    }
}

/// Draws how it goes.
fn going(lang: Lang, hook: &WebhookView, now: Timestamp) -> Markup {
    html! {
        @if let Some(code) = hook.fault.as_deref().filter(|_| !hook.on) { (why(lang, code)) " " }
        @if let Some(since) = hook.failing_since { (t(lang, H::Since)) " " (ago(lang, since, now)) " · " }
        @match hook.sent_at {
            Some(at) => { (t(lang, H::Last)) " " (ago(lang, at, now)) }
            None => (t(lang, H::Never)),
        }
    }
}

fn line(view: &WebhooksView<'_>, hook: &WebhookView) -> Markup {
    let lang = view.signed.cx.lang();
    let own = hook.owner == view.signed.user.id;
    let fields = hook.plan.fields.len();
    html! {
        div."line-item" {
            (icon("bolt"))
            span.grow.wraps {
                b { (hook.plan.name) } " " (standing(lang, hook))
                br; span { (hook.plan.url) }
                @if !own { br; span { (t(lang, H::Owner)) " " (view.others.and_then(|(_, names)| names.get(&hook.owner)).map_or("?", String::as_str)) } }
                br; span.nil {
                    (going(lang, hook, view.now))
                    " · " @if fields == 0 { (t(lang, H::Without)) } @else { (t(lang, H::Fields)) (either(lang, ": ", "：")) (fields) }
                }
            }
            @if own { a.btn.s href={ (HOME) "/" (hook.id) } data-swap { (either(lang, "Open", "打开")) } }
            @else if hook.on && view.signed.cx.may::<Grant>("user") { (act(view.signed, hook, "state", H::TurnOff, &html! { input type="hidden" name="to" value="off"; })) }
        }
    }
}

/// Draws a button that does something to a webhook.
fn act(signed: &Signed, hook: &WebhookView, to: &str, word: H, inner: &Markup) -> Markup {
    html! {
        form method="post" action={ (HOME) "/" (hook.id) "/" (to) } data-swap {
            (csrf(&signed.csrf)) (inner)
            button.btn.s { (t(signed.cx.lang(), word)) }
        }
    }
}

/// What the form of a webhook shows.
pub struct NewView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// Which one is changed; nothing for a new one.
    pub hook: Option<WebhookId>,
    /// What was typed.
    pub typed: &'a Plan,
    /// What was wrong about it.
    pub refused: &'a Refused,
    /// What there is.
    pub records: &'a Records,
    /// Which events whoever looks may be told of.
    pub hears: &'a dyn Fn(&str) -> bool,
    /// Which fields they may have sent.
    pub sends: &'a dyn Fn(&str) -> bool,
}

/// Draws the form of a webhook, new or there.
#[must_use]
pub fn form(view: &NewView<'_>) -> Markup {
    let (lang, refused) = (view.signed.cx.lang(), view.refused);
    let control = |name, label, hint| Control {
        name,
        label: t(lang, label),
        hint: t(lang, hint),
        required: true,
        wrong: refused.of(lang, name),
    };
    let (title, word) = view.hook.map_or((H::New, t(lang, H::Make)), |_| (H::ChangeTitle, t(lang, M::Save)));
    let action = view.hook.map_or_else(|| HOME.to_owned(), |id| format!("{HOME}/{id}/edit"));
    html! {
        (top(lang, &html! { h1 { (t(lang, title)) } }, &html! { a.btn href=(HOME) data-swap { (icon("list")) span { (t(lang, H::Back)) } } }))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                section.card {
                    (refused.banner(lang))
                    form.narrow method="post" action=(action) {
                        (csrf(&view.signed.csrf))
                        (field(lang, &control("name", H::Name, H::NameHint), &html! {
                            input.in id="name" name="name" type="text" maxlength="80" required value=(view.typed.name);
                        }))
                        (field(lang, &control("url", H::Url, H::UrlHint), &html! {
                            input.in id="url" name="url" type="url" maxlength="2000" required spellcheck="false" value=(view.typed.url);
                        }))
                        (events(view))
                        (fields(view))
                        @if view.hook.is_some() { p.hint { (t(lang, H::ChangeHint)) } }
                        p.acts { button.btn.primary { (icon("bolt")) (word) } }
                    }
                }
            }
        }
    }
}

fn word_text(lang: Lang, word: &str) -> &'static str {
    match word {
        "created" => either(lang, "created", "新建"),
        "updated" => either(lang, "changed", "修改"),
        "deleted" => either(lang, "deleted", "删除"),
        _ => either(lang, "restored", "恢复"),
    }
}

fn watched_text(lang: Lang, event: &str) -> &'static str {
    match event {
        "sign-in.failed" => either(lang, "A sign-in failed", "登录失败"),
        "account.locked" => either(lang, "An account was locked", "账户被锁定"),
        "approval.requested" => either(lang, "Approval was asked for", "提交了审批申请"),
        "approval.granted" => either(lang, "A request was approved", "申请已批准"),
        "approval.refused" => either(lang, "A request was refused", "申请被拒绝"),
        _ => either(lang, "An export began or ended", "导出开始或结束"),
    }
}

/// Says an event.
fn event_text(lang: Lang, event: &str, records: &Records) -> String {
    if event == TEST {
        return either(lang, "Test", "测试").to_owned();
    }
    if webhooks::rules::is_watched(event) {
        return watched_text(lang, event).to_owned();
    }
    let (object, word) = event.split_once('.').unwrap_or((event, ""));
    let name = records.objects().get(object).map_or(object, |object| object.label(lang));
    format!("{name}{}{}", either(lang, " ", ""), word_text(lang, word))
}

/// Draws the events that can be chosen: one row an object.
fn events(view: &NewView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let chosen = |event: &str| view.typed.events.iter().any(|known| known == event);
    let heard = |object: &Object| (view.hears)(&format!("{}.created", object.name));
    let watched: Vec<&str> = WATCHED.iter().map(|(event, ..)| *event).filter(|event| (view.hears)(event)).collect();
    html! {
        fieldset.field {
            legend.label { (t(lang, H::Events)) }
            div.scroll { table.plain {
                thead { tr { td {} @for word in WORDS { th { (word_text(lang, word)) } } } }
                tbody { @for object in view.records.objects().iter().filter(|object| heard(object)) { tr {
                    th scope="row" { (object.plural_label(lang)) }
                    @for word in WORDS {
                        @let event = format!("{}.{word}", object.name);
                        td { input type="checkbox" name="events" value=(event) aria-label=(event_text(lang, &event, view.records)) checked[chosen(&event)]; }
                    }
                } } }
            } }
            @if !watched.is_empty() {
                p.label { (t(lang, H::Safety)) }
                div.roles { @for event in watched {
                    label.check { input type="checkbox" name="events" value=(event) checked[chosen(event)]; span { (watched_text(lang, event)) } }
                } }
            }
            @if let Some(text) = view.refused.of(lang, "events") { (ui::wrong("events", &text)) }
        }
    }
}

/// Draws the fields that can go along, folded away: usually none does.
fn fields(view: &NewView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let chosen = |name: &str| view.typed.fields.iter().any(|known| known == name);
    let of = |object: &Object| -> Vec<(String, String)> {
        let named =
            object.fields.iter().map(|field| (format!("{}.{}", object.name, field.name), field.label(lang).to_owned()));
        named.filter(|(name, _)| (view.sends)(name)).collect()
    };
    let all: Vec<_> =
        view.records.objects().iter().map(|object| (object, of(object))).filter(|(_, of)| !of.is_empty()).collect();
    html! {
        @if !all.is_empty() {
            fieldset.field {
                legend.label { (t(lang, H::Fields)) }
                p.hint { (t(lang, H::FieldsHint)) }
                @for (object, fields) in &all {
                    details.more open[fields.iter().any(|(name, _)| chosen(name))] {
                        summary.btn.s { (object.plural_label(lang)) }
                        div.roles { @for (name, label) in fields {
                            label.check { input type="checkbox" name="fields" value=(name) aria-label=(format!("{}{}{label}", object.plural_label(lang), either(lang, ": ", "："))) checked[chosen(name)]; span { (label) } }
                        } }
                    }
                }
                @if let Some(text) = view.refused.of(lang, "fields") { (ui::wrong("fields", &text)) }
            }
        }
    }
}

/// What the page of one webhook shows.
pub struct OneView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The webhook.
    pub hook: &'a WebhookView,
    /// What was sent.
    pub sent: &'a [DeliveryView],
    /// The secret, if it was just made.
    pub secret: Option<&'a str>,
    /// What events are about.
    pub records: &'a Records,
    /// Our clock.
    pub now: Timestamp,
}

/// Draws one webhook.
#[must_use]
pub fn one(view: &OneView<'_>) -> Markup {
    let (lang, hook) = (view.signed.cx.lang(), view.hook);
    let to = if hook.on { ("off", H::TurnOff) } else { ("on", H::TurnOn) };
    html! {
        (top(lang, &html! { h1 { (hook.plan.name) } }, &html! { a.btn href=(HOME) data-swap { (icon("list")) span { (t(lang, H::Back)) } } }))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                @if let Some(secret) = view.secret {
                    div.banner.good role="status" { (icon("key")) div { b { (t(lang, H::Shown)) } code.code { (secret) } p { (t(lang, H::ShownHint)) } } }
                }
                section.card {
                    div."line-item" { (icon("bolt")) span.grow.wraps {
                        b { (hook.plan.url) } " " (standing(lang, hook))
                        br; span.nil { (going(lang, hook, view.now)) }
                        @if let Some(until) = hook.rotating { br; span { (t(lang, H::Rotating)) " " time datetime=(until) { (format::moment(lang, until)) } } }
                        br; span { (hook.plan.events.iter().map(|event| event_text(lang, event, view.records)).collect::<Vec<_>>().join(either(lang, ", ", "、"))) }
                        @if !hook.plan.fields.is_empty() { br; span { b { (t(lang, H::Fields)) } (either(lang, ": ", "：")) (field_names(view)) } }
                    } }
                    div.acts {
                        @if hook.on { (act(view.signed, hook, "test", H::Test, &html! {})) }
                        a.btn.s href={ (HOME) "/" (hook.id) "/edit" } data-swap { (t(lang, H::Change)) }
                        (act(view.signed, hook, "secret", H::Rotate, &html! {}))
                        (act(view.signed, hook, "state", to.1, &html! { input type="hidden" name="to" value=(to.0); }))
                        details.more {
                            summary.btn.s.danger { (t(lang, H::Remove)) }
                            form.agree method="post" action={ (HOME) "/" (hook.id) "/remove" } data-swap {
                                (csrf(&view.signed.csrf)) p { (t(lang, H::RemoveAsk)) }
                                button.btn.s.danger { (t(lang, H::Remove)) }
                            }
                        }
                    }
                }
                (deliveries(view))
            }
        }
    }
}

fn field_names(view: &OneView<'_>) -> String {
    let lang = view.signed.cx.lang();
    let name = |text: &String| {
        let (object, field) = text.split_once('.')?;
        let object = view.records.objects().get(object)?;
        let (object, field) = (object.label(lang), object.field(field)?.label(lang));
        Some(if lang == Lang::Zh { format!("{field}（{object}）") } else { format!("{field} ({object})") })
    };
    view.hook.plan.fields.iter().filter_map(name).collect::<Vec<_>>().join(either(lang, ", ", "、"))
}

fn deliveries(view: &OneView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, H::Sent)) } }
            p.lead { (t(lang, H::SentHint)) }
            @if view.sent.is_empty() { p.lead { (t(lang, H::NothingSent)) } }
            @for delivery in view.sent { (delivery_line(view, delivery)) }
        }
    }
}

fn delivery_line(view: &OneView<'_>, delivery: &DeliveryView) -> Markup {
    let lang = view.signed.cx.lang();
    let (word, tone) = match delivery.state {
        DeliveryState::Done => (H::Arrived, 3),
        DeliveryState::Waiting => (H::Waits, 2),
        DeliveryState::Failed => (H::GivenUp, 7),
    };
    let plural = delivery
        .event
        .split_once('.')
        .and_then(|(object, _)| view.records.objects().get(object))
        .map(|object| &object.plural);
    let text = event_text(lang, &delivery.event, view.records);
    html! {
        div."line-item" {
            (icon("bolt"))
            span.grow.wraps {
                @if let Some(plural) = plural { a.quiet href={ "/" (plural) "/" (delivery.about) } data-swap { b { (text) } } } @else { b { (text) } }
                " " (tag(t(lang, word), tone))
                @if let Some(code) = &delivery.fault { br; span { (why(lang, code)) } }
                br; span.nil {
                    (ago(lang, delivery.sent_at, view.now))
                    @if let Some(status) = delivery.status { " · " (t(lang, H::Answer)) " " (status) }
                    @if delivery.attempts > 1 { " · " (delivery.attempts) " " (t(lang, H::Tries)) }
                    @if delivery.state == DeliveryState::Waiting { " · " time datetime=(delivery.run_at) { (format::moment(lang, delivery.run_at)) } }
                }
            }
            @if view.hook.on {
                (act(view.signed, view.hook, &format!("again/{}", delivery.id), H::Again, &html! {}))
            }
        }
    }
}
