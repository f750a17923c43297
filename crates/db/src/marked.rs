//! Rows that say who may do what: each bears a mark, so that whoever can write to the database can neither make nor alter one.
//!
//! The mark is a keyed hash over what counts in the row, as for rows of records (decision 0031), and is looked at wherever the row
//! decides something (decision 0048). Small tables that are taken as a whole have one mark for all of their rows, because a row that is
//! missing says something too.

use std::sync::Arc;

use authz::Cx;
use crypto::MacKey;
use kernel::{Lang, ObjectName, RequestId, Uuid};
use ledger::{Line, Origin, Via, verbs};

use crate::row::{Cell, Row};
use crate::tx::Tools;
use crate::{Bare, Db, DbFault, ReadTx, Val, WriteTx};

/// Who has the key of the marks, and knows whether the rows that were there before it bear one.
pub trait Marking: Send + Sync {
    /// Returns the key.
    fn key(&self) -> Arc<MacKey>;

    /// Tells whether the rows were marked once.
    ///
    /// # Errors
    /// [`DbFault`] of the keyring.
    fn is_done(&self) -> Result<bool, DbFault>;

    /// Writes down that they were: from now on a row without a mark is refused.
    ///
    /// # Errors
    /// [`DbFault`] of the keyring.
    fn done(&self) -> Result<(), DbFault>;
}

/// A table each row of which bears a mark.
pub struct Marked {
    /// What a line calls such a row.
    pub name: &'static str,
    /// Reads what counts of the row with the key `?1`, and its mark behind it.
    pub read: &'static str,
    /// Gives the row with the key `?1` the mark `?2`.
    pub write: &'static str,
    /// Lists the keys of all rows that have to bear one.
    pub keys: &'static str,
}

/// Tables that bear one mark together.
pub struct MarkedWhole {
    /// What a line calls them, and what their mark is kept under.
    pub name: &'static str,
    /// Read all that counts, each in an order of its own.
    pub reads: &'static [&'static str],
}

/// Accounts: who somebody is, what they sign in with, which roles they have.
pub const ACCOUNT: Marked = Marked {
    name: "user",
    read: "select id, email_blind, sealed, subject_id, password, roles, state, version, mark from app_user where id = ?1",
    write: "update app_user set mark = ?2 where id = ?1",
    keys: "select id from app_user",
};

/// Sessions that have not ended: whose, and what was proved in them.
pub const SESSION: Marked = Marked {
    name: "session",
    read: "select id, secret_hash, user_id, until, level, level_at, device_key, family_hash, former_hash, bound_id, bound_key, \
           bound_at, mark from session where id = ?1 and ended_at is null",
    write: "update session set mark = ?2 where id = ?1",
    keys: "select id from session where ended_at is null",
};

/// Links that were not used: for whom, and what for.
pub const LINK: Marked = Marked {
    name: "link",
    read: "select id, hash, purpose, user_id, expires_at, mark from link where id = ?1 and used_at is null",
    write: "update link set mark = ?2 where id = ?1",
    keys: "select id from link where used_at is null",
};

/// Tokens that were not withdrawn: for whom, and for what they were made.
pub const TOKEN: Marked = Marked {
    name: "token",
    read: "select id, user_id, hash, expires_at, terms, proof_key, app_id, fresh_until, mark from api_token \
           where id = ?1 and revoked_at is null",
    write: "update api_token set mark = ?2 where id = ?1",
    keys: "select id from api_token where revoked_at is null",
};

/// Accounts of the company's identity provider, and whose they are.
pub const IDENTITY: Marked = Marked {
    name: "identity",
    read: "select id, user_id, lookup, mark from external_identity where id = ?1",
    write: "update external_identity set mark = ?2 where id = ?1",
    keys: "select id from external_identity",
};

/// Records that were opened to somebody.
pub const SHARE: Marked = Marked {
    name: "share",
    read: "select id, object, record_id, user_id, team_id, may_change, until, mark from record_share where id = ?1",
    write: "update record_share set mark = ?2 where id = ?1",
    keys: "select id from record_share",
};

/// What waits for a second person, or has one: who asked for what, and who agreed.
pub const APPROVAL: Marked = Marked {
    name: "approval",
    read: "select id, rule, hash, initiator_id, state, alone, expires_at, decider_id, mark from approval \
           where id = ?1 and ended_at is null",
    write: "update approval set mark = ?2 where id = ?1",
    keys: "select id from approval where ended_at is null",
};

/// Apps of others that were not stopped: who agreed to them.
pub const APP: Marked = Marked {
    name: "app",
    read: "select id, created_by, approved_by, approved_at, mark from app where id = ?1 and ended_at is null",
    write: "update app set mark = ?2 where id = ?1",
    keys: "select id from app where ended_at is null",
};

