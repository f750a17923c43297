//! Tokens that are kept to some rows: what lies outside is not there, by any door, and nothing goes in or out.

use std::time::Duration;

use authz::{FieldRule, Role};
use db::DbFault;
use kernel::{FieldName, ObjectName, UserId};
use records::import::Policy;
use records::object::FieldClass;
use records::record::Bulk;
use records::{Field, ListQuery, Objects, RecordFault, RecordRef};
use roles::share::With;
use serde_json::{Value, json};
use testkit::{Actor, App};
use tokens::{ASSISTANT, TokenForm};

use crate::support::http::{Answer, Client, site};
use crate::support::import::{plan, runner};
use crate::support::scene::{CANARY, absent};

testkit::on_both_engines! {
    what_lies_outside_of_a_tokens_rows_is_not_there => super::reading;
    a_page_of_several_reaches_holds_what_is_inside => super::branches;
    nothing_is_made_or_moved_outside_of_a_tokens_rows => super::writing;
    every_condition_is_asked_of_tables_and_of_rows_alike => super::alike;
    an_assistant_is_kept_to_the_rows_of_its_token => super::assistant;
    what_people_do_to_many_is_kept_to_rows_too => super::many;
    rows_that_cannot_be_asked_for_are_refused_or_let_nothing_through => super::refused;
}

const DAY: Duration = Duration::from_secs(86_400);

async fn made(app: &App, owner: &Actor, scopes: &[&str], rows: &[&str]) -> Result<String, Vec<&'static str>> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let scopes = (!scopes.is_empty()).then(|| words(scopes));
    let form = TokenForm { label: "Leads".to_owned(), lasts: DAY, scopes, rows: words(rows), ..TokenForm::default() };
    match app.tokens.create(&app.operator(), owner.id, form).await {
        Ok(made) => Ok(made.token.expose().clone()),
        Err(accounts::AccountFault::Invalid(wrongs)) => Err(wrongs.into_iter().map(|wrong| wrong.code).collect()),
        Err(other) => panic!("{other}"),
    }
}

const ALL: [&str; 8] = [
    "contact:read",
    "contact:create",
    "contact:update",
    "contact:delete",
    "deal:read",
    "deal:create",
    "deal:update",
    "note:read",
];

fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("{}", answer.text))
}

async fn get(its: &Client, method: &str, url: &str) -> Answer {
    its.send(method, url, "", Vec::new()).await
}

/// The definitions, with `stage` of contacts gone or sealed.
fn altered(app: &App, sealed: bool) -> Objects {
    let see = |field: &Field| match field.name.as_str() {
        "stage" => sealed.then(|| Field { class: FieldClass::Personal, ..field.clone() }),
        _ => Some(field.clone()),
    };
    let objects = app.records.objects();
    let all = objects
        .iter()
        .map(|object| if object.name.as_str() == "contact" { object.seen(see) } else { (**object).clone() });
    Objects::gather(all.collect(), objects.currency()).unwrap()
}

fn url(at: &RecordRef) -> String {
    format!("/api/v1/{}s/{}", at.object, at.id)
}

/// A contact inside and one outside, and a deal with each.
async fn pairs(of: &Actor) -> [RecordRef; 4] {
    let (inside, outside) = (format!("{CANARY} Inside"), format!("{CANARY} Outside"));
    let inside = [("name", inside.as_str()), ("stage", "lead"), ("email", "in@zq.example"), ("city", "Zqtown")];
    let outside = [("name", outside.as_str()), ("stage", "customer"), ("email", "out@zq.example"), ("city", "Zqtown")];
    let inside = of.create("contact", &inside).await.unwrap();
    let outside = of.create("contact", &outside).await.unwrap();
    let [a, b] = [&inside, &outside].map(|contact| contact.id.to_string());
    let near = [("name", "Near"), ("contact", a.as_str()), ("stage", "qualified"), ("amount", "10 EUR")];
    let far = [("name", "Far"), ("contact", b.as_str()), ("stage", "qualified"), ("amount", "20 EUR")];
    let (near, far) = (of.create("deal", &near).await.unwrap(), of.create("deal", &far).await.unwrap());
    [inside, outside, near, far]
}

