//! PostgreSQL: a pool of sessions driven from blocking threads, and one thread that gathers the lines of reads.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::{Pin, pin};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};

use authz::Cx;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, QueueMode, RecyclingMethod};
use postgres_types::ToSql;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::runtime::Handle;
use tokio_postgres::config::{Host, SslMode};

use super::sqlite::append;
use super::{Flush, Link, Reads, Run, Verdict};
use crate::config::PostgresPlace;
use crate::pending::Told;
use crate::row::{Row, Source};
use crate::tx::Tools;
use crate::{DbFault, Val, WriteTx};

/// At most this many reads share a ledger entry.
const BATCH: usize = 512;

/// So many statements wait for the next one at most.
const WAITING: usize = 512;

/// One connection of the pool, for the time of one transaction.
///
/// A round trip costs more than most statements: what nobody waits for an answer of goes out with the next statement that
/// somebody does, or with the commit. If it fails, that one fails.
pub(crate) struct Session {
    client: Object,
    handle: Handle,
    /// Whether a transaction is open.
    open: Cell<bool>,
    waiting: RefCell<Vec<Ask>>,
    /// What was asked ahead, and what came back.
    ahead: RefCell<Vec<(Ask, Vec<tokio_postgres::Row>)>>,
    /// Why nothing more is done: what waited for the statement that failed was lost with it.
    failed: RefCell<Option<DbFault>>,
}

/// Something to send.
#[derive(PartialEq, Eq)]
enum Ask {
    Query(String, Vec<Val>),
    Execute(String, Vec<Val>),
    Script(String),
}

/// What came back.
enum Answer {
    Rows(Vec<tokio_postgres::Row>),
    Count(u64),
}

impl Ask {
    fn sql(&self) -> Option<&str> {
        match self {
            Self::Query(sql, _) | Self::Execute(sql, _) => Some(sql),
            Self::Script(_) => None,
        }
    }
}

impl Answer {
    fn rows(self) -> Vec<tokio_postgres::Row> {
        match self {
            Self::Rows(rows) => rows,
            Self::Count(_) => Vec::new(),
        }
    }
}

