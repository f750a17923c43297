//! Roles, teams and shares as rows: what they let through, by every way in.

use std::time::Duration;

use authz::{Area, Charter, FieldRule, Reach, Role, Verb};
use axum::Router;
use kernel::{FieldName, ObjectName, TeamId, Timestamp, UserId};
use records::{RecordFault, RecordRef};
use roles::share::{self, With};
use roles::{RoleFault, team};
use serde_json::{Value as Json, json};
use testkit::{Actor, App};

use crate::support::http::{Answer, Client, site};

testkit::on_both_engines! {
    a_role_that_is_changed_counts_in_another_browser_at_once => super::at_once;
    roles_that_hold_powers_apart_are_not_changed_and_nobody_changes_their_own => super::locked;
    a_field_rule_holds_wherever_a_value_leaves => super::out;
    a_field_rule_holds_wherever_a_value_comes_in => super::inward;
    a_branch_is_the_team_and_all_below_and_records_go_along => super::teams;
    a_shared_record_is_seen_until_its_day => super::shares;
}

fn read_json(answer: &Answer) -> Json {
    serde_json::from_str(&answer.text).unwrap()
}

fn object(name: &str) -> ObjectName {
    ObjectName::parse(name).unwrap()
}

/// An agent's charter with rules for three fields of contacts.
fn ruled() -> Charter {
    let rules = [("email", FieldRule::Hidden), ("city", FieldRule::Masked), ("stage", FieldRule::ReadOnly)];
    rules.into_iter().fold(Role::Agent.charter(), |charter, (field, rule)| {
        charter.rule(object("contact"), FieldName::parse(field).unwrap(), rule)
    })
}

async fn save(app: &App, by: &Actor, role: Role, charter: Charter) -> Result<(), RoleFault> {
    let records = app.records.clone();
    let saved = app.db.write(&by.cx, move |tx| roles::save(tx, records.objects(), role, "", &charter)).await;
    app.accounts.forget_everybody();
    saved
}

/// An office where agents see contacts without e-mail address, and cities only covered.
struct Office {
    app: App,
    site: Router,
    founder: Actor,
    ann: Actor,
    contact: RecordRef,
}

impl Office {
    async fn of(app: App) -> Self {
        let founder = app.founder().await;
        let ann = app.person("Ann Lee", Role::Agent).await;
        let fields =
            [("name", "Kim Park"), ("email", "zqmail@zq.example"), ("city", "Zqcity"), ("phone", "+49 30 5550 7711")];
        let contact = ann.create("contact", &fields).await.unwrap();
        save(&app, &founder, Role::Agent, ruled()).await.unwrap();
        let ann = Actor::again(&app, &ann.email).await;
        Self { site: site(&app), app, founder, ann, contact }
    }
}

/// Fails when: `forget_everybody` is not called where a role is saved, or rights are kept from before.
async fn at_once(app: App) {
    let (founder, ann) = (app.founder().await, app.person("Ann Lee", Role::Agent).await);
    ann.create("contact", &[("name", "Kim Park")]).await.unwrap();
    let site = site(&app);
    let (admin, browser) = (Client::of(&site, &founder), Client::of(&site, &ann));
    let program = Client::program(&site, &app.token(&ann).await);
    assert!(browser.get("/contacts?as=list").await.text.contains("Kim Park"));
    assert!(program.get("/api/v1/contacts").await.text.contains("Kim Park"));
    let page = admin.get("/settings/roles/agent").await;
    assert!(page.status == 200 && page.text.contains("g.contact.read"), "{page:?}");
    let saved = admin.post("/settings/roles/agent", &[("g.deal.read", "own"), ("g.others.read", "all")]).await;
    assert_eq!(saved.status, 303, "{saved:?}");
    let after = browser.get("/contacts?as=list").await;
    assert!(after.status == 403 && !after.text.contains("Kim Park"), "{after:?}");
    // Programs are recognised anew within a second, as browsers are on other nodes.
    app.clock.advance(Duration::from_millis(1_100));
    assert_eq!(program.get("/api/v1/contacts").await.status, 403);
    assert_eq!(browser.get("/deals?as=list").await.status, 200);
    // Back to how it was delivered.
    assert_eq!(admin.post("/settings/roles/agent/remove", &[]).await.status, 303);
    assert!(browser.get("/contacts?as=list").await.text.contains("Kim Park"));
    for strange in [("g.contact.read", "everything"), ("f.contact.email", "gone")] {
        assert_eq!(admin.post("/settings/roles/agent", &[strange]).await.status, 422, "{strange:?}");
    }
    app.finish(&[]).await;
}

