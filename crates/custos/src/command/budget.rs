//! `custos budget`.

use ::budget::{Budget, Counted, Limits, MOST, limits};
use anyhow::{Context as _, Result, bail};
use authz::Role;

use super::operator;
use crate::cli;
use crate::config::Config;
use crate::house;

/// Prints how many people each role may see.
///
/// # Errors
/// The data cannot be read.
pub(super) async fn show(config: &Config) -> Result<()> {
    let house = house::open(config).await?;
    println!("{:<18}{:<11}{:<11}{:<11}hard-day", "role", "soft-hour", "soft-day", "hard-hour");
    for (role, Limits { soft, hard }) in Budget::new(house.accounts).list(&operator(&house.db)).await? {
        println!("{:<18}{:<11}{:<11}{:<11}{}", role.code(), soft.hour, soft.day, hard.hour, hard.day);
    }
    Ok(())
}

/// Changes it for the roles that are named, or for all.
///
/// # Errors
/// A role nobody knows, limits that contradict each other, or nothing to change.
pub(super) async fn set(config: &Config, wanted: &cli::BudgetSet) -> Result<()> {
    if [wanted.soft_hour, wanted.soft_day, wanted.hard_hour, wanted.hard_day].iter().all(Option::is_none) {
        bail!("say what is to change: --soft-hour, --soft-day, --hard-hour or --hard-day");
    }
    let parse = |code: &String| Role::parse(code).with_context(|| format!("no role {code}"));
    let roles = wanted.role.iter().map(parse).collect::<Result<Vec<_>>>()?;
    let house = house::open(config).await?;
    let (budget, cx) = (Budget::new(house.accounts), operator(&house.db));
    let present = budget.list(&cx).await?;
    let named = present.into_iter().filter(|(role, _)| roles.is_empty() || roles.contains(role));
    let changed = named.map(|(role, now)| {
        let (soft, hard) = (now.soft, now.hard);
        let soft = Counted { hour: wanted.soft_hour.unwrap_or(soft.hour), day: wanted.soft_day.unwrap_or(soft.day) };
        let hard = Counted { hour: wanted.hard_hour.unwrap_or(hard.hour), day: wanted.hard_day.unwrap_or(hard.day) };
        let order = || format!("an hour at most a day, soft at most hard, from 1 to {MOST}");
        Ok((role, limits(soft, hard).with_context(order)?))
    });
    let changed = changed.collect::<Result<Vec<_>>>()?;
    budget.change(&cx, changed).await?;
    Ok(())
}
