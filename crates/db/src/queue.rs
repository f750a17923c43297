//! Jobs: enqueued in the transaction that wants them, leased by one worker at a time, tried again with growing pauses.

use std::time::Duration;

use dialect::Engine;
use kernel::{JobId, Timestamp, Uuid};

use crate::{Bare, DbFault, WriteTx};

/// After this many attempts a job is given up and stays as `failed`.
pub const ATTEMPTS: u32 = 8;

/// A job that this worker may run until its lease ends.
#[derive(Clone, Debug)]
pub struct Leased {
    /// The job.
    pub id: JobId,
    /// What to do.
    pub kind: String,
    /// With what; sealed by whoever enqueued it if it is anybody's data.
    pub payload: Vec<u8>,
    /// How often it was begun, this time included.
    pub attempts: u32,
}

// A job's payload is sealed where it is personal; the worker acts under a context of its own.
impl Bare for Leased {}

const LEASE_LITE: &str = "update job set state = 'leased', leased_by = ?1, leased_until = ?2, attempts = attempts + 1 \
    where id = (select id from job where ((state = 'ready' and run_at <= ?3) or (state = 'leased' and leased_until < ?3)) \
    and ?4 like '%,' || kind || ',%' order by run_at, id limit 1) returning id, kind, payload, attempts";
const LEASE_PG: &str = "update job set state = 'leased', leased_by = ?1, leased_until = ?2, attempts = attempts + 1 \
    where id = (select id from job where ((state = 'ready' and run_at <= ?3) or (state = 'leased' and leased_until < ?3)) \
    and ?4 like '%,' || kind || ',%' order by run_at, id limit 1 for update skip locked) \
    returning id, kind, payload, attempts";

/// Puts a job into the queue; it exists if the transaction commits.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn enqueue(tx: &mut WriteTx<'_>, kind: &'static str, payload: &[u8], run_at: Timestamp) -> Result<JobId, DbFault> {
    let id: JobId = tx.new_id();
    tx.keep(
        "insert into job (id, kind, payload, state, run_at, attempts, created_at) values (?1, ?2, ?3, 'ready', ?4, 0, ?5)",
        &[id.into(), kind.into(), payload.into(), run_at.into(), tx.now().into()],
    )?;
    Ok(id)
}

/// Takes the next due job of one of these kinds, or one whose worker let its lease run out. Other kinds wait for a worker
/// that knows them: a command that runs beside the server knows fewer.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn lease(
    tx: &mut WriteTx<'_>,
    worker: Uuid,
    kinds: &[&'static str],
    span: Duration,
) -> Result<Option<Leased>, DbFault> {
    let known = format!(",{},", kinds.join(","));
    let sql = match tx.link.engine() {
        Engine::Sqlite => LEASE_LITE,
        Engine::Postgres => LEASE_PG,
    };
    let values = [worker.into(), tx.now().plus(span).into(), tx.now().into(), known.into()];
    tx.bare_one(sql, &values, |row| {
        Ok(Leased { id: row.get(0)?, kind: row.get(1)?, payload: row.get(2)?, attempts: row.get(3)? })
    })
}

/// Lengthens the lease; false if it is this worker's no more and the work must stop.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn heartbeat(tx: &mut WriteTx<'_>, job: JobId, worker: Uuid, span: Duration) -> Result<bool, DbFault> {
    let touched = tx.keep(
        "update job set leased_until = ?3 where id = ?1 and leased_by = ?2 and state = 'leased'",
        &[job.into(), worker.into(), tx.now().plus(span).into()],
    )?;
    Ok(touched == 1)
}

/// Ends a job that was done.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn finish(tx: &mut WriteTx<'_>, job: JobId) -> Result<(), DbFault> {
    tx.keep("delete from job where id = ?1", &[job.into()]).map(|_| ())
}

/// Puts a job back for later, or gives it up after [`ATTEMPTS`]. Pauses double from 2 s to 256 s.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn fail(tx: &mut WriteTx<'_>, job: &Leased, code: &str) -> Result<(), DbFault> {
    let state = if job.attempts >= ATTEMPTS { "failed" } else { "ready" };
    let pause = Duration::from_secs(1 << job.attempts.min(8));
    tx.keep(
        "update job set state = ?2, run_at = ?3, fault = ?4, leased_by = null, leased_until = null where id = ?1",
        &[job.id.into(), state.into(), tx.now().plus(pause).into(), code.into()],
    )
    .map(|_| ())
}

/// Puts a job back at once, because its worker was told to stop; nothing happens if it is another worker's by now.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn put_back(tx: &mut WriteTx<'_>, job: JobId, worker: Uuid) -> Result<(), DbFault> {
    tx.keep(
        "update job set state = 'ready', leased_by = null, leased_until = null where id = ?1 and leased_by = ?2",
        &[job.into(), worker.into()],
    )
    .map(|_| ())
}
