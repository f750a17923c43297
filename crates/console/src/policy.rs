//! What is asked of people before they act: the settings, and one's own password.

use ::policy::SecretRule;
use accounts::FactorsView;
use authz::{Configure, Demand, Level, Role};
use httpkit::Signed;
use kernel::Lang;
use maud::{Markup, html};
use scanner::Kind as Secret;

use pages::auth::Refused;
use pages::phrase::role_text;
use pages::{auth, factor, top};
use ui::text::{A, M, t};
use ui::{banner, csrf};

/// Says a level.
const fn level_text(level: Level) -> A {
    match level {
        Level::Single => A::LevelSingle,
        Level::Multi => A::LevelMulti,
        Level::Resistant => A::LevelResistant,
    }
}

/// What the settings show.
pub struct PolicyView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What is asked of each role.
    pub roles: &'a [(Role, Demand)],
    /// What becomes of each kind of secret in free text.
    pub secrets: &'a [(Secret, SecretRule)],
    /// Whether browsers know passkeys where the page was asked for.
    pub can: bool,
    /// What was refused.
    pub refused: &'a Refused,
}

/// Draws the settings: a line a role.
#[must_use]
pub fn policy(view: &PolicyView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let may = view.signed.cx.may::<Configure>("setting");
    html! {
        (top(lang, &html! { h1 { (t(lang, A::PolicyTitle)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div."wide-page" {
                p.lead { (t(lang, A::PolicyLead)) }
                (view.refused.banner(lang))
                @if !view.can { (banner("", "info", t(lang, A::PasskeyNotHere), t(lang, A::PasskeyNotHereHint))) }
                form method="post" action="/settings/policy" data-swap data-done=(t(lang, M::DoneSaved)) {
                    (csrf(&view.signed.csrf))
                    div.scroll { table.plain.policy {
                        thead { tr { th { (t(lang, A::Role)) } th { (t(lang, A::PolicySignIn)) } th { (t(lang, A::PolicyDanger)) } th { (t(lang, A::PolicyMinutes)) } } }
                        tbody { @for (role, demand) in view.roles { (line(lang, *role, *demand, may)) } }
                    } }
                    p.hint { (t(lang, A::PolicyHint)) }
                    h2 { (t(lang, A::SecretsTitle)) }
                    p.hint { (t(lang, A::SecretsLead)) }
                    div.scroll { table.plain.policy {
                        tbody { @for (kind, rule) in view.secrets { (secret(lang, *kind, *rule, may)) } }
                    } }
                    @if may { p.acts { button.btn.primary { (t(lang, M::Save)) } } }
                }
            }
        }
    }
}

fn line(lang: Lang, role: Role, demand: Demand, may: bool) -> Markup {
    let (name, code) = (role_text(lang, role), role.code());
    let minutes = demand.lasts.as_secs() / 60;
    html! {
        tr {
            th scope="row" { (name) }
            td { (choice(lang, &format!("sign_in.{code}"), (name, A::PolicySignIn), demand.sign_in, may)) }
            td { (choice(lang, &format!("danger.{code}"), (name, A::PolicyDanger), demand.danger, may)) }
            td {
                input.in.minutes name={ "minutes." (code) } type="number" inputmode="numeric" min="1" max="720" required
                    value=(minutes) disabled[!may] aria-label={ (name) ": " (t(lang, A::PolicyMinutes)) };
            }
        }
    }
}

fn secret(lang: Lang, kind: Secret, present: SecretRule, may: bool) -> Markup {
    let label = t(
        lang,
        match kind {
            Secret::PrivateKey => A::SecretPrivateKey,
            Secret::Token => A::SecretToken,
            Secret::Password => A::SecretPassword,
            Secret::Card => A::SecretCard,
            Secret::ResidentId => A::SecretResidentId,
            Secret::Iban => A::SecretIban,
        },
    );
    let said = |rule| match rule {
        SecretRule::Warn => A::SecretWarn,
        SecretRule::Refuse => A::SecretRefuse,
        SecretRule::Allow => A::SecretAllow,
    };
    html! {
        tr {
            th scope="row" { (label) }
            td { select.in name={ "secret." (kind.code()) } disabled[!may] aria-label=(label) {
                @for rule in SecretRule::ALL { option value=(rule.code()) selected[rule == present] { (t(lang, said(rule))) } }
            } }
        }
    }
}

fn choice(lang: Lang, field: &str, (role, label): (&str, A), present: Level, may: bool) -> Markup {
    html! {
        select.in name=(field) disabled[!may] aria-label={ (role) ": " (t(lang, label)) } {
            @for level in Level::ALL { option value=(level.name()) selected[*level == present] { (t(lang, level_text(*level))) } }
        }
    }
}

/// Draws the page on which somebody changes their password.
#[must_use]
pub fn password(signed: &Signed, view: &FactorsView, refused: &Refused) -> Markup {
    let lang = signed.cx.lang();
    let (title, lead, button) = if view.password {
        (A::PasswordTitle, A::PasswordLead, A::PasswordChange)
    } else {
        (A::PasswordSetTitle, A::PasswordSetLead, A::PasswordSet)
    };
    html! {
        (top(lang, &html! { h1 { (t(lang, title)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow { section.card.prove {
            p.lead { (t(lang, lead)) }
            (refused.banner(lang))
            form.narrow method="post" action="/settings/account/password" data-swap data-done=(t(lang, A::PasswordChanged)) {
                (csrf(&signed.csrf))
                input type="hidden" name="username" autocomplete="username" value=(signed.user.email);
                @if view.password { (factor::password(lang, "current", refused)) }
                (auth::new_password(lang, view.asked_for, refused))
                p.acts {
                    button.btn.primary { (t(lang, button)) }
                    a.btn href="/settings/account" data-swap { (t(lang, M::Cancel)) }
                }
            }
        } } }
    }
}
