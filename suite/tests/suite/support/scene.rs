//! A house with a site, some people, and something in every table that a page may show.

use std::sync::Arc;

use approvals::{Approvable, ApprovalFault, ApprovalId, Approvals, Terms};
use authz::{Approved, Cx, Export, Role, Rule};
use axum::Router;
use db::{ReadTx, WriteTx};
use kernel::{Clock as _, RecordId, UploadId};
use records::RecordRef;
use testkit::{Actor, App};

use super::http::{Client, site_with};
use super::idp::Idp;
use super::import;
use super::raw::Raw;

/// Stands in every personal or sensitive text of the scene, and nowhere else.
pub(crate) const CANARY: &str = "Zqcanary";

/// A house in which something is going on.
pub(crate) struct Scene {
    pub(crate) app: App,
    pub(crate) site: Router,
    pub(crate) raw: Raw,
    /// Administrator, manager and auditor.
    pub(crate) founder: Actor,
    /// One of each object, the founder's own, linked to each other.
    pub(crate) records: Vec<RecordRef>,
    /// The company's identity provider.
    pub(crate) idp: Idp,
    /// An import that is planned.
    pub(crate) import: UploadId,
    /// What takes a second person.
    pub(crate) approvals: Approvals,
}

/// Something that takes a second person and does nothing.
pub(crate) struct Harmless;

impl Harmless {
    pub(crate) const RULE: Rule = Rule::named("budget");
}

impl Approvable for Harmless {
    fn rule(&self) -> Rule {
        Self::RULE
    }

    fn may_be_done_alone(&self) -> bool {
        true
    }

    fn may_ask(&self, _: &ReadTx<'_>, cx: &Cx, _: &Terms) -> Result<(), ApprovalFault> {
        if cx.may::<Export>("contact") { Ok(()) } else { Err(authz::Denied::Forbidden(authz::Verb::Export).into()) }
    }

    fn may_approve(&self, cx: &Cx, _: &Terms) -> bool {
        cx.may::<Export>("contact")
    }

    fn carry_out(&self, _: &mut WriteTx<'_>, _: &Approved, _: &Terms) -> Result<(), ApprovalFault> {
        Ok(())
    }
}

impl Scene {
    pub(crate) async fn set(app: App) -> Self {
        let raw = Raw::data(&app).await;
        // Whoever founded a small company erases people too.
        let roles =
            vec![Role::Administrator, Role::Manager, Role::Auditor, Role::SecurityOfficer, Role::PrivacyOfficer];
        let id = app.founder().await.id;
        app.accounts.change_roles(&app.operator(), id, roles).await.unwrap();
        let founder = app.founder().await;
        let records = one_of_each(&founder).await;
        let import = import::plan(&app, &founder, "contact", file().as_bytes()).await.unwrap();
        let idp = Idp::start(&app).await;
        let apps = apps::Apps::new(&app.accounts, app.tokens.clone());
        let exports = exports::Exports::new(app.accounts.clone(), app.records.clone());
        let erasures = erasure::Erasures::new(&app.accounts, app.records.clone(), exports);
        let rules: Vec<Arc<dyn Approvable>> = vec![
            Arc::new(Harmless),
            Arc::new(exports::LimitSecondPerson),
            Arc::new(apps::SecondPerson::new(apps)),
            Arc::new(erasure::SecondPerson::new(erasures)),
        ];
        let approvals = Approvals::new(app.accounts.clone(), rules);
        let site = site_with(&app, Some(idp.sso.clone()), approvals.clone());
        Self { site, idp, app, raw, founder, records, import, approvals }
    }

    /// Returns the record of an object.
    pub(crate) fn record(&self, object: &str) -> &RecordRef {
        self.records.iter().find(|at| at.object.as_str() == object).unwrap()
    }

    /// Returns a browser with a session of its own, so that ending it ends no other test's.
    pub(crate) async fn fresh(&self) -> Client {
        Client::of(&self.site, &self.app.founder().await)
    }

    /// Returns somebody's browser, and their program.
    pub(crate) async fn somebody(&self, name: &str, role: Role) -> (Actor, Client, Client) {
        let actor = self.app.person(name, role).await;
        let token = self.app.token(&actor).await;
        let (browser, program) = (Client::of(&self.site, &actor), Client::program(&self.site, &token));
        (actor, browser, program)
    }

    /// Lets somebody ask for a second person.
    pub(crate) async fn asked(&self, actor: &Actor) -> ApprovalId {
        let terms = Terms::new().word("object", "contact").count("rows", 7).text("filter", CANARY);
        self.approvals.ask(&actor.cx, Harmless::RULE, terms, CANARY).await.unwrap()
    }

