//! People, and one's own account.

use accounts::{Person, SessionView, State, Theme};
use authz::{Grant, Read, Role};
use db::Permitted;
use httpkit::Signed;
use kernel::{Lang, TeamId, Timestamp, UserId};
use leaving::HandOver;
use maud::{Markup, html};

use roles::team::Team;

use super::role::called;
use pages::top;
use ui::fault::{explain, field as field_text};
use ui::format;
use ui::text::{A, B, K, M, O, t};
use ui::{Control, Flash, avatar, banner, csrf, either, field, flash, icon, tag};

/// What the people page shows.
pub struct PeopleView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The people.
    pub people: &'a [Permitted<Person, Read>],
    /// What the workspace calls the roles it made.
    pub names: &'a [(Role, String)],
    /// The teams.
    pub teams: &'a [Team],
    /// Who works where.
    pub members: &'a [(UserId, TeamId)],
    /// What was handed over from whom to whom.
    pub handed: &'a [HandOver],
    /// Whose account was closed just now.
    pub closed: Option<UserId>,
    /// The link just made, to be shown once.
    pub link: Option<String>,
    /// What was typed into the invitation: name and address.
    pub typed: (&'a str, &'a str),
    /// The code of what was refused, and what is wrong field by field.
    pub refused: Option<(&'static str, Vec<(String, String)>)>,
}

/// Draws the people page.
#[must_use]
pub fn people(view: &PeopleView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let may = view.signed.cx.may::<Grant>("user");
    html! {
        (top(lang, &html! { h1 { (t(lang, M::People)) } span.total { (view.people.len()) } }, &html! { a.btn href="/settings/people/tokens" data-swap { (icon("key")) span { (t(lang, K::AllTitle)) } } }))
        div.page data-keep="page" tabindex="-1" {
            div."wide-page" {
                p.lead { (t(lang, A::PeopleLead)) }
                @if may && let Some(person) = closed(view) { (done(view, person)) }
                @if let Some(link) = &view.link {
                    div.banner.good role="status" { (icon("link")) div { b { (t(lang, A::InviteLink)) } p.code { (link) } } }
                }
                div.scroll { table.plain.stack {
                    thead { tr { th { (t(lang, A::Name)) } th { (t(lang, A::Roles)) } th { (t(lang, A::State)) } td {} } }
                    tbody { @for person in view.people { (person_line(view, person, may)) } }
                } }
                @if may { (invite(view)) }
            }
        }
    }
}

fn person_line(view: &PeopleView<'_>, person: &Person, may: bool) -> Markup {
    let lang = view.signed.cx.lang();
    let roles: Vec<String> = person.roles.iter().map(|role| called(lang, *role, view.names)).collect();
    let team = team_of(view, person).and_then(|id| view.teams.iter().find(|team| team.id == id));
    let (state, tone) = match person.state {
        State::Active => (A::Active, 3),
        State::Invited => (A::Invited, 1),
        State::Disabled => (A::Disabled, 0),
    };
    html! {
        tr {
            th scope="row" { span.who { (avatar(&person.name, person.id.uuid(), false, "")) span { (person.name) br; span.nil { (person.email) } } } }
            td { (roles.join(ui::either(lang, ", ", "、"))) @if let Some(team) = team { br; span.nil { (icon("team")) (team.name) } } }
            td { (tag(t(lang, state), tone)) @if person.state == State::Disabled { (handed(view, person)) } }
            td.acts { @if person.id != view.signed.user.id { div."row-acts" { (acts(view, person, may)) } } }
        }
    }
}

/// Draws what can be done about somebody else.
fn acts(view: &PeopleView<'_>, person: &Person, may: bool) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        a.btn.s href={ "/settings/people/" (person.id) "/rights" } data-swap { (icon("eye")) (either(lang, "View as", "以其视角查看")) }
        @match person.state {
            State::Active if may => { (giving(view, person)) (closing(view, person)) },
            State::Disabled if may => {
                (opening(view, person))
                @if !is_under_way(view, person) { (handing(view, person)) }
            },
            State::Active | State::Disabled | State::Invited => {},
        }
    }
}

fn team_of(view: &PeopleView<'_>, person: &Person) -> Option<TeamId> {
    view.members.iter().find(|(user, _)| *user == person.id).map(|(_, team)| *team)
}

/// Draws the button that gives somebody roles and a team.
fn giving(view: &PeopleView<'_>, person: &Person) -> Markup {
    let lang = view.signed.cx.lang();
    let (id, team) = (format!("team-{}", person.id), team_of(view, person));
    html! {
        details.more {
            summary.btn.s { (either(lang, "Rights", "权限")) }
            form.agree method="post" action={ "/settings/people/" (person.id) "/roles" } data-swap data-done=(t(lang, M::DoneSaved)) {
                (csrf(&view.signed.csrf))
                fieldset.field { legend.label { (t(lang, A::Roles)) } (role_boxes(view, |role| person.roles.contains(&role))) }
                div.field {
                    label for=(id) { (either(lang, "Team", "团队")) }
                    select.in id=(id) name="team" {
                        option value="" { (either(lang, "None", "无")) }
                        @for one in view.teams { option value=(one.id) selected[team == Some(one.id)] { (one.name) } }
                    }
                }
                p.hint.wraps { (t(lang, O::Hint)) }
                p.wraps { (either(lang, "Sessions of this person end when their roles change. Their records go along to the team.", "更改角色后，此人的会话将结束。其记录会随之归入新团队。")) }
                p.acts { button.btn.s.primary { (t(lang, M::Save)) } }
            }
        }
    }
}

