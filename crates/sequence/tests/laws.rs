//! The laws that the database itself holds, on both engines.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it skipped, and is its own operator"
)]

mod common;

use authz::{Create, Denied, Facts, Read, Role, Update, permit, scope};
use common::{FIND, Scratch, Thing, read_thing, scratch, thing_name};
use db::schema::{ObjectTable, OpenColumn};
use db::{ColumnType, DbFault};
use kernel::{FieldName, UserId, Uuid};
use ledger::{Line, LogName, Verifier};

#[derive(Debug)]
enum Fault {
    Db(DbFault),
    Denied(Denied),
}
impl From<DbFault> for Fault {
    fn from(fault: DbFault) -> Self {
        Self::Db(fault)
    }
}
impl From<Denied> for Fault {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

macro_rules! on_both_engines {
    ($($(#[$doc:meta])* $name:ident => $body:ident;)*) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$body("sqlite").await; })* }
        mod postgres { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$body("postgres").await; })* }
    };
}

on_both_engines! {
    a_write_without_a_line_is_refused => unledgered;
    a_stale_version_changes_nothing => stale;
    what_is_hidden_looks_absent_and_the_denial_is_recorded => hidden;
    a_list_holds_only_what_the_scope_spans => lists;
    a_failed_closure_leaves_nothing_but_its_denials => rolled_back;
    reads_leave_lines_and_the_ledger_verifies => ledger_verifies;
    jobs_are_leased_once_and_come_back => jobs;
    a_panic_in_a_closure_harms_nobody_else => panics;
    writes_that_share_a_commit_do_not_share_their_faults => together;
    word_tokens_find_records => index;
    word_tokens_find_the_newest_of_many => far_index;
}

async fn with_table(engine: &str) -> Option<(Scratch, UserId)> {
    let scratch = scratch(engine).await?;
    let user = scratch.user();
    let table = ObjectTable {
        object: thing_name(),
        columns: vec![OpenColumn { name: FieldName::parse("text").unwrap(), kind: ColumnType::Text, indexed: true }],
        ranks: Vec::new(),
    };
    scratch.db.write(&scratch.cx(user, Role::Manager), move |tx| tx.ensure_table(&table)).await.unwrap();
    Some((scratch, user))
}

async fn store(scratch: &Scratch, owner: UserId, text: &str) -> Uuid {
    let text = text.to_owned();
    let cx = scratch.cx(owner, Role::Manager);
    let made = scratch.db.write(&cx, move |tx| -> Result<Uuid, Fault> {
        let id = tx.new_id::<()>().uuid();
        let thing = Thing { object: thing_name(), id, owner: Some(owner), version: 0, text };
        let proof = permit::<Create>(tx.cx(), Facts::of(&thing))?;
        let stored = tx.insert(proof, thing, Line::done("create", thing_name()).about_each([id]))?;
        Ok(stored.id)
    });
    made.await.unwrap()
}

async fn unledgered(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let cx = scratch.cx(user, Role::Manager);
    let id = store(&scratch, user, "before").await;
    let outcome = scratch
        .db
        .write(&cx, move |tx| tx.run("update r_thing set text = ?1 where id = ?2", &["after".into(), id.into()]))
        .await;
    assert!(matches!(outcome, Err(DbFault::Unledgered)));
    let text = scratch.db.read(&cx, move |tx| -> Result<_, Fault> {
        let thing = tx.one(FIND, &[id.into()], read_thing)?.unwrap().open::<Read>(tx)?;
        Ok(thing.text.clone())
    });
    assert_eq!(text.await.unwrap(), "before");
}

async fn stale(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let cx = scratch.cx(user, Role::Manager);
    let id = store(&scratch, user, "one").await;
    let change = |text: &'static str, twice: bool| {
        scratch.db.write(&cx, move |tx| -> Result<(), Fault> {
            let open = |tx: &db::WriteTx<'_>| -> Result<_, Fault> {
                Ok(tx.one(FIND, &[id.into()], read_thing)?.unwrap().open::<Update>(tx)?)
            };
            let (first, second) = (open(tx)?, open(tx)?);
            for permitted in if twice { vec![first, second] } else { vec![first] } {
                let altered = Thing { text: text.to_owned(), ..(*permitted).clone() };
                let _ = tx.update(permitted, altered, Line::done("update", thing_name()).about_each([id]))?;
            }
            Ok(())
        })
    };
    change("two", false).await.unwrap();
    assert!(matches!(change("three", true).await, Err(Fault::Db(DbFault::Stale))));
    let text = scratch.db.read(&cx, move |tx| -> Result<_, Fault> {
        Ok(tx.one(FIND, &[id.into()], read_thing)?.unwrap().open::<Read>(tx)?.text.clone())
    });
    assert_eq!(text.await.unwrap(), "two");
}

