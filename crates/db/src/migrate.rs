//! The schema, one file a step, rendered for the engine.
//!
//! Placeholders: `{ID} {INT} {TIME} {BYTES} {BOOL} {TEXT}` for column types, `{SERIAL}` for a numbering key, `{STRICT}`
//! after a table's closing bracket, or `{ROWLESS}` where it lies by its primary key and rows are short. A migration that has run is never edited: its digest is kept and compared.

use dialect::{Engine, Val};
use kernel::Timestamp;

use crate::DbFault;
use crate::engine::Link;

/// One step of the schema.
pub(crate) struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal => $path:literal;)*) => {
        &[$(Migration { number: $number, name: $name, sql: include_str!($path) }),*]
    };
}

/// The steps of the data database.
pub(crate) const DATA: &[Migration] = migrations! {
    1 "ledger" => "../migrations/0001_ledger.sql";
    2 "accounts" => "../migrations/0002_accounts.sql";
    3 "records" => "../migrations/0003_records.sql";
    4 "import" => "../migrations/0004_import.sql";
    5 "job" => "../migrations/0005_job.sql";
    6 "factor" => "../migrations/0006_factor.sql";
    7 "device" => "../migrations/0007_device.sql";
    8 "stepup" => "../migrations/0008_stepup.sql";
    9 "session_device" => "../migrations/0009_session_device.sql";
    10 "notice" => "../migrations/0010_notice.sql";
    11 "rescue" => "../migrations/0011_rescue.sql";
    12 "hand_over" => "../migrations/0012_hand_over.sql";
    13 "external" => "../migrations/0013_external.sql";
    14 "call" => "../migrations/0014_call.sql";
    15 "approval" => "../migrations/0015_approval.sql";
    16 "token" => "../migrations/0016_token.sql";
    17 "export" => "../migrations/0017_export.sql";
    18 "role" => "../migrations/0018_role.sql";
    19 "budget" => "../migrations/0019_budget.sql";
    20 "canary" => "../migrations/0020_canary.sql";
    21 "bound_session" => "../migrations/0021_bound_session.sql";
    22 "webhook" => "../migrations/0022_webhook.sql";
    23 "app" => "../migrations/0023_app.sql";
    24 "call_back" => "../migrations/0024_call_back.sql";
    25 "idempotency_key" => "../migrations/0025_idempotency_key.sql";
    26 "secret_rule" => "../migrations/0026_secret_rule.sql";
    27 "erasure" => "../migrations/0027_erasure.sql";
    28 "proposal" => "../migrations/0028_proposal.sql";
    29 "field_order" => "../migrations/0029_field_order.sql";
    30 "attachment" => "../migrations/0030_attachment.sql";
    31 "lean_token" => "../migrations/0031_lean_token.sql";
    32 "export_limit" => "../migrations/0032_export_limit.sql";
    33 "duplicate" => "../migrations/0033_duplicate.sql";
    34 "integrity" => "../migrations/0034_integrity.sql";
    35 "index_key" => "../migrations/0035_index_key.sql";
    36 "resealing" => "../migrations/0036_resealing.sql";
    37 "leaner_token" => "../migrations/0037_leaner_token.sql";
    38 "file_mark" => "../migrations/0038_file_mark.sql";
    39 "leaner_index" => "../migrations/0039_leaner_index.sql";
    40 "index_terms" => "../migrations/0040_index_terms.sql";
    41 "mark" => "../migrations/0041_mark.sql";
};

/// The steps of the keyring.
pub(crate) const KEYRING: &[Migration] = migrations! {
    1 "keyring" => "../migrations/keyring/0001_keyring.sql";
    2 "epoch" => "../migrations/keyring/0002_epoch.sql";
    3 "destroyed" => "../migrations/keyring/0003_destroyed.sql";
    4 "rowless" => "../migrations/keyring/0004_rowless.sql";
    5 "root" => "../migrations/keyring/0005_root.sql";
};

/// Renders a migration for the engine, with what is spelled out for each of them.
fn render(engine: Engine, migration: &str) -> String {
    let (search, leaner) = match engine {
        Engine::Sqlite => (include_str!("../migrations/sqlite/search_index.sql"), ""),
        Engine::Postgres => (
            include_str!("../migrations/postgres/search_index.sql"),
            include_str!("../migrations/postgres/leaner_index.sql"),
        ),
    };
    engine.render(&migration.replace("{SEARCH_INDEX}", search).replace("{LEANER_INDEX}", leaner))
}

const REGISTRY: &str = "create table if not exists schema_migration (\
    number {INT} primary key, name {TEXT} not null, digest {BYTES} not null, applied_at {TIME} not null){STRICT};";

/// Brings the schema up to date.
///
/// # Errors
/// [`DbFault::Schema`] if the database is newer than the program or a step that ran has other text now.
pub(crate) fn up(link: &Link<'_>, steps: &[Migration], now: Timestamp) -> Result<(), DbFault> {
    let engine = link.engine();
    link.script(&render(engine, REGISTRY))?;
    let applied = link.gather("select number, digest from schema_migration order by number", &[], |row| {
        Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?))
    })?;
    let newest = steps.last().map_or(0, |step| step.number);
    if let Some((number, _)) = applied.iter().find(|(number, _)| *number > newest) {
        return Err(DbFault::Schema(format!("step {number} is from a newer version of the program")));
    }
    for step in steps {
        let digest = crypto::sha256(step.sql.as_bytes()).to_vec();
        match applied.iter().find(|(number, _)| *number == step.number) {
            Some((_, known)) if *known == digest => {}
            Some(_) => {
                return Err(DbFault::Schema(format!("step {} ({}) was altered after it ran", step.number, step.name)));
            }
            None => apply(link, step, digest, now)?,
        }
    }
    Ok(())
}

fn apply(link: &Link<'_>, step: &Migration, digest: Vec<u8>, now: Timestamp) -> Result<(), DbFault> {
    link.script("begin")?;
    let done = link.script(&render(link.engine(), step.sql)).and_then(|()| {
        link.execute(
            "insert into schema_migration (number, name, digest, applied_at) values (?1, ?2, ?3, ?4)",
            &[step.number.into(), step.name.into(), Val::Bytes(digest), now.into()],
        )
    });
    match done {
        Ok(_) => link.script("commit"),
        Err(fault) => {
            let _ = link.script("rollback");
            Err(fault)
        }
    }
}

#[cfg(test)]
#[path = "migrate_tests.rs"]
mod tests;