/// Fails when: `db::spanned` forgets the rows of a scope, `decide_on` does not ask `within`, or a count is taken before both.
async fn reading(app: App) {
    let founder = app.founder().await;
    let [inside, outside, near, far] = pairs(&founder).await;
    let about = outside.id.to_string();
    founder.create("note", &[("text", "Zqnote"), ("contact", &about)]).await.unwrap();
    let token = made(&app, &founder, &ALL, &["contact:stage:is:lead", "deal:amount:less:15 EUR"]).await.unwrap();
    let its = Client::program(&site(&app), &token);
    let nobody = RecordRef { object: outside.object.clone(), id: absent() };
    for method in ["GET", "DELETE"] {
        let there = get(&its, method, &url(&outside)).await;
        let gone = get(&its, method, &url(&nobody)).await;
        assert_eq!((there.status, &there.text), (gone.status, &gone.text), "{method}");
        assert_eq!(there.status, 404, "{}", there.text);
    }
    let change = json!({"fields": {"city": "x"}});
    let there = its.json("PATCH", &url(&outside), &change).await;
    let gone = its.json("PATCH", &url(&nobody), &change).await;
    assert_eq!((there.status, &there.text), (404, &gone.text));
    assert_eq!(get(&its, "GET", &url(&inside)).await.status, 200);
    for query in [
        "",
        "?sort=-updated_at&limit=1",
        "?sort=stage",
        "?sort=source",
        "?f=stage:is:customer",
        "?f=city:is:Zqtown",
        "?f=email:is:out@zq.example",
        "?f=name:has:outside",
    ] {
        let answer = get(&its, "GET", &format!("/api/v1/contacts{query}")).await;
        assert!(answer.status == 200 && !answer.text.contains(&about), "{query}: {}", answer.text);
        // What stands behind the last row inside is not announced.
        assert!(json_of(&answer)["next"].is_null(), "{query}: {}", answer.text);
    }
    let listed = json_of(&get(&its, "GET", "/api/v1/contacts").await);
    assert!(listed.to_string().contains(&inside.id.to_string()), "{listed}");
    let searched = its.json("POST", "/api/v1/contacts/search", &json!({"filters": ["name:has:outside"]})).await;
    assert!(searched.status == 200 && !searched.text.contains(&about), "{}", searched.text);
    let deals = get(&its, "GET", "/api/v1/deals").await;
    assert!(deals.text.contains(&near.id.to_string()) && !deals.text.contains(&far.id.to_string()), "{}", deals.text);

    // The use cases behind pages: counts, sums, boards, suggestions, titles, what is alike, what is related.
    let cx = app.program(&token).await;
    let (records, far_at, in_at, out_id) = (app.records.clone(), outside.clone(), inside.clone(), about.clone());
    let looking = app.db.read(&cx, move |tx| -> Result<(), RecordFault> {
        let all = ListQuery::default();
        assert_eq!(records.count_records(tx, "contact", &all)?.counted, 1);
        assert_eq!(records.count_records(tx, "deal", &all)?.counted, 1);
        let totals = records.totals(tx, "deal", &all)?;
        let sums: Vec<i64> = totals.iter().flat_map(|total| total.sums.iter().map(|sum| sum.minor)).collect();
        assert_eq!((totals.iter().map(|total| total.count).sum::<u64>(), sums), (1, vec![1000]));
        let lanes = records.board(tx, "contact", &all)?;
        assert_eq!(lanes.iter().map(|lane| lane.count).sum::<u64>(), 1);
        assert_eq!(records.search(tx, CANARY, &[], 20)?.len(), 1);
        assert_eq!(records.search(tx, "out@zq.example", &[], 20)?.len(), 0);
        assert!(!records.may_read(tx, &far_at)? && records.may_read(tx, &in_at)?);
        assert!(records.titles_of(tx, [far_at.clone()])?.is_empty());
        assert!(records.reveal_field(tx, &far_at, "national_id", "why").is_err());
        let related = records.related(tx, &far_at, 5)?;
        assert_eq!(related.iter().map(|one| one.page.rows.len()).sum::<usize>(), 1, "the note, which is not narrowed");
        let values = [(kernel::FieldName::parse("email").unwrap(), records::Value::Text("out@zq.example".to_owned()))];
        let own = duplicates::Duplicates::new(records.clone());
        assert!(own.alike(tx, "contact", (&values.into_iter().collect(), ""), None)?.is_empty());
        let record = records.read_record(tx, &in_at)?;
        let beside = records.beside(tx, &record, &all)?;
        assert_eq!((beside.before, beside.behind), (None, None), "{out_id}");
        Ok(())
    });
    looking.await.unwrap();
    app.finish(&[CANARY]).await;
}

