//! Erasing somebody: what goes and what stops it, who was erased, and the certificate.

use std::collections::{BTreeMap, HashMap};

use erasure::{BASES, Certificate, Erasure, Gone, Hold, Preview, State};
use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use maud::{Markup, html};
use records::{RecordRef, Records};

use pages::auth::Refused;
use pages::{phrase, top};
use ui::text::{F, V, Z, erasure as words, t};
use ui::{Control, ago, banner, csrf, empty, field, format, icon, tag};

/// The fields of the forms.
pub const BASIS: &str = "basis";
/// Why.
pub const REASON: &str = "reason";
/// That whoever asks knows that there is no way back.
pub const SURE: &str = "sure";
/// Until when a record is held.
pub const UNTIL: &str = "until";
/// Why it is.
pub const WHY: &str = "why";

/// What the page of an erasing that has not begun shows.
pub struct AskView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// Which record, and where its page is.
    pub base: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// What would go.
    pub preview: &'a Preview,
    /// What objects are called.
    pub records: &'a Records,
    /// What people are called.
    pub names: &'a HashMap<UserId, String>,
    /// What was typed: basis and reason.
    pub typed: (&'a str, &'a str),
    /// What was refused.
    pub refused: &'a Refused,
    /// The present moment.
    pub now: Timestamp,
}

/// Draws what goes, the hold, and the form that asks for it.
#[must_use]
pub fn ask(view: &AskView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let back = html! { a.btn href=(view.base) data-swap { (icon("left")) span { (view.title) } } };
    html! {
        (top(lang, &html! { h1 { (t(lang, Z::Title)) } }, &back))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            (view.refused.banner(lang))
            @if let Some(hold) = &view.preview.hold { (standing(view, hold)) }
            @else { (form(view)) (placing(view)) }
        } }
    }
}

fn counted(lang: Lang, records: &Records, side: &BTreeMap<String, u64>) -> String {
    let said = side.iter().map(|(name, count)| phrase::number_of(lang, name, *count, records.objects()));
    said.collect::<Vec<_>>().join(ui::either(lang, ", ", "、"))
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div."line-item".term { span.nil { (name) } span.grow.wraps { (value) } } }
}

fn gone(lang: Lang, records: &Records, gone: &Gone) -> Markup {
    let stays = html! { (counted(lang, records, &gone.emptied)) br; span.nil { (t(lang, Z::StaysHint)) } };
    html! {
        (fact(t(lang, Z::Goes), &html! { (counted(lang, records, &gone.removed)) }))
        @if !gone.emptied.is_empty() { (fact(t(lang, Z::Stays), &stays)) }
    }
}

fn form(view: &AskView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let (basis, reason) = view.typed;
    let why = Control {
        name: REASON,
        label: t(lang, Z::Reason),
        hint: t(lang, Z::ReasonHint),
        required: true,
        wrong: view.refused.of(lang, REASON),
    };
    html! {
        (banner("bad", "warn", t(lang, Z::Never), t(lang, Z::NeverLead)))
        section.card {
            (gone(lang, view.records, &view.preview.gone))
            p.hint { (t(lang, Z::AlsoHint)) }
            form.narrow method="post" action={ (view.base) "/erase" } {
                (csrf(&view.signed.csrf))
                div.field {
                    label for=(BASIS) { (t(lang, Z::Basis)) }
                    select.in id=(BASIS) name=(BASIS) required {
                        @for word in BASES { option value=(word) selected[*word == basis] { (words::basis(lang, word)) } }
                    }
                }
                (field(lang, &why, &html! { textarea.in id=(REASON) name=(REASON) rows="2" required maxlength="1000" { (reason) } }))
                label.check { input type="checkbox" name=(SURE) value="yes" required; span { (t(lang, Z::Sure)) } }
                p.acts {
                    button.btn.primary { (icon("shield")) (t(lang, V::Ask)) }
                    button.btn.danger name="alone" value="yes" { (t(lang, V::GoAlone)) }
                }
                p.hint { (t(lang, V::GoAloneHint)) }
            }
        }
    }
}

fn placing(view: &AskView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let day = view.now.plus(std::time::Duration::from_secs(365 * 24 * 3600)).date();
    let why = Control { name: WHY, label: t(lang, Z::HoldWhy), hint: "", required: true, wrong: None };
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, Z::Hold)) } }
            p.lead { (t(lang, Z::HoldLead)) }
            form.narrow method="post" action={ (view.base) "/hold" } data-swap data-done=(t(lang, Z::Placed)) {
                (csrf(&view.signed.csrf))
                div.field { label for=(UNTIL) { (t(lang, Z::HoldUntil)) } input.in id=(UNTIL) name=(UNTIL) type="date" required value=(day); }
                (field(lang, &why, &html! { textarea.in id=(WHY) name=(WHY) rows="2" required maxlength="1000" {} }))
                p.acts { button.btn { (icon("lock")) (t(lang, Z::HoldPlace)) } }
            }
        }
    }
}

fn standing(view: &AskView<'_>, hold: &Hold) -> Markup {
    let lang = view.signed.cx.lang();
    let by = view.names.get(&hold.by).map_or("?", String::as_str);
    html! {
        (banner("", "lock", t(lang, Z::HoldStands), t(lang, Z::HoldStandsLead)))
        section.card {
            (fact(t(lang, Z::HoldUntil), &html! { (format::date(lang, hold.until.date(), view.now.date())) }))
            (fact(t(lang, Z::HoldWhy), &html! { (hold.reason) }))
            (fact(t(lang, Z::By), &html! { (by) " · " (ago(lang, hold.placed_at, view.now)) }))
            form.narrow method="post" action={ (view.base) "/hold/lift" } data-swap data-done=(t(lang, Z::Lifted)) {
                (csrf(&view.signed.csrf))
                p.acts { button.btn { (t(lang, Z::HoldLift)) } }
            }
        }
    }
}

