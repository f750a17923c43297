//! Finding records by what is sealed: keyed word tokens and blind tokens.
//!
//! Both hold only keyed hashes. What comes back are ids; the records behind them still lie under guard.

use std::fmt::Write as _;

use kernel::{FieldName, ObjectName, Uuid};
use sea_query::{Alias, Expr, ExprTrait as _, Query};

use crate::dialect::Engine;
use crate::{DbFault, ReadTx, Val, WriteTx};

/// A blind token: equality on a sealed field.
pub type BlindToken = [u8; 16];

const LITE_DOC: &str = "insert into search_doc (object, record_id) values (?1, ?2) \
    on conflict (record_id) do update set object = excluded.object returning doc";
const LITE_PUT: &str = "insert or replace into search_index (rowid, tokens) values (?1, ?2)";
const LITE_DROP: &str = "delete from search_index where rowid = (select doc from search_doc where record_id = ?1)";
const LITE_FIND: &str = "select d.object, d.record_id from search_index join search_doc d on d.doc = search_index.rowid \
    where search_index match ?1 and (?2 = '' or d.object = ?2) order by search_index.rowid desc limit ?3";
const PG_PUT: &str = "insert into search_doc (object, record_id, tokens) values (?1, ?2, ?3) \
    on conflict (record_id) do update set tokens = excluded.tokens";
/// Statements for one group of tokens to eight. The first condition is about all tokens that stand alone, if there are some.
macro_rules! found {
    ($first:literal, $before:literal, $behind:literal) => {
        [
            concat!($before, $first, "?3", $behind),
            concat!($before, $first, "?3 and tokens && ?4", $behind),
            concat!($before, $first, "?3 and tokens && ?4 and tokens && ?5", $behind),
            concat!($before, $first, "?3 and tokens && ?4 and tokens && ?5 and tokens && ?6", $behind),
            concat!($before, $first, "?3 and tokens && ?4 and tokens && ?5 and tokens && ?6 and tokens && ?7", $behind),
            concat!(
                $before, $first,
                "?3 and tokens && ?4 and tokens && ?5 and tokens && ?6 and tokens && ?7 and tokens && ?8", $behind
            ),
            concat!(
                $before, $first,
                "?3 and tokens && ?4 and tokens && ?5 and tokens && ?6 and tokens && ?7 and tokens && ?8 and tokens && ?9",
                $behind
            ),
            concat!(
                $before, $first,
                "?3 and tokens && ?4 and tokens && ?5 and tokens && ?6 and tokens && ?7 and tokens && ?8 and tokens && ?9 \
                 and tokens && ?10",
                $behind
            ),
        ]
    };
}
const PG_ALL: [&str; 8] = found!(
    " and tokens @> ",
    "select object, record_id from search_doc where (?1 = '' or object = ?1)",
    " order by doc desc limit ?2"
);
const PG_ANY: [&str; 8] = found!(
    " and tokens && ",
    "select object, record_id from search_doc where (?1 = '' or object = ?1)",
    " order by doc desc limit ?2"
);
// Of hundreds of tokens nearly all are nobody's. The planner does not know that and would walk the table backwards.
const PG_MANY_ALL: [&str; 8] = found!(
    "tokens @> ",
    "with found as materialized (select doc, object, record_id from search_doc where ",
    ") select object, record_id from found where ?1 = '' or object = ?1 order by doc desc limit ?2"
);
const PG_MANY_ANY: [&str; 8] = found!(
    "tokens && ",
    "with found as materialized (select doc, object, record_id from search_doc where ",
    ") select object, record_id from found where ?1 = '' or object = ?1 order by doc desc limit ?2"
);
/// A group of more tokens than this asks for what was not typed.
const MANY: usize = 8;

impl ReadTx<'_> {
    /// Returns records that hold of each group at least one token, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_find(
        &self,
        groups: &[Vec<u64>],
        object: Option<&ObjectName>,
        limit: u32,
    ) -> Result<Vec<(ObjectName, Uuid)>, DbFault> {
        if groups.iter().all(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let object = Val::from(object.map_or("", ObjectName::as_str));
        match self.link.engine() {
            Engine::Sqlite => {
                let values = [Val::Text(asked(groups)), object, limit.into()];
                self.link.gather(LITE_FIND, &values, |row| Ok((row.get(0)?, row.get(1)?)))
            }
            Engine::Postgres => {
                let Some((sql, arrays)) = overlapping(groups) else { return Ok(Vec::new()) };
                let values: Vec<Val> = [object, limit.into()].into_iter().chain(arrays).collect();
                self.link.gather(sql, &values, |row| Ok((row.get(0)?, row.get(1)?)))
            }
        }
    }

    /// Returns which records of an object hold one of `tokens` in a field.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn blind_find(
        &self,
        object: &ObjectName,
        field: &FieldName,
        tokens: &[BlindToken],
    ) -> Result<Vec<(BlindToken, Uuid)>, DbFault> {
        let mut found = Vec::new();
        // SQLite binds at most 32,766 values, PostgreSQL 65,535.
        for some in tokens.chunks(5_000) {
            let mut query = Query::select();
            query
                .columns([Alias::new("token"), Alias::new("record_id")])
                .from(Alias::new("blind_token"))
                .and_where(Expr::col(Alias::new("object")).eq(object.as_str()))
                .and_where(Expr::col(Alias::new("field")).eq(field.as_str()))
                .and_where(Expr::col(Alias::new("token")).is_in(some.iter().map(|t| t.to_vec())));
            found.extend(self.link.gather_built(&query, |row| Ok((row.get(0)?, row.get(1)?)))?);
        }
        Ok(found)
    }
}

