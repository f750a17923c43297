//! The small database apart from the data: keys only, no ledger, own backups.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::Timestamp;
use tokio::runtime::Handle;

use crate::engine::{Link, postgres, sqlite};
use crate::row::Row;
use crate::{DbFault, Place, Val, migrate};

/// The handle to the keyring. Cheap to clone; its calls block, so they belong on threads that may.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

enum Inner {
    Lite(Mutex<rusqlite::Connection>),
    Pg(deadpool_postgres::Pool, Handle),
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
                Inner::Lite(Mutex::new(connection))
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
            Inner::Lite(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                transact(Link::Lite(&connection), "begin immediate", work)
            }
            Inner::Pg(pool, handle) => {
                let session = postgres::session(pool, handle)?;
                transact(Link::Pg(&session), "begin", work)
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
            Inner::Lite(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                KeyringTx(Link::Lite(&connection)).rows(sql, values, map)
            }
            Inner::Pg(pool, handle) => {
                let session = postgres::session(pool, handle)?;
                KeyringTx(Link::Pg(&session)).rows(sql, values, map)
            }
        }
    }
}

fn transact<T, E: From<DbFault>>(
    link: Link<'_>,
    begin: &str,
    work: impl FnOnce(&KeyringTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    link.script(begin)?;
    let tx = KeyringTx(link);
    match work(&tx) {
        Ok(value) => tx.0.script("commit").map(|()| value).map_err(E::from),
        Err(fault) => {
            let _ = tx.0.script("rollback");
            Err(fault)
        }
    }
}