/// What the pages of erasings show.
pub struct ErasuresView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What objects are called.
    pub records: &'a Records,
    /// What people are called.
    pub names: &'a HashMap<UserId, String>,
    /// The present moment.
    pub now: Timestamp,
}

impl ErasuresView<'_> {
    fn lang(&self) -> Lang {
        self.signed.cx.lang()
    }

    fn name(&self, id: UserId) -> &str {
        self.names.get(&id).map_or("?", String::as_str)
    }

    fn object(&self, at: &RecordRef) -> String {
        let known = self.records.object(at.object.as_str());
        known.map_or_else(|_| at.object.to_string(), |object| object.label(self.lang()).to_owned())
    }

    /// The address of what is left of a record.
    fn address(&self, at: &RecordRef) -> String {
        let known = self.records.object(at.object.as_str());
        known.map_or_else(|_| "/".to_owned(), |object| format!("/{}/{}", object.plural, at.id))
    }
}

fn state(lang: Lang, erasure: &Erasure) -> Markup {
    if erasure.state == State::Done { tag(t(lang, Z::StateDone), 3) } else { tag(t(lang, Z::StateBegun), 1) }
}

/// Draws who was erased.
#[must_use]
pub fn list(view: &ErasuresView<'_>, erasures: &[Erasure]) -> Markup {
    let lang = view.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, Z::List)) } @if !erasures.is_empty() { span.total { (erasures.len()) } } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            p.lead { (t(lang, Z::ListLead)) }
            @if erasures.is_empty() { (empty("shield", t(lang, Z::Nothing), t(lang, Z::NothingHint), &html! {})) }
            @else { section.card { @for erasure in erasures { (line(view, erasure)) } } }
        } }
    }
}

fn line(view: &ErasuresView<'_>, erasure: &Erasure) -> Markup {
    let lang = view.lang();
    html! {
        div."line-item" {
            (icon("shield"))
            span.grow.wraps {
                a href={ "/erasures/" (erasure.id) } data-swap { b { (view.object(&erasure.record)) " · " (words::erased_on(lang, erasure.began_at)) } }
                br; span.nil { (view.name(erasure.user)) " · " (words::basis(lang, &erasure.basis)) }
            }
            (state(lang, erasure))
        }
    }
}

/// Draws one, with its certificate.
#[must_use]
pub fn one(view: &ErasuresView<'_>, erasure: &Erasure, certificate: Option<&Certificate>) -> Markup {
    let lang = view.lang();
    let back = html! { a.btn href="/erasures" data-swap { (icon("list")) span { (t(lang, Z::Back)) } } };
    html! {
        (top(lang, &html! { h1 { (words::erased_on(lang, erasure.began_at)) } (state(lang, erasure)) }, &back))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            @if erasure.state != State::Done { (banner("", "clock", t(lang, Z::StateBegun), t(lang, Z::Underway))) }
            section.card { (facts(view, erasure, certificate)) }
            @if let Some(note) = &erasure.certificate {
                section.card {
                    div."card-h" { h2 { (t(lang, Z::Certificate)) } }
                    p.lead { (t(lang, Z::CertificateHint)) (ui::either(lang, " ", "")) code { "custos erasure verify FILE" } }
                    pre.code { code { (note) } }
                    p.acts { a.btn.primary href={ "/erasures/" (erasure.id) "/certificate" } download { (icon("download")) (t(lang, Z::Download)) } }
                }
            }
        } }
    }
}

fn facts(view: &ErasuresView<'_>, erasure: &Erasure, certificate: Option<&Certificate>) -> Markup {
    let lang = view.lang();
    let moment = |at: Timestamp| html! { time datetime=(at) data-exact { (format::moment(lang, at)) } };
    let agreed = erasure.agreed_by.map_or(t(lang, Z::AloneWord), |by| view.name(by));
    let backups = certificate.and_then(|known| Timestamp::parse_rfc3339(known.line("backups-since")?));
    html! {
        (fact(t(lang, Z::Record), &html! { a href=(view.address(&erasure.record)) data-swap { (view.object(&erasure.record)) } }))
        (fact(t(lang, Z::Basis), &html! { (words::basis(lang, &erasure.basis)) }))
        (fact(t(lang, Z::Asked), &html! { (view.name(erasure.user)) }))
        (fact(t(lang, Z::Agreed), &html! { (agreed) }))
        (fact(t(lang, Z::Decided), &moment(erasure.began_at)))
        @if let Some(live) = erasure.live_at { (fact(t(lang, Z::Live), &moment(live))) }
        @if let Some(from) = backups { (fact(t(lang, Z::Backups), &html! { (moment(from)) br; span.nil { (t(lang, Z::BackupsHint)) } })) }
        (gone(lang, view.records, &erasure.gone))
        (fact(t(lang, Z::Exports), &html! { (format::count(erasure.gone.exports)) }))
        (fact(t(lang, Z::Imports), &html! { (format::count(erasure.gone.imports)) }))
        (fact(t(lang, F::Gone), &html! { (format::count(erasure.gone.files)) }))
    }
}
