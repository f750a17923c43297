//! Many records out: who may, how many alone, what leaves, and who it was.

use std::time::Duration;

use accounts::Accounts;
use approvals::{Approvals, State as Asked};
use authz::{Area, Cx, FieldRule, Level, Reach, Role, Verb};
use calamine::{Reader as _, Xlsx};
use exports::{DOWNLOADS, ExportId, Exports, Form, Plan, RULE, SecondPerson, State};
use kernel::{Class, Fault as _, FieldName, ObjectName};
use std::sync::Arc;
use testkit::{Actor, App};

use crate::support::http::{Client, site};
use crate::support::raw::Raw;
use crate::support::scene::CANARY;

testkit::on_both_engines! {
    what_somebody_takes_out_comes_sealed_and_goes_again => super::whole;
    an_export_is_nobody_elses_and_no_programs => super::others;
    many_rows_take_a_second_person => super::many;
    how_many_go_alone_is_raised_by_two_people => super::raised;
    whoever_leaves_takes_nothing_more => super::left;
    half_of_a_file_in_another_order_says_who_took_it => super::traced;
    a_workbook_holds_the_same_says_who_took_it_and_has_no_formula => super::workbook;
    two_workers_at_once_take_every_row_once => super::workers;
    a_file_is_sealed_for_a_passphrase_or_a_key_and_for_nothing_else => super::sealed_for;
    what_is_kept_from_somebody_is_neither_taken_nor_asked_about => super::kept;
}

fn plan(filters: &[&str]) -> Plan {
    let text = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Plan { filters: text(filters), fields: text(&["name", "email", "city"]), reason: "Letter".to_owned() }
}

/// Fails when: whoever changes settings raises the number alone, or an agreement to one number sets another.
async fn raised(app: App) {
    let founder = app.founder().await;
    let exports = Exports::new(app.accounts.clone(), app.records.clone());
    let second: Arc<dyn approvals::Approvable> = Arc::new(exports::LimitSecondPerson);
    let approvals = Approvals::new(app.accounts.clone(), vec![second]);
    let chief = app.person("Adi Chief", Role::Administrator).await;
    let officer = app.person("Sia Officer", Role::SecurityOfficer).await.proved(&app, Level::Resistant);
    let ann = app.person("Ann Takes", Role::Manager).await;
    for n in 0..7 {
        ann.create("contact", &[("name", &format!("{CANARY} {n}"))]).await.unwrap();
    }
    let takes_two = async || exports.preview(&ann.cx, "contact", Vec::new()).await.unwrap().takes_two();
    assert!(!takes_two().await);
    // Fewer counts at once, and nobody else than whoever changes settings says so.
    assert_eq!(exports.change_limit(&ann.cx, 5).await.unwrap_err().class(), Class::Forbidden);
    assert!(exports.limit(&ann.cx).await.is_err());
    for wrong in [0, -1, exports::MOST_ALONE + 1, i64::MAX] {
        assert_eq!(exports.change_limit(&chief.cx, wrong).await.unwrap_err().class(), Class::Invalid, "{wrong}");
    }
    exports.change_limit(&chief.cx, 5).await.unwrap();
    assert!(takes_two().await);
    let (id, _) = exports.plan(&ann.cx, "contact", plan(&[])).await.unwrap();
    assert!(exports.start(&ann.cx, id).await.is_err(), "the number holds where it begins");
    // More takes a second person, for exactly that number.
    assert_eq!(exports.change_limit(&chief.cx, 9).await.unwrap_err().code(), "needs-approval");
    assert!(takes_two().await);
    let ask = async |rows: i64| {
        let terms = exports.limit_terms(&chief.cx, rows).await.unwrap();
        approvals.ask(&chief.cx, exports::LIMIT_RULE, terms, "Move to another system").await
    };
    assert!(ask(4).await.is_err(), "fewer is not asked for");
    assert!(ask(exports::MOST_ALONE + 1).await.is_err());
    let (old, new) = (ask(8).await.unwrap(), ask(9).await.unwrap());
    assert!(approvals.approve(&chief.proved(&app, Level::Resistant), new).await.is_err(), "nobody agrees to their own");
    assert!(approvals.approve(&ann.proved(&app, Level::Resistant), new).await.is_err());
    assert_eq!(approvals.approve(&officer, new).await.unwrap(), Asked::Done);
    assert_eq!(exports.limit(&chief.cx).await.unwrap(), 9);
    assert!(!takes_two().await);
    // What was asked for from another number is void.
    assert_eq!(approvals.approve(&officer, old).await.unwrap(), Asked::Void);
    assert_eq!(exports.limit(&founder.cx).await.unwrap(), 9);
    app.finish(&[CANARY]).await;
}

