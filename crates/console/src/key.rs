//! How the keys stand, and their change.

use authz::Create;
use custody::{Epoch, IndexKey, IndexKeyState, ObjectKeys, Rotation, Standing};
use httpkit::Signed;
use kernel::{KeyId, Lang, Timestamp};
use maud::{Markup, html};
use records::Records;

use pages::top;
use ui::text::{Y, t};
use ui::{ago, csrf, format, icon, tag};

/// The field that says which key is replaced.
pub const WHAT: &str = "what";
/// The key that wraps all others.
pub const EPOCH: &str = "epoch";
/// The key of the index.
pub const INDEX: &str = "index";

/// What stands before the name of an object whose key is replaced.
pub const OBJECT: &str = "object:";

/// What the page shows.
pub struct KeysView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// How they stand.
    pub standing: &'a Standing,
    /// What objects there are.
    pub records: &'a Records,
    /// After how many days the epoch key is replaced by itself.
    pub every: Option<u64>,
    /// Our clock.
    pub now: Timestamp,
}

/// Draws the page.
#[must_use]
pub fn keys(view: &KeysView<'_>) -> Markup {
    let (lang, keys) = (view.signed.cx.lang(), &view.standing.keys);
    let changing = keys.rotation.is_some() || view.standing.index.len() > 1 || !view.standing.resealing.is_empty();
    let again = html! { @if changing { a.btn href="/settings/keys" data-swap { (icon("restore")) span { (t(lang, Y::Again)) } } } };
    html! {
        (top(lang, &html! { h1 { (t(lang, Y::Title)) } }, &again))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            p.lead { (t(lang, Y::Lead)) }
            section.card {
                h2 { (t(lang, Y::Root)) }
                p.hint { (t(lang, Y::RootHint)) }
                div."line-item" { (icon("lock")) span.grow.wraps { (provider(lang, &keys.provider)) @if let Some(since) = keys.root_since { br; span.nil { (t(lang, Y::Since)) " " (ago(lang, since, view.now)) } } } }
            }
            section.card {
                h2 { (t(lang, Y::Epoch)) }
                p.hint { (t(lang, Y::EpochHint)) }
                @for epoch in keys.epochs.iter().rev() { (epoch_line(view, epoch, keys.rotation.as_ref())) }
                p.hint { @match view.every {
                    Some(days) => { (t(lang, Y::Yearly)) " " (days) }
                    None => { (t(lang, Y::OnRequest)) }
                } }
                (replace(view, EPOCH, (keys.rotation.is_none(), false)))
            }
            section.card {
                h2 { (t(lang, Y::Index)) }
                p.hint { (t(lang, Y::IndexHint)) }
                @for key in view.standing.index.iter().rev() { (index_line(view, key)) }
                (replace(view, INDEX, (view.standing.index.len() == 1, false)))
            }
            (objects(view))
            (table(view))
        } }
    }
}

/// The keys that seal records about nobody.
fn objects(view: &KeysView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let defined = |of: &&ObjectKeys| view.records.objects().get(of.object.as_str()).is_some();
    html! {
        section.card {
            h2 { (t(lang, Y::Sealing)) }
            p.hint { (t(lang, Y::SealingHint)) }
            @for of in view.standing.objects.iter().filter(defined) {
                @let going = view.standing.resealing.iter().find(|going| going.object == of.object);
                @let label = view.records.objects().get(of.object.as_str()).map(|object| object.plural_label(lang));
                div."line-item" {
                    (icon("key"))
                    span.grow.wraps {
                        b { (label.unwrap_or_default()) } " "
                        @match going {
                            Some(going) => { (tag(t(lang, Y::Leaving), 1)) br; span.nil { (t(lang, Y::Resealed)) " " (format::count(going.done)) } }
                            None => { (tag(t(lang, Y::InUse), 3)) }
                        }
                        br; span.nil { (t(lang, Y::Since)) " " (ago(lang, of.since, view.now)) @if of.former > 0 { " · " (t(lang, Y::Former)) " " (format::count(of.former)) } }
                    }
                    (replace(view, &format!("{OBJECT}{}", of.object), (going.is_none(), true)))
                }
            }
        }
    }
}

