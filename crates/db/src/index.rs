//! Finding records by what is sealed: keyed word tokens and blind tokens.
//!
//! Both hold only keyed hashes. What comes back are ids; the records behind them still lie under guard.

use std::collections::HashMap;
use std::fmt::Write as _;

use dialect::Engine;
use kernel::{ObjectName, Uuid};
use sea_query::{Alias, Expr, ExprTrait as _, Query, SelectStatement};

use crate::row::Row;
use crate::{DbFault, ReadTx, Val, WriteTx};

/// What PostgreSQL's index knows of a record: its tokens, and below zero in which span of 1,024 numbers and of 16,384 its own
/// one lies. Whoever wants the newest of very many asks for the last spans only.
const POSTGRES_TOKENS: &str = "(tokens || array[(-1 - (doc >> 10))::integer, (-1073741825 - (doc >> 14))::integer])";
/// Of a token of a word so many bits are kept in PostgreSQL, where it is a number of four bytes and not below zero. Of five million
/// words two or three in a thousand share their number there: who is found by another word is dropped when opened.
const POSTGRES_TOKEN: u64 = 0x7fff_ffff;

/// A blind token: equality on a sealed field.
pub type BlindToken = [u8; 16];

/// A value of a sealed field as the index knows it. Two of one transaction are equal where the values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blind {
    /// Its token under the key that the index is made with.
    pub token: BlindToken,
    /// Its token under the key that goes, as long as one does.
    pub former: Option<BlindToken>,
}

impl Blind {
    /// Returns what records that hold the value may have.
    pub fn tokens(&self) -> impl Iterator<Item = BlindToken> + use<> {
        [Some(self.token), self.former].into_iter().flatten()
    }
}

impl From<BlindToken> for Blind {
    fn from(token: BlindToken) -> Self {
        Self { token, former: None }
    }
}

const LITE_DOC: &str = "insert into search_doc (object, record_id) values (?1, ?2) \
    on conflict (record_id) do update set object = excluded.object returning doc";
const LITE_PUT: &str = "insert or replace into search_index (rowid, tokens) values (?1, ?2)";
const LITE_DROP: &str = "delete from search_index where rowid = (select doc from search_doc where record_id = ?1)";
const LITE_FIND: &str = "select d.doc, d.object, d.record_id from search_index join search_doc d on d.doc = search_index.rowid \
    where search_index match ?1 and search_index.rowid < ?2 and (?3 = '' or instr(?3, ',' || d.object || ',') > 0) \
    order by search_index.rowid desc limit ?4";
const LITE_BLIND: &str = "insert into blind_token (token, record_id) values (?1, ?2) on conflict do nothing";
/// The tokens of all records stand one behind the other; those of one lie between two places.
const PG_PUT: &str = "insert into search_doc (object, record_id, tokens) \
    select ?1, id, (?3::integer[])[first : last] from unnest(?2::uuid[], ?4::integer[], ?5::integer[]) as put (id, first, last) \
    on conflict (record_id) do update set tokens = excluded.tokens";
const PG_BLIND: &str = "insert into blind_token (token, record_id) select distinct token, id \
    from unnest(?1::uuid[], ?2::uuid[]) as put (token, id)";
const PG_HELD: &str = "select token, record_id from blind_token where token = any(?1)";
/// A way with more tokens than this asks for what was not typed.
const MANY: usize = 64;

/// A question to the index.
#[derive(Clone, Copy, Debug)]
pub struct IndexQuery<'q> {
    /// Ways to be found: by holding of each group of one of them at least one token.
    pub ways: &'q [Vec<Vec<u64>>],
    /// Only of these objects; of all where it is empty.
    pub objects: &'q [&'q ObjectName],
    /// Only those that came into the index before this one.
    pub before: Option<i64>,
    /// So many at most.
    pub limit: u32,
}

/// A record that the index proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// Its number in the index: who was written last has the highest.
    pub doc: i64,
    /// Its object.
    pub object: ObjectName,
    /// Its id.
    pub id: Uuid,
}

