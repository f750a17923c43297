//! Which key the index is made with, and its change.
//!
//! The keys lie in the keyring; here stand their ids, beside the tokens. A transaction that looks into the index, or writes to it,
//! sees keys and tokens as they were at one moment: SQLite shows it one state, and so does PostgreSQL to whoever only reads. Whoever
//! writes there holds a lock until they are done, and a change begins when nobody does. So from its first moment everything new is
//! made with the new key, nothing that is older than the change is overlooked, and one walk over the index finds all of it.

use dialect::Engine;
use kernel::{KeyId, ObjectName, Timestamp, Uuid};
use sea_query::{Alias, Expr, ExprTrait as _, LockBehavior, LockType, Query};

use crate::index::Proposed;
use crate::row::Row;
use crate::{DbFault, ReadTx, WriteTx};

/// What a key of the index is at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKeyState {
    /// What is written is made with it.
    Current,
    /// What it made is made anew with the current one; until then both are asked for.
    Going,
    /// Nothing is left that it made.
    Gone,
}

/// A key of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexKey {
    /// Its id in the keyring.
    pub id: KeyId,
    /// What it is at present.
    pub state: IndexKeyState,
    /// Since when the index is made with it.
    pub since: Timestamp,
    /// How many records were findable when it began to go.
    pub total: u64,
    /// How many of them were looked at.
    pub done: u64,
    /// Of which terms its tokens are made.
    pub terms: i64,
}

/// Records that can be made findable anew, and those that somebody is writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Nobody writes them before this transaction is over.
    pub held: Vec<Uuid>,
    /// Somebody is writing them now.
    pub busy: Vec<Uuid>,
}

const KEYS: &str = "select id, state, since, total, renewed, terms from index_key order by state desc, id";

fn key(row: &Row<'_>) -> Result<IndexKey, DbFault> {
    let state = match row.get::<String>(1)?.as_str() {
        "current" => IndexKeyState::Current,
        "going" => IndexKeyState::Going,
        "gone" => IndexKeyState::Gone,
        _ => return Err(DbFault::Shape(1)),
    };
    Ok(IndexKey {
        id: row.get(0)?,
        state,
        since: row.get(2)?,
        total: row.get(3)?,
        done: row.get(4)?,
        terms: row.get(5)?,
    })
}

impl ReadTx<'_> {
    /// Returns the keys of the index, as they stay for this transaction.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_keys(&self) -> Result<Vec<IndexKey>, DbFault> {
        if let Some(known) = &*self.index_keys.borrow() {
            return Ok(known.clone());
        }
        self.index_keys_ahead()?;
        let keys = self.link.gather(KEYS, &[], key)?;
        *self.index_keys.borrow_mut() = Some(keys.clone());
        Ok(keys)
    }

    /// Lets the next statement bring the keys of the index along.
    pub(crate) fn index_keys_ahead(&self) -> Result<(), DbFault> {
        if self.link.engine() != Engine::Postgres || self.index_keys_come.replace(true) {
            return Ok(());
        }
        if self.writes {
            // Behind it the next statement sees what is committed; no change begins before this transaction is over.
            self.link.execute_later("lock table index_key in row share mode", Vec::new())?;
        }
        self.link.ahead(KEYS, Vec::new());
        Ok(())
    }
}

