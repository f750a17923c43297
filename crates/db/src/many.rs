//! Many new rows of one table at once, under one ledger line.

use std::fmt::Write as _;

use authz::{Allowed, Create};
use dialect::Engine;
use ledger::Line;

use crate::guard::{Stored, same, stays};
use crate::{DbFault, Val, WriteTx};

impl WriteTx<'_> {
    /// Stores new rows of one table, like [`insert_later`](Self::insert_later). Each comes with its proof; the line speaks of all of them.
    ///
    /// # Errors
    /// [`DbFault::Mismatch`] if a proof is about another row, or the rows differ in their columns; [`DbFault::Exists`] if a
    /// unique value is taken.
    pub fn insert_all<T: Stored>(&mut self, rows: Vec<(Allowed<Create>, T)>, line: Line) -> Result<(), DbFault> {
        let mut values = Vec::with_capacity(rows.len());
        let mut shape: Option<(String, Vec<String>)> = None;
        for (proof, mut row) in rows {
            same(proof.facts(), row.object(), row.id())?;
            stays::<Create>(self, &row)?;
            row.set_version(1);
            let columns = row.columns();
            let (table, names) = shape.get_or_insert_with(|| {
                let names = columns.iter().map(|(name, _)| name.as_str().to_owned()).collect();
                (row.table().to_string(), names)
            });
            let alike = names.len() == columns.len()
                && names.iter().zip(&columns).all(|(name, (other, _))| other == name.as_str());
            if !alike || *table != row.table().as_str() {
                return Err(DbFault::Mismatch);
            }
            let mut one: Vec<Val> = vec![row.id().into(), Val::Int(1)];
            one.extend(columns.into_iter().map(|(_, value)| value));
            values.push(one);
        }
        let Some((table, names)) = shape else { return Ok(()) };
        self.pending.wrote();
        match self.link.engine() {
            Engine::Sqlite => {
                let sql = by_rows(&table, &names);
                for row in values {
                    self.link.execute_rendered_later(&sql, row)?;
                }
            }
            Engine::Postgres => {
                let (sql, columns) = by_columns(&table, &names, values);
                self.link.execute_rendered_later(&sql, columns)?;
            }
        }
        self.note(line);
        Ok(())
    }
}

/// Returns SQLite's statement for one row after the other.
fn by_rows(table: &str, names: &[String]) -> String {
    let mut sql = format!("insert into \"{table}\" (\"id\", \"version\"");
    for name in names {
        let _ = write!(sql, ", \"{name}\"");
    }
    sql.push_str(") values (?, ?");
    for _ in names {
        sql.push_str(", ?");
    }
    sql.push(')');
    sql
}

/// Returns PostgreSQL's statement for any number of rows, and their values by columns. What is empty in all rows is left out.
fn by_columns(table: &str, names: &[String], rows: Vec<Vec<Val>>) -> (String, Vec<Val>) {
    let mut columns: Vec<Vec<Val>> = Vec::new();
    columns.resize_with(names.len() + 2, || Vec::with_capacity(rows.len()));
    for row in rows {
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    let names = ["id", "version"].into_iter().chain(names.iter().map(String::as_str));
    let (mut into, mut from, mut kept) = (String::new(), String::new(), Vec::new());
    for (name, column) in names.zip(columns) {
        let Some(kind) = column.iter().find_map(Val::array) else { continue };
        let comma = if kept.is_empty() { "" } else { ", " };
        let _ = write!(into, "{comma}\"{name}\"");
        kept.push(Val::Column(column));
        let _ = write!(from, "{comma}${}::{kind}", kept.len());
    }
    (format!("with made as (select * from unnest({from})) insert into \"{table}\" ({into}) select * from made"), kept)
}
