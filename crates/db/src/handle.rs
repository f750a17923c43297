//! The handle to a database.

use std::sync::Arc;

use authz::Cx;
use kernel::{Chance, Clock, Timestamp};
use tokio::sync::oneshot;

use crate::engine::postgres::{self, Postgres};
use crate::engine::sqlite::{self, Sqlite};
use crate::engine::{Flush, Link, Reads, Run, Verdict};
use crate::pending::Told;
use crate::tx::Tools;
use crate::{DbConfig, DbFault, Marking, Place, ReadTx, WriteTx, migrate};

/// A database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Engine,
    tools: Arc<Tools>,
}

pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Arc<Postgres>),
}

impl Db {
    /// Opens the data database, brings its schema up to date, marks the rows that were there before marks were, and starts its threads.
    /// Runs inside a Tokio runtime.
    ///
    /// # Errors
    /// [`DbFault`]: it cannot be opened, is locked, or its schema does not fit the program.
    pub async fn open(
        config: DbConfig,
        marking: Arc<dyn Marking>,
        (clock, chance): (Arc<dyn Clock>, Arc<dyn Chance>),
    ) -> Result<Self, DbFault> {
        let tools = Arc::new(Tools::new(clock, chance, marking.key()));
        let engine = match config.place {
            Place::File(path) => {
                let migrated = sqlite::connect(&path, true)?;
                migrate::up(&Link::Lite(&migrated), migrate::DATA, tools.clock.now())?;
                tools.budget.pull(&Link::Lite(&migrated), tools.clock.now(), true)?;
                Engine::Sqlite(Sqlite::start(&path, config.readers, &tools)?)
            }
            Place::Postgres(at) => {
                let pool = postgres::connect(&at, config.readers).await?;
                let (handle, now) = (tokio::runtime::Handle::current(), tools.clock.now());
                let (inner, its) = (pool.clone(), Arc::clone(&tools));
                let migrating = tokio::task::spawn_blocking(move || {
                    let session = postgres::session(&inner, &handle)?;
                    migrate::up(&Link::Pg(&session), migrate::DATA, now)?;
                    its.budget.pull(&Link::Pg(&session), now, true)
                });
                migrating.await.map_err(|_| DbFault::Abandoned)??;
                Engine::Postgres(Arc::new(Postgres::start(pool, &tools)?))
            }
        };
        let db = Self(Arc::new(Inner { engine, tools }));
        db.mark_first(marking).await?;
        Ok(db)
    }