async fn hidden(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let id = store(&scratch, user, "private").await;
    let stranger = scratch.cx(scratch.user(), Role::Agent);
    let outcome = scratch.db.read(&stranger, move |tx| -> Result<_, Fault> {
        Ok(tx.one(FIND, &[id.into()], read_thing)?.unwrap().open::<Read>(tx)?.text.clone())
    });
    assert!(matches!(outcome.await, Err(Fault::Denied(Denied::Hidden))));
    let auditor = scratch.cx(user, Role::Auditor);
    sequence::settle(&scratch.db, &auditor).await.unwrap();
    let entries = scratch.db.read(&auditor, |tx| -> Result<_, Fault> {
        let proof = permit::<Read>(
            tx.cx(),
            Facts { object: kernel::ObjectName::parse("ledger").unwrap(), id: Uuid::nil(), owner: None, team: None },
        )?;
        Ok(sequence::entries(tx, &proof, None, 10)?)
    });
    let lines: Vec<_> = entries.await.unwrap().into_iter().flat_map(|e| e.acts).flat_map(|a| a.lines).collect();
    assert!(lines.iter().any(|l| l.ids == [id] && matches!(l.outcome, ledger::Outcome::Denied(_))), "{lines:?}");
}

async fn lists(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let other = scratch.user();
    let mine = store(&scratch, user, "mine").await;
    let theirs = store(&scratch, other, "theirs").await;
    for (role, expected) in [(Role::Agent, vec![mine]), (Role::Manager, vec![mine, theirs])] {
        let cx = scratch.cx(user, role);
        let seen = scratch.db.read(&cx, |tx| -> Result<_, Fault> {
            let mut query = sea_query::Query::select();
            query
                .columns(["id", "owner_id", "version", "text"].map(sea_query::Alias::new))
                .from(sea_query::Alias::new("r_thing"));
            let scope = scope::<Read>(tx.cx(), &thing_name())?;
            Ok(tx.list(query, &scope, read_thing)?.iter().map(|t| t.id).collect::<Vec<_>>())
        });
        let mut seen = seen.await.unwrap();
        seen.sort_unstable();
        assert_eq!(seen, expected);
    }
}

async fn rolled_back(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let id = store(&scratch, user, "kept").await;
    let cx = scratch.cx(user, Role::Manager);
    let outcome = scratch.db.write(&cx, move |tx| -> Result<(), Fault> {
        tx.run("delete from r_thing where id = ?1", &[id.into()])?;
        tx.note(Line::done("erase", thing_name()).about_each([id]));
        Err(Fault::Denied(Denied::Hidden))
    });
    assert!(outcome.await.is_err());
    let count = scratch.db.read(&cx, move |tx| {
        tx.bare_one("select count(*) from r_thing where id = ?1", &[id.into()], |row| row.get::<i64>(0))
    });
    assert_eq!(count.await.unwrap(), Some(1));
}

async fn ledger_verifies(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let cx = scratch.cx(user, Role::Manager);
    let id = store(&scratch, user, "seen").await;
    for _ in 0..20 {
        let read = scratch.db.read(&cx, move |tx| -> Result<(), Fault> {
            let _ = tx.one(FIND, &[id.into()], read_thing)?.unwrap().open::<Read>(tx)?;
            Ok(())
        });
        read.await.unwrap();
    }
    sequence::settle(&scratch.db, &cx).await.unwrap();
    let name = LogName::parse("custos.test/ledger").unwrap();
    let key = crypto::SigningKey::from_seed([3; 32]);
    let (verifying, signed_as) = (key.verifying(), name.clone());
    let note = scratch.db.write(&cx, move |tx| sequence::sign_tree(tx, &signed_as, &key)).await.unwrap();
    assert!(note.is_some());
    let report = scratch.db.read(&cx, move |tx| -> Result<_, DbFault> {
        let mut verifier = Verifier::new(&name, &verifying, sequence::notes(tx)?);
        for row in sequence::stored_from(tx, 0, 1000)? {
            verifier.row(ledger::verify::Row {
                position: row.position,
                id: row.id.as_bytes(),
                body: &row.body,
                leaf: &row.leaf,
            });
        }
        Ok(verifier.finish())
    });
    let report = report.await.unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert!(report.rows >= 21);
}

