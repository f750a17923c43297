//! The project's chores, one subcommand each.
//!
//! `just` and `.ci/run` only call these, so a person and a machine run the same thing.
//!
//! # How to add one more
//! Write its module with a `run` that returns an error naming what to do about it, and give it a variant of [`Chore`].

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "a chore's whole result is what it prints")]

mod check;
mod floors;
mod lexer;
mod metadata;
mod packages;
mod postgres;
mod sizes;
mod test;
mod tool;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run every test: both engines, documentation examples, the browser. Installs what is missing where it may.
    Test {
        /// Run the slow tests too, and the usual ones with larger inputs.
        #[arg(long)]
        long: bool,
    },
    /// Hold formatting, lints, documentation, floors, sizes, licences and scripts to the rules.
    Check,
    /// Hold every crate to its floor and to the outside crates it may name.
    Floors,
    /// List crates, files and functions above the project's sizes.
    Sizes,
    /// Measure against a bare server in the same run.
    Bench {
        /// Passed on to the benchmark.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build the reference documentation, warnings denied.
    Docs,
}

fn main() -> ExitCode {
    match run(Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> anyhow::Result<()> {
    match chore {
        Chore::Test { long } => test::run(long),
        Chore::Check => check::run(),
        Chore::Floors => floors::run(),
        Chore::Sizes => sizes::run(),
        Chore::Bench { arguments } => bench(&arguments),
        Chore::Docs => check::docs(),
    }
}

/// Hands over to the benchmark, which is a crate of its own because it links what it measures.
fn bench(arguments: &[String]) -> anyhow::Result<()> {
    const BENCH: &str = "custos-bench";
    anyhow::ensure!(metadata::Workspace::read()?.has(BENCH), "this workspace has no crate `{BENCH}`");
    tool::run(tool::cargo().args(["build", "--release", "--locked", "--package", "custos", "--package", BENCH]))?;
    let release = tool::target_dir().join("release");
    let mut run = tool::program(release.join(BENCH));
    run.arg("--binary").arg(release.join("custos")).args(arguments);
    tool::run(&mut run)
}
