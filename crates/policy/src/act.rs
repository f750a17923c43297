//! Reading and changing what is asked.

use authz::{Configure, Demand, Denied, Facts, Read, Role, permit};
use db::{DbFault, ReadTx, WriteTx};
use kernel::{Fault as _, ObjectName, Uuid};
use ledger::{Line, verbs};

use crate::{PolicyFault, rules, store};

#[expect(clippy::expect_used, reason = "the word is a constant, and every change in the tests reads it")]
pub(crate) fn setting() -> ObjectName {
    ObjectName::parse("setting").expect("a name")
}

/// The settings as a whole: there is one set of them.
pub(crate) fn facts() -> Facts {
    Facts { object: setting(), id: Uuid::nil(), owner: None, team: None }
}

/// Returns what is asked of somebody who holds these roles: the strictest of them.
///
/// # Errors
/// [`DbFault`].
pub fn of(tx: &ReadTx<'_>, roles: &[Role]) -> Result<Demand, DbFault> {
    let known = store::all(tx)?;
    let asked = |role: &Role| known.iter().find(|asked| asked.role == role.code()).map(|asked| asked.demand);
    let demands = roles.iter().map(|role| asked(role).unwrap_or_default());
    Ok(demands.reduce(Demand::and).unwrap_or_default())
}

/// Lists what is asked of each role.
///
/// # Errors
/// [`PolicyFault::Denied`] without the right to read settings.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<(Role, Demand)>, PolicyFault> {
    let _ = permit::<Read>(tx.cx(), facts()).inspect_err(|denied| deny(tx, verbs::READ, *denied))?;
    tx.note(Line::done(verbs::READ, setting()).fact("what", "role-policy"));
    Ok(Role::ALL.iter().map(|role| of(tx, &[*role]).map(|demand| (*role, demand))).collect::<Result<_, _>>()?)
}

/// Changes what is asked of roles; a role that is not named stays as it is.
///
/// # Errors
/// [`PolicyFault::Denied`] without the right to configure, or without a fresh proof; [`PolicyFault::Beyond`] if it would ask the
/// person who acts for more than they have proved.
pub fn change(tx: &mut WriteTx<'_>, wanted: &[(Role, Demand)]) -> Result<(), PolicyFault> {
    let _ = permit::<Configure>(tx.cx(), facts()).inspect_err(|denied| deny(tx, verbs::CONFIGURE, *denied))?;
    put(tx, wanted)?;
    let asked = of(tx, tx.cx().roles())?;
    if tx.cx().assurance().is_some_and(|proof| !rules::can_go_on(proof.level, asked)) {
        tx.note_denial(Line::denied(verbs::CONFIGURE, setting(), PolicyFault::Beyond.code()));
        return Err(PolicyFault::Beyond);
    }
    Ok(())
}

/// Changes what is asked of roles, for whoever has the machine.
///
/// # Errors
/// [`PolicyFault::Denied`] for anybody but the operator.
pub fn set(tx: &mut WriteTx<'_>, wanted: &[(Role, Demand)]) -> Result<(), PolicyFault> {
    if !tx.cx().is_operator() {
        deny(tx, verbs::CONFIGURE, Denied::Hidden);
        return Err(Denied::Hidden.into());
    }
    put(tx, wanted)
}

pub(crate) fn deny(tx: &ReadTx<'_>, verb: &'static str, denied: Denied) {
    tx.note_denial(Line::denied(verb, setting(), denied.code()));
}

fn put(tx: &mut WriteTx<'_>, wanted: &[(Role, Demand)]) -> Result<(), PolicyFault> {
    for (role, demand) in wanted {
        if of(tx, &[*role])? == *demand {
            continue;
        }
        // Whatever the caller made it of: only what can be read again is written.
        let demand = rules::demand(demand.sign_in, demand.danger, rules::minutes(*demand))?;
        store::put(tx, *role, demand)?;
        let line =
            Line::done(verbs::CONFIGURE, setting()).fact("what", "role-policy").fact("role", role.code().into_owned());
        let line = line.fact("sign-in", demand.sign_in.name()).fact("danger", demand.danger.name());
        tx.note(line.fact("minutes", rules::minutes(demand).to_string()));
    }
    Ok(())
}
