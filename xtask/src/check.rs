//! Everything that can be judged without running the product.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::{floors, sizes, tool};

type Step = fn() -> anyhow::Result<()>;

const STEPS: &[(&str, Step)] = &[
    ("formatting", || tool::run(tool::cargo().args(["fmt", "--all", "--check"]))),
    ("lints", lints),
    ("documentation", docs),
    ("floors", floors::run),
    ("sizes", sizes::run),
    ("licences, bans, sources", || {
        optional("cargo-deny", &["--workspace", "--locked", "check", "bans", "licenses", "sources"])
    }),
    // A step of its own: it alone needs the network, for a copy of the advisories that is not stale.
    ("advisories", advisories),
    ("unused dependencies", || optional("cargo-machete", &[])),
    ("scripts", scripts),
];

/// Runs every check, also after one has failed.
///
/// # Errors
/// Names the checks that failed.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut failed = Vec::new();
    for (name, step) in STEPS {
        if let Err(error) = step() {
            println!("{name}: {error:#}");
            failed.push(*name);
        }
    }
    anyhow::ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// Builds the reference documentation with warnings denied.
///
/// # Errors
/// A link leads nowhere, or a public item has no words.
pub(crate) fn docs() -> anyhow::Result<()> {
    let mut docs = tool::cargo();
    docs.args(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings");
    tool::run(&mut docs)
}

fn lints() -> anyhow::Result<()> {
    tool::run(tool::cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

/// Looks for known flaws in what is built in. A machine that cannot reach the database of advisories says so.
fn advisories() -> anyhow::Result<()> {
    if !installed("cargo-deny") {
        return Ok(());
    }
    let asking =
        tool::watch(tool::program("cargo-deny").args(["--workspace", "--locked", "check", "advisories"]), |line| {
            line.contains("failed to fetch advisory database")
        });
    match asking? {
        (true, _) => Ok(()),
        (false, unreached) if !unreached.is_empty() => {
            println!("the database of advisories is out of reach: NOT CHECKED");
            Ok(())
        }
        (false, _) => anyhow::bail!("a dependency has a known flaw"),
    }
}

/// Runs a program that not every machine has.
fn optional(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    if installed(program) { tool::run(tool::program(program).args(arguments)) } else { Ok(()) }
}

/// Tells whether a program is there, and says so if it is not.
fn installed(program: &str) -> bool {
    let found = tool::find(program).is_some();
    if !found {
        println!("{program} is not installed: NOT CHECKED (cargo install {program} --locked)");
    }
    found
}

/// Parses every script of the pages; they have no build step that would find a slip.
fn scripts() -> anyhow::Result<()> {
    let mut files = Vec::new();
    for home in ["crates", "e2e"] {
        collect(&tool::root().join(home), &mut files)?;
    }
    if files.is_empty() {
        return Ok(());
    }
    if tool::find("node").is_none() {
        println!("node is not installed: {} script(s) NOT CHECKED", files.len());
        return Ok(());
    }
    let scratch = std::env::temp_dir().join(format!("custos-script-{}.mjs", std::process::id()));
    let result = files.iter().try_for_each(|file| parse(file, &scratch));
    // The last copy goes away whatever the result; a scratch file that stays does no harm.
    let _ = fs::remove_file(&scratch);
    result?;
    println!("scripts: {} parse", files.len());
    types()
}

/// Checks the types that scripts state in their comments.
fn types() -> anyhow::Result<()> {
    let folder = tool::root().join("e2e");
    if !folder.join("node_modules/.bin/tsc").is_file() {
        println!("the packages of e2e are not installed: types NOT CHECKED (npm ci in e2e)");
        return Ok(());
    }
    tool::run(tool::program("npm").args(["run", "--silent", "types"]).current_dir(folder))?;
    println!("scripts: types fit");
    Ok(())
}

/// Lets Node parse a file as the ES module it is: only the ending tells Node so.
fn parse(file: &Path, scratch: &Path) -> anyhow::Result<()> {
    fs::copy(file, scratch).with_context(|| format!("cannot read {}", file.display()))?;
    tool::read(tool::program("node").arg("--check").arg(scratch)).with_context(|| format!("in {}", file.display()))?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let is_script = path.extension().is_some_and(|ending| ending == "js" || ending == "mjs");
        if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("target") {
            collect(&path, files)?;
        } else if is_script {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_does_not_parse_is_named() {
        if tool::find("node").is_none() {
            println!("node is not installed: nothing was tested");
            return;
        }
        let folder = std::env::temp_dir();
        let scratch = folder.join(format!("custos-scratch-{}.mjs", std::process::id()));
        for (name, text, fits) in
            [("good", "import a from './a.js';\nawait a();\n", true), ("wrong", "let = ;\n", false)]
        {
            let file = folder.join(format!("custos-{name}-{}.js", std::process::id()));
            fs::write(&file, text).unwrap();
            let result = parse(&file, &scratch);
            fs::remove_file(&file).unwrap();
            assert_eq!(result.is_ok(), fits, "{name}");
            assert!(result.err().is_none_or(|error| error.to_string().contains(name)));
        }
        fs::remove_file(&scratch).unwrap();
    }
}