/// Fails when: `changeable` lets a fixed role or one's own through, or `check` a right over people, ledger or settings.
async fn locked(app: App) {
    let (founder, ann) = (app.founder().await, app.person("Ann Lee", Role::Agent).await);
    for role in Role::ALL.iter().copied().filter(|role| !role.is_editable()) {
        assert!(matches!(save(&app, &founder, role, Role::Agent.charter()).await, Err(RoleFault::Fixed)), "{role:?}");
    }
    assert!(matches!(save(&app, &founder, Role::Manager, Charter::default()).await, Err(RoleFault::Own)));
    for (area, verb) in [(Area::Ledger, Verb::Read), (Area::People, Verb::Grant), (Area::Settings, Verb::Configure)] {
        let more = Role::Agent.charter().grant(area, verb, Reach::All);
        assert!(matches!(save(&app, &founder, Role::Agent, more).await, Err(RoleFault::Rule)), "{area:?}");
    }
    let erasing = Role::Agent.charter().grant(Area::Records, Verb::Erase, Reach::All);
    assert!(matches!(save(&app, &founder, Role::Agent, erasing).await, Err(RoleFault::Rule)));
    assert!(matches!(save(&app, &ann, Role::Viewer, Charter::default()).await, Err(RoleFault::Denied(_))));

    let copy = |from: Role, name: &'static str| {
        let records = app.records.clone();
        app.db.write(&founder.cx, move |tx| roles::copy(tx, records.objects(), from, name))
    };
    assert!(matches!(copy(Role::Auditor, "Second auditor").await, Err(RoleFault::Fixed)));
    assert!(matches!(copy(Role::PrivacyOfficer, "Eraser").await, Err(RoleFault::Fixed)));
    let made = copy(Role::Manager, "Field sales").await.unwrap();
    assert!(matches!(copy(Role::Manager, "FIELD sales").await, Err(RoleFault::Name)));
    app.accounts.change_roles(&app.operator(), ann.id, vec![made]).await.unwrap();
    let ann = Actor::again(&app, &ann.email).await;
    assert_eq!(ann.cx.rights().charter(), &Role::Manager.charter());
    let gone = app.db.write(&founder.cx, move |tx| roles::remove(tx, made)).await;
    assert!(matches!(gone, Err(RoleFault::Held)));
    app.accounts.change_roles(&app.operator(), ann.id, vec![Role::Agent]).await.unwrap();
    app.db.write(&founder.cx, move |tx| roles::remove(tx, made)).await.unwrap();
    // A role that is gone is given to nobody, and grants nothing to whoever holds it.
    assert!(app.accounts.change_roles(&app.operator(), ann.id, vec![made]).await.is_err());
    let id = ann.id;
    let held = app.db.read(&founder.cx, move |tx| roles::rights(tx, id, &[made])).await.unwrap();
    assert_eq!(held.charter(), &Charter::default());
    app.finish(&[]).await;
}

