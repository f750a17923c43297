//! Who may see what, in words: with whom a record is shared and why somebody sees it; what one's own roles allow.

use authz::{Area, Configure, Grant, Import, Reach, Read, Rights, Role, Verb};
use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use maud::{Markup, html};
use objects::object::{Object, Objects};
use roles::GRANTABLE;
use roles::share::{ShareRow, With};
use roles::team::Team;
use roles::why::Why;

use super::role::{called, reach_text, rule_text, verb_text};
use pages::auth::Refused;
use pages::top;
use ui::text::{M, t};
use ui::{csrf, either, format, icon, tag};

/// What the page about one record's sharing shows.
pub struct SharingView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// Its object, as they see it.
    pub object: &'a Object,
    /// What it is called.
    pub title: &'a str,
    /// The address of the record.
    pub base: &'a str,
    /// With whom it is shared.
    pub shares: &'a [ShareRow],
    /// The colleagues.
    pub people: &'a [(UserId, String)],
    /// The teams.
    pub teams: &'a [Team],
    /// Who was asked about, and the answer.
    pub why: Option<(UserId, Why)>,
    /// What the workspace calls the roles it made.
    pub names: &'a [(Role, String)],
    /// The present moment.
    pub now: Timestamp,
    /// What was refused.
    pub refused: &'a Refused,
}

impl SharingView<'_> {
    fn person(&self, id: UserId) -> &str {
        self.people.iter().find(|(known, _)| *known == id).map_or("?", |(_, name)| name)
    }

    fn with(&self, with: With) -> String {
        match with {
            With::Person(id) => self.person(id).to_owned(),
            With::Team(id) => self.teams.iter().find(|team| team.id == id).map_or("?", |team| &team.name).to_owned(),
        }
    }
}

/// Draws the page.
#[must_use]
pub fn sharing(view: &SharingView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let crumbs = html! {
        nav.crumbs aria-label=(view.object.label(lang)) { a href=(view.base) data-swap { (view.title) } (icon("right")) }
        h1 { (either(lang, "Who can see this", "谁可以查看")) }
    };
    html! {
        (top(lang, &crumbs, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                (view.refused.banner(lang))
                section.card {
                    div."card-h" { h2 { (either(lang, "Shared with", "已共享给")) } }
                    @if view.shares.is_empty() { p.nil { (either(lang, "Nobody beyond what roles allow.", "除角色权限外，未共享给任何人。")) } }
                    @for share in view.shares { (share_line(view, share)) }
                }
                (share_form(view))
                section.card id="why" {
                    div."card-h" { h2 { (either(lang, "Why can somebody see this?", "为什么某人可以查看？")) } }
                    form.acts method="get" action={ (view.base) "/sharing" } data-swap {
                        select.in name="who" aria-label=(either(lang, "Colleague", "同事")) {
                            @for (id, name) in view.people { option value=(id) selected[view.why.as_ref().is_some_and(|(who, _)| who == id)] { (name) } }
                        }
                        button.btn { (either(lang, "Explain", "说明")) }
                    }
                    @if let Some((who, why)) = &view.why { (because(view, *who, why)) }
                }
            }
        }
    }
}

fn share_line(view: &SharingView<'_>, share: &ShareRow) -> Markup {
    let lang = view.signed.cx.lang();
    let what = if share.change {
        either(lang, "may see and change", "可查看和修改")
    } else {
        either(lang, "may see", "可查看")
    };
    html! {
        div."line-item" {
            (icon(if matches!(share.with, With::Team(_)) { "team" } else { "user" }))
            span.grow {
                b { (view.with(share.with)) } " " (what)
                br; span.nil { (either(lang, "until ", "截止 ")) (format::date(lang, share.until.date(), view.now.date())) " · " (either(lang, "by ", "共享人：")) (view.person(share.by)) }
            }
            form method="post" action={ (view.base) "/sharing/" (share.id) "/end" } data-swap { (csrf(&view.signed.csrf)) button.btn.s { (either(lang, "Stop", "停止")) } }
        }
    }
}