/// Codes of apps that were not taken: for whom, and what for.
pub const CODE: Marked = Marked {
    name: "app",
    read: "select hash, app_id, user_id, challenge, redirect, scopes, until, mark from app_code where hash = ?1 and taken_at is null",
    write: "update app_code set mark = ?2 where hash = ?1",
    keys: "select hash from app_code where taken_at is null",
};

/// What apps renew a token with, if it was not taken: which token.
pub const REFRESH: Marked = Marked {
    name: "app",
    read: "select hash, token_id, mark from app_refresh where hash = ?1 and taken_at is null",
    write: "update app_refresh set mark = ?2 where hash = ?1",
    keys: "select hash from app_refresh where taken_at is null",
};

/// Requests for a way back in that have not ended: whose, and from when on.
pub const RESCUE: Marked = Marked {
    name: "rescue",
    read: "select id, email_blind, user_id, hash, spoken, recovery_hash, strong, expires_at, ready_at, mark from rescue \
           where id = ?1 and ended_at is null",
    write: "update rescue set mark = ?2 where id = ?1",
    keys: "select id from rescue where ended_at is null",
};

/// Roles, what they grant, and what they do not show.
pub const ROLES: MarkedWhole = MarkedWhole {
    name: "role",
    reads: &[
        "select id, name from role order by id",
        "select role, object, verb, reach from role_grant order by role, object, verb",
        "select role, object, field, rule from role_field order by role, object, field",
    ],
};

/// Teams, and who works where.
pub const TEAMS: MarkedWhole = MarkedWhole {
    name: "team",
    reads: &["select id, parent from team order by id", "select user_id, team_id from team_member order by user_id"],
};

/// What is asked of whom before they may act.
pub const PROOFS: MarkedWhole =
    MarkedWhole { name: "policy", reads: &["select role, sign_in, danger, minutes from role_policy order by role"] };

/// How many records go out by one person alone.
pub const EXPORTS: MarkedWhole =
    MarkedWhole { name: "export", reads: &["select id, rows_alone from export_limit order by id"] };

/// Which administrators agreed that somebody gets in again.
pub const AGREED: MarkedWhole = MarkedWhole {
    name: "rescue",
    reads: &["select rescue_id, user_id from rescue_approval order by rescue_id, user_id"],
};

const EACH: [&Marked; 11] =
    [&ACCOUNT, &SESSION, &LINK, &TOKEN, &IDENTITY, &SHARE, &APPROVAL, &APP, &CODE, &REFRESH, &RESCUE];
const WHOLE: [&MarkedWhole; 5] = [&ROLES, &TEAMS, &PROOFS, &EXPORTS, &AGREED];

struct Spelled(Vec<u8>, Option<Vec<u8>>);
// What is only compared with a mark.
impl Bare for Spelled {}
struct Key(Val);
// An id, or a hash.
impl Bare for Key {}
struct Has(Vec<u8>);
// What is only compared with a mark.
impl Bare for Has {}

fn key(row: &Row<'_>) -> Result<Key, DbFault> {
    Ok(Key(match row.cell(0)? {
        Cell::Bytes(bytes) => Uuid::from_slice(bytes).map_or_else(|_| Val::Bytes(bytes.to_vec()), Val::Id),
        _ => Val::Null,
    }))
}

fn id_of(key: &Val) -> Option<Uuid> {
    if let Val::Id(id) = key { Some(*id) } else { None }
}

