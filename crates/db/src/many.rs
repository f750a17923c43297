//! Many new rows of one table at once, under one ledger line.

use authz::{Allowed, Create};
use ledger::Line;
use sea_query::{Alias, Expr, InsertStatement, Query};

use crate::dialect::Engine;
use crate::guard::{Stored, same, stays};
use crate::{DbFault, Val, WriteTx};

/// Rows of one statement for PostgreSQL, where each statement is a round trip.
const TOGETHER: usize = 100;

impl WriteTx<'_> {
    /// Stores new rows of one table. Each comes with its proof; the line speaks of all of them.
    ///
    /// # Errors
    /// [`DbFault::Mismatch`] if a proof is about another row, or the rows differ in their columns; [`DbFault::Exists`] if a
    /// unique value is taken.
    pub fn insert_all<T: Stored>(&mut self, rows: Vec<(Allowed<Create>, T)>, line: Line) -> Result<(), DbFault> {
        let together = match self.link.engine() {
            Engine::Sqlite => 1,
            Engine::Postgres => TOGETHER,
        };
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
        for some in values.chunks(together) {
            let statement = insert(&table, &names, some)?;
            self.link.build_and_execute(&statement)?;
        }
        self.note(line);
        Ok(())
    }
}

fn insert(table: &str, names: &[String], rows: &[Vec<Val>]) -> Result<InsertStatement, DbFault> {
    let columns = ["id", "version"].into_iter().chain(names.iter().map(String::as_str)).map(Alias::new);
    let mut insert = Query::insert();
    insert.into_table(Alias::new(table)).columns(columns);
    for row in rows {
        let values = row.iter().map(|value| Expr::val(sea_query::Value::from(value.clone())));
        insert.values(values).map_err(|_| DbFault::Mismatch)?;
    }
    Ok(insert)
}
