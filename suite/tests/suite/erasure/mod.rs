//! Somebody is erased: who may, what goes, what stays, and that there is no way back.

mod forensic;

use std::sync::Arc;
use std::time::Duration;

use approvals::{Approvals, State as Asked};
use authz::{Cx, Level, Role};
use erasure::{Erasures, RULE, SecondPerson, Settling, State, WAIT};
use exports::{Exports, Plan};
use kernel::{Fault as _, RecordId};
use ledger::LogName;
use records::{ListQuery, RecordFault, RecordRef, Value};
use testkit::{Actor, App};

use crate::support::http::{Client, site};
use crate::support::import;
use crate::support::raw::Raw;
use crate::support::scene::CANARY;

testkit::on_both_engines! {
    somebody_is_erased_everywhere_with_a_certificate => super::whole;
    only_privacy_officers_erase_and_never_without_a_second_person_or_a_review => super::who;
    an_erasing_goes_on_wherever_the_program_was_killed => super::killed;
    what_is_agreed_to_is_what_goes => super::exact;
    a_held_record_is_not_erased_until_the_hold_ends => super::held;
    what_is_sealed_at_the_same_moment_goes_too => super::late;
}

pub(super) struct Set {
    pub(super) app: App,
    pub(super) erasures: Erasures,
    pub(super) exports: Exports,
    pub(super) approvals: Approvals,
    /// Privacy officers.
    pub(super) pia: Actor,
    pub(super) bo: Actor,
    /// Whoever works with the records.
    pub(super) max: Actor,
}

impl Set {
    pub(super) async fn new(app: App) -> Self {
        let exports = Exports::new(app.accounts.clone(), app.records.clone());
        let erasures = Erasures::new(&app.accounts, app.records.clone(), exports.clone());
        let rule: Arc<dyn approvals::Approvable> = Arc::new(SecondPerson::new(erasures.clone()));
        let approvals = Approvals::new(app.accounts.clone(), vec![rule]);
        let pia = app.person("Pia Erases", Role::PrivacyOfficer).await;
        let bo = app.person("Bo Agrees", Role::PrivacyOfficer).await;
        let max = app.person("Max Stone", Role::Manager).await;
        Self { app, erasures, exports, approvals, pia, bo, max }
    }

    /// A contact with a deal, a note and a task.
    pub(super) async fn somebody(&self, n: usize) -> (RecordRef, RecordRef) {
        let (name, email) = (format!("{CANARY} {n}"), format!("somebody{n}@zq.example"));
        let fields = [("name", name.as_str()), ("email", &email), ("national_id", "ZQ-77-19"), ("country", "Zubrowka")];
        let at = self.max.create("contact", &fields).await.unwrap();
        let id = at.id.to_string();
        let deal = [("name", &*format!("Deal of {name}")), ("contact", &*id), ("amount", "1200"), ("stage", "won")];
        let deal = self.max.create("deal", &deal).await.unwrap();
        self.max.create("note", &[("text", &format!("{CANARY} likes tea")), ("contact", &id)]).await.unwrap();
        self.max.create("task", &[("title", &format!("Call {CANARY}")), ("contact", &id)]).await.unwrap();
        (at, deal)
    }

    /// Asks for it and has it agreed to; it has begun then.
    pub(super) async fn begun(&self, at: &RecordRef) {
        let terms = self.erasures.terms(&self.pia.cx, at.clone(), "request").await.unwrap();
        let asked = self.approvals.ask(&self.pia.cx, RULE, terms, "number 7").await.unwrap();
        let state = self.approvals.approve(&self.bo.proved(&self.app, Level::Resistant), asked).await.unwrap();
        assert_eq!(state, Asked::Done);
    }

    /// Takes a step, as the schedule does; returns how many are not done.
    pub(super) async fn step(&self) -> usize {
        let (erasures, cx) = (self.erasures.clone(), jobs::system_cx(&self.app.db));
        tokio::task::spawn_blocking(move || erasures.settle(&cx, &settling()).unwrap()).await.unwrap()
    }

    /// Takes every step.
    pub(super) async fn settled(&self) {
        self.step().await;
        self.app.clock.advance(WAIT);
        for _ in 0..100 {
            if self.step().await == 0 {
                return;
            }
        }
        panic!("it does not end");
    }