struct Set {
    app: App,
    exports: Exports,
    approvals: Approvals,
    ann: Actor,
}

async fn set(app: App, contacts: usize) -> Set {
    let exports = Exports::new(app.accounts.clone(), app.records.clone());
    let second: Arc<dyn approvals::Approvable> = Arc::new(SecondPerson::new(exports.clone()));
    let approvals = Approvals::new(app.accounts.clone(), vec![second]);
    let ann = app.person("Ann Takes", Role::Manager).await;
    for n in 0..contacts {
        let email = format!("c{n}@zq.example");
        ann.create("contact", &[("name", &format!("{CANARY} {n}")), ("email", &email), ("city", "=1+1")])
            .await
            .unwrap();
    }
    Set { app, exports, approvals, ann }
}

/// Takes every row, as the job does.
pub(crate) async fn run(
    exports: &Exports,
    accounts: &Accounts,
    app: &App,
    id: ExportId,
) -> Result<usize, &'static str> {
    let system = jobs::system_cx(&app.db);
    let mut steps = 0;
    loop {
        let its = exports.clone();
        let cx = system.clone();
        let user = tokio::task::spawn_blocking(move || its.exporter(&cx, id)).await.unwrap().unwrap();
        let Some(user) = user else { return Ok(steps) };
        let cx = accounts.acting(&system, user).await.map_err(|fault| fault.code())?;
        let its = exports.clone();
        let more = tokio::task::spawn_blocking(move || its.step(&cx, id)).await.unwrap();
        steps += 1;
        if !more.map_err(|fault| fault.code())? {
            return Ok(steps);
        }
    }
}

impl Set {
    async fn taken(&self, cx: &Cx, plan: Plan) -> ExportId {
        let (id, _) = self.exports.plan(cx, "contact", plan).await.unwrap();
        self.exports.start(cx, id).await.unwrap();
        run(&self.exports, &self.app.accounts, &self.app, id).await.unwrap();
        id
    }

    async fn file(&self, cx: &Cx, id: ExportId, form: Form) -> Vec<u8> {
        let (exports, cx) = (self.exports.clone(), cx.clone());
        let writing =
            tokio::task::spawn_blocking(move || exports::write(Vec::new(), form, (&exports, &cx, id)).unwrap());
        writing.await.unwrap()
    }

    async fn text(&self, cx: &Cx, id: ExportId) -> String {
        String::from_utf8(self.file(cx, id, Form::Csv).await).unwrap()
    }

    async fn end(self) {
        Raw::data(&self.app).await.run("delete from job").await;
        self.app.finish(&[CANARY, "Letter"]).await;
    }
}

/// Fails when: a formula is not guarded, rows lie in the clear, or a file can be fetched for ever.
async fn whole(app: App) {
    let set = set(app, 7).await;
    let preview = set.exports.preview(&set.ann.cx, "contact", Vec::new()).await.unwrap();
    assert!(preview.total == Some(7) && !preview.takes_two() && preview.fields.contains(&"name".to_owned()));
    assert!(!preview.fields.contains(&"national_id".to_owned()), "what is masked stays");
    for (wrong, code) in [
        (Plan { reason: String::new(), ..plan(&[]) }, "approval-reason"),
        (Plan { fields: vec!["national_id".to_owned()], ..plan(&[]) }, "export-field"),
        (Plan { fields: Vec::new(), ..plan(&[]) }, "export-field"),
    ] {
        assert_eq!(set.exports.plan(&set.ann.cx, "contact", wrong).await.unwrap_err().code(), code);
    }
    let id = set.taken(&set.ann.cx, plan(&[])).await;
    let text = set.text(&set.ann.cx, id).await;
    assert!(text.starts_with("\u{feff}id,owner,name,email,city\r\n") && text.lines().count() == 8, "{text}");
    assert!(text.contains(",'=1+1\r\n") && text.contains("Ann Takes"), "{text}");
    set.app.assert_sealed(&[CANARY]);
    let browser = Client::of(&site(&set.app), &set.ann);
    let url = format!("/exports/{id}/download");
    assert_eq!(browser.post(&url, &[("passphrase", "short")]).await.status, 422);
    for n in 0..=DOWNLOADS {
        let file = browser.post(&url, &[("passphrase", "four unrelated words here")]).await;
        assert_eq!(file.status, if n < DOWNLOADS { 200 } else { 409 }, "{n}");
        assert_eq!(file.text.starts_with("age-encryption.org/v1\n-> scrypt "), n < DOWNLOADS);
        assert!(!file.text.contains("=1+1"));
    }
    let id = set.taken(&set.ann.cx, plan(&["city:is:Nowhere"])).await;
    set.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let again = Actor::again(&set.app, &set.ann.email).await;
    assert_eq!(set.exports.begin_download(&again.cx, id).await.unwrap_err().code(), "export-over");
    set.exports.settle(&jobs::system_cx(&set.app.db)).await.unwrap();
    assert_eq!(Raw::data(&set.app).await.number("select count(*) from export_part").await, 0);
    assert_eq!(set.exports.read(&again.cx, id).await.unwrap().0.state, State::Gone);
    set.end().await;
}