impl WriteTx<'_> {
    /// Says what the index is made with, if nothing says so yet.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_key_first(&mut self, id: KeyId, terms: i64) -> Result<(), DbFault> {
        self.index_keys.borrow_mut().take();
        self.keep_later(
            "insert into index_key (id, state, since, upto, walked, total, renewed, terms) \
             values (?1, 'current', ?2, 0, 0, 0, 0, ?3) on conflict do nothing",
            &[id.into(), self.now().into(), terms.into()],
        )
    }

    /// Makes `new` the key of the index in place of one that the keyring does not hold. Of what was going before, more is not known.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_key_lost(&mut self, new: KeyId, terms: i64) -> Result<(), DbFault> {
        // A change that was going on is taken over: everything is made anew anyway.
        self.run("delete from index_key where state <> 'current'", &[])?;
        self.run("delete from index_key where id = ?1", &[new.into()])?;
        let total = self.findable()?;
        self.go((new, terms), total)
    }

    /// Makes `new` the key of the index, and the one there is one that goes. False if another one is still going, or it is `new`.
    ///
    /// # Errors
    /// [`DbFault`] of the engine; [`DbFault::Locked`] if somebody wrote too long.
    pub fn index_key_begin(&mut self, new: KeyId, terms: i64) -> Result<bool, DbFault> {
        // Counted before anybody has to wait.
        let total = self.findable()?;
        if self.link.engine() == Engine::Postgres {
            self.link.execute_later("set local lock_timeout = '5s'", Vec::new())?;
            self.link.execute("lock table index_key in exclusive mode", &[])?;
        }
        self.index_keys.borrow_mut().take();
        let known = self.index_keys()?;
        if known.iter().any(|key| key.id == new || key.state != IndexKeyState::Current) {
            return Ok(false);
        }
        self.go((new, terms), total).map(|()| true)
    }

    fn findable(&self) -> Result<i64, DbFault> {
        let counted = self.link.gather("select count(*) from search_doc", &[], |row| row.get(0))?;
        Ok(counted.first().copied().unwrap_or_default())
    }

    fn go(&mut self, (new, terms): (KeyId, i64), total: i64) -> Result<(), DbFault> {
        self.index_keys.borrow_mut().take();
        self.run(
            "update index_key set state = 'going', total = ?1, upto = (select coalesce(max(doc), 0) from search_doc) \
             where state = 'current'",
            &[total.into()],
        )?;
        self.run(
            "insert into index_key (id, state, since, upto, walked, total, renewed, terms) \
             values (?1, 'current', ?2, 0, 0, 0, 0, ?3)",
            &[new.into(), self.now().into(), terms.into()],
        )?;
        Ok(())
    }

    /// Returns the next records that the going key may have made findable, by their numbers; nothing when none are left, and the key
    /// is gone then.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_behind(&mut self, most: u32) -> Result<Vec<Proposed>, DbFault> {
        self.index_keys.borrow_mut().take();
        // Two processes at the same change take turns.
        self.keep("update index_key set walked = walked where state = 'going'", &[])?;
        let found = self.link.gather(
            "select doc, object, record_id from search_doc \
             where doc > (select walked from index_key where state = 'going') \
             and doc <= (select upto from index_key where state = 'going') order by doc limit ?1",
            &[most.into()],
            |row| Ok(Proposed { doc: row.get(0)?, object: row.get(1)?, id: row.get(2)? }),
        )?;
        if found.is_empty() {
            self.keep("update index_key set state = 'gone' where state = 'going'", &[])?;
        }
        Ok(found)
    }

    /// Notes how far the tokens of the going key were replaced.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_walked(&mut self, doc: i64, many: u64) -> Result<(), DbFault> {
        self.index_keys.borrow_mut().take();
        let many = i64::try_from(many).unwrap_or(i64::MAX);
        let sql = "update index_key set walked = ?1, renewed = renewed + ?2 where state = 'going'";
        self.keep_later(sql, &[doc.into(), many.into()])
    }

    /// Forgets a key that is gone; false if another process was faster.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn index_key_forget(&mut self, id: KeyId) -> Result<bool, DbFault> {
        Ok(self.run("delete from index_key where id = ?1 and state = 'gone'", &[id.into()])? == 1)
    }

    /// Keeps others from writing rows of a table until this transaction is over. It waits for nobody: what somebody is writing is
    /// left to them.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn hold(&mut self, table: &ObjectName, ids: &[Uuid]) -> Result<Held, DbFault> {
        let id = || Alias::new("id");
        let mut select = Query::select();
        select.column(id()).from(Alias::new(table.as_str())).and_where(Expr::col(id()).is_in(ids.iter().copied()));
        let there: Vec<Uuid> = self.link.gather_built(&select, |row| row.get(0))?;
        if self.link.engine() == Engine::Sqlite {
            // Nobody else writes.
            return Ok(Held { held: there, busy: Vec::new() });
        }
        select.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
        let held: Vec<Uuid> = self.link.gather_built(&select, |row| row.get(0))?;
        let busy = there.into_iter().filter(|id| !held.contains(id)).collect();
        Ok(Held { held, busy })
    }
}
