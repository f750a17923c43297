//! Asking for a second person before somebody keeps watch over others.

use authz::Role;
use httpkit::Signed;
use kernel::UserId;
use maud::{Markup, html};

use pages::auth::Refused;
use pages::phrase::role_text;
use pages::top;
use ui::text::{A, M, O, V, t};
use ui::{Control, banner, csrf, either, field, icon};

/// The field for the reason.
pub const REASON: &str = "reason";

/// What the page shows.
pub struct OversightView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// Whose roles they are.
    pub user: UserId,
    /// What they are called.
    pub name: &'a str,
    /// All roles they are to have.
    pub roles: &'a [Role],
    /// The link they join by, if they were invited just now.
    pub link: Option<&'a str>,
    /// What was typed as a reason.
    pub typed: &'a str,
    /// What was refused.
    pub refused: &'a Refused,
}

/// Draws the page.
#[must_use]
pub fn ask(view: &OversightView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let watching: Vec<&str> =
        view.roles.iter().filter(|role| role.watches()).map(|role| role_text(lang, *role)).collect();
    let control = Control {
        name: REASON,
        label: t(lang, V::AskReason),
        hint: t(lang, V::AskReasonHint),
        required: true,
        wrong: None,
    };
    html! {
        (top(lang, &html! { h1 { (t(lang, O::Title)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            @if let Some(link) = view.link {
                div.banner.good role="status" { (icon("check")) div { b { (t(lang, A::InviteLink)) } code.code { (link) } } }
            }
            (banner("", "shield", &watching.join(either(lang, ", ", "、")), t(lang, O::Lead)))
            (view.refused.banner(lang))
            section.card {
                div."card-h" { h2 { (view.name) } }
                form.narrow method="post" action={ "/settings/people/" (view.user) "/roles" } {
                    (csrf(&view.signed.csrf))
                    input type="hidden" name="keep-team" value="yes";
                    @for role in view.roles { input type="hidden" name="roles" value=(role.code()); }
                    (field(lang, &control, &html! { textarea.in id=(REASON) name=(REASON) rows="2" required maxlength="1000" { (view.typed) } }))
                    p.acts {
                        button.btn.primary { (icon("shield")) (t(lang, V::Ask)) }
                        button.btn.danger name="alone" value="yes" { (t(lang, V::GoAlone)) }
                        a.btn href="/settings/people" data-swap { (t(lang, M::Cancel)) }
                    }
                    p.hint { (t(lang, V::GoAloneHint)) }
                }
            }
        } }
    }
}