/// Fails when: any of list, record, form, search, filter, sort, board, timeline, API shows more than `Record::shown`.
async fn out(app: App) {
    let office = Office::of(app).await;
    let Office { app, site, founder, ann, contact } = &office;
    founder.update(contact, None, &[("email", "zqother@zq.example"), ("city", "Zqtown")]).await.unwrap();
    sequence::settle(&app.db, &founder.cx).await.unwrap();
    let (browser, program) = (Client::of(site, ann), Client::program(site, &app.token(ann).await));
    let one = format!("/contacts/{}", contact.id);
    for url in
        [one.as_str(), &format!("{one}/edit"), &format!("{one}?tab=access"), "/contacts?as=list", "/search?q=Kim"]
    {
        let page = browser.get(url).await;
        // A search sets apart what was typed.
        let shown = page.text.replace("<mark>", "").replace("</mark>", "");
        assert!(page.status == 200 && shown.contains("Kim Park"), "{url}: {page:?}");
        for kept in ["zqmail", "zqother", "Zqcity", "Zqtown"] {
            assert!(!page.text.contains(kept), "{url} shows {kept}");
        }
    }
    // What is searched for and not shown would be told by being found.
    for words in ["zqother@zq.example", "zqother", "Zqtown"] {
        let found = browser.get(&format!("/search?q={words}")).await;
        assert!(!found.text.contains("Kim Park"), "found by {words}");
    }
    let unknown = program.get("/api/v1/contacts?f=zqnothing:is:x").await;
    let hidden = program.get("/api/v1/contacts?f=email:is:zqother@zq.example").await;
    assert_eq!((unknown.status, hidden.status), (422, 422), "{hidden:?}");
    assert_eq!(read_json(&unknown)["type"], read_json(&hidden)["type"]);
    for question in ["f=city:is:Zqtown", "f=city:has:Zq", "f=city:empty", "f=email:filled", "sort=city", "sort=email"] {
        assert_eq!(program.get(&format!("/api/v1/contacts?{question}")).await.status, 422, "{question}");
    }
    let one = format!("/api/v1/contacts/{}", contact.id);
    let search = "/api/v1/contacts/search";
    for (hidden, unknown) in [
        (program.get(&format!("{one}?fields=email")).await, program.get(&format!("{one}?fields=zqnot")).await),
        (
            program.json("POST", search, &json!({ "fields": ["email"] })).await,
            program.json("POST", search, &json!({ "fields": ["zqnot"] })).await,
        ),
        (
            program.json("POST", search, &json!({ "filters": ["email:is:zqother@zq.example"] })).await,
            program.json("POST", search, &json!({ "filters": ["zqnot:is:zqother@zq.example"] })).await,
        ),
    ] {
        assert_eq!((hidden.status, hidden.text.replace("email", "zqnot")), (422, unknown.text));
    }
    let mut query = records::ListQuery::default();
    query.sort.column = records::filter::Column::Field(FieldName::parse("email").unwrap());
    let listed = ann.read(move |records, tx| records.list_records(tx, "contact", &query).map(|_| ())).await;
    assert!(matches!(listed, Err(RecordFault::Filter(_))), "{listed:?}");
    let record = read_json(&program.get(&format!("/api/v1/contacts/{}", contact.id)).await);
    assert_eq!((&record["fields"]["email"], &record["fields"]["city"]), (&json!(null), &json!({ "sealed": true })));

    // Covered is opened with a reason; hidden is not there.
    let reveal = |field: &'static str| {
        let at = contact.clone();
        ann.read(move |records, tx| records.reveal_field(tx, &at, field, "asked for"))
    };
    assert_eq!(reveal("city").await.unwrap().unwrap().as_text(), Some("Zqtown"));
    assert!(matches!(reveal("email").await, Err(RecordFault::NotFound)));
    assert!(matches!(reveal("stage").await, Err(RecordFault::NotFound)));
    office.app.finish(&[]).await;
}

/// Fails when: `taken` asks the definition instead of what is seen of it, or a write loses what is not shown.
async fn inward(app: App) {
    let office = Office::of(app).await;
    let Office { app, site, founder, ann, contact } = &office;
    let program = Client::program(site, &app.token(ann).await);
    let browser = Client::of(site, ann);
    let url = format!("/api/v1/contacts/{}", contact.id);
    let before = founder.record(contact).await.unwrap().values().clone();
    for field in
        ["email", "city", "stage", "zqnothing", "owner_id", "team_id", "id", "version", "subject_id", "deleted_at"]
    {
        let mut fields = serde_json::Map::new();
        fields.insert(field.to_owned(), json!("customer"));
        let body = json!({ "fields": fields });
        for (method, url) in [("PATCH", url.as_str()), ("POST", "/api/v1/contacts")] {
            let answer = program.json(method, url, &body).await;
            assert!((400..500).contains(&answer.status), "{method} {field}: {answer:?}");
        }
        let page = browser.post(&format!("/contacts/{}", contact.id), &[(field, "customer")]).await;
        let after = founder.record(contact).await.unwrap();
        assert_eq!(after.values(), &before, "{field}: {page:?}");
    }
    ann.update(contact, None, &[("phone", "+49 30 5550 7712")]).await.unwrap();
    let after = founder.record(contact).await.unwrap();
    assert_eq!(after.value("email"), before.get("email"), "a write keeps what is not shown");
    assert_eq!(after.value("city"), before.get("city"));
    assert_ne!(after.value("phone"), before.get("phone"));
    office.app.finish(&[]).await;
}