fn role_boxes(view: &PeopleView<'_>, held: impl Fn(Role) -> bool) -> Markup {
    let lang = view.signed.cx.lang();
    let all = Role::ALL.iter().copied().chain(view.names.iter().map(|(role, _)| *role));
    html! { div.roles { @for role in all { label.check { input type="checkbox" name="roles" value=(role.code()) checked[held(role)]; span { (called(lang, role, view.names)) } } } } }
}

/// Says what became of the records of somebody who left.
fn handed(view: &PeopleView<'_>, person: &Person) -> Markup {
    let lang = view.signed.cx.lang();
    let last = view.handed.iter().rev().find(|one| one.from == person.id);
    let to = last.and_then(|one| view.people.iter().find(|other| other.id == one.to)).map_or("?", |other| &other.name);
    html! {
        @if let Some(one) = last {
            @let n = format::number(one.moved);
            br; span.nil { @match (lang, one.finished_at.is_some()) {
                (Lang::En, true) => { (n) " records went to " (to) },
                (Lang::En, false) => { (n) " records so far go to " (to) },
                (Lang::Zh, true) => { (n) " 条记录已移交给 " (to) },
                (Lang::Zh, false) => { "正在移交给 " (to) "，已移交 " (n) " 条" },
            } }
        }
    }
}

/// Finds whose account was closed just now, if it still is.
fn closed<'a>(view: &'a PeopleView<'_>) -> Option<&'a Person> {
    view.people
        .iter()
        .map(|person| &**person)
        .find(|person| Some(person.id) == view.closed && person.state == State::Disabled)
}

/// Says that an account was closed, with the way back.
fn done(view: &PeopleView<'_>, person: &Person) -> Markup {
    let lang = view.signed.cx.lang();
    let said = match lang {
        Lang::En => format!("The account of {} is closed. Sessions, tokens and imports have ended.", person.name),
        Lang::Zh => format!("{} 的账户已关闭，其会话、令牌和导入任务均已终止。", person.name),
    };
    let undo = (format!("/settings/people/{}/state", person.id), vec![("to", "active".to_owned())]);
    flash(lang, &view.signed.csrf, &Flash { text: said, undo: Some(undo) })
}

/// Draws the button that closes an account: it is one click, and can be taken back.
fn closing(view: &PeopleView<'_>, person: &Person) -> Markup {
    html! {
        form method="post" action={ "/settings/people/" (person.id) "/state" } data-swap {
            (csrf(&view.signed.csrf))
            button.btn.s name="to" value="disabled" { (t(view.signed.cx.lang(), A::Disable)) }
        }
    }
}

/// Draws the button that opens it again.
fn opening(view: &PeopleView<'_>, person: &Person) -> Markup {
    html! {
        form method="post" action={ "/settings/people/" (person.id) "/state" } data-swap data-done=(t(view.signed.cx.lang(), M::DoneSaved)) {
            (csrf(&view.signed.csrf))
            input type="hidden" name="to" value="active";
            button.btn.s { (t(view.signed.cx.lang(), A::Enable)) }
        }
    }
}

fn is_under_way(view: &PeopleView<'_>, person: &Person) -> bool {
    view.handed.iter().any(|one| one.from == person.id && one.finished_at.is_none())
}

/// Draws what asks who takes on the records of somebody who left.
fn handing(view: &PeopleView<'_>, person: &Person) -> Markup {
    let lang = view.signed.cx.lang();
    let name = format!("successor-{}", person.id);
    let others = view.people.iter().filter(|other| other.id != person.id && other.state == State::Active);
    html! {
        details.more {
            summary.btn.s { (either(lang, "Hand records over", "移交记录")) }
            form.agree method="post" action={ "/settings/people/" (person.id) "/state" } data-swap data-done=(t(lang, M::DoneSaved)) {
                (csrf(&view.signed.csrf))
                input type="hidden" name="to" value="handed";
                div.field {
                    label for=(name) { (either(lang, "Records go to", "记录移交给")) }
                    select.in id=(name) name="successor" { @for other in others { option value=(other.id) { (other.name) } } }
                }
                p.hint.wraps { (either(lang, "Opening the account again gives no records back.", "重新启用账户不会归还已移交的记录。")) }
                p.acts { button.btn.s.primary { (either(lang, "Hand over", "移交")) } }
            }
        }
    }
}

