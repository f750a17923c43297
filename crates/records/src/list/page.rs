//! One page of a list.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use authz::{Denied, Read, Scope};
use db::{Blind, BlindToken, DbFault, Permitted, ReadTx};
use kernel::{ObjectName, UserId, Uuid};
use ledger::{Line, verbs};
use sea_query::{Alias, Asterisk, Cond, Expr, ExprTrait as _, Query, SelectStatement, UnionType};

use crate::FilterFault;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::{FieldClass, Object, Search};
use crate::record::{Record, SealedRecord, store};
use crate::value::{Value, parse_text};
use filter::{Column, Cursor, Key, ListQuery, Op, Sealed};
use vault::IndexKeys;

/// Lists are counted up to here; beyond, they say "more than".
pub const COUNTED: u64 = 10_000;
/// A scope of more branches is asked for in one.
const MOST_BRANCHES: usize = 32;

/// One page of a list.
pub struct Page {
    /// The records.
    pub rows: Vec<Permitted<Record, Read>>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// Whether some records are not in their order yet: they stand at the end.
    pub settling: bool,
}

/// How many records a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many were counted.
    pub counted: u64,
    /// Whether there are more.
    pub more: bool,
}

/// What the compiler of filters asks back.
struct Asking<'a> {
    records: &'a Records,
    tx: &'a ReadTx<'a>,
    object: &'a Arc<Object>,
    /// The keys of the index, where a filter asks it.
    keys: Option<IndexKeys>,
    /// Whether more may hold the words of a filter than were looked at.
    more: Cell<bool>,
}

impl Asking<'_> {
    fn blinds(&self, field: &str, value: &Value) -> Vec<Blind> {
        self.keys.as_ref().map(|keys| Records::blind(keys, self.object, field, value)).unwrap_or_default()
    }
}

impl Sealed for Asking<'_> {
    fn blind(&self, field: &str, value: &Value) -> Vec<BlindToken> {
        self.blinds(field, value).first().map(|blind| blind.tokens().collect()).unwrap_or_default()
    }

    fn holding(&self, field: &str, words: &str) -> Result<Vec<Uuid>, DbFault> {
        let Some((field, keys)) = self.object.field(field).zip(self.keys.as_ref()) else { return Ok(Vec::new()) };
        if field.search != Search::Words && field.is_blind() {
            let value = parse_text(field, words, self.records.objects().currency()).ok().flatten();
            let values = value.map(|value| self.blinds(field.name.as_str(), &value)).unwrap_or_default();
            let found = self.tx.blind_find(&values)?;
            return Ok(found.into_iter().map(|(_, id)| id).collect());
        }
        let (ids, more) = self.records.holding(self.tx, keys, (self.object, field), words)?;
        self.more.set(self.more.get() || more);
        Ok(ids)
    }

    fn me(&self) -> Option<UserId> {
        self.tx.cx().person()
    }
}

impl Records {
    /// Lists records of an object: what the actor may see of what the query asks for.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may see none at all; [`RecordFault::Damaged`] if one of them was altered outside of the
    /// program: a program takes what is missing for empty.
    pub fn list_records(&self, tx: &ReadTx<'_>, object: &str, query: &ListQuery) -> Result<Page, RecordFault> {
        let page = self.list_shown(tx, object, query)?;
        if page.rows.iter().any(|record| record.is_damaged()) { Err(RecordFault::Damaged) } else { Ok(page) }
    }

    /// Lists records for somebody who looks at them: one that was altered outside of the program stands among them as such.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may see none at all.
    pub fn list_shown(&self, tx: &ReadTx<'_>, object: &str, query: &ListQuery) -> Result<Page, RecordFault> {
        let page = self.page_of(tx, object, query)?;
        // That there is nobody is an answer too: whoever tries one address after the other learns who is a customer.
        if page.rows.is_empty() {
            tx.note(Line::done(verbs::LIST, self.object(object)?.name.clone()));
        }
        Ok(page)
    }