fn provider(lang: Lang, provider: &str) -> Markup {
    html! { @match provider {
        "key file" => { (t(lang, Y::FromFile)) }
        "passphrase" => { (t(lang, Y::FromPassphrase)) }
        "token" => { (t(lang, Y::FromToken)) }
        other => { (t(lang, Y::From)) " " (other) }
    } }
}

/// One line of a key: what it is at present, since when, and what else there is to say.
fn line(view: &KeysView<'_>, (id, since): (KeyId, Timestamp), (state, tone): (Y, u8), more: &Markup) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        div."line-item" {
            (icon("key"))
            span.grow.wraps {
                (tag(t(lang, state), tone)) " " (t(lang, Y::Since)) " " (ago(lang, since, view.now))
                br; code { (id) }
                (more)
            }
        }
    }
}

fn epoch_line(view: &KeysView<'_>, epoch: &Epoch, rotation: Option<&Rotation>) -> Markup {
    let lang = view.signed.cx.lang();
    let state = if epoch.current { (Y::InUse, 3) } else { (Y::Leaving, 1) };
    let how_far = rotation.filter(|rotation| rotation.old == epoch.id);
    let more = html! {
        br; span.nil { (t(lang, Y::Wraps)) " " (format::count(epoch.wraps)) }
        @if let Some(rotation) = how_far { (progress(lang, Y::Rewrapped, (rotation.done, rotation.total))) }
    };
    line(view, (epoch.id, epoch.since), state, &more)
}

fn index_line(view: &KeysView<'_>, key: &IndexKey) -> Markup {
    let lang = view.signed.cx.lang();
    let state = match key.state {
        IndexKeyState::Current => (Y::InUse, 3),
        IndexKeyState::Going => (Y::Leaving, 1),
        IndexKeyState::Gone => (Y::Wiping, 1),
    };
    let going = key.state == IndexKeyState::Going;
    let more = html! { @if going { (progress(lang, Y::Remade, (key.done, key.total))) } };
    line(view, (key.id, key.since), state, &more)
}

fn progress(lang: Lang, what: Y, (done, total): (u64, u64)) -> Markup {
    html! {
        br; span.nil { (t(lang, what)) " " (format::count(done)) " / " (format::count(total)) }
        progress max=(total.max(1)) value=(done.min(total)) aria-label=(t(lang, what)) { (format::count(done)) }
    }
}

/// The button that replaces a key, for whoever may, while nothing is being changed; `small` beside a line.
fn replace(view: &KeysView<'_>, what: &str, (quiet, small): (bool, bool)) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        @if quiet && view.signed.cx.may::<Create>("key") {
            form.acts[!small] method="post" action="/settings/keys" data-swap data-done=(t(lang, Y::Begun)) {
                (csrf(&view.signed.csrf))
                button.btn.s[small] name=(WHAT) value=(what) { (t(lang, Y::Replace)) }
            }
        }
    }
}

fn table(view: &KeysView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        section.card {
            h2 { (t(lang, Y::Others)) }
            div.scroll { table.plain {
                thead { tr { th { (t(lang, Y::Kind)) } th { (t(lang, Y::Many)) } th { (t(lang, Y::Oldest)) } th { (t(lang, Y::Newest)) } } }
                tbody { @for held in &view.standing.keys.held {
                    tr {
                        th scope="row" { (purpose(lang, &held.purpose)) }
                        td { (format::count(held.many)) }
                        td { (ago(lang, held.oldest, view.now)) }
                        td { (ago(lang, held.newest, view.now)) }
                    }
                } }
            } }
        }
    }
}

fn purpose(lang: Lang, purpose: &str) -> Markup {
    let words = match purpose {
        "subject" => Y::Subjects,
        "object" => Y::Objects,
        "index" => Y::Index,
        "lookup" => Y::Lookup,
        "row" => Y::Rows,
        "token" => Y::Tokens,
        "session" => Y::Forms,
        "job" => Y::Jobs,
        "ledger" => Y::Log,
        other => return html! { (other) },
    };
    html! { (t(lang, words)) }
}
