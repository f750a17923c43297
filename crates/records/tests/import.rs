//! Imports, on every engine there is.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking, and says what it skipped")]

mod house;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use authz::{Area, Charter, FieldRule, Reach, Resource as _, Rights, Role, Verb};
use house::{House, engines};
use kernel::{FieldName, ObjectName, UploadId};
use records::import::{Checked, Counts, People, Policy, RowProblem, Runner, State};
use records::{ListQuery, RecordFault, Value};
use tabular::Choices;

/// What came of an import.
struct Outcome {
    id: UploadId,
    checked: Checked,
    counts: Counts,
    problems: Vec<RowProblem>,
}

async fn stage(house: &House, cx: &authz::Cx, object: &'static str, bytes: &[u8]) -> Result<UploadId, RecordFault> {
    let (records, db, bytes) = (house.records.clone(), house.db.clone(), bytes.to_vec());
    let staged = tokio::task::spawn_blocking(move || {
        let mut staging = records.intake().stage(db.now(), db.chance())?;
        staging.write_all(&bytes)?;
        staging.finish()
    });
    let staged = staged.await.unwrap().unwrap();
    let records = house.records.clone();
    house.db.write(cx, move |tx| records.plan_import(tx, staged, object, "a.csv", &Choices::default())).await
}

async fn runner(house: &House, cx: &authz::Cx, id: UploadId, people: People) -> Runner {
    let (records, db, cx) = (house.records.clone(), house.db.clone(), cx.clone());
    tokio::task::spawn_blocking(move || Runner::open(records, db, cx, people, id)).await.unwrap().unwrap()
}

async fn start(house: &House, cx: &authz::Cx, id: UploadId) {
    let records = house.records.clone();
    house.db.write(cx, move |tx| records.start_import(tx, id)).await.unwrap();
}

async fn import(house: &House, cx: &authz::Cx, object: &'static str, bytes: &[u8], policy: Policy) -> Outcome {
    let id = stage(house, cx, object, bytes).await.unwrap();
    let records = house.records.clone();
    let (_, plan) = house.db.read(cx, move |tx| records.read_import(tx, id)).await.unwrap();
    let (records, mapping) = (house.records.clone(), plan.mapping.clone());
    house.db.write(cx, move |tx| records.map_import(tx, id, mapping, (policy, true))).await.unwrap();
    let mut checking = runner(house, cx, id, People::default()).await;
    let checked = tokio::task::spawn_blocking(move || checking.check(u64::MAX)).await.unwrap().unwrap();
    start(house, cx, id).await;
    let mut running = runner(house, cx, id, People::default()).await;
    let counts = tokio::task::spawn_blocking(move || {
        while running.step().unwrap().is_some() {}
        running.counts()
    });
    let counts = counts.await.unwrap();
    let records = house.records.clone();
    let problems = house.db.read(cx, move |tx| records.import_problems(tx, id, 0, 100)).await.unwrap();
    Outcome { id, checked, counts, problems }
}

async fn all(house: &House, cx: &authz::Cx, object: &'static str) -> Vec<std::collections::BTreeMap<String, Value>> {
    let (mut rows, mut query) = (Vec::new(), ListQuery { limit: 200, ..ListQuery::default() });
    loop {
        let (records, now) = (house.records.clone(), query.clone());
        let page = house.db.read(cx, move |tx| records.list_records(tx, object, &now)).await.unwrap();
        let values =
            |record: &records::Record| record.values().iter().map(|(f, v)| (f.to_string(), v.clone())).collect();
        rows.extend(page.rows.iter().map(|row| values(row)));
        let Some(next) = page.next else { return rows };
        query.after = Some(next);
    }
}

