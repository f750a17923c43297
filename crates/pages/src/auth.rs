//! Pages in front of the door: sign-in, first run, invitation.

use kernel::Lang;
use maud::{Markup, html};

use super::{door, passkey};
use ui::fault::{explain, field as field_text};
use ui::text::{A, M, R, t};
use ui::{Control, banner, device_key, field, icon};

/// What was typed and refused.
#[derive(Default)]
pub struct Refused {
    /// The code of the failure.
    pub code: Option<&'static str>,
    /// What is wrong, field by field.
    pub wrongs: Vec<(String, String)>,
}

impl Refused {
    /// Says what is wrong with a field.
    #[must_use]
    pub fn of(&self, lang: Lang, name: &str) -> Option<String> {
        self.wrongs.iter().find(|(field, _)| field == name).map(|(_, code)| field_text(lang, code, None))
    }

    /// Tells whether something is wrong with a field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.wrongs.iter().any(|(field, _)| field == name)
    }

    /// Says what went wrong, where no single field is to blame.
    #[must_use]
    pub fn banner(&self, lang: Lang) -> Markup {
        let shown = self.code.filter(|_| self.wrongs.is_empty());
        html! { @if let Some(code) = shown { @let (what, next) = explain(lang, code); (banner("bad", "warn", what, next)) } }
    }
}

/// A field of one line.
pub struct Input<'a> {
    /// What it is sent as.
    pub name: &'static str,
    /// What stands above it.
    pub label: &'static str,
    /// What helps to fill it in; may be empty.
    pub hint: &'static str,
    /// The type that HTML knows it by.
    pub kind: &'static str,
    /// What a password manager may put into it.
    pub autocomplete: &'static str,
    /// What it holds.
    pub value: &'a str,
}

impl Input<'static> {
    /// Asks for a password that is new.
    #[must_use]
    pub fn new_password(lang: Lang, label: A) -> Self {
        Self {
            name: "password",
            label: t(lang, label),
            hint: t(lang, A::PasswordHint),
            kind: "password",
            autocomplete: "new-password",
            value: "",
        }
    }
}

/// Draws a field of one line; the `first` of a page has the cursor.
#[must_use]
pub fn input(lang: Lang, view: &Input<'_>, refused: &Refused, first: bool) -> Markup {
    let wrong = refused.of(lang, view.name);
    let described = wrong.is_some().then(|| format!("{}-wrong", view.name));
    let invalid = wrong.is_some().then_some("true");
    let control = Control { name: view.name, label: view.label, hint: view.hint, required: false, wrong };
    field(
        lang,
        &control,
        &html! {
            input.in id=(view.name) name=(view.name) type=(view.kind) value=(view.value) autocomplete=(view.autocomplete)
                required maxlength="300" autofocus[first] aria-invalid=[invalid] aria-describedby=[described];
        },
    )
}

/// Draws the field for a new password.
#[must_use]
pub fn new_password(lang: Lang, one_of_two: bool, refused: &Refused) -> Markup {
    let hint = t(lang, if one_of_two { A::PasswordSetHintOfTwo } else { A::PasswordHint });
    let view = Input { hint, ..Input::new_password(lang, A::PasswordNew) };
    input(lang, &view, refused, false)
}

/// Draws the way to the other language.
#[must_use]
pub fn foot(lang: Lang) -> Markup {
    let other = if lang == Lang::En { "zh" } else { "en" };
    html! { nav.foot { a href={ "?lang=" (other) } hreflang=(other) { (t(lang, M::OtherLanguage)) } } }
}

