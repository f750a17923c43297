//! What takes a second person: who agrees, to what exactly, and how often it is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use approvals::{Approvable, ApprovalFault, ApprovalId, Approvals, LASTS, State, Terms};
use authz::{Approved, Cx, Export, Level, Role, Rule};
use db::{DbFault, ReadTx, WriteTx};
use kernel::{Fault as _, ObjectName};
use ledger::{Line, verbs};
use notices::Kind;
use testkit::{Actor, App};

use crate::support::ledger::acts;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    another_person_agrees_and_it_is_done_once => super::whole;
    nobody_agrees_alone_by_a_token_or_without_a_passkey => super::who;
    a_hundred_agreements_at_once_do_it_once => super::race;
    what_was_agreed_to_before_the_program_was_killed_is_done_once => super::left;
    other_terms_than_those_agreed_to_are_void => super::tampered;
    what_was_asked_cannot_be_guessed_from_the_ledger => super::keyed;
    a_request_that_is_late_is_dead => super::expired;
    whoever_left_or_lost_the_right_in_between_voids_it => super::lost;
    what_cannot_be_done_is_not_half_done => super::failed;
    going_alone_alarms_and_stays_open_until_reviewed => super::alone;
}

const RULE: Rule = Rule::named("test");

/// Something that takes a second person, and counts how often it was done.
#[derive(Default)]
struct Counted {
    done: AtomicUsize,
    /// Whether somebody may go ahead alone.
    alone: bool,
    /// Whether the machine is out of order, or it cannot be done at all.
    away: AtomicBool,
    impossible: bool,
}

impl Approvable for Counted {
    fn rule(&self) -> Rule {
        RULE
    }

    fn may_be_done_alone(&self) -> bool {
        self.alone
    }

    fn may_ask(&self, _: &ReadTx<'_>, cx: &Cx, _: &Terms) -> Result<(), ApprovalFault> {
        if cx.may::<Export>("contact") { Ok(()) } else { Err(authz::Denied::Forbidden(authz::Verb::Export).into()) }
    }

    fn may_approve(&self, cx: &Cx, _: &Terms) -> bool {
        cx.may::<Export>("contact")
    }

    fn carry_out(&self, tx: &mut WriteTx<'_>, approved: &Approved, terms: &Terms) -> Result<(), ApprovalFault> {
        assert_eq!((approved.rule(), terms.count_of("rows")), (RULE, Some(7)));
        tx.run("update workspace set name = 'Carried'", &[])?;
        tx.note(Line::done(verbs::EXPORT, ObjectName::parse("contact").unwrap()));
        if self.away.load(Ordering::SeqCst) {
            return Err(DbFault::Full.into());
        }
        if self.impossible {
            return Err(ApprovalFault::of(DbFault::Stale));
        }
        Ok(())
    }

    fn carried(&self, _: &Terms) {
        self.done.fetch_add(1, Ordering::SeqCst);
    }
}

fn terms() -> Terms {
    Terms::new().word("object", "contact").count("rows", 7).words("fields", ["name", "email"])
}

struct Set {
    app: App,
    approvals: Approvals,
    rule: Arc<Counted>,
    asker: Actor,
    other: Actor,
}

async fn set(app: App, rule: Counted) -> Set {
    let rule = Arc::new(rule);
    let approvals = Approvals::new(app.accounts.clone(), vec![rule.clone()]);
    let asker = app.person("Ann Asks", Role::Manager).await;
    let other = app.person("Bo Agrees", Role::Manager).await;
    Set { app, approvals, rule, asker, other }
}

impl Set {
    async fn ask(&self) -> ApprovalId {
        self.approvals.ask(&self.asker.cx, RULE, terms(), "Yearly letter").await.unwrap()
    }

