//! The plaintext twin: the same contacts in plaintext columns of the same engine, with the indexes that anybody would give
//! them, and nothing that protects them. It is filled as the house is: row by row, with its indexes in place.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rusqlite::Connection;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};

use crate::measure::sample_of;

/// A twin that is asked one thing after the other.
pub(crate) enum Twin {
    Sqlite(Connection, PathBuf),
    Postgres(Box<Server>),
}

/// A connection to a server, with what is asked of it prepared.
pub(crate) struct Server {
    client: Client,
    schema: String,
    search: Statement,
    sorted: Statement,
    insert: Statement,
}

const COLUMNS: &str = "id, name, email, phone, title, city, stage, owner_id, created_at, updated_at, version";

impl Twin {
    /// Makes the twin of an engine with `rows` contacts.
    pub(crate) async fn make(engine: &str, rows: u32, scratch: &Path) -> Result<Self> {
        match engine {
            "sqlite" => sqlite(rows, &scratch.join("twin.db")),
            _ => postgres(rows).await,
        }
    }

    /// Finds the first ten whose words begin so.
    pub(crate) async fn search(&mut self, words: &str) -> Result<usize> {
        let words: Vec<&str> = words.split_whitespace().collect();
        match self {
            Self::Sqlite(connection, _) => {
                let asked: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
                let mut statement = connection.prepare_cached(
                    "select c.* from contact_words w join contact c on c.rowid = w.rowid \
                     where contact_words match ?1 order by c.updated_at desc limit 10",
                )?;
                Ok(drain(statement.query([asked.join(" ")])?)?)
            }
            Self::Postgres(server) => {
                let asked: Vec<String> = words.iter().map(|word| format!("'{word}':*")).collect();
                Ok(server.client.query(&server.search, &[&asked.join(" & ")]).await?.len())
            }
        }
    }

    /// Reads fifty in the order of their names, from a name on.
    pub(crate) async fn sorted(&mut self, from: &str) -> Result<usize> {
        match self {
            Self::Sqlite(connection, _) => {
                let text = format!("select {COLUMNS} from contact where name >= ?1 order by name, id limit 50");
                Ok(drain(connection.prepare_cached(&text)?.query([from])?)?)
            }
            Self::Postgres(server) => Ok(server.client.query(&server.sorted, &[&from]).await?.len()),
        }
    }

    /// Stores one more, durably.
    pub(crate) async fn create(&mut self, number: i64, name: &str, email: &str) -> Result<()> {
        let (id, owner) = (uuid::Uuid::from_u128(number.unsigned_abs().into()), owned(1));
        match self {
            Self::Sqlite(connection, _) => {
                let tx = connection.transaction()?;
                tx.prepare_cached(INSERT)?.execute(rusqlite::params![
                    id.as_bytes().as_slice(),
                    name,
                    email,
                    None::<String>,
                    "",
                    "",
                    "lead",
                    owner.as_bytes().as_slice(),
                    number
                ])?;
                let row = tx.last_insert_rowid();
                tx.prepare_cached(INSERT_WORDS)?.execute(rusqlite::params![row, format!("{name} {email}")])?;
                Ok(tx.commit()?)
            }
            Self::Postgres(server) => {
                let words = format!("{name} {email}");
                let row: [&(dyn ToSql + Sync); 10] =
                    [&id, &name, &email, &"", &"", &"", &"lead", &owner, &number, &words];
                server.client.execute(&server.insert, &row).await?;
                Ok(())
            }
        }
    }

    /// Returns how much it holds, in MB.
    pub(crate) async fn size(&mut self) -> Result<f64> {
        let bytes = match self {
            Self::Sqlite(connection, path) => {
                connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
                std::fs::metadata(path)?.len() as f64
            }
            Self::Postgres(server) => {
                let row = server.client.query_one("select pg_total_relation_size('contact')", &[]).await?;
                row.get::<_, i64>(0) as f64
            }
        };
        Ok(bytes / 1e6)
    }

    /// Removes what does not go with the scratch folder.
    pub(crate) async fn end(self) -> Result<()> {
        match self {
            Self::Sqlite(..) => Ok(()),
            Self::Postgres(server) => {
                Ok(server.client.batch_execute(&format!("drop schema {} cascade", server.schema)).await?)
            }
        }
    }
}

fn drain(mut rows: rusqlite::Rows<'_>) -> rusqlite::Result<usize> {
    let mut count = 0;
    while let Some(row) = rows.next()? {
        for column in 0..row.as_ref().column_count() {
            std::hint::black_box(row.get_ref(column)?);
        }
        count += 1;
    }
    Ok(count)
}