async fn jobs(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let cx = scratch.cx(user, Role::Manager);
    let lease = |worker: u128| {
        let span = std::time::Duration::from_secs(30);
        scratch.db.write(&cx, move |tx| db::queue::lease(tx, Uuid::from_u128(worker), &["test"], span))
    };
    scratch.db.write(&cx, |tx| db::queue::enqueue(tx, "test", b"payload", tx.now())).await.unwrap();
    let first = lease(1).await.unwrap().unwrap();
    assert_eq!((first.kind.as_str(), first.payload.as_slice(), first.attempts), ("test", &b"payload"[..], 1));
    assert!(lease(2).await.unwrap().is_none());
    scratch.clock.advance(std::time::Duration::from_secs(31));
    let again = lease(2).await.unwrap().unwrap();
    assert_eq!((again.id, again.attempts), (first.id, 2));
    scratch.db.write(&cx, move |tx| db::queue::finish(tx, again.id)).await.unwrap();
    scratch.clock.advance(std::time::Duration::from_secs(3600));
    assert!(lease(3).await.unwrap().is_none());
}

async fn panics(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let cx = scratch.cx(user, Role::Manager);
    let id = store(&scratch, user, "steady").await;
    let lost = scratch.db.write(&cx, move |tx| -> Result<(), DbFault> {
        tx.keep("update r_thing set text = 'broken' where id = ?1", &[id.into()])?;
        panic!("a defect");
    });
    assert!(matches!(lost.await, Err(DbFault::Abandoned)));
    let lost = scratch.db.read(&cx, |_| -> Result<(), DbFault> { panic!("a defect") });
    assert!(matches!(lost.await, Err(DbFault::Abandoned)));
    let text = scratch.db.read(&cx, move |tx| -> Result<_, Fault> {
        Ok(tx.one(FIND, &[id.into()], read_thing)?.unwrap().open::<Read>(tx)?.text.clone())
    });
    assert_eq!(text.await.unwrap(), "steady");
}

async fn text_of(scratch: &Scratch, user: UserId, id: Uuid) -> String {
    let cx = scratch.cx(user, Role::Manager);
    let text = scratch.db.read(&cx, move |tx| -> Result<_, Fault> {
        Ok(tx.one(FIND, &[id.into()], read_thing)?.unwrap().open::<Read>(tx)?.text.clone())
    });
    text.await.unwrap()
}

/// Fails when: of closures that waited for the writer together, one that fails takes another's writing with it or leaves its own.
async fn together(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let cx = scratch.cx(user, Role::Manager);
    let (steady, failing, unsteady) =
        (store(&scratch, user, "0").await, store(&scratch, user, "0").await, store(&scratch, user, "0").await);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let first = scratch.db.write(&cx, move |_| -> Result<(), DbFault> {
        let _ = wait.recv();
        Ok(())
    });
    let write = |id: Uuid, end: fn() -> Result<(), DbFault>| {
        scratch.db.write(&cx, move |tx| -> Result<(), DbFault> {
            tx.keep("update r_thing set text = '1' where id = ?1", &[id.into()])?;
            end()
        })
    };
    let outcome = tokio::join!(
        first,
        write(failing, || Err(DbFault::Stale)),
        write(steady, || Ok(())),
        write(unsteady, || panic!("a defect")),
        async { go.send(()) }
    );
    assert!(matches!(outcome, (Ok(()), Err(DbFault::Stale), Ok(()), Err(DbFault::Abandoned), Ok(()))), "{outcome:?}");
    let texts = [
        text_of(&scratch, user, steady).await,
        text_of(&scratch, user, failing).await,
        text_of(&scratch, user, unsteady).await,
    ];
    assert_eq!(texts, ["1", "0", "0"]);
}

fn proposed(tx: &db::ReadTx<'_>, ways: &[Vec<Vec<u64>>], limit: u32) -> Result<Vec<db::Proposed>, DbFault> {
    tx.index_find(&db::IndexQuery { ways, objects: &[&thing_name()], before: None, limit })
}

