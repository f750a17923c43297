//! SQLite: reading threads, and one writing thread that commits for everyone who waits.

use std::collections::VecDeque;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use authz::Cx;
use ledger::{Act, Entry};
use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{Finish, Flush, Link, Reads, Run, Verdict};
use crate::pending::Told;
use crate::tx::Tools;
use crate::{DbFault, Val, WriteTx, budget};

/// At most this many closures share a commit, so that the first does not wait for an endless queue.
const BATCH: usize = 512;
/// At most this many reads share a snapshot. All of them were asked before it is taken, so none sees less than it should.
const READ_BATCH: usize = 8;
/// Below this many reads it pays to let others join before a commit.
const FEW: usize = 8;
/// Read lines, and writes that need not wait, reach the disk within this time; law 4 allows a second.
const SYNC_WITHIN: Duration = Duration::from_millis(500);
/// KiB of pages that the writer keeps, negative as SQLite wants it: what an import touches lies all over the indexes.
const WRITER_CACHE: i64 = -48_000;
/// Pages in the write-ahead log before they are written home: those that every step of an import touches are not written home after
/// each.
const LOGGED: i64 = 4_000;
/// How long another process may hold the database before it counts as locked.
const BUSY: Duration = Duration::from_secs(5);

/// A closure over a snapshot, or over the reason why there is none.
type ReadRun = Box<dyn FnOnce(Result<&Connection, DbFault>) + Send>;

enum Work {
    Write(Cx, Run, Flush),
    Reads(Reads),
}

/// The threads of one SQLite database.
pub(crate) struct Sqlite {
    reads: Arc<ReadQueue>,
    writes: Sender<Work>,
    threads: Mutex<Vec<std::thread::JoinHandle<()>>>,
    path: PathBuf,
}

#[derive(Default)]
struct ReadQueue {
    state: Mutex<(VecDeque<ReadRun>, bool)>,
    ready: Condvar,
}

impl ReadQueue {
    fn push(&self, run: ReadRun) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0.push_back(run);
        self.ready.notify_one();
    }

    fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.ready.notify_all();
    }

    /// Waits for closures and takes a share of them, so that the other threads have something to do too.
    fn next(&self, threads: usize) -> Option<Vec<ReadRun>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let share = state.0.len().div_ceil(threads).min(READ_BATCH);
            if share > 0 {
                return Some(state.0.drain(..share).collect());
            }
            if state.1 {
                return None;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Makes the file of a database that is not there yet, for its owner only; what SQLite puts beside it takes after it.
fn make_closed(path: &Path) -> Result<(), DbFault> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(DbFault::Unavailable(Arc::new(error))),
        _ => Ok(()),
    }
}

/// Opens a connection the way all of them are opened.
pub(crate) fn connect(path: &Path, writable: bool) -> Result<Connection, DbFault> {
    if writable {
        make_closed(path)?;
    }
    let mode = if writable {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // A plan does not depend on what is bound: else SQLite, built with statistics of samples, prepares a cached statement anew
    // whenever another value is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -8_000)?;
    if writable {
        connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "synchronous", "full")?;
    } else {
        connection.pragma_update(None, "query_only", true)?;
    }
    Ok(connection)
}

