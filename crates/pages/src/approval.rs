//! What takes a second person: the list, and one request in plain words.

use std::collections::HashMap;
use std::sync::Arc;

use approvals::{Desk, Request, State, Term, Terms};
use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId, Uuid};
use maud::{Markup, html};
use records::Records;

use super::{phrase, top};
use ui::fault::explain;
use ui::text::{V, Z, approval, t};
use ui::{Control, ago, banner, csrf, either, empty, field, format, icon, tag};

/// What people are called.
pub type Names = HashMap<UserId, Arc<str>>;

/// What every page of approvals knows.
pub struct Look<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What people are called.
    pub names: &'a Names,
    /// The objects, for the labels of their fields.
    pub records: &'a Records,
    /// The present moment.
    pub now: Timestamp,
}

impl Look<'_> {
    fn lang(&self) -> Lang {
        self.signed.cx.lang()
    }

    fn name(&self, id: UserId) -> &str {
        self.names.get(&id).map_or("?", |name| &**name)
    }
}

/// Returns everybody who is named in requests.
#[must_use]
pub fn named<'r>(requests: impl IntoIterator<Item = &'r Request>) -> Vec<UserId> {
    let mut all = Vec::new();
    for request in requests {
        all.push(request.initiator);
        all.extend([request.decider, request.reviewer].into_iter().flatten());
        all.extend(request.terms.iter().filter_map(|(name, _)| request.terms.person_of(name)));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Draws the list.
#[must_use]
pub fn list(look: &Look<'_>, desk: &Desk) -> Markup {
    let lang = look.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, V::Title)) } span.total { (desk.waiting.len()) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { (t(lang, V::Lead)) }
                @if desk.waiting.is_empty() { (empty("check", t(lang, V::Nothing), t(lang, V::NothingHint), &html! {})) }
                @else { (part(look, V::Waiting, &desk.waiting)) }
                @if !desk.own.is_empty() { (part(look, V::Own, &desk.own)) }
                @if !desk.over.is_empty() { (part(look, V::Over, &desk.over)) }
            }
        }
    }
}

fn part(look: &Look<'_>, title: V, requests: &[Request]) -> Markup {
    let lang = look.lang();
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, title)) } }
            @for request in requests { (line(look, request)) }
        }
    }
}

fn line(look: &Look<'_>, request: &Request) -> Markup {
    let lang = look.lang();
    html! {
        div."line-item".notice {
            (icon(if request.alone { "warn" } else { "shield" }))
            span.grow.wraps {
                a href={ "/approvals/" (request.id) } data-swap { b { (approval::rule(lang, &request.rule)) } }
                br; span.nil { (look.name(request.initiator)) " · " (ago(lang, request.asked_at, look.now)) " · " (request.reason) }
            }
            (state(lang, request))
        }
    }
}

fn state(lang: Lang, request: &Request) -> Markup {
    if request.is_unreviewed() {
        return tag(t(lang, V::ToReview), 7);
    }
    let (word, tone) = match request.state {
        State::Waiting => (V::StateWaiting, 1),
        State::Approved => (V::StateApproved, 3),
        State::Done => (V::StateDone, 3),
        State::Refused => (V::StateRefused, 7),
        State::Withdrawn => (V::StateWithdrawn, 0),
        State::Expired => (V::StateExpired, 0),
        State::Void => (V::StateVoid, 7),
        State::Failed => (V::StateFailed, 7),
    };
    tag(t(lang, word), tone)
}

/// Draws one request: what exactly, why, and what the person who looks can do about it.
#[must_use]
pub fn one(look: &Look<'_>, request: &Request, refused: Option<&'static str>) -> Markup {
    let lang = look.lang();
    let own = look.signed.cx.person() == Some(request.initiator);
    html! {
        (top(lang, &html! { h1 { (approval::rule(lang, &request.rule)) } (state(lang, request)) }, &html! { a.btn href="/approvals" data-swap { (icon("list")) span { (t(lang, V::Back)) } } }))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                @if let Some(code) = refused { @let (what, next) = explain(lang, code); (banner("bad", "warn", what, next)) }
                @if request.alone { (banner("", "warn", t(lang, V::Alone), t(lang, V::AloneHint))) }
                @if request.rule == "erase" { (banner("bad", "warn", t(lang, Z::Never), t(lang, Z::NeverLead))) }
                section.card { (facts(look, request)) (subject(look, request)) }
                @if request.is_unreviewed() && !own { (review(look, request)) }
                @else if request.state == State::Waiting && own { (taking_back(look, request)) }
                @else if request.state == State::Waiting { (decision(look, request)) }
            }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div."line-item".term { span.nil { (name) } span.grow.wraps { (value) } } }
}

