//! The statements.

use authz::{Demand, Level, Role};
use db::{Bare, DbFault, PROOFS, ReadTx, WriteTx};

use crate::rules;

/// A row of `role_policy`.
pub(crate) struct Asked {
    pub(crate) role: String,
    pub(crate) demand: Demand,
}

// What a workspace asks of a role is nobody's data.
impl Bare for Asked {}

/// Lists what is asked otherwise than usual.
pub(crate) fn all(tx: &ReadTx<'_>) -> Result<Vec<Asked>, DbFault> {
    tx.believe_whole(&PROOFS)?;
    tx.bare("select role, sign_in, danger, minutes from role_policy", &[], |row| {
        let level = |at| Level::parse(row.get(at)?).ok_or(DbFault::Shape(at));
        let minutes = u64::try_from(row.get::<i64>(3)?).map_err(|_| DbFault::Shape(3))?;
        let demand = rules::demand(level(1)?, level(2)?, minutes).map_err(|_| DbFault::Shape(3))?;
        Ok(Asked { role: row.get(0)?, demand })
    })
}

/// Writes what is asked of a role.
pub(crate) fn put(tx: &mut WriteTx<'_>, role: Role, demand: Demand) -> Result<(), DbFault> {
    let minutes = i64::try_from(rules::minutes(demand)).map_err(|_| DbFault::Shape(3))?;
    let values =
        [role.code().as_ref().into(), demand.sign_in.number().into(), demand.danger.number().into(), minutes.into()];
    let sql = "insert into role_policy (role, sign_in, danger, minutes) values (?1, ?2, ?3, ?4) \
               on conflict (role) do update set sign_in = excluded.sign_in, danger = excluded.danger, minutes = excluded.minutes";
    tx.mark_whole_over(&PROOFS, |tx| tx.run(sql, &values).map(|_| ()))
}