/// Spells the first cells of a row, each with its kind and its length.
fn spell(bytes: &mut Vec<u8>, row: &Row<'_>, cells: usize) -> Result<(), DbFault> {
    bytes.extend_from_slice(&u32::try_from(cells).unwrap_or(u32::MAX).to_be_bytes());
    for index in 0..cells {
        let (kind, part): (u8, &[u8]) = match row.cell(index)? {
            Cell::Null => (0, &[]),
            Cell::Int(n) => {
                bytes.push(1);
                bytes.extend_from_slice(&n.to_be_bytes());
                continue;
            }
            Cell::Text(text) => (2, text.as_bytes()),
            Cell::Bytes(part) => (3, part),
        };
        bytes.push(kind);
        bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    Ok(())
}

fn begun(format: &[u8], name: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    bytes.extend_from_slice(format);
    bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(name.as_bytes());
    bytes
}

/// Spells a row whose mark is its last cell.
fn spelled(of: &Marked, row: &Row<'_>) -> Result<Spelled, DbFault> {
    let cells = row.width().checked_sub(1).ok_or(DbFault::Shape(0))?;
    let mut bytes = begun(b"custos-right-1", of.name);
    spell(&mut bytes, row, cells)?;
    Ok(Spelled(bytes, row.get(cells)?))
}

fn mark(tools: &Tools, spelled: &[u8]) -> [u8; 16] {
    let [mark @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = tools.marks().mac(spelled);
    mark
}

impl Tools {
    /// Returns what an entry of the ledger bears until it has its place.
    pub(crate) fn mark_of_entry(&self, id: Uuid, leaf: &[u8; 32]) -> [u8; 16] {
        mark(self, &[b"custos-entry-1".as_slice(), id.as_bytes(), leaf].concat())
    }
}

impl ReadTx<'_> {
    /// Returns what an entry of the ledger bears until it has its place.
    #[must_use]
    pub fn mark_of_entry(&self, id: Uuid, leaf: &[u8; 32]) -> [u8; 16] {
        self.tools().mark_of_entry(id, leaf)
    }

    /// Tells whether a row stands as the program wrote it; of one that does not a line is left, which a refusal does not take away. One
    /// that is not there is nothing that could be altered.
    ///
    /// # Errors
    /// [`DbFault::Altered`]; [`DbFault`] of the engine.
    pub fn believe(&self, of: &Marked, key: impl Into<Val>) -> Result<(), DbFault> {
        let key = key.into();
        if self.is_genuine(of, key.clone())? { Ok(()) } else { Err(self.disbelieve(of.name, Some(key))) }
    }

    /// Tells whether a row stands as the program wrote it, or is not there, and leaves no line.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn is_genuine(&self, of: &Marked, key: impl Into<Val>) -> Result<bool, DbFault> {
        let found = self.bare_one(of.read, &[key.into()], |row| spelled(of, row))?;
        let bears =
            |Spelled(bytes, has)| has.is_some_and(|has: Vec<u8>| crypto::same(&mark(self.tools(), &bytes), &has));
        Ok(found.is_none_or(bears))
    }

    /// Reads rows that bear a mark by a statement that names the columns of [`Marked::read`], in its order; one that was altered refuses
    /// them all.
    ///
    /// # Errors
    /// As [`believe`](Self::believe); [`DbFault`] of `map`.
    pub fn believed<T: Bare>(
        &self,
        of: &Marked,
        sql: &'static str,
        values: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<T>, DbFault> {
        let read = self.bare(sql, values, |row| Ok((row.get::<Uuid>(0)?, spelled(of, row)?, map(row)?)))?;
        let judged = read.into_iter().map(|(id, Spelled(bytes, has), value)| {
            let good = has.is_some_and(|has| crypto::same(&mark(self.tools(), &bytes), &has));
            if good { Ok(value) } else { Err(self.disbelieve(of.name, Some(id.into()))) }
        });
        judged.collect()
    }

    /// Tells whether tables stand as the program wrote them. Within one transaction they are looked at once.
    ///
    /// # Errors
    /// As [`believe`](Self::believe).
    pub fn believe_whole(&self, of: &MarkedWhole) -> Result<(), DbFault> {
        if self.believed.borrow().contains(&of.name) {
            return Ok(());
        }
        if !self.stand_whole(of)? {
            return Err(self.disbelieve(of.name, None));
        }
        self.believed.borrow_mut().push(of.name);
        Ok(())
    }

    fn stand_whole(&self, of: &MarkedWhole) -> Result<bool, DbFault> {
        let sql = "select mark from marked_whole where name = ?1";
        let has = self.bare_one(sql, &[of.name.into()], |row| row.get(0).map(Has))?;
        let bytes = self.spelled_whole(of)?;
        Ok(has.is_some_and(|Has(has)| crypto::same(&mark(self.tools(), &bytes), &has)))
    }

    fn spelled_whole(&self, of: &MarkedWhole) -> Result<Vec<u8>, DbFault> {
        let mut bytes = begun(b"custos-rights-1", of.name);
        for read in of.reads {
            bytes.push(b'/');
            self.bare(read, &[], |row| spell(&mut bytes, row, row.width()))?;
        }
        Ok(bytes)
    }

    fn disbelieve(&self, name: &'static str, key: Option<Val>) -> DbFault {
        if let Ok(object) = ObjectName::parse(name) {
            let line = Line::failed(verbs::DAMAGE, object, "row-altered");
            self.note_denial(line.about_each(key.as_ref().and_then(id_of)));
        }
        tracing::error!(table = name, "a row was altered outside of the program");
        DbFault::Altered(name)
    }
}

impl WriteTx<'_> {
    /// Marks a row that was just made.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn mark(&mut self, of: &'static Marked, key: impl Into<Val>) -> Result<(), DbFault> {
        let key = key.into();
        let found = self.bare_one(of.read, std::slice::from_ref(&key), |row| spelled(of, row))?;
        let Some(Spelled(bytes, _)) = found else { return Ok(()) };
        let mark = mark(self.tools(), &bytes);
        self.keep_later(of.write, &[key, Val::Bytes(mark.to_vec())])
    }

    /// Changes a row that bears a mark, and marks it anew; one that was altered before is refused, so that nothing becomes genuine by
    /// being written over.
    ///
    /// # Errors
    /// [`DbFault::Altered`]; what `change` says.
    pub fn mark_over<T, E: From<DbFault>>(
        &mut self,
        of: &'static Marked,
        key: impl Into<Val>,
        change: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let key = key.into();
        self.believe(of, key.clone())?;
        let changed = change(self)?;
        self.mark(of, key)?;
        Ok(changed)
    }

    /// Changes tables that bear one mark together, and marks them anew. Whoever else changes them waits.
    ///
    /// # Errors
    /// As [`mark_over`](Self::mark_over).
    pub fn mark_whole_over<T, E: From<DbFault>>(
        &mut self,
        of: &'static MarkedWhole,
        change: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.take_turns()?;
        if !self.stand_whole(of)? {
            return Err(self.disbelieve(of.name, None).into());
        }
        let changed = change(self)?;
        self.mark_whole(of)?;
        Ok(changed)
    }

    fn mark_whole(&mut self, of: &MarkedWhole) -> Result<(), DbFault> {
        let bytes = self.spelled_whole(of)?;
        let mark = mark(self.tools(), &bytes);
        let sql = "insert into marked_whole (name, mark) values (?1, ?2) on conflict (name) do update set mark = excluded.mark";
        self.keep_later(sql, &[of.name.into(), Val::Bytes(mark.to_vec())])
    }

    /// Marks everything as it stands.
    fn mark_all(&mut self) -> Result<u64, DbFault> {
        let mut marked = 0;
        for of in EACH {
            let keys = self.bare(of.keys, &[], key)?;
            marked += keys.len() as u64;
            keys.into_iter().try_for_each(|Key(key)| self.mark(of, key))?;
        }
        WHOLE.into_iter().try_for_each(|of| self.mark_whole(of))?;
        Ok(marked)
    }
}

