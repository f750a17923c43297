//! Conditions on rows, for both engines.

use authz::{Cell, Condition, Test};
use sea_query::{Alias, Cond, Expr, ExprTrait as _};

/// Returns a condition as a part of the WHERE clause. It is the only place that knows how one is asked of a table; of one row
/// `authz` asks it itself.
#[must_use]
pub fn condition(condition: &Condition) -> Cond {
    let name = condition.column.as_str();
    let col = || Expr::col(Alias::new(name));
    let one = |expr: Expr| Cond::all().add(expr);
    match &condition.test {
        // An empty list would become a comparison of two bound numbers, whose types PostgreSQL cannot tell.
        Test::Any(cells) if cells.is_empty() => one(col().is_null().and(col().is_not_null())),
        Test::Any(cells) => cells.iter().fold(Cond::any(), |any, cell| any.add(equal(name, cell))),
        Test::Not(cell) => Cond::any().add(col().is_null()).add(equal(name, cell).not()),
        Test::Empty => one(col().is_null()),
        Test::Filled => one(col().is_not_null()),
        Test::Less(cell) => compared(name, cell, |column, value| column.lt(value)),
        Test::More(cell) => compared(name, cell, |column, value| column.gt(value)),
    }
}

/// Returns the columns that a condition looks at.
pub(crate) fn columns(condition: &Condition) -> Vec<String> {
    let name = condition.column.clone();
    let beside = matches!(
        &condition.test,
        Test::Not(Cell::Money(..)) | Test::Less(Cell::Money(..)) | Test::More(Cell::Money(..))
    ) || matches!(&condition.test, Test::Any(cells) if cells.iter().any(|cell| matches!(cell, Cell::Money(..))));
    if beside { vec![currency(&name), name] } else { vec![name] }
}

/// The column that holds the currency of an amount.
fn currency(name: &str) -> String {
    format!("{name}_cur")
}

fn equal(name: &str, cell: &Cell) -> Cond {
    compared(name, cell, |column, value| column.eq(value))
}

fn compared(name: &str, cell: &Cell, by: impl Fn(Expr, sea_query::Value) -> Expr) -> Cond {
    let (value, of): (sea_query::Value, _) = match cell {
        Cell::Int(n) => ((*n).into(), None),
        Cell::Text(text) => (text.clone().into(), None),
        Cell::Bool(yes) => ((*yes).into(), None),
        Cell::Id(id) => ((*id).into(), None),
        Cell::Money(minor, of) => ((*minor).into(), Some(of)),
    };
    let all = Cond::all().add(by(Expr::col(Alias::new(name)), value));
    match of {
        // Amounts of two currencies are not compared.
        Some(of) => all.add(Expr::col(Alias::new(currency(name))).eq(of.as_str())),
        None => all,
    }
}
