//! The small database apart from the data: keys only, no ledger, own backups.

use std::sync::{Arc, Mutex, PoisonError};

use dialect::Engine;
use kernel::{KeyId, Timestamp};
use tokio::runtime::Handle;

use crate::engine::{Link, postgres, sqlite};
use crate::row::Row;
use crate::{DbFault, Place, Val, migrate};

/// The handle to the keyring. Cheap to clone; its calls block, so they belong on threads that may.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

enum Inner {
    Lite(Box<Lite>),
    Pg(deadpool_postgres::Pool, Handle),
}

struct Lite {
    main: Mutex<rusqlite::Connection>,
    /// That of chores: whoever looks for a key does not wait for it.
    chores: Mutex<rusqlite::Connection>,
}

/// A transaction over the keyring.
pub struct KeyringTx<'t>(Link<'t>);

impl KeyringTx<'_> {
    /// Runs a statement and returns how many rows it touched.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn run(&self, sql: &'static str, values: &[Val]) -> Result<u64, DbFault> {
        self.0.execute(sql, values)
    }

    /// Runs a statement whose outcome nobody waits for: the next one fails if it does, or the end.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn run_later(&self, sql: &'static str, values: Vec<Val>) -> Result<(), DbFault> {
        self.0.execute_later(sql, values)
    }

    /// Reads rows.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`.
    pub fn rows<T>(
        &self,
        sql: &'static str,
        values: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<T>, DbFault> {
        self.0.gather(sql, values, map)
    }

    /// Writes new wrappings of keys that `old` still wraps, and returns how many those were: a key that was destroyed
    /// meanwhile, or that somebody else was faster with, stays as it is.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn rewrap(&self, (old, new): (KeyId, KeyId), keys: Vec<(KeyId, Vec<u8>)>) -> Result<u64, DbFault> {
        if self.0.engine() == Engine::Postgres {
            // One statement for all: each would be a round trip.
            let (ids, wrappings) = keys.into_iter().map(|(id, wrapped)| (id.uuid(), wrapped)).unzip();
            let values = [Val::Ids(ids), Val::Blobs(wrappings), new.into(), old.into()];
            return self.run(
                "update keyring_key as k set wrapped = v.wrapped, wrapped_by = ?3 \
                 from unnest(?1::uuid[], ?2::bytea[]) as v (id, wrapped) where k.id = v.id and k.wrapped_by = ?4",
                &values,
            );
        }
        let mut changed = 0;
        for (id, wrapped) in keys {
            changed += self.run(
                "update keyring_key set wrapped = ?2, wrapped_by = ?3 where id = ?1 and wrapped_by = ?4",
                &[id.into(), Val::Bytes(wrapped), new.into(), old.into()],
            )?;
        }
        Ok(changed)
    }
}

