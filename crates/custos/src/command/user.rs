//! `custos user`.

use accounts::Invitation;
use anyhow::{Context as _, Result};
use authz::Role;
use rescue::Rescue;

use super::operator;
use crate::config::Config;
use crate::house;

/// Invites somebody and prints the link they join with.
///
/// # Errors
/// A role nobody knows, an address that is taken, or a refusal.
pub(super) async fn invite(config: &Config, email: String, name: String, roles: &[String]) -> Result<()> {
    let known = || Role::ALL.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ");
    let parse = |code: &String| Role::parse(code).with_context(|| format!("no role {code}; there are: {}", known()));
    let roles = roles.iter().map(parse).collect::<Result<Vec<_>>>()?;
    let house = house::open(config).await?;
    let (_, link) = house.accounts.invite(&operator(&house.db), Invitation { email, name, roles }).await?;
    println!("{}/join/{}", super::serve::base(config), link.token.expose());
    Ok(())
}

/// Prints a link by which somebody gets in again, a day from now.
///
/// # Errors
/// There are two administrators who are to be asked, or nobody has the address.
pub(super) async fn recover(config: &Config, email: &str) -> Result<()> {
    let house = house::open(config).await?;
    let (request, opens) = Rescue::new(house.accounts.clone()).by_operator(&operator(&house.db), email).await?;
    println!("{}/recover/link/{}", super::serve::base(config), request.token.expose());
    println!(
        "It opens at {} and is good for three days. Until then the person, wherever still signed in, and every \
         administrator can stop it: whoever runs the server is not always whoever it says.",
        opens.to_rfc3339()
    );
    Ok(())
}

/// Takes what says who may do what for genuine, as it stands.
///
/// # Errors
/// The database refuses.
pub(super) async fn accept(config: &Config) -> Result<()> {
    let house = house::open(config).await?;
    let cx = operator(&house.db);
    let altered = house.db.read(&cx, db::altered).await?;
    let rows = house.db.accept_rights(&cx).await?;
    for (name, id) in &altered {
        println!("accepted  {name}  {}", id.map(|id| id.to_string()).unwrap_or_default());
    }
    println!("{rows} rows stand as genuine now; {} of them did not before.", altered.len());
    Ok(())
}