    /// Reads a page that is shown beside something else, whose own line says who looked.
    pub(super) fn page_of(&self, tx: &ReadTx<'_>, object: &str, query: &ListQuery) -> Result<Page, RecordFault> {
        let object = self.object(object)?;
        let scope = reach(tx, &object.name)?;
        let mut conditions = self.conditions(tx, &object, query)?;
        if let Some(begin) = self.begin_at_letter(tx, &object, query)? {
            conditions = conditions.add(begin);
        }
        let mut query = Cow::Borrowed(query);
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let (mut rows, mut more) = (Vec::new(), false);
        for keyed in steps(&query).iter().copied() {
            let wanted = limit - rows.len();
            let mut select = store::select(&object);
            select.cond_where(conditions.clone());
            filter::ordered(&mut select, &object, &query, keyed, || db::spanned(&scope));
            let page = || {
                let mut ids = Query::select();
                ids.column(Alias::new("id")).from(filter::table(&object.name));
                ids.cond_where(conditions.clone()).limit(wanted as u64 + 1);
                // Each branch is cut off by itself: what does not belong to the scope must be gone before.
                scope.rows().iter().map(db::condition).for_each(|kept| {
                    ids.cond_where(kept);
                });
                filter::ordered(&mut ids, &object, &query, keyed, || db::spanned(&scope));
                ids
            };
            if let Some(ids) = gathered(&scope, page) {
                select.and_where(Expr::col(Alias::new("id")).in_subquery(ids));
            }
            let (found, beyond) = tx.page(select, &scope, wanted, |row| self.row(&object, row))?;
            rows.extend(self.unsealed(tx, &object, found)?);
            more = beyond;
            if more {
                break;
            }
            if rows.is_empty() {
                // Behind a place that is none there is nothing: it is told apart from an end.
                query = Cow::Owned(self.placed(tx, &object, &query, &scope)?);
            }
        }
        let next = rows.last().filter(|_| more).map(|record| cursor(&query, record));
        Ok(Page { rows, next, settling: self.is_settling(tx, &object, &query)? })
    }

    /// Counts a list, up to [`COUNTED`].
    ///
    /// # Errors
    /// As [`list_records`](Self::list_records).
    pub fn count_records(&self, tx: &ReadTx<'_>, object: &str, query: &ListQuery) -> Result<Count, RecordFault> {
        let object = self.object(object)?;
        let scope = reach(tx, &object.name)?;
        let mut inner = Query::select();
        let (conditions, cut) = self.compiled(tx, &object, query)?;
        inner.from(filter::table(&object.name)).cond_where(conditions).limit(COUNTED + 1);
        // Counted up to a limit, the rows must be narrowed before they are counted.
        if let Some(span) = db::spanned(&scope) {
            inner.cond_where(span);
        }
        inner.columns(db::looked_at(&scope).into_iter().map(Alias::new));
        let mut outer = Query::select();
        outer.expr(Expr::col(Asterisk).count()).from_subquery(inner, Alias::new("some"));
        let counted = tx.tally(outer, &scope, |row| row.get::<u64>(0))?.into_iter().next().unwrap_or(0);
        Ok(Count { counted: Ord::min(counted, COUNTED), more: counted > COUNTED || cut })
    }

    /// Compiles the conditions of a list. A column that whoever asks does not see cannot be asked about, or sorted by: the
    /// answer would say what it holds.
    pub(crate) fn conditions(
        &self,
        tx: &ReadTx<'_>,
        object: &Arc<Object>,
        query: &ListQuery,
    ) -> Result<Cond, RecordFault> {
        Ok(self.compiled(tx, object, query)?.0)
    }

