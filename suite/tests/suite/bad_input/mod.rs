//! Whatever people type, anywhere: taken and given back as it was, or refused by the name of the field. Never a fault of
//! the program.

mod nasty;

use std::collections::BTreeMap;

use kernel::{Class, Fault as _, RecordId, Uuid, text};
use records::object::{Field, Kind, Object};
use records::value::parse_text;
use records::{Change, ListQuery, RecordFault, RecordRef, Value};
use testkit::App;

use self::nasty::{nasty, naughty};
use crate::support::http::{Client, site};
use crate::support::import;
use crate::support::reading::allow_all;

testkit::on_both_engines! {
    any_text_in_any_field_is_kept_or_refused_by_name => super::fields;
    any_text_asks_any_list_and_search => super::questions;
    any_text_comes_in_as_a_file => super::files;
    any_text_is_sent_to_any_page => super::pages;
    a_forged_cursor_is_refused_or_harmless => super::cursors;
    versions_and_ids_of_others_are_refused => super::others;
}

/// What an accepted text comes back as: in NFC, without the white space around it, line breaks as one sign; on one line
/// where the field has one.
fn expected(field: &Field, typed: &str) -> String {
    let clean = text::clean(typed, usize::MAX).unwrap();
    match field.kind {
        Kind::Text | Kind::PersonName if clean.contains(['\n', '\t']) => {
            clean.split_whitespace().collect::<Vec<_>>().join(" ")
        }
        _ => clean,
    }
}

/// Fields that people write.
fn writable(object: &Object) -> Vec<Field> {
    object.fields.iter().filter(|field| field.stamps.is_none()).cloned().collect()
}

/// A change that puts one text into all fields that take it, and says which these are.
fn into_all(object: &Object, currency: kernel::Currency, typed: &str) -> (Vec<(String, String)>, Vec<String>) {
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for field in writable(object) {
        let name = field.name.to_string();
        match parse_text(&field, typed, currency) {
            // A link is text that is an id; there is no record of it, which is another test's.
            Ok(Some(Value::Link(_))) => {}
            Ok(None) if field.required => refused.push(name),
            Ok(_) => taken.push((name, typed.to_owned())),
            Err(_) => refused.push(name),
        }
    }
    // What must be there is there.
    for field in object.fields.iter().filter(|field| field.required && field.default.is_none()) {
        if !taken.iter().any(|(name, _)| field.name.as_str() == name) {
            taken.push((field.name.to_string(), "x".to_owned()));
        }
    }
    (taken, refused)
}

/// What a text did to an object: written, given back, refused.
fn write_all(
    records: &records::Records,
    tx: &mut db::WriteTx<'_>,
    object: &Object,
    texts: &[String],
) -> Result<(), RecordFault> {
    let currency = records.objects().currency();
    let name = object.name.as_str();
    let base = into_all(object, currency, "x").0;
    let standing = records.create_record(tx, name, Change::from_form(base.into_iter().filter(|(_, v)| v == "x")))?.at();
    for typed in texts {
        let (taken, refused) = into_all(object, currency, typed);
        let made = records
            .create_record(tx, name, Change::from_form(taken.clone()))
            .unwrap_or_else(|fault| panic!("{name} {typed:?} {taken:?}: {fault:?}"));
        let at = made.at();
        check(object, &made, typed, &taken);
        check(object, &*records.read_record(tx, &at)?, typed, &taken);
        let changed = records
            .update_record(tx, &standing, None, Change::from_form(taken.clone()))
            .unwrap_or_else(|fault| panic!("{name} {typed:?}: {fault:?}"));
        check(object, &changed, typed, &taken);
        for field in refused {
            let change = Change::from_form([(field.clone(), typed.clone())]);
            for refusal in [
                records.update_record(tx, &standing, None, change.clone()).map(|_| ()),
                records.create_record(tx, name, change).map(|_| ()),
            ] {
                let Err(RecordFault::Invalid(faults)) = refusal else {
                    panic!("{name}.{field} {typed:?}: {refusal:?}")
                };
                assert!(faults.iter().any(|fault| fault.field == field), "{name}.{field} {typed:?}: {faults:?}");
            }
        }
    }
    Ok(())
}

fn check(object: &Object, record: &records::Record, typed: &str, taken: &[(String, String)]) {
    for (name, given) in taken.iter().filter(|(_, given)| given == typed) {
        let field = object.field(name).unwrap();
        let wanted = expected(field, given);
        match record.value(name) {
            Some(Value::Text(kept)) => assert_eq!(*kept, wanted, "{}.{name} {given:?}", object.name),
            Some(_) => {}
            None => assert!(
                wanted.is_empty() || field.is_masked() || field.kind == Kind::Tags,
                "{}.{name} lost {given:?}",
                object.name
            ),
        }
    }
}