/// Fails when: a span of numbers is left out or mixed up, newer ones are not asked first, or a page does not go on where the last
/// one ended.
async fn far_index(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let cx = scratch.cx(user, Role::Manager);
    // Token 1 is everybody's, 2 that of every thousandth; 3 only of the oldest, 4 of the oldest and the newest.
    let put = scratch.db.write(&cx, move |tx| -> Result<(), DbFault> {
        for n in 0..9_000_u32 {
            let mut tokens = vec![1, 100 + u64::from(n)];
            tokens.extend((n % 1_000 == 0).then_some(2));
            tokens.extend((n == 0).then_some(3));
            tokens.extend((n == 0 || n == 8_999).then_some(4));
            tx.index_put(&thing_name(), &[(Uuid::from_u128(u128::from(n)), tokens)])?;
        }
        Ok(())
    });
    put.await.unwrap();
    let numbers = |found: Vec<db::Proposed>| -> Vec<u128> { found.iter().map(|one| one.id.as_u128()).collect() };
    for (ways, limit, expected) in [
        (vec![vec![vec![1]]], 3, vec![8_999, 8_998, 8_997]),
        (vec![vec![vec![2]]], 2, vec![8_000, 7_000]),
        (vec![vec![vec![3]]], 9, vec![0]),
        (vec![vec![vec![4]]], 9, vec![8_999, 0]),
        (vec![vec![vec![1], vec![3, 4]]], 9, vec![8_999, 0]),
        (vec![vec![vec![3]], vec![vec![1], vec![105, 8_105]]], 9, vec![8_005, 5, 0]),
        (vec![vec![vec![3]], vec![vec![]]], 9, vec![0]),
    ] {
        let asked = ways.clone();
        let found = scratch.db.read(&cx, move |tx| proposed(tx, &asked, limit));
        assert_eq!(numbers(found.await.unwrap()), expected, "{ways:?} on {engine}");
    }
    let paged = scratch.db.read(&cx, |tx| -> Result<_, DbFault> {
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let ways = [vec![vec![2]]];
            let some = tx.index_find(&db::IndexQuery { ways: &ways, objects: &[], before, limit: 4 })?;
            let Some(last) = some.last() else { return Ok(all) };
            before = Some(last.doc);
            all.extend(some);
        }
    });
    assert_eq!(numbers(paged.await.unwrap()), (0..9).rev().map(|n| n * 1_000).collect::<Vec<_>>(), "{engine}");
    let other = kernel::ObjectName::parse("other").unwrap();
    let none = scratch.db.read(&cx, move |tx| {
        tx.index_find(&db::IndexQuery { ways: &[vec![vec![1]]], objects: &[&other], before: None, limit: 5 })
    });
    assert!(none.await.unwrap().is_empty());
}

/// Fails when: each record's words are written down by themselves, to be merged with all others later.
#[tokio::test(flavor = "multi_thread")]
async fn words_of_many_records_are_one_segment() {
    let Some((scratch, user)) = with_table("sqlite").await else { return };
    let cx = scratch.cx(user, Role::Manager);
    // Fewer records than segments that would be merged at once, and all their words in one leaf.
    let put: Vec<(Uuid, Vec<u64>)> = (0..6_u64).map(|n| (Uuid::from_u128(n.into()), vec![1, 100 + n])).collect();
    scratch.db.write(&cx, move |tx| tx.index_put(&thing_name(), &put)).await.unwrap();
    // Rows 1 and 10 tell of the index as a whole.
    let leaves = "select count(*) from search_index_data where id > 10";
    let leaves = scratch.db.read(&cx, move |tx| tx.bare_one(leaves, &[], |row| row.get::<u64>(0)));
    assert_eq!(leaves.await.unwrap(), Some(1));
}

async fn index(engine: &str) {
    let Some((scratch, user)) = with_table(engine).await else { return };
    let cx = scratch.cx(user, Role::Manager);
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let empty = scratch.db.read(&cx, |tx| proposed(tx, &[vec![vec![1]]], 5));
    assert!(empty.await.unwrap().is_empty(), "an index without anybody in it is asked like any other");
    let put = scratch.db.write(&cx, move |tx| -> Result<(), DbFault> {
        tx.index_put(&thing_name(), &[(one, vec![1, 2, 0xff_ffff_ffff]), (two, vec![2, 3])])?;
        tx.index_put(&thing_name(), &[(two, vec![2, 4])])?;
        tx.blind_put([(one, [7; 16].into())])?;
        Ok(())
    });
    put.await.unwrap();
    let many: Vec<u64> = (1_000..1_450).chain([4]).collect();
    for (groups, expected) in [
        (vec![vec![2]], 2),
        (vec![vec![1], vec![2]], 1),
        (vec![vec![3]], 0),
        (vec![vec![4]], 1),
        (vec![vec![0xff_ffff_ffff]], 1),
        (vec![vec![3, 4]], 1),
        (vec![vec![1, 4]], 2),
        (vec![vec![1, 4], vec![2]], 2),
        (vec![vec![1, 4], vec![3, 4]], 1),
        (vec![vec![1, 3], vec![3, 4]], 0),
        (vec![many.clone()], 1),
        (vec![many.clone(), vec![2]], 1),
        (vec![many, vec![1, 3]], 0),
        (vec![vec![1, 9]; 9], 1),
        (vec![vec![]], 0),
    ] {
        let found = scratch.db.read(&cx, move |tx| -> Result<_, DbFault> { Ok(proposed(tx, &[groups], 10)?.len()) });
        assert_eq!(found.await.unwrap(), expected);
    }
    let found = scratch.db.read(&cx, move |tx| tx.blind_find(&[[7; 16].into(), [8; 16].into()]).map(|f| f.len()));
    assert_eq!(found.await.unwrap(), 1);
    scratch.db.write(&cx, move |tx| tx.index_drop(one)).await.unwrap();
    let left = scratch.db.read(&cx, |tx| -> Result<_, DbFault> { Ok(proposed(tx, &[vec![vec![2]]], 10)?.len()) });
    assert_eq!(left.await.unwrap(), 1);
}