impl ReadTx<'_> {
    /// Returns records that the index proposes, newest first.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_find(&self, query: &IndexQuery<'_>) -> Result<Vec<Proposed>, DbFault> {
        let ways: Vec<Vec<&Vec<u64>>> = query.ways.iter().filter_map(|way| asking(way)).collect();
        if ways.is_empty() {
            return Ok(Vec::new());
        }
        let (before, limit) = (query.before.unwrap_or(i64::MAX).into(), query.limit.into());
        let mut objects = String::new();
        for object in query.objects {
            let _ = write!(objects, "{}{object},", if objects.is_empty() { "," } else { "" });
        }
        let map = |row: &Row<'_>| Ok(Proposed { doc: row.get(0)?, object: row.get(1)?, id: row.get(2)? });
        match self.link.engine() {
            Engine::Sqlite => {
                let values = [Val::Text(asked(&ways)), before, objects.into(), limit];
                self.link.gather(LITE_FIND, &values, map)
            }
            Engine::Postgres => {
                // The statement is made so that one plan is good for every word, and a plan takes longer than an answer.
                if !self.searches.replace(true) {
                    self.link.execute_later("set local plan_cache_mode = force_generic_plan", Vec::new())?;
                }
                let mut values = vec![before, objects.into(), limit];
                values.extend(ways.iter().flatten().map(|group| numbers(group)));
                self.link.gather_rendered(&statement(&ways), &values, map)
            }
        }
    }

    /// Returns which records hold one of some values, each in the field that the value is known in.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn blind_find(&self, values: &[Blind]) -> Result<Vec<(Blind, Uuid)>, DbFault> {
        let known: HashMap<BlindToken, Blind> =
            values.iter().flat_map(|blind| blind.tokens().map(|token| (token, *blind))).collect();
        let tokens: Vec<BlindToken> = values.iter().flat_map(Blind::tokens).collect();
        let map = |row: &Row<'_>| Ok((row.get::<BlindToken>(0)?, row.get::<Uuid>(1)?));
        let mut found = Vec::new();
        for some in tokens.chunks(5_000) {
            let bytes = some.iter().map(|token| token.to_vec());
            found.extend(match self.link.engine() {
                Engine::Sqlite => {
                    let mut query = Query::select();
                    query
                        .columns([Alias::new("token"), Alias::new("record_id")])
                        .from(Alias::new("blind_token"))
                        .and_where(Expr::col(Alias::new("token")).is_in(bytes));
                    self.link.gather_built(&query, map)?
                }
                // One statement for any number of them: each other one would have to be prepared, and be kept.
                Engine::Postgres => self.link.gather(PG_HELD, &[Val::Blobs(bytes.collect())], map)?,
            });
        }
        Ok(found.into_iter().filter_map(|(token, id)| Some((*known.get(&token)?, id))).collect())
    }
}

impl WriteTx<'_> {
    /// Sets the word tokens of records of one object, each named once.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_put<T: AsRef<[u64]>>(&mut self, object: &ObjectName, put: &[(Uuid, T)]) -> Result<(), DbFault> {
        match self.link.engine() {
            Engine::Sqlite => {
                // All numbers before any words: whatever may have to be undone alone lets the full-text index write what it holds, and
                // of a file's rows each became a segment of its own, to be merged with all others.
                let mut docs = Vec::with_capacity(put.len());
                for (id, _) in put {
                    let doc = self.link.gather(LITE_DOC, &[object.into(), (*id).into()], |row| row.get::<i64>(0))?;
                    docs.push(doc.first().copied());
                }
                for (doc, (_, tokens)) in docs.into_iter().zip(put) {
                    self.link.execute(LITE_PUT, &[doc.into(), spelled(tokens.as_ref()).into()])?;
                }
                Ok(())
            }
            Engine::Postgres => {
                let (mut all, mut first, mut last) = (Vec::new(), Vec::new(), Vec::new());
                for (_, tokens) in put {
                    first.push(place(all.len() + 1));
                    all.extend_from_slice(tokens.as_ref());
                    last.push(place(all.len()));
                }
                let ids = put.iter().map(|(id, _)| *id).collect();
                let values = vec![object.into(), Val::Ids(ids), numbers(&all), Val::Ints(first), Val::Ints(last)];
                self.link.execute_later(PG_PUT, values)
            }
        }
    }

    /// Forgets the word tokens of a record.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_drop(&mut self, id: Uuid) -> Result<(), DbFault> {
        if self.link.engine() == Engine::Sqlite {
            self.link.execute(LITE_DROP, &[id.into()])?;
        }
        self.link.execute_later("delete from search_doc where record_id = ?1", vec![id.into()])
    }

    /// Adds blind tokens of records that have none: those under the key that the index is made with.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn blind_put(&mut self, put: impl IntoIterator<Item = (Uuid, Blind)>) -> Result<(), DbFault> {
        match self.link.engine() {
            Engine::Sqlite => {
                let mut one = |(id, blind): (Uuid, Blind)| {
                    self.link.execute(LITE_BLIND, &[blind.token.into(), id.into()]).map(|_| ())
                };
                put.into_iter().try_for_each(&mut one)
            }
            Engine::Postgres => {
                let (tokens, ids): (Vec<_>, Vec<_>) =
                    put.into_iter().map(|(id, blind)| (blind.token.to_vec(), id)).unzip();
                if ids.is_empty() {
                    return Ok(());
                }
                self.link.execute_later(PG_BLIND, vec![Val::Blobs(tokens), Val::Ids(ids)])
            }
        }
    }

    /// Forgets all blind tokens of a record.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn blind_drop(&mut self, id: Uuid) -> Result<(), DbFault> {
        self.link.execute_later("delete from blind_token where record_id = ?1", vec![id.into()])
    }
}

