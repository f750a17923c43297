//! Auditors and security officers are made by two people.

use std::sync::Arc;

use accounts::{Invitation, RULE};
use approvals::{ApprovalId, Approvals, State};
use authz::{Cx, Level, Role};
use kernel::{Fault as _, UserId};
use oversight::{SecondPerson, terms};
use testkit::{Actor, App};

use crate::support::http::{Client, site_with};

testkit::on_both_engines! {
    nobody_makes_an_auditor_or_officer_alone => super::alone;
    two_people_do_and_the_roles_are_those_that_stood_there => super::two;
    who_is_to_watch_does_not_agree_to_it => super::own;
    an_invitation_brings_no_such_role => super::invited;
    the_page_asks_for_a_reason_and_leads_to_the_request => super::page;
}

struct Set {
    app: App,
    approvals: Approvals,
    /// Two who give roles, and one who is to get one.
    ann: Actor,
    bo: Actor,
    cy: Actor,
}

impl Set {
    async fn new(app: App) -> Self {
        let rule: Arc<dyn approvals::Approvable> = Arc::new(SecondPerson::new(app.accounts.clone()));
        let approvals = Approvals::new(app.accounts.clone(), vec![rule]);
        let ann = app.person("Ann Runs", Role::Administrator).await;
        let bo = app.person("Bo Runs", Role::Administrator).await;
        let cy = app.person("Cy Works", Role::Manager).await;
        Self { app, approvals, ann, bo, cy }
    }

    async fn ask(&self, wanted: &[Role]) -> Result<ApprovalId, &'static str> {
        let asked =
            self.approvals.ask(&self.ann.cx, RULE, terms(self.cy.id, &[Role::Manager], wanted), "growing").await;
        asked.map_err(|fault| fault.code())
    }

    async fn agree(&self, who: &Actor, id: ApprovalId) -> Result<State, &'static str> {
        let proved = who.proved(&self.app, Level::Resistant);
        self.approvals.approve(&proved, id).await.map_err(|fault| fault.code())
    }

    async fn held(&self, user: UserId) -> Vec<Role> {
        let accounts = self.app.accounts.clone();
        self.app.db.read(&self.bo.cx, move |tx| accounts.roles_held(tx, user)).await.unwrap()
    }

    async fn change(&self, cx: &Cx, roles: &[Role]) -> Result<(), &'static str> {
        let changed = self.app.accounts.change_roles(cx, self.cy.id, roles.to_vec()).await;
        changed.map_err(|fault| fault.code())
    }
}

/// Fails when: `watched` lets a person through, or stops what needs nobody.
async fn alone(app: App) {
    let set = Set::new(app).await;
    for role in [Role::Auditor, Role::SecurityOfficer] {
        assert_eq!(set.change(&set.ann.cx, &[Role::Manager, role]).await, Err("needs-approval"));
        assert_eq!(set.held(set.cy.id).await, [Role::Manager]);
    }
    assert_eq!(set.change(&set.ann.cx, &[Role::Agent]).await, Ok(()), "other roles need nobody");
    // Whoever has the machine gives them, and whoever has them keeps them when others are changed.
    assert_eq!(set.change(&set.app.operator(), &[Role::Agent, Role::Auditor]).await, Ok(()));
    assert_eq!(set.change(&set.ann.cx, &[Role::Viewer, Role::Auditor]).await, Ok(()));
    assert_eq!(set.change(&set.ann.cx, &[Role::Viewer]).await, Ok(()), "taking one needs nobody");
    set.app.finish(&[]).await;
}

/// Fails when: `may_ask` does not compare what is held, or `carry_out` gives other roles.
async fn two(app: App) {
    let set = Set::new(app).await;
    let wanted = [Role::Manager, Role::Auditor];
    let id = set.ask(&wanted).await.unwrap();
    assert_eq!(set.held(set.cy.id).await, [Role::Manager]);
    assert_eq!(set.agree(&set.ann, id).await, Err("approval-own"));
    assert_eq!(set.agree(&set.bo, id).await, Ok(State::Done));
    assert_eq!(set.held(set.cy.id).await, [Role::Auditor, Role::Manager]);
    assert!(set.ask(&[Role::Viewer]).await.is_err(), "what watches nobody is not asked for");
    // What changed in between is not undone by an agreement to something older.
    set.change(&set.ann.cx, &[Role::Manager]).await.unwrap();
    let late = set.ask(&wanted).await.unwrap();
    set.change(&set.ann.cx, &[Role::Agent]).await.unwrap();
    assert_ne!(set.agree(&set.bo, late).await, Ok(State::Done));
    assert_eq!(set.held(set.cy.id).await, [Role::Agent]);
    set.app.finish(&["growing"]).await;
}

