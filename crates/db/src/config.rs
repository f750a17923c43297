//! Where the data lies.

use std::path::PathBuf;

/// Which engine, and where.
#[derive(Clone, Debug)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL database; the schema is created if it is missing.
    Postgres(PostgresPlace),
}

/// Where a PostgreSQL database is.
#[derive(Clone, Debug)]
pub struct PostgresPlace {
    /// The connection string, `postgres://user@host/database`.
    pub url: String,
    /// The schema that holds the tables.
    pub schema: kernel::ObjectName,
    /// The certificate (PEM) that signs a remote server's; needed unless the server is on this machine.
    pub root_cert: Option<PathBuf>,
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct DbConfig {
    /// Which engine, and where.
    pub place: Place,
    /// Reading connections (SQLite threads, PostgreSQL pool).
    pub readers: usize,
}

impl DbConfig {
    /// Opens `place` with as many readers as suit the machine.
    #[must_use]
    pub fn new(place: Place) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let readers = match place {
            Place::File(_) => cores.clamp(2, 16),
            Place::Postgres(_) => (cores * 8).clamp(8, 64),
        };
        Self { place, readers }
    }
}
