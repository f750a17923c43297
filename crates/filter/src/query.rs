//! A list's query for both engines.
//!
//! Rows without a sort key come last in both directions. The engines disagree where NULLs sort, and telling them apart in
//! the order would cost the index, so a page is read in two steps: rows with a key, then rows without.

use authz::{Cell, Condition, Test};
use db::{BlindToken, DbFault};
use kernel::{ObjectName, UserId, Uuid};
use sea_query::{Alias, Cond, Expr, ExprTrait as _, Order, Query, SelectStatement};

use crate::cursor::{Key, rank_column};
use crate::{Column, Filter, ListQuery, Op, Operand, Sort};
use objects::object::{FieldClass, Kind, Object};
use objects::value::Value;

/// What the compiler of filters cannot know by itself: keyed tokens, and which records hold words.
pub trait Sealed {
    /// Returns the blind tokens that records with a field's value may have.
    fn blind(&self, field: &str, value: &Value) -> Vec<BlindToken>;
    /// Returns the records that hold words or a tag in a field.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    fn holding(&self, field: &str, words: &str) -> Result<Vec<Uuid>, DbFault>;
    /// Returns whoever looks.
    fn me(&self) -> Option<UserId>;
}

/// Returns the table of an object.
pub fn table(object: &ObjectName) -> Alias {
    Alias::new(format!("r_{object}"))
}

fn col(name: &str) -> Expr {
    Expr::col(Alias::new(name))
}

/// Returns the conditions of a list, without those of its page.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn conditions(object: &Object, query: &ListQuery, sealed: &dyn Sealed) -> Result<Cond, DbFault> {
    let deleted = col("deleted_at");
    let mut all = Cond::all().add(if query.bin { deleted.is_not_null() } else { deleted.is_null() });
    // What is left of somebody who was erased lies in no bin: there is nothing to take out.
    if query.bin && object.subject {
        all = all.add(col("subject_id").is_not_null());
    }
    for filter in &query.filters {
        all = all.add(condition(object, filter, sealed)?);
    }
    Ok(all)
}

/// Returns what a column holds as conditions compare it; nothing of what is never open.
#[must_use]
pub fn cell(value: &Value) -> Option<Cell> {
    Some(match value {
        Value::Text(text) | Value::Choice(text) => Cell::Text(text.clone()),
        Value::Number(n) => Cell::Int(*n),
        Value::Money(money) => Cell::Money(money.minor, money.currency.to_string()),
        Value::Date(date) => Cell::Int(i64::from(date.days())),
        Value::Time(at) => Cell::Int(at.micros()),
        Value::Bool(yes) => Cell::Bool(*yes),
        Value::Link(id) => Cell::Id(id.uuid()),
        Value::User(id) => Cell::Id(id.uuid()),
        Value::Tags(_) => return None,
    })
}

impl Filter {
    /// Returns what it asks of an open column, for whoever looks; nothing if it asks for what is sealed.
    pub(crate) fn open(&self, object: &Object, me: Option<UserId>) -> Option<Condition> {
        let field = object.field(self.column.name());
        if field.is_some_and(|field| field.class != FieldClass::Open) {
            return None;
        }
        let cell = |operand: &Operand| match operand {
            Operand::Value(value) => cell(value),
            Operand::Person(id) => Some(Cell::Id(id.uuid())),
            Operand::Me => me.map(|me| Cell::Id(me.uuid())),
        };
        // Nobody, and what is never open, equals nothing and differs from nothing.
        let one = |operand: &Operand, test: fn(Cell) -> Test| cell(operand).map_or(Test::Any(Vec::new()), test);
        let test = match &self.op {
            Op::Is(operand) => one(operand, |cell| Test::Any(vec![cell])),
            Op::Any(operands) => Test::Any(operands.iter().filter_map(cell).collect()),
            Op::Not(operand) => one(operand, Test::Not),
            Op::Empty => Test::Empty,
            Op::Filled => Test::Filled,
            Op::Before(operand) | Op::Less(operand) => one(operand, Test::Less),
            Op::After(operand) | Op::More(operand) => one(operand, Test::More),
            Op::Has(_) => return None,
        };
        Some(Condition { column: self.column.column().to_owned(), test })
    }
}