    /// Returns what came of an agreement: where it stands, or the code of the fault.
    async fn agree(&self, cx: &Cx, id: ApprovalId) -> &'static str {
        self.approvals.approve(cx, id).await.map_or_else(|fault| fault.code(), State::code)
    }

    async fn state(&self, id: ApprovalId) -> State {
        let again = Actor::again(&self.app, &self.asker.email).await;
        self.approvals.read(&again.cx, id).await.unwrap().state
    }

    fn done(&self) -> usize {
        self.rule.done.load(Ordering::SeqCst)
    }

    async fn carried(&self) -> bool {
        let raw = Raw::data(&self.app).await;
        raw.number("select count(*) from workspace where name = 'Carried'").await == 1
    }
}

/// Fails when: the hash of what was asked needs no key: words of a filter may be somebody's name, and stand in it for good.
async fn keyed(app: App) {
    let set = set(app, Counted::default()).await;
    set.ask().await;
    let spelled = terms().spell(RULE, set.asker.cx.person().unwrap()).unwrap();
    let lines = acts(&Raw::data(&set.app).await).await.into_iter().flat_map(|act| act.lines);
    let said: Vec<String> = lines.filter_map(|line| line.fact_of("hash").map(str::to_owned)).collect();
    let hex = |bytes: [u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(said, [hex(set.app.vault.token_hash(&spelled))]);
    assert_ne!(said, [hex(crypto::sha256(&spelled))]);
}

async fn told(app: &App, actor: &Actor) -> Vec<Kind> {
    app.accounts.notices().list(&actor.cx, None).await.unwrap().iter().map(|told| told.kind).collect()
}

/// Fails when: the request is not shown to who may agree, or the one who asked is not told.
async fn whole(app: App) {
    let set = set(app, Counted::default()).await;
    let id = set.ask().await;
    assert_eq!(set.approvals.count(&set.asker.cx).await.unwrap(), 0);
    assert_eq!(set.approvals.count(&set.other.cx).await.unwrap(), 1);
    let desk = set.approvals.desk(&set.other.cx).await.unwrap();
    assert_eq!((desk.waiting.len(), desk.waiting[0].reason.as_str()), (1, "Yearly letter"));
    assert_eq!(desk.waiting[0].terms, terms());
    assert!(!set.carried().await && set.done() == 0);
    let proved = set.other.proved(&set.app, Level::Resistant);
    assert_eq!(set.agree(&proved, id).await, "done");
    assert!(set.carried().await && set.done() == 1);
    assert_eq!(set.agree(&proved, id).await, "approval-decided");
    set.approvals.settle(&jobs::system_cx(&set.app.db)).await.unwrap();
    assert_eq!(set.done(), 1);
    assert!(told(&set.app, &set.asker).await.contains(&Kind::ApprovalGranted));
    let lines: Vec<String> =
        acts(&Raw::data(&set.app).await).await.iter().flat_map(|act| &act.lines).map(|l| l.verb.to_string()).collect();
    for verb in ["approval-request", "approval-grant", "approval-carry-out"] {
        assert_eq!(
            lines.iter().filter(|line| *line == verb).count(),
            if verb == "approval-grant" { 2 } else { 1 },
            "{verb}"
        );
    }
    // A refusal is told, and final.
    let id = set.ask().await;
    assert_eq!(set.approvals.refuse(&set.other.cx, id, " ").await.unwrap_err().code(), "approval-reason");
    set.approvals.refuse(&set.other.cx, id, "Not needed").await.unwrap();
    assert_eq!(set.agree(&proved, id).await, "approval-decided");
    assert!(told(&set.app, &set.asker).await.contains(&Kind::ApprovalRefused));
    // Taken back is taken back.
    let id = set.ask().await;
    assert_eq!(set.approvals.withdraw(&set.other.cx, id).await.unwrap_err().code(), "not-found");
    set.approvals.withdraw(&set.asker.cx, id).await.unwrap();
    assert_eq!(set.agree(&proved, id).await, "approval-decided");
    assert_eq!(set.done(), 1);
    set.app.finish(&["Yearly letter", "Not needed"]).await;
}

/// Fails when: `to_decide` does not compare people, `there` takes a token, or `agree` does not ask for the passkey.
async fn who(app: App) {
    let set = set(app, Counted::default()).await;
    let id = set.ask().await;
    let own = set.asker.proved(&set.app, Level::Resistant);
    assert_eq!(set.agree(&own, id).await, "approval-own");
    // The same person in another session is the same person.
    let again = Actor::again(&set.app, &set.asker.email).await.proved(&set.app, Level::Resistant);
    assert_eq!(set.agree(&again, id).await, "approval-own");
    assert_eq!(set.agree(&set.other.cx, id).await, "step-up-resistant");
    assert_eq!(set.agree(&set.other.proved(&set.app, Level::Multi), id).await, "step-up-resistant");
    let old = set.other.proved(&set.app, Level::Resistant);
    let token = set.app.token(&set.other).await;
    let program = set.app.program(&token).await;
    assert_eq!(set.agree(&program, id).await, "forbidden");
    assert!(set.approvals.desk(&program).await.is_err() && set.approvals.refuse(&program, id, "x").await.is_err());
    assert_eq!(set.approvals.ask(&program, RULE, terms(), "x").await.unwrap_err().code(), "forbidden");
    for role in [Role::Administrator, Role::Viewer, Role::Auditor, Role::Agent] {
        let weak = set.app.person(&format!("Weak {}", role.code().replace('_', " ")), role).await;
        let weak = weak.proved(&set.app, Level::Resistant);
        assert_eq!(set.agree(&weak, id).await, "not-found", "{role:?}");
        assert_eq!(set.approvals.read(&weak, id).await.unwrap_err().code(), "not-found");
        assert!(set.approvals.desk(&weak).await.unwrap().waiting.is_empty());
        assert_eq!(set.approvals.ask(&weak, RULE, terms(), "x").await.unwrap_err().code(), "forbidden");
    }
    let nobody = Cx::nobody(ledger::Origin::via(ledger::Via::Web), set.app.request(), kernel::Lang::En);
    assert_eq!(set.agree(&nobody, id).await, "signed-out");
    assert_eq!((set.done(), set.carried().await), (0, false));
    assert_eq!(set.agree(&old, id).await, "done");
    set.app.finish(&[]).await;
}

/// Fails when: `claim` or `agree` does not look at the state.
async fn race(app: App) {
    let set = set(app, Counted::default()).await;
    let mut people = vec![set.other.proved(&set.app, Level::Resistant)];
    for name in ["Cy Agrees", "Di Agrees", "Ed Agrees"] {
        people.push(set.app.person(name, Role::Manager).await.proved(&set.app, Level::Resistant));
    }
    let id = set.ask().await;
    let mut trying = tokio::task::JoinSet::new();
    for n in 0..100 {
        let (approvals, cx) = (set.approvals.clone(), people[n % people.len()].clone());
        let system = jobs::system_cx(&set.app.db);
        trying.spawn(async move {
            if n % 10 == 9 {
                return approvals.settle(&system).await.map_or_else(|fault| fault.code(), |()| "settled");
            }
            approvals.approve(&cx, id).await.map_or_else(|fault| fault.code(), State::code)
        });
    }
    let came = trying.join_all().await;
    let done = came.iter().filter(|came| **came == "done").count();
    assert_eq!((done, set.done()), (1, 1), "{came:?}");
    assert!(came.iter().all(|came| matches!(*came, "done" | "approval-decided" | "settled")), "{came:?}");
    let carried = acts(&Raw::data(&set.app).await).await.into_iter().flat_map(|act| act.lines);
    let carried = carried.filter(|line| line.verb == "approval-carry-out" && line.outcome == ledger::Outcome::Done);
    assert_eq!(carried.count(), 1);
    set.app.finish(&[]).await;
}

/// Fails when: `claim` does not ask whether it was used up: every schedule that finds it does it.
async fn left(app: App) {
    let set = set(app, Counted::default()).await;
    let (id, raw) = (set.ask().await, Raw::data(&set.app).await);
    let by = raw.id(set.other.id.uuid());
    raw.run(&format!("update approval set state = 'approved', decider_id = {by}, decided_at = asked_at")).await;
    set.app.db.accept_rights(&set.app.operator()).await.unwrap();
    set.app.clock.advance(std::time::Duration::from_secs(60));
    let mut schedules = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let (approvals, system) = (set.approvals.clone(), jobs::system_cx(&set.app.db));
        schedules.spawn(async move { approvals.settle(&system).await.is_ok() });
    }
    assert!(schedules.join_all().await.into_iter().all(|settled| settled));
    assert_eq!((set.done(), set.state(id).await), (1, State::Done));
    set.app.finish(&[]).await;
}