impl WriteTx<'_> {
    /// Sets the word tokens of a record.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_put(&mut self, object: &ObjectName, id: Uuid, tokens: &[u64]) -> Result<(), DbFault> {
        match self.link.engine() {
            Engine::Sqlite => {
                let doc = self.link.gather(LITE_DOC, &[object.into(), id.into()], |row| row.get::<i64>(0))?;
                self.link.execute(LITE_PUT, &[doc.first().copied().into(), spelled(tokens).into()])?;
            }
            Engine::Postgres => {
                self.link.execute_later(PG_PUT, vec![object.into(), id.into(), numbers(tokens)])?;
            }
        }
        Ok(())
    }

    /// Forgets the word tokens of a record.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_drop(&mut self, id: Uuid) -> Result<(), DbFault> {
        if self.link.engine() == Engine::Sqlite {
            self.link.execute(LITE_DROP, &[id.into()])?;
        }
        self.link.execute("delete from search_doc where record_id = ?1", &[id.into()])?;
        Ok(())
    }

    /// Adds blind tokens of a record's field.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn blind_put(
        &mut self,
        object: &ObjectName,
        field: &FieldName,
        id: Uuid,
        tokens: &[BlindToken],
    ) -> Result<(), DbFault> {
        for token in tokens {
            self.link.execute_later(
                "insert into blind_token (object, field, token, record_id) values (?1, ?2, ?3, ?4) on conflict do nothing",
                vec![object.into(), field.into(), (*token).into(), id.into()],
            )?;
        }
        Ok(())
    }

    /// Forgets all blind tokens of a record.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn blind_drop(&mut self, id: Uuid) -> Result<(), DbFault> {
        self.link.execute("delete from blind_token where record_id = ?1", &[id.into()]).map(|_| ())
    }
}

/// Spells groups as a question to the full-text index: hexadecimal, so nothing in them is query syntax.
fn asked(groups: &[Vec<u64>]) -> String {
    let mut text = String::with_capacity(groups.iter().map(Vec::len).sum::<usize>() * 14);
    for group in groups.iter().filter(|group| !group.is_empty()) {
        text.push_str(if text.is_empty() { "(" } else { " AND (" });
        for (at, token) in group.iter().enumerate() {
            let _ = write!(text, "{}{token:010x}", if at == 0 { "" } else { " OR " });
        }
        text.push(')');
    }
    text
}

/// Returns the statement for groups, and the arrays it takes: what stands alone together, then each group of several.
fn overlapping(groups: &[Vec<u64>]) -> Option<(&'static str, Vec<Val>)> {
    let alone: Vec<u64> = groups.iter().filter(|group| group.len() == 1).flatten().copied().collect();
    let several = groups.iter().filter(|group| group.len() > 1);
    let many = several.clone().any(|group| group.len() > MANY);
    let statements = match (alone.is_empty(), many) {
        (false, false) => &PG_ALL,
        (true, false) => &PG_ANY,
        (false, true) => &PG_MANY_ALL,
        (true, true) => &PG_MANY_ANY,
    };
    let first = (!alone.is_empty()).then(|| numbers(&alone));
    // What is left out only narrows: who is found is checked when it is opened.
    let arrays: Vec<Val> = first.into_iter().chain(several.map(|group| numbers(group))).take(8).collect();
    Some((statements.get(arrays.len().checked_sub(1)?)?, arrays))
}

/// Spells tokens as words of the full-text index: hexadecimal, so nothing in them is query syntax.
fn spelled(tokens: &[u64]) -> String {
    let mut text = String::with_capacity(tokens.len() * 11);
    for token in tokens {
        let _ = write!(text, "{token:010x} ");
    }
    text
}

fn numbers(tokens: &[u64]) -> Val {
    Val::Ints(tokens.iter().map(|t| i64::from_ne_bytes(t.to_ne_bytes())).collect())
}