fn condition(object: &Object, filter: &Filter, sealed: &dyn Sealed) -> Result<Cond, DbFault> {
    if let Some(open) = filter.open(object, sealed.me()) {
        return Ok(db::condition(&open));
    }
    let name = filter.column.column();
    Ok(match &filter.op {
        Op::Has(words) => Cond::all().add(among_ids(sealed.holding(name, words)?)),
        Op::Is(operand) => blindly(name, std::slice::from_ref(operand), sealed),
        Op::Any(operands) => blindly(name, operands, sealed),
        // What is sealed can be told only to equal something: the parser takes nothing else.
        _ => Cond::all().add(among_ids(Vec::new())),
    })
}

/// One of some ids. An empty list would become a comparison of two bound numbers, whose types PostgreSQL cannot tell.
#[must_use]
pub fn among_ids(ids: Vec<Uuid>) -> Expr {
    if ids.is_empty() { col("id").is_null() } else { col("id").is_in(ids) }
}

/// Equality on a sealed field: by its blind tokens.
fn blindly(name: &str, operands: &[Operand], sealed: &dyn Sealed) -> Cond {
    let token = |operand: &Operand| match operand {
        Operand::Value(value) => sealed.blind(name, value),
        Operand::Me | Operand::Person(_) => Vec::new(),
    };
    Cond::all().add(col("id").in_subquery(db::holders(operands.iter().flat_map(token))))
}

/// Narrows a query to one step of a page and puts it in order. `keyed` rows have a sort key. A page that goes on behind the place
/// of a row looks that place up among the rows of `reached`: where it stands must be nobody's to ask who may not see it. Behind
/// one that is not there, or has no place, there is nothing.
pub fn ordered(
    select: &mut SelectStatement,
    object: &Object,
    query: &ListQuery,
    keyed: bool,
    reached: impl FnOnce() -> Option<Cond>,
) {
    let (sort, after) = (&query.sort, query.after.as_ref());
    let ranks = rank_column(object, sort);
    let name = ranks.as_ref().map_or_else(|| sort.column.column(), |column| column.as_str());
    let order = if sort.descending { Order::Desc } else { Order::Asc };
    let always = matches!(sort.column, Column::Created | Column::Updated);
    if keyed {
        if !always {
            select.and_where(col(name).is_not_null());
        }
        select.order_by(Alias::new(name), order.clone());
    } else {
        select.and_where(col(name).is_null());
    }
    select.order_by(Alias::new("id"), order);
    let Some(after) = after.filter(|after| keyed || after.key == Key::None) else { return };
    let key = match &after.key {
        Key::Int(n) if sort.is_bool(object) => Expr::val(*n != 0),
        Key::Int(n) => Expr::val(*n),
        Key::Text(text) => Expr::val(text.clone()),
        Key::Place => place(object, name, after.id.uuid(), reached()),
        Key::None => {
            let id = Expr::val(after.id.uuid());
            select.and_where(if sort.descending { col("id").lt(id) } else { col("id").gt(id) });
            return;
        }
    };
    let here = Expr::tuple([col(name), col("id")]);
    let there = Expr::tuple([key, Expr::val(after.id.uuid())]);
    select.and_where(if sort.descending { here.lt(there) } else { here.gt(there) });
}

/// Returns where a row stands, as a part of the query that goes on behind it.
fn place(object: &Object, ranks: &str, id: Uuid, reached: Option<Cond>) -> Expr {
    let mut row = Query::select();
    row.column(Alias::new(ranks)).from(table(&object.name)).and_where(col("id").eq(id));
    if let Some(reached) = reached {
        row.cond_where(reached);
    }
    Expr::SubQuery(None, Box::new(row.into()))
}

impl Sort {
    /// Tells whether rows may lack its key.
    pub fn may_lack(&self) -> bool {
        !matches!(self.column, Column::Created | Column::Updated)
    }

    /// Tells whether its key is yes or no.
    fn is_bool(&self, object: &Object) -> bool {
        object.field(self.column.name()).is_some_and(|field| field.kind == Kind::Boolean)
    }
}
