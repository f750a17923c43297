//! What is set on every connection.

use rusqlite::{StatementStatus, params};

use super::*;

/// Fails when: SQLite makes a new plan for each value that is bound to a statement with a range.
#[test]
fn a_statement_is_prepared_once_whatever_is_bound_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let connection = connect(&dir.path().join("a.db"), true).unwrap();
    connection.execute_batch("create table t (a integer, b integer); create index t_a on t (a);").unwrap();
    for n in 0..1_000 {
        connection.execute("insert into t values (?1, 1)", params![n]).unwrap();
    }
    connection.execute_batch("analyze").unwrap();
    let mut statement = connection.prepare("select count(*) from t where a > ?1 and a < ?2 and b = 1").unwrap();
    for n in 0..10 {
        let counted: i64 = statement.query_row(params![n, n + 100], |row| row.get(0)).unwrap();
        assert_eq!(counted, 99);
    }
    assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
}