async fn new_team(app: &App, by: &Actor, name: &'static str, parent: Option<TeamId>) -> TeamId {
    app.db.write(&by.cx, move |tx| team::put(tx, None, name, parent)).await.unwrap()
}

async fn place(app: &App, by: &Actor, user: UserId, team: Option<TeamId>) {
    let records = app.records.clone();
    let placed = app.db.write(&by.cx, move |tx| -> Result<(), records::RecordFault> {
        team::place(tx, user, team)?;
        records.regroup(tx, user, team)
    });
    placed.await.unwrap();
    app.accounts.forget_everybody();
}

async fn listed(actor: &Actor) -> usize {
    let query = records::ListQuery::default();
    let all = actor.read(move |records, tx| {
        let rows = records.list_records(tx, "contact", &query)?.rows.len();
        assert_eq!(records.count_records(tx, "contact", &query)?.counted, rows as u64);
        Ok(rows)
    });
    all.await.unwrap()
}

/// Fails when: a reach is not turned into the condition of a list, or a record stays behind when its owner moves.
async fn teams(app: App) {
    let founder = app.founder().await;
    let (mut lead, mut ann, mut bo) = (
        app.person("Lea Dahl", Role::Agent).await,
        app.person("Ann Lee", Role::Agent).await,
        app.person("Bo Chen", Role::Agent).await,
    );
    let by_ann = ann.create("contact", &[("name", "Of Ann")]).await.unwrap();
    bo.create("contact", &[("name", "Of Bo")]).await.unwrap();
    let region = new_team(&app, &founder, "North", None).await;
    let low = new_team(&app, &founder, "North shops", Some(region)).await;
    place(&app, &founder, lead.id, Some(region)).await;
    place(&app, &founder, ann.id, Some(low)).await;
    for actor in [&mut lead, &mut ann, &mut bo] {
        *actor = Actor::again(&app, &actor.email.clone()).await;
    }
    assert_eq!((listed(&lead).await, listed(&ann).await, listed(&bo).await), (0, 1, 1));
    save(&app, &founder, Role::Agent, Role::Agent.charter().grant(Area::Records, Verb::Read, Reach::Branch))
        .await
        .unwrap();
    lead = Actor::again(&app, &lead.email.clone()).await;
    assert_eq!(listed(&lead).await, 1, "the team below");
    assert!(lead.record(&by_ann).await.is_ok());
    assert!(matches!(lead.update(&by_ann, None, &[("city", "Oslo")]).await, Err(RecordFault::Denied(_))));
    // What is made from now on belongs to the team, too.
    let ann = Actor::again(&app, &ann.email).await;
    ann.create("contact", &[("name", "Of Ann as well")]).await.unwrap();
    assert_eq!(listed(&lead).await, 2);
    place(&app, &founder, ann.id, None).await;
    assert_eq!(listed(&lead).await, 0, "they went along");

    let circle = app.db.write(&founder.cx, move |tx| team::put(tx, Some(region), "North", Some(low))).await;
    assert!(matches!(circle, Err(RoleFault::Circle)));
    let held = app.db.write(&founder.cx, move |tx| team::remove(tx, region)).await;
    assert!(matches!(held, Err(RoleFault::Held)));
    let own = founder.id;
    let oneself = app.db.write(&founder.cx, move |tx| team::place(tx, own, Some(low))).await;
    assert!(matches!(oneself, Err(RoleFault::Own)));
    // An administrator who is an agent too does not bring colleagues, or their teams, under their own team.
    app.accounts.change_roles(&app.operator(), lead.id, vec![Role::Administrator, Role::Agent]).await.unwrap();
    let lead = Actor::again(&app, &lead.email).await;
    let (bo_id, south) = (bo.id, new_team(&app, &founder, "South", None).await);
    for team in [region, low] {
        let placed = app.db.write(&lead.cx, move |tx| team::place(tx, bo_id, Some(team))).await;
        assert!(matches!(placed, Err(RoleFault::Own)), "{placed:?}");
    }
    let moved = app.db.write(&lead.cx, move |tx| team::put(tx, Some(south), "South", Some(low))).await;
    assert!(matches!(moved, Err(RoleFault::Own)), "{moved:?}");
    app.db.write(&lead.cx, move |tx| team::place(tx, bo_id, Some(south))).await.unwrap();
    app.db.write(&founder.cx, move |tx| team::remove(tx, low)).await.unwrap();
    app.finish(&[]).await;
}