fn share_form(view: &SharingView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let own = view.signed.user.id;
    let day = view.now.plus(std::time::Duration::from_secs(30 * 24 * 3600)).date();
    html! {
        section.card {
            div."card-h" { h2 { (either(lang, "Share with somebody", "共享给他人")) } }
            form.narrow method="post" action={ (view.base) "/sharing" } data-swap data-done=(t(lang, M::DoneSaved)) {
                (csrf(&view.signed.csrf))
                div.two {
                    div.field {
                        label for="with" { (either(lang, "With", "共享对象")) }
                        select.in id="with" name="with" required {
                            optgroup label=(either(lang, "People", "成员")) { @for (id, name) in view.people.iter().filter(|(id, _)| *id != own) { option value={ "person:" (id) } { (name) } } }
                            @if !view.teams.is_empty() { optgroup label=(either(lang, "Teams", "团队")) { @for team in view.teams { option value={ "team:" (team.id) } { (team.name) } } } }
                        }
                    }
                    div.field {
                        label for="until" { (either(lang, "Until the end of", "截止日期")) }
                        input.in id="until" name="until" type="date" required value=(day);
                    }
                }
                label.check { input type="checkbox" name="change" value="1"; span { (either(lang, "May change it too", "同时允许修改")) } }
                p.hint { (either(lang, "Sharing opens this one record to people whose role lets them see such records at all. It gives no other right.", "共享仅对角色允许查看此类记录的成员开放这一条记录，不授予其他权限。")) }
                p.acts { button.btn.primary { (either(lang, "Share", "共享")) } }
            }
        }
    }
}

fn because(view: &SharingView<'_>, who: UserId, why: &Why) -> Markup {
    let lang = view.signed.cx.lang();
    let name = view.person(who);
    let answer = match (lang, why.sees) {
        (Lang::En, true) => format!("{name} can see this record."),
        (Lang::En, false) => format!("{name} cannot see this record."),
        (Lang::Zh, true) => format!("{name} 可以查看此记录。"),
        (Lang::Zh, false) => format!("{name} 无法查看此记录。"),
    };
    html! {
        p role="status" { b { (answer) } }
        ul.reasons {
            li { @if why.owns { (either(lang, "It is their own.", "此记录归其所有。")) } @else { (either(lang, "It is not their own.", "此记录不归其所有。")) } }
            @for says in &why.roles { li {
                b { (called(lang, says.role, view.names)) } ": " (either(lang, "sees ", "可查看：")) (reach_text(lang, says.reach))
                @if says.reaches { " " (tag(either(lang, "Reaches this record", "涵盖此记录"), 3)) }
                @else { " " (tag(either(lang, "Does not reach it", "不涵盖"), 0)) }
                @if says.changes { " " (tag(either(lang, "May change it", "可修改"), 1)) }
            } }
            @if let Some(share) = why.share { li {
                (either(lang, "It is shared with them or their team", "已共享给其本人或所在团队"))
                @if share.change { (either(lang, ", to be changed too", "，并允许修改")) }
                @if !why.sees { (either(lang, "; but no role lets them see such records.", "；但其角色不允许查看此类记录。")) }
            } } @else { li { (either(lang, "Nobody shared it with them.", "未共享给其本人。")) } }
            @for says in &why.fields { @if let Some(field) = view.object.field(says.field.as_str()) { li {
                (field.label(lang)) ": " (rule_text(lang, Some(says.rule))) " ("
                @for (at, role) in says.by.iter().enumerate() { @if at > 0 { (either(lang, ", ", "、")) } (called(lang, *role, view.names)) } ")"
            } } }
        }
    }
}

/// What the page of somebody's rights shows.
pub struct RightsView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// Whose rights; nobody's name if they are one's own.
    pub whose: Option<&'a str>,
    /// The rights.
    pub rights: &'a Rights,
    /// What they are about.
    pub objects: &'a Objects,
    /// The teams.
    pub teams: &'a [Team],
    /// What the workspace calls the roles it made.
    pub names: &'a [(Role, String)],
}