    /// Lets somebody go ahead without one.
    pub(crate) async fn alone(&self) -> ApprovalId {
        let somebody =
            self.app.person(&format!("Zqalone {}", self.app.request().uuid().as_u128()), Role::Manager).await;
        // Administrators read it: they watch over what somebody did alone.
        self.approvals.alone(&somebody.cx, Harmless::RULE, Terms::new().count("rows", 7), "Zqalone").await.unwrap()
    }

    /// Makes a webhook of the founder that has sent something, and returns its id and that of the delivery.
    pub(crate) async fn webhook(&self) -> (String, String) {
        let hooks = webhooks::Webhooks::new(self.app.accounts.clone(), self.app.records.clone());
        let plan = webhooks::Plan {
            name: "Zqshop".to_owned(),
            url: "https://hook.example/zq".to_owned(),
            events: vec!["contact.created".to_owned(), "sign-in.failed".to_owned()],
            fields: vec!["contact.city".to_owned()],
        };
        let (id, _) = hooks.create(&self.founder.cx, plan).await.unwrap();
        let delivery = hooks.test(&self.founder.cx, id).await.unwrap();
        self.raw.run("update webhook_delivery set state = 'failed', sent_at = run_at, fault = 'outbound-slow'").await;
        (id.to_string(), delivery.to_string())
    }

    /// Takes what was planned back and ends the house.
    /// Leaves what an erasing leaves, of somebody who was never there, and returns its id.
    pub(crate) async fn erased(&self) -> String {
        let [id, record, subject] = [(); 3].map(|()| RecordId::new(self.app.clock.now(), &*self.app.chance).uuid());
        let nothing = self.raw.bytes(&[0x84, 0xa0, 0xa0, 0, 0]);
        let (user, of) = (self.raw.id(self.founder.id.uuid()), |id| self.raw.id(id));
        let (own, record, subject) = (of(id), of(record), of(subject));
        let sql = format!(
            "insert into erasure (id, object, record_id, subject_id, basis, user_id, state, gone, began_at, live_at, \
             done_at, certificate) values ({own}, 'contact', {record}, {subject}, 'law', {user}, 'done', {nothing}, 1, 1, \
             1, 'custos-erasure-certificate/v1')"
        );
        self.raw.run(&sql).await;
        id.to_string()
    }

    pub(crate) async fn end(self) {
        let Self { app, founder, import, .. } = self;
        // Some tests have stopped it themselves.
        let _ = founder.write(move |records, tx| records.stop_import(tx, import)).await;
        app.finish(&[CANARY]).await;
    }
}

/// A small file.
pub(crate) fn file() -> String {
    format!("zqname,zqemail,zqcity\n{CANARY} Zqone,one@zq.example,{CANARY}\n{CANARY} Zqtwo,zqwrong,{CANARY}\n")
}

/// Makes one record of each object.
pub(crate) async fn one_of_each(actor: &Actor) -> Vec<RecordRef> {
    let text = |what: &str| format!("{CANARY} Zq{what}");
    let id = |at: &RecordRef| at.id.to_string();
    let company = [("name", text("works")), ("website", "zq.example".to_owned()), ("about", text("about"))];
    let company = make(actor, "company", &company).await;
    let contact = [
        ("name", text("person")),
        ("email", "person@zq.example".to_owned()),
        ("phone", "+49 30 5550 7711".to_owned()),
        ("company", id(&company)),
        ("tags", text("tag")),
        ("national_id", text("number")),
        ("birthday", "1961-04-12".to_owned()),
        ("notes", text("notes")),
    ];
    let contact = make(actor, "contact", &contact).await;
    let links = [("company", id(&company)), ("contact", id(&contact))];
    let with = |more: &[(&'static str, String)]| [&links[..], more].concat();
    let deal = make(
        actor,
        "deal",
        &with(&[("name", text("sale")), ("amount", "1250.50".to_owned()), ("reason", text("reason"))]),
    )
    .await;
    let task =
        make(actor, "task", &with(&[("title", text("call")), ("due", "2026-11-03".to_owned()), ("deal", id(&deal))]))
            .await;
    let note = make(actor, "note", &with(&[("text", text("note")), ("kind", "call".to_owned())])).await;
    vec![company, contact, deal, task, note]
}

async fn make(actor: &Actor, object: &str, fields: &[(&str, String)]) -> RecordRef {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    actor.create(object, &fields).await.unwrap()
}

/// An id that is nobody's.
pub(crate) fn absent() -> RecordId {
    RecordId::from_uuid(kernel::Uuid::from_u128(7))
}
