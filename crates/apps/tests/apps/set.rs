//! A house with an app that two people agreed to.

use std::sync::Arc;

use approvals::{ApprovalId, Approvals, State};
use apps::{AppFault, AppForm, AppId, Apps, Granted, RULE, SecondPerson, Wish};
use authz::{Cx, Level, Role};
use kernel::{Fault as _, Lang};
use ledger::{Origin, Via};
use testkit::{Actor, App};
use tokens::{Presented, TokenFault};

/// The example of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const BACK: &str = "https://mailer.example/back";

pub(crate) struct Set {
    pub(crate) app: App,
    pub(crate) apps: Apps,
    pub(crate) approvals: Approvals,
    pub(crate) founder: Actor,
    pub(crate) officer: Actor,
    pub(crate) agent: Actor,
}

pub(crate) fn form(name: &str, scopes: &[&str]) -> AppForm {
    AppForm {
        name: name.to_owned(),
        maker: "Mailer GmbH".to_owned(),
        addresses: BACK.to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    }
}

pub(crate) fn code<T>(outcome: Result<T, AppFault>) -> &'static str {
    match outcome {
        Ok(_) => "fine",
        Err(AppFault::Refused(why)) => why,
        Err(fault) => fault.code(),
    }
}

impl Set {
    pub(crate) async fn new(app: App) -> Self {
        let apps = Apps::new(&app.accounts, app.tokens.clone());
        let second = Arc::new(SecondPerson::new(apps.clone()));
        let approvals = Approvals::new(app.accounts.clone(), vec![second]);
        let founder = app.founder().await;
        let officer = app.person("Olga Watch", Role::SecurityOfficer).await;
        let agent = app.person("Tomas Manager", Role::Manager).await;
        Self { app, apps, approvals, founder, officer, agent }
    }

    pub(crate) async fn ask(&self, form: &AppForm) -> ApprovalId {
        let terms = apps::terms(form).unwrap();
        self.approvals.ask(&self.founder.cx, RULE, terms, "Letters").await.unwrap()
    }

    pub(crate) async fn agree(&self, id: ApprovalId) -> State {
        let again = Actor::again(&self.app, &self.officer.email).await;
        self.approvals.approve(&again.proved(&self.app, Level::Resistant), id).await.unwrap()
    }

    /// Registers an app, and lets a second person agree.
    pub(crate) async fn registered(&self, name: &str, scopes: &[&str]) -> AppId {
        let id = self.ask(&form(name, scopes)).await;
        assert_eq!(self.agree(id).await, State::Done);
        let apps = self.apps.list(&self.founder.cx).await.unwrap();
        apps.iter().find(|app| app.name == name).unwrap().id
    }

    pub(crate) fn nobody(&self) -> Cx {
        Cx::nobody(Origin::via(Via::Api), self.app.request(), Lang::En)
    }

    /// Lets somebody agree, and returns the code.
    pub(crate) async fn code(&self, who: &Actor, app: AppId) -> String {
        self.apps.agree(&who.cx, &wish(app)).await.unwrap().expose().clone()
    }

    pub(crate) async fn exchange(&self, app: AppId, code: &str) -> Result<Granted, AppFault> {
        self.apps.exchange(&self.nobody(), &app.to_string(), (code, BACK, VERIFIER)).await
    }

    pub(crate) async fn renew(&self, app: AppId, with: &Granted) -> Result<Granted, AppFault> {
        self.apps.renew(&self.nobody(), &app.to_string(), with.refresh.expose()).await
    }

    pub(crate) async fn granted(&self, who: &Actor, app: AppId) -> Granted {
        self.exchange(app, &self.code(who, app).await).await.unwrap()
    }

    pub(crate) async fn bearer(&self, granted: &Granted) -> Result<Cx, TokenFault> {
        let presented = Presented::Bearer(granted.access.expose());
        self.app.tokens.authenticate(presented, Origin::via(Via::Api), self.app.request(), Lang::En).await
    }
}

pub(crate) fn wish(app: AppId) -> Wish {
    Wish {
        kind: "code".to_owned(),
        client: app.to_string(),
        redirect: BACK.to_owned(),
        scope: None,
        state: Some("xyz".to_owned()),
        challenge: CHALLENGE.to_owned(),
        method: "S256".to_owned(),
    }
}