fn created(created: u64) -> Counts {
    Counts { created, ..Counts::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_in_once_and_are_found() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let file = "First Name,Last Name,Email,Phone 1,Company,Status\n\
            Sheryl,Baxter,sheryl@rasmussen.example,229.077.5154,Rasmussen Group,MQL\n\
            明哲,刘,liu@example.cn,13800138000,rasmussen  GROUP,Customer\n\
            Preston,Lozano,broken,1,Vega-Gentry,\n\
            Sheryl,Again,Sheryl@Rasmussen.example,,,\n";
        let done = import(&house, &ann, "contact", file.as_bytes(), Policy::Skip).await;
        assert_eq!(done.counts, Counts { created: 2, updated: 0, skipped: 1, wrong: 1 });
        assert_eq!((done.checked.fresh, done.checked.repeated, done.checked.wrong, done.checked.rows), (2, 1, 1, 4));
        let codes: Vec<_> = done.problems.iter().map(|p| (p.row, p.line, p.column, p.code.as_str())).collect();
        assert_eq!(codes, [(3, 4, Some(2), "not-an-email"), (3, 4, Some(3), "not-a-phone")]);
        let records = house.records.clone();
        let found = house.db.read(&ann, move |tx| records.search(tx, "mingzhe", &[], 5)).await.unwrap();
        assert_eq!(found[0].title(), "刘明哲");
        let companies = all(&house, &ann, "company").await;
        assert_eq!(companies.len(), 1, "one company under two spellings, none for a wrong row");

        let again = import(&house, &ann, "contact", file.as_bytes(), Policy::Skip).await;
        assert_eq!(again.counts, Counts { created: 0, updated: 0, skipped: 3, wrong: 1 });
        assert_eq!(again.checked.matched[0].rows, 3);
        let changed = file.replace("MQL", "Customer").replace("229.077.5154", "229 077 0000");
        let over = import(&house, &ann, "contact", changed.as_bytes(), Policy::Update).await;
        assert_eq!((over.counts.created, over.counts.updated, over.counts.wrong), (0, 2, 1));
        let sheryl = all(&house, &ann, "contact")
            .await
            .into_iter()
            .find(|row| row["email"] != Value::Text("liu@example.cn".to_owned()));
        let sheryl = sheryl.unwrap();
        assert_eq!(sheryl["stage"], Value::Choice("customer".to_owned()));
        assert_eq!(sheryl["phone"], Value::Text("229 077 0000".to_owned()));
    }
}

/// What one agent imports, and sees of it.
fn own(charter: Charter) -> Charter {
    [Verb::Read, Verb::Create, Verb::Update, Verb::Import]
        .into_iter()
        .fold(charter, |charter, verb| charter.grant(Area::Records, verb, Reach::Own))
}

/// Fails when: rows are compared with records that whoever imports may not see. Their file would tell who is a customer of
/// somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_hidden_is_not_there_for_an_import() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, ben) = (house.someone(), house.someone());
        let may = |user| house.allowed(user, Rights::compiled(Vec::new(), [own(Charter::default())]));
        let file = "Name,Email\nMina Holt,mina@holt.example\n";
        for (cx, policy) in [(may(ann), Policy::Skip), (may(ben), Policy::Skip)] {
            let done = import(&house, &cx, "contact", file.as_bytes(), policy).await;
            assert_eq!((done.checked.fresh, done.checked.matched.len()), (1, 0), "{engine}");
            assert_eq!(done.counts, created(1), "{engine}");
        }
        let changed = file.replace("Mina Holt", "Mina Holt-Ray");
        let over = import(&house, &may(ben), "contact", changed.as_bytes(), Policy::Update).await;
        assert_eq!((over.counts.updated, over.checked.matched[0].rows), (1, 1), "{engine}");
        let of_ann = all(&house, &may(ann), "contact").await;
        assert_eq!(of_ann[0]["name"], Value::Text("Mina Holt".to_owned()), "{engine}");
    }
}

/// Fails when: a role that may not write names imports records without one.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_write_names_imports_nobody() {
    for engine in engines() {
        let house = House::open(engine).await;
        let named = |text: &str| (ObjectName::parse("contact").unwrap(), FieldName::parse(text).unwrap());
        let (contact, name) = named("name");
        let charter = own(Charter::default()).rule(contact, name, FieldRule::ReadOnly);
        let ann = house.allowed(house.someone(), Rights::compiled(Vec::new(), [charter]));
        let id = stage(&house, &ann, "contact", b"Email\nmina@holt.example\n").await.unwrap();
        start(&house, &ann, id).await;
        let mut running = runner(&house, &ann, id, People::default()).await;
        let counts = tokio::task::spawn_blocking(move || {
            while running.step().unwrap().is_some() {}
            running.counts()
        });
        assert_eq!(counts.await.unwrap(), Counts { wrong: 1, ..Counts::default() }, "{engine}");
        assert!(all(&house, &ann, "contact").await.is_empty(), "{engine}");
    }
}