    /// Returns the present moment by the clock the database was opened with.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.tools.clock.now()
    }

    /// Returns the source of randomness the database was opened with.
    #[must_use]
    pub fn chance(&self) -> &dyn Chance {
        &*self.0.tools.chance
    }

    /// Runs a closure that reads. Its result is handed over only after the line saying who read what is written; if that
    /// cannot be, nothing is handed over.
    ///
    /// # Errors
    /// What the closure says, or a [`DbFault`].
    pub async fn read<T, E>(
        &self,
        cx: &Cx,
        run: impl FnOnce(&ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbFault> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        self.start_read(cx.clone(), run, answer);
        wait.await.unwrap_or_else(|_| Err(E::from(DbFault::Abandoned)))
    }

    /// Runs a closure that writes, in one transaction: committed when it returns `Ok`, rolled back when it does not. A
    /// transaction that writes without leaving a ledger line is refused.
    ///
    /// # Errors
    /// What the closure says, or a [`DbFault`].
    pub async fn write<T, E>(
        &self,
        cx: &Cx,
        run: impl FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbFault> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        self.start_write(cx.clone(), run, Flush::First, answer);
        wait.await.unwrap_or_else(|_| Err(E::from(DbFault::Abandoned)))
    }

    /// Does what [`read`](Self::read) does, for a thread that may block.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_now<T, E>(
        &self,
        cx: &Cx,
        run: impl FnOnce(&ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbFault> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        self.start_read(cx.clone(), run, answer);
        wait.blocking_recv().unwrap_or_else(|_| Err(E::from(DbFault::Abandoned)))
    }

    /// Does what [`write`](Self::write) does, for a thread that may block.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_now<T, E>(
        &self,
        cx: &Cx,
        run: impl FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbFault> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        self.start_write(cx.clone(), run, Flush::First, answer);
        wait.blocking_recv().unwrap_or_else(|_| Err(E::from(DbFault::Abandoned)))
    }

    /// Does one step of work that says in the same transaction how far it is, and goes on there after a loss of power: does what
    /// [`write_now`](Self::write_now) does, but the commit reaches the disk within a second, like the line of a read.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn step_now<T, E>(
        &self,
        cx: &Cx,
        run: impl FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbFault> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        self.start_write(cx.clone(), run, Flush::Soon, answer);
        wait.blocking_recv().unwrap_or_else(|_| Err(E::from(DbFault::Abandoned)))
    }

    /// Tells whether work can be done: the database takes a write, and the last one was not lost for want of room. A small
    /// write may still fit where others do not, so that a moment must pass before one is tried again.
    ///
    /// # Errors
    /// [`DbFault`]: why not.
    pub async fn ready(&self, cx: &Cx) -> Result<(), DbFault> {
        if self.0.tools.room.is_full(self.now()) {
            return Err(DbFault::Full);
        }
        self.write(cx, |_| Ok(())).await
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    fn start_read<T, E>(
        &self,
        cx: Cx,
        run: impl FnOnce(&ReadTx<'_>) -> Result<T, E> + Send + 'static,
        answer: oneshot::Sender<Result<T, E>>,
    ) where
        T: Send + 'static,
        E: From<DbFault> + Send + 'static,
    {
        let tools = Arc::clone(&self.0.tools);
        match &self.0.engine {
            Engine::Sqlite(sqlite) => {
                let inner = Arc::downgrade(&self.0);
                sqlite.read(Box::new(move |snapshot| {
                    let outcome = match snapshot {
                        Ok(connection) => read_in(&ReadTx::new(Link::Lite(connection), &cx, &tools), run),
                        Err(fault) => (Err(fault.into()), Told::default()),
                    };
                    let record = |reads| {
                        if let Some(Engine::Sqlite(sqlite)) = inner.upgrade().as_deref().map(|inner| &inner.engine) {
                            sqlite.record(reads);
                        }
                    };
                    hand_over(outcome, answer, record);
                }));
            }
            Engine::Postgres(postgres) => {
                let postgres = Arc::clone(postgres);
                postgres.handle().clone().spawn_blocking(move || {
                    let outcome = read_pg(&postgres, &cx, &tools, run);
                    hand_over(outcome, answer, |reads| postgres.record(reads));
                });
            }
        }
    }

    fn start_write<T, E>(
        &self,
        cx: Cx,
        run: impl FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
        flush: Flush,
        answer: oneshot::Sender<Result<T, E>>,
    ) where
        T: Send + 'static,
        E: From<DbFault> + Send + 'static,
    {
        let tools = Arc::clone(&self.0.tools);
        let run: Run = Box::new(move |tx| {
            match tx.map_err(E::from).and_then(|tx| Ok((counted(run(tx), tx)?, tx.pending.has_allowed()))) {
                Ok((value, allowed)) => Verdict::Keep(Box::new(move |committed| {
                    if allowed {
                        tools.budget.stale();
                    }
                    tools.room.note(&committed, tools.clock.now());
                    let _ = answer.send(committed.map(|()| value).map_err(E::from));
                })),
                Err(fault) => Verdict::Undo(Box::new(move |_| {
                    let _ = answer.send(Err(fault));
                })),
            }
        });
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.write(cx, run, flush),
            Engine::Postgres(postgres) => {
                let postgres = Arc::clone(postgres);
                postgres.handle().clone().spawn_blocking(move || {
                    if let Err(fault) = postgres.write(&cx, run, flush) {
                        tracing::error!(error = %fault, "write abandoned");
                    }
                });
            }
        }
    }
}

type Outcome<T, E> = (Result<T, E>, Told);

fn read_pg<T, E: From<DbFault>>(
    postgres: &Postgres,
    cx: &Cx,
    tools: &Tools,
    run: impl FnOnce(&ReadTx<'_>) -> Result<T, E>,
) -> Outcome<T, E> {
    match postgres.session() {
        Ok(session) => {
            session.begin("begin read only isolation level repeatable read");
            let outcome = read_in(&ReadTx::new(Link::Pg(&session), cx, tools), run);
            session.leave();
            outcome
        }
        Err(fault) => (Err(fault.into()), Told::default()),
    }
}

fn read_in<T, E: From<DbFault>>(tx: &ReadTx<'_>, run: impl FnOnce(&ReadTx<'_>) -> Result<T, E>) -> Outcome<T, E> {
    let result = counted(run(tx), tx);
    let told = if result.is_ok() { tx.pending.kept(tx.cx(), tx.now()) } else { tx.pending.undone(tx.cx(), tx.now()) };
    (result, told)
}

/// The reading budget in one place: what a closure returns goes on only if the people it read are within it.
fn counted<T, E: From<DbFault>>(result: Result<T, E>, tx: &ReadTx<'_>) -> Result<T, E> {
    let value = result?;
    tx.count_seen()?;
    Ok(value)
}

/// Law 4 in one place: with lines to write, the answer travels with them and is sent when they are written.
fn hand_over<T, E>((result, told): Outcome<T, E>, answer: oneshot::Sender<Result<T, E>>, record: impl FnOnce(Reads))
where
    T: Send + 'static,
    E: From<DbFault> + Send + 'static,
{
    if told.is_empty() {
        let _ = answer.send(result);
        return;
    }
    record(Reads {
        told,
        finish: Box::new(move |written| {
            let _ = answer.send(written.map_err(E::from).and(result));
        }),
    });
}