/// Fails when: `may_approve` takes whose roles they are, or anybody.
async fn own(app: App) {
    let set = Set::new(app).await;
    let wanted = terms(set.bo.id, &[Role::Administrator], &[Role::Administrator, Role::SecurityOfficer]);
    let id = set.approvals.ask(&set.ann.cx, RULE, wanted, "growing").await.unwrap();
    assert!(set.agree(&set.bo, id).await.is_err(), "it is their own role");
    assert!(set.agree(&set.cy, id).await.is_err(), "a manager gives no roles");
    let officer = set.app.person("Olga Watch", Role::SecurityOfficer).await;
    assert_eq!(set.agree(&officer, id).await, Ok(State::Done));
    let cy = terms(set.cy.id, &[Role::Manager], &[Role::Manager, Role::Auditor]);
    assert!(set.approvals.ask(&set.cy.cx, RULE, cy, "me").await.is_err(), "who gives no roles asks for none");
    set.app.finish(&["growing"]).await;
}

/// Fails when: `may_give` lets such a role come with an invitation.
async fn invited(app: App) {
    let set = Set::new(app).await;
    let invitation = |roles: &[Role]| Invitation {
        email: "dee@example.org".to_owned(),
        name: "Dee Joins".to_owned(),
        roles: roles.to_vec(),
    };
    let (user, _) = set.app.accounts.invite(&set.ann.cx, invitation(&[Role::Auditor])).await.unwrap();
    assert_eq!(set.held(user).await, []);
    let asked = terms(user, &[], &[Role::Auditor]);
    let id = set.approvals.ask(&set.ann.cx, RULE, asked, "growing").await.unwrap();
    assert_eq!(set.agree(&set.bo, id).await, Ok(State::Done));
    // A new link for the same person takes nothing away that two people gave.
    set.app.accounts.invite(&set.ann.cx, invitation(&[Role::Auditor, Role::SecurityOfficer])).await.unwrap();
    assert_eq!(set.held(user).await, [Role::Auditor]);
    set.app.finish(&["growing"]).await;
}

/// Fails when: the page does it, or loses roles or reason on the way.
async fn page(app: App) {
    let set = Set::new(app).await;
    let browser = Client::of(&site_with(&set.app, None, set.approvals.clone()), &set.ann);
    let url = format!("/settings/people/{}/roles", set.cy.id);
    let shown = browser.post(&url, &[("roles", "manager"), ("roles", "auditor")]).await;
    assert!(shown.status == 422 && shown.text.contains("A second person has to agree"), "{shown:?}");
    assert!(shown.text.contains("name=\"roles\" value=\"auditor\"") && shown.text.contains("Cy Works"), "{shown:?}");
    assert_eq!(set.held(set.cy.id).await, [Role::Manager]);
    let fields = [("roles", "manager"), ("roles", "auditor"), ("keep-team", "yes")];
    let empty = browser.post(&url, &[&fields[..], &[("reason", " ")]].concat()).await;
    assert!(empty.status == 422 && empty.text.contains("value=\"auditor\""), "{empty:?}");
    let asked = browser.post(&url, &[&fields[..], &[("reason", "growing")]].concat()).await;
    assert!(asked.status == 303 && asked.header("location").starts_with("/approvals/"), "{asked:?}");
    assert_eq!(set.held(set.cy.id).await, [Role::Manager]);
    let alone = browser.post(&url, &[&fields[..], &[("reason", "at night"), ("alone", "yes")]].concat()).await;
    assert_eq!((alone.status, alone.header("location")), (303, "/settings/people"));
    assert_eq!(set.held(set.cy.id).await, [Role::Auditor, Role::Manager]);
    let invited = [("name", "Dee Joins"), ("email", "dee@example.org"), ("roles", "security_officer")];
    let shown = browser.post("/settings/people", &invited).await;
    assert!(shown.text.contains("/join/") && shown.text.contains("value=\"security_officer\""), "{shown:?}");
    set.app.finish(&["growing", "at night"]).await;
}
