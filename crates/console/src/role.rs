//! Roles: the list of them, and the matrix of one: object × action × reach, and what is kept from view. Teams beside them.

use authz::{Area, Charter, Configure, FieldRule, Reach, Role, Verb};
use httpkit::Signed;
use kernel::{Lang, TeamId};
use maud::{Markup, html};
use objects::object::{Field, Object, Objects};
use roles::team::Team;
use roles::{GRANTABLE, RoleRow, must_be_seen};

use pages::auth::Refused;
use pages::phrase::role_text;
use pages::top;
use ui::text::{M, t};
use ui::{banner, csrf, either, icon, tag};

/// Says a role: what the workspace calls it, or what it is.
#[must_use]
pub fn called(lang: Lang, role: Role, names: &[(Role, String)]) -> String {
    roles::name_of(names, role).map_or_else(|| role_text(lang, role).to_owned(), str::to_owned)
}

fn name_of(lang: Lang, row: &RoleRow) -> String {
    row.name.clone().unwrap_or_else(|| role_text(lang, row.role).to_owned())
}

/// Says an action, as a heading of the matrix.
#[must_use]
pub const fn verb_text(lang: Lang, verb: Verb) -> &'static str {
    match verb {
        Verb::Read => either(lang, "See", "查看"),
        Verb::Create => either(lang, "Create", "新建"),
        Verb::Update => either(lang, "Change", "修改"),
        Verb::Delete => either(lang, "Delete", "删除"),
        Verb::Share => either(lang, "Share", "共享"),
        Verb::Reveal => either(lang, "Open sealed fields", "查看密封字段"),
        Verb::Bulk => either(lang, "Many at once", "批量操作"),
        Verb::Merge => either(lang, "Merge", "合并"),
        Verb::Import => either(lang, "Import", "导入"),
        Verb::Export => either(lang, "Export", "导出"),
        Verb::Erase => either(lang, "Erase for good", "永久抹除"),
        Verb::Grant => either(lang, "Give rights", "授予权限"),
        Verb::Configure => either(lang, "Change settings", "更改设置"),
    }
}

/// Says how far a grant goes.
#[must_use]
pub const fn reach_text(lang: Lang, reach: Option<Reach>) -> &'static str {
    match reach {
        None => either(lang, "None", "无"),
        Some(Reach::Own) => either(lang, "Own", "自己的"),
        Some(Reach::Team) => either(lang, "Team", "本团队"),
        Some(Reach::Branch) => either(lang, "Team and below", "本团队及下级"),
        Some(Reach::All) => either(lang, "All", "全部"),
    }
}

/// Says what is kept from view.
#[must_use]
pub const fn rule_text(lang: Lang, rule: Option<FieldRule>) -> &'static str {
    match rule {
        None => either(lang, "Shown", "显示"),
        Some(FieldRule::ReadOnly) => either(lang, "Read only", "只读"),
        Some(FieldRule::Masked) => either(lang, "Covered", "遮盖"),
        Some(FieldRule::Hidden) => either(lang, "Hidden", "隐藏"),
    }
}

/// What the page of all roles shows.
pub struct RolesView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The roles.
    pub roles: &'a [RoleRow],
    /// The teams.
    pub teams: &'a [Team],
    /// What was refused.
    pub refused: &'a Refused,
}