/// Fails when: `is_intact` is not asked, or the seal is not tied to its row.
async fn tampered(app: App) {
    let set = set(app, Counted::default()).await;
    let raw = Raw::data(&set.app).await;
    let proved = set.other.proved(&set.app, Level::Resistant);
    // Whoever has the database puts the terms of one request under another, or names another who asked.
    let (one, other) = (set.ask().await, set.ask().await);
    raw.run(&format!(
        "update approval set hash = (select hash from approval where id <> {0}) where id = {0}",
        raw.id(one.uuid())
    ))
    .await;
    assert_eq!(set.agree(&proved, one).await, "done", "the same terms of the same person");
    raw.run(&format!(
        "update approval set initiator_id = {} where id = {}",
        raw.id(set.app.founder().await.id.uuid()),
        raw.id(other.uuid())
    ))
    .await;
    assert_eq!(set.agree(&proved, other).await, "row-altered");
    let third = set.ask().await;
    raw.run(&format!(
        "update approval set sealed = (select sealed from approval where id = {}) where id = {}",
        raw.id(other.uuid()),
        raw.id(third.uuid())
    ))
    .await;
    assert_ne!(set.agree(&proved, third).await, "done");
    assert_eq!(set.done(), 1);
    // An agreement that nobody gave is not carried out, and does not hold up others.
    let (planted, fair) = (set.ask().await, set.ask().await);
    raw.run(&format!(
        "update approval set state = 'approved', decided_at = 1, decider_id = {} where id = {}",
        raw.id(set.other.id.uuid()),
        raw.id(planted.uuid())
    ))
    .await;
    set.approvals.settle(&jobs::system_cx(&set.app.db)).await.unwrap();
    assert_eq!((set.done(), set.agree(&proved, fair).await, set.done()), (1, "done", 2));
    assert_eq!(set.agree(&proved, planted).await, "row-altered");
    set.app.finish(&[]).await;
}

