//! PostgreSQL: a pool of sessions driven from blocking threads, and one thread that gathers the lines of reads.

use std::cell::Cell;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use authz::Cx;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use postgres_types::ToSql;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::runtime::Handle;
use tokio_postgres::config::{Host, SslMode};

use super::sqlite::append;
use super::{Link, Reads, Run, Verdict};
use crate::config::PostgresPlace;
use crate::pending::Told;
use crate::row::{Row, Source};
use crate::tx::Tools;
use crate::{DbFault, Val, WriteTx};

/// At most this many reads share a ledger entry.
const BATCH: usize = 512;

/// One connection of the pool, for the time of one transaction.
pub(crate) struct Session {
    client: Object,
    handle: Handle,
    /// Whether a transaction is open.
    open: Cell<bool>,
}

/// A session never goes back to the pool with a transaction open, whatever ended its use.
impl Drop for Session {
    fn drop(&mut self) {
        if self.open.get() {
            let _ = self.script("rollback");
        }
    }
}

impl Session {
    /// Opens a transaction with `begin` and what may stand behind it.
    pub(crate) fn begin(&self, begin: &str) -> Result<(), DbFault> {
        self.open.set(true);
        self.script(begin)
    }

    /// Commits the open transaction; a failed commit has rolled it back.
    pub(crate) fn commit(&self) -> Result<(), DbFault> {
        self.script("commit")?;
        self.open.set(false);
        Ok(())
    }

    /// Rolls the open transaction back.
    pub(crate) fn rollback(&self) -> Result<(), DbFault> {
        self.open.set(false);
        self.script("rollback")
    }

    pub(crate) fn query(
        &self,
        sql: &str,
        values: &[Val],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), DbFault>,
    ) -> Result<(), DbFault> {
        let rows = self.handle.block_on(async {
            let statement = self.client.prepare_cached(sql).await?;
            self.client.query(&statement, &bound(values)).await
        })?;
        rows.iter().try_for_each(|row| each(&Row(Source::Pg(row))))
    }

    pub(crate) fn execute(&self, sql: &str, values: &[Val]) -> Result<u64, DbFault> {
        Ok(self.handle.block_on(async {
            let statement = self.client.prepare_cached(sql).await?;
            self.client.execute(&statement, &bound(values)).await
        })?)
    }

    pub(crate) fn script(&self, sql: &str) -> Result<(), DbFault> {
        Ok(self.handle.block_on(self.client.batch_execute(sql))?)
    }
}

fn bound(values: &[Val]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// The pool of one PostgreSQL database and the thread that records reads.
pub(crate) struct Postgres {
    pool: Pool,
    handle: Handle,
    tools: Tools,
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
    let pool = Pool::builder(Manager::from_config(config, tls, manager))
        .max_size(size)
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
    pub(crate) fn start(pool: Pool, tools: &Tools) -> Result<Self, DbFault> {
        let handle = Handle::current();
        let (records, inbox) = channel();
        let recorder = Recorder { pool: pool.clone(), handle: handle.clone(), tools: tools.clone() };
        std::thread::Builder::new()
            .name("db-reads".to_owned())
            .spawn(move || recorder.serve(&inbox))
            .map_err(|e| DbFault::Unavailable(Arc::new(e)))?;
        Ok(Self { pool, handle, tools: tools.clone(), records })
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
    pub(crate) fn write(&self, cx: &Cx, run: Run) -> Result<(), DbFault> {
        let begun = self.session().and_then(|session| session.begin("begin").map(|()| session));
        let session = match begun {
            Ok(session) => session,
            Err(fault) => {
                match run(Err(fault.clone())) {
                    Verdict::Keep(finish) | Verdict::Undo(finish) => finish(Err(fault.clone())),
                }
                return Err(fault);
            }
        };
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
                session.rollback()?;
                finish(Err(DbFault::Unledgered));
            }
            Verdict::Undo(finish) => {
                session.rollback()?;
                let told = tx.pending.undone(cx, at);
                if told.is_empty() {
                    finish(Ok(()));
                } else {
                    self.record(Reads { told, finish });
                }
            }
        }
        Ok(())
    }
}

pub(crate) fn session(pool: &Pool, handle: &Handle) -> Result<Session, DbFault> {
    Ok(Session { client: handle.block_on(pool.get())?, handle: handle.clone(), open: Cell::new(false) })
}

/// Writes the lines of reads, many at a time; PostgreSQL brings them to the disk within its `wal_writer_delay` times three.
struct Recorder {
    pool: Pool,
    handle: Handle,
    tools: Tools,
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
        session.begin("begin; set local synchronous_commit = off")?;
        append(&Link::Pg(&session), &self.tools, told).and_then(|()| session.commit()).inspect_err(|_| {
            let _ = session.rollback();
        })
    }
}