    /// Compiles the conditions of a list, and tells whether more rows may meet them than they say.
    fn compiled(&self, tx: &ReadTx<'_>, object: &Arc<Object>, query: &ListQuery) -> Result<(Cond, bool), RecordFault> {
        let seen = self.seen(tx.cx(), object);
        if !Arc::ptr_eq(&seen, object) {
            let shown = |column: &Column| match column {
                Column::Field(name) => {
                    let known = object.field(name.as_str()).is_some_and(|field| field.is_masked());
                    seen.field(name.as_str()).is_some_and(|field| !field.is_masked() || known)
                }
                Column::Owner | Column::Created | Column::Updated => true,
            };
            if let Some(filter) = query.filters.iter().find(|filter| !shown(&filter.column)) {
                return Err(FilterFault::Column(filter.column.name().to_owned()).into());
            }
            if !shown(&query.sort.column) {
                return Err(FilterFault::Sort(query.sort.column.name().to_owned()).into());
            }
        }
        let sealed = |column: &Column| object.field(column.name()).is_some_and(|field| field.class != FieldClass::Open);
        let asks = query.filters.iter().any(|filter| sealed(&filter.column) || matches!(filter.op, Op::Has(_)));
        let keys = if asks { Some(self.index_keys(tx)?) } else { None };
        let asking = Asking { records: self, tx, object, keys, more: Cell::new(false) };
        Ok((filter::conditions(object, query, &asking)?, asking.more.get()))
    }

    /// Reads and opens rows of a scope.
    pub(crate) fn opened(
        &self,
        tx: &ReadTx<'_>,
        object: &Arc<Object>,
        select: SelectStatement,
        scope: &Scope<Read>,
    ) -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
        let rows = tx.list(select, scope, |row| self.row(object, row))?;
        self.unsealed(tx, object, rows)
    }

    fn unsealed(
        &self,
        tx: &ReadTx<'_>,
        object: &Arc<Object>,
        rows: Vec<Permitted<SealedRecord, Read>>,
    ) -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
        self.vault.warm(rows.iter().filter_map(|row| row.head.subject));
        let seen = self.seen(tx.cx(), object);
        rows.into_iter().map(|row| row.turn(|sealed| self.unseal_listed(tx, sealed, &seen))).collect()
    }
}

/// Returns the rows of an object that whoever asks may see; a refusal leaves a line.
pub(super) fn reach(tx: &ReadTx<'_>, object: &ObjectName) -> Result<Scope<Read>, Denied> {
    authz::scope::<Read>(tx.cx(), object).inspect_err(|denied| {
        tx.note_denial(Line::denied(verbs::LIST, object.clone(), kernel::Fault::code(denied)));
    })
}

/// Takes a page from each branch of a scope that has several; all together hold the page of the whole.
fn gathered(scope: &Scope<Read>, page: impl Fn() -> SelectStatement) -> Option<SelectStatement> {
    let branches = db::branches(scope);
    // One is an equality anyway; of very many, the engine does better with all at once.
    if !(2..=MOST_BRANCHES).contains(&branches.len()) {
        return None;
    }
    let one = |branch: Expr| {
        let mut first = page();
        first.and_where(branch);
        let mut ids = Query::select();
        ids.column(Alias::new("id")).from_subquery(first, Alias::new("some"));
        ids
    };
    branches.into_iter().map(one).reduce(|mut all, next| {
        all.union(UnionType::All, next);
        all
    })
}

/// The steps of a page: rows with a sort key, then rows without.
fn steps(query: &ListQuery) -> &'static [bool] {
    let behind = query.after.as_ref().is_some_and(|cursor| cursor.key == Key::None);
    match (behind, query.sort.may_lack()) {
        (true, _) => &[false],
        (false, true) => &[true, false],
        (false, false) => &[true],
    }
}

pub(super) fn cursor(query: &ListQuery, record: &Record) -> Cursor {
    let key = match &query.sort.column {
        Column::Created => Key::Int(record.created_at().micros()),
        Column::Updated => Key::Int(record.updated_at().micros()),
        Column::Owner => Key::None,
        Column::Field(_) if filter::rank_column(&record.object, &query.sort).is_some() => Key::Place,
        Column::Field(name) => match record.values.get(name.as_str()) {
            Some(Value::Number(n)) => Key::Int(*n),
            Some(Value::Money(money)) => Key::Int(money.minor),
            Some(Value::Date(date)) => Key::Int(date.days().into()),
            Some(Value::Time(at)) => Key::Int(at.micros()),
            Some(Value::Bool(yes)) => Key::Int((*yes).into()),
            Some(Value::Text(text) | Value::Choice(text)) => Key::Text(text.clone()),
            Some(Value::Tags(_) | Value::Link(_) | Value::User(_)) | None => Key::None,
        },
    };
    Cursor::new(&query.sort, key, record.record_id())
}
