//! What the tests need from the machine: looks for it, installs it on Debian where it may, names it otherwise.

use std::path::Path;

use anyhow::{bail, ensure};

use crate::{postgres, tool};

/// Something the tests need.
pub(crate) struct Need {
    what: &'static str,
    package: &'static str,
    present: fn() -> bool,
}

/// A PostgreSQL to make clusters with.
pub(crate) const POSTGRES: Need =
    Need { what: "PostgreSQL", package: "postgresql", present: || postgres::binaries().is_some() };

/// A token to keep root keys in.
pub(crate) const TOKENS: Need =
    Need { what: "SoftHSM2", package: "softhsm2", present: || tool::find("softhsm2-util").is_some() };

/// What the browser tests need.
pub(crate) const BROWSER: &[Need] = &[
    Need { what: "Node.js", package: "nodejs", present: || tool::find("node").is_some() },
    Need { what: "npm", package: "npm", present: || tool::find("npm").is_some() },
    Need { what: "Chromium", package: "chromium", present: || tool::find("chromium").is_some() },
    Need {
        what: "the Noto CJK fonts",
        package: "fonts-noto-cjk",
        present: || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").is_file(),
    },
    Need {
        what: "the Inter font",
        package: "fonts-inter",
        present: || Path::new("/usr/share/doc/fonts-inter").is_dir(),
    },
];

/// Makes sure that everything needed is there.
///
/// # Errors
/// Names what is missing where it cannot be installed: not Debian, not root, or no network.
pub(crate) fn ensure_present<'a>(needs: impl Iterator<Item = &'a Need>) -> anyhow::Result<()> {
    let missing: Vec<&Need> = needs.filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = missing.iter().map(|need| need.what).collect::<Vec<_>>().join(", ");
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if tool::find("apt-get").is_none() || !is_root()? {
        bail!("missing: {named}. On Debian, as root: apt-get install {}", packages.join(" "));
    }
    println!("missing: {named}; installing");
    tool::run(apt().arg("update"))?;
    tool::run(apt().args(["install", "--yes", "--no-install-recommends"]).args(packages))?;
    for need in missing {
        ensure!((need.present)(), "{} is still not found after installing `{}`", need.what, need.package);
    }
    Ok(())
}

/// Tells whether this process may do everything on this machine.
pub(crate) fn is_root() -> anyhow::Result<bool> {
    Ok(tool::read(tool::program("id").arg("-u"))?.trim() == "0")
}

fn apt() -> std::process::Command {
    let mut apt = tool::program("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}
