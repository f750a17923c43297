//! The ledger as an outbox, on both engines.
#![expect(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses its own part of what they share")]

mod common;

use authz::{Cx, Identity};
use common::{Scratch, scratch, thing_name};
use db::DbFault;
use kernel::{Lang, RequestId};
use ledger::{ActorRef, Line, Origin, Via};
use sequence::outbox;

fn system(scratch: &Scratch) -> Cx {
    let identity = Identity { actor: ActorRef::System, person: None, session: None, rights: std::sync::Arc::default() };
    let request = RequestId::new(scratch.db.now(), scratch.db.chance());
    Cx::mint(identity, Origin::via(Via::Job), request, Lang::En)
}

/// Leaves a line and gives it its place.
async fn happen(scratch: &Scratch, cx: &Cx, verb: &'static str) {
    let said = scratch.db.write(cx, move |tx| -> Result<(), DbFault> {
        tx.note(Line::done(verb, thing_name()));
        Ok(())
    });
    said.await.unwrap();
    sequence::settle(&scratch.db, cx).await.unwrap();
}

/// Returns the verbs a reader is handed.
async fn taken(scratch: &Scratch, cx: &Cx, reader: &'static str, most: u32) -> Vec<String> {
    let entries = scratch.db.write(cx, move |tx| outbox::take(tx, reader, most)).await.unwrap();
    let lines = entries.iter().flat_map(|entry| &entry.acts).flat_map(|act| &act.lines);
    lines.map(|line| line.verb.to_string()).collect()
}

async fn each_reader_has_everything_once_and_in_order(engine: &str) {
    let Some(scratch) = scratch(engine).await else { return };
    let cx = system(&scratch);
    for verb in ["one", "two", "three"] {
        happen(&scratch, &cx, verb).await;
    }
    assert_eq!(taken(&scratch, &cx, "first", 2).await, ["one", "two"]);
    assert_eq!(taken(&scratch, &cx, "first", 2).await, ["three"]);
    assert_eq!(taken(&scratch, &cx, "first", 2).await, [""; 0]);
    assert_eq!(taken(&scratch, &cx, "second", 9).await, ["one", "two", "three"]);
    happen(&scratch, &cx, "four").await;
    assert_eq!(taken(&scratch, &cx, "first", 9).await, ["four"]);
}

async fn a_reader_that_fails_is_handed_the_same_again(engine: &str) {
    let Some(scratch) = scratch(engine).await else { return };
    let cx = system(&scratch);
    happen(&scratch, &cx, "one").await;
    let failed = scratch.db.write(&cx, |tx| -> Result<(), DbFault> {
        assert_eq!(outbox::take(tx, "first", 9)?.len(), 1);
        Err(DbFault::Stale)
    });
    assert!(failed.await.is_err());
    assert_eq!(taken(&scratch, &cx, "first", 9).await, ["one"]);
}

async fn nobody_but_the_program_reads_it(engine: &str) {
    let Some(scratch) = scratch(engine).await else { return };
    let manager = scratch.cx(scratch.user(), authz::Role::Manager);
    let refused = scratch.db.write(&manager, |tx| outbox::take(tx, "first", 9)).await;
    assert!(matches!(refused, Err(DbFault::Mismatch)));
}

macro_rules! on_both {
    ($($name:ident),*) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name("sqlite").await; })* }
        mod postgres { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name("postgres").await; })* }
    };
}
on_both!(
    each_reader_has_everything_once_and_in_order,
    a_reader_that_fails_is_handed_the_same_again,
    nobody_but_the_program_reads_it
);