fn invite(view: &PeopleView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let wrong = |name: &str| {
        view.refused
            .as_ref()
            .and_then(|(_, wrongs)| wrongs.iter().find(|(f, _)| f == name))
            .map(|(_, code)| field_text(lang, code, None))
    };
    let control = |name, label| Control { name, label: t(lang, label), hint: "", required: true, wrong: wrong(name) };
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, A::InviteTitle)) } }
            @if let Some((code, wrongs)) = &view.refused { @if wrongs.is_empty() { @let (what, next) = explain(lang, code); (banner("bad", "warn", what, next)) } }
            form.narrow method="post" action="/settings/people" data-swap {
                (csrf(&view.signed.csrf))
                div.two {
                    (field(lang, &control("name", A::Name), &html! { input.in id="name" name="name" type="text" maxlength="200" required value=(view.typed.0); }))
                    (field(lang, &control("email", A::Email), &html! { input.in id="email" name="email" type="email" maxlength="254" required value=(view.typed.1); }))
                }
                fieldset.field {
                    legend.label { (t(lang, A::Roles)) }
                    (role_boxes(view, |role| role == Role::Agent))
                }
                @if let Some(text) = wrong("roles") { (ui::wrong("roles", &text)) }
                p.acts { button.btn.primary { (t(lang, A::Invite)) } }
            }
        }
    }
}

/// Draws one's own account, with the card of its second factors.
#[must_use]
pub fn account(
    signed: &Signed,
    (factors, has_password): (&Markup, bool),
    sessions: &[SessionView],
    now: Timestamp,
) -> Markup {
    let lang = signed.cx.lang();
    let user = &signed.user;
    let preferences = &user.preferences;
    html! {
        (top(lang, &html! { h1 { (t(lang, M::Account)) } }, &html! {
            form method="post" action="/sign-out" { (csrf(&signed.csrf)) button.btn { (icon("out")) (t(lang, A::SignOut)) } }
        }))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                div.who { (avatar(&user.name, user.id.uuid(), false, "xl")) div { h2 { (user.name) } p.lead { (user.email) } } }
                section.card {
                    div."card-h" { h2 { (t(lang, A::Preferences)) } }
                    form.narrow method="post" action="/preferences" {
                        (csrf(&signed.csrf))
                        (choice(lang, "lang", A::Language, &[("en", "English"), ("zh", "简体中文")], preferences.lang.unwrap_or(lang).code()))
                        (choice(lang, "theme", A::Theme, &[(Theme::Device.code(), t(lang, A::ThemeAuto)), ("light", t(lang, A::ThemeLight)), ("dark", t(lang, A::ThemeDark))], preferences.theme.code()))
                        label.check {
                            input type="checkbox" name="keys" value="on" checked[preferences.single_keys];
                            input type="hidden" name="keys_shown" value="1";
                            span { (t(lang, A::SingleKeys)) small { (t(lang, A::SingleKeysHint)) } }
                        }
                        p.acts { button.btn.primary { (t(lang, M::Save)) } }
                    }
                }
                section.card {
                    div."card-h" { h2 { (either(lang, "Rights", "权限")) } }
                    p.acts { a.btn href="/settings/account/rights" data-swap { (icon("eye")) (either(lang, "What I may do", "我的权限")) } }
                }
                (factors)
                section.card {
                    div."card-h" { h2 { (t(lang, A::Password)) } }
                    p.lead { (t(lang, if has_password { A::PasswordCardLead } else { A::PasswordNoneLead })) }
                    p.acts { a.btn href="/settings/account/password" data-swap { (t(lang, if has_password { A::PasswordTitle } else { A::PasswordSetTitle })) } }
                }
                @if signed.cx.may::<Read>("contact") {
                    section.card {
                        div."card-h" { h2 { (t(lang, B::OwnTitle)) } }
                        p.lead { (t(lang, B::OwnLead)) }
                        p.acts { a.btn href="/settings/reading" data-swap { (t(lang, B::OwnTitle)) } }
                    }
                }
                section.card {
                    div."card-h" { h2 { (t(lang, A::Sessions)) } }
                    @for session in sessions { (session_line(signed, session, now)) }
                    form.acts method="post" action="/settings/account/sign-out-everywhere" { (csrf(&signed.csrf)) button.btn.danger { (icon("devices")) (t(lang, A::EndAll)) } }
                }
            }
        }
    }
}

fn choice(lang: Lang, name: &str, label: A, options: &[(&str, &str)], present: &str) -> Markup {
    let control = Control { name, label: t(lang, label), hint: "", required: false, wrong: None };
    field(
        lang,
        &control,
        &html! {
            select.in id=(name) name=(name) { @for (value, text) in options { option value=(value) selected[*value == present] { (text) } } }
        },
    )
}

fn session_line(signed: &Signed, session: &SessionView, now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    let agent = session.agent.as_deref().unwrap_or("?");
    html! {
        div."line-item" {
            (icon("devices"))
            span.grow {
                b { (agent) } @if let Some(ip) = &session.ip { span.nil { " · " (ip) } }
                br; span.nil { (format::ago(lang, session.seen_at, now)) }
            }
            @if session.current { (tag(t(lang, A::ThisDevice), 3)) } @else {
                form method="post" action={ "/settings/account/sessions/" (session.id) "/end" } data-swap { (csrf(&signed.csrf)) button.btn.s { (t(lang, A::EndSession)) } }
            }
        }
    }
}