/// Draws the list of roles, and the teams.
#[must_use]
pub fn roles(view: &RolesView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let may = view.signed.cx.may::<Configure>("role");
    html! {
        (top(lang, &html! { h1 { (either(lang, "Roles and teams", "角色与团队")) } span.total { (view.roles.len()) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div."wide-page" {
                p.lead { (either(lang, "A role says what its holders may do with which records. Several roles add up; where two say different things about a field, the stricter counts.", "角色规定其成员可以对哪些记录做什么。多个角色的权限会叠加；对同一字段的规定不同时，以较严格的为准。")) }
                (view.refused.banner(lang))
                div.scroll { table.plain {
                    thead { tr { th { (either(lang, "Role", "角色")) } th { (either(lang, "See contacts", "查看联系人")) } th { (either(lang, "People", "人数")) } td {} } }
                    tbody { @for row in view.roles { (role_line(view, row, may)) } }
                } }
                (teams(view, may))
            }
        }
    }
}

fn role_line(view: &RolesView<'_>, row: &RoleRow, may: bool) -> Markup {
    let lang = view.signed.cx.lang();
    let name = name_of(lang, row);
    let copyable = row.role.is_editable();
    html! {
        tr {
            th scope="row" {
                @if row.role.is_editable() { a.quiet href={ "/settings/roles/" (row.role.code()) } data-swap { (name) } } @else { (name) }
                @if row.name.is_some() { " " (tag(either(lang, "Yours", "自定义"), 1)) }
                @if row.changed { " " (tag(either(lang, "Changed", "已修改"), 2)) }
                @if !row.role.is_editable() { " " (tag(either(lang, "Fixed", "固定"), 0)) }
            }
            td { (reach_text(lang, row.charter.reach("contact", Verb::Read))) }
            td { (row.holders) }
            td.acts {
                @if may && copyable {
                    details.more {
                        summary.btn.s { (icon("copy")) (either(lang, "Copy", "复制")) }
                        form.agree method="post" action="/settings/roles" data-swap {
                            (csrf(&view.signed.csrf))
                            input type="hidden" name="from" value=(row.role.code());
                            (named(lang, &format!("copy-{}", row.role.code()), "", either(lang, "Name of the new role", "新角色名称")))
                            p.acts { button.btn.s.primary { (either(lang, "Make a copy", "创建副本")) } }
                        }
                    }
                }
            }
        }
    }
}

fn named(lang: Lang, id: &str, value: &str, label: &str) -> Markup {
    let _ = lang;
    html! { div.field { label for=(id) { (label) } input.in id=(id) name="name" type="text" maxlength="60" required value=(value); } }
}

fn teams(view: &RolesView<'_>, may: bool) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        section.card id="teams" {
            div."card-h" { h2 { (either(lang, "Teams", "团队")) } }
            p.lead { (either(lang, "“Team” in a role means the records of one's own team; “team and below” those of the teams under it too. Who works where is said on the people page.", "角色中的“本团队”指自己所在团队的记录；“本团队及下级”还包括其下级团队的记录。成员所属团队在成员页面设置。")) }
            @if view.teams.is_empty() { p.nil { (either(lang, "There are no teams yet.", "尚无团队。")) } }
            @else { (branch(view, None, may, 0)) }
            @if may {
                form.narrow method="post" action="/settings/teams" data-swap {
                    (csrf(&view.signed.csrf))
                    div.two {
                        (named(lang, "team-name", "", either(lang, "Name of a new team", "新团队名称")))
                        (above(view, "team-parent", None, None))
                    }
                    p.acts { button.btn { (icon("plus")) (either(lang, "Add team", "添加团队")) } }
                }
            }
        }
    }
}

/// Draws the teams below one. Deeper than any company is, a tree is cut off.
fn branch(view: &RolesView<'_>, parent: Option<TeamId>, may: bool, depth: usize) -> Markup {
    let own: Vec<&Team> = view.teams.iter().filter(|team| team.parent == parent).collect();
    html! {
        @if !own.is_empty() && depth < 12 {
            ul.tree { @for team in own { li {
                @if may { (team_form(view, team)) } @else { span { (team.name) } }
                (branch(view, Some(team.id), may, depth + 1))
            } } }
        }
    }
}

fn team_form(view: &RolesView<'_>, team: &Team) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        details.more {
            summary.btn.ghost.s { (icon("team")) (team.name) }
            form.agree method="post" action={ "/settings/teams/" (team.id) } data-swap data-done=(t(lang, M::DoneSaved)) {
                (csrf(&view.signed.csrf))
                (named(lang, &format!("name-{}", team.id), &team.name, either(lang, "Name", "名称")))
                (above(view, &format!("parent-{}", team.id), team.parent, Some(team.id)))
                p.acts {
                    button.btn.s.primary name="act" value="save" { (t(lang, M::Save)) }
                    button.btn.s.danger name="act" value="remove" { (t(lang, M::Delete)) }
                }
            }
        }
    }
}

fn above(view: &RolesView<'_>, id: &str, present: Option<TeamId>, but: Option<TeamId>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        div.field {
            label for=(id) { (either(lang, "Belongs to", "上级团队")) }
            select.in id=(id) name="parent" {
                option value="" { (either(lang, "Nothing: it is at the top", "无（顶级）")) }
                @for team in view.teams.iter().filter(|team| Some(team.id) != but) {
                    option value=(team.id) selected[present == Some(team.id)] { (team.name) }
                }
            }
        }
    }
}

/// What the page of one role shows.
pub struct RoleView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The role.
    pub row: &'a RoleRow,
    /// What it may be about.
    pub objects: &'a Objects,
    /// What was refused.
    pub refused: &'a Refused,
}