/// Fails when: a value is cut, altered or lost on its way, or something reaches the engine that it does not take (a NUL on
/// PostgreSQL, a number beyond 64 bits).
async fn fields(app: App) {
    let founder = app.founder().await;
    allow_all(&app, &founder).await;
    let texts: Vec<String> = nasty().into_iter().chain(naughty()).collect();
    for object in app.records.objects().iter() {
        for some in texts.chunks(100) {
            let (object, some) = (object.clone(), some.to_vec());
            founder.write(move |records, tx| write_all(records, tx, &object, &some)).await.unwrap();
        }
    }
    app.finish(&[]).await;
}

/// Fails when: a filter, a sort or a search passes something on that was not parsed.
async fn questions(app: App) {
    let founder = app.founder().await;
    for object in ["contact", "deal"] {
        founder.create(object, &[("name", "Ann Lee")]).await.unwrap();
    }
    let texts = nasty();
    for object in app.records.objects().iter() {
        for some in texts.chunks(40) {
            let (object, some) = (object.clone(), some.to_vec());
            let asked = founder.read(move |records, tx| {
                for typed in &some {
                    ask(records, tx, &object, typed)?;
                }
                Ok(())
            });
            asked.await.unwrap();
        }
    }
    let all: Vec<String> = texts.into_iter().chain(naughty()).collect();
    founder
        .read(move |records, tx| {
            for typed in &all {
                records.search(tx, typed, &[], 10)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    app.finish(&[]).await;
}

/// Asks every column of an object about a text.
fn ask(records: &records::Records, tx: &db::ReadTx<'_>, object: &Object, typed: &str) -> Result<(), RecordFault> {
    let (currency, name) = (records.objects().currency(), object.name.as_str());
    let mut queries = vec![
        ("sort", typed.to_owned()),
        ("limit", typed.to_owned()),
        ("after", typed.to_owned()),
        ("bin", typed.to_owned()),
        ("f", typed.to_owned()),
    ];
    let columns = object
        .fields
        .iter()
        .map(|field| field.name.to_string())
        .chain(["owner", "created_at", "updated_at", "id", "version", "sealed"].map(str::to_owned));
    for column in columns {
        for op in ["is", "not", "any", "has", "before", "more"] {
            queries.push(("f", format!("{column}:{op}:{typed}")));
        }
    }
    for (parameter, text) in queries {
        let Ok(query) = ListQuery::parse(object, currency, [(parameter, text.as_str())]) else { continue };
        records.list_records(tx, name, &query).unwrap_or_else(|fault| panic!("{name} {parameter}={text:?}: {fault:?}"));
        records
            .count_records(tx, name, &query)
            .unwrap_or_else(|fault| panic!("{name} {parameter}={text:?}: {fault:?}"));
    }
    Ok(())
}

/// Fails when: a cell of a file reaches the engine unparsed, or a row that is refused takes others with it.
async fn files(app: App) {
    let founder = app.founder().await;
    let texts: Vec<String> = nasty().into_iter().chain(naughty()).filter(|text| text.len() < 20_000).collect();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    for object in ["contact", "company", "deal", "task", "note"] {
        let fields = writable(&app.records.object(object).unwrap());
        let title = app.records.object(object).unwrap().title.to_string();
        let mut file = fields.iter().map(|field| field.name.to_string()).collect::<Vec<_>>().join(",");
        // One row for each text in columns of words, and one in all others, which refuse most of them.
        let words = |field: &Field| matches!(field.kind, Kind::Text | Kind::LongText | Kind::PersonName | Kind::Tags);
        let mut rows = 0;
        for text in &texts {
            for in_words in [true, false] {
                let cell = |field: &Field| {
                    let here =
                        words(field) == in_words && field.kind != Kind::Link && (text.len() < 15 || field.max > 100);
                    if here {
                        quoted(text)
                    } else if field.name.as_str() == title {
                        quoted(&format!("Row {rows}"))
                    } else {
                        String::new()
                    }
                };
                file.push('\n');
                file.push_str(&fields.iter().map(cell).collect::<Vec<_>>().join(","));
                rows += 1;
            }
        }
        file.push('\n');
        let done = import::import(&app, &founder, object, file.as_bytes())
            .await
            .unwrap_or_else(|fault| panic!("{object}: {fault:?}"));
        let counts = done.counts;
        assert_eq!(
            counts.created + counts.updated + counts.skipped + counts.wrong,
            done.checked.rows,
            "{object}: {counts:?}"
        );
        assert!(counts.created >= texts.len() as u64 * 4 / 5, "{object}: {counts:?}");
        let named: std::collections::BTreeSet<u64> = done.problems.iter().map(|problem| problem.row).collect();
        assert_eq!(named.len() as u64, counts.wrong, "{object}: every wrong row is named");
        assert!(done.problems.iter().all(|problem| !problem.code.is_empty()));
    }
    app.finish(&[]).await;
}

/// Fails when: a handler trusts a form, a query or a header.
async fn pages(app: App) {
    let founder = app.founder().await;
    let site = site(&app);
    let (browser, program) = (Client::of(&site, &founder), Client::program(&site, &app.token(&founder).await));
    let contact = founder.create("contact", &[("name", "Ann Lee")]).await.unwrap().id;
    let some: Vec<String> = nasty().into_iter().filter(|text| text.len() < 6_000).collect();
    for (n, typed) in some.iter().enumerate() {
        let spelled = httpkit::segment_url(typed);
        let gets = [
            format!("/search?q={spelled}"),
            format!("/contacts?f={spelled}&as=list"),
            format!("/contacts?as=list&did={spelled}&at={spelled}&ids={spelled}&n={spelled}"),
            format!("/contacts?as=list&field={spelled}&op=is&value={spelled}"),
            format!("/contacts/new?name={spelled}&company={spelled}"),
            format!("/contacts/{spelled}"),
            format!("/{spelled}"),
            format!("/contacts/{contact}?tab={spelled}&before={spelled}"),
            format!("/ledger?before={spelled}"),
            format!("/import?object={spelled}"),
            format!("/sign-in?next={spelled}&lang={spelled}"),
            format!("/join/{spelled}"),
            format!("/setup/{spelled}"),
            format!("/enter/{spelled}"),
            format!("/a/{spelled}/{spelled}"),
            format!("/contacts?sort={spelled}&as=list"),
            format!("/contacts?after={spelled}&as=list"),
            format!("/import/{spelled}"),
        ];
        for url in gets {
            told(&format!("GET {url}"), &browser.get(&url).await, typed);
        }
        let form = [
            ("name", typed.as_str()),
            ("email", typed),
            ("city", typed),
            ("stage", typed),
            ("company", typed),
            ("version", typed),
            ("act", typed),
            ("id", typed),
            ("request", typed),
            ("ids", typed),
            ("roles", typed),
            ("lang", typed),
            ("theme", typed),
            ("text", typed),
            ("kind", typed),
            ("to", typed),
            ("map", typed),
            ("next", typed),
            ("password", typed),
            ("anyway", typed),
        ];
        for url in [
            "/contacts".to_owned(),
            format!("/contacts/{contact}"),
            "/contacts/bulk".to_owned(),
            "/contacts/undo".to_owned(),
            format!("/contacts/{contact}/move"),
            format!("/contacts/{contact}/note"),
            format!("/contacts/{contact}/reveal/{spelled}"),
            "/settings/people".to_owned(),
            "/preferences".to_owned(),
            format!("/import/{contact}/columns"),
            "/join/spent".to_owned(),
        ] {
            told(&format!("POST {url}"), &browser.post(&url, &form).await, typed);
        }
        // A form that signs in counts its tries; a few are enough.
        if n % 16 == 0 {
            told(
                "sign-in",
                &Client::nobody(&site).with("sec-fetch-site", "same-origin").post("/sign-in", &form).await,
                typed,
            );
            app.clock.advance(std::time::Duration::from_secs(60));
        }
        let json = serde_json::json!({ "fields": { "name": typed, "email": typed, "tags": [typed], "national_id": typed, typed.as_str(): typed } });
        told("API", &program.json("POST", "/api/v1/contacts", &json).await, typed);
        told("API", &program.json("PATCH", &format!("/api/v1/contacts/{contact}"), &json).await, typed);
        for url in [
            format!("/api/v1/{spelled}"),
            format!("/api/v1/contacts/{spelled}"),
            format!("/api/v1/contacts?f={spelled}"),
            format!("/api/v1/contacts?{spelled}=1"),
        ] {
            told(&url, &program.get(&url).await, typed);
        }
    }
    app.finish(&[]).await;
}

/// An answer is no fault of the program, and holds no markup that somebody typed.
fn told(what: &str, answer: &crate::support::http::Answer, typed: &str) {
    assert!(answer.status < 500, "{what} {typed:?}: {answer:?}");
    let html = answer.header("content-type").starts_with("text/html");
    for live in ["<script>alert(1)", "<img src=x", "href=\"javascript:"] {
        assert!(!html || !answer.text.contains(live), "{what} {typed:?} came back alive");
    }
}

/// Fails when: the key of a cursor reaches the engine as it is. (PostgreSQL takes no NUL in a text.)
async fn cursors(app: App) {
    let founder = app.founder().await;
    for source in ["Fair", "Web", ""] {
        founder.create("contact", &[("name", "Ann"), ("source", source)]).await.unwrap();
    }
    let browser = Client::of(&site(&app), &founder);
    let program = Client::program(&site(&app), &app.token(&founder).await);
    for sort in ["source", "-source", "stage", "created_at", "-updated_at"] {
        for key in [
            (0, &b""[..]),
            (1, &i64::MIN.to_be_bytes()),
            (1, &i64::MAX.to_be_bytes()),
            (1, b"short"),
            (2, b"a\0b"),
            (2, b"\xff"),
            (2, "\u{10ffff}".as_bytes()),
            (2, &[b'x'; 4_000]),
            (3, b""),
        ] {
            for id in [Uuid::nil(), Uuid::max()] {
                let name = sort.as_bytes();
                let bytes = [id.as_bytes(), &[key.0, u8::try_from(name.len()).unwrap()][..], name, key.1].concat();
                let cursor = crypto::base64url(&bytes);
                let page = browser.get(&format!("/contacts?as=list&sort={sort}&after={cursor}")).await;
                let api = program.get(&format!("/api/v1/contacts?sort={sort}&after={cursor}")).await;
                for answer in [page, api] {
                    assert!(matches!(answer.status, 200 | 422), "{sort} {key:?}: {} {}", answer.status, answer.text);
                }
            }
        }
    }
    app.finish(&[]).await;
}

/// Fails when: an id or a version is taken from the request without being compared.
async fn others(app: App) {
    let founder = app.founder().await;
    let at = founder.create("contact", &[("name", "Ann Lee")]).await.unwrap();
    let deal = founder.create("deal", &[("name", "Deal")]).await.unwrap();
    let browser = Client::of(&site(&app), &founder);
    for version in ["0", "2", "-1", "9223372036854775807"] {
        let answer = browser.post(&format!("/contacts/{}", at.id), &[("version", version), ("city", "Oslo")]).await;
        assert_eq!(answer.status, 409, "{version}: {answer:?}");
    }
    let other = |object: &str, id| RecordRef { object: kernel::ObjectName::parse(object).unwrap(), id };
    for wrong in [
        other("deal", at.id),
        other("contact", deal.id),
        other("company", at.id),
        other("user", RecordId::from_uuid(founder.id.uuid())),
        other("ledger", at.id),
        other("nothing", at.id),
    ] {
        let fault = founder.update(&wrong, None, &[("city", "Oslo")]).await.unwrap_err();
        assert_eq!((fault.class(), fault.code()), (Class::NotFound, "not-found"), "{wrong:?}");
        assert!(founder.record(&wrong).await.is_err(), "{wrong:?}");
    }
    for (field, id) in [("company", at.id), ("company", RecordId::from_uuid(Uuid::nil())), ("company", deal.id)] {
        let fault = founder.update(&at, None, &[(field, &id.to_string())]).await.unwrap_err();
        assert!(matches!(fault, RecordFault::Invalid(_)), "{fault:?}");
    }
    // What every record has is not written by naming it.
    for name in [
        "id",
        "version",
        "owner_id",
        "owner",
        "subject_id",
        "sealed",
        "sealed_sensitive",
        "created_at",
        "deleted_at",
        "team_id",
        "unknown",
    ] {
        let fault = founder.update(&at, None, &[(name, "x")]).await.unwrap_err();
        let RecordFault::Invalid(faults) = fault else { panic!("{name}: {fault:?}") };
        assert_eq!(
            faults.iter().map(|f| (f.field.as_str(), f.why.code())).collect::<Vec<_>>(),
            [(name, "unknown-field")]
        );
    }
    let seen: BTreeMap<_, _> =
        founder.record(&at).await.unwrap().values().iter().map(|(f, v)| (f.to_string(), v.clone())).collect();
    assert_eq!(seen.keys().map(String::as_str).collect::<Vec<_>>(), ["name", "stage"]);
    app.finish(&[]).await;
}