const INSERT: &str = "insert into contact values (?1,?2,?3,?4,?5,?6,?7,?8,?9,?9,1)";
const INSERT_WORDS: &str = "insert into contact_words (rowid, words) values (?1, ?2)";
const INSERT_POSTGRES: &str =
    "insert into contact values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$9,1, to_tsvector('simple', $10))";

fn sqlite(rows: u32, path: &Path) -> Result<Twin> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute_batch(
        "create table contact (id blob primary key, name text, email text, phone text, title text, city text, stage text, \
         owner_id blob, created_at integer, updated_at integer, version integer) strict;\
         create index contact_by_updated on contact (updated_at, id);\
         create index contact_by_name on contact (name, id);\
         create index contact_by_email on contact (email);\
         create index contact_by_phone on contact (phone);\
         create index contact_by_stage on contact (stage, updated_at, id);\
         create index contact_by_owner on contact (owner_id, updated_at, id);\
         create virtual table contact_words using fts5(words, content='', contentless_delete=1, prefix='2 3 4');",
    )?;
    let tx = connection.transaction()?;
    {
        let (mut insert, mut words) = (tx.prepare(INSERT)?, tx.prepare(INSERT_WORDS)?);
        for (number, contact) in contacts(rows).enumerate() {
            let id = uuid::Uuid::from_u128(u128::try_from(number)?);
            insert.execute(rusqlite::params![
                id.as_bytes().as_slice(),
                contact.name,
                contact.email,
                contact.phone,
                contact.title,
                contact.city,
                contact.stage,
                owned(number).as_bytes().as_slice(),
                i64::try_from(number)?
            ])?;
            let text = format!("{} {}", contact.name, contact.email.unwrap_or_default());
            words.execute(rusqlite::params![tx.last_insert_rowid(), text])?;
        }
    }
    tx.commit()?;
    Ok(Twin::Sqlite(connection, path.to_owned()))
}

async fn connected(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    #[expect(clippy::disallowed_methods, reason = "the connection ends with its client")]
    tokio::task::spawn(connection);
    Ok(client)
}

/// Returns how many bytes the tables of a schema take, indexes and all.
pub(crate) async fn room(url: &str, schema: &str) -> Result<f64> {
    let asked = "select sum(pg_total_relation_size(c.oid))::bigint from pg_class c \
                 join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind = 'r'";
    let row = connected(url).await?.query_one(asked, &[&schema]).await?;
    Ok(row.get::<_, i64>(0) as f64)
}

async fn postgres(rows: u32) -> Result<Twin> {
    #[expect(clippy::disallowed_methods, reason = "where the server is comes from whoever runs the bench")]
    let client = connected(&std::env::var("CUSTOS_TEST_POSTGRES")?).await?;
    let schema = format!("twin_{}", std::process::id());
    client
        .batch_execute(&format!(
            "create schema {schema}; set search_path to {schema};\
             create table contact (id uuid primary key, name text collate \"C\", email text, phone text, title text, city text, \
             stage text, owner_id uuid, created_at bigint, updated_at bigint, version bigint, words tsvector);\
             create index on contact (updated_at, id); create index on contact (name, id); create index on contact (email);\
             create index on contact (phone); create index on contact (stage, updated_at, id);\
             create index on contact (owner_id, updated_at, id); create index on contact using gin (words);"
        ))
        .await?;
    let insert = client.prepare(INSERT_POSTGRES).await?;
    client.batch_execute("begin").await?;
    for (number, contact) in contacts(rows).enumerate() {
        let (id, owner) = (uuid::Uuid::from_u128(u128::try_from(number)?), owned(number));
        let number = i64::try_from(number)?;
        let words = format!("{} {}", contact.name, contact.email.as_deref().unwrap_or_default());
        let (title, city) = (&contact.title, &contact.city);
        let row: [&(dyn ToSql + Sync); 10] =
            [&id, &contact.name, &contact.email, &contact.phone, title, city, &contact.stage, &owner, &number, &words];
        client.execute(&insert, &row).await?;
    }
    client.batch_execute("commit").await?;
    client.batch_execute("vacuum analyze contact").await.context("the twin's statistics")?;
    let search = "select * from contact where words @@ to_tsquery('simple', $1) order by updated_at desc limit 10";
    let search = client.prepare(search).await?;
    let sorted = format!("select {COLUMNS} from contact where name >= $1 order by name, id limit 50");
    let sorted = client.prepare(&sorted).await?;
    Ok(Twin::Postgres(Box::new(Server { client, schema, search, sorted, insert })))
}

/// Who owns the contact with a number: as many people as own those of the house, by turns.
fn owned(number: usize) -> uuid::Uuid {
    super::owner(number as u128).uuid()
}

fn contacts(rows: u32) -> impl Iterator<Item = sample::SampleContact> {
    let sample = sample_of(rows);
    (0..rows as usize).map(move |index| sample.contact(index))
}