/// Returns what does not stand as the program wrote it: what a line calls it, and its id if it has one. It leaves no line.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn altered(tx: &ReadTx<'_>) -> Result<Vec<(&'static str, Option<Uuid>)>, DbFault> {
    let mut found = Vec::new();
    for of in EACH {
        for Key(key) in tx.bare(of.keys, &[], key)? {
            let id = id_of(&key);
            found.extend((!legible(tx.is_genuine(of, key))?).then_some((of.name, id)));
        }
    }
    for of in WHOLE {
        found.extend((!legible(tx.stand_whole(of))?).then_some((of.name, None)));
    }
    Ok(found)
}

/// What cannot even be read does not stand as it was written.
fn legible(stands: Result<bool, DbFault>) -> Result<bool, DbFault> {
    match stands {
        Err(DbFault::Shape(_) | DbFault::Damaged(_)) => Ok(false),
        stands => stands,
    }
}

impl Db {
    /// Marks what was there before marks were, once.
    pub(crate) async fn mark_first(&self, marking: Arc<dyn Marking>) -> Result<(), DbFault> {
        let (asked, told) = (Arc::clone(&marking), marking);
        if blocking(move || asked.is_done()).await? {
            return Ok(());
        }
        let request = RequestId::new(self.now(), self.chance());
        let nobody = Cx::nobody(Origin::via(Via::Job), request, Lang::En);
        self.write(&nobody, |tx| {
            tx.mark_all()?;
            mark_waiting(tx)
        })
        .await?;
        blocking(move || told.done()).await
    }

    /// Takes what the rows say for genuine and marks them anew, when an operator says so after a repair. Returns how many rows that were.
    ///
    /// # Errors
    /// [`DbFault`].
    pub async fn accept_rights(&self, cx: &Cx) -> Result<u64, DbFault> {
        let accepting = self.write(cx, |tx| {
            tx.take_turns()?;
            let marked = tx.mark_all()?;
            let user = ObjectName::parse(ACCOUNT.name).map_err(|_| DbFault::Mismatch)?;
            tx.note(Line::done(verbs::RIGHTS_ACCEPT, user).fact("rows", marked.to_string()));
            Ok(marked)
        });
        accepting.await
    }
}

/// Marks the entries that wait from before entries bore marks.
fn mark_waiting(tx: &mut WriteTx<'_>) -> Result<(), DbFault> {
    let sql = "select id, leaf from ledger_entry where position is null and refused_at is null";
    for (id, leaf) in tx.bare(sql, &[], |row| Ok((row.get::<Uuid>(0)?, row.get::<[u8; 32]>(1)?)))? {
        let mark = tx.mark_of_entry(id, &leaf);
        tx.keep_later("update ledger_entry set mark = ?2 where id = ?1", &[id.into(), Val::Bytes(mark.to_vec())])?;
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, DbFault> + Send + 'static) -> Result<T, DbFault> {
    tokio::task::spawn_blocking(work).await.map_err(|_| DbFault::Abandoned)?
}