/// Fails when: a page is cut off in one branch of a scope before its rows are asked for.
async fn branches(app: App) {
    let founder = app.founder().await;
    let agent = app.person("Ona Agent", Role::Agent).await;
    let own = agent.create("contact", &[("name", CANARY), ("stage", "lead")]).await.unwrap();
    let lent = founder.create("contact", &[("name", CANARY), ("stage", "lead")]).await.unwrap();
    let (at, with, until) = (lent.clone(), With::Person(agent.id), app.db.now().plus(DAY));
    founder.write(move |records, tx| records.share(tx, &at, with, false, until)).await.unwrap();
    app.clock.advance(Duration::from_secs(60));
    for _ in 0..3 {
        agent.create("contact", &[("name", CANARY), ("stage", "customer")]).await.unwrap();
    }
    app.accounts.forget_everybody();
    let token = made(&app, &agent, &["contact:read"], &["contact:stage:is:lead"]).await.unwrap();
    let answer = get(&Client::program(&site(&app), &token), "GET", "/api/v1/contacts?limit=2&sort=-updated_at").await;
    assert_eq!(json_of(&answer)["data"].as_array().unwrap().len(), 2, "{}", answer.text);
    for at in [own, lent] {
        assert!(answer.text.contains(&at.id.to_string()), "{}", answer.text);
    }
    app.finish(&[CANARY]).await;
}

/// Fails when: `WriteTx::insert`, `insert_all` or `update` does not ask `stays`.
async fn writing(app: App) {
    let founder = app.founder().await;
    let [inside, outside, ..] = pairs(&founder).await;
    let rows = ["contact:stage:is:lead", "contact:owner:is:me"];
    let token = made(&app, &founder, &ALL, &rows).await.unwrap();
    let its = Client::program(&site(&app), &token);
    let code = |answer: &Answer| (answer.status, json_of(answer)["code"].clone());
    let named = |stage: &str| json!({"fields": {"name": "Zqnew", "stage": stage}});
    assert_eq!(code(&its.json("POST", "/api/v1/contacts", &named("customer")).await), (403, json!("outside-rows")));
    assert_eq!(its.json("POST", "/api/v1/contacts", &named("lead")).await.status, 201);
    // Out of its rows, and into them: the first is refused, the second is not there to be moved.
    let moved = |stage: &str| json!({"fields": {"stage": stage}});
    assert_eq!(code(&its.json("PATCH", &url(&inside), &moved("customer")).await), (403, json!("outside-rows")));
    assert_eq!(its.json("PATCH", &url(&outside), &moved("lead")).await.status, 404);
    assert_eq!(founder.record(&inside).await.unwrap().current_version(), 1);
    let kept = its.json("PATCH", &url(&inside), &json!({"fields": {"city": "Bonn"}})).await;
    assert_eq!(kept.status, 200, "{}", kept.text);
    // A link leads to what is there only.
    let to = |at: &RecordRef| json!({"fields": {"name": "Zqlink", "contact": at.id.to_string()}});
    let nobody = RecordRef { object: outside.object.clone(), id: absent() };
    let (there, gone) =
        (its.json("POST", "/api/v1/deals", &to(&outside)).await, its.json("POST", "/api/v1/deals", &to(&nobody)).await);
    assert_eq!((there.status, &there.text), (422, &gone.text), "{}", there.text);
    assert_eq!(its.json("POST", "/api/v1/deals", &to(&inside)).await.status, 201);
    assert_eq!(get(&its, "DELETE", &url(&inside)).await.status, 204);
    app.finish(&[CANARY]).await;
}

