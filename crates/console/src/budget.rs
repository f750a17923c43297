//! How many people somebody may see: their own page, the box that asks for a reason, and the limits of the roles.

use std::collections::HashMap;

use authz::{Configure, Grant, Role};
use budget::{Counted, Limits, Own, Reader};
use httpkit::Signed;
use kernel::{Lang, UserId};
use maud::{Markup, html};

use crate::role::called;
use exports::MOST_ALONE;
use pages::auth::Refused;
use pages::prove::onward;
use pages::top;
use ui::fault::explain;
use ui::text::{A, B, M, V, t};
use ui::{Control, avatar, banner, csrf, empty, field, format, tag};

/// The page with one's own figures.
const OWN: &str = "/settings/reading";
/// The field for the reason.
pub const REASON: &str = "reason";

/// What waits for a reason.
pub struct Waiting<'a> {
    /// Where the form that waits goes, or else the page to go to.
    pub to: &'a str,
    /// The form that waits, as it was sent.
    pub kept: Option<&'a str>,
    /// Whether a form waits, here or below the dialog.
    pub form: bool,
}

/// Draws one's own page.
#[must_use]
pub fn own(signed: &Signed, own: &Own, refused: &Refused) -> Markup {
    let lang = signed.cx.lang();
    let waiting = Waiting { to: OWN, kept: None, form: false };
    html! {
        (top(lang, &html! { h1 { (t(lang, B::OwnTitle)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            p.lead { (t(lang, B::OwnLead)) }
            section.card { (figures(lang, own)) p.hint { (t(lang, B::MoreHint)) } }
            @match own.standing.pass {
                Some(until) => { (banner("good", "check", t(lang, B::PassHolds), &format::moment(lang, until))) }
                None if is_beyond(own) => { (ask(signed, own, &waiting, refused)) }
                None => {}
            }
        } }
    }
}

/// Tells whether the soft limit is near enough that somebody may want to go on.
const fn is_beyond(own: &Own) -> bool {
    let (counted, soft) = (own.standing.counted, own.standing.limits.soft);
    counted.hour.saturating_add(50) > soft.hour || counted.day.saturating_add(50) > soft.day
}

fn figures(lang: Lang, own: &Own) -> Markup {
    let Own { standing, .. } = own;
    let line = |window: B, seen: u64, soft: u64, hard: u64| {
        html! { tr { th scope="row" { (t(lang, window)) } td { (format::count(seen)) } td { (format::count(soft)) } td { (format::count(hard)) } } }
    };
    let (counted, Limits { soft, hard }) = (standing.counted, standing.limits);
    html! {
        div.scroll { table.plain.policy {
            thead { tr { td {} th { (t(lang, B::Seen)) } th { (t(lang, B::AskFrom)) } th { (t(lang, B::StopAt)) } } }
            tbody { (line(B::Hour, counted.hour, soft.hour, hard.hour)) (line(B::Day, counted.day, soft.day, hard.day)) }
        } }
    }
}

/// Draws the box that asks for a reason. With a script it is taken out of its page and shown over the one where a form was sent
/// from.
#[must_use]
pub fn ask(signed: &Signed, own: &Own, waiting: &Waiting<'_>, refused: &Refused) -> Markup {
    let lang = signed.cx.lang();
    let wrong = (refused.code == Some("reason-needed")).then(|| explain(lang, "reason-needed").0.to_owned());
    let control =
        Control { name: REASON, label: t(lang, B::Reason), hint: t(lang, B::ReasonHint), required: true, wrong };
    html! {
        section.card.prove data-step-up[waiting.form] {
            div."card-h" { h2 id=[waiting.form.then_some("prove-title")] { (t(lang, B::AskTitle)) } }
            p.lead { (t(lang, B::AskLead)) }
            @if waiting.to != OWN { (figures(lang, own)) }
            form method="post" action=(OWN) data-swap[!waiting.form] {
                (csrf(&signed.csrf))
                input type="hidden" name="to" value=(waiting.to);
                @if waiting.form { input type="hidden" name="form" value="1"; }
                @if let Some(kept) = waiting.kept { input type="hidden" name="kept" value=(kept); }
                (field(lang, &control, &html! { textarea.in id=(REASON) name=(REASON) rows="3" maxlength="500" required {} }))
                p.acts {
                    button.btn.primary { (t(lang, B::GoOn)) }
                    a.btn href="/" data-give-up { (t(lang, M::Cancel)) }
                }
            }
        }
    }
}

/// Puts the box onto a page of its own.
#[must_use]
pub fn page(signed: &Signed, inner: &Markup) -> Markup {
    let lang = signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, B::OwnTitle)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow { (inner) } }
    }
}

/// Draws what follows a reason where a form waits: one button that goes on with it.
#[must_use]
pub fn passed(signed: &Signed, to: &str, kept: Option<&str>) -> Markup {
    let lang = signed.cx.lang();
    html! {
        section.card.prove data-proved=(signed.csrf) {
            div."card-h" { h2 { (t(lang, B::Passed)) } }
            @match kept {
                Some(kept) => {
                    p.lead { (t(lang, B::PassedHint)) }
                    (onward(signed, to, kept, &html! { p.acts { button.btn.primary autofocus { (t(lang, A::ProvedGoOn)) } a.btn href="/" { (t(lang, M::Cancel)) } } }))
                }
                None => { p.acts { a.btn.primary href="/" { (t(lang, A::Continue)) } } }
            }
        }
    }
}

