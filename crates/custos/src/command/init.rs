//! `custos init`.

use accounts::{AccountFault, Founder};
use anyhow::{Result, bail};

use super::operator;
use crate::cli;
use crate::config::Config;
use crate::house::{self, first_line};

/// Makes the workspace and its first person without a browser.
///
/// # Errors
/// Somebody can sign in already, or what was given is refused.
pub(super) async fn run(config: &Config, init: cli::Init) -> Result<()> {
    let password = first_line(&init.password_file)?;
    let house = house::open(config).await?;
    let founder = Founder { workspace: init.workspace, name: init.admin_name, email: init.admin_email, password };
    match house.accounts.init(&operator(&house.db), founder).await {
        Ok(_) => {
            println!("set up; start with: custos serve --data {}", config.data.display());
            Ok(())
        }
        Err(AccountFault::AlreadySetUp) => {
            bail!("this workspace is set up already; invite people with: custos user invite")
        }
        Err(AccountFault::Invalid(wrongs)) => {
            let wrongs: Vec<String> = wrongs.iter().map(|wrong| format!("{}: {}", wrong.field, wrong.code)).collect();
            bail!("refused: {}", wrongs.join(", "))
        }
        Err(other) => Err(other.into()),
    }
}
