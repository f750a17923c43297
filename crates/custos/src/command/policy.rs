//! `custos policy`.

use ::policy;
use anyhow::{Context as _, Result, bail};
use authz::{Demand, Level, Role};

use super::operator;
use crate::cli;
use crate::config::Config;
use crate::house;

/// Prints what is asked of each role.
///
/// # Errors
/// The data cannot be read.
pub(super) async fn show(config: &Config) -> Result<()> {
    let house = house::open(config).await?;
    println!("{:<18}{:<11}{:<17}minutes", "role", "sign-in", "dangerous acts");
    for (role, demand) in house.accounts.role_policy(&operator(&house.db)).await? {
        let (sign_in, danger) = (demand.sign_in.name(), demand.danger.name());
        println!("{:<18}{sign_in:<11}{danger:<17}{}", role.code(), policy::minutes(demand));
    }
    Ok(())
}

/// Changes it for the roles that are named, or for all.
///
/// # Errors
/// A role or a level nobody knows, minutes out of range, or nothing to change.
pub(super) async fn set(config: &Config, wanted: &cli::PolicySet) -> Result<()> {
    if wanted.sign_in.is_none() && wanted.danger.is_none() && wanted.minutes.is_none() {
        bail!("say what is to change: --sign-in, --danger or --minutes");
    }
    let parse = |code: &String| Role::parse(code).with_context(|| format!("no role {code}"));
    let roles = wanted.role.iter().map(parse).collect::<Result<Vec<_>>>()?;
    let (sign_in, danger) = (level(wanted.sign_in.as_deref())?, level(wanted.danger.as_deref())?);
    let house = house::open(config).await?;
    let cx = operator(&house.db);
    let present = house.accounts.role_policy(&cx).await?;
    let named = present.into_iter().filter(|(role, _)| roles.is_empty() || roles.contains(role));
    let changed = named.map(|(role, now)| -> Result<(Role, Demand)> {
        let minutes = wanted.minutes.unwrap_or_else(|| policy::minutes(now));
        let demand = policy::demand(sign_in.unwrap_or(now.sign_in), danger.unwrap_or(now.danger), minutes);
        Ok((role, demand.with_context(|| format!("from {} to {}", policy::SHORTEST, policy::LONGEST))?))
    });
    let changed = changed.collect::<Result<Vec<_>>>()?;
    house.accounts.set_role_policy(&cx, changed).await?;
    Ok(())
}

fn level(name: Option<&str>) -> Result<Option<Level>> {
    let Some(name) = name else { return Ok(None) };
    let known = Level::ALL.iter().copied().find(|level| level.name() == name);
    Ok(Some(known.with_context(|| format!("no level {name}; there are: single, multi, resistant"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_by_name() {
        assert_eq!(level(None).unwrap(), None);
        assert_eq!(level(Some("resistant")).unwrap(), Some(Level::Resistant));
        assert!(level(Some("strong")).is_err());
    }
}