/// What the administration shows.
pub struct LimitsView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The limits of each role.
    pub roles: &'a [(Role, Limits)],
    /// What the workspace calls the roles it made.
    pub made: &'a [(Role, String)],
    /// How many rows somebody may take out alone in a day.
    pub alone: i64,
    /// Who saw how many.
    pub readers: &'a [Reader],
    /// What they are called.
    pub names: &'a HashMap<UserId, String>,
    /// What was refused.
    pub refused: &'a Refused,
}

/// The limits of a role as fields: name, label, value.
const fn fields(limits: Limits) -> [(&'static str, B, u64); 4] {
    let Limits { soft, hard } = limits;
    [
        ("soft_hour", B::SoftHour, soft.hour),
        ("soft_day", B::SoftDay, soft.day),
        ("hard_hour", B::HardHour, hard.hour),
        ("hard_day", B::HardDay, hard.day),
    ]
}

/// Draws the administration: a line a role, and who saw how many.
#[must_use]
pub fn limits(view: &LimitsView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let may = view.signed.cx.may::<Configure>("setting");
    html! {
        (top(lang, &html! { h1 { (t(lang, B::Title)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div."wide-page" {
            p.lead { (t(lang, B::SetLead)) }
            (view.refused.banner(lang))
            form method="post" action="/settings/budget" data-swap data-done=(t(lang, M::DoneSaved)) {
                (csrf(&view.signed.csrf))
                div.scroll { table.plain.policy {
                    thead { tr { th { (t(lang, A::Role)) } @for (_, label, _) in fields(Limits::default()) { th { (t(lang, label)) } } } }
                    tbody { @for (role, limits) in view.roles { tr {
                        @let called = called(lang, *role, view.made);
                        th scope="row" { (called) }
                        @for (name, label, value) in fields(*limits) { td { (number(lang, (*role, &called), (name, label, value), may)) } }
                    } } }
                } }
                @if may { p.acts { button.btn.primary { (t(lang, M::Save)) } } }
            }
            (alone(view, may))
            (readers(view))
        } }
    }
}

fn number(lang: Lang, (role, called): (Role, &str), (name, label, value): (&str, B, u64), may: bool) -> Markup {
    html! {
        input.in.minutes name={ (name) "." (role.code()) } type="number" inputmode="numeric" min="1" max=(budget::MOST) required
            value=(value) disabled[!may] aria-label={ (called) ": " (t(lang, label)) };
    }
}

/// Draws how many rows go alone; fewer is saved, more is asked for.
fn alone(view: &LimitsView<'_>, may: bool) -> Markup {
    let lang = view.signed.cx.lang();
    let rows = Control { name: "rows", label: t(lang, B::AloneRows), hint: "", required: true, wrong: None };
    let reason = Control { name: REASON, label: t(lang, B::AloneReason), hint: "", required: false, wrong: None };
    html! {
        section.card id="alone" {
            div."card-h" { h2 { (t(lang, B::Alone)) } }
            p.lead { (t(lang, B::AloneLead)) }
            form.narrow method="post" action="/settings/export-limit" data-swap {
                (csrf(&view.signed.csrf))
                (field(lang, &rows, &html! {
                    input.in.minutes id="rows" name="rows" type="number" inputmode="numeric" min="1" max=(MOST_ALONE) required value=(view.alone) disabled[!may];
                }))
                @if may {
                    (field(lang, &reason, &html! { textarea.in id=(REASON) name=(REASON) rows="2" maxlength="500" {} }))
                    p.acts {
                        button.btn.primary { (t(lang, M::Save)) }
                        button.btn.danger name="alone" value="yes" { (t(lang, V::GoAlone)) }
                    }
                    p.hint { (t(lang, V::GoAloneHint)) }
                }
            }
        }
    }
}

fn readers(view: &LimitsView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let may = view.signed.cx.may::<Grant>("user");
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, B::Readers)) } }
            p.lead { (t(lang, B::ReadersHint)) }
            @if view.readers.is_empty() { (empty("users", t(lang, B::NoReaders), "", &html! {})) }
            @for reader in view.readers { (reader_line(view, reader, may)) }
        }
    }
}

fn reader_line(view: &LimitsView<'_>, reader: &Reader, may: bool) -> Markup {
    let lang = view.signed.cx.lang();
    let name = view.names.get(&reader.user).map_or("?", String::as_str);
    let Counted { hour, day } = reader.counted;
    html! {
        div."line-item" {
            (avatar(name, reader.user.uuid(), false, ""))
            span.grow.wraps {
                b { (name) }
                br; span.nil { (t(lang, B::Day)) ": " (format::count(day)) " · " (t(lang, B::Hour)) ": " (format::count(hour)) }
            }
            @if reader.raised > 0 { (tag(t(lang, B::Raised), 1)) }
            @if may && reader.user != view.signed.user.id {
                form method="post" action={ "/settings/budget/" (reader.user) "/raise" } data-swap data-done=(t(lang, M::DoneSaved)) {
                    (csrf(&view.signed.csrf))
                    button.btn.s { (t(lang, B::Raise)) }
                }
            }
        }
    }
}
