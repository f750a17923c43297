//! Rows that say who may do what: each bears a mark, so that whoever can write to the database can neither make nor alter one.
//!
//! The mark is a keyed hash over what counts in the row, as for rows of records (decision 0031), and is looked at wherever the row
//! decides something (decision 0048). Small tables that are taken as a whole have one mark for all of their rows, because a row that is
//! missing says something too.

mod tables;

use std::sync::Arc;

use authz::Cx;
use crypto::MacKey;
use kernel::{Lang, ObjectName, RequestId, Uuid};
use ledger::{Line, Origin, Via, verbs};

use crate::row::{Cell, Row};
use crate::tx::Tools;
use crate::{Bare, Db, DbFault, ReadTx, Val, WriteTx};

pub use tables::{
    ACCOUNT, AGREED, APP, APPROVAL, CODE, EXPORTS, IDENTITY, LINK, PROOFS, REFRESH, RESCUE, ROLES, SESSION, SHARE,
    TEAMS, TOKEN,
};
use tables::{EACH, WHOLE};

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

impl Tools {
    /// Returns what an entry of the ledger bears until it has its place.
    pub(crate) fn mark_of_entry(&self, id: Uuid, leaf: &[u8; 32]) -> [u8; 16] {
        self.marks().mark(&[b"custos-entry-1".as_slice(), id.as_bytes(), leaf].concat())
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
    fn is_genuine(&self, of: &Marked, key: impl Into<Val>) -> Result<bool, DbFault> {
        let found = self.bare_one(of.read, &[key.into()], |row| spelled(of, row))?;
        Ok(found.is_none_or(|row| self.fits(row)))
    }

    /// Tells whether something bears its mark.
    fn fits(&self, Spelled(bytes, has): Spelled) -> bool {
        has.is_some_and(|has| self.tools().marks().fits(&bytes, &has))
    }

    /// Hands on what was found, if it was and stands as the program wrote it.
    ///
    /// # Errors
    /// As [`believe`](Self::believe).
    pub fn believe_found<T, K: Into<Val>>(
        &self,
        of: &Marked,
        found: Option<T>,
        key: impl FnOnce(&T) -> K,
    ) -> Result<Option<T>, DbFault> {
        found.as_ref().map_or(Ok(()), |found| self.believe(of, key(found)))?;
        Ok(found)
    }

    /// Hands on those rows that stand as the program wrote them, for work that one which does not must not hold up.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn genuine<T, K: Into<Val>>(
        &self,
        of: &Marked,
        rows: Vec<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<Vec<T>, DbFault> {
        let mut genuine = Vec::with_capacity(rows.len());
        for row in rows {
            if self.is_genuine(of, key(&row))? {
                genuine.push(row);
            }
        }
        Ok(genuine)
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
        let judged = read.into_iter().map(|(id, spelled, value)| {
            if self.fits(spelled) { Ok(value) } else { Err(self.disbelieve(of.name, Some(id.into()))) }
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
        Ok(self.fits(Spelled(self.spelled_whole(of)?, has.map(|Has(has)| has))))
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
        let mark = self.tools().marks().mark(&bytes);
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
        let mark = self.tools().marks().mark(&self.spelled_whole(of)?);
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