/// Fails when: `own` or `there` is not asked, or the right is not.
async fn others(app: App) {
    let set = set(app, 3).await;
    let id = set.taken(&set.ann.cx, plan(&[])).await;
    let other = set.app.person("Bo Looks", Role::Manager).await;
    assert_eq!(set.exports.read(&other.cx, id).await.unwrap_err().code(), "not-found");
    assert_eq!(set.exports.begin_download(&other.cx, id).await.unwrap_err().code(), "not-found");
    assert_eq!(set.exports.discard(&other.cx, id).await.unwrap_err().code(), "not-found");
    assert!(set.exports.list(&other.cx).await.unwrap().is_empty());
    let program = set.app.program(&set.app.token(&set.ann).await).await;
    assert_eq!(set.exports.plan(&program, "contact", plan(&[])).await.unwrap_err().code(), "forbidden");
    assert_eq!(set.exports.begin_download(&program, id).await.unwrap_err().code(), "forbidden");
    for role in [Role::Viewer, Role::Marketer, Role::Agent, Role::Administrator, Role::Auditor] {
        let weak = set.app.person(&format!("Weak {}", role.code().replace('_', " ")), role).await;
        assert_eq!(set.exports.preview(&weak.cx, "contact", Vec::new()).await.unwrap_err().code(), "forbidden");
        assert_eq!(set.exports.plan(&weak.cx, "contact", plan(&[])).await.unwrap_err().code(), "forbidden");
    }
    // Planning and fetching are dangerous acts.
    set.app.asks(Level::Resistant, 10).await;
    let again = Actor::again(&set.app, &set.ann.email).await;
    assert_eq!(set.exports.plan(&again.cx, "contact", plan(&[])).await.unwrap_err().code(), "step-up-resistant");
    assert_eq!(set.exports.begin_download(&again.cx, id).await.unwrap_err().code(), "step-up-resistant");
    set.end().await;
}

/// Fails when: `start_in` does not count what was taken before, or takes an agreement to another export.
async fn many(app: App) {
    let set = set(app, 5).await;
    let raw = Raw::data(&set.app).await;
    set.taken(&set.ann.cx, plan(&[])).await;
    raw.run("update export_run set rows_out = 496").await;
    let (id, preview) = set.exports.plan(&set.ann.cx, "contact", plan(&[])).await.unwrap();
    assert!(preview.takes_two());
    assert_eq!(set.exports.start(&set.ann.cx, id).await.unwrap_err().code(), "needs-approval");
    let (terms, reason) = set.exports.terms(&set.ann.cx, id).await.unwrap();
    let wrong = terms.clone().count("rows", 1);
    assert_eq!(set.approvals.ask(&set.ann.cx, RULE, wrong, "x").await.unwrap_err().code(), "approval-void");
    let other = set.app.person("Bo Agrees", Role::Manager).await;
    assert!(set.approvals.ask(&other.cx, RULE, terms.clone(), "x").await.is_err(), "of somebody else");
    let asked = set.approvals.ask(&set.ann.cx, RULE, terms.clone(), &reason).await.unwrap();
    let proved = other.proved(&set.app, Level::Resistant);
    assert_eq!(set.approvals.approve(&proved, asked).await.unwrap(), Asked::Done);
    assert_eq!(run(&set.exports, &set.app.accounts, &set.app, id).await, Ok(1));
    assert_eq!(set.exports.read(&set.ann.cx, id).await.unwrap().0.rows, 5);
    assert!(set.approvals.ask(&set.ann.cx, RULE, terms, "again").await.is_err(), "it has begun");
    // A day later they count no more; rows that came since the preview do not go along.
    set.app.clock.advance(Duration::from_secs(25 * 60 * 60));
    let ann = Actor::again(&set.app, &set.ann.email).await;
    let (id, preview) = set.exports.plan(&ann.cx, "contact", plan(&[])).await.unwrap();
    assert!(!preview.takes_two());
    ann.create("contact", &[("name", CANARY)]).await.unwrap();
    set.exports.start(&ann.cx, id).await.unwrap();
    run(&set.exports, &set.app.accounts, &set.app, id).await.unwrap();
    assert_eq!(set.exports.read(&ann.cx, id).await.unwrap().0.rows, 5);
    set.end().await;
}

