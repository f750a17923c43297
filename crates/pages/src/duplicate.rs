//! Records that look like another.

use authz::Merge;
use duplicates::{Alike, Group, Groups, Strength, Why, employer, known_by, recognised};
use httpkit::Signed;
use kernel::{FieldName, Lang, Timestamp};
use maud::{Markup, html};
use records::{Field, Object, Record};

use super::top;
use ui::text::{L, M, t};
use ui::{Flash, Names, ago, csrf, either, empty, flash, icon, plain, tag};

/// Returns the fields by which somebody is recognised while they are typed.
pub fn hinted(object: &Object) -> impl Iterator<Item = &Field> {
    let title = known_by(object).map(|field| &field.name);
    object.fields.iter().filter(move |field| recognised(field) || Some(&field.name) == title)
}

/// Returns the names of the controls that are asked about while they are typed into; nothing of an object whose records nobody
/// recognises.
#[must_use]
pub fn asked(object: &Object) -> Option<String> {
    let names: Vec<&str> = hinted(object).chain(employer(object)).map(|field| FieldName::as_str(&field.name)).collect();
    (hinted(object).next().is_some()).then(|| names.join(" "))
}

/// Draws who is there already: below the control that says so.
#[must_use]
pub fn hints(lang: Lang, object: &Object, alike: &[Alike], names: &Names, now: Timestamp) -> Markup {
    html! {
        @for field in hinted(object).filter(|field| alike.iter().any(|alike| alike.field == field.name)) {
            p."hint alike" data-hint-for=(field.name) {
                (icon("users")) (t(lang, M::HereAlready))
                @for (at, alike) in alike.iter().filter(|alike| alike.field == field.name).enumerate() {
                    (if at == 0 { either(lang, " ", "") } else { either(lang, ", ", "、") })
                    a href={ "/" (object.plural) "/" (alike.record.record_id()) } target="_blank" rel="noopener" { (super::record::title(lang, &alike.record)) }
                    @if let Some(company) = company_of(lang, object, &alike.record, names, now) { (either(lang, " (", "（")) (company) (either(lang, ")", "）")) }
                }
            }
        }
    }
}

fn company_of(lang: Lang, object: &Object, record: &Record, names: &Names, now: Timestamp) -> Option<String> {
    let field = employer(object)?;
    Some(plain(lang, field, record.value(field.name.as_str())?, names, now)).filter(|company| !company.is_empty())
}

/// What the page of groups shows.
pub struct GroupsView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What kind of records.
    pub object: &'a Object,
    /// The groups.
    pub page: &'a Groups,
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
    /// What was just done.
    pub flash: Option<Flash>,
    /// Whether this goes on where another page ended.
    pub onward: bool,
}

/// Draws groups of records that look alike.
#[must_use]
pub fn groups(view: &GroupsView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let base = format!("/{}/duplicates", object.plural);
    let crumbs = html! {
        nav.crumbs aria-label=(object.plural_label(lang)) {
            a href={ "/" (object.plural) } data-swap { (object.plural_label(lang)) } (icon("right"))
        }
        h1 { (t(lang, L::Title)) }
    };
    html! {
        (top(lang, &crumbs, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.wide-page {
            @if let Some(done) = &view.flash { (flash(lang, &view.signed.csrf, done)) }
            p.lead { (t(lang, L::Lead)) }
            @if view.page.groups.is_empty() { (empty("users", t(lang, L::Nothing), t(lang, L::NothingHint), &html! {})) }
            @for group in &view.page.groups { (card(view, group)) }
            @if view.onward || view.page.next.is_some() {
                div.acts {
                    @if view.onward { a.btn href=(base) data-swap { (t(lang, M::FirstPage)) } }
                    @if let Some(next) = &view.page.next { a.btn href={ (base) "?after=" (next) } data-swap { (t(lang, M::More)) (icon("right")) } }
                }
            }
        } }
    }
}

fn card(view: &GroupsView<'_>, group: &Group) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let (word, tone) = match group.strength {
        Strength::Certain => (L::Certain, 1),
        Strength::Likely => (L::Likely, 4),
        Strength::Possible => (L::Possible, 0),
    };
    let columns: Vec<&Field> =
        hinted(object).filter(|field| field.name != object.title).chain(employer(object)).collect();
    let held = |field: &&&Field| group.records.iter().any(|record| record.value(field.name.as_str()).is_some());
    let columns: Vec<&Field> = columns.iter().filter(held).copied().collect();
    let text = |field: &Field, record: &Record| {
        record
            .value(field.name.as_str())
            .map(|value| plain(lang, field, value, view.names, view.now))
            .unwrap_or_default()
    };
    html! {
        section.card {
            div."card-h" { h2 { (tag(t(lang, word), tone)) " " (whys(lang, object, &group.whys)) } }
            div.scroll { table.plain.stack {
                thead { tr {
                    th { (object.label(lang)) }
                    @for field in &columns { th { (field.label(lang)) } }
                    th { (t(lang, L::Changed)) }
                } }
                tbody { @for record in &group.records {
                    tr {
                        th scope="row" { a href={ "/" (object.plural) "/" (record.record_id()) } { (super::record::title(lang, record)) } }
                        @for field in &columns { td { (text(field, record)) } }
                        td { (ago(lang, record.updated_at(), view.now)) }
                    }
                } }
            } }
            @if view.signed.cx.may::<Merge>(object.name.as_str()) {
                form.acts method="post" action={ "/" (object.plural) "/duplicates" } data-swap {
                    (csrf(&view.signed.csrf))
                    @for record in &group.records { input type="hidden" name="id" value=(record.record_id()); }
                    input type="hidden" name="apart" value="1";
                    a.btn.s.primary href=(merge_url(object, group)) data-swap { (t(lang, L::Merge)) }
                    button.btn.s { (t(lang, L::Apart)) }
                }
            }
        }
    }
}

fn merge_url(object: &Object, group: &Group) -> String {
    let ids: Vec<(&str, String)> = group.records.iter().map(|record| ("id", record.record_id().to_string())).collect();
    super::list::address_of(&format!("{}/merge", object.plural), &ids)
}

/// Says what records have in common.
fn whys(lang: Lang, object: &Object, whys: &[Why]) -> String {
    let one = |why: &Why| match why {
        Why::Field(name) => {
            let label = object.field(name).map_or(name.as_str(), |field| field.label(lang));
            match lang {
                Lang::En => format!("{} {}", t(lang, L::Same), label.to_lowercase()),
                Lang::Zh => format!("{}{label}", t(lang, L::Same)),
            }
        }
        Why::Colleague => t(lang, L::Colleague).to_owned(),
        Why::Address => t(lang, L::Address).to_owned(),
        Why::Spelling => t(lang, L::Spelling).to_owned(),
    };
    whys.iter().map(one).collect::<Vec<_>>().join(either(lang, ", ", "、"))
}
