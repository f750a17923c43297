//! A list as the columns of a board.

use std::sync::Arc;

use authz::Read;
use db::{Bare, Permitted, ReadTx};
use kernel::{Currency, Money};
use ledger::{Line, verbs};
use sea_query::{Alias, Asterisk, Expr, ExprTrait as _, Query};

use crate::Records;
use crate::fault::RecordFault;
use crate::object::{Field, Object};
use crate::record::Record;
use crate::value::Value;
use filter::{Column, Cursor, Filter, ListQuery, Op, Operand};

/// One column of a board.
pub struct Lane {
    /// The choice whose column it is.
    pub choice: String,
    /// How many records it has, all pages together.
    pub count: u64,
    /// What they sum up to, by currency.
    pub sums: Vec<Money>,
    /// The first of them.
    pub rows: Vec<Permitted<Record, Read>>,
    /// Where the rest begin, if there are any.
    pub next: Option<Cursor>,
}

/// What the records of one choice come to.
pub struct Total {
    /// The choice.
    pub choice: String,
    /// How many records have it.
    pub count: u64,
    /// What they sum up to, by currency.
    pub sums: Vec<Money>,
}

/// A choice, a currency, and the numbers of the records that have both.
struct Tally {
    choice: Option<String>,
    currency: Option<String>,
    count: u64,
    sum: Option<i64>,
}

// Counts and sums by stage: of rows of the scope, but of nobody in particular.
impl Bare for Tally {}

impl Records {
    /// Shows a list as a board: a column for each choice, with its count, its sum, and its first records.
    ///
    /// # Errors
    /// [`RecordFault::Boardless`] if the object has no board; [`RecordFault::Denied`] if the actor may see nothing.
    pub fn board(&self, tx: &ReadTx<'_>, object: &str, query: &ListQuery) -> Result<Vec<Lane>, RecordFault> {
        let object = self.seen_by_name(tx.cx(), object)?;
        let field = object.board_field().ok_or(RecordFault::Boardless)?;
        let mut lanes = Vec::with_capacity(field.choices.len());
        for Total { choice, count, sums } in self.totals(tx, object.name.as_str(), query)? {
            let page = match count {
                0 => crate::list::Page { rows: Vec::new(), next: None, settling: false },
                _ => self.page_of(tx, object.name.as_str(), &of_lane(query, field, &choice))?,
            };
            lanes.push(Lane { choice, count, sums, rows: page.rows, next: page.next });
        }
        if lanes.iter().all(|lane| lane.rows.is_empty()) {
            tx.note(Line::done(verbs::LIST, object.name.clone()));
        }
        Ok(lanes)
    }

    /// Counts and sums a list by the choices of its board, without showing a record.
    ///
    /// # Errors
    /// As [`board`](Self::board).
    pub fn totals(&self, tx: &ReadTx<'_>, object: &str, query: &ListQuery) -> Result<Vec<Total>, RecordFault> {
        let object = self.seen_by_name(tx.cx(), object)?;
        let field = object.board_field().ok_or(RecordFault::Boardless)?;
        let tallies = self.tallies(tx, &object, field, query)?;
        let total = |choice: &crate::object::Choice| {
            let own = || tallies.iter().filter(|tally| tally.choice.as_deref() == Some(&choice.value));
            let count = own().map(|tally| tally.count).sum();
            Total { choice: choice.value.clone(), count, sums: own().filter_map(sum).collect() }
        };
        Ok(field.choices.iter().map(total).collect())
    }

    fn tallies(
        &self,
        tx: &ReadTx<'_>,
        object: &Arc<Object>,
        field: &Field,
        query: &ListQuery,
    ) -> Result<Vec<Tally>, RecordFault> {
        let scope = super::page::reach(tx, &object.name)?;
        let stage = Alias::new(field.name.as_str());
        let mut select = Query::select();
        select.column(stage.clone()).expr(Expr::col(Asterisk).count()).from(filter::table(&object.name));
        select.cond_where(self.conditions(tx, &self.object(object.name.as_str())?, query)?).group_by_col(stage);
        let summed = object.sum_field().map(|sum| sum.name.as_str());
        if let Some(sum) = summed {
            let currency = Alias::new(format!("{sum}_cur"));
            // A sum of bigint is numeric in PostgreSQL.
            select
                .column(currency.clone())
                .expr(Expr::col(Alias::new(sum)).sum().cast_as("bigint"))
                .group_by_col(currency);
        }
        Ok(tx.tally(select, &scope, |row| {
            let (currency, sum) = if summed.is_some() { (row.get(2)?, row.get(3)?) } else { (None, None) };
            Ok(Tally { choice: row.get(0)?, count: row.get(1)?, currency, sum })
        })?)
    }
}

fn sum(tally: &Tally) -> Option<Money> {
    let currency = Currency::parse(tally.currency.as_deref()?).ok()?;
    Some(Money { minor: tally.sum?, currency })
}

/// Returns the list behind one column of a board.
fn of_lane(query: &ListQuery, field: &Field, choice: &str) -> ListQuery {
    let mut query = query.clone();
    let op = Op::Is(Operand::Value(Value::Choice(choice.to_owned())));
    let spelled = format!("{}:is:{choice}", field.name);
    query.filters.push(Filter { column: Column::Field(field.name.clone()), op, spelled });
    query
}