/// Fails when: `db::condition` and `Condition::holds` part ways: a row in a list that cannot be opened is an error of the machine.
async fn alike(app: App) {
    let founder = app.founder().await;
    let company = founder.create("company", &[("name", "Zqworks")]).await.unwrap().id.to_string();
    let at = company.as_str();
    for (name, values) in [
        ("one", &[("amount", "10 EUR"), ("close_date", "2026-11-30"), ("source", "Fair"), ("company", at)][..]),
        ("two", &[("amount", "10 CHF"), ("close_date", "2026-12-31"), ("source", "fair")]),
        ("six", &[("stage", "won")]),
    ] {
        let values: Vec<(&str, &str)> = values.iter().copied().chain([("name", name)]).collect();
        founder.create("deal", &values).await.unwrap();
    }
    let me = format!("owner:is:{}", founder.id);
    let by_company = format!("company:is:{at}");
    for (row, many) in [
        ("amount:is:10 EUR", 1),
        ("amount:not:10 EUR", 2),
        ("amount:more:9 EUR", 1),
        ("amount:less:11 CHF", 1),
        ("amount:empty", 1),
        ("amount:filled", 2),
        ("amount:any:10 EUR,10 CHF", 2),
        ("close_date:before:2026-12-31", 1),
        ("close_date:after:2026-11-29", 2),
        ("close_date:is:2026-11-30", 1),
        ("source:is:Fair", 1),
        ("source:not:Fair", 2),
        ("stage:any:won,lost", 1),
        ("owner:is:me", 3),
        ("owner:not:me", 0),
        (me.as_str(), 3),
        (by_company.as_str(), 1),
        ("company:empty", 2),
        ("created_at:after:2026-01-01", 3),
        ("created_at:before:2026-01-01", 0),
    ] {
        let token = made(&app, &founder, &["deal:read"], &[&format!("deal:{row}")]).await.unwrap();
        let answer = get(&Client::program(&site(&app), &token), "GET", "/api/v1/deals").await;
        assert_eq!(answer.status, 200, "{row}: {}", answer.text);
        assert_eq!(json_of(&answer)["data"].as_array().unwrap().len(), many, "{row}: {}", answer.text);
        // Each of all rows by itself: there or not, as the list has it.
        let (cx, records) = (app.program(&token).await, app.records.clone());
        let all = founder.read(|records, tx| {
            Ok(records
                .list_records(tx, "deal", &ListQuery::default())?
                .rows
                .iter()
                .map(|row| row.at())
                .collect::<Vec<_>>())
        });
        let all = all.await.unwrap();
        let open = app.db.read(&cx, move |tx| -> Result<usize, RecordFault> {
            Ok(all.iter().filter(|at| records.read_record(tx, at).is_ok()).count())
        });
        assert_eq!(open.await.unwrap(), many, "{row}");
    }
    app.finish(&[]).await;
}

/// Fails when: a tool of the door for assistants asks for rows by another way.
async fn assistant(app: App) {
    let founder = app.founder().await;
    let [inside, outside, ..] = pairs(&founder).await;
    let token = made(&app, &founder, &[ASSISTANT], &["contact:stage:is:lead"]).await.unwrap();
    let its = Client::program(&site(&app), &token).with("mcp-protocol-version", "2025-11-25");
    let call = async |name: &str, arguments: Value| {
        let params = json!({"name": name, "arguments": arguments});
        let asked = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
        json_of(&its.json("POST", "/mcp", &asked).await)["result"].clone()
    };
    for (tool, arguments) in [
        ("search", json!({"query": CANARY})),
        ("list_records", json!({"object": "contact"})),
        ("get_record", json!({"object": "contact", "id": outside.id.to_string()})),
        ("get_timeline", json!({"object": "contact", "id": outside.id.to_string()})),
    ] {
        let shown = call(tool, arguments).await.to_string();
        assert!(!shown.contains("Outside") && !shown.contains("out@zq"), "{tool}: {shown}");
    }
    let count = call("count_records", json!({"object": "contact"})).await;
    assert_eq!(count["structuredContent"]["data"]["counted"], 1, "{count}");
    let record = call("get_record", json!({"object": "contact", "id": inside.id.to_string()})).await;
    assert!(record.to_string().contains("Inside"), "{record}");
    app.finish(&[CANARY]).await;
}

/// Fails when: bulk acts, their undoing, imports or exports go past the rows.
async fn many(app: App) {
    let founder = app.founder().await;
    let [inside, outside, ..] = pairs(&founder).await;
    let kept = founder.kept_to(&app, "contact", &["stage:is:lead"]);
    let contact = ObjectName::parse("contact").unwrap();
    let ids = [inside.id, outside.id];
    let (object, all) = (contact.clone(), ids);
    let done = kept.write(move |records, tx| records.bulk(tx, &object, &all, Bulk::Delete)).await.unwrap();
    assert_eq!((done.done, done.refused), (vec![inside.id], 1));
    let (object, all) = (contact.clone(), ids);
    let done = kept.write(move |records, tx| records.bulk(tx, &object, &all, Bulk::Restore)).await.unwrap();
    assert_eq!((done.done, done.refused), (vec![inside.id], 1));
    // A row of a file that would lie outside is not made; a name that is there but outside is nobody.
    let id = plan(&app, &kept, "contact", b"name,stage\nZqfresh,customer\n").await.unwrap();
    let mapping = kept.read(move |records, tx| Ok(records.read_import(tx, id)?.1.mapping)).await.unwrap();
    kept.write(move |records, tx| records.map_import(tx, id, mapping, (Policy::Skip, true))).await.unwrap();
    let mut checking = runner(&app, &kept, id).await.unwrap();
    tokio::task::spawn_blocking(move || checking.check(u64::MAX)).await.unwrap().unwrap();
    let job = kept.write(move |records, tx| records.start_import(tx, id)).await.unwrap();
    let mut running = runner(&app, &kept, id).await.unwrap();
    let refused = tokio::task::spawn_blocking(move || running.step().map(|_| ())).await.unwrap();
    kept.write(move |_, tx| Ok(db::queue::finish(tx, job)?)).await.unwrap();
    let (object, all) = (contact.clone(), ListQuery::default());
    let count = founder.read(move |records, tx| Ok(records.count_records(tx, object.as_str(), &all)?.counted));
    assert_eq!(count.await.unwrap(), 2);
    assert!(matches!(refused, Err(RecordFault::Db(DbFault::Outside))));
    let exports = exports::Exports::new(app.accounts.clone(), app.records.clone());
    let preview = exports.preview(&kept.cx, "contact", Vec::new()).await.unwrap();
    assert_eq!(preview.total, Some(1));
    let other = app.person("Ona Other", Role::Agent).await;
    let mine = founder.kept_to(&app, "contact", &["owner:is:me"]);
    let given: UserId = other.id;
    let moved = mine.write(move |records, tx| records.bulk(tx, &contact, &ids, Bulk::Assign(given))).await;
    assert!(matches!(moved, Err(RecordFault::Db(DbFault::Outside))));
    app.finish(&[CANARY]).await;
}