/// Draws the matrix of a role.
#[must_use]
pub fn role(view: &RoleView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let own = view.signed.cx.roles().contains(&view.row.role);
    let may = view.signed.cx.may::<Configure>("role") && view.row.role.is_editable() && !own;
    let base = format!("/settings/roles/{}", view.row.role.code());
    let crumbs = html! {
        nav.crumbs aria-label=(either(lang, "Roles", "角色")) { a href="/settings/roles" data-swap { (either(lang, "Roles", "角色")) } (icon("right")) }
        h1 { (name_of(lang, view.row)) }
    };
    html! {
        (top(lang, &crumbs, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div."wide-page" {
                (view.refused.banner(lang))
                @if own { (banner("", "info", either(lang, "You hold this role yourself", "您自己拥有此角色"), either(lang, "Nobody changes their own rights: ask another administrator.", "任何人都不能更改自己的权限，请由另一位管理员操作。"))) }
                form method="post" action=(base) data-swap data-done=(t(lang, M::DoneSaved)) {
                    (csrf(&view.signed.csrf))
                    @if let Some(name) = &view.row.name { div.narrow { (named(lang, "role-name", name, either(lang, "Name", "名称"))) } }
                    (matrix(view, may))
                    (fields(view, may))
                    p.hint { (either(lang, "A change counts within a second for everybody who holds this role.", "更改会在一秒内对拥有此角色的所有成员生效。")) }
                    @if may { p.acts { button.btn.primary { (t(lang, M::Save)) } a.btn href="/settings/roles" data-swap { (t(lang, M::Cancel)) } } }
                }
                @if may && (view.row.name.is_some() || view.row.changed) {
                    form.acts method="post" action={ (base) "/remove" } data-swap {
                        (csrf(&view.signed.csrf))
                        button.btn.danger { @if view.row.name.is_some() { (t(lang, M::Delete)) } @else { (either(lang, "Back to how it was delivered", "恢复默认权限")) } }
                    }
                }
            }
        }
    }
}

/// The name under which the form speaks of all objects that have no line of their own.
pub const OTHERS: &str = "others";

fn matrix(view: &RoleView<'_>, may: bool) -> Markup {
    let lang = view.signed.cx.lang();
    let charter = &view.row.charter;
    html! {
        div.scroll { table.plain.matrix {
            thead { tr { th { (either(lang, "Records", "记录")) } @for verb in GRANTABLE { th scope="col" { (verb_text(lang, *verb)) } } } }
            tbody {
                @for object in view.objects.iter() {
                    (matrix_line(lang, (object.name.as_str(), object.plural_label(lang)), |verb| charter.reach(object.name.as_str(), verb), may))
                }
                (matrix_line(lang, (OTHERS, either(lang, "Everything else", "其他对象")), |verb| charter.reach_in(Area::Records, verb), may))
            }
        } }
    }
}

fn matrix_line(lang: Lang, (code, label): (&str, &str), reach: impl Fn(Verb) -> Option<Reach>, may: bool) -> Markup {
    let options = || std::iter::once(None).chain(Reach::ALL.iter().copied().map(Some));
    html! {
        tr {
            th scope="row" { (label) }
            @for verb in GRANTABLE {
                @let present = reach(*verb);
                td data-label=(verb_text(lang, *verb)) {
                    @if may {
                        select.in name={ "g." (code) "." (verb.name()) } aria-label={ (label) ": " (verb_text(lang, *verb)) } {
                            @for option in options() { option value=(option.map_or("none", Reach::code)) selected[option == present] { (reach_text(lang, option)) } }
                        }
                    } @else { (reach_text(lang, present)) }
                }
            }
        }
    }
}

fn fields(view: &RoleView<'_>, may: bool) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        section.card {
            div."card-h" { h2 { (either(lang, "Fields", "字段")) } }
            p.lead { (either(lang, "Covered fields are opened one at a time, with a reason. A hidden field does not exist for this role: not in lists, forms, search, sums, history, imports or programs.", "被遮盖的字段需说明理由后逐个查看。隐藏的字段对此角色而言并不存在：列表、表单、搜索、汇总、历史、导入和程序接口中都不会出现。")) }
            @for object in view.objects.iter() { (object_fields(view, object, may)) }
        }
    }
}

fn object_fields(view: &RoleView<'_>, object: &Object, may: bool) -> Markup {
    let lang = view.signed.cx.lang();
    let charter = &view.row.charter;
    let ruled = charter.rules(object.name.as_str()).map_or(0, std::collections::BTreeMap::len);
    html! {
        details.rules open[ruled > 0] {
            summary { (object.plural_label(lang)) @if ruled > 0 { " " (tag(&ruled.to_string(), 2)) } }
            div."rule-grid" {
                @for field in object.fields.iter().filter(|field| !must_be_seen(object, field)) { (field_rule(lang, charter, object, field, may)) }
            }
        }
    }
}

fn field_rule(lang: Lang, charter: &Charter, object: &Object, field: &Field, may: bool) -> Markup {
    let present = charter.field(object.name.as_str(), field.name.as_str());
    let id = format!("f.{}.{}", object.name, field.name);
    // What is sealed more strongly is covered for everybody.
    let fits = |rule: &Option<FieldRule>| !(field.is_masked() && *rule == Some(FieldRule::Masked));
    let options = std::iter::once(None).chain(FieldRule::ALL.iter().copied().map(Some)).filter(fits);
    html! {
        div.field {
            label for=(id) { (field.label(lang)) }
            select.in id=(id) name=(id) disabled[!may] {
                @for option in options { option value=(option.map_or("shown", FieldRule::code)) selected[option == present] { (rule_text(lang, option)) } }
            }
        }
    }
}