impl Keyring {
    /// Opens the keyring and brings its schema up to date. Runs inside a Tokio runtime.
    ///
    /// # Errors
    /// [`DbFault`]: it cannot be opened, or its schema does not fit the program.
    pub async fn open(place: Place, now: Timestamp) -> Result<Self, DbFault> {
        let inner = match place {
            Place::File(path) => {
                let connection = sqlite::connect(&path, true)?;
                migrate::up(&Link::Lite(&connection), migrate::KEYRING, now)?;
                let chores = Mutex::new(sqlite::connect(&path, true)?);
                Inner::Lite(Box::new(Lite { main: Mutex::new(connection), chores }))
            }
            Place::Postgres(at) => {
                let pool = postgres::connect(&at, 4).await?;
                let handle = Handle::current();
                let (own_pool, own_handle) = (pool.clone(), handle.clone());
                let migrating = tokio::task::spawn_blocking(move || {
                    let session = postgres::session(&own_pool, &own_handle)?;
                    migrate::up(&Link::Pg(&session), migrate::KEYRING, now)
                });
                migrating.await.map_err(|_| DbFault::Abandoned)??;
                Inner::Pg(pool, handle)
            }
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Runs `work` in one transaction, durable when this returns.
    ///
    /// # Errors
    /// What `work` says, or a [`DbFault`] of the engine.
    pub fn within<T, E: From<DbFault>>(&self, work: impl FnOnce(&KeyringTx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &*self.0 {
            Inner::Lite(own) => lite(&own.main, work),
            Inner::Pg(pool, handle) => pg(pool, handle, work),
        }
    }

    /// Runs `work` like [`within`](Self::within), beside those who look for a key: they do not wait while it goes on.
    ///
    /// # Errors
    /// What `work` says, or a [`DbFault`] of the engine.
    pub fn aside<T, E: From<DbFault>>(&self, work: impl FnOnce(&KeyringTx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &*self.0 {
            Inner::Lite(own) => lite(&own.chores, work),
            Inner::Pg(pool, handle) => pg(pool, handle, work),
        }
    }

    /// Wipes what was removed from wherever the engine still keeps it: SQLite's write-ahead log, PostgreSQL's dead rows. (The
    /// write-ahead log of a PostgreSQL server is its operator's to keep short.)
    ///
    /// # Errors
    /// [`DbFault`] of the engine; [`DbFault::Locked`] if somebody reads an old state: it may work in a moment.
    pub fn wipe(&self) -> Result<(), DbFault> {
        match &*self.0 {
            Inner::Lite(own) => {
                let connection = own.chores.lock().unwrap_or_else(PoisonError::into_inner);
                crate::scrub::empty_log(&Link::Lite(&connection))
            }
            Inner::Pg(pool, handle) => {
                let session = postgres::session(pool, handle)?;
                let tables = ["vacuum keyring_epoch", "vacuum keyring_key", "vacuum keyring_root"];
                tables.iter().try_for_each(|sql| session.script(sql))
            }
        }
    }

    /// Returns the wrappings of some keys of a purpose, with what wraps each, in one look; not of keys that were destroyed, though
    /// somebody put their rows back.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn wrappings(&self, purpose: &str, ids: &[KeyId]) -> Result<Vec<(KeyId, Vec<u8>, KeyId)>, DbFault> {
        let map = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        match &*self.0 {
            Inner::Lite(own) => {
                let connection = own.main.lock().unwrap_or_else(PoisonError::into_inner);
                let sql = "select id, wrapped, wrapped_by from keyring_key where id = ?1 and purpose = ?2 \
                           and not exists (select 1 from keyring_destroyed d where d.id = keyring_key.id)";
                let sets: Vec<Vec<Val>> = ids.iter().map(|id| vec![(*id).into(), purpose.into()]).collect();
                // One transaction for all: each by itself locks and unlocks the file.
                let found = transact(Link::Lite(&connection), "begin", |tx| tx.0.gather_each(sql, &sets, map))?;
                Ok(found.into_iter().flatten().collect())
            }
            Inner::Pg(..) => {
                let ids = Val::Ids(ids.iter().map(|id| id.uuid()).collect());
                let sql = "select id, wrapped, wrapped_by from keyring_key where id = any(?1::uuid[]) and purpose = ?2 \
                           and not exists (select 1 from keyring_destroyed d where d.id = keyring_key.id)";
                self.rows(sql, &[ids, purpose.into()], map)
            }
        }
    }

    /// Reads rows outside a transaction.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`.
    pub fn rows<T>(
        &self,
        sql: &'static str,
        values: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<T>, DbFault> {
        match &*self.0 {
            Inner::Lite(own) => {
                let connection = own.main.lock().unwrap_or_else(PoisonError::into_inner);
                KeyringTx(Link::Lite(&connection)).rows(sql, values, map)
            }
            Inner::Pg(pool, handle) => {
                let session = postgres::session(pool, handle)?;
                KeyringTx(Link::Pg(&session)).rows(sql, values, map)
            }
        }
    }
}

fn lite<T, E: From<DbFault>>(
    connection: &Mutex<rusqlite::Connection>,
    work: impl FnOnce(&KeyringTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
    transact(Link::Lite(&connection), "begin immediate", work)
}

fn pg<T, E: From<DbFault>>(
    pool: &deadpool_postgres::Pool,
    handle: &Handle,
    work: impl FnOnce(&KeyringTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let session = postgres::session(pool, handle)?;
    transact(Link::Pg(&session), "begin", work)
}

fn transact<T, E: From<DbFault>>(
    link: Link<'_>,
    begin: &str,
    work: impl FnOnce(&KeyringTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    match &link {
        Link::Lite(connection) => connection.execute_batch(begin).map_err(DbFault::from)?,
        Link::Pg(session) => session.begin(begin),
    }
    let tx = KeyringTx(link);
    match work(&tx) {
        Ok(value) => tx.0.script("commit").map(|()| value).map_err(E::from),
        Err(fault) => {
            let _ = tx.0.script("rollback");
            Err(fault)
        }
    }
}