impl Sqlite {
    /// Starts the threads over a database whose schema is in place.
    pub(crate) fn start(path: &Path, readers: usize, tools: &Arc<Tools>) -> Result<Self, DbFault> {
        let reads = Arc::new(ReadQueue::default());
        let (writes, inbox) = channel();
        let mut threads = Vec::new();
        let readers = readers.max(1);
        for number in 0..readers {
            let connection = connect(path, false)?;
            let queue = Arc::clone(&reads);
            threads.push(spawn(format!("db-read-{number}"), move || {
                while let Some(runs) = queue.next(readers) {
                    read_together(&connection, runs);
                }
            })?);
        }
        let connection = connect(path, true)?;
        connection.pragma_update(None, "cache_size", WRITER_CACHE)?;
        connection.pragma_update_and_check(None, "wal_autocheckpoint", LOGGED, |_| Ok(()))?;
        let writer = Writer { connection, tools: Arc::clone(tools), durable: true, unsynced: None };
        threads.push(spawn("db-write".to_owned(), move || writer.serve(&inbox))?);
        Ok(Self { reads, writes, threads: Mutex::new(threads), path: path.to_owned() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn read(&self, run: ReadRun) {
        self.reads.push(run);
    }

    pub(crate) fn write(&self, cx: Cx, run: Run, flush: Flush) {
        // A closed channel drops the closure, and with it the sender its waiter listens to.
        let _ = self.writes.send(Work::Write(cx, run, flush));
    }

    pub(crate) fn record(&self, reads: Reads) {
        let _ = self.writes.send(Work::Reads(reads));
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.reads.close();
        let (closed, _) = channel();
        drop(std::mem::replace(&mut self.writes, closed));
        let threads = std::mem::take(self.threads.get_mut().unwrap_or_else(PoisonError::into_inner));
        let own = std::thread::current().id();
        for thread in threads {
            // The last handle may be dropped by one of these threads itself.
            if thread.thread().id() != own {
                let _ = thread.join();
            }
        }
    }
}

fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>, DbFault> {
    std::thread::Builder::new().name(name).spawn(body).map_err(|e| DbFault::Unavailable(Arc::new(e)))
}

/// Tells a closure why it is not run, and returns how its waiter is answered.
fn untouched(run: Run, fault: &DbFault) -> Finish {
    match run(Err(fault.clone())) {
        Verdict::Keep(finish) | Verdict::Undo(finish) => finish,
    }
}

/// Takes what waits already.
fn gather(inbox: &Receiver<Work>, batch: &mut Vec<Work>) {
    while batch.len() < BATCH {
        match inbox.try_recv() {
            Ok(work) => batch.push(work),
            Err(_) => break,
        }
    }
}

/// Runs closures over one snapshot.
fn read_together(connection: &Connection, runs: Vec<ReadRun>) {
    let plain = |sql: &str| connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    let snapshot = plain("begin").map(|_| connection).map_err(DbFault::from);
    for run in runs {
        // A closure that panics answers nobody; its waiter sees the closed channel. The thread lives on.
        let _ = catch_unwind(AssertUnwindSafe(|| run(snapshot.clone())));
    }
    let _ = plain("rollback");
}

struct Writer {
    connection: Connection,
    tools: Arc<Tools>,
    /// Whether commits wait for the disk at present.
    durable: bool,
    /// When the oldest commit happened that may not have reached the disk.
    unsynced: Option<kernel::Timestamp>,
}

impl Writer {
    fn serve(mut self, inbox: &Receiver<Work>) {
        loop {
            let first = match inbox.recv_timeout(SYNC_WITHIN) {
                Ok(work) => work,
                Err(RecvTimeoutError::Timeout) => {
                    self.sync_idle();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut batch = vec![first];
            gather(inbox, &mut batch);
            if batch.len() < FEW && batch.iter().all(|work| matches!(work, Work::Reads(_))) {
                // A read line is small beside the commit it waits for: whoever is about to finish a read may join.
                std::thread::yield_now();
                gather(inbox, &mut batch);
            }
            self.commit_together(batch);
        }
        let _ = self.connection.execute_batch("pragma wal_checkpoint(truncate)");
    }

    /// Brings what was not waited for to the disk while nobody writes.
    fn sync_idle(&mut self) {
        if self.unsynced.is_some() && self.connection.execute_batch("pragma wal_checkpoint(passive)").is_ok() {
            self.unsynced = None;
        }
    }

    /// Runs a batch in one transaction, and answers all when the commit is done.
    fn commit_together(&mut self, batch: Vec<Work>) {
        let now = self.tools.clock.now();
        let overdue = self.unsynced.is_some_and(|since| now.since(since) >= SYNC_WITHIN);
        let durable = overdue || batch.iter().any(|work| matches!(work, Work::Write(_, _, Flush::First)));
        let mut finishes = Vec::with_capacity(batch.len());
        let outcome = self.run_batch(batch, durable, &mut finishes);
        if outcome.is_ok() {
            self.unsynced = if durable { None } else { self.unsynced.or(Some(now)) };
        } else {
            let _ = self.connection.execute_batch("rollback");
        }
        for finish in finishes {
            finish(outcome.clone());
        }
    }

    /// Several closures that write run each under a savepoint of its own; one that is alone needs none, since what it did goes with
    /// the transaction. A savepoint is not free: SQLite keeps every page that is touched under it as it was, and walks along all of
    /// them after each statement, so that an import with tables of a hundred thousand rows spent half its time there.
    fn run_batch(&mut self, batch: Vec<Work>, durable: bool, finishes: &mut Vec<Finish>) -> Result<(), DbFault> {
        let begun = self.begin(durable);
        let mut told = Vec::new();
        let mut outcome = begun;
        let alone = batch.iter().filter(|work| matches!(work, Work::Write(..))).count() == 1;
        for work in batch {
            match work {
                Work::Reads(reads) => {
                    told.push(reads.told);
                    finishes.push(reads.finish);
                }
                Work::Write(cx, run, _) => match &outcome {
                    Ok(()) => outcome = self.run_one(&cx, run, alone, &mut told, finishes),
                    // After a failure the rest are not run, only told.
                    Err(fault) => finishes.push(untouched(run, fault)),
                },
            }
        }
        outcome?;
        self.append(told)?;
        self.plain("commit")
    }

    fn plain(&self, sql: &str) -> Result<(), DbFault> {
        Ok(self.connection.prepare_cached(sql)?.execute([]).map(|_| ())?)
    }

    fn begin(&mut self, durable: bool) -> Result<(), DbFault> {
        if durable != self.durable {
            self.connection.pragma_update(None, "synchronous", if durable { "full" } else { "normal" })?;
            self.durable = durable;
        }
        self.plain("begin immediate")
    }

    /// Runs one closure. `alone`, it has the transaction to itself: nothing else was written before, and nothing is after.
    fn run_one(
        &self,
        cx: &Cx,
        run: Run,
        alone: bool,
        told: &mut Vec<Told>,
        finishes: &mut Vec<Finish>,
    ) -> Result<(), DbFault> {
        let [before, undo, after] = if alone {
            [None, Some("rollback"), Some("begin immediate")]
        } else {
            [Some("savepoint one"), Some("rollback to one"), Some("release one")]
        };
        let plain = |sql: Option<&str>| sql.map_or(Ok(()), |sql| self.plain(sql));
        if let Err(fault) = plain(before) {
            finishes.push(untouched(run, &fault));
            return Err(fault);
        }
        let mut tx = WriteTx::new(Link::Lite(&self.connection), cx, &self.tools);
        let verdict = catch_unwind(AssertUnwindSafe(|| run(Ok(&mut tx))));
        let unledgered = tx.pending.unledgered();
        let undone = |told: &mut Vec<Told>| -> Result<(), DbFault> {
            plain(undo)?;
            plain(after)?;
            told.push(tx.pending.undone(cx, tx.now()));
            Ok(())
        };
        match verdict {
            Ok(Verdict::Keep(finish)) if !unledgered => {
                finishes.push(finish);
                self.append(vec![tx.pending.kept(cx, tx.now())])?;
                plain(before.and(after))
            }
            Ok(Verdict::Keep(finish)) => {
                finish(Err(DbFault::Unledgered));
                undone(told)
            }
            Ok(Verdict::Undo(finish)) => {
                finishes.push(finish);
                undone(told)
            }
            Err(_) => undone(told),
        }
    }

    fn append(&self, told: Vec<Told>) -> Result<(), DbFault> {
        append(&Link::Lite(&self.connection), &self.tools, told)
    }
}

/// Puts acts into the ledger as one entry, and writes whom they showed.
pub(super) fn append(link: &Link<'_>, tools: &Tools, told: Vec<Told>) -> Result<(), DbFault> {
    let (acts, sights): (Vec<_>, Vec<_>) = told.into_iter().map(|told| (told.act, told.sights)).unzip();
    let acts: Vec<Act> = acts.into_iter().flatten().collect();
    if !acts.is_empty() {
        link.execute_later(super::APPEND, entry_values(tools, &acts)?.into())?;
    }
    budget::write(link, tools, &sights)
}

/// Returns the values of [`super::APPEND`].
fn entry_values(tools: &Tools, acts: &[Act]) -> Result<[Val; 4], DbFault> {
    let id = tools.entry_id();
    let entry = Entry::pack(id, acts)?;
    let leaf = entry.leaf();
    let mark = tools.mark_of_entry(id.uuid(), &leaf);
    Ok([id.into(), entry.body.into(), leaf.into(), Val::Bytes(mark.to_vec())])
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