    pub(super) async fn end(self) {
        Raw::data(&self.app).await.run("delete from job").await;
        self.app.finish(&[CANARY]).await;
    }
}

pub(super) fn settling() -> Settling {
    Settling { name: LogName::parse("custos/ledger").unwrap(), backups: Duration::from_secs(30 * 24 * 60 * 60) }
}

async fn search(actor: &Actor, text: &str) -> usize {
    let text = text.to_owned();
    actor.read(move |records, tx| Ok(records.search(tx, &text, &[], 50)?.len())).await.unwrap()
}

async fn listed(actor: &Actor, object: &'static str, bin: bool) -> Vec<RecordId> {
    let query = ListQuery { bin, ..ListQuery::default() };
    let page = actor.read(move |records, tx| records.list_records(tx, object, &query)).await.unwrap();
    page.rows.iter().map(|row| row.record_id()).collect()
}

/// Fails when: a place is left out of `begin`, the tombstone is found by any list or search, or a deal goes with its amount.
async fn whole(app: App) {
    let set = Set::new(app).await;
    let (at, deal) = set.somebody(1).await;
    let (other, _) = set.somebody(2).await;
    let plan = Plan { filters: Vec::new(), fields: vec!["name".to_owned()], reason: "Letter".to_owned() };
    let (export, _) = set.exports.plan(&set.max.cx, "contact", plan.clone()).await.unwrap();
    set.exports.start(&set.max.cx, export).await.unwrap();
    crate::export::run(&set.exports, &set.app.accounts, &set.app, export).await.unwrap();
    let one = Plan { filters: vec!["email:is:somebody2@zq.example".to_owned()], ..plan };
    let (kept, _) = set.exports.plan(&set.max.cx, "contact", one).await.unwrap();
    set.exports.start(&set.max.cx, kept).await.unwrap();
    crate::export::run(&set.exports, &set.app.accounts, &set.app, kept).await.unwrap();
    import::plan(&set.app, &set.max, "contact", format!("name,email\n{CANARY},a@zq.example\n").as_bytes())
        .await
        .unwrap();

    let preview = set.erasures.preview(&set.pia.cx, at.clone()).await.unwrap();
    let counts = |side: &std::collections::BTreeMap<String, u64>| {
        side.iter().map(|(o, n)| format!("{o} {n}")).collect::<Vec<_>>()
    };
    assert_eq!(counts(&preview.gone.removed), ["contact 1", "note 1", "task 1"]);
    assert_eq!(counts(&preview.gone.emptied), ["deal 1"]);
    set.begun(&at).await;
    // From the first transaction on nobody sees them, though the key is still there.
    assert!(set.max.record(&at).await.unwrap().is_erased());
    assert_eq!(search(&set.max, "somebody1@zq.example").await, 0);
    set.settled().await;

    let left = set.max.record(&at).await.unwrap();
    assert!(left.is_erased() && left.values().iter().next().is_none() && left.deleted_at().is_some());
    assert!(!left.holds("national_id"));
    assert_eq!(listed(&set.max, "contact", false).await, [other.id]);
    assert_eq!(listed(&set.max, "contact", true).await, []);
    assert_eq!((listed(&set.max, "note", false).await.len(), listed(&set.max, "task", false).await.len()), (1, 1));
    let sold = set.max.record(&deal).await.unwrap();
    assert!(sold.is_erased() && sold.title().is_empty() && sold.deleted_at().is_none());
    assert!(matches!(sold.value("amount"), Some(Value::Money(money)) if money.minor == 120_000));
    for text in ["somebody1@zq.example", "Call", "likes tea", "Deal"] {
        assert!(search(&set.max, text).await <= 1, "{text} finds the other one only");
    }
    let raw = Raw::data(&set.app).await;
    let gone = raw.id(at.id.uuid());
    for table in ["blind_token", "search_doc"] {
        assert_eq!(raw.number(&format!("select count(*) from {table} where record_id = {gone}")).await, 0, "{table}");
    }
    let ranked = "select count(*) from r_contact where name_rank is not null and id";
    assert_eq!(raw.number(&format!("{ranked} = {gone}")).await, 0, "no place in the order is left");
    assert_eq!(raw.number(&format!("{ranked} = {}", raw.id(other.id.uuid()))).await, 1);
    assert_eq!(set.exports.read(&set.max.cx, export).await.unwrap().0.state, exports::State::Gone);
    assert_eq!(set.exports.read(&set.max.cx, kept).await.unwrap().0.state, exports::State::Ready, "holds another only");
    assert_eq!(raw.number("select count(*) from import_run where state = 'stopped'").await, 1);
    assert_eq!(std::fs::read_dir(set.app.folder().join("uploads")).unwrap().count(), 0);
    // There is no way back, and a deal with another name is like any other.
    let again = at.clone();
    let restored = set.max.write(move |records, tx| records.restore_record(tx, &again).map(|_| ())).await;
    assert!(matches!(restored, Err(RecordFault::Erased)), "{restored:?}");
    assert!(matches!(set.max.update(&at, None, &[("name", "Back")]).await, Err(RecordFault::Binned)));
    set.max.update(&deal, None, &[("name", "Spring order")]).await.unwrap();
    assert!(!set.max.record(&deal).await.unwrap().is_erased());

    let done = set.erasures.list(&set.pia.cx).await.unwrap().remove(0);
    assert_eq!((done.state, done.gone.exports, done.gone.imports), (State::Done, 1, 1));
    let note = done.certificate.unwrap();
    let key = set.app.vault.signer().verifying();
    let certificate = erasure::read_certificate(&note, &settling().name, &key).unwrap();
    let live = done.live_at.unwrap();
    assert_eq!(certificate.line("live-since"), Some(&*live.to_rfc3339()));
    assert_eq!(certificate.line("backups-since"), Some(&*live.plus(settling().backups).to_rfc3339()));
    assert_eq!(certificate.line("removed"), Some("contact 1"));
    assert!(!note.contains(CANARY) && !note.contains("Pia"), "{note}");
    // Pages say so, in both places.
    let browser = Client::of(&site(&set.app), &set.max);
    let page = browser.get(&format!("/contacts/{}", at.id)).await;
    assert!(
        page.status == 200 && page.text.contains("Erased on 2026-11-02") && !page.text.contains("/restore"),
        "{page:?}"
    );
    let page = browser.get(&format!("/deals/{}", deal.id)).await;
    assert!(page.text.contains("Erased person"), "{page:?}");
    set.end().await;
}

