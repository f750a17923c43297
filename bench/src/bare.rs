//! The bare server: the same facts in plaintext columns, and nothing that protects them.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{Path as At, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use rusqlite::{Connection, OpenFlags};
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::measure::sample_of;

type Ask = Box<dyn FnOnce(&Connection) + Send>;

#[derive(Clone)]
struct Readers(Arc<Vec<Mutex<Sender<Ask>>>>, Arc<std::sync::atomic::AtomicUsize>);

const COLUMNS: &str = "id, name, email, phone, title, city, stage, owner_id, created_at, updated_at, version";

/// Makes the plaintext twin of `rows` contacts and returns some of their ids.
pub(crate) fn make_twin(path: &Path, rows: u32) -> Result<()> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.execute_batch(
        "create table contact (id blob primary key, name text, email text, phone text, title text, city text, stage text, \
         owner_id blob, created_at integer, updated_at integer, version integer) strict;\
         create index contact_by_updated on contact (updated_at, id);",
    )?;
    let sample = sample_of(rows);
    let tx = connection.transaction()?;
    {
        let mut insert = tx.prepare("insert into contact values (?1,?2,?3,?4,?5,?6,?7,?8,?9,?9,1)")?;
        for (number, contact) in sample.contacts().enumerate() {
            let id = u128::try_from(number)?.to_be_bytes();
            insert.execute(rusqlite::params![
                id.as_slice(),
                contact.name,
                contact.email,
                contact.phone,
                contact.title,
                contact.city,
                "lead",
                [7_u8; 16].as_slice(),
                i64::try_from(number)?
            ])?;
        }
    }
    tx.commit()?;
    Ok(())
}

/// A bare server that runs; it ends when dropped.
pub(crate) struct Bare {
    _child: Child,
    pub(crate) port: u16,
}

/// Starts the bare server as a process of its own and waits until it says its port.
pub(crate) async fn start(twin: &Path) -> Result<Bare> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--serve-bare").arg(twin).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line).await?;
    Ok(Bare { _child: child, port: line.trim().parse().context("the bare server did not say its port")? })
}

/// Serves the twin on a free port and prints the port.
pub(crate) async fn serve(path: PathBuf) -> Result<()> {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let mut senders = Vec::new();
    for _ in 0..cores {
        let connection =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        let (sender, inbox) = channel::<Ask>();
        std::thread::spawn(move || {
            while let Ok(ask) = inbox.recv() {
                ask(&connection);
            }
        });
        senders.push(Mutex::new(sender));
    }
    let readers = Readers(Arc::new(senders), Arc::default());
    let router = Router::new().route("/contacts/{id}", get(point)).route("/contacts", get(list)).with_state(readers);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    Ok(axum::serve(listener, router).await?)
}

async fn ask<T: Send + 'static>(
    readers: &Readers,
    run: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (answer, wait) = tokio::sync::oneshot::channel();
    let turn = readers.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let reader = readers.0.get(turn % readers.0.len()).context("no reader")?;
    let run: Ask = Box::new(move |connection| {
        let _ = answer.send(run(connection));
    });
    reader.lock().map_err(|_| anyhow::anyhow!("poisoned"))?.send(run).map_err(|_| anyhow::anyhow!("reader gone"))?;
    wait.await?
}

async fn point(State(readers): State<Readers>, At(id): At<u32>) -> impl IntoResponse {
    let found = ask(&readers, move |connection| {
        let mut statement = connection.prepare_cached(&format!("select {COLUMNS} from contact where id = ?1"))?;
        Ok(statement.query_row([u128::from(id).to_be_bytes().as_slice()], shown)?)
    });
    found.await.map(axum::Json).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

async fn list(State(readers): State<Readers>) -> impl IntoResponse {
    let found = ask(&readers, |connection| {
        let mut statement = connection
            .prepare_cached(&format!("select {COLUMNS} from contact order by updated_at desc, id desc limit 50"))?;
        Ok(statement.query_map([], shown)?.collect::<Result<Vec<_>, _>>()?)
    });
    found.await.map(axum::Json).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

/// What is answered of a contact.
#[derive(Serialize)]
struct Contact {
    id: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    title: Option<String>,
    city: Option<String>,
    stage: Option<String>,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

fn shown(row: &rusqlite::Row<'_>) -> rusqlite::Result<Contact> {
    Ok(Contact {
        id: uuid::Uuid::from_bytes(row.get(0)?).simple().to_string(),
        name: row.get(1)?,
        email: row.get(2)?,
        phone: row.get(3)?,
        title: row.get(4)?,
        city: row.get(5)?,
        stage: row.get(6)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
        version: row.get(10)?,
    })
}
