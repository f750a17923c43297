//! `custos doctor`: what is wrong or weak in this installation.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Result, bail};

use super::operator;
use crate::config::Config;
use crate::house;

/// Looks, prints one line for each thing looked at, and fails if one of them is wrong.
///
/// # Errors
/// Something is wrong; the lines say what.
pub(super) async fn run(config: &Config) -> Result<()> {
    let mut wrong = 0;
    let mut say = |good: bool, text: String| {
        wrong += u32::from(!good);
        println!("{} {text}", if good { "ok   " } else { "WRONG" });
    };
    say(config.data.is_dir(), format!("the data folder {} is there", config.data.display()));
    for name in ["", "root.key"] {
        let path = if name.is_empty() { config.data.clone() } else { config.data.join(name) };
        if let Some(closed) = closed(&path) {
            say(closed, format!("{} is closed to others", path.display()));
        }
    }
    if config.passphrase_file.is_none() && config.pkcs11.is_none() {
        let advice = "the root key lies beside the data: keep a copy elsewhere, and consider a passphrase or a token";
        say(true, advice.to_owned());
    }
    let house = house::open(config).await?;
    say(true, "database and keyring open, and their schema fits this version".to_owned());
    let cx = operator(&house.db);
    let set_up = house.accounts.workspace(&cx).await?.is_some();
    say(
        true,
        if set_up { "the workspace is set up" } else { "nobody can sign in yet: start custos and open the link" }
            .to_owned(),
    );
    let sound = super::ledger::verify(&house, &cx, Vec::new()).await;
    say(sound.is_ok(), "the ledger verifies".to_owned());
    say(
        config.tls.is_some() || config.listen.ip().is_loopback(),
        format!("{} does not carry clear text to other machines", config.listen),
    );
    if wrong > 0 {
        bail!("{wrong} things are wrong");
    }
    Ok(())
}

/// Tells whether only the owner can read a file; nothing if it is not there.
fn closed(path: &Path) -> Option<bool> {
    Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o077 == 0)
}