async fn share_with(
    by: &Actor,
    app: &App,
    at: &RecordRef,
    with: With,
    change: bool,
    until: Timestamp,
) -> Result<(), RecordFault> {
    let (at, records) = (at.clone(), app.records.clone());
    let shared = app.db.write(&by.cx, move |tx| records.share(tx, &at, with, change, until)).await;
    app.accounts.forget_everybody();
    shared
}

/// Fails when: a share is left out of a scope or a decision, outlives its day, or gives a right that no role gives.
async fn shares(app: App) {
    let founder = app.founder().await;
    let (ann, bo) = (app.person("Ann Lee", Role::Agent).await, app.person("Bo Chen", Role::Agent).await);
    let auditor = app.person("Cy Gray", Role::Auditor).await;
    let at = ann.create("contact", &[("name", "Kim Park"), ("city", "Oslo")]).await.unwrap();
    let day = |n: u64| app.db.now().plus(Duration::from_secs(n * 24 * 3600));
    let bo_now = || Actor::again(&app, &bo.email);
    assert_eq!(listed(&bo).await, 0);
    // Not one's own: hidden.
    let stranger = share_with(&bo, &app, &at, With::Person(bo.id), true, day(7)).await;
    assert!(matches!(stranger, Err(RecordFault::Denied(authz::Denied::Hidden))), "{stranger:?}");
    for until in [day(0), day(400)] {
        assert!(share_with(&ann, &app, &at, With::Person(bo.id), false, until).await.is_err());
    }
    share_with(&ann, &app, &at, With::Person(bo.id), false, day(7)).await.unwrap();
    let seeing = bo_now().await;
    assert_eq!(listed(&seeing).await, 1);
    assert!(seeing.record(&at).await.is_ok());
    assert!(matches!(seeing.update(&at, None, &[("city", "Bergen")]).await, Err(RecordFault::Denied(_))));
    let found = seeing.read(|records, tx| Ok(records.search(tx, "Kim", &[], 9)?.len())).await.unwrap();
    assert_eq!(found, 1, "found by search");
    share_with(&ann, &app, &at, With::Person(bo.id), true, day(7)).await.unwrap();
    bo_now().await.update(&at, None, &[("city", "Bergen")]).await.unwrap();
    // No role lets the auditor see contacts, so no share does.
    share_with(&ann, &app, &at, With::Person(auditor.id), true, day(7)).await.unwrap();
    let auditor = Actor::again(&app, &auditor.email).await;
    assert!(auditor.record(&at).await.is_err());

    app.clock.advance(Duration::from_secs(7 * 24 * 3600 + 1));
    let after = bo_now().await;
    assert_eq!(listed(&after).await, 0, "the day is over");
    assert!(matches!(after.record(&at).await, Err(RecordFault::Denied(authz::Denied::Hidden))));

    // With a team, and taken back.
    let team = new_team(&app, &founder, "South", None).await;
    place(&app, &founder, bo.id, Some(team)).await;
    let ann = Actor::again(&app, &ann.email).await;
    share_with(&ann, &app, &at, With::Team(team), false, day(7)).await.unwrap();
    assert_eq!(listed(&bo_now().await).await, 1);
    let own = at.clone();
    let rows = ann.read(move |records, tx| Ok(share::of(tx, &records.read_record(tx, &own)?)?)).await.unwrap();
    assert_eq!(rows.len(), 1);
    let (id, own, records) = (rows[0].id, at.clone(), app.records.clone());
    app.db.write(&ann.cx, move |tx| records.unshare(tx, &own, id)).await.unwrap();
    app.accounts.forget_everybody();
    assert_eq!(listed(&bo_now().await).await, 0);
    app.finish(&[]).await;
}