/// Draws rights in words: the menu, what may be done, and which fields are there. No record is read for it.
#[must_use]
pub fn rights(view: &RightsView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let title = match (view.whose, lang) {
        (None, _) => either(lang, "What I may do", "我的权限").to_owned(),
        (Some(name), Lang::En) => format!("Custos as {name} sees it"),
        (Some(name), Lang::Zh) => format!("{name} 看到的系统"),
    };
    let held: Vec<String> = view.rights.roles().iter().map(|role| called(lang, *role, view.names)).collect();
    let team = view.rights.teams().first().and_then(|id| view.teams.iter().find(|team| team.id == *id));
    html! {
        (top(lang, &html! { h1 { (title) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                @if view.whose.is_some() { p.lead { (either(lang, "Structure only: no customer data is shown, and the access log says that you looked.", "仅显示结构，不含客户数据；访问日志会记录您的查看。")) } }
                section.card {
                    div."card-h" { h2 { (either(lang, "Roles", "角色")) } }
                    p { (held.join(either(lang, ", ", "、"))) }
                    @if let Some(team) = team { p.nil { (icon("team")) " " (team.name) } }
                }
                section.card {
                    div."card-h" { h2 { (either(lang, "Menu", "菜单")) } }
                    p { (menu(lang, view).join(" · ")) }
                }
                @for object in view.objects.iter() { (object_rights(view, object)) }
            }
        }
    }
}

fn menu(lang: Lang, view: &RightsView<'_>) -> Vec<String> {
    let may = |object: &str, verb| view.rights.reach(object, verb).is_some();
    let mut entries = vec![t(lang, M::Home).to_owned()];
    let seen = view.objects.iter().filter(|object| may(object.name.as_str(), Verb::Read));
    entries.extend(seen.map(|object| object.plural_label(lang).to_owned()));
    let more = [
        (may("contact", <Import as authz::Action>::VERB), M::Import),
        (may("ledger", <Read as authz::Action>::VERB), M::AccessLog),
        (may("user", <Grant as authz::Action>::VERB), M::People),
        (may("role", <Configure as authz::Action>::VERB), M::RolesAndTeams),
        (may("setting", <Configure as authz::Action>::VERB), M::SignInRules),
    ];
    entries.extend(more.into_iter().filter(|(may, _)| *may).map(|(_, label)| t(lang, label).to_owned()));
    entries
}

/// Says of one object what may be done with whose records, the widest first.
fn object_rights(view: &RightsView<'_>, object: &Object) -> Markup {
    let lang = view.signed.cx.lang();
    let charter = view.rights.charter();
    let name = object.name.as_str();
    let others = Verb::ALL.iter().filter(|verb| !GRANTABLE.contains(verb));
    let verbs: Vec<Verb> = GRANTABLE.iter().chain(others).copied().collect();
    let doing = |reach: Reach| -> Vec<&str> {
        let those = verbs.iter().filter(|verb| charter.reach(name, **verb) == Some(reach));
        those.map(|verb| verb_text(lang, *verb)).collect()
    };
    let lines: Vec<(Reach, Vec<&str>)> =
        Reach::ALL.iter().rev().map(|reach| (*reach, doing(*reach))).filter(|(_, verbs)| !verbs.is_empty()).collect();
    debug_assert_eq!(Area::of(name), Area::Records);
    html! {
        section.card {
            div."card-h" { h2 { (object.plural_label(lang)) } }
            @if lines.is_empty() { p.nil { (either(lang, "Nothing: they are not there at all.", "无权限：此类记录不可见。")) } }
            @for (reach, verbs) in &lines { p { b { (reach_text(lang, Some(*reach))) } ": " (verbs.join(either(lang, ", ", "、"))) } }
            @if let Some(rules) = charter.rules(name).filter(|_| !lines.is_empty()) {
                p.nil { @for (field, rule) in rules { @if let Some(field) = object.field(field.as_str()) {
                    (field.label(lang)) ": " (rule_text(lang, Some(*rule))) ". "
                } } }
            }
        }
    }
}
