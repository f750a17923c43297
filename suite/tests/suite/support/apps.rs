//! Apps of others, as two people make them.

use approvals::Approvals;
use apps::{AppForm, AppId, Apps, RULE, Wish};
use authz::{Level, Role};
use testkit::{Actor, App};

/// The example of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Where the app is answered.
pub(crate) const BACK: &str = "https://zqmailer.example/back";

/// Returns what an administrator types about an app.
pub(crate) fn typed(name: &str, scopes: &[&str]) -> AppForm {
    AppForm {
        name: name.to_owned(),
        maker: "Zqworks".to_owned(),
        addresses: BACK.to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    }
}

/// Registers an app, and lets a second person agree.
pub(crate) async fn registered(app: &App, approvals: &Approvals, founder: &Actor, scopes: &[&str]) -> AppId {
    let terms = apps::terms(&typed("Zqmailer", scopes)).unwrap();
    let id = approvals.ask(&founder.cx, RULE, terms, "Zqletters").await.unwrap();
    let officer = app.person(&format!("Zqolga {}", app.request()), Role::SecurityOfficer).await;
    approvals.approve(&officer.proved(app, Level::Resistant), id).await.unwrap();
    Apps::new(&app.accounts, app.tokens.clone()).list(&founder.cx).await.unwrap()[0].id
}

/// Returns what an app sends somebody here with.
pub(crate) fn wanted(app: AppId) -> Wish {
    Wish {
        kind: "code".to_owned(),
        client: app.to_string(),
        redirect: BACK.to_owned(),
        scope: None,
        state: Some("a b&c".to_owned()),
        challenge: CHALLENGE.to_owned(),
        method: "S256".to_owned(),
    }
}

/// Spells it as a form does.
pub(crate) fn wish(app: AppId) -> Vec<(&'static str, String)> {
    let wish = wanted(app);
    vec![
        ("response_type", wish.kind),
        ("client_id", wish.client),
        ("redirect_uri", wish.redirect),
        ("code_challenge", wish.challenge),
        ("code_challenge_method", wish.method),
        ("state", wish.state.unwrap_or_default()),
    ]
}

/// Returns what an app sends to get its token.
pub(crate) fn exchange(app: AppId, code: &str) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "authorization_code".to_owned()),
        ("client_id", app.to_string()),
        ("redirect_uri", BACK.to_owned()),
        ("code_verifier", VERIFIER.to_owned()),
        ("code", code.to_owned()),
    ]
}