/// Fails when: `open_to_erase` asks for another right, a program may, or the rule lets anybody agree.
async fn who(app: App) {
    let set = Set::new(app).await;
    let (at, _) = set.somebody(1).await;
    for role in [Role::Manager, Role::Agent, Role::Viewer, Role::Marketer, Role::Administrator, Role::Auditor] {
        let weak = set.app.person(&format!("Weak {}", role.code().replace('_', " ")), role).await;
        assert!(set.erasures.preview(&weak.cx, at.clone()).await.is_err(), "{role:?}");
        assert!(set.erasures.terms(&weak.cx, at.clone(), "request").await.is_err());
        assert_eq!(set.erasures.list(&weak.cx).await.unwrap_err().code(), "not-found");
        let terms = set.erasures.terms(&set.pia.cx, at.clone(), "request").await.unwrap();
        assert!(set.approvals.ask(&weak.cx, RULE, terms.clone(), "x").await.is_err());
        assert!(set.approvals.alone(&weak.cx, RULE, terms, "x").await.is_err());
    }
    let program = set.app.program(&set.app.token(&set.pia).await).await;
    assert_eq!(set.erasures.preview(&program, at.clone()).await.unwrap_err().code(), "forbidden");
    let company = set.max.create("company", &[("name", "Northlight")]).await.unwrap();
    assert_eq!(set.erasures.preview(&set.pia.cx, company).await.unwrap_err().code(), "erasure-nobody");
    assert_eq!(set.erasures.terms(&set.pia.cx, at.clone(), "why not").await.unwrap_err().code(), "erasure-basis");
    // Whoever asked does not agree; nor does a manager.
    let terms = set.erasures.terms(&set.pia.cx, at.clone(), "request").await.unwrap();
    let asked = set.approvals.ask(&set.pia.cx, RULE, terms.clone(), "number 7").await.unwrap();
    let own = set.pia.proved(&set.app, Level::Resistant);
    assert_eq!(set.approvals.approve(&own, asked).await.unwrap_err().code(), "approval-own");
    let weak = set.max.proved(&set.app, Level::Resistant);
    assert_eq!(set.approvals.approve(&weak, asked).await.unwrap_err().code(), "not-found");
    assert_eq!(set.max.record(&at).await.unwrap().title(), format!("{CANARY} 1"));
    // Nobody but the program settles, and a fresh proof is asked for.
    let (its, cx) = (set.erasures.clone(), set.pia.cx.clone());
    assert!(tokio::task::spawn_blocking(move || its.settle(&cx, &settling())).await.unwrap().is_err());
    set.app.asks(Level::Resistant, 10).await;
    let again = Actor::again(&set.app, &set.pia.email).await;
    assert_eq!(set.erasures.preview(&again.cx, at.clone()).await.unwrap_err().code(), "step-up-resistant");
    // Alone it is reviewed.
    let alone = again.proved(&set.app, Level::Resistant);
    set.approvals.alone(&alone, RULE, terms, "nobody is there").await.unwrap();
    assert!(set.max.record(&at).await.unwrap().is_erased());
    set.settled().await;
    assert_eq!(set.erasures.list(&alone).await.unwrap()[0].agreed_by, None);
    set.end().await;
}

