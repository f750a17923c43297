//! Whoever has the database changes what lies there: nothing of it goes out, and it is told of.

use attachments::{AttachmentFault, AttachmentId, Wanted};
use records::RecordRef;
use testkit::{Actor, App};

use super::{PNG, attach, attachments, fetched, listed, pdf};
use crate::support::ledger::acts;
use crate::support::raw::Raw;
use crate::support::scene::CANARY;

testkit::on_both_engines! {
    a_file_that_was_altered_is_refused => super::altered;
    a_row_of_a_file_that_was_altered_swapped_or_put_back_is_refused => super::replaced;
    what_breaks_off_leaves_nothing => super::broken;
}

/// How many files and parts there are.
pub(super) async fn rows(app: &App) -> (i64, i64) {
    let raw = Raw::data(app).await;
    let count = |table: &str| format!("select count(*) from {table}");
    (raw.number(&count("attachment")).await, raw.number(&count("attachment_part")).await)
}

/// Waits until a count is so much: for what another thread does.
pub(super) async fn until(app: &App, sql: &str, wanted: i64) {
    for _ in 0..1000 {
        if Raw::data(app).await.number(sql).await == wanted {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{sql} is not {wanted}");
}

/// Puts a copy of somebody's file among those of somebody else, as if it had been sealed for them.
pub(super) async fn smuggle(app: &App, from: &RecordRef, to: &RecordRef) {
    let raw = Raw::data(app).await;
    let (id, record) = (kernel::Uuid::from_u128(77), raw.id(to.id.uuid()));
    let subjects = format!(
        "select subject_id from erasure where record_id = {record} union select subject_id from attachment where 1 = 0"
    );
    raw.run(&format!(
        "insert into attachment (id, object, record_id, subject_id, user_id, state, size, parts, sealed, created_at) \
         select {}, object, {}, ({subjects}), user_id, state, size, parts, sealed, created_at from attachment \
         where record_id = {}",
        raw.id(id),
        raw.id(kernel::Uuid::from_u128(78)),
        raw.id(from.id.uuid())
    ))
    .await;
}

/// Fails when: the place is not bound to the record or the file, a part more or less is not seen, or a file is sent before it was
/// looked through.
async fn altered(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let (at, other) = (
        max.create("contact", &[("name", "Somebody")]).await.unwrap(),
        max.create("contact", &[("name", "Another")]).await.unwrap(),
    );
    let raw = Raw::data(&app).await;
    // As long as each other, and not the same.
    let bytes = |last: u8| [pdf(700_000), vec![last]].concat();
    let new = |at: RecordRef, last: u8| {
        let (app, max, bytes) = (&app, &max, bytes(last));
        async move { attach(app, max, &at, ("a.pdf", &bytes)).await.unwrap().id }
    };
    let id = |id: AttachmentId| raw.id(id.uuid());
    // Each way to alter one, by its statements.
    for way in 0..9 {
        let (one, two, far) = (new(at.clone(), 0).await, new(at.clone(), 1).await, new(other.clone(), 0).await);
        let [first, second, away] = [one, two, far].map(id);
        let part = |of: &str, number: u8| {
            format!("select sealed from attachment_part where attachment_id = {of} and number = {number}")
        };
        let flipped = {
            let mut bytes = raw.blobs(&part(&first, 1)).await.remove(0);
            bytes[1000] ^= 1;
            raw.bytes(&bytes)
        };
        let sql = match way {
            0 => format!("update attachment_part set sealed = {flipped} where attachment_id = {first} and number = 1"),
            // In another order.
            1 => format!(
                "update attachment_part set number = 9 where attachment_id = {first} and number = 0; \
                 update attachment_part set number = 0 where attachment_id = {first} and number = 1; \
                 update attachment_part set number = 1 where attachment_id = {first} and number = 9;"
            ),
            // Cut off, with and without a word about it.
            2 => format!("delete from attachment_part where attachment_id = {first} and number = 2"),
            3 => format!(
                "delete from attachment_part where attachment_id = {first} and number = 2; \
                 update attachment set parts = 2 where id = {first};"
            ),
            // Lengthened by a part of its own.
            4 => format!(
                "insert into attachment_part (attachment_id, number, sealed) select attachment_id, 3, sealed \
                 from attachment_part where attachment_id = {first} and number = 2; \
                 update attachment set parts = 4 where id = {first};"
            ),
            // A part of another file of the same person.
            5 => format!(
                "update attachment_part set sealed = ({}) where attachment_id = {first} and number = 1",
                part(&second, 1)
            ),
            // All of another file of the same person, and of somebody else.
            6 | 7 => {
                let from = if way == 6 { &second } else { &away };
                format!(
                    "delete from attachment_part where attachment_id = {first}; \
                     update attachment_part set attachment_id = {first} where attachment_id = {from};"
                )
            }
            // What stands beside it, from another.
            _ => format!(
                "update attachment set sealed = (select sealed from attachment where id = {second}) where id = {first}"
            ),
        };
        raw.run(&sql).await;
        let answer = fetched(&app, &max, &at, one).await;
        assert!(matches!(answer, Err(AttachmentFault::Damaged)), "way {way}");
        // The other is as it was, where it was not used up.
        if way < 6 {
            assert_eq!(fetched(&app, &max, &at, two).await.unwrap(), bytes(1), "way {way}");
        }
        raw.run("delete from attachment; delete from attachment_part;").await;
    }
    // A whole file moved to another record, with and without the person it is sealed for.
    for subject in [false, true] {
        let (one, _) = (new(at.clone(), 0).await, new(other.clone(), 0).await);
        let more = if subject {
            format!(
                ", subject_id = (select subject_id from attachment where record_id = {} limit 1)",
                raw.id(other.id.uuid())
            )
        } else {
            String::new()
        };
        let to = raw.id(other.id.uuid());
        raw.run(&format!("update attachment set record_id = {to}{more} where id = {}", id(one))).await;
        assert!(matches!(fetched(&app, &max, &other, one).await, Err(AttachmentFault::Damaged)), "{subject}");
        let names = listed(&app, &max, &other).await;
        assert_eq!(names.iter().filter(|one| one.name().is_none()).count(), 1, "it stands there without a name");
        raw.run("delete from attachment; delete from attachment_part;").await;
    }
    let lines = acts(&raw).await;
    let told = lines.iter().flat_map(|act| &act.lines).filter(|line| line.verb == ledger::verbs::DAMAGE).count();
    assert_eq!(told, 11);
    app.finish(&[CANARY]).await;
}

/// How often somebody was told of something altered.
async fn told(raw: &Raw) -> usize {
    acts(raw).await.iter().flat_map(|act| &act.lines).filter(|line| line.verb == ledger::verbs::DAMAGE).count()
}

/// Fails when: the mark leaves a cell out, is not looked for, or the ledger is not asked whether a row is the newest.
async fn replaced(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let at = max.create("contact", &[("name", "Somebody")]).await.unwrap();
    let (files, raw) = (attachments(&app), Raw::data(&app).await);
    let new = async || attach(&app, &max, &at, ("a.png", PNG)).await.unwrap().id;
    let (one, two) = (new().await, new().await);
    raw.run("create table kept as select * from attachment").await;
    let id = |id: AttachmentId| raw.id(id.uuid());
    let cell = |set: &str| format!("update attachment set {set} where id = {}", id(one));
    let of = |column: &str| format!("{column} = (select {column} from kept where id = {})", id(two));
    let nobody = raw.id(kernel::Uuid::from_u128(5));
    let attacks = [
        cell("object = 'company'"),
        cell("object = 'No name'"),
        cell(&format!("user_id = {nobody}")),
        cell(&format!("subject_id = {nobody}")),
        cell("subject_id = null"),
        cell("size = size + 1"),
        cell("parts = parts + 1"),
        cell("preview = null"),
        cell("created_at = created_at - 1"),
        cell("removed_at = created_at"),
        cell("version = version + 1"),
        cell("row_mark = null"),
        cell(&of("row_mark")),
        cell(&of("sealed")),
        cell(&format!("{}, {}", of("sealed"), of("row_mark"))),
        // All of another one, under its own id.
        format!(
            "delete from attachment where id in ({0}, {1}); insert into attachment select * from kept where id = {1}; \
             update attachment set id = {0} where id = {1};",
            id(one),
            id(two)
        ),
    ];
    let put_back = format!(
        "delete from attachment where id in ({0}, {1}); insert into attachment select * from kept where id in ({0}, {1});",
        id(one),
        id(two)
    );
    for (times, attack) in attacks.iter().enumerate() {
        raw.run(attack).await;
        assert!(matches!(fetched(&app, &max, &at, one).await, Err(AttachmentFault::Damaged)), "{attack}");
        let preview = files.preview(&max.cx, at.clone(), one).await;
        assert!(matches!(preview, Err(AttachmentFault::Damaged)), "{attack}");
        let removal = files.remove(&max.cx, at.clone(), one).await;
        assert!(matches!(removal, Err(AttachmentFault::Damaged)), "{attack}");
        let names = listed(&app, &max, &at).await;
        assert!(names.iter().any(|file| file.id == one && file.name().is_none()), "{attack}");
        assert_eq!(told(&raw).await, 3 * (times + 1), "{attack}");
        raw.run(&put_back).await;
        assert_eq!(fetched(&app, &max, &at, one).await.unwrap(), PNG);
    }
    let before = told(&raw).await;
    // Taken back by hand, and removed by hand.
    files.remove(&max.cx, at.clone(), one).await.unwrap();
    raw.run(&cell("state = 'kept', removed_at = null")).await;
    assert!(matches!(fetched(&app, &max, &at, one).await, Err(AttachmentFault::Damaged)));
    raw.run(&format!("update attachment set state = 'removed' where id = {}", id(two))).await;
    let taking = files.restore(&max.cx, at.clone(), two).await;
    assert!(matches!(taking, Err(AttachmentFault::Damaged)));
    // The whole row of before the removal bears its mark, and is not the newest.
    raw.run(&put_back).await;
    let system = jobs::system_cx(&app.db);
    sequence::settle(&app.db, &system).await.unwrap();
    assert!(matches!(fetched(&app, &max, &at, one).await, Err(AttachmentFault::Damaged)));
    assert_eq!(fetched(&app, &max, &at, two).await.unwrap(), PNG);
    // Nor is one there that has gone for good.
    raw.run("create table part as select * from attachment_part").await;
    files.remove(&max.cx, at.clone(), two).await.unwrap();
    app.clock.advance(std::time::Duration::from_secs(31 * 24 * 60 * 60));
    files.tidy(&system).await.unwrap();
    let again = Actor::again(&app, &max.email).await;
    sequence::settle(&app.db, &system).await.unwrap();
    raw.run("insert into attachment_part select * from part where attachment_id not in (select attachment_id from attachment_part)").await;
    raw.run(&put_back).await;
    for file in [one, two] {
        assert!(matches!(fetched(&app, &again, &at, file).await, Err(AttachmentFault::Damaged)));
    }
    assert_eq!(told(&raw).await, before + 5);
    raw.run("drop table kept; drop table part").await;
    app.finish(&[CANARY]).await;
}

/// Fails when: a feed that is dropped counts as ended, rows are left, or `tidy` leaves what a killed program began.
async fn broken(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let at = max.create("contact", &[("name", "Somebody")]).await.unwrap();
    let wanted = || Wanted { name: "a.pdf".to_owned(), keep: false };
    let (feed, taking) = attachments(&app).attach(&max.cx, at.clone(), wanted());
    for piece in pdf(600_000).chunks(50_000) {
        assert!(feed.piece(bytes::Bytes::copy_from_slice(piece)).await);
    }
    assert!(listed(&app, &max, &at).await.is_empty(), "nobody sees it on its way");
    drop(feed);
    assert!(matches!(taking.done().await, Err(AttachmentFault::Broken)));
    assert_eq!(rows(&app).await, (0, 0));
    // A program that was killed leaves what it had: it goes by itself.
    let (feed, taking) = attachments(&app).attach(&max.cx, at.clone(), wanted());
    assert!(feed.piece(pdf(600_000).into()).await);
    until(&app, "select count(*) from attachment_part", 2).await;
    attachments(&app).tidy(&jobs::system_cx(&app.db)).await.unwrap();
    assert_eq!(rows(&app).await, (1, 2), "it may still come");
    app.clock.advance(std::time::Duration::from_secs(2 * 60 * 60));
    attachments(&app).tidy(&jobs::system_cx(&app.db)).await.unwrap();
    assert_eq!(rows(&app).await, (0, 0));
    feed.end().await;
    assert!(matches!(taking.done().await, Err(AttachmentFault::Broken)), "what was given up does not come back");
    assert_eq!(rows(&app).await, (0, 0));
    app.finish(&[CANARY]).await;
}