/// Fails when: a step does not ask who it is for.
async fn left(app: App) {
    let set = set(app, 3).await;
    let (id, _) = set.exports.plan(&set.ann.cx, "contact", plan(&[])).await.unwrap();
    set.exports.start(&set.ann.cx, id).await.unwrap();
    let founder = set.app.founder().await;
    set.app.accounts.disable_person(&founder.cx, set.ann.id).await.unwrap();
    assert_eq!(run(&set.exports, &set.app.accounts, &set.app, id).await, Err("nobody-there"));
    let (exports, system) = (set.exports.clone(), jobs::system_cx(&set.app.db));
    tokio::task::spawn_blocking(move || exports.give_up(&system, id, "nobody-there")).await.unwrap().unwrap();
    let raw = Raw::data(&set.app).await;
    assert_eq!(raw.number("select count(*) from export_run where state = 'failed' and rows_out = 0").await, 1);
    set.end().await;
}

/// Fails when: the mark does not hang on the export.
async fn traced(app: App) {
    let set = set(app, 40).await;
    let other = set.app.person("Bo Takes", Role::Manager).await;
    let theirs = set.taken(&other.cx, plan(&[])).await;
    let own = set.taken(&set.ann.cx, plan(&[])).await;
    let text = set.text(&set.ann.cx, own).await;
    let mut rows: Vec<&str> = text.lines().skip(1).collect();
    rows.reverse();
    let half: Vec<&str> = rows.into_iter().enumerate().filter(|(n, _)| n % 2 == 1).map(|(_, row)| row).collect();
    let traced = set.exports.trace(&set.app.operator(), &half.join("\n")).await.unwrap();
    assert_eq!((traced.len(), traced[0].export, traced[0].user, traced[0].rows), (1, own, set.ann.id, 20));
    assert!(set.exports.trace(&set.app.operator(), "nothing").await.unwrap().is_empty());
    assert!(set.exports.trace(&set.ann.cx, &text).await.is_err(), "only the operator");
    let _ = theirs;
    set.end().await;
}

/// Fails when: a text is written as a formula, a cell is lost, or the marks are not read out of a workbook.
async fn workbook(app: App) {
    let set = set(app, 12).await;
    let id = set.taken(&set.ann.cx, plan(&[])).await;
    let file = set.file(&set.ann.cx, id, Form::Xlsx).await;
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(file.clone())).unwrap();
    let cells = book.worksheet_range_at(0).unwrap().unwrap();
    let text = set.text(&set.ann.cx, id).await;
    let rows: Vec<Vec<String>> = cells.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    assert_eq!((rows.len(), rows[0].join(",")), (13, "id,owner,name,email,city".to_owned()));
    for (row, line) in rows.iter().zip(text.trim_start_matches('\u{feff}').lines()) {
        assert_eq!(row.join(",").replace("=1+1", "'=1+1"), line);
    }
    assert_eq!(book.worksheet_formula("1").unwrap().used_cells().count(), 0);
    let said = tabular::sheets_of(&file, u64::MAX).unwrap();
    let traced = set.exports.trace(&set.app.operator(), &said).await.unwrap();
    assert_eq!((traced.len(), traced[0].user, traced[0].rows), (1, set.ann.id, 12));
    set.end().await;
}