/// Puts the house back to where a program was killed: after the first transaction, after the key, after the line about it, after
/// the sweeping. Fails when: a step is not to be done twice, or its state is written before it is done.
async fn killed(app: App) {
    let set = Set::new(app).await;
    let raw = Raw::data(&set.app).await;
    for (n, from) in ["begun", "keyless", "swept"].into_iter().enumerate() {
        let (at, _) = set.somebody(n).await;
        set.begun(&at).await;
        set.settled().await;
        let record = raw.id(at.id.uuid());
        // What the steps did stays; what says so is lost with the program.
        let live = if from == "begun" { ", live_at = null" } else { "" };
        raw.run(&format!(
            "update erasure set state = '{from}', done_at = null, certificate = null{live} where record_id = {record}"
        ))
        .await;
        set.settled().await;
        let sql = format!(
            "select count(*) from erasure where record_id = {record} and state = 'done' and certificate is not null"
        );
        assert_eq!(raw.number(&sql).await, 1, "{from}");
        assert!(set.max.record(&at).await.unwrap().is_erased());
    }
    // Before the first transaction nothing has happened: the agreement is carried out by the schedule.
    let (at, _) = set.somebody(9).await;
    let terms = set.erasures.terms(&set.pia.cx, at.clone(), "law").await.unwrap();
    let asked = set.approvals.ask(&set.pia.cx, RULE, terms, "number 9").await.unwrap();
    let decider = raw.id(set.bo.id.uuid());
    let row = raw.id(asked.uuid());
    raw.run(&format!(
        "update approval set state = 'approved', decider_id = {decider}, decided_at = 1 where id = {row}"
    ))
    .await;
    set.app.db.accept_rights(&set.app.operator()).await.unwrap();
    assert!(!set.max.record(&at).await.unwrap().is_erased());
    set.approvals.settle(&jobs::system_cx(&set.app.db)).await.unwrap();
    set.settled().await;
    assert!(set.max.record(&at).await.unwrap().is_erased());
    set.end().await;
}

/// Fails when: `may_ask` does not look at what is there when it is carried out.
async fn exact(app: App) {
    let set = Set::new(app).await;
    let (at, _) = set.somebody(1).await;
    let terms = set.erasures.terms(&set.pia.cx, at.clone(), "request").await.unwrap();
    let wrong = terms.clone().count("records", 1);
    assert_eq!(set.approvals.ask(&set.pia.cx, RULE, wrong, "x").await.unwrap_err().code(), "approval-void");
    let asked = set.approvals.ask(&set.pia.cx, RULE, terms.clone(), "x").await.unwrap();
    let twice = set.approvals.ask(&set.pia.cx, RULE, terms, "x").await.unwrap();
    let id = at.id.to_string();
    let note = set.max.create("note", &[("text", "one more"), ("contact", &id)]).await.unwrap();
    let agreeing: Cx = set.bo.proved(&set.app, Level::Resistant);
    assert_eq!(set.approvals.approve(&agreeing, asked).await.unwrap(), Asked::Void);
    assert!(!set.max.record(&at).await.unwrap().is_erased());
    set.max.update(&note, None, &[("contact", "")]).await.unwrap();
    // Of two requests for the same person one is carried out.
    set.begun(&at).await;
    assert_eq!(set.approvals.approve(&agreeing, twice).await.unwrap(), Asked::Void);
    let again = set.erasures.terms(&set.pia.cx, at.clone(), "request").await;
    assert_eq!(again.unwrap_err().code(), "erased");
    set.settled().await;
    // Nobody writes about somebody who is not there any more.
    assert!(set.max.create("note", &[("text", "late"), ("contact", &id)]).await.is_err());
    assert!(set.max.record(&note).await.unwrap().title().contains("one more"), "what was about nobody stays");
    set.end().await;
}