/// Returns a query for the ids of records that have one of some tokens. It stands inside a query for rows, so that rows beyond the
/// reach of whoever asks are dropped before anything depends on there being some.
#[must_use]
pub fn holders(tokens: impl IntoIterator<Item = BlindToken>) -> SelectStatement {
    let mut tokens = tokens.into_iter().map(|token| token.to_vec()).peekable();
    let col = |name: &'static str| Expr::col(Alias::new(name));
    let mut query = Query::select();
    query.column(Alias::new("record_id")).from(Alias::new("blind_token"));
    // A list without members has no type in PostgreSQL.
    query.and_where(match tokens.peek() {
        Some(_) => col("token").is_in(tokens),
        None => col("token").is_null(),
    });
    query
}

/// The groups of a way that ask for something; nothing where none does. More than eight only narrow: who is found is checked
/// when it is opened.
fn asking(way: &[Vec<u64>]) -> Option<Vec<&Vec<u64>>> {
    let groups: Vec<&Vec<u64>> = way.iter().filter(|group| !group.is_empty()).take(8).collect();
    (!groups.is_empty()).then_some(groups)
}

/// Spells ways as a question to the full-text index: hexadecimal, so nothing in them is query syntax.
fn asked(ways: &[Vec<&Vec<u64>>]) -> String {
    let mut text = String::with_capacity(ways.iter().flatten().map(|group| group.len()).sum::<usize>() * 14);
    for (nth, groups) in ways.iter().enumerate() {
        text.push_str(if nth == 0 { "(" } else { " OR (" });
        for (nth, group) in groups.iter().enumerate() {
            text.push_str(if nth == 0 { "(" } else { " AND (" });
            for (nth, token) in group.iter().enumerate() {
                let _ = write!(text, "{}{token:010x}", if nth == 0 { "" } else { " OR " });
            }
            text.push(')');
        }
        text.push(')');
    }
    text
}

/// Returns PostgreSQL's statement for ways of such a shape; what is asked for is bound to it.
///
/// A word that thousands hold is not looked up in all of them, and no planner has to guess how many there are: first among the
/// last 2,048 numbers at most, then among 32,768, and among all only where these are too few. The index knows in which spans
/// a record's number lies, so that each step reads no more than it needs.
fn statement(ways: &[Vec<&Vec<u64>>]) -> String {
    let within = |span: &str| {
        let mut text = String::new();
        let mut bound = 3;
        for (nth, groups) in ways.iter().enumerate() {
            text.push_str(if nth == 0 { "(" } else { " or (" });
            text.push_str(span);
            for (nth, _) in groups.iter().enumerate() {
                bound += 1;
                let and = if nth == 0 && span.is_empty() { "" } else { " and " };
                let _ = write!(text, "{and}{POSTGRES_TOKENS} && ${bound}");
            }
            text.push(')');
        }
        text
    };
    let kept = "doc < $1::bigint and ($2 = '' or strpos($2, ',' || object || ',') > 0)";
    let held = "doc, object, record_id from search_doc where";
    let all = within("");
    if ways.iter().flatten().map(|group| group.len()).sum::<usize>() > MANY {
        return format!(
            "with hit as materialized (select {held} {all}) \
             select doc, object, record_id from hit where {kept} order by doc desc limit $3::bigint"
        );
    }
    let near = within(&format!(
        "{POSTGRES_TOKENS} && (select array[(-1 - (n >> 10))::integer, (-(n >> 10))::integer] from top)"
    ));
    let mid = within(&format!(
        "{POSTGRES_TOKENS} && (select array[(-1073741825 - (n >> 14))::integer, (-1073741824 - (n >> 14))::integer] from top)"
    ));
    let (few_near, few_mid) = ("(select count(*) from near) < $3::bigint", "(select count(*) from mid) < $3::bigint");
    format!(
        "with top as materialized (select least($1::bigint - 1, coalesce(max(doc), 0)) as n from search_doc), \
         near_hit as materialized (select {held} {near}), near as materialized (select * from near_hit where {kept}), \
         mid_hit as materialized (select {held} {few_near} and ({mid})), mid as materialized (select * from mid_hit where {kept}), \
         hit as materialized (select {held} {few_near} and {few_mid} and ({all})) \
         select doc, object, record_id from (\
         select * from near where not {few_near} union all \
         select * from mid where {few_near} and not {few_mid} union all \
         select * from hit where {kept}) as found order by doc desc limit $3::bigint"
    )
}

/// Spells tokens as words of the full-text index: hexadecimal, so nothing in them is query syntax.
fn spelled(tokens: &[u64]) -> String {
    let mut text = String::with_capacity(tokens.len() * 11);
    for token in tokens {
        let _ = write!(text, "{token:010x} ");
    }
    text
}

fn place(at: usize) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}

fn numbers(tokens: &[u64]) -> Val {
    Val::Ints(tokens.iter().map(|token| i32::try_from(token & POSTGRES_TOKEN).unwrap_or_default()).collect())
}