fn facts(look: &Look<'_>, request: &Request) -> Markup {
    let lang = look.lang();
    let said = |name: V, value: Markup| fact(t(lang, name), &value);
    let moment = |at: Timestamp| html! { time datetime=(at) data-exact { (format::moment(lang, at)) } };
    html! {
        (said(V::Asked, html! { (look.name(request.initiator)) " · " (moment(request.asked_at)) }))
        (said(V::Reason, html! { (request.reason) }))
        @for (name, term) in request.terms.iter().filter(|(_, term)| !matches!(term, Term::Id(_))) {
            (fact(approval::term(lang, name), &shown(look, (request.initiator, &request.terms), name, term)))
        }
        @if request.state == State::Waiting { (said(V::Until, moment(request.expires_at))) }
        @if let Some(by) = request.decider {
            (said(V::By, html! { (look.name(by)) @if let Some(at) = request.decided_at { " · " (moment(at)) } }))
        }
        @if let Some(answer) = &request.answer { (said(V::Answer, html! { (answer) })) }
        @if let Some(code) = &request.fault { (said(V::Why, html! { (explain(lang, code).0) })) }
        @if let Some(by) = request.reviewer {
            (said(V::Reviewed, html! { (look.name(by)) @if let Some(at) = request.reviewed_at { " · " (moment(at)) } }))
        }
        @if let Some(words) = &request.review { (said(V::ReviewedWords, html! { (words) })) }
    }
}

/// Writes one value; a word of ours in the language of whoever reads.
fn shown(look: &Look<'_>, (asker, terms): (UserId, &Terms), name: &str, term: &Term) -> Markup {
    let (lang, asker) = (look.lang(), look.name(asker));
    let object = terms.text_of("object").and_then(|object| look.records.object(object).ok());
    let word = |word: &str| -> String {
        match name {
            "object" => object.as_ref().map_or(word.to_owned(), |object| object.plural_label(lang).to_owned()),
            "fields" | "sensitive" => {
                let field = object.as_ref().and_then(|object| object.field(word));
                field.map_or(word.to_owned(), |field| field.label(lang).to_owned())
            }
            "basis" => ui::text::erasure::basis(lang, word).to_owned(),
            "roles" | "held" => {
                authz::Role::parse(word).map_or(word.to_owned(), |role| phrase::role_text(lang, role).to_owned())
            }
            _ => word.to_owned(),
        }
    };
    html! {
        @match term {
            Term::Text(text) if name == "filter" && object.is_some() => {
                @for (at, filter) in text.split("; ").enumerate() {
                    @if at > 0 { " · " }
                    @if let Some(object) = &object { (super::export::in_words(lang, object, filter, asker)) }
                }
            },
            Term::Text(text) => (text),
            Term::Count(count) => (format::number(i64::try_from(*count).unwrap_or(i64::MAX))),
            Term::Person(id) => (look.name(UserId::from_uuid(Uuid::from_bytes(**id)))),
            Term::Moment(at) => (format::moment(lang, Timestamp::from_micros(*at))),
            Term::Word(one) => (word(one)),
            Term::Words(several) if name == "scopes" => (phrase::scopes(lang, several, look.records)),
            Term::Words(several) => (several.iter().map(|one| word(one)).collect::<Vec<_>>().join(either(lang, ", ", "、"))),
            Term::Flag(flag) => (ui::yes_no(lang, *flag)),
            Term::Id(_) => "",
        }
    }
}

/// The way to the record that is to be erased, for whoever may see it.
fn subject(look: &Look<'_>, request: &Request) -> Markup {
    let object = request.terms.text_of("object").and_then(|object| look.records.object(object).ok());
    let there = object.zip(request.terms.id_of("record")).filter(|_| request.rule == "erase");
    let there = there.filter(|(object, _)| look.signed.cx.may::<authz::Read>(object.name.as_str()));
    html! {
        @if let Some((object, id)) = there {
            p.acts { a.btn href={ "/" (object.plural) "/" (id) } data-swap { (icon("eye")) span { (t(look.lang(), Z::LookRecord)) } } }
        }
    }
}

fn taking_back(look: &Look<'_>, request: &Request) -> Markup {
    let lang = look.lang();
    html! {
        section.card {
            p.hint { (t(lang, V::OwnHint)) }
            form.narrow method="post" action={ "/approvals/" (request.id) "/withdraw" } data-swap {
                (csrf(&look.signed.csrf))
                p.acts { button.btn { (icon("x")) (t(lang, V::Withdraw)) } }
            }
        }
    }
}

fn decision(look: &Look<'_>, request: &Request) -> Markup {
    let lang = look.lang();
    let control = words("reason", t(lang, V::RefuseLabel));
    html! {
        section.card {
            form.narrow method="post" action={ "/approvals/" (request.id) "/approve" } {
                (csrf(&look.signed.csrf))
                p.hint { (t(lang, V::ApproveHint)) }
                p.acts { button.btn.primary { (icon("check")) (t(lang, V::Approve)) } }
            }
        }
        section.card {
            form.narrow method="post" action={ "/approvals/" (request.id) "/refuse" } data-swap {
                (csrf(&look.signed.csrf))
                (field(lang, &control, &html! { textarea.in id="reason" name="reason" rows="2" required maxlength="1000" {} }))
                p.acts { button.btn.danger { (icon("x")) (t(lang, V::Refuse)) } }
            }
        }
    }
}

fn review(look: &Look<'_>, request: &Request) -> Markup {
    let lang = look.lang();
    let control = words("found", t(lang, V::Review));
    html! {
        section.card {
            form.narrow method="post" action={ "/approvals/" (request.id) "/review" } data-swap {
                (csrf(&look.signed.csrf))
                (field(lang, &control, &html! { textarea.in id="found" name="found" rows="3" required maxlength="1000" {} }))
                p.acts { button.btn.primary { (t(lang, V::ReviewSend)) } }
            }
        }
    }
}

const fn words<'a>(name: &'a str, label: &'a str) -> Control<'a> {
    Control { name, label, hint: "", required: true, wrong: None }
}