/// Fails when: a condition that cannot be asked is left out, when the token is made or later.
async fn refused(app: App) {
    let founder = app.founder().await;
    pairs(&founder).await;
    for wrong in [
        "contact:email:is:in@zq.example",
        "contact:name:has:inside",
        "contact:city:is:Zqtown",
        "contact:updated_at:after:2026-01-01",
        "contact:nonesuch:is:x",
        "contact:stage:is:nonesuch",
        "contact:stage",
        "contact",
        "nonesuch:stage:is:lead",
        "user:name:is:x",
        "deal:amount:more:many",
    ] {
        let made = made(&app, &founder, &ALL, &["contact:stage:is:lead", wrong]).await;
        assert_eq!(made.unwrap_err(), ["not-a-token-row"], "{wrong}");
    }
    assert_eq!(made(&app, &founder, &[], &["contact:stage:is:lead"]).await.unwrap_err(), ["rows-of-everything"]);

    // Definitions that no longer have the field, or seal it, or that nobody told of.
    let token = made(&app, &founder, &ALL, &["contact:stage:is:lead"]).await.unwrap();
    for sealed in [None, Some(true), Some(false)] {
        let tokens = tokens::Tokens::new(app.accounts.clone());
        let tokens = match sealed {
            None => tokens,
            Some(sealed) => tokens.knowing(&altered(&app, sealed)),
        };
        let presented = tokens::Presented::Bearer(&token);
        let origin = ledger::Origin::via(ledger::Via::Api);
        let cx = tokens.authenticate(presented, origin, app.request(), kernel::Lang::En).await.unwrap();
        let records = app.records.clone();
        let count = app.db.read(&cx, move |tx| records.count_records(tx, "contact", &ListQuery::default()));
        assert_eq!(count.await.unwrap().counted, 0, "{sealed:?}");
        let records = app.records.clone();
        let deals = app.db.read(&cx, move |tx| records.count_records(tx, "deal", &ListQuery::default()));
        assert_eq!(deals.await.unwrap().counted, 2, "{sealed:?}");
    }

    // What the owner does not see, no token of theirs tells by the rows it finds.
    let agent = app.person("Ona Agent", Role::Agent).await;
    agent.create("contact", &[("name", CANARY), ("stage", "lead")]).await.unwrap();
    let (scopes, rows) = (["contact:read"], ["contact:stage:is:lead"]);
    let before = made(&app, &agent, &scopes, &rows).await.unwrap();
    let seen = async |token: &str| {
        let answer = get(&Client::program(&site(&app), token), "GET", "/api/v1/contacts").await;
        json_of(&answer)["data"].as_array().unwrap().len()
    };
    assert_eq!(seen(&before).await, 1);
    let (contact, stage) = (ObjectName::parse("contact").unwrap(), FieldName::parse("stage").unwrap());
    let charter = Role::Agent.charter().rule(contact, stage, FieldRule::Masked);
    let records = app.records.clone();
    let saving = app.db.write(&founder.cx, move |tx| roles::save(tx, records.objects(), Role::Agent, "", &charter));
    saving.await.unwrap();
    app.accounts.forget_everybody();
    assert_eq!(made(&app, &agent, &scopes, &rows).await.unwrap_err(), ["not-a-token-row"]);
    assert_eq!(seen(&before).await, 0);
    app.finish(&[CANARY]).await;
}