/// Fails when: `agree` does not look at the clock.
async fn expired(app: App) {
    let set = set(app, Counted::default()).await;
    let id = set.ask().await;
    set.app.clock.advance(LASTS);
    let late = Actor::again(&set.app, &set.other.email).await.proved(&set.app, Level::Resistant);
    assert_eq!(set.agree(&late, id).await, "approval-expired");
    assert_eq!(set.approvals.count(&late).await.unwrap(), 0);
    set.approvals.settle(&jobs::system_cx(&set.app.db)).await.unwrap();
    assert_eq!((set.state(id).await, set.done()), (State::Expired, 0));
    assert_eq!(set.agree(&late, id).await, "approval-expired");
    set.app.finish(&[]).await;
}

/// Fails when: `still` does not ask for both of them again.
async fn lost(app: App) {
    let set = set(app, Counted { away: AtomicBool::new(true), ..Counted::default() }).await;
    let founder = set.app.founder().await;
    let later = || async {
        set.app.clock.advance(Duration::from_secs(60));
        set.approvals.settle(&jobs::system_cx(&set.app.db)).await.map_or_else(|fault| fault.code(), |()| "settled")
    };
    // The machine fails in between: it is done when it is well again, and not before.
    let proved = set.other.proved(&set.app, Level::Resistant);
    let id = set.ask().await;
    assert_ne!(set.agree(&proved, id).await, "done");
    assert_eq!(set.state(id).await, State::Approved);
    set.rule.away.store(false, Ordering::SeqCst);
    assert_eq!(later().await, "settled");
    assert_eq!((set.state(id).await, set.done()), (State::Done, 1));
    // Whoever agreed loses the right in between.
    set.rule.away.store(true, Ordering::SeqCst);
    let id = set.ask().await;
    set.agree(&proved, id).await;
    set.app.accounts.change_roles(&founder.cx, set.other.id, vec![Role::Viewer]).await.unwrap();
    set.rule.away.store(false, Ordering::SeqCst);
    assert_eq!(later().await, "settled");
    assert_eq!((set.state(id).await, set.done()), (State::Void, 1));
    // Whoever asked leaves before anybody agrees.
    let third = set.app.person("Cy Agrees", Role::Manager).await.proved(&set.app, Level::Resistant);
    let (id, lost) = (set.ask().await, set.ask().await);
    set.app.accounts.change_roles(&founder.cx, set.asker.id, vec![Role::Viewer]).await.unwrap();
    assert_eq!(set.agree(&third, lost).await, "void");
    set.app.accounts.disable_person(&founder.cx, set.asker.id).await.unwrap();
    assert_eq!(set.agree(&third, id).await, "void");
    assert_eq!(set.done(), 1);
    set.app.finish(&[]).await;
}