/// Draws the sign-in page; `more` are other ways in.
#[must_use]
pub fn sign_in(
    lang: Lang,
    email: &str,
    next: &str,
    refused: &Refused,
    (signed_out, passkeys): (bool, bool),
    more: &Markup,
) -> Markup {
    let email_view = Input {
        name: "email",
        label: t(lang, A::Email),
        hint: "",
        kind: "email",
        autocomplete: "username webauthn",
        value: email,
    };
    let password = Input {
        name: "password",
        label: t(lang, A::Password),
        hint: "",
        kind: "password",
        autocomplete: "current-password",
        value: "",
    };
    door(
        lang,
        t(lang, A::SignInTitle),
        &html! {
            span.mark {}
            h1 { (t(lang, A::SignInTitle)) }
            @if signed_out { (banner("", "check", t(lang, A::SignedOutNote), "")) }
            (refused.banner(lang))
            form method="post" action="/sign-in" {
                (device_key())
                input type="hidden" name="next" value=(next);
                (input(lang, &email_view, refused, email.is_empty()))
                (input(lang, &password, refused, !email.is_empty()))
                button.btn.primary { (t(lang, A::SignIn)) }
            }
            @if passkeys { (passkey::enter(lang, next)) }
            (more)
            p.acts { a.quiet href="/recover" { (t(lang, R::Unable)) } }
            (foot(lang))
        },
    )
}

/// What was typed into the first-run page.
#[derive(Default)]
pub struct Founding<'a> {
    /// The workspace.
    pub workspace: &'a str,
    /// The person.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
}

/// Draws the first-run page.
#[must_use]
pub fn set_up(lang: Lang, action: &str, typed: &Founding<'_>, refused: &Refused) -> Markup {
    let inputs = [
        Input {
            name: "workspace",
            label: t(lang, A::WorkspaceName),
            hint: t(lang, A::WorkspaceHint),
            kind: "text",
            autocomplete: "organization",
            value: typed.workspace,
        },
        Input {
            name: "name",
            label: t(lang, A::YourName),
            hint: "",
            kind: "text",
            autocomplete: "name",
            value: typed.name,
        },
        Input {
            name: "email",
            label: t(lang, A::Email),
            hint: "",
            kind: "email",
            autocomplete: "username",
            value: typed.email,
        },
        Input::new_password(lang, A::Password),
    ];
    door(
        lang,
        t(lang, A::SetUpTitle),
        &html! {
            span.mark {}
            h1 { (t(lang, A::SetUpTitle)) }
            p.lead { (t(lang, A::SetUpLead)) }
            ul.facts {
                @for fact in [A::SetUpFactSeal, A::SetUpFactLedger, A::SetUpFactLocal] { li { (icon("check")) span { (t(lang, fact)) } } }
            }
            (refused.banner(lang))
            form method="post" action=(action) {
                (device_key())
                @for (at, view) in inputs.iter().enumerate() { (input(lang, view, refused, at == 0)) }
                button.btn.primary { (t(lang, A::SetUp)) }
            }
            (foot(lang))
        },
    )
}

/// Draws the page of an invitation; `more` are other ways to join.
#[must_use]
pub fn join(lang: Lang, action: &str, (name, email): (&str, &str), refused: &Refused, more: &Markup) -> Markup {
    let name_view =
        Input { name: "name", label: t(lang, A::YourName), hint: "", kind: "text", autocomplete: "name", value: name };
    let password = Input::new_password(lang, A::Password);
    door(
        lang,
        t(lang, A::JoinTitle),
        &html! {
            span.mark {}
            h1 { (t(lang, A::JoinTitle)) }
            p.lead { (email) }
            (refused.banner(lang))
            form method="post" action=(action) {
                (device_key())
                input type="hidden" name="email" autocomplete="username" value=(email);
                (input(lang, &name_view, refused, false))
                (input(lang, &password, refused, true))
                button.btn.primary { (t(lang, A::Join)) }
            }
            (more)
            (foot(lang))
        },
    )
}

/// Draws the page behind a sign-in link: following a link must not use it up, so there is a button.
#[must_use]
pub fn enter(lang: Lang, action: &str) -> Markup {
    door(
        lang,
        t(lang, A::SignInTitle),
        &html! {
            span.mark {}
            h1 { (t(lang, A::SignInTitle)) }
            form method="post" action=(action) { (device_key()) button.btn.primary autofocus { (t(lang, A::OpenWorkspace)) } }
        },
    )
}

/// Draws the page of a link that does not work any more.
#[must_use]
pub fn spent(lang: Lang) -> Markup {
    door(
        lang,
        t(lang, A::LinkSpent),
        &html! {
            span.mark {}
            h1 { (t(lang, A::LinkSpent)) }
            p.lead { (t(lang, A::LinkSpentHint)) }
            p.acts { a.btn href="/sign-in" { (t(lang, A::SignIn)) } }
        },
    )
}
