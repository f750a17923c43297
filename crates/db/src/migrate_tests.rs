//! Steps taken one by one lead where all at once lead, and nowhere twice.

use super::*;
use crate::engine::sqlite::connect;

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn link(connection: &rusqlite::Connection) -> Link<'_> {
    Link::Lite(connection)
}

/// Everything the engine knows of the schema, and what the registry remembers.
fn schema(connection: &rusqlite::Connection) -> Vec<String> {
    let mut statement = connection
        .prepare(
            "select type || ' ' || name || ' ' || coalesce(sql, '') from sqlite_schema \
             union all select 'step ' || number || name || hex(digest) from schema_migration order by 1",
        )
        .unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_fresh_schema_is_one_that_was_upgraded_from_any_step() {
    let dir = tempfile::tempdir().unwrap();
    for (name, steps) in [("data", DATA), ("keys", KEYRING)] {
        let fresh = connect(&dir.path().join(format!("{name}.db")), true).unwrap();
        up(&link(&fresh), steps, NOW).unwrap();
        for from in 0..=steps.len() {
            let upgraded = connect(&dir.path().join(format!("{name}-{from}.db")), true).unwrap();
            for until in from..=steps.len() {
                up(&link(&upgraded), &steps[..until], NOW).unwrap();
            }
            assert_eq!(schema(&upgraded), schema(&fresh), "{name} from step {from}");
            up(&link(&upgraded), steps, NOW).unwrap();
            assert_eq!(schema(&upgraded), schema(&fresh), "{name} again");
        }
    }
}

#[test]
fn steps_are_numbered_from_one_without_a_gap() {
    for steps in [DATA, KEYRING] {
        assert!(steps.iter().map(|step| step.number).eq(1..=i64::try_from(steps.len()).unwrap()));
    }
}

#[test]
fn a_step_that_fails_leaves_nothing_and_can_be_taken_again() {
    let dir = tempfile::tempdir().unwrap();
    let connection = connect(&dir.path().join("half.db"), true).unwrap();
    up(&link(&connection), DATA, NOW).unwrap();
    let before = schema(&connection);
    let broken =
        [DATA, &[Migration { number: 99, name: "broken", sql: "create table half (id {ID}); select nothing;" }]];
    let steps: Vec<Migration> = broken
        .iter()
        .flat_map(|some| some.iter())
        .map(|s| Migration { number: s.number, name: s.name, sql: s.sql })
        .collect();
    assert!(up(&link(&connection), &steps, NOW).is_err());
    assert_eq!(schema(&connection), before);
    let mended = Migration { number: 99, name: "mended", sql: "create table half (id {ID});" };
    let steps: Vec<Migration> =
        DATA.iter().map(|s| Migration { number: s.number, name: s.name, sql: s.sql }).chain([mended]).collect();
    up(&link(&connection), &steps, NOW).unwrap();
}

#[test]
fn no_step_holds_what_only_one_engine_knows() {
    for step in DATA.iter().chain(KEYRING) {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            assert!(!render(engine, step.sql).contains('{'), "{}", step.name);
        }
        let plain: String = step.sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        for word in ["BLOB", "INTEGER", "bytea", "uuid", "bigint", "autoincrement", "serial "] {
            assert!(!plain.contains(word), "{} says {word}", step.name);
        }
    }
}

#[test]
fn a_migration_leaves_no_placeholder_behind() {
    let text = "create table t (a {ID}, b {TIME}, c {BYTES}, d {BOOL}, e {TEXT}, f {INT}, g {SERIAL}){STRICT}; {SEARCH_INDEX} {LEANER_INDEX}";
    for engine in [Engine::Sqlite, Engine::Postgres] {
        assert!(!render(engine, text).contains('{'));
    }
}