/// Fails when: `advance` does not ask where the export stood.
async fn workers(app: App) {
    let set = set(app, 450).await;
    let (id, _) = set.exports.plan(&set.ann.cx, "contact", plan(&[])).await.unwrap();
    set.exports.start(&set.ann.cx, id).await.unwrap();
    let system = jobs::system_cx(&set.app.db);
    let cx = set.app.accounts.acting(&system, set.ann.id).await.unwrap();
    let worker = || {
        let (exports, cx) = (set.exports.clone(), cx.clone());
        // Whoever was slower tries again, as the queue does.
        tokio::task::spawn_blocking(move || while exports.step(&cx, id).unwrap_or(true) {})
    };
    let (one, other, third) = tokio::join!(worker(), worker(), worker());
    assert!(one.and(other).and(third).is_ok());
    let text = set.text(&set.ann.cx, id).await;
    let mut ids: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), text.lines().count()), (450, 451));
    set.end().await;
}

/// Fails when: a mistyped key is taken, or no words at all.
async fn sealed_for(app: App) {
    let set = set(app, 2).await;
    let id = set.taken(&set.ann.cx, plan(&[])).await;
    let browser = Client::of(&site(&set.app), &set.ann);
    let url = format!("/exports/{id}/download");
    let key = "age1qqrsu9guyv4rzwplgex4gkmzd9c8wl593jfe4gdg47mtm3xt6tvs0x6luh";
    let mistyped = format!("{}{}", &key[..61], if key.ends_with('q') { 'p' } else { 'q' });
    for (fields, code) in [(vec![], "too short"), (vec![("key", mistyped.as_str())], "not a public key")] {
        let refused = browser.post(&url, &fields).await;
        assert!(refused.status == 422 && refused.text.contains(code), "{refused:?}");
    }
    let file = browser.post(&url, &[("key", key), ("form", "xlsx")]).await;
    assert!(file.status == 200 && file.text.starts_with("age-encryption.org/v1\n-> X25519 "), "{file:?}");
    assert!(file.header("content-disposition").ends_with(".xlsx.age\""));
    set.end().await;
}

/// Fails when: an export offers fields as they are defined and not as its asker sees them, or counts by a filter on one that is
/// kept from them.
async fn kept(app: App) {
    let founder = app.founder().await;
    let contact = ObjectName::parse("contact").unwrap();
    let charter = Role::Agent.charter().grant(Area::Records, Verb::Export, Reach::Own);
    let rules = [("email", FieldRule::Hidden), ("stage", FieldRule::Hidden), ("city", FieldRule::Masked)];
    let charter = rules
        .into_iter()
        .fold(charter, |charter, (field, rule)| charter.rule(contact.clone(), FieldName::parse(field).unwrap(), rule));
    let records = app.records.clone();
    let saving = app.db.write(&founder.cx, move |tx| roles::save(tx, records.objects(), Role::Agent, "", &charter));
    saving.await.unwrap();
    app.accounts.forget_everybody();
    let exports = Exports::new(app.accounts.clone(), app.records.clone());
    let ann = app.person("Ann Takes", Role::Agent).await;
    ann.create("contact", &[("name", CANARY)]).await.unwrap();
    let preview = async |filters: &[&str]| {
        let filters = filters.iter().map(|filter| (*filter).to_owned()).collect();
        exports.preview(&ann.cx, "contact", filters).await
    };
    let all = preview(&[]).await.unwrap();
    assert_eq!(all.total, Some(1));
    for (field, filter) in [("email", "email:is:c0@zq.example"), ("stage", "stage:is:lead"), ("city", "city:is:Oslo")] {
        assert!(!all.fields.iter().any(|known| known == field), "{field}");
        let refused = preview(&[filter]).await.map(|preview| preview.total).unwrap_err();
        assert_eq!(refused.class(), Class::Invalid, "{filter}: {refused}");
        let fields = vec!["name".to_owned(), field.to_owned()];
        let plan = Plan { filters: Vec::new(), fields, reason: "Letter".to_owned() };
        let refused = exports.plan(&ann.cx, "contact", plan).await.map(|(id, _)| id).unwrap_err();
        assert_eq!(refused.code(), "export-field", "{field}");
    }
    app.finish(&[CANARY]).await;
}
