//! Files on a record: all of them, and the way to add one.

use std::collections::HashMap;

use attachments::{Attachment, AttachmentFault, Kind};
use authz::{Read, Update};
use db::Permitted;
use httpkit::Signed;
use kernel::{Fault as _, Lang, Timestamp, UserId};
use maud::{Markup, html};
use records::Record;
use scanner::Kind as Secret;

use crate::record::title;
use crate::top;
use ui::text::{F, M, t};
use ui::{Flash, banner, csrf, either, flash, format, icon};

/// What the page of a record's files shows.
pub struct FilesView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The record.
    pub record: &'a Permitted<Record, Read>,
    /// Its files.
    pub files: &'a [Attachment],
    /// What those who brought them are called.
    pub people: &'a HashMap<UserId, String>,
    /// Why one was not taken.
    pub refused: Option<&'a AttachmentFault>,
    /// What was just done.
    pub flash: Option<&'a Flash>,
    /// The present moment.
    pub now: Timestamp,
}

fn base(record: &Record) -> String {
    format!("/{}/{}", record.definition().plural, record.record_id())
}

/// Tells whether whoever looks may add and remove files.
pub(crate) fn may(signed: &Signed, record: &Record) -> bool {
    record.deleted_at().is_none()
        && !record.is_erased()
        && signed.cx.may::<Update>(record.definition().name.as_str())
        && authz::decide_on::<Update>(&signed.cx, record).is_ok()
}

/// Draws the page.
#[must_use]
pub fn files(view: &FilesView<'_>) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let crumbs = html! {
        nav.crumbs aria-label=(t(lang, F::Title)) {
            a href=(base(record)) data-swap { (title(lang, record)) } (icon("right"))
        }
        h1 { (t(lang, F::Title)) }
    };
    html! {
        (top(lang, &crumbs, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                @if let Some(done) = view.flash { (flash(lang, &view.signed.csrf, done)) }
                @if let Some(fault) = view.refused { (why(lang, fault)) }
                @if may(view.signed, record) { (adding(view)) }
                @if view.files.is_empty() { p.hint { (t(lang, F::Nothing)) } }
                @else {
                    ul.files { @for file in view.files { (line(view, file)) } }
                    p.hint { (t(lang, F::Hint)) }
                }
            }
        }
    }
}

fn why(lang: Lang, fault: &AttachmentFault) -> Markup {
    let (what, next) = ui::fault::explain(lang, fault.code());
    match fault {
        AttachmentFault::Secret(kind) | AttachmentFault::Barred(kind) => {
            banner("bad", "warn", what, &format!("{} {next}", found(lang, *kind)))
        }
        _ => banner("bad", "warn", what, next),
    }
}

/// Says what was found.
fn found(lang: Lang, kind: Secret) -> &'static str {
    match kind {
        Secret::PrivateKey => either(lang, "It looks like a private key.", "疑似私钥。"),
        Secret::Token => either(lang, "It looks like a key or token of a service.", "疑似服务密钥或令牌。"),
        Secret::Password => either(lang, "It looks like a password.", "疑似密码。"),
        Secret::Card => either(lang, "It looks like the number of a payment card.", "疑似银行卡号。"),
        Secret::ResidentId => either(lang, "It looks like the number of an identity card.", "疑似身份证号码。"),
        Secret::Iban => either(lang, "It looks like the number of a bank account.", "疑似银行账号。"),
    }
}

/// The form, with what can be said when a secret was found.
fn adding(view: &FilesView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let asks = matches!(view.refused, Some(AttachmentFault::Secret(_)));
    html! {
        form method="post" action={ (base(view.record)) "/files" } enctype="multipart/form-data" data-files {
            (csrf(&view.signed.csrf))
            input type="hidden" name="stay" value="1";
            @if asks { label.check { input type="checkbox" name="keep_secrets" value="1"; span { (t(lang, F::Keep)) } } }
            (zone(lang))
        }
    }
}

/// Where files are dropped or chosen. Without script a button sends them.
pub(crate) fn zone(lang: Lang) -> Markup {
    html! {
        div.drop {
            (icon("upload"))
            b { (t(lang, F::Drop)) }
            span { (t(lang, F::Limits)) }
            input type="file" name="file" multiple required aria-label=(t(lang, F::Drop));
        }
        noscript { p.acts { button.btn.primary { (t(lang, F::Add)) } } }
    }
}

fn line(view: &FilesView<'_>, file: &Attachment) -> Markup {
    let lang = view.signed.cx.lang();
    let by = view.people.get(&file.by).map(String::as_str);
    html! {
        li.file {
            (linked(lang, view.record, file, by, view.now))
            @if may(view.signed, view.record) {
                form method="post" action={ (base(view.record)) "/files/" (file.id) "/remove" } data-swap {
                    (csrf(&view.signed.csrf))
                    @let label = format!("{} {}", t(lang, F::Remove), file.name().unwrap_or_default());
                    button.ib.s aria-label=(label) title=(t(lang, F::Remove)) { (icon("trash")) }
                }
            }
        }
    }
}

/// A file, with the way to fetch it.
pub(crate) fn linked(lang: Lang, record: &Record, file: &Attachment, by: Option<&str>, now: Timestamp) -> Markup {
    let url = format!("{}/files/{}", base(record), file.id);
    let Some((name, kind)) = file.name().zip(file.kind()) else {
        return html! { span.grow { (icon("warn")) span { b { (t(lang, M::Damaged)) } } } };
    };
    let said =
        [Some(kind_word(kind)), Some(size(file.size)), by.map(str::to_owned), Some(format::ago(lang, file.at, now))];
    html! {
        a.grow href=(url) download {
            @if file.has_preview { img src={ (url) "/preview" } alt="" width="40" height="40" loading="lazy"; }
            @else { (icon("file")) }
            span { b { (name) } small { (said.into_iter().flatten().collect::<Vec<_>>().join(" · ")) } }
        }
    }
}

fn kind_word(kind: Kind) -> String {
    kind.code().to_uppercase()
}

/// Says how large a file is.
fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_mul(10).div_ceil(unit);
        if tenths.is_multiple_of(10) || tenths >= 100 {
            (tenths / 10).to_string()
        } else {
            format!("{}.{}", tenths / 10, tenths % 10)
        }
    };
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", tenths(1024)),
        _ => format!("{} MB", tenths(1_048_576)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_few_figures() {
        let said: Vec<String> = [0, 900, 1024, 1500, 300_000, 1_048_576, 26_214_400].map(size).into();
        assert_eq!(said, ["0 B", "900 B", "1 KB", "1.5 KB", "293 KB", "1 MB", "25 MB"]);
    }
}