/// Fails when: `begin` does not look for a hold, anybody places one, or it does not end.
async fn held(app: App) {
    let set = Set::new(app).await;
    let (at, _) = set.somebody(1).await;
    let terms = set.erasures.terms(&set.pia.cx, at.clone(), "request").await.unwrap();
    let asked = set.approvals.ask(&set.pia.cx, RULE, terms, "x").await.unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    let until = set.app.db.now().plus(day * 90);
    assert!(set.erasures.hold(&set.max.cx, at.clone(), "court", until).await.is_err());
    let wrong = [
        ("", until, "approval-reason"),
        ("court", set.app.db.now(), "hold-until"),
        ("court", until.plus(day * 9000), "hold-until"),
    ];
    for (reason, until, code) in wrong {
        assert_eq!(set.erasures.hold(&set.bo.cx, at.clone(), reason, until).await.unwrap_err().code(), code);
    }
    set.erasures.hold(&set.bo.cx, at.clone(), &format!("{CANARY} against us"), until).await.unwrap();
    assert_eq!(set.erasures.hold(&set.bo.cx, at.clone(), "again", until).await.unwrap_err().code(), "exists");
    // What was asked for before is not carried out either.
    let agreeing = set.bo.proved(&set.app, Level::Resistant);
    assert_eq!(set.approvals.approve(&agreeing, asked).await.unwrap(), Asked::Void);
    assert_eq!(set.erasures.terms(&set.pia.cx, at.clone(), "request").await.unwrap_err().code(), "erasure-held");
    let hold = set.erasures.preview(&set.pia.cx, at.clone()).await.unwrap().hold.unwrap();
    assert_eq!((hold.until, hold.reason), (until, format!("{CANARY} against us")));
    assert!(set.erasures.lift(&set.max.cx, at.clone()).await.is_err());
    set.erasures.lift(&set.pia.cx, at.clone()).await.unwrap();
    assert_eq!(set.erasures.lift(&set.pia.cx, at.clone()).await.unwrap_err().code(), "hold-none");
    // One that ends by itself.
    set.erasures.hold(&set.pia.cx, at.clone(), "audit", set.app.db.now().plus(day)).await.unwrap();
    set.app.clock.advance(day);
    let (pia, bo) = (Actor::again(&set.app, &set.pia.email).await, Actor::again(&set.app, &set.bo.email).await);
    let set = Set { pia, bo, ..set };
    set.erasures.hold(&set.pia.cx, at.clone(), "once more", set.app.db.now().plus(day)).await.unwrap();
    set.erasures.lift(&set.pia.cx, at.clone()).await.unwrap();
    set.begun(&at).await;
    set.settled().await;
    let raw = Raw::data(&set.app).await;
    assert_eq!(raw.number("select count(*) from legal_hold where length(reason) > 0").await, 0);
    set.end().await;
}

/// Fails when: nothing is swept behind the key.
async fn late(app: App) {
    let set = Set::new(app).await;
    let (at, _) = set.somebody(1).await;
    let raw = Raw::data(&set.app).await;
    set.begun(&at).await;
    // A note that another process sealed just before, and wrote just behind.
    let (other, _) = set.somebody(2).await;
    let note = listed(&set.max, "note", false).await.remove(0);
    let (note, gone) = (raw.id(note.uuid()), raw.id(at.id.uuid()));
    raw.run(&format!(
        "update r_note set subject_id = (select subject_id from erasure where record_id = {gone}) where id = {note}"
    ))
    .await;
    set.settled().await;
    assert_eq!(raw.number(&format!("select count(*) from r_note where id = {note}")).await, 0);
    assert_eq!(raw.number(&format!("select count(*) from search_doc where record_id = {note}")).await, 0);
    assert!(!set.max.record(&other).await.unwrap().is_erased());
    set.end().await;
}