/// Fails when: what a feature wrote stays when it fails.
async fn failed(app: App) {
    let set = set(app, Counted { impossible: true, ..Counted::default() }).await;
    let id = set.ask().await;
    assert_eq!(set.agree(&set.other.proved(&set.app, Level::Resistant), id).await, "failed");
    assert_eq!((set.carried().await, set.done(), set.state(id).await), (false, 0, State::Failed));
    assert!(told(&set.app, &set.asker).await.contains(&Kind::ApprovalEnded));
    assert_eq!(
        set.approvals.alone(&set.asker.cx, RULE, terms(), "Now").await.unwrap_err().code(),
        "approval-not-alone"
    );
    set.app.finish(&[]).await;
}

/// Fails when: nobody is told, or who went ahead can close the review.
async fn alone(app: App) {
    let set = set(app, Counted { alone: true, ..Counted::default() }).await;
    let founder = set.app.founder().await;
    let officer = set.app.person("Si Watch", Role::SecurityOfficer).await;
    assert_eq!(set.approvals.alone(&set.asker.cx, RULE, terms(), "").await.unwrap_err().code(), "approval-reason");
    let id = set.approvals.alone(&set.asker.cx, RULE, terms(), "The office burns").await.unwrap();
    assert!(set.carried().await && set.done() == 1);
    for guardian in [&founder, &officer] {
        assert!(told(&set.app, guardian).await.contains(&Kind::ApprovalAlone));
        assert_eq!(set.approvals.count(&guardian.cx).await.unwrap(), 1);
    }
    assert_eq!(set.approvals.review(&set.asker.cx, id, "All is well").await.unwrap_err().code(), "approval-own");
    let weak = set.app.person("Vi Lee", Role::Viewer).await;
    assert_eq!(set.approvals.review(&weak.cx, id, "x").await.unwrap_err().code(), "not-found");
    set.app.clock.advance(LASTS * 4);
    set.approvals.settle(&jobs::system_cx(&set.app.db)).await.unwrap();
    let officer = Actor::again(&set.app, &officer.email).await;
    assert_eq!(set.approvals.count(&officer.cx).await.unwrap(), 1, "it stays open");
    set.approvals.review(&officer.cx, id, "It did burn").await.unwrap();
    assert_eq!(set.approvals.review(&officer.cx, id, "Twice").await.unwrap_err().code(), "approval-decided");
    assert_eq!(set.approvals.count(&officer.cx).await.unwrap(), 0);
    let desk = set.approvals.desk(&officer.cx).await.unwrap();
    assert_eq!(desk.over[0].review.as_deref(), Some("It did burn"));
    set.app.finish(&["The office burns", "It did burn"]).await;
}
