//! `custos key rotate --root`.

use anyhow::{Context as _, Result, bail};
use custody::{Former, Root};

use crate::cli::{Common, Rotate, Serve};
use crate::command::operator;
use crate::config::Config;
use crate::house;

/// The word for a key in a token.
const TOKEN: &str = "token";

/// Changes the root key to what the configuration says now.
///
/// # Errors
/// One line that says what is wrong; the present root key opens the house then as before.
pub(super) async fn rotate(config: &Config, wanted: Rotate) -> Result<()> {
    let next = house::root(config)?;
    let present = present(config, &next, wanted.from).await?;
    let (was, is) = (present.provider(), next.provider());
    let house = house::open_by(config, present).await?;
    let (custody, cx) = (house.custody.clone(), operator(&house.db));
    let former = if wanted.destroy_former { Former::Destroyed } else { Former::Kept };
    let kept = tokio::task::spawn_blocking(move || -> Result<_> {
        let new = custody.change_root(&cx, next)?;
        new.settle(former).context("the root key is changed; the next start puts its file in order")
    });
    let kept = kept.await??;
    println!("the root key is another one now, and comes from a {is} (before: from a {was})");
    if let Some(path) = kept {
        println!(
            "the former key file is {}: it opens copies of the keyring from before; keep it with them",
            path.display()
        );
    }
    if is == TOKEN {
        println!(
            "the key never leaves the token, and without it the data is lost: make a copy of the token as its maker says"
        );
        println!("shares of the former root key do not fit any more, and of this one there can be none");
    } else {
        println!("shares of the former root key do not fit any more: make new ones with `custos key export-escrow`");
    }
    println!("servers that run go on with what they hold: start each anew, with this configuration and the new key");
    println!("somebody may have the former root key and a copy of the keyring? `custos key rotate` shuts them out");
    Ok(())
}

/// Returns where the root key comes from at present: what the file says that was named, or what the keyring says.
async fn present(config: &Config, next: &Root, from: Option<std::path::PathBuf>) -> Result<Root> {
    if let Some(file) = from {
        let common =
            Common { data: Some(config.data.clone()), database: None, database_root_cert: None, config: Some(file) };
        return house::root(&Config::gather(&common, &Serve::default())?);
    }
    let keyring = house::keyring(config).await?;
    let found = tokio::task::spawn_blocking(move || vault::provider(&keyring)).await??;
    let found = found.context("this keyring has no root key yet: it is made when Custos starts")?;
    let file = Root::KeyFile(house::key_file(config));
    if found == file.provider() {
        return Ok(file);
    }
    if found == next.provider() {
        return house::root(config);
    }
    bail!(
        "this keyring is opened with a {found}, of which the configuration says nothing: name it as it was with --from"
    );
}
