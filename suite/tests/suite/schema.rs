//! Both engines hold the same tables, and take every statement of the program.
//!
//! That steps taken one by one lead where all at once lead is tested beside them, in `db/src/migrate_tests.rs`.

use std::collections::BTreeMap;
use std::path::Path;

use db::{Db, DbConfig, DbFault, Keyring, Place};
use testkit::App;

use crate::support::raw::{Column, Raw};
use crate::support::source;

testkit::on_both_engines! {
    a_database_that_is_opened_again_stays_as_it_is => super::again;
    a_database_of_another_version_is_refused => super::other_version;
    every_static_statement_prepares => super::statements;
}

/// What a table consists of.
type Tables = BTreeMap<String, (Vec<Column>, Vec<String>)>;

/// Tables that only one engine has: the full-text index without contents, and the tables it is made of.
const ONE_SIDED: &[&str] =
    &["search_index", "search_index_config", "search_index_data", "search_index_docsize", "search_index_idx"];
/// The column that stands for it in PostgreSQL.
const SEARCH: &str = "tokens";
/// Indexes that only PostgreSQL has: the one over that column, and one where SQLite's table lies by its key.
const POSTGRES_INDEXES: [&str; 2] = ["search_doc_tokens", "blind_token_token"];

async fn tables(raw: &Raw) -> Tables {
    let mut tables = Tables::new();
    for table in raw.tables().await {
        let held = (raw.columns(&table).await, raw.indexes(&table).await);
        tables.insert(table, held);
    }
    tables
}

/// Fails when: a migration writes a type instead of a placeholder, or the dialect renders one side differently.
#[tokio::test(flavor = "multi_thread")]
async fn both_engines_hold_the_same_tables() {
    let Some(postgres) = App::start("postgres").await else { return };
    let sqlite = App::start("sqlite").await.unwrap();
    for places in [[sqlite.data(), postgres.data()], [sqlite.keys(), postgres.keys()]] {
        let (mut one, mut other) =
            (tables(&Raw::open(places[0]).await).await, tables(&Raw::open(places[1]).await).await);
        one.retain(|table, _| !ONE_SIDED.contains(&table.as_str()));
        for (columns, indexes) in other.values_mut() {
            columns.retain(|column| column.name != SEARCH);
            indexes.retain(|index| !POSTGRES_INDEXES.iter().any(|one| index.starts_with(one)));
        }
        assert!(one.keys().eq(other.keys()), "{:?}\n{:?}", one.keys(), other.keys());
        for (table, held) in &one {
            assert_eq!(held, &other[table], "{table}");
        }
        assert!(!one.is_empty());
    }
    assert!(tables(&Raw::data(&sqlite).await).await.len() >= 18);
}

async fn open(app: &App) -> Result<(), DbFault> {
    let config = DbConfig { place: app.data().clone(), readers: 1 };
    let db = Db::open(config, std::sync::Arc::new(app.vault.clone()), (app.clock.clone(), app.chance.clone())).await?;
    let (own, cx) = (app.records.clone(), app.operator());
    db.write(&cx, move |tx| own.ensure_tables(tx)).await.unwrap();
    Ok(())
}

async fn open_keys(app: &App) -> Result<(), DbFault> {
    Keyring::open(app.keys().clone(), kernel::Clock::now(&*app.clock)).await.map(|_| ())
}

/// Fails when: a migration runs twice, or `ensure_table` adds what is there.
async fn again(app: App) {
    let raw = Raw::data(&app).await;
    let before = tables(&raw).await;
    let steps = raw.number("select count(*) from schema_migration").await;
    for _ in 0..2 {
        open(&app).await.unwrap();
        open_keys(&app).await.unwrap();
    }
    assert_eq!(tables(&raw).await, before);
    assert_eq!(raw.number("select count(*) from schema_migration").await, steps);
    app.finish(&[]).await;
}

/// Fails when: `migrate::up` does not compare the newest number, or the digests.
async fn other_version(app: App) {
    let (raw, keys) = (Raw::data(&app).await, Raw::open(app.keys()).await);
    let newer = format!(
        "insert into schema_migration (number, name, digest, applied_at) values (99, 'later', {}, 0)",
        raw.bytes(&[0; 32])
    );
    for raw in [&raw, &keys] {
        raw.run(&newer).await;
    }
    for refused in [open(&app).await, open_keys(&app).await] {
        let Err(DbFault::Schema(told)) = refused else { panic!("{refused:?}") };
        assert!(told.contains("step 99") && told.contains("newer version"), "{told}");
    }
    for raw in [&raw, &keys] {
        raw.run("delete from schema_migration where number = 99").await;
        raw.run(&format!("update schema_migration set digest = {} where number = 1", raw.bytes(&[1; 32]))).await;
    }
    for refused in [open(&app).await, open_keys(&app).await] {
        let Err(DbFault::Schema(told)) = refused else { panic!("{refused:?}") };
        assert!(told.contains("step 1") && told.contains("altered"), "{told}");
    }
}

/// Statements that only one engine takes, as the program knows: the search index, the queue's lease, the catalogue.
const SQLITE_ONLY: &[&str] = &[
    "insert into search_doc (object, record_id) values (?1, ?2) on conflict (record_id) do update set object = excluded.object returning doc",
    "insert or replace into search_index",
    "delete from search_index",
    "insert into search_index (search_index, rank)",
    "select d.doc, d.object, d.record_id from search_index",
    "select name from pragma_table_info",
];
const POSTGRES_ONLY: &[&str] = &[
    "from keyring_key where id = any(?1)",
    "update keyring_key as k set wrapped = v.wrapped",
    "from keyring_key where id = any(",
    "insert into search_doc (object, record_id, tokens)",
    "insert into blind_token (token, record_id) select",
    "from blind_token where token = any(?1)",
    "select column_name::text from information_schema",
    "for update skip locked",
];

/// Fails when: a statement names a column that is not there, or uses what only one engine understands.
async fn statements(app: App) {
    let (data, keys) = (Raw::data(&app).await, Raw::open(app.keys()).await);
    let (left_out, engine) = match app.data() {
        Place::File(_) => (POSTGRES_ONLY, "SQLite"),
        Place::Postgres(_) => (SQLITE_ONLY, "PostgreSQL"),
    };
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let (mut prepared, mut wrong) = (0, Vec::new());
    for (file, literal) in source::literals(&crates) {
        if !is_statement(&literal) || left_out.iter().any(|mark| literal.contains(mark)) {
            continue;
        }
        let raw = if literal.contains("keyring_") { &keys } else { &data };
        if let Err(told) = raw.prepare(&literal).await {
            wrong.push(format!("{}: {told}\n    {literal}", file.display()));
        }
        prepared += 1;
    }
    assert!(wrong.is_empty(), "{engine} does not take {}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(prepared >= 70, "the statements were not found: {prepared}");
    app.finish(&[]).await;
}

fn is_statement(literal: &str) -> bool {
    let lower = literal.to_lowercase();
    ["select ", "insert into ", "insert or replace into ", "update ", "delete from "]
        .iter()
        .any(|verb| lower.starts_with(verb))
        && [" from ", " values ", " set "].iter().any(|word| lower.contains(word))
        && literal.is_ascii()
        || lower.starts_with("select count(")
}