type Each<'e> = &'e mut dyn FnMut(&Row<'_>) -> Result<(), DbFault>;
type Coming<'a> = Pin<Box<dyn Future<Output = Result<Answer, tokio_postgres::Error>> + Send + 'a>>;

/// A session never goes back to the pool with a transaction open, whatever ended its use.
impl Drop for Session {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Session {
    /// Opens a transaction with `begin` and what may stand behind it.
    pub(crate) fn begin(&self, begin: &str) {
        self.waiting.borrow_mut().push(Ask::Script(begin.to_owned()));
    }

    /// Commits the open transaction; a failed commit has rolled it back.
    pub(crate) fn commit(&self) -> Result<(), DbFault> {
        self.script("commit")
    }

    /// Rolls the open transaction back.
    pub(crate) fn rollback(&self) -> Result<(), DbFault> {
        self.waiting.borrow_mut().clear();
        self.failed.take();
        if self.open.get() { self.script("rollback") } else { Ok(()) }
    }

    /// Rolls the open transaction back without waiting for it: whoever has the connection next stands behind it.
    pub(crate) fn leave(&self) {
        self.waiting.borrow_mut().clear();
        if self.open.replace(false) {
            // The first poll sends it.
            let _ = pin!(self.client.batch_execute("rollback")).poll(&mut Context::from_waker(Waker::noop()));
        }
    }

    pub(crate) fn query(&self, sql: &str, values: &[Val], each: Each<'_>) -> Result<(), DbFault> {
        let ask = Ask::Query(sql.to_owned(), values.to_vec());
        if self.waiting.borrow().contains(&ask) {
            self.arrive()?;
        }
        let known = self.ahead.borrow().iter().position(|(asked, _)| *asked == ask);
        let rows = match known {
            Some(at) => self.ahead.borrow_mut().swap_remove(at).1,
            None => self.ask([ask])?.into_iter().flat_map(Answer::rows).collect(),
        };
        rows.iter().try_for_each(|row| each(&Row(Source::Pg(row))))
    }

    /// Asks together with the next statement what somebody will ask in a moment: whoever does finds the answer there.
    pub(crate) fn ahead(&self, sql: &str, values: Vec<Val>) {
        self.waiting.borrow_mut().push(Ask::Query(sql.to_owned(), values));
    }

    /// Runs a statement once for each set of whole numbers, as one; `each` gets the number of the set with each row.
    pub(crate) fn query_each(
        &self,
        sql: &str,
        sets: &[Vec<Val>],
        mut each: impl FnMut(usize, &Row<'_>) -> Result<(), DbFault>,
    ) -> Result<(), DbFault> {
        let Some(first) = sets.first() else { return Ok(()) };
        let columns: Vec<Val> = (0..first.len())
            .map(|at| Val::Column(sets.iter().filter_map(|set| set.get(at).cloned()).collect()))
            .collect();
        for answer in self.ask([Ask::Query(dialect::for_each(sql, columns.len()), columns)])? {
            for row in &answer.rows() {
                let nth: i64 = row.try_get(row.len().saturating_sub(1))?;
                each(usize::try_from(nth - 1).unwrap_or(usize::MAX), &Row(Source::Pg(row)))?;
            }
        }
        Ok(())
    }

    pub(crate) fn execute(&self, sql: &str, values: &[Val]) -> Result<u64, DbFault> {
        let answers = self.ask([Ask::Execute(sql.to_owned(), values.to_vec())])?;
        Ok(answers.into_iter().map(|answer| if let Answer::Count(count) = answer { count } else { 0 }).sum())
    }

    /// Runs a statement together with the next one, or with the commit.
    pub(crate) fn execute_later(&self, sql: &str, values: Vec<Val>) -> Result<(), DbFault> {
        self.waiting.borrow_mut().push(Ask::Execute(sql.to_owned(), values));
        if self.waiting.borrow().len() >= WAITING { self.arrive() } else { Ok(()) }
    }

    /// Sends what waits, and waits for it.
    pub(crate) fn arrive(&self) -> Result<(), DbFault> {
        self.ask([]).map(|_| ())
    }

    pub(crate) fn script(&self, sql: &str) -> Result<(), DbFault> {
        self.ask([Ask::Script(sql.to_owned())]).map(|_| ())
    }

    /// Sends what waits and what is asked for now, and returns the answers to the latter if nothing failed.
    fn ask(&self, now: impl IntoIterator<Item = Ask>) -> Result<Vec<Answer>, DbFault> {
        if let Some(fault) = &*self.failed.borrow() {
            return Err(fault.clone());
        }
        let mut asks = self.waiting.take();
        let before = asks.len();
        asks.extend(now);
        let begins = |ask: &Ask| matches!(ask, Ask::Script(sql) if sql.starts_with("begin"));
        let ends = |ask: &Ask| matches!(ask, Ask::Script(sql) if sql == "commit" || sql == "rollback");
        self.open.set(self.open.get() || asks.iter().any(begins));
        let asked = self.handle.block_on(exchange(&self.client, &asks)).map_err(DbFault::from);
        let mut answers = asked.inspect_err(|fault| *self.failed.borrow_mut() = Some(fault.clone()))?;
        self.open.set(self.open.get() && !asks.last().is_some_and(ends));
        let now = answers.split_off(before.min(answers.len()));
        let asked = asks.into_iter().zip(answers).filter(|(ask, _)| matches!(ask, Ask::Query(..)));
        self.ahead.borrow_mut().extend(asked.map(|(ask, answer)| (ask, answer.rows())));
        Ok(now)
    }
}

async fn one(
    client: &Object,
    ask: &Ask,
    statement: Option<tokio_postgres::Statement>,
) -> Result<Answer, tokio_postgres::Error> {
    match (ask, statement) {
        (Ask::Query(_, values), Some(of)) => client.query(&of, &bound(values)).await.map(Answer::Rows),
        (Ask::Execute(_, values), Some(of)) => client.execute(&of, &bound(values)).await.map(Answer::Count),
        (Ask::Script(sql) | Ask::Query(sql, _) | Ask::Execute(sql, _), _) => {
            client.batch_execute(sql).await.map(|()| Answer::Count(0))
        }
    }
}

/// Sends everything at once, in its order, and waits for all answers; the first failure of the server is the answer to all.
async fn exchange(client: &Object, asks: &[Ask]) -> Result<Vec<Answer>, tokio_postgres::Error> {
    let mut statements = Vec::with_capacity(asks.len());
    for ask in asks {
        statements.push(match ask.sql() {
            Some(sql) if sql.len() > super::KEPT => Some(client.prepare(sql).await?),
            Some(sql) => Some(client.prepare_cached(sql).await?),
            None => None,
        });
    }
    let mut coming: Vec<Coming<'_>> =
        asks.iter().zip(statements).map(|(ask, of)| -> Coming<'_> { Box::pin(one(client, ask, of)) }).collect();
    let mut come: Vec<Option<Result<Answer, tokio_postgres::Error>>> = Vec::new();
    come.resize_with(coming.len(), || None);
    // The first poll of each sends it.
    poll_fn(|cx| {
        for (one, come) in coming.iter_mut().zip(&mut come) {
            if let Poll::Ready(answer) = one.as_mut().poll(cx) {
                *come = Some(answer);
            }
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(coming.len());
    let mut failed = None;
    for (one, come) in coming.into_iter().zip(come) {
        let answer = match come {
            Some(answer) => answer,
            None => one.await,
        };
        match answer {
            Ok(answer) => answers.push(answer),
            Err(fault) => failed = failed.or(Some(fault)),
        }
    }
    failed.map_or(Ok(answers), Err)
}

fn bound(values: &[Val]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// The pool of one PostgreSQL database and the thread that records reads.
pub(crate) struct Postgres {
    pool: Pool,
    handle: Handle,
    tools: Arc<Tools>,
    records: Sender<Reads>,
}

/// Makes a pool whose sessions work in `schema`, which is created if it is missing.
pub(crate) async fn connect(at: &PostgresPlace, size: usize) -> Result<Pool, DbFault> {
    let schema = &at.schema;
    let mut config = tokio_postgres::Config::from_str(&at.url)?;
    config.application_name("custos").options(format!("-c search_path={schema}"));
    if config.get_hosts().iter().all(is_here) && at.root_cert.is_none() {
        config.ssl_mode(SslMode::Disable);
    } else {
        config.ssl_mode(SslMode::Require);
    }
    let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls_config(at.root_cert.as_deref())?);
    // What was used last knows its statements and has its tables at hand: whoever comes next gets that one.
    let pool = Pool::builder(Manager::from_config(config, tls, manager))
        .max_size(size)
        .queue_mode(QueueMode::Lifo)
        .build()
        .map_err(|e| DbFault::Unavailable(Arc::new(e)))?;
    pool.get().await?.batch_execute(&format!("create schema if not exists {schema}")).await?;
    Ok(pool)
}

/// Tells whether a host is this machine, so that no network lies between.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        Host::Unix(_) => true,
    }
}

/// Returns the TLS towards a remote database: only the roots the operator names are trusted.
fn tls_config(root_cert: Option<&Path>) -> Result<rustls::ClientConfig, DbFault> {
    let mut roots = rustls::RootCertStore::empty();
    if let Some(path) = root_cert {
        let unreadable = |e: rustls_pki_types::pem::Error| DbFault::Unavailable(Arc::new(e));
        for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
            let added = roots.add(certificate.map_err(unreadable)?);
            added.map_err(|e| DbFault::Unavailable(Arc::new(e)))?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = versions.map_err(|e| DbFault::Unavailable(Arc::new(e)))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl Postgres {
    pub(crate) fn start(pool: Pool, tools: &Arc<Tools>) -> Result<Self, DbFault> {
        let handle = Handle::current();
        let (records, inbox) = channel();
        let recorder = Recorder { pool: pool.clone(), handle: handle.clone(), tools: Arc::clone(tools) };
        std::thread::Builder::new()
            .name("db-reads".to_owned())
            .spawn(move || recorder.serve(&inbox))
            .map_err(|e| DbFault::Unavailable(Arc::new(e)))?;
        Ok(Self { pool, handle, tools: Arc::clone(tools), records })
    }

    /// Takes a session from the pool. Only from a blocking thread.
    pub(crate) fn session(&self) -> Result<Session, DbFault> {
        session(&self.pool, &self.handle)
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    pub(crate) fn record(&self, reads: Reads) {
        let _ = self.records.send(reads);
    }

    /// Runs a write closure in a transaction of its own and answers it.
    pub(crate) fn write(&self, cx: &Cx, run: Run, flush: Flush) -> Result<(), DbFault> {
        let session = match self.session() {
            Ok(session) => session,
            Err(fault) => {
                match run(Err(fault.clone())) {
                    Verdict::Keep(finish) | Verdict::Undo(finish) => finish(Err(fault.clone())),
                }
                return Err(fault);
            }
        };
        session.begin(if flush == Flush::First { "begin" } else { SOON });
        let mut tx = WriteTx::new(Link::Pg(&session), cx, &self.tools);
        let verdict = run(Ok(&mut tx));
        let unledgered = tx.pending.unledgered();
        let at = tx.now();
        match verdict {
            Verdict::Keep(finish) if !unledgered => {
                let told = vec![tx.pending.kept(cx, at)];
                let committed = append(&Link::Pg(&session), &self.tools, told).and_then(|()| session.commit());
                if committed.is_err() {
                    let _ = session.rollback();
                }
                finish(committed);
            }
            Verdict::Keep(finish) => {
                let undone = session.rollback();
                finish(Err(DbFault::Unledgered));
                return undone;
            }
            Verdict::Undo(finish) => {
                let undone = session.rollback();
                let told = tx.pending.undone(cx, at);
                if told.is_empty() || undone.is_err() {
                    finish(Ok(()));
                } else {
                    self.record(Reads { told, finish });
                }
                return undone;
            }
        }
        Ok(())
    }
}

pub(crate) fn session(pool: &Pool, handle: &Handle) -> Result<Session, DbFault> {
    let client = handle.block_on(pool.get())?;
    Ok(Session {
        client,
        handle: handle.clone(),
        open: Cell::new(false),
        waiting: RefCell::default(),
        ahead: RefCell::default(),
        failed: RefCell::default(),
    })
}

/// Begins what need not be on the disk before anybody hears of it.
const SOON: &str = "begin; set local synchronous_commit = off";

/// Writes the lines of reads, many at a time; PostgreSQL brings them to the disk within its `wal_writer_delay` times three.
struct Recorder {
    pool: Pool,
    handle: Handle,
    tools: Arc<Tools>,
}

impl Recorder {
    fn serve(self, inbox: &Receiver<Reads>) {
        while let Ok(first) = inbox.recv() {
            let mut told = vec![first.told];
            let mut finishes = vec![first.finish];
            while told.len() < BATCH {
                let Ok(next) = inbox.try_recv() else { break };
                told.push(next.told);
                finishes.push(next.finish);
            }
            let outcome = self.append(told);
            for finish in finishes {
                finish(outcome.clone());
            }
        }
    }

    fn append(&self, told: Vec<Told>) -> Result<(), DbFault> {
        let session = session(&self.pool, &self.handle)?;
        session.begin(SOON);
        append(&Link::Pg(&session), &self.tools, told).and_then(|()| session.commit()).inspect_err(|_| {
            let _ = session.rollback();
        })
    }
}
