//! Runs every test there is, on both engines and in the browser.

use std::fs;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::postgres::Cluster;
use crate::{packages, tool};

/// Where the tests look for PostgreSQL; set beforehand, it is used instead of a cluster of our own.
const POSTGRES_URL: &str = "CUSTOS_TEST_POSTGRES";
/// Set for long runs: the tests take larger inputs.
const LONG: &str = "CUSTOS_TEST_LONG";
/// How many inputs each property is tried with: 256 where nothing is said.
const CASES: &str = "PROPTEST_CASES";
const LONG_CASES: &str = "20000";
/// Where the tests find the program they start, and the browser.
const PROGRAM: &str = "CUSTOS_TEST_PROGRAM";
const CHROMIUM: &str = "CUSTOS_TEST_CHROMIUM";

/// Runs everything.
///
/// # Errors
/// Something is missing and cannot be installed, or a test fails; the rest runs all the same.
pub(crate) fn run(long: bool) -> anyhow::Result<()> {
    let browser = tool::root().join("e2e");
    let has_browser = browser.join("package.json").is_file();
    let own_cluster = tool::variable(POSTGRES_URL).is_none();
    let engines = own_cluster.then_some(&packages::POSTGRES).into_iter();
    let pages = packages::BROWSER.iter().filter(|_| has_browser);
    packages::ensure_present(engines.chain(pages).chain([&packages::TOKENS]))?;

    tool::run(tool::cargo().args(["build", "--workspace", "--locked", "--bin", "custos"]))?;
    let program = tool::target_dir().join("debug/custos");
    let cluster = own_cluster.then(Cluster::start).transpose()?;
    let setting = |command: &mut Command| {
        if let Some(cluster) = &cluster {
            command.env(POSTGRES_URL, cluster.url());
        }
        if long {
            command.env(LONG, "1").env(CASES, LONG_CASES);
        }
        command.env(PROGRAM, &program);
        // Colours would stand between us and the counts.
        command.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1");
    };
    let mut tally = Tally::default();
    let mut failed = Vec::new();
    for (name, mut command) in rust_runs(long) {
        setting(&mut command);
        tally.run(name, &mut command, &mut failed)?;
    }
    if has_browser {
        let mut command = browser_run(&browser)?;
        setting(&mut command);
        tally.run("browser", &mut command, &mut failed)?;
    } else {
        println!("there are no browser tests: no e2e/package.json");
    }
    drop(cluster);
    println!("tests: {} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.skipped);
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// Returns the runs of Rust tests: by nextest where it is installed, by plain cargo otherwise.
fn rust_runs(long: bool) -> Vec<(&'static str, Command)> {
    let mut tests = tool::cargo();
    if tool::find("cargo-nextest").is_none() {
        println!("cargo-nextest is not installed: plain `cargo test` does");
        tests.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
        if long {
            tests.args(["--", "--include-ignored"]);
        }
        return vec![("rust", tests)];
    }
    tests.args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "--no-tests=pass"]);
    if long {
        tests.args(["--run-ignored", "all"]);
    }
    let mut examples = tool::cargo();
    examples.args(["test", "--workspace", "--locked", "--doc", "--no-fail-fast"]);
    vec![("rust", tests), ("documentation examples", examples)]
}

/// Where the browser tests find the tool that tries the API by its own description.
const SCHEMATHESIS: &str = "CUSTOS_TEST_SCHEMATHESIS";

/// Returns that tool, installed from PyPI into a folder beside the builds; says so where that is not possible.
fn schemathesis() -> Option<PathBuf> {
    let home = tool::target_dir().join("schemathesis");
    let found = home.join("bin/schemathesis");
    if found.is_file() {
        return Some(found);
    }
    let made = tool::run(tool::program("python3").args(["-m", "venv"]).arg(&home)).and_then(|()| {
        let quiet = ["install", "--quiet", "--disable-pip-version-check", "schemathesis==4.32.5"];
        tool::run(tool::program(home.join("bin/pip")).args(quiet))
    });
    if let Err(error) = &made {
        println!("schemathesis cannot be installed, the API is NOT CHECKED against its description: {error:#}");
    }
    made.ok().map(|()| found)
}

/// Prepares the browser tests: their packages and the browser.
fn browser_run(folder: &Path) -> anyhow::Result<Command> {
    if !folder.join("node_modules").is_dir() {
        tool::run(tool::program("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))?;
    }
    let mut command = tool::program("node");
    // Files by name: what a folder means to `node --test` differs between versions.
    command.arg("--test").args(browser_files(folder)?);
    if let Some(chromium) = tool::find("chromium") {
        command.env(CHROMIUM, chromium);
    }
    if let Some(found) = schemathesis() {
        command.env(SCHEMATHESIS, found);
    }
    Ok(command)
}

fn browser_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && name != "node_modules" {
            files.extend(browser_files(&path)?);
        } else if [".test.js", ".test.mjs"].iter().any(|ending| name.ends_with(ending)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// How many tests did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    fn run(&mut self, name: &'static str, command: &mut Command, failed: &mut Vec<&'static str>) -> anyhow::Result<()> {
        let (success, lines) = tool::watch(command, is_summary)?;
        for line in lines {
            *self += Self::read(&line);
        }
        if !success {
            failed.push(name);
        }
        Ok(())
    }

    /// Reads a summary: `5 passed` of cargo and nextest, `pass 5` of Node.
    fn read(line: &str) -> Self {
        let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut tally = Self::default();
        for pair in words.windows(2) {
            let [one, two] = pair else { continue };
            match (one.parse::<u64>(), *one, *two, two.parse::<u64>()) {
                (Ok(count), _, "passed", _) | (_, "pass", _, Ok(count)) => tally.passed += count,
                (Ok(count), _, "failed" | "timed", _) | (_, "fail" | "cancelled", _, Ok(count)) => {
                    tally.failed += count
                }
                (Ok(count), _, "ignored" | "skipped", _) | (_, "skipped" | "todo", _, Ok(count)) => {
                    tally.skipped += count;
                }
                _ => {}
            }
        }
        tally
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Tells whether a runner sums up its tests on this line.
fn is_summary(line: &str) -> bool {
    let line = line.trim_start();
    let of_node = || ["ℹ ", "# "].iter().any(|mark| line.starts_with(mark));
    line.starts_with("test result:") || line.starts_with("Summary [") || of_node()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summaries_of_three_runners_are_read() {
        for (line, passed, failed, skipped) in [
            ("test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out", 5, 0, 1),
            ("     Summary [   0.009s] 7 tests run: 6 passed (1 slow), 1 failed, 2 skipped", 6, 1, 2),
            ("ℹ pass 12", 12, 0, 0),
            ("# fail 3", 0, 3, 0),
        ] {
            assert!(is_summary(line), "{line}");
            assert_eq!(Tally::read(line), Tally { passed, failed, skipped }, "{line}");
        }
        assert!(!is_summary("test a::b ... ok"));
    }
}