/// Fails when: a file gives a record that was made for a link to somebody in whose name its importer makes none.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_hands_nothing_to_others_in_passing() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, ben) = (house.someone(), house.someone());
        let cx = house.allowed(ann, Rights::compiled(Vec::new(), [own(Charter::default())]));
        import(&house, &cx, "contact", b"Name,Company\nMina Holt,Vega Group\n", Policy::Skip).await;
        let id = stage(&house, &cx, "company", b"Name,City,Owner\nVega Group,Lyon,ben@zq.example\n").await.unwrap();
        start(&house, &cx, id).await;
        let people = People::new([("ben@zq.example".to_owned(), ben)]);
        let mut running = runner(&house, &cx, id, people).await;
        let counts = tokio::task::spawn_blocking(move || {
            while running.step().unwrap().is_some() {}
            running.counts()
        });
        assert_eq!(counts.await.unwrap(), created(1), "{engine}: a company that was only a name is filled");
        let records = house.records.clone();
        let query = ListQuery { limit: 200, ..ListQuery::default() };
        let page = house.db.read(&cx, move |tx| records.list_records(tx, "company", &query)).await.unwrap();
        assert_eq!(page.rows.iter().map(|row| row.owner()).collect::<Vec<_>>(), [Some(ann)], "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_cut_off_goes_on_and_takes_nothing_twice() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let mut file = "name,email\n".to_owned();
        for n in 0..1_750 {
            file.push_str(&format!("Person {n},p{n}@example.org\n"));
        }
        let id = stage(&house, &ann, "contact", file.as_bytes()).await.unwrap();
        start(&house, &ann, id).await;
        let mut first = runner(&house, &ann, id, People::default()).await;
        let mut second = runner(&house, &ann, id, People::default()).await;
        let steps = tokio::task::spawn_blocking(move || {
            assert_eq!(first.step().unwrap(), Some(created(500)));
            // Another worker that began at the same place does nothing.
            assert!(second.step().is_err());
        });
        steps.await.unwrap();
        let mut third = runner(&house, &ann, id, People::default()).await;
        let counts = tokio::task::spawn_blocking(move || {
            while third.step().unwrap().is_some() {}
            third.counts()
        });
        assert_eq!(counts.await.unwrap(), created(1_750));
        assert_eq!(all(&house, &ann, "contact").await.len(), 1_750);
        let records = house.records.clone();
        let (run, _) = house.db.read(&ann, move |tx| records.read_import(tx, id)).await.unwrap();
        assert_eq!((run.state(), run.percent()), (State::Done, 100));
        assert_eq!(std::fs::read_dir(house.dir.path().join("uploads")).unwrap().count(), 0, "the file is gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deals_find_their_company_their_contact_and_their_owner() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        import(&house, &ann, "contact", b"name,email\nBo Chen,bo@example.org\n", Policy::Skip).await;
        let bob = house.person(Role::Manager).person().unwrap();
        let file = "opportunity_id,sales_agent,product,account,contact,deal_stage,close_date,close_value\n\
            1C,Bob Ray,GTX,Cancity,bo@example.org,Won,2017-03-01,\"1,054\"\n\
            2C,Nobody,GTX,cancity,Bo Chen,Engaging,,\n\
            3C,,GTX,Isdom,No Such Person,Won,31/12/2017,5\n";
        let id = stage(&house, &ann, "deal", file.as_bytes()).await.unwrap();
        start(&house, &ann, id).await;
        let mut running = runner(&house, &ann, id, People::new([("Bob Ray", bob)])).await;
        let counts = tokio::task::spawn_blocking(move || {
            while running.step().unwrap().is_some() {}
            running.counts()
        });
        assert_eq!(counts.await.unwrap(), Counts { created: 2, updated: 0, skipped: 0, wrong: 1 });
        let deals = all(&house, &ann, "deal").await;
        assert!(
            deals.iter().all(|deal| deal["company"] == deals[0]["company"] && deal["contact"] == deals[0]["contact"])
        );
        let won = deals.iter().find(|deal| deal["stage"] == Value::Choice("won".to_owned())).unwrap();
        assert_eq!(won["amount"].as_money().unwrap().minor, 105_400);
        assert_eq!(won["name"], Value::Text("Cancity · bo@example.org".to_owned()));
        assert_eq!(all(&house, &ann, "contact").await.len(), 1, "people are not made up");
        let records = house.records.clone();
        let problems = house.db.read(&ann, move |tx| records.import_problems(tx, id, 0, 10)).await.unwrap();
        assert_eq!((problems[0].row, problems[0].code.as_str()), (3, "link-not-found"));
        let records = house.records.clone();
        let object = records.object("deal").unwrap();
        let query =
            ListQuery::parse(&object, kernel::Currency::USD, [("f", format!("owner:is:{bob}").as_str())]).unwrap();
        let owned = house.db.read(&ann, move |tx| records.list_records(tx, "deal", &query)).await.unwrap();
        assert_eq!(owned.rows.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_import_leaves_no_file_behind() {
    let house = House::open("sqlite").await;
    for role in [Role::Agent, Role::Viewer, Role::Administrator] {
        let fault = stage(&house, &house.person(role), "contact", b"name\nAnn\n").await.unwrap_err();
        assert!(matches!(fault, RecordFault::Denied(_)));
    }
    let fault = stage(&house, &house.person(Role::Manager), "contact", b"PK\x03\x04....").await.unwrap_err();
    assert!(matches!(fault, RecordFault::Sniff(_)));
    assert_eq!(std::fs::read_dir(house.dir.path().join("uploads")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_file_and_its_plan_are_sealed() {
    let house = House::open("sqlite").await;
    let ann = house.person(Role::Manager);
    stage(&house, &ann, "contact", "name,email\nZebulon Quux,zeb@quux.example\n".as_bytes()).await.unwrap();
    for folder in [house.dir.path().to_owned(), house.dir.path().join("uploads")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let Ok(bytes) = std::fs::read(&path) else { continue };
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            assert!(!text.contains("quux") && !text.contains("zebulon"), "{}", path.display());
        }
    }
}

/// The files that some machines have beside the project.
fn shared() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let found = here.is_dir().then_some(here);
    if found.is_none() {
        println!("no shared data beside the project: its imports were not tried");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_pipeline_comes_in_whole() {
    let Some(data) = shared() else { return };
    let read = |name: &str| std::fs::read(data.join("crm").join(name)).unwrap();
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let companies = import(&house, &ann, "company", &read("maven/accounts.csv"), Policy::Skip).await;
        assert_eq!(companies.counts, created(85), "{:?}", companies.problems);
        assert_eq!(all(&house, &ann, "company").await.len(), 85);
        let deals = import(&house, &ann, "deal", &read("maven/sales_pipeline.csv"), Policy::Skip).await;
        assert_eq!(deals.counts, created(8_800), "{:?} {:?}", deals.problems, deals.checked);
        let records = house.records.clone();
        let lanes = house.db.read(&ann, move |tx| records.board(tx, "deal", &ListQuery::default())).await.unwrap();
        let counts: Vec<_> = lanes.iter().map(|lane| (lane.choice.as_str(), lane.count)).collect();
        assert_eq!(
            counts,
            [
                ("qualified", 500),
                ("discovery", 1589),
                ("proposal", 0),
                ("negotiation", 0),
                ("won", 4238),
                ("lost", 2473)
            ]
        );
        assert_eq!(lanes[4].sums[0].minor, 1_000_553_400);
        let linked = all(&house, &ann, "deal").await.iter().filter(|deal| deal.contains_key("company")).count();
        assert_eq!(linked, 8_800 - 1_425);
        assert_eq!(all(&house, &ann, "company").await.len(), 85, "no company twice");
        let people = import(&house, &ann, "contact", &read("datablist/customers-1000.csv"), Policy::Skip).await;
        assert_eq!(people.counts, created(1_000), "{:?}", people.problems);
        let contact = &all(&house, &ann, "contact").await[0];
        for field in ["name", "email", "phone", "mobile", "company", "city", "country", "website", "reference"] {
            assert!(contact.contains_key(field), "{field}: {contact:?}");
        }
        let _ = companies.id;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messy_files_come_in_as_far_as_they_are_right() {
    let Some(data) = shared() else { return };
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(data.join("crm/messy")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ext| ext != "json") && !path.ends_with("truth.csv"));
    files.sort();
    for path in files {
        let house = House::open("sqlite").await;
        let ann = house.person(Role::Manager);
        let done = import(&house, &ann, "contact", &std::fs::read(&path).unwrap(), Policy::Skip).await;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        println!(
            "{name}: {:?} check {:?} {:?}",
            done.counts,
            (done.checked.fresh, done.checked.repeated),
            done.problems.iter().take(6).collect::<Vec<_>>()
        );
        let taken = done.counts.created + done.counts.skipped;
        assert!(taken >= 150, "{name}");
    }
}
